// Session: files of end users' feedback, joined to the loaded traces.
#include <algorithm>
#include <unordered_map>

#include "core/annot/draft.h"
#include "core/annot/feedback_file.h"
#include "core/app/session_state.h"
#include "core/base/numbers.h"
#include "core/json/writer.h"

namespace assay::app {

namespace {

std::string count_text(uint64_t count) {
  std::string out;
  append_int(out, static_cast<int64_t>(count));
  return out;
}

// As JSON; "" where the record has none.
std::string metadata_of(const annot::FeedbackRecord& record) {
  if (record.run_id.empty() && record.scorer_version.empty()) return {};
  std::string text;
  json::Writer out(text);
  out.begin_object();
  if (!record.run_id.empty()) out.member(store::kSourceRunKey, record.run_id);
  if (!record.scorer_version.empty()) out.member(store::kScorerVersionKey, record.scorer_version);
  out.end_object();
  return text;
}

// Where a record belongs: by its trace id, with or without MLflow's prefix, or by the client's id.
class TraceFinder {
 public:
  explicit TraceFinder(const store::Dataset& dataset) : dataset_(dataset) {}

  std::optional<store::TraceRow> find(const annot::FeedbackRecord& record) {
    if (!record.trace_id.empty()) {
      if (const auto row = dataset_.find_trace(record.trace_id)) return row;
      if (const auto row = dataset_.find_trace("tr-" + record.trace_id)) return row;
    }
    const std::string& client = record.client_request_id.empty() ? record.trace_id : record.client_request_id;
    if (client.empty()) return std::nullopt;
    if (!made_) make();
    const auto found = by_client_.find(client);
    return found == by_client_.end() ? std::nullopt : std::optional(store::TraceRow{found->second});
  }

 private:
  void make() {
    made_ = true;
    std::string scratch;
    for (uint32_t row = 0; row < dataset_.trace_count(); ++row) {
      const store::TextScope scope(dataset_);
      const std::string_view id = dataset_.text_now(dataset_.client_request_id(store::TraceRow{row}), scratch);
      if (!id.empty()) by_client_.try_emplace(std::string(id), row);
    }
  }
  const store::Dataset& dataset_;
  bool made_ = false;
  std::unordered_map<std::string, uint32_t> by_client_;
};

}  // namespace

void Session::State::finish_feedback(OpenImport& import, std::string_view error) {
  reports.emplace_back();
  ingest::FileReport& report = reports.back();
  report.token = import.token;
  report.file_name = import.name;
  report.size_bytes = import.size_bytes;
  report.format = "feedback";
  report.kept = import.kept;
  if (import.cancelled || error == "cancelled") {
    report.cancelled = true;
    return;
  }
  if (!error.empty()) {
    report.failed = true;
    return notice(NoticeKind::Error, "file_unreadable", "The browser could not read the file to its end: " + import.name,
                  {import.name, std::string(error)});
  }
  // Of the last visit: the journal has it.
  if (import.kept) return;
  waiting_feedback.push_back({&report, import.name, std::move(import.text), std::move(import.columns)});
}

// What a person has said of a table with these columns, where it is feedback on traces.
annot::FeedbackColumns Session::State::remembered_feedback(std::string_view head) const {
  for (const ingest::ColumnMapping& mapping : settings.column_mappings) {
    if (!mapping.is_feedback()) continue;
    annot::FeedbackColumns columns;
    for (const ingest::MappedColumn& column : mapping.columns) {
      const bool value = column.use == ingest::ColumnUse::Feedback, name = column.use == ingest::ColumnUse::FeedbackName;
      columns.push_back({column.column, value ? "value" : name ? "name" : std::string(ingest::column_use_key(column.use)), column.name});
    }
    if (annot::has_feedback_columns(head, columns)) return columns;
  }
  return {};
}

// Once no file is under way: traces that came with the feedback are there.
void Session::State::join_feedback() {
  if (!imports.empty() || waiting_feedback.empty()) return;
  if (!ready_to_write()) {
    waiting_feedback.clear();
    return;
  }
  std::vector<WaitingFeedback> all;
  all.swap(waiting_feedback);
  for (WaitingFeedback& file : all) {
    const annot::FeedbackFile read = annot::read_feedback(file.text, file.columns.empty() ? nullptr : &file.columns);
    ingest::FileReport& report = *file.report;
    TraceFinder finder(dataset);
    std::vector<journal::NewEvent> events;
    std::vector<std::string> ids;  // made by this file
    uint64_t unmatched = 0;
    for (const annot::FeedbackProblem& problem : read.problems) {
      report.add(ingest::IssueKind::BadAssessment, problem.number, 0, problem.what);
      ++report.records_skipped;
    }
    for (const annot::FeedbackRecord& record : read.records) {
      ++report.records_read;
      const auto row = finder.find(record);
      if (!row) {
        ++unmatched;
        report.add(ingest::IssueKind::UnmatchedFeedback, record.number, 0,
                   record.trace_id.empty() ? record.client_request_id : record.trace_id);
        continue;
      }
      if (const Status status = annot::check_name(record.name); !status.ok()) {
        report.add(ingest::IssueKind::BadAssessment, record.number, 0, status.error().what);
        ++report.records_skipped;
        continue;
      }
      store::Assessment a;
      a.assessment_id = annot::feedback_assessment_id(record, dataset.trace_id(*row));
      const auto& known = dataset.assessments(*row);
      const auto is_same = [&a](const store::Assessment& other) { return other.assessment_id == a.assessment_id; };
      if (std::any_of(known.begin(), known.end(), is_same)) continue;  // the file was opened before
      a.name = record.name;
      if (!record.span_id.empty() && dataset.find_span(*row, record.span_id)) a.span_id = record.span_id;
      a.source_type = record.source_type.empty() ? store::SourceType::Human : store::parse_source_type(record.source_type);
      if (record.is_expectation) a.kind = store::AssessmentKind::Expectation;
      a.valid = record.valid;
      a.error_code = record.error_code;
      a.error_message = record.error_message;
      a.metadata_json = metadata_of(record);
      a.source_id = record.user.empty() ? std::string(annot::kDefaultSourceId) : record.user;
      a.create_time_ms = a.last_update_time_ms = record.time_ms > 0 ? record.time_ms : now_ms();
      a.value_json = record.value_json;
      a.rationale = record.rationale;
      ids.push_back(a.assessment_id);
      events.push_back(annot::create_event_of(a, dataset.trace_id(*row)));
    }
    // The same record twice in one file counts once.
    std::vector<journal::NewEvent> kept;
    std::unordered_map<std::string, bool> seen;
    for (size_t i = 0; i < events.size(); ++i)
      if (seen.try_emplace(ids[i], true).second) kept.push_back(std::move(events[i]));
    report.assessments = kept.size();
    if (!kept.empty()) write(kept, journal::TxnScope::User);
    const std::string added = count_text(kept.size()), lost = count_text(unmatched);
    const bool nothing = read.records.empty() || unmatched == read.records.size();
    notice(nothing ? NoticeKind::Error : unmatched > 0 ? NoticeKind::Warning : NoticeKind::Success, "feedback_done",
           "Feedback read from " + file.name + ": " + added + " added, " + lost + " on traces that are not loaded",
           {file.name, added, lost});
  }
}

}  // namespace assay::app
