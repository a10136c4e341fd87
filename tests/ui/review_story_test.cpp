// A review by keyboard alone, without a screen: questions, a queue, answers, skip, decline, undo, notes, resume.
#include <catch2/catch_test_macros.hpp>

#include "core/review/labels.h"
#include "tests/ui/view_page.h"
#include "ui/kit/popups.h"

using namespace assay;
using app::CommandId;
using assay::tests::ViewPage;

namespace {

constexpr const char* kCorrect =
    R"({"name":"correct","title":"Is it right?","instruction":"Check the facts","enable_comment":true,"input":"pass_fail"})";
constexpr const char* kTone = R"({"name":"tone","input":{"options":["kind","plain","cold"]}})";
constexpr const char* kFaults = R"({"name":"faults","input":{"options":["long","vague"],"multi_select":true}})";
constexpr const char* kStars = R"({"name":"stars","input":{"type":"numeric","min_value":1,"max_value":5}})";

void begin(ViewPage& p, std::initializer_list<const char*> schemas) {
  p.open_example();
  std::string names;
  for (const char* schema : schemas) {
    p.command(CommandId::SchemaSave, {{"schema", schema}});
    names += p.session().review().schemas().back().schema.name + "\n";
  }
  p.command(CommandId::QueueCreate, {{"name", "First look"}, {"schemas", names}, {"scope", "matching"}});
  p.settle();
}

std::string item(const ViewPage& p) { return p.session().route().item_id; }
const review::Queue& queue(const ViewPage& p) { return p.session().review().queues().back(); }
std::string said(const ViewPage& p, const std::string& trace, const std::string& name) {
  const review::SchemaEntry* entry = p.session().review().find_schema(name);
  const auto row = p.session().dataset().find_trace(trace);
  const store::Assessment* label =
      review::label_of(p.session().dataset().assessments(*row), entry->schema, p.session().reviewer());
  return label == nullptr ? "" : label->value_json;
}

}  // namespace

TEST_CASE("Keys answer, skip, decline and undo; each answer leads on", "[views]") {
  ViewPage p;
  begin(p, {kCorrect});
  const auto traces = queue(p).trace_ids;
  CHECK(item(p) == traces[0]);
  CHECK(p.h->semantics_problems() == "");
  p.key("Y");
  CHECK(said(p, traces[0], "correct") == "true");
  CHECK(item(p) == traces[1]);
  p.key("N");
  CHECK(said(p, traces[1], "correct") == "false");
  p.key("S");
  p.key("D");
  CHECK(item(p) == traces[4]);
  p.key("U");  // the decline comes back
  CHECK(item(p) == traces[3]);
  CHECK(queue(p).item("default", 3).state == review::ItemState::Pending);
  p.key("1");
  CHECK(said(p, traces[3], "correct") == "true");
  p.key("K");
  CHECK(item(p) == traces[3]);
  p.key("2");  // a second thought about a finished one: it stays there
  CHECK(said(p, traces[3], "correct") == "false");
  CHECK(item(p) == traces[3]);
  p.key("Enter");
  CHECK(item(p) == traces[4]);
  for (int i = 0; i < 3; ++i) p.key("Y");
  CHECK(item(p) == traces[2]);  // what was put off comes last
  p.key("Y");
  CHECK(p.h->has("review.finished"));
  CHECK(p.h->semantics_problems() == "");
}

TEST_CASE("After undo the next key answers what was undone", "[views]") {
  ViewPage p;
  begin(p, {kCorrect, kTone, kStars});
  const auto traces = queue(p).trace_ids;
  p.key("Y");
  p.key("U");
  CHECK(said(p, traces[0], "correct") == "");
  p.key("N");
  CHECK(said(p, traces[0], "correct") == "false");
  p.key("1");
  p.key("U");
  p.key("3");
  CHECK(said(p, traces[0], "tone") == "\"cold\"");
  CHECK(said(p, traces[0], "stars") == "");
  CHECK(item(p) == traces[0]);
}

