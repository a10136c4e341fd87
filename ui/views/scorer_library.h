// The list of all kinds of scorers to add one from: searchable, in groups.
#pragma once

#include <optional>

#include "ui/frame.h"

namespace assay::ui {

// In the current region. The kind that was chosen.
std::optional<judge::ScorerKind> draw_scorer_library(UiFrame& f);

}  // namespace assay::ui
