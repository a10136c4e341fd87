#include "core/annot/feedback_file.h"

#include <catch2/catch_test_macros.hpp>

using namespace assay;
using namespace assay::annot;

TEST_CASE("Feedback is read from JSON Lines, arrays and objects", "[annot][feedback]") {
  const FeedbackFile lines = read_feedback(
      "{\"trace_id\": \"tr-1\", \"name\": \"helpful\", \"value\": true, \"user\": \"ann\", \"rationale\": \"ok\", \"time\": "
      "\"2026-11-24T06:00:00Z\"}\n\n{\"client_request_id\": \"c-2\", \"thumbs\": \"up\"}\n{\"trace_id\": \"tr-3\", \"rating\": 4}\n");
  REQUIRE(lines.records.size() == 3);
  CHECK(lines.problems.empty());
  CHECK(lines.records[0].name == "helpful");
  CHECK(lines.records[0].value_json == "true");
  CHECK(lines.records[0].user == "ann");
  CHECK(lines.records[0].time_ms == 1795500000000);
  CHECK(lines.records[1].client_request_id == "c-2");
  CHECK(lines.records[1].name == "thumbs");
  CHECK(lines.records[1].value_json == "true");
  CHECK(lines.records[2].value_json == "4.0");
  CHECK(read_feedback(R"([{"traceId":"tr-1","value":"down"},{"traceId":"tr-2","value":{"a":1}}])").records.at(0).value_json == "false");
  CHECK(read_feedback(R"({"feedback":[{"trace_id":"tr-1","value":0.5}]})").records.at(0).name == "user_feedback");
}

TEST_CASE("Feedback is read from tables, one or several a row", "[annot][feedback]") {
  const FeedbackFile table = read_feedback("\xEF\xBB\xBFTrace ID;Score;Comment\ntr-1;5;\"so; \"\"good\"\"\"\n;1;\ntr-2;;\n");
  REQUIRE(table.records.size() == 1);
  CHECK(table.records[0].name == "Score");
  CHECK(table.records[0].value_json == "5.0");
  CHECK(table.records[0].rationale == "so; \"good\"");
  CHECK(table.problems.size() == 2);
  const FeedbackFile wide = read_feedback("trace_id,helpful,correct\ntr-1,yes,no\ntr-2,,yes\n");
  REQUIRE(wide.records.size() == 3);
  CHECK(wide.records[1].name == "correct");
  CHECK(wide.records[1].value_json == "false");
}

TEST_CASE("What is no feedback is not taken for it", "[annot][feedback]") {
  CHECK(looks_like_feedback("{\"trace_id\":\"tr-1\",\"value\":1}\n"));
  CHECK(looks_like_feedback("trace_id,name,value\ntr-1,a,1\n"));
  CHECK(looks_like_feedback("[ {\"client_request_id\": \"x\", \"thumbs\": \"up\"}"));
  CHECK_FALSE(looks_like_feedback("{\"info\":{\"trace_id\":\"tr-1\"},\"data\":{}}"));
  CHECK_FALSE(looks_like_feedback("{\"trace_id\":\"a\",\"span_id\":\"b\",\"name\":\"n\",\"start_time\":1}"));
  CHECK_FALSE(looks_like_feedback("trace_id,request,response,score\n"));
  CHECK_FALSE(looks_like_feedback("question,answer,score\n"));
  CHECK_FALSE(looks_like_feedback("trace_id\n"));
  CHECK_FALSE(looks_like_feedback(""));
  CHECK_FALSE(looks_like_feedback("\0\0\0"));
}

TEST_CASE("Broken records are told and the others read", "[annot][feedback]") {
  const FeedbackFile file = read_feedback("{\"trace_id\":\"tr-1\",\"value\":1}\n{broken\n{\"value\":2}\n{\"trace_id\":\"tr-2\",\"value\":3}\n");
  CHECK(file.records.size() == 2);
  REQUIRE(file.problems.size() == 2);
  CHECK(file.problems[0].number == 2);
  const std::string whole = "{\"trace_id\":\"tr-1\",\"feedback\":[{\"trace_id\":\"x\",\"value\":\"\\u00e9\"}]}";
  for (size_t cut = 0; cut <= whole.size(); ++cut) (void)read_feedback(std::string_view(whole).substr(0, cut));
}

TEST_CASE("The same record gives the same id", "[annot][feedback]") {
  FeedbackRecord a;
  a.name = "x";
  a.value_json = "true";
  const std::string id = feedback_assessment_id(a, "tr-1");
  CHECK(id.size() == 34);
  CHECK(id == feedback_assessment_id(a, "tr-1"));
  CHECK(id != feedback_assessment_id(a, "tr-2"));
  a.rationale = "y";
  CHECK(id != feedback_assessment_id(a, "tr-1"));
}

