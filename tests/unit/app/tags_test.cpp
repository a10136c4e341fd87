// Tags of traces as people change them: the fold, undo, reload, searches, and the way home.
#include <map>
#include <memory>
#include <random>

#include <catch2/catch_test_macros.hpp>

#include "core/annot/export_mlflow.h"
#include "core/annot/tags.h"
#include "core/app/session.h"
#include "core/json/doc.h"
#include "tests/support/fake_platform.h"

using namespace assay;
using app::CommandId;
using test::FakePage;
using test::FakeStorage;

namespace {

std::string trace(const std::string& id, const std::string& tags) {
  return R"({"info": {"trace_id": ")" + id + R"(", "request_time": "2026-11-24T06:00:00Z", "state": "OK", "trace_location": {"type": "MLFLOW_EXPERIMENT"}, "tags": )" +
         tags + R"(, "trace_metadata": {"m": "1"}}, "data": {"spans": []}})" + "\n";
}
std::string three() {
  return trace("tr-1", R"({"env": "prod", "mlflow.traceName": "chat", "note": "a \u00e4"})") + trace("tr-2", "{}") +
         R"({"info": {"trace_id": "tr-3", "request_time": "2026-11-24T06:00:00Z", "state": "OK", "trace_location": {"type": "MLFLOW_EXPERIMENT"}}, "data": {"spans": []}})" "\n";
}
size_t found(FakePage& page, const std::string& query) {
  page.run(CommandId::SearchSet, {{"query", query}});
  return page.session->traces().rows().size();
}
std::string tag(const FakePage& page, const std::string& id, std::string_view key) {
  const store::Dataset& d = page.session->dataset();
  std::string scratch;
  const auto value = d.find_tag(*d.find_trace(id), key);
  return value ? std::string(d.text_now(*value, scratch)) : "-";
}
std::string exported(const FakePage& page, const std::string& id) {
  const store::Dataset& d = page.session->dataset();
  return annot::export_record(d, *d.find_trace(id));
}
std::string tags_of(const std::string& record) {
  const Result<json::Doc> doc = json::parse_doc(record);
  REQUIRE(doc.ok());
  const json::Doc* info = json::find(doc.value(), "info");
  REQUIRE(info != nullptr);
  const json::Doc* tags = json::find(*info, "tags");
  return tags == nullptr ? "" : tags->dump();
}

}  // namespace

TEST_CASE("Tags are set, changed and deleted; searches and exports follow, undo takes back, a reload keeps", "[tags]") {
  FakeStorage storage;
  {
    FakePage page(storage, 1);
    page.open("t.jsonl", three());
    const std::string before = exported(page, "tr-1");
    page.run(CommandId::TagSet, {{"trace_id", "tr-1"}, {"key", "env"}, {"value", "test \"1\""}});
    page.run(CommandId::TagSet, {{"trace_id", "tr-1"}, {"key", "owner"}, {"value", "Änn"}});
    page.run(CommandId::TagSet, {{"trace_id", "tr-3"}, {"key", "owner"}, {"value", "Bob"}});
    CHECK(tag(page, "tr-1", "env") == "test \"1\"");
    CHECK(found(page, "tags.owner = 'Bob'") == 1);
    CHECK(found(page, "tags.owner IS NOT NULL") == 2);
    CHECK(found(page, "tags.env = 'prod'") == 0);
    CHECK(found(page, "tags.note = 'a ä'") == 1);
    CHECK(found(page, "metadata.m = '1'") == 2);
    CHECK(found(page, "") == 3);
    const std::string home = exported(page, "tr-1");
    CHECK(tags_of(home) == R"({"env":"test \"1\"","mlflow.traceName":"chat","note":"a ä","owner":"Änn"})");
    CHECK(home.find(R"("note":"a \u00e4")") != std::string::npos);  // what stays, stays to the letter
    CHECK(tags_of(exported(page, "tr-3")) == R"({"owner":"Bob"})");
    // Taken home and opened again it is the same.
    FakeStorage other;
    FakePage again(other, 2);
    again.open("home.jsonl", home + "\n");
    CHECK(tag(again, "tr-1", "env") == "test \"1\"");
    CHECK(tag(again, "tr-1", "owner") == "Änn");

    page.run(CommandId::TagDelete, {{"trace_id", "tr-1"}, {"key", "note"}});
    CHECK(tag(page, "tr-1", "note") == "-");
    CHECK(tags_of(exported(page, "tr-1")).find("note") == std::string::npos);
    page.run(CommandId::Undo);
    CHECK(tag(page, "tr-1", "note") == "a ä");
    page.run(CommandId::Redo);
    CHECK(tag(page, "tr-1", "note") == "-");
    for (int i = 0; i < 4; ++i) page.run(CommandId::Undo);
    CHECK(tag(page, "tr-1", "env") == "prod");
    CHECK(exported(page, "tr-1") == before);
    for (int i = 0; i < 3; ++i) page.run(CommandId::Redo);
  }
  FakePage page(storage, 3);
  page.settle();
  page.open("t.jsonl", three());
  CHECK(tag(page, "tr-1", "env") == "test \"1\"");
  CHECK(tag(page, "tr-3", "owner") == "Bob");
  // The same file closed and opened.
  page.run(CommandId::FileCloseAll);
  page.open("t.jsonl", three());
  CHECK(tag(page, "tr-3", "owner") == "Bob");
}

TEST_CASE("A tag is set on all that match by one step", "[tags]") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open("t.jsonl", three());
  CHECK(found(page, "metadata.m = '1'") == 2);
  page.run(CommandId::TagSet, {{"scope", "matching"}, {"key", "batch"}, {"value", "7"}});
  CHECK(found(page, "tags.batch = '7'") == 2);
  page.run(CommandId::Undo);
  CHECK(found(page, "tags.batch = '7'") == 0);
}

