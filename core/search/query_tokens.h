// The words of our query language: text to tokens. Quotes may be "…", '…' or the curly ones of phones and
// word processors, and a quote inside is written twice; brackets may be the wide ones of Chinese and Japanese
// keyboards.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/search/query.h"

namespace assay::search {

enum class QueryTokenType : uint8_t {
  Word,    // a key, a number, a key word, a word to look for
  String,  // quoted; `text` without the quotes
  Regex,   // /…/flags; `text` is the pattern, with the flags in front of it as (?flags)
  Symbol,  // one of the comparators, axes, brackets and the comma: `text`
  End,
};

struct QueryToken {
  QueryTokenType type = QueryTokenType::End;
  uint32_t begin = 0, end = 0;  // bytes of the query, with the quotes
  std::string text;             // a Word as it stands
};

// The last token is End. Errors: a quote, a bracket [ or a regular expression that does not end; too long.
Result<std::vector<QueryToken>> tokenize_query(std::string_view text, QueryProblem& problem);

}  // namespace assay::search
