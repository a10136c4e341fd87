// What was begun and not saved is there again where it belongs, also after a reload.
#include <catch2/catch_test_macros.hpp>

#include "tests/ui/view_page.h"
#include "ui/views/drafts.h"

using namespace assay;
using app::CommandId;
using assay::tests::ViewPage;

namespace {

// The page once more, as after a reload: what storage holds is handed to it.
void reload(const ViewPage& before, ViewPage& after) {
  after.page.session->start("", "", before.page.drafts.json());
  after.page.session->on_journal_loaded(before.own_storage.lines);
  after.open_example();
}

}  // namespace

TEST_CASE("A begun note and a begun assessment survive a reload, and go when they are saved or given up", "[views]") {
  ViewPage p;
  p.open_example();
  const std::string first = p.trace_at(0), second = p.trace_at(1);
  p.command(CommandId::TraceOpen, {{"trace_id", first}});
  p.key("M");
  p.type("note.text", "stops halfw");
  p.click("annotate.open");
  p.click("annotate.value[no]");
  p.type("annotate.name", "tone");
  p.click("annotate.rationale");
  p.h->type_text("because");
  p.settle();
  CHECK(p.page.drafts.texts.size() == 2);
  INFO(p.page.drafts.json());
  p.command(CommandId::TraceOpen, {{"trace_id", second}});
  CHECK(p.h->value("note.text").empty());
  p.command(CommandId::TraceOpen, {{"trace_id", first}});
  CHECK(p.h->value("note.text") == "stops halfw");

  ViewPage q;
  reload(p, q);
  q.command(CommandId::TraceOpen, {{"trace_id", second}});
  CHECK_FALSE(q.h->has("note.text"));
  q.command(CommandId::TraceOpen, {{"trace_id", first}});
  CHECK(q.h->value("note.text") == "stops halfw");
  CHECK(q.h->value("annotate.name") == "tone");
  CHECK(q.h->flag("annotate.value[no]", kit::kSemChecked));
  CHECK(q.h->value("annotate.rationale") == "because");
  q.click("annotate.save");
  CHECK(q.session().draft(ui::assessment_place(first)).empty());
  q.click("note.text");
  q.key("Enter");
  CHECK(q.session().draft(ui::note_place(first)).empty());
  CHECK(q.assessments_named(0, "note").size() == 1);
  CHECK(q.assessments_named(0, "tone").size() == 1);

  ViewPage r;
  reload(p, r);
  r.command(CommandId::TraceOpen, {{"trace_id", first}});
  r.click("annotate.cancel");
  r.type("note.text", "");
  r.key("Delete");
  r.settle();
  CHECK(r.session().draft(ui::assessment_place(first)).empty());
  CHECK(r.session().draft(ui::note_place(first)).empty());
}

TEST_CASE("A note that was begun on an item of a queue survives a reload", "[views]") {
  ViewPage p;
  p.open_example();
  p.command(CommandId::SchemaSave, {{"schema", R"({"name":"correct","enable_comment":true,"input":"pass_fail"})"}});
  p.command(CommandId::QueueCreate, {{"name", "First look"}, {"schemas", "correct\n"}, {"scope", "matching"}});
  p.settle();
  p.key("C");
  p.h->type_text("cites nothing");
  p.settle();
  REQUIRE(p.page.drafts.texts.size() == 1);

  ViewPage q;
  reload(p, q);
  q.command(CommandId::QueueOpen, {{"queue_id", p.session().review().queues().back().queue_id}});
  q.settle();
  CHECK(q.h->value("question[correct].note") == "cites nothing");
  q.click("question[correct].answer[fail]");
  CHECK(q.page.drafts.texts.empty());
}

