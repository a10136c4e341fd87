// The criteria of the scorers that ask a model, in words of our own. Part of core/judge; not for
// others. A change of any text needs a new kPromptVersion.
#pragma once

#include <string_view>

#include "core/judge/scorer.h"

namespace assay::judge {

// Ends with a line end. "" for kinds that ask no model.
std::string_view criterion_text(ScorerKind kind);

}  // namespace assay::judge
