// The place Runs: every evaluation, and one of them in detail.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

void draw_runs(UiFrame& f);

struct RunStateLook {
  kit::Str text;
  kit::Tone tone;
  const char* icon;
};
RunStateLook run_state_look(app::RunSummary::State state);
// Of the items: those that have their result (or never will).
uint32_t run_done(const app::RunSummary& run);

}  // namespace assay::ui
