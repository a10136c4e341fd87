// The pure parts of the views: what is made of spans, assessments and forms before anything is
// drawn.
#include <catch2/catch_test_macros.hpp>

#include "core/base/time.h"
#include "core/ingest/importer.h"
#include "ui/views/annotate_form.h"
#include "ui/views/drafts.h"
#include "ui/views/assessed.h"
#include "ui/views/palette_view.h"
#include "ui/views/chat_content.h"
#include "ui/views/span_content.h"
#include "ui/views/span_tree_model.h"
#include "ui/views/text.h"

using namespace assay;
using namespace assay::ui;

namespace {

store::Assessment assessment(std::string id, std::string name, std::string value_json,
                             int64_t time_ms, bool valid = true) {
  store::Assessment a;
  a.assessment_id = std::move(id);
  a.name = std::move(name);
  a.value_json = std::move(value_json);
  a.create_time_ms = time_ms;
  a.valid = valid;
  return a;
}

std::string span_json(std::string_view id, std::string_view parent, std::string_view name,
                      int64_t start, int64_t end) {
  std::string text = R"({"trace_id":"AAAAAAAAAAAAAAAAAAAAAQ==","span_id":")" + std::string(id) +
                     R"(","parent_span_id":)";
  text += parent.empty() ? "null" : "\"" + std::string(parent) + "\"";
  text +=
      R"(,"name":")" + std::string(name) + R"(","start_time_unix_nano":)" + std::to_string(start);
  if (end != 0) text += R"(,"end_time_unix_nano":)" + std::to_string(end);
  return text + R"(,"events":[],"status":{"code":"STATUS_CODE_OK"},"attributes":{}})";
}

store::TraceRow load(store::Dataset& dataset, const std::string& spans) {
  const std::string text =
      R"({"info":{"trace_id":"tr-1","request_time":"2026-11-24T06:00:00Z","state":"OK"},"data":{"spans":[)" +
      spans + "]}}";
  ingest::import_bytes(dataset, "t.json", text);
  REQUIRE(dataset.trace_count() == 1);
  return store::TraceRow{0};
}

std::string names_of(const store::Dataset& dataset, const SpanTree& tree) {
  std::string text;
  for (const SpanLine& line : tree.lines) {
    if (!text.empty()) text += ' ';
    text +=
        std::string(line.depth, '.') + std::string(dataset.name_text(dataset.span_name(line.span)));
  }
  return text;
}

}  // namespace

TEST_CASE("Values are marks, numbers, texts or errors", "[views]") {
  CHECK(value_of_json("\"yes\"").kind == ValueKind::Pass);
  CHECK(value_of_json("\"No\"").kind == ValueKind::Fail);
  CHECK(value_of_json("true").kind == ValueKind::Pass);
  CHECK(value_of_json("false").kind == ValueKind::Fail);
  CHECK(value_of_json("\"pass\"").kind == ValueKind::Pass);
  CHECK(value_of_json("\"passable\"").kind == ValueKind::Text);
  CHECK(value_of_json("5.0").text == "5");
  CHECK(value_of_json("0.85714").text == "0.857");
  CHECK(value_of_json("NaN").text == "NaN");
  CHECK(value_of_json("null").kind == ValueKind::None);
  CHECK(value_of_json("[\"a\"]").kind == ValueKind::Json);
  CHECK(value_of_json("\"caf\\u00e9\"").text == "café");

  store::Assessment failed = assessment("a-1", "x", "", 1);
  failed.error_code = "SERVER_ERROR";
  failed.error_message = "upstream overloaded";
  CHECK(value_of(failed).kind == ValueKind::Error);
  CHECK(value_of(failed).text == "SERVER_ERROR");
  failed.value_json = "\"yes\"";  // both may be there; the value counts
  CHECK(value_of(failed).kind == ValueKind::Pass);
}

