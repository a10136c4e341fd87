// Saved views: named ways to look at the list of traces (query, sort, columns, facets), folded from the journal, so
// that they survive a reload and can be undone.
//
// Event kinds and payloads (version 1):
//   view.save    {"id", "name", "query", "sort", "layout"}   creates, or replaces the one of the same id
//   view.rename  {"id", "name"}
//   view.delete  {"id"}
// `sort` is a route's ("duration.desc"), `layout` the interface's own text about columns and facets.
// An event that cannot be read changes nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/journal/journal.h"

namespace assay::app {

constexpr std::string_view kViewSave = "view.save";
constexpr std::string_view kViewRename = "view.rename";
constexpr std::string_view kViewDelete = "view.delete";

struct SavedView {
  std::string id, name, query, sort, layout;
  friend bool operator==(const SavedView&, const SavedView&) = default;
};

// A name as it is kept: without blanks around it, at most 100 bytes, no control characters; "": none is left.
std::string view_name(std::string_view typed);

journal::NewEvent save_event(const SavedView& view);
journal::NewEvent rename_event(std::string_view id, std::string_view name);
journal::NewEvent delete_event(std::string_view id);

class SavedViews {
 public:
  // Takes in what came to the journal since the last call.
  void sync(const journal::Journal& journal);
  void clear();
  // By name.
  const std::vector<SavedView>& list() const { return views_; }
  const SavedView* find(std::string_view id) const;
  const SavedView* find_name(std::string_view name) const;

 private:
  std::vector<SavedView> views_;
  size_t seen_ = 0;
  bool any_ = false;  // the journal holds an event of a view
};

}  // namespace assay::app
