#include "core/stats/agreement.h"

#include <algorithm>
#include <cmath>

namespace assay::stats {
namespace {

bool is_rated(double value) { return !std::isnan(value); }

uint32_t weight_of(ItemWeights weights, uint32_t item) { return weights.empty() ? 1 : weights[item]; }

// Values → dense codes 0 … n−1 in their order.
struct Codes {
  explicit Codes(const std::vector<double>& ratings) {
    for (const double value : ratings)
      if (is_rated(value)) values.push_back(value);
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
  }
  size_t of(double value) const {
    return static_cast<size_t>(std::lower_bound(values.begin(), values.end(), value) - values.begin());
  }
  size_t count() const { return values.size(); }
  std::vector<double> values;
};

// Ratings of one item that are there.
void collect(const Ratings& ratings, uint32_t item, std::vector<double>& out) {
  out.clear();
  for (uint32_t r = 0; r < ratings.raters; ++r)
    if (const double value = ratings.at(item, r); is_rated(value)) out.push_back(value);
}

// Ordered pairs of one item that differ.
double unequal_pairs(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  double same = 0;
  for (size_t i = 0; i < values.size();) {
    size_t j = i;
    while (j < values.size() && values[j] == values[i]) ++j;
    const auto run = static_cast<double>(j - i);
    same += run * run;
    i = j;
  }
  return n * n - same;
}

// Midranks of the pairable values: the ordinal distance of Krippendorff is the difference of these.
std::vector<double> midranks(const Codes& codes, const std::vector<double>& counts) {
  std::vector<double> ranks(codes.count());
  double before = 0;
  for (size_t c = 0; c < codes.count(); ++c) {
    ranks[c] = before + counts[c] / 2;
    before += counts[c];
  }
  return ranks;
}

struct Random {  // SplitMix64
  uint64_t state;
  uint64_t next() {
    uint64_t z = (state += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }
};

// Items with the same ratings are one row that counts several times: ten thousand items of a few categories are a few
// dozen rows, and a draw of the bootstrap costs next to nothing.
struct Profiles {
  Ratings rows;
  std::vector<uint32_t> counts;   // by row
  std::vector<uint32_t> row_of;   // by item

  explicit Profiles(const Ratings& items) : rows(items.raters), row_of(items.items()) {
    std::vector<uint32_t> order(items.items());
    for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    // 0: the same; a missing rating comes before all others.
    const auto compare = [&items](uint32_t a, uint32_t b) {
      for (uint32_t r = 0; r < items.raters; ++r) {
        const double x = is_rated(items.at(a, r)) ? items.at(a, r) : -HUGE_VAL;
        const double y = is_rated(items.at(b, r)) ? items.at(b, r) : -HUGE_VAL;
        if (x != y) return x < y ? -1 : 1;
      }
      return 0;
    };
    std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return compare(a, b) < 0; });
    for (size_t i = 0; i < order.size(); ++i) {
      if (i == 0 || compare(order[i - 1], order[i]) != 0) {
        const uint32_t row = rows.add_item();
        for (uint32_t r = 0; r < items.raters; ++r) rows.set(row, r, items.at(order[i], r));
        counts.push_back(0);
      }
      ++counts.back();
      row_of[order[i]] = static_cast<uint32_t>(counts.size() - 1);
    }
  }
};

constexpr double kNothing = 1e-12;  // below it a chance disagreement is none

std::optional<double> kappa_of_two(const Ratings& ratings, const Codes& codes, uint32_t a, uint32_t b, Level level,
                                   ItemWeights weights);
std::optional<double> ac1_of_two(const Ratings& ratings, const Codes& codes, uint32_t a, uint32_t b, ItemWeights weights);
std::optional<double> fleiss_of(const Ratings& ratings, const Codes& codes, ItemWeights weights);
std::optional<double> alpha_of(const Ratings& ratings, const Codes& codes, Level level, ItemWeights weights);

}  // namespace

std::optional<double> raw_agreement(const Ratings& ratings, ItemWeights weights) {
  double sum = 0, items = 0;
  std::vector<double> values;
  for (uint32_t i = 0; i < ratings.items(); ++i) {
    const uint32_t w = weight_of(weights, i);
    if (w == 0) continue;
    collect(ratings, i, values);
    if (values.size() < 2) continue;
    const auto m = static_cast<double>(values.size());
    sum += w * (1 - unequal_pairs(values) / (m * (m - 1)));
    items += w;
  }
  if (items == 0) return std::nullopt;
  return sum / items;
}

