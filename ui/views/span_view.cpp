#include "ui/views/span_view.h"

#include <algorithm>

#include "core/base/time.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/widgets.h"
#include "ui/views/content.h"
#include "ui/views/found_words.h"
#include "ui/views/parts.h"
#include "ui/views/reader_hits.h"
#include "ui/views/text.h"
#include "ui/views/value_view.h"

namespace assay::ui {

using app::CommandId;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;
using store::SpanRow;

namespace {

int64_t duration_of(const store::Dataset& dataset, SpanRow span) {
  const int64_t start = dataset.span_start_ns(span), end = dataset.span_end_ns(span);
  if (start == kNoTime || end == kNoTime || end < start) return kNoTime;
  return end - start;
}

// A bar at its place in the trace's time, its length to scale, at least two points wide.
void draw_bar(const store::Dataset& dataset, SpanRow span, const SpanTree& tree,
              const kit::Rect& area, Color hue) {
  const double total = static_cast<double>(tree.end_ns - tree.start_ns);
  const int64_t start = dataset.span_start_ns(span);
  if (total <= 0 || start == kNoTime || area.width() < px(12)) return;
  int64_t end = dataset.span_end_ns(span);
  const bool open_ended = end == kNoTime || end < start;
  if (open_ended) end = tree.end_ns;
  const auto x_of = [&](int64_t t) {
    return area.x0 +
           static_cast<float>(static_cast<double>(t - tree.start_ns) / total) * area.width();
  };
  const float x0 = x_of(start);
  const float x1 = std::max(x0 + px(2), x_of(end));
  const float y0 = area.center_y() - px(3), y1 = area.center_y() + px(3);
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImU32 color = open_ended ? kit::color_alpha(hue, 0.35F) : kit::color(hue);
  list->AddRectFilled(ImVec2(x0, y0), ImVec2(std::min(x1, area.x1 + px(2)), y1), color, px(2));
}

void draw_tree_line(UiFrame& f, const SpanTree& tree, const SpanLine& line, SpanRow selected,
                    float width) {
  const store::Dataset& dataset = f.session.dataset();
  const std::string_view name = dataset.name_text(dataset.span_name(line.span));
  const kit::SpanLook look = kit::span_look(dataset.name_text(dataset.span_type(line.span)));
  const bool failed = dataset.span_status(line.span) == store::SpanStatus::Error;
  const std::string duration = format_span_duration(duration_of(dataset, line.span));
  const std::string span_id = dataset.span_id(line.span);
  const bool with_bar = width >= px(280);

  kit::TreeRowOptions options;
  options.level = static_cast<int>(std::min<uint32_t>(line.depth, 12)) + 1;
  options.expandable = line.descendants > 0;
  options.expanded = line.open;
  options.selected = line.span == selected;
  options.icon = look.icon;
  options.icon_color = look.hue;
  options.text_color = failed ? Color::Fail : Color::Text;
  options.text_width_pt = width * (with_bar ? 0.52F : 0.7F);
  options.value = duration;
  std::string text(name.empty() ? std::string_view(span_id) : name);
  if (!line.open) text += "  +" + kit::format_count(line.descendants);
  const std::vector<kit::TextMark> marks = find_words(f, text, 1000, 20);
  options.marks = marks;
  const kit::TreeRowResult row =
      kit::tree_row(f.kit, kit::id_with("reader.span", span_id), text, options);
  if (row.toggled) set_span_open(f, line.span, !line.open);
  if ((row.clicked || row.activated) && !(line.span == selected))
    f.emit(CommandId::SpanSelect, {{"span_id", span_id}});
  if (!row.visible) return;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float right = row.rect.x1 - px(8);
  kit::draw_text(f.kit, list, {right - px(64), row.rect.y0, right, row.rect.y1}, duration,
                 kit::TextStyle::Small, Color::TextSecondary, kit::Align::Right);
  if (failed || dataset.is_orphan(line.span)) {
    const float x = right - px(82);
    kit::draw_icon(f.kit, list, {x, row.rect.y0, x + px(14), row.rect.y1},
                   failed ? kIconCircleX : kIconTriangleAlert, failed ? Color::Fail : Color::Warn,
                   14);
  }
  if (with_bar)
    draw_bar(dataset, line.span, tree,
             {row.rect.x0 + width * 0.54F, row.rect.y0, right - px(86), row.rect.y1}, look.hue);
}

void draw_tree(UiFrame& f, TraceContent& content, SpanRow selected) {
  const float row_height = px(kit::kRowHeightCompact);
  const float width = kit::width_left();
  const std::string& wanted = f.session.route().span_id;
  if (content.tree.lines.empty()) {
    kit::empty_state(f.kit, "reader.no_spans", kIconListTree, tr(Str::spans_none),
                     tr(Str::spans_none_text));
    return;
  }
  if (f.view.reader.scrolled_to_span != wanted) {
    f.view.reader.scrolled_to_span = wanted;
    for (size_t i = 0; i < content.tree.lines.size(); ++i) {
      if (!(content.tree.lines[i].span == selected)) continue;
      const float y = static_cast<float>(i) * row_height;
      const float seen = ImGui::GetScrollY(), height = ImGui::GetWindowHeight();
      if (y < seen || y + row_height > seen + height)
        ImGui::SetScrollY(std::max(0.0F, y - height / 2));
    }
  }
  const TightRows tight;
  // A copy of the count: a fold rebuilds the lines in the middle of the loop.
  ImGuiListClipper clipper;
  clipper.Begin(static_cast<int>(content.tree.lines.size()), row_height);
  while (clipper.Step()) {
    for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
      if (static_cast<size_t>(i) >= content.tree.lines.size()) break;
      const SpanLine line = content.tree.lines[static_cast<size_t>(i)];
      draw_tree_line(f, content.tree, line, selected, width);
    }
  }
}

void draw_tree_region(UiFrame& f, const kit::Rect& rect, TraceContent& content, SpanRow selected) {
  kit::RegionOptions options;
  options.scroll_y = true;
  options.role = kit::Role::Tree;
  options.name = tr(Str::spans_tree);
  options.padding_y_pt = px(4);
  kit::begin_region(f.kit, "reader.spans", rect, options);
  draw_tree(f, content, selected);
  kit::end_region(f.kit);
}

void draw_span_region(UiFrame& f, const kit::Rect& rect, SpanRow span) {
  kit::RegionOptions options;
  options.scroll_y = true;
  options.padding_x_pt = px(16);
  options.padding_y_pt = px(12);
  options.role = kit::Role::Region;
  options.name = tr(Str::span_region);
  kit::begin_region(f.kit, "span", rect, options);
  draw_span(f, span);
  if (f.view.reader.scroll_span_up) ImGui::SetScrollY(0);
  f.view.reader.scroll_span_up = false;
  kit::gap(px(24));
  kit::end_region(f.kit);
}

void draw_problem(UiFrame& f, std::string_view id, std::string_view text, kit::Tone tone) {
  kit::inline_note(f.kit, id, text, kIconTriangleAlert, kit::tone_color(tone));
  kit::gap(px(4));
}

void draw_span_problems(UiFrame& f, SpanRow span, const SpanContent& content) {
  const store::Dataset& dataset = f.session.dataset();
  const int64_t start = dataset.span_start_ns(span), end = dataset.span_end_ns(span);
  if (dataset.is_orphan(span))
    draw_problem(f, "span.orphan", tr(Str::span_orphan), kit::Tone::Warn);
  if (end == kNoTime) draw_problem(f, "span.no_end", tr(Str::span_no_end), kit::Tone::Warn);
  if (start != kNoTime && end != kNoTime && end < start) {
    draw_problem(f, "span.ends_before_start", tr(Str::span_ends_before_start), kit::Tone::Warn);
  }
  if (!content.status_message.empty()) {
    draw_plain_text(f, "span.status_message", tr(Str::span_status_message), content.status_message,
                    0, {.color = Color::Fail});
    kit::gap(px(8));
  }
}

void draw_span_head(UiFrame& f, SpanRow span) {
  const store::Dataset& dataset = f.session.dataset();
  const std::string_view type = dataset.name_text(dataset.span_type(span));
  const kit::SpanLook look = kit::span_look(type);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float height = px(24);
  kit::draw_icon(f.kit, ImGui::GetWindowDrawList(), {at.x, at.y, at.x + px(18), at.y + height},
                 look.icon, look.hue, 18);
  ImGui::SetCursorScreenPos(ImVec2(at.x + px(26), at.y));
  kit::begin_region(f.kit, "span.title_box", ImVec2(kit::width_left(), height),
                    {.background = Color::Transparent, .role = kit::Role::None});
  const std::string_view name = dataset.name_text(dataset.span_name(span));
  const ImVec2 title = ImGui::GetCursorScreenPos();
  const bool is_hit = active_mark(f, "span.title").has_value();
  mark_words(f, ImGui::GetWindowDrawList(),
             {title.x, title.y, title.x + kit::width_left(), title.y + kit::text_height(f.kit, kit::TextStyle::Section)},
             name, kit::TextStyle::Section, is_hit ? Color::HighlightActive : Color::Highlight);
  kit::heading(f.kit, "span.title", name, 2);
  if (is_hit && f.view.reader.hits.scroll) f.view.reader.hits.scroll = false, f.view.reader.scroll_span_up = true;
  kit::end_region(f.kit);

  std::string facts(type.empty() ? std::string_view("UNKNOWN") : type);
  const std::string duration = format_span_duration(duration_of(dataset, span));
  if (!duration.empty()) facts += " · " + duration;
  const SpanTree& tree = f.view.reader.trace.tree;
  if (dataset.span_start_ns(span) != kNoTime && dataset.span_start_ns(span) > tree.start_ns &&
      tree.end_ns > tree.start_ns) {
    facts +=
        " · " + kit::tr_format(Str::span_starts_at,
                               {format_span_duration(dataset.span_start_ns(span) - tree.start_ns)});
  }
  facts += " · " + dataset.span_id(span);
  kit::text_node(f.kit, "span.facts", facts, kit::TextStyle::Small, Color::TextSecondary);
  kit::gap(px(4));
  if (dataset.span_status(span) == store::SpanStatus::Error) {
    kit::badge(f.kit, "span.status", tr(Str::state_error), kit::Tone::Fail, kIconCircleX);
    kit::gap(px(4));
  }
}

}  // namespace

