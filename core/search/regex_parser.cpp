#include "core/base/utf8.h"
#include "core/base/ordering.h"
#include "core/search/regex_program.h"
#include "core/search/unicode_class.h"

#include <algorithm>
#include <string>
#include <utility>

namespace assay::search {
namespace {

constexpr size_t kMaxPatternBytes = 32 << 10;
constexpr int kMaxNesting = 100;
constexpr uint32_t kFoldedUpTo = 0x530;  // fold_case() leaves code points above alone

struct Flags {
  bool ignore_case = false, multiline = false, dot_all = false, verbose = false, ascii = false;
};

class Parser {
 public:
  explicit Parser(std::string_view pattern) : text_(pattern) {}
  Result<RegexTree> run();

 private:
  bool more() const { return at_ < text_.size(); }
  char peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  uint32_t next_point() {
    const DecodedChar c = decode_utf8(text_, at_);
    at_ += c.size_bytes;
    return c.code_point;
  }
  // Remembers the first error; parsing ends by itself then.
  void fail(ErrorCode code, std::string what, size_t at) {
    if (failed_) return;
    failed_ = true;
    error_ = make_error(code, std::move(what) + " at position " + std::to_string(position(at)), at);
    at_ = text_.size();
  }
  void bad(std::string what, size_t at) { fail(ErrorCode::InvalidInput, std::move(what), at); }
  void unsupported(const char* what, size_t at) {
    fail(ErrorCode::Unsupported,
         std::string(what) + " cannot be searched for here (MLflow's server can)", at);
  }
  // Python counts code points.
  size_t position(size_t at_byte) const {
    size_t count = 0;
    for (size_t i = 0; i < at_byte && i < text_.size(); ++i) {
      count += (static_cast<unsigned char>(text_[i]) & 0xC0) != 0x80;
    }
    return count;
  }

  uint32_t add(RegexNode node) {
    tree_.nodes.push_back(std::move(node));
    return static_cast<uint32_t>(tree_.nodes.size() - 1);
  }
  uint32_t add_set(CharSet set);
  uint32_t add_char(uint32_t code_point);
  uint32_t add_class(char letter);
  uint32_t add_assert(RegexOp op) {
    RegexNode node;
    node.kind = RegexNode::Kind::Assert;
    node.assertion = op;
    node.ascii = flags_.ascii;
    return add(std::move(node));
  }

  void skip_verbose();
  uint32_t parse_alternation(int depth);
  uint32_t parse_concat(int depth);
  bool parse_quantifier(uint32_t& least, uint32_t& most);
  bool parse_counts(uint32_t& least, uint32_t& most);
  uint32_t parse_atom(int depth);
  uint32_t parse_group(int depth);
  uint32_t parse_flag_group(int depth, size_t open);
  bool set_flag(char c, bool on, size_t at);
  uint32_t parse_escape();
  uint32_t parse_set();
  // One member of a set: a code point, or a class (then `set` has it and the result is kUnlimited).
  uint32_t parse_set_member(CharSet& set);
  static bool add_category(CharSet& set, char letter);
  uint32_t parse_char_escape(char c, size_t start);
  uint32_t parse_hex(int digits, size_t start);

