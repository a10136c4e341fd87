// Notes on words of a text, and the codebook, through real clicks, drags and keys.
#include <catch2/catch_test_macros.hpp>

#include "core/review/anchor.h"
#include "tests/ui/view_page.h"

using namespace assay;
using namespace assay::ui;
using app::CommandId;
using assay::tests::ViewPage;

namespace {

std::string trace(const std::string& id, const std::string& out) {
  return R"({"info":{"trace_id":")" + id +
         R"(","request_time":"2026-11-24T06:00:00Z","state":"OK","execution_duration":"1.5s"},"data":{"spans":[{"trace_id":"5b8efff798038103d269b633813fc60c","span_id":"0000000000000001","parent_span_id":null,"name":"chat","start_time_unix_nano":100,"end_time_unix_nano":900,"status":{"code":"STATUS_CODE_OK"},"attributes":{"mlflow.spanType":"\"CHAIN\"","mlflow.spanInputs":"\"tell me\"","mlflow.spanOutputs":"\")" +
         out + R"(\""}}]}})" + "\n";
}

void open_traces(ViewPage& p) {
  p.open("s.jsonl", trace("tr-1", "once upon a time") + trace("tr-2", "the end of it") + trace("tr-3", "words"));
  p.settle();
}

const store::Assessment* first_named(const ViewPage& p, std::string_view trace_id, std::string_view name) {
  for (const store::Assessment& a : p.session().dataset().assessments(*p.session().dataset().find_trace(trace_id)))
    if (a.name == name && a.valid) return &a;
  return nullptr;
}

kit::Rect rect_of(const ViewPage& p, std::string_view id) {
  REQUIRE(p.h->has(id));
  return p.h->node(id).rect;
}

void note(ViewPage& p, std::string_view trace_id, std::string_view text, std::string_view mode = "") {
  p.command(CommandId::TraceOpen, {{"trace_id", std::string(trace_id)}});
  if (!p.h->has("note.text")) p.key("M");
  p.type("note.text", text);
  if (!mode.empty()) p.type("note.mode", mode);
  p.key("Enter");
}

}  // namespace

TEST_CASE("A note on words keeps the words, is marked in the text, and is found again", "[views][analysis][anchor]") {
  ViewPage p;
  open_traces(p);
  p.command(CommandId::TraceOpen, {{"trace_id", "tr-1"}});
  // A double click selects a word; the button beside it begins the note.
  const kit::Rect text = rect_of(p, "overview.response.text");
  p.h->double_click("overview.response.text");
  p.h->click_at(text.x0 + 4, text.center_y());
  p.settle();
  CHECK_FALSE(p.h->has("note.on_this"));
  p.h->drag(text.x0 + 1, text.center_y(), text.x0 + 60, text.center_y());
  p.settle();
  REQUIRE(p.h->has("note.on_this"));
  CHECK(p.h->semantics_problems() == "");
  p.click("note.on_this");
  REQUIRE(p.h->has("note.target"));
  p.type("note.text", "a fairy tale");
  p.key("Enter");
  const store::Assessment* made = first_named(p, "tr-1", "note");
  REQUIRE(made != nullptr);
  const auto anchor = review::read_anchor(*made);
  REQUIRE(anchor);
  CHECK(made->span_id == "0000000000000001");
  CHECK(anchor->field == "outputs");
  CHECK(anchor->part == ".text");
  CHECK(anchor->from == 0);
  CHECK(std::string("once upon a time").starts_with(anchor->quote));
  CHECK(anchor->quote.size() >= 4);
  CHECK_FALSE(p.h->has("note.target"));  // the next one is of the trace again
  // The mark opens it; it is there in the span's own text and in JSON, too.
  const std::string id = made->assessment_id;
  p.click("note.mark[" + id + "]");
  REQUIRE(p.h->has("note.shown_text"));
  CHECK(p.h->name("note.shown_text") == "a fairy tale");
  p.click("note.shown_close");
  CHECK_FALSE(p.h->has("note.shown_text"));
  p.click("reader.tab[spans]");
  CHECK(p.h->has("note.mark[" + id + "]"));
  p.click("reader.format[json]");
  CHECK(p.h->has("note.mark[" + id + "]"));
  CHECK(p.h->semantics_problems() == "");
  // From the list of notes one gets to the words.
  p.command(CommandId::GoAnalysis);
  REQUIRE(p.h->has("analysis.quote"));
  CHECK(p.h->name("analysis.quote") == "“" + anchor->quote + "”");
  p.click("analysis.open_note");
  p.settle();
  CHECK(p.session().route().trace_id == "tr-1");
  CHECK(p.h->name("note.shown_text") == "a fairy tale");
  // Deleted, and back with undo.
  p.click("note.shown_delete");
  CHECK_FALSE(p.h->has("note.mark[" + id + "]"));
  p.key("Mod+Z");
  CHECK(p.h->has("note.mark[" + id + "]"));
}

