// Several answers for one verdict: the count itself, and the queue that collects them.
#include <catch2/catch_test_macros.hpp>

#include "core/json/doc.h"
#include "tests/unit/judge/run_harness.h"

using namespace assay;
using namespace assay::judge;
using namespace assay::test;

namespace {

ScorerSpec spec_with(AnswerType type, const char* samples, const char* jury = "") {
  ScorerSpec spec;
  spec.name = "s";
  spec.kind = ScorerKind::Instructions;
  spec.text = "{{ outputs }}";
  spec.answer.type = type;
  set_param(spec, "samples", samples);
  set_param(spec, "jury", jury);
  return spec;
}

Ballot said(const char* value_json, const char* why = "why") {
  Verdict verdict;
  verdict.value_json = value_json;
  verdict.rationale = why;
  verdict.usage = {10, 2};
  return {verdict, "openai:/m"};
}

Ballot failed(const char* code) {
  JudgeFailure failure;
  failure.code = code;
  failure.message = "It went wrong";
  return {failure, "openai:/m"};
}

const Verdict* verdict_of(const Vote& vote) { return std::get_if<Verdict>(&vote.judgement); }

std::string meta(const Vote& vote, std::string_view key) {
  const Result<json::Doc> doc = json::parse_doc(vote.metadata_json);
  return doc.ok() ? json::get_string(doc.value(), key).value_or("") : "";
}

JudgePlan plan_with(const ScorerSpec& spec, uint32_t traces) {
  JudgePlan plan = make_plan(traces, 0);
  plan.scorers = {spec};
  for (uint32_t t = 0; t < traces; ++t)
    for (int b = 1; b <= ballots_of(spec); ++b)
      plan.items.push_back({t, 0, ballots_of(spec) > 1 ? "@" + std::to_string(b) : ""});
  return plan;
}

// The assessments that the journal holds, and the votes among them.
std::vector<ItemEvent> votes_in(const Host& host) {
  std::vector<ItemEvent> votes;
  for (const JudgeEvent& event : host.journal) {
    if (event.kind != kRunVerdict) continue;
    ItemEvent item = decode_item_event(event.payload_json).value();
    if (item.is_vote) votes.push_back(std::move(item));
  }
  return votes;
}

}  // namespace

TEST_CASE("A majority decides, and says how far the judges agree") {
  const ScorerSpec spec = spec_with(AnswerType::YesNo, "3");
  const Vote vote = count_vote(spec, {said("\"no\"", "a"), said("\"yes\"", "b"), said("\"no\"", "c")});
  REQUIRE(verdict_of(vote) != nullptr);
  CHECK(verdict_of(vote)->value_json == "\"no\"");
  CHECK(verdict_of(vote)->rationale == "Votes: no 2, yes 1. a");
  CHECK(verdict_of(vote)->usage.input_tokens == 30);
  CHECK(meta(vote, kAgreementKey) == "0.67");
  CHECK(meta(vote, kSamplesKey) == "3");
  const Result<json::Doc> ballots = json::parse_doc(meta(vote, kBallotsKey));
  REQUIRE(ballots.ok());
  CHECK(ballots.value().size() == 3);
  CHECK(json::get_string(ballots.value()[1], "rationale") == "b");

  const Vote all = count_vote(spec, {said("\"yes\"", "a"), said("\"yes\""), said("\"yes\"")});
  CHECK(verdict_of(all)->rationale == "a");
  CHECK(meta(all, kAgreementKey) == "1.00");
}

TEST_CASE("A tie is no verdict, nor are fewer answers than half") {
  const ScorerSpec spec = spec_with(AnswerType::YesNo, "4");
  const Vote tie = count_vote(spec, {said("\"no\""), said("\"yes\""), said("\"no\""), said("\"yes\"")});
  REQUIRE(verdict_of(tie) == nullptr);
  CHECK(std::get<JudgeFailure>(tie.judgement).code == "NO_MAJORITY");
  CHECK(std::get<JudgeFailure>(tie.judgement).message.find("no 2, yes 2") != std::string::npos);
  CHECK(meta(tie, kAgreementKey) == "0.50");

  const Vote few = count_vote(spec, {said("\"no\""), failed("TIMEOUT"), failed("X"), failed("X")});
  REQUIRE(verdict_of(few) == nullptr);
  CHECK(std::get<JudgeFailure>(few.judgement).code == "TIMEOUT");
  const Vote none = count_vote(spec, {failed("A"), failed("A"), failed("A"), failed("A")});
  CHECK(verdict_of(none) == nullptr);
  CHECK(meta(none, kAgreementKey).empty());

  const Vote most = count_vote(spec, {said("\"no\""), said("\"no\""), said("\"no\""), failed("X")});
  REQUIRE(verdict_of(most) != nullptr);
  CHECK(verdict_of(most)->rationale == "Votes: no 3, without a verdict 1. why");
}

