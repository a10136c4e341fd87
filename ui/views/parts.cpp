#include "ui/views/parts.h"

#include <algorithm>

#include "core/base/time.h"
#include "core/base/utf8.h"
#include "core/json/doc.h"
#include "core/judge/vote.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/text.h"
#include "ui/kit/widgets.h"
#include "ui/views/assessed.h"
#include "ui/views/failure_text.h"
#include "ui/views/review_view.h"
#include "ui/views/value_view.h"

namespace assay::ui {

using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;

namespace {

constexpr size_t kOneLineBytes = 60;

struct ValueLook {
  const char* icon = nullptr;
  Color icon_color = Color::Text, color = Color::Text;
};

ValueLook value_look(ValueKind kind) {
  switch (kind) {
    case ValueKind::Pass:
      return {kIconCheck, Color::Pass, Color::Pass};
    case ValueKind::Fail:
      return {kIconX, Color::Fail, Color::Fail};
    case ValueKind::Error:
      return {kIconTriangleAlert, Color::Warn, Color::Warn};
    case ValueKind::None:
      return {kIconMinus, Color::TextDisabled, Color::TextDisabled};
    case ValueKind::Number:
      return {kIconHash, Color::TextSecondary, Color::Text};
    case ValueKind::Text:
      return {};
    case ValueKind::Json:
      return {kIconBraces, Color::TextSecondary, Color::Text};
  }
  return {};
}

}  // namespace

TightRows::TightRows(float gap_pt) {
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(ImGui::GetStyle().ItemSpacing.x, gap_pt));
}
TightRows::~TightRows() { ImGui::PopStyleVar(); }

void indent_by(float width_pt) { ImGui::SetCursorPosX(ImGui::GetCursorPosX() + width_pt); }

SourceLook source_look(store::SourceType type) {
  switch (type) {
    case store::SourceType::Human:
      return {kIconUser, Str::source_human};
    case store::SourceType::LlmJudge:
      return {kIconGavel, Str::source_judge};
    case store::SourceType::Code:
      return {kIconCode, Str::source_code};
    case store::SourceType::Unspecified:
      break;
  }
  return {kIconCircleHelp, Str::source_unknown};
}

bool needs_block(const store::Assessment& assessment) {
  const AssessedValue value = value_of(assessment);
  return value.kind == ValueKind::Json ||
         (value.kind == ValueKind::Text &&
          (value.text.size() > kOneLineBytes || value.text.find('\n') != std::string::npos));
}

void draw_value_line(UiFrame& f, std::string_view id, const store::Assessment& assessment,
                     bool struck, float width_pt) {
  const AssessedValue value = value_of(assessment);
  ValueLook look = value_look(value.kind);
  std::string text = verdict_text(f, assessment);
  if (value.kind == ValueKind::None) text = tr(Str::value_no_value);
  if (needs_block(assessment))
    text = value.kind == ValueKind::Json ? "JSON" : kit::one_line(text, kOneLineBytes);
  const Threshold told = threshold_of(assessment);
  if (told.passed && value.kind == ValueKind::Number) {
    const ValueLook passed = value_look(*told.passed ? ValueKind::Pass : ValueKind::Fail);
    look.icon = passed.icon;
    look.icon_color = passed.icon_color;
  }
  if (struck) look.icon_color = look.color = Color::TextSecondary;
  const float height = px(20);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float icon = look.icon == nullptr ? 0 : px(20);
  const float text_width =
      std::min(kit::text_width(f.kit, text, kit::TextStyle::BodyStrong), width_pt - icon);
  const std::string more = told.present() ? threshold_text(assessment) : std::string();
  const float before_more = icon + text_width + px(10);
  const float more_width =
      more.empty() ? 0 : std::min(kit::text_width(f.kit, more, kit::TextStyle::Small), width_pt - before_more);
  ImGui::Dummy(ImVec2(more_width > px(24) ? before_more + more_width : icon + text_width, height));
  ImDrawList* list = ImGui::GetWindowDrawList();
  if (more_width > px(24)) {
    const kit::Rect place{at.x + before_more, at.y, at.x + before_more + more_width + 1, at.y + height};
    kit::draw_text(f.kit, list, place, more, kit::TextStyle::Small, Color::TextSecondary);
  }
  if (look.icon != nullptr)
    kit::draw_icon(f.kit, list, {at.x, at.y, at.x + px(15), at.y + height}, look.icon,
                   look.icon_color, 15);
  const kit::Rect rect{at.x + icon, at.y, at.x + icon + text_width + 1, at.y + height};
  kit::draw_text(f.kit, list, rect, text, kit::TextStyle::BodyStrong, look.color);
  if (struck) {
    list->AddRectFilled(ImVec2(rect.x0, rect.center_y()), ImVec2(rect.x1, rect.center_y() + 1),
                        kit::color(Color::TextSecondary));
  }
  kit::SemItem item;
  item.role = kit::Role::Text;
  item.id = id;
  const std::string name = more.empty() ? text : text + ", " + more;
  item.name = name;
  item.rect = {at.x, at.y, rect.x1, rect.y1};
  f.kit.semantics->add(item);
}

