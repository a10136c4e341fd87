#include "core/base/assert.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include <catch2/catch_test_macros.hpp>

using namespace assay;

namespace {

// What a child process that runs `body` writes to standard error, and how it ends.
std::string stderr_of_child(void (*body)(), int& status) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    signal(SIGABRT, SIG_DFL);
    dup2(ends[1], 2);
    body();
    _exit(0);
  }
  close(ends[1]);
  std::string text;
  char buffer[256];
  for (ssize_t count; (count = read(ends[0], buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<size_t>(count));
  }
  close(ends[0]);
  REQUIRE(waitpid(child, &status, 0) == child);
  return text;
}

}  // namespace

TEST_CASE("a failed assertion names its place, tells the host, and aborts") {
  int status = 0;
  const std::string text = stderr_of_child(
      [] {
        set_assertion_handler([](const char*, const char*, int) {
          const char told[] = "host told\n";
          const ssize_t written = write(2, told, sizeof told - 1);
          static_cast<void>(written);
        });
        ASSAY_ASSERT(1 + 1 == 3);
      },
      status);
  CHECK(text.find("assert_test.cpp:") != std::string::npos);
  CHECK(text.find("assertion failed: 1 + 1 == 3\n") != std::string::npos);
  CHECK(text.find("host told") != std::string::npos);
  REQUIRE(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGABRT);
}

TEST_CASE("a true assertion does nothing") {
  int evaluated = 0;
  ASSAY_ASSERT(++evaluated == 1);
  CHECK(evaluated == 1);
}
