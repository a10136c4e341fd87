// The fields of one scorer, by its kind.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

// The draft in the view's state as a scorer, and back.
judge::ScorerSpec drafted_scorer(const ScorerState& state);
void load_scorer_draft(ScorerState& state, const judge::ScorerSpec& spec, int index);
// A new scorer in the editor; cancelling it leads back to where the person is now.
void begin_new_scorer(UiFrame& f, const judge::ScorerSpec& spec);

// In the current region, `width_pt` wide. True: Ctrl+Enter asks to save.
bool draw_scorer_fields(UiFrame& f, float width_pt);

}  // namespace assay::ui
