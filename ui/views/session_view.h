// A session: its traces as the turns of one conversation, with their state, duration and
// assessments, and the assessments of the session as a whole, which MLflow keeps on its earliest
// trace.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

void draw_session(UiFrame& f, const kit::Rect& rect);

// The turns of a session by time; made anew when the data set has changed.
struct SessionTurn {
  store::TraceRow row;
  bool read = false;  // the texts below
  TextBlock user, assistant;
};
std::vector<SessionTurn> session_turns(const store::Dataset& dataset, std::string_view session_id);
// What was said in a trace: the last words of the user, and the answer.
void read_turn(const store::Dataset& dataset, SessionTurn& turn);

}  // namespace assay::ui
