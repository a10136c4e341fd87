// JSON text with other white space: the form in which Python's json.dumps separates (", " and ": ", no
// line breaks). Strings and numbers stay byte for byte.
#pragma once

#include <string>
#include <string_view>

namespace assay::json {

// `text` is one valid JSON value; of anything else the result is of no use, but it is safe.
std::string respaced(std::string_view text);

}  // namespace assay::json
