#include "core/convert/mapped_row.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/convert/converted.h"

using namespace assay;
using ingest::ColumnUse;
using ingest::IssueKind;

namespace {

ingest::ColumnMapping columns(std::string_view text) {
  auto mapping = ingest::parse_columns(text);
  REQUIRE(mapping.ok());
  return std::move(mapping).value();
}

convert::ConvertOptions given(std::string_view text) {
  convert::ConvertOptions options;
  options.mapping = columns(text);
  return options;
}

convert::ConvertOptions remembered(std::initializer_list<std::string_view> texts) {
  convert::ConvertOptions options;
  for (const std::string_view text : texts)
    options.remembered.push_back(columns(text));
  return options;
}

const json::Doc& root_attributes(const json::Doc& record) {
  return record["data"]["spans"][0]["attributes"];
}

std::string notes_of(const ingest::FileReport& report, IssueKind kind) {
  std::string out;
  for (const ingest::Issue& issue : report.first_issues) {
    if (issue.kind == kind) out += issue.detail + "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("every use of a column comes to its place") {
  const test::Converted result = test::converted(
      "q,lang,a,wanted,docs,score,why,key,when,took,engine,tin,tout,team,extra,secret\n"
      "Who?,en,Ann,Anna,a text,4.5,\"short, clear\",k-1,2026-01-02 03:04:05,1.5 "
      "s,gpt-x,10,20,blue,e,s\n",
      "t.csv", 1 << 20,
      given("q=input,lang=input,a=output,wanted=expected:name,docs=contexts,score=feedback:Quality,"
            "why=rationale,"
            "key=trace_id,when=time,took=duration_ms,engine=model,tin=input_tokens,tout=output_"
            "tokens,team=tag:crew,"
            "secret=ignore"));
  REQUIRE(result.lines.size() == 1);
  const json::Doc record = result.record(0);
  CHECK(record["info"]["trace_id"] == "k-1");
  CHECK(record["info"]["request_time"] == "2026-01-02T03:04:05Z");
  CHECK(record["info"]["execution_duration_ms"] == 1500);
  CHECK(record["info"]["tags"]["crew"] == "blue");
  CHECK(record["info"]["trace_metadata"]["record.extra"] == "e");
  CHECK(result.lines[0].find("secret") == std::string::npos);
  CHECK(json::parse_doc(std::string(root_attributes(record)["mlflow.spanInputs"])).value() ==
        json::parse_doc(R"({"q":"Who?","lang":"en"})").value());
  CHECK(root_attributes(record)["mlflow.spanOutputs"] == "\"Ann\"");
  CHECK(result.lines[0].find("gpt-x") != std::string::npos);
  const json::Doc& assessments = record["info"]["assessments"];
  REQUIRE(assessments.size() == 2);
  CHECK(assessments[0]["assessment_name"] == "name");
  CHECK(assessments[0]["expectation"]["value"] == "Anna");
  CHECK(assessments[1]["assessment_name"] == "Quality");
  CHECK(assessments[1]["feedback"]["value"] == 4.5);
  CHECK(assessments[1]["rationale"] == "short, clear");
  REQUIRE(record["data"]["spans"].size() == 2);
  CHECK(record["data"]["spans"][1]["name"] == "retrieved context");
}

TEST_CASE("durations are in the column's unit unless the cell names one") {
  const auto duration = [](std::string_view cell, std::string_view use) {
    const test::Converted result =
        test::converted("q,t,d\nx,2026-01-02 03:04:05," + std::string(cell) + "\n", "t.csv",
                        1 << 20, given("q=input,t=time,d=" + std::string(use)));
    REQUIRE(result.lines.size() == 1);
    const std::string bad = notes_of(result.report, IssueKind::BadTimestamp);
    return bad.empty() ? result.record(0)["info"]["execution_duration_ms"].dump() : bad;
  };
  CHECK(duration("250", "duration_ms") == "250");
  CHECK(duration("2", "duration_s") == "2000");
  CHECK(duration("350 ms", "duration_s") == "350");
  CHECK(duration("2s", "duration_ms") == "2000");
  CHECK(duration("quick", "duration_ms").find("is no duration: \"quick\"") != std::string::npos);
  CHECK(duration("-1", "duration_ms").find("is no duration") != std::string::npos);
  CHECK(duration("1e300", "duration_s").find("is no duration") != std::string::npos);
}

TEST_CASE("a column of messages becomes a conversation, and one that holds none is told") {
  const std::string rows =
      R"({"chat": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}], "n": 1}
{"chat": "no list", "n": 2}
)";
  const test::Converted result =
      test::converted(rows, "t.jsonl", 1 << 20, given("chat=messages,n=metadata"));
  REQUIRE(result.lines.size() == 2);
  CHECK(result.record(0)["data"]["spans"][0]["attributes"]["mlflow.spanOutputs"]
            .get<std::string>()
            .find("Hello") != std::string::npos);
  CHECK(notes_of(result.report, IssueKind::WrongType).find("column chat holds no messages") !=
        std::string::npos);
}

TEST_CASE("a remembered mapping is used for the same columns, and told") {
  const std::string table = "alpha,beta,gamma\n1,2,3\n4,5,6\n";
  const auto options = remembered({"alpha=input,beta=output,gamma=metadata,delta=tag",
                                   "alpha=output,beta=input,gamma=ignore", "x=input"});
  const test::Converted result = test::converted(table, "t.csv", 1 << 20, options);
  REQUIRE(result.lines.size() == 2);
  CHECK(root_attributes(result.record(0))["mlflow.spanInputs"] == "\"2\"");  // the tightest one
  CHECK(notes_of(result.report, IssueKind::ConversionNote) ==
        "columns as remembered: alpha → output, beta → input, gamma → ignore\n");
  REQUIRE(result.report.tables.size() == 1);
  CHECK_FALSE(result.report.tables[0].unread);
  CHECK(result.report.tables[0].columns[0].use == ColumnUse::Output);

  const test::Converted other =
      test::converted("alpha,beta,unknown\n1,2,3\n", "t.csv", 1 << 20, options);
  CHECK(other.lines.empty());
  CHECK(other.report.tables.at(0).asks);
}

TEST_CASE("rows that lack columns, or have more of them, follow the first of their file") {
  const std::string rows =
      "{\"p\": \"a\", \"r\": \"b\"}\n{\"p\": \"c\"}\n{\"p\": \"d\", \"r\": \"e\", \"more\": "
      "1}\n{\"z\": 1}\n";
  const test::Converted result =
      test::converted(rows, "t.jsonl", 7, remembered({"p=input,r=output"}));
  CHECK(result.lines.size() == 3);
  CHECK(result.record(2)["info"]["trace_metadata"]["record.more"] == "1");
  CHECK(result.report.count(IssueKind::UnknownRecord) == 1);
}

TEST_CASE("what a known system has signed is not taken for a table, unless it is said") {
  const std::string otlp =
      R"({"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"00f067aa0ba902b7","name":"root"}]}]}]})";
  const test::Converted plain =
      test::converted(otlp, "t.json", 1 << 20, remembered({"resourceSpans=input"}));
  REQUIRE(plain.lines.size() == 1);
  CHECK(plain.record(0)["data"]["spans"][0]["name"] == "root");
  CHECK(plain.report.tables.empty());
  const test::Converted said =
      test::converted(otlp, "t.json", 1 << 20, given("resourceSpans=input"));
  REQUIRE(said.lines.size() == 1);
  CHECK(said.record(0)["data"]["spans"][0]["name"] == "record");
  CHECK(notes_of(said.report, IssueKind::ConversionNote) ==
        "columns as given: resourceSpans → input\n");
}

