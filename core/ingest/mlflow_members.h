// The members that the readers of MLflow traces look for, each kind of object with the memory of the order in which
// they come (json/member_names.h). Kept for a whole file. Enumerators and names stand in the same order.
#pragma once

#include <vector>

#include "core/base/string_pool.h"
#include "core/ingest/recent_names.h"
#include "core/json/member_names.h"
#include "core/json/shapes.h"

namespace assay::ingest {

enum class InfoMember : uint8_t {
  TraceId = json::MemberNames::kFirst, RequestId, RequestTime, TimestampMs, ExecutionDurationMs, ExecutionDuration,
  ExecutionTimeMs, State, Status, RequestPreview, ResponsePreview, ClientRequestId, TraceMetadata, RequestMetadata,
  Tags, Assessments
};
enum class SpanMember : uint8_t {
  TraceId = json::MemberNames::kFirst, SpanId, ParentSpanId, ParentId, Name, StartTimeUnixNano, StartTime,
  EndTimeUnixNano, EndTime, Attributes, Events, Status, StatusCode, StatusMessage, Context
};
enum class AttributeMember : uint8_t { SpanType = json::MemberNames::kFirst, TokenUsage, Cost, TraceRequestId, Model };
enum class StatusMember : uint8_t { Code = json::MemberNames::kFirst, Message };
enum class UsageMember : uint8_t { Input = json::MemberNames::kFirst, Output, Total };
enum class AssessmentMember : uint8_t {
  Id = json::MemberNames::kFirst, AssessmentName, Name, SpanId, Source, CreateTime, CreateTimeMs, LastUpdateTime,
  LastUpdateTimeMs, Feedback, Expectation, Issue, Error, Rationale, Metadata, Overrides, Valid
};
enum class SourceMember : uint8_t { Type = json::MemberNames::kFirst, Id };
enum class FeedbackMember : uint8_t { Value = json::MemberNames::kFirst, Error };

// What is read of a span that is written as one before.
enum class SpanValue : uint8_t {
  TraceId = 1, SpanId, ParentId, Name, StartTime, EndTime, SpanType, Model, TokenUsage, Cost, TraceRequestId, Status, StatusCode
};
// … of an info.
enum class InfoValue : uint8_t {
  TraceId = 1, RequestId, RequestTime, TimestampMs, ExecutionDurationMs, ExecutionDuration, ExecutionTimeMs, State, Status,
  RequestPreview, ResponsePreview, ClientRequestId, Metadata, MetadataEntry, Tag, Assessments
};
// … of an assessment.
enum class AssessmentValue : uint8_t {
  Id = 1, Name, SpanId, SourceType, SourceId, CreateTime, LastUpdateTime, Feedback, Expectation, Serialized, Rationale, Overrides, Valid,
  Body
};

// The keys of metadata or tags: each remembered name's id.
struct MapKeys {
  json::MemberNames names{};
  StringId ids[json::MemberNames::kMaxSlots + 1];
};

struct MlflowMembers {
  json::MemberNames info{"trace_id", "request_id", "request_time", "timestamp_ms", "execution_duration_ms",
                         "execution_duration", "execution_time_ms", "state", "status", "request_preview",
                         "response_preview", "client_request_id", "trace_metadata", "request_metadata", "tags",
                         "assessments"};
  json::MemberNames span{"trace_id", "span_id", "parent_span_id", "parent_id", "name", "start_time_unix_nano",
                         "start_time", "end_time_unix_nano", "end_time", "attributes", "events", "status",
                         "status_code", "status_message", "context"};
  json::MemberNames attribute{"mlflow.spanType", "mlflow.chat.tokenUsage", "mlflow.llm.cost", "mlflow.traceRequestId",
                              "mlflow.llm.model"};
  json::MemberNames status{"code", "message"};
  json::MemberNames usage{"input_tokens", "output_tokens", "total_tokens"};
  json::MemberNames cost{"input_cost", "output_cost", "total_cost"};
  json::MemberNames assessment{"assessment_id", "assessment_name", "name", "span_id", "source", "create_time",
                               "create_time_ms", "last_update_time", "last_update_time_ms", "feedback",
                               "expectation", "issue", "error", "rationale", "metadata", "overrides", "valid"};
  json::MemberNames source{"source_type", "source_id"};
  json::MemberNames feedback{"value", "error"};
  MapKeys metadata, tags;

