// JSON values as Python writes them, for texts that must read as MLflow's do. Part of core/judge;
// not for others.
#pragma once

#include <string>
#include <string_view>

#include "core/json/reader.h"

namespace assay::judge {

// Appends the value that stands next as Python's repr() writes what json.loads makes of it. A
// string is quoted. False when the text is no JSON (out then holds a part).
bool append_python_repr(std::string& out, json::Reader& reader);

// Appends it as json.dumps(value, ensure_ascii=False): ", " and ": " between, text kept readable.
bool append_spaced_json(std::string& out, json::Reader& reader);

}  // namespace assay::judge
