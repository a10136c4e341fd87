#include "ui/views/compare_view.h"

#include <algorithm>

#include "core/base/time.h"
#include "core/base/utf8.h"
#include "core/judge/endpoint.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"
#include "ui/views/chat_view.h"
#include "ui/views/content.h"
#include "ui/views/failure_text.h"
#include "ui/views/parts.h"
#include "ui/views/scorer_texts.h"
#include "ui/views/text.h"
#include "ui/views/value_view.h"

namespace assay::ui {

using app::CommandId;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;
using store::SpanRow;
using store::TraceRow;

namespace {

CompareView& compared(UiFrame& f, TraceRow a, TraceRow b) {
  CompareView& view = f.view.compare;
  const store::Dataset& dataset = f.session.dataset();
  const bool current = view.made && view.row_a == a.v && view.row_b == b.v && view.id_a == dataset.trace_id(a) &&
                       view.id_b == dataset.trace_id(b);
  if (current) return view;
  view = CompareView{};
  view.made = true;
  view.row_a = a.v;
  view.row_b = b.v;
  view.id_a = dataset.trace_id(a);
  view.id_b = dataset.trace_id(b);
  view.tree_a = build_span_tree(dataset, a, {});
  view.tree_b = build_span_tree(dataset, b, {});
  view.comparison = compare_traces(dataset, view.tree_a, view.tree_b);
  view.selected = view.comparison.first_divergence == store::kNoRow ? 0 : view.comparison.first_divergence;
  view.scroll_to = true;
  return view;
}

SpanRow span_a(const CompareView& view, const ComparedLine& line) { return view.tree_a.lines[line.a].span; }
SpanRow span_b(const CompareView& view, const ComparedLine& line) { return view.tree_b.lines[line.b].span; }

std::string duration_text(const store::Dataset& dataset, SpanRow span) {
  const int64_t start = dataset.span_start_ns(span), end = dataset.span_end_ns(span);
  return start == kNoTime || end == kNoTime || end < start ? std::string("–") : format_span_duration(end - start);
}

struct LineLook {
  const char* icon;
  Color color;
  Str name;
};
LineLook look_of(const ComparedLine& line) {
  if (line.only_a()) return {kIconMinus, Color::Fail, Str::compare_only_a};
  if (line.only_b()) return {kIconPlus, Color::Pass, Str::compare_only_b};
  if (line.differences != 0) return {kIconDiff, Color::Warn, Str::compare_changed};
  return {kIconCheck, Color::TextDisabled, Str::compare_same};
}

// What the value reads like, the same way for both sides: a conversation, labelled fields, indented JSON, or text.
std::string readable(UiFrame& f, const ValueBlock& value) {
  if (!value.messages.empty()) {
    std::string out;
    for (const auto& [heading, text] : conversation_sections(value.messages)) out += "[" + heading + "]\n" + text + "\n\n";
    return out;
  }
  if (!value.fields.empty()) {
    std::string out;
    for (const Attribute& field : value.fields) {
      out += "[" + field.key + "]\n";
      out += field.value.is_json ? f.view.json.get(field.value.identity, field.value.text).text : field.value.text;
      out += "\n\n";
    }
    return out;
  }
  if (!value.plain.is_json) return value.plain.text;
  return std::string(f.view.json.get(value.plain.identity, value.plain.text).text);
}

CompareView::Part part_of(UiFrame& f, const ValueBlock* a, const ValueBlock* b) {
  CompareView::Part part;
  part.diff = diff_texts(a != nullptr ? readable(f, *a) : std::string(), b != nullptr ? readable(f, *b) : std::string());
  part.identity = kit::text_identity(part.diff.text) ^ (part.diff.runs.size() * 0x9E3779B97F4A7C15ULL);
  for (const TextDiff::Run& run : part.diff.runs) {
    if (run.kind == TextDiff::Kind::Same) continue;
    const bool added = run.kind == TextDiff::Kind::Added;
    part.marks.push_back({run.from, run.to, added ? Color::PassWeak : Color::FailWeak});
    part.colors.push_back({run.from, run.to, added ? Color::Pass : Color::Fail});
  }
  return part;
}

void read_selected(UiFrame& f, CompareView& view) {
  if (view.read_line == view.selected) return;
  view.read_line = view.selected;
  const store::Dataset& dataset = f.session.dataset();
  const ComparedLine& line = view.comparison.lines[view.selected];
  SpanContent a, b;
  if (!line.only_b()) span_content(dataset, span_a(view, line), a);
  if (!line.only_a()) span_content(dataset, span_b(view, line), b);
  const bool has_a = !line.only_b(), has_b = !line.only_a();
  view.inputs = part_of(f, has_a ? &a.inputs : nullptr, has_b ? &b.inputs : nullptr);
  view.outputs = part_of(f, has_a ? &a.outputs : nullptr, has_b ? &b.outputs : nullptr);
  view.usage_a = has_a ? read_span_usage(dataset.raw(dataset.span_attributes(span_a(view, line)))) : SpanUsage{};
  view.usage_b = has_b ? read_span_usage(dataset.raw(dataset.span_attributes(span_b(view, line)))) : SpanUsage{};
}

void draw_part(UiFrame& f, std::string_view id, std::string_view title, const CompareView::Part& part) {
  kit::section_header(f.kit, id, title);
  if (part.diff.text.empty()) {
    kit::text(f.kit, tr(Str::value_none), kit::TextStyle::Body, Color::TextDisabled);
    kit::gap(px(16));
    return;
  }
  if (part.diff.same())
    kit::text_node(f.kit, kit::id_part(id, "same"), tr(Str::compare_equal), kit::TextStyle::Small, Color::TextSecondary);
  if (!part.diff.exact)
    kit::inline_note(f.kit, kit::id_part(id, "inexact"), tr(Str::compare_inexact), kIconInfo);
  kit::TextViewOptions options;
  options.name = title;
  options.identity = part.identity;
  options.max_measure_pt = px(kit::kReadingMeasure);
  options.marks = part.marks;
  options.colors = part.colors;
  const std::string text_id = kit::id_part(id, "text");
  kit::text_view(f.kit, text_id, part.diff.text, text_state(f.view.reader, text_id), f.view.wraps, options);
  kit::gap(px(20));
}

std::string change(const std::string& a, const std::string& b) { return a == b ? a : a + " → " + b; }

void draw_selected(UiFrame& f, CompareView& view) {
  read_selected(f, view);
  const store::Dataset& dataset = f.session.dataset();
  const ComparedLine& line = view.comparison.lines[view.selected];
  const auto name = [&](SpanRow span) { return std::string(dataset.name_text(dataset.span_name(span))); };
  std::string title = line.only_b() ? name(span_b(view, line)) : name(span_a(view, line));
  if (!line.only_a() && !line.only_b()) title = change(title, name(span_b(view, line)));
  kit::heading(f.kit, "compare.span_title", title, 2);
  std::string facts = tr(look_of(line).name);
  if (!line.only_a() && !line.only_b()) {
    facts += " · " + change(duration_text(dataset, span_a(view, line)), duration_text(dataset, span_b(view, line)));
    if (view.usage_a.total_tokens >= 0 && view.usage_b.total_tokens >= 0)
      facts += " · " + change(kit::format_tokens(view.usage_a.total_tokens), kit::format_tokens(view.usage_b.total_tokens));
    if ((line.differences & kDiffersInStatus) != 0) {
      facts += " · " + change(std::string(store::span_status_name(dataset.span_status(span_a(view, line)))),
                              std::string(store::span_status_name(dataset.span_status(span_b(view, line)))));
    }
  }
  kit::text_node(f.kit, "compare.span_facts", facts, kit::TextStyle::Small, Color::TextSecondary);
  kit::gap(px(12));
  draw_part(f, "compare.inputs", tr(Str::span_inputs), view.inputs);
  draw_part(f, "compare.outputs", tr(Str::span_outputs), view.outputs);
}

void draw_line(UiFrame& f, CompareView& view, uint32_t index) {
  const store::Dataset& dataset = f.session.dataset();
  const ComparedLine& line = view.comparison.lines[index];
  const SpanRow shown = line.only_b() ? span_b(view, line) : span_a(view, line);
  const kit::SpanLook span = kit::span_look(dataset.name_text(dataset.span_type(shown)));
  const LineLook look = look_of(line);
  kit::TreeRowOptions options;
  options.level = static_cast<int>(std::min<uint32_t>(line.depth, 12)) + 1;
  options.selected = index == view.selected;
  options.icon = span.icon;
  options.icon_color = line.same() ? Color::TextDisabled : span.hue;
  options.text_color = line.same() ? Color::TextSecondary : Color::Text;
  options.text_width_pt = kit::width_left() - px(170);
  options.value = tr(look.name);
  const kit::TreeRowResult row =
      kit::tree_row(f.kit, kit::id_with("compare.line", index), dataset.name_text(dataset.span_name(shown)), options);
  if (row.clicked || row.activated) view.selected = index;
  if (!row.visible) return;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float right = row.rect.x1 - px(8);
  std::string times;
  if (!line.only_b()) times = duration_text(dataset, span_a(view, line));
  if (!line.only_a() && !line.only_b()) times += " → ";
  if (!line.only_a()) times += duration_text(dataset, span_b(view, line));
  kit::draw_text(f.kit, list, {right - px(140), row.rect.y0, right - px(22), row.rect.y1}, times, kit::TextStyle::Small,
                 Color::TextSecondary, kit::Align::Right);
  kit::draw_icon(f.kit, list, {right - px(16), row.rect.y0, right, row.rect.y1}, look.icon, look.color, 14);
}

void draw_tree(UiFrame& f, const kit::Rect& rect, CompareView& view) {
  kit::RegionOptions options;
  options.scroll_y = true;
  options.role = kit::Role::Tree;
  options.name = tr(Str::compare_tree);
  options.padding_y_pt = px(4);
  kit::begin_region(f.kit, "compare.tree", rect, options);
  const float height = px(kit::kRowHeightCompact);
  if (view.scroll_to) {
    view.scroll_to = false;
    const float y = static_cast<float>(view.selected) * height, seen = ImGui::GetScrollY();
    if (y < seen || y + height > seen + ImGui::GetWindowHeight())
      ImGui::SetScrollY(std::max(0.0F, y - ImGui::GetWindowHeight() / 2));
  }
  {
    const TightRows tight;
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(view.comparison.lines.size()), height);
    while (clipper.Step())
      for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) draw_line(f, view, static_cast<uint32_t>(i));
  }
  kit::end_region(f.kit);
}

