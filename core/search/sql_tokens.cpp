#include "core/search/sql_tokens.h"

#include "core/base/utf8.h"
#include "core/search/unicode_class.h"

namespace assay::search {
namespace {

constexpr uint32_t kNone = 0xFFFFFFFF;

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// sqlparse's class [A-ZÀ-Ü] under re.IGNORECASE, with the letters that Python folds into it.
bool is_name_start(uint32_t c) {
  if (c < 0x80) return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  return (c >= 0xC0 && c <= 0xDC) || (c >= 0xE0 && c <= 0xFC) || c == 0x130 || c == 0x131 ||
         c == 0x17F || c == 0x212A || c == 0x212B;
}

class Lexer {
 public:
  Lexer(std::string_view text, size_t max_tokens) : text_(text), max_tokens_(max_tokens) {}

  std::vector<SqlToken> run() {
    while (at_ < size() && tokens_.size() <= max_tokens_) {
      const uint32_t begin = at_;
      const SqlType type = next();
      tokens_.push_back({type, begin, at_});
    }
    return std::move(tokens_);
  }

 private:
  uint32_t size() const { return static_cast<uint32_t>(text_.size()); }
  char byte(uint32_t i) const { return i < text_.size() ? text_[i] : '\0'; }
  bool has(uint32_t i) const { return i < text_.size(); }
  DecodedChar decode(uint32_t i) const { return decode_utf8(text_, i); }

  bool word_at(uint32_t i) const { return has(i) && is_word_char(decode(i).code_point); }
  bool space_at(uint32_t i) const { return has(i) && is_space_char(decode(i).code_point); }
  bool digit_at(uint32_t i) const { return has(i) && is_digit_char(decode(i).code_point); }
  bool name_start_at(uint32_t i) const { return has(i) && is_name_start(decode(i).code_point); }
  uint32_t after(uint32_t i) const { return i + decode(i).size_bytes; }
  uint32_t skip_word(uint32_t i) const {
    while (word_at(i))
      i = after(i);
    return i;
  }
  uint32_t skip_space(uint32_t i) const {
    while (space_at(i))
      i = after(i);
    return i;
  }
  uint32_t skip_digits(uint32_t i) const {
    while (digit_at(i))
      i = after(i);
    return i;
  }
  // The code point that ends right before `i`, or 0.
  uint32_t before(uint32_t i) const {
    if (i == 0) return 0;
    uint32_t start = i - 1;
    while (start > 0 && i - start < 4 &&
           (static_cast<unsigned char>(text_[start]) & 0xC0) == 0x80) {
      --start;
    }
    return decode(start).code_point;
  }
  bool name_follows(uint32_t i) const { return byte(i) == '_' || name_start_at(i); }

  // One word of `pattern` (upper case) at `i`; the end, or kNone.
  uint32_t literal(uint32_t i, std::string_view pattern) const {
    for (const char c : pattern) {
      if (!has(i) || upper(text_[i]) != c) return kNone;
      ++i;
    }
    return i;
  }
  // Words separated by white space, the last one ending at a word boundary.
  uint32_t phrase(uint32_t i, std::string_view words) const {
    while (true) {
      const size_t blank = words.find(' ');
      const uint32_t end = literal(i, words.substr(0, blank));
      if (end == kNone) return kNone;
      if (blank == std::string_view::npos) return word_at(end) ? kNone : end;
      i = skip_space(end);
      if (i == end) return kNone;
      words.remove_prefix(blank + 1);
    }
  }

  SqlType take(SqlType type, uint32_t end) {
    at_ = end;
    return type;
  }

  SqlType next();
  bool comment(SqlType& type);
  bool quoted_name(std::string_view quote);
  bool dollar_literal();
  bool placeholder();
  bool name_or_keyword(SqlType& type);
  bool number(SqlType& type);
  bool quoted(char quote);
  bool bracket_name();
  bool keyword_phrase(SqlType& type);
  SqlType operator_or_error();

