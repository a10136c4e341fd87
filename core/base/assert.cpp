#include "core/base/assert.h"

#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace assay {
namespace {

// The one mutable global of core: a crash has no other way to find its host.
AssertionHandler g_handler = nullptr;

void write_text(const char* text) {
  size_t left = std::strlen(text);
  while (left > 0) {
    const ssize_t written = ::write(2, text, left);
    if (written <= 0) return;
    text += written;
    left -= static_cast<size_t>(written);
  }
}

}  // namespace

void set_assertion_handler(AssertionHandler handler) { g_handler = handler; }

void assertion_failed(const char* expression, const char* file, int line) {
  char digits[16];
  char* at = digits + sizeof digits;
  *--at = '\0';
  unsigned left = line < 0 ? 0U : static_cast<unsigned>(line);
  do {
    *--at = static_cast<char>('0' + left % 10);
    left /= 10;
  } while (left != 0);
  write_text(file);
  write_text(":");
  write_text(at);
  write_text(": assertion failed: ");
  write_text(expression);
  write_text("\n");
  if (g_handler != nullptr) {
    AssertionHandler handler = g_handler;
    g_handler = nullptr;  // a failure inside the handler must not come back here for ever
    handler(expression, file, line);
  }
  std::abort();
}

}  // namespace assay
