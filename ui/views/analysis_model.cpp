#include <algorithm>

#include "core/base/hash.h"
#include "core/base/ordering.h"
#include "core/base/time.h"
#include "ui/views/analysis_state.h"
#include "ui/views/span_content.h"

namespace assay::ui {
namespace {

constexpr size_t kNextOfAKind = 5, kNextRandom = 10;

// Reading blind, what others noted is not there.
bool is_note(const store::Dataset& dataset, const store::Assessment& a) { return review::is_note(a) && dataset.shows(a); }
bool is_code(const store::Dataset& dataset, const store::Assessment& a) { return review::is_code(a) && dataset.shows(a); }

struct Use {
  TimeMs time;
  uint32_t row;
  std::string mode;
};

FailureMode& mode_of(Analysis& out, const std::string& name) {
  for (FailureMode& mode : out.modes)
    if (mode.name == name) return mode;
  out.modes.emplace_back().name = name;
  return out.modes.back();
}

void read_trace(const store::Dataset& dataset, uint32_t row, Analysis& out, std::vector<Use>& uses,
                std::vector<TimeMs>& note_times) {
  bool looked_at = false;
  const auto& all = dataset.assessments(store::TraceRow{row});
  for (const store::Assessment& a : all) {
    if (is_code(dataset, a)) {
      looked_at = true;
      uses.push_back({a.create_time_ms, row, decode_attribute(a.value_json).text});
    }
    if (!is_note(dataset, a)) continue;
    looked_at = true;
    ++out.notes;
    const bool coded = std::any_of(all.begin(), all.end(), [&](const store::Assessment& code) {
      return is_code(dataset, code) && (code.span_id == a.span_id || code.span_id.empty());
    });
    if (coded) continue;
    out.uncoded.push_back({row, a.assessment_id, a.span_id, decode_attribute(a.value_json).text,
                           review::read_anchor(a).value_or(review::Anchor{}).quote});
    note_times.push_back(a.create_time_ms);
  }
  if (looked_at) ++out.reviewed;
}

// The modes in the order in which they were first used tell how long nothing new has come.
void count_uses(Analysis& out, const std::vector<Use>& uses) {
  std::vector<uint32_t> coded_since;  // rows
  for (const uint32_t i : sorted_indexes(uses.size(), [&](uint32_t a, uint32_t b) { return uses[a].time < uses[b].time; })) {
    const Use& use = uses[i];
    if (use.mode != kNoFailure && !use.mode.empty()) {
      FailureMode& mode = mode_of(out, use.mode);
      if (mode.rows.empty()) coded_since.clear();
      if (std::find(mode.rows.begin(), mode.rows.end(), use.row) == mode.rows.end()) mode.rows.push_back(use.row);
      if (mode.rows.size() == 1 && mode.rows[0] == use.row && coded_since.empty()) continue;
    }
    if (std::find(coded_since.begin(), coded_since.end(), use.row) == coded_since.end()) coded_since.push_back(use.row);
  }
  out.since_new = static_cast<uint32_t>(coded_since.size());
  for (const FailureMode& mode : out.modes) {
    out.observations += static_cast<uint32_t>(mode.rows.size());
    if (mode.rows.size() == 1) ++out.seen_once;
  }
  std::vector<FailureMode> ordered;
  for (const uint32_t i : sorted_indexes(out.modes.size(), [&](uint32_t a, uint32_t b) {
         return out.modes[a].rows.size() > out.modes[b].rows.size();
       })) {
    ordered.push_back(std::move(out.modes[i]));
  }
  out.modes = std::move(ordered);
}

void choose_next(const store::Dataset& dataset, const std::vector<store::TraceRow>& rows, Analysis& out) {
  std::vector<uint32_t> open;
  for (const store::TraceRow row : rows) {
    const auto& all = dataset.assessments(row);
    if (std::none_of(all.begin(), all.end(), [&](const store::Assessment& a) { return is_note(dataset, a) || is_code(dataset, a); }))
      open.push_back(row.v);
  }
  std::vector<uint8_t> taken(open.size(), 0);
  const auto take = [&](size_t most, NextReason reason, const auto& better, const auto& fits) {
    for (const uint32_t i : sorted_indexes(open.size(), better)) {
      if (most == 0) return;
      if (taken[i] != 0 || !fits(open[i])) continue;
      taken[i] = 1;
      --most;
      out.next.push_back({open[i], reason});
    }
  };
  const auto duration = [&](uint32_t i) { return dataset.duration_ms(store::TraceRow{open[i]}); };
  // The same ones each time, but of no order that the file has.
  const auto chance = [&](uint32_t i) { return hash_bytes(dataset.trace_id(store::TraceRow{open[i]})); };
  const auto by_chance = [&](uint32_t a, uint32_t b) { return chance(a) < chance(b); };
  // Slow is what takes twice as long as the one in the middle.
  std::vector<int64_t> durations;
  for (uint32_t i = 0; i < open.size(); ++i)
    if (duration(i) != kNoTime) durations.push_back(duration(i));
  std::sort(durations.begin(), durations.end());
  const int64_t slow_ms = durations.empty() ? kNoTime : std::max<int64_t>(1, 2 * durations[durations.size() / 2]);
  take(kNextOfAKind, NextReason::Failed, by_chance,
       [&](uint32_t row) { return dataset.state(store::TraceRow{row}) == store::TraceState::Error; });
  take(kNextOfAKind, NextReason::Slow, [&](uint32_t a, uint32_t b) { return duration(a) > duration(b); },
       [&](uint32_t row) { return slow_ms != kNoTime && dataset.duration_ms(store::TraceRow{row}) >= slow_ms; });
  take(kNextRandom, NextReason::Random, by_chance, [](uint32_t) { return true; });
}

// What the codebook knows of the modes, and their codes.
void read_codes(const store::Dataset& dataset, const review::Codebook& codebook, std::string_view reviewer, Analysis& out) {
  for (const review::ModeEntry& entry : codebook.modes())
    if (!entry.retired) mode_of(out, entry.name).defined = true;
  for (FailureMode& mode : out.modes) {
    const review::ModeEntry* entry = codebook.find(mode.name);
    std::vector<uint32_t> rows = mode.rows;
    std::sort(rows.begin(), rows.end());
    for (const uint32_t row : rows) {
      const auto& all = dataset.assessments(store::TraceRow{row});
      for (const store::Assessment& a : all) {
        if (!is_code(dataset, a) || decode_attribute(a.value_json).text != mode.name) continue;
        FailureMode::Code code{row, a.assessment_id, a.span_id, {}, entry != nullptr && review::is_code_stale(a, *entry),
                               a.source_type == store::SourceType::Human && a.source_id == reviewer};
        for (const store::Assessment& note : all)
          if (is_note(dataset, note) && note.span_id == a.span_id) code.note = decode_attribute(note.value_json).text;
        mode.stale += code.stale ? 1 : 0;
        mode.codes.push_back(std::move(code));
      }
    }
  }
}

}  // namespace

Analysis analyse(const store::Dataset& dataset, const std::vector<store::TraceRow>& rows, const review::Codebook* codebook,
                 std::string_view reviewer) {
  Analysis out;
  std::vector<Use> uses;
  std::vector<TimeMs> note_times;
  for (uint32_t row = 0; row < dataset.trace_count(); ++row) read_trace(dataset, row, out, uses, note_times);
  std::vector<OpenNote> ordered;
  for (const uint32_t i : sorted_indexes(note_times.size(), [&](uint32_t a, uint32_t b) { return note_times[a] < note_times[b]; }))
    ordered.push_back(std::move(out.uncoded[i]));
  out.uncoded = std::move(ordered);
  count_uses(out, uses);
  if (codebook != nullptr) read_codes(dataset, *codebook, reviewer, out);
  choose_next(dataset, rows, out);
  return out;
}

}  // namespace assay::ui
