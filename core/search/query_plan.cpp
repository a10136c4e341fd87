#include "core/search/query_plan.h"

#include <algorithm>

#include "core/search/filter_terms.h"
#include "core/search/query_plan_node.h"

namespace assay::search {
namespace {

using store::Assessment;
using store::AssessmentKind;
using store::TraceRow;

constexpr int64_t kNsPerMs = 1000000;

int64_t floor_ms(int64_t ns) { return ns / kNsPerMs - (ns % kNsPerMs < 0 ? 1 : 0); }

}  // namespace

bool path_holds(PlanNode& node, FoundValue value, size_t first_step, std::string& scratch) {
  ValueTest& test = *node.test;
  const bool found =
      visit_path(value, node.path.data() + first_step, node.path.size() - first_step, [&](FoundValue at_end) {
        if (test.is_presence()) return !at_end.is_json || at_end.text != "null";
        return at_end.is_json ? test.json(at_end.text, scratch) : test.text(at_end.text);
      });
  return test.is_presence() ? found != test.negated() : found;
}

bool may_hold(const PlanNode& condition, const SearchedRecord& record) {
  if (!condition.has_sieve) return true;
  const auto holds = [&record](const std::unique_ptr<PlanNode>& child) { return may_hold(*child, record); };
  switch (condition.kind) {
    case QueryNode::Kind::And:
      return std::all_of(condition.children.begin(), condition.children.end(), holds);
    case QueryNode::Kind::Or:
      return std::any_of(condition.children.begin(), condition.children.end(), holds);
    case QueryNode::Kind::Compare:
      if (condition.sieve) return condition.sieve->passes(record);
      return condition.test->op() == QueryOp::Contains ? condition.test->record(record)
                                                       : condition.test->may_match_without_escapes(record);
    default:
      return true;
  }
}

QueryPlan::QueryPlan(const store::Dataset& dataset, const QueryNode& root, CaseMode like_case, RecordMarks* marks)
    : dataset_(dataset), marks_(marks), spans_(std::make_unique<Spans>(dataset, marks)) {
  root_ = compile_query(dataset, root, like_case, prepared_, warning_);
}

QueryPlan::~QueryPlan() = default;

bool QueryPlan::matches(TraceRow row, uint64_t& text_bytes) {
  text_bytes_ = 0;
  spans_->open(row);
  const bool holds = trace_holds(*root_, row);
  text_bytes += text_bytes_;
  return holds;
}

bool QueryPlan::trace_holds(PlanNode& node, TraceRow row) {
  switch (node.kind) {
    case QueryNode::Kind::Everything:
      return true;
    case QueryNode::Kind::And:
      for (const std::unique_ptr<PlanNode>& child : node.children) {
        if (!trace_holds(*child, row)) return false;
      }
      return true;
    case QueryNode::Kind::Or:
      for (const std::unique_ptr<PlanNode>& child : node.children) {
        if (trace_holds(*child, row)) return true;
      }
      return false;
    case QueryNode::Kind::Not:
      return !trace_holds(*node.children[0], row);
    case QueryNode::Kind::Compare:
      return trace_compare(node, row);
    case QueryNode::Kind::Word:
      return word_in_trace(node, row);
    case QueryNode::Kind::Spans:
      return spans_->answer(node, text_bytes_);
  }
  return false;
}

bool QueryPlan::number(PlanNode& node, int64_t value, bool is_there) const {
  if (node.test->is_presence()) return is_there != node.test->negated();
  return is_there && node.test->integer(value);
}

bool QueryPlan::name(PlanNode& node, StringId id) {
  if (node.test->is_presence()) return id.present() != node.test->negated();
  return id.present() && name_passes(dataset_, node, id);
}

bool QueryPlan::text(PlanNode& node, TextRef ref) {
  if (node.test->is_presence()) return ref.present() != node.test->negated();
  text_bytes_ += ref.size_bytes;
  return ref.present() && node.test->text(dataset_.text_now(ref, scratch_));
}

bool QueryPlan::trace_compare(PlanNode& node, TraceRow row) {
  ValueTest& test = *node.test;
  const int64_t start_ns = dataset_.request_time_ns(row);
  const int64_t duration_ms = dataset_.duration_ms(row);
  const auto counted = [&](int64_t value) { return number(node, value, value >= 0); };
  switch (node.key) {
    case QueryKey::StartTime:
      return number(node, floor_ms(start_ns), start_ns != kNoTime);
    case QueryKey::EndTime:
      return number(node, floor_ms(start_ns) + (duration_ms == kNoTime ? 0 : duration_ms),
                    start_ns != kNoTime);
    case QueryKey::Duration:
      return number(node, duration_ms, duration_ms != kNoTime);
    case QueryKey::InputTokens:
      return counted(dataset_.input_tokens(row));
    case QueryKey::OutputTokens:
      return counted(dataset_.output_tokens(row));
    case QueryKey::TotalTokens:
      return counted(dataset_.total_tokens(row));
    case QueryKey::SpanCount:
      return counted(spans_->count());
    case QueryKey::Depth:
      return counted(spans_->depth());
    case QueryKey::Cost: {
      const double cost = dataset_.cost_usd(row);
      if (test.is_presence()) return (cost >= 0) != test.negated();
      return cost >= 0 && test.real(cost);
    }
    case QueryKey::State:
      return (node.by_state >> static_cast<int>(dataset_.state(row)) & 1) != 0;
    case QueryKey::Name:
      return name(node, dataset_.name(row));
    case QueryKey::Session:
      return name(node, dataset_.session(row));
    case QueryKey::User:
      return name(node, dataset_.user(row));
    case QueryKey::TraceId:
      if (test.is_presence()) return !test.negated();
      if (test.op() == QueryOp::Equal) return (node.only_row == row) != test.negated();
      return test.text(dataset_.trace_id(row));
    case QueryKey::ClientRequestId:
      return text(node, dataset_.client_request_id(row));
    case QueryKey::Request:
      return text(node, dataset_.request_preview(row));
    case QueryKey::Response:
      return text(node, dataset_.response_preview(row));
    case QueryKey::Prompt:
      return node.mlflow->matches(row, text_bytes_);
    case QueryKey::Feedback:
    case QueryKey::Expectation:
    case QueryKey::Rationale:
    case QueryKey::Issue:
      return node.mlflow ? node.mlflow->matches(row, text_bytes_) : assessed(node, row);
    case QueryKey::Tag:
    case QueryKey::Metadata:
      return key_value(node, row);
    default:
      return trace_json(node, row);
  }
}

// Inputs and outputs: those of the root span.
bool QueryPlan::trace_json(PlanNode& node, TraceRow row) {
  const bool absent = node.test->is_presence() && node.test->negated();
  const std::optional<store::SpanRow> root = dataset_.root_span(row);
  if (!root) return absent;
  const TextRef record = dataset_.span_record(*root);
  if (dataset_.spans_are_inside(row)) {
    const SearchedRecord searched(dataset_, record, mark_of(marks_, row), true);
    const bool may = may_hold(node, searched);
    text_bytes_ += searched.read_bytes();
    if (!may) return absent;
  }
  const TextRef ref =
      node.key == QueryKey::Inputs ? dataset_.span_inputs(*root) : dataset_.span_outputs(*root);
  if (!ref.present()) return absent;
  return path_holds(node, {dataset_.text_now(ref, value_scratch_), ref.form == TextForm::Json}, 0, scratch_);
}

bool QueryPlan::key_value(PlanNode& node, TraceRow row) {
  ValueTest& test = *node.test;
  uint32_t count = 0;
  const store::KeyValues pairs =
      node.key == QueryKey::Tag ? dataset_.tags(row, count) : dataset_.metadata(row, count);
  for (size_t names = node.key_ids.size(); names > 0; --names) {
    const std::optional<TextRef> ref = pairs.find(node.key_ids[names - 1], count);
    if (!ref) continue;
    if (names == node.path.size() && test.is_presence()) return !test.negated();
    if (names == node.path.size()) return value_passes(dataset_, node, *ref, value_scratch_);
    const std::string_view value = dataset_.text_now(*ref, value_scratch_);
    text_bytes_ += value.size();
    return path_holds(node, {value, ref->form == TextForm::Json}, names, scratch_);
  }
  return test.is_presence() && test.negated();
}

bool QueryPlan::assessed(PlanNode& node, TraceRow row) const {
  const uint32_t session = dataset_.session(row).v;
  const bool counts = node.by_row[row.v] != 0 ||
                      (session != 0 && session < node.by_session.size() && node.by_session[session] != 0);
  return node.test->is_presence() ? counts != node.test->negated() : counts;
}

void QueryPlan::prepare(TraceRow row) {
  for (PlanNode* node : prepared_) {
    if (node->mlflow) {
      node->mlflow->prepare(row);
      continue;
    }
    for (const Assessment& assessment : dataset_.assessments(row)) {
      if (!dataset_.shows(assessment) || !assessment_counts(*node, assessment)) continue;
      node->by_row[row.v] = 1;
      const StringId session = assessed_session(dataset_, assessment);
      if (session.present() && session.v < node->by_session.size()) node->by_session[session.v] = 1;
    }
  }
}

bool QueryPlan::assessment_counts(PlanNode& node, const Assessment& assessment) {
  ValueTest& test = *node.test;
  const bool is_issue = assessment.kind == AssessmentKind::Issue;
  if (node.key == QueryKey::Issue) return is_issue && (test.is_presence() || test.text(assessment.name));
  if (is_issue || !assessment.valid || assessment.name != node.assessment_name) return false;
  if (node.key == QueryKey::Rationale) {
    return !assessment.rationale.empty() && (test.is_presence() || test.text(assessment.rationale));
  }
  const AssessmentKind wanted =
      node.key == QueryKey::Feedback ? AssessmentKind::Feedback : AssessmentKind::Expectation;
  return assessment.kind == wanted && test.json(assessment.value_json, scratch_);
}

// The record of the trace holds everything that was loaded of it, and what was annotated since stands beside.
bool QueryPlan::word_in_trace(PlanNode& node, TraceRow row) {
  const TextRef record = dataset_.record(row);
  if (node.word->may_be_in_record(dataset_, record)) {
    text_bytes_ += record.size_bytes;
    const auto [before, after] = dataset_.shown_record(row);
    if (node.word->is_in_record(before) || (!after.empty() && node.word->is_in_record(after))) return true;
  }
  const bool blind = !dataset_.shown_person().empty();
  store::Range spans = dataset_.spans(row);
  if (dataset_.spans_are_inside(row)) spans.count = 0;
  for (uint32_t i = spans.begin; i < spans.begin + spans.count; ++i) {
    const TextRef span = dataset_.span_record(store::SpanRow{i});
    const bool is_inside = span.blob == record.blob && span.offset_bytes >= record.offset_bytes &&
                           span.offset_bytes - record.offset_bytes < record.size_bytes;
    if (is_inside) continue;
    if (!node.word->may_be_in_record(dataset_, span)) continue;
    text_bytes_ += span.size_bytes;
    if (node.word->is_in_record(dataset_.raw(span))) return true;
  }
  if (!blind && !dataset_.assessments_changed(row)) return false;
  for (const Assessment& assessment : dataset_.assessments(row)) {
    if (blind ? !dataset_.shows(assessment) : !assessment.changed) continue;
    for (const std::string* part : {&assessment.name, &assessment.rationale, &assessment.source_id}) {
      if (node.word->is_in(*part)) return true;
    }
    if (node.word->is_in_record(assessment.value_json)) return true;
  }
  return false;
}

}  // namespace assay::search