std::optional<double> cohen_kappa(const Ratings& ratings, uint32_t a, uint32_t b, Level level,
                                  ItemWeights weights) {
  return kappa_of_two(ratings, Codes(ratings.values), a, b, level, weights);
}
std::optional<double> gwet_ac1(const Ratings& ratings, uint32_t a, uint32_t b, ItemWeights weights) {
  return ac1_of_two(ratings, Codes(ratings.values), a, b, weights);
}
std::optional<double> fleiss_kappa(const Ratings& ratings, ItemWeights weights) {
  return fleiss_of(ratings, Codes(ratings.values), weights);
}
std::optional<double> krippendorff_alpha(const Ratings& ratings, Level level, ItemWeights weights) {
  return alpha_of(ratings, Codes(ratings.values), level, weights);
}

namespace {

std::optional<double> kappa_of_two(const Ratings& ratings, const Codes& codes, uint32_t a, uint32_t b, Level level,
                                   ItemWeights weights) {
  std::vector<double> of_a(codes.count(), 0), of_b(codes.count(), 0);
  double n = 0, observed = 0, sum_a = 0, sum_b = 0, squares = 0;
  for (uint32_t i = 0; i < ratings.items(); ++i) {
    const uint32_t w = weight_of(weights, i);
    const double x = ratings.at(i, a), y = ratings.at(i, b);
    if (w == 0 || !is_rated(x) || !is_rated(y)) continue;
    const size_t cx = codes.of(x), cy = codes.of(y);
    n += w;
    if (level == Level::Nominal) {
      of_a[cx] += w;
      of_b[cy] += w;
      observed += cx == cy ? 0 : w;
      continue;
    }
    // The distance of ordinal codes is in steps; of numbers, as they are.
    const double p = level == Level::Ordinal ? static_cast<double>(cx) : x;
    const double q = level == Level::Ordinal ? static_cast<double>(cy) : y;
    observed += w * (p - q) * (p - q);
    sum_a += w * p;
    sum_b += w * q;
    squares += w * (p * p + q * q);
  }
  if (n == 0) return std::nullopt;
  double expected = 0;
  if (level == Level::Nominal) {
    double same = 0;
    for (size_t c = 0; c < codes.count(); ++c) same += of_a[c] * of_b[c];
    expected = n - same / n;
  } else {
    expected = squares - 2 * sum_a * sum_b / n;
  }
  if (expected <= kNothing) return std::nullopt;
  return 1 - observed / expected;
}

std::optional<double> ac1_of_two(const Ratings& ratings, const Codes& codes, uint32_t a, uint32_t b, ItemWeights weights) {
  std::vector<double> counts(codes.count(), 0);
  double n = 0, same = 0;
  for (uint32_t i = 0; i < ratings.items(); ++i) {
    const uint32_t w = weight_of(weights, i);
    const double x = ratings.at(i, a), y = ratings.at(i, b);
    if (w == 0 || !is_rated(x) || !is_rated(y)) continue;
    n += w;
    same += x == y ? w : 0;
    counts[codes.of(x)] += w;
    counts[codes.of(y)] += w;
  }
  if (n == 0 || codes.count() < 2) return std::nullopt;
  double chance = 0;
  for (const double count : counts) {
    const double share = count / (2 * n);
    chance += share * (1 - share);
  }
  chance /= static_cast<double>(codes.count() - 1);
  return (same / n - chance) / (1 - chance);
}

std::optional<double> fleiss_of(const Ratings& ratings, const Codes& codes, ItemWeights weights) {
  std::vector<double> counts(codes.count(), 0), values;
  double items = 0, agreement_sum = 0;
  const double m = ratings.raters;
  if (m < 2) return std::nullopt;
  for (uint32_t i = 0; i < ratings.items(); ++i) {
    const uint32_t w = weight_of(weights, i);
    if (w == 0) continue;
    collect(ratings, i, values);
    if (values.size() != ratings.raters) continue;
    for (const double value : values) counts[codes.of(value)] += w;
    agreement_sum += w * (1 - unequal_pairs(values) / (m * (m - 1)));
    items += w;
  }
  if (items == 0) return std::nullopt;
  double chance = 0;
  for (const double count : counts) chance += (count / (items * m)) * (count / (items * m));
  if (1 - chance <= kNothing) return std::nullopt;
  return (agreement_sum / items - chance) / (1 - chance);
}

std::optional<double> alpha_of(const Ratings& ratings, const Codes& codes, Level level, ItemWeights weights) {
  std::vector<double> counts(codes.count(), 0), values;
  double n = 0;  // pairable values
  for (uint32_t i = 0; i < ratings.items(); ++i) {
    const uint32_t w = weight_of(weights, i);
    if (w == 0) continue;
    collect(ratings, i, values);
    if (values.size() < 2) continue;
    for (const double value : values) counts[codes.of(value)] += w;
    n += w * static_cast<double>(values.size());
  }
  if (n < 2) return std::nullopt;
  const std::vector<double> ranks = level == Level::Ordinal ? midranks(codes, counts) : std::vector<double>();
  double observed = 0;
  for (uint32_t i = 0; i < ratings.items(); ++i) {
    const uint32_t w = weight_of(weights, i);
    if (w == 0) continue;
    collect(ratings, i, values);
    if (values.size() < 2) continue;
    const auto m = static_cast<double>(values.size());
    double distance = 0;
    if (level == Level::Nominal) {
      distance = unequal_pairs(values);
    } else {
      double sum = 0, squares = 0;
      for (const double value : values) {
        const double x = level == Level::Ordinal ? ranks[codes.of(value)] : value;
        sum += x;
        squares += x * x;
      }
      distance = 2 * (m * squares - sum * sum);
    }
    observed += w * distance / (m - 1);
  }
  double expected = 0;
  if (level == Level::Nominal) {
    double same = 0;
    for (const double count : counts) same += count * count;
    expected = n * n - same;
  } else {
    double sum = 0, squares = 0;
    for (size_t c = 0; c < codes.count(); ++c) {
      const double x = level == Level::Ordinal ? ranks[c] : codes.values[c];
      sum += counts[c] * x;
      squares += counts[c] * x * x;
    }
    expected = 2 * (n * squares - sum * sum);
  }
  if (expected <= kNothing) return std::nullopt;
  return 1 - (n - 1) * observed / expected;
}

}  // namespace

