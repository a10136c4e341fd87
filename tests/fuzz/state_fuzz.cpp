// What a page reads back that it did not just write: settings, an address, scorers, assessments,
// reports, the payloads of events. The first byte says which. What is read and written again is the
// same from then on.
#include "core/annot/payload.h"
#include "core/app/route.h"
#include "core/app/settings.h"
#include "core/base/utf8.h"
#include "core/ingest/column_mapping.h"
#include "core/ingest/read_limits.h"
#include "core/judge/judge_events.h"
#include "core/judge/scorer.h"
#include "tests/fuzz/fuzz_support.h"
#include "tests/fuzz/json_mutator.h"

namespace {

using namespace assay;
using fuzz::check;
using fuzz::check_same;

void check_settings(std::string_view text) {
  const app::Settings settings = app::decode_settings(text);
  check(settings.ui_scale_percent >= 75 && settings.ui_scale_percent <= 200,
        "the scale is in its bounds");
  check(settings.judge_concurrency >= 1 && settings.judge_concurrency <= 64,
        "the concurrency is in its bounds");
  check(!settings.author.empty() && is_valid_utf8(settings.author), "there is an author");
  check(judge::validate_scorers(settings.scorers).ok(), "the scorers can be used");
  const std::string written = app::encode_settings(settings);
  check_same(app::encode_settings(app::decode_settings(written)), written,
             "settings written twice");
}

void check_route(std::string_view text) {
  const app::Route route = app::decode_route(text);
  for (const std::string* part :
       {&route.query, &route.sort, &route.trace_id, &route.span_id, &route.run_id}) {
    check(is_valid_utf8(*part) && part->size() <= 16384, "what an address holds is short UTF-8");
  }
  check(app::decode_route(app::encode_route(route)) == route, "an address is where it was made");
}

void check_scorers(std::string_view text) {
  const Result<std::vector<judge::ScorerSpec>> scorers = judge::decode_scorers(text);
  if (!scorers.ok()) return;
  const std::string written = judge::encode_scorers(scorers.value());
  const Result<std::vector<judge::ScorerSpec>> again = judge::decode_scorers(written);
  check(again.ok(), "scorers that were written are read");
  check_same(judge::encode_scorers(again.value()), written, "scorers written twice");
}

void check_assessment(std::string_view text) {
  const Result<store::Assessment> assessment = store::assessment_from_json(text);
  if (!assessment.ok()) return;
  const std::string written = store::assessment_to_json(assessment.value(), "tr-1");
  const Result<store::Assessment> again = store::assessment_from_json(written);
  check(again.ok(), "an assessment that was written is read");
  check_same(store::assessment_to_json(again.value(), "tr-1"), written,
             "an assessment written twice");
  check(again.value().kind == assessment.value().kind &&
            again.value().valid == assessment.value().valid,
        "and means it");
  store::metadata_value(assessment.value(), store::kSessionKey);
}

void check_report(std::string_view text) {
  ingest::FileReport report;
  if (!ingest::decode_report(text, report)) return;
  ingest::FileReport again;
  check(ingest::decode_report(ingest::encode_report(report), again),
        "a report that was written is read");
  check_same(ingest::to_text(again), ingest::to_text(report), "a report that travelled");
}

// One event after the other on the same assessments.
void check_payloads(std::string_view text) {
  fuzz::Input lines(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  annot::AssessmentSet set({});
  while (!lines.empty()) {
    const auto kind = static_cast<annot::PayloadKind>(lines.byte() % 5);
    const std::string_view payload = lines.piece('\n');
    annot::payload_trace_id(kind, payload);
    const Status status = annot::apply_payload(set, kind, payload, 1000);
    check(status.ok() || !status.error().what.empty(), "an error says what is wrong");
  }
  for (const store::Assessment& a : std::move(set).take()) {
    check(store::assessment_from_json(store::assessment_to_json(a, "tr-1")).ok(),
          "assessments can be taken home");
  }
}

void check_run_events(std::string_view text) {
  const Result<judge::RunCreated> created = judge::decode_run_create(text);
  if (created.ok()) {
    const std::string written =
        judge::encode_run_create(created.value().plan, created.value().time_ms);
    const Result<judge::RunCreated> again = judge::decode_run_create(written);
    check(again.ok(), "a run that was written is read");
    check_same(judge::encode_run_create(again.value().plan, again.value().time_ms), written,
               "a run written twice");
  }
  const Result<judge::ItemEvent> item = judge::decode_item_event(text);
  check(!item.ok() || item.value().usage.input_tokens >= -1, "tokens are counted or not known");
  const Result<judge::RunStateEvent> state = judge::decode_run_state(text);
  check(!state.ok() || !state.value().run_id.empty(), "a state is that of a run");
}

void check_mappings(std::string_view text) {
  const Result<ingest::ColumnMapping> mapping = ingest::parse_columns(text);
  if (mapping.ok()) {
    ingest::describe_columns(mapping.value());
    std::string written;
    json::Writer writer(written);
    ingest::write_columns(writer, mapping.value());
    check(ingest::parse_columns(written).ok(), "a mapping that was written is read");
  }
  const std::string part = ingest::encode_part(ingest::decode_part(text));
  check_same(ingest::encode_part(ingest::decode_part(part)), part, "a part written twice");
  ingest::parse_range_time(text, ingest::RangeEnd::From);
  ingest::parse_range_time(text, ingest::RangeEnd::To);
  const std::string written = ingest::encode_mappings(ingest::decode_mappings(text));
  check_same(ingest::encode_mappings(ingest::decode_mappings(written)), written,
             "mappings written twice");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Input input(data, size);
  const uint8_t which = input.byte();
  const std::string_view text = input.rest();
  switch (which % 8) {
    case 0:
      check_settings(text);
      break;
    case 1:
      check_route(text);
      break;
    case 2:
      check_scorers(text);
      break;
    case 3:
      check_assessment(text);
      break;
    case 4:
      check_report(text);
      break;
    case 5:
      check_payloads(text);
      break;
    case 6:
      check_run_events(text);
      break;
    default:
      check_mappings(text);
      break;
  }
  return 0;
}
