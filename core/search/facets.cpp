#include "core/search/facets.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/numbers.h"
#include "core/base/string_pool.h"
#include "core/base/time.h"

namespace assay::search {
namespace {

using store::TraceRow;

constexpr size_t kRowsPerLook = 512;  // between two looks at the clock
constexpr size_t kMaxKeys = 64;       // tags and assessment names; beyond them some are left out
constexpr size_t kMaxBins = 36;

// Counts of one facet. Texts are kept once; a row counts once for each. With `names`, values are ids in that pool.
class Tally {
 public:
  Tally(FacetKind kind, std::string key, const StringPool* names = nullptr)
      : kind_(kind), key_(std::move(key)), names_(names) {}
  bool is(FacetKind kind, std::string_view key) const { return kind_ == kind && key_ == key; }

  void add(std::string_view text, uint32_t row) {
    StringId id = texts_.find(text);
    if (text.empty()) {
      id = {};
    } else if (!id.present()) {
      if (counts_.size() > FacetCounter::kMaxDistinct) return;
      id = texts_.intern(text);
    }
    add(id, row);
  }

  // A tag's value: what has an id is looked up once.
  void add(const store::Dataset& dataset, TextRef value, std::string& scratch, uint32_t row) {
    const StringId value_id = dataset.value_id(value);
    if (!value_id.present()) {
      add(dataset.text_now(value, scratch), row);
      return;
    }
    if (known_values_.size() <= value_id.v) known_values_.resize(value_id.v + size_t{1});
    StringId& known = known_values_[value_id.v];
    if (known.present()) {
      add(known, row);
      return;
    }
    const std::string_view text = dataset.raw(value);
    add(text, row);
    known = texts_.find(text);
  }

  void add(StringId id, uint32_t row) {
    if (last_row_ != row) ++traces_;
    last_row_ = row;
    if (counts_.size() <= id.v) counts_.resize(id.v + size_t{1});
    Count& count = counts_[id.v];
    if (count.last_row == row && count.traces > 0) return;
    count.last_row = row;
    ++count.traces;
  }

  Facet take() const {
    Facet out;
    out.kind = kind_;
    out.key = key_;
    out.traces = traces_;
    const StringPool& texts = names_ != nullptr ? *names_ : texts_;
    std::vector<uint32_t> order;
    for (uint32_t i = 0; i < counts_.size(); ++i) {
      if (counts_[i].traces > 0) order.push_back(i);
    }
    out.distinct = static_cast<uint32_t>(order.size());
    const auto more = [this, &texts](uint32_t a, uint32_t b) {
      if (counts_[a].traces != counts_[b].traces) return counts_[a].traces > counts_[b].traces;
      return texts.text_of({a}) < texts.text_of({b});
    };
    const size_t kept = std::min(order.size(), FacetCounter::kMaxValues);
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept), order.end(), more);
    for (size_t i = 0; i < kept; ++i) {
      out.values.push_back({std::string(texts.text_of({order[i]})), counts_[order[i]].traces});
    }
    return out;
  }

 private:
  struct Count {
    uint32_t traces = 0, last_row = 0;
  };
  FacetKind kind_;
  std::string key_;
  const StringPool* names_;
  StringPool texts_;
  std::vector<Count> counts_;  // by StringId
  std::vector<StringId> known_values_;  // by the data set's value_id()
  uint32_t traces_ = 0, last_row_ = store::kNoRow;
};

struct Measure {
  MeasureKind kind;
  std::vector<double> values;
};

// --- Bins -------------------------------------------------------------------------------------------------

