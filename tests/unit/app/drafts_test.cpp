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
