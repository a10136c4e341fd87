// Settings: a small versioned JSON document that the host stores as text. Wrong fields are dropped on
// load, never fatal. Holds no secret.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/app/command.h"
#include "core/ingest/column_mapping.h"
#include "core/judge/estimate.h"
#include "core/judge/scorer.h"
#include "core/score/redact.h"

namespace assay::app {

enum class ThemeChoice : uint8_t { System, Light, Dark };
enum class LanguageChoice : uint8_t { System, English, SimplifiedChinese };

struct Settings {
  ThemeChoice theme = ThemeChoice::System;
  LanguageChoice language = LanguageChoice::System;
  int ui_scale_percent = 100;             // 75 … 200
  std::string author = "default";         // source_id of a person's assessments
  std::string judge_base_url = "https://api.openai.com/v1";
  std::string judge_model = "gpt-4.1-mini";
  std::string judge_provider = "openai";  // a preset of judge::providers()
  // Caps of a run, 0 = none; the price is per million tokens ("model input output" a line).
  int judge_max_requests = 0;
  double judge_max_cost_usd = 0;
  int judge_day_max_requests = 0;         // the same for a day, over all runs
  double judge_day_max_cost_usd = 0;
  int judge_requests_per_minute = 0, judge_tokens_per_minute = 0;  // 0 = as fast as the server lets
  std::string judge_prices;               // the user's own lines, before the default ones
  score::RedactionRules redaction;
  int judge_concurrency = 8;              // 1 … 64
  int judge_max_attempts = 5;             // 1 … 10
  int judge_timeout_s = 120;              // 5 … 600
  std::string layout;                     // of the interface, in its own form; "": as it comes
  int memory_limit_mb = 0;                // for what is loaded; 0: as much as the page can have
  bool like_ignores_case = false;         // of LIKE: MLflow's SQLite store tells upper and lower case apart
  std::vector<std::string> query_history; // most recent first, each once; remember_query()
  std::vector<ingest::ColumnMapping> column_mappings;  // of tables, newest first
  // Keys that were changed: a command's key ("trace.next") and its chord in the form of the command table; "": none.
  std::vector<std::pair<std::string, std::string>> keys;
  std::vector<judge::ScorerSpec> scorers; // at first judge::default_scorers(), as they fit the data: fit_scorers()
  std::vector<std::string> scorers_off;   // names of those that a run leaves out
  std::vector<std::string> scorers_chosen;  // names of default ones that a person has changed, switched or deleted

  bool is_on(const judge::ScorerSpec& scorer) const;
  std::vector<judge::ScorerSpec> scorers_on() const;
  std::optional<judge::Price> price() const;  // of judge_model
  std::optional<judge::Price> price_of(std::string_view model) const;
};

Settings default_settings();
// The default scorers as they fit the data; what a person has chosen stays as it is.
void fit_scorers(Settings& settings, bool is_example, bool has_retrievers);
// A person has decided about this scorer: fit_scorers() leaves it alone from now on.
void choose_scorer(Settings& settings, std::string_view name);
std::string encode_settings(const Settings& settings);
Settings decode_settings(std::string_view json_text);  // fields that are wrong keep their default
// The chord of a command: the person's own, or that of the command table.
std::string_view chord_of(const Settings& settings, CommandId id);
// Whether the text is that of stored settings, whatever is in it.
bool is_settings_text(std::string_view json_text);
// One setting by key; "key.<command>" takes a chord, or "default" for the table's ("theme" = "dark", "judge_model" = …); false: unknown key or bad value.
bool set_setting(Settings& settings, std::string_view key, std::string_view value);

// Puts a query at the head of the history. False: nothing changed (blank, too long, or there already).
constexpr size_t kMaxQueryHistory = 100;
bool remember_query(Settings& settings, std::string_view query);

}  // namespace assay::app
