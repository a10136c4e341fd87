#include "ui/views/mapping_view.h"

#include <algorithm>
#include <array>

#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"
#include "ui/views/parts.h"

namespace assay::ui {

using app::CommandId;
using ingest::ColumnUse;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;

namespace {

constexpr size_t kUseCount = static_cast<size_t>(ColumnUse::kCount);

// In the order of the list: what is chosen most comes first.
struct UseRow {
  ColumnUse use;
  Str text;
};
constexpr UseRow kUses[kUseCount] = {
    {ColumnUse::Input, Str::mapping_input},
    {ColumnUse::Output, Str::mapping_output},
    {ColumnUse::Messages, Str::mapping_messages},
    {ColumnUse::Expected, Str::mapping_expected},
    {ColumnUse::Contexts, Str::mapping_contexts},
    {ColumnUse::Feedback, Str::mapping_feedback},
    {ColumnUse::Rationale, Str::mapping_rationale},
    {ColumnUse::TraceId, Str::mapping_trace_id},
    {ColumnUse::ClientRequestId, Str::mapping_client_id},
    {ColumnUse::FeedbackName, Str::mapping_feedback_name},
    {ColumnUse::SpanId, Str::mapping_span_id},
    {ColumnUse::Session, Str::mapping_session},
    {ColumnUse::User, Str::mapping_user},
    {ColumnUse::Time, Str::mapping_time},
    {ColumnUse::DurationMs, Str::mapping_duration_ms},
    {ColumnUse::DurationS, Str::mapping_duration_s},
    {ColumnUse::Model, Str::mapping_model},
    {ColumnUse::InputTokens, Str::mapping_input_tokens},
    {ColumnUse::OutputTokens, Str::mapping_output_tokens},
    {ColumnUse::TotalTokens, Str::mapping_total_tokens},
    {ColumnUse::Tag, Str::mapping_tag},
    {ColumnUse::Metadata, Str::mapping_metadata},
    {ColumnUse::Ignore, Str::mapping_ignore},
};

int position_of(ColumnUse use) {
  for (size_t i = 0; i < kUseCount; ++i) {
    if (kUses[i].use == use) return static_cast<int>(i);
  }
  return -1;
}

bool has_name(ColumnUse use) {
  return use == ColumnUse::Feedback || use == ColumnUse::Tag || use == ColumnUse::Expected;
}

std::string values_text(const ingest::TableColumn& column) {
  std::string out;
  for (const std::string& value : column.values) {
    if (!out.empty()) out += "  ·  ";
    out += kit::one_line(value, 80);
  }
  return out;
}

// --- One column
// ---------------------------------------------------------------------------------------

void draw_choice(UiFrame& f, ColumnChoice& choice, std::string_view id, float width) {
  std::array<kit::Choice, kUseCount> choices;
  for (size_t i = 0; i < kUseCount; ++i)
    choices[i] = {ingest::column_use_key(kUses[i].use), tr(kUses[i].text)};
  int selected = position_of(choice.column.use);
  kit::SelectOptions options;
  options.width_pt = width;
  const std::string name = kit::tr_format(Str::mapping_use_of, {choice.column.name});
  if (kit::select(f.kit, id, name, choices, selected, options) && selected >= 0)
    choice.column.use = kUses[static_cast<size_t>(selected)].use;
}

void draw_column(UiFrame& f, ColumnChoice& choice, size_t number) {
  const std::string id = kit::id_with("mapping.column", static_cast<int64_t>(number));
  const float all = kit::width_left();
  const bool narrow = all < px(420);
  const float select_width = narrow ? all : px(226);
  const float text_width = narrow ? all : all - select_width - px(16);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  kit::text_ellipsis(f.kit, choice.column.name.empty() ? "—" : choice.column.name, text_width,
                     kit::TextStyle::BodyStrong);
  const std::string values = values_text(choice.column);
  kit::text_ellipsis(f.kit, values.empty() ? tr(Str::mapping_no_values) : values, text_width,
                     kit::TextStyle::Small, Color::TextSecondary);
  const float below = ImGui::GetCursorScreenPos().y;
  if (!narrow) ImGui::SetCursorScreenPos(ImVec2(at.x + all - select_width, at.y + px(2)));
  draw_choice(f, choice, id, select_width);
  if (has_name(choice.column.use)) {
    if (!narrow)
      ImGui::SetCursorScreenPos(ImVec2(at.x + all - select_width, ImGui::GetCursorScreenPos().y));
    kit::TextInputOptions options;
    options.width_pt = select_width;
    const std::string name = kit::tr_format(Str::mapping_name_of, {choice.column.name});
    options.name = name;
    options.placeholder = choice.column.use == ColumnUse::Expected
                              ? std::string_view(tr(Str::mapping_name))
                              : std::string_view(choice.column.name);
    options.max_bytes = 250;
    kit::text_input(f.kit, kit::id_part(id, "name"), choice.column.use_name, options);
  }
  const float end = std::max(below, ImGui::GetCursorScreenPos().y);
  ImGui::SetCursorScreenPos(ImVec2(at.x, end));
  kit::gap(px(6));
  kit::separator(f.kit);
  kit::gap(px(6));
}

// --- The preview
// --------------------------------------------------------------------------------------

void draw_preview(UiFrame& f, const MappingState& state) {
  kit::text_node(f.kit, "mapping.preview", tr(Str::mapping_preview), kit::TextStyle::BodyStrong,
                 Color::Text, kit::Role::Heading, 3);
  kit::gap(px(6));
  const std::vector<PreviewLine> lines = mapping_preview(state);
  if (lines.empty()) kit::paragraph(f.kit, tr(Str::mapping_preview_none), 0, kit::TextStyle::Small);
  for (size_t i = 0; i < lines.size(); ++i) {
    std::string label = tr(lines[i].label);
    if (!lines[i].name.empty()) label += " · " + lines[i].name;
    kit::text_ellipsis(f.kit, label, kit::width_left(), kit::TextStyle::Small,
                       Color::TextSecondary);
    wrapped_text(f, kit::id_with("mapping.line", static_cast<int64_t>(i)), lines[i].value,
                 kit::TextStyle::Body, Color::Text);
    kit::gap(px(8));
  }
}

void draw_obstacle(UiFrame& f) {
  kit::inline_note(f.kit, "mapping.obstacle", tr(Str::mapping_obstacle), kIconInfo);
}

// True: list and preview stand side by side.
bool draw_contents(UiFrame& f, MappingState& state) {
  kit::paragraph(f.kit, tr(state.unread ? Str::mapping_text : Str::mapping_text_again), 0,
                 kit::TextStyle::Body);
  kit::gap(px(10));
  const bool beside = kit::width_left() >= px(640);
  const ingest::ColumnMapping chosen = chosen_mapping(state);
  if (!beside && !chosen.is_usable() && !chosen.is_feedback()) {  // beside the buttons there is no room
    draw_obstacle(f);
    kit::gap(px(10));
  }
  const kit::Rect rest = kit::remaining_rect();
  const float preview_width = beside ? px(280) : rest.width();
  kit::RegionOptions list;
  list.background = Color::Transparent;
  list.scroll_y = beside;
  list.auto_height = !beside;
  list.padding_x_pt = px(2);
  list.role = kit::Role::List;
  list.name = tr(Str::mapping_columns);
  kit::begin_region(f.kit, "mapping.columns",
                    ImVec2(beside ? rest.width() - preview_width - px(24) : rest.width(),
                           beside ? rest.height() : 0),
                    list);
  for (size_t i = 0; i < state.choices.size(); ++i)
    draw_column(f, state.choices[i], i);
  kit::end_region(f.kit);
  if (beside) ImGui::SetCursorScreenPos(ImVec2(rest.x1 - preview_width, rest.y0));
  kit::RegionOptions preview;
  preview.background = Color::Background;
  preview.borders = kit::kBorderAll;
  preview.radius_pt = px(8);
  preview.padding_x_pt = px(14);
  preview.padding_y_pt = px(12);
  preview.scroll_y = beside;
  preview.auto_height = !beside;
  kit::begin_region(f.kit, "mapping.card", ImVec2(preview_width, beside ? rest.height() : 0),
                    preview);
  draw_preview(f, state);
  kit::end_region(f.kit);
  return beside;
}

std::string encoded(const ingest::ColumnMapping& mapping) {
  std::string out;
  json::Writer writer(out);
  ingest::write_columns(writer, mapping);
  return out;
}

}  // namespace

void open_mapping(UiFrame& f, const ingest::FileReport& report, size_t table) {
  if (table >= report.tables.size()) return;
  const ingest::TableSample& sample = report.tables[table];
  MappingState& state = f.view.mapping;
  state = MappingState{};
  state.open = true;
  state.token = report.token;
  state.unread = sample.unread;
  state.title = sample.entry.empty() ? report.file_name : sample.entry;
  for (const ingest::TableColumn& column : sample.columns)
    state.choices.push_back({column});
  f.view.import_report_open = f.view.palette.open = f.view.shortcuts_open =
      false;  // one dialog at a time
}

ingest::ColumnMapping chosen_mapping(const MappingState& state) {
  ingest::ColumnMapping mapping;
  for (const ColumnChoice& choice : state.choices) {
    const ingest::TableColumn& column = choice.column;
    mapping.columns.push_back(
        {column.name, column.use, has_name(column.use) ? column.use_name : std::string()});
  }
  return mapping;
}

std::vector<PreviewLine> mapping_preview(const MappingState& state) {
  std::vector<PreviewLine> lines;
  for (const UseRow& row : kUses) {
    if (row.use == ColumnUse::Ignore) continue;
    size_t of_this_use = 0;
    for (const ColumnChoice& choice : state.choices)
      of_this_use += choice.column.use == row.use ? 1 : 0;
    for (const ColumnChoice& choice : state.choices) {
      const ingest::TableColumn& column = choice.column;
      if (column.use != row.use || !column.in_first_row || column.values.empty()) continue;
      const bool by_name = row.use == ColumnUse::Metadata || row.use == ColumnUse::Feedback ||
                           row.use == ColumnUse::Tag || of_this_use > 1;
      const std::string& given =
          has_name(row.use) && !column.use_name.empty() ? column.use_name : column.name;
      const bool expected = row.use == ColumnUse::Expected && !column.use_name.empty();
      lines.push_back({row.text, by_name || expected ? given : std::string(),
                       kit::one_line(column.values[0], 200)});
    }
  }
  return lines;
}

void draw_mapping_dialog(UiFrame& f) {
  MappingState& state = f.view.mapping;
  kit::DialogOptions options;
  options.width_pt = 880;
  const float window = ImGui::GetIO().DisplaySize.y / px(1);
  const float rows = static_cast<float>(state.choices.size()) * 70 + 210;
  options.height_pt = std::min(window * 0.85F, std::max(420.0F, rows));
  const std::string title = kit::tr_format(Str::mapping_title, {state.title});
  if (!kit::begin_dialog(f.kit, "mapping", title, state.open, options)) return;
  const bool wide = draw_contents(f, state);
  const ingest::ColumnMapping mapping = chosen_mapping(state);
  const bool usable = mapping.is_usable() || mapping.is_feedback();
  kit::dialog_footer(f.kit);
  if (kit::dialog_button(f.kit, "mapping.read", tr(Str::mapping_read), true, usable)) {
    f.emit(CommandId::FileColumns,
           {{"token", std::to_string(state.token)}, {"columns", encoded(mapping)}});
    state.open = false;
  }
  if (kit::dialog_button(f.kit, "mapping.cancel",
                         tr(state.unread ? Str::mapping_leave : Str::cancel)))
    state.open = false;
  if (!usable && wide) draw_obstacle(f);
  kit::end_dialog(f.kit);
}

}  // namespace assay::ui
