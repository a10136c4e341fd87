// Going from hit to hit in a trace: counts, order, scrolling, marks.
#include <catch2/catch_test_macros.hpp>

#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "tests/ui/view_page.h"

using namespace assay;
using app::CommandId;
using assay::tests::ViewPage;

namespace {

// Two spans that hold "refund" seven times, and one that does not.
std::string made_trace() {
  std::string long_text;
  for (int i = 0; i < 400; ++i) long_text += "line " + std::to_string(i) + "\\\\n";
  const auto span = [](std::string_view id, std::string_view parent, std::string_view name, std::string attributes,
                       std::string events) {
    return "{\"span_id\": \"" + std::string(id) + "\", \"parent_span_id\": " +
           (parent.empty() ? "null" : "\"" + std::string(parent) + "\"") + ", \"name\": \"" + std::string(name) +
           "\", \"start_time_unix_nano\": 1795500170510000000, \"end_time_unix_nano\": 1795500170520000000, \"status\": "
           "{\"code\": \"STATUS_CODE_OK\"}, \"attributes\": {" + attributes + "}, \"events\": [" + events + "]}";
  };
  return "{\"info\": {\"trace_id\": \"tr-00000000000000000000000000000001\", \"request_time\": \"2026-11-24T06:00:00Z\", "
         "\"state\": \"OK\", \"execution_duration_ms\": 10, \"request_preview\": \"a Refund, please\", \"tags\": {}, "
         "\"trace_metadata\": {\"note\": \"refund\"}}, \"data\": {\"spans\": [" +
         span("0000000000000001", "", "agent",
              "\"mlflow.spanInputs\": \"{\\\"question\\\": \\\"a Refund, please: REFUND\\\"}\", \"mlflow.spanOutputs\": \"\\\"" +
                  long_text + "no refund\\\"\"",
              "") +
         "," + span("0000000000000002", "0000000000000001", "quiet", "\"k\": \"nothing\"", "") + "," +
         span("0000000000000003", "0000000000000001", "refund_policy", "\"topic\": \"refund\"",
              "{\"name\": \"note\", \"time_unix_nano\": 1795500170510000000, \"attributes\": {\"a\": \"refund, refund\"}}") +
         "]}}\n";
}

}  // namespace

TEST_CASE("Hits are counted over all spans, and walked in order, round and round", "[views]") {
  ViewPage p;
  p.open("made.jsonl", made_trace());
  p.settle();
  p.type("top.search", "refund");
  REQUIRE(p.session().traces().rows().size() == 1);
  p.click("traces.row[" + p.trace_at(0) + "]");
  CHECK(p.h->name("reader.hits") == "7 hits");
  p.click("reader.hit_next");
  CHECK(p.h->name("reader.hits") == "1 of 7");
  CHECK(p.session().route().span_id == "0000000000000001");
  CHECK(p.h->has("span.inputs.field[question]"));
  p.click("reader.hit_next");
  p.click("reader.hit_next");
  CHECK(p.h->name("reader.hits") == "3 of 7");
  // Far down in a long text: it is scrolled to.
  CHECK(p.h->has("span.outputs.text"));
  CHECK_FALSE(p.h->has("span.title"));
  p.key("N");
  CHECK(p.h->name("reader.hits") == "4 of 7");
  CHECK(p.session().route().span_id == "0000000000000003");
  p.key("N");
  p.key("N");
  p.key("N");
  CHECK(p.h->name("reader.hits") == "7 of 7");
  CHECK(p.h->has("span.event[0].attribute[a]"));
  p.key("N");
  CHECK(p.h->name("reader.hits") == "1 of 7");
  p.key("Shift+N");
  CHECK(p.h->name("reader.hits") == "7 of 7");
  CHECK(p.h->semantics_problems() == "");
  // Another word, another count; none, no buttons.
  p.type("top.search", "nothing");
  CHECK(p.h->name("reader.hits") == "1 hit");
  p.type("top.search", "status = 'OK'");
  CHECK_FALSE(p.h->has("reader.hits"));
}

TEST_CASE("Every hit stands in a text that is on the screen and holds the word", "[views]") {
  ViewPage p;
  p.open_example();
  for (const char* word : {"email", "security", "the"}) {
    p.type("top.search", word);
    REQUIRE_FALSE(p.session().traces().rows().empty());
    p.click("traces.row[" + p.trace_at(0) + "]");
    for (const bool json : {false, true}) {
      p.view.reader.show_json = json;
      p.settle();
      const std::string all = p.h->name("reader.hits");
      const size_t count = p.view.reader.hits.hits.size();
      INFO(word << " " << all);
      REQUIRE(p.view.reader.hits.next == p.view.reader.hits.order.size());
      p.view.reader.hits.current = -1;
      for (size_t i = 0; i < count; ++i) {
        p.key("N");
        const auto& list = p.view.reader.hits;
        REQUIRE(list.current >= 0);
        const ui::Hit& hit = list.hits[static_cast<size_t>(list.current)];
        INFO(hit.block);
        REQUIRE(p.h->has(hit.block));
        const std::string shown = ascii_lower(p.h->name(hit.block) + p.h->value(hit.block));
        CHECK(shown.find(word) != std::string::npos);
        CHECK_FALSE(list.scroll);  // it was shown
      }
    }
    p.key("Escape");
  }
}
