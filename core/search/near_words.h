// NearWords: words of the loaded data that are spelt nearly like one that was not found. A job in steps with
// a bounded amount of work: it reads names, previews, and a sample of the records, evenly spread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"
#include "core/store/dataset.h"

namespace assay::search {

struct NearWord {
  std::string word;       // folded (fold_letter)
  uint32_t distance = 0;  // letters that differ
  uint32_t count = 0;     // how often it was met
};

class NearWords : public Job {
 public:
  // `dataset` must outlive it; when it changes, the job ends with what it has.
  NearWords(const store::Dataset& dataset, std::string_view word);

  // Budget units: 4 KB of text.
  Progress step(Budget& budget) override;

  // The nearest ones first, of those the more frequent ones; at most five. Words that differ in case only are
  // not among them: they are found anyway.
  const std::vector<NearWord>& words() const { return best_; }

 private:
  void read_text(std::string_view text);
  void take(std::string_view word);
  void take_next_row();

  const store::Dataset& dataset_;
  uint64_t revision_;
  std::string word_;  // folded
  uint32_t letters_ = 0;
  uint32_t limit_ = 0;
  uint32_t name_ = 1;  // the next one of the names
  uint64_t row_ = 0;   // of sampled rows
  uint64_t rows_ = 0;
  uint32_t step_rows_ = 1;
  uint64_t read_bytes_ = 0;
  std::vector<NearWord> best_;
  std::string scratch_, plain_, folded_;
};

}  // namespace assay::search