  std::string_view text_;
  size_t max_tokens_;
  uint32_t at_ = 0;
  // Each unclosed $tag$ costs a look through the rest of the text: no more than these.
  static constexpr int kMaxUnclosedDollars = 64;
  int unclosed_dollars_ = 0;
  bool no_comment_end_ = false;
  std::vector<SqlToken> tokens_;
};

SqlType Lexer::next() {
  SqlType type = SqlType::Error;
  if (comment(type)) return type;
  const char c = text_[at_];
  if (c == '\r' || c == '\n') {
    return take(SqlType::Newline, at_ + (c == '\r' && byte(at_ + 1) == '\n' ? 2 : 1));
  }
  if (space_at(at_)) return take(SqlType::Whitespace, after(at_));
  if (c == ':' && byte(at_ + 1) == '=') return take(SqlType::Assignment, at_ + 2);
  if (c == ':' && byte(at_ + 1) == ':') return take(SqlType::Punctuation, at_ + 2);
  if (c == '*') return take(SqlType::Wildcard, at_ + 1);
  if (quoted_name("`") || quoted_name("\xC2\xB4")) return SqlType::Name;
  if (dollar_literal()) return SqlType::Literal;
  if (placeholder()) return SqlType::Placeholder;
  if (c == '\\' && word_at(at_ + 1)) return take(SqlType::Command, skip_word(at_ + 1));
  if (name_or_keyword(type)) return type;
  if (number(type)) return type;
  if (c == '\'' && quoted('\'')) return SqlType::StringSingle;
  if (c == '"' && quoted('"')) return SqlType::StringSymbol;
  if (bracket_name()) return SqlType::Name;
  if (keyword_phrase(type)) return type;
  if (word_at(at_)) {
    uint32_t end = after(at_);
    while (byte(end) == '$' || byte(end) == '#' || word_at(end))
      end = after(end);
    const SqlType word = sql_word_type(text_.substr(at_, end - at_));
    return take(word, end);
  }
  return operator_or_error();
}

bool Lexer::comment(SqlType& type) {
  const char c = text_[at_];
  if ((c == '-' && byte(at_ + 1) == '-') || (c == '#' && byte(at_ + 1) == ' ')) {
    uint32_t end = at_ + 2;
    while (has(end) && text_[end] != '\r' && text_[end] != '\n')
      ++end;
    if (byte(end) == '\r' && byte(end + 1) == '\n') ++end;
    type = SqlType::CommentSingle;
    at_ = has(end) ? end + 1 : size();
    return true;
  }
  if (c != '/' || byte(at_ + 1) != '*') return false;
  if (no_comment_end_) return false;
  const size_t close = text_.find("*/", at_ + 2);
  if (close == std::string_view::npos) {
    no_comment_end_ = true;
    return false;
  }
  type = SqlType::CommentMulti;
  at_ = static_cast<uint32_t>(close) + 2;
  return true;
}

// A doubled quote stands for one inside; if the closing one is missing then, the last pair is it.
bool Lexer::quoted_name(std::string_view quote) {
  if (text_.substr(at_, quote.size()) != quote) return false;
  const uint32_t width = static_cast<uint32_t>(quote.size());
  uint32_t fallback = kNone;
  size_t i = text_.find(quote, at_ + width);
  while (i != std::string_view::npos) {
    const uint32_t end = static_cast<uint32_t>(i) + width;
    if (text_.substr(end, width) != quote) {
      at_ = end;
      return true;
    }
    fallback = end;
    i = text_.find(quote, end + width);
  }
  if (fallback == kNone) return false;
  at_ = fallback;
  return true;
}

// $$…$$ or $tag$…$tag$.
bool Lexer::dollar_literal() {
  if (text_[at_] != '$') return false;
  const uint32_t previous = before(at_);
  if (previous != 0 && (is_word_char(previous) || previous == '"' || previous == '$')) return false;
  uint32_t end = at_ + 1;
  if (byte(end) == '_' || name_start_at(end)) end = skip_word(end);
  if (byte(end) != '$') return false;
  ++end;
  const std::string_view tag = text_.substr(at_, end - at_);
  if (unclosed_dollars_ >= kMaxUnclosedDollars) return false;
  const size_t close = text_.find(tag, end);
  if (close == std::string_view::npos) {
    ++unclosed_dollars_;
    return false;
  }
  at_ = static_cast<uint32_t>(close + tag.size());
  return true;
}

bool Lexer::placeholder() {
  const char c = text_[at_];
  if (c == '?') {
    ++at_;
    return true;
  }
  if (c == '%') {
    uint32_t end = at_ + 1;
    if (byte(end) == '(' && word_at(end + 1)) {
      const uint32_t close = skip_word(end + 1);
      if (byte(close) == ')') end = close + 1;
    }
    if (upper(byte(end)) != 'S') return false;
    at_ = end + 1;
    return true;
  }
  if ((c == '$' || c == ':') && word_at(at_ + 1)) {
    const uint32_t previous = before(at_);
    if (previous != 0 && is_word_char(previous)) return false;
    at_ = skip_word(at_ + 1);
    return true;
  }
  return false;
}

bool Lexer::name_or_keyword(SqlType& type) {
  const char c = text_[at_];
  if (c == '@' || c == '#') {
    const uint32_t start = at_ + (c == '#' && byte(at_ + 1) == '#' ? 2 : 1);
    if (!name_start_at(start) || !word_at(after(start))) return false;
    at_ = skip_word(start);
    type = SqlType::Name;
    return true;
  }
  if (!name_start_at(at_)) return false;
  for (const std::string_view word : {"CASE", "IN", "VALUES", "USING", "FROM", "AS"}) {
    const uint32_t end = phrase(at_, word);
    if (end == kNone) continue;
    at_ = end;
    type = SqlType::Keyword;
    return true;
  }
  const uint32_t end = skip_word(at_);
  const bool is_name =
      byte(skip_space(end)) == '.' || (at_ > 0 && text_[at_ - 1] == '.') || byte(end) == '(';
  if (!is_name) return false;
  at_ = end;
  type = SqlType::Name;
  return true;
}

bool Lexer::number(SqlType& type) {
  const uint32_t first = at_ + (text_[at_] == '-' ? 1 : 0);
  if (byte(first) == '0' && upper(byte(first + 1)) == 'X') {
    uint32_t end = first + 2;
    while (digit_at(end) || (upper(byte(end)) >= 'A' && upper(byte(end)) <= 'F'))
      end = after(end);
    if (end > first + 2) {
      at_ = end;
      type = SqlType::Hexadecimal;
      return true;
    }
  }
  const uint32_t whole_end = skip_digits(first);
  const bool has_whole = whole_end > first;
  const bool has_dot = byte(whole_end) == '.';
  const uint32_t fraction_end = has_dot ? skip_digits(whole_end + 1) : whole_end;
  const bool has_fraction = has_dot && fraction_end > whole_end + 1;
  if (has_whole) {
    const uint32_t mantissa_end = has_fraction ? fraction_end : whole_end;
    if (upper(byte(mantissa_end)) == 'E') {
      const uint32_t exponent = mantissa_end + (byte(mantissa_end + 1) == '-' ? 2 : 1);
      const uint32_t end = skip_digits(exponent);
      if (end > exponent) {
        at_ = end;
        type = SqlType::Float;
        return true;
      }
    }
  }
  // Where a name character follows, the expression gives a digit back and ends before it.
  const auto step_back = [this](uint32_t end) {
    uint32_t i = end - 1;
    while (i > 0 && (static_cast<unsigned char>(text_[i]) & 0xC0) == 0x80)
      --i;
    return i;
  };
  if (has_dot && (has_whole || has_fraction)) {
    uint32_t end = fraction_end;
    const uint32_t least = has_whole ? whole_end + 1 : whole_end + 2;
    if (name_follows(end)) end = end > least && has_fraction ? step_back(end) : kNone;
    if (end != kNone && end >= least) {
      at_ = end;
      type = SqlType::Float;
      return true;
    }
  }
  if (!has_whole) return false;
  uint32_t end = whole_end;
  if (name_follows(end)) {
    end = step_back(end);
    if (end <= first) return false;
  }
  at_ = end;
  type = SqlType::Integer;
  return true;
}

// '…' or "…": a doubled quote and a backslashed quote go on; if the closing quote is missing then,
// the last of those closes.
bool Lexer::quoted(char quote) {
  uint32_t fallback = kNone;
  uint32_t i = at_ + 1;
  while (has(i)) {
    if (text_[i] == quote) {
      if (byte(i + 1) != quote) {
        at_ = i + 1;
        return true;
      }
      fallback = i + 1;
      i += 2;
    } else if (text_[i] == '\\' && byte(i + 1) == quote) {
      fallback = i + 2;
      i += 2;
    } else {
      ++i;
    }
  }
  if (fallback == kNone) return false;
  at_ = fallback;
  return true;
}

bool Lexer::bracket_name() {
  if (text_[at_] != '[') return false;
  const uint32_t previous = before(at_);
  if (previous != 0 && (is_word_char(previous) || previous == ']' || previous == ')')) return false;
  const size_t close = text_.find_first_of("[]", at_ + 1);
  if (close == std::string_view::npos || text_[close] != ']' || close == at_ + 1) return false;
  at_ = static_cast<uint32_t>(close) + 1;
  return true;
}

struct Phrase {
  const char* words;
  SqlType type;
};
// In sqlparse's order; where one is the start of another, the longer one stands first.
constexpr Phrase kPhrases[] = {
    {"JOIN", SqlType::Keyword},
    {"END IF", SqlType::Keyword},
    {"END LOOP", SqlType::Keyword},
    {"END WHILE", SqlType::Keyword},
    {"NOT NULL", SqlType::Keyword},
    {"ASC NULLS FIRST", SqlType::KeywordOrder},
    {"ASC NULLS LAST", SqlType::KeywordOrder},
    {"DESC NULLS FIRST", SqlType::KeywordOrder},
    {"DESC NULLS LAST", SqlType::KeywordOrder},
    {"ASC", SqlType::KeywordOrder},
    {"DESC", SqlType::KeywordOrder},
    {"NULLS FIRST", SqlType::KeywordOrder},
    {"NULLS LAST", SqlType::KeywordOrder},
    {"UNION ALL", SqlType::Keyword},
    {"CREATE OR REPLACE", SqlType::KeywordStatement},
    {"DOUBLE PRECISION", SqlType::Builtin},
    {"GROUP BY", SqlType::Keyword},
    {"ORDER BY", SqlType::Keyword},
    {"PRIMARY KEY", SqlType::Keyword},
    {"HANDLER FOR", SqlType::Keyword},
    {"LATERAL VIEW EXPLODE", SqlType::Keyword},
    {"LATERAL VIEW INLINE", SqlType::Keyword},
    {"LATERAL VIEW PARSE_URL_TUPLE", SqlType::Keyword},
    {"LATERAL VIEW POSEXPLODE", SqlType::Keyword},
    {"LATERAL VIEW STACK", SqlType::Keyword},
    {"NOT LIKE", SqlType::Comparison},
    {"NOT ILIKE", SqlType::Comparison},
    {"NOT RLIKE", SqlType::Comparison},
    {"LIKE", SqlType::Comparison},
    {"ILIKE", SqlType::Comparison},
    {"RLIKE", SqlType::Comparison},
    {"NOT REGEXP BINARY", SqlType::Comparison},
    {"NOT REGEXP", SqlType::Comparison},
    {"REGEXP BINARY", SqlType::Comparison},
    {"REGEXP", SqlType::Comparison},
};

bool Lexer::keyword_phrase(SqlType& type) {
  if (!name_start_at(at_)) return false;
  // [LEFT|RIGHT|FULL] [INNER|OUTER|STRAIGHT] JOIN, or [CROSS|NATURAL] JOIN.
  uint32_t i = at_;
  const auto optional_word = [this, &i](std::string_view word) {
    const uint32_t end = literal(i, word);
    if (end == kNone || skip_space(end) == end) return false;
    i = skip_space(end);
    return true;
  };
  const bool side = optional_word("LEFT") || optional_word("RIGHT") || optional_word("FULL");
  const bool kind = optional_word("INNER") || optional_word("OUTER") || optional_word("STRAIGHT");
  if (!side && !kind && !optional_word("CROSS")) optional_word("NATURAL");
  uint32_t end = i == at_ ? kNone : phrase(i, "JOIN");
  type = SqlType::Keyword;
  for (const Phrase& entry : kPhrases) {
    if (end != kNone) break;
    end = phrase(at_, entry.words);
    type = entry.type;
  }
  if (end == kNone) return false;
  at_ = end;
  return true;
}

SqlType Lexer::operator_or_error() {
  constexpr std::string_view kPunctuation = ";:()[],.";
  constexpr std::string_view kComparison = "<>=~!";
  constexpr std::string_view kOperator = "+/@#%^&|-";
  const char c = text_[at_];
  if (kPunctuation.find(c) != std::string_view::npos) return take(SqlType::Punctuation, at_ + 1);
  for (const std::string_view json : {"->>", "->", "#>>", "#>", "@>", "<@", "-", "#-"}) {
    if (text_.substr(at_, json.size()) == json) {
      return take(SqlType::Operator, at_ + static_cast<uint32_t>(json.size()));
    }
  }
  for (const std::string_view set : {kComparison, kOperator}) {
    uint32_t end = at_;
    while (has(end) && set.find(text_[end]) != std::string_view::npos)
      ++end;
    if (end > at_) {
      return take(set == kComparison ? SqlType::Comparison : SqlType::Operator, end);
    }
  }
  return take(SqlType::Error, after(at_));
}

}  // namespace

std::vector<SqlToken> tokenize_sql(std::string_view text, size_t max_tokens) {
  return Lexer(text, max_tokens).run();
}

}  // namespace assay::search
