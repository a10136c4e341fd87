// Claude Code, Codex, ATIF: the traps of agents' logs that the golden cases do not show.
#include <catch2/catch_test_macros.hpp>

#include "core/convert/transcript.h"
#include "tests/unit/convert/converted.h"

using namespace assay;

namespace {

std::string claude(const std::string& uuid, const std::string& type, const std::string& message,
                   const std::string& more = {}) {
  return R"({"sessionId":"s","uuid":")" + uuid + R"(","parentUuid":null,"type":")" + type +
         R"(","timestamp":"2026-01-01T00:00:01Z")" + more + R"(,"message":)" + message + "}\n";
}

int count_spans(const json::Doc& record, const std::string& type) {
  int count = 0;
  for (const json::Doc& span : record["data"]["spans"])
    count += span["attributes"]["mlflow.spanType"] == "\"" + type + "\"";
  return count;
}

}  // namespace

TEST_CASE("streamed records of one answer count its usage once") {
  const std::string usage = R"("usage":{"input_tokens":10,"output_tokens":7})";
  const test::Converted result = test::converted(
      claude("u", "user", R"({"role":"user","content":"hi"})") +
      claude("a", "assistant",
             R"({"id":"m","role":"assistant","content":[{"type":"text","text":"one"}],)" + usage +
                 "}") +
      claude("b", "assistant",
             R"({"id":"m","role":"assistant","content":[{"type":"text","text":"two"}],)" + usage +
                 "}"));
  REQUIRE(result.lines.size() == 1);
  const json::Doc record = result.record(0);
  CHECK(count_spans(record, "CHAT_MODEL") == 1);
  CHECK(record["data"]["spans"][1]["attributes"]["mlflow.chat.tokenUsage"] ==
        R"({"input_tokens":10,"output_tokens":7,"total_tokens":17})");
  CHECK(record["info"]["trace_metadata"]["mlflow.trace.session"] == "s");
}

TEST_CASE("records that a resumed session repeats are read once") {
  const std::string record = claude("u", "user", R"({"role":"user","content":"hi"})");
  CHECK(test::converted(record + record).lines.size() == 1);
}

TEST_CASE("a tool's result finds its call, and a call without a result is still running") {
  const test::Converted result = test::converted(
      claude("u", "user", R"({"role":"user","content":"hi"})") +
      claude(
          "a", "assistant",
          R"({"id":"m","role":"assistant","content":[{"type":"tool_use","id":"t1","name":"A","input":{}},{"type":"tool_use","id":"t2","name":"B","input":{"x":1}}]})") +
      claude(
          "r", "user",
          R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"t2","content":"done"},{"type":"tool_result","tool_use_id":"t9","content":"whose?"}]})"));
  REQUIRE(result.lines.size() == 1);
  const json::Doc record = result.record(0);
  CHECK(count_spans(record, "TOOL") == 3);
  for (const json::Doc& span : record["data"]["spans"]) {
    if (span["name"] == "A") CHECK(span["end_time_unix_nano"].is_null());
    if (span["name"] == "B") CHECK(span["attributes"]["mlflow.spanOutputs"] == "\"done\"");
  }
  CHECK(result.report.count(ingest::IssueKind::ConversionNote) == 1);
}

TEST_CASE("running totals of tokens are not counted again") {
  const std::string count =
      R"({"timestamp":"2026-01-01T00:00:03Z","type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":{"input_tokens":)";
  const std::string answer =
      R"({"timestamp":"2026-01-01T00:00:02Z","type":"response_item","payload":{"type":"message","role":"assistant","content":[{"type":"output_text","text":"x"}]}})"
      "\n";
  const std::string user =
      R"({"timestamp":"2026-01-01T00:00:01Z","type":"response_item","payload":{"type":"message","role":"user","content":[{"type":"input_text","text":"q"}]}})"
      "\n";
  const test::Converted result = test::converted(user + answer + count + "100}}}}\n" + count +
                                                 "100}}}}\n" + user + answer + count + "130}}}}\n");
  REQUIRE(result.lines.size() == 2);
  CHECK(result.record(0)["data"]["spans"][1]["attributes"]["mlflow.chat.tokenUsage"] ==
        R"({"input_tokens":100,"output_tokens":0,"total_tokens":100})");
  CHECK(result.record(1)["data"]["spans"][1]["attributes"]["mlflow.chat.tokenUsage"] ==
        R"({"input_tokens":30,"output_tokens":0,"total_tokens":30})");
}

TEST_CASE("Codex's events are read where no response items repeat them") {
  const test::Converted result = test::converted(
      R"({"timestamp":"2026-01-01T00:00:01Z","type":"event_msg","payload":{"type":"user_message","message":"q"}})"
      "\n"
      R"({"timestamp":"2026-01-01T00:00:02Z","type":"event_msg","payload":{"type":"agent_message","message":"a"}})"
      "\n");
  REQUIRE(result.lines.size() == 1);
  CHECK(result.record(0)["info"]["response_preview"] == "a");
}

TEST_CASE("calls with the same id find their results in order") {
  std::vector<convert::TranscriptMessage> messages(4);
  for (size_t i = 0; i < 4; i += 2) {
    messages[i].role = "assistant";
    messages[i].calls.push_back({"0", "tool" + std::to_string(i), "{}", {}, {}});
    messages[i + 1].role = "tool";
    messages[i + 1].tool_call_id = "0";
    messages[i + 1].content_json = "\"result " + std::to_string(i) + "\"";
  }
  convert::CanonicalTrace trace;
  trace.id = "t";
  CHECK(convert::append_transcript(trace, messages) == 0);
  REQUIRE(trace.spans.size() == 5);
  CHECK(trace.spans[2].outputs_json == "\"result 0\"");
  CHECK(trace.spans[4].outputs_json == "\"result 2\"");
}

TEST_CASE("a conversation takes the room of its messages once") {
  std::string list = "[";
  for (int i = 0; i < 2000; ++i) {
    list +=
        std::string(i > 0 ? "," : "") + R"({"role":"user","content":"question)" +
        std::to_string(i) +
        R"("},{"role":"assistant","content":null,"tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}}]})";
  }
  const test::Converted result = test::converted("{\"messages\":" + list + "]}");
  REQUIRE(result.lines.size() == 1);
  CHECK(result.lines[0].size() < list.size() * 12);
}
