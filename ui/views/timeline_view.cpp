#include "ui/views/timeline_view.h"

#include <algorithm>
#include <cmath>

#include "core/base/time.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"
#include "ui/views/content.h"
#include "ui/views/found_words.h"
#include "ui/views/parts.h"
#include "ui/views/text.h"

namespace assay::ui {

using app::CommandId;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;
using store::SpanRow;

namespace {

constexpr float kToolsHeight = 34, kStripHeight = 30, kAxisHeight = 18;
constexpr float kDurationWidth = 72, kTokensWidth = 72;
constexpr float kBarsMinWidth = 300;    // of the tree, to have bars beside the names
constexpr float kTokensMinWidth = 620;  // … and tokens
constexpr double kZoomStep = 0.5, kPanStep = 0.25;
constexpr uint64_t kUsageBytesAFrame = 2U << 20;

// Where the parts of a line stand.
struct Columns {
  float name_width = 0;  // from the left edge
  kit::Rect bars;        // x only
  float tokens_right = 0, duration_right = 0;
  bool has_bars = false, has_tokens = false;
};

Columns columns_in(float x0, float width) {
  Columns c;
  const float x1 = x0 + width;
  c.has_bars = width >= px(kBarsMinWidth);
  c.has_tokens = width >= px(kTokensMinWidth);
  c.duration_right = x1 - px(8);
  c.tokens_right = c.duration_right - px(kDurationWidth);
  float right = c.tokens_right - px(10);
  if (c.has_tokens) right -= px(kTokensWidth);
  c.name_width = c.has_bars ? std::min(width * 0.46F, px(400)) : width * 0.7F;
  c.bars = {x0 + c.name_width + px(8), 0, std::max(right - px(16), x0 + c.name_width + px(9)), 0};
  return c;
}

bool has_axis(const TraceContent& content) { return content.tree.end_ns > content.tree.start_ns; }

// Times of the trace to x, by the window that is shown.
struct Scale {
  double start_ns, ns_per_point;
  float x0;
  float x_of(int64_t t) const {
    const double x = (static_cast<double>(t) - start_ns) / ns_per_point;
    return x0 + static_cast<float>(std::clamp(x, -1e6, 1e6));
  }
};

Scale scale_of(const TraceContent& content, const Columns& columns) {
  const double total = static_cast<double>(content.tree.end_ns - content.tree.start_ns);
  return {static_cast<double>(content.tree.start_ns) + total * content.window.from,
          total * content.window.width() / static_cast<double>(std::max(columns.bars.width(), 1.0F)), columns.bars.x0};
}

// --- Bars
// ----------------------------------------------------------------------------------------

void clear_filter(UiFrame& f) {
  // The field is asked to change its text: one that has the caret would write its own back.
  std::string name = std::move(f.view.reader.span_filter.name);
  f.view.reader.span_filter = {};
  f.view.reader.span_filter.name = std::move(name);
  f.kit.semantics->set_text("spans.filter", "");
  f.kit.request_frame(0);
}

// Parts that fall on the same points are drawn as one.
void draw_parts(ImDrawList* list, std::span<const TimePart> parts, const Scale& scale, const kit::Rect& area,
                ImU32 color) {
  float from = 0, to = -1;
  const auto flush = [&] {
    if (to < from) return;
    list->AddRectFilled(ImVec2(std::max(from, area.x0), area.y0), ImVec2(std::min(std::max(to, from + 1), area.x1), area.y1),
                        color);
  };
  // The first part that ends inside the window.
  const double first_ns = scale.start_ns;
  auto at = std::lower_bound(parts.begin(), parts.end(), first_ns,
                             [](const TimePart& part, double t) { return static_cast<double>(part.to_ns) < t; });
  for (; at != parts.end(); ++at) {
    const float x0 = scale.x_of(at->from_ns), x1 = scale.x_of(at->to_ns);
    if (x0 > area.x1) break;
    if (x0 <= to + 0.75F && to >= from) {
      to = std::max(to, x1);
      continue;
    }
    flush();
    from = x0;
    to = x1;
  }
  flush();
}

void draw_bar(const TraceContent& content, uint32_t line, const Scale& scale, const kit::Rect& row, const Columns& columns,
              Color hue, bool dimmed, bool open_ended) {
  const TimePart whole = content.timeline.whole[line];
  if (whole.from_ns == kNoTime) return;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const kit::Rect area{columns.bars.x0, row.center_y() - px(5), columns.bars.x1, row.center_y() + px(4)};
  const float x0 = scale.x_of(whole.from_ns), x1 = std::max(scale.x_of(whole.to_ns), x0 + px(2));
  if (x1 < area.x0) {
    kit::draw_icon(kit::current(), list, {area.x0 - px(4), row.y0, area.x0 + px(6), row.y1}, kIconChevronLeft,
                   Color::TextDisabled, 12);
    return;
  }
  if (x0 > area.x1) {
    kit::draw_icon(kit::current(), list, {area.x1 - px(6), row.y0, area.x1 + px(4), row.y1}, kIconChevronRight,
                   Color::TextDisabled, 12);
    return;
  }
  list->PushClipRect(ImVec2(area.x0, row.y0), ImVec2(area.x1 + px(2), row.y1), true);
  const float strength = (dimmed ? 0.4F : 1.0F) * (open_ended ? 0.5F : 1.0F);
  // Children's time: a thinner, paler bar; the span's own time in full.
  list->AddRectFilled(ImVec2(std::max(x0, area.x0), area.y0 + px(2)), ImVec2(std::min(x1, area.x1 + px(2)), area.y1 - px(2)),
                      kit::color_alpha(hue, 0.38F * strength), px(2));
  const auto own = content.timeline.own.of(line);
  if (own.empty()) {
    if (whole.to_ns == whole.from_ns)
      list->AddRectFilled(ImVec2(x0, area.y0), ImVec2(x1, area.y1), kit::color_alpha(hue, strength), px(1));
  } else {
    draw_parts(list, own, scale, {area.x0, area.y0, area.x1 + px(2), area.y1}, kit::color_alpha(hue, strength));
  }
  draw_parts(list, content.timeline.critical.of(line), scale,
             {area.x0, area.y1 + px(1.5F), area.x1 + px(2), area.y1 + px(3)},
             kit::color_alpha(Color::Text, dimmed ? 0.35F : 0.8F));
  list->PopClipRect();
}

// What hovering over a bar tells.
std::string bar_text(const TraceContent& content, uint32_t line) {
  const Timeline& timeline = content.timeline;
  const TimePart whole = timeline.whole[line];
  if (whole.from_ns == kNoTime) return {};
  std::string text = kit::tr_format(Str::span_starts_at, {format_span_duration(whole.from_ns - content.tree.start_ns)});
  if (timeline.self_ns[line] != kNoTime) {
    text += " · " + kit::tr_format(Str::timeline_own, {format_span_duration(timeline.self_ns[line]),
                                                       format_span_duration(whole.to_ns - whole.from_ns)});
  }
  int64_t critical = 0;
  for (const TimePart& part : timeline.critical.of(line)) critical += part.to_ns - part.from_ns;
  if (critical > 0) text += " · " + kit::tr_format(Str::timeline_on_path, {format_span_duration(critical)});
  return text;
}

std::string tokens_text(const TraceContent& content, uint32_t line) {
  if (!content.usage.done) return {};
  const SpanUsage& own = content.usage.own[line];
  const SpanUsage& below = content.usage.below[line];
  const int64_t tokens = own.total_tokens >= 0 ? own.total_tokens : below.total_tokens;
  return tokens >= 0 ? kit::format_tokens(tokens) : std::string();
}

// --- Lines
// ---------------------------------------------------------------------------------------

void draw_line(UiFrame& f, TraceContent& content, const ShownLine& shown, SpanRow selected, const Columns& columns) {
  const store::Dataset& dataset = f.session.dataset();
  const SpanLine& line = content.tree.lines[shown.line];
  const std::string_view name = dataset.name_text(dataset.span_name(line.span));
  const kit::SpanLook look = kit::span_look(dataset.name_text(dataset.span_type(line.span)));
  const bool failed = dataset.span_status(line.span) == store::SpanStatus::Error;
  const int64_t start = dataset.span_start_ns(line.span), end = dataset.span_end_ns(line.span);
  const bool open_ended = end == kNoTime || end < start;
  const std::string duration = open_ended || start == kNoTime ? std::string() : format_span_duration(end - start);
  const std::string span_id = dataset.span_id(line.span);

  kit::TreeRowOptions options;
  options.level = static_cast<int>(std::min<uint32_t>(line.depth, 12)) + 1;
  options.expandable = line.descendants > 0 && !f.view.reader.span_filter.any();
  options.expanded = shown.open;
  options.selected = line.span == selected;
  options.icon = look.icon;
  options.icon_color = shown.matches ? look.hue : Color::TextDisabled;
  options.text_color = failed ? Color::Fail : shown.matches ? Color::Text : Color::TextDisabled;
  options.text_width_pt = columns.name_width;
  options.value = duration;
  std::string text(name.empty() ? std::string_view(span_id) : name);
  if (!shown.open) text += "  +" + kit::format_count(line.descendants);
  const std::vector<kit::TextMark> marks = find_words(f, text, 1000, 20);
  options.marks = marks;
  const kit::TreeRowResult row = kit::tree_row(f.kit, kit::id_with("reader.span", span_id), text, options);
  if (row.toggled) set_span_open(f, line.span, !shown.open);
  if ((row.clicked || row.activated) && !f.view.reader.panned && !(line.span == selected))
    f.emit(CommandId::SpanSelect, {{"span_id", span_id}});
  if (!row.visible) return;
  ImDrawList* list = ImGui::GetWindowDrawList();
  kit::draw_text(f.kit, list,
                 {columns.duration_right - px(kDurationWidth), row.rect.y0, columns.duration_right, row.rect.y1}, duration,
                 kit::TextStyle::Small, Color::TextSecondary, kit::Align::Right);
  if (columns.has_tokens) {
    kit::draw_text(f.kit, list, {columns.tokens_right - px(kTokensWidth), row.rect.y0, columns.tokens_right, row.rect.y1},
                   tokens_text(content, shown.line), kit::TextStyle::Small, Color::TextSecondary, kit::Align::Right);
  }
  if (failed || dataset.is_orphan(line.span)) {
    const float x = columns.bars.x1 + px(3);
    kit::draw_icon(f.kit, list, {x, row.rect.y0, x + px(14), row.rect.y1}, failed ? kIconCircleX : kIconTriangleAlert,
                   failed ? Color::Fail : Color::Warn, 14);
  }
  if (!columns.has_bars || !has_axis(content)) return;
  draw_bar(content, shown.line, scale_of(content, columns), row.rect, columns, look.hue, !shown.matches, open_ended);
  const float mouse = ImGui::GetIO().MousePos.x;
  if (row.hovered && mouse >= columns.bars.x0 && mouse <= columns.bars.x1) kit::tooltip(f.kit, bar_text(content, shown.line));
}

// A drag over the bars moves the window, and so does a wheel that turns sideways.
void pan_by_mouse(UiFrame& f, TraceContent& content, const kit::Rect& bars) {
  ReaderState& reader = f.view.reader;
  const ImGuiIO& io = ImGui::GetIO();
  if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) {
    reader.panned = false;
    reader.pan_from_x = ImGui::IsWindowHovered() && bars.contains(io.MousePos) ? io.MousePos.x : -1;
  }
  if (reader.pan_from_x >= 0 && ImGui::IsMouseDown(ImGuiMouseButton_Left) && !content.window.whole()) {
    const float moved = io.MousePos.x - reader.pan_from_x;
    if (reader.panned || std::abs(moved) > px(4)) {
      content.window = panned(content.window, -static_cast<double>(moved / std::max(bars.width(), 1.0F)));
      reader.pan_from_x = io.MousePos.x;
      reader.panned = true;
    }
  }
  if (io.MouseWheelH != 0 && ImGui::IsWindowHovered() && bars.contains(io.MousePos))
    content.window = panned(content.window, -static_cast<double>(io.MouseWheelH) * 0.1);
}

void scroll_to_selected(UiFrame& f, const TraceContent& content, SpanRow selected, float row_height) {
  std::string& seen_span = f.view.reader.scrolled_to_span;
  const std::string& wanted = f.session.route().span_id;
  if (seen_span == wanted) return;
  seen_span = wanted;
  for (size_t i = 0; i < content.shown.size(); ++i) {
    if (!(content.tree.lines[content.shown[i].line].span == selected)) continue;
    const float y = static_cast<float>(i) * row_height;
    const float seen = ImGui::GetScrollY(), height = ImGui::GetWindowHeight();
    if (y < seen || y + row_height > seen + height) ImGui::SetScrollY(std::max(0.0F, y - height / 2));
  }
}

void draw_grid(const TraceContent& content, const Columns& columns, const kit::Rect& area) {
  const Scale scale = scale_of(content, columns);
  const double range = scale.ns_per_point * static_cast<double>(columns.bars.width());
  const int most = std::max(2, static_cast<int>(columns.bars.width() / px(76)));
  const int64_t step = tick_step_ns(static_cast<int64_t>(range), most);
  const double offset = scale.start_ns - static_cast<double>(content.tree.start_ns);
  ImDrawList* list = ImGui::GetWindowDrawList();
  for (auto t = static_cast<int64_t>(offset / static_cast<double>(step)) * step;
       static_cast<double>(t) <= offset + range; t += step) {
    const float x = std::floor(scale.x_of(content.tree.start_ns + t));
    if (x < columns.bars.x0 - 1 || x > columns.bars.x1) continue;
    list->AddLine(ImVec2(x, area.y0), ImVec2(x, area.y1), kit::color_alpha(Color::Line, 0.7F));
  }
}

void draw_lines(UiFrame& f, TraceContent& content, SpanRow selected) {
  const float row_height = px(kit::kRowHeightCompact);
  if (content.shown.empty()) {
    if (content.tree.lines.empty()) {
      kit::empty_state(f.kit, "reader.no_spans", kIconListTree, tr(Str::spans_none), tr(Str::spans_none_text));
      return;
    }
    // The tree may be a low strip: there is no room for a picture.
    kit::gap(px(8));
    indent_by(px(12));
    kit::text_node(f.kit, "spans.no_match", tr(Str::spans_no_match), kit::TextStyle::BodyStrong);
    kit::gap(px(2));
    indent_by(px(12));
    kit::paragraph(f.kit, tr(Str::spans_no_match_text), kit::width_left() - px(12), kit::TextStyle::Small);
    kit::gap(px(6));
    indent_by(px(12));
    kit::ButtonOptions clear;
    clear.size = kit::ControlSize::Compact;
    clear.icon = kIconX;
    if (kit::button(f.kit, "spans.filter_clear", tr(Str::spans_filter_clear), clear)) clear_filter(f);
    return;
  }
  const Columns columns = columns_in(ImGui::GetCursorScreenPos().x, kit::width_left());
  scroll_to_selected(f, content, selected, row_height);
  const kit::Rect region = kit::region_rect();
  if (columns.has_bars && has_axis(content)) {
    draw_grid(content, columns, {region.x0, ImGui::GetWindowPos().y, region.x1, ImGui::GetWindowPos().y + ImGui::GetWindowHeight()});
    pan_by_mouse(f, content, {columns.bars.x0, ImGui::GetWindowPos().y, columns.bars.x1,
                              ImGui::GetWindowPos().y + ImGui::GetWindowHeight()});
  }
  const TightRows tight;
  // A copy of the line: a fold makes the lines anew after this frame.
  ImGuiListClipper clipper;
  clipper.Begin(static_cast<int>(content.shown.size()), row_height);
  while (clipper.Step()) {
    for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
      if (static_cast<size_t>(i) >= content.shown.size()) break;
      const ShownLine shown = content.shown[static_cast<size_t>(i)];
      draw_line(f, content, shown, selected, columns);
    }
  }
}