TEST_CASE("Columns whose names do not tell are read as a person says", "[annot][feedback]") {
  const std::string table = "spur,wer,urteil,weil,egal\ntr-1,ann,gut,kurz,x\ntr-2,bob,5,,y\n";
  CHECK_FALSE(looks_like_feedback(table));
  const FeedbackColumns columns{{"spur", "trace_id", ""}, {"wer", "user", ""}, {"urteil", "value", "quality"},
                                {"weil", "rationale", ""}, {"egal", "ignore", ""}};
  CHECK(has_feedback_columns(table, columns));
  CHECK_FALSE(has_feedback_columns("spur,wer,urteil\n", columns));
  CHECK_FALSE(has_feedback_columns("a,b,c,d,e\n", columns));
  const FeedbackFile file = read_feedback(table, &columns);
  REQUIRE(file.records.size() == 2);
  CHECK(file.records[0].trace_id == "tr-1");
  CHECK(file.records[0].name == "quality");
  CHECK(file.records[0].value_json == "\"gut\"");
  CHECK(file.records[0].user == "ann");
  CHECK(file.records[0].rationale == "kurz");
  CHECK(file.records[1].value_json == "5.0");
  // Two scores a row are two pieces of feedback; a column with the name makes it one.
  const FeedbackColumns two{{"t", "trace_id", ""}, {"a", "value", ""}, {"b", "value", "second"}};
  const FeedbackFile both = read_feedback("t,a,b\ntr-1,yes,no\n", &two);
  REQUIRE(both.records.size() == 2);
  CHECK(both.records[0].name == "a");
  CHECK(both.records[1].name == "second");
  const FeedbackColumns named{{"t", "client_request_id", ""}, {"what", "name", ""}, {"how", "value", ""}};
  const FeedbackFile one = read_feedback("[{\"t\":\"c-1\",\"what\":\"tone\",\"how\":3}]", &named);
  REQUIRE(one.records.size() == 1);
  CHECK(one.records[0].client_request_id == "c-1");
  CHECK(one.records[0].name == "tone");
  CHECK(has_feedback_columns("[{\"t\":\"c-1\",\"what\":\"tone\",\"how\":3}]", named));
}

TEST_CASE("Our own table of assessments is read as what it tells of", "[annot][feedback]") {
  const FeedbackFile file = read_feedback(
      "\xEF\xBB\xBFtrace_id,span_id,name,kind,value,rationale,error,source_type,source_id,create_time,run_id,valid,scorer_version,assessment_id\r\n"
      "tr-1,0000000000000001,answers_it,feedback,yes,'=because,,LLM_JUDGE,openai:/m,2026-12-01T16:52:28.891Z,r1,true,2,a-1\r\n"
      "tr-1,,len,feedback,,,SCORER_ERROR: sevens: fail,CODE,len,2026-12-01T16:52:29.057Z,r1,true,1,a-2\r\n"
      "tr-2,,good,feedback,true,,,HUMAN,ann,2026-12-01T16:52:29.057Z,,false,,a-3\r\n"
      "tr-2,,facts,expectation,\"[\"\"a\"\",1]\",,,HUMAN,ann,2026-12-01T16:52:29.057Z,,true,,a-4\r\n"
      "tr-2,,n,feedback,59,,,CODE,len,2026-12-01T16:52:29.057Z,,true,,a-5\r\n");
  CHECK(file.problems.empty());
  REQUIRE(file.records.size() == 5);
  const FeedbackRecord& judged = file.records[0];
  CHECK(judged.value_json == "\"yes\"");
  CHECK(judged.source_type == "LLM_JUDGE");
  CHECK(judged.user == "openai:/m");
  CHECK(judged.rationale == "=because");
  CHECK(judged.run_id == "r1");
  CHECK(judged.scorer_version == "2");
  CHECK(feedback_assessment_id(judged, "tr-1") == "a-1");
  CHECK(file.records[1].value_json == "null");
  CHECK(file.records[1].error_code == "SCORER_ERROR");
  CHECK(file.records[1].error_message == "sevens: fail");
  CHECK(file.records[2].value_json == "true");
  CHECK_FALSE(file.records[2].valid);
  CHECK(file.records[3].is_expectation);
  CHECK(file.records[3].value_json == "[\"a\",1]");
  CHECK(file.records[4].value_json == "59");
}
