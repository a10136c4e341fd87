// Sessions, comparison, error analysis and feedback files through real clicks and keys.
#include <catch2/catch_test_macros.hpp>

#include "tests/ui/view_page.h"
#include "ui/views/session_view.h"
#include "ui/views/text_diff.h"
#include "ui/views/trace_compare.h"

using namespace assay;
using namespace assay::ui;
using app::CommandId;
using assay::tests::ViewPage;

namespace {

std::string span(const std::string& id, const std::string& parent, const std::string& name, const std::string& type,
                 const std::string& in, const std::string& out) {
  return R"({"trace_id":"5b8efff798038103d269b633813fc60c","span_id":")" + id + R"(","parent_span_id":)" +
         (parent.empty() ? "null" : "\"" + parent + "\"") + R"(,"name":")" + name +
         R"(","start_time_unix_nano":100,"end_time_unix_nano":900,"status":{"code":"STATUS_CODE_OK"},"attributes":{"mlflow.spanType":"\")" +
         type + R"(\"","mlflow.spanInputs":"\")" + in + R"(\"","mlflow.spanOutputs":"\")" + out + R"(\""}})";
}

std::string trace(const std::string& id, int minute, const std::string& session, const std::string& spans,
                  const std::string& assessments = "", const std::string& client = "") {
  std::string info = R"({"info":{"trace_id":")" + id + R"(","request_time":"2026-11-24T06:0)" + std::to_string(minute) +
                     R"(:00Z","state":"OK","execution_duration":"1.5s")";
  if (!client.empty()) info += R"(,"client_request_id":")" + client + "\"";
  if (!session.empty()) info += R"(,"trace_metadata":{"mlflow.trace.session":")" + session + "\"}";
  if (!assessments.empty()) info += R"(,"assessments":[)" + assessments + "]";
  return info + R"(},"data":{"spans":[)" + spans + "]}}\n";
}

const std::string kRoot = "0000000000000001", kOne = "0000000000000002", kTwo = "0000000000000003";

std::string session_file() {
  const std::string whole =
      R"({"assessment_id":"a-1","assessment_name":"frustration","trace_id":"tr-1","source":{"source_type":"LLM_JUDGE","source_id":"m"},"create_time":"2026-11-24T06:00:00Z","last_update_time":"2026-11-24T06:00:00Z","feedback":{"value":"resolved"},"metadata":{"mlflow.trace.session":"s-1"},"valid":true})";
  // The file has them out of order.
  return trace("tr-2", 2, "s-1", span(kRoot, "", "chat", "CHAIN", "and then?", "the end")) +
         trace("tr-1", 1, "s-1", span(kRoot, "", "chat", "CHAIN", "tell me", "once upon"), whole) +
         trace("tr-3", 3, "s-2", span(kRoot, "", "chat", "CHAIN", "other", "words"));
}

}  // namespace

TEST_CASE("The turns of a session show values as the reader does, and why one failed", "[views][session]") {
  ViewPage p;
  p.open_example();
  p.command(CommandId::SessionOpen, {{"session_id", "s-bluebird"}});
  p.settle();
  std::string customers, failures;
  for (const kit::SemNode& node : p.h->semantics().nodes()) {
    const std::string_view id = p.h->semantics().id_of(node);
    if (id.find(".user.field[customer]") != std::string_view::npos) customers += p.h->semantics().value_of(node);
    if (id.ends_with(".assistant.failure")) failures += p.h->semantics().value_of(node);
  }
  CHECK(customers.starts_with("Bluebird Clinic"));
  CHECK(failures.starts_with("TimeoutError"));
  CHECK(p.h->semantics_problems() == "");
}