  std::string_view text_;
  size_t at_ = 0;
  Flags flags_;
  std::vector<std::string_view> group_names_;
  size_t flags_end_ = 0;  // behind the global flags at the start
  bool failed_ = false;
  Error error_;
  RegexTree tree_;
};

void sort_ranges(std::vector<CharRange>& ranges) {
  sort_in_place(ranges, [](const CharRange& a, const CharRange& b) { return a.first < b.first; });
  std::vector<CharRange> merged;
  for (const CharRange& range : ranges) {
    if (!merged.empty() && range.first <= merged.back().last + 1) {
      merged.back().last = std::max(merged.back().last, range.last);
    } else {
      merged.push_back(range);
    }
  }
  ranges = std::move(merged);
}

bool in_ranges(const std::vector<CharRange>& ranges, uint32_t c) {
  for (const CharRange& range : ranges) {
    if (c >= range.first && c <= range.last) return true;
  }
  return false;
}

void add_point(std::vector<CharRange>& ranges, uint32_t c) { ranges.push_back({c, c}); }

// Adds every code point that folds to the same as one in the set; with the flag a, ASCII letters
// only.
void add_case_variants(std::vector<CharRange>& ranges, bool ascii) {
  const uint32_t limit = ascii ? 0x80 : kFoldedUpTo;
  std::vector<bool> wanted(kFoldedUpTo, false);
  for (uint32_t c = 0; c < limit; ++c) {
    if (in_ranges(ranges, c)) wanted[std::min(fold_case(c), kFoldedUpTo - 1)] = true;
  }
  for (uint32_t c = 0; c < limit; ++c) {
    const uint32_t folded = fold_case(c);
    if (folded < kFoldedUpTo && wanted[folded]) add_point(ranges, c);
  }
  if (ascii) return;
  // The three letters elsewhere that Python folds into ASCII and Latin-1.
  if (in_ranges(ranges, 'k')) add_point(ranges, 0x212A);
  if (in_ranges(ranges, 's')) add_point(ranges, 0x17F);
  if (in_ranges(ranges, 0xE5)) add_point(ranges, 0x212B);
}

uint32_t Parser::add_set(CharSet set) {
  if (flags_.ignore_case && !set.ranges.empty()) add_case_variants(set.ranges, flags_.ascii);
  sort_ranges(set.ranges);
  set.ascii_only = flags_.ascii;
  tree_.sets.push_back(std::move(set));
  RegexNode node;
  node.kind = RegexNode::Kind::Char;
  node.set = static_cast<uint32_t>(tree_.sets.size() - 1);
  return add(std::move(node));
}

uint32_t Parser::add_char(uint32_t c) {
  CharSet set;
  add_point(set.ranges, c);
  const bool plain = c < 0x80 && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
  const bool fold = std::exchange(flags_.ignore_case, flags_.ignore_case && !plain);
  if (flags_.ignore_case && c < 0x80) {  // a letter: no need to look through all of them
    add_point(set.ranges, c ^ 0x20);
    if ((c | 0x20) == 'k' && !flags_.ascii) add_point(set.ranges, 0x212A);
    if ((c | 0x20) == 's' && !flags_.ascii) add_point(set.ranges, 0x17F);
    flags_.ignore_case = false;
  }
  const uint32_t node = add_set(std::move(set));
  flags_.ignore_case = fold;
  return node;
}

bool Parser::add_category(CharSet& set, char letter) {
  switch (letter) {
    case 'w':
      set.has |= kWordBit;
      return true;
    case 'd':
      set.has |= kDigitBit;
      return true;
    case 's':
      set.has |= kSpaceBit;
      return true;
    case 'W':
      set.has_not |= kWordBit;
      return true;
    case 'D':
      set.has_not |= kDigitBit;
      return true;
    case 'S':
      set.has_not |= kSpaceBit;
      return true;
    default:
      return false;
  }
}

void Parser::skip_verbose() {
  while (flags_.verbose && more()) {
    const char c = peek();
    if (c == ' ' || (c >= '\t' && c <= '\r')) {
      ++at_;
    } else if (c == '#') {
      while (more() && peek() != '\n')
        ++at_;
    } else {
      return;
    }
  }
}

uint32_t Parser::parse_alternation(int depth) {
  if (depth > kMaxNesting) fail(ErrorCode::TooLarge, "too many nested groups", at_);
  RegexNode node;
  node.kind = RegexNode::Kind::Alternate;
  node.children.push_back(parse_concat(depth));
  while (peek() == '|' && more()) {
    ++at_;
    node.children.push_back(parse_concat(depth));
  }
  return node.children.size() == 1 ? node.children[0] : add(std::move(node));
}

uint32_t Parser::parse_concat(int depth) {
  RegexNode node;
  node.kind = RegexNode::Kind::Concat;
  while (true) {
    skip_verbose();
    if (!more() || peek() == '|' || peek() == ')') break;
    const size_t start = at_;
    uint32_t atom = parse_atom(depth);
    skip_verbose();
    const size_t quantifier = at_;
    uint32_t least = 0, most = 0;
    if (!failed_ && parse_quantifier(least, most)) {
      const RegexNode::Kind kind = tree_.nodes[atom].kind;
      const bool group = text_[start] == '(';
      if (kind == RegexNode::Kind::Empty || (kind == RegexNode::Kind::Assert && !group)) {
        bad("nothing to repeat", quantifier);
      }
      if (peek() == '?') {
        ++at_;  // lazy: the same texts match
      } else if (peek() == '+') {
        unsupported("possessive quantifier", at_);
      }
      RegexNode repeat;
      repeat.kind = RegexNode::Kind::Repeat;
      repeat.least = least;
      repeat.most = most;
      repeat.children.push_back(atom);
      atom = add(std::move(repeat));
      skip_verbose();
      const size_t again = at_;
      if (!failed_ && parse_quantifier(least, most)) bad("multiple repeat", again);
    }
    node.children.push_back(atom);
  }
  if (node.children.empty()) return add(RegexNode());
  return node.children.size() == 1 ? node.children[0] : add(std::move(node));
}

bool Parser::parse_quantifier(uint32_t& least, uint32_t& most) {
  if (!more()) return false;
  const char c = peek();
  if (c == '{') return parse_counts(least, most);
  if (c != '*' && c != '+' && c != '?') return false;
  ++at_;
  least = c == '+' ? 1 : 0;
  most = c == '?' ? 1 : kUnlimited;
  return true;
}

// {m} {m,} {,n} {m,n}; anything else is literal text.
bool Parser::parse_counts(uint32_t& least, uint32_t& most) {
  const size_t start = at_;
  size_t i = at_ + 1;
  const auto read = [this, &i](uint32_t otherwise) {
    if (i >= text_.size() || text_[i] < '0' || text_[i] > '9') return otherwise;
    uint32_t value = 0;
    for (; i < text_.size() && text_[i] >= '0' && text_[i] <= '9'; ++i) {
      value = std::min<uint32_t>(value * 10 + static_cast<uint32_t>(text_[i] - '0'), 1000000);
    }
    return value;
  };
  const size_t first = i;
  least = read(0);
  const bool has_least = i > first;
  most = least;
  const bool comma = i < text_.size() && text_[i] == ',';
  if (comma) {
    ++i;
    most = read(kUnlimited);
  }
  if ((!has_least && !comma) || i >= text_.size() || text_[i] != '}') return false;
  at_ = i + 1;
  if (most < least) bad("min repeat greater than max repeat", start);
  return true;
}

uint32_t Parser::parse_atom(int depth) {
  const char c = peek();
  switch (c) {
    case '(':
      return parse_group(depth);
    case '[':
      return parse_set();
    case '\\':
      return parse_escape();
    case '*':
    case '+':
    case '?':
      bad("nothing to repeat", at_);
      return add(RegexNode());
    case '^':
      ++at_;
      return add_assert(flags_.multiline ? RegexOp::LineStart : RegexOp::TextStart);
    case '$':
      ++at_;
      return add_assert(flags_.multiline ? RegexOp::LineEnd : RegexOp::TextEndLine);
    case '.': {
      ++at_;
      CharSet any;
      if (!flags_.dot_all) any.ranges.push_back({'\n', '\n'});
      any.negated = true;
      const bool fold = std::exchange(flags_.ignore_case, false);
      const uint32_t node = add_set(std::move(any));
      flags_.ignore_case = fold;
      return node;
    }
    default:
      break;
  }
  uint32_t least = 0, most = 0;
  if (c == '{' && parse_quantifier(least, most)) {
    bad("nothing to repeat", at_);
    return add(RegexNode());
  }
  return add_char(next_point());
}

uint32_t Parser::parse_group(int depth) {
  const size_t open = at_++;
  const Flags outer = flags_;
  if (peek() == '?') {
    ++at_;
    const char c = peek();
    if (c == 'P') {
      if (peek(1) == '=') unsupported("back-reference", open);
      if (peek(1) != '<') bad("unknown extension ?P", open);
      const size_t close = text_.find('>', at_);
      const std::string_view name =
          close == std::string_view::npos ? "" : text_.substr(at_ + 2, close - at_ - 2);
      const bool starts = !name.empty() && !(name[0] >= '0' && name[0] <= '9');
      const bool words = std::all_of(name.begin(), name.end(), [](char b) {
        return is_word_char(static_cast<unsigned char>(b)) || static_cast<unsigned char>(b) >= 0x80;
      });
      if (!starts || !words) bad("bad group name", open);
      if (std::find(group_names_.begin(), group_names_.end(), name) != group_names_.end()) {
        bad("redefinition of group name '" + std::string(name) + "'", open);
      }
      group_names_.push_back(name);
      if (!failed_) at_ = close + 1;
    } else if (c == ':') {
      ++at_;
    } else if (c == '#') {
      const size_t close = text_.find(')', at_);
      if (close == std::string_view::npos) {
        bad("missing ), unterminated comment", open);
      } else {
        at_ = close + 1;
      }
      return add(RegexNode());
    } else if (c == '=' || c == '!') {
      unsupported("look-ahead (?=…)", open);
    } else if (c == '<' && (peek(1) == '=' || peek(1) == '!')) {
      unsupported("look-behind (?<=…)", open);
    } else if (c == '(') {
      unsupported("conditional group (?(…)…)", open);
    } else if (c == '>') {
      unsupported("atomic group (?>…)", open);
    } else {
      return parse_flag_group(depth, open);
    }
  }
  const uint32_t inner = parse_alternation(depth + 1);
  if (!more() || peek() != ')') bad("missing ), unterminated subpattern", open);
  if (!failed_) ++at_;
  flags_ = outer;
  if (tree_.nodes[inner].kind != RegexNode::Kind::Empty &&
      tree_.nodes[inner].kind != RegexNode::Kind::Assert) {
    return inner;
  }
  // An empty group may be repeated.
  RegexNode group;
  group.kind = RegexNode::Kind::Concat;
  group.children.push_back(inner);
  return add(std::move(group));
}

bool Parser::set_flag(char c, bool on, size_t at) {
  switch (c) {
    case 'i':
      flags_.ignore_case = on;
      return true;
    case 'm':
      flags_.multiline = on;
      return true;
    case 's':
      flags_.dot_all = on;
      return true;
    case 'x':
      flags_.verbose = on;
      return true;
    case 'a':
      flags_.ascii = on;
      return true;
    case 'u':
      flags_.ascii = !on;
      return true;
    case 'L':
      bad("bad inline flags: cannot use 'L' flag with a str pattern", at);
      return false;
    default:
      bad("unknown extension ?" + std::string(1, c), at);
      return false;
  }
}

// (?ims) at the start of the pattern, or (?i:…), (?i-s:…).
uint32_t Parser::parse_flag_group(int depth, size_t open) {
  const Flags outer = flags_;
  bool on = true;
  while (more() && peek() != ')' && peek() != ':') {
    if (peek() == '-' && on) {
      on = false;
      ++at_;
      continue;
    }
    if (!set_flag(peek(), on, open)) break;
    ++at_;
  }
  if (!more()) bad("missing -, : or )", at_);
  if (failed_) return add(RegexNode());
  const bool global = peek() == ')';
  ++at_;
  if (global) {
    if (!on) bad("missing :", at_ - 1);
    if (open != flags_end_) bad("global flags not at the start of the expression", open);
    flags_end_ = at_;
    return add(RegexNode());
  }
  const uint32_t inner = parse_alternation(depth + 1);
  if (!more() || peek() != ')') bad("missing ), unterminated subpattern", open);
  if (!failed_) ++at_;
  flags_ = outer;
  return inner;
}

uint32_t Parser::parse_hex(int digits, size_t start) {
  uint32_t value = 0;
  for (int i = 0; i < digits; ++i) {
    const char c = peek();
    const bool hex = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
    if (!hex) {
      bad("incomplete escape " + std::string(text_.substr(start, at_ - start)), start);
      return 0;
    }
    value = value * 16 + static_cast<uint32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    ++at_;
  }
  if (value > kMaxCodePoint)
    bad("bad escape " + std::string(text_.substr(start, at_ - start)), start);
  return value;
}

// The escapes that stand for one character, in and outside of sets; `c` is the letter, already
// taken.
uint32_t Parser::parse_char_escape(char c, size_t start) {
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    case 'f':
      return '\f';
    case 'v':
      return '\v';
    case 'a':
      return '\a';
    case 'x':
      return parse_hex(2, start);
    case 'u':
      return parse_hex(4, start);
    case 'U':
      return parse_hex(8, start);
    case 'N':
      unsupported("\\N{…}", start);
      return 0;
    default:
      break;
  }
  if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') {
    bad("bad escape \\" + std::string(1, c), start);
    return 0;
  }
  --at_;
  return next_point();
}

