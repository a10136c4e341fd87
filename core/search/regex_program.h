// The compiled form of a regular expression: a small program for a set of simultaneous threads
// (Thompson's construction). Made by regex_parser.cpp, run by regex.cpp.
#pragma once

#include <cstdint>
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

// A set of code points: ranges, classes, and the complements of classes; `negated` turns it all over.
struct CharSet {
  std::vector<CharRange> ranges;
  uint8_t has = 0;         // CategoryBits
  uint8_t has_not = 0;     // \W, \D, \S
  bool ascii_only = false; // the classes mean ASCII (flag a)
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

Result<RegexProgram> parse_regex(std::string_view pattern);

}  // namespace assay::search