TEST_CASE("A session is read as a conversation, in the order of time", "[views][session]") {
  ViewPage p;
  p.open("s.jsonl", session_file());
  p.settle();
  p.command(CommandId::TraceOpen, {{"trace_id", "tr-2"}});
  p.click("reader.session");
  CHECK(p.session().route().session_id == "s-1");
  CHECK(app::encode_route(p.session().route()).find("session=s-1") != std::string::npos);
  REQUIRE(p.h->has("session.turn[tr-1]"));
  CHECK(p.h->node("session.turn[tr-1]").rect.y0 < p.h->node("session.turn[tr-2]").rect.y0);
  CHECK_FALSE(p.h->has("session.turn[tr-3]"));
  CHECK(p.h->value("session.turn[tr-1].user") == "tell me");
  CHECK(p.h->value("session.turn[tr-2].assistant") == "the end");
  CHECK(p.h->name("session.assessment[a-1].value") == "resolved");
  CHECK(p.h->semantics_problems() == "");
  // An assessment of the whole session goes to its earliest trace.
  p.click("session.assess");
  p.type("session.name", "goal_reached");
  p.click("session.value[yes]");
  p.click("session.save");
  bool found = false;
  for (const store::Assessment& a : p.session().dataset().assessments(*p.session().dataset().find_trace("tr-1"))) {
    if (a.name != "goal_reached") continue;
    found = true;
    CHECK(store::metadata_value(a, store::kSessionKey) == "s-1");
  }
  CHECK(found);
  p.click("session.turn[tr-1]");
  CHECK(p.session().route().session_id.empty());
  CHECK(p.session().route().trace_id == "tr-1");
}

TEST_CASE("Escape closes a session and goes back to its trace", "[views][session]") {
  ViewPage p;
  p.open("s.jsonl", session_file());
  p.settle();
  p.command(CommandId::TraceOpen, {{"trace_id", "tr-2"}});
  p.command(CommandId::SessionOpen, {{"session_id", "s-1"}});
  REQUIRE(p.h->has("session.title"));
  p.key("Escape");
  CHECK(p.h->has("reader.title"));
  p.command(CommandId::SessionOpen, {{"session_id", "gone"}});
  CHECK(p.h->has("session.missing"));
}

TEST_CASE("Two traces are aligned, and the first divergence is found", "[views][compare]") {
  ViewPage p;
  const auto file = trace("tr-a", 1, "", span(kRoot, "", "agent", "AGENT", "q", "old answer here") + "," +
                                             span(kOne, kRoot, "search", "TOOL", "x", "y")) +
                    trace("tr-b", 2, "", span(kRoot, "", "agent", "AGENT", "q", "new answer here") + "," +
                                             span(kOne, kRoot, "search", "TOOL", "x", "y") + "," +
                                             span(kTwo, kRoot, "mail", "LLM", "m", "n"));
  p.open("two.jsonl", file);
  p.settle();
  p.command(CommandId::SelectAll);
  p.click("traces.compare");
  CHECK_FALSE(p.session().route().compare_id.empty());
  p.command(CommandId::CompareOpen, {{"trace_id", "tr-a"}, {"with", "tr-b"}});
  CHECK(p.h->name("compare.summary") == "1 the same · 1 changed · 0 only in A · 1 only in B");
  // The mail came before the answer went another way.
  CHECK(p.h->name("compare.span_title") == "mail");
  p.click("compare.line[0]");
  CHECK(p.h->value("compare.outputs.text") == "oldnew answer here");
  CHECK(p.h->has("compare.inputs.same"));
  CHECK(p.h->semantics_problems() == "");
  p.click("compare.next");
  CHECK(p.h->name("compare.span_title") == "mail");
  p.click("compare.swap");
  CHECK(p.session().route().trace_id == "tr-b");
  CHECK(p.session().route().compare_id == "tr-a");
  const std::string address = app::encode_route(p.session().route());
  CHECK(app::decode_route(address) == p.session().route());
  p.key("Escape");
  CHECK(p.h->has("reader.title"));
  p.command(CommandId::CompareOpen, {{"with", "tr-gone"}});
  CHECK(p.h->has("compare.missing"));
}

TEST_CASE("Differences of texts are told word by word", "[views][compare]") {
  const TextDiff diff = diff_texts("The quick brown fox", "The slow brown dog");
  std::string print;
  for (const TextDiff::Run& run : diff.runs) {
    const std::string text = diff.text.substr(run.from, run.to - run.from);
    print += run.kind == TextDiff::Kind::Same ? text : (run.kind == TextDiff::Kind::Added ? "{+" : "{-") + text + "}";
  }
  CHECK(print == "The {-quick}{+slow} brown {-fox}{+dog}");
  // Words that two texts have by chance stand with what was changed around them.
  const TextDiff other = diff_texts("Just check in with the client", "Ask for a short quote in writing");
  std::string removed, added;
  for (const TextDiff::Run& run : other.runs) {
    const std::string part = other.text.substr(run.from, run.to - run.from);
    if (run.kind != TextDiff::Kind::Added) removed += part;
    if (run.kind != TextDiff::Kind::Removed) added += part;
  }
  CHECK(removed == "Just check in with the client");
  CHECK(added == "Ask for a short quote in writing");
  CHECK(other.runs.size() == 2);
  CHECK(diff_texts("", "").same());
  CHECK(diff_texts("same", "same").same());
  CHECK(diff_texts("你好世界", "你好中国").text == "你好世界中国");
}

