// Session: the codebook of failure modes: definitions, files, codes of earlier versions.
#include <algorithm>

#include "core/annot/annotations.h"
#include "core/annot/draft.h"
#include "core/app/session_state.h"
#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/json/unescape.h"
#include "core/json/writer.h"

namespace assay::app {

using store::TraceRow;

namespace {

std::string count_text(uint64_t count) {
  std::string out;
  append_int(out, static_cast<int64_t>(count));
  return out;
}

}  // namespace

// The code as it is, said again under the definition of now.
journal::NewEvent Session::State::restamped(TraceRow row, const store::Assessment& code,
                                            const review::ModeEntry& entry) const {
  std::string payload;
  json::Writer w(payload);
  w.begin_object();
  w.member("trace_id", dataset.trace_id(row));
  w.member("assessment_id", code.assessment_id);
  w.key("metadata");
  w.begin_object();
  w.member(review::kModeKey, review::mode_mark(entry));
  w.end_object();
  w.end_object();
  return {std::string(annot::kAssessmentUpdate), std::move(payload), annot::kAssessmentEventVersion};
}

void Session::State::execute_tag(const Command& command) {
  const std::string key(trimmed(command.arg("key")));
  std::vector<journal::NewEvent> events;
  const std::optional<TraceRow> one = dataset.find_trace(command.arg("trace_id"));
  const std::vector<TraceRow> rows = one ? std::vector<TraceRow>{*one} : rows_of_scope(command.arg("scope"));
  for (const TraceRow row : rows) {
    const std::string_view trace_id = dataset.trace_id(row);
    if (command.id == CommandId::TagDelete) {
      if (dataset.find_tag(row, key)) events.push_back(annot::tag_delete_event(trace_id, key));
      continue;
    }
    std::string scratch;
    const auto now = dataset.find_tag(row, key);
    if (now && dataset.text_now(*now, scratch) == command.arg("value")) continue;
    Result<journal::NewEvent> event = annot::tag_set_event(trace_id, key, command.arg("value"));
    if (!event.ok()) return notice(NoticeKind::Error, "", event.error().what);
    events.push_back(std::move(event).value());
  }
  if (!events.empty()) write(events, journal::TxnScope::User);
  if (one) return;
  const bool removes = command.id == CommandId::TagDelete;
  const std::string traces = count_text(events.size());
  if (!events.empty()) {
    notice(NoticeKind::Success, removes ? "untagged_many" : "tagged_many", (removes ? "Tag removed from traces: " : "Traces tagged: ") + traces, {key, traces});
  } else if (removes) {
    notice(NoticeKind::Info, "untagged_none", "None of these traces has the tag " + key, {key});
  }
}

void Session::State::execute_mode(const Command& command) {
  if (!ready_to_write()) return;
  if (command.id == CommandId::TagSet || command.id == CommandId::TagDelete) return execute_tag(command);
  const std::string name(trimmed(command.arg("name")));
  const review::ModeEntry* entry = codebook->find(name);
  std::vector<journal::NewEvent> events;
  if (command.id == CommandId::ModeDefine) {
    const review::ModeDefinition mode{name, std::string(trimmed(command.arg("definition"))),
                                      std::string(trimmed(command.arg("example")))};
    if (const Status status = review::validate_mode(mode); !status.ok())
      return notice(NoticeKind::Error, "", status.error().what);
    if (entry != nullptr && entry->definition == mode.definition && entry->example == mode.example) return;
    events.push_back(review::mode_define_event(mode));
  } else if (command.id == CommandId::NotesCode) {
    return code_notes(name, command.arg("notes"));
  } else if (entry == nullptr) {
    return;
  } else if (command.id == CommandId::ModeRetire) {
    events.push_back(review::mode_retire_event(name));
  } else {
    const std::string value = json::quoted(name);
    for (uint32_t row = 0; row < dataset.trace_count(); ++row)
      for (const store::Assessment& a : dataset.assessments(TraceRow{row}))
        if (review::is_code(a) && a.value_json == value && a.source_type == store::SourceType::Human &&
            a.source_id == review::reviewer_name(settings.author) && review::is_code_stale(a, *entry))
          events.push_back(restamped(TraceRow{row}, a, *entry));
  }
  if (!events.empty()) write(events, journal::TxnScope::User);
}

void Session::State::code_notes(std::string_view mode, std::string_view notes) {
  if (mode.empty()) return;
  annot::AssessmentDraft draft;
  draft.kind = store::AssessmentKind::Feedback;
  draft.name = review::kModeName;
  draft.value_type = annot::ValueType::String;
  draft.value_text = mode;
  if (const review::ModeEntry* entry = codebook->find(mode))
    draft.metadata.emplace_back(review::kModeKey, review::mode_mark(*entry));
  annot::Stamp stamp;
  stamp.author = settings.author;
  stamp.now_ms = now_ms();
  std::vector<journal::NewEvent> events;
  std::vector<std::string_view> seen;  // several notes of one span are one failure of it
  while (!notes.empty()) {
    const size_t end = std::min(notes.find('\n'), notes.size());
    const std::string_view line = notes.substr(0, end);
    notes.remove_prefix(std::min(end + 1, notes.size()));
    const size_t tab = line.find('\t');
    if (tab == std::string_view::npos || std::find(seen.begin(), seen.end(), line) != seen.end()) continue;
    seen.push_back(line);
    draft.trace_id = line.substr(0, tab);
    draft.span_id = line.substr(tab + 1);
    stamp.assessment_id = journal::new_assessment_id(random());
    Result<journal::NewEvent> event = annot::create_event(draft, stamp);
    if (event.ok()) {
      if (Status status = annotations->check(event.value()); !status.ok()) event = status.take_error();
    }
    if (!event.ok()) return notice(NoticeKind::Error, "", event.error().what);
    events.push_back(std::move(event).value());
  }
  if (!events.empty()) write(events, journal::TxnScope::User);
}

void Session::State::import_codebook(std::string_view file_name, std::string_view text) {
  if (!ready_to_write()) return;
  const Result<std::vector<review::ModeDefinition>> modes = review::decode_codebook_file(text);
  if (!modes.ok())
    return notice(NoticeKind::Error, "schemas_bad", std::string(file_name) + ": " + modes.error().what,
                  {std::string(file_name), modes.error().what});
  std::vector<journal::NewEvent> events;
  std::string changed;
  for (const review::ModeDefinition& mode : modes.value()) {
    const review::ModeEntry* entry = codebook->find(mode.name);
    if (entry != nullptr && entry->definition == mode.definition && entry->example == mode.example) continue;
    if (entry != nullptr) changed += (changed.empty() ? "" : ", ") + mode.name;
    events.push_back(review::mode_define_event(mode));
  }
  if (!events.empty()) write(events, journal::TxnScope::User);
  if (!changed.empty())
    return notice(NoticeKind::Warning, "codebook_changed",
                  "Failure modes that were here have a new definition; codes of the earlier one are marked: " + changed,
                  {count_text(events.size()), changed});
  notice(NoticeKind::Success, "codebook_read", "Failure modes taken in: " + count_text(events.size()),
         {count_text(events.size()), std::string(file_name)});
}

}  // namespace assay::app