// --- Above the lines
// ----------------------------------------------------------------------------------

void draw_filter_menu(UiFrame& f, const TraceContent& content) {
  SpanFilter& filter = f.view.reader.span_filter;
  if (!kit::begin_menu(f.kit, "spans.filter_menu_items", tr(Str::spans_filter_more))) return;
  kit::MenuItemOptions options;
  options.checkable = true;
  options.checked = filter.failed;
  if (kit::menu_item(f.kit, "spans.only_failed", tr(Str::spans_only_failed), options)) filter.failed = !filter.failed;
  options.checked = filter.critical;
  if (kit::menu_item(f.kit, "spans.only_critical", tr(Str::spans_only_critical), options)) filter.critical = !filter.critical;
  kit::menu_separator(f.kit);
  options.checked = filter.type.empty();
  if (kit::menu_item(f.kit, "spans.type[]", tr(Str::spans_all_types), options)) filter.type.clear();
  for (const auto& [type, count] : content.span_types) {
    const std::string_view name = f.session.dataset().name_text(type);
    if (name.empty()) continue;
    options.icon = kit::span_look(name).icon;
    options.checked = filter.type == name;
    const std::string text = std::string(name) + "  " + kit::format_count(count);
    if (kit::menu_item(f.kit, kit::id_with("spans.type", name), text, options)) filter.type = name;
  }
  kit::end_menu(f.kit);
}

