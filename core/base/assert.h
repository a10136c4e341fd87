// ASSAY_ASSERT: a bug, not bad data. Always on; prints the place and ends in the crash path of the
// host (the page shows a screen with copyable details; the journal is already safe by then).
#pragma once

namespace assay {

// Never returns. The message is the asserted text; it never holds user data.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

// Called before the abort, once, with the same three values: the host's way to its crash screen. It
// may return. Set once at start-up; nullptr takes it away.
using AssertionHandler = void (*)(const char* expression, const char* file, int line);
void set_assertion_handler(AssertionHandler handler);

}  // namespace assay

#define ASSAY_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::assay::assertion_failed(#condition, __FILE__, __LINE__))