TEST_CASE("A new question names its two answers in the page's language, and stores MLflow's names", "[views]") {
  ViewPage p;
  p.open_example();
  p.command(CommandId::SettingSet, {{"key", "language"}, {"value", "zh-Hans"}});
  p.click("rail.review");
  p.click("review.first_question");
  CHECK(p.h->value("schema.positive") == "通过");
  CHECK(p.h->value("schema.negative") == "未通过");
  p.type("schema.name", "correct");
  p.type("schema.negative", "不对");
  p.click("schema.save");
  const review::SchemaEntry* entry = p.session().review().find_schema("correct");
  REQUIRE(entry != nullptr);
  CHECK(entry->schema.positive_label == "Pass");
  CHECK(entry->schema.negative_label == "不对");
  p.type("schema.negative", "未通过");
  p.click("schema.save");
  CHECK(p.session().review().find_schema("correct")->schema.negative_label == "Fail");
  p.command(CommandId::SettingSet, {{"key", "language"}, {"value", "en"}});
  p.settle();
  CHECK(p.h->value("schema.positive") == "Pass");
  CHECK(p.h->value("schema.negative") == "Fail");
}

TEST_CASE("Several questions of every kind by keys, with a note", "[views]") {
  ViewPage p;
  begin(p, {kCorrect, kTone, kFaults, kStars});
  const auto traces = queue(p).trace_ids;
  p.key("C");
  p.settle();
  REQUIRE(p.h->has("question[correct].note"));
  p.type("question[correct].note", "Seen with my own eyes");
  p.click("question[correct].answer[pass]");
  CHECK(item(p) == traces[0]);
  CHECK(said(p, traces[0], "correct") == "true");
  p.key("2");
  CHECK(said(p, traces[0], "tone") == "\"plain\"");
  p.key("1");
  p.key("2");
  p.key("1");
  p.key("Enter");
  CHECK(said(p, traces[0], "faults") == "[\"vague\"]");
  CHECK(item(p) == traces[0]);
  p.key("4");
  CHECK(said(p, traces[0], "stars") == "4.0");
  CHECK(item(p) == traces[1]);
  const auto row = p.session().dataset().find_trace(traces[0]);
  CHECK(review::label_of(p.session().dataset().assessments(*row), p.session().review().find_schema("correct")->schema,
                         "default")->rationale == "Seen with my own eyes");
  // Enter says what is missing.
  p.key("Enter");
  CHECK(p.h->has("item.message"));
  CHECK(item(p) == traces[1]);
  CHECK(p.h->semantics_problems() == "");
}

TEST_CASE("The question that keys answer is brought into view, and a text one can be written at once", "[views]") {
  ViewPage p(ImVec2(1280, 520));
  begin(p, {kCorrect, kTone, kFaults, kStars, R"({"name":"words","input":{"type":"text"}})"});
  const auto seen = [&p](std::string_view id) {
    const kit::Rect& rect = p.h->node(id).rect;
    return rect.height() > 20 && rect.y0 >= 0 && rect.y1 <= p.h->node("review.acts").rect.y0 + 1;
  };
  CHECK(seen("question[correct].answer[pass]"));
  CHECK_FALSE(seen("question[stars].answer[5]"));
  p.key("Y");
  p.key("2");
  CHECK(seen("question[faults].answer[1]"));
  p.key("1");
  p.key("Enter");
  CHECK(seen("question[stars].answer[5]"));
  p.key("4");
  CHECK(seen("question[words].answer"));
  p.h->type_text("in my own words");
  p.h->key("Mod+Enter");
  p.settle();
  CHECK(said(p, queue(p).trace_ids[0], "words") == "\"in my own words\"");
  CHECK(item(p) == queue(p).trace_ids[1]);
  CHECK(seen("question[correct].answer[pass]"));
  // An item of which the first answers are there already.
  const std::string begun = queue(p).trace_ids[4];
  for (const auto& [schema, answer] : {std::pair{"correct", "true"}, {"tone", "kind"}, {"faults", "[]"}})
    p.command(CommandId::ReviewAnswer, {{"queue_id", queue(p).queue_id}, {"trace_id", begun}, {"schema", schema}, {"answer", answer}});
  p.command(CommandId::ReviewItem, {{"trace_id", begun}});
  p.settle();
  REQUIRE(item(p) == begun);
  CHECK(seen("question[stars].answer[5]"));
}

TEST_CASE("What is still unanswered may take several lines; the buttons stay on the screen", "[views]") {
  ViewPage p(ImVec2(1280, 520));
  begin(p, {R"({"name":"long","title":"Is what the assistant has written right in every detail, complete, kind, and does it really help the customer with what was asked?","input":"pass_fail"})"});
  p.key("Enter");
  REQUIRE(p.h->has("item.message"));
  CHECK(p.h->node("item.undo").rect.height() > 20);
  CHECK(p.h->node("item.undo").rect.y1 <= 520 - 8);
}

