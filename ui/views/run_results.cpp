#include "ui/views/run_results.h"

#include <algorithm>

#include "core/base/hash.h"
#include "ui/views/assessed.h"

namespace assay::ui {

namespace {

constexpr size_t kMaxErrorRows = 20000;  // looked at for the list of errors
constexpr size_t kMaxErrorKinds = 20;

bool passes(const RunsState& state, const RowVerdicts& verdicts) {
  if (state.filter_kind == 0) return true;
  const auto is_kind = [&state](const store::Assessment* a) {
    if (a == nullptr) return state.filter_kind == 4;
    switch (value_of(*a).kind) {
      case ValueKind::Pass:
        return state.filter_kind == 1;
      case ValueKind::Fail:
        return state.filter_kind == 2;
      case ValueKind::Error:
        return state.filter_kind == 3;
      default:
        return false;
    }
  };
  if (state.filter_column >= 0) {
    const auto column = static_cast<size_t>(state.filter_column);
    return column < verdicts.size() && is_kind(verdicts[column]);
  }
  return std::any_of(verdicts.begin(), verdicts.end(), is_kind);
}

// One line for what a scorer failed with, under the first trace on which it did.
void add_error(std::vector<judge::ProgressError>& errors, const store::Assessment& a, std::string_view trace_id) {
  for (judge::ProgressError& e : errors) {
    if (e.code == a.error_code && e.message == a.error_message && e.scorer == a.name) {
      ++e.count;
      return;
    }
  }
  if (errors.size() < kMaxErrorKinds) errors.push_back({a.error_code, a.error_message, 1, a.name, std::string(trace_id)});
}

}  // namespace

RowVerdicts verdicts_of(const app::Session& session, const app::RunSummary& run,
                        store::TraceRow row) {
  RowVerdicts verdicts(run.scorers.size(), nullptr);
  for (const store::Assessment* assessment : session.run_assessments(run.run_id, row)) {
    for (size_t i = 0; i < run.scorers.size(); ++i) {
      // Several retrievers give several verdicts: a failing one is what one wants to see.
      if (assessment->name != run.scorers[i].name) continue;
      if (verdicts[i] == nullptr || value_of(*assessment).kind == ValueKind::Fail)
        verdicts[i] = assessment;
    }
  }
  return verdicts;
}

const RowVerdicts& verdicts_at(UiFrame& f, const app::RunSummary& run, size_t position) {
  RunsState& state = f.view.runs;
  if (state.verdicts.size() != state.rows.size()) state.verdicts.assign(state.rows.size(), {});
  RowVerdicts& verdicts = state.verdicts[position];
  if (verdicts.size() != run.scorers.size())
    verdicts = verdicts_of(f.session, run, state.rows[position]);
  return verdicts;
}

void refresh_run(UiFrame& f, const app::RunSummary& run) {
  RunsState& state = f.view.runs;
  if (state.run_id != run.run_id) {
    state.run_id = run.run_id;
    state.filter_column = -1;
    state.filter_kind = 0;
    state.table = kit::TableState{};
    state.side_trace_id.clear();
    state.skips_of.clear();
    state.rows_key = 0;
  }
  const uint64_t counts = hash_bytes(run.run_id) ^ (uint64_t{run_total_changes(run)} << 20) ^
                          f.session.dataset().trace_count();
  const uint64_t key = (counts * 31 + f.session.dataset().revision()) * 131 +
                       static_cast<uint64_t>(state.filter_column + 1) * 8 +
                       static_cast<uint64_t>(state.filter_kind) + 1;
  if (key == state.rows_key) return;
  state.rows_key = key;
  state.scores = f.session.run_scores(run.run_id);
  state.verdicts.clear();
  state.errors.clear();
  const std::vector<store::TraceRow>& all = f.session.run_rows(run.run_id);
  const bool filtered = state.filter_kind != 0;
  const bool with_errors = run.failed > 0 && all.size() <= kMaxErrorRows;
  if (!filtered && !with_errors) {
    state.rows = all;
    return;
  }
  state.rows.clear();
  for (const store::TraceRow row : all) {
    const RowVerdicts verdicts = verdicts_of(f.session, run, row);
    if (with_errors) {
      for (const store::Assessment* a : verdicts) {
        if (a != nullptr && value_of(*a).kind == ValueKind::Error) add_error(state.errors, *a, f.session.dataset().trace_id(row));
      }
    }
    if (passes(state, verdicts)) state.rows.push_back(row);
  }
}

uint32_t loaded_traces(UiFrame& f, const app::RunSummary& run) {
  const store::Dataset& dataset = f.session.dataset();
  const std::string_view first = dataset.trace_count() == 0 ? std::string_view() : dataset.trace_id(store::TraceRow{0});
  RunsState& state = f.view.runs;
  if (state.loaded_of_traces != dataset.trace_count() || state.loaded_of_first != first) {
    state.loaded_of_traces = dataset.trace_count();
    state.loaded_of_first = first;
    state.loaded.clear();
  }
  const auto [at, is_new] = state.loaded.try_emplace(run.run_id, 0u);
  if (is_new)
    at->second = static_cast<uint32_t>(std::count_if(run.trace_ids.begin(), run.trace_ids.end(),
                                                     [&](const std::string& id) { return dataset.find_trace(id).has_value(); }));
  return at->second;
}

std::string run_traces_text(UiFrame& f, const app::RunSummary& run) {
  const uint32_t loaded = loaded_traces(f, run);
  const auto all = static_cast<int64_t>(run.trace_ids.size());
  if (loaded == all) return kit::tr_count(kit::Str::top_traces, all);
  return kit::tr_format(kit::Str::traces_loaded_of, {kit::format_count(loaded), kit::format_count(all)});
}

uint32_t run_total_changes(const app::RunSummary& run) {
  return run.scored + run.failed * 3 + run.skipped * 5 + run.interrupted * 7;
}

}  // namespace assay::ui
