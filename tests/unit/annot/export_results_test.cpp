#include "core/annot/export_results.h"

#include <catch2/catch_test_macros.hpp>

#include <string>

#include "core/annot/export_mlflow.h"
#include "tests/unit/annot/fixture.h"

namespace assay::annot {
namespace {

using store::TraceRow;

std::string exported(const store::Dataset& dataset, ResultsRequest request,
                     int64_t units = 1'000'000) {
  if (request.rows.empty()) request.rows = all_rows(dataset);
  StringSink sink;
  ResultsExport job(dataset, std::move(request), sink);
  for (Budget budget{units, 0, nullptr, nullptr}; job.step(budget) != Progress::Finished;) {
    budget.units_left = units;
  }
  CHECK(job.rows_done() == job.rows_total());
  return sink.text;
}

journal::NewEvent verdict(const std::string& trace_id, const std::string& id,
                          const std::string& name, const std::string& value, const std::string& run,
                          int64_t now_ms = 1000) {
  JudgeFeedback v;
  v.trace_id = trace_id;
  v.name = name;
  v.source_id = "openai:/m";
  v.value_json = value;
  if (value.empty()) v.error_code = "E", v.error_message = "no answer";
  v.rationale = value.empty() ? "" : "because";
  v.metadata = {{std::string(store::kSourceRunKey), run}};
  return judge_event(v, Stamp{"", now_ms, id}).value();
}

struct Results {
  Desk desk;
  Results() {
    desk.filler.add(
        R"({"info":{"trace_id":"tr-1","request_preview":"Hi, \"you\"","response_preview":"=1+1"}})");
    desk.filler.add(R"({"info":{"trace_id":"tr-2"}})");
    desk.annotations.sync();
    desk.append(verdict("tr-1", "a-1", "safety", "\"yes\"", "run-1"));
    desk.append(verdict("tr-1", "a-2", "length", "-5", "run-1"));
    desk.append(verdict("tr-2", "a-3", "safety", "", "run-1"));
    desk.append(verdict("tr-2", "a-4", "safety", "\"no\"", "run-2", 2000));
  }
};

TEST_CASE("a run's results are one row a trace") {
  Results r;
  ResultsRequest request;
  request.run_id = "run-1";
  CHECK(exported(r.desk.dataset, request) ==
        "trace_id,request,response,length/value,length/rationale,length/error,safety/value,"
        "safety/rationale,safety/error\r\n"
        "tr-1,\"Hi, \"\"you\"\"\",'=1+1,-5.0,because,,yes,because,\r\n"
        "tr-2,,,,,,,,E: no answer\r\n");
}

TEST_CASE("a text stands in a table without the quotes of its JSON, anything else as it is") {
  Desk desk;
  desk.filler.add(R"({"info":{"trace_id":"tr-1","request_preview":"\"Two \\\"words\\\",\\nü\"","response_preview":"\"a\" and \"b\""}})");
  desk.annotations.sync();
  desk.append(verdict("tr-1", "a-1", "safety", "\"yes\"", "run-1"));
  ResultsRequest request;
  request.run_id = "run-1";
  const std::string csv = exported(desk.dataset, request);
  CHECK(csv.find("tr-1,\"Two \"\"words\"\",\nü\",\"\"\"a\"\" and \"\"b\"\"\",yes,") != std::string::npos);
  request.format = ResultsFormat::Json;
  CHECK(exported(desk.dataset, request).find(R"("request_preview":"\"Two \\\"words)") != std::string::npos);
}

TEST_CASE("without a run the latest assessment of a name counts, in the names' given order") {
  Results r;
  ResultsRequest request;
  request.names = {"safety"};
  request.byte_order_mark = ByteOrderMark::Write;
  CHECK(exported(r.desk.dataset, request) ==
        "\xEF\xBB\xBFtrace_id,request,response,safety/value,safety/rationale,safety/error\r\n"
        "tr-1,\"Hi, \"\"you\"\"\",'=1+1,yes,because,\r\n"
        "tr-2,,,no,because,\r\n");
}

TEST_CASE("expectations, which carry no reasons, have no columns for them; whatever could have some keeps its own") {
  Desk desk;
  desk.add_trace("tr-1", R"([{"assessment_id":"a-1","assessment_name":"answer","expectation":{"value":"42"}},)"
                         R"({"assessment_id":"a-2","assessment_name":"both","expectation":{"value":1}},)"
                         R"({"assessment_id":"a-3","assessment_name":"reasoned","expectation":{"value":2},"rationale":"as told"},)"
                         R"({"assessment_id":"a-4","assessment_name":"right","feedback":{"value":true}}])");
  desk.add_trace("tr-2", R"([{"assessment_id":"a-5","assessment_name":"both","feedback":{"value":false},"rationale":"no"}])");
  const std::string csv = exported(desk.dataset, {});
  CHECK(csv.substr(0, csv.find("\r\n")) ==
        "trace_id,request,response,answer/value,both/value,both/rationale,both/error,"
        "reasoned/value,reasoned/rationale,reasoned/error,right/value,right/rationale,right/error");
  CHECK(csv.find("\r\ntr-1,,,42,1,,,2,as told,,true,,\r\ntr-2,,,,false,no,,,,,,,\r\n") != std::string::npos);
  CHECK(exported(desk.dataset, {}, 1) == csv);
}