// What the draws need of the table, made once.
struct AgreementSteps::Table {
  Profiles profiles;
  Codes codes;
  explicit Table(const Ratings& counted) : profiles(counted), codes(profiles.rows.values) {}
};

AgreementSteps::AgreementSteps() = default;
AgreementSteps::~AgreementSteps() = default;
AgreementSteps::AgreementSteps(AgreementSteps&&) noexcept = default;
AgreementSteps& AgreementSteps::operator=(AgreementSteps&&) noexcept = default;

AgreementSteps::AgreementSteps(AgreementKind kind, const Ratings& ratings, Level level, uint32_t a, uint32_t b, uint64_t seed)
    : kind_(kind), level_(level), random_(seed) {
  // Only what counts is drawn from: items without a pair would add nothing but noise.
  const bool of_two = kind == AgreementKind::Cohen || kind == AgreementKind::Ac1;
  if (of_two && (a >= ratings.raters || b >= ratings.raters || a == b)) return;
  Ratings counted(of_two ? 2 : ratings.raters);
  for (uint32_t i = 0; i < ratings.items(); ++i) {
    uint32_t rated = 0;
    for (uint32_t r = 0; r < ratings.raters; ++r) rated += is_rated(ratings.at(i, r)) ? 1 : 0;
    const bool both = of_two && is_rated(ratings.at(i, a)) && is_rated(ratings.at(i, b));
    const bool counts = of_two ? both : kind == AgreementKind::Fleiss ? rated == ratings.raters : rated >= 2;
    if (!counts) continue;
    const uint32_t item = counted.add_item();
    for (uint32_t r = 0; r < counted.raters; ++r)
      counted.set(item, r, ratings.at(i, of_two ? (r == 0 ? a : b) : r));
  }
  if (counted.items() == 0) return;
  table_ = std::make_unique<Table>(counted);
  const std::optional<double> value = compute(table_->profiles.counts);
  if (!value) {
    table_.reset();
    return;
  }
  const uint32_t items = counted.items();
  estimate_ = Estimate{*value, std::nullopt, items};
  if (items < 2) {
    table_.reset();
    return;
  }
  // With two raters it is a plain rate. Drawing anew from ten equal labels would say "100 % to 100 %".
  if (kind == AgreementKind::Raw && counted.raters == 2) {
    estimate_->interval = wilson_interval(static_cast<uint32_t>(std::lround(*value * items)), items);
    table_.reset();
    return;
  }
  constexpr uint64_t kWork = 4'000'000;
  draw_work_ = items + uint64_t{table_->profiles.rows.items()} * counted.raters * 8;
  draws_ = std::clamp<uint64_t>(kWork / draw_work_, 100, 1000);
  weights_.resize(table_->profiles.counts.size());
}

