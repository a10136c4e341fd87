// The meaning of our query language written the naive way: straight over the parsed JSON of each trace, every
// definition spelt out, nothing prepared and nothing fast. It shares the query's tree with the planner and no
// code. Made for small traces and for the values that random_query.h makes (numbers that fit a long double,
// regular expressions that std::regex reads alike).
#pragma once

#include <string>
#include <vector>

#include "core/json/doc.h"
#include "core/search/query.h"

namespace assay::search {

struct ReferenceTrace {
  std::string text;  // as it stands in the file
  json::Doc doc;
  std::vector<std::string> span_texts;  // as they stand in the file
};

// The trace ids that match, in the order of `traces`.
std::vector<std::string> reference_search(const std::vector<ReferenceTrace>& traces, const QueryNode& query);

}  // namespace assay::search
