#include "wasm/platform/crash.h"

#include <cstring>
#include <new>
#include <string>

#include "core/base/assert.h"
#include "core/base/numbers.h"
#include "wasm/platform/js.h"

extern "C" {
[[noreturn]] void assay_js_crash(const char* message, size_t size);  // throws
void assay_js_log(const char* line, size_t size);
}

namespace assay::platform {

namespace {

// No allocation here: there is no memory left.
void on_out_of_memory() {
  static constexpr char kMessage[] = "out-of-memory";
  assay_js_crash(kMessage, sizeof(kMessage) - 1);
}

void on_assertion(const char* expression, const char* file, int line) {
  const char* name = std::strrchr(file, '/');
  std::string message = "assertion failed: ";
  message += expression;
  message += " (";
  message += name == nullptr ? file : name + 1;
  message += ':';
  append_int(message, line);
  message += ')';
  crash(message);
}

}  // namespace

void install_crash_handlers() {
  std::set_new_handler(on_out_of_memory);
  set_assertion_handler(on_assertion);
}

void crash(std::string_view message) { assay_js_crash(message.data(), message.size()); }

void log_line(std::string_view line) { assay_js_log(line.data(), line.size()); }

}  // namespace assay::platform
