// The timeline: own time, critical path, order of the slowest and the failed, filters, zoom; and the
// same through keys and clicks.
#include <catch2/catch_test_macros.hpp>

#include "core/base/time.h"
#include "core/ingest/importer.h"
#include "tests/ui/view_page.h"
#include "ui/views/span_usage.h"
#include "ui/views/timeline_model.h"

using namespace assay;
using namespace assay::ui;
using assay::tests::ViewPage;

namespace {

struct TestSpan {
  int id, parent;  // 0: none
  std::string name;
  int64_t start, end;  // end 0: none
  std::string type = "CHAIN";
  bool failed = false;
  std::string attributes = {};  // more of them, with a comma in front
};

std::string trace_json(const std::string& id, const std::vector<TestSpan>& spans) {
  const auto hex = [](int n) { return "000000000000000" + std::string(1, "0123456789abcdef"[n]); };
  std::string out = R"({"info":{"trace_id":")" + id +
                    R"(","request_time":"2026-11-24T06:00:00Z","state":"OK"},"data":{"spans":[)";
  bool first = true;
  for (const TestSpan& span : spans) {
    out += first ? "" : ",";
    first = false;
    out += R"({"trace_id":"5b8efff798038103d269b633813fc60c","span_id":")" + hex(span.id) + R"(","parent_span_id":)" +
           (span.parent == 0 ? "null" : "\"" + hex(span.parent) + "\"") + R"(,"name":")" + span.name +
           R"(","start_time_unix_nano":)" + std::to_string(span.start);
    if (span.end != 0) out += R"(,"end_time_unix_nano":)" + std::to_string(span.end);
    out += std::string(R"(,"events":[],"status":{"code":")") + (span.failed ? "STATUS_CODE_ERROR" : "STATUS_CODE_OK") +
           R"("},"attributes":{"mlflow.spanType":"\")" + span.type + R"(\"")" + span.attributes + "}}";
  }
  return out + "]}}\n";
}

struct Made {
  store::Dataset dataset;
  SpanTree tree;
  Timeline timeline;
  explicit Made(const std::vector<TestSpan>& spans) {
    ingest::import_bytes(dataset, "t.json", trace_json("tr-1", spans));
    REQUIRE(dataset.trace_count() == 1);
    tree = build_span_tree(dataset, store::TraceRow{0}, {});
    timeline = build_timeline(dataset, tree);
  }
  std::string name(uint32_t line) const {
    return std::string(dataset.name_text(dataset.span_name(tree.lines[line].span)));
  }
  std::string names(const std::vector<uint32_t>& lines) const {
    std::string out;
    for (const uint32_t line : lines) out += (out.empty() ? "" : " ") + name(line);
    return out;
  }
  std::string parts(const PartsByLine& all, uint32_t line) const {
    std::string out;
    for (const TimePart& part : all.of(line))
      out += (out.empty() ? "" : " ") + std::to_string(part.from_ns) + "-" + std::to_string(part.to_ns);
    return out;
  }
};

const std::vector<TestSpan> kAgent{
    {1, 0, "agent", 100, 1000, "AGENT"},
    {2, 1, "retrieve", 200, 400, "RETRIEVER"},
    {3, 1, "search", 250, 500, "TOOL"},  // at the same time as retrieve
    {4, 1, "model", 550, 900, "CHAT_MODEL"},
    {5, 4, "request", 600, 850, "LLM"},
};

}  // namespace

TEST_CASE("Own time is what no child covers", "[views][timeline]") {
  const Made m(kAgent);
  REQUIRE(m.name(0) == "agent");
  CHECK(m.parts(m.timeline.own, 0) == "100-200 500-550 900-1000");
  CHECK(m.timeline.self_ns[0] == 250);
  CHECK(m.name(3) == "model");
  CHECK(m.timeline.self_ns[3] == 100);
  CHECK(m.names(m.timeline.slowest) == "agent search request retrieve model");
}

TEST_CASE("The critical path goes backwards from what ended last", "[views][timeline]") {
  const Made m(kAgent);
  // retrieve (200-400) ran beside search (250-500), which ended later.
  CHECK(m.parts(m.timeline.critical, 0) == "100-250 500-550 900-1000");
  CHECK(m.parts(m.timeline.critical, 1).empty());
  CHECK(m.parts(m.timeline.critical, 2) == "250-500");
  CHECK(m.parts(m.timeline.critical, 3) == "550-600 850-900");
  CHECK(m.parts(m.timeline.critical, 4) == "600-850");
  CHECK(m.timeline.critical_ns == 900);
}

