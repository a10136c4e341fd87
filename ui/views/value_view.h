// Values in full: text in a readable measure, JSON indented and coloured, chat messages as blocks
// by role, documents, key and value lists. All of it selectable, none of it cut; long texts draw
// only what can be seen.
#pragma once

#include <string_view>

#include "ui/frame.h"

namespace assay::ui {

struct TextLook {
  bool mono = false;
  kit::Color color = kit::Color::Text;
  float indent_pt = 0;
  float max_height_pt = 0;  // 0: as tall as the text
};
// `name`: what it is, for screen readers.
void draw_text_block(UiFrame& f, std::string_view id, std::string_view name, const TextBlock& block,
                     const TextLook& look = {});
void draw_plain_text(UiFrame& f, std::string_view id, std::string_view name, std::string_view text,
                     kit::TextIdentity identity, const TextLook& look);

// A titled value: messages or labelled fields where it holds any (and `as_json` is off), else text
// or JSON.
// Without the title.
void draw_value_body(UiFrame& f, std::string_view id, std::string_view title, const ValueBlock& value,
                     bool as_json);
void draw_value(UiFrame& f, std::string_view id, std::string_view title, const ValueBlock& value,
                bool as_json);
void draw_documents(UiFrame& f, std::string_view id, const std::vector<Document>& documents);
// Keys at the left, values at the right; JSON values below their key.
void draw_attributes(UiFrame& f, std::string_view id, const std::vector<Attribute>& attributes);
void draw_events(UiFrame& f, std::string_view id, const std::vector<SpanEvent>& events,
                 int64_t start_ns);
// Type, message and stack trace of an exception event.
void draw_exception(UiFrame& f, std::string_view id, const SpanEvent& event);

// The choice between readable values and JSON, for all values of the reader. As wide as it returns.
void draw_format_choice(UiFrame& f, std::string_view id);

// A quiet title with a copy button at the right, and before it one that opens the text as a page; true when that one
// was pressed.
bool draw_part_title(UiFrame& f, std::string_view id, std::string_view title,
                     std::string_view copy_text, bool with_page = false);

}  // namespace assay::ui
