#include "core/stats/agreement.h"

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <vector>

using namespace assay::stats;
using Catch::Approx;

namespace {

constexpr double kNo = kNotRated;

Ratings table(uint32_t raters, const std::vector<std::vector<double>>& by_rater) {
  Ratings ratings(raters);
  for (size_t i = 0; i < by_rater[0].size(); ++i) {
    const uint32_t item = ratings.add_item();
    for (uint32_t r = 0; r < raters; ++r) ratings.set(item, r, by_rater[r][i]);
  }
  return ratings;
}

// Two raters by counts of (first, second).
Ratings of_counts(int both_yes, int first_only, int second_only, int both_no) {
  Ratings ratings(2);
  const auto add = [&](int count, double a, double b) {
    for (int i = 0; i < count; ++i) {
      const uint32_t item = ratings.add_item();
      ratings.set(item, 0, a);
      ratings.set(item, 1, b);
    }
  };
  add(both_yes, 1, 1), add(first_only, 1, 0), add(second_only, 0, 1), add(both_no, 0, 0);
  return ratings;
}

// Krippendorff 2011, section C: four observers, twelve units, missing data.
Ratings krippendorff_example() {
  return table(4, {{1, 2, 3, 3, 2, 1, 4, 1, 2, kNo, kNo, kNo},
                   {1, 2, 3, 3, 2, 2, 4, 1, 2, 5, kNo, 3},
                   {kNo, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, kNo},
                   {1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, kNo}});
}

}  // namespace

TEST_CASE("Cohen's kappa of known tables") {
  CHECK(*cohen_kappa(of_counts(20, 5, 10, 15), 0, 1, Level::Nominal) == Approx(0.4).margin(1e-9));
  // The sample of statistics.md: people against a judge.
  const Ratings sample = of_counts(106, 31, 56, 83);
  CHECK(*raw_agreement(sample) == Approx(0.684783).margin(1e-6));
  CHECK(*cohen_kappa(sample, 0, 1, Level::Nominal) == Approx(0.370359).margin(1e-6));
  CHECK(*gwet_ac1(sample, 0, 1) == Approx(0.373913).margin(1e-6));
  // Two categories have one distance: weights change nothing.
  CHECK(*cohen_kappa(sample, 0, 1, Level::Ordinal) == Approx(0.370359).margin(1e-6));
}

TEST_CASE("The interval of kappa for the sample is about 0.26 to 0.48") {
  const auto estimate = agreement(AgreementKind::Cohen, of_counts(106, 31, 56, 83), Level::Nominal);
  REQUIRE(estimate);
  REQUIRE(estimate->interval);
  CHECK(estimate->items == 276);
  CHECK(estimate->interval->low == Approx(0.26).margin(0.02));
  CHECK(estimate->interval->high == Approx(0.48).margin(0.02));
  const auto again = agreement(AgreementKind::Cohen, of_counts(106, 31, 56, 83), Level::Nominal);
  CHECK(again->interval->low == estimate->interval->low);
}

TEST_CASE("Weighted kappa counts far misses more") {
  const Ratings near = table(2, {{1, 2, 3, 4, 5, 1, 3}, {1, 2, 3, 4, 4, 2, 3}});
  const Ratings far = table(2, {{1, 2, 3, 4, 5, 1, 3}, {1, 2, 3, 4, 1, 5, 3}});
  CHECK(*cohen_kappa(near, 0, 1, Level::Ordinal) > *cohen_kappa(near, 0, 1, Level::Nominal));
  CHECK(*cohen_kappa(far, 0, 1, Level::Ordinal) < *cohen_kappa(near, 0, 1, Level::Ordinal));
}

TEST_CASE("Fleiss' kappa of the example with fourteen raters") {
  const std::vector<std::vector<int>> counts = {{0, 0, 0, 0, 14}, {0, 2, 6, 4, 2}, {0, 0, 3, 5, 6}, {0, 3, 9, 2, 0},
                                                {2, 2, 8, 1, 1},  {7, 7, 0, 0, 0}, {3, 2, 6, 3, 0}, {2, 5, 3, 2, 2},
                                                {6, 5, 2, 1, 0},  {0, 2, 2, 3, 7}};
  Ratings ratings(14);
  for (const std::vector<int>& row : counts) {
    const uint32_t item = ratings.add_item();
    uint32_t rater = 0;
    for (size_t c = 0; c < row.size(); ++c)
      for (int k = 0; k < row[c]; ++k) ratings.set(item, rater++, static_cast<double>(c));
  }
  CHECK(*fleiss_kappa(ratings) == Approx(0.2099).margin(1e-4));
  CHECK(*raw_agreement(ratings) == Approx(0.378).margin(1e-3));
}

TEST_CASE("Krippendorff's alpha of his example") {
  const Ratings ratings = krippendorff_example();
  CHECK(*krippendorff_alpha(ratings, Level::Nominal) == Approx(0.743).margin(5e-4));
  CHECK(*krippendorff_alpha(ratings, Level::Ordinal) == Approx(0.815).margin(5e-4));
  CHECK(*krippendorff_alpha(ratings, Level::Interval) == Approx(0.849).margin(5e-4));
  const auto estimate = agreement(AgreementKind::Alpha, ratings, Level::Nominal);
  CHECK(estimate->items == 11);
  CHECK(estimate->interval->low < 0.743);
  CHECK(estimate->interval->high > 0.743);
}

