#include "core/stats/calibration.h"

#include <algorithm>
#include <cmath>

namespace assay::stats {
namespace {

double ratio(double a, double b) { return a / b; }
double within_unit(double x) { return std::clamp(x, 0.0, 1.0); }

}  // namespace

std::optional<Proportion> proportion(uint32_t successes, uint32_t n) {
  const std::optional<Interval> interval = wilson_interval(successes, n);
  if (!interval) return std::nullopt;
  return Proportion{ratio(successes, n), *interval, successes, n};
}

std::optional<Proportion> accuracy(const Confusion& c) { return proportion(c.tp + c.tn, c.n()); }
std::optional<Proportion> true_positive_rate(const Confusion& c) { return proportion(c.tp, c.positives()); }
std::optional<Proportion> true_negative_rate(const Confusion& c) { return proportion(c.tn, c.negatives()); }

std::optional<double> precision(const Confusion& c) {
  if (c.tp + c.fp == 0) return std::nullopt;
  return ratio(c.tp, c.tp + c.fp);
}

std::optional<double> f1_score(const Confusion& c) {
  if (2 * c.tp + c.fp + c.fn == 0) return std::nullopt;
  return ratio(2.0 * c.tp, 2.0 * c.tp + c.fp + c.fn);
}

std::optional<double> matthews_correlation(const Confusion& c) {
  const double tp = c.tp, fn = c.fn, tn = c.tn, fp = c.fp;
  const double below = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn);
  if (below == 0) return std::nullopt;
  return (tp * tn - fp * fn) / std::sqrt(below);
}

std::optional<double> confusion_kappa(const Confusion& c) {
  if (c.n() == 0) return std::nullopt;
  const double n = c.n();
  const double observed = (c.tp + c.tn) / n;
  const double human = c.positives() / n, judge = (c.tp + c.fp) / n;
  const double expected = human * judge + (1 - human) * (1 - judge);
  if (1 - expected < 1e-12) return std::nullopt;
  return (observed - expected) / (1 - expected);
}

std::optional<double> confusion_ac1(const Confusion& c) {
  if (c.n() == 0) return std::nullopt;
  const double n = c.n();
  const double share = (c.positives() / n + (c.tp + c.fp) / n) / 2;
  const double expected = 2 * share * (1 - share);
  return ((c.tp + c.tn) / n - expected) / (1 - expected);
}

double mcnemar_exact_p(uint32_t b, uint32_t c) {
  const uint32_t n = b + c, k = std::min(b, c);
  if (n == 0) return 1;
  // Sums of binomial terms by their logarithms: 2^n overflows from n = 1024 on.
  double sum = 0;
  for (uint32_t i = 0; i <= k; ++i)
    sum += std::exp(std::lgamma(n + 1.0) - std::lgamma(i + 1.0) - std::lgamma(n - i + 1.0) - n * std::log(2.0));
  return std::min(1.0, 2 * sum);
}

std::optional<double> rogan_gladen(double p, double q0, double q1) {
  if (q0 + q1 <= 1) return std::nullopt;
  return within_unit((p + q0 - 1) / (q0 + q1 - 1));
}

CorrectedRate corrected_rate(const Confusion& labelled, uint32_t judge_passes, uint32_t judged) {
  CorrectedRate out;
  const std::optional<Proportion> tpr = true_positive_rate(labelled), tnr = true_negative_rate(labelled);
  if (!tpr || !tnr) {
    out.refusal = CorrectionRefusal::NoLabels;
    return out;
  }
  if (judged == 0) {
    out.refusal = CorrectionRefusal::NothingJudged;
    return out;
  }
  const double p = ratio(judge_passes, judged);
  if (tpr->value + tnr->value - 1 < 0.2) {
    out.refusal = CorrectionRefusal::WeakJudge;
    return out;
  }
  if (tpr->interval.low < 0.5 || tnr->interval.low < 0.5) {
    out.refusal = CorrectionRefusal::Uncertain;
    return out;
  }
  out.value = *rogan_gladen(p, tnr->value, tpr->value);
  const double z2 = kZ95 * kZ95;
  const double count = judged + z2, m0 = labelled.negatives() + 2.0, m1 = labelled.positives() + 2.0;
  const double smooth_p = (judged * p + z2 / 2) / count;
  const double q0 = (labelled.tn + 1.0) / m0, q1 = (labelled.tp + 1.0) / m1;
  const double slope = q0 + q1 - 1;
  if (slope <= 0) {
    out.refusal = CorrectionRefusal::WeakJudge;
    return out;
  }
  const double theta = (smooth_p + q0 - 1) / slope;
  const double shift = 2 * z2 * (-(1 - theta) * q0 * (1 - q0) / m0 + theta * q1 * (1 - q1) / m1);
  const double error = std::sqrt(smooth_p * (1 - smooth_p) / count + (1 - theta) * (1 - theta) * q0 * (1 - q0) / m0 +
                                 theta * theta * q1 * (1 - q1) / m1) /
                       slope;
  out.interval = {within_unit(theta + shift - kZ95 * error), within_unit(theta + shift + kZ95 * error)};
  return out;
}

std::optional<PpiEstimate> ppi_rate(const Confusion& labelled, uint32_t unlabelled_passes, uint32_t unlabelled) {
  const double n = labelled.n(), rest = unlabelled;
  if (n < 2 || unlabelled == 0) return std::nullopt;
  const double y = labelled.positives() / n, j = (labelled.tp + labelled.fp) / n;
  const double covariance = (labelled.tp / n - y * j) * n / (n - 1);
  const double all_j = (labelled.tp + labelled.fp + unlabelled_passes) / (n + rest);
  const double variance_j = all_j * (1 - all_j);
  PpiEstimate out;
  out.lambda = variance_j > 0 ? within_unit(covariance / ((1 + n / rest) * variance_j)) : 0;
  const double lambda = out.lambda;
  const double j_rest = unlabelled_passes / rest;
  out.value = lambda * j_rest + y - lambda * j;
  // Variance of Y − λJ over the labelled ones, from the four cells.
  const double mean = y - lambda * j;
  const double squares = (labelled.tp * (1 - lambda) * (1 - lambda) + labelled.fn + labelled.fp * lambda * lambda) / n;
  const double variance = (squares - mean * mean) * n / (n - 1);
  out.standard_error = std::sqrt(lambda * lambda * j_rest * (1 - j_rest) / rest + std::max(0.0, variance) / n);
  out.interval = {within_unit(out.value - kZ95 * out.standard_error), within_unit(out.value + kZ95 * out.standard_error)};
  out.value = within_unit(out.value);
  return out;
}

}  // namespace assay::stats