void draw_tools(UiFrame& f, const kit::Rect& rect, TraceContent& content) {
  SpanFilter& filter = f.view.reader.span_filter;
  const auto chord = [&](CommandId id) { return key_label(f, id); };
  const float button = px(kit::kControlHeightCompact);
  const bool axis = has_axis(content);
  const bool zooms = axis && rect.width() >= px(380);
  const int buttons = 5 + (zooms ? 3 : 0);
  const float y = rect.y0 + px(4);
  ImGui::SetCursorScreenPos(ImVec2(rect.x0 + px(6), y));
  kit::TextInputOptions input;
  input.width_pt = std::max(px(60), std::min(px(220), rect.width() - button * static_cast<float>(buttons) - px(30)));
  input.name = tr(Str::spans_filter);
  input.placeholder = tr(Str::spans_filter);
  input.icon = kIconFilter;
  input.clear_button = true;
  input.search = true;
  input.size = kit::ControlSize::Compact;
  kit::text_input(f.kit, "spans.filter", filter.name, input);
  kit::IconButtonOptions options;
  options.size = kit::ControlSize::Compact;
  kit::same_row(px(2));
  options.on = !filter.type.empty() || filter.failed || filter.critical;
  options.has_popup = true;
  if (kit::icon_button(f.kit, "spans.filter_menu", kIconListFilter, tr(Str::spans_filter_more), options))
    kit::open_popup(f.kit, "spans.filter_menu_items");
  draw_filter_menu(f, content);
  options = {};
  options.size = kit::ControlSize::Compact;

  ImGui::SetCursorScreenPos(ImVec2(rect.x1 - px(6) - button * static_cast<float>(buttons - 1), y));
  const auto command = [&](std::string_view id, const char* icon, Str name, CommandId what, bool enabled) {
    const std::string label = chord(what);
    options.chord = label;
    options.enabled = enabled;
    if (kit::icon_button(f.kit, id, icon, tr(name), options)) run_timeline_command(f, what);
    kit::same_row(0);
  };
  command("spans.slowest", kIconTimer, Str::command_ui_slowest_span, CommandId::UiSlowestSpan,
          !content.timeline.slowest.empty());
  command("spans.first_error", kIconCircleX, Str::command_ui_first_error, CommandId::UiFirstError,
          !content.timeline.failed.empty());
  if (zooms) {
    command("spans.zoom_out", kIconMinus, Str::command_ui_zoom_out, CommandId::UiZoomOut, !content.window.whole());
    command("spans.zoom_in", kIconPlus, Str::command_ui_zoom_in, CommandId::UiZoomIn, true);
    command("spans.zoom_all", kIconMinimize, Str::command_ui_zoom_all, CommandId::UiZoomAll, !content.window.whole());
  }
  options.chord = {};
  options.enabled = !filter.any();
  const bool closed = !content.closed_spans.empty();
  if (kit::icon_button(f.kit, "spans.fold", closed ? kIconChevronsUpDown : kIconChevronsDownUp,
                       tr(closed ? Str::spans_unfold_all : Str::spans_fold_all), options)) {
    content.closed_spans.clear();
    if (!closed) {
      // What lies two levels down is closed: the shape of the trace stays.
      for (const SpanLine& line : content.tree.lines)
        if (line.depth >= 1 && line.descendants > 0) content.closed_spans.push_back(line.span.v);
      std::sort(content.closed_spans.begin(), content.closed_spans.end());
    }
    content.shown_made = false;
  }
  kit::same_row(0);
  options.enabled = true;
  options.on = f.view.reader.timeline_across;
  options.toggle = true;
  if (kit::icon_button(f.kit, "spans.across", kIconPanelBottom, tr(Str::spans_across), options))
    f.view.reader.timeline_across = !f.view.reader.timeline_across;
}

