#include "core/convert/mlflow_rest.h"

#include <map>

#include <catch2/catch_test_macros.hpp>

#include "tests/support/files.h"
#include "tests/unit/convert/converted.h"
#include "tests/unit/convert/same_json.h"

using namespace assay;

namespace {

std::string detail_of(const test::Converted& out) {
  return out.report.first_issues.empty() ? "" : out.report.first_issues[0].detail;
}

// The traces of both experiments as Trace.to_json() wrote them, by id.
std::map<std::string, std::string> truth() {
  std::map<std::string, std::string> traces;
  for (const char* name : {"mlflow-real/traces/crm-email-prod.jsonl",
                           "mlflow-real/traces/support-agent-staging.jsonl"}) {
    const auto text = test::load_file(test::samples_path(name));
    if (!text) return {};
    for (size_t begin = 0; begin < text->size();) {
      const size_t end = std::min(text->find('\n', begin), text->size());
      json::Tree tree;
      const std::string line = text->substr(begin, end - begin);
      if (tree.parse(line)) traces[tree.root()["info"]["trace_id"].text()] = line;
      begin = end + 1;
    }
  }
  return traces;
}

// Assessments were made and superseded between the exports: those that are in both must be the
// same.
std::string assessment_difference(json::Node ours, json::Node theirs) {
  for (json::Node each = ours.first(); each; each = each.next()) {
    for (json::Node other = theirs.first(); other; other = other.next()) {
      if (other["assessment_id"].text() != each["assessment_id"].text()) continue;
      for (json::Node member = each.first(); member; member = member.next()) {
        if (member.key_is("valid")) continue;
        std::string found = test::json_difference(member, other[member.key()], member.key());
        if (!found.empty()) return found;
      }
    }
  }
  return {};
}

std::string info_difference(json::Node ours, json::Node theirs) {
  for (json::Node member = theirs.first(); member; member = member.next()) {
    const std::string key = member.key();
    std::string found = key == "assessments" ? assessment_difference(ours[key], member)
                                             : test::json_difference(ours[key], member, key);
    if (!found.empty()) return found;
  }
  const uint32_t extra = ours["assessments"].present() && !theirs["assessments"].present() ? 1 : 0;
  return ours.size() == theirs.size() + extra ? "" : "number of members";
}

}  // namespace

TEST_CASE("traces of the REST API are those of to_json()") {
  const auto traces = truth();
  if (traces.empty()) SKIP("no samples beside the repository");
  int compared = 0, spans_compared = 0;
  for (const char* name : {"batchGet.1.json", "batchGet.2.json", "batchGet.3.json",
                           "batchGet.with-unknown.json", "traces-get.a.json", "traces-get.b.json",
                           "traces-get.partial.b.json", "search.all500.json"}) {
    const auto text = test::load_file(test::samples_path(std::string("mlflow-real/rest/") + name));
    if (!text) continue;
    const test::Converted out = test::converted(*text);
    for (const std::string& line : out.lines) {
      json::Tree ours, theirs;
      REQUIRE(ours.parse(line));
      const std::string id = ours.root()["info"]["trace_id"].text();
      INFO(name << ", trace " << id);
      const auto at = traces.find(id);
      if (at == traces.end()) continue;
      REQUIRE(theirs.parse(at->second));
      CHECK(info_difference(ours.root()["info"], theirs.root()["info"]).empty());
      ++compared;
      const json::Node spans = ours.root()["data"]["spans"];
      json::Node other = theirs.root()["data"]["spans"].first();
      if (std::string_view(name).substr(0, 6) == "search") continue;  // traces without spans
      CHECK(spans.size() == theirs.root()["data"]["spans"].size());
      for (json::Node span = spans.first(); span && other;
           span = span.next(), other = other.next()) {
        INFO("span " << span["name"].text() << ": " << test::span_difference(span, other));
        CHECK(test::span_difference(span, other).empty());
        ++spans_compared;
      }
    }
  }
  CHECK(compared > 200);
  CHECK(spans_compared > 400);
}

