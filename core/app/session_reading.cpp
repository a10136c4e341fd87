// Session: how files are read. What a table's columns are, what fits into memory, and which part of
// a file is wanted.
#include <algorithm>
#include <unordered_set>

#include "core/app/session_state.h"
#include "core/base/numbers.h"

namespace assay::app {

namespace {

constexpr uint64_t kGiga = uint64_t{1} << 30;
// A 32-bit program can address 4 GB; a part of that is for everything else: lists, what is drawn, a
// record that is being read, and the gaps between blocks.
constexpr uint64_t kAddressableBytes = 4 * kGiga - kGiga / 2;
// Of a machine's memory, as far as the host tells it.
constexpr uint64_t kShareOfMachine = 60;  // percent
// A file's text stays in memory; columns and ids come to that (docs/performance.md). Much text is packed, mostly to a
// third; what packs worse than to some 60 % is read until the memory is full.
constexpr uint64_t kNeedPercent = 110, kNeedPackedPercent = 70;

std::string bytes_text(uint64_t bytes) {
  const bool large = bytes >= 1'000'000'000;
  return format_fixed(static_cast<double>(bytes) / (large ? 1e9 : 1e6), 1) +
         (large ? " GB" : " MB");
}

uint64_t used_bytes(const store::Dataset& dataset) {
  const store::Dataset::Memory m = dataset.memory();
  return m.text_bytes + m.columns_bytes + m.names_bytes + m.assessments_bytes;
}

}  // namespace

void Session::on_memory_hint(uint64_t machine_bytes) { state_->machine_bytes = machine_bytes; }

uint64_t Session::State::memory_limit_bytes() const {
  if (settings.memory_limit_mb > 0)
    return static_cast<uint64_t>(settings.memory_limit_mb) * 1'000'000;
  if (sizeof(void*) > 4) return 0;
  if (machine_bytes == 0) return kAddressableBytes;
  return std::min(kAddressableBytes, machine_bytes / 100 * kShareOfMachine);
}

// How large a file could be that is read now; all: UINT64_MAX.
uint64_t Session::State::fitting_file_bytes() const {
  const uint64_t limit = memory_limit_bytes(), used = used_bytes(dataset);
  if (limit == 0) return UINT64_MAX;
  if (used >= limit) return 0;
  const uint64_t raw = (limit - used) / kNeedPercent * 100;
  return raw < store::TextPolicy{}.pack_from_bytes ? raw : (limit - used) / kNeedPackedPercent * 100;
}

// A part is read until the memory is full, and so is what is packed: how large that is shows only
// then.
void Session::State::refuse_if_too_large(OpenImport& import) {
  if (import.limits.is_part()) return;
  const uint64_t fits = fitting_file_bytes();
  if (import.size_bytes <= fits) return;
  import.refused = import.cancelled = true;
  import.fits_bytes = fits;
}

void Session::State::finish_refused(OpenImport& import) {
  ingest::FileReport& report = *import.report;
  import.importer->cancel();
  report.cancelled = false;
  report.format.clear();
  report.kept = import.kept;
  report.size_bytes = import.size_bytes;
  report.fits_bytes = import.fits_bytes;
  const uint64_t used = used_bytes(dataset);
  std::string detail =
      bytes_text(import.size_bytes) + "; this page can hold about " + bytes_text(import.fits_bytes);
  if (dataset.trace_count() > 0)
    detail += " more, beside the " + bytes_text(used) + " of what is loaded";
  report.add(ingest::IssueKind::TooLarge, 0, 0, std::move(detail));
}

ingest::FileReport* Session::State::find_report(uint32_t token) {
  for (ingest::FileReport& report : reports)
    if (report.token == token && !report.replaced) return &report;
  return nullptr;
}

// --- Once more
// ----------------------------------------------------------------------------------------

void Session::State::read_again(ingest::FileReport& report, std::string_view part) {
  const uint32_t token = report.token;
  // Importers of other files refer to their reports, so this one stays where it is.
  report.replaced = true;
  report.first_issues.clear();
  report.tables.clear();
  if (platform.files != nullptr) platform.files->read_again(token, part);
}

// Single traces cannot be taken out of the data set: all files are read again.
void Session::State::read_all_again() {
  unload();
  if (platform.files != nullptr) platform.files->read_all_again();
}

// One id in common is enough: other exports of the same system have none.
Session::FileTie Session::State::file_tie(uint32_t token, std::string_view ids) {
  const ingest::FileReport* report = find_report(token);
  if (report == nullptr || report->cancelled || report->fits_bytes > 0) return FileTie::None;
  // Scores that came first wait for their traces; what has been read twice waits for nothing.
  const uint64_t repeated =
      report->count(ingest::IssueKind::DuplicateTraceSame) + report->count(ingest::IssueKind::DuplicateTraceDifferent);
  bool belongs = ids.starts_with("*\n") || (report->traces == 0 && repeated == 0);
  std::unordered_set<std::string_view> spans;
  while (!belongs && !ids.empty()) {
    const size_t end = std::min(ids.find('\n'), ids.size());
    const std::string_view line = ids.substr(0, end);
    ids.remove_prefix(std::min(end + 1, ids.size()));
    const size_t gap = line.find(' ');
    if (gap == std::string_view::npos) continue;
    const auto trace = dataset.find_trace(line.substr(0, gap));
    belongs = trace && dataset.files()[dataset.trace_file(*trace)].name == report->file_name;
    if (gap + 1 < line.size()) spans.insert(line.substr(gap + 1));
  }
  for (uint32_t row = 0; row < dataset.trace_count() && !belongs && !spans.empty(); ++row) {
    if (dataset.files()[dataset.trace_file(store::TraceRow{row})].name != report->file_name) continue;
    const auto range = dataset.spans(store::TraceRow{row});
    for (uint32_t span = range.begin; span < range.begin + range.count && !belongs; ++span)
      belongs = spans.count(dataset.span_id(store::SpanRow{span})) > 0;
  }
  if (!belongs) return FileTie::None;
  if (run == nullptr || (run->state() != judge::RunState::Running && run->state() != judge::RunState::Paused))
    return FileTie::Belongs;
  notice(NoticeKind::Warning, "run_under_way", "A run is under way. Cancel it or wait for its end first");
  return FileTie::Busy;
}

void Session::State::execute_columns(const Command& command) {
  auto mapping = ingest::parse_columns(command.arg("columns"));
  if (mapping.ok() && !mapping.value().is_usable() && !mapping.value().is_feedback())
    mapping = make_error(ErrorCode::InvalidParameter,
                         "Say which column is the input, the output or the messages; or, of feedback on traces, the "
                         "trace and the score");
  if (!mapping.ok()) return notice(NoticeKind::Error, "", mapping.error().what);
  const auto token = static_cast<uint32_t>(parse_int64(command.arg("token")).value_or(0));
  ingest::FileReport* report = find_report(token);
  ingest::remember_mapping(settings.column_mappings, std::move(mapping).value());
  save_settings();
  if (report == nullptr) return;
  if (report->traces > 0) return read_all_again();
  read_again(*report, std::string(report->part));
}

void Session::State::execute_part(const Command& command) {
  const auto token = static_cast<uint32_t>(parse_int64(command.arg("token")).value_or(0));
  ingest::FileReport* report = find_report(token);
  if (report == nullptr || report->traces > 0) return;
  ingest::ReadLimits part;
  part.first_traces =
      static_cast<uint64_t>(std::max<int64_t>(0, parse_int64(command.arg("first")).value_or(0)));
  part.from_ns =
      ingest::parse_range_time(command.arg("from"), ingest::RangeEnd::From).value_or(kNoTime);
  part.to_ns = ingest::parse_range_time(command.arg("to"), ingest::RangeEnd::To).value_or(kNoTime);
  part.without_bodies = command.arg("bodies") == "no";
  part.as_much_as_fits = !part.is_part();
  read_again(*report, ingest::encode_part(part));
}

}  // namespace assay::app
