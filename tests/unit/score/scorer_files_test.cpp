#include <catch2/catch_test_macros.hpp>

#include "core/score/scorer_files.h"

using namespace assay;
using namespace assay::score;
using namespace assay::judge;

TEST_CASE("Scorers come back from their file as they were, but for their version") {
  std::vector<ScorerSpec> scorers;
  for (size_t i = 0; i < static_cast<size_t>(ScorerKind::kCount); ++i) {
    ScorerSpec scorer;
    scorer.kind = static_cast<ScorerKind>(i);
    scorer.name = "mine_" + std::to_string(i);
    if (takes_guidelines(scorer.kind)) scorer.guidelines = {"Be kind", "Be brief"};
    if (scorer.kind == ScorerKind::Instructions) {
      scorer.text = "Is {{ outputs }} kind?";
      scorer.answer = {AnswerType::Category, {"kind", "unkind"}};
    }
    if (scorer.kind == ScorerKind::Script) scorer.text = "return 1";
    for (const ParamInfo& info : scorer_params(scorer.kind)) {
      if (info.key == "aggregations") {
        set_param(scorer, info.key, i % 3 == 0 ? "" : i % 3 == 1 ? "none" : "mean, p90");
        continue;
      }
      if (info.key == "temperature") {
        set_param(scorer, info.key, "0.5");
        continue;
      }
      if (info.type == ParamType::Number) set_param(scorer, info.key, "3");
      if (info.type == ParamType::Boolean) set_param(scorer, info.key, "true");
      if (info.type == ParamType::Text || info.type == ParamType::Lines)
        set_param(scorer, info.key, "x");
      if (info.type == ParamType::Json) set_param(scorer, info.key, "{}");
    }
    scorers.push_back(scorer);
  }
  const auto file = decode_scorer_file(encode_scorer_file(scorers));
  REQUIRE(file.ok());
  CHECK(file.value().left_out.empty());
  CHECK(file.value().scorers == scorers);
}

TEST_CASE("Samples and juries travel in a member that MLflow passes over, and a judge names a model") {
  ScorerSpec scorer;
  scorer.kind = ScorerKind::Instructions;
  scorer.name = "tone";
  scorer.text = "Is {{ outputs }} kind?";
  set_param(scorer, "samples", "5");
  set_param(scorer, "jury", "a\nb");
  set_param(scorer, "temperature", "1.0");
  const std::string file = encode_scorer_file({scorer}, "ollama:/llama");
  // MLflow's own constructor takes these members at the top and no others.
  CHECK(file.find("\"assay_scorer\"") == std::string::npos);
  CHECK(file.find("\"model\": \"ollama:/llama\"") != std::string::npos);
  CHECK(file.find("\"samples\": \"5\"") != std::string::npos);
  CHECK(file.find("\"temperature\": 1.0") != std::string::npos);
  const auto back = decode_scorer_file(file);
  REQUIRE(back.ok());
  CHECK(back.value().scorers == std::vector<ScorerSpec>{scorer});
  CHECK(back.value().lost.empty());
}

TEST_CASE("Settings of MLflow's scorers that have no place here are told") {
  const auto file = decode_scorer_file(R"json({"name":"q","description":"How good","aggregations":null,
    "instructions_judge_pydantic_data":{"instructions":"Rate {{ outputs }}","model":"openai:/gpt-4.1-mini",
    "inference_params":{"temperature":0.2,"top_p":0.9},"base_url":"http://x"}})json");
  REQUIRE(file.ok());
  REQUIRE(file.value().scorers.size() == 1);
  CHECK(param(file.value().scorers[0], "temperature") == "0.2");
  REQUIRE(file.value().lost.size() == 1);
  for (const char* part : {"q is taken over", "openai:/gpt-4.1-mini", "top_p", "base_url", "description"})
    CHECK(file.value().lost[0].find(part) != std::string::npos);
}

TEST_CASE("Aggregations travel where MLflow has them, and an optional value is its type") {
  const auto file = decode_scorer_file(R"json([
    {"name":"a","aggregations":["min","p90"],"builtin_scorer_class":"Safety","builtin_scorer_pydantic_data":{"aggregations":["max"]}},
    {"name":"b","aggregations":[],"builtin_scorer_class":"Safety"},
    {"name":"c","aggregations":null,"builtin_scorer_class":"Safety","builtin_scorer_pydantic_data":{"aggregations":["median","my_own"]}},
    {"name":"d","instructions_judge_pydantic_data":{"instructions":"Rate {{ outputs }}",
     "feedback_value_type":{"anyOf":[{"type":"integer"},{"type":"null"}],"title":"Result"}}},
    {"name":"e","instructions_judge_pydantic_data":{"instructions":"Rate {{ outputs }}",
     "feedback_value_type":{"anyOf":[{"type":"integer"},{"type":"string"}]}}}
  ])json");
  REQUIRE(file.ok());
  const std::vector<ScorerSpec>& scorers = file.value().scorers;
  REQUIRE(scorers.size() == 4);
  CHECK(aggregations_of(scorers[0]) == std::vector<std::string_view>{"min", "p90"});
  CHECK(aggregations_of(scorers[1]).empty());
  CHECK(aggregations_of(scorers[2]) == std::vector<std::string_view>{"median"});
  CHECK(scorers[3].answer.type == AnswerType::Integer);
  CHECK(file.value().left_out.size() == 1);
  REQUIRE_FALSE(file.value().lost.empty());
  CHECK(file.value().lost[0].find("my_own") != std::string::npos);
  const std::string written = encode_scorer_file({scorers[0], scorers[1]});
  CHECK(written.find("\"p90\"") != std::string::npos);
  const auto back = decode_scorer_file(written);
  REQUIRE(back.ok());
  CHECK(back.value().scorers == std::vector<ScorerSpec>{scorers[0], scorers[1]});
}

