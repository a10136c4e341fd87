// Session: files coming in, files going out.
#include <algorithm>

#include "core/annot/export_mlflow.h"
#include "core/annot/export_results.h"
#include "core/annot/feedback_file.h"
#include "core/app/session_state.h"
#include "core/judge/judge_events.h"
#include "core/base/late.h"
#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/ingest/sniff.h"

namespace assay::app {

namespace {

constexpr std::string_view kJournalApp = "1.0.0";

// The journal as text, in slices. One unit is one event.
class JournalExport final : public Job {
 public:
  JournalExport(const journal::Journal& journal, annot::ChunkSink& sink, int64_t now_ms, std::vector<uint32_t> order)
      : journal_(journal), sink_(sink), order_(std::move(order)) {
    buffer_ = journal::encode_header(now_ms, order_.size(), kJournalApp) + "\n";
  }

  Progress step(Budget& budget) override {
    while (next_ < order_.size()) {
      journal_.append_line(buffer_, order_[next_++]);
      if (buffer_.size() > 1 << 16) flush();
      if (!budget.spend(1)) break;
    }
    flush();
    return next_ < order_.size() ? Progress::Working : Progress::Finished;
  }

 private:
  void flush() {
    sink_.write(buffer_);
    buffer_.clear();
  }
  const journal::Journal& journal_;
  annot::ChunkSink& sink_;
  std::vector<uint32_t> order_;
  size_t next_ = 0;
  std::string buffer_;
};

class TextExport final : public Job {
 public:
  TextExport(std::string text, annot::ChunkSink& sink) : text_(std::move(text)), sink_(sink) {}
  Progress step(Budget&) override {
    sink_.write(text_);
    return Progress::Finished;
  }