// To the next line that is not the same, after the selected one.
void next_difference(CompareView& view) {
  const size_t count = view.comparison.lines.size();
  for (size_t step = 1; step <= count; ++step) {
    const size_t i = (view.selected + step) % count;
    if (view.comparison.lines[i].same()) continue;
    view.selected = static_cast<uint32_t>(i);
    view.scroll_to = true;
    return;
  }
}

void draw_side(UiFrame& f, std::string_view id, std::string_view letter, Color color, const kit::Rect& rect, TraceRow row) {
  const store::Dataset& dataset = f.session.dataset();
  std::string facts(dataset.trace_id(row));
  if (dataset.duration_ms(row) != kNoTime) facts += " · " + kit::format_duration_ns(dataset.duration_ms(row) * 1'000'000);
  if (dataset.total_tokens(row) >= 0) facts += " · " + kit::format_tokens(dataset.total_tokens(row));
  if (dataset.cost_usd(row) >= 0) facts += " · " + kit::format_cost_usd(dataset.cost_usd(row));
  ImGui::SetCursorScreenPos(rect.min());
  kit::ListRowOptions options;
  options.role = kit::Role::Link;
  options.height_pt = rect.height();
  options.width_pt = rect.width();
  const std::string title = std::string(letter) + "  " + trace_title(dataset, row);
  const kit::ListRowResult link = kit::list_row(f.kit, id, title + ", " + facts, options);
  if (link.clicked) f.emit(CommandId::TraceOpen, {{"trace_id", dataset.trace_id(row)}});
  if (!link.visible) return;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const kit::Rect r = link.rect;
  list->AddRectFilled(ImVec2(r.x0, r.y0 + px(4)), ImVec2(r.x0 + px(3), r.y1 - px(4)), kit::color(color));
  kit::draw_text(f.kit, list, {r.x0 + px(10), r.y0 + px(2), r.x1 - px(4), r.y0 + px(20)}, title, kit::TextStyle::BodyStrong);
  kit::draw_text(f.kit, list, {r.x0 + px(10), r.y0 + px(20), r.x1 - px(4), r.y1 - px(2)}, facts, kit::TextStyle::Small,
                 Color::TextSecondary);
}

