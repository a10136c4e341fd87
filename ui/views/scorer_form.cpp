#include "ui/views/scorer_form.h"

#include <algorithm>

#include "core/base/utf8.h"
#include "core/judge/conversation.h"
#include "core/judge/vote.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/widgets.h"
#include "ui/views/parts.h"
#include "ui/views/scorer_texts.h"

namespace assay::ui {

using judge::AnswerType;
using judge::ParamInfo;
using judge::ParamType;
using judge::ScorerKind;
using judge::ScorerSpec;
using kit::px;
using kit::Str;
using kit::tr;

namespace {

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
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!line.empty()) lines.emplace_back(line);
  }
  return lines;
}

bool draw_area(UiFrame& f, std::string_view id, std::string_view label, std::string_view hint,
               std::string& text, float width, float height, bool mono) {
  kit::field_label(f.kit, label, hint);
  kit::TextAreaOptions area;
  area.name = label;
  area.width_pt = width;
  area.height_pt = height;
  area.mono = mono;
  const kit::TextInputResult result = kit::text_area(f.kit, id, text, area);
  if (result.changed) {
    f.view.scorers.error.clear();
    f.view.scorers.save_when_parsed = false;
  }
  kit::gap(px(14));
  return result.submitted;
}

void draw_choice(UiFrame& f, const std::string& id, const ParamInfo& info, std::string_view label,
                 std::string& value, float width) {
  std::vector<std::string> keys, texts;
  std::vector<kit::Choice> choices;
  for (std::string_view rest = info.choices; !rest.empty();) {
    const size_t end = rest.find('|');
    keys.emplace_back(rest.substr(0, end));
    texts.push_back(text_of_key("choice", keys.back()));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  int selected = 0;
  for (size_t i = 0; i < keys.size(); ++i) {
    choices.push_back({keys[i], texts[i]});
    if (keys[i] == value) selected = static_cast<int>(i);
  }
  kit::SelectOptions select;
  select.width_pt = std::min(width, px(240));
  if (kit::select(f.kit, id, label, choices, selected, select))
    value = keys[static_cast<size_t>(selected)];
}

void draw_param(UiFrame& f, const ParamInfo& info, std::string& value, float width) {
  const std::string id = kit::id_with("scorer.param", info.key);
  const std::string label = text_of_key("param", info.key);
  const char* hint = kit::tr_key("param." + std::string(info.key) + ".hint");
  if (info.type == ParamType::Boolean) {
    bool on = value == "true";
    if (kit::checkbox(f.kit, id, label, on)) value = on ? "true" : "false";
    kit::gap(px(10));
    return;
  }
  if (info.type == ParamType::Lines || info.type == ParamType::Json) {
    draw_area(f, id, label, hint != nullptr ? hint : "", value, width, px(96),
              info.type == ParamType::Json);
    return;
  }
  kit::field_label(f.kit, label, hint != nullptr ? hint : "");
  if (info.type == ParamType::Choice) {
    draw_choice(f, id, info, label, value, width);
  } else {
    kit::TextInputOptions options;
    options.name = label;
    options.width_pt = info.type == ParamType::Number ? std::min(width, px(160)) : width;
    options.mono = info.key == "pattern" || info.key == "tool";
    if (kit::text_input(f.kit, id, value, options).changed) f.view.scorers.error.clear();
  }
  kit::gap(px(14));
}

// How often, and whom, it asks for one verdict; each answer is a request.
void draw_reliability(UiFrame& f, const std::vector<ParamInfo>& infos, float width) {
  ScorerState& state = f.view.scorers;
  const ScorerSpec spec = drafted_scorer(state);
  const int ballots = judge::ballots_of(spec);
  const bool open = kit::fold_header(f.kit, "scorer.reliability", tr(Str::scorer_reliability),
                                     state.reliability_open, -1,
                                     ballots > 1 ? "×" + std::to_string(ballots) : std::string());
  kit::gap(px(6));
  if (!open) return;
  for (size_t i = 0; i < infos.size() && i < state.params.size(); ++i) {
    const bool is_number = state.answer == AnswerType::Integer || state.answer == AnswerType::Number;
    if (infos[i].key == "combine" && !is_number) continue;
    if (judge::is_vote_param(infos[i].key) || infos[i].key == "aggregations") draw_param(f, infos[i], state.params[i], width);
  }
  if (ballots > 1) {
    std::string parts = kit::tr_format(Str::scorer_asks_samples,
                                       {std::to_string(judge::samples_of(spec))});
    const size_t jurors = judge::jurors_of(spec).size();
    if (jurors > 0)
      parts += " × " + kit::tr_format(Str::scorer_asks_jurors, {std::to_string(jurors)});
    wrapped_text(f, "scorer.asks",
                 kit::tr_format(Str::scorer_asks, {std::to_string(ballots), parts}),
                 kit::TextStyle::Small, kit::Color::TextSecondary);
    kit::gap(px(10));
  }
}

// Settings of tools for reading stand where the template has a trace to read.
bool is_shown(const ScorerState& state, std::string_view key) {
  if (judge::is_vote_param(key)) return false;
  // Of a judge it stands in the part that is folded, so that Save stays on the screen.
  if (key == "aggregations" && judge::asks_model(state.kind)) return false;
  if (key != "trace_access" && key != "max_turns") return true;
  const Result<uint8_t> variables = judge::template_variables(state.text);
  if (!variables.ok() || (variables.value() & judge::kVarTrace) == 0) return false;
  return key == "trace_access" || judge::reads_with_tools(drafted_scorer(state));
}

bool draw_template(UiFrame& f, float width) {
  ScorerState& state = f.view.scorers;
  const bool save = draw_area(f, "scorer.template", tr(Str::scorer_template),
                              tr(Str::scorer_template_hint), state.text, width, px(148), false);
  ImGui::SetCursorPosY(ImGui::GetCursorPosY() - px(8));
  bool first = true;
  for (const char* name : {"inputs", "outputs", "expectations", "trace", "conversation"}) {
    const std::string variable = std::string("{{ ") + name + " }}";
    kit::ButtonOptions chip;
    chip.size = kit::ControlSize::Compact;
    const float right = ImGui::GetItemRectMax().x + px(6) + kit::button_width(f.kit, variable, chip);
    if (!first && right <= kit::region_rect().x0 + width) kit::same_row(px(6));
    first = false;
    if (kit::button(f.kit, kit::id_with("scorer.variable", name), variable, chip)) {
      if (!state.text.empty() && state.text.back() > ' ') state.text += ' ';
      state.text += variable;
    }
  }
  kit::gap(px(14));
  kit::field_label(f.kit, tr(Str::scorer_answer));
  std::vector<std::string> texts;
  std::vector<kit::Choice> choices;
  for (size_t i = 0; i < judge::kAnswerTypes; ++i)
    texts.push_back(text_of_key("answer", judge::answer_type_name(static_cast<AnswerType>(i))));
  for (size_t i = 0; i < judge::kAnswerTypes; ++i)
    choices.push_back({judge::answer_type_name(static_cast<AnswerType>(i)), texts[i]});
  int selected = static_cast<int>(state.answer);
  kit::SelectOptions select;
  select.width_pt = std::min(width, px(240));
  if (kit::select(f.kit, "scorer.answer", tr(Str::scorer_answer), choices, selected, select))
    state.answer = static_cast<AnswerType>(selected);
  kit::gap(px(14));
  if (state.answer == AnswerType::Category)
    draw_area(f, "scorer.categories", tr(Str::scorer_categories), tr(Str::scorer_categories_hint),
              state.categories, width, px(84), false);
  return save;
}

// Asks whether the program can be read, a moment after the last key, and says what came of it.
void draw_syntax(UiFrame& f) {
  constexpr int64_t kCalmMs = 300;
  ScorerState& state = f.view.scorers;
  const app::ScriptCheck& check = f.session.script_check();
  if (trimmed(state.text).empty()) return;
  if (check.text != state.text) {
    if (state.script_seen != state.text) state.script_seen_ms = f.now_ms;
    state.script_seen = state.text;
    const int64_t wait_ms = state.script_seen_ms + kCalmMs - f.now_ms;
    if (wait_ms <= 0 || state.save_when_parsed)
      f.emit(app::CommandId::ScorerParse, {{"text", state.text}});
    else
      f.kit.request_frame(static_cast<float>(wait_ms) / 1000);
  }
  using State = app::ScriptCheck::State;
  if (check.text != state.text || check.state == State::Running) {
    // Its line is kept, or the buttons below would jump away from the mouse with every key.
    kit::inline_note(f.kit, "scorer.syntax_wait", tr(Str::scorer_script_reading), kIconLoader);
  } else if (check.state == State::Broken) {
    const std::string line = std::to_string(check.line);
    kit::inline_error(f.kit, "scorer.syntax",
                      check.line > 0 ? kit::tr_format(Str::scorer_script_broken, {line, check.reason}) : check.reason);
  } else if (check.state == State::Parses) {
    kit::inline_note(f.kit, "scorer.syntax", tr(Str::scorer_script_parses), kIconCheck, kit::Color::Pass);
  } else if (check.state == State::Unknown) {
    kit::inline_note(f.kit, "scorer.syntax", tr(Str::scorer_script_unchecked), kIconInfo, kit::Color::Warn);
  } else {
    return;
  }
  kit::gap(px(8));
}

}  // namespace

