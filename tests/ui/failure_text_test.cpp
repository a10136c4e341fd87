// Every failure that a person meets while judges run is said in Chinese in the Chinese page: the core makes it
// here as it does in a run, so that a sentence that is changed there and not in ui/strings/failures.def is found.
#include <catch2/catch_test_macros.hpp>

#include "core/base/utf8.h"
#include "core/annot/tags.h"
#include "core/judge/http_failure.h"
#include "core/review/label_schema.h"
#include "core/judge/vote.h"
#include "core/score/checks.h"
#include "tests/unit/judge/run_harness.h"
#include "ui/views/failure_text.h"

using namespace assay;
using namespace assay::judge;
using namespace assay::test;

namespace {

std::string in_chinese(const std::string& message) {
  return ui::failure_text(message, kit::Language::SimplifiedChinese);
}

void check_translated(const std::string& message) {
  const std::string text = in_chinese(message);
  INFO(message << "\n" << text);
  CHECK(text != message);
  bool has_chinese = false;
  for (const char c : text) has_chinese = has_chinese || static_cast<unsigned char>(c) >= 0xE4;
  CHECK(has_chinese);
  for (const char* word : {" the ", " is ", " it ", " and ", " or ", " that ", "check ", " judge"})
    CHECK(ascii_lower(text).find(word) == std::string::npos);
}

std::string message_of(const HttpReply& reply, AnswerForm form = {}, std::string_view host = "api.example.com") {
  const Judgement judgement = read_reply(reply, host, "gpt-x", kStart, form);
  REQUIRE(std::holds_alternative<JudgeFailure>(judgement));
  return std::get<JudgeFailure>(judgement).message;
}

HttpReply saying(const std::string& content, const char* finish = "stop") {
  return reply_with(200, R"({"choices":[{"finish_reason":")" + std::string(finish) + R"(","message":{"content":)" +
                             json::quoted(content) + "}}]}");
}

}  // namespace

