// Inspect AI's logs: the .json log ({"eval", "samples"}), and the files of an .eval zip
// (header.json, _journal/start.json, samples/<id>_epoch_<n>.json, summaries), which come one after
// another. One trace a sample and epoch; spans from its events, scores and target as assessments.
#pragma once

#include "core/convert/format.h"

namespace assay::convert {

Format inspect_format();

}  // namespace assay::convert