ScorerSpec drafted_scorer(const ScorerState& state) {
  ScorerSpec spec;
  spec.name = state.name;
  spec.kind = state.kind;
  spec.version = state.base.version;
  if (judge::takes_guidelines(state.kind)) spec.guidelines = split_lines(state.guidelines);
  if (state.kind == ScorerKind::Instructions) {
    spec.answer.type = state.answer;
    if (state.answer == AnswerType::Category)
      spec.answer.categories = split_lines(state.categories);
  }
  if (state.kind == ScorerKind::Instructions || state.kind == ScorerKind::Script)
    spec.text = state.text;
  const std::vector<ParamInfo> infos = judge::scorer_params(state.kind);
  for (size_t i = 0; i < infos.size() && i < state.params.size(); ++i)
    judge::set_param(spec, infos[i].key, state.params[i]);
  return spec;
}

void load_scorer_draft(ScorerState& state, const ScorerSpec& spec, int index) {
  state.draft_of = index;
  state.base = spec;
  state.name = spec.name;
  state.kind = spec.kind;
  state.guidelines = joined(spec.guidelines);
  state.text = spec.text;
  state.answer = spec.answer.type;
  state.categories = joined(spec.answer.categories);
  state.params.clear();
  for (const ParamInfo& info : judge::scorer_params(spec.kind))
    state.params.emplace_back(judge::param(spec, info.key));
  state.reliability_open = state.reliability_open || judge::ballots_of(spec) > 1;
  state.error.clear();
  state.save_when_parsed = false;
}

