// Tags of traces as people have changed them: MLflow's set_trace_tag and delete_trace_tag, as a fold of the journal over
// the imported tags.
//
// Event kinds and payloads (version 1):
//   tag.set     {"trace_id", "key", "value"}   a new one, or a new value of one that is there
//   tag.delete  {"trace_id", "key"}
// Of two changes of one key the later counts. Keys of MLflow's own ("mlflow.…") are refused: the name of a trace and
// more are read from them. Limits are MLflow's: keys of 250, values of 8,000 characters.
//
// The journal is the truth, this class a cache of it. What is in force stands in the data set (Dataset::set_tags).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/journal/journal.h"
#include "core/store/dataset.h"

namespace assay::annot {

constexpr std::string_view kTagSet = "tag.set";
constexpr std::string_view kTagDelete = "tag.delete";
constexpr int kTagEventVersion = 1;

// What keeps a tag from being set, for the user.
Status check_tag(std::string_view key, std::string_view value);
Result<journal::NewEvent> tag_set_event(std::string_view trace_id, std::string_view key, std::string_view value);
journal::NewEvent tag_delete_event(std::string_view trace_id, std::string_view key);

class TraceTags {
 public:
  // Both must outlive this object.
  TraceTags(const journal::Journal& journal, store::Dataset& dataset) : journal_(journal), dataset_(dataset) {}
  // Call after every append, load, undo and redo, and after traces were imported.
  void sync();
  // Call after Dataset::clear().
  void rebind() { applied_.clear(); }
  uint64_t ignored_events() const { return ignored_; }

 private:
  using Changes = std::map<std::string, std::optional<std::string>, std::less<>>;  // by key; nothing: deleted
  void fold();
  bool apply(const std::string& trace_id, const Changes& changes);

  const journal::Journal& journal_;
  store::Dataset& dataset_;
  size_t events_seen_ = 0;
  std::vector<uint32_t> events_;  // in the fold's order
  std::vector<uint32_t> reverted_seen_;
  std::map<std::string, Changes, std::less<>> changes_;  // by trace
  std::map<std::string, Changes, std::less<>> applied_;  // … as the data set has them
  uint64_t ignored_ = 0;
};

}  // namespace assay::annot
