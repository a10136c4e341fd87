// Everything that the core says of a query is said in Chinese in the Chinese page. The core makes each sentence here
// as it does while somebody types, so that one that is changed there and not in ui/strings/queries.def is found.
#include <catch2/catch_test_macros.hpp>

#include <set>

#include "core/app/trace_list.h"
#include "core/base/utf8.h"
#include "core/search/query.h"
#include "core/search/regex.h"
#include "core/store/dataset.h"
#include "tests/ui/view_page.h"
#include "ui/views/failure_text.h"

using namespace assay;
using assay::tests::ViewPage;

namespace {

std::string in_chinese(const std::string& message) {
  return ui::query_text(message, kit::Language::SimplifiedChinese);
}

bool has_chinese(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0xE4) return true;
  }
  return false;
}

// Words that no query below holds: they would be left of an English sentence.
void check_translated(const std::string& query, const std::string& message) {
  const std::string text = in_chinese(message);
  INFO(query << "\n" << message << "\n" << text);
  CHECK(has_chinese(text));
  for (const char* word : {" the ", "this ", "write ", " should", " is ", " it ", " with ", "bad ", "missing ", "invalid ", " at position"})
    CHECK(ascii_lower(text).find(word) == std::string::npos);
  CHECK(ui::query_text(message, kit::Language::English) == message);
}

struct Said {
  std::string error, warning;
};

// What the list says of a query, as the page shows it.
Said said_of(const std::string& query) {
  static store::Dataset dataset;  // of nothing, nothing is asked
  if (dataset.trace_count() == 0) {
    store::TraceFields trace;
    trace.trace_id = "tr-1";
    dataset.add_trace(trace, {}, {}, {}, {});
  }
  app::TraceList list(dataset);
  list.set_query(query);
  list.finish();
  return {list.error() ? list.error()->message : "", list.warning()};
}

void check_said(const std::string& query) {
  const Said said = said_of(query);
  if (!said.error.empty()) check_translated(query, said.error);
  if (!said.warning.empty()) check_translated(query, said.warning);
}

std::string repeated(std::string_view text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

}  // namespace