TEST_CASE("Several choices are listed by their names", "[views]") {
  ViewPage p;
  begin(p, {kFaults, kStars});
  const std::string id = "queue.item[" + queue(p).trace_ids[0] + "]";
  for (const char* key : {"1", "2", "Enter"}) p.key(key);
  CHECK(p.h->value(id).find("long, vague") != std::string::npos);
}

TEST_CASE("A note that is begun and left is there when its item is open again", "[views]") {
  ViewPage p;
  begin(p, {kCorrect, kStars});
  const auto traces = queue(p).trace_ids;
  p.key("C");
  p.settle();
  p.type("question[correct].note", "Not sure yet");
  p.command(CommandId::ReviewItem, {{"trace_id", traces[3]}});
  p.settle();
  REQUIRE(item(p) == traces[3]);
  CHECK_FALSE(p.h->has("question[correct].note"));
  p.command(CommandId::ReviewItem, {{"trace_id", traces[0]}});
  p.settle();
  REQUIRE(p.h->has("question[correct].note"));
  CHECK(p.h->value("question[correct].note") == "Not sure yet");
  p.click("question[correct].answer[pass]");
  const auto row = p.session().dataset().find_trace(traces[0]);
  CHECK(review::label_of(p.session().dataset().assessments(*row), p.session().review().find_schema("correct")->schema,
                         "default")->rationale == "Not sure yet");
}

TEST_CASE("A note right after the last answer is about what was answered", "[views]") {
  ViewPage p;
  begin(p, {kCorrect});
  const auto traces = queue(p).trace_ids;
  p.key("Y");
  REQUIRE(item(p) == traces[1]);
  p.key("C");
  p.settle();
  CHECK(item(p) == traces[0]);
  CHECK(p.h->has("item.message"));
  REQUIRE(p.h->has("question[correct].note"));
  p.type("question[correct].note", "About the first");
  p.click("queue.item[" + traces[1] + "]");
  const auto reason = [&](size_t at) {
    const auto row = p.session().dataset().find_trace(traces[at]);
    const store::Assessment* label = review::label_of(p.session().dataset().assessments(*row),
                                                      p.session().review().find_schema("correct")->schema, "default");
    return label == nullptr ? std::string("none") : label->rationale;
  };
  CHECK(reason(0) == "About the first");
  // Later, a note is about what is open.
  p.h->frames(400);
  p.key("C");
  p.settle();
  CHECK(item(p) == traces[1]);
  CHECK(p.h->has("question[correct].note"));
}

TEST_CASE("A name is asked for before the first label", "[views]") {
  ViewPage p;
  begin(p, {kCorrect});
  REQUIRE(p.h->has("item.reviewer"));
  p.type("item.reviewer", "Ann");
  p.key("Enter");
  p.settle();
  CHECK(p.session().reviewer() == "Ann");
  CHECK_FALSE(p.h->has("item.reviewer"));
  CHECK(p.h->semantics_problems() == "");
}

TEST_CASE("Questions are written, changed and retired in the page", "[views]") {
  ViewPage p;
  p.open_example();
  p.click("rail.review");
  p.click("review.first_question");
  p.type("schema.name", "helpful");
  p.click("schema.input");
  p.click("schema.input[categorical]");
  p.click("schema.save");
  CHECK(p.h->has("schema.error"));  // no options yet
  p.type("schema.options", "a lot\nsome\nnot at all");
  p.click("schema.save");
  const review::SchemaEntry* entry = p.session().review().find_schema("helpful");
  REQUIRE(entry != nullptr);
  CHECK(entry->schema.options.size() == 3);
  p.settle();
  p.type("schema.instruction", "For the person who asked");
  CHECK(p.h->has("schema.will_change"));
  p.click("schema.save");
  CHECK(p.session().review().find_schema("helpful")->version == 2);
  CHECK(p.h->semantics_problems() == "");
  p.click("review.tab[queues]");
  p.click("review.new");
  CHECK(p.h->semantics_problems() == "");
  p.type("queue.name", "Mine");
  p.click("queue.scope[sample]");
  p.type("queue.size", "3");
  p.click("queue.create");
  CHECK(queue(p).trace_ids.size() == 3);
  CHECK(p.h->has("question[helpful].answer[0]"));
  p.click("queue.back");
  const std::string row = "queues.row[" + queue(p).queue_id + "]";
  CHECK(p.h->has(row));
  p.click(row);
  p.click("queue.archive");
  CHECK_FALSE(p.h->has(row));
  p.key("Mod+Z");
  p.settle();
  p.command(CommandId::ReviewShow, {{"tab", "queues"}});
  CHECK(p.h->has(row));
  p.command(CommandId::ReviewShow, {{"tab", "questions"}});
  p.click("schema.retire");
  CHECK(p.session().review().find_schema("helpful")->retired);
  CHECK(p.h->semantics_problems() == "");
}

