// Tokens of the filter language. MLflow hands its filters to the Python package sqlparse (0.5), so
// the language is what that package's lexer makes of the text: SQL key words are no names (`user =
// 'x'` is refused, `text` is a type), one token per white-space character, any unknown character a
// token of its own. The rules are sqlparse's, in its order of precedence.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace assay::search {

enum class SqlType : uint8_t {
  Whitespace,
  Newline,
  CommentSingle,
  CommentMulti,
  Assignment,   // :=
  Punctuation,  // . , ; : :: ( ) [ ]
  Wildcard,     // *
  Name,
  Placeholder,  // ? %s $1 :name
  Builtin,      // a type's name: text, timestamp, integer …
  Literal,      // $$…$$
  Command,      // \name
  Keyword,
  KeywordStatement,  // SELECT, CREATE, WITH … (sqlparse: Keyword.DML, .DDL, .CTE)
  KeywordOrder,      // ASC, DESC
  Hexadecimal,
  Float,
  Integer,
  StringSingle,  // '…'
  StringSymbol,  // "…"
  Operator,
  Comparison,  // = != < LIKE NOT LIKE …
  Error,
};

struct SqlToken {
  SqlType type = SqlType::Error;
  uint32_t begin = 0;  // bytes of the text
  uint32_t end = 0;
};

inline bool is_space(SqlType type) {
  return type == SqlType::Whitespace || type == SqlType::Newline;
}
inline bool is_comment(SqlType type) {
  return type == SqlType::CommentSingle || type == SqlType::CommentMulti;
}
inline bool is_keyword(SqlType type) {
  return type == SqlType::Keyword || type == SqlType::KeywordStatement ||
         type == SqlType::KeywordOrder;
}
inline bool is_number(SqlType type) {
  return type == SqlType::Integer || type == SqlType::Float || type == SqlType::Hexadecimal;
}

// Never fails; stops early after `max_tokens` tokens (the caller sees max_tokens + 1 of them).
// Time is linear in the text.
std::vector<SqlToken> tokenize_sql(std::string_view text, size_t max_tokens);

// Keyword, KeywordStatement, Builtin, Operator, or Name for all other words. Any case.
SqlType sql_word_type(std::string_view word);

}  // namespace assay::search