std::string threshold_text(const store::Assessment& assessment) {
  const Threshold told = threshold_of(assessment);
  std::string text;
  const auto add = [&text](std::string_view part) { (text += text.empty() ? "" : " · ") += part; };
  if (!told.score.empty()) add(kit::tr_format(Str::assess_score, {told.score}));
  if (!told.limit.empty()) add(kit::tr_format(Str::assess_threshold, {told.limit}));
  if (told.passed) add(tr(*told.passed ? Str::assess_passed : Str::assess_failed));
  return text;
}

std::string verdict_tip(const store::Assessment& assessment) {
  constexpr size_t kReasonBytes = 400;
  std::string tip;
  const auto add = [&tip](std::string_view line) {
    if (!line.empty()) (tip += tip.empty() ? "" : "\n") += line;
  };
  if (assessment.has_error()) {
    std::string text = assessment.error_code;
    if (!text.empty() && !assessment.error_message.empty()) text += ": ";
    add(kit::one_line(text + failure_text(assessment.error_message), kReasonBytes));
    if (!assessment.stack_trace.empty()) add(tr(Str::assess_stack_tip));
  }
  if (threshold_of(assessment).present()) add(threshold_text(assessment));
  if (!assessment.rationale.empty()) add(kit::one_line(reason_text(assessment), kReasonBytes));
  return tip;
}

void draw_error(UiFrame& f, std::string_view id, const store::Assessment& assessment) {
  if (!assessment.has_error()) return;
  std::string text = assessment.error_code;
  if (!text.empty() && !assessment.error_message.empty()) text += ": ";
  draw_plain_text(f, kit::id_part(id, "error"), tr(Str::assess_error),
                  text + failure_text(assessment.error_message), 0, {.color = Color::Warn});
  if (assessment.stack_trace.empty()) return;
  draw_plain_text(f, kit::id_part(id, "stack"), tr(Str::value_stack_trace), assessment.stack_trace, 0,
                  {.mono = true, .color = Color::TextSecondary, .max_height_pt = px(160)});
}

void draw_ballots(UiFrame& f, std::string_view id, const store::Assessment& assessment) {
  const std::string list = store::metadata_value(assessment, judge::kBallotsKey);
  if (list.empty()) return;
  const Result<json::Doc> ballots = json::parse_doc(list);
  if (!ballots.ok() || !ballots.value().is_array()) return;
  const std::string agreement = store::metadata_value(assessment, judge::kAgreementKey);
  kit::gap(px(4));
  wrapped_text(f, kit::id_part(id, "ballots"),
               kit::tr_format(Str::ballots_title,
                              {kit::format_count(static_cast<int64_t>(ballots.value().size())),
                               agreement.empty() ? std::string("–") : agreement}),
               kit::TextStyle::Small, Color::Text);
  int number = 0;
  for (const json::Doc& ballot : ballots.value()) {
    const std::string part = kit::id_part(id, "ballot" + std::to_string(++number));
    store::Assessment one;
    if (const json::Doc* value = json::find(ballot, "value")) one.value_json = json::dump(*value);
    one.error_code = json::get_string(ballot, "error").value_or("");
    kit::gap(px(3));
    indent_by(px(12));
    draw_value_line(f, kit::id_part(part, "value"), one, false, kit::width_left() * 0.4F);
    kit::same_row(px(8));
    kit::center_in_row(kit::text_height(f.kit, kit::TextStyle::Small), px(20));
    kit::text_node(f.kit, kit::id_part(part, "model"), json::get_string(ballot, "model").value_or(""),
                   kit::TextStyle::Small, Color::TextSecondary);
    const std::string why = json::get_string(ballot, "rationale")
                                .value_or(failure_text(json::get_string(ballot, "message").value_or("")));
    if (why.empty()) continue;
    indent_by(px(12));
    wrapped_text(f, kit::id_part(part, "why"), why, kit::TextStyle::Small, Color::TextSecondary);
  }
  kit::gap(px(4));
}

