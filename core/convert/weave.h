// Weave (Weights & Biases): calls, one a line or in pages, as its API and its page export them.
// docs/formats/weave.md says what becomes of each field.
#pragma once

#include "core/convert/format.h"

namespace assay::convert {

Format weave_format();

}  // namespace assay::convert