TEST_CASE("Every mistake in a query is told in the page's language") {
  const std::string wrong[] = {
      "status =", "a AND OR", "(status = OK", "status = OK)", "name = 'x", "attributes.\"x = 1", "{ type = TOOL", "{ { name = 'a' } }",
      "foo.bar = 1", "statsu = OK", "durration > 5s", "{ cost_usd = 1 }", "{ zzzzzz = 1 }", "tags = 'a'", "(tags. = 'a')",
      "(\"status\" = 'a')", "tokens LIKE 'a'", "name > 'a'", "prompt != 'a/1'", "prompt = 'a'", "span.content = 'a'",
      "prompt EXISTS", "tokens > many", "duration > slow", "timestamp > whenever", "name =~ /(/", "name =~ /a",
      "tokens => 5", "a = 1 & b", "a = 1 | b", "status IN ('OK'", "status IN ()", "timestamp IN ()",
      "timestamp IN (yesterday", "tokens BETWEEN 1", "timestamp BETWEEN yesterday", "count({ type = TOOL } > 5", "count({ type = TOOL }) IN 5",
      "count({ type = TOOL }) > x", "repeated({ type = TOOL } BY color) > 1", "{ type = TOOL } >> name", "ALL { type = TOOL } > { type = LLM }",
      repeated("(", 100), repeated("NOT ", 100) + "a", repeated("word ", 100), repeated("a ", 7000), repeated("a", 70'000),
      repeated("name LIKE 'a' OR ", 80) + "name LIKE 'a'", "timestamp IN (" + repeated("today, ", 80) + "today)",
      "tokens IN (" + repeated("1, ", 1200) + "1)", repeated("status = OK OR ", 1200) + "status = OK",
      "ORDER BY timestmap", "ORDER BY timestamp SIDEWAYS", "ORDER BY foo.bar", "ORDER BY span.name", "ORDER BY timestamp, timestamp",
      "ORDER BY timestamp DESC DESC", "status = OK ORDER BY 'name",
  };
  for (const std::string& query : wrong) {
    INFO(query.substr(0, 200));
    const std::string error = said_of(query).error;
    CHECK_FALSE(error.empty());
    if (!error.empty()) check_translated(query.substr(0, 200), error);
  }
}

TEST_CASE("What is worth a word about a query is told in the page's language") {
  for (const std::string query : {"status = 'error'", "status = 'eror'", "(status = 'eror')", "status:error x", "span.attributes.model = 'x'",
                                  "execution_time > '5s'", "name RLIKE '('", "(tags.nobody = 'x')", "(metadata.nobody = 'x')", "name RLIKE '(?=a)'"}) {
    INFO(query);
    const std::string warning = said_of(query).warning;
    CHECK_FALSE(warning.empty());
    check_translated(query, warning);
  }
}

// Whatever is left out of these, what is said of the rest can be read.
TEST_CASE("Queries that are half written are told of in the page's language") {
  const std::string queries[] = {
      "status = 'ERROR' AND (name LIKE '%x%' OR tags.\"my key\" IN ('a', 'b')) ORDER BY timestamp DESC, name",
      "{ type = TOOL AND duration BETWEEN 5s AND 10s } >> NO { status = ERROR } AND count({ name =~ /a(b|c)+/i }) >= 3",
      "NOT feedback.quality > 0.5 && timestamp NOT IN (yesterday, \"2 hours ago\") || prompt = 'a/1' span.content CONTAINS 'x'",
      "repeated({ type = LLM } BY name, inputs) > 2 EXISTS tags.a metadata.b IS NOT NULL last 24 hours since 2025-01-31",
  };
  for (const std::string& query : queries) {
    for (size_t size = 0; size <= query.size(); ++size) check_said(query.substr(0, size));
    for (size_t from = 0; from < query.size(); ++from) {
      for (const size_t count : {1, 2, 5}) {
        std::string less = query;
        less.erase(from, count);
        check_said(less);
      }
    }
  }
}

TEST_CASE("Every mistake in a regular expression is told in the page's language") {
  const std::string wrong[] = {
      "*", "a**", "a*+", "a{5,2}", "(?P=a)", "(?Pa)", "(?P<1>a)", "(?P<a>x)(?P<a>y)", "(?#a", "(?=a)", "(?!a)", "(?<=a)", "(?<!a)", "(a)(?(1)b)",
      "(?>a)", "(a", "(?L)a", "(?q)a", "(?i", "(?-i)", "a(?i)b", "(?i:a", "\\x1", "\\u12", "\\U00110000", "\\N{DASH}", "\\q", "\\", "\\777", "\\1",
      "[\\", "[\\777]", "[\\8]", "[a", "[z-a]", "a)", repeated("(", 2000), repeated("a", 40'000), "(a{1000}){1000}",
  };
  std::set<std::string> kinds;
  for (const std::string& pattern : wrong) {
    const Result<search::Regex> regex = search::Regex::compile(pattern);
    INFO(pattern.substr(0, 100));
    CHECK_FALSE(regex.ok());
    if (regex.ok()) continue;
    kinds.insert(regex.error().what);
    check_translated(pattern.substr(0, 100), regex.error().what);
    check_translated(pattern.substr(0, 100), "This regular expression is wrong: " + regex.error().what);
    CHECK(has_chinese(ui::failure_text("The pattern is wrong: " + regex.error().what, kit::Language::SimplifiedChinese)));
  }
  CHECK(kinds.size() > 25);
}

TEST_CASE("The search box says in Chinese what is wrong", "[views]") {
  ViewPage p;
  p.open_example();
  p.command(app::CommandId::SettingSet, {{"key", "language"}, {"value", "zh-Hans"}});
  p.type("top.search", "foo.bar = 1");
  CHECK(p.h->name("search.error").find("没有字段 foo.bar") != std::string::npos);
}
