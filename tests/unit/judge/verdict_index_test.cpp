#include <catch2/catch_test_macros.hpp>

#include "core/judge/verdict_index.h"
#include "tests/unit/judge/run_harness.h"
#include "tests/unit/judge/trace_builder.h"

using namespace assay;
using namespace assay::judge;
using namespace assay::test;

namespace {

std::string verdict_event(const char* hash, const char* value, const char* reused_from = "",
                          Outcome outcome = Outcome::Scored) {
  VerdictRecord record;
  record.outcome = outcome;
  record.request_hash = hash;
  record.verdict.value_json = value;
  record.verdict.rationale = "because";
  record.reused_from = reused_from;
  record.failure.code = "TIMEOUT";
  return encode_run_verdict(make_plan(1, 1), record, 0);
}

}  // namespace

TEST_CASE("Scored verdicts are found by their hash") {
  VerdictIndex index;
  index.add(verdict_event("h1", "\"yes\""));
  REQUIRE(index.find("h1").has_value());
  CHECK(index.find("h1")->value_json == "\"yes\"");
  CHECK(index.find("h1")->rationale == "because");
  CHECK(index.find("h1")->run_id == "run-1");
  CHECK_FALSE(index.find("h2").has_value());
  index.add(verdict_event("h1", "\"no\""));
  CHECK(index.find("h1")->value_json == "\"yes\"");
  index.clear();
  CHECK(index.count() == 0);
}

TEST_CASE("Failures, skips, copies and rubbish are not kept") {
  VerdictIndex index;
  index.add(verdict_event("h1", "\"yes\"", "run-0"));
  index.add(verdict_event("h2", "\"yes\"", "", Outcome::Failed));
  index.add(verdict_event("h3", "\"yes\"", "", Outcome::Skipped));
  index.add(verdict_event("", "\"yes\""));
  index.add(verdict_event("h4", "null"));
  index.add("{");
  index.add(
      R"({"run":"r","trace":"t","scorer":"s","hash":"h5","outcome":"scored","assessment":{"feedback":7}})");
  CHECK(index.count() == 0);
}

TEST_CASE(
    "Prompts over a data set: rendered where the trace has what it takes, skipped where not") {
  store::Dataset dataset;
  add_email_trace(dataset, "tr-a");
  DatasetPrompts prompts(dataset);
  const ScorerSpec tone{"tone", ScorerKind::Guidelines, {"Be kind"}, 1};
  const ScorerSpec grounded{"grounded", ScorerKind::RetrievalGroundedness, {}, 1};
  const RenderedItem item = prompts.render("tr-a", tone, "");
  CHECK(item.skip == SkipReason::None);
  CHECK(item.root_span_id == "0000000000000001");
  CHECK(item.prompt.messages.at(1).content.find("Dear Mara") != std::string::npos);
  CHECK(prompts.render("tr-a", grounded, "0000000000000002")
            .prompt.messages.at(1)
            .content.find("40 euros") != std::string::npos);
  CHECK(prompts.render("tr-a", grounded, "").skip == SkipReason::NoRetrieverSpan);
  CHECK(prompts.render("tr-a", grounded, "00000000000000ff").skip == SkipReason::NoRetrieverSpan);
  CHECK(prompts.render("tr-z", tone, "").skip == SkipReason::TraceNotLoaded);
}
