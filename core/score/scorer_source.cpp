#include "core/score/scorer_source.h"

#include "core/base/late.h"
#include "core/base/ordering.h"
#include "core/json/doc.h"
#include "core/json/reader.h"
#include "core/json/unescape.h"
#include "core/json/writer.h"
#include "core/score/checks.h"
#include "core/score/trace_tools.h"
#include "core/store/assessment.h"

namespace assay::score {

using judge::RenderedItem;
using judge::ScorerSpec;
using store::Dataset;
using store::TraceRow;

namespace {

// JSON where it is JSON, else as a text.
void write_value(json::Writer& out, const Dataset& dataset, TextRef ref) {
  std::string scratch;
  const store::TextScope scope(dataset);
  const std::string_view text = ref.present() ? dataset.text_now(ref, scratch) : "";
  json::Reader reader(text);
  reader.skip_value();
  if (text.empty())
    out.null();
  else if (!reader.failed() && reader.at_end() && reader.non_finite_at() == json::Reader::kNowhere)
    out.raw(text);
  else
    out.string(text);
}

void write_spans(json::Writer& out, const Dataset& dataset, TraceRow row) {
  out.key("spans");
  out.begin_array();
  const store::Range spans = dataset.spans(row);
  for (uint32_t i = 0; i < spans.count; ++i) {
    const store::SpanRow span{spans.begin + i};
    out.begin_object();
    out.member("span_id", dataset.span_id(span));
    const uint32_t parent = dataset.parent(span);
    out.key("parent_id");
    if (parent == store::kNoRow)
      out.null();
    else
      out.string(dataset.span_id(store::SpanRow{parent}));
    out.member("name", dataset.name_text(dataset.span_name(span)));
    out.member("span_type", dataset.name_text(dataset.span_type(span)));
    out.member("status", store::span_status_name(dataset.span_status(span)));
    const int64_t start = dataset.span_start_ns(span), end = dataset.span_end_ns(span);
    if (start != kNoTime && end != kNoTime)
      out.member_number("duration_ms", static_cast<double>(end - start) / 1e6);
    out.key("inputs");
    write_value(out, dataset, dataset.span_inputs(span));
    out.key("outputs");
    write_value(out, dataset, dataset.span_outputs(span));
    out.end_object();
  }
  out.end_array();
}

}  // namespace

void write_trace_facts(json::Writer& out, const store::Dataset& dataset, TraceRow row) {
  out.member("trace_id", dataset.trace_id(row));
  out.member("state", store::trace_state_name(dataset.state(row)));
  if (dataset.duration_ms(row) >= 0)
    out.member_integer("execution_duration_ms", dataset.duration_ms(row));
  if (dataset.total_tokens(row) >= 0)
    out.member_integer("total_tokens", dataset.total_tokens(row));
  if (dataset.cost_usd(row) >= 0) out.member_number("cost_usd", dataset.cost_usd(row));
  if (dataset.session(row).present())
    out.member("session", dataset.name_text(dataset.session(row)));
}

std::string script_body(const ScorerSpec& scorer, const Dataset& dataset, TraceRow row) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  out.member("program", scorer.text);
  out.key("arguments");
  out.begin_object();
  const std::optional<store::SpanRow> root = dataset.root_span(row);
  out.key("inputs");
  write_value(out, dataset, root ? dataset.span_inputs(*root) : TextRef{});
  out.key("outputs");
  write_value(out, dataset, root ? dataset.span_outputs(*root) : TextRef{});
  out.key("expectations");
  out.begin_object();
  for (const store::Assessment& assessment : dataset.assessments(row)) {
    const bool is_value = assessment.kind == store::AssessmentKind::Expectation &&
                          json::parse_doc(assessment.value_json).ok();
    if (is_value) out.member_raw(assessment.name, assessment.value_json);
  }
  out.end_object();
  out.key("trace");
  out.begin_object();
  write_trace_facts(out, dataset, row);
  write_spans(out, dataset, row);
  out.end_object();
  out.end_object();
  out.end_object();
  return text;
}

const std::vector<TraceRow>& ScorerSource::session_of(TraceRow row) {
  if (sessions_made_of_ != dataset_->trace_count()) {
    sessions_made_of_ = dataset_->trace_count();
    sessions_.clear();
    const auto before = [this](uint32_t a, uint32_t b) {
      return dataset_->request_time_ns(TraceRow{a}) < dataset_->request_time_ns(TraceRow{b});
    };
    for (const uint32_t i : sorted_indexes(dataset_->trace_count(), before)) {
      const StringId session = dataset_->session(TraceRow{i});
      if (session.present()) sessions_[session.v].push_back(TraceRow{i});
    }
  }
  return sessions_[dataset_->session(row).v];
}

std::string ScorerSource::tool_result(std::string_view trace_id, std::string_view name,
                                      std::string_view arguments_json) {
  return call_late<&ScorerSource::run_tool>(*this, trace_id, name, arguments_json);
}

std::string ScorerSource::run_tool(std::string_view trace_id, std::string_view name, std::string_view arguments_json) {
  const std::optional<TraceRow> row = dataset_->find_trace(trace_id);
  if (!row) return R"({"error":"The trace is not loaded any more"})";
  return redacted(run_trace_tool(*dataset_, *row, name, arguments_json), rules).text;
}

RenderedItem ScorerSource::render(std::string_view trace_id, const ScorerSpec& scorer, std::string_view planned_span) {
  return call_late<&ScorerSource::rendered>(*this, trace_id, scorer, planned_span);
}

RenderedItem ScorerSource::rendered(std::string_view trace_id, const ScorerSpec& scorer, std::string_view planned_span) {
  last_redactions_ = 0;
  RenderedItem item;
  const std::optional<TraceRow> row = dataset_->find_trace(trace_id);
  if (!row) {
    item.skip = judge::SkipReason::TraceNotLoaded;
    return item;
  }
  const bool by_session = level_of(scorer) == judge::ScorerLevel::Session;
  const bool has_session = dataset_->session(*row).present();
  if (by_session && has_session) item.session = dataset_->name_text(dataset_->session(*row));
  judge::TraceInput input =
      judge::read_trace_input(*dataset_, *row, scorer, planned_span,
                              by_session && has_session ? &session_of(*row) : nullptr);
  item.skip = input.skip;
  item.root_span_id = input.root_span_id;
  if (item.skip != judge::SkipReason::None) return item;
  if (judge::is_check(scorer.kind)) {
    CheckResult result = run_check(scorer, input, measures_of(*dataset_, *row, scorer));
    item.skip = result.skip;
    if (item.skip == judge::SkipReason::None) item.computed = std::move(result.judgement);
    return item;
  }
  if (scorer.kind == judge::ScorerKind::Script) {
    item.script_body = script_body(scorer, *dataset_, *row);
    return item;
  }
  item.computed = verdict_without_model(scorer, input);
  if (item.computed) return item;
  last_redactions_ = redact_input(input, rules);
  item.prompt = judge::render_prompt(scorer, input);
  return item;
}

}  // namespace assay::score
