#include "ui/views/judge_form.h"

#include <algorithm>

#include "core/base/numbers.h"
#include "core/judge/endpoint.h"
#include "core/judge/scorer.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/widgets.h"
#include "ui/views/parts.h"

namespace assay::ui {

using app::CommandId;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;

namespace {

std::string plain_int(int64_t value) {
  std::string text;
  append_int(text, value);
  return text;
}

void set_setting(UiFrame& f, std::string_view key, std::string value) {
  f.emit(CommandId::SettingSet, {{"key", key}, {"value", value}});
}

// Fields take over what the settings hold when that changes under them.
void sync_drafts(JudgeFormState& form, const app::Settings& settings) {
  if (form.seen_base_url != settings.judge_base_url)
    form.base_url = form.seen_base_url = settings.judge_base_url;
  if (form.seen_model != settings.judge_model) form.model = form.seen_model = settings.judge_model;
}

void draw_base_url(UiFrame& f) {
  JudgeFormState& form = f.view.judge;
  kit::field_label(f.kit, tr(Str::judge_base_url));
  kit::TextInputOptions options;
  options.name = tr(Str::judge_base_url);
  options.placeholder = "https://api.openai.com/v1";
  options.mono = true;
  const Result<std::string> url = judge::chat_url(form.base_url);
  options.invalid = !url.ok();
  const kit::TextInputResult result =
      kit::text_input(f.kit, "judge.base_url", form.base_url, options);
  if (result.committed() && form.base_url != f.session.settings().judge_base_url)
    set_setting(f, "judge_base_url", form.base_url);
  kit::gap(px(3));
  if (!url.ok()) {
    kit::inline_error(f.kit, "judge.base_url_error", url.error().what);
  } else {
    kit::paragraph(f.kit, kit::tr_format(Str::judge_sends_to, {judge::printable_url(url.value())}),
                   0, kit::TextStyle::Small);
  }
}

void draw_model(UiFrame& f) {
  JudgeFormState& form = f.view.judge;
  kit::field_label(f.kit, tr(Str::judge_model));
  kit::TextInputOptions options;
  options.name = tr(Str::judge_model);
  options.placeholder = "gpt-4.1-mini";
  options.mono = true;
  const kit::TextInputResult result = kit::text_input(f.kit, "judge.model", form.model, options);
  if (result.committed() && form.model != f.session.settings().judge_model)
    set_setting(f, "judge_model", form.model);
}

void commit_key(UiFrame& f) {
  std::string& key = f.view.judge.key;
  if (key.empty()) return;
  f.emit(CommandId::JudgeSetKey, {{"key", key}});
  std::fill(key.begin(), key.end(), '\0');  // no second copy stays about
  key.clear();
}

void draw_key(UiFrame& f) {
  JudgeFormState& form = f.view.judge;
  kit::field_label(f.kit, tr(Str::judge_key));
  const bool has_key = f.session.has_key();
  const float forget = has_key ? kit::button_width(f.kit, tr(Str::judge_forget_key)) + px(8) : 0;
  kit::TextInputOptions options;
  options.name = tr(Str::judge_key);
  options.placeholder = tr(has_key ? Str::judge_key_set : Str::judge_key_hint);
  options.password = true;
  options.mono = true;
  options.width_pt = std::max(px(120), kit::width_left() - forget);
  if (kit::text_input(f.kit, "judge.key", form.key, options).committed()) commit_key(f);
  if (has_key) {
    kit::same_row(px(8));
    if (kit::button(f.kit, "judge.forget_key", tr(Str::judge_forget_key)))
      f.emit(CommandId::JudgeForgetKey);
  }
  kit::gap(px(3));
  kit::inline_note(f.kit, "judge.key_note", tr(Str::judge_key_note), kIconShield);
}

void draw_limit(UiFrame& f, std::string_view id, std::string_view key, Str label, int value,
                int low, int high) {
  std::string text = kit::tr_format(label, {plain_int(value)});
  kit::text(f.kit, text, kit::TextStyle::Body);
  float number = static_cast<float>(value);
  if (kit::slider(f.kit, id, text, number, static_cast<float>(low), static_cast<float>(high), 1,
                  kit::width_left())) {
    set_setting(f, key, plain_int(static_cast<int64_t>(number + 0.5F)));
  }
  kit::gap(px(8));
}

void draw_limits(UiFrame& f) {
  if (!kit::fold_header(f.kit, "judge.advanced", tr(Str::judge_advanced),
                        f.view.judge.advanced_open))
    return;
  const app::Settings& settings = f.session.settings();
  kit::gap(px(4));
  draw_limit(f, "judge.concurrency", "judge_concurrency", Str::judge_concurrency,
             settings.judge_concurrency, 1, 64);
  draw_limit(f, "judge.attempts", "judge_max_attempts", Str::judge_attempts,
             settings.judge_max_attempts, 1, 10);
  draw_limit(f, "judge.timeout", "judge_timeout_s", Str::judge_timeout, settings.judge_timeout_s, 5,
             600);
}

std::string_view scope_of(const JudgeFormState& form) {
  return form.scope == 1 ? "selected" : "matching";
}

// Why it cannot start, or "".
std::string obstacle(const UiFrame& f, uint32_t traces) {
  const app::Settings& settings = f.session.settings();
  if (f.session.active_run() != nullptr &&
      f.session.active_run()->state() != judge::RunState::Finished &&
      f.session.active_run()->state() != judge::RunState::Cancelled) {
    return tr(Str::judge_busy);
  }
  if (traces == 0)
    return tr(f.session.dataset().trace_count() == 0 ? Str::judge_no_data : Str::judge_no_traces);
  if (settings.scorers.empty()) return tr(Str::judge_no_scorers);
  const Status valid = judge::validate_scorers(settings.scorers);
  if (!valid.ok()) return valid.error().what;
  const Result<std::string> url = judge::chat_url(f.view.judge.base_url);
  if (!url.ok()) return tr(Str::judge_bad_address);
  if (f.view.judge.model.empty()) return tr(Str::judge_no_model);
  const std::string host = judge::host_of(url.value());
  const bool needs_key =
      !judge::is_local_host(host) && !f.session.has_key() && f.view.judge.key.empty();
  return needs_key ? kit::tr_format(Str::judge_no_key, {host}) : std::string();
}

void draw_scope(UiFrame& f) {
  JudgeFormState& form = f.view.judge;
  const uint32_t matching = f.session.evaluation_size("matching"),
                 selected = f.session.evaluation_size("selected");
  if (selected == 0) form.scope = 0;
  kit::field_label(f.kit, tr(Str::judge_scope));
  const std::string matching_text =
      kit::tr_format(Str::judge_scope_matching, {kit::format_count(matching)});
  const std::string selected_text =
      kit::tr_format(Str::judge_scope_selected, {kit::format_count(selected)});
  const kit::Choice choices[] = {{"matching", matching_text},
                                 {"selected", selected_text, nullptr, selected > 0}};
  kit::segmented(f.kit, "judge.scope", tr(Str::judge_scope), choices, form.scope,
                 kit::ControlSize::Regular);
}

void draw_start(UiFrame& f) {
  JudgeFormState& form = f.view.judge;
  const app::Settings& settings = f.session.settings();
  const uint32_t traces = f.session.evaluation_size(scope_of(form));
  const uint64_t calls = static_cast<uint64_t>(traces) * settings.scorers.size();
  const Result<std::string> url = judge::chat_url(form.base_url);
  const std::string host = url.ok() ? judge::host_of(url.value()) : std::string("?");
  const std::string reason = obstacle(f, traces);

  const std::string summary = kit::tr_format(
      Str::judge_summary,
      {kit::tr_count(Str::top_traces, traces),
       kit::tr_count(Str::judge_scorers, static_cast<int64_t>(settings.scorers.size())),
       kit::format_count(static_cast<int64_t>(calls)), host, form.model});
  wrapped_text(f, "judge.summary", summary, kit::TextStyle::Body, Color::Text);
  kit::gap(px(12));
  kit::ButtonOptions start;
  start.kind = kit::ButtonKind::Primary;
  start.icon = kIconPlay;
  start.width_pt = -1;
  start.enabled = reason.empty();
  start.tooltip = reason;
  if (kit::button(f.kit, "judge.start", tr(Str::judge_start), start)) {
    commit_key(f);
    if (form.base_url != settings.judge_base_url) set_setting(f, "judge_base_url", form.base_url);
    if (form.model != settings.judge_model) set_setting(f, "judge_model", form.model);
    const std::string name =
        !form.run_name.empty()
            ? form.run_name
            : kit::tr_format(Str::judge_default_name,
                             {kit::format_count(static_cast<int64_t>(f.session.runs().size() + 1))});
    f.emit(CommandId::JudgeStart, {{"scope", scope_of(form)}, {"name", name}});
    form.run_name.clear();
  }
  kit::gap(px(6));
  if (!reason.empty()) kit::inline_note(f.kit, "judge.obstacle", reason, kIconInfo);
}

}  // namespace

void draw_judge_form(UiFrame& f) {
  sync_drafts(f.view.judge, f.session.settings());
  kit::section_header(f.kit, "judge.title", tr(Str::judge_title));
  kit::gap(px(6));
  draw_scope(f);
  kit::gap(px(14));
  draw_base_url(f);
  kit::gap(px(12));
  draw_model(f);
  kit::gap(px(12));
  draw_key(f);
  kit::gap(px(12));
  draw_limits(f);
  kit::gap(px(10));
  kit::field_label(f.kit, tr(Str::judge_run_name), tr(Str::judge_run_name_hint));
  kit::TextInputOptions name;
  name.name = tr(Str::judge_run_name);
  kit::text_input(f.kit, "judge.run_name", f.view.judge.run_name, name);
  kit::gap(px(16));
  kit::separator(f.kit);
  kit::gap(px(14));
  draw_start(f);
}

}  // namespace assay::ui
