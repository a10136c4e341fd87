// Ids of spans and traces in every encoding that exports hold: hex, 0x-hex, base64, and anything else
// as it stands. The encoding is told by length and alphabet (a hex id is valid base64 too).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace assay::ingest {

struct SpanId {
  uint64_t number = 0;      // the 8 bytes, big-endian; 0: not of that kind
  std::string_view opaque;  // the text itself when it is no 8 bytes
  bool present() const { return number != 0 || !opaque.empty(); }
};

// `text` is decoded; the result's view points into it. "" gives an id that is not present.
SpanId parse_span_id(std::string_view text);

// The 16 hexadecimal digits, or the opaque text.
std::string span_id_text(std::string_view text);

// A span's trace id as MLflow shows it: "tr-" and 32 hex digits where it is 16 bytes, else as it is.
std::string trace_id_text(std::string_view text);

}  // namespace assay::ingest
