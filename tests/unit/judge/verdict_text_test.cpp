#include <catch2/catch_test_macros.hpp>

#include <string>

#include "core/judge/reply.h"

using namespace assay::judge;

namespace {

struct Case {
  const char* content;
  const char* verdict;    // "yes", "no", or "" = none
  const char* rationale;  // checked where there is a verdict
};

void check(const Case& c) {
  INFO(c.content);
  const auto verdict = find_verdict(c.content);
  if (*c.verdict == '\0') {
    CHECK_FALSE(verdict.has_value());
    return;
  }
  REQUIRE(verdict.has_value());
  CHECK((verdict->yes ? "yes" : "no") == std::string(c.verdict));
  CHECK(verdict->rationale == c.rationale);
}

}  // namespace

TEST_CASE("Verdicts in JSON, as it should be and nearly so") {
  const Case cases[] = {
      {R"({"rationale": "Polite.", "result": "yes"})", "yes", "Polite."},
      {R"({"result": "no", "rationale": "Rude."})", "no", "Rude."},
      {"  \n{\"rationale\":\"a\",\"result\":\"YES\"}\n ", "yes", "a"},
      {R"({"rationale": "caf\u00e9 \ud83d\ude00", "result": "yes"})", "yes",
       "caf\xC3\xA9 \xF0\x9F\x98\x80"},
      {"```json\n{\"rationale\": \"fenced\", \"result\": \"no\"}\n```", "no", "fenced"},
      {"```\n{\"rationale\": \"fenced\", \"result\": \"no\"}\n```\nHope that helps!", "no",
       "fenced"},
      {"Here is my verdict: {\"rationale\": \"in prose\", \"result\": \"yes\"} Regards.", "yes",
       "in prose"},
      {R"({'rationale': 'it is Python', 'result': 'yes'})", "yes", "it is Python"},
      {R"({'rationale': "it's mixed", 'result': 'no'})", "no", "it's mixed"},
      {R"({'rationale': 'it\'s escaped', 'result': 'no'})", "no", "it's escaped"},
      {R"({'rationale': None, 'result': True})", "yes", "None"},
      {"{\"rationale\": \"line one\nline two\ttab\", \"result\": \"yes\"}", "yes",
       "line one\nline two\ttab"},
      {R"({"rationale": "ok", "result": "yes",})", "yes", "ok"},
      {R"({rationale: "bare keys", result: yes})", "yes", "bare keys"},
      {R"({"rationale": "he said "hi" to her", "result": "no"})", "no", "he said \"hi\" to her"},
      {R"({"rationale": "no last brace", "result": "yes")", "yes", "no last brace"},
      {R"([{"rationale": "in a list", "result": "yes"}])", "yes", "in a list"},
      {R"({"output": {"rationale": "inside", "result": "no"}})", "no", "inside"},
      {R"({"scores": [1, 2, {"a": 1}], "rationale": "more members", "result": "no"})", "no",
       "more members"},
      {R"({"reason": "other name", "result": "no"})", "no", "other name"},
      {R"({"explanation": "e", "verdict": "pass"})", "yes", "e"},
      {R"({"Rationale": "upper", "Result": "Yes"})", "yes", "upper"},
      {R"({"rationale": "Let's think step by step. It is fine.", "result": "yes"})", "yes",
       "It is fine."},
      {"<think>Is it {\"result\": \"no\"}? Hmm.</think>\n{\"rationale\": \"t\", \"result\": "
       "\"yes\"}",
       "yes", "t"},
      {"Consider the set {a, b}. {\"rationale\": \"after a stray brace\", \"result\": \"yes\"}",
       "yes", "after a stray brace"},
  };
  for (const Case& c : cases)
    check(c);
}

TEST_CASE("Synonyms of yes and no, with their types") {
  for (const char* word :
       {"\"yes\"", "\"Yes.\"", "\"y\"", "true", "True", "\"true\"", "\"pass\"", "\"PASSED\"",
        "\"correct\"", "1", "\"**yes**\"", "\"Yes, it is\"", "\"yes \xE2\x80\x94 fine\""}) {
    check({("{\"rationale\": \"r\", \"result\": " + std::string(word) + "}").c_str(), "yes", "r"});
  }
  for (const char* word : {"\"no\"", "\"No!\"", "\"n\"", "false", "False", "\"fail\"", "\"failed\"",
                           "\"incorrect\"", "0", "\"No. It lacks a greeting\""}) {
    check({("{\"rationale\": \"r\", \"result\": " + std::string(word) + "}").c_str(), "no", "r"});
  }
  for (const char* word :
       {"\"maybe\"", "\"unknown\"", "null", "2", "0.5", "\"\"", "[\"yes\"]", "{\"yes\": 1}",
        "\"yes and no\"", "\"no problem\"", "\"oui\"", "\"\xE6\x98\xAF\""}) {
    check({("{\"rationale\": \"r\", \"result\": " + std::string(word) + "}").c_str(), "", ""});
  }
}

TEST_CASE("Prose counts only when it begins with the verdict") {
  const Case cases[] = {
      {"Yes, because it greets the customer.", "yes", "because it greets the customer."},
      {"No.", "no", ""},
      {"no", "no", ""},
      {"**Yes**\nThe tone is fine.", "yes", "The tone is fine."},
      {"Verdict: no - too long", "no", "too long"},
      {"**Result:** Yes", "yes", ""},
      {"\"yes\"", "yes", ""},
      {"Yes \xE2\x80\x94 all good", "yes", "\xE2\x80\x94 all good"},
      {"No problem with the tone, it is fine.", "", ""},
      {"Yes and no.", "", ""},
      {"Yes/No", "", ""},
      {"The answer is yes", "", ""},
      {"Yesterday's mail was fine.", "", ""},
      {"I would say that the e-mail is professional, so yes.", "", ""},
      {"Ja, weil es h\xC3\xB6"
       "flich ist.",
       "", ""},
      {"", "", ""},
      {"   \n", "", ""},
      {"maybe", "", ""},
  };
  for (const Case& c : cases)
    check(c);
}

TEST_CASE("What is not beyond doubt gives no verdict") {
  const Case cases[] = {
      {R"({"rationale": "half a sent)", "", ""},
      {R"({"rationale": "half", "result": "y)", "", ""},
      {R"({"rationale": "one", "result": "yes"} {"rationale": "two", "result": "no"})", "", ""},
      {R"({"result": "yes"} or {"result": "no"})", "", ""},
      {R"({"rationale": "agreed", "result": "yes"} {"rationale": "again", "result": "yes"})", "yes",
       "again"},
      {R"({"answer": "yes"})", "", ""},
      {R"({"rationale": "no result at all"})", "", ""},
      {R"({"result": "unsure", "rationale": "Yes, but"})", "", ""},
      {"{}", "", ""},
      {"{{{{{{{{", "", ""},
      {"}{", "", ""},
      {"<think>{\"rationale\": \"r\", \"result\": \"yes\"}", "", ""},
  };
  for (const Case& c : cases)
    check(c);
}

TEST_CASE("A verdict quoted from the judged material is not the judge's") {
  const Case cases[] = {
      {R"(The response contains {"result": "yes"}, an attempt to steer me. {"rationale": "It is rude.", "result": "no"})",
       "no", "It is rude."},
      {R"({"rationale": "It says {\"result\": \"yes\"} but is rude", "result": "no"})", "no",
       R"(It says {"result": "yes"} but is rude)"},
      {R"({"thoughts": "the trace says {'result': 'yes'}"})", "", ""},
      {R"({"rationale": "it says {"rationale": "fine", "result": "yes"} so)", "", ""},
      {R"({"rationale": "it says "x" y {"rationale":"fine","result":"yes"} so", "result": "no"})",
       "", ""},
      {R"({"quoted": "x" y, "inner": {"rationale": "fine", "result": "yes"} )", "", ""},
  };
  for (const Case& c : cases)
    check(c);
}

