#include "core/stats/calibration.h"

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

using namespace assay::stats;
using Catch::Approx;

namespace {
constexpr Confusion kSample{106, 31, 83, 56};  // statistics.md: gpt-4o-mini against arena votes
}

TEST_CASE("Rates of the sample of statistics.md") {
  CHECK(accuracy(kSample)->value == Approx(0.684783).margin(1e-6));
  CHECK(true_positive_rate(kSample)->value == Approx(0.773723).margin(1e-6));
  CHECK(true_negative_rate(kSample)->value == Approx(0.597122).margin(1e-6));
  CHECK(*precision(kSample) == Approx(0.654321).margin(1e-6));
  CHECK(*f1_score(kSample) == Approx(0.709030).margin(1e-6));
  CHECK(*matthews_correlation(kSample) == Approx(0.376574).margin(1e-6));
  CHECK(*confusion_kappa(kSample) == Approx(0.370359).margin(1e-6));
  CHECK(*confusion_ac1(kSample) == Approx(0.373913).margin(1e-6));
  CHECK(mcnemar_exact_p(31, 56) == Approx(0.009673).margin(1e-6));
  const Interval tpr = true_positive_rate(kSample)->interval;
  CHECK(tpr.low < 0.773723);
  CHECK(tpr.high > 0.773723);
}

TEST_CASE("Rogan and Gladen's correction on the labels themselves gives the human rate") {
  const double p = 162.0 / 276, q0 = 83.0 / 139, q1 = 106.0 / 137;
  CHECK(*rogan_gladen(p, q0, q1) == Approx(0.496377).margin(1e-6));
  CHECK_FALSE(rogan_gladen(0.5, 0.5, 0.5));
  CHECK(*rogan_gladen(0.05, 0.9, 0.9) == 0);
}

TEST_CASE("A corrected rate has an interval around it, and a weak judge gets none") {
  const CorrectedRate corrected = corrected_rate(kSample, 162, 276);
  REQUIRE(corrected.refusal == CorrectionRefusal::None);
  CHECK(corrected.value == Approx(0.496377).margin(1e-6));
  CHECK(corrected.interval.low < corrected.value);
  CHECK(corrected.interval.high > corrected.value);
  CHECK(corrected.interval.high - corrected.interval.low > 0.2);
  CHECK(corrected_rate({50, 50, 50, 50}, 10, 20).refusal == CorrectionRefusal::WeakJudge);
  CHECK(corrected_rate({3, 1, 3, 1}, 10, 20).refusal == CorrectionRefusal::Uncertain);
  CHECK(corrected_rate({10, 2, 0, 0}, 10, 20).refusal == CorrectionRefusal::NoLabels);
  CHECK(corrected_rate(kSample, 0, 0).refusal == CorrectionRefusal::NothingJudged);
}

TEST_CASE("Lee's interval and PPI++ by hand, to the tenth digit") {
  // statistics.md 5.4, worked out in Python.
  const CorrectedRate corrected = corrected_rate(kSample, 300, 500);
  CHECK(corrected.value == Approx(0.5315491362220333).margin(1e-10));
  CHECK(corrected.interval.low == Approx(0.3459143855521402).margin(1e-10));
  CHECK(corrected.interval.high == Approx(0.7191403371915879).margin(1e-10));
  const auto estimate = ppi_rate({40, 10, 35, 15}, 300, 500);
  REQUIRE(estimate);
  CHECK(estimate->lambda == Approx(0.4355135139843392).margin(1e-10));
  CHECK(estimate->value == Approx(0.5217756756992167).margin(1e-10));
  CHECK(estimate->standard_error == Approx(0.04461718891249954).margin(1e-10));
}

TEST_CASE("How often Lee's interval holds the truth") {
  // The simulation of statistics.md 5.5 in small: rate .8, TPR .9, TNR .8, 100 random labels, 500 judged.
  uint64_t state = 11;
  const auto random = [&state] {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<double>(state >> 11) / 9007199254740992.0;
  };
  int holds = 0, rounds = 0;
  for (int i = 0; i < 500; ++i) {
    Confusion labels;
    for (int k = 0; k < 100; ++k) {
      const bool human = random() < 0.8;
      labels.add(human, random() < (human ? 0.9 : 0.2));
    }
    uint32_t passes = 0;
    for (int k = 0; k < 500; ++k) passes += random() < (random() < 0.8 ? 0.9 : 0.2) ? 1 : 0;
    const CorrectedRate corrected = corrected_rate(labels, passes, 500);
    if (corrected.refusal != CorrectionRefusal::None) continue;
    ++rounds;
    holds += corrected.interval.low <= 0.8 && 0.8 <= corrected.interval.high ? 1 : 0;
  }
  REQUIRE(rounds > 300);
  const double coverage = static_cast<double>(holds) / rounds;
  CHECK(coverage > 0.92);
  CHECK(coverage <= 1.0);
}

TEST_CASE("PPI++ is unbiased and never much wider than the labels alone") {
  const auto estimate = ppi_rate(kSample, 600, 1000);
  REQUIRE(estimate);
  CHECK(estimate->lambda > 0);
  CHECK(estimate->lambda <= 1);
  const double labels_only = 1.96 * 0.03009;  // sqrt(.4964 * .5036 / 276)
  CHECK(estimate->interval.high - estimate->interval.low < 2 * labels_only);
  // By hand: λ·J̄ of the rest + mean of Y − λJ.
  CHECK(estimate->value == Approx(estimate->lambda * 0.6 + 137.0 / 276 - estimate->lambda * 162.0 / 276).margin(1e-9));
  CHECK_FALSE(ppi_rate({1, 0, 0, 0}, 1, 2));
  // A judge that says nothing about the labels is ignored.
  CHECK(ppi_rate({25, 25, 25, 25}, 10, 100)->lambda == Approx(0).margin(1e-9));
}

TEST_CASE("Without labels there is nothing, not zero") {
  const Confusion none;
  CHECK_FALSE(accuracy(none));
  CHECK_FALSE(precision(none));
  CHECK_FALSE(f1_score(none));
  CHECK_FALSE(matthews_correlation(none));
  CHECK_FALSE(confusion_kappa(none));
  CHECK(mcnemar_exact_p(0, 0) == 1);
  CHECK(mcnemar_exact_p(2000, 2000) == Approx(1).margin(0.02));
}