std::optional<double> AgreementSteps::compute(ItemWeights weights) const {
  const Ratings& rows = table_->profiles.rows;
  const Codes& codes = table_->codes;
  switch (kind_) {
    case AgreementKind::Raw: return raw_agreement(rows, weights);
    case AgreementKind::Cohen: return kappa_of_two(rows, codes, 0, 1, level_, weights);
    case AgreementKind::Ac1: return ac1_of_two(rows, codes, 0, 1, weights);
    case AgreementKind::Fleiss: return fleiss_of(rows, codes, weights);
    case AgreementKind::Alpha: return alpha_of(rows, codes, level_, weights);
  }
  return std::nullopt;
}

bool AgreementSteps::step(int64_t& work) {
  if (table_ == nullptr) return true;
  Random random{random_};
  const uint32_t items = estimate_->items;
  while (done_ < draws_ && work > 0) {
    std::fill(weights_.begin(), weights_.end(), 0);
    for (uint32_t i = 0; i < items; ++i) ++weights_[table_->profiles.row_of[random.next() % items]];
    if (const std::optional<double> x = compute(weights_)) drawn_.push_back(*x);
    ++done_;
    work -= static_cast<int64_t>(draw_work_);
  }
  random_ = random.state;
  if (done_ < draws_) return false;
  table_.reset();
  // Draws in which all ratings are the same say nothing; with many of them an interval would pretend.
  if (drawn_.size() < draws_ / 2 || drawn_.empty()) return true;
  std::sort(drawn_.begin(), drawn_.end());
  const auto quantile = [this](double q) {
    const double at = q * static_cast<double>(drawn_.size() - 1);
    const auto low = static_cast<size_t>(at);
    const size_t high = std::min(low + 1, drawn_.size() - 1);
    return drawn_[low] + (at - static_cast<double>(low)) * (drawn_[high] - drawn_[low]);
  };
  estimate_->interval = Interval{quantile(0.025), quantile(0.975)};
  return true;
}

std::optional<Estimate> agreement(AgreementKind kind, const Ratings& ratings, Level level, uint32_t a, uint32_t b,
                                  uint64_t seed) {
  AgreementSteps steps(kind, ratings, level, a, b, seed);
  int64_t work = INT64_MAX;
  steps.step(work);
  return steps.estimate();
}

std::vector<uint32_t> disagreements(const Ratings& ratings) {
  struct Spread {
    uint32_t item;
    double width;
  };
  std::vector<Spread> spreads;
  for (uint32_t i = 0; i < ratings.items(); ++i) {
    double low = 0, high = 0;
    uint32_t rated = 0;
    for (uint32_t r = 0; r < ratings.raters; ++r) {
      const double value = ratings.at(i, r);
      if (!is_rated(value)) continue;
      low = rated == 0 ? value : std::min(low, value);
      high = rated == 0 ? value : std::max(high, value);
      ++rated;
    }
    if (rated >= 2 && high > low) spreads.push_back({i, high - low});
  }
  std::sort(spreads.begin(), spreads.end(), [](const Spread& x, const Spread& y) {
    return x.width != y.width ? x.width > y.width : x.item < y.item;
  });
  std::vector<uint32_t> out;
  out.reserve(spreads.size());
  for (const Spread& spread : spreads) out.push_back(spread.item);
  return out;
}

AgreementBand agreement_band(double kappa) {
  if (kappa < 0) return AgreementBand::Poor;
  if (kappa <= 0.20) return AgreementBand::Slight;
  if (kappa <= 0.40) return AgreementBand::Fair;
  if (kappa <= 0.60) return AgreementBand::Moderate;
  return kappa <= 0.80 ? AgreementBand::Substantial : AgreementBand::AlmostPerfect;
}

}  // namespace assay::stats
