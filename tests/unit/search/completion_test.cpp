// What completion finds at a caret, what it offers, and what it writes. In the queries | is the caret.
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "core/base/utf8.h"
#include "core/ingest/importer.h"
#include "core/search/completion.h"
#include "core/search/query.h"
#include "query_fixture.h"

using namespace assay;
using namespace assay::search;

namespace {

struct Typed {
  std::string text;
  size_t caret = 0;
};

Typed typed(std::string_view marked) {
  Typed out;
  out.caret = marked.find('|');
  out.text = marked.substr(0, out.caret);
  out.text += marked.substr(out.caret + 1);
  return out;
}

// "kind [what is replaced] typed"
std::string place_text(std::string_view marked) {
  constexpr std::string_view kKinds[] = {"none", "key", "name", "sign", "value", "word"};
  const Typed at = typed(marked);
  const CompletionPlace place = completion_place(at.text, at.caret);
  std::string out(kKinds[static_cast<size_t>(place.kind)]);
  if (place.kind == CompletionKind::None) return out;
  if (place.kind == CompletionKind::Key && place.place == KeyPlace::Span) out += " of span";
  return out + " [" + at.text.substr(place.begin_byte, place.end_byte - place.begin_byte) + "] " + place.typed;
}

const std::string kRecord = R"({"attributes": {"llm.model_name": "\"gpt-4\"", "k": "7", "mlflow.spanInputs": )"
                            R"("{\"question\": \"why\", \"lang\": {\"code\": \"en\"}}"}})";

store::Dataset& data() {
  static store::Dataset dataset;
  if (dataset.trace_count() > 0) return dataset;
  add(dataset, {.id = "a",
                .start_ms = 1,
                .tags = {{"env", "prod"}, {"my key", "x"}, {"mlflow.traceName", "chat"}},
                .metadata = {{"mlflow.source", "it's"}},
                .spans = {{.name = "call", .type = "LLM", .record = kRecord}},
                .assessments = {feedback("quality", "\"yes\""), feedback("score", "4")},
                .session = "s-1",
                .record = kRecord});
  add(dataset, {.id = "b",
                .start_ms = 2,
                .state = store::TraceState::Error,
                .tags = {{"env", "dev"}, {"mlflow.traceName", "chat"}},
                .spans = {{.name = "call", .type = "TOOL", .status = store::SpanStatus::Error}},
                .assessments = {feedback("quality", "\"no\""), feedback("passed", "true")},
                .session = "s-2"});
  add(dataset, {.id = "c",
                .start_ms = 3,
                .tags = {{"env", "prod"}},
                .assessments = {feedback("quality", "\"yes\""), feedback("score", "5")}});
  return dataset;
}

std::vector<Completion> offered(std::string_view marked, size_t most = 8) {
  const Typed at = typed(marked);
  const CompletionPlace place = completion_place(at.text, at.caret);
  std::vector<CompletionText> texts;
  if (!CompletionTexts::question_of(place).empty()) {
    CompletionTexts job(data(), place);
    Budget unlimited;
    REQUIRE(job.step(unlimited) == Progress::Finished);
    texts = job.texts();
  }
  return completions(place, texts, most);
}

// "text count, text, …"
std::string offers(std::string_view marked, size_t most = 8) {
  std::string out;
  for (const Completion& item : offered(marked, most)) {
    out += (out.empty() ? "" : ", ") + item.shown;
    if (item.is_counted) out += " " + std::to_string(item.traces);
  }
  return out;
}

// The query after the first offer was taken.
std::string taken(std::string_view marked) {
  const Typed at = typed(marked);
  const CompletionPlace place = completion_place(at.text, at.caret);
  const std::vector<Completion> items = offered(marked);
  if (items.empty()) return "(none)";
  std::string out = at.text;
  return out.replace(place.begin_byte, place.end_byte - place.begin_byte, items[0].inserted);
}

}  // namespace

