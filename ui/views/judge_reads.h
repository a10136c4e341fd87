// What a judge with tools read of the trace before its verdict.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

// Its calls in order, at the cursor; one that names a span leads there. Nothing for other verdicts.
void draw_judge_reads(UiFrame& f, std::string_view id, store::TraceRow trace, const store::Assessment& assessment);

}  // namespace assay::ui
