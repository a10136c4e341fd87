// Two runs against each other, trace by trace: for each scorer that both hold, what they say of the same traces. Pure but
// for reading the session.
#pragma once

#include <string>
#include <vector>

#include "core/app/session.h"
#include "core/stats/paired.h"

namespace assay::ui {

// What a run says of one trace by one scorer. A scorer with several verdicts on a trace (one for each retriever or
// document): the trace fails where one of them fails, else is an error where one of them is; numbers are their mean.
// Verdicts that a person has corrected or taken back do not count, as they do not in the run's own results.
struct RunSaid {
  enum class Kind : uint8_t { None, Error, Pass, Fail, Number, Text } kind = Kind::None;
  double number = 0;
  std::string text;
};
struct SaidPair {
  RunSaid a, b;
  bool both() const { return a.kind > RunSaid::Kind::Error && b.kind > RunSaid::Kind::Error; }
  bool differ() const;  // both say something, and not the same
};

struct ScorerPairs {
  std::string name;
  int version_a = 1, version_b = 1;
  bool other_settings = false;  // not the same scorer but for its name
  bool has_places = false;      // several verdicts on a trace
  // Traces by what both say of them.
  stats::PairedCounts counts;
  uint32_t numbers = 0, numbers_differ = 0;
  double mean_a = 0, mean_b = 0;  // of `numbers`
  std::optional<stats::Difference> difference;       // of `numbers`
  std::optional<stats::Difference> rate_difference;  // of `counts`
  // Sessions, or traces that have none, that the pairs come from: what resembles each other counts as less.
  app::ClusterKind cluster_kind = app::ClusterKind::Traces;
  uint32_t clusters = 0, clusters_changed = 0;  // changed: more passes in one run than in the other
  uint32_t texts_same = 0, texts_differ = 0;  // texts, and values of different kinds
  // McNemar's exact test, where traces share a session with the signs of whole sessions flipped; adjusted for the number
  // of scorers that have one.
  double p = 1, p_adjusted = 1;
  // Traces that are no pair, by why.
  uint32_t errors_a = 0, errors_b = 0, skipped_a = 0, skipped_b = 0;
  uint32_t pairs() const { return counts.n() + numbers + texts_same + texts_differ; }
};

struct PairedTrace {
  store::TraceRow row;
  std::vector<SaidPair> said;  // by scorer
};

struct RunPairs {
  uint32_t in_both = 0, only_a = 0, only_b = 0;  // traces of the runs, loaded or not
  std::vector<PairedTrace> traces;               // in both and loaded, in the order of A
  std::vector<ScorerPairs> scorers;
  std::vector<std::string> scorers_only_a, scorers_only_b;
  uint32_t tests = 0;  // scorers with a p
};
RunPairs pair_runs(const app::Session& session, const app::RunSummary& a, const app::RunSummary& b);

// Which traces are listed.
enum class PairFilter : uint8_t { Differ, OnlyA, OnlyB, BothPass, BothFail, NoPair, All };
// `scorer`: by its position; −1: any of them.
bool passes(const PairedTrace& trace, PairFilter filter, int scorer);

}  // namespace assay::ui