TEST_CASE("A child that outlives its parent counts up to the parent's end", "[views][timeline]") {
  const Made m({{1, 0, "root", 100, 500}, {2, 1, "late", 300, 900}, {3, 1, "open", 200, 0}});
  CHECK(m.tree.end_ns == 900);
  CHECK(m.timeline.self_ns[0] == 100);
  const uint32_t open = 1;
  REQUIRE(m.name(open) == "open");
  CHECK(m.timeline.self_ns[open] == kNoTime);
  CHECK(m.timeline.whole[open].to_ns == 900);
  CHECK(m.timeline.critical_ns <= 800);
}

TEST_CASE("Failures are ordered from where they began", "[views][timeline]") {
  const Made m({{1, 0, "root", 100, 900, "CHAIN", true},
                {2, 1, "step", 200, 300, "CHAIN", true},
                {3, 2, "call", 210, 290, "TOOL", true},
                {4, 1, "early", 110, 150, "TOOL", true}});
  CHECK(m.names(m.timeline.failed) == "early call root step");
}

TEST_CASE("A filter keeps what matches and the way to it", "[views][timeline]") {
  const Made m(kAgent);
  uint32_t matches = 0;
  const auto shown = [&](const SpanFilter& filter, const std::vector<uint32_t>& closed = {}) {
    std::string out;
    for (const ShownLine& line : shown_lines(m.dataset, m.tree, m.timeline, closed, filter, matches))
      out += (out.empty() ? "" : " ") + std::string(line.matches ? "" : "(") + m.name(line.line) + (line.matches ? "" : ")");
    return out;
  };
  CHECK(shown({}) == "agent retrieve search model request");
  CHECK(shown({"REQ", "", false, false}) == "(agent) (model) request");
  CHECK(matches == 1);
  CHECK(shown({"", "TOOL", false, false}) == "(agent) search");
  CHECK(shown({"", "", false, true}) == "agent search model request");
  CHECK(shown({"", "", true, false}).empty());
  CHECK(shown({}, {m.tree.lines[3].span.v}) == "agent retrieve search model");
  CHECK(shown({"req", "", false, false}, {m.tree.lines[0].span.v}) == "(agent) (model) request");
}

