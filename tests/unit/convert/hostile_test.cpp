// Records of other systems with wrong types in every field, and cut off anywhere: nothing crashes,
// nothing is read for ever, and what is written is JSON.
#include <catch2/catch_test_macros.hpp>

#include "tests/support/files.h"
#include "tests/unit/convert/converted.h"

using namespace assay;

namespace {

// The golden inputs that the project carries itself.
constexpr std::string_view kInputs[] = {"jaeger-page/input.json",
                                        "claude-code-streamed/input.jsonl",
                                        "codex-rollout/input.jsonl",
                                        "codex-first-form/input.jsonl",
                                        "atif-run/input.json",
                                        "hf-sts-session/input.jsonl",
                                        "docent-run/input.jsonl",
                                        "promptfoo-results/input.json",
                                        "deepeval-cases/input.json",
                                        "helicone-export/input.jsonl",
                                        "chat-messages/input.jsonl",
                                        "chat-sharegpt/input.json",
                                        "inspect-sample-pool/input.json",
                                        "inspect-crashed/input.jsonl"};

std::string load(std::string_view name) {
  auto bytes = test::load_file(test::source_path("tests/golden/convert/" + std::string(name)));
  REQUIRE(bytes.has_value());
  return *bytes;
}

void check_lines(const test::Converted& result) {
  for (const std::string& line : result.lines) {
    json::Tree tree;
    REQUIRE(tree.parse(line));
    REQUIRE(line.find('\n') == std::string::npos);
  }
}

// Calls `use` with the place of every value of the document.
template <typename Use>
void each_value(json::Node node, const Use& use) {
  use(node.offset_bytes(), node.raw().size());
  if (!node.is_object() && !node.is_array()) return;
  for (json::Node child = node.first(); child; child = child.next())
    each_value(child, use);
}

}  // namespace

TEST_CASE("a wrong type in any one field of a record does no harm") {
  constexpr std::string_view kOthers[] = {"null",         "7",     "\"\\ud800 x\"", "[[]]",
                                          "{\"a\":[{}]}", "-1e999"};
  for (const std::string_view name : kInputs) {
    INFO(name);
    const std::string text = load(name);
    const bool lines = name.substr(name.size() - 5) == "jsonl";
    size_t begin = 0;
    while (begin < text.size()) {
      const size_t end = lines ? std::min(text.find('\n', begin), text.size()) : text.size();
      json::Tree tree;
      REQUIRE(tree.parse(std::string_view(text).substr(begin, end - begin)));
      size_t count = 0;
      each_value(tree.root(), [&](size_t at, size_t size) {
        // One of the others each, in turn: all meet all kinds of fields over the inputs.
        const std::string_view other = kOthers[count++ % std::size(kOthers)];
        std::string changed = text;
        changed.replace(begin + at, size, other);
        check_lines(test::converted(changed, "changed.json"));
      });
      begin = end + 1;
    }
  }
}

TEST_CASE("a record that is cut off anywhere does no harm") {
  for (const std::string_view name : kInputs) {
    INFO(name);
    const std::string text = load(name);
    for (size_t size = 1; size < text.size(); size += 97)
      check_lines(test::converted(std::string_view(text).substr(0, size), "cut.json"));
  }
}

TEST_CASE("records without any trace in them are told") {
  const test::Converted out = test::converted(R"({"resourceSpans": [{"scopeSpans": []}]})");
  CHECK(out.lines.empty());
  CHECK(ingest::to_text(out.report).find("no record holds a trace") != std::string::npos);
}
