// Between canonical.cpp and canonical_record.cpp only.
#pragma once

#include <vector>

#include "core/convert/canonical.h"

namespace assay::convert {

// Merges spans with the same id and returns the order in which MLflow lists them: roots, then by start.
std::vector<uint32_t> prepare_spans(std::vector<CanonicalSpan>& spans);

}  // namespace assay::convert
