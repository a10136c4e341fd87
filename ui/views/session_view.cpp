#include "ui/views/session_view.h"

#include <algorithm>

#include "core/base/ordering.h"
#include "core/base/time.h"
#include "core/judge/trace_input.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"
#include "ui/views/assessed.h"
#include "ui/views/content.h"
#include "ui/views/parts.h"
#include "ui/views/value_view.h"

namespace assay::ui {

using app::CommandId;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;
using store::TraceRow;

namespace {

constexpr uint32_t kTurnsAtOnce = 50;

bool is_of_session(const store::Assessment& a, std::string_view session_id) {
  return !a.metadata_json.empty() && store::metadata_value(a, store::kSessionKey) == session_id;
}

// By time; those without one come last.
std::vector<SessionView::Turn> turns_of(const store::Dataset& dataset, std::string_view session_id) {
  std::vector<uint32_t> rows;
  for (uint32_t i = 0; i < dataset.trace_count(); ++i)
    if (dataset.name_text(dataset.session(TraceRow{i})) == session_id) rows.push_back(i);
  const auto time_of = [&](uint32_t i) {
    const int64_t time = dataset.request_time_ns(TraceRow{rows[i]});
    return time == kNoTime ? INT64_MAX : time;
  };
  std::vector<SessionView::Turn> out;
  for (const uint32_t i : sorted_indexes(rows.size(), [&](uint32_t a, uint32_t b) { return time_of(a) < time_of(b); }))
    out.emplace_back().row = rows[i];
  return out;
}

ValueBlock text_value(std::string text) {
  ValueBlock value;
  value.present = true;
  value.plain = make_text_block(std::move(text), false);
  return value;
}

// The last words of the role in a conversation; the only text of an object; else the value as it is.
ValueBlock said(ValueBlock value, std::string_view role, std::string_view preview) {
  if (!value.present) return preview.empty() ? ValueBlock{} : text_value(std::string(preview));
  if (std::string last = last_text_of(value.messages, role); !last.empty()) return text_value(std::move(last));
  if (value.fields.size() == 1 && !value.fields[0].value.is_json) return text_value(std::move(value.fields[0].value.text));
  return value;
}

void read_turn(const store::Dataset& dataset, SessionView::Turn& turn) {
  turn.read = true;
  const TraceRow row{turn.row};
  std::string scratch;
  ValueBlock inputs, outputs;
  if (const auto root = dataset.root_span(row)) {
    inputs = read_value(dataset, dataset.span_inputs(*root));
    outputs = read_value(dataset, dataset.span_outputs(*root));
    if (dataset.state(row) == store::TraceState::Error) turn.failure = failure_text(dataset, *root);
  }
  turn.user = said(std::move(inputs), "user", dataset.text_now(dataset.request_preview(row), scratch));
  turn.assistant = said(std::move(outputs), "assistant", dataset.text_now(dataset.response_preview(row), scratch));
}

const SessionView& session_content(UiFrame& f) {
  SessionView& view = f.view.session;
  const store::Dataset& dataset = f.session.dataset();
  const std::string& id = f.session.route().session_id;
  if (view.session_id == id && view.trace_count == dataset.trace_count() && view.made) return view;
  if (view.session_id != id) view = SessionView{};
  view.made = true;
  view.session_id = id;
  view.trace_count = dataset.trace_count();
  view.turns = turns_of(dataset, id);
  if (view.shown == 0) view.shown = kTurnsAtOnce;
  return view;
}

std::string session_facts(const store::Dataset& dataset, const SessionView& view) {
  int64_t tokens = -1, first = kNoTime, last = kNoTime;
  double cost = -1;
  int64_t failed = 0;
  for (const SessionView::Turn& turn : view.turns) {
    const TraceRow row{turn.row};
    if (dataset.total_tokens(row) >= 0) tokens = std::max<int64_t>(tokens, 0) + dataset.total_tokens(row);
    if (dataset.cost_usd(row) >= 0) cost = std::max(cost, 0.0) + dataset.cost_usd(row);
    if (dataset.state(row) == store::TraceState::Error) ++failed;
    if (dataset.request_time_ns(row) == kNoTime) continue;
    if (first == kNoTime) first = dataset.request_time_ns(row);
    last = dataset.request_time_ns(row);
  }
  std::string facts = kit::tr_count(Str::session_turns, static_cast<int64_t>(view.turns.size()));
  if (failed > 0) facts += " · " + kit::tr_count(Str::session_failed, failed);
  if (first != kNoTime) facts += " · " + kit::format_date_time(first);
  if (first != kNoTime && last > first) facts += " · " + kit::tr_format(Str::session_lasts, {kit::format_duration_ns(last - first)});
  if (tokens >= 0) facts += " · " + kit::format_tokens(tokens);
  if (cost >= 0) facts += " · " + kit::format_cost_usd(cost);
  return facts;
}

// One line an assessment: name, value, who.
void draw_assessment(UiFrame& f, const store::Assessment& a) {
  const std::string id = kit::id_with("session.assessment", a.assessment_id);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float name_width = std::min(px(180), kit::width_left() * 0.4F);
  kit::draw_text(f.kit, ImGui::GetWindowDrawList(), {at.x, at.y, at.x + name_width - px(8), at.y + px(20)},
                 a.source_id.empty() || a.source_id == "default" ? a.name : a.name + " · " + a.source_id,
                 kit::TextStyle::Small, Color::TextSecondary);
  ImGui::SetCursorScreenPos(ImVec2(at.x + name_width, at.y));
  draw_value_line(f, kit::id_part(id, "value"), a, false, kit::width_left() * 0.6F);
  if (!a.rationale.empty()) {
    TextLook look;
    look.indent_pt = at.x + name_width - ImGui::GetCursorScreenPos().x;
    look.color = Color::TextSecondary;
    draw_plain_text(f, kit::id_part(id, "rationale"), a.name, a.rationale, 0, look);
  }
  kit::gap(px(2));
}

void draw_form(UiFrame& f, TraceRow earliest) {
  SessionView& view = f.view.session;
  if (!view.form_open) {
    if (kit::button(f.kit, "session.assess", tr(Str::session_assess), kit::ButtonKind::Secondary, kIconPlus))
      view.form_open = true;
    return;
  }
  kit::begin_card(f.kit, "session.form", std::min(kit::width_left(), px(460)), tr(Str::session_assess));
  kit::TextInputOptions input;
  input.name = tr(Str::session_name);
  kit::field_label(f.kit, tr(Str::session_name));
  kit::text_input(f.kit, "session.name", view.name, input);
  kit::gap(px(6));
  const kit::Choice choices[] = {{"yes", tr(Str::session_yes)}, {"no", tr(Str::session_no)}, {"text", tr(Str::session_text)}};
  kit::segmented(f.kit, "session.value", tr(Str::session_value), choices, view.choice);
  kit::gap(px(6));
  if (view.choice == 2) {
    input.name = tr(Str::session_value);
    kit::text_input(f.kit, "session.value_text", view.value, input);
    kit::gap(px(6));
  }
  kit::field_label(f.kit, tr(Str::session_rationale));
  kit::TextAreaOptions area;
  area.name = tr(Str::session_rationale);
  area.height_pt = px(64);
  kit::text_area(f.kit, "session.rationale", view.rationale, area);
  kit::gap(px(8));
  const bool ready = !view.name.empty() && (view.choice == 0 || view.choice == 1 || !view.value.empty());
  if (kit::button(f.kit, "session.save", tr(Str::save), kit::ButtonKind::Primary, nullptr, ready)) {
    const std::string value = view.choice == 0 ? "true" : view.choice == 1 ? "false" : view.value;
    f.emit(CommandId::AssessmentAdd, {{"trace_id", f.session.dataset().trace_id(earliest)},
                                      {"kind", "feedback"},
                                      {"name", view.name},
                                      {"value_type", view.choice == 2 ? "string" : "boolean"},
                                      {"value", value},
                                      {"rationale", view.rationale},
                                      {"session", view.session_id}});
    view.form_open = false;
    view.value.clear();
    view.rationale.clear();
  }
  kit::same_row(px(8));
  if (kit::button(f.kit, "session.cancel", tr(Str::cancel), kit::ButtonKind::Ghost)) view.form_open = false;
  kit::end_card(f.kit);
}

void draw_whole(UiFrame& f, const SessionView& content) {
  const store::Dataset& dataset = f.session.dataset();
  kit::section_header(f.kit, "session.whole", tr(Str::session_whole));
  bool any = false;
  // MLflow reads them from the earliest trace; those that a writer put elsewhere are shown as well.
  for (const SessionView::Turn& turn : content.turns) {
    for (const store::Assessment& a : dataset.assessments(TraceRow{turn.row})) {
      if (!a.valid || !is_of_session(a, content.session_id) || (f.view.blind && !is_of(a, f.session.reviewer()))) continue;
      draw_assessment(f, a);
      any = true;
    }
  }
  if (!any) kit::text(f.kit, tr(Str::session_none), kit::TextStyle::Body, Color::TextDisabled);
  kit::gap(px(6));
  draw_form(f, TraceRow{content.turns.front().row});
}

void draw_said(UiFrame& f, std::string_view id, const char* icon, Color hue, Str role, const ValueBlock& value,
               std::string_view failure) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  kit::draw_icon(f.kit, ImGui::GetWindowDrawList(), {at.x, at.y, at.x + px(14), at.y + px(20)}, icon, hue, 14);
  ImGui::SetCursorScreenPos(ImVec2(at.x + px(18), at.y + px(2)));
  kit::text(f.kit, tr(role), kit::TextStyle::SmallStrong, hue);
  TextLook look;
  look.indent_pt = px(18);
  const bool empty = value.plain.text.empty() && value.messages.empty();
  if (!failure.empty() && (empty || value.plain.text == "null")) {
    look.color = Color::Fail;
    draw_plain_text(f, kit::id_part(id, "failure"), tr(role), failure, 0, look);
  } else if (empty) {
    indent_by(px(18));
    kit::text(f.kit, tr(Str::value_none), kit::TextStyle::Body, Color::TextDisabled);
  } else if (value.messages.empty() && value.fields.empty()) {
    draw_text_block(f, id, tr(role), value.plain, look);
  } else {
    ImGui::Indent(px(18));
    draw_value_body(f, id, tr(role), value, false);
    ImGui::Unindent(px(18));
  }
}

void draw_turn(UiFrame& f, SessionView::Turn& turn, uint32_t number) {
  const store::Dataset& dataset = f.session.dataset();
  const TraceRow row{turn.row};
  if (!turn.read) read_turn(dataset, turn);
  const std::string_view trace_id = dataset.trace_id(row);
  const std::string id = kit::id_with("session.turn", trace_id);
  const bool failed = dataset.state(row) == store::TraceState::Error;
  std::string facts = trace_title(dataset, row);
  if (dataset.duration_ms(row) != kNoTime) facts += " · " + kit::format_duration_ns(dataset.duration_ms(row) * 1'000'000);
  if (dataset.request_time_ns(row) != kNoTime) facts += " · " + kit::format_clock(dataset.request_time_ns(row));
  if (dataset.total_tokens(row) >= 0) facts += " · " + kit::format_tokens(dataset.total_tokens(row));
  kit::ListRowOptions options;
  options.role = kit::Role::Link;
  options.height_pt = px(28);
  options.value = failed ? tr(Str::state_error) : std::string_view();
  const std::string title = kit::tr_format(Str::session_turn, {kit::format_count(number)});
  const kit::ListRowResult link = kit::list_row(f.kit, id, title + ": " + facts, options);
  if (link.clicked) f.emit(CommandId::TraceOpen, {{"trace_id", trace_id}});
  if (link.visible) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const kit::Rect& r = link.rect;
    const float width = kit::text_width(f.kit, title, kit::TextStyle::BodyStrong);
    float x = r.x0 + px(4);
    kit::draw_text(f.kit, list, {x, r.y0, x + width + 1, r.y1}, title, kit::TextStyle::BodyStrong);
    x += width + px(10);
    if (failed) {
      kit::draw_icon(f.kit, list, {x, r.y0, x + px(14), r.y1}, kIconCircleX, Color::Fail, 14);
      x += px(20);
    }
    kit::draw_text(f.kit, list, {x, r.y0, r.x1 - px(24), r.y1}, facts, kit::TextStyle::Small,
                   failed ? Color::Fail : Color::TextSecondary);
    kit::draw_icon(f.kit, list, {r.x1 - px(20), r.y0, r.x1 - px(4), r.y1}, kIconChevronRight, Color::TextSecondary, 14);
  }
  kit::gap(px(4));
  draw_said(f, kit::id_part(id, "user"), kIconUser, Color::SpanTool, Str::role_user, turn.user, {});
  kit::gap(px(8));
  draw_said(f, kit::id_part(id, "assistant"), kIconBot, Color::SpanModel, Str::role_assistant, turn.assistant, turn.failure);
  bool first = true;
  for (const store::Assessment& a : dataset.assessments(row)) {
    if (!a.valid || is_of_session(a, f.view.session.session_id) || (f.view.blind && !is_of(a, f.session.reviewer()))) continue;
    if (first) kit::gap(px(8));
    first = false;
    indent_by(px(18));
    draw_assessment(f, a);
  }
  kit::gap(px(10));
  kit::separator(f.kit);
  kit::gap(px(10));
}