bool requests_differ(const store::Dataset& dataset, const CompareView& view) {
  const auto a = dataset.find_trace(view.id_a), b = dataset.find_trace(view.id_b);
  if (!a || !b) return false;
  std::string scratch_a, scratch_b;
  return dataset.text_now(dataset.request_preview(*a), scratch_a) != dataset.text_now(dataset.request_preview(*b), scratch_b);
}

// A judge reads both responses, in both orders: what it prefers for its place alone, it does not prefer.
void draw_pair_judge(UiFrame& f, CompareView& view) {
  if (kit::icon_button(f.kit, "compare.judge", kIconGavel, tr(Str::pair_title)))
    kit::open_popup(f.kit, "compare.judge_panel");
  if (!kit::begin_popover(f.kit, "compare.judge_panel", tr(Str::pair_title), px(380))) return;
  const std::optional<app::PairVerdict> known = f.session.find_pair(view.id_a, view.id_b);
  if (const uint64_t revision = f.session.dataset().revision() + 1; view.asked_at != revision) {
    view.asked_at = revision;
    const auto problem = f.session.pair_problem(view.id_a, view.id_b);
    view.cannot_ask = problem ? (problem->first == 0 ? "A: " : "B: ") + message_text(problem->second) : std::string();
  }
  const app::AskState& asking = f.session.ask_state();
  if (view.criterion.empty()) view.criterion = known ? known->criterion : tr(Str::pair_criterion_default);
  kit::field_label(f.kit, tr(Str::pair_criterion));
  kit::TextAreaOptions area;
  area.name = tr(Str::pair_criterion);
  area.height_pt = px(64);
  kit::text_area(f.kit, "compare.criterion", view.criterion, area);
  kit::gap(px(8));
  kit::ButtonOptions ask;
  ask.kind = kit::ButtonKind::Primary;
  ask.icon = kIconGavel;
  ask.enabled = !asking.running && !trimmed(view.criterion).empty() && view.cannot_ask.empty();
  if (kit::button(f.kit, "compare.ask", tr(Str::pair_ask), ask))
    f.emit(CommandId::JudgePair, {{"a", view.id_a}, {"b", view.id_b}, {"criterion", view.criterion}});
  kit::gap(px(4));
  const judge::Endpoint to = f.session.endpoint();
  wrapped_text(f, "compare.ask_note", kit::tr_format(Str::pair_note, {judge::host_of(to.base_url), to.model}),
               kit::TextStyle::Small, Color::TextSecondary);
  kit::gap(px(6));
  if (requests_differ(f.session.dataset(), view)) {
    kit::inline_note(f.kit, "compare.requests_differ", tr(Str::pair_requests_differ), kIconInfo, Color::Warn);
    kit::gap(px(6));
  }
  if (!view.cannot_ask.empty())
    kit::inline_error(f.kit, "compare.cannot_ask", view.cannot_ask);
  else if (asking.what == app::AskState::For::Pair && !asking.problem.empty())
    kit::inline_error(f.kit, "compare.ask_problem",
                      (asking.side < 0 ? "" : asking.side == 0 ? "A: " : "B: ") + message_text(asking.problem));
  if (asking.what == app::AskState::For::Pair && asking.running) {
    kit::inline_note(f.kit, "compare.verdict", tr(Str::pair_asking), kIconLoader);
  } else if (known) {
    const bool error = known->verdict == "error";
    const bool decided = known->verdict == "A" || known->verdict == "B";
    const Str text = error                      ? Str::pair_error
                     : decided                  ? Str::pair_better
                     : known->verdict == "tie" ? Str::pair_tie
                                                : Str::pair_inconsistent;
    kit::inline_note(f.kit, "compare.verdict", kit::tr_format(text, {known->verdict}),
                     decided ? kIconCircleCheck : kIconInfo, decided ? Color::Pass : Color::Warn);
    kit::gap(px(6));
    wrapped_text(f, "compare.reason_a", kit::tr_format(Str::pair_a_first, {error ? failure_text(known->first) : known->first}), kit::TextStyle::Small, Color::Text);
    kit::gap(px(4));
    wrapped_text(f, "compare.reason_b", kit::tr_format(Str::pair_b_first, {error ? failure_text(known->second) : known->second}), kit::TextStyle::Small, Color::Text);
    kit::gap(px(4));
    wrapped_text(f, "compare.by", known->model + " · " + known->criterion, kit::TextStyle::Small, Color::TextSecondary);
  }
  kit::end_popover(f.kit);
}

