// Docent's agent runs ({id, name, transcripts: [{messages}], metadata: {scores}}) and the tau-bench
// results that it reads ({task_id, reward, info, traj}). One trace a run.
#pragma once

#include "core/convert/format.h"

namespace assay::convert {

Format docent_format();
Format tau_bench_format();

}  // namespace assay::convert
