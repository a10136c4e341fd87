// Hugging Face session traces: a line {"type": "session", "harness", "id", "name"}, then lines
// {"type": "message", "message": {"role", "content", "toolCalls", …}} with times in milliseconds.
// Each turn of the user becomes a trace of the session.
#pragma once

#include "core/convert/format.h"

namespace assay::convert {

Format huggingface_sts_format();

}  // namespace assay::convert
