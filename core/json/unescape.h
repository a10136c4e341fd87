// JSON string contents to UTF-8 text and back.
#pragma once

#include <string>
#include <string_view>

namespace assay::json {

struct UnescapeNotes {
  bool lone_surrogate = false;  // a half pair became U+FFFD
  bool bad_escape = false;      // \x or a short \u: kept as it stands
};

// Appends the text that the contents of a JSON string stand for. Pairs of \u surrogates become one
// code point; a lone half becomes U+FFFD. Never fails.
UnescapeNotes append_unescaped(std::string& out, std::string_view contents);
std::string unescaped(std::string_view contents);

// Appends `text` as a JSON string with its quotes. ensure_ascii writes \uXXXX for all beyond ASCII, as
// Python's json.dumps does by default. Ill-formed UTF-8 is written as U+FFFD.
enum class EscapeMode { Utf8, EnsureAscii };
void append_quoted(std::string& out, std::string_view text, EscapeMode mode = EscapeMode::Utf8);
std::string quoted(std::string_view text, EscapeMode mode = EscapeMode::Utf8);

}  // namespace assay::json