void draw_session_head(UiFrame& f, const kit::Rect& rect, const SessionView& content) {
  const float x = rect.x0 + px(16), y = rect.y0 + px(10);
  const std::string title = kit::tr_format(Str::session_title, {content.session_id});
  const kit::Rect title_rect{x, y, rect.x1 - px(60), y + px(kit::kControlHeight)};
  kit::draw_text(f.kit, ImGui::GetWindowDrawList(), title_rect, title, kit::TextStyle::Section);
  kit::SemItem item;
  item.role = kit::Role::Heading;
  item.id = "session.title";
  item.name = title;
  item.level = 1;
  item.rect = title_rect;
  f.kit.semantics->add(item);
  const std::string facts = session_facts(f.session.dataset(), content);
  const kit::Rect facts_rect{x, y + px(32), rect.x1 - px(12), y + px(52)};
  kit::draw_text(f.kit, ImGui::GetWindowDrawList(), facts_rect, facts, kit::TextStyle::Small, Color::TextSecondary);
  item = {};
  item.role = kit::Role::Text;
  item.id = "session.facts";
  item.name = facts;
  item.rect = facts_rect;
  f.kit.semantics->add(item);
  ImGui::SetCursorScreenPos(ImVec2(rect.x1 - px(8) - px(kit::kControlHeight), y));
  const std::string chord = key_label(f, CommandId::TraceClose);
  kit::IconButtonOptions options;
  options.chord = chord;
  if (kit::icon_button(f.kit, "session.close", kIconX, tr(Str::command_session_close), options)) f.emit(CommandId::SessionClose);
}

}  // namespace

