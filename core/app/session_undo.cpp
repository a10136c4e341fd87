// Session: undo, redo, and what they are about to do.
#include "core/annot/payload.h"
#include "core/app/session_state.h"
#include "core/json/doc.h"

namespace assay::app {

namespace {

std::string text_of(const Change& change) {
  const char* action = change.what == Change::What::Update   ? "change of "
                       : change.what == Change::What::Remove ? "deletion of "
                                                             : "";
  std::string text = action;
  text += change.name.empty() ? "an assessment"
                              : (change.expectation ? "expectation '" : "feedback '") + change.name + "'";
  return text + " on trace " + change.trace_id;
}

constexpr std::string_view kWhats[] = {"other", "add", "update", "remove"};

}  // namespace

// The assessment that an event of creation holds.
static std::optional<store::Assessment> created_by(const journal::EventView& event) {
  annot::AssessmentSet set({});
  const Status applied =
      annot::apply_payload(set, annot::PayloadKind::Create, event.payload_json, TimeMs{event.time_ms});
  std::vector<store::Assessment> made = std::move(set).take();
  if (!applied.ok() || made.empty()) return std::nullopt;
  return std::move(made.front());
}

void Session::State::name_change(Change& change, std::string_view assessment_id) const {
  const auto take = [&change](std::string_view name, bool expectation) {
    change.name = name;
    change.expectation = expectation;
  };
  if (const std::optional<store::TraceRow> row = dataset.find_trace(change.trace_id)) {
    for (const store::Assessment& a : dataset.assessments(*row))
      if (a.assessment_id == assessment_id) return take(a.name, a.kind == store::AssessmentKind::Expectation);
  }
  for (const RemovedName& removed_name : removed)
    if (removed_name.assessment_id == assessment_id) return take(removed_name.name, removed_name.expectation);
}

Change Session::State::change_of(std::string_view txn) const {
  Change change;
  const std::vector<uint32_t> events = journal->events_of(txn);
  if (events.empty()) return change;
  const journal::EventView event = journal->at(events.front());
  const annot::PayloadKind kind = annot::payload_kind(event.kind);
  change.trace_id = annot::payload_trace_id(kind, event.payload_json);
  if (kind == annot::PayloadKind::Create) {
    change.what = Change::What::Add;
    if (const std::optional<store::Assessment> made = created_by(event)) {
      change.name = made->name;
      change.expectation = made->kind == store::AssessmentKind::Expectation;
    }
    return change;
  }
  if (kind != annot::PayloadKind::Update && kind != annot::PayloadKind::Delete) return change;
  change.what = kind == annot::PayloadKind::Update ? Change::What::Update : Change::What::Remove;
  Result<json::Doc> payload = json::parse_doc(event.payload_json);
  if (!payload.ok()) return change;
  name_change(change, json::get_string(payload.value(), "assessment_id").value_or(""));
  return change;
}

const Change& Session::State::cached_change(ChangeCache& cache,
                                            const std::optional<journal::Journal::UndoStep>& step) const {
  const std::string txn = step ? step->original : std::string();
  if (txn != cache.txn) {  // looking it up scans the journal
    cache.txn = txn;
    cache.change = step ? change_of(txn) : Change{};
  }
  return cache.change;
}

const Change& Session::undo_change() const {
  return state_->cached_change(state_->undo_cache, state_->journal->undo_step());
}
const Change& Session::redo_change() const {
  return state_->cached_change(state_->redo_cache, state_->journal->redo_step());
}

void Session::State::undo_or_redo(bool undo) {
  if (!ready_to_write()) return;
  const std::optional<journal::Journal::UndoStep> step = undo ? journal->undo_step() : journal->redo_step();
  if (!step) return;
  const Change change = cached_change(undo ? undo_cache : redo_cache, step);
  Result<journal::Appended> appended = journal->revert(step->txn, now_ms());
  if (!appended.ok()) {
    notice(NoticeKind::Error, "", appended.error().what);
    return;
  }
  store_lines(std::move(appended.value().lines), 0);
  journal_changed();
  if (change.what == Change::What::Other) {
    const std::vector<uint32_t> events = journal->events_of(step->original);
    if (!events.empty() && journal->at(events.front()).kind.starts_with("view."))
      notice(NoticeKind::Info, undo ? "view_undone" : "view_redone",
             undo ? "The change of the saved views is undone" : "The change of the saved views is done again");
    return;
  }
  // The arguments are the parts of the sentence, for other languages.
  notice(NoticeKind::Info, undo ? "undone" : "redone", (undo ? "Undone: " : "Redone: ") + text_of(change),
         {std::string(kWhats[static_cast<size_t>(change.what)]), change.expectation ? "expectation" : "feedback",
          change.name, change.trace_id});
}

}  // namespace assay::app
