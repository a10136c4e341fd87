// TraceSort: puts rows into the server's order, in steps. Sorted runs are merged pairwise, so no
// step is long.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/job.h"
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
  void sort_run(uint32_t begin, uint32_t end);
  bool radix_pass();
  bool sort_ties();
  bool next_pair();
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
  // Without keys the start times alone are sorted, digit by digit, and the few that are equal among each
  // other; where many are equal, as with keys, runs are sorted and merged.
  enum class Phase : uint8_t { Cells, Digits, Ties, Runs, Merge, Done };
  Phase phase_ = Phase::Cells;
  uint32_t done_ = 0;  // rows of this pass
  uint32_t digit_ = 0;  // of the start times
  size_t run_ = 0;      // length of a sorted run
  size_t left_ = 0, right_ = 0, left_end_ = 0, right_end_ = 0;
};

}  // namespace assay::search
