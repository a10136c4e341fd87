// The members that the readers of MLflow traces look for, each kind of object with the memory of the order in which
// they come (json/member_names.h). Kept for a whole file. Enumerators and names stand in the same order.
#pragma once

#include <vector>

#include "core/base/string_pool.h"
#include "core/json/member_names.h"

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
};

}  // namespace assay::ingest
