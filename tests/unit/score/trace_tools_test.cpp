#include <catch2/catch_test_macros.hpp>

#include "core/json/doc.h"
#include "core/score/trace_tools.h"
#include "tests/unit/judge/trace_builder.h"

using namespace assay;
using namespace assay::score;
using namespace assay::test;

namespace {

json::Doc call(const store::Dataset& dataset, store::TraceRow row, const char* name, const char* arguments = "{}") {
  Result<json::Doc> doc = json::parse_doc(run_trace_tool(dataset, row, name, arguments));
  REQUIRE(doc.ok());
  return std::move(doc).value();
}

std::string text_of(const json::Doc& doc, std::string_view key) { return json::get_string(doc, key).value_or("(none)"); }

}  // namespace

TEST_CASE("A judge finds its way through a trace with MLflow's tools") {
  store::Dataset dataset;
  const store::TraceRow row = add_email_trace(dataset, "tr-1");
  CHECK(text_of(call(dataset, row, "get_trace_info"), "trace_id") == "tr-1");
  const json::Doc list = call(dataset, row, "list_spans");
  REQUIRE(list["spans"].size() == 3);
  CHECK(list["spans"][1]["parent_id"] == list["spans"][0]["span_id"]);
  const json::Doc page = call(dataset, row, "list_spans", R"({"max_results":2})");
  CHECK(page["spans"].size() == 2);
  CHECK(text_of(page, "next_page_token") == "2");
  CHECK(call(dataset, row, "list_spans", R"({"page_token":"2"})")["spans"].size() == 1);
  CHECK(text_of(call(dataset, row, "get_root_span"), "content").find("follow up after product demo") != std::string::npos);
  const json::Doc found = call(dataset, row, "search_trace_regex", R"({"pattern":"PROCUREMENT at \\w+"})");
  REQUIRE(found["matches"].size() >= 1);
  const std::string id = text_of(found["matches"][0], "span_id");
  CHECK(text_of(call(dataset, row, "get_span", ("{\"span_id\":\"" + id + "\"}").c_str()), "content").find("Mara") != std::string::npos);
  CHECK(call(dataset, row, "get_span_performance_and_timing_report").contains("by_name"));
}

TEST_CASE("Long spans come in pages that together are the span") {
  store::Dataset dataset;
  std::string text;
  for (int i = 0; i < 20000; ++i) text += i % 7 == 0 ? "长" : "x";
  const store::TraceRow row = add_email_trace(dataset, "tr-1", "q", text);
  std::string all, token = "0";
  int pages = 0;
  while (token != "(none)") {
    REQUIRE(++pages < 30);
    const json::Doc page = call(dataset, row, "get_root_span", ("{\"page_token\":\"" + token + "\",\"max_content_length\":5000}").c_str());
    all += text_of(page, "content");
    token = text_of(page, "next_page_token");
  }
  CHECK(pages >= 5);
  CHECK(all.find(text) != std::string::npos);
}

TEST_CASE("Whatever a model asks for is answered, at worst with an error") {
  store::Dataset dataset;
  const store::TraceRow row = add_email_trace(dataset, "tr-1");
  for (const char* arguments : {"", "[]", "nonsense", R"({"span_id":7})", R"({"span_id":"nope"})"})
    CHECK(call(dataset, row, "get_span", arguments).contains("error"));
  CHECK(call(dataset, row, "rm -rf").contains("error"));
  CHECK(call(dataset, row, "search_trace_regex", R"({"pattern":"(unclosed"})").contains("error"));
  CHECK(call(dataset, row, "search_trace_regex", R"({"pattern":"(?=a)b"})").contains("error"));
  CHECK(call(dataset, row, "list_spans", R"({"page_token":"-5","max_results":-1})")["spans"].size() == 1);
}
