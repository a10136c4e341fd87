#include <catch2/catch_test_macros.hpp>

#include "core/judge/trace_input.h"
#include "tests/unit/judge/trace_builder.h"

using namespace assay;
using namespace assay::judge;
using assay::test::add_email_trace;
using assay::test::add_trace;
using store::Dataset;
using store::SpanRow;
using store::TraceRow;

TEST_CASE("Inputs become text by MLflow's rules") {
  struct Case {
    const char *json, *text;
  };
  const Case cases[] = {
      {"", " "},
      {"null", " "},
      {R"("plain")", "plain"},
      {R"("esc\n\"q\"")", "esc\n\"q\""},
      {R"({"request": "follow up", "customer": {"name": "Mara"}})",
       "{'request': 'follow up', 'customer': {'name': 'Mara'}}"},
      {R"({"messages": [{"role": "user", "content": "only one"}]})", "only one"},
      {R"({"messages":[{"role":"system","content":"s"},{"role":"user","content":"u"}]})",
       R"([{"role": "system", "content": "s"}, {"role": "user", "content": "u"}])"},
      {R"([{"role":"user","content":"as a list"}])", "as a list"},
      {R"({"messages":[{"role":"user","content":[{"type":"text","text":"part 1"},{"type":"image_url","image_url":{}},{"type":"text","text":"part 2"}]}]})",
       "part 1\npart 2"},
      {R"({"messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"last"}]}]})",
       "last"},
      {R"({"messages": []})", "{'messages': []}"},
      {R"({"messages": "text"})", "{'messages': 'text'}"},
      {R"({"messages": [1, 2]})", "{'messages': [1, 2]}"},
      {R"({"q": 1, "messages": [{"role":"user","content":"dup"}], "messages": [{"role":"user","content":"wins"}]})",
       "wins"},
      {"42", "42"},
      {"true", "True"},
      {"[1, 2]", "[1, 2]"},
      {"not json at all", "not json at all"},
      {R"({"a": NaN})", "{'a': nan}"},
  };
  for (const Case& c : cases) {
    INFO(c.json);
    CHECK(inputs_as_text(c.json) == c.text);
  }
}

TEST_CASE("Outputs become text by MLflow's rules") {
  struct Case {
    const char *json, *text;
  };
  const Case cases[] = {
      {R"("plain")", "plain"},
      {"null", " "},
      {R"(["first", "second"])", "first"},
      {R"([])", "[]"},
      {R"({"choices":[{"message":{"role":"assistant","content":"hello"}}]})", "hello"},
      {R"({"messages":[{"role":"user","content":"u"},{"role":"assistant","content":"last"}]})",
       "last"},
      {R"({"output":[{"type":"reasoning"},{"type":"message","content":[{"type":"output_text","text":"from responses"}]}]})",
       "from responses"},
      {R"({"draft":"x","n":1})", R"({"draft": "x", "n": 1})"},
      {R"({"choices":[]})", R"({"choices": []})"},
      {R"({"choices":[{"message":{"content":null}}]})",
       R"({"choices": [{"message": {"content": null}}]})"},
      {R"([{"choices":[{"message":{"content":"in a list"}}]}])", "in a list"},
      {"7.50", "7.50"},
      {"broken {", "broken {"},
  };
  for (const Case& c : cases) {
    INFO(c.json);
    CHECK(outputs_as_text(c.json) == c.text);
  }
}

