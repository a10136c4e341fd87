#include "ui/views/value_view.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "core/base/time.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/json_view.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/text_view.h"
#include "ui/kit/widgets.h"
#include "ui/views/chat_view.h"
#include "ui/views/content.h"
#include "ui/views/found_words.h"
#include "ui/views/note_marks.h"
#include "ui/views/parts.h"
#include "ui/views/reader_hits.h"
#include "ui/views/text.h"

namespace assay::ui {

using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;

namespace {

constexpr float kIndent = 18;  // of a message's text under its role

// Short values beside their key, long ones below it.
void draw_fields(UiFrame& f, std::string_view id, const std::vector<Attribute>& fields) {
  const float key_width = std::min(px(132), kit::width_left() * 0.36F);
  bool after_long = false;
  for (size_t i = 0; i < fields.size(); ++i) {
    const Attribute& field = fields[i];
    const std::string item = kit::id_with(id, field.key);
    const bool is_short = !field.value.is_json && field.value.text.size() <= 90 &&
                          field.value.text.find('\n') == std::string::npos;
    if (i != 0) kit::gap(is_short && !after_long ? px(2) : px(10));
    after_long = !is_short;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    if (is_short) {
      kit::draw_text(f.kit, ImGui::GetWindowDrawList(),
                     {at.x, at.y, at.x + key_width - px(8), at.y + px(21)}, field.key,
                     kit::TextStyle::Small, Color::TextSecondary);
      TextLook look;
      look.indent_pt = key_width;
      draw_text_block(f, item, field.key, field.value, look);
    } else {
      kit::text(f.kit, field.key, kit::TextStyle::Small, Color::TextSecondary);
      draw_text_block(f, item, field.key, field.value);
    }
  }
}

// Where the words of the search stand in a text. Looked for once for each text on the screen.
std::span<const kit::TextMark> marks_in(UiFrame& f, std::string_view text, kit::TextIdentity identity) {
  constexpr size_t kMostTexts = 200;
  ReaderState& reader = f.view.reader;
  const std::vector<std::string>& words = f.session.traces().words();
  if (words != reader.found_words || reader.found.size() > kMostTexts) {
    reader.found_words = words;
    reader.found.clear();
  }
  if (words.empty()) return {};
  for (const ReaderState::Found& found : reader.found)
    if (found.identity == identity) return found.marks;
  reader.found.push_back({identity, find_words(f, text, kMostMarkedBytes, kMostMarks)});
  return reader.found.back().marks;
}

// Whether letters of the text join, stack, or run from right to left, which no glyph by itself can show.
bool needs_browser_layout(UiFrame& f, std::string_view text, kit::TextIdentity identity) {
  constexpr size_t kMostTexts = 500;
  if (identity == 0) identity = kit::text_identity(text);
  auto& shaped = f.view.reader.shaped;
  for (const auto& [known, answer] : shaped)
    if (known == identity) return answer;
  if (shaped.size() > kMostTexts) shaped.clear();
  shaped.emplace_back(identity, kit::needs_shaping(text));
  return shaped.back().second;
}

// A real element of the page, which lays the text out as the script wants it; long ones scroll in their place.
// Notes stand beside it as buttons, one below the other: where the words are is the browser's to know.
void draw_in_browser(UiFrame& f, std::string_view id, std::string_view name, std::string_view text, const TextLook& look,
                     kit::TextViewOptions& view) {
  constexpr size_t kMostBytes = 200'000;
  constexpr float kMostLines = 24;
  NoteMarks notes(f, id, text, view.identity, view);
  const float whole = std::min(kit::width_left(), look.mono ? 1e9F : px(kit::kReadingMeasure));
  const float width = view.width_pt > 0 ? std::min(whole, view.width_pt) : whole;
  float lines = 0;
  for (size_t at = 0; at < text.size() && lines < kMostLines;) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, std::min<size_t>(end - at, 4000));
    lines += 1 + std::floor(kit::text_width(f.kit, line) / width);
    at = end + 1;
  }
  std::string shown(text.substr(0, kMostBytes));
  kit::TextAreaOptions options;
  options.name = name;
  options.mono = look.mono;
  options.read_only = true;
  options.width_pt = width;
  options.height_pt = px(21) * std::clamp(lines, 1.0F, kMostLines) + px(4);
  if (look.max_height_pt > 0) options.height_pt = std::min(options.height_pt, look.max_height_pt);
  options.marks = view.marks;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const kit::TextInputResult read = kit::text_area(f.kit, id, shown, options);
  kit::TextViewState& state = text_state(f.view.reader, id);
  kit::TextViewResult shown_at;
  shown_at.rect = {at.x, at.y, at.x + width, at.y + options.height_pt};
  const kit::TextRange before = state.selection.range();
  shown_at.selection_changed = before.from != read.selected_from || before.to != read.selected_to;
  if (shown_at.selection_changed) f.kit.request_frame(0);
  state.selection = {read.selected_from, read.selected_to};
  // Notes at the top; what is selected at the lower edge, where its button has room.
  const bool selected = read.selected_to > read.selected_from;
  for (size_t i = 0; i < view.locate.size(); ++i) shown_at.located.push_back({at.x, at.y, at.x, at.y + px(18)});
  if (selected && !shown_at.located.empty())
    shown_at.located.back() = {at.x + width * 0.5F, shown_at.rect.y1 - px(20), at.x + width * 0.5F, shown_at.rect.y1};
  notes.after(shown_at, state);
  if (selected && f.view.notes.place.on) kit::gap(px(kit::kControlHeightCompact + 6));
}

