// Base64 and JSON inside strings: what several formats need.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/time.h"
#include "core/json/tree.h"

namespace assay::convert {

std::string base64_of(std::string_view bytes);
std::string base64_of_hex(std::string_view hex);  // an even number of digits
std::optional<std::string> bytes_of_base64(std::string_view text);  // either alphabet, padding optional

// The member by the first of two spellings that is there, with content or without (record_fields.h has
// first_of() for the first with content).
json::Node either(json::Node object, std::string_view a, std::string_view b);

// The JSON value that a value means: a string whose whole contents are a JSON object or array is taken for
// that, up to `levels` times (exporters encode once to three times); anything else stays as it stands.
// "" for null and for what is not there.
std::string unwrapped_json(json::Node value, int levels = 3);
// The same from text that is not inside JSON: an object or array as it stands, else a JSON string.
std::string json_of_text(std::string_view text, int levels = 2);
bool is_json(std::string_view text);  // one whole JSON value

// A time in any of the forms that exports use: RFC 3339; the same with a blank for the T or without a zone
// (UTC); an integer or a decimal number of seconds, milliseconds, microseconds or nanoseconds since 1970,
// told apart by its size. kNoTime where it is none of these.
TimeNs any_time_ns(json::Node value);
TimeNs time_of_text(std::string_view text);
TimeNs ns_of_seconds(double seconds);

}  // namespace assay::convert
