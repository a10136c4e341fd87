// Histories of queries and saved views: kept, undone, renamed, deleted, in the address.
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "core/app/session.h"
#include "tests/support/fake_platform.h"

using namespace assay;
using app::CommandId;
using test::FakePage;
using test::FakeStorage;

namespace {

std::string example() {
  return test::read_file(std::string(ASSAY_SOURCE_DIR) + "/public/example/crm-email-assistant.jsonl");
}

std::string names(const FakePage& page) {
  std::string out;
  for (const app::SavedView& view : page.session->views()) out += (out.empty() ? "" : ", ") + view.name;
  return out;
}

std::string id_of(const FakePage& page, std::string_view name) {
  for (const app::SavedView& view : page.session->views())
    if (view.name == name) return view.id;
  return {};
}

}  // namespace

TEST_CASE("a view keeps query, sort and layout under its name, also after a reload") {
  FakeStorage storage;
  {
    FakePage page(storage, 1);
    page.open("crm.jsonl", example());
    page.run(CommandId::SearchSet, {{"query", "status = 'ERROR'"}});
    page.run(CommandId::SearchSort, {{"key", "duration"}, {"direction", "desc"}});
    page.run(CommandId::ViewSave, {{"name", "  Failed \n"}, {"layout", "columns=1,2 facets=1"}});
    REQUIRE(page.session->views().size() == 1);
    CHECK(page.session->views()[0].name == "Failed");
    CHECK(page.session->route().view == "Failed");
    CHECK(page.history.current == "#/traces?view=Failed&q=status%20%3D%20%27ERROR%27&sort=duration.desc");
    page.run(CommandId::SearchSet, {{"query", ""}});
    CHECK(page.session->route().view.empty());  // it is another query now
    page.run(CommandId::ViewSave, {{"name", "All"}});
    CHECK(names(page) == "All, Failed");
  }
  FakePage again(storage, 2);
  again.open("crm.jsonl", example());
  CHECK(names(again) == "All, Failed");
  CHECK(again.session->find_view(id_of(again, "Failed"))->layout == "columns=1,2 facets=1");
  again.run(CommandId::ViewApply, {{"id", id_of(again, "Failed")}});
  CHECK(again.session->route().query == "status = 'ERROR'");
  CHECK(again.session->route().sort == "duration.desc");
  CHECK(again.session->route().view == "Failed");
  CHECK(again.session->traces().rows().size() == 1);
}

TEST_CASE("views are replaced, renamed, deleted, and all of that is undone and redone") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open("crm.jsonl", example());
  page.run(CommandId::SearchSet, {{"query", "alpha"}});
  page.run(CommandId::ViewSave, {{"name", "A"}});
  const std::string id = id_of(page, "A");
  page.run(CommandId::SearchSet, {{"query", "beta"}});
  page.run(CommandId::ViewSave, {{"name", "A"}});
  REQUIRE(page.session->views().size() == 1);
  CHECK(page.session->views()[0].query == "beta");
  page.run(CommandId::Undo);
  REQUIRE(page.session->views().size() == 1);
  CHECK(page.session->views()[0].query == "alpha");
  page.run(CommandId::Redo);
  CHECK(page.session->views()[0].query == "beta");

  page.run(CommandId::ViewSave, {{"name", "B"}});
  page.run(CommandId::ViewRename, {{"id", id}, {"name", "B"}});
  CHECK(names(page) == "A, B");  // names stand once
  CHECK(page.session->notices().back().key == "view_exists");
  page.run(CommandId::ViewRename, {{"id", id}, {"name", "C"}});
  CHECK(names(page) == "B, C");
  page.run(CommandId::ViewDelete, {{"id", id}});
  CHECK(names(page) == "B");
  page.run(CommandId::Undo);
  CHECK(names(page) == "B, C");
  CHECK(page.session->notices().back().key == "view_undone");
  page.run(CommandId::Undo);
  CHECK(names(page) == "A, B");
  page.run(CommandId::ViewApply, {{"id", "v-nothing"}});
  CHECK(page.session->notices().back().key == "view_gone");
  page.run(CommandId::ViewSave, {{"name", " \t "}});
  CHECK(page.session->notices().back().key == "view_needs_name");
}

