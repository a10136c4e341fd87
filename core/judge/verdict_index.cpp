#include "core/judge/verdict_index.h"

#include "core/json/reader.h"

namespace assay::judge {

void VerdictIndex::add(std::string_view payload_json) {
  const Result<ItemEvent> event = decode_item_event(payload_json);
  if (event.ok()) add(event.value());
}

void VerdictIndex::add(const ItemEvent& verdict) {
  if (verdict.outcome != Outcome::Scored || verdict.request_hash.empty()) return;
  if (!verdict.reused_from.empty()) return;
  // Of a ballot the value stands at the top, of an assessment in its feedback.
  const bool is_ballot = !verdict.ballot_json.empty();
  const std::string& text = is_ballot ? verdict.ballot_json : verdict.assessment_json;
  CachedVerdict kept{verdict.run_id, {}, {}};
  json::Reader reader(text);
  if (!reader.enter_object()) return;
  while (reader.next_key()) {
    if (reader.key_is("rationale")) {
      kept.rationale = reader.string().value_or("");
    } else if (is_ballot && reader.key_is("value")) {
      kept.value_json = value_of(reader, text);
    } else if (!is_ballot && reader.key_is("feedback") && reader.enter_object()) {
      while (reader.next_key())
        if (reader.key_is("value")) kept.value_json = value_of(reader, text);
    }
  }
  if (reader.failed() || kept.value_json.empty() || kept.value_json == "null") return;
  by_hash_.try_emplace(verdict.request_hash, std::move(kept));
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