// The value as sections of a page: a message each, or the whole.
void open_as_page(UiFrame& f, std::string_view title, const ValueBlock& value, bool as_json) {
  ViewState::PageText page;
  page.title = std::string(title);
  if (!value.messages.empty() && !as_json) {
    page.sections = conversation_sections(value.messages);
  } else if (!value.fields.empty() && !as_json) {
    for (const Attribute& field : value.fields) page.sections.emplace_back(field.key, std::string(field.value.text));
  } else {
    page.sections.emplace_back("", std::string(value.plain.text));
  }
  f.view.page_texts.push_back(std::move(page));
}

// The hit that one stands at looks different; it is scrolled to once.
void mark_active(UiFrame& f, std::string_view id, kit::TextViewOptions& options, std::vector<kit::TextMark>& marks) {
  const std::optional<uint32_t> active = active_mark(f, id);
  if (!active || *active >= options.marks.size()) return;
  marks.assign(options.marks.begin(), options.marks.end());
  marks[*active].background = Color::HighlightActive;
  options.marks = marks;
  if (!f.view.reader.hits.scroll) return;
  f.view.reader.hits.scroll = false;
  text_state(f.view.reader, id).scroll_to_byte = marks[*active].from;
}

}  // namespace

void draw_plain_text(UiFrame& f, std::string_view id, std::string_view name, std::string_view text,
                     kit::TextIdentity identity, const TextLook& look) {
  kit::TextViewOptions options;
  options.style = look.mono ? kit::TextStyle::Mono : kit::TextStyle::Body;
  options.token = look.color;
  options.name = name;
  options.identity = identity;
  options.max_height_pt = look.max_height_pt;
  options.max_measure_pt = look.mono ? 0 : px(kit::kReadingMeasure);
  options.marks = marks_in(f, text, identity != 0 ? identity : kit::text_identity(text));
  std::vector<kit::TextMark> marks;
  mark_active(f, id, options, marks);
  if (look.indent_pt > 0) indent_by(look.indent_pt);
  if (f.kit.dom_text_areas && needs_browser_layout(f, text, options.identity)) {
    draw_in_browser(f, id, name, text, look, options);
    return;
  }
  NoteMarks notes(f, id, text, options.identity, options);
  kit::TextViewState& state = text_state(f.view.reader, id);
  notes.after(kit::text_view(f.kit, id, text, state, f.view.wraps, options), state);
}