std::string shown_file_name(const ingest::FileReport& report) {
  constexpr size_t kMostBytes = 60;
  if (report.file_name.size() <= kMostBytes) return report.file_name;
  return std::string(utf8_prefix(report.file_name, kMostBytes)) + "…";
}

std::string short_when(const UiFrame& f, int64_t time_ms) {
  if (time_ms <= 0) return {};
  const int64_t time_ns = time_ms * 1'000'000;
  if (f.now_ms - time_ms < 86'400'000 && f.now_ms >= time_ms)
    return kit::format_clock(time_ns).substr(0, 5);
  return kit::format_date(time_ns);
}

std::string minute_text(TimeNs time_ns) { return kit::format_date(time_ns) + " " + kit::format_clock(time_ns).substr(0, 5); }

bool back_button(UiFrame& f, std::string_view id, kit::Str text) {
  kit::ButtonOptions back;
  back.kind = kit::ButtonKind::Ghost;
  back.size = kit::ControlSize::Compact;
  back.icon = kIconArrowLeft;
  return kit::button(f.kit, id, tr(text), back);
}

void wrapped_text(UiFrame& f, std::string_view id, std::string_view text, kit::TextStyle style,
                  kit::Color color, kit::Role role, float free_pt) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = kit::width_left() - free_pt;
  kit::paragraph(f.kit, text, width, style, color);
  kit::SemItem item;
  item.role = role;
  item.id = id;
  item.name = text;
  item.rect = {at.x, at.y, at.x + width, ImGui::GetItemRectMax().y};
  f.kit.semantics->add(item);
}

std::string change_text(std::string_view what, std::string_view kind, std::string_view name,
                        std::string_view trace_id, std::string_view count) {
  constexpr size_t kShortIdBytes = 12;  // "tr-" and what tells two apart
  std::string id(trace_id);
  if (id.size() > kShortIdBytes + 3) {
    size_t end = kShortIdBytes;
    while (end > 0 && (static_cast<unsigned char>(id[end]) & 0xC0) == 0x80) --end;
    id.resize(end);
    id += "…";
  }
  const std::string subject =
      name.empty() ? std::string(tr(Str::change_unnamed))
                   : kit::tr_format(kind == "expectation" ? Str::change_expectation : Str::change_feedback, {name});
  if (!count.empty()) return kit::tr_format(Str::change_many_add, {subject, count});
  const Str pattern = what == "update"   ? Str::change_update
                      : what == "remove" ? Str::change_remove
                                         : Str::change_add;
  return kit::tr_format(pattern, {subject, id});
}

std::string undo_title(const UiFrame& f, bool redo) {
  using What = app::Change::What;
  const app::Change& change = redo ? f.session.redo_change() : f.session.undo_change();
  if (change.what == What::Other) return tr(redo ? Str::command_edit_redo : Str::command_edit_undo);
  const std::string_view what = change.what == What::Update   ? "update"
                                : change.what == What::Remove ? "remove"
                                                              : "add";
  return kit::tr_format(redo ? Str::redo_this : Str::undo_this,
                        {change_text(what, change.expectation ? "expectation" : "feedback", change.name,
                                     change.trace_id, change.count > 1 ? std::to_string(change.count) : std::string())});
}

std::string key_label(const UiFrame& f, app::CommandId id) {
  if (!f.kit.shows_keys()) return {};
  return kit::chord_label(app::chord_of(f.session.settings(), id), f.kit.os);
}

bool draw_hidden_by_blind(UiFrame& f) {
  if (!f.view.blind) return false;
  const kit::EmptyAction actions[] = {{"blind.end", tr(Str::blind_end), kIconEye, false}};
  if (kit::empty_state(f.kit, "blind.hidden", kIconEyeOff, tr(Str::blind_hidden), tr(Str::blind_hidden_text), actions) == 0)
    f.emit(app::CommandId::UiBlind);
  return true;
}

std::string_view blind_reviewer(const UiFrame& f) { return f.view.blind ? f.session.reviewer() : std::string_view(); }

}  // namespace assay::ui
