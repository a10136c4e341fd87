#include "core/app/settings.h"

#include <algorithm>

#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/json/doc.h"
#include "core/judge/endpoint.h"

namespace assay::app {

namespace {

constexpr int kSettingsVersion = 1;
constexpr size_t kMaxTextBytes = 2000;

constexpr std::string_view kThemes[] = {"system", "light", "dark"};
constexpr std::string_view kLikeDialects[] = {"case-sensitive", "ignore-case"};
constexpr size_t kMaxRememberedBytes = 2000;
constexpr std::string_view kLanguages[] = {"system", "en", "zh-Hans"};

template <typename T, size_t N>
bool set_choice(T& target, const std::string_view (&names)[N], std::string_view value) {
  for (size_t i = 0; i < N; ++i) {
    if (names[i] != value) continue;
    target = static_cast<T>(i);
    return true;
  }
  return false;
}

bool set_number(int& target, std::string_view value, int low, int high) {
  const std::optional<int64_t> number = parse_int64(value);
  if (!number || *number < low || *number > high) return false;
  target = static_cast<int>(*number);
  return true;
}

bool set_switch(bool& target, std::string_view value) {
  if (value != "true" && value != "false") return false;
  target = value == "true";
  return true;
}

bool set_text(std::string& target, std::string_view value) {
  if (value.size() > kMaxTextBytes || !is_valid_utf8(value)) return false;
  target = value;
  return true;
}

constexpr size_t kMaxChordBytes = 40;

bool set_chord(Settings& s, std::string_view command_key, std::string_view chord) {
  if (!find_command(command_key) || chord.size() > kMaxChordBytes || !is_valid_utf8(chord)) return false;
  std::erase_if(s.keys, [&](const auto& entry) { return entry.first == command_key; });
  if (chord != "default") s.keys.emplace_back(command_key, chord);
  return true;
}

// Keys that set_setting() takes and encode_settings() writes, in file order.
constexpr std::string_view kKeys[] = {
    "theme",       "language",          "ui_scale_percent",   "author",         "judge_base_url",
    "judge_model", "judge_concurrency", "judge_max_attempts", "judge_timeout_s",
    "layout",      "memory_limit_mb",   "like_dialect",       "judge_provider", "judge_max_requests",
    "judge_max_cost_usd", "judge_day_max_requests", "judge_day_max_cost_usd", "judge_requests_per_minute",
    "judge_tokens_per_minute", "judge_prices", "redact_secrets", "redact_emails", "redact_patterns"};

// Numbers that are 0 for "no limit".
constexpr std::pair<std::string_view, int Settings::*> kJudgeCounts[] = {
    {"judge_max_requests", &Settings::judge_max_requests},
    {"judge_day_max_requests", &Settings::judge_day_max_requests},
    {"judge_requests_per_minute", &Settings::judge_requests_per_minute},
    {"judge_tokens_per_minute", &Settings::judge_tokens_per_minute}};

std::string setting_text(const Settings& s, std::string_view key) {
  if (key == "theme") return std::string(kThemes[static_cast<size_t>(s.theme)]);
  if (key == "language") return std::string(kLanguages[static_cast<size_t>(s.language)]);
  if (key == "ui_scale_percent") return std::to_string(s.ui_scale_percent);
  if (key == "author") return s.author;
  // An address may hold credentials that a person pasted with it; those are not stored.
  if (key == "judge_base_url") return judge::printable_url(s.judge_base_url);
  if (key == "judge_model") return s.judge_model;
  if (key == "judge_concurrency") return std::to_string(s.judge_concurrency);
  if (key == "judge_max_attempts") return std::to_string(s.judge_max_attempts);
  if (key == "layout") return s.layout;
  if (key == "memory_limit_mb") return std::to_string(s.memory_limit_mb);
  if (key == "like_dialect") return std::string(kLikeDialects[s.like_ignores_case ? 1 : 0]);
  if (key == "judge_provider") return s.judge_provider;
  if (key == "judge_max_cost_usd") return json_number(s.judge_max_cost_usd);
  if (key == "judge_day_max_cost_usd") return json_number(s.judge_day_max_cost_usd);
  for (const auto& [name, member] : kJudgeCounts)
    if (key == name) return std::to_string(s.*member);
  if (key == "judge_prices") return s.judge_prices;
  if (key == "redact_secrets") return s.redaction.secrets ? "true" : "false";
  if (key == "redact_emails") return s.redaction.emails ? "true" : "false";
  if (key == "redact_patterns") return s.redaction.patterns;
  return std::to_string(s.judge_timeout_s);
}

const judge::ScorerSpec* find_scorer(const std::vector<judge::ScorerSpec>& scorers, std::string_view name) {
  const auto at = std::find_if(scorers.begin(), scorers.end(), [&](const judge::ScorerSpec& scorer) { return scorer.name == name; });
  return at == scorers.end() ? nullptr : &*at;
}

bool has_name(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Settings of before it was written down what a person had chosen: whatever is not as it came.
void choose_what_differs(Settings& settings) {
  for (const judge::ScorerSpec& scorer : judge::example_scorers()) {
    const judge::ScorerSpec* now = find_scorer(settings.scorers, scorer.name);
    if (now == nullptr || !(*now == scorer) || !settings.is_on(scorer)) choose_scorer(settings, scorer.name);
  }
}

}  // namespace

Settings default_settings() {
  Settings settings;
  fit_scorers(settings, false, false);
  return settings;
}

void fit_scorers(Settings& settings, bool is_example, bool has_retrievers) {
  std::vector<judge::ScorerSpec> wanted = is_example ? judge::example_scorers() : judge::default_scorers();
  const bool none_chosen = settings.scorers_chosen.empty() &&
                           std::all_of(settings.scorers.begin(), settings.scorers.end(),
                                       [&](const judge::ScorerSpec& scorer) { return find_scorer(wanted, scorer.name) != nullptr; });
  for (const judge::ScorerSpec& scorer : wanted) {
    if (has_name(settings.scorers_chosen, scorer.name)) continue;
    std::erase(settings.scorers_off, scorer.name);
    if (!judge::is_on_by_default(scorer, is_example, has_retrievers)) settings.scorers_off.push_back(scorer.name);
    for (judge::ScorerSpec& now : settings.scorers)
      if (now.name == scorer.name) now = scorer;
  }
  if (none_chosen) settings.scorers = std::move(wanted);  // in their order
}

void choose_scorer(Settings& settings, std::string_view name) {
  if (find_scorer(judge::default_scorers(), name) == nullptr || has_name(settings.scorers_chosen, name)) return;
  settings.scorers_chosen.emplace_back(name);
}

bool Settings::is_on(const judge::ScorerSpec& scorer) const {
  return std::find(scorers_off.begin(), scorers_off.end(), scorer.name) == scorers_off.end();
}

std::vector<judge::ScorerSpec> Settings::scorers_on() const {
  std::vector<judge::ScorerSpec> on;
  for (const judge::ScorerSpec& scorer : scorers)
    if (is_on(scorer)) on.push_back(scorer);
  return on;
}

std::optional<judge::Price> Settings::price() const { return price_of(judge_model); }

std::optional<judge::Price> Settings::price_of(std::string_view model) const {
  const auto own = judge::decode_prices(judge_prices);
  if (own.ok()) {
    if (const auto found = judge::find_price(own.value(), model)) return found;
  }
  return judge::find_price(judge::default_prices(), model);
}

std::string encode_settings(const Settings& settings) {
  json::Doc doc = json::Doc::object();
  doc["assay_settings"] = kSettingsVersion;
  for (const std::string_view key : kKeys) doc[std::string(key)] = setting_text(settings, key);
  if (!settings.query_history.empty()) doc["query_history"] = settings.query_history;
  Result<json::Doc> scorers = json::parse_doc(judge::encode_scorers(settings.scorers));
  if (scorers.ok()) doc["scorers"] = std::move(scorers).value();
  if (!settings.keys.empty()) {
    json::Doc keys = json::Doc::object();
    for (const auto& [command, chord] : settings.keys) keys[command] = chord;
    doc["keys"] = std::move(keys);
  }
  json::Doc off = json::Doc::array();
  for (const std::string& name : settings.scorers_off) off.push_back(name);
  doc["scorers_off"] = std::move(off);
  doc["scorers_chosen"] = settings.scorers_chosen;
  Result<json::Doc> tables = json::parse_doc(ingest::encode_mappings(settings.column_mappings));
  if (tables.ok()) doc["tables"] = std::move(tables).value();
  return json::dump(doc);
}

Settings decode_settings(std::string_view json_text) {
  Settings settings = default_settings();
  Result<json::Doc> parsed = json::parse_doc(json_text);
  if (!parsed.ok()) return settings;
  const json::Doc& doc = parsed.value();
  for (const std::string_view key : kKeys)
    if (const std::optional<std::string> value = json::get_string(doc, key))
      set_setting(settings, key, *value);
  if (const json::Doc* keys = json::find(doc, "keys"); keys != nullptr && keys->is_object())
    for (const auto& [command, chord] : keys->items())
      if (chord.is_string()) set_chord(settings, command, chord.get_ref<const std::string&>());
  if (const json::Doc* tables = json::find(doc, "tables"))
    settings.column_mappings = ingest::decode_mappings(json::dump(*tables));
  if (const json::Doc* history = json::find(doc, "query_history"); history != nullptr && history->is_array()) {
    // Oldest first, so that the order comes out as it was.
    for (auto at = history->rbegin(); at != history->rend(); ++at)
      if (at->is_string()) remember_query(settings, at->get_ref<const std::string&>());
  }
  const json::Doc* off = json::find(doc, "scorers_off");
  if (off != nullptr && off->is_array()) {
    settings.scorers_off.clear();
    for (const json::Doc& name : *off)
      if (name.is_string()) settings.scorers_off.push_back(name.get<std::string>());
  }
  const json::Doc* chosen = json::find(doc, "scorers_chosen");
  if (chosen != nullptr && chosen->is_array())
    for (const json::Doc& name : *chosen)
      if (name.is_string()) choose_scorer(settings, name.get_ref<const std::string&>());
  const json::Doc* scorers = json::find(doc, "scorers");
  if (scorers == nullptr) return settings;
  Result<std::vector<judge::ScorerSpec>> specs = judge::decode_scorers(json::dump(*scorers));
  if (!specs.ok() || !judge::validate_scorers(specs.value()).ok()) return settings;
  settings.scorers = std::move(specs).value();
  if (chosen == nullptr) choose_what_differs(settings);
  return settings;
}

std::string_view chord_of(const Settings& settings, CommandId id) {
  const CommandInfo& info = command_info(id);
  for (const auto& [command, chord] : settings.keys)
    if (command == info.key) return chord;
  return info.default_chord;
}

bool is_settings_text(std::string_view json_text) {
  Result<json::Doc> parsed = json::parse_doc(json_text);
  return parsed.ok() && parsed.value().is_object() && json::find(parsed.value(), "assay_settings") != nullptr;
}

bool set_setting(Settings& s, std::string_view key, std::string_view value) {
  if (key.starts_with("key.")) return set_chord(s, key.substr(4), value);
  if (key == "theme") return set_choice(s.theme, kThemes, value);
  if (key == "language") return set_choice(s.language, kLanguages, value);
  if (key == "ui_scale_percent") return set_number(s.ui_scale_percent, value, 75, 200);
  if (key == "judge_concurrency") return set_number(s.judge_concurrency, value, 1, 64);
  if (key == "judge_max_attempts") return set_number(s.judge_max_attempts, value, 1, 10);
  if (key == "memory_limit_mb") return set_number(s.memory_limit_mb, value, 0, 1 << 24);
  if (key == "judge_timeout_s") return set_number(s.judge_timeout_s, value, 5, 600);
  if (key == "judge_base_url") return set_text(s.judge_base_url, value);
  if (key == "judge_model") return set_text(s.judge_model, value);
  if (key == "like_dialect") return set_choice(s.like_ignores_case, kLikeDialects, value);
  if (key == "layout") return set_text(s.layout, value);
  if (key == "judge_provider") {
    const judge::ProviderInfo& provider = judge::find_provider(value);
    if (provider.key != value) return false;
    s.judge_provider = value;
    return true;
  }
  for (const auto& [name, member] : kJudgeCounts)
    if (key == name) return set_number(s.*member, value, 0, 100'000'000);
  if (key == "judge_max_cost_usd" || key == "judge_day_max_cost_usd") {
    const std::optional<double> usd = parse_double(trimmed(value));
    if (!usd || !(*usd >= 0) || *usd > 1e6) return false;
    (key == "judge_max_cost_usd" ? s.judge_max_cost_usd : s.judge_day_max_cost_usd) = *usd;
    return true;
  }
  if (key == "judge_prices") return judge::decode_prices(value).ok() && set_text(s.judge_prices, value);
  if (key == "redact_secrets") return set_switch(s.redaction.secrets, value);
  if (key == "redact_emails") return set_switch(s.redaction.emails, value);
  if (key == "redact_patterns") return set_text(s.redaction.patterns, value);
  if (key == "author") {
    // MLflow's source_id holds at most 250 characters and is never empty.
    if (value.size() > 250) return false;
    return set_text(s.author, value.empty() ? std::string_view("default") : value);
  }
  return false;
}

bool remember_query(Settings& settings, std::string_view query) {
  query = trimmed(query);
  if (query.empty() || query.size() > kMaxRememberedBytes || !is_valid_utf8(query)) return false;
  std::vector<std::string>& history = settings.query_history;
  if (!history.empty() && history.front() == query) return false;
  std::string kept(query);  // it may be one of the history's
  std::erase(history, kept);
  history.insert(history.begin(), std::move(kept));
  if (history.size() > kMaxQueryHistory) history.resize(kMaxQueryHistory);
  return true;
}

}  // namespace assay::app
