#include "core/ingest/importer.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "core/base/simd.h"
#include "core/ingest/importer_state.h"
#include "core/ingest/sniff.h"

namespace assay::ingest {

void FileImporter::State::push(std::string_view chunk) {
  bytes_read += chunk.size();
  if (mode == Mode::Sniffing) {
    const size_t take = std::min(chunk.size(), kSniffBytes - head.size());
    head.append(chunk.substr(0, take));
    chunk.remove_prefix(take);
    if (head.size() < kSniffBytes || !sniff()) return;
    feed(head);
    head = std::string();
  }
  feed(chunk);
}

// False: the file cannot be read; the report says so.
bool FileImporter::State::sniff() {
  const FileGuess guess = sniff_file(head);
  if (guess.kind == FileKind::Json) {
    mode = Mode::Between;
    head.erase(0, guess.skip_bytes);
    offset_bytes = guess.skip_bytes;
    return true;
  }
  mode = Mode::Done;
  if (guess.kind == FileKind::Empty) {
    report.add(IssueKind::EmptyFile, 0, 0, head.empty() ? "" : "blanks only");
  } else {
    report.add(guess.is_data_format ? IssueKind::UnknownFormat : IssueKind::NotJson, 0, 0,
               std::string(guess.what));
  }
  return false;
}

void FileImporter::State::feed(std::string_view bytes) {
  while (!bytes.empty() && mode != Mode::Done) {
    if (memory_is_full()) return stop_for_memory();
    const size_t taken = window.append(bytes);
    if (taken == 0) return stop_for_memory();
    note_line_breaks(bytes.substr(0, taken));
    bytes.remove_prefix(taken);
    run(false);
  }
}

// Looks for the last line break among the bytes.
void FileImporter::State::note_line_breaks(std::string_view bytes) {
  size_t rest = bytes.size();
  while (rest >= 16) {
    const uint32_t breaks = simd::load16(bytes.data() + rest - 16).equal('\n');
    if (breaks != 0) {
      tail_bytes = bytes.size() - rest + static_cast<size_t>(std::countl_zero(breaks << 16));
      return;
    }
    rest -= 16;
  }
  const size_t last = bytes.substr(0, rest).rfind('\n');
  tail_bytes = last == std::string_view::npos ? tail_bytes + bytes.size() : bytes.size() - last - 1;
}

// What is unfinished when the bytes are over.
void FileImporter::State::finish_mode() {
  if (mode == Mode::Record) {
    const std::string_view pending = window.pending();
    const size_t line_break = pending.find('\n');
    const bool more_lines = keep_bytes && !line_mode && line_break != std::string_view::npos;
    // The rest may hold whole records, if each stands on a line: look again from the next line on.
    break_record(static_cast<uint32_t>(more_lines ? line_break : pending.size()),
                 "the file ends inside the record");
    if (!more_lines) return;
    line_mode = true;
    run(true);
    if (mode == Mode::Record) finish_mode();
    return;
  }
  if (mode == Mode::Value || mode == Mode::EnvelopeTail ||
      (mode == Mode::Between && container != Container::Top)) {
    note(IssueKind::TruncatedRecord, 0, 0, "the file ends inside the list of records");
  }
}

void FileImporter::State::finish() {
  if (mode == Mode::Sniffing && sniff()) {
    feed(head);
    head = std::string();
  }
  if (mode != Mode::Done) {
    run(true);
    finish_mode();
    // Also a page of an answer that was read and has no trace in it.
    const bool nothing = report.traces == 0 && report.records_skipped == 0 && left_out == 0 && report.warnings() == 0;
    if (nothing) {
      report.add(IssueKind::EmptyFile, 0, 0, in_container || envelope_records > 0 ? "an empty list" : "");
    } else if (report.traces == 0 && unknown_records > 0) {
      report.add(IssueKind::UnknownFormat, 0, 0, first_unknown);
    }
    const bool duplicates = report.count(IssueKind::DuplicateTraceSame) > 0 ||
                            report.count(IssueKind::DuplicateTraceDifferent) > 0;
    if (report.traces == 0 && !duplicates && left_out == 0) report.failed = true;
  }
  tell_left_out();
  close();
}

void FileImporter::State::close() {
  window.close();
  mode = Mode::Done;
  report.format = format();
  if (report.size_bytes < bytes_read) report.size_bytes = bytes_read;
  store::SourceFile& source = dataset.file(file);
  source.format = report.format;
  if (source.size_bytes == 0) source.size_bytes = bytes_read;
}

std::string FileImporter::State::format() const {
  if (!any_v2 && !any_v3) return {};
  std::string out;
  if (envelope_records > 0) {
    out = "MLflow traces search JSON";
  } else if (array_records > 0) {
    out = "MLflow trace JSON array";
  } else if (multi_line || top_records == 1) {
    out = top_records == 1 ? "MLflow trace JSON" : "MLflow trace JSON, one object after another";
  } else {
    out = "MLflow trace JSON Lines";
  }
  if (any_v2) out += any_v3 ? " (schemas V2 and V3)" : " (schema V2)";
  return out;
}

FileImporter::FileImporter(store::Dataset& dataset, FileReport& report, std::string file_name,
                           uint64_t size_bytes, ReadLimits limits)
    : state_(std::make_unique<State>(dataset, report, std::move(file_name), size_bytes, limits)) {
  report.size_bytes = size_bytes;
}

FileImporter::~FileImporter() {
  if (state_->mode != Mode::Done) state_->close();
}

char* FileImporter::space(size_t size_bytes) {
  const bool reads = state_->mode != Mode::Done && state_->mode != Mode::Sniffing;
  return reads ? state_->window.space(size_bytes) : nullptr;
}

void FileImporter::push(std::string_view chunk) { state_->push(chunk); }

void FileImporter::finish() { state_->finish(); }

void FileImporter::cancel() {
  if (state_->mode == Mode::Done) return;
  state_->report.cancelled = true;
  state_->close();
}

uint64_t FileImporter::bytes_read() const { return state_->bytes_read; }
bool FileImporter::is_done() const { return state_->mode == Mode::Done; }

FileReport import_bytes(store::Dataset& dataset, std::string file_name, std::string_view bytes,
                        size_t chunk_bytes) {
  FileReport report;
  FileImporter importer(dataset, report, std::move(file_name), bytes.size());
  if (chunk_bytes == 0) chunk_bytes = bytes.size();
  while (!bytes.empty()) {
    importer.push(bytes.substr(0, chunk_bytes));
    bytes.remove_prefix(std::min(chunk_bytes, bytes.size()));
  }
  importer.finish();
  return report;
}

}  // namespace assay::ingest