TEST_CASE("Zoom keeps its centre, pan stays inside", "[views][timeline]") {
  TimeWindow w = zoomed({}, 0.5, 0.25);
  CHECK(w.from == 0.125);
  CHECK(w.to == 0.625);
  CHECK(zoomed(w, 4, 0.5).whole());
  CHECK(panned(w, 10).to == 1.0);
  CHECK(panned(w, -10).from == 0.0);
  CHECK(window_of(0.8, 0.2).from == 0.2);
  for (int i = 0; i < 60; ++i) w = zoomed(w, 0.5, 1);
  CHECK(w.width() >= kNarrowestWindow * 0.999);
  CHECK(w.to <= 1.0);
  CHECK(window_of(1, 1).to <= 1.0);
  CHECK(tick_step_ns(1'000'000, 10) == 200'000);
  CHECK(tick_step_ns(0, 10) == 1);
  CHECK(tick_step_ns(INT64_MAX, 2) > 0);
}

TEST_CASE("Tokens are summed without counting twice", "[views][timeline]") {
  const Made m({{1, 0, "root", 100, 900},
                {2, 1, "agent", 200, 300, "AGENT", false,
                 R"(,"mlflow.chat.tokenUsage":"{\"input_tokens\": 100, \"output_tokens\": 20, \"total_tokens\": 120}")"},
                {3, 2, "call", 210, 290, "LLM", false,
                 R"(,"mlflow.chat.tokenUsage":"{\"input_tokens\": 90, \"output_tokens\": 20}","mlflow.llm.cost":"{\"total_cost\": 0.5}")"},
                {4, 1, "other", 310, 350, "LLM", false, R"(,"gen_ai.usage.input_tokens":7,"gen_ai.usage.output_tokens":"3")"}});
  UsageSums sums;
  for (int i = 0; i < 10 && !sums.done; ++i) read_more_usage(m.dataset, m.tree, sums, 1);
  REQUIRE(sums.done);
  CHECK(sums.below[0].total_tokens == 130);
  CHECK(sums.below[0].cost_usd == 0.5);
  CHECK(sums.own[1].total_tokens == 120);
  CHECK(sums.below[1].total_tokens == 110);
  CHECK_FALSE(sums.own[0].has_tokens());
  CHECK(sums.own[3].total_tokens == 10);
}

TEST_CASE("A span is found again in another trace by its path", "[views][timeline]") {
  const Made a({{1, 0, "root", 100, 900}, {2, 1, "step", 200, 300}, {3, 1, "step", 310, 400}, {4, 3, "call", 320, 330}});
  const Made b({{1, 0, "root", 100, 900}, {2, 1, "step", 200, 300}, {3, 1, "step", 310, 400}, {5, 3, "call", 320, 330}});
  const Made c({{1, 0, "other", 100, 900}, {2, 1, "call", 200, 300}});
  const SpanPath path = path_of(a.dataset, a.tree, a.tree.lines[3].span);
  REQUIRE(path.steps.size() == 3);
  CHECK(path.steps[1].number == 1);
  CHECK(b.dataset.span_id(find_path(b.dataset, b.tree, path)) == "0000000000000005");
  CHECK(c.dataset.span_id(find_path(c.dataset, c.tree, path)) == "0000000000000002");
  const Made d({{1, 0, "other", 100, 900}});
  CHECK(find_path(d.dataset, d.tree, path).v == store::kNoRow);
}

TEST_CASE("Keys and buttons lead to the slowest span and the first failure, and zoom", "[views][timeline]") {
  ViewPage p;
  std::vector<TestSpan> failing = kAgent;
  failing[2].failed = true;
  p.open("two.jsonl", trace_json("tr-a", failing) + trace_json("tr-b", kAgent));
  p.settle();
  p.command(app::CommandId::TraceOpen, {{"trace_id", "tr-a"}});
  p.key("S");
  CHECK(p.view.reader.tab == ReaderTab::Spans);
  CHECK(p.h->name("span.title") == "agent");
  p.key("S");
  CHECK(p.h->name("span.title") == "search");
  p.key("E");
  CHECK(p.h->name("span.title") == "search");
  CHECK(p.h->semantics_problems() == "");
  p.click("spans.first_error");
  CHECK(p.h->name("span.title") == "search");
  // The next trace opens at the same span.
  p.key("J");
  REQUIRE(p.session().route().trace_id == "tr-b");
  CHECK(p.h->name("span.title") == "search");
  CHECK(p.h->flag("spans.first_error", kit::kSemDisabled));
  p.key("=");
  CHECK(p.view.reader.trace.window.width() == 0.5);
  p.key("Shift+ArrowRight");
  CHECK(p.view.reader.trace.window.from == 0.375);
  p.key("0");
  CHECK(p.view.reader.trace.window.whole());
  // Dragging over the minimap shows that part.
  const kit::Rect map = p.h->node("spans.minimap").rect;
  p.h->drag(map.x0 + map.width() * 0.25F, map.center_y(), map.x0 + map.width() * 0.5F, map.center_y());
  p.settle();
  CHECK(p.view.reader.trace.window.width() < 0.3);
  CHECK(p.view.reader.trace.window.width() > 0.2);
  p.h->double_click("spans.minimap");
  p.settle();
  CHECK(p.view.reader.trace.window.whole());
}

TEST_CASE("Spans are filtered by name and type, and folded", "[views][timeline]") {
  ViewPage p;
  p.open("two.jsonl", trace_json("tr-a", kAgent) + trace_json("tr-b", kAgent));
  p.settle();
  p.command(app::CommandId::TraceOpen, {{"trace_id", "tr-a"}});
  p.click("reader.tab[spans]");
  p.type("spans.filter", "requ");
  CHECK(p.h->has("reader.span[0000000000000005]"));
  CHECK_FALSE(p.h->has("reader.span[0000000000000002]"));
  CHECK(p.h->name("spans.status") == "1 of 5 spans");
  p.type("spans.filter", "nothing like this");
  CHECK(p.h->has("spans.no_match"));
  p.click("spans.filter");
  p.key("Mod+A");
  p.key("Delete");
  CHECK(p.h->has("reader.span[0000000000000002]"));
  p.click("spans.filter_menu");
  p.click("spans.type[TOOL]");
  CHECK_FALSE(p.h->has("reader.span[0000000000000002]"));
  CHECK(p.h->has("reader.span[0000000000000003]"));
  // A jump to what the filter hides takes the filter away.
  p.key("S");
  p.key("S");
  p.key("S");
  CHECK(p.h->has("reader.span[0000000000000002]"));
  p.click("spans.fold");
  CHECK_FALSE(p.h->has("reader.span[0000000000000005]"));
  p.click("spans.fold");
  CHECK(p.h->has("reader.span[0000000000000005]"));
  CHECK(p.h->semantics_problems() == "");
}

TEST_CASE("A filter that matches nothing is cleared by the button that offers it", "[views][timeline]") {
  ViewPage p;
  p.open("one.jsonl", trace_json("tr-a", kAgent));
  p.settle();
  p.command(app::CommandId::TraceOpen, {{"trace_id", "tr-a"}});
  p.click("reader.tab[spans]");
  p.type("spans.filter", "nothing like this");
  p.click("spans.filter_clear");
  CHECK(p.h->has("reader.span[0000000000000002]"));
}