// Bounds 1, 2, 5, 10, … around the values; 0 and what lies below `least_positive` share the first bin.
std::vector<double> decade_bounds(double least, double most) {
  std::vector<double> bounds;
  if (least <= 0) bounds.push_back(0);
  double smallest = most;
  if (least > 0) smallest = least;
  if (!(smallest > 0)) return {0, 1};
  if (least <= 0) smallest = most / 1e6;
  int exponent = static_cast<int>(std::floor(std::log10(smallest)));
  constexpr double kSteps[] = {1, 2, 5};
  for (size_t made = 0; made < kMaxBins * 2; ++exponent) {
    for (const double step : kSteps) {
      const double bound = exponent >= 0 ? step * std::pow(10.0, exponent) : step / std::pow(10.0, -exponent);
      if (bound > smallest && bounds.empty()) {  // the one below the smallest value
        bounds.push_back(step == 1 ? bound / 2 : step == 2 ? bound / 2 : bound / 2.5);
      }
      if (bound > smallest || (bound == smallest && least > 0)) bounds.push_back(bound);
      ++made;
      if (bound > most) return bounds;
    }
  }
  return bounds;
}

std::vector<double> time_bounds(double least_ms, double most_ms, int utc_offset_minutes) {
  constexpr double kSecond = 1e3, kMinute = 60 * kSecond, kHour = 60 * kMinute, kDay = 24 * kHour;
  constexpr double kSteps[] = {1,            10,           100,         kSecond,      5 * kSecond, 15 * kSecond,
                               kMinute,      5 * kMinute,  15 * kMinute, kHour,       3 * kHour,   6 * kHour,
                               12 * kHour,   kDay,         2 * kDay,    7 * kDay,     14 * kDay,   30 * kDay,
                               90 * kDay,    365 * kDay,   3650 * kDay};
  double width = kSteps[std::size(kSteps) - 1];
  for (const double step : kSteps) {
    if ((most_ms - least_ms) / step < kMaxBins - 1) {
      width = step;
      break;
    }
  }
  // Days begin at the user's midnight.
  const double offset = utc_offset_minutes * kMinute;
  const double first = std::floor((least_ms + offset) / width) * width - offset;
  std::vector<double> bounds;
  for (size_t i = 0; i <= kMaxBins + 1; ++i) {
    bounds.push_back(first + static_cast<double>(i) * width);
    if (bounds.back() > most_ms) break;
  }
  return bounds;
}

Histogram histogram_of(const Measure& measure, int utc_offset_minutes) {
  Histogram out;
  out.kind = measure.kind;
  out.traces = static_cast<uint32_t>(measure.values.size());
  if (measure.values.empty()) return out;
  const auto [least, most] = std::minmax_element(measure.values.begin(), measure.values.end());
  out.least = *least;
  out.most = *most;
  out.bounds = measure.kind == MeasureKind::Time ? time_bounds(*least, *most, utc_offset_minutes)
                                                 : decade_bounds(*least, *most);
  out.counts.assign(out.bounds.size() - 1, 0);
  for (const double value : measure.values) {
    const auto above = std::upper_bound(out.bounds.begin(), out.bounds.end(), value);
    const auto bin = std::clamp<std::ptrdiff_t>(above - out.bounds.begin() - 1, 0,
                                                static_cast<std::ptrdiff_t>(out.counts.size()) - 1);
    ++out.counts[static_cast<size_t>(bin)];
  }
  return out;
}

// --- Clauses ------------------------------------------------------------------------------------------------

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote) out += c;
    out += c;
  }
  return out + quote;
}

// `key = value`. MLflow, whose filters come first, knows no quote inside of quotes: the brackets make it our language.
std::string equals(const std::string& key, std::string_view text) {
  if (text.find('\'') == std::string_view::npos) return key + " = " + quoted(text, '\'');
  if (text.find('"') == std::string_view::npos) return key + " = " + quoted(text, '"');
  return "(" + key + " = " + quoted(text, '\'') + ")";
}

bool is_plain_name(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::string keyed(std::string_view head, std::string_view name) {
  std::string out(head);
  out += '.';
  return out + (is_plain_name(name) ? std::string(name) : quoted(name, '"'));
}

// Numbers and truth stand bare, everything else is a text.
bool is_bare_value(std::string_view json) {
  if (json == "true" || json == "false" || json == "null") return true;
  return parse_double(json) && json.find_first_of("NI") == std::string_view::npos;
}

}  // namespace

// --- Counting -------------------------------------------------------------------------------------------------