TEST_CASE("Notes become failure modes with keys, with rates, and modes are renamed", "[views][analysis]") {
  ViewPage p;
  p.open("s.jsonl", session_file());
  p.settle();
  p.command(CommandId::GoAnalysis);
  CHECK(p.h->has("analysis.title"));
  REQUIRE(p.h->has("analysis.next[tr-1]"));
  CHECK(p.h->semantics_problems() == "");
  p.click("analysis.next[tr-1]");
  REQUIRE(p.h->has("note.text"));
  p.type("note.text", "answers in rhymes");
  p.key("Enter");
  p.settle();
  p.command(CommandId::TraceOpen, {{"trace_id", "tr-2"}});
  p.type("note.text", "stops too early");
  p.key("Enter");
  p.settle();
  CHECK(p.h->semantics_problems() == "");
  p.command(CommandId::GoAnalysis);
  CHECK(p.h->name("analysis.counts") == "2 traces reviewed · 2 notes");
  p.type("analysis.new_mode", "style");
  p.key("Enter");
  p.settle();
  REQUIRE(p.h->has("analysis.mode[style]"));
  CHECK(p.h->value("analysis.mode[style]").starts_with("1 of 2"));
  // The number key codes the note that is left.
  p.click("analysis.notes");
  p.key("1");
  CHECK(p.h->value("analysis.mode[style]").starts_with("2 of 2"));
  CHECK_FALSE(p.h->has("analysis.coverage"));  // two failures say nothing of the next
  p.click("analysis.mode[style].rename");
  p.type("analysis.new_name", "tone");
  p.key("Enter");
  p.settle();
  CHECK(p.h->has("analysis.mode[tone]"));
  CHECK_FALSE(p.h->has("analysis.mode[style]"));
  p.key("Mod+Z");
  CHECK(p.h->has("analysis.mode[style]"));
  p.click("analysis.mode[style]");
  CHECK(p.session().route().query == "feedback.failure_mode = 'style'");
  CHECK(p.session().traces().rows().size() == 2);
}

TEST_CASE("Feedback files are joined to traces, and what matches nothing is told", "[views][feedback]") {
  ViewPage p;
  p.open("t.jsonl", trace("tr-1", 1, "", span(kRoot, "", "chat", "CHAIN", "a", "b")) +
                        trace("tr-2", 2, "", span(kRoot, "", "chat", "CHAIN", "a", "b"), "", "client-2"));
  p.settle();
  const std::string file =
      "{\"trace_id\":\"tr-1\",\"name\":\"helpful\",\"value\":\"up\",\"user\":\"ann\",\"rationale\":\"nice\"}\n"
      "{\"client_request_id\":\"client-2\",\"rating\":2}\n"
      "{\"trace_id\":\"tr-9\",\"rating\":2}\n";
  p.open("feedback.jsonl", file);
  p.settle();
  const auto& dataset = p.session().dataset();
  CHECK(dataset.trace_count() == 2);
  const auto& first = dataset.assessments(*dataset.find_trace("tr-1"));
  REQUIRE(first.size() == 1);
  CHECK(first[0].source_type == store::SourceType::Human);
  CHECK(first[0].source_id == "ann");
  CHECK(first[0].value_json == "true");
  CHECK(first[0].rationale == "nice");
  REQUIRE(dataset.assessments(*dataset.find_trace("tr-2")).size() == 1);
  CHECK(p.session().import_reports().back().count(ingest::IssueKind::UnmatchedFeedback) == 1);
  CHECK(p.session().import_reports().back().assessments == 2);
  p.open("feedback.jsonl", file);  // again
  p.settle();
  CHECK(dataset.assessments(*dataset.find_trace("tr-1")).size() == 1);
  p.command(CommandId::Undo);
  CHECK(dataset.assessments(*dataset.find_trace("tr-1")).empty());
  CHECK(dataset.assessments(*dataset.find_trace("tr-2")).empty());
}
