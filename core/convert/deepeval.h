// DeepEval's test runs ({"testCases": [{input, actualOutput, metricsData, trace?}]}): one trace a
// test case, with the spans of its trace where there is one.
#pragma once

#include "core/convert/format.h"

namespace assay::convert {

Format deepeval_format();

}  // namespace assay::convert
