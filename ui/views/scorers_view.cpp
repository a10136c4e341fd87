#include "ui/views/scorers_view.h"

#include <algorithm>

#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/judge/conversation.h"
#include "core/judge/estimate.h"
#include "core/judge/probes.h"
#include "core/judge/prompt.h"
#include "core/judge/scorer.h"
#include "core/judge/trace_input.h"
#include "core/judge/vote.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/text_view.h"
#include "ui/kit/widgets.h"
#include "ui/views/assessed.h"
#include "ui/views/content.h"
#include "ui/views/drafts.h"
#include "ui/views/failure_text.h"
#include "ui/views/judge_form.h"
#include "ui/views/parts.h"
#include "ui/views/scorer_form.h"
#include "ui/views/scorer_library.h"
#include "ui/views/scorer_texts.h"

namespace assay::ui {

using app::CommandId;
using judge::ScorerKind;
using judge::ScorerSpec;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;

namespace {

constexpr std::string_view kScriptBegin =
    "const text = JSON.stringify(outputs);\nreturn { value: text.length < 2000, rationale: "
    "`${text.length} characters` };";

std::string index_text(int index) {
  std::string text;
  append_int(text, index);
  return text;
}

// What came of asking the judge what no criterion can hold for.
void draw_check(UiFrame& f) {
  ScorerState& state = f.view.scorers;
  if (!judge::asks_model(state.kind) || state.is_new) return;
  const app::JudgeCheck* check = f.session.find_check(state.base.name, state.base.version);
  const app::AskState& asking = f.session.ask_state();
  const bool is_check = asking.what == app::AskState::For::Check;
  const auto count = [check](std::string_view outcome) {
    return check == nullptr ? 0
                            : std::count_if(check->replies.begin(), check->replies.end(),
                                            [outcome](const app::JudgeCheck::Reply& reply) { return reply.outcome == outcome; });
  };
  const bool bad = count("failed") + count("error") > 0, look = count("look") > 0;
  const Str standing = check == nullptr ? Str::scorer_check_none
                       : bad            ? Str::scorer_check_state_failed
                       : look           ? Str::scorer_check_state_look
                                        : Str::scorer_check_state_passed;
  if (!kit::fold_header(f.kit, "scorer.check_part", tr(Str::scorer_check), state.check_open, -1, tr(standing))) return;
  kit::paragraph(f.kit, tr(Str::scorer_check_text), std::min(px(kit::kReadingMeasure), kit::width_left()), kit::TextStyle::Small);
  kit::gap(px(6));
  const bool saved = drafted_scorer(state) == state.base;
  kit::ButtonOptions button;
  button.size = kit::ControlSize::Compact;
  button.icon = kIconFlaskConical;
  button.enabled = saved && !asking.running;
  const size_t judges = std::max<size_t>(1, judge::jurors_of(state.base).size());
  if (!saved) button.tooltip = tr(Str::scorer_check_save);
  if (kit::button(f.kit, "scorer.check",
                  kit::tr_format(Str::scorer_check_do, {kit::format_count(static_cast<int64_t>(judges * std::size(judge::kProbes)))}), button))
    f.emit(CommandId::JudgeCheck, {{"spec", judge::encode_scorer(state.base)}});
  kit::gap(px(6));
  if (is_check && !asking.problem.empty()) kit::inline_error(f.kit, "scorer.check_problem", message_text(asking.problem));
  if (is_check && asking.running) kit::inline_note(f.kit, "scorer.check_result", tr(Str::judge_testing), kIconLoader);
  if (check == nullptr || (is_check && asking.running)) return;
  const Str verdict = bad ? Str::scorer_check_failed : look ? Str::scorer_check_look : Str::scorer_check_passed;
  kit::inline_note(f.kit, "scorer.check_result", tr(verdict), bad ? kIconTriangleAlert : look ? kIconInfo : kIconCircleCheck,
                   bad ? Color::Warn : look ? Color::TextSecondary : Color::Pass);
  int number = 0;
  for (const app::JudgeCheck::Reply& reply : check->replies) {
    const std::string id = kit::id_with("scorer.probe", number++);
    kit::gap(px(6));
    const bool passed = reply.outcome == "passed";
    const bool failed = reply.outcome == "failed" || reply.outcome == "error";
    kit::inline_note(f.kit, id, text_of_key("probe", reply.probe) + ": " + reply.value,
                     passed ? kIconCheck : failed ? kIconX : kIconInfo,
                     passed ? Color::Pass : failed ? Color::Fail : Color::TextSecondary);
    std::string why = reply.outcome == "error" ? failure_text(reply.rationale) : reply.rationale;
    if (judges > 1) why = reply.model + " · " + why;
    indent_by(px(22));
    wrapped_text(f, kit::id_part(id, "why"), why, kit::TextStyle::Small, Color::TextSecondary);
  }
  kit::gap(px(10));
}

// The draft follows the selection and what the settings hold.
void sync_draft(UiFrame& f) {
  ScorerState& state = f.view.scorers;
  const std::vector<ScorerSpec>& scorers = f.session.settings().scorers;
  show_begun_scorer(f);
  if (state.is_new) return;
  if (scorers.empty()) {
    state.selected = -1;
    state.draft_of = -2;
    return;
  }
  state.selected = std::clamp(state.selected, 0, static_cast<int>(scorers.size()) - 1);
  const ScorerSpec& spec = scorers[static_cast<size_t>(state.selected)];
  if (state.draft_of == state.selected && state.base == spec) return;
  load_scorer_draft(state, spec, state.selected);
  read_scorer_draft(f.session.draft(scorer_place(state)), state);  // begun and left
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
  ScorerSpec spec;
  spec.kind = kind;
  spec.name = free_name(judge::default_scorer_name(kind), f.session.settings().scorers);
  if (kind == ScorerKind::Script) spec.text = kScriptBegin;
  begin_new_scorer(f, spec);
}

void open_library(UiFrame& f) {
  ScorerState& state = f.view.scorers;
  state.library_open = state.focus_library = true;
  state.library_search.clear();
}

// --- The list ---------------------------------------------------------------------------------

bool has_words(const ScorerSpec& scorer, std::string_view search) {
  const std::string text = ascii_lower(scorer.name + " " + kind_name(scorer.kind) + " " +
                                       std::string(judge::scorer_kind_name(scorer.kind)));
  return text.find(ascii_lower(trimmed(search))) != std::string::npos;
}

void draw_list_row(UiFrame& f, size_t i) {
  ScorerState& state = f.view.scorers;
  const ScorerSpec& scorer = f.session.settings().scorers[i];
  const bool on = f.session.settings().is_on(scorer);
  kit::IconButtonOptions mark;
  mark.size = kit::ControlSize::Compact;
  mark.toggle = true;
  mark.tint = on ? Color::Accent : Color::TextSecondary;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::SetCursorScreenPos(ImVec2(at.x, at.y + px(8)));
  if (kit::icon_button(f.kit, kit::id_with("scorers.on", static_cast<int64_t>(i)),
                       on ? kIconSquareCheck : kIconSquare,
                       kit::tr_format(Str::scorer_switch, {scorer.name}), mark)) {
    f.emit(CommandId::ScorerSwitch, {{"name", scorer.name}, {"on", on ? "false" : "true"}});
  }
  ImGui::SetCursorScreenPos(ImVec2(at.x + px(30), at.y));
  kit::ListRowOptions options;
  options.selected =
      !state.is_new && !state.library_open && state.selected == static_cast<int>(i);
  options.height_pt = px(44);
  options.value = kind_name(scorer.kind);
  const kit::ListRowResult row = kit::list_row(
      f.kit, kit::id_with("scorers.item", static_cast<int64_t>(i)), scorer.name, options);
  if (row.clicked) {
    state.is_new = state.library_open = false;
    state.selected = static_cast<int>(i);
  }
  if (!row.visible) return;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const kit::Rect& r = row.rect;
  const Color quiet = on ? Color::TextSecondary : Color::TextDisabled;
  kit::draw_icon(f.kit, list, {r.x0 + px(6), r.y0, r.x0 + px(24), r.y1}, kind_icon(scorer.kind),
                 quiet, 16);
  kit::draw_text(f.kit, list, {r.x0 + px(32), r.y0 + px(4), r.x1 - px(8), r.y0 + px(24)},
                 scorer.name, kit::TextStyle::Body, on ? Color::Text : Color::TextSecondary);
  kit::draw_text(f.kit, list, {r.x0 + px(32), r.y0 + px(22), r.x1 - px(8), r.y1 - px(3)},
                 kind_name(scorer.kind) + (judge::asks_model(scorer.kind) ? std::string() : std::string(" · ") + tr(Str::scorer_no_model)),
                 kit::TextStyle::Small, quiet);
}

void draw_list_head(UiFrame& f, size_t count) {
  ScorerState& state = f.view.scorers;
  kit::section_header(f.kit, "scorers.title", tr(Str::scorers_title), static_cast<int64_t>(count));
  const float button = px(kit::kControlHeightCompact);
  kit::right_align(3 * button + px(8));
  kit::IconButtonOptions compact;
  compact.size = kit::ControlSize::Compact;
  if (kit::icon_button(f.kit, "scorers.import", kIconUpload, tr(Str::scorers_import), compact)) {
    state.import_open = true;
    state.import_text.clear();
  }
  kit::same_row(px(4));
  compact.enabled = count > 0;
  if (kit::icon_button(f.kit, "scorers.export", kIconDownload, tr(Str::scorers_export), compact))
    f.emit(CommandId::ScorerExport);
  kit::same_row(px(4));
  compact.enabled = true;
  if (kit::icon_button(f.kit, "scorers.add", kIconPlus, tr(Str::scorers_add), compact))
    open_library(f);
}

void draw_list(UiFrame& f) {
  ScorerState& state = f.view.scorers;
  const std::vector<ScorerSpec>& scorers = f.session.settings().scorers;
  draw_list_head(f, scorers.size());
  kit::gap(px(6));
  constexpr size_t kManyScorers = 8;
  if (scorers.size() > kManyScorers) {
    kit::TextInputOptions search;
    search.name = tr(Str::scorers_search);
    search.placeholder = tr(Str::scorers_search);
    search.icon = kIconSearch;
    search.search = search.clear_button = true;
    search.size = kit::ControlSize::Compact;
    kit::text_input(f.kit, "scorers.search", state.search, search);
    kit::gap(px(8));
  } else {
    state.search.clear();
  }
  for (int g = 0; g < static_cast<int>(judge::ScorerGroup::kCount); ++g) {
    bool has_title = false;
    for (size_t i = 0; i < scorers.size(); ++i) {
      if (static_cast<int>(judge::scorer_info(scorers[i].kind).group) != g) continue;
      if (!has_words(scorers[i], state.search)) continue;
      if (!has_title && scorers.size() > kManyScorers) {
        kit::gap(px(6));
        kit::text(f.kit, group_name(static_cast<judge::ScorerGroup>(g)), kit::TextStyle::Small,
                  Color::TextSecondary);
      }
      has_title = true;
      const TightRows tight(px(2));
      draw_list_row(f, i);
    }
  }
}

void draw_import(UiFrame& f) {
  ScorerState& state = f.view.scorers;
  if (!state.import_open) return;
  if (!kit::begin_dialog(f.kit, "scorers.import_dialog", tr(Str::scorers_import),
                         state.import_open))
    return;
  kit::paragraph(f.kit, tr(Str::scorers_import_text));
  kit::gap(px(8));
  kit::TextAreaOptions area;
  area.name = tr(Str::scorers_import);
  area.height_pt = px(200);
  area.mono = true;
  area.take_focus = true;
  kit::text_area(f.kit, "scorers.import_json", state.import_text, area);
  kit::dialog_footer(f.kit);
  if (kit::dialog_button(f.kit, "scorers.import_do", tr(Str::scorers_import_do), true,
                         !trimmed(state.import_text).empty())) {
    f.emit(CommandId::ScorerImport, {{"text", state.import_text}});
    state.import_open = false;
  }
  if (kit::dialog_button(f.kit, "scorers.import_cancel", tr(Str::cancel))) state.import_open = false;
  kit::end_dialog(f.kit);
}

// --- What is sent for one trace -------------------------------------------------------------------

// A trace to show the prompt with: the open one, else the first of the list.
std::optional<store::TraceRow> sample_trace(const UiFrame& f) {
  if (const auto open = f.session.open_trace()) return open;
  const auto& rows = f.session.traces().rows();
  if (rows.empty()) return std::nullopt;
  return rows.front();
}

std::string verdict_text(const judge::Judgement& judgement) {
  if (const auto* failure = std::get_if<judge::JudgeFailure>(&judgement))
    return failure->code + ": " + failure->message;
  const auto& verdict = std::get<judge::Verdict>(judgement);
  return value_of_json(verdict.value_json).text + "\n" + verdict.rationale;
}

void render_preview(UiFrame& f, const ScorerSpec& spec, std::string_view trace_id) {
  ScorerState& state = f.view.scorers;
  state.preview_tokens = -1;
  state.preview_sends = false;
  const judge::RenderedItem item = f.session.rendered_item(spec, trace_id);
  std::string text;
  if (item.skip != judge::SkipReason::None) {
    text = skip_text(item.skip);
  } else if (item.computed) {
    text = verdict_text(*item.computed);
  } else if (!item.script_body.empty()) {
    text = item.script_body;
    state.preview_sends = true;
  } else {
    text = judge::printed_prompt(item.prompt);
    state.preview_sends = true;
    state.preview_tokens = 0;
    for (const judge::Message& message : item.prompt.messages)
      state.preview_tokens += judge::estimated_tokens(message.content);
  }
  state.preview = make_text_block(std::move(text), false);
}

void draw_try(UiFrame& f, const ScorerSpec& spec, store::TraceRow row) {
  ScorerState& state = f.view.scorers;
  const judge::JudgeRun* run = f.session.active_run();
  const bool busy = run != nullptr && (run->state() == judge::RunState::Running ||
                                       run->state() == judge::RunState::Paused);
  kit::ButtonOptions button;
  button.size = kit::ControlSize::Compact;
  button.icon = kIconPlay;
  button.enabled = !busy && judge::validate_scorers({spec}).ok();
  if (judge::asks_model(spec.kind)) button.tooltip = tr(Str::scorer_try_costs);
  if (kit::button(f.kit, "scorer.try", tr(Str::scorer_try), button)) {
    f.emit(CommandId::JudgeTry, {{"trace_id", f.session.dataset().trace_id(row)},
                                 {"spec", judge::encode_scorer(spec)}});
    state.try_key = state.preview_key;
  }
  kit::gap(px(6));
  if (state.try_key.empty() || state.try_key != state.preview_key ||
      f.session.try_run_id().empty())
    return;
  const auto verdicts = f.session.run_assessments(f.session.try_run_id(), row);
  if (verdicts.empty()) {
    if (busy)
      wrapped_text(f, "scorer.trying", tr(Str::scorer_trying), kit::TextStyle::Small,
                   Color::TextSecondary, kit::Role::Status);
    return;
  }
  for (const store::Assessment* verdict : verdicts) {
    const std::string id = kit::id_with("scorer.verdict", verdict->name);
    draw_value_line(f, id, *verdict, false, kit::width_left());
    draw_error(f, id, *verdict);
    if (const std::string why = reason_text(*verdict); !why.empty())
      wrapped_text(f, kit::id_part(id, "why"), why, kit::TextStyle::Small, Color::TextSecondary);
  }
  kit::gap(px(8));
}

// A check runs over the loaded traces as soon as it is written: some in each frame.
void draw_tally(UiFrame& f, const ScorerSpec& spec, const std::string& key) {
  ScorerState& state = f.view.scorers;
  const store::Dataset& dataset = f.session.dataset();
  if (!judge::validate_scorers({spec}).ok()) return;
  if (state.tally_key != key) {
    state.tally_key = key;
    state.tally_at = 0;
    std::fill(std::begin(state.tally), std::end(state.tally), 0u);
  }
  constexpr uint32_t kTracesOfFrame = 40;
  for (uint32_t i = 0; i < kTracesOfFrame && state.tally_at < dataset.trace_count(); ++i) {
    const judge::RenderedItem item =
        f.session.rendered_item(spec, dataset.trace_id(store::TraceRow{state.tally_at++}));
    const auto* verdict = item.computed ? std::get_if<judge::Verdict>(&*item.computed) : nullptr;
    const size_t kind = item.skip != judge::SkipReason::None ? 3
                        : verdict == nullptr                 ? 2
                        : verdict->value_json == "true" || verdict->value_json == "\"yes\"" ? 0
                        : verdict->value_json == "false" || verdict->value_json == "\"no\"" ? 1
                                                                                          : 4;
    ++state.tally[kind];
  }
  if (state.tally_at < dataset.trace_count()) f.kit.request_frame(0);
  std::string text = kit::tr_format(
      Str::scorer_tally, {kit::format_count(state.tally[0]), kit::format_count(state.tally[1])});
  const Str more[] = {Str::scorer_tally_errors, Str::scorer_tally_skipped, Str::scorer_tally_values};
  for (size_t i = 0; i < 3; ++i)
    if (state.tally[i + 2] > 0) text += " · " + kit::tr_format(more[i], {kit::format_count(state.tally[i + 2])});
  if (state.tally_at < dataset.trace_count())
    text += " · " + kit::tr_format(Str::judge_counting, {kit::format_percent(static_cast<double>(state.tally_at) /
                                                         dataset.trace_count(), 0)});
  kit::inline_note(f.kit, "scorer.tally", text, kIconFlaskConical);
  kit::gap(px(6));
}

void draw_preview(UiFrame& f) {
  ScorerState& state = f.view.scorers;
  const bool computed = judge::is_check(state.kind);
  const char* title = tr(computed ? Str::scorer_computed : Str::scorer_preview);
  if (state.kind == ScorerKind::Script) title = tr(Str::scorer_runs_in_page);
  if (!kit::fold_header(f.kit, "scorer.preview", title, state.preview_open)) return;
  const auto row = sample_trace(f);
  if (!row) {
    kit::paragraph(f.kit, tr(Str::scorer_preview_no_trace));
    return;
  }
  const ScorerSpec spec = drafted_scorer(state);
  const score::RedactionRules& rules = f.session.settings().redaction;
  std::string key = judge::encode_scorer(spec);
  key += f.session.dataset().trace_id(*row);
  key += rules.patterns;
  key += rules.secrets ? 's' : '-';
  key += rules.emails ? 'e' : '-';
  if (key != state.preview_key) {
    state.preview_key = key;
    render_preview(f, spec, f.session.dataset().trace_id(*row));
  }
  if (computed) draw_tally(f, spec, key);
  std::string about =
      kit::tr_format(Str::scorer_preview_of, {trace_title(f.session.dataset(), *row)});
  if (state.preview_tokens >= 0)
    about +=
        " · " + kit::tr_format(Str::scorer_tokens, {kit::format_count(state.preview_tokens)});
  wrapped_text(f, "scorer.preview_about", about, kit::TextStyle::Small, Color::TextSecondary);
  kit::gap(px(6));
  if (judge::reads_with_tools(spec)) {
    wrapped_text(f, "scorer.preview_tools", tr(Str::scorer_preview_tools), kit::TextStyle::Small,
                 Color::TextSecondary);
    kit::gap(px(6));
  }
  if (state.preview_sends) draw_try(f, spec, *row);
  kit::TextViewOptions options;
  options.style = computed ? kit::TextStyle::Body : kit::TextStyle::Mono;
  options.name = title;
  options.identity = state.preview.identity;
  options.max_measure_pt = px(760);
  kit::text_view(f.kit, "scorer.preview_text", state.preview.text, state.preview_view, f.view.wraps,
                 options);
}

// --- The editor -----------------------------------------------------------------------------------

// Whether a program has been read and can be saved; of other kinds always.
enum class Syntax : uint8_t { Good, Bad, Unread };
Syntax syntax_of(const UiFrame& f) {
  const ScorerState& state = f.view.scorers;
  using State = app::ScriptCheck::State;
  const app::ScriptCheck& check = f.session.script_check();
  if (state.kind != ScorerKind::Script || trimmed(state.text).empty()) return Syntax::Good;
  if (check.text != state.text || check.state == State::Running) return Syntax::Unread;
  return check.state == State::Broken ? Syntax::Bad : Syntax::Good;
}

void save_draft(UiFrame& f) {
  ScorerState& state = f.view.scorers;
  const Syntax syntax = syntax_of(f);
  state.save_when_parsed = syntax == Syntax::Unread;
  if (syntax != Syntax::Good) return f.kit.request_frame(0);
  std::vector<ScorerSpec> all = f.session.settings().scorers;
  const ScorerSpec spec = drafted_scorer(state);
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
  command.args = {{"spec", judge::encode_scorer(spec)}};
  if (!state.is_new) command.args.emplace_back("index", index_text(state.selected));
  f.emit(CommandId::DraftSet, {{"place", scorer_place(state)}, {"text", ""}});
  f.emit(std::move(command));
  if (state.is_new) state.selected = static_cast<int>(all.size()) - 1;
  state.is_new = false;
  state.error.clear();
}

void draw_editor_buttons(UiFrame& f) {
  ScorerState& state = f.view.scorers;
  const bool differs = state.is_new || !(drafted_scorer(state) == state.base);
  if (kit::button(f.kit, "scorer.save", tr(Str::scorer_save), kit::ButtonKind::Primary, nullptr,
                  differs && syntax_of(f) != Syntax::Bad))
    save_draft(f);
  kit::same_row(px(8));
  if (differs) {
    if (kit::button(f.kit, "scorer.revert", tr(state.is_new ? Str::cancel : Str::scorer_revert),
                    kit::ButtonKind::Ghost)) {
      if (state.is_new) {
        state.selected = state.selected_before;
        if (state.place_before == app::Place::Traces) f.emit(CommandId::GoTraces);
        if (state.place_before == app::Place::Review) f.emit(CommandId::GoReview);
      }
      f.emit(CommandId::DraftSet, {{"place", scorer_place(state)}, {"text", ""}});
      state.is_new = false;
      state.draft_of = -2;
    }
    return;
  }
  if (kit::button(f.kit, "scorer.delete", tr(Str::scorer_delete), kit::ButtonKind::Ghost,
                  kIconTrash)) {
    f.emit(CommandId::ScorerDelete, {{"index", index_text(state.selected)}});
  }
  kit::same_row(px(8));
  if (kit::width_left() < kit::text_width(f.kit, tr(Str::scorer_export)) + px(48)) ImGui::NewLine();  // no room beside them
  if (kit::button(f.kit, "scorer.export", tr(Str::scorer_export), kit::ButtonKind::Ghost,
                  kIconDownload)) {
    f.emit(CommandId::ScorerExport, {{"index", index_text(state.selected)}});
  }
}

// How many of the traces in the scope have what it reads; known once the estimate is done.
void draw_has_fields(UiFrame& f, float width) {
  const ScorerState& state = f.view.scorers;
  const app::EstimateState& estimate = f.session.estimate();
  if (state.is_new || !estimate.is_done()) return;
  const std::vector<ScorerSpec> on = f.session.settings().scorers_on();
  for (size_t i = 0; i < on.size() && i < estimate.counts.items_of.size(); ++i) {
    if (on[i].name != state.base.name) continue;
    const uint64_t all = estimate.counts.items_of[i], missing = estimate.counts.skipped_of[i];
    if (all == 0) return;
    const std::string text =
        kit::tr_format(Str::scorer_has_fields, {kit::format_count(static_cast<int64_t>(all - missing)),
                                                kit::format_count(static_cast<int64_t>(all))});
    if (missing > 0)
      kit::inline_note(f.kit, "scorer.has_fields", text, kIconInfo, Color::Warn);
    else
      kit::inline_note(f.kit, "scorer.has_fields", text, kIconCheck);
    (void)width;
    return;
  }
}

void draw_editor(UiFrame& f) {
  ScorerState& state = f.view.scorers;
  if (state.library_open) {
    if (const auto kind = draw_scorer_library(f)) begin_new(f, *kind);
    return;
  }
  if (!state.is_new && state.selected < 0) {
    const kit::EmptyAction actions[] = {{"scorers.first", tr(Str::scorers_add), kIconPlus, true}};
    if (kit::empty_state(f.kit, "scorers.none", kIconScale, tr(Str::scorers_none),
                         tr(Str::scorers_none_text), actions) == 0)
      open_library(f);
    return;
  }
  const float width = std::min(kit::width_left(), px(kit::kReadingMeasure));
  kit::heading(f.kit, "scorer.kind", kind_name(state.kind), 2);
  kit::gap(px(2));
  std::string about = std::string(kind_reads(state.kind)) + " · " +
                      level_name(judge::level_of(drafted_scorer(state)));
  if (!state.is_new) {
    about += " · " + kit::tr_format(Str::scorer_version, {index_text(state.base.version)});
  }
  kit::paragraph(f.kit, about, width, kit::TextStyle::Small);
  draw_has_fields(f, width);
  kit::gap(px(14));
  kit::field_label(f.kit, tr(Str::scorer_name), tr(Str::scorer_name_hint));
  kit::TextInputOptions name;
  name.name = tr(Str::scorer_name);
  name.width_pt = width;
  name.mono = true;
  if (kit::text_input(f.kit, "scorer.name", state.name, name).changed) state.error.clear();
  kit::gap(px(14));
  if (draw_scorer_fields(f, width)) save_draft(f);
  if (state.save_when_parsed && syntax_of(f) != Syntax::Unread) save_draft(f);
  if (!state.error.empty()) {
    kit::inline_error(f.kit, "scorer.error", state.error);
    kit::gap(px(8));
  }
  draw_editor_buttons(f);
  kit::gap(px(22));
  draw_check(f);
  kit::gap(px(6));
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
  sync_draft(f);
  const kit::Rect rect = kit::remaining_rect();
  if (rect.width() < px(860)) {  // all below one another
    kit::begin_region(f.kit, "scorers", rect,
                      column(tr(Str::rail_scorers), kit::kBorderNone, px(16)));
    draw_list(f);
    kit::gap(px(16));
    draw_editor(f);
    kit::gap(px(24));
    kit::separator(f.kit);
    kit::gap(px(16));
    draw_judge_form(f);
    kit::gap(px(14));
    draw_judge_start(f);
    kit::gap(px(24));
    kit::end_region(f.kit);
    draw_import(f);
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
  // Start stands still while the form scrolls.
  float& start_height = f.view.judge.start_height_pt;
  const float cut = rect.y1 - std::min(start_height, rect.height() * 0.5F);
  kit::begin_region(f.kit, "judge", {rect.x1 - right, rect.y0, rect.x1, cut},
                    column(tr(Str::judge_title), kit::kBorderLeft, px(20)));
  draw_judge_form(f);
  kit::gap(px(20));
  kit::end_region(f.kit);
  kit::RegionOptions start =
      column(tr(Str::judge_start), kit::kBorderLeft | kit::kBorderTop, px(20));
  start.padding_y_pt = px(12);
  kit::begin_region(f.kit, "judge.start_part", {rect.x1 - right, cut, rect.x1, rect.y1}, start);
  draw_judge_start(f);
  const float wanted = ImGui::GetCursorPosY() + ImGui::GetScrollY() + px(8);
  kit::end_region(f.kit);
  start_height = wanted;
  draw_import(f);
}

}  // namespace assay::ui
