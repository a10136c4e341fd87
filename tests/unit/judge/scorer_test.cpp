#include <catch2/catch_test_macros.hpp>

#include "core/judge/scorer.h"

using namespace assay;
using namespace assay::judge;

TEST_CASE("The default scorers are valid; those of the example alone speak of e-mails, under the same names") {
  for (const bool for_example : {true, false}) {
    const std::vector<ScorerSpec> scorers = for_example ? example_scorers() : default_scorers();
    CHECK(validate_scorers(scorers).ok());
    std::vector<std::string> names, on, on_with_retrievers;
    for (const ScorerSpec& scorer : scorers) {
      names.push_back(scorer.name);
      if (is_on_by_default(scorer, for_example, false)) on.push_back(scorer.name);
      if (is_on_by_default(scorer, for_example, true)) on_with_retrievers.push_back(scorer.name);
    }
    CHECK((encode_scorers(scorers).find("e-mail") != std::string::npos) == for_example);
    if (for_example) {
      CHECK(on == names);
      CHECK(names == std::vector<std::string>{"follows_objective", "concise_communication", "professional_tone",
                                              "relevance_to_query", "retrieval_groundedness"});
    } else {
      CHECK(names == std::vector<std::string>{"relevance_to_query", "retrieval_groundedness", "follows_objective",
                                              "concise_communication", "professional_tone"});
      CHECK(on == std::vector<std::string>{"relevance_to_query"});
      CHECK(on_with_retrievers == std::vector<std::string>{"relevance_to_query", "retrieval_groundedness"});
    }
  }
}

TEST_CASE("Scorers survive writing and reading") {
  std::vector<ScorerSpec> scorers = example_scorers();
  scorers[0].name = "quote \" back\\slash \xE2\x82\xAC";
  scorers[0].guidelines = {"line one\nline two", "tab\there"};
  scorers[1].version = 7;
  const auto read = decode_scorers(encode_scorers(scorers));
  REQUIRE(read.ok());
  CHECK(read.value() == scorers);
  CHECK(decode_scorers("[]").value().empty());
}

TEST_CASE("A scorer is written in one canonical form") {
  CHECK(encode_scorer({"tone", ScorerKind::Guidelines, {"Be kind"}, 2}) ==
        R"({"name":"tone","kind":"Guidelines","guidelines":["Be kind"],"version":2})");
}

TEST_CASE("One guideline may be a plain string, a missing name is the kind's default") {
  const auto read = decode_scorers(
      R"([{"kind":"Guidelines","guidelines":"Be kind"},{"kind":"RelevanceToQuery"}])");
  REQUIRE(read.ok());
  CHECK(read.value()[0].name == "guidelines");
  CHECK(read.value()[0].guidelines == std::vector<std::string>{"Be kind"});
  CHECK(read.value()[1].name == "relevance_to_query");
}

TEST_CASE("What is no list of scorers is refused") {
  for (const char* text : {"", "{}", "[1]", "[{}]", R"([{"kind":"Kindness"}])",
                           R"([{"kind":"Guidelines","guidelines":3}])",
                           R"([{"kind":"Guidelines","guidelines":["a",2]}])", "[{"}) {
    INFO(text);
    CHECK_FALSE(decode_scorers(text).ok());
  }
}

TEST_CASE("Validation names the first fault") {
  const ScorerSpec good{"tone", ScorerKind::Guidelines, {"Be kind"}, 1};
  CHECK(validate_scorers({good}).ok());
  CHECK(validate_scorers({}).ok());
  const auto fault = [&](auto change) {
    ScorerSpec scorer = good;
    change(scorer);
    const Status status = validate_scorers({good, scorer});
    return status.ok() ? std::string() : status.error().what;
  };
  CHECK(fault([](ScorerSpec&) {}).find("same name") != std::string::npos);
  CHECK(fault([](ScorerSpec& s) { s.name = "  "; }).find("no name") != std::string::npos);
  CHECK(fault([](ScorerSpec& s) { s.name = std::string(251, 'n'); }).find("250") !=
        std::string::npos);
  CHECK(fault([](ScorerSpec& s) {
          s.name = "b";
          s.guidelines.clear();
        }).find("no guideline") != std::string::npos);
  CHECK(fault([](ScorerSpec& s) {
          s.name = "b";
          s.guidelines = {"x", " \n"};
        }).find("empty guideline") != std::string::npos);
  CHECK(fault([](ScorerSpec& s) {
          s.name = "b";
          s.kind = ScorerKind::RelevanceToQuery;
        }).find("takes no guidelines") != std::string::npos);
  CHECK(fault([](ScorerSpec& s) {
          s.name = "b";
          s.version = 0;
        }).find("version") != std::string::npos);
  std::string wide;  // 250 characters of 3 bytes are allowed
  for (int i = 0; i < 250; ++i)
    wide += "\xE2\x82\xAC";
  CHECK(fault([&](ScorerSpec& s) { s.name = wide; }).empty());
}
