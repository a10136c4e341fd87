// Redaction of what leaves the machine: keys and tokens, e-mail addresses, the user's own patterns. What is
// replaced is shown in the preview as it is sent.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/judge/trace_input.h"

namespace assay::score {

struct RedactionRules {
  bool secrets = true;  // what looks like a key: sk-…, AKIA…, ghp_…, eyJ… (a JWT), private key blocks
  bool emails = false;
  // Texts that are not sent: one a line, case counts; a line between slashes is a regular expression and
  // hides the words that it is found in (all of the text where it takes more than eight words).
  std::string patterns;
  friend bool operator==(const RedactionRules&, const RedactionRules&) = default;
};

// The first pattern that is wrong, and what is wrong with it; both "" where all are right.
struct PatternError {
  std::string pattern, what;
  bool empty() const { return what.empty(); }
};
PatternError redaction_error(const RedactionRules& rules);

struct Redacted {
  std::string text;
  uint32_t count = 0;  // places that were replaced
};
Redacted redacted(std::string_view text, const RedactionRules& rules);
// All texts of the input. Returns how many places were replaced.
uint32_t redact_input(judge::TraceInput& input, const RedactionRules& rules);

}  // namespace assay::score
