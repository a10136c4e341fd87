// The filter of MLflow's language that is nearest to a query of ours: for copying into MLflow, with what it
// cannot say. Conditions that must all hold are kept where MLflow has them and left out where it has not, so
// the filter finds what the query finds and more; the reasons that say "kept" name the differences the other
// way. Its text is always one that MLflow accepts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/search/query.h"

namespace assay::search {

enum class CannotSay : uint8_t {
  Or,          // left out: MLflow joins with AND only
  Not,         // left out
  Structure,   // how spans stand to each other; the first of them is kept
  Count,       // counts, ALL, NO, repeated calls; that there is such a span is kept where it must be
  SecondSpan,  // left out: conditions on another span than the first
  Number,      // left out: tokens, cost, durations of spans, numbers in texts
  Score,       // left out: numbers of assessments
  Value,       // a value inside of JSON; kept as a search for its text where that is possible
  Text,        // left out: previews, rationales, words beyond ASCII
  List,        // left out: IN on this key
  Pattern,     // left out: this sign on this key
  Quote,       // left out: a text or name that cannot be written there
  WordInSpan,  // kept, but MLflow looks for words in the spans only, and for all of them in one span
};
std::string_view cannot_say_text(CannotSay reason);

struct LostPart {
  CannotSay reason = CannotSay::Or;
  uint32_t at_byte = 0, size_bytes = 0;  // in the query
};

struct NearestFilter {
  std::string filter;  // "": every trace
  bool is_exact = true;
  std::vector<LostPart> lost;  // why not
};

// `text` is what the query was parsed from.
NearestFilter nearest_mlflow_filter(const Query& query, std::string_view text);

}  // namespace assay::search
