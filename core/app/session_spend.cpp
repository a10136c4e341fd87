// Session: what judges have cost today, keys kept under a passphrase, and which traces a run still wants.
#include "core/app/session_state.h"
#include "core/base/hash.h"
#include "core/base/late.h"
#include "core/judge/judge_events.h"

namespace assay::app {

using store::TraceRow;

int64_t Session::State::day_of(int64_t time_ms) const {
  constexpr int64_t kDayMs = 86'400'000;
  const int64_t local_ms = time_ms + int64_t{60'000} * utc_offset_minutes;
  return local_ms / kDayMs - (local_ms % kDayMs < 0 ? 1 : 0);
}

// A fold over the journal, so that a reload, or another tab, knows of it. What is sent counts at once, with an
// estimate of its cost that the answer puts right.
void Session::State::count_day_use(const judge::ItemEvent& item, std::string_view kind, std::string_view model) {
  const int64_t day = day_of(item.time_ms);
  if (item.request_hash.empty() || day < day_use.day || !item.reused_from.empty()) return;
  if (day > day_use.day) {
    day_use = {};
    day_use.day = day;
    day_open_usd.clear();
  }
  if (known_price.first != model || model.empty()) known_price = {std::string(model), settings.price_of(model)};
  const std::optional<judge::Price>& price = known_price.second;
  const uint64_t key =
      hash_bytes(item.run_id, hash_bytes(item.span_id, hash_bytes(item.scorer, hash_bytes(item.trace_id))));
  const auto open = day_open_usd.find(key);
  const double open_usd = open != day_open_usd.end() ? open->second : 0;
  if (kind == judge::kRequestSent) {
    ++day_use.requests;
    if (!price) return;
    const double usd = judge::cost_usd(*price, item.body_bytes / 4, judge::kMaxVerdictTokens);
    day_use.cost_usd += usd;
    day_open_usd[key] = usd;
    return;
  }
  if (kind == judge::kRequestEnded && !judge::is_counted(item.usage)) {
    if (item.code == "UNSENT" && day_use.requests > 0) --day_use.requests;
    if (item.code == "UNSENT" || item.code == "RATE_LIMITED" || item.code == "PARAMETER_REFUSED")
      day_use.cost_usd -= open_usd;
  } else if (price && judge::is_counted(item.usage)) {
    day_use.cost_usd +=
        judge::cost_usd(*price, item.usage.input_tokens, item.usage.output_tokens, item.usage.cached_tokens) - open_usd;
  }
  if (open != day_open_usd.end()) day_open_usd.erase(open);
}

// To the run under way: before its own requests of today, or when a day begins.
void Session::State::tell_day_use() {
  run_day = day_of(now_ms());
  const bool today = day_use.day == run_day;
  run->set_day_use(today ? day_use.requests : 0, today ? day_use.cost_usd : 0);
}

DayUse Session::day_use() const {
  const State& s = *state_;
  if (s.day_use.day == s.day_of(s.now_ms())) return s.day_use;
  return {};
}

void Session::on_online(bool online) {
  State& s = *state_;
  s.online = online;
  if (s.run == nullptr) return;
  s.run->set_online(online, s.now_ms());
  call_late<&State::pump_judge>(s);
}

void Session::on_vault(VaultAnswer answer, judge::SecretRef secret) {
  State& s = *state_;
  switch (answer) {
    case VaultAnswer::Stored:
      return s.notice(NoticeKind::Success, "key_stored", "The key is kept on this machine, encrypted");
    case VaultAnswer::Unlocked:
      s.secret = secret;
      if (s.run != nullptr) s.run->set_secret(secret);
      return s.notice(NoticeKind::Success, "key_unlocked", "The key is unlocked until this tab closes");
    case VaultAnswer::WrongPassphrase:
      return s.notice(NoticeKind::Error, "key_wrong_passphrase", "This is not the passphrase of the stored key");
    case VaultAnswer::Unavailable:
      return s.notice(NoticeKind::Error, "key_not_stored", "This browser cannot encrypt or keep the key here");
  }
}

bool Session::has_stored_key() const { return state_->platform.vault != nullptr && state_->platform.vault->has_stored(); }
std::string Session::stored_key_label() const {
  return state_->platform.vault != nullptr ? state_->platform.vault->stored_label() : std::string();
}

namespace {

// Of a scorer as it is now: what an earlier version said answered another question. A verdict without a version was
// made elsewhere, and counts.
bool is_of_version(const store::Assessment& a, const judge::ScorerSpec& scorer) {
  const std::string version = store::metadata_value(a, judge::kScorerVersionKey);
  return version.empty() || version == std::to_string(scorer.version);
}

}  // namespace

// "missing": one of the scorers has given no verdict yet; "errors": one has only failed.
bool Session::State::wanted_by(std::string_view which, TraceRow row, const std::vector<judge::ScorerSpec>& on) const {
  for (const judge::ScorerSpec& scorer : on) {
    bool judged = false, failed = false;
    for (const store::Assessment& a : dataset.assessments(row)) {
      if (a.name != scorer.name || a.kind != store::AssessmentKind::Feedback || !a.valid ||
          a.source_type == store::SourceType::Human || !is_of_version(a, scorer))
        continue;
      (a.has_error() ? failed : judged) = true;
    }
    if (!judged && (which == "missing" || failed)) return true;
  }
  return false;
}

uint32_t Session::evaluation_size(std::string_view scope) const {
  const State& s = *state_;
  if (scope == "selected") return s.selected_count;
  if (scope == "all") return s.dataset.trace_count();
  if (scope.find(':') == std::string_view::npos) return s.list.error() ? 0 : static_cast<uint32_t>(s.list.rows().size());
  std::string key = (s.list.error() ? "!" : "") + std::string(scope);
  for (const uint64_t part : {s.dataset.revision(), s.list.generation(), s.selection_revision})
    (key += ' ') += std::to_string(part);
  for (const judge::ScorerSpec& scorer : s.settings.scorers_on())
    ((key += '\n') += std::to_string(scorer.version)) += scorer.name;
  if (s.scope_size.first != key)
    s.scope_size = {std::move(key), static_cast<uint32_t>(s.rows_of_scope(scope).size())};
  return s.scope_size.second;
}

}  // namespace assay::app
