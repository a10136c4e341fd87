// Ragas' annotated metrics ({"<metric>": [{metric_input, metric_output, prompts, is_accepted}]}):
// what a metric was given becomes a trace, its verdict a judge's assessment, and what people
// accepted or corrected a human one. (Tables of Ragas' results are read as tables, chat.h.)
#pragma once

#include "core/convert/format.h"

namespace assay::convert {

Format ragas_format();

}  // namespace assay::convert