std::string window_text(const TraceContent& content) {
  const double total = static_cast<double>(content.tree.end_ns - content.tree.start_ns);
  return kit::tr_format(Str::timeline_window,
                        {format_span_duration(static_cast<int64_t>(content.window.from * total)),
                         format_span_duration(static_cast<int64_t>(content.window.to * total))});
}

void draw_overview(const TimeOverview& overview, const kit::Rect& r) {
  if (overview.lanes == 0) return;
  ImDrawList* list = ImGui::GetWindowDrawList();
  constexpr uint32_t kColumns = TimeOverview::kColumns;
  const float lane_height = (r.height() - px(4)) / static_cast<float>(overview.lanes);
  const auto x_of = [&](uint32_t column) { return r.x0 + r.width() * static_cast<float>(column) / static_cast<float>(kColumns); };
  for (uint32_t lane = 0; lane < overview.lanes; ++lane) {
    const uint16_t* counts = overview.counts.data() + size_t{lane} * kColumns;
    const float y0 = r.y0 + px(1) + lane_height * static_cast<float>(lane);
    for (uint32_t c = 0; c < kColumns;) {
      const auto strength = [](uint16_t count) { return count == 0 ? 0 : count == 1 ? 1 : count < 8 ? 2 : 3; };
      const int level = strength(counts[c]);
      uint32_t end = c + 1;
      while (end < kColumns && strength(counts[end]) == level) ++end;
      if (level > 0) {
        list->AddRectFilled(ImVec2(x_of(c), y0), ImVec2(x_of(end), y0 + std::max(lane_height - 1, 1.0F)),
                            kit::color_alpha(Color::Accent, 0.14F + 0.22F * static_cast<float>(level)));
      }
      c = end;
    }
  }
  const auto draw_flags = [&](const std::vector<uint8_t>& flags, float y0, float y1, ImU32 color, float least) {
    for (uint32_t c = 0; c < kColumns;) {
      if (flags[c] == 0) {
        ++c;
        continue;
      }
      uint32_t end = c + 1;
      while (end < kColumns && flags[end] != 0) ++end;
      list->AddRectFilled(ImVec2(x_of(c), y0), ImVec2(std::max(x_of(end), x_of(c) + least), y1), color);
      c = end;
    }
  };
  draw_flags(overview.critical, r.y1 - px(2), r.y1, kit::color_alpha(Color::Text, 0.7F), 1);
  draw_flags(overview.failed, r.y0, r.y1 - px(2), kit::color_alpha(Color::Fail, 0.85F), px(1.5F));
}

