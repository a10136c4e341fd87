// How well a judge's yes and no match those of people, and what rate the people would have found on everything that
// the judge has seen. Pure functions over counts.
//
// Sources: MCC (B. W. Matthews, 1975), McNemar's exact test (1947), the corrected rate of W. J. Rogan and B. Gladen
// (1978), its interval by Lee et al. (arXiv 2511.21140), and PPI++ (Angelopoulos et al., arXiv 2311.01453).
#pragma once

#include <cstdint>
#include <optional>

#include "core/stats/interval.h"

namespace assay::stats {

// Judge against people, over traces that both assessed. "Positive": the people said pass.
struct Confusion {
  uint32_t tp = 0, fn = 0, tn = 0, fp = 0;

  uint32_t n() const { return tp + fn + tn + fp; }
  uint32_t positives() const { return tp + fn; }  // of the people
  uint32_t negatives() const { return tn + fp; }
  void add(bool human, bool judge) { ++(human ? (judge ? tp : fn) : (judge ? fp : tn)); }
};

struct Proportion {
  double value = 0;
  Interval interval;  // Wilson, 95 %
  uint32_t successes = 0, n = 0;
};
// Nothing for n = 0.
std::optional<Proportion> proportion(uint32_t successes, uint32_t n);

std::optional<Proportion> accuracy(const Confusion& c);
std::optional<Proportion> true_positive_rate(const Confusion& c);
std::optional<Proportion> true_negative_rate(const Confusion& c);
std::optional<double> precision(const Confusion& c);
std::optional<double> f1_score(const Confusion& c);
std::optional<double> matthews_correlation(const Confusion& c);
std::optional<double> confusion_kappa(const Confusion& c);  // Cohen's
std::optional<double> confusion_ac1(const Confusion& c);    // Gwet's
// Two-sided exact p: whether the judge errs more often in one direction than in the other. 1 without errors.
double mcnemar_exact_p(uint32_t false_negatives, uint32_t false_positives);

// (p + q0 − 1) / (q0 + q1 − 1) within [0, 1]; nothing when the judge is no better than chance (q0 + q1 <= 1).
std::optional<double> rogan_gladen(double judge_pass_rate, double tnr, double tpr);

// Why a corrected rate is not shown.
enum class CorrectionRefusal : uint8_t {
  None,
  NoLabels,      // no positive or no negative label
  NothingJudged,
  WeakJudge,     // TPR + TNR − 1 < 0.2
  Uncertain,     // a lower bound of TPR or TNR below 0.5
};
struct CorrectedRate {
  CorrectionRefusal refusal = CorrectionRefusal::None;
  double value = 0;
  Interval interval;  // Lee et al., 95 %
};
// The rate of passes that people would give, from the judge's verdicts on `judged` traces.
CorrectedRate corrected_rate(const Confusion& labelled, uint32_t judge_passes, uint32_t judged);

// PPI++ for a rate: the labelled traces must be a random sample of those the judge has seen. `unlabelled_passes` of
// `unlabelled` traces without labels passed the judge. Nothing with fewer than two labels or nothing unlabelled.
struct PpiEstimate {
  double value = 0, standard_error = 0, lambda = 0;
  Interval interval;  // 95 %, normal approximation, within [0, 1]
};
std::optional<PpiEstimate> ppi_rate(const Confusion& labelled, uint32_t unlabelled_passes, uint32_t unlabelled);

}  // namespace assay::stats