TEST_CASE("A review fits every window, in both languages", "[views]") {
  for (const ImVec2 size : {ImVec2(1440, 900), ImVec2(900, 640), ImVec2(420, 800)}) {
    ViewPage p(size);
    p.command(CommandId::SettingSet, {{"key", "language"}, {"value", size.x < 1000 ? "zh-Hans" : "en"}});
    begin(p, {kCorrect, kTone, kFaults, kStars});
    CHECK(p.h->semantics_problems() == "");
    p.command(CommandId::QueueClose);
    for (const char* tab : {"", "questions", "agreement"}) {
      p.command(CommandId::ReviewShow, {{"tab", tab}});
      p.settle();
      CHECK(p.h->semantics_problems() == "");
    }
  }
}

TEST_CASE("Agreement and calibration are shown, and a disagreement is decided", "[views]") {
  ViewPage p;
  p.open_example();
  p.command(CommandId::SchemaSave, {{"schema", kCorrect}});
  const auto label = [&](size_t at, const char* who, const char* value) {
    p.command(CommandId::SettingSet, {{"key", "author"}, {"value", who}});
    p.command(CommandId::AssessmentAdd, {{"trace_id", p.trace_at(at)}, {"kind", "feedback"}, {"name", "correct"},
                                         {"value_type", "boolean"}, {"value", value}});
  };
  for (size_t i = 0; i < 6; ++i) {
    label(i, "Ann", i < 4 ? "yes" : "no");
    label(i, "Bob", i < 3 ? "yes" : "no");
  }
  p.command(CommandId::SettingSet, {{"key", "author"}, {"value", "Cleo"}});
  p.click("rail.review");
  p.click("review.tab[agreement]");
  p.settle();
  const auto text = [&](const char* id) { return p.h->name(id); };
  CHECK(text("agreement.raw").find("83%") != std::string::npos);
  CHECK(text("agreement.pair[Ann and Bob].kappa").find("0.667") != std::string::npos);
  CHECK(p.h->semantics_problems() == "");
  const std::string trace = p.trace_at(3);
  p.click("differ[" + trace + "].choose[0]");
  CHECK(p.h->has("agreement.show_settled"));
  const auto row = p.session().dataset().find_trace(trace);
  const store::Assessment& decided = p.session().dataset().assessments(*row).back();
  CHECK(decided.source_id == "Cleo");
  CHECK(review::is_adjudicated(decided));
  CHECK(decided.value_json == "true");
  p.key("Mod+Z");
  CHECK(p.h->has("differ[" + trace + "].choose[0]"));
}

TEST_CASE("Many traces are assessed in one dialogue and taken back by one undo", "[views]") {
  ViewPage p;
  p.open_example();
  p.click("traces.check[" + p.trace_at(0) + "]");
  p.click("traces.check[" + p.trace_at(2) + "]");
  p.click("traces.assess");
  CHECK(p.h->semantics_problems() == "");
  p.click("bulk.save");
  CHECK(p.h->has("bulk.error"));
  p.type("bulk.name", "usable");
  p.click("bulk.value[no]");
  p.click("bulk.save");
  CHECK(p.assessments_named(0, "usable").size() == 1);
  CHECK(p.assessments_named(1, "usable").empty());
  CHECK(p.assessments_named(2, "usable").size() == 1);
  p.key("Mod+Z");
  CHECK(p.assessments_named(0, "usable").empty());
  CHECK(p.assessments_named(2, "usable").empty());
}

