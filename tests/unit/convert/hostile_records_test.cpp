// What holds for the records of every tracing system that is read: whatever stands in a field, the
// conversion ends, and each line that it writes is JSON.
#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "core/json/tree.h"
#include "tests/support/files.h"
#include "tests/unit/convert/converted.h"

using namespace assay;
using namespace assay::test;

namespace {

constexpr std::string_view kCases[] = {"langfuse-session/input.json",
                                       "langfuse-traces-export/input.json",
                                       "langfuse-api-observations/input.json",
                                       "langfuse-blob/input.jsonl",
                                       "phoenix-spans/input.jsonl",
                                       "phoenix-cli-trace/input.json",
                                       "phoenix-dataframe/input.json",
                                       "otel-console/input.json",
                                       "langsmith-runs/input.jsonl",
                                       "langsmith-cli/input.jsonl",
                                       "braintrust-rows/input.json",
                                       "weave-calls/input.jsonl",
                                       "opik-trace/input.json",
                                       "opik-experiment/input.json",
                                       "openai-agents/input.json"};

std::string golden_input(std::string_view name) {
  return load_file(source_path("tests/golden/convert/" + std::string(name))).value_or("");
}

void check_lines(const Converted& out) {
  for (const std::string& line : out.lines) {
    json::Tree tree;
    const bool parsed = tree.parse(line);
    if (!parsed) FAIL("no JSON: " << line.substr(0, 400));
    if (!tree.root()["info"]["trace_id"].is_string()) FAIL("no trace id: " << line.substr(0, 200));
  }
}

// Places of all values below the node, in the text that it was parsed from.
void collect(json::Node node, std::vector<std::pair<size_t, size_t>>& places) {
  for (json::Node each = node.first(); each; each = each.next()) {
    places.emplace_back(each.offset_bytes(), each.raw().size());
    collect(each, places);
  }
}

}  // namespace

TEST_CASE("every field may hold a value of any type") {
  constexpr std::string_view kValues[] = {
      "null", "-1e400", "\"\\u0000[\"", "[[1,{}],\"a\"]", "{\"message\":7,\"lc\":1,\"kwargs\":[]}",
      "true"};
  for (const std::string_view name : kCases) {
    INFO(name);
    const std::string text = golden_input(name);
    REQUIRE_FALSE(text.empty());
    size_t begin = 0;
    // The records of JSON Lines one by one: a change in one has nothing to do with the others.
    const bool lines = name.substr(name.size() - 1) == "l";
    while (begin < text.size()) {
      const size_t end = lines ? std::min(text.find('\n', begin), text.size()) : text.size();
      const std::string record = text.substr(begin, end - begin);
      begin = end + 1;
      json::Tree tree;
      if (!tree.parse(record)) continue;  // several values in a row
      std::vector<std::pair<size_t, size_t>> places;
      collect(tree.root(), places);
      for (const auto& [at, size] : places) {
        for (const std::string_view value : kValues) {
          check_lines(
              converted(record.substr(0, at) + std::string(value) + record.substr(at + size)));
        }
      }
    }
  }
}

TEST_CASE("a file may end anywhere") {
  for (const std::string_view name : kCases) {
    INFO(name);
    const std::string text = golden_input(name);
    REQUIRE_FALSE(text.empty());
    for (size_t size = 0; size < text.size(); size += 97)
      check_lines(converted(text.substr(0, size)));
  }
}
