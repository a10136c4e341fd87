#include "core/journal/json_text.h"

namespace assay::journal {
namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// The position after the string that begins at `at` (which holds its opening quote).
size_t end_of_string(std::string_view json, size_t at) {
  size_t i = at + 1;
  while (i < json.size()) {
    i = json.find_first_of("\"\\", i);
    if (i == std::string_view::npos) return json.size();
    if (json[i] == '"') return i + 1;
    i += 2;
  }
  return json.size();
}

}  // namespace

void append_minified(std::string& out, std::string_view json) {
  size_t i = 0;
  while (i < json.size()) {
    if (is_space(json[i])) {
      ++i;
      continue;
    }
    size_t end = i + 1;
    if (json[i] == '"') {
      end = end_of_string(json, i);
    } else {
      while (end < json.size() && json[end] != '"' && !is_space(json[end]))
        ++end;
    }
    out.append(json.substr(i, end - i));
    i = end;
  }
}

std::string minified(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  append_minified(out, json);
  return out;
}

}  // namespace assay::journal
