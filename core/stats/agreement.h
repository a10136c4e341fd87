// How far people (or judges) who rated the same items agree, beyond what chance would give. Pure functions over a
// table of ratings; nothing here knows traces or reviewers.
//
// Sources: raw agreement and Cohen's kappa (J. Cohen, 1960; weighted 1968), Fleiss' kappa (J. L. Fleiss, 1971),
// Gwet's AC1 (K. L. Gwet, 2008), Krippendorff's alpha (K. Krippendorff, "Computing Krippendorff's Alpha-Reliability",
// 2011). Intervals are percentiles of a bootstrap over items: the item, not the single rating, is what was drawn.
//
// A statistic is absent where it is not defined: no item with two ratings, or all ratings the same (chance agreement
// is 1 then, and nothing can be said beyond chance).
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/stats/interval.h"

namespace assay::stats {

// What the values mean. Nominal: codes of categories. Ordinal: codes whose order counts. Interval: numbers.
enum class Level : uint8_t { Nominal, Ordinal, Interval };

constexpr double kNotRated = std::numeric_limits<double>::quiet_NaN();

// One row an item, one column a rater.
struct Ratings {
  uint32_t raters = 0;
  std::vector<double> values;  // items × raters; kNotRated: no rating

  Ratings() = default;
  explicit Ratings(uint32_t rater_count) : raters(rater_count) {}
  uint32_t items() const { return raters == 0 ? 0 : static_cast<uint32_t>(values.size() / raters); }
  double at(uint32_t item, uint32_t rater) const { return values[size_t{item} * raters + rater]; }
  void set(uint32_t item, uint32_t rater, double value) { values[size_t{item} * raters + rater] = value; }
  uint32_t add_item() {
    values.resize(values.size() + raters, kNotRated);
    return items() - 1;
  }
};

// How often each item counts (a bootstrap's draw); empty: each once.
using ItemWeights = std::span<const uint32_t>;

// The share of equal ones among all pairs of ratings of one item, averaged over the items that have a pair.
std::optional<double> raw_agreement(const Ratings& ratings, ItemWeights weights = {});
// Of two raters, over the items that both rated. Ordinal and interval: weighted by the squared distance.
std::optional<double> cohen_kappa(const Ratings& ratings, uint32_t a, uint32_t b, Level level,
                                  ItemWeights weights = {});
// Of two raters; stays meaningful where one category is rare.
std::optional<double> gwet_ac1(const Ratings& ratings, uint32_t a, uint32_t b, ItemWeights weights = {});
// Over the items that all raters rated.
std::optional<double> fleiss_kappa(const Ratings& ratings, ItemWeights weights = {});
// Any number of raters, missing ratings allowed.
std::optional<double> krippendorff_alpha(const Ratings& ratings, Level level, ItemWeights weights = {});

struct Estimate {
  double value = 0;
  std::optional<Interval> interval;  // 95 %; absent with fewer than two items. Of draws, but for two raters' Raw: Wilson
  uint32_t items = 0;                // that it rests on
};

enum class AgreementKind : uint8_t { Raw, Cohen, Ac1, Fleiss, Alpha };
// The statistic with its interval. `a` and `b` are for those of two raters. Deterministic for a seed; the number of
// draws falls from 1,000 to 100 as tables grow, so that it takes a fraction of a second at any size.
std::optional<Estimate> agreement(AgreementKind kind, const Ratings& ratings, Level level, uint32_t a = 0,
                                  uint32_t b = 1, uint64_t seed = 1);

// The same in pieces, for tables that take longer than a frame: making it takes a pass over the table, and each step()
// then draws until `work` is used up (units: items drawn and ratings looked at). The table may go away in between.
class AgreementSteps {
 public:
  AgreementSteps();  // of nothing; finished
  AgreementSteps(AgreementKind kind, const Ratings& ratings, Level level, uint32_t a = 0, uint32_t b = 1, uint64_t seed = 1);
  ~AgreementSteps();
  AgreementSteps(AgreementSteps&&) noexcept;
  AgreementSteps& operator=(AgreementSteps&&) noexcept;
  bool step(int64_t& work);  // true: finished
  const std::optional<Estimate>& estimate() const { return estimate_; }  // without its interval until then

 private:
  struct Table;
  std::optional<double> compute(ItemWeights weights) const;
  std::unique_ptr<Table> table_;  // until it is finished
  AgreementKind kind_ = AgreementKind::Raw;
  Level level_ = Level::Nominal;
  std::optional<Estimate> estimate_;
  uint64_t random_ = 0, draws_ = 0, done_ = 0, draw_work_ = 0;
  std::vector<uint32_t> weights_;
  std::vector<double> drawn_;
};

// Items on which at least two raters differ, by distance at interval level, the largest first (ties: by item).
std::vector<uint32_t> disagreements(const Ratings& ratings);

// The bands of Landis and Koch (1977): a convention for reading kappas, not a test.
enum class AgreementBand : uint8_t { Poor, Slight, Fair, Moderate, Substantial, AlmostPerfect };
AgreementBand agreement_band(double kappa);

}  // namespace assay::stats
