// promptfoo's results: {"evalId", "results": {"version", "results": [row]}} or one row a line. A
// row is a trace with one model span; its assertions are assessments.
#pragma once

#include "core/convert/format.h"

namespace assay::convert {

Format promptfoo_format();

}  // namespace assay::convert
