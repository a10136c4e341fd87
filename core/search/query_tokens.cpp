#include "core/search/query_tokens.h"

#include <algorithm>

#include "core/base/utf8.h"

namespace assay::search {
namespace {

constexpr size_t kMaxTokens = 6000;

// Longest first.
constexpr std::string_view kSymbols[] = {"!>>", "!<<", ">>", "<<", "!>", "!<", "=~", "!~",
                                         "!=",  "<>",  "<=", ">=", "==", "&&", "||", "=",
                                         "<",   ">",   "~",  "(",  ")",  "{",  "}",  ","};

struct Spelling {
  std::string_view bytes, means;
};
constexpr Spelling kQuotes[] = {
    {"\"", "\""},
    {"'", "'"},
    {"\xE2\x80\x9C", "\xE2\x80\x9D"},  // “ ”
    {"\xE2\x80\x98", "\xE2\x80\x99"},  // ‘ ’
};
constexpr Spelling kWideSymbols[] = {
    {"\xEF\xBC\x88", "("}, {"\xEF\xBC\x89", ")"}, {"\xEF\xBC\x8C", ","},  // （ ） ，
    {"\xEF\xBC\x9D", "="}, {"\xEF\xBC\x9E", ">"}, {"\xEF\xBC\x9C", "<"},  // ＝ ＞ ＜
};

class Tokenizer {
 public:
  Tokenizer(std::string_view text, QueryProblem& problem) : text_(text), problem_(problem) {}
  Result<std::vector<QueryToken>> run();

 private:
  std::string_view rest() const { return text_.substr(at_); }
  size_t blank_at(size_t at) const;
  Status next();
  Status string(const Spelling& quote);
  Status regex();
  Status word();
  bool symbol();
  std::string closed(size_t begin, const Spelling& quote) const;
  bool ends_word(size_t at, size_t begin) const;
  size_t quoted_part(size_t at) const;
  bool wants_regex() const;
  void add(QueryTokenType type, size_t end, std::string_view text);
  Error fail(const char* what, size_t begin, size_t end);

