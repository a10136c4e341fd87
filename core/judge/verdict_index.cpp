#include "core/judge/verdict_index.h"

#include "core/json/doc.h"

namespace assay::judge {

void VerdictIndex::add(std::string_view payload_json) {
  const Result<ItemEvent> event = decode_item_event(payload_json);
  if (!event.ok()) return;
  const ItemEvent& verdict = event.value();
  if (verdict.outcome != Outcome::Scored || verdict.request_hash.empty()) return;
  if (!verdict.reused_from.empty()) return;
  const bool is_ballot = !verdict.ballot_json.empty();
  const Result<json::Doc> assessment =
      json::parse_doc(is_ballot ? verdict.ballot_json : verdict.assessment_json);
  if (!assessment.ok()) return;
  const json::Doc* feedback =
      is_ballot ? &assessment.value() : json::find(assessment.value(), "feedback");
  const json::Doc* value = feedback == nullptr ? nullptr : json::find(*feedback, "value");
  if (value == nullptr || value->is_null()) return;
  by_hash_.try_emplace(
      verdict.request_hash,
      CachedVerdict{verdict.run_id, json::dump(*value),
                    json::get_string(assessment.value(), "rationale").value_or("")});
}

std::optional<CachedVerdict> VerdictIndex::find(std::string_view request_hash) const {
  const auto found = by_hash_.find(std::string(request_hash));
  if (found == by_hash_.end()) return std::nullopt;
  return found->second;
}

RenderedItem DatasetPrompts::render(std::string_view trace_id, const ScorerSpec& scorer,
                                    std::string_view span_id) {
  RenderedItem item;
  const std::optional<store::TraceRow> row = dataset_->find_trace(trace_id);
  if (!row) {
    item.skip = SkipReason::TraceNotLoaded;
    return item;
  }
  const TraceInput input = read_trace_input(*dataset_, *row, scorer, span_id);
  item.skip = input.skip;
  item.root_span_id = input.root_span_id;
  if (item.skip == SkipReason::None) item.prompt = render_prompt(scorer, input);
  return item;
}

}  // namespace assay::judge
