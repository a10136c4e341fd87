// The differences of two texts, word by word, as one text in which what went and what came stand
// beside each other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay::ui {

struct TextDiff {
  enum class Kind : uint8_t { Same, Removed, Added };
  struct Run {
    Kind kind;
    uint32_t from, to;  // bytes of `text`
  };
  std::string text;
  std::vector<Run> runs;  // all of the text
  bool exact = true;      // false: too different to find everything that is the same
  bool same() const { return runs.empty() || (runs.size() == 1 && runs[0].kind == Kind::Same); }
};

// Words, each sign and each run of blanks count as one; letters of Chinese, Japanese and Korean one
// by one. Beyond some hundred thousand of them lines are compared instead.
TextDiff diff_texts(std::string_view a, std::string_view b);

}  // namespace assay::ui