TEST_CASE("the report shows the columns of a table with their first three values") {
  const std::string table =
      "stuff,question,latency_ms,empty\n,q1,12,\nx1,q2,13,\nx2,q3,14,\nx3,q4,15,\nx4," +
      std::string(500, 'y') + ",16,\n";
  const test::Converted result = test::converted(table, "folder/t.csv");
  REQUIRE(result.report.tables.size() == 1);
  const ingest::TableSample& sample = result.report.tables[0];
  REQUIRE(sample.columns.size() == 4);
  CHECK_FALSE(sample.unread);
  CHECK(sample.columns[0].values == std::vector<std::string>{"x1", "x2", "x3"});
  CHECK_FALSE(sample.columns[0].in_first_row);
  CHECK(sample.columns[1].use == ColumnUse::Input);
  CHECK(sample.columns[1].in_first_row);
  CHECK(sample.columns[2].use == ColumnUse::DurationMs);
  CHECK(sample.columns[3].values.empty());
}

TEST_CASE("a table that nobody can read is not read to its end, JSON is") {
  std::string table = "alpha,beta\n", lines;
  for (int i = 0; i < 1000; ++i) {
    table += "1,2\n";
    lines += "{\"alpha\": 1, \"beta\": 2}\n";
  }
  const test::Converted stopped = test::converted(table, "t.csv", 100);
  CHECK(stopped.lines.empty());
  CHECK(stopped.report.records_skipped <= 20);
  CHECK(stopped.report.failed);
  lines += R"({"question": "q", "answer": "a"})";
  const test::Converted read = test::converted(lines, "t.jsonl");
  CHECK(read.lines.size() == 1);
  CHECK(read.report.count(IssueKind::UnknownRecord) == 1000);
}