TEST_CASE("superseded assessments are left out unless they are asked for") {
  Results r;
  r.desk.append(create("tr-1", "a-h", "human", "a-1", "safety"));
  ResultsRequest request;
  request.names = {"safety"};
  request.format = ResultsFormat::CsvLong;
  request.rows = {TraceRow{0}};
  const std::string now = exported(r.desk.dataset, request);
  CHECK(now ==
        "trace_id,span_id,name,kind,value,rationale,error,source_type,source_id,create_time,run_id,"
        "valid,scorer_version,assessment_id\r\n"
        "tr-1,,safety,feedback,human,,,HUMAN,ann,1970-01-01T00:00:01Z,,true,,a-h\r\n");
  request.include_superseded = true;
  CHECK(exported(r.desk.dataset, request)
            .find("LLM_JUDGE,openai:/m,1970-01-01T00:00:01Z,run-1,false") != std::string::npos);
  request.format = ResultsFormat::CsvWide;
  CHECK(exported(r.desk.dataset, request).find("human") != std::string::npos);
}

TEST_CASE("JSON results hold the whole assessments") {
  Results r;
  ResultsRequest request;
  request.format = ResultsFormat::Json;
  const Tree out = tree_of(exported(r.desk.dataset, request));
  REQUIRE(out.elements.size() == 2);
  CHECK(out.elements[0].at("trace_id").scalar == "tr-1");
  CHECK(out.elements[0].at("request_preview").scalar == "Hi, \"you\"");
  REQUIRE(out.elements[0].at("assessments").elements.size() == 2);
  CHECK(out.elements[0].at("assessments").elements[1] ==
        tree_of(store::assessment_to_json(*r.desk.find(TraceRow{0}, "a-2"), "tr-1")));
  request.run_id = "run-2";
  const Tree filtered = tree_of(exported(r.desk.dataset, request));
  CHECK(filtered.elements[0].at("assessments").elements.empty());
  CHECK(filtered.elements[1].at("assessments").elements.size() == 1);
}

TEST_CASE("JSON results are strict JSON even where the import was not") {
  Desk desk;
  desk.add_trace("tr-1", R"([{"assessment_id":"a-1","assessment_name":"NaN \" Infinity",)"
                         R"("feedback":{"value":[NaN, -Infinity, Infinity, 1]}}])");
  ResultsRequest request;
  request.format = ResultsFormat::Json;
  const Tree out = tree_of(exported(desk.dataset, request));
  const Tree& a = out.elements.at(0).at("assessments").elements.at(0);
  CHECK(a.at("feedback").at("value") == tree_of(R"(["NaN","-Infinity","Infinity",1])"));
  CHECK(a.at("assessment_name").scalar == "NaN \" Infinity");
}

TEST_CASE("results in slices are the same, and nothing is a valid file") {
  Results r;
  for (const ResultsFormat format :
       {ResultsFormat::CsvWide, ResultsFormat::CsvLong, ResultsFormat::Json}) {
    ResultsRequest request;
    request.format = format;
    CHECK(exported(r.desk.dataset, request, 1) == exported(r.desk.dataset, request));
  }
  const Desk empty;
  ResultsRequest request;
  request.format = ResultsFormat::Json;
  CHECK(tree_of(exported(empty.dataset, request)).elements.empty());
  request.format = ResultsFormat::CsvWide;
  CHECK(exported(empty.dataset, request) == "trace_id,request,response\r\n");
}

TEST_CASE("cells that a spreadsheet would run are neutralised") {
  struct Case {
    const char* text;
    const char* cell;
  };
  const Case cases[] = {
      {"", ""},
      {"plain", "plain"},
      {"=1+1", "'=1+1"},
      {"=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""},
      {"+SUM(A1)", "'+SUM(A1)"},
      {"-SUM(A1)", "'-SUM(A1)"},
      {"@SUM(A1)", "'@SUM(A1)"},
      {"\t=1", "'\t=1"},
      {"\r=1", "\"'\r=1\""},
      {"\n=1", "\"'\n=1\""},
      {"  =1", "'  =1"},
      {"\"=1", "\"'\"\"=1\""},
      {"'=1", "''=1"},
      {"\xC2\xA0=1", "'\xC2\xA0=1"},
      {"\xEF\xBC\x9D"
       "1",
       "'\xEF\xBC\x9D"
       "1"},
      {"-", "'-"},
      {"- item", "'- item"},
      {"-5", "-5"},
      {"+5", "+5"},
      {"-0.25", "-0.25"},
      {"-1e-3", "-1e-3"},
      {"-5-3", "'-5-3"},
      {"+-5", "'+-5"},
      {"-5%", "'-5%"},
      {"-e5", "'-e5"},
      {"5", "5"},
      {"a=1", "a=1"},
      {"x,y", "\"x,y\""},
      {"say \"hi\"", "\"say \"\"hi\"\"\""},
      {"two\nlines", "\"two\nlines\""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    std::string out;
    append_csv_cell(out, c.text);
    CHECK(out == c.cell);
  }
}

TEST_CASE("a name of an assessment cannot smuggle a formula into the header") {
  Desk desk;
  desk.add_trace("tr-1");
  desk.append(create("tr-1", "a-1", "x", "", "=cmd|' /C calc'!A0"));
  const std::string out = exported(desk.dataset, {});
  CHECK(out.find(",'=cmd|") != std::string::npos);
  CHECK(out.find(",=cmd|") == std::string::npos);
}

}  // namespace
}  // namespace assay::annot