void begin_new_scorer(UiFrame& f, const ScorerSpec& spec) {
  ScorerState& state = f.view.scorers;
  load_scorer_draft(state, spec, -1);
  if (!state.is_new) state.selected_before = state.selected;
  state.place_before = f.session.route().place;
  state.is_new = true;
  state.library_open = false;
  state.selected = -1;
}

bool draw_scorer_fields(UiFrame& f, float width) {
  ScorerState& state = f.view.scorers;
  bool save = false;
  if (judge::takes_guidelines(state.kind)) {
    save = draw_area(f, "scorer.guidelines", tr(Str::scorer_guidelines_label),
                     tr(Str::scorer_guidelines_hint), state.guidelines, width, px(148), false);
  }
  if (state.kind == ScorerKind::Instructions) save = draw_template(f, width);
  if (state.kind == ScorerKind::Script) {
    save = draw_area(f, "scorer.script", tr(Str::scorer_script), tr(Str::scorer_script_hint),
                     state.text, width, px(180), true);
    ImGui::SetCursorPosY(ImGui::GetCursorPosY() - px(8));
    draw_syntax(f);
    kit::paragraph(f.kit, tr(Str::scorer_script_note), width, kit::TextStyle::Small);
    kit::gap(px(14));
  }
  const std::vector<ParamInfo> infos = judge::scorer_params(state.kind);
  for (size_t i = 0; i < infos.size() && i < state.params.size(); ++i)
    if (is_shown(state, infos[i].key)) draw_param(f, infos[i], state.params[i], width);
  if (judge::asks_model(state.kind)) draw_reliability(f, infos, width);
  return save;
}

}  // namespace assay::ui
