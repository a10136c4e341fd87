// The page before there is data, while files are read, and the report of what was read.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

// Fills the region: the drop zone, or the progress of a first import.
void draw_empty_traces(UiFrame& f);
// The dialog with one section a file.
void draw_import_report(UiFrame& f);
// Opens the report by itself when an import has ended and something was left out.
void watch_imports(UiFrame& f);

}  // namespace assay::ui