// Drag: shows that part. Wheel: closer, farther. Double click: all. The arrow keys of the commands.
void draw_strip(UiFrame& f, const kit::Rect& rect, TraceContent& content) {
  ReaderState& reader = f.view.reader;
  ImGui::SetCursorScreenPos(rect.min());
  ImGui::InvisibleButton("spans.minimap", rect.size());
  const bool hovered = ImGui::IsItemHovered();
  const std::string value = window_text(content);
  kit::SemItem item;
  item.role = kit::Role::Slider;
  item.id = "spans.minimap";
  item.name = tr(Str::timeline_minimap);
  item.value = value;
  item.rect = rect;
  item.imgui_id = ImGui::GetItemID();
  item.now = static_cast<float>(content.window.from * 100);
  item.low = 0;
  item.high = 100;
  f.kit.semantics->add(item);
  if (const auto asked = f.kit.semantics->take_value("spans.minimap")) {
    const double width = content.window.width();
    content.window = panned({0, width}, (static_cast<double>(*asked) / 100) / std::max(width, kNarrowestWindow));
  }
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddRectFilled(rect.min(), rect.max(), kit::color(Color::Background), px(3));
  draw_overview(content.timeline.overview, rect);
  const auto fraction = [&](float x) { return static_cast<double>((x - rect.x0) / std::max(rect.width(), 1.0F)); };
  const float mouse = ImGui::GetIO().MousePos.x;
  TimeWindow shown = content.window;
  if (ImGui::IsItemActivated()) reader.strip_from = static_cast<float>(fraction(mouse));
  if (reader.strip_from >= 0) {
    const TimeWindow dragged = window_of(static_cast<double>(reader.strip_from), fraction(mouse));
    const bool far = dragged.width() * static_cast<double>(rect.width()) > 4.0;
    if (far) shown = dragged;
    if (ImGui::IsItemDeactivated()) {
      if (far) {
        content.window = dragged;
      } else if (!content.window.whole()) {
        // A click brings the window there.
        content.window = panned(content.window, (fraction(mouse) - (content.window.from + content.window.to) / 2) /
                                                    content.window.width());
      }
      reader.strip_from = -1;
    } else if (!ImGui::IsItemActive()) {
      reader.strip_from = -1;
    }
  }
  if (hovered && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) {
    content.window = {};
    reader.strip_from = -1;
  }
  const float wheel = ImGui::GetIO().MouseWheel;
  if (hovered && wheel != 0)
    content.window = zoomed(content.window, std::pow(kZoomStep, static_cast<double>(wheel) / 2), fraction(mouse));
  if (!shown.whole()) {
    const float x0 = rect.x0 + rect.width() * static_cast<float>(shown.from);
    const float x1 = std::max(rect.x0 + rect.width() * static_cast<float>(shown.to), x0 + 2);
    const ImU32 veil = kit::color_alpha(Color::Surface, 0.65F);
    list->AddRectFilled(rect.min(), ImVec2(x0, rect.y1), veil);
    list->AddRectFilled(ImVec2(x1, rect.y0), rect.max(), veil);
    list->AddRect(ImVec2(x0, rect.y0), ImVec2(x1, rect.y1), kit::color(Color::Accent), px(2));
  }
  if (hovered) kit::tooltip(f.kit, tr(Str::timeline_minimap_hint));
}