uint32_t Parser::parse_escape() {
  const size_t start = at_++;
  if (!more()) {
    bad("bad escape (end of pattern)", start);
    return add(RegexNode());
  }
  const char c = text_[at_++];
  switch (c) {
    case 'A':
      return add_assert(RegexOp::TextStart);
    case 'Z':
      return add_assert(RegexOp::TextEnd);
    case 'b':
      return add_assert(RegexOp::WordEdge);
    case 'B':
      return add_assert(RegexOp::NoWordEdge);
    default:
      break;
  }
  CharSet set;
  if (add_category(set, c)) return add_set(std::move(set));
  const auto octal = [](char digit) { return digit >= '0' && digit <= '7'; };
  if (c == '0' || (octal(c) && octal(peek()) && octal(peek(1)))) {
    uint32_t value = static_cast<uint32_t>(c - '0');
    for (int i = 0; i < 2 && octal(peek()); ++i, ++at_) {
      value = value * 8 + static_cast<uint32_t>(peek() - '0');
    }
    if (value > 0xFF) bad("octal escape value outside of range 0-0o377", start);
    return add_char(value);
  }
  if (c >= '1' && c <= '9') {
    unsupported("back-reference", start);
    return add(RegexNode());
  }
  return add_char(parse_char_escape(c, start));
}

