// Claude Code's session files (~/.claude/projects/…/<session>.jsonl, agent-<id>.jsonl) and its web
// sessions
// ({"loglines": […]}): each turn of the user becomes a trace of the session. Records that carry the
// same message.id are one answer of the model, whose usage counts once. What a subagent did
// (sidechains) stands below the call of the tool that started it where that can be told, else it is
// a trace of its own.
#pragma once

#include "core/convert/format.h"

namespace assay::convert {

Format claude_code_format();

}  // namespace assay::convert