TEST_CASE("A scorer that was begun or changed survives a reload, and goes when it is saved or given up", "[views]") {
  ViewPage p;
  p.open_example();
  p.click("rail.scorers");
  p.type("scorer.guidelines", "Names the order");  // of the first
  p.click("scorers.add");
  p.type("scorers.library_search", "template");
  p.click("scorers.add_kind[InstructionsJudge]");
  CHECK(p.page.drafts.texts.size() == 1);  // nothing was written in the new one
  p.type("scorer.name", "answers");
  p.type("scorer.template", "Does {{ outputs }} answer?");
  CHECK(p.page.drafts.texts.size() == 2);

  ViewPage q;
  reload(p, q);
  q.click("rail.scorers");
  CHECK(q.h->value("scorer.name") == "answers");
  CHECK(q.h->value("scorer.template") == "Does {{ outputs }} answer?");
  q.click("scorer.save");
  CHECK(q.session().settings().scorers.back().text == "Does {{ outputs }} answer?");
  CHECK(q.page.drafts.texts.empty());  // as the session had been given them
  q.click("scorers.item[0]");
  CHECK(q.h->value("scorer.guidelines") == "Names the order");
  q.click("scorer.revert");
  CHECK(q.h->value("scorer.guidelines") != "Names the order");
  CHECK(q.session().draft("scorer/" + q.session().settings().scorers[0].name).empty());

  ViewPage r;
  reload(p, r);
  r.click("rail.scorers");
  r.click("scorer.revert");
  CHECK(r.h->value("scorer.name") == r.session().settings().scorers[0].name);
  r.click("rail.traces");
  r.click("rail.scorers");
  CHECK(r.h->value("scorer.guidelines") == "Names the order");
}

TEST_CASE("An assessment that was begun to be changed is being changed again after a reload", "[views]") {
  ViewPage p;
  p.open_example();
  const std::string first = p.trace_at(0), second = p.trace_at(1);
  p.command(CommandId::AssessmentAdd, {{"trace_id", first}, {"kind", "feedback"}, {"name", "tone"}, {"value_type", "boolean"}, {"value", "true"}});
  p.command(CommandId::TraceOpen, {{"trace_id", first}});
  const std::string id = "assess[" + p.assessments_named(0, "tone").at(0)->assessment_id + "]";
  p.click(id + ".edit");
  CHECK(p.page.drafts.texts.empty());  // nothing is changed yet
  p.click(id + ".rationale_edit");
  p.h->type_text("because it");
  p.click(id + ".value[no]");
  CHECK(p.page.drafts.texts.size() == 1);
  p.command(CommandId::TraceOpen, {{"trace_id", second}});
  CHECK_FALSE(p.h->has(id + ".rationale_edit"));

  ViewPage q;
  reload(p, q);
  q.command(CommandId::TraceOpen, {{"trace_id", first}});
  REQUIRE(q.h->has(id + ".rationale_edit"));
  CHECK(q.h->value(id + ".rationale_edit") == "because it");
  CHECK(q.h->flag(id + ".value[no]", kit::kSemChecked));
  q.click(id + ".save");
  CHECK(q.assessments_named(0, "tone").at(0)->rationale == "because it");
  CHECK(q.page.drafts.texts.empty());
  q.h->frames(3);
  CHECK_FALSE(q.h->has(id + ".rationale_edit"));

  // Given up, it is gone as well.
  ViewPage r;
  reload(p, r);
  r.command(CommandId::TraceOpen, {{"trace_id", first}});
  r.click(id + ".cancel");
  r.h->frames(3);
  CHECK_FALSE(r.h->has(id + ".rationale_edit"));
  CHECK(r.page.drafts.texts.empty());

  // Changed elsewhere meanwhile, it is another one.
  ViewPage s;
  reload(p, s);
  s.command(CommandId::AssessmentUpdate, {{"trace_id", first}, {"assessment_id", id.substr(7, id.size() - 8)}, {"value_type", "boolean"},
                                          {"value", "true"}, {"rationale", "as it is"}, {"metadata", ""}});
  s.command(CommandId::TraceOpen, {{"trace_id", first}});
  s.h->frames(3);
  CHECK_FALSE(s.h->has(id + ".rationale_edit"));
  CHECK(s.page.drafts.texts.empty());
}
