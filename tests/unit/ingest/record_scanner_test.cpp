#include "core/ingest/record_scanner.h"

#include <string>

#include <catch2/catch_test_macros.hpp>

using assay::ingest::RecordScanner;
using Outcome = RecordScanner::Outcome;

namespace {

struct Found {
  Outcome outcome;
  uint32_t at;
};

// The text arrives in pieces of `step` bytes.
Found scan(const std::string& text, size_t step, bool line_mode = false) {
  RecordScanner scanner;
  scanner.start(true, line_mode);
  for (size_t size = std::min(step, text.size());; size = std::min(size + step, text.size())) {
    const bool at_end = size == text.size();
    const Outcome outcome = scanner.scan(std::string_view(text).substr(0, size), at_end);
    if (outcome != Outcome::NeedMore || at_end) return {outcome, scanner.at()};
  }
}

void check(const std::string& text, Outcome outcome, size_t at, bool line_mode = false) {
  for (const size_t step : {size_t{1}, size_t{3}, size_t{64}, size_t{65}, size_t{1000}}) {
    INFO("pieces of " << step << ": " << text);
    const Found found = scan(text, step, line_mode);
    CHECK(found.outcome == outcome);
    if (outcome != Outcome::NeedMore) CHECK(found.at == at);
  }
}

}  // namespace

TEST_CASE("a record ends at its own closing brace") {
  check("{} ", Outcome::Complete, 2);
  check(R"({"a": "}", "b": [{"c": "\"}"}]} {"next": 1})", Outcome::Complete, 31);
  check(R"({"a": "\\"} x)", Outcome::Complete, 11);
  check("{\"a\":\n  [1,\n {\"b\": 2}]\n}\n{", Outcome::Complete, 24);
  for (size_t filler = 0; filler < 140; ++filler) {
    const std::string text = "{\"k\": \"" + std::string(filler, 'x') + "\\\\\\\"{[\"}";
    check(text + "tail", Outcome::Complete, text.size());
  }
}

TEST_CASE("an open record needs more") {
  check("{\"a\": [1, {\"b\": \"}\"", Outcome::NeedMore, 0);
  check("{", Outcome::NeedMore, 0);
}

TEST_CASE("a line break inside a string breaks the record there") {
  check("{\"a\": \"cut\n{\"b\": 1}", Outcome::Broken, 10);
  check("{\"a\": \"" + std::string(100, 'x') + "\n\"}", Outcome::Broken, 107);
  check("{\"a\": \"cut\\\n\"}", Outcome::Broken, 11);
}

TEST_CASE("a line that begins as the record began is the next record") {
  const std::string begun = R"({"info": {"trace_id": "a")";
  check(begun + ",\n" + begun + "}}", Outcome::Restart, begun.size() + 2);
  check(begun + ",\n {\"x\": 1}}}", Outcome::Complete, begun.size() + 2 + 11);
  check(begun + ",\n{\"x\": 1}}}", Outcome::Complete, begun.size() + 2 + 10);
}

TEST_CASE("in line mode any line break ends a record") {
  check("{\"a\": 1,\n\"b\": 2}", Outcome::Broken, 8, true);
  check("{\"a\": 1}\n", Outcome::Complete, 8, true);
}

TEST_CASE("depth is noticed, however the bytes arrive") {
  for (const size_t step : {size_t{1}, size_t{64}, size_t{5000}}) {
    std::string text = "{\"a\":";
    for (int i = 0; i < 600; ++i) text += '[';
    RecordScanner scanner;
    scanner.start(true, false);
    for (size_t size = step; size < text.size() + step; size += step) {
      scanner.scan(std::string_view(text).substr(0, std::min(size, text.size())), false);
    }
    CHECK(scanner.is_too_deep());
  }
}