void draw_session(UiFrame& f, const kit::Rect& rect) {
  kit::RegionOptions options;
  options.role = kit::Role::Region;
  options.name = tr(Str::session_name_region);
  kit::begin_region(f.kit, "session", rect, options);
  session_content(f);
  SessionView& content = f.view.session;
  if (content.turns.empty()) {
    const kit::EmptyAction actions[] = {{"session.close", tr(Str::command_session_close), kIconX, false}};
    if (kit::empty_state(f.kit, "session.missing", kIconMessageSquare, tr(Str::session_missing),
                         kit::tr_format(Str::session_missing_text, {content.session_id}), actions) == 0) {
      f.emit(CommandId::SessionClose);
    }
    kit::end_region(f.kit);
    return;
  }
  draw_session_head(f, rect, content);
  const float top = rect.y0 + px(70);
  kit::line_horizontal(f.kit, rect.x0, rect.x1, top);
  kit::RegionOptions body;
  body.scroll_y = true;
  body.padding_x_pt = px(16);
  body.padding_y_pt = px(12);
  body.role = kit::Role::Group;
  kit::begin_region(f.kit, "session.body", kit::Rect{rect.x0, top + 1, rect.x1, rect.y1}, body);
  draw_whole(f, content);
  kit::gap(px(18));
  const auto count = std::min<uint32_t>(content.shown, static_cast<uint32_t>(content.turns.size()));
  for (uint32_t i = 0; i < count; ++i) draw_turn(f, content.turns[i], i + 1);
  if (count < content.turns.size()) {
    if (kit::button(f.kit, "session.more",
                    kit::tr_count(Str::session_more, static_cast<int64_t>(content.turns.size() - count)))) {
      content.shown += kTurnsAtOnce;
    }
  }
  kit::gap(px(24));
  kit::end_region(f.kit);
  kit::end_region(f.kit);
}

}  // namespace assay::ui
