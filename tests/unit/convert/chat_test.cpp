#include "core/convert/chat.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/convert/converted.h"

using namespace assay;

namespace {

convert::ConvertOptions mapped() {
  convert::ConvertOptions options;
  auto mapping = ingest::parse_columns(
      "frage=input,antwort=output,soll=expected,nr=trace_id,gespräch=session,wer=user,wann=time,urteil=feedback");
  REQUIRE(mapping.ok());
  options.mapping = std::move(mapping).value();
  return options;
}

}  // namespace

TEST_CASE("a mapping says what a table's columns are") {
  const test::Converted result = test::converted(
      "nr,frage,antwort,soll,gespräch,wer,wann,urteil,thema\n7,Wer?,Ann,Anna,g1,eva,2026-01-02 "
      "03:04:05,True,autoren\n",
      "t.csv", 3, mapped());
  REQUIRE(result.lines.size() == 1);
  const json::Doc record = result.record(0);
  CHECK(record["info"]["trace_id"] == "7");
  CHECK(record["info"]["request_time"] == "2026-01-02T03:04:05Z");
  CHECK(record["info"]["trace_metadata"]["mlflow.trace.session"] == "g1");
  CHECK(record["info"]["trace_metadata"]["mlflow.trace.user"] == "eva");
  CHECK(record["info"]["trace_metadata"]["record.thema"] == "autoren");
  const json::Doc& assessments = record["info"]["assessments"];
  REQUIRE(assessments.size() == 2);
  CHECK(assessments[0]["expectation"]["value"] == "Anna");
  CHECK(assessments[1]["assessment_name"] == "urteil");
  CHECK(assessments[1]["feedback"]["value"] == true);
  CHECK(assessments[1]["source"]["source_type"] == "HUMAN");
  const json::Doc& attributes = record["data"]["spans"][0]["attributes"];
  CHECK(attributes["mlflow.spanInputs"] == "\"Wer?\"");
  CHECK(attributes["mlflow.spanOutputs"] == "\"Ann\"");
}

TEST_CASE("an object that stands as metadata becomes MLflow's, an entry for each member") {
  for (const char* text :
       {R"({"id": "c-1", "messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "yo"}], "metadata": {"source": "shop", "turn": 3, "nested": {"a": [1]}, "none": null, "mlflow.trace.session": "x"}})",
        R"({"id": "c-1", "question": "hi", "answer": "yo", "metadata": {"source": "shop", "turn": 3, "nested": {"a": [1]}, "mlflow.trace.session": "x"}})"}) {
    INFO(text);
    const test::Converted result = test::converted(text, "c.jsonl");
    REQUIRE(result.lines.size() == 1);
    const json::Doc record = result.record(0);
    const json::Doc& metadata = record["info"]["trace_metadata"];
    CHECK(metadata["source"] == "shop");
    CHECK(metadata["turn"] == "3");
    CHECK(metadata["nested"] == R"({"a": [1]})");
    CHECK(metadata["record.metadata.mlflow.trace.session"] == "x");
    CHECK_FALSE(metadata.contains("mlflow.trace.session"));
    CHECK_FALSE(metadata.contains("record.metadata"));
  }
  // Anything else stays one text.
  const test::Converted text = test::converted(R"({"question": "hi", "answer": "yo", "metadata": "from the shop"})", "c.jsonl");
  const json::Doc record = text.record(0);
  CHECK(record["info"]["trace_metadata"]["record.metadata"] == "from the shop");
}

TEST_CASE("a time that a mapped column does not hold is told") {
  const test::Converted result =
      test::converted("nr,frage,antwort,wann\n7,Wer?,Ann,gestern\n", "t.csv", 1 << 20, mapped());
  CHECK(result.lines.size() == 1);
  CHECK(result.report.count(ingest::IssueKind::BadTimestamp) == 1);
}

TEST_CASE("without a mapping the report says which columns were taken for what, once") {
  const test::Converted result =
      test::converted("question,answer,score\na,b,0.5\nc,d,1\n", "t.csv");
  CHECK(result.lines.size() == 2);
  REQUIRE(result.report.count(ingest::IssueKind::ConversionNote) == 1);
  CHECK(result.report.first_issues[0].detail ==
        "columns by their names: question → inputs, answer → outputs, score → feedback");
  CHECK(result.record(0)["info"]["assessments"][0]["feedback"]["value"] == 0.5);
}

TEST_CASE("Chinese column names say what is asked and answered") {
  const test::Converted result = test::converted("编号,问题,回答\n7,怎么退款？,三天内到账\n", "t.csv");
  REQUIRE(result.lines.size() == 1);
  CHECK(result.record(0)["info"]["request_preview"].get<std::string>().find("怎么退款？") != std::string::npos);
  CHECK(result.record(0)["info"]["response_preview"].get<std::string>().find("三天内到账") != std::string::npos);
}

TEST_CASE("a table whose columns tell nothing asks for a mapping") {
  const test::Converted result = test::converted("alpha,beta\n1,2\n", "t.csv");
  CHECK(result.lines.empty());
  REQUIRE(result.report.count(ingest::IssueKind::ColumnsUnknown) == 1);
  CHECK(result.report.failed);
  CHECK(result.report.first_issues[0].detail.find("alpha, beta") != std::string::npos);
  REQUIRE(result.report.tables.size() == 1);
  CHECK(result.report.tables[0].asks);
}

TEST_CASE("the same row read again gives the same trace id, other rows other ids") {
  const std::string table = "question,answer\na,b\na,b\nc,d\n";
  const test::Converted once = test::converted(table, "t.csv"),
                        again = test::converted(table, "t.csv");
  REQUIRE(once.lines.size() == 3);
  CHECK(once.lines == again.lines);
  CHECK(once.record(0)["info"]["trace_id"] != once.record(1)["info"]["trace_id"]);
}
