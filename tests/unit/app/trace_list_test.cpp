// Rows that are shown while a query is still looked for.
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "tests/support/converting.h"

using namespace assay;
using app::CommandId;
using test::FakePage;
using test::FakeStorage;
using test::open_any;

namespace {

// Every third one holds the word; each is later than the one before.
std::string traces(int count) {
  std::string out;
  for (int i = 0; i < count; ++i) {
    out += R"({"info": {"trace_id": "tr-)" + std::to_string(i) + R"(", "timestamp_ms": )" + std::to_string(1'767'225'600'000 + i) +
           R"(}, "data": {"spans": [], "filler": ")" + std::string(3000, 'x') + (i % 3 == 0 ? " zebra" : "") + "\"}}\n";
  }
  return out;
}

constexpr int kTraces = 3000;

struct Slow {
  FakeStorage storage;
  FakePage page{storage, 1};
  Slow() { open_any(page, "t.jsonl", traces(kTraces)); }
  const app::TraceList& list() const { return page.session->traces(); }
  void tick() {
    Budget little;
    little.units_left = 1;
    page.session->tick(little);
  }
};

}  // namespace

TEST_CASE("what was found first is shown while the rest is looked for") {
  Slow s;
  s.page.session->execute(app::Command(CommandId::SearchSet, {{"query", "zebra"}}));
  s.tick();
  CHECK(s.list().rows().size() == kTraces);  // those of before
  s.tick();
  REQUIRE(s.list().working());
  const uint32_t found = s.list().found_so_far();
  CHECK(found > 0);
  CHECK(found < kTraces / 3);
  REQUIRE(s.list().rows().size() == found);
  // The newest first, and each of them with the word.
  for (size_t i = 0; i < found; ++i) CHECK(s.list().rows()[i].v == (found - 1 - i) * 3);
  CHECK(s.list().position_of(s.list().rows()[1]) == 1);
  for (int i = 0; i < 1000 && s.list().working(); ++i) s.tick();
  CHECK(s.list().found_so_far() == 0);
  CHECK(s.list().rows().size() == kTraces / 3);
}

TEST_CASE("the same query over changed data keeps its rows until the new answer is whole") {
  Slow s;
  s.page.session->execute(app::Command(CommandId::SearchSet, {{"query", "zebra"}}));
  for (int i = 0; i < 1000 && s.list().working(); ++i) s.tick();
  s.page.session->execute(app::Command(CommandId::AssessmentAdd, {{"trace_id", "tr-0"}, {"kind", "feedback"}, {"name", "good"},
                                                                 {"value_type", "boolean"}, {"value", "true"}}));
  bool worked = false;
  for (int i = 0; i < 1000; ++i) {
    s.tick();
    worked = worked || s.list().working();
    if (!s.list().working() && worked) break;
    CHECK(s.list().found_so_far() == 0);
    CHECK(s.list().rows().size() == kTraces / 3);
  }
  CHECK(worked);
}

TEST_CASE("what acts on all that match waits for all that match") {
  Slow s;
  s.page.session->execute(app::Command(CommandId::SearchSet, {{"query", "zebra"}}));
  s.tick();
  s.page.session->execute(app::Command(CommandId::SelectAll));
  CHECK(s.page.session->selected_count() == kTraces / 3);
  s.page.session->execute(app::Command(CommandId::SearchSet, {{"query", "xxx zebra"}}));
  s.tick();
  s.page.session->execute(app::Command(CommandId::TagSet, {{"scope", "matching"}, {"key", "kind"}, {"value", "animal"}}));
  const store::Dataset& data = s.page.session->dataset();
  CHECK(data.find_tag({3}, "kind"));
  CHECK_FALSE(data.find_tag({4}, "kind"));
}

TEST_CASE("what acts on all that match sees what was said a moment ago") {
  Slow s;
  s.page.run(CommandId::SearchSet, {{"query", "feedback.good = true"}});
  CHECK(s.list().rows().empty());
  s.page.session->execute(app::Command(CommandId::AssessmentAdd, {{"trace_id", "tr-3"}, {"kind", "feedback"}, {"name", "good"},
                                                                 {"value_type", "boolean"}, {"value", "true"}}));
  s.page.session->execute(app::Command(CommandId::SelectAll));
  CHECK(s.page.session->selected_count() == 1);
}

namespace {

std::string numbered(int count) {
  std::string out;
  for (int i = 0; i < count; ++i) {
    out += R"({"info": {"trace_id": "tr-)" + std::to_string(i) + R"(", "timestamp_ms": )" + std::to_string(1'767'225'600'000 + i) +
           R"(, "execution_time_ms": )" + std::to_string(i * 7919 % 1000) + (i % 10 == 3 ? R"(, "status": "ERROR")" : "") +
           R"(, "request_metadata": {"mlflow.traceInputs": "question )" + std::to_string(i * 31 % 97) + "\"}}, \"data\": {\"spans\": []}}\n";
  }
  return out;
}

std::vector<uint32_t> shown(const FakePage& page) {
  std::vector<uint32_t> rows;
  for (const store::TraceRow row : page.session->traces().rows()) rows.push_back(row.v);
  return rows;
}

}  // namespace

TEST_CASE("what a query finds stands in the order of the column, whether that was known before or not") {
  FakeStorage storage;
  FakePage page(storage, 1);
  open_any(page, "t.jsonl", numbered(5000));
  for (const char* key : {"duration", "request"}) {
    page.run(CommandId::SearchSet, {{"query", "status = 'ERROR'"}});
    page.run(CommandId::SearchSort, {{"key", key}, {"direction", "asc"}});  // not known yet
    const std::vector<uint32_t> sorted = shown(page);
    CHECK(sorted.size() == 500);
    const store::Dataset& data = page.session->dataset();
    std::string a, b;
    for (size_t i = 1; i < sorted.size(); ++i) {
      const store::TraceRow before{sorted[i - 1]}, here{sorted[i]};
      const bool equal = std::string_view(key) == "duration"
                             ? data.duration_ms(before) == data.duration_ms(here)
                             : data.text_now(data.request_preview(before), a) == data.text_now(data.request_preview(here), b);
      const bool rises = std::string_view(key) == "duration"
                             ? data.duration_ms(before) <= data.duration_ms(here)
                             : data.text_now(data.request_preview(before), a) <= data.text_now(data.request_preview(here), b);
      CHECK(rises);
      if (equal) CHECK(before.v > here.v);  // the newer one first
    }
    page.run(CommandId::SearchSet, {{"query", ""}});
    CHECK(shown(page).size() == 5000);
    page.run(CommandId::SearchSet, {{"query", "status = 'ERROR'"}});  // picked out of it
    CHECK(shown(page) == sorted);
  }
}

TEST_CASE("an order that the query asks for goes before a column's until a column is chosen") {
  FakeStorage storage;
  FakePage page(storage, 1);
  open_any(page, "t.jsonl", numbered(20));
  page.run(CommandId::SearchSort, {{"key", "duration"}, {"direction", "desc"}});
  const std::vector<uint32_t> by_duration = shown(page);
  page.run(CommandId::SearchSet, {{"query", "execution_time_ms >= 0 ORDER BY timestamp_ms ASC"}});
  CHECK(shown(page).front() == 0);
  CHECK(page.session->traces().ordered_by_query());
  page.run(CommandId::SearchSort, {{"key", "duration"}, {"direction", "desc"}});
  CHECK(page.session->traces().query() == "execution_time_ms >= 0");
  CHECK(shown(page) == by_duration);
}