TEST_CASE("one JSON object of no known form is no table to ask about, two rows are") {
  const test::Converted one = test::converted(R"({"what": "is this", "list": [1, 2]})", "odd.json");
  REQUIRE(one.report.tables.size() == 1);
  CHECK_FALSE(one.report.tables[0].asks);
  CHECK(one.report.count(IssueKind::ColumnsUnknown) == 0);
  const test::Converted two =
      test::converted("{\"what\": \"a\"}\n{\"what\": \"b\"}\n", "odd.jsonl");
  CHECK(two.report.tables.at(0).asks);
  CHECK(two.report.count(IssueKind::ColumnsUnknown) == 2);
}

TEST_CASE("a very wide table is mapped by its first columns") {
  std::string header = "q", row = "x", said = R"({"q":"input")";
  for (int i = 0; i < 600; ++i) {
    header += ",c" + std::to_string(i);
    row += "," + std::to_string(i);
    if (i < 499) said += ",\"c" + std::to_string(i) + "\":\"ignore\"";
  }
  convert::ConvertOptions options;
  options.remembered.push_back(columns(said + "}"));
  const test::Converted result =
      test::converted(header + "\n" + row + "\n", "wide.csv", 1 << 20, options);
  REQUIRE(result.lines.size() == 1);
  CHECK(result.record(0)["info"]["trace_metadata"].contains("record.c599"));
  CHECK_FALSE(result.record(0)["info"]["trace_metadata"].contains("record.c0"));
}

TEST_CASE("the first traces are enough, and the report says that there are more") {
  std::string table = "question,answer\n";
  for (int i = 0; i < 50; ++i)
    table += "q" + std::to_string(i) + ",a\n";
  convert::ConvertOptions options;
  options.first_traces = 7;
  const test::Converted result = test::converted(table, "t.csv", 64, options);
  CHECK(result.lines.size() == 7);
  CHECK(result.report.count(IssueKind::LeftOut) == 1);
  options.first_traces = 50;
  const test::Converted all = test::converted(table, "t.csv", 64, options);
  CHECK(all.lines.size() == 50);
  CHECK(all.report.count(IssueKind::LeftOut) == 0);
}
