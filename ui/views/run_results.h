// What a run's detail shows, computed when the data change and kept in the view state.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

// Verdicts of one row of the run, one a scorer; nullptr: none.
using RowVerdicts = std::vector<const store::Assessment*>;

// Brings RunsState up to date for this run: scores, rows that pass the filter, errors by code.
void refresh_run(UiFrame& f, const app::RunSummary& run);
// Of the run's traces; looked up again when the data change.
uint32_t loaded_traces(UiFrame& f, const app::RunSummary& run);
// "40 traces", or "12 of 40 traces loaded".
std::string run_traces_text(UiFrame& f, const app::RunSummary& run);
// Grows with every result: caches compare it.
uint32_t run_total_changes(const app::RunSummary& run);
// Of the row at a position of RunsState::rows; computed on first use.
const RowVerdicts& verdicts_at(UiFrame& f, const app::RunSummary& run, size_t position);
RowVerdicts verdicts_of(const app::Session& session, const app::RunSummary& run,
                        store::TraceRow row);

}  // namespace assay::ui