TEST_CASE("A cell of the table is edited in place: right click, or a key on its row", "[views]") {
  ViewPage p;
  p.open_example();
  p.command(CommandId::AssessmentAdd, {{"trace_id", p.trace_at(0)}, {"kind", "feedback"}, {"name", "mine"},
                                       {"value_type", "boolean"}, {"value", "true"}});
  p.h->right_click("traces.row[" + p.trace_at(0) + "]");
  p.settle();
  REQUIRE(p.h->has("cell.save"));
  CHECK(p.h->semantics_problems() == "");
  p.click("cell.cancel");
  p.command(CommandId::AssessmentAdd, {{"trace_id", p.trace_at(0)}, {"kind", "feedback"}, {"name", "mine2"},
                                       {"value_type", "number"}, {"value", "3"}});
  p.h->right_click("traces.row[" + p.trace_at(1) + "]");
  p.settle();
  REQUIRE(p.h->has("cell.name"));
  p.type("cell.name", "mine");
  p.click("cell.type[boolean]");
  p.click("cell.value[no]");
  p.click("cell.save");
  REQUIRE(p.assessments_named(1, "mine").size() == 1);
  CHECK(p.assessments_named(1, "mine")[0]->value_json == "false");
  // The same cell again changes the label instead of adding one.
  p.h->right_click("traces.row[" + p.trace_at(1) + "]");
  p.settle();
  CHECK_FALSE(p.h->has("cell.name"));
  p.click("cell.value[yes]");
  p.click("cell.save");
  REQUIRE(p.assessments_named(1, "mine").size() == 1);
  CHECK(p.assessments_named(1, "mine")[0]->value_json == "true");
}

TEST_CASE("A queue of spans: each shows its own input and output and its place, and is labelled by itself", "[views][spans]") {
  ViewPage p;
  p.open_example();
  p.command(CommandId::SchemaSave, {{"schema", kCorrect}});
  p.command(CommandId::ReviewShow, {{"tab", ""}});
  p.settle();
  p.click("review.new");
  p.click("queue.scope[spans]");
  CHECK(p.h->semantics_problems() == "");
  p.click("queue.span_type");
  p.click("queue.span_type[RETRIEVER]");
  p.click("queue.create");
  REQUIRE_FALSE(p.session().review().queues().empty());
  const review::Queue& made = queue(p);
  REQUIRE(made.of_spans());
  REQUIRE(made.span_ids.size() == made.trace_ids.size());
  CHECK(made.source.spans == "span.type = 'RETRIEVER'");
  const store::Dataset& data = p.session().dataset();
  for (uint32_t i = 0; i < made.trace_ids.size(); ++i) {
    const auto span = data.find_span(*data.find_trace(made.trace_ids[i]), made.span_ids[i]);
    REQUIRE(span);
    CHECK(data.name_text(data.span_type(*span)) == "RETRIEVER");
  }
  CHECK(item(p) == made.key(0));
  CHECK(p.h->has("item.path"));
  CHECK(p.h->name("item.span_facts").starts_with("RETRIEVER"));
  CHECK(p.h->has("item.document[0].text"));
  CHECK(p.h->semantics_problems() == "");
  const std::string trace = made.trace_ids[0], span = made.span_ids[0];
  p.key("N");
  const review::SchemaEntry* entry = p.session().review().find_schema("correct");
  const auto& all = data.assessments(*data.find_trace(trace));
  const store::Assessment* label = review::label_of(all, entry->schema, p.session().reviewer(), span);
  REQUIRE(label != nullptr);
  CHECK(label->span_id == span);
  CHECK(label->value_json == "false");
  CHECK(review::label_of(all, entry->schema, p.session().reviewer()) == nullptr);  // not of the whole trace
  CHECK(item(p) == queue(p).key(1));
  CHECK(queue(p).item("default", 0).state == review::ItemState::Complete);
  p.key("S");
  CHECK(item(p) == queue(p).key(2));
  p.key("U");
  CHECK(item(p) == queue(p).key(1));
  p.key("U");  // the answer comes back, and with it its item
  CHECK(item(p) == queue(p).key(0));
  CHECK(queue(p).item("default", 0).state == review::ItemState::Pending);
  // The list says what an item is about and what was said.
  p.key("Y");
  const std::string listed = "queue.item[" + queue(p).key(0) + "]";
  REQUIRE(p.h->has(listed));
  CHECK(p.h->value(listed).find("Pass") != std::string::npos);
}

