#include "core/ingest/previews.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/ingest/import_helper.h"

using namespace assay;
using ingest::preview_of;
using ingest::PreviewRole;

TEST_CASE("the last message of the role is the preview of chat-like JSON") {
  const char* request =
      R"({"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "first"},
                       {"role": "user", "content": "last"}, {"role": "assistant", "content": "a"}]})";
  CHECK(preview_of(request, PreviewRole::User) == "last");
  CHECK(preview_of(request, PreviewRole::Assistant) == "a");
  CHECK(preview_of(R"({"choices": [{"message": {"role": "assistant", "content": "hi \u2713"}}]})",
                   PreviewRole::Assistant) == "hi ✓");
  CHECK(preview_of(R"({"input": [{"role": "user", "content": [{"type": "input_text", "text": "parts"}]}]})",
                   PreviewRole::User) == "parts");
  CHECK(preview_of(R"({"output": [{"type": "message", "role": "assistant",
                       "content": [{"type": "output_text", "text": "out"}]}]})",
                   PreviewRole::Assistant) == "out");
  CHECK(preview_of(R"({"request": {"messages": [{"role": "user", "content": "inner"}]}})", PreviewRole::User) ==
        "inner");
  CHECK(preview_of(R"({"messages": [{"role": "tool", "content": "only"}]})", PreviewRole::User) == "only");
}

TEST_CASE("anything else is shown as it is") {
  for (const char* text : {R"({"q": "x"})", R"("text")", "5", "[1, 2]", R"({"messages": "no list"})",
                           R"({"messages": [1, null]})", "not json", R"({"messages": [{"role": "user")"}) {
    CHECK(preview_of(text, PreviewRole::User) == text);
  }
}

TEST_CASE("previews are cut to 1000 characters, not bytes") {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "更";
  CHECK(preview_of(text, PreviewRole::User) == text);
  text += "更";
  const std::string cut = preview_of(text, PreviewRole::User);
  CHECK(cut.size() == 997 * 3 + 3);
  CHECK(cut.substr(997 * 3) == "...");
}

TEST_CASE("missing previews come from the root span, present ones stay") {
  const std::string root = test::span_json(
      "bea9fcef1042087d", "",
      R"("attributes": {"mlflow.spanInputs": "{\"messages\": [{\"role\": \"user\", \"content\": \"hi \\\"there\\\"\"}]}",
                        "mlflow.spanOutputs": "\"done\""})");
  const auto computed = test::import_checked(test::trace_json("t", "", root));
  const store::TraceRow row{0};
  CHECK(test::text_of(computed, computed.dataset->request_preview(row)) == "hi \"there\"");
  CHECK(test::text_of(computed, computed.dataset->response_preview(row)) == "\"done\"");
  const auto given = test::import_checked(test::trace_json("t", R"("request_preview": "given")", root));
  CHECK(test::text_of(given, given.dataset->request_preview(row)) == "given");
}