TEST_CASE("Retrieved documents: objects of a list, or of a JSON string of one") {
  const auto chunks = retrieved_chunks(std::string(test::kDocuments));
  REQUIRE(chunks.size() == 2);
  CHECK(chunks[0].content == "The Pro plan costs 40 euros a month.");
  CHECK(chunks[0].doc_uri == "crm://plans");
  CHECK(chunks[1].doc_uri.empty());
  CHECK(retrieved_chunks(R"("[{\"page_content\": \"in a string\"}]")").at(0).content ==
        "in a string");
  CHECK(retrieved_chunks(R"(["text", 1, null, {"page_content": "kept"}])").size() == 1);
  for (const char* text : {"", "null", "{}", R"({"page_content":"x"})", R"("text")", "[", "12"}) {
    INFO(text);
    CHECK(retrieved_chunks(text).empty());
  }
}

TEST_CASE("Only retrievers without a retriever above them count") {
  Dataset dataset;
  const TraceRow row = add_trace(dataset, "tr-1",
                                 {{"AGENT", -1, "1", "1", false},
                                  {"RETRIEVER", 0, "", "[]", false},  // counts
                                  {"CHAIN", 1, "", "", false},
                                  {"RETRIEVER", 2, "", "[]", false},     // inside the first
                                  {"CHAIN", -1, "", "", true},           // its parent is missing
                                  {"RETRIEVER", 4, "", "[]", false},     // broken chain
                                  {"RETRIEVER", -1, "", "[]", false}});  // a root itself
  std::vector<std::string> ids;
  for (const SpanRow span : top_level_retrievers(dataset, row))
    ids.push_back(dataset.span_id(span));
  CHECK(ids == std::vector<std::string>{"0000000000000002", "0000000000000007"});
}

TEST_CASE("A circle among spans ends the walk and counts for nothing") {
  Dataset dataset;
  const TraceRow row = add_trace(dataset, "tr-1",
                                 {{"CHAIN", 1, "", "", false},
                                  {"CHAIN", 0, "", "", false},
                                  {"RETRIEVER", 0, "", "[]", false}});
  CHECK(top_level_retrievers(dataset, row).empty());
}

TEST_CASE("A judge sees the root span and the documents of its retriever") {
  Dataset dataset;
  const TraceRow row = add_email_trace(dataset, "tr-1");
  const TraceInput input =
      read_trace_input(dataset, row, ScorerKind::RetrievalGroundedness, "0000000000000002");
  CHECK(input.skip == SkipReason::None);
  CHECK(input.root_span_id == "0000000000000001");
  CHECK(input.request == "{'request': 'follow up after product demo'}");
  CHECK(input.response == "Dear Mara, thank you for the demo.");
  CHECK(input.context.size() == 2);
  CHECK(read_trace_input(dataset, row, ScorerKind::RelevanceToQuery, "").context.empty());
}

TEST_CASE("What a trace lacks makes a skip") {
  Dataset dataset;
  const auto skip = [&](const char* id, const std::vector<test::SpanSpec>& spans, ScorerKind kind) {
    return read_trace_input(dataset, add_trace(dataset, id, spans), kind, "").skip;
  };
  CHECK(skip("a", {}, ScorerKind::Guidelines) == SkipReason::NoRootSpan);
  CHECK(skip("b", {{"AGENT", -1, "", "1", true}}, ScorerKind::Guidelines) ==
        SkipReason::NoRootSpan);
  CHECK(skip("c", {{"AGENT", -1, "", "1", false}}, ScorerKind::Guidelines) == SkipReason::NoInputs);
  CHECK(skip("d", {{"AGENT", -1, "null", "1", false}}, ScorerKind::Guidelines) ==
        SkipReason::NoInputs);
  CHECK(skip("e", {{"AGENT", -1, "1", " null ", false}}, ScorerKind::Guidelines) ==
        SkipReason::NoOutputs);
  CHECK(skip("f", {{"AGENT", -1, "1", "\"\"", false}}, ScorerKind::Guidelines) == SkipReason::None);
  CHECK(skip("g", {{"AGENT", -1, "1", "1", false}}, ScorerKind::RetrievalGroundedness) ==
        SkipReason::NoRetrieverSpan);
  for (const SkipReason reason :
       {SkipReason::TraceNotLoaded, SkipReason::NoRootSpan, SkipReason::NoInputs,
        SkipReason::NoOutputs, SkipReason::NoRetrieverSpan}) {
    CHECK(parse_skip_reason(skip_reason_name(reason)) == reason);
    CHECK_FALSE(skip_reason_text(reason).empty());
  }
  CHECK(parse_skip_reason("something new") == SkipReason::None);
}