TEST_CASE("A note on words that are gone says so", "[views][analysis][anchor]") {
  ViewPage p;
  open_traces(p);
  p.command(CommandId::AssessmentAdd, {{"trace_id", "tr-2"}, {"span_id", "0000000000000001"}, {"kind", "feedback"},
                                       {"name", "note"}, {"value_type", "string"}, {"value", "was rude"},
                                       {"anchor_field", "outputs"}, {"anchor_part", ".text"}, {"anchor_from", "4"},
                                       {"anchor_to", "12"}, {"anchor_quote", "get lost"}});
  const std::string id = first_named(p, "tr-2", "note")->assessment_id;
  p.command(CommandId::TraceOpen, {{"trace_id", "tr-2"}});
  p.click("reader.tab[spans]");
  CHECK_FALSE(p.h->has("note.mark[" + id + "]"));
  REQUIRE(p.h->has("note.lost[" + id + "]"));
  CHECK(p.h->name("note.lost[" + id + "]").find("get lost") != std::string::npos);
}

TEST_CASE("The key for notes takes what is selected with the keyboard", "[views][analysis][anchor]") {
  ViewPage p;
  open_traces(p);
  p.command(CommandId::TraceOpen, {{"trace_id", "tr-1"}});
  const kit::Rect text = rect_of(p, "overview.response.text");
  p.h->click_at(text.x0 + 1, text.center_y());
  for (int i = 0; i < 4; ++i) p.key("Shift+ArrowRight");
  p.key("M");
  REQUIRE(p.h->has("note.target"));
  p.type("note.text", "starts badly");
  p.key("Enter");
  const store::Assessment* made = first_named(p, "tr-1", "note");
  REQUIRE(made != nullptr);
  CHECK(made->value_json == "\"starts badly\"");
  CHECK(review::read_anchor(*made)->quote == "once");
}

TEST_CASE("Long passages are noted too, and the bar keeps its fields in every width", "[views][analysis][anchor]") {
  const std::string text = "First of all, I would like to thank you for the time. 首先，我要感谢您抽出的宝贵时间，并祝一切顺利，以及更多的话。 And more of it, at length, to the end.";
  for (const float width : {1280.F, 700.F, 390.F}) {
    INFO("width " << width);
    ViewPage p(ImVec2(width, 800));
    p.open("s.jsonl", trace("tr-1", text));
    p.command(CommandId::TraceOpen, {{"trace_id", "tr-1"}});
    const kit::Rect shown = rect_of(p, "overview.response.text");
    p.h->click_at(shown.x0 + 1, shown.y0 + 8);
    for (int i = 0; i < 90; ++i) p.key("Shift+ArrowRight");
    p.key("M");
    REQUIRE(p.h->has("note.target"));
    CHECK(rect_of(p, "note.text").x1 - rect_of(p, "note.text").x0 >= 80);
    CHECK(rect_of(p, "note.close").x1 <= width);
    p.type("note.text", "long-winded");
    p.key("Enter");
    const store::Assessment* made = first_named(p, "tr-1", "note");
    REQUIRE(made != nullptr);
    CHECK(review::read_anchor(*made)->quote.size() > 90);
    CHECK_FALSE(p.h->has("note.on_this"));  // what is noted is not offered again
  }
}