TEST_CASE("A cell shows the newest valid assessment and how many there are", "[views]") {
  const std::vector<store::Assessment> all{
      assessment("a", "tone", "\"yes\"", 10), assessment("b", "tone", "\"no\"", 30, false),
      assessment("c", "tone", "\"no\"", 20), assessment("d", "other", "1", 99)};
  const CellValue cell = cell_value(all, "tone", store::AssessmentKind::Feedback);
  REQUIRE(cell.assessment != nullptr);
  CHECK(cell.assessment->assessment_id == "c");
  CHECK(cell.valid_count == 2);
  CHECK(cell_value(all, "tone", store::AssessmentKind::Expectation).assessment == nullptr);
}

TEST_CASE("Of two runs of the same judge the later verdict counts, and both stay valid", "[views]") {
  const auto of_run = [](std::string id, std::string value, int64_t time_ms, const char* run, const char* more = "") {
    store::Assessment a = assessment(std::move(id), "tone", std::move(value), time_ms);
    a.source_type = store::SourceType::LlmJudge;
    a.source_id = "openai:/m";
    a.metadata_json = std::string(R"({"mlflow.assessment.sourceRunId":")") + run + "\"" + more + "}";
    return a;
  };
  std::vector<store::Assessment> all{of_run("a", "\"yes\"", 10, "r1"), of_run("b", "\"no\"", 20, "r2")};
  CHECK(is_of_earlier_run(all[0], all));
  CHECK_FALSE(is_of_earlier_run(all[1], all));
  const CellValue cell = cell_value(all, "tone", store::AssessmentKind::Feedback);
  CHECK(cell.assessment->assessment_id == "b");
  CHECK(cell.valid_count == 1);
  const std::vector<AssessmentGroup> groups = group_assessments(all);
  REQUIRE(groups.size() == 1);
  REQUIRE(groups[0].in_force.size() == 1);
  CHECK(groups[0].in_force[0]->assessment_id == "b");
  REQUIRE(groups[0].earlier_runs.size() == 1);
  CHECK(groups[0].earlier_runs[0]->assessment_id == "a");
  CHECK(groups[0].earlier.empty());

  // Another judge, another place, the same run, or nobody's run: each counts.
  std::vector<store::Assessment> others = all;
  others[1].source_id = "anthropic:/n";
  CHECK_FALSE(is_of_earlier_run(others[0], others));
  others = {of_run("a", "1", 10, "r1", R"(,"chunk_index":"0")"), of_run("b", "1", 20, "r2", R"(,"chunk_index":"1")")};
  CHECK_FALSE(is_of_earlier_run(others[0], others));
  others = {of_run("a", "1", 10, "r1"), of_run("b", "1", 20, "r1")};
  CHECK_FALSE(is_of_earlier_run(others[0], others));
  others = all;
  others[1].metadata_json.clear();
  CHECK_FALSE(is_of_earlier_run(others[0], others));
  others = all;
  others[1].source_type = store::SourceType::Human;
  CHECK_FALSE(is_of_earlier_run(others[0], others));
  // Of equally old ones the later in the list is the newer, and exactly one of them counts.
  others = {of_run("a", "1", 10, "r1"), of_run("b", "1", 10, "r2")};
  CHECK(is_of_earlier_run(others[0], others));
  CHECK_FALSE(is_of_earlier_run(others[1], others));
}

TEST_CASE("What a number was measured against is told where its writer says it", "[views]") {
  store::Assessment a = assessment("a", "Faithfulness", "0.45", 1);
  CHECK_FALSE(threshold_of(a).present());
  a.metadata_json = R"({"threshold":"0.7","success":"false","strictMode":"false"})";
  Threshold told = threshold_of(a);
  CHECK(told.limit == "0.7");
  CHECK(told.passed == false);
  CHECK(told.score.empty());
  // As MLflow's own scorers of DeepEval write it.
  a.value_json = "\"no\"";
  a.metadata_json = R"({"mlflow.scorer.framework":"deepeval","score":"0.45","threshold":"0.7"})";
  told = threshold_of(a);
  CHECK(told.score == "0.45");
  CHECK(told.limit == "0.7");
  CHECK_FALSE(told.passed.has_value());
  a.metadata_json = R"({"threshold":"high"})";
  CHECK_FALSE(threshold_of(a).present());
}