TEST_CASE("A trace that is opened from a blind queue hides what others said until one shows it", "[views][blind]") {
  ViewPage p;
  begin(p, {kCorrect});
  const std::string trace = item(p);
  p.key("Y");
  p.command(CommandId::ReviewItem, {{"trace_id", trace}});
  p.settle();
  p.click("item.open");
  REQUIRE(p.h->has("blind.text"));
  CHECK(p.h->semantics_problems() == "");
  const auto& all = p.session().dataset().assessments(*p.session().dataset().find_trace(trace));
  size_t others = 0;
  const auto check = [&](bool hidden) {
    others = 0;
    for (const store::Assessment& a : all) {
      const bool own = a.source_type == store::SourceType::Human && a.source_id == p.session().reviewer();
      others += own ? 0 : 1;
      if (a.valid) CHECK(p.h->has("assess[" + a.assessment_id + "].value") == (own || !hidden));
    }
  };
  check(true);
  CHECK(p.h->tree().find("facet.feedback") == std::string::npos);
  p.key("Shift+B");
  CHECK_FALSE(p.h->has("blind.text"));
  check(false);
  p.key("Shift+B");
  check(true);
  p.click("blind.end");
  check(false);
}

TEST_CASE("Reading blind, columns, facets, the record, notes, agreement and verdicts give nothing away", "[views][blind]") {
  ViewPage p;
  p.open_example();
  const std::string trace = [&] {
    for (uint32_t i = 0; i < p.session().dataset().trace_count(); ++i)
      if (!p.session().dataset().assessments(store::TraceRow{i}).empty()) return std::string(p.session().dataset().trace_id(store::TraceRow{i}));
    return std::string();
  }();
  REQUIRE_FALSE(trace.empty());
  const std::string name = p.session().dataset().assessments(*p.session().dataset().find_trace(trace)).front().name;
  p.settle();
  REQUIRE(p.h->has("traces.header[assessment:" + name + "]"));
  p.key("Shift+B");
  p.settle();
  CHECK_FALSE(p.h->has("traces.header[assessment:" + name + "]"));
  CHECK(p.h->tree().find(name) == std::string::npos);
  // A cell is edited as if nobody had said anything; the names offered are one's own.
  p.command(CommandId::TraceOpen, {{"trace_id", trace}});
  p.click("reader.tab[json]");
  CHECK(p.h->tree().find(name) == std::string::npos);
  CHECK(p.h->semantics_problems() == "");
  p.command(CommandId::TraceClose);
  p.command(CommandId::SearchSet, {{"query", "feedback." + name + " IS NOT NULL"}});
  p.settle();
  CHECK(p.session().traces().rows().empty());
  p.command(CommandId::SearchSet, {{"query", ""}});
  p.command(CommandId::ReviewShow, {{"tab", "agreement"}});
  REQUIRE(p.h->has("blind.hidden"));
  CHECK(p.h->tree().find(name) == std::string::npos);
  CHECK(p.h->semantics_problems() == "");
  p.click("blind.end");
  CHECK_FALSE(p.h->has("blind.hidden"));
  CHECK(p.h->tree().find(name) != std::string::npos);
  p.command(CommandId::GoTraces);
  p.settle();
  CHECK(p.h->has("traces.header[assessment:" + name + "]"));
}

TEST_CASE("Questions stand beside every trace and are answered by a press or a digit", "[views][labels]") {
  ViewPage p;
  p.open_example();
  p.command(CommandId::SchemaSave, {{"schema", kCorrect}});
  p.command(CommandId::SchemaSave, {{"schema", R"({"name":"tags","type":"feedback","input":{"type":"categorical","options":["long","rude"],"multi_select":true}})"}});
  p.command(CommandId::SchemaSave, {{"schema", R"({"name":"stars","type":"feedback","input":{"type":"numeric","min_value":0,"max_value":10}})"}});
  const std::string first = p.trace_at(0), second = p.trace_at(1);
  p.command(CommandId::TraceOpen, {{"trace_id", first}});
  if (!p.h->has("labels.answered")) p.click("reader.tab[assessments]");
  REQUIRE(p.h->has("labels.answered"));
  CHECK(p.h->name("labels.answered").starts_with("0 of 3"));
  CHECK(p.h->semantics_problems() == "");
  const auto value = [&](const std::string& trace, std::string_view name) {
    for (const store::Assessment& a : p.session().dataset().assessments(*p.session().dataset().find_trace(trace)))
      if (a.valid && a.name == name && a.source_id == p.session().reviewer()) return a.value_json;
    return std::string();
  };
  p.key("2");  // the first question: fail
  CHECK(value(first, "correct") == "false");
  p.click("label[correct].answer[0]");
  CHECK(value(first, "correct") == "true");
  p.key("1");  // the next that waits
  p.click("label[tags].answer[1]");
  CHECK(value(first, "tags") == "[\"long\",\"rude\"]");
  p.type("label[stars].answer", "11");
  p.key("Enter");
  CHECK(p.h->has("label[stars].error"));
  p.type("label[stars].answer", "7");
  p.key("Enter");
  CHECK(value(first, "stars") == "7.0");
  CHECK(p.h->name("labels.answered").starts_with("3 of 3"));
  // They stay for the next trace, whose digits are its own.
  p.key("J");
  REQUIRE(p.session().route().trace_id == second);
  CHECK(p.h->name("labels.answered").starts_with("0 of 3"));
  p.key("1");
  CHECK(value(second, "correct") == "true");
  CHECK(value(first, "correct") == "true");
  // Another definition marks what was said before.
  p.command(CommandId::SchemaSave, {{"schema", R"({"name":"tags","type":"feedback","input":{"type":"categorical","options":["short","rude"],"multi_select":true}})"}});
  p.key("K");
  CHECK(p.h->has("label[tags].stale"));
  CHECK(p.h->semantics_problems() == "");
}