void draw_compare_head(UiFrame& f, const kit::Rect& rect, CompareView& view) {
  const float buttons = px(kit::kControlHeight) * 3 + px(12);
  const float half = (rect.width() - buttons - px(24)) / 2;
  const float y = rect.y0 + px(8);
  draw_side(f, "compare.a", "A", Color::Fail, {rect.x0 + px(12), y, rect.x0 + px(8) + half, y + px(40)}, TraceRow{view.row_a});
  draw_side(f, "compare.b", "B", Color::Pass, {rect.x0 + px(12) + half, y, rect.x0 + px(8) + half * 2, y + px(40)},
            TraceRow{view.row_b});
  ImGui::SetCursorScreenPos(ImVec2(rect.x1 - buttons, y + px(5)));
  draw_pair_judge(f, view);
  kit::same_row(0);
  if (kit::icon_button(f.kit, "compare.swap", kIconArrowUpDown, tr(Str::compare_swap)))
    f.emit(CommandId::CompareOpen, {{"trace_id", view.id_b}, {"with", view.id_a}});
  kit::same_row(0);
  kit::IconButtonOptions options;
  const std::string chord = key_label(f, CommandId::TraceClose);
  options.chord = chord;
  if (kit::icon_button(f.kit, "compare.close", kIconX, tr(Str::command_compare_close), options)) f.emit(CommandId::CompareClose);

  const Comparison& c = view.comparison;
  const std::string summary =
      kit::tr_format(Str::compare_summary, {kit::format_count(c.same), kit::format_count(c.changed), kit::format_count(c.only_a),
                                            kit::format_count(c.only_b)});
  kit::ButtonOptions small;
  small.size = kit::ControlSize::Compact;
  small.kind = kit::ButtonKind::Ghost;
  const float actions = kit::button_width(f.kit, tr(Str::compare_first), small) +
                        kit::button_width(f.kit, tr(Str::compare_next), small) + px(12);
  const kit::Rect line{rect.x0 + px(16), y + px(48), rect.x1 - actions - px(8), y + px(74)};
  kit::draw_text(f.kit, ImGui::GetWindowDrawList(), line, summary, kit::TextStyle::Small, Color::TextSecondary);
  kit::SemItem item;
  item.role = kit::Role::Status;
  item.id = "compare.summary";
  item.name = summary;
  item.rect = line;
  f.kit.semantics->add(item);
  ImGui::SetCursorScreenPos(ImVec2(rect.x1 - actions, y + px(48)));
  small.enabled = c.first_divergence != store::kNoRow;
  if (kit::button(f.kit, "compare.first", tr(Str::compare_first), small)) {
    view.selected = c.first_divergence;
    view.scroll_to = true;
  }
  kit::same_row(px(4));
  if (kit::button(f.kit, "compare.next", tr(Str::compare_next), small)) next_difference(view);
}

}  // namespace