TEST_CASE("the place of the caret is found in any query") {
  CHECK(place_text("|") == "key [] ");
  CHECK(place_text("sta|") == "key [sta] sta");
  CHECK(place_text("sta|tus = 'OK'") == "key [status] sta");
  CHECK(place_text("|status") == "none");
  CHECK(place_text("status |") == "sign [] ");
  CHECK(place_text("status = |") == "value [] ");
  CHECK(place_text("status =|") == "value [] ");
  CHECK(place_text("status = 'ER|") == "value ['ER] ER");
  CHECK(place_text("status = 'ER|ROR'") == "value ['ERROR'] ER");
  CHECK(place_text("status = 'ER| AND name = 'x'") == "value ['ER] ER");
  CHECK(place_text("status = 'ER| x' AND name = 'x'") == "value ['ER x'] ER");
  CHECK(place_text("status = \"ER|") == "value [\"ER] ER");
  CHECK(place_text("status = ER|") == "value [ER] ER");
  CHECK(place_text("status = 'OK'|") == "none");
  CHECK(place_text("status = 'OK' |") == "key [] ");
  CHECK(place_text("status = 'OK' AND na|") == "key [na] na");
  CHECK(place_text("name LI|") == "sign [LI] LI");
  CHECK(place_text("name NOT LI|") == "sign [LI] LI");
  CHECK(place_text("name LIKE '%a|") == "value ['%a] %a");
  CHECK(place_text("name IN ('a', |") == "value [] ");
  CHECK(place_text("name NOT IN (|") == "value [] ");
  CHECK(place_text("timestamp BETWEEN tod|") == "value [tod] tod");
  CHECK(place_text("timestamp BETWEEN today AND |") == "value [] ");
  CHECK(place_text("tags.|") == "name [] ");
  CHECK(place_text("tags.en|v = 1") == "name [env] en");
  CHECK(place_text("tags.\"my k|") == "name [\"my k] my k");
  CHECK(place_text("tags.`my k|ey` = 'x'") == "name [`my key`] my k");
  CHECK(place_text("metadata.mlflow.so|") == "name [mlflow.so] mlflow.so");
  CHECK(place_text("span.attributes.llm.|") == "name [llm.] llm.");
  CHECK(place_text("span.ty|") == "key of span [ty] ty");
  CHECK(place_text("attributes.sta|") == "key [sta] sta");
  CHECK(place_text("span { ty|") == "key of span [ty] ty");
  CHECK(place_text("{ type = TOOL } >> { type = |") == "value [] ");
  CHECK(place_text("{ type = TOOL } > |") == "key [] ");
  CHECK(place_text("count(span { type = |") == "value [] ");
  CHECK(place_text("count({}) >= |") == "key [] ");
  CHECK(place_text("inputs.lang.|") == "name [] ");
  CHECK(place_text("inputs.messages[0].co|") == "name [co] co");
  CHECK(place_text("name =~ /a|") == "none");
  CHECK(place_text("name =~ |") == "none");
  CHECK(place_text("\"some words|") == "none");
  CHECK(place_text("the name |") == "key [] ");
  CHECK(place_text("status = 'OK' ORDER BY ti|") == "word [ti] ti");
  CHECK(place_text("ORDER BY |") == "word [] ");
  CHECK(place_text("ORDER BY timestamp |") == "word [] ");
  CHECK(place_text("ORDER BY timestamp DESC |") == "none");
  CHECK(place_text("ORDER BY timestamp DESC, |") == "word [] ");
  CHECK(place_text("ORDER BY tags.\"my k|") == "name [\"my k] my k");
  CHECK(place_text("ORDER BY 'x|") == "none");
  CHECK(place_text("\xE9\x80\x80\xE6\xAC\xBE|") == "key [\xE9\x80\x80\xE6\xAC\xBE] \xE9\x80\x80\xE6\xAC\xBE");
}

TEST_CASE("no text and no caret breaks it") {
  const std::string pieces[] = {"status", "=", "'", "\"", "`", ".", "tags.", "(", ")", "{", "}", "[", "/", "=~", " ",
                                "IN", "NOT", "AND", "BETWEEN", "\xE2\x80\x9C", "\xFF", "span.", "\n"};
  uint32_t dice = 1;
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (int k = 0; k < 9; ++k) {
      dice = dice * 1664525 + 1013904223;
      text += pieces[(dice >> 8) % std::size(pieces)];
    }
    for (size_t caret = 0; caret <= text.size(); caret += 3) {
      const CompletionPlace place = completion_place(text, caret);
      if (place.kind == CompletionKind::None) continue;
      REQUIRE(place.begin_byte <= place.end_byte);
      REQUIRE(place.begin_byte <= caret);
      REQUIRE(caret <= place.end_byte);
      REQUIRE(place.end_byte <= text.size());
      (void)completions(place, {}, 8);
    }
  }
  CHECK(completion_place(std::string(1 << 20, 'a'), 1 << 20).kind == CompletionKind::None);
}