TEST_CASE("Notes are dragged to failure modes, which have definitions in versions", "[views][analysis][codebook]") {
  ViewPage p;
  open_traces(p);
  note(p, "tr-1", "rhymes", "style");
  note(p, "tr-2", "stops");
  note(p, "tr-3", "says nothing");
  p.command(CommandId::GoAnalysis);
  const auto drag = [&](std::string_view from, const kit::Rect& to) {
    const kit::Rect a = rect_of(p, from);
    p.h->drag(a.x0 + 20, a.center_y(), to.x0 + 60, to.center_y());
    p.settle();
  };
  const std::string stops = "analysis.note[" + first_named(p, "tr-2", "note")->assessment_id + "]";
  CHECK(p.h->value("analysis.mode[style]").starts_with("1 of 3"));
  drag(stops, rect_of(p, "analysis.mode[style]"));
  CHECK(p.h->value("analysis.mode[style]").starts_with("2 of 3"));
  CHECK_FALSE(p.h->has(stops));
  CHECK(p.h->semantics_problems() == "");

  // A definition; codes from before it are marked until they are confirmed.
  p.click("analysis.mode[style].details");
  p.type("codebook.definition", "Answers in verse");
  p.click("codebook.save");
  REQUIRE(p.session().codebook().find("style") != nullptr);
  CHECK(p.session().codebook().find("style")->version == 1);
  CHECK(p.h->name("codebook.stale").find("2 codes") != std::string::npos);
  p.click("codebook.confirm");
  CHECK_FALSE(p.h->has("codebook.stale"));
  CHECK(p.h->semantics_problems() == "");
  p.type("codebook.definition", "Answers in verse or in riddles");
  p.click("codebook.save");
  CHECK(p.session().codebook().find("style")->version == 2);
  CHECK(p.h->has("codebook.stale"));
  p.click("codebook.history");
  REQUIRE(p.h->has("codebook.version[2].definition"));
  CHECK(p.h->name("codebook.version[1].definition") == "Answers in verse");
  CHECK(p.h->semantics_problems() == "");
  // What is given now is of this version.
  p.click("analysis.notes");
  p.key("1");
  CHECK(p.h->name("codebook.stale").find("2 codes") != std::string::npos);
  const store::Assessment* last = first_named(p, "tr-3", "failure_mode");
  REQUIRE(last != nullptr);
  CHECK_FALSE(review::is_code_stale(*last, *p.session().codebook().find("style")));
  // Undo takes the version back.
  p.key("Mod+Z");
  p.key("Mod+Z");
  CHECK(p.session().codebook().find("style")->version == 1);
  CHECK(p.h->value("codebook.definition") == "Answers in verse");
  // A code taken off makes the note wait again.
  p.click("analysis.uncode[" + first_named(p, "tr-2", "failure_mode")->assessment_id + "]");
  CHECK(p.h->has(stops));
}