void draw_text_block(UiFrame& f, std::string_view id, std::string_view name, const TextBlock& block,
                     const TextLook& look) {
  if (!block.is_json) {
    draw_plain_text(f, id, name, block.text, block.identity, look);
    return;
  }
  kit::TextViewOptions options;
  options.style = kit::TextStyle::Mono;
  options.name = name;
  options.identity = block.identity;
  options.max_height_pt = look.max_height_pt;
  // The identity of the text that is shown, which is not the one that is stored.
  const kit::TextIdentity identity = block.identity != 0 ? block.identity : kit::text_identity(block.text);
  options.identity = identity;
  const std::string& shown = f.view.json.get(identity, block.text).text;
  options.marks = marks_in(f, shown, ~identity);
  std::vector<kit::TextMark> marks;
  mark_active(f, id, options, marks);
  if (look.indent_pt > 0) indent_by(look.indent_pt);
  NoteMarks notes(f, id, shown, ~identity, options);
  kit::TextViewState& state = text_state(f.view.reader, id);
  notes.after(kit::json_view(f.kit, id, block.text, state, f.view.wraps, f.view.json, options), state);
}

bool draw_part_title(UiFrame& f, std::string_view id, std::string_view title,
                     std::string_view copy_text, bool with_page) {
  kit::section_header(f.kit, id, title);
  if (copy_text.empty()) return false;
  kit::right_align(px(kit::kControlHeightCompact) * (with_page ? 2 : 1));
  kit::IconButtonOptions options;
  options.size = kit::ControlSize::Compact;
  bool page = false;
  if (with_page) {
    page = kit::icon_button(f.kit, kit::id_part(id, "page"), kIconBookOpen, kit::tr_format(Str::value_as_page, {title}),
                            options);
    kit::same_row(0);
  }
  if (kit::icon_button(f.kit, kit::id_part(id, "copy"), kIconCopy,
                       kit::tr_format(Str::value_copy, {title}), options)) {
    ImGui::SetClipboardText(std::string(copy_text).c_str());
    kit::toast(f.kit, kit::ToastKind::Neutral, tr(Str::kit_copied), {}, {}, 2);
  }
  return page;
}

void draw_value(UiFrame& f, std::string_view id, std::string_view title, const ValueBlock& value,
                bool as_json) {
  if (draw_part_title(f, id, title, value.plain.text, true)) open_as_page(f, title, value, as_json);
  draw_value_body(f, id, title, value, as_json);
}

void draw_value_body(UiFrame& f, std::string_view id, std::string_view title, const ValueBlock& value,
                     bool as_json) {
  if (!value.present || (value.plain.text.empty() && value.messages.empty())) {
    kit::text(f.kit, tr(value.present ? Str::value_empty : Str::value_none), kit::TextStyle::Body,
              Color::TextDisabled);
  } else if (!value.messages.empty() && !as_json) {
    draw_conversation(f, kit::id_part(id, "message"), value.messages);
  } else if (!value.fields.empty() && !as_json) {
    draw_fields(f, kit::id_part(id, "field"), value.fields);
  } else {
    draw_text_block(f, kit::id_part(id, "text"), title, value.plain);
  }
}

void draw_format_choice(UiFrame& f, std::string_view id) {
  const kit::Choice choices[] = {{"read", tr(Str::value_readable)}, {"json", "JSON"}};
  int shown = f.view.reader.show_json ? 1 : 0;
  if (kit::segmented(f.kit, id, tr(Str::value_format), choices, shown))
    f.view.reader.show_json = shown == 1;
}

