// What the fuzz targets share: checks that end the program, the input as numbers and pieces, and a
// data set as text, so that two ways of reading the same bytes can be compared.
//
// A target asserts what must hold for any input; "it does not crash" is the least of it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/numbers.h"
#include "core/ingest/import_report.h"
#include "core/store/assessment_json.h"
#include "core/store/dataset.h"

namespace assay::fuzz {

// Ends the program when `condition` does not hold; libFuzzer keeps the input.
inline void check(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

// Ends the program with the first place where two texts differ.
inline void check_same(std::string_view a, std::string_view b, const char* what) {
  if (a == b) return;
  size_t at = 0;
  while (at < a.size() && at < b.size() && a[at] == b[at])
    ++at;
  const size_t from = at < 60 ? 0 : at - 60;
  std::fprintf(stderr, "not the same: %s, from byte %zu\n  a: %.*s\n  b: %.*s\n", what, at,
               static_cast<int>(std::min<size_t>(300, a.size() - from)), a.data() + from,
               static_cast<int>(std::min<size_t>(300, b.size() - from)), b.data() + from);
  std::abort();
}

// The input: some bytes that steer, and the rest.
class Input {
 public:
  Input(const uint8_t* data, size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}
  // The next byte; 0 when there is none.
  uint8_t byte() {
    if (rest_.empty()) return 0;
    const auto out = static_cast<uint8_t>(rest_[0]);
    rest_.remove_prefix(1);
    return out;
  }
  // Up to `separator` (consumed), or everything.
  std::string_view piece(char separator) {
    const size_t end = rest_.find(separator);
    const std::string_view out = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    return out;
  }
  bool empty() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

// Cuts a text into pieces: of `size` bytes each, or, for 0, of sizes that a generator chooses.
class Chunks {
 public:
  Chunks(std::string_view text, size_t size)
      : rest_(text), size_(size), state_(text.size() * 2 + 1) {}
  bool next(std::string_view& chunk) {
    if (rest_.empty()) return false;
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    const size_t wanted = size_ != 0 ? size_ : 1 + static_cast<size_t>(state_ >> 33) % 97;
    chunk = rest_.substr(0, wanted);
    rest_.remove_prefix(chunk.size());
    return true;
  }

 private:
  std::string_view rest_;
  size_t size_;
  uint64_t state_;
};

// '0': in pieces of random sizes; else 1, 3, 7, … bytes.
inline size_t chunk_bytes_of(uint8_t byte) {
  constexpr size_t kSizes[] = {0, 1, 3, 7, 16, 64, 250, 1000};
  return kSizes[byte % std::size(kSizes)];
}

// --- A data set as text
// ---------------------------------------------------------------------------------

inline void append_line(std::string& out, std::string_view name, std::string_view value) {
  ((((out += ' ') += name) += '=') += value) += '\n';
}

inline void append_text(std::string& out, const store::Dataset& d, std::string_view name,
                        TextRef ref) {
  std::string scratch;
  const std::string_view text = d.text_now(ref, scratch);
  append_line(out, name, std::to_string(static_cast<int>(ref.form)) + ":" + std::string(text));
}

inline void append_span(std::string& out, const store::Dataset& d, store::SpanRow s,
                        uint32_t first_span) {
  const uint32_t parent = d.parent(s);
  append_line(out, "span", d.span_id(s));
  append_line(
      out, "parent",
      parent == store::kNoRow ? d.is_orphan(s) ? "?" : "-" : std::to_string(parent - first_span));
  append_line(out, "name", d.name_text(d.span_name(s)));
  append_line(out, "type", d.name_text(d.span_type(s)));
  append_line(out, "status", store::span_status_name(d.span_status(s)));
  append_line(out, "start", std::to_string(d.span_start_ns(s)));
  append_line(out, "end", std::to_string(d.span_end_ns(s)));
  append_line(out, "record", d.raw(d.span_record(s)));
  append_text(out, d, "attributes", d.span_attributes(s));
  append_text(out, d, "events", d.span_events(s));
  append_text(out, d, "inputs", d.span_inputs(s));
  append_text(out, d, "outputs", d.span_outputs(s));
  append_text(out, d, "message", d.span_status_message(s));
}

// All that can be seen of a trace.
inline std::string described(const store::Dataset& d, store::TraceRow r) {
  std::string out = "trace\n";
  append_line(out, "id", d.trace_id(r));
  append_line(out, "shape", d.shape(r) == store::RecordShape::TraceV2 ? "V2" : "V3");
  append_line(out, "record", d.raw(d.record(r)));
  append_line(out, "state", store::trace_state_name(d.state(r)));
  append_line(out, "name", d.name_text(d.name(r)));
  append_line(out, "time",
              std::to_string(d.request_time_ns(r)) + " " + std::to_string(d.duration_ms(r)));
  append_line(out, "tokens",
              std::to_string(d.input_tokens(r)) + " " + std::to_string(d.output_tokens(r)) + " " +
                  std::to_string(d.total_tokens(r)) + " " + json_number(d.cost_usd(r)));
  append_line(out, "session", d.name_text(d.session(r)));
  append_line(out, "user", d.name_text(d.user(r)));
  append_text(out, d, "client_request_id", d.client_request_id(r));
  append_text(out, d, "request", d.request_preview(r));
  append_text(out, d, "response", d.response_preview(r));
  uint32_t count = 0;
  store::KeyValues pairs = d.metadata(r, count);
  for (uint32_t i = 0; i < count; ++i)
    append_text(out, d, d.name_text(pairs[i].key), pairs[i].value);
  pairs = d.tags(r, count);
  for (uint32_t i = 0; i < count; ++i)
    append_text(out, d, d.name_text(pairs[i].key), pairs[i].value);
  for (const store::Assessment& a : d.assessments(r)) {
    append_line(out, "assessment", store::assessment_to_json(a, d.trace_id(r)));
    append_line(out, "imported", d.raw(a.imported_json));
  }
  const store::Range spans = d.spans(r);
  for (uint32_t i = 0; i < spans.count; ++i)
    append_span(out, d, store::SpanRow{spans.begin + i}, spans.begin);
  return out;
}

inline std::string described(const store::Dataset& d) {
  std::string out;
  for (uint32_t i = 0; i < d.trace_count(); ++i)
    out += described(d, store::TraceRow{i});
  return out;
}

// What holds for every data set, whatever it was read from.
inline void check_dataset(const store::Dataset& d) {
  for (uint32_t i = 0; i < d.trace_count(); ++i) {
    const store::TraceRow row{i};
    check(!d.trace_id(row).empty(), "every trace has an id");
    check(d.find_trace(d.trace_id(row)) == row, "a trace is found by its id");
    const store::Range spans = d.spans(row);
    for (uint32_t s = spans.begin; s < spans.begin + spans.count; ++s) {
      check(d.trace_of({s}) == row, "a span belongs to its trace");
      const auto found = d.find_span(row, d.span_id({s}));
      check(found.has_value() && d.span_id(*found) == d.span_id({s}), "a span is found by its id");
      uint32_t steps = 0;
      for (uint32_t up = d.parent({s}); up != store::kNoRow; up = d.parent({up})) {
        check(up >= spans.begin && up < spans.begin + spans.count,
              "a parent is a span of the same trace");
        check(++steps < spans.count, "parents form no ring");
      }
    }
  }
}

// What holds for every report of a file that was read to its end.
inline void check_report(const store::Dataset& d, const ingest::FileReport& report) {
  check(report.traces == d.trace_count(), "the traces counted are there");
  check(report.spans == d.span_count(), "the spans counted are there");
  check(report.traces > 0 || report.warnings() > 0 || !report.first_issues.empty(),
        "a file without a trace says why");
  ingest::FileReport again;
  check(ingest::decode_report(ingest::encode_report(report), again), "a report can be read again");
  for (size_t i = 0; i < std::size(report.counts); ++i) {
    check(report.counts[i] == again.counts[i], "a report that travels keeps its counts");
  }
}

}  // namespace assay::fuzz