struct FacetCounter::State {
  State(const store::Dataset& d, std::vector<TraceRow> r, int offset)
      : dataset(d), rows(std::move(r)), utc_offset_minutes(offset), revision(d.revision()) {}

  Tally& tally(FacetKind kind, std::string_view key) {
    // Assessments come in the same order in most traces.
    if (next_tally < tallies.size() && tallies[next_tally].is(kind, key)) return tallies[next_tally++];
    next_tally = 0;
    for (Tally& tally : tallies) {
      ++next_tally;
      if (tally.is(kind, key)) return tally;
    }
    tallies.emplace_back(kind, std::string(key));
    return tallies.back();
  }

  void count_tags(TraceRow row) {
    uint32_t count = 0;
    const store::KeyValues tags = dataset.tags(row, count);
    for (uint32_t i = 0; i < count; ++i) {
      const store::KeyValue pair = tags[i];
      if (tag_tallies.size() <= pair.key.v) tag_tallies.resize(pair.key.v + size_t{1}, kNotAsked);
      uint32_t& index = tag_tallies[pair.key.v];
      if (index == kNotAsked) {
        const std::string_view key = dataset.name_text(pair.key);
        const bool own = key.substr(0, 7) == "mlflow.";
        index = own || tallies.size() > kMaxKeys ? kLeftOut : static_cast<uint32_t>(tallies.size());
        if (index != kLeftOut) tallies.emplace_back(FacetKind::Tag, std::string(key));
      }
      if (index != kLeftOut) tallies[index].add(dataset, pair.value, scratch, row.v);
    }
  }

  void count_assessments(TraceRow row) {
    next_tally = first_assessment;
    for (const store::Assessment& a : dataset.assessments(row)) {
      if (!dataset.shows(a) || !a.valid || a.kind == store::AssessmentKind::Issue || a.has_error() || a.value_json.empty()) continue;
      const FacetKind kind =
          a.kind == store::AssessmentKind::Expectation ? FacetKind::Expectation : FacetKind::Feedback;
      if (tallies.size() > kMaxKeys) continue;
      Tally& counts = tally(kind, a.name);
      if (first_assessment == 0) first_assessment = tallies.size() - 1;
      counts.add(text_of_value(a.value_json), row.v);
    }
  }

  // A JSON string without escapes stands for its text.
  static std::string_view text_of_value(std::string_view json) {
    if (json.size() >= 2 && json.front() == '"' && json.find('\\') == std::string_view::npos) {
      return json.substr(1, json.size() - 2);
    }
    return json.substr(0, 200);
  }

  void count(TraceRow row) {
    const store::TextScope scope(dataset);
    const auto name = [&](FacetKind kind, StringId id) {
      if (id.present()) tallies[static_cast<size_t>(kind)].add(id, row.v);
    };
    StringId& state = states[static_cast<size_t>(dataset.state(row))];
    if (!state.present()) state = state_names.intern(store::trace_state_name(dataset.state(row)));
    name(FacetKind::State, state);
    name(FacetKind::Name, dataset.name(row));
    for (const StringId model : dataset.models(row)) name(FacetKind::Model, model);
    name(FacetKind::User, dataset.user(row));
    name(FacetKind::Session, dataset.session(row));
    count_assessments(row);
    count_tags(row);
    const auto measure = [&](MeasureKind kind, double value, bool known) {
      if (known) measures[static_cast<size_t>(kind)].values.push_back(value);
    };
    const int64_t time_ns = dataset.request_time_ns(row);
    measure(MeasureKind::Time, static_cast<double>(time_ns / 1'000'000 - (time_ns % 1'000'000 < 0 ? 1 : 0)),
            time_ns != kNoTime);
    measure(MeasureKind::Duration, static_cast<double>(dataset.duration_ms(row)),
            dataset.duration_ms(row) != kNoTime && dataset.duration_ms(row) >= 0);
    measure(MeasureKind::Tokens, static_cast<double>(dataset.total_tokens(row)), dataset.total_tokens(row) >= 0);
    measure(MeasureKind::Cost, dataset.cost_usd(row), dataset.cost_usd(row) >= 0);
  }