void draw_documents(UiFrame& f, std::string_view id, const std::vector<Document>& documents) {
  // Scores of similarity lie between 0 and 1; others are measured by the largest.
  double most = 1;
  for (const Document& document : documents)
    if (document.has_score) most = std::max(most, std::abs(document.score));
  for (size_t i = 0; i < documents.size(); ++i) {
    const Document& block = documents[i];
    const std::string item = kit::id_with(id, static_cast<int64_t>(i));
    if (i != 0) kit::gap(px(12));
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = kit::width_left(), row = px(20);
    ImDrawList* list = ImGui::GetWindowDrawList();
    const std::string rank = kit::format_count(static_cast<int64_t>(i + 1));
    kit::draw_text(f.kit, list, {at.x, at.y, at.x + px(kIndent) + px(4), at.y + row}, rank, kit::TextStyle::SmallStrong,
                   Color::TextSecondary);
    std::string title = block.title.empty() ? block.id : block.title;
    if (title.empty()) title = kit::tr_format(Str::value_document, {rank});
    if (block.has_score)
      title += "  ·  " + kit::tr_format(Str::value_score, {format_score(block.score)});
    const bool bar = block.has_score && std::isfinite(block.score) && width >= px(300);
    if (bar) {
      const kit::Rect rect{at.x + width - px(92), at.y + px(6), at.x + width, at.y + px(14)};
      kit::draw_share(f.kit, list, rect, static_cast<float>(std::clamp(block.score / most, 0.0, 1.0)), kit::Tone::Accent);
    }
    ImGui::SetCursorScreenPos(ImVec2(at.x + px(kIndent) + px(6), at.y + px(2)));
    kit::text_node(f.kit, kit::id_part(item, "title"), title, kit::TextStyle::SmallStrong,
                   Color::SpanRetrieval);
    TextLook look;
    look.indent_pt = px(kIndent);
    draw_plain_text(f, kit::id_part(item, "text"), title, block.text, block.identity, look);
    if (block.metadata_json.empty() || block.metadata_json == "{}") continue;
    kit::gap(px(2));
    indent_by(px(kIndent));
    kit::paragraph(f.kit, block.metadata_json, 0, kit::TextStyle::MonoSmall, Color::TextSecondary);
  }
}

void draw_attributes(UiFrame& f, std::string_view id, const std::vector<Attribute>& attributes) {
  const float width = kit::width_left();
  const float key_width = std::min(px(220), width * 0.4F);
  for (const Attribute& attribute : attributes) {
    const std::string item = kit::id_with(id, attribute.key);
    const float x = ImGui::GetCursorScreenPos().x;
    const float y = ImGui::GetCursorScreenPos().y;
    const bool below = attribute.value.is_json || width < px(360);
    kit::text_ellipsis(f.kit, attribute.key, below ? width : key_width - px(12),
                       kit::TextStyle::MonoSmall, Color::TextSecondary);
    TextLook look;
    look.mono = true;
    if (below) {
      look.indent_pt = px(12);
    } else {
      ImGui::SetCursorScreenPos(ImVec2(x, y));
      look.indent_pt = key_width;
    }
    draw_text_block(f, item, attribute.key, attribute.value, look);
    kit::gap(px(5));
  }
}

void draw_exception(UiFrame& f, std::string_view id, const SpanEvent& event) {
  std::string title =
      event.exception_type.empty() ? std::string(tr(Str::value_exception)) : event.exception_type;
  kit::badge(f.kit, kit::id_part(id, "type"), title, kit::Tone::Fail, kIconCircleX);
  kit::gap(px(4));
  if (!event.exception_message.empty()) {
    draw_plain_text(f, kit::id_part(id, "message"), title, event.exception_message, 0, {});
  }
  if (!event.stack_trace.empty()) {
    kit::gap(px(6));
    TextLook look;
    look.mono = true;
    look.color = Color::TextSecondary;
    draw_plain_text(f, kit::id_part(id, "stack"), tr(Str::value_stack_trace), event.stack_trace,
                    event.stack_identity, look);
  }
}

void draw_events(UiFrame& f, std::string_view id, const std::vector<SpanEvent>& events,
                 int64_t start_ns) {
  for (size_t i = 0; i < events.size(); ++i) {
    const SpanEvent& block = events[i];
    const std::string item = kit::id_with(id, static_cast<int64_t>(i));
    if (i != 0) kit::gap(px(10));
    std::string when;
    if (block.time_ns != kNoTime && start_ns != kNoTime && block.time_ns >= start_ns) {
      when = "  +" + format_span_duration(block.time_ns - start_ns);
    }
    kit::text_node(f.kit, kit::id_part(item, "name"), block.name + when,
                   kit::TextStyle::BodyStrong);
    kit::gap(px(2));
    // What an exception says stands at the top of the span already.
    draw_attributes(f, kit::id_part(item, "attribute"), block.attributes);
  }
}

}  // namespace assay::ui
