#include "ui/views/run_pairs.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "core/app/trace_clusters.h"
#include "core/base/numbers.h"
#include "core/stats/calibration.h"
#include "core/stats/clusters.h"
#include "ui/views/assessed.h"

namespace assay::ui {
namespace {

using Kind = RunSaid::Kind;

// A rank by which of several verdicts on one trace one stands for all.
int rank(ValueKind kind) {
  switch (kind) {
    case ValueKind::Fail: return 4;
    case ValueKind::Error: return 3;
    case ValueKind::None: return 0;
    case ValueKind::Pass: return 1;
    default: return 2;
  }
}

struct Collected {
  std::vector<RunSaid> said;       // by scorer
  std::vector<uint32_t> verdicts;  // of each
};

Collected said_of(const app::Session& session, const std::string& run_id, const std::vector<std::string>& names, store::TraceRow row) {
  Collected out;
  out.said.resize(names.size());
  out.verdicts.resize(names.size(), 0);
  std::vector<int> ranks(names.size(), -1);
  std::vector<double> sums(names.size(), 0);
  std::vector<uint32_t> numbers(names.size(), 0);
  for (const store::Assessment& a : session.dataset().assessments(row)) {
    if (!a.valid || a.kind != store::AssessmentKind::Feedback) continue;
    const auto name = std::find(names.begin(), names.end(), a.name);
    if (name == names.end() || a.metadata_json.find(run_id) == std::string::npos) continue;
    if (store::metadata_value(a, store::kSourceRunKey) != run_id) continue;
    const auto i = static_cast<size_t>(name - names.begin());
    AssessedValue value = value_of(a);
    ++out.verdicts[i];
    if (value.kind == ValueKind::Number) {
      sums[i] += parse_double(a.value_json).value_or(0);
      ++numbers[i];
    }
    if (rank(value.kind) <= ranks[i]) continue;
    ranks[i] = rank(value.kind);
    RunSaid& said = out.said[i];
    said = {};
    switch (value.kind) {
      case ValueKind::None: break;
      case ValueKind::Pass: said.kind = Kind::Pass; break;
      case ValueKind::Fail: said.kind = Kind::Fail; break;
      case ValueKind::Error: said.kind = Kind::Error; break;
      case ValueKind::Number: said.kind = Kind::Number; break;
      default: said.kind = Kind::Text; said.text = std::move(value.text); break;
    }
  }
  for (size_t i = 0; i < names.size(); ++i)
    if (numbers[i] > 0) out.said[i].number = sums[i] / numbers[i];
  return out;
}

void count_no_pair(Kind kind, uint32_t& errors, uint32_t& skipped) {
  if (kind == Kind::Error) ++errors;
  if (kind == Kind::None) ++skipped;
}

}  // namespace

bool SaidPair::differ() const {
  if (!both()) return false;
  return a.kind != b.kind || (a.kind == Kind::Number && a.number != b.number) || (a.kind == Kind::Text && a.text != b.text);
}

namespace {

app::TraceClusters clusters_of_pairs(const app::Session& session, const RunPairs& pairs) {
  std::vector<store::TraceRow> rows;
  rows.reserve(pairs.traces.size());
  for (const PairedTrace& trace : pairs.traces) rows.push_back(trace.row);
  return app::clusters_of(session.dataset(), rows);
}

// Differences, intervals and the test of one scorer, from what was counted and the traces.
void compare_pairs(RunPairs& pairs, size_t number, const app::TraceClusters& clusters) {
  struct Changes {
    std::vector<double> values;
    std::vector<uint32_t> clusters;
    void add(double value, uint32_t cluster) {
      values.push_back(value);
      clusters.push_back(cluster);
    }
  };
  ScorerPairs& scorer = pairs.scorers[number];
  Changes verdicts, numbers;
  std::unordered_set<uint32_t> of_pairs;
  std::unordered_map<uint32_t, int> passes_more;  // in B than in A, by cluster
  for (size_t i = 0; i < pairs.traces.size(); ++i) {
    const SaidPair& pair = pairs.traces[i].said[number];
    if (!pair.both()) continue;
    of_pairs.insert(clusters.of[i]);
    if (pair.a.kind <= Kind::Fail && pair.b.kind <= Kind::Fail) {
      const int change = (pair.b.kind == Kind::Pass ? 1 : 0) - (pair.a.kind == Kind::Pass ? 1 : 0);
      passes_more[clusters.of[i]] += change;
      verdicts.add(change, clusters.of[i]);
    } else if (pair.a.kind == Kind::Number && pair.b.kind == Kind::Number) {
      numbers.add(pair.b.number - pair.a.number, clusters.of[i]);
    }
  }
  for (const auto& [cluster, more] : passes_more) scorer.clusters_changed += more != 0 ? 1 : 0;
  scorer.cluster_kind = clusters.kind;
  scorer.clusters = static_cast<uint32_t>(of_pairs.size());
  if (scorer.numbers > 0) {
    scorer.mean_a /= scorer.numbers;
    scorer.mean_b /= scorer.numbers;
    scorer.difference = stats::mean_difference(numbers.values, numbers.clusters);
  }
  if (scorer.counts.n() == 0) return;
  const stats::DesignEffect effect = stats::design_effect(verdicts.values, verdicts.clusters);
  scorer.rate_difference = stats::rate_difference(scorer.counts, effect);
  scorer.p = effect.clustered() ? stats::sign_flip_p(verdicts.values, verdicts.clusters)
                                : stats::mcnemar_exact_p(scorer.counts.only_a, scorer.counts.only_b);
}

}  // namespace

RunPairs pair_runs(const app::Session& session, const app::RunSummary& a, const app::RunSummary& b) {
  RunPairs out;
  std::vector<std::string> names;
  for (const judge::ScorerSpec& scorer : a.scorers) {
    const auto other = std::find_if(b.scorers.begin(), b.scorers.end(), [&](const judge::ScorerSpec& s) { return s.name == scorer.name; });
    if (other == b.scorers.end()) {
      out.scorers_only_a.push_back(scorer.name);
      continue;
    }
    names.push_back(scorer.name);
    ScorerPairs pairs;
    pairs.name = scorer.name;
    pairs.version_a = scorer.version;
    pairs.version_b = other->version;
    judge::ScorerSpec alike = *other;
    alike.version = scorer.version;
    pairs.other_settings = !(alike == scorer);
    out.scorers.push_back(std::move(pairs));
  }
  for (const judge::ScorerSpec& scorer : b.scorers)
    if (std::find(names.begin(), names.end(), scorer.name) == names.end()) out.scorers_only_b.push_back(scorer.name);

  const std::unordered_set<std::string_view> of_b(b.trace_ids.begin(), b.trace_ids.end());
  std::unordered_set<std::string_view> of_a;  // the starts of sessions may stand among a run's traces once more
  for (const std::string& trace_id : a.trace_ids) {
    if (!of_a.insert(trace_id).second || !of_b.contains(trace_id)) continue;
    ++out.in_both;
    const auto row = session.dataset().find_trace(trace_id);
    if (!row) continue;
    Collected said_a = said_of(session, a.run_id, names, *row), said_b = said_of(session, b.run_id, names, *row);
    PairedTrace trace;
    trace.row = *row;
    for (size_t i = 0; i < names.size(); ++i) {
      ScorerPairs& scorer = out.scorers[i];
      SaidPair pair{std::move(said_a.said[i]), std::move(said_b.said[i])};
      scorer.has_places |= said_a.verdicts[i] > 1 || said_b.verdicts[i] > 1;
      const bool binary = pair.both() && pair.a.kind <= Kind::Fail && pair.b.kind <= Kind::Fail;
      if (!pair.both()) {
        count_no_pair(pair.a.kind, scorer.errors_a, scorer.skipped_a);
        count_no_pair(pair.b.kind, scorer.errors_b, scorer.skipped_b);
      } else if (binary) {
        scorer.counts.add(pair.a.kind == Kind::Pass, pair.b.kind == Kind::Pass);
      } else if (pair.a.kind == Kind::Number && pair.b.kind == Kind::Number) {
        ++scorer.numbers;
        scorer.numbers_differ += pair.differ() ? 1 : 0;
        scorer.mean_a += pair.a.number;
        scorer.mean_b += pair.b.number;
      } else {
        ++(pair.differ() ? scorer.texts_differ : scorer.texts_same);
      }
      trace.said.push_back(std::move(pair));
    }
    out.traces.push_back(std::move(trace));
  }
  out.only_a = static_cast<uint32_t>(of_a.size()) - out.in_both;
  out.only_b = static_cast<uint32_t>(of_b.size()) - out.in_both;

  const app::TraceClusters clusters = clusters_of_pairs(session, out);
  std::vector<double> p_values;
  for (size_t i = 0; i < names.size(); ++i) {
    compare_pairs(out, i, clusters);
    if (out.scorers[i].counts.n() > 0) p_values.push_back(out.scorers[i].p);
  }
  out.tests = static_cast<uint32_t>(p_values.size());
  const std::vector<double> adjusted = stats::adjusted_for_many(p_values);
  size_t next = 0;
  for (ScorerPairs& scorer : out.scorers)
    if (scorer.counts.n() > 0) scorer.p_adjusted = adjusted[next++];
  return out;
}

bool passes(const PairedTrace& trace, PairFilter filter, int scorer) {
  const auto is = [filter](const SaidPair& pair) {
    const bool pass_a = pair.a.kind == Kind::Pass, pass_b = pair.b.kind == Kind::Pass;
    const bool fail_a = pair.a.kind == Kind::Fail, fail_b = pair.b.kind == Kind::Fail;
    switch (filter) {
      case PairFilter::Differ: return pair.differ();
      case PairFilter::OnlyA: return pass_a && fail_b;
      case PairFilter::OnlyB: return fail_a && pass_b;
      case PairFilter::BothPass: return pass_a && pass_b;
      case PairFilter::BothFail: return fail_a && fail_b;
      case PairFilter::NoPair: return !pair.both();
      case PairFilter::All: return true;
    }
    return true;
  };
  if (scorer >= 0) return static_cast<size_t>(scorer) < trace.said.size() && is(trace.said[static_cast<size_t>(scorer)]);
  return filter == PairFilter::All || std::any_of(trace.said.begin(), trace.said.end(), is);
}

}  // namespace assay::ui