TEST_CASE("keys, with their other spellings") {
  CHECK(offers("stat|", 1) == "status");
  CHECK(offers("exec|") == "execution_time, execution_time_ms");
  CHECK(offered("exec|")[0].same_as == "duration");
  CHECK(offers("dur|") == "duration");
  CHECK(offers("status|").find("status,") == std::string::npos);
  CHECK(offers("tag|") == "tags.");
  CHECK(offers("span { du|") == "duration");
  CHECK(offers("span.mod|") == "model");
  CHECK(taken("stat|") == "status ");
  CHECK(taken("status = 'OK' AND tag|") == "status = 'OK' AND tags.");
  CHECK(taken("span.mod|") == "span.model ");
}

TEST_CASE("names of the data, with counts and quotes") {
  CHECK(offers("tags.|") == "env 3, mlflow.traceName 2, my key 1");
  CHECK(taken("tags.|") == "tags.env ");
  CHECK(taken("tags.my|") == "tags.\"my key\" ");
  CHECK(taken("tags.\"my|") == "tags.\"my key\" ");
  CHECK(taken("tags.`my|` = 'x'") == "tags.\"my key\"  = 'x'");
  CHECK(offers("feedback.|") == "quality 3, score 2, passed 1");
  CHECK(offers("rationale.qu|") == "quality 3");
  CHECK(offers("env|") == "tags.env 3");
  CHECK(taken("qual|") == "feedback.quality ");
  CHECK(offers("span.attributes.|") == "k 1, llm.model_name 1, mlflow.spanInputs 1");
  CHECK(taken("span { attributes.llm|") == "span { attributes.\"llm.model_name\" ");
  CHECK(offers("inputs.|") == "lang 1, question 1");
  CHECK(offers("inputs.lang.|") == "code 1");
  CHECK(taken("inputs.lang.|") == "inputs.lang.code");
}

TEST_CASE("signs fit the key") {
  CHECK(offers("status |") == "=, !=, IN");
  CHECK(offers("duration |", 4) == ">, <, >=, <=");
  CHECK(offers("name NOT |") == "CONTAINS, LIKE, ILIKE, IN");
  CHECK(offers("name R|") == "RLIKE");
  CHECK(taken("status |") == "status = ");
  CHECK(taken("name I|") == "name ILIKE ");
  CHECK(taken("status IN|") == "status IN (");
}

TEST_CASE("behind ORDER BY come keys and their directions") {
  CHECK(offers("ORDER BY |", 4) == "timestamp, execution_time, status, name");
  CHECK(offers("status = 'OK' ORDER BY e|") == "execution_time, end_time, experiment_id");
  CHECK(taken("ORDER BY ti|") == "ORDER BY timestamp ");
  CHECK(taken("ORDER BY ta|") == "ORDER BY tags.");
  CHECK(offers("ORDER BY tags.|") == "env 3, mlflow.traceName 2, my key 1");
  CHECK(offers("ORDER BY timestamp |") == "DESC, ASC");
  CHECK(offers("ORDER BY timestamp DESC, tags.env |") == "DESC, ASC");
  CHECK(taken("ORDER BY timestamp a|") == "ORDER BY timestamp ASC");
  CHECK(offers("ORDER BY timestamp ASC |") == "");
  CHECK(offers("ORDER BY feedback.|") == "");
  for (const std::string_view start : {"|timestamp", "tags.my|", "metadata.mlf|", "exec|", "na|"}) {
    std::string marked = start.starts_with('|') ? "ORDER BY ti|" : "ORDER BY " + std::string(start);
    const std::string query = std::string(trimmed(taken(marked)));
    INFO(query);
    CHECK(parse_order_by({query.substr(9)}).ok());
    CHECK(parse_order_by({query.substr(9) + " DESC"}).ok());
  }
}