  static constexpr uint32_t kNotAsked = 0xFFFFFFFF, kLeftOut = 0xFFFFFFFE;
  const store::Dataset& dataset;
  std::vector<TraceRow> rows;
  int utc_offset_minutes;
  uint64_t revision;
  size_t at = 0;
  size_t next_tally = 0, first_assessment = 0;
  StringPool state_names;
  StringId states[4];
  std::vector<Tally> tallies;          // the first five by FacetKind, then as they come
  std::vector<uint32_t> tag_tallies;   // by the key's StringId
  std::vector<Measure> measures;       // by MeasureKind
  std::string scratch;
};

FacetCounter::FacetCounter(const store::Dataset& dataset, std::vector<TraceRow> rows, int utc_offset_minutes)
    : state_(std::make_unique<State>(dataset, std::move(rows), utc_offset_minutes)) {
  for (const FacetKind kind :
       {FacetKind::State, FacetKind::Name, FacetKind::Model, FacetKind::User, FacetKind::Session}) {
    const bool is_state = kind == FacetKind::State;
    state_->tallies.emplace_back(kind, std::string(), is_state ? &state_->state_names : &dataset.names());
  }
  for (const MeasureKind kind : {MeasureKind::Time, MeasureKind::Duration, MeasureKind::Tokens, MeasureKind::Cost}) {
    state_->measures.push_back({kind, {}});
  }
}

FacetCounter::~FacetCounter() = default;

bool FacetCounter::is_stale() const { return state_->revision != state_->dataset.revision(); }

Progress FacetCounter::step(Budget& budget) {
  State& s = *state_;
  while (s.at < s.rows.size() && !is_stale()) {
    const size_t end = std::min(s.rows.size(), s.at + kRowsPerLook);
    const size_t begin = s.at;
    for (; s.at < end; ++s.at) s.count(s.rows[s.at]);
    if (!budget.spend(static_cast<int64_t>(end - begin)) && s.at < s.rows.size()) return Progress::Working;
  }
  return Progress::Finished;
}

FacetCounts FacetCounter::take() {
  FacetCounts out;
  for (const Tally& tally : state_->tallies) {
    Facet facet = tally.take();
    if (!facet.values.empty()) out.facets.push_back(std::move(facet));
  }
  std::stable_sort(out.facets.begin(), out.facets.end(), [](const Facet& a, const Facet& b) {
    return a.kind != b.kind ? a.kind < b.kind : a.key < b.key;
  });
  for (const Measure& measure : state_->measures) {
    if (!measure.values.empty()) out.histograms.push_back(histogram_of(measure, state_->utc_offset_minutes));
  }
  return out;
}

std::string clause_of(const Facet& facet, const std::string& value) {
  const auto score = [&](std::string_view head) {
    const std::string key = keyed(head, facet.key);
    return is_bare_value(value) ? key + " = " + value : equals(key, value);
  };
  switch (facet.kind) {
    case FacetKind::State: return equals("status", value);
    case FacetKind::Name: return equals("name", value);
    case FacetKind::Model: return equals("span.model", value);
    case FacetKind::User: return equals("user", value);
    case FacetKind::Session: return equals("session", value);
    case FacetKind::Feedback: return score("feedback");
    case FacetKind::Expectation: return score("expectation");
    case FacetKind::Tag: return equals(keyed("tags", facet.key), value);
  }
  return {};
}

std::string range_clause_of(MeasureKind kind, double low, double high) {
  const char* key = "";
  switch (kind) {
    case MeasureKind::Time: key = "timestamp"; break;
    case MeasureKind::Duration: key = "duration"; break;
    case MeasureKind::Tokens: key = "tokens"; break;
    case MeasureKind::Cost: key = "cost"; break;
  }
  const auto number = [kind](double value) {
    if (kind == MeasureKind::Time) return std::to_string(static_cast<int64_t>(value));
    std::string text = json_number(value);
    if (text.size() > 2 && text.substr(text.size() - 2) == ".0") text.resize(text.size() - 2);
    return text;
  };
  return std::string(key) + " >= " + number(low) + " AND " + key + " < " + number(high);
}

}  // namespace assay::search