TEST_CASE("Several notes are chosen and grouped together, by keys and by dragging, in one step for undo", "[views][analysis]") {
  ViewPage p;
  std::string text;
  for (int i = 1; i <= 6; ++i) text += trace("tr-" + std::to_string(i), "words");
  p.open("s.jsonl", text);
  p.settle();
  note(p, "tr-1", "rhymes", "style");
  std::vector<std::string> id(7);
  for (int i = 2; i <= 6; ++i) {
    note(p, "tr-" + std::to_string(i), "note " + std::to_string(i));
    id[static_cast<size_t>(i)] = first_named(p, "tr-" + std::to_string(i), "note")->assessment_id;
  }
  p.command(CommandId::GoAnalysis);
  const auto on_screen = [&](int i) { return p.h->has("analysis.note[" + id[static_cast<size_t>(i)] + "]"); };
  REQUIRE(on_screen(6));
  CHECK(p.h->semantics_problems() == "");
  // X chooses the first and goes on; twice, then the first mode takes both.
  p.key("X");
  p.key("X");
  REQUIRE(p.h->has("analysis.picked"));
  CHECK(p.h->name("analysis.picked") == "2 notes chosen");
  CHECK(p.h->semantics_problems() == "");
  p.click("analysis.pick_none");
  CHECK_FALSE(p.h->has("analysis.picked"));
  p.click("analysis.pick[" + id[2] + "]");
  p.click("analysis.pick[" + id[3] + "]");
  p.key("1");
  CHECK_FALSE(on_screen(2));
  CHECK_FALSE(on_screen(3));
  CHECK(on_screen(4));
  CHECK(p.h->value("analysis.mode[style]").starts_with("3 of 6"));
  CHECK(first_named(p, "tr-2", "failure_mode")->value_json == "\"style\"");
  CHECK(first_named(p, "tr-3", "failure_mode")->span_id == first_named(p, "tr-3", "note")->span_id);
  p.key("Mod+Z");  // both at once
  CHECK(on_screen(2));
  CHECK(on_screen(3));
  p.key("Mod+Shift+Z");
  CHECK_FALSE(on_screen(2));
  // Three by dragging one of them.
  for (int i = 4; i <= 6; ++i) p.click("analysis.pick[" + id[static_cast<size_t>(i)] + "]");
  const kit::Rect from = rect_of(p, "analysis.note[" + id[5] + "]"), to = rect_of(p, "analysis.mode[style]");
  p.h->drag(from.x0 + 20, from.center_y(), to.x0 + 60, to.center_y());
  p.settle();
  CHECK(p.h->value("analysis.mode[style]").starts_with("6 of 6"));
  CHECK(p.h->has("analysis.next"));
  p.key("Mod+Z");
  CHECK(p.h->value("analysis.mode[style]").starts_with("3 of 6"));
  // One that is not chosen is grouped alone; a new mode takes those that are.
  p.click("analysis.pick[" + id[4] + "]");
  p.click("analysis.pick[" + id[5] + "]");
  p.type("analysis.new_mode", "short");
  p.key("Enter");
  CHECK(p.h->value("analysis.mode[short]").starts_with("2 of 6"));
  CHECK(on_screen(6));
  // Five failures, none of a mode that was seen once: the meter is full. A sixth of a new mode: one in six is new.
  REQUIRE(p.h->has("analysis.coverage"));
  CHECK(p.h->tree().find("100%") != std::string::npos);
  p.type("analysis.new_mode", "loud");
  p.key("Enter");
  CHECK(p.h->tree().find("83%") != std::string::npos);
}

TEST_CASE("A codebook goes home and comes back as a file", "[views][analysis][codebook]") {
  ViewPage p;
  open_traces(p);
  note(p, "tr-1", "rhymes", "style");
  p.command(CommandId::ModeDefine, {{"name", "style"}, {"definition", "Answers in verse"}, {"example", "Roses are red"}});
  p.command(CommandId::GoAnalysis);
  p.click("codebook.export");
  REQUIRE_FALSE(p.page.downloads.files.empty());
  const std::string file = p.page.downloads.files.back().bytes;
  CHECK(p.page.downloads.files.back().name == "codebook.json");

  ViewPage other;
  other.open("codebook.json", file);
  other.settle();
  REQUIRE(other.session().codebook().find("style") != nullptr);
  CHECK(other.session().codebook().find("style")->example == "Roses are red");
  // A changed one is a new version, and says so; a bad one changes nothing.
  std::string changed = file;
  changed.replace(changed.find("Answers in verse"), 16, "Answers in haiku");
  other.open("codebook.json", changed);
  other.settle();
  CHECK(other.session().codebook().find("style")->version == 2);
  CHECK(other.session().notices().back().key == "codebook_changed");
  other.open("bad.json", "{\"failure_modes\":[{\"name\":\"x\"},{\"name\":\"x\"}]}");
  other.settle();
  CHECK(other.session().codebook().find("x") == nullptr);
  CHECK(other.session().notices().back().text.find("there twice") != std::string::npos);
}
