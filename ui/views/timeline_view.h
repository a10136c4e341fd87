// The spans of a trace as a tree with bars on the axis of time: filter, minimap, zoom and pan, own
// time against children's, the critical path, jumps to the slowest span and the first failure.
#pragma once

#include "ui/frame.h"

namespace assay::ui {

// Over the whole of `rect`. `selected`: kNoRow for none.
void draw_timeline(UiFrame& f, const kit::Rect& rect, TraceContent& content, store::SpanRow selected);
// How tall it would like to be: no taller than its lines need.
float timeline_height_pt(const TraceContent& content, float width_pt);

// The part of the content that the timeline needs, made on first use.
// `whole`: now; else a large trace is made ready step by step, over some frames.
void make_timeline(UiFrame& f, TraceContent& content, bool whole = false);
// Carries out the commands of the timeline for the open trace; false: it is none of them.
bool run_timeline_command(UiFrame& f, app::CommandId id);

// Selects in the trace that was just opened the span at the place of the one that was selected in the
// trace before.
void keep_span_place(UiFrame& f, const TraceContent& content);

}  // namespace assay::ui