TEST_CASE("Numbers give the median, or the mean where the scorer says so") {
  ScorerSpec spec = spec_with(AnswerType::Number, "4");
  const std::vector<Ballot> ballots = {said("1"), said("5", "five"), said("2", "two"), said("9")};
  CHECK(verdict_of(count_vote(spec, ballots))->value_json == "2");
  CHECK(verdict_of(count_vote(spec, ballots))->rationale.find("two") != std::string::npos);
  set_param(spec, "combine", "mean");
  CHECK(verdict_of(count_vote(spec, ballots))->value_json == "4.25");
  // Texts differ as a rule: the first stands, and its share is told.
  const Vote texts = count_vote(spec_with(AnswerType::Text, "2"), {said("\"a\""), said("\"b\"")});
  CHECK(verdict_of(texts)->value_json == "\"a\"");
  CHECK(meta(texts, kAgreementKey) == "0.50");
}

TEST_CASE("Each sample is a request of its own, and the vote is the one assessment") {
  Host host;
  Limits limits;
  limits.concurrency = 10;
  JudgeRun run(plan_with(spec_with(AnswerType::YesNo, "3"), 2), limits, 1, host.prompts, nullptr,
               kStart);
  host.pump(run);
  CHECK(host.sent.size() == 6);
  const char* answers[] = {"yes", "no", "no", "yes", "yes", "yes"};
  std::set<std::string> hashes;
  for (const char* answer : answers) host.answer(run, verdict_reply(answer));
  host.pump(run);
  for (const JudgeEvent& event : host.journal) {
    if (event.kind != kRequestSent) continue;
    hashes.insert(decode_item_event(event.payload_json).value().request_hash);
  }
  CHECK(hashes.size() == 6);
  CHECK(run.state() == RunState::Finished);
  const std::vector<ItemEvent> votes = votes_in(host);
  REQUIRE(votes.size() == 2);
  CHECK(votes[0].span_id.empty());
  CHECK(votes[0].assessment_json.find(R"("value":"no")") != std::string::npos);
  CHECK(votes[0].assessment_json.find(R"("assay.agreement":"0.67")") != std::string::npos);
  CHECK(votes[1].assessment_json.find(R"("value":"yes")") != std::string::npos);
  for (const JudgeEvent& event : host.journal) {
    if (event.kind != kRunVerdict) continue;
    const ItemEvent item = decode_item_event(event.payload_json).value();
    CHECK(item.assessment_json.empty() == !item.is_vote);
    host.cache.add(event.payload_json);
  }
  // Samples differ only when the model is given room to.
  CHECK(host.sent[0].body.find(R"("temperature":0.7)") != std::string::npos);
  CHECK(host.cache.count() == 6);

  // Asked again, nothing is paid again, and the same votes come about.
  Host again;
  JudgePlan plan = plan_with(spec_with(AnswerType::YesNo, "3"), 2);
  plan.run_id = "run-2";
  JudgeRun second(std::move(plan), limits, 1, again.prompts, &host.cache, kStart);
  again.pump(second);
  CHECK(again.sent.empty());
  CHECK(votes_in(again).size() == 2);
}

TEST_CASE("A reload between two samples pays neither twice, and the vote has both") {
  Host host;
  Limits limits;
  limits.concurrency = 1;
  limits.announce_ahead = 0;
  JudgeRun run(plan_with(spec_with(AnswerType::YesNo, "3"), 1), limits, 1, host.prompts, nullptr,
               kStart);
  host.pump(run);
  host.answer(run, verdict_reply("yes"));
  host.pump(run);
  host.answer(run, verdict_reply("no"));
  host.pump(run);
  run.pause(host.now_ms);
  host.pump(run);
  REQUIRE(host.in_flight.size() == 1);  // the third is on its way: it may be paid for
  host.in_flight.clear();
  JudgeRun back = JudgeRun::restore(plan_with(spec_with(AnswerType::YesNo, "3"), 1), limits, 2,
                                    host.prompts, nullptr, host.journal);
  CHECK(back.progress(host.now_ms).interrupted == 1);
  CHECK(back.retry_interrupted(host.now_ms) == 1);
  back.resume(host.now_ms);
  host.pump(back);
  host.answer(back, verdict_reply("no"));
  host.pump(back);
  CHECK(host.sent.size() == 4);
  const std::vector<ItemEvent> votes = votes_in(host);
  REQUIRE(votes.size() == 1);
  CHECK(votes[0].assessment_json.find("Votes: no 2, yes 1") != std::string::npos);
}