TEST_CASE("a link with the name of a view opens it") {
  FakeStorage storage;
  {
    FakePage page(storage, 1);
    page.open("crm.jsonl", example());
    page.run(CommandId::SearchSet, {{"query", "status = 'ERROR'"}});
    page.run(CommandId::ViewSave, {{"name", "Failed ones"}});
  }
  FakePage again(storage, 2);
  again.open("crm.jsonl", example());
  again.session->on_navigate("#/traces?view=Failed%20ones");
  CHECK(again.session->route().query == "status = 'ERROR'");
  again.session->on_navigate("#/traces?view=unknown");
  CHECK(again.session->route().query.empty());
}

TEST_CASE("the history of queries has each once, the latest first, and at most a hundred") {
  app::Settings settings = app::default_settings();
  CHECK(app::remember_query(settings, " first "));
  CHECK(app::remember_query(settings, "second"));
  CHECK_FALSE(app::remember_query(settings, "second"));
  CHECK(app::remember_query(settings, "first"));
  CHECK(settings.query_history == std::vector<std::string>{"first", "second"});
  CHECK_FALSE(app::remember_query(settings, "  "));
  CHECK_FALSE(app::remember_query(settings, std::string(3000, 'x')));
  CHECK_FALSE(app::remember_query(settings, "\xFF"));
  for (int i = 0; i < 300; ++i) app::remember_query(settings, "q" + std::to_string(i));
  REQUIRE(settings.query_history.size() == app::kMaxQueryHistory);
  CHECK(settings.query_history.front() == "q299");
  const app::Settings read = app::decode_settings(app::encode_settings(settings));
  CHECK(read.query_history == settings.query_history);
  CHECK(app::decode_settings(R"({"query_history": [1, "a", null, "a"]})").query_history ==
        std::vector<std::string>{"a"});
}

TEST_CASE("queries are remembered when they are sent or their traces opened, and forgotten on demand") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open("crm.jsonl", example());
  page.run(CommandId::SearchSet, {{"query", "white paper"}});
  CHECK(page.session->settings().query_history.empty());
  const std::string id(page.session->dataset().trace_id(page.session->traces().rows().at(0)));
  page.run(CommandId::TraceOpen, {{"trace_id", id}});
  CHECK(page.session->settings().query_history == std::vector<std::string>{"white paper"});
  page.run(CommandId::SearchRemember, {{"query", "status = 'OK'"}});
  CHECK(page.session->settings().query_history.front() == "status = 'OK'");
  CHECK(page.session->can_execute(CommandId::SearchForgetHistory));
  page.run(CommandId::SearchForgetHistory);
  CHECK(page.session->settings().query_history.empty());
}

TEST_CASE("completion offers what the data hold, and rests without a caret") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open("crm.jsonl", example());
  page.run(CommandId::SearchComplete, {{"query", "status = "}, {"caret", "9"}});
  const app::Completer& completer = page.session->completer();
  REQUIRE(completer.offers().size() == 2);
  CHECK(completer.offers()[0].shown == "OK");
  CHECK(completer.offers()[0].traces == 6);
  CHECK(completer.taken(0).query == "status = 'OK'");
  CHECK(completer.taken(0).caret_bytes == 13);
  page.run(CommandId::SearchComplete, {{"query", ""}, {"caret", "0"}});
  CHECK(completer.offers().empty());
  page.run(CommandId::SearchComplete, {{"query", ""}, {"caret", "0"}, {"demand", "1"}});
  CHECK(completer.offers().size() == app::Completer::kMostOffers);
  page.run(CommandId::SearchComplete, {{"query", "stat = 1"}, {"caret", "4"}});
  REQUIRE(!completer.offers().empty());
  CHECK(completer.taken(0).query == "status = 1");  // no second blank
  CHECK(completer.taken(0).caret_bytes == 7);
  page.run(CommandId::SearchComplete);
  CHECK(completer.offers().empty());
}

TEST_CASE("LIKE follows the dialect of the settings") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open("crm.jsonl", example());
  page.run(CommandId::SearchSet, {{"query", "status LIKE 'er%'"}});
  CHECK(page.session->traces().rows().empty());
  page.run(CommandId::SettingSet, {{"key", "like_dialect"}, {"value", "ignore-case"}});
  page.settle();
  CHECK(page.session->traces().rows().size() == 1);
  const app::Settings read = app::decode_settings(app::encode_settings(page.session->settings()));
  CHECK(read.like_ignores_case);
  page.run(CommandId::SettingSet, {{"key", "like_dialect"}, {"value", "other"}});
  CHECK(page.session->notices().back().key == "bad_setting");
}