uint32_t Parser::parse_set_member(CharSet& set) {
  if (peek() != '\\') return next_point();
  const size_t start = at_++;
  if (!more()) {
    bad("bad escape (end of pattern)", start);
    return 0;
  }
  const char c = text_[at_++];
  if (add_category(set, c)) return kUnlimited;
  if (c == 'b') return '\b';
  if (c >= '0' && c <= '7') {
    uint32_t value = static_cast<uint32_t>(c - '0');
    for (int i = 0; i < 2 && peek() >= '0' && peek() <= '7'; ++i, ++at_) {
      value = value * 8 + static_cast<uint32_t>(peek() - '0');
    }
    if (value > 0xFF) bad("octal escape value outside of range 0-0o377", start);
    return value;
  }
  if (c == '8' || c == '9') {
    bad("bad escape \\" + std::string(1, c), start);
    return 0;
  }
  return parse_char_escape(c, start);
}

uint32_t Parser::parse_set() {
  const size_t open = at_++;
  CharSet set;
  if (peek() == '^') {
    set.negated = true;
    ++at_;
  }
  bool first = true;
  while (!failed_) {
    if (!more()) {
      bad("unterminated character set", open);
      break;
    }
    if (peek() == ']' && !first) {
      ++at_;
      break;
    }
    first = false;
    const size_t start = at_;
    const uint32_t low = parse_set_member(set);
    if (peek() != '-' || at_ + 1 >= text_.size() || peek(1) == ']') {
      if (low != kUnlimited) add_point(set.ranges, low);
      continue;
    }
    ++at_;
    const uint32_t high = parse_set_member(set);
    if (failed_) break;
    if (low == kUnlimited || high == kUnlimited || high < low) {
      bad("bad character range " + std::string(text_.substr(start, at_ - start)), start);
      break;
    }
    set.ranges.push_back({low, high});
  }
  return add_set(std::move(set));
}

Result<RegexTree> Parser::run() {
  if (text_.size() > kMaxPatternBytes) {
    return make_error(ErrorCode::TooLarge, "the pattern is longer than 32 KB", kMaxPatternBytes);
  }
  tree_.root = parse_alternation(0);
  if (!failed_ && more()) bad("unbalanced parenthesis", at_);
  if (failed_) return error_;
  return std::move(tree_);
}

}  // namespace

Result<RegexTree> parse_regex(std::string_view pattern) { return Parser(pattern).run(); }

}  // namespace assay::search
