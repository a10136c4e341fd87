#include "ui/views/scorers_view.h"

#include <algorithm>

#include "core/base/numbers.h"
#include "core/judge/prompt.h"
#include "core/judge/scorer.h"
#include "core/judge/trace_input.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/text_view.h"
#include "ui/kit/widgets.h"
#include "ui/views/content.h"
#include "ui/views/judge_form.h"
#include "ui/views/parts.h"

namespace assay::ui {

using app::CommandId;
using judge::ScorerKind;
using judge::ScorerSpec;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;

namespace {

constexpr ScorerKind kKinds[] = {ScorerKind::Guidelines, ScorerKind::RelevanceToQuery,
                                 ScorerKind::RetrievalGroundedness};

struct KindText {
  Str name, reads;
  const char* icon;
};
KindText kind_text(ScorerKind kind) {
  switch (kind) {
    case ScorerKind::Guidelines:
      return {Str::scorer_guidelines, Str::scorer_guidelines_reads, kIconListChecks};
    case ScorerKind::RelevanceToQuery:
      return {Str::scorer_relevance, Str::scorer_relevance_reads, kIconTarget};
    case ScorerKind::RetrievalGroundedness:
      return {Str::scorer_grounded, Str::scorer_grounded_reads, kIconBookOpen};
  }
  return {Str::scorer_guidelines, Str::scorer_guidelines_reads, kIconListChecks};
}

std::string index_text(int index) {
  std::string text;
  append_int(text, index);
  return text;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    if (!text.empty()) text += '\n';
    text += line;
  }
  return text;
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    while (!line.empty() && static_cast<unsigned char>(line.front()) <= ' ')
      line.remove_prefix(1);
    while (!line.empty() && static_cast<unsigned char>(line.back()) <= ' ')
      line.remove_suffix(1);
    if (!line.empty()) lines.emplace_back(line);
  }
  return lines;
}

ScorerSpec drafted(const ScorerState& state) {
  ScorerSpec spec = state.base;
  spec.name = state.name;
  spec.kind = state.kind;
  spec.guidelines = state.kind == ScorerKind::Guidelines ? split_lines(state.guidelines)
                                                         : std::vector<std::string>();
  return spec;
}

void load_draft(ScorerState& state, const ScorerSpec& spec, int index) {
  state.draft_of = index;
  state.base = spec;
  state.name = spec.name;
  state.kind = spec.kind;
  state.guidelines = joined(spec.guidelines);
  state.error.clear();
}

// The draft follows the selection and what the settings hold.
void sync_draft(ScorerState& state, const std::vector<ScorerSpec>& scorers) {
  if (state.is_new) return;
  if (scorers.empty()) {
    state.selected = -1;
    state.draft_of = -2;
    return;
  }
  state.selected = std::clamp(state.selected, 0, static_cast<int>(scorers.size()) - 1);
  const ScorerSpec& spec = scorers[static_cast<size_t>(state.selected)];
  if (state.draft_of != state.selected || !(state.base == spec))
    load_draft(state, spec, state.selected);
}

std::string free_name(std::string_view wanted, const std::vector<ScorerSpec>& scorers) {
  std::string name(wanted);
  for (int number = 2;; ++number) {
    const bool taken = std::any_of(scorers.begin(), scorers.end(),
                                   [&](const ScorerSpec& s) { return s.name == name; });
    if (!taken) return name;
    name = std::string(wanted) + "_" + kit::format_count(number);
  }
}

void begin_new(UiFrame& f, ScorerKind kind) {
  ScorerState& state = f.view.scorers;
  ScorerSpec spec;
  spec.kind = kind;
  spec.name = free_name(judge::default_scorer_name(kind), f.session.settings().scorers);
  load_draft(state, spec, -1);
  state.is_new = true;
  state.selected = -1;
}

