// ATIF, Harbor's trajectory interchange format (schema_version "ATIF-v1.x"): one run of an agent a
// trajectory, with steps of the user, the system and the agent. Trajectories of subagents that
// stand inside are put below the calls that started them.
#pragma once

#include "core/convert/format.h"

namespace assay::convert {

Format atif_format();

}  // namespace assay::convert