TEST_CASE("Alpha of random tables is what its definition by pairs gives") {
  uint32_t state = 7;
  const auto next = [&state](uint32_t n) { return (state = state * 1664525 + 1013904223) / 65536 % n; };
  for (int round = 0; round < 50; ++round) {
    Ratings ratings(3);
    for (int i = 0; i < 12; ++i) {
      const uint32_t item = ratings.add_item();
      for (uint32_t r = 0; r < 3; ++r)
        if (next(5) != 0) ratings.set(item, r, next(4));
    }
    // Directly: all ordered pairs within units against all ordered pairs of pairable values.
    std::vector<double> pairable;
    double observed = 0;
    for (uint32_t i = 0; i < ratings.items(); ++i) {
      std::vector<double> unit;
      for (uint32_t r = 0; r < 3; ++r)
        if (!std::isnan(ratings.at(i, r))) unit.push_back(ratings.at(i, r));
      if (unit.size() < 2) continue;
      pairable.insert(pairable.end(), unit.begin(), unit.end());
      for (const double a : unit)
        for (const double b : unit) observed += (a - b) * (a - b) / static_cast<double>(unit.size() - 1);
    }
    double expected = 0;
    for (const double a : pairable)
      for (const double b : pairable) expected += (a - b) * (a - b);
    const auto alpha = krippendorff_alpha(ratings, Level::Interval);
    if (expected == 0) {
      CHECK_FALSE(alpha);
    } else {
      CHECK(*alpha == Approx(1 - (static_cast<double>(pairable.size()) - 1) * observed / expected).margin(1e-9));
    }
  }
}

TEST_CASE("Where nothing can be said, nothing is said") {
  CHECK_FALSE(raw_agreement(Ratings(2)));
  CHECK_FALSE(agreement(AgreementKind::Alpha, Ratings(0), Level::Nominal));
  // One rater each; all the same; a rater against himself.
  CHECK_FALSE(raw_agreement(table(2, {{1, kNo}, {kNo, 1}})));
  const Ratings same = table(2, {{1, 1, 1}, {1, 1, 1}});
  CHECK(*raw_agreement(same) == 1);
  CHECK_FALSE(cohen_kappa(same, 0, 1, Level::Nominal));
  CHECK_FALSE(krippendorff_alpha(same, Level::Nominal));
  CHECK_FALSE(fleiss_kappa(same));
  CHECK_FALSE(agreement(AgreementKind::Cohen, same, Level::Nominal, 1, 1));
}

TEST_CASE("The share of equal labels of two raters has Wilson's interval") {
  const Ratings same = table(2, {{1, 1, 1}, {1, 1, 1}});
  CHECK(agreement(AgreementKind::Raw, same, Level::Nominal)->interval->low == Catch::Approx(0.4385).margin(1e-4));
  CHECK(agreement(AgreementKind::Raw, same, Level::Nominal)->interval->high == 1);
  // 10 of 18, and two items that only one of them has rated.
  Ratings ratings(2);
  for (uint32_t i = 0; i < 20; ++i) {
    const uint32_t item = ratings.add_item();
    ratings.set(item, 0, 1);
    if (i < 18) ratings.set(item, 1, i < 10 ? 1 : 0);
  }
  const auto estimate = agreement(AgreementKind::Raw, ratings, Level::Nominal);
  CHECK(estimate->items == 18);
  CHECK(estimate->interval->low == Catch::Approx(0.3372).margin(1e-4));
  CHECK(estimate->interval->high == Catch::Approx(0.7544).margin(1e-4));
}

TEST_CASE("Disagreements come with the widest first") {
  CHECK(disagreements(table(3, {{1, 1, 2, 5}, {1, 2, 2, kNo}, {1, 5, kNo, 4}})) == std::vector<uint32_t>{1, 3});
}

TEST_CASE("Ten reviewers of ten thousand items are compared in a moment") {
  Ratings ratings(10);
  uint32_t state = 3;
  for (int i = 0; i < 10000; ++i) {
    const uint32_t item = ratings.add_item();
    state = state * 1664525 + 1013904223;
    const uint32_t truth = state >> 31;
    for (uint32_t r = 0; r < 10; ++r) {
      state = state * 1664525 + 1013904223;
      ratings.set(item, r, (state >> 16) % 10 == 0 ? 1 - truth : truth);
    }
  }
  const auto alpha = agreement(AgreementKind::Alpha, ratings, Level::Nominal);
  CHECK(alpha->value == Approx(*krippendorff_alpha(ratings, Level::Nominal)).margin(1e-9));
  CHECK(alpha->value == Approx(0.64).margin(0.03));  // (1 - 2 * 0.1)^2
  CHECK(alpha->interval->high - alpha->interval->low < 0.03);
  for (uint32_t b = 1; b < 10; ++b) {
    const auto kappa = agreement(AgreementKind::Cohen, ratings, Level::Nominal, 0, b);
    CHECK(kappa->value == Approx(*cohen_kappa(ratings, 0, b, Level::Nominal)).margin(1e-9));
  }
}