void draw_axis(UiFrame& f, const kit::Rect& rect, const TraceContent& content) {
  const Columns columns = columns_in(rect.x0, rect.width());
  ImDrawList* list = ImGui::GetWindowDrawList();
  const SpanFilter& filter = f.view.reader.span_filter;
  const std::string left =
      filter.any() ? kit::tr_format(Str::spans_matches, {kit::format_count(content.matches),
                                                         kit::format_count(static_cast<int64_t>(content.tree.lines.size()))})
                   : kit::tr_format(Str::timeline_path_length, {format_span_duration(content.timeline.critical_ns)});
  const bool worth_it = filter.any() || content.tree.lines.size() > 1;
  const kit::Rect left_rect{rect.x0 + px(10), rect.y0, rect.x0 + columns.name_width, rect.y1};
  if (worth_it) {
    kit::draw_text(f.kit, list, left_rect, left, kit::TextStyle::Small, Color::TextSecondary);
    kit::SemItem item;
    item.role = filter.any() ? kit::Role::Status : kit::Role::Text;
    item.id = "spans.status";
    item.name = left;
    item.rect = left_rect;
    f.kit.semantics->add(item);
  }
  if (!columns.has_bars || !has_axis(content)) return;
  const Scale scale = scale_of(content, columns);
  const double range = scale.ns_per_point * static_cast<double>(columns.bars.width());
  const int most = std::max(2, static_cast<int>(columns.bars.width() / px(76)));
  const int64_t step = tick_step_ns(static_cast<int64_t>(range), most);
  const double offset = scale.start_ns - static_cast<double>(content.tree.start_ns);
  for (auto t = static_cast<int64_t>(offset / static_cast<double>(step)) * step;
       static_cast<double>(t) <= offset + range; t += step) {
    const float x = std::floor(scale.x_of(content.tree.start_ns + t));
    if (x < columns.bars.x0 - 1 || x > columns.bars.x1) continue;
    list->AddLine(ImVec2(x, rect.y1 - px(4)), ImVec2(x, rect.y1), kit::color(Color::LineStrong));
    const std::string text = t == 0 ? std::string("0") : format_span_duration(t);
    const float width = kit::text_width(f.kit, text, kit::TextStyle::Small);
    const float from = std::min(x + px(3), rect.x1 - width);
    kit::draw_text(f.kit, list, {from, rect.y0, from + width + px(1), rect.y1}, text, kit::TextStyle::Small,
                   Color::TextSecondary);
  }
}

