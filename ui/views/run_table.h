// The verdicts of a run, one trace a line, and the rationales of one of them at the side.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ui/frame.h"

namespace assay::ui {

void draw_run_table(UiFrame& f, const app::RunSummary& run);
void draw_run_side(UiFrame& f, const app::RunSummary& run, const kit::Rect& rect);
// Begins the side of a table of verdicts, the region `id`: the trace's title, a link to it, what was asked and what came
// back. Without a value the trace is gone, `trace_id` is empty, and nothing was begun; else kit::end_region() ends it.
std::optional<store::TraceRow> begin_run_side(UiFrame& f, std::string_view id, std::string& trace_id, const kit::Rect& rect);
// Parts of the side: what the person asked and what came back; one verdict with its reasons.
void draw_run_exchange(UiFrame& f, store::TraceRow row);
void draw_run_rationale(UiFrame& f, store::TraceRow row, const store::Assessment& assessment);

}  // namespace assay::ui