void draw_compare(UiFrame& f, const kit::Rect& rect, TraceRow a) {
  kit::RegionOptions options;
  options.role = kit::Role::Region;
  options.name = tr(Str::compare_name);
  kit::begin_region(f.kit, "compare", rect, options);
  const auto b = f.session.dataset().find_trace(f.session.route().compare_id);
  if (!b || *b == a) {
    const kit::EmptyAction actions[] = {{"compare.close", tr(Str::command_compare_close), kIconX, false}};
    const std::string text = b ? std::string(tr(Str::compare_itself))
                               : kit::tr_format(Str::reader_missing_text, {f.session.route().compare_id});
    if (kit::empty_state(f.kit, "compare.missing", kIconGitCompare, tr(Str::compare_missing), text, actions) == 0)
      f.emit(CommandId::CompareClose);
    kit::end_region(f.kit);
    return;
  }
  CompareView& view = compared(f, a, *b);
  draw_compare_head(f, rect, view);
  const float top = rect.y0 + px(88);
  kit::line_horizontal(f.kit, rect.x0, rect.x1, top);
  if (view.comparison.lines.empty()) {
    ImGui::SetCursorScreenPos(ImVec2(rect.x0, top + 1));
    kit::empty_state(f.kit, "compare.no_spans", kIconListTree, tr(Str::spans_none), tr(Str::spans_none_text));
    kit::end_region(f.kit);
    return;
  }
  kit::RegionOptions body;
  body.scroll_y = true;
  body.padding_x_pt = px(16);
  body.padding_y_pt = px(12);
  body.name = tr(Str::span_region);
  if (rect.width() >= px(640)) {
    const float split = rect.x0 + std::clamp(rect.width() * 0.42F, px(260), px(460));
    draw_tree(f, {rect.x0, top + 1, split, rect.y1}, view);
    kit::line_vertical(f.kit, split, top, rect.y1);
    kit::begin_region(f.kit, "compare.span", kit::Rect{split + 1, top + 1, rect.x1, rect.y1}, body);
  } else {
    const float split = top + std::min(px(kit::kRowHeightCompact) * static_cast<float>(view.comparison.lines.size()) + px(10),
                                       (rect.y1 - top) * 0.4F);
    draw_tree(f, {rect.x0, top + 1, rect.x1, split}, view);
    kit::line_horizontal(f.kit, rect.x0, rect.x1, split);
    kit::begin_region(f.kit, "compare.span", kit::Rect{rect.x0, split + 1, rect.x1, rect.y1}, body);
  }
  draw_selected(f, view);
  kit::end_region(f.kit);
  kit::end_region(f.kit);
}

