// Small texts that tables need beside the kit's formats. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace assay::ui {

std::string format_score(double value);  // "0.857", "4.5", "12": at most three decimals
// A span's time: "412 µs", "3.2 ms", then as the kit's durations.
std::string format_span_duration(int64_t duration_ns);
// A text that is JSON, or begins like it, as one line for a table cell: values without their
// punctuation, keys only before numbers and the like. `{"to": "Dana", "retries": 2}` → `Dana ·
// retries: 2`. Other texts as they are. May be cut anywhere.
std::string readable_preview(std::string_view text, size_t max_bytes);
// The host of an address: "http://localhost:8080/v1" → "localhost:8080".
std::string_view host_of(std::string_view address);
// The lines of a text without the line ends; empty lines are left out.
uint32_t count_lines(std::string_view text);

}  // namespace assay::ui