TEST_CASE("Assessments are grouped by name, newest first, the superseded ones apart", "[views]") {
  std::vector<store::Assessment> all{
      assessment("a", "tone", "1", 10), assessment("b", "length", "2", 5),
      assessment("c", "tone", "3", 20), assessment("d", "tone", "4", 15, false)};
  all.push_back(assessment("e", "tone", "5", 1));
  all.back().kind = store::AssessmentKind::Expectation;
  const std::vector<AssessmentGroup> groups = group_assessments(all);
  REQUIRE(groups.size() == 3);
  CHECK(groups[0].name == "tone");
  REQUIRE(groups[0].in_force.size() == 2);
  CHECK(groups[0].in_force[0]->assessment_id == "c");
  REQUIRE(groups[0].earlier.size() == 1);
  CHECK(groups[0].earlier[0]->assessment_id == "d");
  CHECK(groups[1].name == "length");
  CHECK(groups[2].kind == store::AssessmentKind::Expectation);
}

TEST_CASE("Attributes are decoded as MLflow decodes them", "[views]") {
  CHECK(decode_attribute("\"LLM\"").text == "LLM");
  CHECK_FALSE(decode_attribute("\"LLM\"").is_json);
  CHECK(decode_attribute("{\"q\": 1}").is_json);
  CHECK(decode_attribute("not json").text == "not json");
  CHECK(decode_attribute("0.2").text == "0.2");
  const std::vector<Attribute> attributes =
      read_attributes(R"({"a":"\"x\"","b":"{\"k\":[1]}","c":3,"d":null,"e":"plain"})");
  REQUIRE(attributes.size() == 5);
  CHECK(attributes[0].value.text == "x");
  CHECK(attributes[1].value.is_json);
  CHECK(attributes[2].value.text == "3");
  CHECK(attributes[3].value.text == "null");
  CHECK(attributes[4].value.text == "plain");
  CHECK(read_attributes("[1,2]").empty());
  CHECK(read_attributes("{\"a\":").size() <= 1);
}

TEST_CASE("Exceptions come out of events with type, message and stack trace", "[views]") {
  const std::vector<SpanEvent> events = read_events(
      R"([{"name":"retry","time_unix_nano":"1795500170510414592","attributes":{"attempt":1}},
          {"name":"exception","timestamp":5,"attributes":{"exception.type":"TimeoutError","exception.message":"too slow","exception.stacktrace":"a\nb","x":true}}])");
  REQUIRE(events.size() == 2);
  CHECK(events[0].time_ns == 1795500170510414592);
  CHECK(events[0].attributes.size() == 1);
  CHECK(events[1].is_exception);
  CHECK(events[1].exception_type == "TimeoutError");
  CHECK(events[1].exception_message == "too slow");
  CHECK(events[1].stack_trace == "a\nb");
  CHECK(events[1].attributes.size() == 1);
  CHECK(read_events("{}").empty());
}

TEST_CASE("Chat is found in the forms that libraries write", "[views]") {
  const auto request = read_chat(
      R"({"model":"m","messages":[{"role":"system","content":"Be brief"},{"role":"user","content":[{"type":"text","text":"Hi"},{"type":"image_url","image_url":{"url":"u"}}]}]})");
  REQUIRE(request.size() == 2);
  CHECK(request[0].role == "system");
  REQUIRE(request[1].parts.size() == 2);
  CHECK(request[1].parts[0].text.text == "Hi");
  CHECK(request[1].parts[1].kind == ChatPart::Kind::Media);

  const auto answer = read_chat(
      R"({"choices":[{"message":{"role":"assistant","content":null,"tool_calls":[{"id":"c1","function":{"name":"find","arguments":"{\"q\":\"x\"}"}}]}}]})");
  REQUIRE(answer.size() == 1);
  REQUIRE(answer[0].parts.size() == 1);
  CHECK(answer[0].parts[0].name == "find");
  CHECK(answer[0].parts[0].text.is_json);

  const auto responses = read_chat(
      R"({"output":[{"type":"reasoning","summary":[]},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Done"}]}]})");
  REQUIRE(responses.size() >= 1);
  CHECK(message_text(responses.back()) == "Done");

  const auto langchain =
      read_chat(R"([[{"type":"human","content":"Q"},{"type":"ai","content":"A"}]])");
  REQUIRE(langchain.size() == 2);
  CHECK(langchain[0].role == "user");
  CHECK(langchain[1].role == "assistant");

  const auto anthropic = read_chat(
      R"({"system":"S","messages":[{"role":"assistant","content":[{"type":"tool_use","id":"1","name":"t","input":{"a":1}}]}]})");
  REQUIRE(anthropic.size() == 2);
  CHECK(anthropic[1].parts.at(0).name == "t");
}

