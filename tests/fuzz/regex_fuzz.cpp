// A pattern on the first line, a text behind it. Rewritten patterns that mean the same must answer
// the same, whatever the automaton has learnt before.
#include "core/base/utf8.h"
#include "core/search/regex.h"
#include "tests/fuzz/fuzz_support.h"

namespace {

using namespace assay;
using fuzz::check;
using search::Regex;

// The answer of a fresh automaton; -1: no pattern, or one that is too large.
int answer(const std::string& pattern, std::string_view text) {
  Result<Regex> regex = Regex::compile(pattern);
  return regex.ok() ? static_cast<int>(regex.value().matches(text)) : -1;
}

void check_same_answer(int expected, const std::string& pattern, std::string_view text,
                       const char* what) {
  const int got = answer(pattern, text);
  check(got == expected || got == -1, what);  // -1: it grew too large
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\.[]{}()*+?^$|# \t\r\n\f\v-&~").find(c) != std::string_view::npos)
      out += '\\';
    out += c;
  }
  return out;
}

// Flags in the pattern count from where they stand: it cannot be put inside another one unless it
// has none.
bool has_flags(std::string_view pattern) {
  for (size_t at = pattern.find("(?"); at != std::string_view::npos;
       at = pattern.find("(?", at + 1)) {
    if (at + 2 >= pattern.size() ||
        std::string_view(":P#").find(pattern[at + 2]) == std::string_view::npos)
      return true;
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Input input(data, size);
  const std::string pattern(input.piece('\n'));
  const std::string_view text = input.rest();
  Result<Regex> regex = Regex::compile(pattern);
  if (!regex.ok()) {
    check(!regex.error().what.empty(), "an error says what is wrong");
    check(regex.error().at_byte == kNoPosition || regex.error().at_byte <= pattern.size(),
          "and where");
  } else {
    const bool found = regex.value().matches(text);
    for (size_t cut = 0; cut < text.size() && cut < 40; cut += 7)
      regex.value().matches(text.substr(cut));
    check(regex.value().matches(text) == found, "the same answer after others");
    if (!has_flags(pattern)) {
      check_same_answer(found, "(?:" + pattern + ")", text, "in a group");
      check_same_answer(found, "(?:" + pattern + ")|(?:" + pattern + ")", text, "either of two");
      check_same_answer(found, "\\A(?:.|\\n)*(?:" + pattern + ")", text,
                        "anywhere, said in the pattern");
      check_same_answer(1, "(?:" + pattern + ")*", text, "none of it is found everywhere");
      check_same_answer(1, "(?:" + pattern + ")?", text, "perhaps one is found everywhere");
    }
  }
  // A text is found where it stands.
  const std::string_view word = std::string_view(pattern).substr(0, 40);
  if (is_valid_utf8(word) && is_valid_utf8(text)) {
    check_same_answer(text.find(word) != std::string_view::npos, escaped(word), text,
                      "a text as it stands");
    check_same_answer(1, escaped(word), std::string(text) + std::string(word),
                      "a text that stands at the end");
  }
  return 0;
}