TEST_CASE("every other place of the grammar has its words") {
  CHECK(offers("status = 'OK' |", 3) == "AND, OR, ORDER BY");
  CHECK(offers("duration > 5s |", 3) == "AND, OR, ORDER BY");
  CHECK(offers("tags.env IS NULL |", 3) == "AND, OR, ORDER BY");
  CHECK(offers("(status = 'OK') O|", 2) == "OR, ORDER BY");
  CHECK(offers("tags.env IS |") == "NULL, NOT NULL");
  CHECK(offers("tags.env IS NOT |") == "NULL");
  CHECK(offers("duration BETWEEN 1s |") == "AND");
  CHECK(offers("last |", 2) == "24 hours, 7 days");
  CHECK(offers("last 3 |", 2) == "hours, days");
  CHECK(offers("since |", 2) == "yesterday, today");
  CHECK(taken("all |") == "all spans { ");
  CHECK(taken("no s|") == "no span { ");
  CHECK(offers("span { type = TOOL } |", 3) == "AND, OR, >>");
  CHECK(taken("span { type = TOOL } TH|") == "span { type = TOOL } THEN { ");
  CHECK(offers("count(span { type = TOOL }) |", 2) == ">, <");
  CHECK(offers("repeated(span { type = TOOL }) |", 2) == ">, <");
  CHECK(offers("repeated(span { type = TOOL } |", 1) == "BY");
  CHECK(offers("repeated(span { type = TOOL } BY |") == "NAME, INPUTS, TYPE");
  CHECK(offers("repeated(span { type = |") == "LLM 1, TOOL 1");
  for (const std::string_view start : {"tags.env IS |", "tags.env IS NOT |", "last |", "last 3 |", "since |",
                                       "repeated(span { type = TOOL } BY |) > 2"}) {
    const std::string query = taken(start);
    INFO(query);
    CHECK(parse_query(query, {1795521600000000000, 0}).ok());
  }
}

TEST_CASE("values of the data, with counts and quotes") {
  CHECK(offers("status = |") == "OK 2, ERROR 1");
  CHECK(taken("status = |") == "status = 'OK'");
  CHECK(taken("status = 'er|") == "status = 'ERROR'");
  CHECK(taken("status = 'er|r'") == "status = 'ERROR'");
  CHECK(taken("status = \"er|") == "status = \"ERROR\"");
  CHECK(taken("status = er|") == "status = 'ERROR'");
  CHECK(offers("tags.env = |") == "prod 2, dev 1");
  CHECK(taken("metadata.mlflow.source = |") == "metadata.mlflow.source = \"it's\"");
  CHECK(offers("feedback.score = |") == "4 1, 5 1");
  CHECK(taken("feedback.score = |") == "feedback.score = 4");
  CHECK(taken("feedback.passed = |") == "feedback.passed = true");
  CHECK(taken("feedback.quality = |") == "feedback.quality = 'yes'");
  CHECK(offers("session IN ('s-1', |") == "s-1 1, s-2 1");
  CHECK(offers("span.type = |") == "LLM 1, TOOL 1");
  CHECK(offers("span { name = |") == "call 2");
  CHECK(offers("span.status = |").find("ERROR 1") != std::string::npos);
  CHECK(offers("span { attributes.llm.model_name = |") == "gpt-4 1");
  CHECK(offers("span { attributes.\"llm.model_name\" = |") == "gpt-4 1");
  CHECK(offers("span { attributes.k = |") == "7 1");
  CHECK(taken("span { attributes.k = |") == "span { attributes.k = 7");
  CHECK(offers("inputs.lang.code = |") == "en 1");
  CHECK(offers("timestamp > |", 2) == "yesterday, today");
  CHECK(offers("duration > 5|") == "500ms, 5s");
}

TEST_CASE("what completion writes is understood") {
  for (const std::string_view start : {"status = |", "name = |", "tags.my| = 'x'", "metadata.mlflow.source = |",
                                       "feedback.score >= |", "span { attributes.llm| = 'gpt-4' }",
                                       "inputs.lang.| = 'en'", "timestamp > |", "duration > |", "tags.env IN (|)"}) {
    const std::string query = taken(start);
    INFO(query);
    CHECK(parse_query(query, {1795521600000000000, 0}).ok());
  }
}

TEST_CASE("values are counted in slices, and end when the data change") {
  store::Dataset dataset;
  for (int i = 0; i < 2000; ++i) {
    add(dataset, {.id = "t" + std::to_string(i), .start_ms = i, .tags = {{"n", std::to_string(i % 10)}}});
  }
  const CompletionPlace place = completion_place("tags.n = ", 9);
  CompletionTexts job(dataset, place);
  int slices = 0;
  Budget one{.units_left = 1};
  while (job.step(one) == Progress::Working) {
    ++slices;
    one.units_left = 1;
  }
  CHECK(slices > 3);
  REQUIRE(job.texts().size() == 10);
  CHECK(job.texts()[0].traces == 200);
  CHECK_FALSE(job.is_partial());
  CompletionTexts late(dataset, place);
  add(dataset, {.id = "more", .tags = {{"n", "x"}}});
  Budget unlimited;
  CHECK(late.step(unlimited) == Progress::Finished);
  CHECK(late.is_stale());
}