void draw_list(UiFrame& f) {
  ScorerState& state = f.view.scorers;
  const std::vector<ScorerSpec>& scorers = f.session.settings().scorers;
  kit::section_header(f.kit, "scorers.title", tr(Str::scorers_title),
                      static_cast<int64_t>(scorers.size()));
  kit::right_align(px(kit::kControlHeightCompact));
  kit::IconButtonOptions add;
  add.size = kit::ControlSize::Compact;
  if (kit::icon_button(f.kit, "scorers.add", kIconPlus, tr(Str::scorers_add), add))
    kit::open_popup(f.kit, "scorers.add_menu");
  if (kit::begin_menu(f.kit, "scorers.add_menu", tr(Str::scorers_add))) {
    for (const ScorerKind kind : kKinds) {
      kit::MenuItemOptions options;
      options.icon = kind_text(kind).icon;
      if (kit::menu_item(f.kit, kit::id_with("scorers.add_kind", judge::scorer_kind_name(kind)),
                         tr(kind_text(kind).name), options))
        begin_new(f, kind);
    }
    kit::end_menu(f.kit);
  }
  kit::gap(px(6));
  const TightRows tight(px(2));
  for (size_t i = 0; i < scorers.size(); ++i) {
    kit::ListRowOptions options;
    options.selected = !state.is_new && state.selected == static_cast<int>(i);
    options.height_pt = px(44);
    const kit::ListRowResult row = kit::list_row(
        f.kit, kit::id_with("scorers.item", static_cast<int64_t>(i)), scorers[i].name, options);
    if (row.clicked) {
      state.is_new = false;
      state.selected = static_cast<int>(i);
    }
    if (!row.visible) continue;
    ImDrawList* list = ImGui::GetWindowDrawList();
    const kit::Rect& r = row.rect;
    const KindText kind = kind_text(scorers[i].kind);
    kit::draw_icon(f.kit, list, {r.x0 + px(8), r.y0, r.x0 + px(26), r.y1}, kind.icon,
                   Color::TextSecondary, 16);
    kit::draw_text(f.kit, list, {r.x0 + px(34), r.y0 + px(4), r.x1 - px(8), r.y0 + px(24)},
                   scorers[i].name);
    kit::draw_text(f.kit, list, {r.x0 + px(34), r.y0 + px(22), r.x1 - px(8), r.y1 - px(3)},
                   tr(kind.name), kit::TextStyle::Small, Color::TextSecondary);
  }
}

// A trace to show the prompt with: the open one, else the first of the list.
std::optional<store::TraceRow> sample_trace(const UiFrame& f) {
  if (const auto open = f.session.open_trace()) return open;
  const auto& rows = f.session.traces().rows();
  if (rows.empty()) return std::nullopt;
  return rows.front();
}

std::string rendered_preview(const UiFrame& f, const ScorerSpec& spec, store::TraceRow row) {
  const store::Dataset& dataset = f.session.dataset();
  std::string retriever;
  if (spec.kind == ScorerKind::RetrievalGroundedness) {
    const std::vector<store::SpanRow> spans = judge::top_level_retrievers(dataset, row);
    if (!spans.empty()) retriever = dataset.span_id(spans.front());
  }
  const judge::TraceInput input = judge::read_trace_input(dataset, row, spec.kind, retriever);
  if (input.skip != judge::SkipReason::None) {
    const char* text = kit::tr_key("skip." + std::string(judge::skip_reason_name(input.skip)));
    return text != nullptr ? std::string(text) : std::string(judge::skip_reason_text(input.skip));
  }
  return judge::printed_prompt(judge::render_prompt(spec, input));
}

void draw_preview(UiFrame& f) {
  ScorerState& state = f.view.scorers;
  if (!kit::fold_header(f.kit, "scorer.preview", tr(Str::scorer_preview), state.preview_open))
    return;
  const auto row = sample_trace(f);
  if (!row) {
    kit::paragraph(f.kit, tr(Str::scorer_preview_no_trace));
    return;
  }
  const ScorerSpec spec = drafted(state);
  std::string key = judge::encode_scorer(spec);
  key += f.session.dataset().trace_id(*row);
  if (key != state.preview_key) {
    state.preview_key = key;
    state.preview = make_text_block(rendered_preview(f, spec, *row), false);
  }
  kit::text(f.kit, kit::tr_format(Str::scorer_preview_of, {trace_title(f.session.dataset(), *row)}),
            kit::TextStyle::Small, Color::TextSecondary);
  kit::gap(px(6));
  kit::TextViewOptions options;
  options.style = kit::TextStyle::Mono;
  options.name = tr(Str::scorer_preview);
  options.identity = state.preview.identity;
  options.max_measure_pt = px(760);
  kit::text_view(f.kit, "scorer.preview_text", state.preview.text, state.preview_view, f.view.wraps,
                 options);
}

void save_draft(UiFrame& f) {
  ScorerState& state = f.view.scorers;
  std::vector<ScorerSpec> all = f.session.settings().scorers;
  ScorerSpec spec = drafted(state);
  if (state.is_new) {
    all.push_back(spec);
  } else {
    all[static_cast<size_t>(state.selected)] = spec;
  }
  const Status valid = judge::validate_scorers(all);
  if (!valid.ok()) {
    state.error = valid.error().what;
    return;
  }
  app::Command command(CommandId::ScorerSave);
  command.args = {{"name", spec.name},
                  {"kind", std::string(judge::scorer_kind_name(spec.kind))},
                  {"guidelines", joined(spec.guidelines)}};
  if (!state.is_new) command.args.emplace_back("index", index_text(state.selected));
  f.emit(std::move(command));
  if (state.is_new) state.selected = static_cast<int>(all.size()) - 1;
  state.is_new = false;
  state.error.clear();
}

