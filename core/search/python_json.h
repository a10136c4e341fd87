// JSON as Python's json.dumps writes it by default: ", " and ": ", ASCII only with \uXXXX, shortest
// floats. MLflow's store keeps spans and assessment values in that form and searches its text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace assay::search {

enum class NumberForm : uint8_t {
  AsWritten,
  AllDoubles,   // 7 → 7.0: what has gone through a protobuf Value
  OuterDouble,  // only a number that is the whole value
};

// Appends `json` (one JSON value) in that form. Text that is no JSON comes out as something,
// safely.
void append_python_json(std::string& out, std::string_view json,
                        NumberForm form = NumberForm::AsWritten);

// json.dumps of a string, with its quotes.
std::string python_json_string(std::string_view text);

// Whether a record looks like json.dumps' own text (so that it needs no rewriting).
bool is_python_json(std::string_view json);

}  // namespace assay::search
