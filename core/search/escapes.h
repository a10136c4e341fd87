// Undoing JSON's escapes however often they were laid on (texts inside of JSON inside of JSON): a run of backslashes
// counts as one, and before u, n, r, t, b, f, " and / it makes the character that is meant. Runs over every byte that a
// pattern is looked for in, so it is compiled for speed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace assay::search {

struct Letter {
  uint32_t code_point;
  size_t end;  // behind it
};
// The character that a run of backslashes at `at` and what follows stand for.
Letter escaped_letter(std::string_view text, size_t at);

// Appends the text that is left when the escapes of a JSON text are undone.
void append_without_escapes(std::string& out, std::string_view json);

// The JSON text writes a character of ASCII as \u0041: what is looked for byte by byte may be hidden.
bool has_escaped_ascii(std::string_view json);

}  // namespace assay::search