TEST_CASE("Tags that MLflow would refuse, and damaged events, change nothing", "[tags]") {
  CHECK_FALSE(annot::check_tag("", "x").ok());
  CHECK_FALSE(annot::check_tag("mlflow.traceName", "x").ok());
  CHECK_FALSE(annot::check_tag(std::string(251, 'k'), "x").ok());
  CHECK_FALSE(annot::check_tag("k", std::string(8001, 'v')).ok());
  CHECK(annot::check_tag(std::string(250, 'k'), std::string(8000, 'v')).ok());
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open("t.jsonl", three());
  const std::string before = exported(page, "tr-1");
  page.run(CommandId::TagSet, {{"trace_id", "tr-1"}, {"key", "mlflow.traceName"}, {"value", "x"}});
  CHECK(exported(page, "tr-1") == before);
  CHECK(page.session->notices().back().text.find("mlflow.") != std::string::npos);
  const auto event = [](int seq, const std::string& kind, const std::string& payload, int version = 1) {
    return R"({"seq":)" + std::to_string(seq) + R"(,"time_ms":1,"author":"x","session":"s-x","txn":"t-)" + std::to_string(seq) +
           R"(","kind":")" + kind + R"(","version":)" + std::to_string(version) + R"(,"payload":)" + payload + "}\n";
  };
  page.open("labels-x.jsonl", "{\"assay_journal\":1}\n" + event(1, "tag.set", "{}") + event(2, "tag.set", R"({"trace_id":"tr-1","key":7,"value":"x"})") +
                                  event(3, "tag.set", R"({"trace_id":"tr-1","key":"env","value":["x"]})") +
                                  event(4, "tag.set", R"({"trace_id":"tr-1","key":"env","value":"new"})", 2) +
                                  event(5, "tag.delete", R"({"trace_id":"tr-1","key":"mlflow.traceName"})") +
                                  event(6, "tag.delete", R"({"trace_id":"tr-gone","key":"env"})"));
  CHECK(exported(page, "tr-1") == before);
}

TEST_CASE("Tags go along in a reviewer's file, and a colleague's page has them", "[tags]") {
  FakeStorage storage, other;
  FakePage ann(storage, 1), bob(other, 2);
  ann.open("t.jsonl", three());
  ann.run(CommandId::SettingSet, {{"key", "author"}, {"value", "Ann"}});
  ann.run(CommandId::TagSet, {{"trace_id", "tr-2"}, {"key", "topic"}, {"value", "refund"}});
  ann.run(CommandId::AssessmentAdd, {{"trace_id", "tr-2"}, {"kind", "feedback"}, {"name", "good"}, {"value_type", "boolean"}, {"value", "true"}});
  ann.run(CommandId::ExportWork);
  REQUIRE_FALSE(ann.downloads.files.empty());
  bob.open("t.jsonl", three());
  bob.open("labels-Ann.jsonl", ann.downloads.files.back().bytes);
  bob.settle();
  CHECK(tag(bob, "tr-2", "topic") == "refund");
}

TEST_CASE("Random changes of tags, undo, redo and reloads agree with a plain map", "[tags]") {
  using Tags = std::map<std::pair<std::string, std::string>, std::string>;
  const std::string_view traces[] = {"tr-1", "tr-2", "tr-3"};
  const std::string_view keys[] = {"env", "note", "owner", "x"};
  std::mt19937 random(20261130);
  FakeStorage storage;
  uint64_t visit = 1;
  auto page = std::make_unique<FakePage>(storage, visit);
  page->open("t.jsonl", three());
  Tags now{{{"tr-1", "env"}, "prod"}, {{"tr-1", "note"}, "a ä"}};
  std::vector<Tags> before, after;  // what undo and redo lead to
  size_t undone = 0, deleted = 0;
  for (int step = 0; step < 500; ++step) {
    const std::string trace(traces[random() % 3]), key(keys[random() % 4]);
    const auto what = static_cast<uint32_t>(random() % 10);
    if (what < 4) {
      before.push_back(now);
      after.clear();
      const std::string value = "v" + std::to_string(step);
      now[{trace, key}] = value;
      page->run(CommandId::TagSet, {{"trace_id", trace}, {"key", key}, {"value", value}});
    } else if (what < 6 && now.contains({trace, key})) {
      before.push_back(now);
      after.clear();
      now.erase({trace, key});
      page->run(CommandId::TagDelete, {{"trace_id", trace}, {"key", key}});
      ++deleted;
    } else if (what < 8 && !before.empty()) {
      after.push_back(now);
      now = before.back();
      before.pop_back();
      page->run(CommandId::Undo);
      ++undone;
    } else if (what == 8 && !after.empty()) {
      before.push_back(now);
      now = after.back();
      after.pop_back();
      page->run(CommandId::Redo);
    } else if (what == 9 && random() % 4 == 0) {
      page->settle();
      page = std::make_unique<FakePage>(storage, ++visit);
      page->settle();
      page->open("t.jsonl", three());
      before.clear();
      after.clear();
    }
    for (const std::string_view id : traces) {
      for (const std::string_view name : keys) {
        INFO("step " << step << ", " << id << ", " << name);
        const auto expected = now.find({std::string(id), std::string(name)});
        CHECK(tag(*page, std::string(id), name) == (expected == now.end() ? "-" : expected->second));
      }
    }
  }
  CHECK(undone > 30);
  CHECK(deleted > 20);
  CHECK(visit > 3);
}