TEST_CASE("A failed sample that is tried again changes the vote") {
  Host host;
  Limits limits;
  limits.max_attempts = 1;
  JudgeRun run(plan_with(spec_with(AnswerType::YesNo, "3"), 1), limits, 1, host.prompts, nullptr,
               kStart);
  host.pump(run);
  host.answer(run, verdict_reply("yes"));
  host.answer(run, verdict_reply("no"));
  host.answer(run, reply_with(200, R"({"choices":[{"message":{"content":"maybe"}}]})"));
  host.pump(run);
  REQUIRE(votes_in(host).size() == 1);
  CHECK(votes_in(host)[0].outcome == Outcome::Failed);  // one to one
  CHECK(run.retry_failed(host.now_ms) == 1);
  host.pump(run);
  host.answer(run, verdict_reply("no"));
  host.pump(run);
  REQUIRE(votes_in(host).size() == 2);
  CHECK(votes_in(host)[1].assessment_json.find(R"("value":"no")") != std::string::npos);
}

TEST_CASE("A jury asks each of its models, at its own address, in its own shape, with its own key") {
  Host host;
  JudgePlan plan = plan_with(
      spec_with(AnswerType::YesNo, "1", "gpt-y\nanthropic:/claude-z\nollama:/l http://localhost:1/v1"), 1);
  add_jurors(plan);
  REQUIRE(plan.jurors.size() == 3);
  CHECK(plan.jurors[0].second.secret.present());
  CHECK_FALSE(plan.jurors[1].second.secret.present());
  JudgeRun run(plan, {}, 1, host.prompts, nullptr, kStart);
  run.set_juror_secret("api.anthropic.com", SecretRef{7});
  host.pump(run);
  REQUIRE(host.sent.size() == 3);
  CHECK(host.sent[0].host == "judge.example");
  CHECK(host.sent[0].body.find(R"("model":"gpt-y")") != std::string::npos);
  CHECK(host.sent[0].secret.v == 1);
  CHECK(host.sent[1].host == "api.anthropic.com");
  CHECK(host.sent[1].url.find("/v1/messages") != std::string::npos);
  CHECK(host.sent[1].secret.v == 7);
  CHECK(host.sent[2].url == "http://localhost:1/v1/chat/completions");
  CHECK_FALSE(host.sent[2].secret.present());
  host.answer(run, verdict_reply("yes"));
  host.answer(run, verdict_reply("no"));
  host.answer(run, verdict_reply("no"));
  host.pump(run);
  const std::vector<ItemEvent> votes = votes_in(host);
  REQUIRE(votes.size() == 1);
  CHECK(votes[0].assessment_json.find("openai:/gpt-y, anthropic:/claude-z, ollama:/l") !=
        std::string::npos);
  CHECK(votes[0].assessment_json.find(R"(\"model\":\"anthropic:/claude-z\")") != std::string::npos);
}

TEST_CASE("Samples and juries that cannot be are refused with a reason") {
  const auto refused = [](ScorerSpec spec) {
    const Status status = validate_scorers({spec});
    return status.ok() ? std::string() : status.error().what;
  };
  CHECK(refused(spec_with(AnswerType::YesNo, "3")).empty());
  CHECK(refused(spec_with(AnswerType::YesNo, "12")).find("1 to 9") != std::string::npos);
  CHECK(refused(spec_with(AnswerType::YesNo, "2.5")).find("1 to 9") != std::string::npos);
  CHECK(refused(spec_with(AnswerType::YesNo, "1", "a\na")).find("twice") != std::string::npos);
  ScorerSpec hot = spec_with(AnswerType::YesNo, "3");
  set_param(hot, "temperature", "3");
  CHECK(refused(hot).find("0 to 2") != std::string::npos);
  ScorerSpec guided;
  guided.name = "g";
  guided.guidelines = {"Be kind"};
  set_param(guided, "samples", "0");
  CHECK(refused(guided).find("1 to 9") != std::string::npos);
  // Where nothing is set, the text that hashes are made of stays as it was.
  CHECK(encode_scorer(spec_with(AnswerType::YesNo, "1")).find("params") == std::string::npos);
}
