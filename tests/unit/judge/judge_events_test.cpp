#include <catch2/catch_test_macros.hpp>

#include "core/judge/judge_events.h"
#include "tests/unit/judge/run_harness.h"
#include "tests/unit/judge/trace_builder.h"

using namespace assay;
using namespace assay::judge;
using namespace assay::test;

TEST_CASE("A plan is every trace once by every scorer, and each retriever on its own") {
  store::Dataset dataset;
  add_email_trace(dataset, "tr-a");
  add_trace(dataset, "tr-b",
            {{"AGENT", -1, "1", "1", false},
             {"RETRIEVER", 0, "", "[]", false},
             {"RETRIEVER", 0, "", "[]", false}});
  add_trace(dataset, "tr-c", {{"AGENT", -1, "1", "1", false}});
  const std::vector<ScorerSpec> scorers = {{"tone", ScorerKind::Guidelines, {"Be kind"}, 1},
                                           {"grounded", ScorerKind::RetrievalGroundedness, {}, 1}};
  std::string printed;
  for (const PlanItem& item :
       plan_items(dataset, {"tr-a", "tr-b", "tr-c", "tr-gone", "tr-a"}, scorers)) {
    printed +=
        std::to_string(item.trace) + "/" + std::to_string(item.scorer) + "/" + item.span_id + "\n";
  }
  CHECK(printed ==
        "0/0/\n0/1/0000000000000002\n"
        "1/0/\n1/1/0000000000000002\n1/1/0000000000000003\n"
        "2/0/\n2/1/\n3/0/\n3/1/\n");
}

TEST_CASE("A created run survives writing and reading, without its secrets") {
  JudgePlan plan = make_plan(2, 2);
  plan.endpoint.base_url = "https://me:pw@host/v1?api_key=abc&x=1";
  plan.endpoint.temperature = 0.5;
  plan.endpoint.max_output_tokens = 300;
  plan.endpoint.structured_output = false;
  plan.endpoint.provider = "azure";
  plan.endpoint.extra_headers = {{"X-Org", "hidden"}};
  plan.reuse_verdicts = false;
  const std::string payload = encode_run_create(plan, 123);
  CHECK(payload.find("hidden") == std::string::npos);
  CHECK(payload.find("pw") == std::string::npos);
  CHECK(payload.find("abc") == std::string::npos);
  const RunCreated created = decode_run_create(payload).value();
  CHECK(created.time_ms == 123);
  CHECK(created.plan.run_id == "run-1");
  CHECK(created.plan.name == "First run");
  CHECK(created.plan.scorers == plan.scorers);
  CHECK(created.plan.trace_ids == plan.trace_ids);
  CHECK_FALSE(created.plan.reuse_verdicts);
  CHECK(created.plan.endpoint.model == "gpt-x");
  CHECK(created.plan.endpoint.provider == "azure");
  CHECK(created.plan.endpoint.temperature == 0.5);
  CHECK(created.plan.endpoint.max_output_tokens == 300);
  CHECK_FALSE(created.plan.endpoint.structured_output);
  CHECK_FALSE(created.plan.endpoint.secret.present());
}

TEST_CASE("Item and state events survive writing and reading") {
  const ItemRef item{"run", "tr-1", "tone", "s1"};
  const ItemEvent sent = decode_item_event(encode_request_sent(item, "hash", 3, 9)).value();
  CHECK(sent.run_id == "run");
  CHECK(sent.trace_id == "tr-1");
  CHECK(sent.scorer == "tone");
  CHECK(sent.span_id == "s1");
  CHECK(sent.request_hash == "hash");
  CHECK(sent.attempt == 3);
  CHECK(sent.time_ms == 9);
  CHECK(decode_item_event(encode_request_ended(item, "hash", 1, "TIMEOUT", 9)).value().code ==
        "TIMEOUT");
  const RunStateEvent state = decode_run_state(encode_run_state("run", "paused", "why", 5)).value();
  CHECK(state.run_id == "run");
  CHECK(state.state == "paused");
  CHECK(state.reason == "why");
  CHECK(state.time_ms == 5);
}

TEST_CASE("Events that are none are refused, never fatal") {
  for (const char* text :
       {"", "null", "[]", "{}", "{\"run\":1}", "{\"run\":\"r\"}", "{\"run\":\"r\",\"trace_ids\":3}",
        "{\"run\":\"r\",\"scorers\":[{}],\"trace_ids\":[]}", "{"}) {
    INFO(text);
    CHECK_FALSE(decode_run_create(text).ok());
    CHECK_FALSE(decode_item_event(text).ok());
    CHECK_FALSE(decode_run_state(text).ok());
  }
  const ItemEvent odd =
      decode_item_event(
          R"({"run":"r","trace":"t","scorer":"s","attempt":-5,"outcome":"new","assessment":[1],"skip":"later"})")
          .value();
  CHECK(odd.attempt == 0);
  CHECK(odd.assessment_json.empty());
  CHECK(odd.skip == SkipReason::None);
}