TEST_CASE("What is no chat stays JSON", "[views]") {
  CHECK(read_chat(R"({"q":"question"})").empty());
  CHECK(read_chat(R"(["a","b"])").empty());
  CHECK(read_chat(R"({"messages":[{"role":"user","content":"x"},5]})").empty());
  CHECK(read_chat("\"text\"").empty());
  CHECK(read_chat("{\"messages\":[").empty());
  CHECK(read_chat("").empty());
}

TEST_CASE("Documents come with their place, score and metadata", "[views]") {
  const auto documents = read_documents(
      R"([{"page_content":"One","metadata":{"doc_uri":"crm/1","score":0.75},"id":"d1"},{"page_content":"Two"}])");
  REQUIRE(documents.size() == 2);
  CHECK(documents[0].title == "crm/1");
  CHECK(documents[0].has_score);
  CHECK(documents[0].score == 0.75);
  CHECK(documents[0].metadata_json == R"({"doc_uri":"crm/1","score":0.75})");
  CHECK(documents[1].title.empty());
  CHECK(read_documents(R"(["text"])").empty());
  CHECK(read_documents(R"([{"role":"user","content":"no document"}])").empty());
}

TEST_CASE("The span tree is in depth-first order, siblings by their start", "[views]") {
  store::Dataset dataset;
  const store::TraceRow row =
      load(dataset, span_json("AAAAAAAAAAE=", "", "root", 100, 900) + "," +
                        span_json("AAAAAAAAAAI=", "AAAAAAAAAAE=", "late", 500, 600) + "," +
                        span_json("AAAAAAAAAAM=", "AAAAAAAAAAE=", "early", 200, 300) + "," +
                        span_json("AAAAAAAAAAQ=", "AAAAAAAAAAM=", "leaf", 210, 0));
  const SpanTree tree = build_span_tree(dataset, row, {});
  CHECK(names_of(dataset, tree) == "root .early ..leaf .late");
  CHECK(tree.lines[0].descendants == 3);
  CHECK(tree.start_ns == 100);
  CHECK(tree.end_ns == 900);
  CHECK(tree.open_ended_count == 1);

  const SpanTree folded = build_span_tree(dataset, row, {tree.lines[1].span.v});
  CHECK(names_of(dataset, folded) == "root .early .late");
  CHECK_FALSE(folded.lines[1].open);
  CHECK(folded.lines[1].descendants == 1);
}

TEST_CASE("Orphans and rings of parents all find a place in the tree", "[views]") {
  store::Dataset dataset;
  const store::TraceRow row =
      load(dataset, span_json("AAAAAAAAAAE=", "AAAAAAAAAAI=", "a", 1, 9) + "," +
                        span_json("AAAAAAAAAAI=", "AAAAAAAAAAE=", "b", 2, 8) + "," +
                        span_json("AAAAAAAAAAM=", "AAAAAAAAAAk=", "orphan", 3, 4));
  const SpanTree tree = build_span_tree(dataset, row, {});
  CHECK(tree.lines.size() == 3);
  CHECK(tree.orphan_count >= 1);
}

