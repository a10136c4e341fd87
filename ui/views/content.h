// Content of the open trace and the selected span, read from the data set once and kept in the view
// state until another one is shown.
#pragma once

#include <string_view>

#include "ui/frame.h"

namespace assay::ui {

TextBlock make_text_block(std::string text, bool is_json);

// The content of `trace`; rebuilt when it is another trace than the last time.
TraceContent& trace_content(UiFrame& f, store::TraceRow trace);
// Folds or unfolds a node of the open trace's tree.
void set_span_open(UiFrame& f, store::SpanRow span, bool open);
const SpanContent& span_content(const store::Dataset& dataset, store::SpanRow span,
                                SpanContent& slot);
// Fills TraceContent::record_json on first use.
const TextBlock& record_json(UiFrame& f, TraceContent& content);

// A value of a span in every form that it can be shown in.
ValueBlock read_value(const store::Dataset& dataset, TextRef ref);
// What went wrong in a span: its exception, or the message of its status.
std::string failure_text(const store::Dataset& dataset, store::SpanRow span);

// Whether the trace's input and output are those of `root`. Otherwise there is only what the list shows, which may come
// from a span below it.
bool shows_root_values(const store::Dataset& dataset, store::TraceRow trace, const SpanContent& root);

std::string trace_title(const store::Dataset& dataset,
                        store::TraceRow trace);  // its name, or its root's

kit::TextViewState& text_state(ReaderState& reader, std::string_view widget_id);

}  // namespace assay::ui