bool has_tools(const TraceContent& content) { return content.tree.lines.size() > 1; }

void count_types(const store::Dataset& dataset, TraceContent& content) {
  for (const SpanLine& line : content.tree.lines) {
    const StringId type = dataset.span_type(line.span);
    auto at = std::find_if(content.span_types.begin(), content.span_types.end(),
                           [type](const auto& entry) { return entry.first == type; });
    if (at == content.span_types.end()) {
      content.span_types.emplace_back(type, 1);
    } else {
      ++at->second;
    }
  }
}

int64_t line_of(const TraceContent& content, SpanRow span) {
  for (size_t i = 0; i < content.tree.lines.size(); ++i)
    if (content.tree.lines[i].span == span) return static_cast<int64_t>(i);
  return -1;
}

// Opens what hides a line.
void reveal(UiFrame& f, TraceContent& content, uint32_t line) {
  uint32_t depth = content.tree.lines[line].depth;
  for (uint32_t i = line; i-- > 0 && depth > 0;) {
    if (content.tree.lines[i].depth >= depth) continue;
    depth = content.tree.lines[i].depth;
    std::erase(content.closed_spans, content.tree.lines[i].span.v);
  }
  content.shown_made = false;
  uint32_t matches = 0;
  SpanFilter& filter = f.view.reader.span_filter;
  if (filter.any()) {
    const auto shown = shown_lines(f.session.dataset(), content.tree, content.timeline, content.closed_spans, filter, matches);
    if (std::none_of(shown.begin(), shown.end(), [line](const ShownLine& s) { return s.line == line; })) clear_filter(f);
  }
}

// The first of `order`, or the one after the selected span where that stands in it.
void jump(UiFrame& f, TraceContent& content, const std::vector<uint32_t>& order) {
  if (order.empty()) return;
  const auto selected = f.session.selected_span();
  const int64_t at = selected ? line_of(content, *selected) : -1;
  size_t next = 0;
  if (f.view.reader.tab == ReaderTab::Spans && at >= 0) {
    const auto found = std::find(order.begin(), order.end(), static_cast<uint32_t>(at));
    if (found != order.end()) next = static_cast<size_t>(found - order.begin() + 1) % order.size();
  }
  f.view.reader.tab = ReaderTab::Spans;
  reveal(f, content, order[next]);
  const std::string id = f.session.dataset().span_id(content.tree.lines[order[next]].span);
  f.emit(CommandId::SpanSelect, {{"span_id", id}});
}

}  // namespace

void make_timeline(UiFrame& f, TraceContent& content, bool whole) {
  constexpr size_t kAtOnce = 3000;  // lines; of more, a step a frame
  const store::Dataset& dataset = f.session.dataset();
  Timeline& timeline = content.timeline;
  const bool large = content.tree.lines.size() > kAtOnce;
  if (!timeline.built && timeline.steps == 0) count_types(dataset, content);
  while (!timeline.built) {
    // Several calls of one frame make one step.
    if (large && !whole && timeline.steps > 0 && content.timeline_frame == ImGui::GetFrameCount()) break;
    content.timeline_frame = ImGui::GetFrameCount();
    build_timeline_step(dataset, content.tree, timeline);
    if (timeline.built) content.shown_made = false;
    if (large && !whole) break;
  }
  if (!timeline.built) f.kit.request_frame(0);
  if (!content.shown_made || !(content.shown_for == f.view.reader.span_filter)) {
    // Under another filter the selected one stands elsewhere; a fold moves nothing that is looked at.
    if (!(content.shown_for == f.view.reader.span_filter)) f.view.reader.scrolled_to_span = "?";
    content.shown_for = f.view.reader.span_filter;
    content.shown =
        shown_lines(dataset, content.tree, content.timeline, content.closed_spans, content.shown_for, content.matches);
    content.shown_made = true;
  }
}