void draw_editor_buttons(UiFrame& f) {
  ScorerState& state = f.view.scorers;
  const bool differs = state.is_new || !(drafted(state) == state.base);
  if (kit::button(f.kit, "scorer.save", tr(Str::scorer_save), kit::ButtonKind::Primary, nullptr,
                  differs))
    save_draft(f);
  kit::same_row(px(8));
  if (differs) {
    if (kit::button(f.kit, "scorer.revert", tr(state.is_new ? Str::cancel : Str::scorer_revert),
                    kit::ButtonKind::Ghost)) {
      state.is_new = false;
      state.draft_of = -2;
    }
  } else if (kit::button(f.kit, "scorer.delete", tr(Str::scorer_delete), kit::ButtonKind::Ghost,
                         kIconTrash)) {
    f.emit(CommandId::ScorerDelete, {{"index", index_text(state.selected)}});
  }
}

void draw_editor(UiFrame& f) {
  ScorerState& state = f.view.scorers;
  if (!state.is_new && state.selected < 0) {
    const kit::EmptyAction actions[] = {{"scorers.first", tr(Str::scorers_add), kIconPlus, true}};
    if (kit::empty_state(f.kit, "scorers.none", kIconScale, tr(Str::scorers_none),
                         tr(Str::scorers_none_text), actions) == 0)
      begin_new(f, ScorerKind::Guidelines);
    return;
  }
  const float width = std::min(kit::width_left(), px(kit::kReadingMeasure));
  kit::field_label(f.kit, tr(Str::scorer_name), tr(Str::scorer_name_hint));
  kit::TextInputOptions name;
  name.name = tr(Str::scorer_name);
  name.width_pt = width;
  name.mono = true;
  if (kit::text_input(f.kit, "scorer.name", state.name, name).changed) state.error.clear();
  kit::gap(px(14));
  kit::field_label(f.kit, tr(Str::scorer_kind));
  kit::Choice kinds[3];
  int kind = 0;
  for (size_t i = 0; i < 3; ++i) {
    kinds[i] = {judge::scorer_kind_name(kKinds[i]), tr(kind_text(kKinds[i]).name),
                kind_text(kKinds[i]).icon};
    if (kKinds[i] == state.kind) kind = static_cast<int>(i);
  }
  kit::SelectOptions select;
  select.width_pt = std::min(width, px(320));
  if (kit::select(f.kit, "scorer.kind", tr(Str::scorer_kind), kinds, kind, select))
    state.kind = kKinds[kind];
  kit::gap(px(6));
  kit::paragraph(f.kit, tr(kind_text(state.kind).reads), width, kit::TextStyle::Small);
  kit::gap(px(14));
  if (state.kind == ScorerKind::Guidelines) {
    kit::field_label(f.kit, tr(Str::scorer_guidelines_label), tr(Str::scorer_guidelines_hint));
    kit::TextAreaOptions area;
    area.name = tr(Str::scorer_guidelines_label);
    area.width_pt = width;
    area.height_pt = px(148);
    const kit::TextInputResult result =
        kit::text_area(f.kit, "scorer.guidelines", state.guidelines, area);
    if (result.changed) state.error.clear();
    if (result.submitted) save_draft(f);
    kit::gap(px(14));
  }
  if (!state.error.empty()) {
    kit::inline_error(f.kit, "scorer.error", state.error);
    kit::gap(px(8));
  }
  draw_editor_buttons(f);
  kit::gap(px(22));
  draw_preview(f);
}

kit::RegionOptions column(std::string_view name, uint8_t borders, float padding_x) {
  kit::RegionOptions options;
  options.scroll_y = true;
  options.padding_x_pt = padding_x;
  options.padding_y_pt = px(16);
  options.borders = borders;
  options.name = name;
  return options;
}

}  // namespace

void draw_scorers(UiFrame& f) {
  sync_draft(f.view.scorers, f.session.settings().scorers);
  const kit::Rect rect = kit::remaining_rect();
  if (rect.width() < px(860)) {  // all below one another
    kit::begin_region(f.kit, "scorers", rect,
                      column(tr(Str::rail_scorers), kit::kBorderNone, px(16)));
    draw_judge_form(f);
    kit::gap(px(24));
    kit::separator(f.kit);
    kit::gap(px(16));
    draw_list(f);
    kit::gap(px(16));
    draw_editor(f);
    kit::gap(px(24));
    kit::end_region(f.kit);
    return;
  }
  const float left = px(264), right = px(372);
  kit::begin_region(f.kit, "scorers", {rect.x0, rect.y0, rect.x0 + left, rect.y1},
                    column(tr(Str::rail_scorers), kit::kBorderRight, px(12)));
  draw_list(f);
  kit::end_region(f.kit);
  kit::begin_region(f.kit, "scorer", {rect.x0 + left, rect.y0, rect.x1 - right, rect.y1},
                    column(tr(Str::scorer_name), kit::kBorderNone, px(24)));
  draw_editor(f);
  kit::gap(px(24));
  kit::end_region(f.kit);
  kit::begin_region(f.kit, "judge", {rect.x1 - right, rect.y0, rect.x1, rect.y1},
                    column(tr(Str::judge_title), kit::kBorderLeft, px(20)));
  draw_judge_form(f);
  kit::gap(px(24));
  kit::end_region(f.kit);
}

}  // namespace assay::ui
