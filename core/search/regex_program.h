// A regular expression on its way from text to machine: the syntax tree (made by regex_parser.cpp)
// and the compiled form (made by regex_compiler.cpp, run by regex.cpp), a small program for a set
// of simultaneous threads (Thompson's construction).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace assay::search {

struct CharRange {
  uint32_t first, last;
};

// Which of Python's classes a set holds beside its ranges.
enum CategoryBits : uint8_t {
  kWordBit = 1,
  kDigitBit = 2,
  kSpaceBit = 4,
};

// A set of code points: ranges, classes, and the complements of classes; `negated` turns it all
// over.
struct CharSet {
  std::vector<CharRange> ranges;
  uint8_t has = 0;          // CategoryBits
  uint8_t has_not = 0;      // \W, \D, \S
  bool ascii_only = false;  // the classes mean ASCII (flag a)
  bool negated = false;
};

enum class RegexOp : uint8_t {
  Char,         // one code point of sets[x]
  Split,        // go on at x and at y
  Jump,         // go on at x
  TextStart,    // \A, ^
  TextEnd,      // \Z
  TextEndLine,  // $: the end, or before a last line break
  LineStart,    // ^ with flag m
  LineEnd,      // $ with flag m
  WordEdge,     // \b; x = 1: ASCII words
  NoWordEdge,   // \B
  Match,
};
struct RegexInst {
  RegexOp op;
  uint32_t x = 0, y = 0;
};
struct RegexProgram {
  std::vector<RegexInst> code;  // starts at 0
  std::vector<CharSet> sets;
};

constexpr uint32_t kMaxCodePoint = 0x10FFFF;
constexpr uint32_t kUnlimited = 0xFFFFFFFF;

// A piece of the syntax tree; children are positions in RegexTree::nodes.
struct RegexNode {
  enum class Kind : uint8_t { Empty, Char, Assert, Concat, Alternate, Repeat };
  Kind kind = Kind::Empty;
  RegexOp assertion = RegexOp::Match;
  bool ascii = false;            // Assert: words are ASCII
  uint32_t set = 0;              // Char
  uint32_t least = 0, most = 0;  // Repeat; most may be kUnlimited
  std::vector<uint32_t> children;
};
struct RegexTree {
  std::vector<RegexNode> nodes;
  std::vector<CharSet> sets;
  uint32_t root = 0;
};

// A text of which every match holds one.
struct RegexLiteral {
  std::string text;
  bool any_case = false;  // of ASCII letters
};
constexpr size_t kMostLiterals = 8;  // of one list: each is looked for in the whole text

// Every match holds at least one of these literals.
struct RequiredLiterals {
  std::vector<RegexLiteral> any_of;
  uint32_t most_bytes_before = 0;  // between a match's beginning and the first such literal's; may be kUnlimited
};
// What every match holds one of, the most telling list first. May be empty.
std::vector<RequiredLiterals> required_literals(const RegexTree& tree);

Result<RegexTree> parse_regex(std::string_view pattern);
// Takes off both ends what a match can do without: /[a-z]+ing.*/ is found where /[a-z]ing/ is. Where matches begin and
// end differs, whether there is one does not.
void trim_to_least(RegexTree& tree);
Result<RegexProgram> compile_regex(RegexTree tree);

}  // namespace assay::search
