// The dialogue that asks what the columns of a table are: names with their first values, a choice
// for each, and the first row as the trace that it would become.
#pragma once

#include <string>
#include <vector>

#include "ui/frame.h"

namespace assay::ui {

void draw_mapping_dialog(UiFrame& f);

// Of a report's table; the choices are as the table was read.
void open_mapping(UiFrame& f, const ingest::FileReport& report, size_t table);

// What the person has chosen, as the command's argument and for the preview.
ingest::ColumnMapping chosen_mapping(const MappingState& state);

// The first row as a trace: what the reader's overview will show of it. Pure.
struct PreviewLine {
  kit::Str label;
  std::string name;  // of a feedback, a tag …; "" none
  std::string value;
};
std::vector<PreviewLine> mapping_preview(const MappingState& state);

}  // namespace assay::ui