void draw_span(UiFrame& f, SpanRow span) {
  const SpanContent& content = span_content(f.session.dataset(), span, f.view.reader.span);
  const bool as_json = f.view.reader.show_json;
  draw_span_head(f, span);
  kit::gap(px(4));
  draw_span_problems(f, span, content);
  int number = 0;
  for (const SpanEvent& event : content.events) {
    const std::string id = kit::id_with("span.exception", number++);
    if (!event.is_exception) continue;
    draw_exception(f, id, event);
    kit::gap(px(12));
  }
  draw_value(f, "span.inputs", tr(Str::span_inputs), content.inputs, as_json);
  kit::gap(px(20));
  if (!content.documents.empty() && !as_json) {
    kit::section_header(f.kit, "span.documents", tr(Str::span_documents),
                        static_cast<int64_t>(content.documents.size()));
    draw_documents(f, "span.document", content.documents);
  } else {
    draw_value(f, "span.outputs", tr(Str::span_outputs), content.outputs, as_json);
  }
  if (!content.attributes.empty()) {
    kit::gap(px(20));
    kit::section_header(f.kit, "span.attributes", tr(Str::span_attributes),
                        static_cast<int64_t>(content.attributes.size()));
    draw_attributes(f, "span.attribute", content.attributes);
  }
  if (!content.events.empty()) {
    kit::gap(px(20));
    kit::section_header(f.kit, "span.events", tr(Str::span_events),
                        static_cast<int64_t>(content.events.size()));
    draw_events(f, "span.event", content.events, f.session.dataset().span_start_ns(span));
  }
}