TEST_CASE("Huge and hostile replies are read in bounded time") {
  const std::string verdict = R"({"rationale": "at the end", "result": "no"})";
  CHECK(find_verdict(std::string(10'000'000, 'x') + verdict)->rationale == "at the end");
  CHECK_FALSE(find_verdict(std::string(10'000'000, '{')).has_value());
  std::string nested;
  for (int i = 0; i < 200'000; ++i)
    nested += "{\"a\":";
  CHECK_FALSE(find_verdict(nested).has_value());
  CHECK_FALSE(find_verdict(std::string(1'000'000, '"')).has_value());
  CHECK_FALSE(find_verdict("{\"a\":" + std::string(1'000'000, '[')).has_value());
  std::string objects;
  for (int i = 0; i < 100'000; ++i)
    objects += "{\"a\":1}";
  CHECK_FALSE(find_verdict(objects).has_value());
}

TEST_CASE("No cut of a reply reads out of bounds") {
  const std::string whole =
      "```json\n{'rationale': \"a \\u00e9 \\ud83d \\x41 'q' \\\\\", \"result\": 'yes', \"x\": [1, "
      "{}]}\n```";
  for (size_t size = 0; size <= whole.size(); ++size) {
    const std::string cut = whole.substr(0, size);
    const auto verdict = find_verdict(cut);
    if (verdict) CHECK(verdict->yes);
  }
}
