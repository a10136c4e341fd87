// TraceSort: puts rows into the server's order, in steps of which none is long.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/job.h"
#include "core/base/step_sort.h"
#include "core/search/filter.h"
#include "core/store/dataset.h"

namespace assay::search {

class TraceSort : public Job {
 public:
  // `dataset` must outlive it and must not change meanwhile.
  TraceSort(const store::Dataset& dataset, OrderBy order_by, std::vector<store::TraceRow> rows);

  // Budget units: rows.
  Progress step(Budget& budget) override;
  std::vector<store::TraceRow> take_rows() { return std::move(rows_); }

 private:
  // What a row is sorted by, one for each key.
  struct Cell {
    int64_t number = 0;
    size_t text_at = 0;  // in texts_
    uint32_t text_size = 0;
    bool is_null = true;
  };
  void fill_cells(uint32_t index);
  Cell cell_of(const OrderKey& key, StringId key_id, store::TraceRow row);
  void set_text(Cell& cell, std::string_view text);
  bool before(uint32_t a, uint32_t b) const;
  void sort_part(uint32_t begin, uint32_t end);
  bool only_numbers() const;
  void fill_digits();
  bool radix_pass();
  bool has_many_ties() const;
  bool same_digits(uint32_t a, uint32_t b) const;
  bool sort_ties();
  void finish();

  const store::Dataset& dataset_;
  OrderBy order_by_;
  std::vector<StringId> key_ids_;
  std::vector<store::TraceRow> rows_;
  std::vector<Cell> cells_;        // [index * keys + key]
  std::vector<int64_t> start_ms_;  // the tie-breaker
  std::string texts_;
  std::string scratch_;
  std::vector<uint32_t> order_, merged_;
  // Keys that are numbers, then the start times, are sorted digit by digit from the last one to the first, and the
  // few rows that are equal among each other. Where many are equal, the beginnings of their ids come into it as one
  // more key. Otherwise, as with keys that are texts, they are compared.
  enum class Phase : uint8_t { Cells, Digits, Ties, Compare, Done };
  Phase phase_ = Phase::Cells;
  uint32_t done_ = 0;  // rows of this pass
  uint32_t level_ = 0, digit_ = 0;  // which key is sorted by: those of the order, the start time, the id
  bool by_ids_ = false;
  std::vector<uint64_t> digits_;       // of that key, by row
  std::vector<uint64_t> id_digits_;    // the first eight bytes behind what all ids begin with
  StepSort sort_;
};

}  // namespace assay::search