TEST_CASE("Tags are set, changed and deleted under a trace's metadata, and set on many at once", "[views][tags]") {
  ViewPage p;
  p.open_example();
  const std::string trace = p.trace_at(0);
  p.command(CommandId::TraceOpen, {{"trace_id", trace}});
  p.click("reader.tab[metadata]");
  const auto tag = [&](size_t position) {
    const store::Dataset& d = p.session().dataset();
    std::string scratch;
    const auto value = d.find_tag(*d.find_trace(p.trace_at(position)), "team");
    return value ? std::string(d.text_now(*value, scratch)) : std::string("-");
  };
  p.type("tag.key", "mlflow.traceName");
  p.click("tag.save");
  REQUIRE(p.h->has("tag.error"));
  p.type("tag.key", "team");
  p.type("tag.value", "sales");
  p.key("Enter");
  CHECK_FALSE(p.h->has("tag.error"));
  REQUIRE(p.h->has("tag[team]"));
  CHECK_FALSE(p.h->has("metadata.tag[team]"));  // the chip says it all
  CHECK(tag(0) == "sales");
  CHECK(p.h->semantics_problems() == "");
  p.click("tag[team]");  // into the line, to be changed
  p.type("tag.value", "support");
  p.key("Enter");
  CHECK(tag(0) == "support");
  p.click("tag[team].remove");
  CHECK_FALSE(p.h->has("tag[team]"));
  p.key("Mod+Z");
  CHECK(tag(0) == "support");
  p.command(CommandId::TraceClose);
  p.click("traces.assess");
  p.click("bulk.kind[tag]");
  p.type("bulk.name", "team");
  p.type("bulk.tag_value", "all");
  CHECK(p.h->semantics_problems() == "");
  p.click("bulk.save");
  CHECK(tag(0) == "all");
  CHECK(tag(6) == "all");
  p.click("traces.assess");
  p.click("bulk.untag");
  CHECK(tag(0) == "-");
  CHECK(tag(6) == "-");
  p.key("Mod+Z");
  CHECK(tag(6) == "all");
  p.key("Mod+Z");
  CHECK(tag(0) == "support");
  CHECK(tag(6) == "-");
  p.command(CommandId::TraceOpen, {{"trace_id", p.trace_at(0)}});
  p.command(CommandId::TagSet, {{"trace_id", p.trace_at(0)}, {"key", "team"}, {"value", std::string(60, 'x')}});
  CHECK(p.h->has("metadata.tag[team]"));  // in full
}

TEST_CASE("An assessment's metadata is entered, shown, and added to", "[views][annotate]") {
  ViewPage p;
  p.open_example();
  p.command(CommandId::TraceOpen, {{"trace_id", p.trace_at(0)}});
  p.key("A");
  p.type("annotate.name", "quality");
  p.click("annotate.value[yes]");
  p.click("annotate.metadata.open");
  p.type("annotate.metadata", "no sign of equality");
  p.click("annotate.save");
  CHECK(p.h->has("annotate.error"));
  CHECK(p.assessments_named(0, "quality").empty());
  p.type("annotate.metadata", "round=2\nrubric = v1=b");
  p.click("annotate.save");
  REQUIRE(p.assessments_named(0, "quality").size() == 1);
  const store::Assessment& made = *p.assessments_named(0, "quality")[0];
  CHECK(store::metadata_value(made, "round") == "2");
  CHECK(store::metadata_value(made, "rubric") == "v1=b");
  const std::string id = "assess[" + made.assessment_id + "]";
  p.click(id + ".metadata.open");
  REQUIRE(p.h->has(id + ".metadata"));
  CHECK(p.h->value(id + ".metadata").find("rubric") != std::string::npos);
  CHECK(p.h->semantics_problems() == "");
  p.click(id + ".edit");
  p.click(id + ".metadata_edit.open");
  p.type(id + ".metadata_edit", "round=3");
  p.click(id + ".save");
  const store::Assessment& now = *p.assessments_named(0, "quality")[0];
  CHECK(store::metadata_value(now, "round") == "3");
  CHECK(store::metadata_value(now, "rubric") == "v1=b");
  CHECK(now.value_json == "true");
}

