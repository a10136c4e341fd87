// What an importer leaves out because only a part is wanted, and how it ends when the memory is
// used up.
#include <algorithm>
#include <cstring>

#include "core/base/numbers.h"
#include "core/ingest/importer_state.h"
#include "core/ingest/slim_record.h"

namespace assay::ingest {
namespace {

constexpr uint64_t kLookEveryBytes = 1 << 20;  // adding up the memory goes over all traces

// A JSON number of milliseconds, or RFC 3339.
TimeNs time_member(json::Reader& reader) {
  if (reader.peek() == json::Kind::String) {
    const std::string text = reader.string().value_or("");
    if (const auto time = parse_rfc3339(text)) return *time;
    const auto ms = parse_int64(text);
    return ms && *ms < INT64_MAX / 1'000'000 && *ms > -(INT64_MAX / 1'000'000) ? *ms * 1'000'000
                                                                               : kNoTime;
  }
  const auto ms = reader.integer();
  return ms && *ms < INT64_MAX / 1'000'000 && *ms > -(INT64_MAX / 1'000'000) ? *ms * 1'000'000
                                                                             : kNoTime;
}

TimeNs info_time(json::Reader& reader) {
  TimeNs time = kNoTime;
  if (!reader.enter_object()) return time;
  while (reader.next_key()) {
    if (reader.key_is("request_time") || reader.key_is("timestamp_ms")) time = time_member(reader);
  }
  return time;
}

TimeNs earliest_span(json::Reader& reader) {
  TimeNs earliest = kNoTime;
  if (!reader.enter_object()) return earliest;
  while (reader.next_key()) {
    if (!reader.key_is("spans") || !reader.enter_array()) continue;
    while (reader.next_element()) {
      if (!reader.enter_object()) continue;
      while (reader.next_key()) {
        if (!reader.key_is("start_time_unix_nano") && !reader.key_is("start_time")) continue;
        const auto start = reader.integer();
        if (start && *start > 0 && (earliest == kNoTime || *start < earliest)) earliest = *start;
      }
    }
  }
  return earliest;
}

// The time that the trace will have: its info's, else that of its first span.
TimeNs record_time(std::string_view record) {
  json::Reader reader(record);
  TimeNs of_spans = kNoTime;
  if (!reader.enter_object()) return kNoTime;
  while (reader.next_key()) {
    if (reader.key_is("info")) {
      const TimeNs time = info_time(reader);
      if (time != kNoTime) return time;
    } else if (reader.key_is("data")) {
      of_spans = earliest_span(reader);
    }
  }
  return of_spans;
}

std::string count_text(uint64_t count) {
  std::string out;
  append_int(out, static_cast<int64_t>(count));
  return out;
}

}  // namespace

bool FileImporter::State::memory_is_full() {
  if (limits.memory_bytes == 0 || bytes_read < next_memory_look) return false;
  const uint64_t used = total_bytes(dataset.memory());
  if (used >= limits.memory_bytes) return true;
  next_memory_look = bytes_read + std::max(kLookEveryBytes, (limits.memory_bytes - used) / 4);
  return false;
}

void FileImporter::State::stop_for_memory() {
  std::string detail = "read up to byte " + count_text(offset_bytes);
  if (report.size_bytes > 0) detail += " of " + count_text(report.size_bytes);
  report.add(IssueKind::MemoryFull, record_number, offset_bytes, std::move(detail));
  if (report.traces == 0) report.failed = true;
  mode = Mode::Done;
}

bool FileImporter::State::is_wanted(std::string_view record) {
  if (!limits.has_range() || limits.contains(record_time(record))) return true;
  ++left_out;
  return false;
}

void FileImporter::State::read_slim(const RecordContext& parent, std::string_view text) {
  slim.clear();
  // What is broken is read as it stands, to say where.
  if (!append_slim_record(text, slim)) slim = text;
  const TextRef place = dataset.reserve_text(static_cast<uint32_t>(slim.size()));
  if (!place.present()) return stop_for_memory();
  std::memcpy(dataset.writable_text(place), slim.data(), slim.size());
  RecordContext context = parent;
  context.place = {place.blob, place.offset_bytes, place.size_bytes, TextForm::Json};
  context.text = dataset.raw(context.place);
  if (!read_mlflow_trace(context, scratch)) {
    ++report.records_skipped;
    dataset.shrink_last_reservation(place, 0);
    return;
  }
  count_read(context);
  ++slim_traces;
  slim_bytes += text.size() > slim.size() ? text.size() - slim.size() : 0;
}

void FileImporter::State::stop_after_first() {
  stopped_after_first = true;
  mode = Mode::Done;
}

void FileImporter::State::tell_left_out() {
  if (left_out > 0) {
    const auto bound = [](TimeNs time) {
      return time == kNoTime ? std::string("…") : format_rfc3339(time);
    };
    report.add(IssueKind::LeftOut, 0, 0,
               count_text(left_out) + " traces outside of " + bound(limits.from_ns) + " to " +
                   bound(limits.to_ns));
  }
  if (slim_traces > 0) {
    report.add(IssueKind::LeftOut, 0, 0,
               "inputs, outputs, long attributes and events of the spans of " +
                   count_text(slim_traces) + " traces: " + count_text(slim_bytes) + " bytes");
  }
  if (!stopped_after_first) return;
  std::string detail =
      "the rest of the file, behind the first " + count_text(limits.first_traces) + " traces";
  if (report.size_bytes > offset_bytes) {
    detail += ": " + count_text(report.size_bytes - offset_bytes) + " of " +
              count_text(report.size_bytes) + " bytes";
    const uint64_t rest =
        (report.size_bytes - offset_bytes) * report.traces / std::max<uint64_t>(offset_bytes, 1);
    if (left_out == 0 && offset_bytes > 0) detail += ", about " + count_text(rest) + " traces";
  }
  report.add(IssueKind::LeftOut, record_number, offset_bytes, std::move(detail));
}

}  // namespace assay::ingest