TEST_CASE("Previews of JSON read as text", "[views]") {
  CHECK(readable_preview(R"({"customer": "Bluebird", "objective": "Just\ncheck in", "retries": 2})",
                         200) == "Bluebird · Just check in · retries: 2");
  CHECK(readable_preview("plain text", 200) == "plain text");
  CHECK(readable_preview("\"quoted\"", 200) == "quoted");
  CHECK(readable_preview(R"({"a": "cut in the mid)", 200) == "cut in the mid");
  CHECK(readable_preview(R"({"a": "ends in an escape\)", 200).starts_with("ends in an escape"));
  CHECK(readable_preview("{}", 200) == "{}");
  CHECK(readable_preview("", 200).empty());
}

TEST_CASE("A form says what it lacks, or gives the command's value", "[views]") {
  AssessmentForm form;
  CHECK(form_value(form).problem == kit::Str::annotate_needs_choice);
  form.boolean = 1;
  CHECK(form_value(form).value_type == "boolean");
  CHECK(form_value(form).value == "true");
  form.yes_no_text = true;
  CHECK(form_value(form).value_type == "string");
  CHECK(form_value(form).value == "yes");
  form.input = ValueInput::Number;
  form.value = " 4.5 ";
  CHECK(form_value(form).value == "4.5");
  form.value = "four";
  CHECK(form_value(form).problem == kit::Str::annotate_needs_number);
  form.input = ValueInput::Json;
  form.value = "{\"a\":";
  CHECK(form_value(form).problem == kit::Str::annotate_needs_json);
  form.value = "{\"a\": 1}";
  CHECK(form_value(form).value_type == "json");
  form.input = ValueInput::Text;
  form.value = "  ";
  CHECK(form_value(form).problem == kit::Str::annotate_needs_text);
}

TEST_CASE("Editing an assessment and saving it unchanged keeps its value", "[views]") {
  for (const char* value_json :
       {"\"yes\"", "\"no\"", "true", "false", "5.0", "\"pass\"", "\"a text\"", "{\"a\": [1]}"}) {
    const AssessmentForm form = form_of(assessment("a", "n", value_json, 1));
    const FormValue value = form_value(form);
    INFO(value_json);
    const std::string text(value_json);
    if (text.front() == '"') {
      CHECK(value.value_type == "string");
      CHECK("\"" + value.value + "\"" == text);
    } else {
      CHECK(value.value == text);
    }
  }
}

TEST_CASE("What was begun for a trace waits there, name and type go along", "[views]") {
  AnnotateState state;
  switch_form_to(state, "tr-1", "");
  state.form.name = "tone";
  state.form.input = ValueInput::Number;
  state.form.rationale = "half a thought";
  const std::string draft = assessment_draft(state.form);
  switch_form_to(state, "tr-2", "");
  CHECK(state.form.name == "tone");
  CHECK(state.form.input == ValueInput::Number);
  CHECK(state.form.rationale.empty());
  CHECK_FALSE(state.open);
  switch_form_to(state, "tr-1", draft);
  CHECK(state.form.rationale == "half a thought");
  CHECK(state.open);  // it is seen again
  switch_form_to(state, "tr-2", "{damaged");
  CHECK(state.form.rationale.empty());
}

TEST_CASE("The palette finds commands by parts of words", "[views]") {
  CHECK(palette_score("exp csv", "Export as CSV") > 0);
  CHECK(palette_score("undo", "Undo") > palette_score("undo", "Redo or undo"));
  CHECK(palette_score("zzz", "Undo") == 0);
  CHECK(palette_score("", "Undo") > 0);
}

TEST_CASE("Small texts", "[views]") {
  CHECK(format_score(5.0) == "5");
  CHECK(format_score(0.8571) == "0.857");
  CHECK(format_span_duration(412'000) == "412 µs");
  CHECK(format_span_duration(3'240'000) == "3.2 ms");
  CHECK(format_span_duration(kNoTime).empty());
  CHECK(host_of("http://localhost:8080/v1") == "localhost:8080");
  CHECK(count_lines("a\n\n b\n  \nc") == 3);
}