 private:
  std::string text_;
  annot::ChunkSink& sink_;
};

// A name as a part of a file's name: what no system minds, other characters as "-".
std::string file_word(std::string_view name) {
  std::string out;
  for (const char c : name.substr(0, 60)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       (static_cast<unsigned char>(c) & 0x80) != 0;
    out += plain ? c : '-';
  }
  return std::string(utf8_prefix(out, 60));
}

// "crm-export" of "crm-export.jsonl".
std::string without_extension(std::string name) {
  const size_t slash = name.find_last_of("/\\");
  if (slash != std::string::npos) name.erase(0, slash + 1);
  const size_t dot = name.find_last_of('.');
  if (dot != std::string::npos && dot > 0) name.resize(dot);
  return name.empty() ? "traces" : name;
}

// What the traces can be saved as; the first is MLflow's own.
struct TraceForm {
  std::string_view name, suffix, mime_type;
};
constexpr TraceForm kTraceForms[] = {{"", ".assessed.jsonl", "application/x-ndjson"},
                                     {"otlp", ".otlp.jsonl", "application/x-ndjson"},
                                     {"evaluations", ".evaluations.jsonl", "application/x-ndjson"},
                                     {"dataframe", ".dataframe.json", "application/json"},
                                     {"csv", ".traces.csv", "text/csv"},
                                     {"dataset", ".dataset.jsonl", "application/x-ndjson"}};

// In the words of the browsers and of the converter.
bool is_memory_error(std::string_view error) {
  const std::string text = ascii_lower(error);
  return text.find("out of memory") != std::string::npos || text.find("allocation failed") != std::string::npos;
}

const TraceForm& form_of(std::string_view name) {
  for (const TraceForm& form : kTraceForms) {
    if (form.name == name) return form;
  }
  return kTraceForms[0];
}

}  // namespace

// --- In -------------------------------------------------------------------------------------------

OpenImport* Session::State::find_import(uint32_t token) {
  for (OpenImport& import : imports)
    if (import.token == token) return &import;
  return nullptr;
}

uint32_t Session::on_file_begin(std::string_view name, uint64_t size_bytes, std::string_view part) {
  State& s = *state_;
  OpenImport import;
  import.token = ++s.last_file_token;
  import.name = name;
  import.size_bytes = size_bytes;
  import.kept = s.kept_files_begin;
  import.limits = ingest::decode_part(part);
  s.imports.push_back(std::move(import));
  s.update_import_progress();
  return s.last_file_token;
}

char* Session::file_space(uint32_t token, size_t size_bytes) {
  OpenImport* import = state_->find_import(token);
  const bool reads = import != nullptr && !import->cancelled && import->importer != nullptr;
  return reads ? import->importer->space(size_bytes) : nullptr;
}

void Session::on_file_chunk(uint32_t token, std::string_view bytes) {
  State& s = *state_;
  OpenImport* import = s.find_import(token);
  if (import == nullptr || import->cancelled) return;
  using Holds = OpenImport::Holds;
  if (import->holds == Holds::Unknown) {
    const std::string_view head = bytes.substr(0, ingest::kRouteBytes);
    import->holds = import->converting                          ? Holds::Traces
                    : review::looks_like_work_file(bytes)   ? Holds::Work
                    : review::looks_like_schema_file(bytes) ? Holds::Schemas
                    : review::looks_like_codebook_file(head) ? Holds::Codebook
                    : annot::looks_like_feedback(head)      ? Holds::Feedback
                                                            : Holds::Traces;
    if (import->holds == Holds::Traces && !import->converting) {
      import->columns = s.remembered_feedback(head);
      if (!import->columns.empty()) import->holds = Holds::Feedback;
    }
    if (import->holds == Holds::Feedback) s.refuse_if_too_large(*import);
    if (import->refused) return;
  }
  if (import->holds != Holds::Traces) {
    // Read whole, unlike traces: more than anybody labels.
    constexpr size_t kMaxTextBytes = size_t{512} << 20;
    if (import->text.size() + bytes.size() > kMaxTextBytes) {
      import->cancelled = true;
      s.notice(NoticeKind::Error, "merge_refused", import->name + ": larger than 512 MB",
               {import->name, "larger than 512 MB"});
      return;
    }
    import->text += bytes;
    return s.update_import_progress();
  }
  if (import->importer == nullptr) {
    if (!import->converting) s.refuse_if_too_large(*import);
    if (import->refused) return;
    s.begin_import(*import);
  }
  import->importer->push(bytes);
  s.rows_unsynced = true;
  s.update_import_progress();
}

void Session::on_file_end(uint32_t token, std::string_view error) {
  State& s = *state_;
  OpenImport* import = s.find_import(token);
  if (import == nullptr) return;
  s.finish_import(*import, error);
  std::erase_if(s.imports, [token](const OpenImport& i) { return i.token == token; });
  s.rows_unsynced = true;  // the last records come only with finish()
  if (s.imports.empty()) s.tell_imports();
  s.update_import_progress();
  s.refresh_after_import(true);
  if (!s.waiting_feedback.empty()) call_late<&State::join_feedback>(s);
}

bool Session::file_needs_conversion(std::string_view head) const {
  if (review::looks_like_work_file(head) || review::looks_like_schema_file(head) || annot::looks_like_feedback(head) ||
      review::looks_like_codebook_file(head) || !state_->remembered_feedback(head).empty())
    return false;
  return ingest::route_of(head) == ingest::FileRoute::Convert;
}

bool Session::file_is_feedback(std::string_view head) const { return annot::looks_like_feedback(head); }

std::string Session::on_file_converting(uint32_t token) {
  OpenImport* import = state_->find_import(token);
  if (import == nullptr) return "{}";
  import->converting = true;
  state_->refuse_if_too_large(*import);
  std::string options = "{\"remembered\":" + ingest::encode_mappings(state_->settings.column_mappings);
  // Of a range of times only the importer knows when it has enough.
  if (import->limits.first_traces > 0 && !import->limits.has_range()) {
    options += ",\"first_traces\":";
    append_int(options, static_cast<int64_t>(import->limits.first_traces));
  }
  return options + "}";
}

void Session::on_file_progress(uint32_t token, uint64_t bytes_read) {
  if (OpenImport* import = state_->find_import(token)) import->converted_bytes = bytes_read;
  state_->update_import_progress();
}

void Session::on_file_converted(uint32_t token, std::string_view report_json) {
  if (OpenImport* import = state_->find_import(token)) import->conversion = report_json;
}

// The report and the importer of a file whose turn has come.
void Session::State::begin_import(OpenImport& import) {
  reports.emplace_back();
  import.report = &reports.back();
  import.report->token = import.token;
  import.report->part = ingest::encode_part(import.limits);
  import.begun_ms = monotonic_ms();
  import.limits.memory_bytes = memory_limit_bytes();
  // A converter's lines are longer than the file that they are made of: their size is not known.
  import.importer = std::make_unique<ingest::FileImporter>(dataset, *import.report, import.name,
                                                           import.converting ? 0 : import.size_bytes, import.limits);
}

// A file of labels or of questions.
void Session::State::finish_text(OpenImport& import, std::string_view error) {
  if (import.cancelled || error == "cancelled")
    return notice(NoticeKind::Info, "import_cancelled", "Import cancelled: " + import.name, {import.name});
  if (!error.empty())
    return notice(NoticeKind::Error, "file_unreadable",
                  "The browser could not read the file to its end: " + import.name, {import.name, std::string(error)});
  if (import.kept) return;  // of an earlier visit: what it holds is in the journal since then
  if (import.holds == OpenImport::Holds::Schemas) return import_schemas(import.name, import.text);
  if (import.holds == OpenImport::Holds::Codebook) return import_codebook(import.name, import.text);
  if (!journal_loaded) return waiting_merges.emplace_back(import.name, std::move(import.text)), void();
  merge_work(import.name, std::move(import.text));
}

void Session::State::finish_import(OpenImport& import, std::string_view error) {
  if (import.holds == OpenImport::Holds::Feedback && !import.refused) return call_late<&State::finish_feedback>(*this, import, error);
  if (import.holds == OpenImport::Holds::Work || import.holds == OpenImport::Holds::Schemas ||
      import.holds == OpenImport::Holds::Codebook)
    return call_late<&State::finish_text>(*this, import, error);
  if (import.importer == nullptr) begin_import(import);  // empty, unreadable, or cancelled before its turn
  ingest::FileReport& report = *import.report;
  if (import.refused) return finish_refused(import);
  const bool enough = !import.cancelled && import.importer->is_done();
  if (enough && error == "cancelled") error = "";
  if (import.cancelled || error == "cancelled") {
    import.importer->cancel();
    report.cancelled = true;
  } else {
    import.importer->finish();
  }
  if (ingest::FileReport conversion; import.converting && ingest::decode_report(import.conversion, conversion))
    report.merge_conversion(conversion, import.size_bytes);
  else if (import.converting)
    report.format.clear();  // of lines that nobody sees
  report.kept = import.kept;
  if (!import.joined.empty()) report.add(ingest::IssueKind::JoinedLater, 0, 0, std::string(utf8_prefix(import.joined, ingest::kMaxDetailBytes)));
  report.seconds = (monotonic_ms() - import.begun_ms) / 1000;
  if (!report.cancelled && is_memory_error(error)) {
    report.add(ingest::IssueKind::MemoryFull, 0, 0, std::string(error));
    report.failed = report.traces == 0;
    error = "";
  }
  if (!error.empty() && !report.cancelled) {
    report.failed = true;
    notice(NoticeKind::Error, "file_unreadable",
           "The browser could not read the file to its end: " + import.name, {import.name, std::string(error)});
    return;
  }
  if (report.cancelled) {
    // What it has brought stays; of one that has brought nothing, nothing does, but for what is kept from the last visit.
    if (report.traces == 0 && !import.kept && platform.files != nullptr) platform.files->forget_file(import.token);
    import_news.push_back({NoticeKind::Info, "import_cancelled", "Import cancelled: " + import.name, {import.name}, 0});
    return;
  }
  if (import.kept) return;  // all of it was said when the file was opened
  std::string traces;
  append_int(traces, static_cast<int64_t>(report.traces));
  const auto asks = [](const ingest::TableSample& table) { return table.asks; };
  if (report.traces == 0 && std::any_of(report.tables.begin(), report.tables.end(), asks)) return;  // the page asks
  if (report.failed || report.traces == 0)
    import_news.push_back({NoticeKind::Error, "import_nothing", "No traces found in " + import.name, {import.name}, 0});
  else if (report.warnings() > 0)
    import_news.push_back({NoticeKind::Warning, "import_warnings", "Traces read from " + import.name + ": " + traces,
                           {import.name, traces}, report.traces});
  else if (!import.joined.empty())
    import_news.push_back({NoticeKind::Success, "import_joined",
                           import.joined + " joined what was open of the same export: " + import.name + ". Traces: " + traces,
                           {import.joined, import.name, traces}, report.traces});
  else
    import_news.push_back({NoticeKind::Success, "import_done", "Traces read from " + import.name + ": " + traces,
                           {import.name, traces}, report.traces});
}

// One word about all files of a drop; where it was one file, about that.
void Session::State::tell_imports() {
  std::vector<ImportNews> news = std::exchange(import_news, {});
  if (news.empty()) return;
  if (news.size() == 1) return notice(news[0].kind, std::move(news[0].key), std::move(news[0].text), std::move(news[0].args));
  uint64_t traces = 0, read = 0, remarks = 0, cancelled = 0;
  for (const ImportNews& one : news) {
    traces += one.traces;
    read += one.traces > 0 ? 1 : 0;
    remarks += one.kind == NoticeKind::Warning ? 1 : 0;
    cancelled += one.kind == NoticeKind::Info ? 1 : 0;
  }
  const std::string files = std::to_string(news.size()), good = std::to_string(read), count = std::to_string(traces);
  if (cancelled == news.size())
    return notice(NoticeKind::Info, "imports_cancelled", "Import of " + files + " files cancelled", {files});
  if (read == 0) return notice(NoticeKind::Error, "imports_nothing", "No traces found in " + files + " files", {files});
  if (read < news.size())
    return notice(NoticeKind::Warning, "imports_some", "Traces read from " + good + " of " + files + " files: " + count,
                  {good, files, count});
  if (remarks > 0)
    return notice(NoticeKind::Warning, "imports_remarks", "Traces read from " + files + " files: " + count, {files, count});
  notice(NoticeKind::Success, "imports_done", "Traces read from " + files + " files: " + count, {files, count});
}

void Session::State::refresh_after_import(bool force) {
  if (!rows_unsynced) return;
  if (!force && monotonic_ms() - last_refresh_ms < kRefreshIntervalMs) return;
  rows_unsynced = false;
  annotations->sync();
  trace_tags->sync();
  recount_totals();
  fit_scorers_to_data();
}

void Session::State::update_import_progress() {
  progress = {};
  if (imports.empty()) return;
  const OpenImport& first = imports.front();
  progress.active = true;
  progress.file_name = first.name;
  progress.size_bytes = first.size_bytes;
  progress.bytes_read = first.converting            ? first.converted_bytes
                        : first.importer != nullptr ? first.importer->bytes_read()
                                                    : first.text.size();
  progress.files_waiting = static_cast<uint32_t>(imports.size() - 1);
}

void Session::State::cancel_import() {
  for (OpenImport& import : imports) import.cancelled = true;
}

bool Session::file_cancelled(uint32_t token) const {
  const OpenImport* import = state_->find_import(token);
  return import == nullptr || import->cancelled;
}

bool Session::file_enough(uint32_t token) const {
  const OpenImport* import = state_->find_import(token);
  return import != nullptr && !import->cancelled && import->importer != nullptr && import->importer->is_done();
}

Session::FileTie Session::file_tie(uint32_t token, std::string_view ids) {
  return call_late<&State::file_tie>(*state_, token, ids);
}
void Session::on_files_joined() { call_late<&State::read_all_again>(*state_); }
void Session::on_file_joined(uint32_t token, std::string_view names) {
  if (OpenImport* import = state_->find_import(token)) import->joined = names;
}
void Session::on_kept_files(bool begin) { state_->kept_files_begin = begin; }
void Session::on_files_restored() {}

void Session::State::unload() {
  // The host stops reading when it sees file_cancelled(); nothing may write into the cleared data set.
  imports.clear();
  import_news.clear();
  waiting_feedback.clear();
  update_import_progress();
  exports.clear();
  dataset.clear();
  reports.clear();
  annotations->rebind();
  trace_tags->rebind();
  clear_selection();
  list.reset();
  run_cache = {};
  rows_unsynced = false;
  fit_scorers_to_data();
}

void Session::State::open_address(std::string_view url) {
  const std::optional<FileAddress> address = parse_file_address(url);
  if (!address) {
    notice(NoticeKind::Warning, "address_refused", "Only https addresses can be opened: {0}", {std::string(url.substr(0, 200))});
    return;
  }
  if (platform.files == nullptr) return;
  contact(address->host);
  platform.files->open_address(*address);
}

void Session::State::contact(const std::string& host) {
  if (std::find(contacted_hosts.begin(), contacted_hosts.end(), host) == contacted_hosts.end())
    contacted_hosts.push_back(host);
}

void Session::State::close_all_files() {
  unload();
  if (platform.files != nullptr) platform.files->forget_files();
  Route to = route;
  to.trace_id.clear();
  to.span_id.clear();
  go(std::move(to), false);
}

std::vector<const ingest::FileReport*> Session::State::open_files() const {
  std::vector<const ingest::FileReport*> open;
  for (const ingest::FileReport& report : reports)
    if (!report.replaced && report.traces > 0) open.push_back(&report);
  return open;
}

void Session::State::close_open_files() {
  if (run != nullptr && (run->state() == judge::RunState::Running || run->state() == judge::RunState::Paused))
    return notice(NoticeKind::Warning, "run_under_way", "A run is under way. Cancel it or wait for its end first");
  const std::vector<const ingest::FileReport*> open = open_files();
  const std::string name = open.size() == 1 ? open.front()->file_name : std::string();
  const bool any = !open.empty();
  close_all_files();
  if (!name.empty()) return notice(NoticeKind::Info, "file_closed", "Closed " + name, {name});
  if (any) notice(NoticeKind::Info, "files_closed", "Closed all files");
}

// What was said of its traces stays in the journal, and is there again with the file.
void Session::State::close_file(uint32_t token) {
  const ingest::FileReport* report = find_report(token);
  if (report == nullptr) return;
  if (run != nullptr && (run->state() == judge::RunState::Running || run->state() == judge::RunState::Paused))
    return notice(NoticeKind::Warning, "run_under_way", "A run is under way. Cancel it or wait for its end first");
  if (open_files().size() < 2 && imports.empty()) return close_open_files();
  const std::string name = report->file_name;
  const std::optional<store::TraceRow> trace = route.trace_id.empty() ? std::nullopt : dataset.find_trace(route.trace_id);
  const bool was_shown = trace && dataset.files()[dataset.trace_file(*trace)].name == name;
  if (platform.files != nullptr) platform.files->forget_file(token);
  call_late<&State::read_all_again>(*this);
  if (was_shown) {
    Route to = route;
    to.trace_id.clear();
    to.span_id.clear();
    go(std::move(to), false);
  }
  notice(NoticeKind::Info, "file_closed", "Closed " + name, {name});
}

// --- Out -----------------------------------------------------------------------------------------------

void Session::State::start_export(std::string file_name, std::string mime_type,
                                  std::unique_ptr<DownloadSink> sink, std::unique_ptr<Job> job,
                                  std::string_view form) {
  ExportJob out;
  out.form = form;
  out.file_name = std::move(file_name);
  out.mime_type = std::move(mime_type);
  out.sink = std::move(sink);
  out.job = std::move(job);
  exports.push_back(std::move(out));
}

// Of the one file that is open, or how many there are.
std::string Session::State::export_base_name() const {
  const std::vector<const ingest::FileReport*> open = open_files();
  if (open.size() > 1) return std::to_string(open.size()) + "-files";
  return open.empty() ? "traces" : without_extension(open.front()->file_name);
}

void Session::State::execute_export(const Command& command) {
  auto sink = std::make_unique<DownloadSink>(platform.downloads);
  const std::string base = export_base_name();
  if (command.id == CommandId::ExportJournal) {
    auto job = std::make_unique<JournalExport>(*journal, *sink, now_ms(), journal->in_order());
    return start_export("assay-journal.jsonl", "application/x-ndjson", std::move(sink), std::move(job));
  }
  if (command.id == CommandId::ExportWork) {
    const std::string reviewer(review::reviewer_name(settings.author));
    auto job = std::make_unique<JournalExport>(*journal, *sink, now_ms(), review::work_events(*journal, reviewer));
    return start_export("labels-" + file_word(reviewer) + ".jsonl", "application/x-ndjson", std::move(sink),
                        std::move(job));
  }
  if (command.id == CommandId::SchemaExport) {
    std::vector<review::LabelSchema> schemas;
    for (const review::SchemaEntry& entry : board->schemas())
      if (!entry.retired) schemas.push_back(entry.schema);
    auto job = std::make_unique<TextExport>(review::encode_schema_file(schemas), *sink);
    return start_export("label-schemas.json", "application/json", std::move(sink), std::move(job));
  }
  if (command.id == CommandId::CodebookExport) {
    auto job = std::make_unique<TextExport>(review::encode_codebook_file(codebook->modes()), *sink);
    return start_export("codebook.json", "application/json", std::move(sink), std::move(job));
  }
  if (command.id == CommandId::ExportLedger) return export_ledger(std::move(sink));
  if (dataset.trace_count() == 0)
    return notice(NoticeKind::Warning, "nothing_to_export", "Open a file first: there are no traces to save");
  if (command.id == CommandId::ExportTraces) {
    const std::string_view scope = command.arg("scope");
    const TraceForm& form = form_of(command.arg("form"));
    // A part of the traces is not to be taken for all of them.
    const std::string part = scope.empty() || scope == "all" ? "" : "." + file_word(scope);
    auto job = std::make_unique<annot::MlflowExport>(dataset, rows_of_scope(scope.empty() ? "all" : scope), *sink);
    return start_export(base + part + std::string(form.suffix), std::string(form.mime_type), std::move(sink),
                        std::move(job), form.name);
  }
  annot::ResultsRequest request;
  const bool each = command.id == CommandId::ExportAssessmentsCsv;
  const bool csv = each || command.id == CommandId::ExportResultsCsv;
  request.format = each  ? annot::ResultsFormat::CsvLong
                   : csv ? annot::ResultsFormat::CsvWide
                         : annot::ResultsFormat::Json;
  request.include_superseded = each;
  request.byte_order_mark = csv ? annot::ByteOrderMark::Write : annot::ByteOrderMark::Omit;
  request.run_id = command.arg("run_id");
  std::string of_run;  // the results of one run are not to be taken for those of another
  if (const RunSummary* summary = request.run_id.empty() ? nullptr : find_run(request.run_id)) of_run = "." + file_word(summary->name);
  if (request.run_id.empty()) {
    request.rows = rows_of_scope("all");
  } else {
    request.rows = results_of(request.run_id).rows;
    // The columns are the run's scorers in its order, also those that have no verdict yet.
    if (const RunSummary* summary = each ? nullptr : find_run(request.run_id))
      for (const judge::ScorerSpec& scorer : summary->scorers) {
        request.names.push_back(scorer.name);
        if (judge::level_of(scorer) == judge::ScorerLevel::Chunk)
          request.names.push_back(scorer.name + std::string(judge::kPrecisionSuffix));
      }
  }
  auto job = std::make_unique<annot::ResultsExport>(dataset, std::move(request), *sink);
  start_export(base + of_run + (each ? ".assessments.csv" : csv ? ".results.csv" : ".results.json"), csv ? "text/csv" : "application/json",
               std::move(sink), std::move(job));
}

void Session::State::step_exports(Budget& budget) {
  while (!exports.empty()) {
    ExportJob& out = exports.front();
    if (!out.begun && platform.downloads != nullptr) platform.downloads->begin(out.file_name, out.mime_type, out.form);
    out.begun = true;
    if (out.job->step(budget) != Progress::Finished) return;
    if (platform.downloads != nullptr) platform.downloads->finish();
    notice(NoticeKind::Success, "saved_file", "Saved " + out.file_name, {out.file_name});
    exports.pop_front();
  }
}

}  // namespace assay::app
