// Page tokens of MLflow's search answers: base64 of the JSON {"offset": n}.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace assay::search {

std::string encode_page_token(int64_t offset);

// The offset; an empty token is 0. Errors are MLflow's (InvalidParameter).
Result<int64_t> decode_page_token(std::string_view token);

}  // namespace assay::search
