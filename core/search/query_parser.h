// The parser of our query language, for query.cpp and its two halves: conditions (query_conditions.cpp) and
// how they are put together (query_parser.cpp). Recursive descent over the tokens; depth and size are
// limited.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/search/query.h"
#include "core/search/query_keys.h"
#include "core/search/query_time.h"
#include "core/search/query_tokens.h"

namespace assay::search {

// The state that is meant by a text that is none ("error", "eror", "failed"), or "".
std::string nearest_state(std::string_view text, bool of_span);

class QueryParser {
 public:
  QueryParser(const std::vector<QueryToken>& tokens, std::string_view text, const QueryClock& clock,
              QueryProblem& problem)
      : tokens_(tokens), text_(text), clock_(clock), problem_(problem) {}

  Result<QueryNode> run();
  const QueryNote& note() const { return note_; }

 private:
  struct Sign {
    QueryOp op = QueryOp::Equal;
    bool negated = false;
    bool is_word = false;  // LIKE, not =~
    bool is_between = false;
  };

  // --- Tokens (query_parser.cpp) ------------------------------------------------------------------
  const QueryToken& token(size_t ahead = 0) const {
    const size_t at = at_ + ahead;
    return tokens_[at < tokens_.size() ? at : tokens_.size() - 1];
  }
  bool is_symbol(std::string_view symbol, size_t ahead = 0) const {
    return token(ahead).type == QueryTokenType::Symbol && token(ahead).text == symbol;
  }
  // A key word in any case; `upper` is given in capitals.
  bool is_word(std::string_view upper, size_t ahead = 0) const;
  // AND, OR, NOT: in small letters they are words of a query that is nothing but words.
  bool is_operator(std::string_view upper, std::string_view symbol, size_t ahead = 0) const;
  bool take_symbol(std::string_view symbol);
  bool ends_list() const;

  // What a function returns when it has failed: an empty something. Nobody needs to look: the rest of the
  // query is skipped, and run() answers with the error.
  struct Failed {
    operator QueryNode() const { return {}; }   // NOLINT(google-explicit-constructor)
    operator QueryValue() const { return {}; }  // NOLINT(google-explicit-constructor)
    operator TimeSpanNs() const { return {}; }  // NOLINT(google-explicit-constructor)
    operator Sign() const { return {}; }        // NOLINT(google-explicit-constructor)
    operator bool() const { return false; }     // NOLINT(google-explicit-constructor)
  };
  Failed record(Error error, uint32_t size_bytes, std::string suggestion);
  Failed too_large(const char* what, uint32_t at_byte);
  Failed fail(std::string what, const QueryToken& at, std::string suggestion = {});
  Failed fail_here(const char* expected);
  QueryNode new_node(QueryNode::Kind kind, size_t first_token);
  // The node's place: from its first token to the one before at_.
  void close(QueryNode& node, size_t first_token) const;

  // --- Structure (query_parser.cpp) ----------------------------------------------------------------
  QueryNode parse_or();
  QueryNode parse_and();
  QueryNode parse_not();
  QueryNode parse_primary();
  QueryNode parse_braces();
  QueryNode parse_spans(SpanQuestion question);
  bool parse_link(SpanLink& link);
  QueryNode parse_count();
  bool parse_same(QueryNode& node);
  QueryNode parse_term();
  bool starts_spans(size_t ahead) const;
  QueryNode wrap_spans(std::vector<QueryNode> conditions);

  // --- Conditions (query_conditions.cpp) ------------------------------------------------------------
  bool starts_condition() const;
  bool starts_word_sign(size_t ahead) const;
  QueryNode parse_condition();
  Sign parse_sign();
  QueryNode parse_comparison(QueryNode node, Sign sign);
  QueryNode parse_presence(QueryNode node, bool negated);
  QueryNode parse_times(QueryNode node, Sign sign);
  QueryNode time_comparison(const QueryNode& node, Sign sign, const TimeSpanNs& span);
  QueryValue parse_value(const QueryNode& node, const Sign& sign);
  QueryValue parse_text_value(const QueryNode& node);
  bool parse_list(QueryNode& node, const Sign& sign);
  bool check_sign(const QueryNode& node, const Sign& sign, const QueryToken& at);
  Failed unknown_key(const QueryToken& at);
  std::optional<TimeSpanNs> take_time();  // nothing, and nothing taken: no time stands here
  TimeSpanNs parse_time_value();
  std::optional<QueryNode> parse_time_phrase();
  QueryNode compare_time(QueryKey key, QueryOp op, TimeNs time_ns) const;
  void resolve(QueryNode& node, ResolvedKey key, const Sign& sign);
  void note_state(const QueryNode& node, const QueryValue& value, const QueryToken& at);
  void note_colon(const QueryToken& word);

  KeyPlace place() const { return in_span_ ? KeyPlace::Span : KeyPlace::Trace; }

  const std::vector<QueryToken>& tokens_;
  std::string_view text_;
  const QueryClock& clock_;
  QueryProblem& problem_;
  size_t at_ = 0;
  int depth_ = 0;
  size_t nodes_ = 0, texts_ = 0;
  bool in_span_ = false;
  bool only_words_ = false;  // nothing but words so far
  bool saw_condition_ = false;
  bool failed_ = false;
  Error error_;
  QueryNote note_;
};

}  // namespace assay::search