TEST_CASE("On a phone the question and its answers have most of the room", "[views]") {
  ViewPage p(ImVec2(390, 844));
  begin(p, {kCorrect});
  REQUIRE(p.h->has("question[correct].answer[pass]"));
  CHECK(p.h->semantics_problems() == "");
  const kit::Rect head = p.h->node("review.progress").rect, acts = p.h->node("review.acts").rect;
  CHECK(head.height() <= 50);
  CHECK(acts.height() <= 60);
  CHECK(p.h->node("item.done").rect.center_y() == p.h->node("item.undo").rect.center_y());
  CHECK(p.h->node("item.undo").rect.x1 <= 390 - 8);
  CHECK(acts.y0 - p.h->node("review.questions[" + item(p) + "]").rect.y0 > 300);
  CHECK(p.h->name("queue.counts").find("0") != std::string::npos);
  p.click("question[correct].answer[fail]");
  CHECK(said(p, queue(p).trace_ids[0], "correct") == "false");
  p.click("queue.back");
  CHECK(p.session().route().queue_id.empty());
}

TEST_CASE("On a phone notices leave the questions free, and no keys are shown until one is pressed", "[views]") {
  ViewPage p(ImVec2(390, 844));
  p.h->ctx().coarse_pointer = true;
  begin(p, {kCorrect});
  const auto keys_of = [&p](std::string_view id) { return std::string(p.h->semantics().description_of(p.h->node(id))); };
  for (const char* id : {"question[correct].answer[pass]", "question[correct].answer[fail]", "question[correct].note_open"}) CHECK(keys_of(id) == "");
  kit::toast(p.h->ctx(), kit::ToastKind::Neutral, "A notice that is long enough to take several lines on a phone, as some of them are");
  kit::toast(p.h->ctx(), kit::ToastKind::Pass, "And another one");
  p.h->frames(3);
  const kit::Rect questions = p.h->node("review.questions[" + item(p) + "]").rect;
  for (uint32_t number = 1; number <= p.h->ctx().toast_count; ++number) {
    const std::string id = "toast[" + std::to_string(number) + "]";
    if (p.h->has(id)) CHECK(p.h->node(id).rect.y1 <= questions.y0);
  }
  CHECK(p.h->has("toast[" + std::to_string(p.h->ctx().toast_count) + "]"));
  // What is typed into a field may come from the screen's keyboard.
  p.click("question[correct].note_open");
  p.h->type_text("a b");
  p.settle();
  CHECK(keys_of("question[correct].answer[pass]") == "");
  p.click("question[correct].answer[fail]");
  p.key("K");
  CHECK(keys_of("question[correct].answer[pass]") == "Y");
  CHECK(keys_of("question[correct].answer[fail]") == "N");
}

TEST_CASE("Done shows the key that works: in a text Enter begins a new line", "[views]") {
  ViewPage p;
  begin(p, {R"({"name":"words","enable_comment":true,"input":{"type":"text"}})"});
  const auto key = [&p] { return std::string(p.h->semantics().description_of(p.h->node("item.done"))); };
  const std::string first = item(p);
  p.click("question[words].answer");
  p.h->type_text("so so");
  p.settle();
  CHECK(key() == "Ctrl+Enter");
  p.key("Enter");
  CHECK(item(p) == first);
  CHECK(said(p, first, "words") == "");
  p.key("Mod+Enter");
  CHECK(item(p) != first);
  CHECK(said(p, first, "words").find("so so") != std::string::npos);
  p.click("question[words].note_open");
  p.h->frames(2);
  CHECK(key() == "");  // there no key does
  p.click("item.title");
  p.h->frames(2);
  CHECK(key() == "Enter");
}