TEST_CASE("What servers and networks do to a run is told in the page's language") {
  for (const int status : {302, 400, 401, 402, 403, 404, 405, 408, 409, 413, 422, 429, 500, 503, 529}) {
    check_translated(message_of(reply_with(status, "")));
    check_translated(message_of(reply_with(status, "oops"), {}, ""));
  }
  check_translated(message_of(reply_with(429, R"({"error":{"message":"insufficient_quota"}})")));
  for (const NetFailure failure : {NetFailure::Timeout, NetFailure::Aborted, NetFailure::NetworkOrCors}) {
    check_translated(failure_of(failure, "api.example.com", 120'000).message);
    check_translated(failure_of(failure, "localhost:11434", 120'000).message);
  }
  const std::string told = in_chinese(message_of(reply_with(500, R"({"error":{"message":"out of memory"}})")));
  CHECK(told.find("api.example.com") != std::string::npos);
  CHECK(told.find("out of memory") != std::string::npos);  // a server's words stay
}

TEST_CASE("Replies that are no verdict are told in the page's language") {
  for (const char* body : {"", "<html>", "gar{bage", "{}"}) check_translated(message_of(reply_with(200, body)));
  check_translated(message_of(saying("", "stop")));
  check_translated(message_of(saying("Half a", "length")));
  check_translated(message_of(saying("", "content_filter")));
  check_translated(message_of(reply_with(200, R"({"choices":[{"message":{"refusal":"No."}}]})")));
  for (const AnswerType type : {AnswerType::YesNo, AnswerType::Boolean, AnswerType::Integer, AnswerType::Number,
                                AnswerType::Category, AnswerType::Text, AnswerType::TextList, AnswerType::NumberList,
                                AnswerType::IntegerMap}) {
    AnswerForm form;
    form.type = type;
    form.categories = {"red", "green"};
    check_translated(message_of(saying(R"({"x":1})"), form));
  }
}

TEST_CASE("What a tag may not be is told in the page's language") {
  check_translated(annot::check_tag("", "x").error().what);
  check_translated(annot::check_tag("mlflow.traceName", "x").error().what);
  check_translated(annot::check_tag(std::string(251, 'k'), "x").error().what);
  check_translated(annot::check_tag("k", std::string(8001, 'v')).error().what);
  check_translated(annot::check_tag("k", "\xFF").error().what);
}

TEST_CASE("What holds a run is told in the page's language") {
  const auto pause_reason = [](const Limits& limits, const HttpReply& reply, bool unloaded = false) {
    Host host;
    if (unloaded) host.prompts.unloaded = {"tr-0", "tr-1", "tr-2"};
    JudgeRun run = start(host, make_plan(3, 1), limits);
    host.pump(run);
    while (!host.in_flight.empty()) host.answer(run, reply);
    REQUIRE(run.state() == RunState::Paused);
    return run.progress(host.now_ms).pause_reason;
  };
  Limits limits;
  limits.concurrency = 1;
  limits.max_requests = 1;
  check_translated(pause_reason(limits, verdict_reply()));
  limits.max_requests = 0;
  limits.day_max_requests = 2;
  check_translated(pause_reason(limits, verdict_reply()));
  limits.day_max_requests = 0;
  limits.input_usd_per_million = limits.output_usd_per_million = 1e6;
  limits.max_cost_usd = 0.01;
  check_translated(pause_reason(limits, verdict_reply()));
  limits.max_cost_usd = 0;
  limits.day_max_cost_usd = 0.01;
  check_translated(pause_reason(limits, verdict_reply()));
  limits.day_max_cost_usd = 0;
  check_translated(pause_reason(limits, verdict_reply(), true));
  limits.pause_after_failures = 1;
  check_translated(pause_reason(limits, reply_with(401, "")));
  // Interrupted requests of a run that came back.
  Host host;
  JudgeRun run = start(host, make_plan(1, 1), {});
  host.pump(run);
  JudgeRun back = JudgeRun::restore(make_plan(1, 1), {}, 2, host.prompts, nullptr, host.journal);
  back.resume(host.now_ms);
  check_translated(back.progress(0).pause_reason);
}

TEST_CASE("Judges with tools, juries, scripts and addresses tell their failures in the page's language") {
  Host host;
  JudgePlan plan = make_plan(1, 0);
  plan.scorers = {tool_reader("2")};
  plan.items = {{0, 0, ""}};
  JudgeRun run(plan, {}, 1, host.prompts, nullptr, kStart);
  host.pump(run);
  host.answer(run, tool_call());
  host.answer(run, tool_call());
  check_translated(run.progress(0).last_errors.at(0).message);
  Host other;
  JudgeRun refused(plan, {}, 1, other.prompts, nullptr, kStart);
  other.pump(refused);
  other.answer(refused, reply_with(400, R"({"error":{"message":"tools are not supported"}})"));
  check_translated(refused.progress(0).last_errors.at(0).message);

  ScorerSpec jury;
  jury.name = "jury";
  Ballot yes, no, failed;
  Verdict verdict;
  verdict.value_json = "\"yes\"";
  yes.judgement = verdict;
  verdict.value_json = "\"no\"";
  no.judgement = verdict;
  failed.judgement = failure_of(NetFailure::Timeout, "api.example.com", 1000);
  for (const std::vector<Ballot>& cast : {std::vector<Ballot>{yes, no}, {yes, failed, failed}})
    check_translated(std::get<JudgeFailure>(count_vote(jury, cast).judgement).message);

  check_translated(std::get<JudgeFailure>(read_script_reply(reply_with(200, "x"))).message);
  for (const char* address : {"", "a b", "ftp://x", "https://u:p@x.org", "https://"}) {
    Endpoint endpoint;
    endpoint.base_url = address;
    check_translated(request_url(endpoint).error().what);
    check_translated("The juror x:/y: " + request_url(endpoint).error().what);
  }
}

TEST_CASE("What is no known sentence stays as it is, and English says what the core says") {
  for (const char* text : {"", "Something else", "{0}", "failed", "The cap of", "No answer from "})
    CHECK(in_chinese(text).find(text) != std::string::npos);
  CHECK(ui::failure_text("it is empty", kit::Language::English) == "it is empty");
  // A server cannot make the page say what it likes in another's name beyond its own words.
  CHECK(in_chinese("x (500). The server said: it is empty").ends_with("it is empty"));
}

namespace {

using Params = std::vector<std::pair<const char*, const char*>>;

std::string reason_of(ScorerKind kind, const Params& params, const TraceInput& input, const score::Measures& measures = {}) {
  ScorerSpec spec;
  spec.name = "check";
  spec.kind = kind;
  for (const auto& [key, value] : params) set_param(spec, key, value);
  const score::CheckResult result = score::run_check(spec, input, measures);
  INFO(static_cast<int>(kind));
  REQUIRE(std::holds_alternative<Verdict>(result.judgement));
  return std::get<Verdict>(result.judgement).rationale;
}

void check_reason(const std::string& rationale) {
  store::Assessment assessment;
  assessment.rationale = rationale;
  assessment.source_type = store::SourceType::Code;
  const std::string text = ui::reason_text(assessment, kit::Language::SimplifiedChinese);
  INFO(rationale << "\n" << text);
  CHECK(text != rationale);
  for (const char* word : {" the ", " is ", "the ", " was ", " wanted", " calls", "Called", "ound", "issing", " times"})
    CHECK(text.find(word) == std::string::npos);
  CHECK(ui::reason_text(assessment, kit::Language::English) == rationale);
  // Not what a model or a person has written, though it reads the same.
  assessment.source_type = store::SourceType::LlmJudge;
  CHECK(ui::reason_text(assessment, kit::Language::SimplifiedChinese) == rationale);
}

}  // namespace

TEST_CASE("Each computed check tells its reason in the page's language") {
  TraceInput input;
  input.request = "Hi";
  input.response = "Hello world 42";
  input.expected_response = "Hello world 43";
  for (const ScorerKind kind : {ScorerKind::EditDistance, ScorerKind::Bleu, ScorerKind::RougeL}) {
    check_reason(reason_of(kind, {}, input));
    check_reason(reason_of(kind, {{"at_least", "0.5"}}, input));
    check_reason(reason_of(kind, {{"at_least", "0.5"}, {"at_most", "0.9"}}, input));
  }
  check_reason(reason_of(ScorerKind::ResponseLength, {}, input));
  check_reason(reason_of(ScorerKind::ResponseLength, {{"unit", "words"}, {"min_length", "2"}}, input));
  check_reason(reason_of(ScorerKind::ResponseLength, {{"max_length", "20"}}, input));
  check_reason(reason_of(ScorerKind::ExactMatch, {}, input));
  check_reason(reason_of(ScorerKind::ExactMatch, {{"expected", "Hello world 42"}}, input));
  check_reason(reason_of(ScorerKind::Contains, {{"phrases", "Hello\nmoon"}}, input));
  check_reason(reason_of(ScorerKind::Contains, {{"phrases", "Hello"}}, input));
  check_reason(reason_of(ScorerKind::Contains, {{"phrases", "moon"}}, input));
  check_reason(reason_of(ScorerKind::RegexMatch, {{"pattern", "wor"}}, input));
  check_reason(reason_of(ScorerKind::RegexMatch, {{"pattern", "zzz"}}, input));
  check_reason(reason_of(ScorerKind::NumericTolerance, {}, input));
  TraceInput json = input;
  json.response = "{\"a\":1}";
  check_reason(reason_of(ScorerKind::JsonValid, {}, json));
  check_reason(reason_of(ScorerKind::JsonSchema, {{"schema", "{\"type\":\"object\"}"}}, json));
  score::Measures measures;
  measures.duration_ms = 1200;
  measures.total_tokens = 300;
  measures.cost_usd = 0.01;
  measures.spans_counted = 3;
  for (const ScorerKind kind : {ScorerKind::Latency, ScorerKind::TokenCount, ScorerKind::Cost, ScorerKind::SpanCount})
    check_reason(reason_of(kind, {}, input, measures));
  check_reason(reason_of(ScorerKind::Budget, {{"max_tokens", "100"}}, input, measures));
  check_reason(reason_of(ScorerKind::Budget, {{"max_tokens", "900"}}, input, measures));
}

TEST_CASE("Checks of an agent's calls tell their reasons in the page's language") {
  TraceInput input;
  input.response = "Done";
  for (const char* name : {"search", "read", "search"}) input.tools.push_back({name, "{\"q\":1}", "", "", false, 0});
  check_reason(reason_of(ScorerKind::ToolUsed, {{"tool", "search"}}, input));
  check_reason(reason_of(ScorerKind::ToolUsed, {{"tool", "read"}}, input));
  check_reason(reason_of(ScorerKind::ToolUsed, {{"tool", "write"}}, input));
  check_reason(reason_of(ScorerKind::ToolUsed, {{"tool", "write"}}, TraceInput{}));
  check_reason(reason_of(ScorerKind::ToolArguments, {{"tool", "search"}, {"match", "exact"}, {"arguments", "{\"q\":1}"}}, input));
  check_reason(reason_of(ScorerKind::ToolArguments, {{"tool", "search"}, {"match", "exact"}, {"arguments", "{\"q\":2}"}}, input));
  check_reason(reason_of(ScorerKind::ToolArguments, {{"tool", "write"}, {"match", "exact"}, {"arguments", "{}"}}, input));
  check_reason(reason_of(ScorerKind::ToolOrder, {{"tools", "search\nread"}}, input));
  check_reason(reason_of(ScorerKind::ToolOrder, {{"tools", "read\nwrite"}}, input));
  check_reason(reason_of(ScorerKind::ToolLoops, {}, input));
  check_reason(reason_of(ScorerKind::ToolLoops, {{"same_call", "1"}}, input));
  check_reason(reason_of(ScorerKind::ErrorThenSuccess, {}, input));
  input.tools[1].failed = true;
  input.tools[1].error = "boom";
  check_reason(reason_of(ScorerKind::ErrorThenSuccess, {}, input));
}

TEST_CASE("What is wrong with a label or a question is told in the page's language") {
  using review::InputKind;
  using review::LabelSchema;
  const auto problem = [](const LabelSchema& schema) {
    const Status status = review::validate_schema(schema);
    REQUIRE_FALSE(status.ok());
    return status.error().what;
  };
  LabelSchema schema;
  check_translated(problem(schema));  // no name
  schema.name = std::string(300, 'n');
  check_translated(problem(schema));
  schema.name = "tone";
  schema.input = InputKind::Categorical;
  check_translated(problem(schema));
  schema.options = {"a", "a"};
  check_translated(problem(schema));
  schema.options = {"a", " "};
  check_translated(problem(schema));
  schema.options.assign(60, "x");
  check_translated(problem(schema));
  schema.options = {"calm", "angry"};
  check_translated(review::answer_value(schema, "glad").error().what);
  schema.input = InputKind::PassFail;
  schema.positive_label = "";
  check_translated(problem(schema));
  schema.positive_label = schema.negative_label = "same";
  check_translated(problem(schema));
  schema.input = InputKind::Numeric;
  schema.min_value = 5;
  schema.max_value = 1;
  check_translated(problem(schema));
  schema.max_value = 9;
  check_translated(review::answer_value(schema, "1").error().what);
  check_translated(review::answer_value(schema, "10").error().what);
  check_translated(review::answer_value(schema, "ten").error().what);
  schema.input = InputKind::Text;
  schema.max_length = 3;
  check_translated(review::answer_value(schema, " ").error().what);
  check_translated(review::answer_value(schema, "four").error().what);
}
