#include "ui/views/judge_form.h"

#include <algorithm>

#include "core/base/numbers.h"
#include "core/judge/endpoint.h"
#include "core/judge/estimate.h"
#include "core/judge/scorer.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/widgets.h"
#include "ui/views/failure_text.h"
#include "ui/views/parts.h"

namespace assay::ui {

using app::CommandId;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;

namespace {

constexpr size_t kMinPassphraseBytes = 8;

std::string plain_int(int64_t value) {
  std::string text;
  append_int(text, value);
  return text;
}

void set_setting(UiFrame& f, std::string_view key, std::string value) {
  f.emit(CommandId::SettingSet, {{"key", key}, {"value", value}});
}

// Fields take over what the settings hold when that changes under them.
void sync_drafts(JudgeFormState& form, const app::Settings& settings, bool has_key) {
  if (has_key) form.key_just_set = false;
  if (form.seen_base_url != settings.judge_base_url)
    form.base_url = form.seen_base_url = settings.judge_base_url;
  struct Field {
    double value;
    std::string& text;
  } const fields[] = {{static_cast<double>(settings.judge_max_requests), form.cap_requests},
                      {settings.judge_max_cost_usd, form.cap_cost},
                      {static_cast<double>(settings.judge_day_max_requests), form.cap_day_requests},
                      {settings.judge_day_max_cost_usd, form.cap_day_cost},
                      {static_cast<double>(settings.judge_requests_per_minute), form.rate_requests},
                      {static_cast<double>(settings.judge_tokens_per_minute), form.rate_tokens}};
  std::string caps;
  for (const Field& field : fields) (caps += json_number(field.value)) += ' ';
  caps += "\n" + settings.judge_prices + "\n" + settings.redaction.patterns;
  if (form.seen_caps != caps) {
    form.seen_caps = caps;
    for (const Field& field : fields)
      field.text = field.value > 0 ? json_number(field.value) : std::string();
    form.prices = settings.judge_prices;
    form.patterns = settings.redaction.patterns;
  }
  if (form.seen_model != settings.judge_model) form.model = form.seen_model = settings.judge_model;
}

// The address of a request, with what stands in the fields.
Result<std::string> drafted_url(const UiFrame& f) {
  judge::Endpoint endpoint = f.session.endpoint();
  endpoint.base_url = f.view.judge.base_url;
  endpoint.model = f.view.judge.model;
  return judge::request_url(endpoint);
}

std::string dotted(std::string_view key) {
  std::string text(key);
  std::replace(text.begin(), text.end(), '-', '.');
  return text;
}

void draw_provider(UiFrame& f) {
  const app::Settings& settings = f.session.settings();
  kit::field_label(f.kit, tr(Str::judge_provider));
  std::vector<kit::Choice> choices;
  int selected = static_cast<int>(judge::kProviders) - 1;
  for (const judge::ProviderInfo& provider : judge::providers()) {
    if (provider.key == settings.judge_provider) selected = static_cast<int>(choices.size());
    choices.push_back({provider.key, provider.name});
  }
  kit::SelectOptions select;
  select.width_pt = -1;
  if (kit::select(f.kit, "judge.provider", tr(Str::judge_provider), choices, selected, select)) {
    const judge::ProviderInfo& before = judge::find_provider(settings.judge_provider);
    const judge::ProviderInfo& after = judge::providers()[selected];
    set_setting(f, "judge_provider", std::string(after.key));
    // What the person typed is kept; an example is not.
    if (!after.base_url.empty() && after.base_url != settings.judge_base_url)
      set_setting(f, "judge_base_url", std::string(after.base_url));
    const bool is_example = settings.judge_model.empty() || settings.judge_model == before.model;
    if (is_example && !after.model.empty())
      set_setting(f, "judge_model", std::string(after.model));
  }
  kit::gap(px(3));
  const char* note = kit::tr_key("cors." + dotted(settings.judge_provider));
  if (note != nullptr) kit::paragraph(f.kit, note, 0, kit::TextStyle::Small);
}

void draw_base_url(UiFrame& f) {
  JudgeFormState& form = f.view.judge;
  kit::field_label(f.kit, tr(Str::judge_base_url));
  kit::TextInputOptions options;
  options.name = tr(Str::judge_base_url);
  const judge::ProviderInfo& provider =
      judge::find_provider(f.session.settings().judge_provider);
  options.placeholder =
      provider.base_url.empty() ? std::string_view("https://api.openai.com/v1") : provider.base_url;
  options.mono = true;
  const Result<std::string> url = drafted_url(f);
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
  options.placeholder = judge::find_provider(f.session.settings().judge_provider).model;
  options.mono = true;
  const kit::TextInputResult result = kit::text_input(f.kit, "judge.model", form.model, options);
  if (result.committed() && form.model != f.session.settings().judge_model)
    set_setting(f, "judge_model", form.model);
}

void commit_key(UiFrame& f) {
  std::string& key = f.view.judge.key;
  if (key.empty()) return;
  f.emit(CommandId::JudgeSetKey, {{"key", key}});
  f.view.judge.key_just_set = true;
  std::fill(key.begin(), key.end(), '\0');  // no second copy stays about
  key.clear();
}

void draw_passphrase(UiFrame& f, Str button, const char* icon, CommandId command, bool possible) {
  std::string& passphrase = f.view.judge.passphrase;
  kit::TextInputOptions options;
  options.name = tr(Str::judge_passphrase);
  options.placeholder = tr(Str::judge_passphrase);
  options.password = true;
  const kit::TextInputResult result = kit::text_input(f.kit, "judge.passphrase", passphrase, options);
  kit::gap(px(4));
  kit::ButtonOptions go;
  go.size = kit::ControlSize::Compact;
  go.icon = icon;
  const bool long_enough = passphrase.size() >= kMinPassphraseBytes;
  go.enabled = possible && long_enough;
  if (!go.enabled) go.tooltip = tr(possible ? Str::judge_passphrase_short : Str::judge_store_no_key);
  const bool pressed = kit::button(f.kit, "judge.passphrase_go", tr(button), go);
  if (!pressed && !(result.submitted && go.enabled)) return;
  f.emit(command, {{"passphrase", passphrase}});
  std::fill(passphrase.begin(), passphrase.end(), '\0');
  passphrase.clear();
  f.view.judge.store_open = false;
}

// A key that is kept on this machine, encrypted; or the offer to do so.
void draw_stored_key(UiFrame& f, bool has_key) {
  kit::gap(px(4));
  if (f.session.has_stored_key()) {
    wrapped_text(f, "judge.stored",
                 kit::tr_format(Str::judge_key_stored, {f.session.stored_key_label()}),
                 kit::TextStyle::Small, Color::TextSecondary);
    kit::gap(px(4));
    if (!has_key) draw_passphrase(f, Str::judge_unlock, kIconUnlock, CommandId::JudgeUnlockKey, true);
    kit::ButtonOptions forget;
    forget.size = kit::ControlSize::Compact;
    forget.kind = kit::ButtonKind::Ghost;
    forget.icon = kIconTrash;
    if (!has_key) kit::same_row(px(8));
    if (kit::button(f.kit, "judge.forget_stored", tr(Str::judge_forget_stored), forget))
      f.emit(CommandId::JudgeForgetStored);
    return;
  }
  // There without a key, too: what lies below must not move when one is typed in.
  if (!kit::fold_header(f.kit, "judge.store", tr(Str::judge_store), f.view.judge.store_open)) return;
  wrapped_text(f, "judge.store_note", kit::tr_format(Str::judge_store_note, {f.view.origin}),
               kit::TextStyle::Small, Color::TextSecondary);
  kit::gap(px(4));
  draw_passphrase(f, Str::judge_store_do, kIconLock, CommandId::JudgeStoreKey, has_key);
  kit::gap(px(6));
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
  draw_stored_key(f, has_key);
}

// Keys of jurors at other hosts, one field for each.
void draw_juror_keys(UiFrame& f) {
  JudgeFormState& form = f.view.judge;
  for (const auto& [host, has_key] : f.session.juror_hosts()) {
    if (judge::is_local_host(host)) continue;
    kit::gap(px(10));
    const std::string label = kit::tr_format(Str::judge_key_of, {host});
    kit::field_label(f.kit, label);
    std::string& key = form.juror_keys[host];
    kit::TextInputOptions options;
    options.name = label;
    options.placeholder = tr(has_key ? Str::judge_key_set : Str::judge_key_hint);
    options.password = options.mono = true;
    const std::string id = kit::id_with("judge.juror_key", host);
    if (!kit::text_input(f.kit, id, key, options).committed() || key.empty()) continue;
    f.emit(CommandId::JudgeSetKey, {{"key", key}, {"host", host}});
    std::fill(key.begin(), key.end(), '\0');  // no second copy stays about
    key.clear();
  }
}

// What stands in the fields goes into the settings, as at the start of a run.
void commit_fields(UiFrame& f) {
  const app::Settings& settings = f.session.settings();
  const JudgeFormState& form = f.view.judge;
  commit_key(f);
  if (form.base_url != settings.judge_base_url) set_setting(f, "judge_base_url", form.base_url);
  if (form.model != settings.judge_model) set_setting(f, "judge_model", form.model);
}

void draw_test(UiFrame& f) {
  using State = app::ConnectionTest::State;
  const app::ConnectionTest& test = f.session.connection_test();
  kit::ButtonOptions button;
  button.size = kit::ControlSize::Compact;
  button.icon = kIconZap;
  button.enabled = test.state != State::Running;
  if (kit::button(f.kit, "judge.test", tr(Str::judge_test), button)) {
    commit_fields(f);
    f.emit(CommandId::JudgeTest);
  }
  if (test.state == State::None) return;
  kit::gap(px(4));
  if (test.state == State::Running)
    kit::inline_note(f.kit, "judge.test_result", tr(Str::judge_testing), kIconLoader);
  else if (test.state == State::Passed)
    kit::inline_note(f.kit, "judge.test_result",
                     kit::tr_format(Str::judge_test_passed,
                                    {test.message, kit::format_duration_ns(test.latency_ms * 1'000'000)}),
                     kIconCircleCheck, Color::Pass);
  else
    kit::inline_error(f.kit, "judge.test_result", failure_text(test.message));
}

void draw_number_field(UiFrame& f, std::string_view id, Str label, std::string& text,
                       std::string_view key) {
  kit::field_label(f.kit, tr(label), tr(Str::judge_cap_hint));
  kit::TextInputOptions options;
  options.name = tr(label);
  options.width_pt = px(160);
  const std::optional<double> number = parse_double(text);
  options.invalid = !text.empty() && (!number || *number < 0);
  const kit::TextInputResult result = kit::text_input(f.kit, id, text, options);
  if (result.committed() && !options.invalid) set_setting(f, key, text.empty() ? "0" : text);
  kit::gap(px(10));
}

void draw_caps(UiFrame& f) {
  JudgeFormState& form = f.view.judge;
  if (!kit::fold_header(f.kit, "judge.caps", tr(Str::judge_caps), form.caps_open)) return;
  const app::Settings& settings = f.session.settings();
  kit::gap(px(4));
  draw_number_field(f, "judge.cap_requests", Str::judge_cap_requests, form.cap_requests,
                    "judge_max_requests");
  draw_number_field(f, "judge.cap_cost", Str::judge_cap_cost, form.cap_cost, "judge_max_cost_usd");
  draw_number_field(f, "judge.cap_day_requests", Str::judge_cap_day_requests,
                    form.cap_day_requests, "judge_day_max_requests");
  draw_number_field(f, "judge.cap_day_cost", Str::judge_cap_day_cost, form.cap_day_cost,
                    "judge_day_max_cost_usd");
  const app::DayUse today = f.session.day_use();
  wrapped_text(f, "judge.today",
               kit::tr_format(Str::judge_today,
                              {kit::tr_count(Str::judge_requests, static_cast<int64_t>(today.requests)),
                               kit::format_cost_usd(today.cost_usd)}),
               kit::TextStyle::Small, Color::TextSecondary);
  kit::gap(px(8));
  const std::optional<judge::Price> price = settings.price();
  if (!price && (settings.judge_max_cost_usd > 0 || settings.judge_day_max_cost_usd > 0))
    kit::inline_note(f.kit, "judge.price_no_cap", tr(Str::judge_price_no_cap), kIconTriangleAlert,
                     Color::Warn);
  const std::string about =
      price ? kit::tr_format(price->cached_usd < 0 ? Str::judge_price_known : Str::judge_price_cached,
                             {settings.judge_model, json_number(price->input_usd),
                              json_number(price->output_usd), json_number(price->cached_usd)}) +
                  ". " + kit::tr_format(Str::judge_price_as_of, {judge::kPricesAsOf})
            : kit::tr_format(Str::judge_price_unknown, {settings.judge_model});
  wrapped_text(f, "judge.price", about, kit::TextStyle::Small, Color::TextSecondary);
  kit::gap(px(8));
  kit::field_label(f.kit, tr(Str::judge_prices), tr(Str::judge_prices_hint));
  kit::TextAreaOptions area;
  area.name = tr(Str::judge_prices);
  area.placeholder = "gpt-4.1-mini 0.4 1.6 0.1";
  area.height_pt = px(72);
  area.mono = true;
  area.invalid = !form.prices_error.empty();
  const kit::TextInputResult result = kit::text_area(f.kit, "judge.prices", form.prices, area);
  if (result.changed || result.committed()) {
    const auto read = judge::decode_prices(form.prices);
    form.prices_error = read.ok() ? "" : read.error().what;
    if (read.ok()) set_setting(f, "judge_prices", form.prices);
  }
  if (!form.prices_error.empty())
    kit::inline_error(f.kit, "judge.prices_error", failure_text(form.prices_error));
  kit::gap(px(10));
}

void draw_redaction(UiFrame& f) {
  JudgeFormState& form = f.view.judge;
  if (!kit::fold_header(f.kit, "judge.redaction", tr(Str::judge_redaction), form.redaction_open))
    return;
  const score::RedactionRules& rules = f.session.settings().redaction;
  kit::gap(px(4));
  bool secrets = rules.secrets, emails = rules.emails;
  if (kit::checkbox(f.kit, "judge.redact_secrets", tr(Str::judge_redact_secrets), secrets))
    set_setting(f, "redact_secrets", secrets ? "true" : "false");
  if (kit::checkbox(f.kit, "judge.redact_emails", tr(Str::judge_redact_emails), emails))
    set_setting(f, "redact_emails", emails ? "true" : "false");
  kit::gap(px(8));
  kit::field_label(f.kit, tr(Str::judge_redact_patterns), tr(Str::judge_redact_hint));
  kit::TextAreaOptions area;
  area.name = tr(Str::judge_redact_patterns);
  area.height_pt = px(72);
  area.mono = true;
  const kit::TextInputResult result =
      kit::text_area(f.kit, "judge.redact_patterns", form.patterns, area);
  if (result.changed || result.committed()) {
    score::RedactionRules wanted = rules;
    wanted.patterns = form.patterns;
    form.patterns_error = score::redaction_error(wanted);
    set_setting(f, "redact_patterns", form.patterns);
  }
  if (!form.patterns_error.empty())
    kit::inline_error(f.kit, "judge.patterns_error", form.patterns_error.pattern + ": " + query_text(form.patterns_error.what));
  kit::gap(px(10));
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
  const Result<std::string> url = drafted_url(f);
  if (url.ok() && url.value().starts_with("http://") &&
      settings.judge_concurrency > app::kBrowserConnections) {
    kit::inline_note(f.kit, "judge.connections",
                     kit::tr_format(Str::judge_connections, {plain_int(app::kBrowserConnections)}),
                     kIconInfo);
    kit::gap(px(6));
  }
  draw_limit(f, "judge.attempts", "judge_max_attempts", Str::judge_attempts,
             settings.judge_max_attempts, 1, 10);
  draw_limit(f, "judge.timeout", "judge_timeout_s", Str::judge_timeout, settings.judge_timeout_s, 5,
             600);
  draw_number_field(f, "judge.rate_requests", Str::judge_rate_requests, f.view.judge.rate_requests,
                    "judge_requests_per_minute");
  draw_number_field(f, "judge.rate_tokens", Str::judge_rate_tokens, f.view.judge.rate_tokens,
                    "judge_tokens_per_minute");
}

std::string_view scope_of(const JudgeFormState& form) {
  static constexpr std::string_view kScopes[] = {
      "matching", "matching:missing", "matching:errors",
      "selected", "selected:missing", "selected:errors"};
  return kScopes[(form.scope == 1 ? 3 : 0) + std::clamp(form.only, 0, 2)];
}

bool asks_a_model(const app::Settings& settings) {
  for (const judge::ScorerSpec& scorer : settings.scorers)
    if (settings.is_on(scorer) && judge::asks_model(scorer.kind)) return true;
  return false;
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
  const std::vector<judge::ScorerSpec> on = settings.scorers_on();
  if (on.empty()) return tr(Str::judge_none_on);
  const Status valid = judge::validate_scorers(on);
  if (!valid.ok()) return valid.error().what;
  if (!asks_a_model(settings)) return {};
  const Result<std::string> url = drafted_url(f);
  if (!url.ok()) return tr(Str::judge_bad_address);
  if (f.view.judge.model.empty()) return tr(Str::judge_no_model);
  const std::string host = judge::host_of(url.value());
  const bool needs_key =
      !judge::is_local_host(host) && !f.session.has_key() && f.view.judge.key.empty() &&
      !f.view.judge.key_just_set;
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
  if (f.session.runs().empty() && form.only == 0) return;  // nothing has been judged yet
  kit::gap(px(6));
  const kit::Choice which[] = {{"all", tr(Str::judge_only_all)},
                               {"missing", tr(Str::judge_only_missing)},
                               {"errors", tr(Str::judge_only_errors)}};
  kit::segmented(f.kit, "judge.only", tr(Str::judge_only), which, form.only);
}

// Asked for again when anything that it counts has changed.
void ask_for_estimate(UiFrame& f) {
  JudgeFormState& form = f.view.judge;
  const app::Settings& settings = f.session.settings();
  std::string key(scope_of(form));
  (key += ' ') += std::to_string(f.session.evaluation_size(scope_of(form)));
  (key += ' ') += std::to_string(f.session.dataset().revision());
  (key += ' ') += f.session.route().query;
  (key += ' ') += judge::encode_scorers(settings.scorers_on());
  (key += ' ') += settings.judge_model + settings.judge_provider + settings.redaction.patterns;
  key += settings.redaction.secrets ? 's' : '-';
  key += settings.redaction.emails ? 'e' : '-';
  const judge::JudgeRun* run = f.session.active_run();
  if (key == form.estimate_key || (run != nullptr && run->state() == judge::RunState::Running))
    return;
  form.estimate_key = key;
  f.emit(CommandId::JudgeEstimate, {{"scope", scope_of(form)}});
}

// The models that are asked; what stands in the field, where it is the only one.
std::string models_text(const UiFrame& f, const judge::Estimate& counts) {
  if (counts.models.size() < 2 && (counts.models.empty() ||
                                   counts.models[0].model == f.session.settings().judge_model)) return f.view.judge.model;
  std::string text;
  for (const judge::ModelShare& share : counts.models)
    text += (text.empty() ? "" : ", ") + share.model + " ×" +
            kit::format_count(static_cast<int64_t>(share.requests));
  return text;
}

std::string estimate_text(const UiFrame& f, uint32_t traces, std::string_view host) {
  const app::Settings& settings = f.session.settings();
  const app::EstimateState& estimate = f.session.estimate();
  const judge::Estimate& counts = estimate.counts;
  std::string text =
      kit::tr_count(Str::top_traces, traces) + " × " +
      kit::tr_count(Str::judge_scorers, static_cast<int64_t>(settings.scorers_on().size()));
  if (estimate.working) {
    return text + " · " +
           kit::tr_format(Str::judge_counting,
                          {kit::format_percent(static_cast<double>(estimate.looked_at) /
                                                   static_cast<double>(counts.items),
                                               0)});
  }
  text += ": " + (counts.more_requests > 0
                      ? kit::tr_format(Str::judge_requests_range,
                                       {kit::format_count(static_cast<int64_t>(counts.requests)),
                                        kit::format_count(static_cast<int64_t>(
                                            counts.requests + counts.more_requests))})
                      : kit::tr_count(Str::judge_requests, static_cast<int64_t>(counts.requests)));
  if (counts.requests > 0)
    text += " " + kit::tr_format(Str::judge_to, {host, models_text(f, counts)});
  const auto add = [&text](Str key, uint64_t count) {
    if (count > 0) text += " · " + kit::tr_count(key, static_cast<int64_t>(count));
  };
  add(Str::judge_computed, counts.computed);
  add(Str::judge_reused, counts.reused);
  add(Str::judge_skipped, counts.skipped);
  if (counts.requests == 0) return text;
  text += " · " + kit::tr_format(Str::judge_estimate_tokens, {kit::format_count(counts.input_tokens)});
  judge::Range range;
  bool priced = true;
  for (const judge::ModelShare& share : counts.models) {
    const std::optional<judge::Price> price = settings.price_of(share.model);
    priced = priced && price.has_value();
    if (!price) continue;
    const judge::Range part = judge::cost_range_usd(share, *price);
    range.low += part.low;
    range.high += part.high;
  }
  if (priced) {
    text += " · " + kit::tr_format(Str::judge_estimate_cost, {kit::format_cost_usd(range.low),
                                                              kit::format_cost_usd(range.high)});
  }
  if (counts.more_requests > 0) text += " · " + std::string(tr(Str::judge_steps_on_top));
  return text;
}

void draw_start(UiFrame& f) {
  JudgeFormState& form = f.view.judge;
  const uint32_t traces = f.session.evaluation_size(scope_of(form));
  const Result<std::string> url = drafted_url(f);
  const std::string host = url.ok() ? judge::host_of(url.value()) : std::string("?");
  const std::string reason = obstacle(f, traces);
  ask_for_estimate(f);
  wrapped_text(f, "judge.summary", estimate_text(f, traces, host), kit::TextStyle::Body,
               Color::Text);
  kit::gap(px(12));
  kit::ButtonOptions start;
  start.kind = kit::ButtonKind::Primary;
  start.icon = kIconPlay;
  start.width_pt = -1;
  start.enabled = reason.empty();
  start.tooltip = reason;
  const auto begin = [&](std::string_view limit) {
    commit_fields(f);
    const std::string name =
        !form.run_name.empty()
            ? form.run_name
            : kit::tr_format(Str::judge_default_name,
                             {kit::format_count(static_cast<int64_t>(f.session.runs().size() + 1))});
    f.emit(CommandId::JudgeStart, {{"scope", scope_of(form)}, {"name", name}, {"limit", limit}});
    form.run_name.clear();
  };
  if (kit::button(f.kit, "judge.start", tr(Str::judge_start), start)) begin("");
  if (traces > 5) {
    kit::gap(px(4));
    start.kind = kit::ButtonKind::Secondary;
    start.icon = kIconFlaskConical;
    if (kit::button(f.kit, "judge.sample", tr(Str::judge_sample), start)) begin("5");
  }
  kit::gap(px(6));
  if (!reason.empty()) kit::inline_note(f.kit, "judge.obstacle", reason, kIconInfo);
}

}  // namespace

void draw_judge_form(UiFrame& f) {
  sync_drafts(f.view.judge, f.session.settings(), f.session.has_key());
  kit::section_header(f.kit, "judge.title", tr(Str::judge_title));
  kit::gap(px(6));
  draw_scope(f);
  kit::gap(px(14));
  if (asks_a_model(f.session.settings())) {
    draw_provider(f);
    kit::gap(px(12));
    draw_base_url(f);
    kit::gap(px(12));
    draw_model(f);
    kit::gap(px(12));
    draw_key(f);
    draw_juror_keys(f);
    kit::gap(px(8));
    draw_test(f);
    kit::gap(px(12));
    draw_limits(f);
    draw_caps(f);
    draw_redaction(f);
  } else {
    kit::inline_note(f.kit, "judge.no_model_needed", tr(Str::judge_no_model_needed), kIconShield);
  }
  kit::gap(px(10));
  kit::field_label(f.kit, tr(Str::judge_run_name), tr(Str::judge_run_name_hint));
  kit::TextInputOptions name;
  name.name = tr(Str::judge_run_name);
  kit::text_input(f.kit, "judge.run_name", f.view.judge.run_name, name);
}

void draw_judge_start(UiFrame& f) { draw_start(f); }

}  // namespace assay::ui
