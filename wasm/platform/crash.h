// The crash path: failed assertions and exhausted memory end in the page's panel (message, build, last
// log lines, copy, reload); after that no script calls into the program again. The journal is safe: it
// is written as things happen.
#pragma once

#include <string_view>

namespace assay::platform {

// Call first of all: sets what happens when memory runs out.
void install_crash_handlers();

// Shows the panel and never returns.
[[noreturn]] void crash(std::string_view message);

// A line for the ring of last log lines that the panel shows. Never user data, never a key.
void log_line(std::string_view line);

}  // namespace assay::platform
