// Literal search and SQL's LIKE. Everything works on bytes; the text may be any bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/store/trigrams.h"

namespace assay::search {

enum class CaseMode : uint8_t {
  Sensitive,
  AsciiInsensitive,  // A-Z equal a-z; other letters only themselves, as in SQLite's lower() and
                     // LIKE
};

constexpr size_t kNotFound = static_cast<size_t>(-1);

// Looks for one literal in many texts: the two rarest of its bytes first, 16 places at a time where
// the target has SIMD. Time is linear in text + needle, whatever they are. Keeps its own copy of
// the needle.
class TextFinder {
 public:
  explicit TextFinder(std::string_view needle, CaseMode mode = CaseMode::Sensitive);
  // The first match at or after `from`, or kNotFound. An empty needle is found at `from`.
  size_t find(std::string_view text, size_t from = 0) const;
  size_t size() const { return needle_.size(); }
  // Of the needle: what has not all of them does not hold it.
  const store::Trigrams& trigrams() const { return trigrams_; }

 private:
  bool equal_at(const char* text) const;
  size_t find_linear(std::string_view text, size_t from) const;
  char folded(char c) const;
  std::string needle_;  // folded to lower case when AsciiInsensitive
  CaseMode mode_;
  size_t rare_offset_ = 0;    // where the rarest byte of the needle stands, …
  size_t second_offset_ = 0;  // … and the next one
  store::Trigrams trigrams_;
};

// LIKE as SQLite does it: '%' any run, '_' one code point, the whole text, no escape character.
class LikeMatcher {
 public:
  explicit LikeMatcher(std::string_view pattern, CaseMode mode = CaseMode::Sensitive);
  bool matches(std::string_view text) const;
  // Whether the pattern is '%literal%' or '%': it only looks whether a text stands somewhere.
  bool is_contains() const;

 private:
  // What stands between two '%'.
  struct Part {
    std::string pattern;   // folded; '_' is any code point
    size_t any_count = 0;  // how many '_'
    size_t chars = 0;      // code points
    TextFinder finder;     // of the longest piece without '_'
    size_t chars_before_finder = 0;
  };
  Part make_part(std::string_view pattern) const;
  bool matches_at(const Part& part, std::string_view text, size_t at, size_t& end) const;
  // The first match at or after `from`; `end` gets the byte behind it.
  bool find_part(const Part& part, std::string_view text, size_t from, size_t& end) const;

  CaseMode mode_;
  std::vector<Part> parts_;
  bool starts_open_ = false;  // begins with '%'
  bool ends_open_ = false;
};

// How seldom a literal is likely to be in the JSON of spans: longer ones and rare bytes weigh more.
size_t literal_weight(std::string_view literal);

// Whether every byte is printable ASCII (0x20…0x7F): what Python's json.dumps writes by default.
bool is_plain_ascii(std::string_view text);

}  // namespace assay::search