  json::Shapes spans{
      {"trace_id", code(SpanValue::TraceId), kText},
      {"span_id", code(SpanValue::SpanId), kText},
      {"parent_span_id", code(SpanValue::ParentId), kText},
      {"parent_id", code(SpanValue::ParentId), kText},
      {"name", code(SpanValue::Name), kText},
      {"start_time_unix_nano", code(SpanValue::StartTime), kScalar},
      {"start_time", code(SpanValue::StartTime), kScalar},
      {"end_time_unix_nano", code(SpanValue::EndTime), kScalar},
      {"end_time", code(SpanValue::EndTime), kScalar},
      {"attributes", 0, json::kObjectKind | json::kNullKind},
      {"attributes\nmlflow.spanType", code(SpanValue::SpanType), kText},
      {"attributes\nmlflow.llm.model", code(SpanValue::Model), kText},
      {"attributes\nmlflow.chat.tokenUsage", code(SpanValue::TokenUsage), kText},
      {"attributes\nmlflow.llm.cost", code(SpanValue::Cost), kText},
      {"attributes\nmlflow.traceRequestId", code(SpanValue::TraceRequestId), kText},
      {"events", 0, json::kArrayKind | json::kNullKind},
      {"status", code(SpanValue::Status), kText | json::kObjectKind},
      {"status\ncode", code(SpanValue::StatusCode), kScalar},
      {"status\nmessage", 0, kText},
      {"status_code", code(SpanValue::StatusCode), kScalar},
      {"status_message", 0, kText},
      {"context", 0, 0}};
  RecentNames span_names, span_types, models;

  json::Shapes usages{{"input_tokens", code(UsageMember::Input), json::kNumberKind},
                      {"output_tokens", code(UsageMember::Output), json::kNumberKind},
                      {"total_tokens", code(UsageMember::Total), json::kNumberKind}};
  json::Shapes costs{{"input_cost", code(UsageMember::Input), json::kNumberKind},
                     {"output_cost", code(UsageMember::Output), json::kNumberKind},
                     {"total_cost", code(UsageMember::Total), json::kNumberKind}};

  json::Shapes infos{
      {"trace_id", code(InfoValue::TraceId), kText},
      {"request_id", code(InfoValue::RequestId), json::kStringKind},
      {"request_time", code(InfoValue::RequestTime), kGiven},
      {"timestamp_ms", code(InfoValue::TimestampMs), kGiven},
      {"execution_duration_ms", code(InfoValue::ExecutionDurationMs), kGiven},
      {"execution_duration", code(InfoValue::ExecutionDuration), kGiven},
      {"execution_time_ms", code(InfoValue::ExecutionTimeMs), kGiven},
      {"state", code(InfoValue::State), json::kStringKind},
      {"status", code(InfoValue::Status), json::kStringKind},
      {"request_preview", code(InfoValue::RequestPreview), kText},
      {"response_preview", code(InfoValue::ResponsePreview), kText},
      {"client_request_id", code(InfoValue::ClientRequestId), kText},
      {"trace_metadata", code(InfoValue::Metadata), json::kObjectKind},
      {"trace_metadata\n*", code(InfoValue::MetadataEntry), kAnyScalar},
      {"request_metadata", code(InfoValue::Metadata), json::kObjectKind},
      {"request_metadata\n*", code(InfoValue::MetadataEntry), kAnyScalar},
      {"tags", 0, json::kObjectKind},
      {"tags\n*", code(InfoValue::Tag), kAnyScalar},
      {"assessments", code(InfoValue::Assessments), json::kStopKind}};

  json::Shapes assessments{
      {"assessment_id", code(AssessmentValue::Id), kText},
      {"assessment_name", code(AssessmentValue::Name), json::kStringKind},
      {"name", code(AssessmentValue::Name), json::kStringKind},
      {"span_id", code(AssessmentValue::SpanId), kText},
      {"source", 0, json::kObjectKind},
      {"source\nsource_type", code(AssessmentValue::SourceType), json::kStringKind},
      {"source\nsource_id", code(AssessmentValue::SourceId), kText},
      {"create_time", code(AssessmentValue::CreateTime), kGiven},
      {"create_time_ms", code(AssessmentValue::CreateTime), kGiven},
      {"last_update_time", code(AssessmentValue::LastUpdateTime), kGiven},
      {"last_update_time_ms", code(AssessmentValue::LastUpdateTime), kGiven},
      {"feedback", code(AssessmentValue::Body), json::kObjectKind},
      {"feedback\nvalue", code(AssessmentValue::Feedback), kGiven | json::kWordKind},
      {"feedback\nerror", 0, json::kNullKind},
      {"expectation", code(AssessmentValue::Body), json::kObjectKind},
      {"expectation\nvalue", code(AssessmentValue::Expectation), kGiven | json::kWordKind},
      {"expectation\nserialized_value", 0, json::kNullKind | json::kObjectKind},
      {"expectation\nserialized_value\nvalue", code(AssessmentValue::Serialized), json::kStringKind},
      {"issue", 0, 0},
      {"error", 0, json::kNullKind},
      {"rationale", code(AssessmentValue::Rationale), kText},
      {"metadata", 0, json::kNullKind},
      {"overrides", code(AssessmentValue::Overrides), kText},
      {"valid", code(AssessmentValue::Valid), json::kWordKind}};

 private:
  static constexpr uint8_t kGiven = json::kStringKind | json::kNumberKind;
  static constexpr uint8_t kAnyScalar = kGiven | json::kWordKind | json::kNullKind;
  static constexpr uint8_t kText = json::kStringKind | json::kNullKind;
  static constexpr uint8_t kScalar = kText | json::kNumberKind;
  template <typename Value>
  static constexpr uint8_t code(Value value) {
    return static_cast<uint8_t>(value);
  }
};

}  // namespace assay::ingest