void draw_compare_button(UiFrame& f, TraceRow open) {
  kit::IconButtonOptions options;
  if (kit::icon_button(f.kit, "reader.compare", kIconGitCompare, tr(Str::compare_with), options))
    kit::open_popup(f.kit, "reader.compare_menu");
  if (!kit::begin_menu(f.kit, "reader.compare_menu", tr(Str::compare_with))) return;
  const store::Dataset& dataset = f.session.dataset();
  const auto item = [&](std::string_view id, std::string_view what, TraceRow row) {
    if (row == open) return;
    std::string text = std::string(what) + trace_title(dataset, row) + "  " + std::string(dataset.trace_id(row));
    if (kit::menu_item(f.kit, kit::id_with(id, dataset.trace_id(row)), kit::one_line(text, 80)))
      f.emit(CommandId::CompareOpen, {{"with", dataset.trace_id(row)}});
  };
  const std::vector<TraceRow>& rows = f.session.traces().rows();
  const auto position = f.session.traces().position_of(open);
  if (position && *position > 0) item("compare.previous", std::string(tr(Str::reader_previous)) + ": ", rows[*position - 1]);
  if (position && *position + 1 < rows.size()) item("compare.following", std::string(tr(Str::reader_next)) + ": ", rows[*position + 1]);
  int shown = 0;
  constexpr int kMostItems = 10;
  for (const TraceRow row : rows) {
    if (f.session.selected_count() == 0 || shown == kMostItems) break;
    if (!f.session.is_selected(row) || row == open) continue;
    if (shown++ == 0) {
      kit::menu_separator(f.kit);
      kit::menu_title(f.kit, tr(Str::compare_selected));
    }
    item("compare.with", "", row);
  }
  if (shown == 0) {
    kit::menu_separator(f.kit);
    kit::menu_title(f.kit, tr(Str::compare_hint));
  }
  kit::end_menu(f.kit);
}

void compare_selected(UiFrame& f) {
  std::vector<TraceRow> chosen;
  for (const TraceRow row : f.session.traces().rows())
    if (f.session.is_selected(row) && chosen.size() < 3) chosen.push_back(row);
  if (chosen.size() != 2) {
    kit::toast(f.kit, kit::ToastKind::Neutral, tr(Str::compare_hint), {}, {}, 5);
    return;
  }
  const store::Dataset& dataset = f.session.dataset();
  f.emit(CommandId::CompareOpen, {{"trace_id", dataset.trace_id(chosen[0])}, {"with", dataset.trace_id(chosen[1])}});
}

}  // namespace assay::ui
