// Regex: the commonly used part of Python's `re` syntax, searched in time linear in the text (no
// back-tracking: the set of possible states is carried along and remembered as an automaton that is
// built while it runs). Works on UTF-8 code points; ill-formed bytes count as U+FFFD.
//
// Supported: . [] [^] \d \w \s \D \W \S \b \B ^ $ \A \Z * + ? {m,n} and their lazy forms, groups
// (plain,
// (?:…), named), |, the flags i m s x a u (for the whole pattern or (?i:…)), \n \t … \xhh \uhhhh
// \Uhhhhhhhh and octal escapes, (?#comments).
// Not supported, with an error that names the construct: look-ahead, look-behind, back-references,
// conditional groups, possessive quantifiers, atomic groups, \N{…}.
// Case-insensitive matching uses simple case folding (fold_case of core/base/utf8.h).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/search/record_sieve.h"

namespace assay::search {

class Regex {
 public:
  // Errors: InvalidInput (no pattern; in Python's words), Unsupported, TooLarge; at_byte is the
  // place in the pattern.
  static Result<Regex> compile(std::string_view pattern);

  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;
  ~Regex();

  // Whether the pattern matches anywhere in the text (Python's re.search). Not const: the automaton
  // grows, inside a fixed memory limit.
  bool matches(std::string_view text);

  // false: it does not match the text that is left when the escapes of this JSON are undone, however often they were
  // laid on (append_without_escapes). true: it may.
  bool may_match_without_escapes(const SearchedRecord& record) const;

 private:
  struct Machine;
  explicit Regex(std::unique_ptr<Machine> machine);
  std::unique_ptr<Machine> machine_;
};

}  // namespace assay::search