  std::string_view text_;
  QueryProblem& problem_;
  size_t at_ = 0;
  std::vector<QueryToken> tokens_;
};

// The size of the blank at `at`; 0: none stands there. U+3000 is the blank of CJK keyboards, U+00A0 comes
// with copied text.
size_t Tokenizer::blank_at(size_t at) const {
  const std::string_view here = text_.substr(at);
  const char c = here[0];
  if (c == ' ' || (c >= '\t' && c <= '\r')) return 1;
  if (here.starts_with("\xE3\x80\x80")) return 3;
  return here.starts_with("\xC2\xA0") ? 2 : 0;
}

void Tokenizer::add(QueryTokenType type, size_t end, std::string_view text) {
  tokens_.push_back({type, static_cast<uint32_t>(at_), static_cast<uint32_t>(end), std::string(text)});
  at_ = end;
}

Error Tokenizer::fail(const char* what, size_t begin, size_t end) {
  problem_.size_bytes = static_cast<uint32_t>(end - begin);
  return make_error(ErrorCode::InvalidParameter, what, begin);
}

// The rest of the text with the quote where it was probably meant; "" when that is not plain.
std::string Tokenizer::closed(size_t begin, const Spelling& quote) const {
  constexpr size_t kMost = 300;
  const std::string_view rest = text_.substr(begin);
  if (rest.size() > kMost) return {};
  const std::string lower = ascii_lower(rest);
  size_t end = std::min({lower.find(" and "), lower.find(" or "), rest.size()});
  if (end == rest.size()) end = rest.find_last_not_of(" )}") + 1;
  if (end <= quote.bytes.size()) return {};  // nothing is in it
  const std::string_view tail = rest.substr(end);
  size_t quotes = 0;
  for (size_t at = tail.find(quote.means); at != std::string_view::npos; at = tail.find(quote.means, at + 1)) ++quotes;
  if (quotes % 2 != 0 && quote.bytes == quote.means) return {};
  return std::string(rest.substr(0, end)) + std::string(quote.means) + std::string(tail);
}

Status Tokenizer::string(const Spelling& quote) {
  const size_t begin = at_;
  std::string value;
  size_t at = at_ + quote.bytes.size();
  while (true) {
    const size_t close = text_.find(quote.means, at);
    if (close == std::string_view::npos) {
      problem_.suggestion = closed(begin, quote);
      return fail("This quote is not closed. Write the same quote behind the text.", begin, text_.size());
    }
    value += text_.substr(at, close - at);
    at = close + quote.means.size();
    if (quote.bytes != quote.means || !text_.substr(at).starts_with(quote.means)) break;
    value += quote.means;
    at += quote.means.size();
  }
  add(QueryTokenType::String, at, value);
  return ok_status();
}

// Flags are those of Python's re.
Status Tokenizer::regex() {
  const size_t begin = at_;
  size_t at = at_ + 1;
  std::string pattern;
  while (at < text_.size() && text_[at] != '/') {
    if (text_[at] == '\\' && at + 1 < text_.size()) {
      if (text_[at + 1] != '/') pattern += '\\';
      ++at;
    }
    pattern += text_[at++];
  }
  if (at == text_.size()) {
    return fail("This regular expression is not closed. Write / behind it, and \\/ for a slash in it.", begin,
                text_.size());
  }
  ++at;
  const size_t flags_at = at;
  while (at < text_.size() && std::string_view("imsxau").find(text_[at]) != std::string_view::npos)
    ++at;
  if (at > flags_at) pattern.insert(0, "(?" + std::string(text_.substr(flags_at, at - flags_at)) + ")");
  add(QueryTokenType::Regex, at, pattern);
  return ok_status();
}

bool Tokenizer::wants_regex() const {
  if (tokens_.empty() || text_[at_] != '/') return false;
  const QueryToken& before = tokens_.back();
  if (before.type == QueryTokenType::Symbol) return before.text == "=~" || before.text == "!~";
  if (before.type != QueryTokenType::Word) return false;
  return ascii_lower(before.text) == "rlike";
}

bool is_letter(char c) {
  const char lower = static_cast<char>(c | 0x20);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

bool Tokenizer::ends_word(size_t at, size_t begin) const {
  if (blank_at(at) != 0) return true;
  const char c = text_[at];
  const char next = at + 1 < text_.size() ? text_[at + 1] : '\0';
  switch (c) {
    case '(':
    case ')':
    case '{':
    case '}':
    case ',':
    case '=':
    case '<':
    case '>':
    case '"':
    case '`':
      return true;
    case '!':
      return next == '=' || next == '~' || next == '>' || next == '<';
    case '\'':  // don't
      return at == begin || !is_letter(text_[at - 1]) || !is_letter(next);
    case '|':
    case '&':
      return next == c;
    default:
      break;
  }
  if (static_cast<unsigned char>(c) < 0x80) return false;
  const std::string_view here = text_.substr(at);
  for (const Spelling& wide : kWideSymbols) {
    if (here.starts_with(wide.bytes)) return true;
  }
  for (const Spelling& quote : kQuotes) {
    if (here.starts_with(quote.bytes) && at > begin && static_cast<unsigned char>(quote.bytes[0]) >= 0x80) {
      return quote.bytes[2] == '\x9C';  // “; ‘ is an apostrophe as well
    }
  }
  return false;
}

// Where a quoted part of a key ends, or npos.
size_t Tokenizer::quoted_part(size_t at) const {
  const size_t close = text_.find(text_[at], at + 1);
  return close == std::string_view::npos ? close : close + 1;
}

Status Tokenizer::word() {
  const size_t begin = at_;
  size_t at = at_;
  while (at < text_.size()) {
    const char c = text_[at];
    const bool after_dot = at > begin && text_[at - 1] == '.';
    if ((c == '`' && (at == begin || after_dot)) || ((c == '"' || c == '\'') && after_dot)) {
      const size_t end = quoted_part(at);
      if (end == std::string_view::npos) {
        return fail("This quote is not closed. Write the same quote behind the name.", at, text_.size());
      }
      at = end;
      if (at < text_.size() && (text_[at] == '.' || text_[at] == '[')) continue;
      break;
    }
    if (at > begin && ends_word(at, begin)) break;
    if (c == '!' && at == begin && ends_word(at, begin)) break;
    ++at;
  }
  if (at == begin) ++at;
  add(QueryTokenType::Word, at, text_.substr(begin, at - begin));
  return ok_status();
}

bool Tokenizer::symbol() {
  for (const Spelling& wide : kWideSymbols) {
    if (!rest().starts_with(wide.bytes)) continue;
    add(QueryTokenType::Symbol, at_ + wide.bytes.size(), wide.means);
    return true;
  }
  for (const std::string_view symbol : kSymbols) {
    if (!rest().starts_with(symbol)) continue;
    // ~ at the start of a path is no axis.
    if (symbol == "~" && (tokens_.empty() || tokens_.back().text != "}")) return false;
    add(QueryTokenType::Symbol, at_ + symbol.size(), symbol);
    return true;
  }
  // !THEN
  if (rest().size() >= 5 && rest()[0] == '!' && ascii_lower(rest().substr(1, 4)) == "then") {
    add(QueryTokenType::Symbol, at_ + 5, "!then");
    return true;
  }
  return false;
}

Status Tokenizer::next() {
  if (wants_regex()) return regex();
  for (const Spelling& quote : kQuotes) {
    if (rest().starts_with(quote.bytes)) return string(quote);
  }
  if (symbol()) return ok_status();
  return word();
}

Result<std::vector<QueryToken>> Tokenizer::run() {
  while (at_ < text_.size()) {
    if (const size_t blank = blank_at(at_); blank != 0) {
      at_ += blank;
      continue;
    }
    if (tokens_.size() == kMaxTokens) {
      return make_error(ErrorCode::TooLarge, "The query has more than 6000 words. Shorten it.", at_);
    }
    if (Status status = next(); !status) return status.take_error();
  }
  add(QueryTokenType::End, at_, {});
  return std::move(tokens_);
}

}  // namespace

Result<std::vector<QueryToken>> tokenize_query(std::string_view text, QueryProblem& problem) {
  return Tokenizer(text, problem).run();
}

}  // namespace assay::search