float timeline_height_pt(const TraceContent& content, float width_pt) {
  const float lines = px(kit::kRowHeightCompact) * static_cast<float>(content.tree.lines.size()) + px(10);
  if (!has_tools(content)) return lines;
  return lines + px(kToolsHeight + kAxisHeight) + (width_pt >= px(kBarsMinWidth) && has_axis(content) ? px(kStripHeight) : 0);
}

void draw_timeline(UiFrame& f, const kit::Rect& rect, TraceContent& content, SpanRow selected) {
  make_timeline(f, content);
  if (content.timeline.built && !content.usage.done) {
    read_more_usage(f.session.dataset(), content.tree, content.usage, kUsageBytesAFrame);
    f.kit.request_frame(0);
  }
  float y = rect.y0;
  if (has_tools(content)) {
    kit::begin_region(f.kit, "spans.tools", kit::Rect{rect.x0, y, rect.x1, y + px(kToolsHeight)},
                      {.role = kit::Role::Toolbar, .name = tr(Str::spans_tools)});
    draw_tools(f, {rect.x0, y, rect.x1, y + px(kToolsHeight)}, content);
    kit::end_region(f.kit);
    y += px(kToolsHeight);
    // The filter may have changed; what it hides must not be drawn.
    make_timeline(f, content);
    if (rect.width() >= px(kBarsMinWidth) && has_axis(content)) {
      draw_strip(f, {rect.x0 + px(8), y, rect.x1 - px(8), y + px(kStripHeight) - px(4)}, content);
      y += px(kStripHeight);
    }
    draw_axis(f, {rect.x0, y, rect.x1, y + px(kAxisHeight)}, content);
    y += px(kAxisHeight);
    kit::line_horizontal(f.kit, rect.x0, rect.x1, y);
    y += 1;
  }
  kit::RegionOptions options;
  options.scroll_y = true;
  options.role = kit::Role::Tree;
  options.name = tr(Str::spans_tree);
  options.padding_y_pt = px(4);
  kit::begin_region(f.kit, "reader.spans", kit::Rect{rect.x0, y, rect.x1, std::max(rect.y1, y + 1)}, options);
  draw_lines(f, content, selected);
  kit::end_region(f.kit);
}

bool run_timeline_command(UiFrame& f, CommandId id) {
  switch (id) {
    case CommandId::UiSlowestSpan:
    case CommandId::UiFirstError:
    case CommandId::UiZoomIn:
    case CommandId::UiZoomOut:
    case CommandId::UiZoomAll:
    case CommandId::UiEarlier:
    case CommandId::UiLater:
      break;
    default:
      return false;
  }
  const auto trace = f.session.open_trace();
  if (!trace) return true;
  TraceContent& content = trace_content(f, *trace);
  make_timeline(f, content, true);
  switch (id) {
    case CommandId::UiSlowestSpan:
      jump(f, content, content.timeline.slowest);
      return true;
    case CommandId::UiFirstError:
      jump(f, content, content.timeline.failed);
      return true;
    case CommandId::UiZoomIn:
      content.window = zoomed(content.window, kZoomStep, 0.5);
      return true;
    case CommandId::UiZoomOut:
      content.window = zoomed(content.window, 1 / kZoomStep, 0.5);
      return true;
    case CommandId::UiZoomAll:
      content.window = {};
      return true;
    case CommandId::UiEarlier:
      content.window = panned(content.window, -kPanStep);
      return true;
    case CommandId::UiLater:
      content.window = panned(content.window, kPanStep);
      return true;
    default:
      return true;
  }
}

void keep_span_place(UiFrame& f, const TraceContent& content) {
  ReaderState& reader = f.view.reader;
  const store::Dataset& dataset = f.session.dataset();
  const auto selected = f.session.selected_span();
  if (reader.place_of != content.trace_id) {
    const bool came_from_another = !reader.place_of.empty();
    reader.place_of = content.trace_id;
    if (!selected && came_from_another && !reader.place.steps.empty() && f.session.route().span_id.empty()) {
      const SpanRow like = find_path(dataset, content.tree, reader.place);
      if (like.v != store::kNoRow) f.emit(CommandId::SpanSelect, {{"span_id", dataset.span_id(like)}});
      reader.place_span = like.v;
      return;
    }
    reader.place_span = store::kNoRow;
  }
  if (!selected || selected->v == reader.place_span) return;
  reader.place_span = selected->v;
  reader.place = path_of(dataset, content.tree, *selected);
}

}  // namespace assay::ui