TEST_CASE("Lists and dicts of make_judge are read and written as MLflow has them") {
  const auto file = decode_scorer_file(R"json([
    {"name":"a","instructions_judge_pydantic_data":{"instructions":"Rate {{ outputs }}",
     "feedback_value_type":{"items":{"type":"number"},"title":"Result","type":"array"}}},
    {"name":"b","instructions_judge_pydantic_data":{"instructions":"Rate {{ outputs }}",
     "feedback_value_type":{"additionalProperties":{"type":"integer"},"title":"Result","type":"object"}}},
    {"name":"c","instructions_judge_pydantic_data":{"instructions":"Rate {{ outputs }}",
     "feedback_value_type":{"additionalProperties":true,"title":"Result","type":"object"}}},
    {"name":"d","instructions_judge_pydantic_data":{"instructions":"Rate {{ outputs }}",
     "feedback_value_type":{"items":{"type":"object"},"type":"array"}}}
  ])json");
  REQUIRE(file.ok());
  REQUIRE(file.value().scorers.size() == 3);
  CHECK(file.value().left_out.size() == 1);
  CHECK(file.value().scorers[0].answer.type == AnswerType::NumberList);
  CHECK(file.value().scorers[1].answer.type == AnswerType::IntegerMap);
  CHECK(file.value().scorers[2].answer.type == AnswerType::TextMap);
  const std::string written = encode_scorer_file(file.value().scorers);
  CHECK(written.find("additionalProperties") != std::string::npos);
  std::vector<ScorerSpec> all;
  for (size_t i = 0; i < judge::kAnswerTypes; ++i) {
    ScorerSpec scorer;
    scorer.kind = ScorerKind::Instructions;
    scorer.name = "s" + std::to_string(i);
    scorer.text = "Rate {{ outputs }}";
    scorer.answer.type = static_cast<AnswerType>(i);
    if (scorer.answer.type == AnswerType::Category) scorer.answer.categories = {"kind", "unkind"};
    all.push_back(scorer);
  }
  const auto back = decode_scorer_file(encode_scorer_file(all));
  REQUIRE(back.ok());
  REQUIRE(back.value().scorers.size() == all.size());
  for (size_t i = 0; i < all.size(); ++i) CHECK(back.value().scorers[i].answer == all[i].answer);
  const auto own = judge::decode_scorers("[" + judge::encode_scorer(all.back()) + "]");
  REQUIRE(own.ok());
  CHECK(own.value()[0].answer.type == AnswerType::NumberMap);
}

TEST_CASE("Without a word of their own scorers have MLflow's aggregations") {
  ScorerSpec scorer;
  scorer.name = "x";
  scorer.kind = ScorerKind::Safety;
  CHECK(aggregations_of(scorer) == std::vector<std::string_view>{"mean"});
  scorer.kind = ScorerKind::Instructions;
  scorer.text = "Rate {{ outputs }}";
  for (const AnswerType type : {AnswerType::Boolean, AnswerType::Integer, AnswerType::Number}) {
    scorer.answer.type = type;
    CHECK(aggregations_of(scorer) == std::vector<std::string_view>{"mean"});
  }
  for (const AnswerType type : {AnswerType::YesNo, AnswerType::Category, AnswerType::Text, AnswerType::TextList}) {
    scorer.answer.type = type;
    CHECK(aggregations_of(scorer).empty());
  }
  scorer.answer.type = AnswerType::Number;
  set_param(scorer, "aggregations", " mean,  average ");
  CHECK_FALSE(validate_scorers({scorer}).ok());
  set_param(scorer, "aggregations", " mean,  variance ");
  CHECK(validate_scorers({scorer}).ok());
}

TEST_CASE("What MLflow writes is read, and what cannot be taken over is told") {
  const auto file = decode_scorer_file(R"json([
    {"name":"tone","is_session_level_scorer":false,"mlflow_version":"3.11.1","serialization_version":1,
     "builtin_scorer_class":"Guidelines","builtin_scorer_pydantic_data":{"name":"tone","guidelines":"Be kind","model":null},
     "call_source":null,"instructions_judge_pydantic_data":null},
    {"name":"quality","instructions_judge_pydantic_data":{"instructions":"Rate {{ outputs }}","model":"openai:/gpt-4.1-mini",
     "feedback_value_type":{"type":"integer","title":"Result"}}},
    {"serialized_scorer":"{\"name\":\"safety\",\"builtin_scorer_class\":\"Safety\",\"builtin_scorer_pydantic_data\":{}}"},
    {"name":"f","call_source":"return True","call_signature":"(outputs)","original_func_name":"f"},
    {"name":"d","third_party_scorer_data":{"module":"deepeval"}},
    {"name":"x","builtin_scorer_class":"NoSuchThing"},
    {"name":"empty","instructions_judge_pydantic_data":{"instructions":"no variable"}}
  ])json");
  REQUIRE(file.ok());
  REQUIRE(file.value().scorers.size() == 3);
  CHECK(file.value().scorers[0].guidelines == std::vector<std::string>{"Be kind"});
  CHECK(file.value().scorers[1].answer.type == AnswerType::Integer);
  CHECK(file.value().scorers[2].kind == ScorerKind::Safety);
  REQUIRE(file.value().left_out.size() == 4);
  CHECK(file.value().left_out[0].find("Python") != std::string::npos);
  CHECK(file.value().left_out[2].find("NoSuchThing") != std::string::npos);
  CHECK_FALSE(decode_scorer_file("[1]").ok());
  CHECK_FALSE(decode_scorer_file("{\"a\":1}").ok());
  CHECK_FALSE(decode_scorer_file("not json").ok());
}
