// Lists and objects that were flattened into attributes: "a.0.b" and "a.1.b" back to [{"b": …}, {"b": …}].
// Objects whose members are all numbers become arrays in the order of the numbers; missing numbers leave no
// gap, so that a hostile index costs nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/convert/canonical.h"

namespace assay::convert {

// The JSON value under `prefix` ("llm.input_messages"; members are "llm.input_messages.…"); "" if none.
std::string unflattened(const std::vector<Attribute>& attributes, std::string_view prefix);

}  // namespace assay::convert
