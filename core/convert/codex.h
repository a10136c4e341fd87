// Codex's rollout files (~/.codex/sessions/…/rollout-*.jsonl): lines {timestamp, type, payload}.
// Each turn of the user becomes a trace of the session. What an event repeats of a response item is
// read once; tokens are those of each answer, not the running totals.
#pragma once

#include "core/convert/format.h"

namespace assay::convert {

Format codex_format();

}  // namespace assay::convert
