#include "core/annot/annotations.h"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

#include "tests/unit/annot/fixture.h"

namespace assay::annot {
namespace {

using store::Assessment;
using store::AssessmentKind;
using store::TraceRow;

const std::string kImported =
    R"([{"assessment_id": "a-1", "assessment_name": "tone", "trace_id": "tr-1", "source": {"source_type": )"
    R"("LLM_JUDGE", "source_id": "openai:/m"}, "create_time": "2026-11-24T06:03:51.294Z", )"
    R"("last_update_time": "2026-11-24T06:03:51.294Z", "feedback": {"value": "formal"}, "rationale": "r", )"
    R"("metadata": {"k": "1", "keep": "x"}, "valid": true}, )"
    R"({"assessment_id": "a-2", "assessment_name": "expected", "trace_id": "tr-1", "source": {"source_type": )"
    R"("HUMAN", "source_id": "bob"}, "create_time": "2026-11-24T06:03:51.294Z", "last_update_time": )"
    R"("2026-11-24T06:03:51.294Z", "expectation": {"value": "Dear Alice"}, "rationale": "why"}])";

TEST_CASE("a created assessment is in force, and creation forces valid") {
  Desk desk;
  const TraceRow row = desk.add_trace("tr-1");
  Assessment a;
  a.assessment_id = "a-new";
  a.name = "quality";
  a.value_json = "5.0";
  a.valid = false;
  REQUIRE(desk.apply(create_event_of(a, "tr-1")).ok());
  REQUIRE(desk.dataset.assessments(row).size() == 1);
  const Assessment* found = desk.find(row, "a-new");
  CHECK(found->value_json == "5.0");
  CHECK(found->valid);
  CHECK(found->changed);
  CHECK(desk.dataset.imported_assessments(row).empty());
}

TEST_CASE("an override supersedes, and deleting it brings the other back") {
  Desk desk;
  const TraceRow row = desk.add_trace("tr-1", kImported);
  REQUIRE(desk.apply(create("tr-1", "a-3", "informal", "a-1", "tone")).ok());
  CHECK_FALSE(desk.find(row, "a-1")->valid);
  CHECK(desk.find(row, "a-1")->changed);
  CHECK(desk.find(row, "a-3")->valid);
  REQUIRE(desk.apply(create("tr-1", "a-4", "neutral", "a-3", "tone")).ok());
  CHECK_FALSE(desk.find(row, "a-3")->valid);
  REQUIRE(desk.apply(delete_event("tr-1", "a-4")).ok());
  CHECK(desk.find(row, "a-4") == nullptr);
  CHECK(desk.find(row, "a-3")->valid);
  CHECK_FALSE(desk.find(row, "a-1")->valid);
  REQUIRE(desk.apply(delete_event("tr-1", "a-4")).ok());  // idempotent
  REQUIRE(desk.apply(delete_event("tr-1", "a-3")).ok());
  CHECK(desk.find(row, "a-1")->valid);
  CHECK(desk.annotations.notes().empty());
}

TEST_CASE("what is to be superseded must be on the trace") {
  Desk desk;
  const TraceRow row = desk.add_trace("tr-1", kImported);
  desk.add_trace("tr-2");
  CHECK(desk.apply(create("tr-1", "a-3", "x", "a-9")).error().code == ErrorCode::NotFound);
  CHECK(desk.apply(create("tr-2", "a-3", "x", "a-1")).error().code == ErrorCode::NotFound);
  CHECK(desk.journal.count() == 0);
  // An event that got into the journal all the same changes nothing and leaves a note.
  desk.append(create("tr-1", "a-3", "x", "a-9"));
  CHECK(desk.dataset.assessments(row).size() == 2);
  REQUIRE(desk.annotations.notes().size() == 1);
  CHECK(desk.annotations.notes()[0].event == 0);
  CHECK(desk.annotations.notes()[0].what.find("a-9") != std::string::npos);
}

TEST_CASE("an update replaces what it names, merges metadata and keeps the rest") {
  Desk desk;
  const TraceRow row = desk.add_trace("tr-1", kImported);
  const Assessment before = *desk.find(row, "a-1");
  REQUIRE(desk.apply(update("tr-1", "a-1",
                            R"("name":"style","feedback":{"value":2.0},"rationale":"changed",)"
                            R"("metadata":{"k":"2","new":"n"})"),
                     1795500000000)
              .ok());
  const Assessment* a = desk.find(row, "a-1");
  REQUIRE(a != nullptr);
  CHECK(a->name == "style");
  CHECK(a->value_json == "2.0");
  CHECK(a->rationale == "changed");
  CHECK(tree_of(a->metadata_json) == tree_of(R"({"k":"2","keep":"x","new":"n"})"));
  CHECK(a->last_update_time_ms == 1795500000000);
  CHECK(a->create_time_ms == before.create_time_ms);
  CHECK(a->source_id == before.source_id);
  CHECK(a->source_type == before.source_type);
  CHECK(a->kind == AssessmentKind::Feedback);
  CHECK(a->changed);
  CHECK(desk.dataset.imported_assessments(row)[0].value_json == "\"formal\"");
  REQUIRE(desk.apply(update("tr-1", "a-1", R"("rationale":"")")).ok());
  CHECK(desk.find(row, "a-1")->rationale.empty());
  CHECK(desk.find(row, "a-1")->value_json == "2.0");
}

TEST_CASE("feedback and expectation do not turn into each other") {
  Desk desk;
  desk.add_trace("tr-1", kImported);
  CHECK(desk.apply(update("tr-1", "a-1", R"("expectation":{"value":1})")).error().code ==
        ErrorCode::InvalidParameter);
  CHECK(desk.apply(update("tr-1", "a-2", R"("feedback":{"value":1})")).error().code ==
        ErrorCode::InvalidParameter);
  CHECK(desk.apply(update("tr-1", "a-9", R"("name":"x")")).error().code == ErrorCode::NotFound);
  CHECK(desk.apply(update("tr-9", "a-1", R"("name":"x")")).error().code == ErrorCode::NotFound);
  CHECK(desk.apply(update("tr-1", "a-1", R"("name":"")")).error().code ==
        ErrorCode::InvalidParameter);
}

TEST_CASE("an updated expectation loses its rationale") {
  Desk desk;
  const TraceRow row = desk.add_trace("tr-1", kImported);
  CHECK(desk.find(row, "a-2")->rationale == "why");
  REQUIRE(
      desk.apply(
              update("tr-1", "a-2",
                     R"("expectation":{"serialized_value":{"serialization_format":"JSON_FORMAT",)"
                     R"("value":"[1, \"x\"]"}},"rationale":"kept?")"))
          .ok());
  CHECK(desk.find(row, "a-2")->value_json == "[1, \"x\"]");
  CHECK(desk.find(row, "a-2")->rationale.empty());
}

TEST_CASE("a new feedback value drops the old error") {
  Desk desk;
  const TraceRow row = desk.add_trace("tr-1");
  JudgeFeedback verdict;
  verdict.trace_id = "tr-1";
  verdict.name = "safety";
  verdict.error_code = "TIMEOUT";
  verdict.error_message = "no answer";
  desk.append(judge_event(verdict, Stamp{"", 5, "a-j"}).value());
  CHECK(desk.find(row, "a-j")->has_error());
  REQUIRE(desk.apply(update("tr-1", "a-j", R"("feedback":{"value":"yes"})")).ok());
  CHECK_FALSE(desk.find(row, "a-j")->has_error());
  CHECK(desk.find(row, "a-j")->value_json == "\"yes\"");
}

TEST_CASE("undo and redo re-fold the traces of the transaction only") {
  Desk desk;
  const TraceRow row1 = desk.add_trace("tr-1", kImported);
  const TraceRow row2 = desk.add_trace("tr-2");
  desk.journal.append({create("tr-1", "a-3", "x", "a-1"), create("tr-2", "a-4")}, 10);
  CHECK(desk.annotations.sync() == std::vector<TraceRow>{row1, row2});
  desk.append(create("tr-2", "a-5"));
  REQUIRE(desk.journal.revert("s-a.1", 20).ok());
  CHECK(desk.annotations.sync() == std::vector<TraceRow>{row1, row2});
  CHECK(desk.find(row1, "a-1")->valid);
  CHECK_FALSE(desk.find(row1, "a-1")->changed);
  CHECK(desk.find(row1, "a-3") == nullptr);
  CHECK(desk.dataset.assessments(row2).size() == 1);
  REQUIRE(desk.journal.revert(desk.journal.redo_step()->txn, 30).ok());
  CHECK(desk.annotations.sync() == std::vector<TraceRow>{row1, row2});
  CHECK_FALSE(desk.find(row1, "a-1")->valid);
  CHECK(desk.dataset.assessments(row2).size() == 2);
  CHECK(desk.annotations.sync().empty());
}

TEST_CASE("events wait for traces that are not loaded yet") {
  Desk desk;
  desk.append(create("tr-1", "a-3", "x", "a-1"));
  desk.append(create("tr-2", "a-4"));
  CHECK(desk.annotations.waiting_events() == 2);
  CHECK(desk.annotations.notes().empty());
  const TraceRow row = desk.add_trace("tr-1", kImported);
  CHECK(desk.annotations.waiting_events() == 1);
  CHECK_FALSE(desk.find(row, "a-1")->valid);
  CHECK(desk.annotations.history("tr-1") == std::vector<uint32_t>{0});
  CHECK(desk.annotations.history("tr-9").empty());
}

TEST_CASE("closing all files and opening them again brings the annotations back") {
  Desk desk;
  desk.add_trace("tr-0");
  desk.add_trace("tr-1", kImported);
  desk.append(create("tr-1", "a-3", "x", "a-1"));
  desk.dataset.clear();
  desk.annotations.rebind();
  CHECK(desk.annotations.sync().empty());
  TraceFiller filler(desk.dataset);
  const TraceRow row = filler.add(R"({"info": {"trace_id": "tr-1", "assessments": )" + kImported +
                                  R"(}, "data": {"spans": []}})");
  CHECK(desk.annotations.sync() == std::vector<TraceRow>{row});
  CHECK(desk.dataset.assessments(row).size() == 3);
}

TEST_CASE("a clear without rebind is noticed") {
  Desk desk;
  desk.add_trace("tr-1", kImported);
  desk.append(create("tr-1", "a-3"));
  desk.dataset.clear();
  CHECK(desk.annotations.sync().empty());
  CHECK(desk.annotations.waiting_events() == 1);
}

TEST_CASE("loading one's own export again creates nothing twice") {
  Desk desk;
  const std::string exported =
      R"([{"assessment_id": "a-1", "assessment_name": "q", "source": {"source_type": "HUMAN"}, "feedback": )"
      R"({"value": "bad"}, "valid": false}, {"assessment_id": "a-3", "assessment_name": "q", "source": )"
      R"({"source_type": "HUMAN"}, "feedback": {"value": "edited"}, "overrides": "a-1", "valid": true}])";
  desk.append(create("tr-1", "a-1", "bad"));
  desk.append(create("tr-1", "a-3", "x", "a-1"));
  desk.append(update("tr-1", "a-3", R"("feedback":{"value":"edited"})"));
  const TraceRow row = desk.add_trace("tr-1", exported);
  REQUIRE(desk.dataset.assessments(row).size() == 2);
  CHECK_FALSE(desk.find(row, "a-1")->valid);
  CHECK(desk.find(row, "a-3")->valid);
  CHECK(desk.find(row, "a-3")->value_json == "\"edited\"");
  CHECK(desk.annotations.notes().empty());
}

TEST_CASE("an id that the journal itself has used is not created twice") {
  Desk desk;
  const TraceRow row = desk.add_trace("tr-1");
  desk.append(create("tr-1", "a-3", "one"));
  CHECK_FALSE(desk.apply(create("tr-1", "a-3", "two")).ok());
  desk.append(create("tr-1", "a-3", "two"));
  CHECK(desk.dataset.assessments(row).size() == 1);
  CHECK(desk.find(row, "a-3")->value_json == "\"one\"");
  CHECK(desk.annotations.notes().size() == 1);
}

journal::NewEvent verdict_event(const std::string& value, const std::string& outcome = "scored") {
  Assessment a;
  a.assessment_id = "a-v";
  a.name = "safety";
  a.source_type = store::SourceType::LlmJudge;
  a.value_json = value;
  std::string payload =
      R"({"run":"r","trace":"tr-1","scorer":"safety","span":"","outcome":")" + outcome + "\"";
  if (!value.empty()) payload += ",\"assessment\":" + store::assessment_to_json(a, "tr-1");
  return journal::NewEvent{std::string(kRunVerdict), payload + "}"};
}

TEST_CASE("a later verdict of a judge replaces the earlier one of the same id") {
  Desk desk;
  const TraceRow row = desk.add_trace("tr-1");
  desk.append(verdict_event("", "skipped"));
  CHECK(desk.dataset.assessments(row).empty());
  desk.append(verdict_event("\"no\""));
  CHECK(desk.find(row, "a-v")->value_json == "\"no\"");
  desk.append(create("tr-1", "a-h", "yes", "a-v"));
  desk.append(verdict_event("\"yes\""));
  CHECK(desk.dataset.assessments(row).size() == 2);
  CHECK(desk.find(row, "a-v")->value_json == "\"yes\"");
  CHECK_FALSE(desk.find(row, "a-v")->valid);  // the human's correction stands
  CHECK(desk.annotations.notes().empty());
}

TEST_CASE("damaged payloads leave notes and change nothing") {
  Desk desk;
  const TraceRow row = desk.add_trace("tr-1", kImported);
  const char* payloads[] = {
      R"({"trace_id":"tr-1"})",
      R"({"trace_id":"tr-1","assessment":{}})",
      R"({"trace_id":"tr-1","assessment":[1]})",
      R"({"trace_id":"tr-1","assessment":{"assessment_id":"a-x","assessment_name":"n"}})",
      R"({"trace_id":"tr-1","assessment":{"assessment_name":"n","feedback":{"value":1}}})",
      R"({"trace_id":"tr-1","assessment":{"assessment_id":"","feedback":{"value":1}}})",
  };
  size_t expected_notes = 0;
  for (const char* payload : payloads) {
    CAPTURE(payload);
    desk.append(journal::NewEvent{std::string(kAssessmentCreate), payload});
    CHECK(desk.annotations.notes().size() == ++expected_notes);
  }
  desk.append(journal::NewEvent{std::string(kAssessmentCreate), R"({"no":"trace"})"});
  desk.append(journal::NewEvent{std::string(kAssessmentCreate), R"({"trace_id":7})"});
  CHECK(desk.dataset.assessments(row).size() == 2);
}

TEST_CASE("events of a newer version are kept and ignored") {
  Desk desk;
  const TraceRow row = desk.add_trace("tr-1");
  journal::NewEvent event = create("tr-1", "a-3");
  event.version = 2;
  desk.append(event);
  CHECK(desk.annotations.ignored_events() == 1);
  CHECK(desk.dataset.assessments(row).empty());
}

TEST_CASE("events that arrive late take their place in time") {
  Desk a("s-a"), b("s-b");
  const TraceRow row = a.add_trace("tr-1", kImported);
  const auto early = b.journal.append({update("tr-1", "a-1", R"("rationale":"early")")}, 100);
  a.append(update("tr-1", "a-1", R"("rationale":"late")"), 200);
  a.journal.load_lines(early.lines);
  a.annotations.sync();
  CHECK(a.find(row, "a-1")->rationale == "late");
  CHECK(a.annotations.history("tr-1") == std::vector<uint32_t>{1, 0});
}

// The chain of overrides that a real MLflow 3.11 exported, played again.
TEST_CASE("MLflow's own override chain comes out the same") {
  const std::string text = read_file(samples_dir() + "traces/crm-email-prod.jsonl");
  if (text.empty()) SKIP("the MLflow samples are not here");
  size_t chains = 0, assessments = 0;
  for (const std::string& line : lines_of(text)) {
    const Tree info = tree_of(line).at("info");
    if (!info.has("assessments")) continue;
    const std::string trace_id = info.at("trace_id").scalar;
    Desk source, desk;
    const TraceRow from = source.filler.add(line);
    const TraceRow to = desk.add_trace(trace_id);
    for (Assessment a : source.dataset.assessments(from)) {
      chains += a.overrides.empty() ? 0 : 1;
      a.valid = true;  // as it was when it was made
      const Status applied = desk.apply(create_event_of(a, trace_id));
      INFO((applied.ok() ? "" : applied.error().what) << store::assessment_to_json(a, trace_id));
      REQUIRE(applied.ok());
    }
    const auto& expected = info.at("assessments").elements;
    const auto& got = desk.dataset.assessments(to);
    REQUIRE(got.size() == expected.size());
    for (size_t i = 0; i < got.size(); ++i) {
      CHECK(tree_of(store::assessment_to_json(got[i], trace_id)) == expected[i]);
      ++assessments;
    }
  }
  CHECK(chains == 2);
  CHECK(assessments > 200);
}

}  // namespace
}  // namespace assay::annot
