// Numbers as text and back, without locale and without loss.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace assay {

std::optional<int64_t> parse_int64(std::string_view text);  // whole text, optional leading '-'
std::optional<double> parse_double(std::string_view text);  // whole text; also "NaN", "Infinity", "-Infinity"

void append_int(std::string& out, int64_t value);

// The shortest text that reads back as the same double, as Python's repr writes it: 0.1, 5.0, 1e+16,
// nan, inf.
std::string python_repr(double value);

// The same, as JSON (and as Python's json.dumps writes it): 5.0, 1e+16; NaN and the infinities as NaN, Infinity, -Infinity (MLflow's own tokens).
std::string json_number(double value);

// Fixed number of decimals, for display: format_fixed(2.345, 1) == "2.3".
std::string format_fixed(double value, int decimals);

}  // namespace assay
