#include "core/app/drafts.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/fake_platform.h"

using namespace assay;
using namespace assay::test;
using app::CommandId;

TEST_CASE("What was begun is there again after a reload, until it is saved or given up") {
  FakeStorage storage;
  std::string kept;
  {
    FakePage page(storage, 1);
    page.run(CommandId::DraftSet, {{"place", "note/tr-1"}, {"text", "half a \"note\"\n你好"}});
    page.run(CommandId::DraftSet, {{"place", "note/tr-2"}, {"text", "other"}});
    page.run(CommandId::DraftSet, {{"place", "note/tr-2"}, {"text", ""}});
    page.run(CommandId::DraftSet, {{"place", ""}, {"text", "nowhere"}});
    CHECK(page.drafts.texts.size() == 1);
    kept = page.drafts.json();
  }
  FakePage page(storage, 2, "", kept);
  CHECK(page.session->draft("note/tr-1") == "half a \"note\"\n你好");
  CHECK(page.session->draft("note/tr-2").empty());
  // Nothing of it goes into what is taken home.
  page.run(CommandId::SettingsExport);
  page.run(CommandId::ExportJournal);
  for (const FakeDownloads::File& file : page.downloads.files) CHECK(file.bytes.find("half a") == std::string::npos);
  page.run(CommandId::ForgetEverything);
  CHECK(page.session->draft("note/tr-1").empty());
  CHECK(page.drafts.texts.empty());
}

TEST_CASE("Drafts that are damaged, too many or too long do no harm") {
  CHECK(app::read_drafts("").empty());
  CHECK(app::read_drafts("[1]").empty());
  CHECK(app::read_drafts("{\"a\": 1, \"b\": \"text\"").empty());
  CHECK(app::read_drafts("{\"a\": 1, \"b\": \"text\"}").size() == 1);
  FakeStorage storage;
  FakePage page(storage, 1);
  page.run(CommandId::DraftSet, {{"place", "long"}, {"text", std::string(app::kMaxDraftBytes + 1, 'x')}});
  CHECK(page.session->draft("long").size() == app::kMaxDraftBytes + 1);  // for this visit
  CHECK(page.drafts.texts.empty());
  for (size_t i = 0; i < app::kMaxDrafts + 20; ++i)
    page.session->execute(app::Command(CommandId::DraftSet, {{"place", "p" + std::to_string(i)}, {"text", "t"}}));
  CHECK(page.drafts.texts.size() < app::kMaxDrafts + 1);
}

TEST_CASE("Of more drafts than are kept the oldest goes, also after a reload, and it is said once") {
  FakeStorage storage;
  std::string kept;
  {
    FakePage page(storage, 1);
    const auto begin = [&page](const std::string& place, const std::string& text) {
      page.session->execute(app::Command(CommandId::DraftSet, {{"place", place}, {"text", text}}));
    };
    for (size_t i = 0; i < app::kMaxDrafts; ++i) begin("p" + std::to_string(i), "t");
    begin("p0", "changed since");
    CHECK(page.session->notices().empty());
    kept = page.drafts.json();
  }
  FakePage page(storage, 2, "", kept);
  const auto begin = [&page](const std::string& place) {
    page.session->execute(app::Command(CommandId::DraftSet, {{"place", place}, {"text", "new"}}));
  };
  begin("a");
  begin("b");
  CHECK(page.session->draft("p0") == "changed since");
  CHECK(page.session->draft("p1").empty());
  CHECK(page.session->draft("p2").empty());
  CHECK(page.session->draft("p3") == "t");
  CHECK(page.session->draft("b") == "new");
  CHECK(page.drafts.texts.size() == 2);  // of this visit
  size_t told = 0;
  for (const app::Notice& notice : page.session->notices()) told += notice.key == "drafts_full" ? 1 : 0;
  CHECK(told == 1);
  // Texts of before times were stored are the oldest.
  CHECK(app::read_stored_draft("{\"note\":\"x\"}").changed_ms == 0);
  CHECK(app::read_stored_draft("@12\n@x\ny").text == "@x\ny");
  CHECK(app::read_stored_draft("@me\nand you").text == "@me\nand you");
}
