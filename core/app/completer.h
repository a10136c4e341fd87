// Completer: what the search box offers at its caret (search/completion.h). Counts what the data hold in slices, keeps
// the latest answers, and rests while files are read. Where a count is still under way, offers come without it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"
#include "core/search/completion.h"
#include "core/store/dataset.h"

namespace assay::app {

class Completer {
 public:
  static constexpr size_t kMostOffers = 8;

  explicit Completer(const store::Dataset& dataset);
  ~Completer();

  // `on_demand`: also where nothing has been typed yet.
  void ask(std::string query, size_t caret_bytes, bool on_demand);
  void close();
  void put_off(bool put_off) { put_off_ = put_off; }
  bool working() const { return job_ != nullptr && !put_off_; }
  void step(Budget& budget);

  // What was asked for; offers() belong to these.
  const std::string& query() const { return query_; }
  size_t caret_bytes() const { return caret_bytes_; }
  const search::CompletionPlace& place() const { return place_; }
  const std::vector<search::Completion>& offers() const { return offers_; }
  bool is_partial() const;  // counts are lower bounds

  // The query with an offer in its place, and where the caret is then.
  struct Taken {
    std::string query;
    size_t caret_bytes = 0;
  };
  Taken taken(size_t offer) const;

 private:
  struct Known {
    std::string question;
    uint64_t revision = 0;
    std::vector<search::CompletionText> texts;
    bool is_partial = false;
  };
  Known* known();
  void make_offers();
  void work(Budget& budget);
  const store::Dataset& dataset_;
  std::string query_;
  size_t caret_bytes_ = 0;
  bool on_demand_ = false, put_off_ = false;
  search::CompletionPlace place_;
  std::string question_;
  std::vector<Known> known_;  // the latest last
  std::unique_ptr<search::CompletionTexts> job_;
  std::string job_question_;
  std::vector<search::Completion> offers_;
};

}  // namespace assay::app
