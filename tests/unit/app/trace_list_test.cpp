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

TEST_CASE("whatever is wrong with a query, the rows of before stay") {
  FakeStorage storage;
  FakePage page{storage, 1};
  // By a link, before there is any file.
  page.run(CommandId::SearchSet, {{"query", "foo.bar = 1"}});
  open_any(page, "t.jsonl", traces(30));
  const app::TraceList& list = page.session->traces();
  REQUIRE(list.error());
  CHECK(list.rows().size() == 30);
  CHECK(list.words().empty());
  const char* wrong[] = {"foo.bar = 1", "status =", "name = 'x", "(zebra", "name =~ /(/", "ORDER BY foo", "{ { a = 1 } }"};
  for (const char* before : {"zebra", "", "no such text anywhere"}) {
    const size_t stays = std::string_view(before) == "zebra" ? 10 : 30;
    page.run(CommandId::SearchSet, {{"query", ""}});
    page.run(CommandId::SearchSet, {{"query", before}});
    for (const char* query : wrong) {
      INFO(before << " / " << query);
      page.run(CommandId::SearchSet, {{"query", query}});
      REQUIRE(list.error());
      CHECK(list.rows().size() == stays);
      CHECK(list.warning().empty());
      // Nothing matches it all the same.
      page.run(CommandId::TagSet, {{"scope", "matching"}, {"key", "kind"}, {"value", "animal"}});
      CHECK_FALSE(page.session->dataset().find_tag({0}, "kind"));
    }
  }
  // They are sorted on a click, and more of them come.
  page.run(CommandId::SearchSort, {{"key", "time"}, {"direction", "asc"}});
  REQUIRE(list.error());
  CHECK(list.rows().front().v == 0);
  std::string more = traces(40);
  open_any(page, "u.jsonl", more.substr(more.find("{\"info\": {\"trace_id\": \"tr-30\"")));
  REQUIRE(list.error());
  CHECK(list.rows().size() == 40);
  page.run(CommandId::SearchSet, {{"query", "zebra"}});
  CHECK_FALSE(list.error());
  CHECK(list.rows().size() == 14);
}

TEST_CASE("what is wrong in an ORDER BY is placed where it stands, with what is near") {
  FakeStorage storage;
  FakePage page{storage, 1};
  open_any(page, "t.jsonl", traces(3));
  const struct {
    const char* query;
    const char* wrong;
    const char* suggestion;
  } kCases[] = {
      {"zebra ORDER BY timestmap DESC", "timestmap", "timestamp"},
      {"ORDER BY duration DESC, name", "duration", "execution_time"},
      {"ORDER BY name, durration", "durration", "execution_time"},
      {"order by id", "id", "request_id"},
      {"ORDER BY Status", "Status", "status"},
      {"ORDER BY tgas.`my key` DESC", "tgas.`my key`", "tags.`my key`"},
      {"ORDER BY tokens", "tokens", ""},
      {"ORDER BY foo.bar", "foo.bar", ""},
      {"ORDER BY name DSC", "DSC", "DESC"},
      {"ORDER BY timestamp ascending", "ascending", "ASC"},
      {"ORDER BY timestamp DESC DESC", "DESC", ""},
      {"ORDER BY name, timestamp, name", "name", ""},
      {"ORDER BY timestamp SIDEWAYS", "SIDEWAYS", ""},
  };
  const app::TraceList& list = page.session->traces();
  for (const auto& one : kCases) {
    INFO(one.query);
    page.run(CommandId::SearchSet, {{"query", one.query}});
    REQUIRE(list.error());
    CHECK(list.query().substr(list.error()->at_byte, list.error()->size_bytes) == one.wrong);
    CHECK(list.error()->suggestion == one.suggestion);
  }
  CHECK(list.error()->at_byte == std::string_view("ORDER BY timestamp ").size());
  for (const char* right : {"ORDER BY timestamp DESC", "order by execution_time", "ORDER BY tags.a, metadata.b DESC", "zebra ORDER BY name"}) {
    INFO(right);
    page.run(CommandId::SearchSet, {{"query", right}});
    CHECK_FALSE(list.error());
  }
}

TEST_CASE("what one search learns of the records holds for the next, until others are opened") {
  FakeStorage storage;
  FakePage page{storage, 1};
  // A record that hides letters in escapes of ASCII, one with those of others, one that writes the word.
  const auto trace = [](const std::string& id, const std::string& text) {
    return R"({"info": {"trace_id": ")" + id + R"(", "timestamp_ms": 1767225600000}, "data": {"spans": [{"span_id": "00000000000000a1",)"
           R"( "parent_span_id": null, "name": "answer", "start_time_unix_nano": 1767225600000000000,)"
           R"( "end_time_unix_nano": 1767225601000000000, "status": {"code": "STATUS_CODE_OK"}, "attributes": {"said": ")" + text + R"("}}]}})" + "\n";
  };
  open_any(page, "t.jsonl", trace("tr-hidden", "\\u007aebra") + trace("tr-other", "gr\\u00fcn") + trace("tr-plain", "zebra"));
  const auto found = [&](const std::string& query) {
    page.session->execute(app::Command(CommandId::SearchSet, {{"query", query}}));
    for (int i = 0; i < 1000 && page.session->traces().working(); ++i) {
      Budget some;
      some.units_left = 1000;
      page.session->tick(some);
    }
    return page.session->traces().rows().size();
  };
  for (int times = 0; times < 2; ++times) {
    CHECK(found("text =~ /gir[a]ffe/") == 0);
    CHECK(found("text =~ /zeb[r]a/") == 2);
    CHECK(found("trace.text LIKE '%giraffe%'") == 0);
    CHECK(found("trace.text LIKE '%zebra%'") == 2);
    CHECK(found("span { content =~ /zeb[r]a/ }") == 2);
  }
  open_any(page, "more.jsonl", trace("tr-more", "\\u007a\\u0065bra") + trace("tr-none", "\\u00e9"));
  CHECK(found("text =~ /zeb[r]a/") == 3);
  CHECK(found("trace.text LIKE '%zebra%'") == 3);
}