void draw_spans_tab(UiFrame& f, store::TraceRow trace) {
  TraceContent& content = trace_content(f, trace);
  const store::Dataset& dataset = f.session.dataset();
  SpanRow selected{store::kNoRow};
  if (const auto chosen = f.session.selected_span()) {
    selected = *chosen;
  } else if (const auto root = dataset.root_span(trace)) {
    selected = *root;
  } else if (dataset.spans(trace).count > 0) {
    selected = SpanRow{dataset.spans(trace).begin};
  }
  const kit::Rect rect = kit::remaining_rect();
  ReaderState& reader = f.view.reader;
  if (selected.v == store::kNoRow) {
    draw_tree_region(f, rect, content, selected);
    return;
  }
  if (rect.width() >= px(660)) {
    const float tree = std::clamp(reader.tree_width_pt, px(200), rect.width() - px(320));
    draw_tree_region(f, {rect.x0, rect.y0, rect.x0 + tree, rect.y1}, content, selected);
    kit::SplitterOptions options{.min_pt = px(200),
                                 .max_pt = rect.width() - px(320),
                                 .reset_pt = px(300),
                                 .name = tr(Str::spans_tree)};
    kit::splitter(f.kit, "reader.tree_splitter",
                  {rect.x0 + tree, rect.y0, rect.x0 + tree + px(5), rect.y1}, reader.tree_width_pt,
                  options);
    draw_span_region(f, {rect.x0 + tree + px(5), rect.y0, rect.x1, rect.y1}, selected);
    return;
  }
  // A short tree takes no more than its lines need.
  const float needed =
      px(kit::kRowHeightCompact) * static_cast<float>(content.tree.lines.size()) + px(10);
  const float tree = std::min(
      needed, std::clamp(reader.tree_height_pt, px(80), std::max(px(80), rect.height() * 0.6F)));
  draw_tree_region(f, {rect.x0, rect.y0, rect.x1, rect.y0 + tree}, content, selected);
  kit::SplitterOptions options{.vertical_bar = false,
                               .min_pt = px(80),
                               .max_pt = std::max(px(80), rect.height() * 0.6F),
                               .reset_pt = px(220),
                               .name = tr(Str::spans_tree)};
  kit::splitter(f.kit, "reader.tree_splitter",
                {rect.x0, rect.y0 + tree, rect.x1, rect.y0 + tree + px(5)}, reader.tree_height_pt,
                options);
  draw_span_region(f, {rect.x0, rect.y0 + tree + px(5), rect.x1, rect.y1}, selected);
}

}  // namespace assay::ui