TEST_CASE("typed attributes become JSON texts, with their types and digits") {
  const test::Converted out = test::converted(
      R"({"trace": {"trace_info": {"trace_id": "tr-1", "execution_duration": "1.500s", "tags": [{"key": "a", "value": "1"}]},
    "spans": [{"trace_id": "AAAAAAAAAAAAAAAAAAAAAQ==", "span_id": "AAAAAAAAAAE=", "name": "n", "start_time_unix_nano": "1795500207645932639",
      "end_time_unix_nano": 1795500207645932640, "status": {}, "extra": [1],
      "attributes": [{"key": "i", "value": {"int_value": "9007199254740993"}}, {"key": "d", "value": {"double_value": 7.0}},
        {"key": "n", "value": {"double_value": "NaN"}}, {"key": "s", "value": {"string_value": "\u00fc\"x"}},
        {"key": "m", "value": {"kvlist_value": {"values": [{"key": "k", "value": {"array_value": {"values": [{"bool_value": true}, {}]}}}]}}},
        {"key": "e", "value": {"kvlist_value": {}}}, {"key": "b", "value": {"bytes_value": "AAE="}}, {"key": "none"}],
      "events": [{"name": "x", "time_unix_nano": "5", "attributes": [{"key": "q", "value": {"int_value": 1}}]}]}]}})");
  REQUIRE(out.lines.size() == 1);
  const std::string want =
      R"({"info": {"trace_id": "tr-1", "execution_duration_ms": 1500, "tags": {"a": "1"}}, "data": {"spans": [{
    "trace_id": "AAAAAAAAAAAAAAAAAAAAAQ==", "span_id": "AAAAAAAAAAE=", "parent_span_id": null, "name": "n",
    "start_time_unix_nano": 1795500207645932639, "end_time_unix_nano": 1795500207645932640, "status": {"code": "STATUS_CODE_UNSET", "message": ""},
    "extra": [1], "events": [{"name": "x", "time_unix_nano": 5, "attributes": {"q": 1}}],
    "attributes": {"i": "9007199254740993", "d": "7.0", "n": "NaN", "s": "\"ü\\\"x\"", "m": "{\"k\": [true, null]}", "e": "{}", "b": "\"AAE=\"", "none": "null"}}]}})";
  CHECK(test::json_difference(out.lines[0], want).empty());
}

TEST_CASE("a duration that is no whole number of milliseconds stays as it is") {
  const test::Converted out = test::converted(
      R"({"trace_info": {"trace_id": "tr-1", "execution_duration": "0.000001s"}, "spans": []})");
  REQUIRE(out.lines.size() == 1);
  CHECK(out.lines[0].find(R"("execution_duration": "0.000001s")") != std::string::npos);
}

TEST_CASE("pages of any of MLflow's traces are read, whole traces word for word") {
  const std::string record = R"({"info": {"trace_id": "tr-9"}, "data": {"spans": []}})";
  CHECK(test::converted("{\"next_page_token\": \"x\", \"traces\": [" + record + "]}").lines ==
        std::vector<std::string>{record});
  CHECK(
      test::converted(
          R"({"trace_infos": [{"trace_id": "tr-1", "trace_location": {}}, {"trace_id": "tr-2", "trace_location": {}}]})")
          .lines.size() == 2);
  CHECK(
      test::converted(
          R"({"traces": [{"request_id": "1", "timestamp_ms": 5, "request_metadata": [{"key": "k", "value": "v"}]}]})")
          .lines ==
      std::vector<std::string>{
          R"({"info": {"request_id": "1", "timestamp_ms": 5, "request_metadata": {"k": "v"}}, "data": {"spans": []}})"});
}

TEST_CASE("error answers and empty answers say what they are") {
  test::Converted out = test::converted(
      R"({"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "Trace with ID tr-nope is not found."})");
  CHECK(out.lines.empty());
  CHECK(detail_of(out) ==
        "an error of the MLflow server, no traces: RESOURCE_DOES_NOT_EXIST: Trace with ID tr-nope "
        "is not found.");
  out = test::converted("{}");
  CHECK(detail_of(out) == "an answer without traces: the search found none");
}

TEST_CASE("wrong types in an answer never break a record") {
  const std::string values[] = {"null",      "5",          "\"x\"", "[]",          "{}",
                                "[1, null]", "{\"a\": 1}", "true",  "\"\\ud800\"", "-1e400"};
  for (const std::string& value : values) {
    for (
        const char* form :
        {R"({"trace": {"trace_info": {"trace_id": "tr-1", "tags": @, "execution_duration": @, "request_metadata": @, "assessments": @}, "spans": @}})",
         R"({"trace_info": {"trace_id": @}, "spans": [{"attributes": [@, {"key": @, "value": @}, {"key": "k", "value": {"int_value": @}},
                                 {"key": "l", "value": {"kvlist_value": @}}, {"key": "m", "value": {"array_value": {"values": @}}}], "events": @, "status": @,
                                 "start_time_unix_nano": @, "links": @, "span_id": @}, @]})",
         R"({"traces": [@, {"trace_info": @}, {"trace_id": "tr-1", "trace_location": {}}]})"}) {
      std::string text;
      for (const char* c = form; *c != '\0'; ++c)
        *c == '@' ? text += value : text += *c;
      INFO(text);
      for (const std::string& line : test::converted(text).lines) {
        json::Tree tree;
        CHECK(tree.parse(line));
      }
    }
  }
}
