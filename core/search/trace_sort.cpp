#include "core/search/trace_sort.h"

#include "core/base/numbers.h"
#include "core/base/ordering.h"
#include "core/json/reader.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

namespace assay::search {
namespace {

using store::TraceRow;

constexpr uint32_t kChunkRows = 1024;  // between two looks at the budget
constexpr uint32_t kDigitBits = 11, kDigits = 6;  // of 64 bits
constexpr uint32_t kMostEqual = 2048;             // rows with equal keys, to be sorted at once
constexpr int64_t kNsPerMs = 1000000;

int64_t floor_ms(int64_t ns) { return ns / kNsPerMs - (ns % kNsPerMs < 0 ? 1 : 0); }

// The experiment id of a trace record: info.trace_location.mlflow_experiment.experiment_id, or
// info.experiment_id in the form of MLflow 2.
std::string find_experiment_id(json::Reader& reader, int depth) {
  std::string found;
  if (depth > 4 || !reader.enter_object()) {
    reader.skip_value();
    return found;
  }
  while (reader.next_key()) {
    if (reader.key_is("experiment_id")) {
      if (reader.peek() == json::Kind::String) {
        found = reader.string().value_or("");
      } else {
        const json::Piece piece = reader.piece();
        found = reader.text_of(piece);
      }
      return found;  // the rest of the record is of no interest
    }
    if (reader.key_is("info") || reader.key_is("trace_info") || reader.key_is("trace") ||
        reader.key_is("trace_location") || reader.key_is("mlflow_experiment")) {
      found = find_experiment_id(reader, depth + 1);
      if (!found.empty() || reader.failed()) return found;
    } else {
      reader.skip_value();
    }
  }
  return found;
}

}  // namespace

TraceSort::TraceSort(const store::Dataset& dataset, OrderBy order_by, std::vector<TraceRow> rows)
    : dataset_(dataset), order_by_(std::move(order_by)), rows_(std::move(rows)) {
  for (const OrderKey& key : order_by_.keys)
    key_ids_.push_back(dataset_.names().find(key.key));
  const size_t count = rows_.size();
  cells_.resize(count * order_by_.keys.size());
  start_ms_.resize(count);
  order_.resize(count);
  for (uint32_t i = 0; i < count; ++i)
    order_[i] = i;
}

void TraceSort::set_text(Cell& cell, std::string_view text) {
  cell.is_null = false;
  cell.text_at = texts_.size();
  cell.text_size = static_cast<uint32_t>(text.size());
  texts_ += text;
}

TraceSort::Cell TraceSort::cell_of(const OrderKey& key, StringId key_id, TraceRow row) {
  Cell cell;
  const auto set_number = [&cell](int64_t value) {
    cell.number = value;
    cell.is_null = value == kNoTime;
  };
  const int64_t start_ns = dataset_.request_time_ns(row);
  const int64_t start_ms = start_ns == kNoTime ? kNoTime : floor_ms(start_ns);
  switch (key.field) {
    case Field::TimestampMs:
      set_number(start_ms);
      break;
    case Field::ExecutionTimeMs:
      set_number(dataset_.duration_ms(row));
      break;
    case Field::EndTimeMs: {
      const int64_t duration_ms = dataset_.duration_ms(row);
      set_number(start_ms == kNoTime || duration_ms == kNoTime ? start_ms : start_ms + duration_ms);
      break;
    }
    case Field::Status:
      set_text(cell, store::trace_state_name(dataset_.state(row)));
      break;
    case Field::RequestId:
      set_text(cell, dataset_.trace_id(row));
      break;
    case Field::ExperimentId: {
      json::Reader reader(dataset_.raw(dataset_.record(row)));
      const std::string id = find_experiment_id(reader, 0);
      if (const std::optional<int64_t> number = parse_int64(id)) {
        set_number(*number);
      } else if (!id.empty()) {
        set_text(cell, id);
      }
      break;
    }
    default: {
      uint32_t count = 0;
      const store::KeyValues entry =
          key.field == Field::Tag ? dataset_.tags(row, count) : dataset_.metadata(row, count);
      for (uint32_t i = 0; i < count && (key_id.present() || key.key.empty()); ++i) {
        if (entry[i].key != key_id) continue;
        set_text(cell, dataset_.text_now(entry[i].value, scratch_));
        break;
      }
      break;
    }
  }
  return cell;
}

void TraceSort::fill_cells(uint32_t index) {
  const TraceRow row = rows_[index];
  const store::TextScope scope(dataset_);
  const int64_t start_ns = dataset_.request_time_ns(row);
  start_ms_[index] = start_ns == kNoTime ? kNoTime : floor_ms(start_ns);
  const size_t keys = order_by_.keys.size();
  for (size_t k = 0; k < keys; ++k) {
    cells_[index * keys + k] = cell_of(order_by_.keys[k], key_ids_[k], row);
  }
}

bool TraceSort::before(uint32_t a, uint32_t b) const {
  const size_t keys = order_by_.keys.size();
  for (size_t k = 0; k < keys; ++k) {
    const Cell& x = cells_[a * keys + k];
    const Cell& y = cells_[b * keys + k];
    if (x.is_null != y.is_null) return y.is_null;
    if (x.is_null) continue;
    int order = x.number < y.number ? -1 : x.number > y.number ? 1 : 0;
    if (order == 0) {
      const std::string_view all(texts_);
      order = all.substr(x.text_at, x.text_size).compare(all.substr(y.text_at, y.text_size));
    }
    if (order != 0) return order_by_.keys[k].ascending ? order < 0 : order > 0;
  }
  // An unknown start is the least of all, so it comes last here too.
  if (start_ms_[a] != start_ms_[b]) return start_ms_[a] > start_ms_[b];
  // Rows of a sheet that tells no times stay as they stand there; MLflow, whose traces all have one, orders by ids.
  if (start_ms_[a] == kNoTime) return rows_[a].v < rows_[b].v;
  return dataset_.trace_id(rows_[a]) < dataset_.trace_id(rows_[b]);
}

void TraceSort::finish() {
  std::vector<TraceRow> sorted(rows_.size());
  for (size_t i = 0; i < sorted.size(); ++i)
    sorted[i] = rows_[order_[i]];
  rows_ = std::move(sorted);
  phase_ = Phase::Done;
}

// Puts the rows at [begin, end) of order_ in order.
void TraceSort::sort_part(uint32_t begin, uint32_t end) {
  const std::vector<uint32_t> run(order_.data() + begin, order_.data() + end);
  const auto earlier = [&](uint32_t a, uint32_t b) { return before(run[a], run[b]); };
  for (const uint32_t index : sorted_indexes(run.size(), earlier)) order_[begin++] = run[index];
}

bool TraceSort::only_numbers() const {
  return std::all_of(order_by_.keys.begin(), order_by_.keys.end(), [](const OrderKey& key) {
    return key.field == Field::TimestampMs || key.field == Field::ExecutionTimeMs || key.field == Field::EndTimeMs;
  });
}

// The numbers of this level, so that the least of them comes first.
void TraceSort::fill_digits() {
  const size_t keys = order_by_.keys.size(), count = rows_.size();
  constexpr uint64_t kSign = uint64_t{1} << 63;
  digits_.resize(count);
  if (level_ > keys) {
    std::string_view common = count == 0 ? std::string_view() : dataset_.trace_id(rows_[0]);
    for (const TraceRow row : rows_) {
      const std::string_view id = dataset_.trace_id(row);
      if (id.starts_with(common)) continue;
      size_t same = 0;
      while (same < common.size() && same < id.size() && common[same] == id[same])
        ++same;
      common = common.substr(0, same);
    }
    for (size_t i = 0; i < count; ++i) {
      if (start_ms_[i] == kNoTime) {
        digits_[i] = rows_[i].v;
        continue;
      }
      const std::string_view id = dataset_.trace_id(rows_[i]);
      char bytes[8] = {};
      const std::string_view rest = id.substr(common.size(), sizeof bytes);
      std::memcpy(bytes, rest.data(), rest.size());
      uint64_t number = 0;
      for (const char byte : bytes)
        number = number << 8 | static_cast<unsigned char>(byte);
      digits_[i] = number;
    }
    id_digits_ = digits_;
    return;
  }
  for (size_t i = 0; i < count; ++i) {
    if (level_ == keys) {
      digits_[i] = ~(static_cast<uint64_t>(start_ms_[i]) ^ kSign);
      continue;
    }
    const Cell& cell = cells_[i * keys + level_];
    const uint64_t number = static_cast<uint64_t>(cell.number) ^ kSign;
    digits_[i] = cell.is_null ? UINT64_MAX : order_by_.keys[level_].ascending ? number : ~number;
  }
}

// One digit of the keys, the lowest of the last one first; stable. False: that was the last one.
bool TraceSort::radix_pass() {
  if (digit_ == 0) fill_digits();
  const uint32_t shift = digit_ * kDigitBits;
  const auto digit_of = [&](uint32_t index) {
    return static_cast<uint32_t>(digits_[index] >> shift & ((1u << kDigitBits) - 1));
  };
  std::vector<uint32_t> places(1u << kDigitBits, 0);
  for (uint32_t i = 0; i < digits_.size(); ++i)
    ++places[digit_of(i)];
  const bool all_equal = order_.empty() || places[digit_of(0)] == order_.size();
  if (!all_equal) {
    uint32_t place = 0;
    for (uint32_t& one : places)
      place += std::exchange(one, place);
    merged_.resize(order_.size());
    for (const uint32_t index : order_)
      merged_[places[digit_of(index)]++] = index;
    order_.swap(merged_);
  }
  if (++digit_ < kDigits) return true;
  digit_ = 0;
  return level_-- > 0;
}

bool TraceSort::same_digits(uint32_t a, uint32_t b) const {
  const size_t keys = order_by_.keys.size();
  if (start_ms_[a] != start_ms_[b]) return false;
  for (size_t k = 0; k < keys; ++k) {
    const Cell &x = cells_[a * keys + k], &y = cells_[b * keys + k];
    if (x.is_null != y.is_null || (!x.is_null && x.number != y.number)) return false;
  }
  return !by_ids_ || id_digits_[a] == id_digits_[b];
}

bool TraceSort::has_many_ties() const {
  size_t equal = 0;
  for (size_t i = 1; i < order_.size(); ++i)
    equal += same_digits(order_[i], order_[i - 1]) ? 1 : 0;
  return equal > order_.size() / 8;
}

// Rows whose keys are the same, some runs of them; false: there is a long one.
bool TraceSort::sort_ties() {
  const uint32_t count = static_cast<uint32_t>(order_.size());
  const uint32_t stop = std::min(count, done_ + kChunkRows);
  while (done_ < stop) {
    uint32_t end = done_ + 1;
    while (end < count && same_digits(order_[end], order_[done_]))
      ++end;
    if (end - done_ > kMostEqual) return false;
    if (end - done_ > 16) {
      sort_part(done_, end);
    } else {
      for (uint32_t i = done_ + 1; i < end; ++i) {
        for (uint32_t k = i; k > done_ && before(order_[k], order_[k - 1]); --k)
          std::swap(order_[k], order_[k - 1]);
      }
    }
    done_ = end;
  }
  return true;
}

Progress TraceSort::step(Budget& budget) {
  const uint32_t count = static_cast<uint32_t>(rows_.size());
  while (phase_ != Phase::Done) {
    uint32_t worked = 0;
    if (phase_ == Phase::Cells) {
      for (; done_ < count && worked < kChunkRows; ++worked)
        fill_cells(done_++);
      if (done_ == count) {
        phase_ = only_numbers() ? Phase::Digits : Phase::Compare;
        level_ = static_cast<uint32_t>(order_by_.keys.size());
        done_ = 0;
        if (phase_ == Phase::Compare) sort_ = StepSort(std::move(order_));
      }
    } else if (phase_ == Phase::Digits) {
      worked = count / 8;  // a row takes less than in the other phases
      if (!radix_pass()) {
        merged_.clear();
        phase_ = Phase::Ties;
        if (!by_ids_ && has_many_ties()) {
          by_ids_ = true;
          level_ = static_cast<uint32_t>(order_by_.keys.size()) + 1;
          phase_ = Phase::Digits;
        }
      }
    } else if (phase_ == Phase::Ties) {
      if (done_ == count) {
        finish();
        break;
      }
      worked = kChunkRows;
      if (!sort_ties()) {
        phase_ = Phase::Compare;
        sort_ = StepSort(std::move(order_));
      }
    } else {
      worked = sort_.step([this](uint32_t a, uint32_t b) { return before(a, b); });
      if (worked == 0) {
        order_ = sort_.take();
        finish();
        break;
      }
    }
    if (!budget.spend(worked)) break;
  }
  return phase_ == Phase::Done ? Progress::Finished : Progress::Working;
}

}  // namespace assay::search
