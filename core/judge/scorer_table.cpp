// The table of all kinds of scorers, and what their forms ask for.
#include <algorithm>
#include <iterator>

#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/judge/scorer.h"

namespace assay::judge {
namespace {

using K = ScorerKind;
using G = ScorerGroup;
using L = ScorerLevel;

constexpr uint16_t kBoth = kReadsInputs | kReadsOutputs;
constexpr uint16_t kTalk = kReadsConversation;

// In the order of ScorerKind.
constexpr ScorerInfo kInfos[] = {
    {K::Guidelines, "Guidelines", "guidelines", G::Response, L::Trace, kBoth},
    {K::RelevanceToQuery, "RelevanceToQuery", "relevance_to_query", G::Response, L::Trace, kBoth},
    {K::RetrievalGroundedness, "RetrievalGroundedness", "retrieval_groundedness", G::Retrieval,
     L::Retriever, kBoth | kReadsChunks},
    {K::Safety, "Safety", "safety", G::Response, L::Trace, kReadsOutputs},
    {K::Correctness, "Correctness", "correctness", G::Expected, L::Trace,
     kBoth | kReadsExpectedAnswer},
    {K::Completeness, "Completeness", "completeness", G::Response, L::Trace, kBoth},
    {K::Fluency, "Fluency", "fluency", G::Response, L::Trace, kReadsOutputs},
    {K::Summarization, "Summarization", "summarization", G::Response, L::Trace, kBoth},
    {K::Equivalence, "Equivalence", "equivalence", G::Expected, L::Trace,
     kReadsOutputs | kReadsExpectedText},
    {K::ExpectationsGuidelines, "ExpectationsGuidelines", "expectations_guidelines", G::Expected,
     L::Trace, kBoth | kReadsExpectedGuidelines},
    {K::RetrievalRelevance, "RetrievalRelevance", "retrieval_relevance", G::Retrieval, L::Chunk,
     kReadsInputs | kReadsChunks},
    {K::RetrievalSufficiency, "RetrievalSufficiency", "retrieval_sufficiency", G::Retrieval,
     L::Retriever, kReadsInputs | kReadsChunks | kReadsExpectedAnswer},
    {K::ToolCallCorrectness, "ToolCallCorrectness", "tool_call_correctness", G::Tools, L::Trace,
     kReadsInputs | kReadsTools | kReadsToolsOffered},
    {K::ToolCallEfficiency, "ToolCallEfficiency", "tool_call_efficiency", G::Tools, L::Trace,
     kReadsInputs | kReadsTools | kReadsToolsOffered},
    {K::UserFrustration, "UserFrustration", "user_frustration", G::Conversation, L::Session, kTalk},
    {K::ConversationCompleteness, "ConversationCompleteness", "conversation_completeness",
     G::Conversation, L::Session, kTalk},
    {K::ConversationalSafety, "ConversationalSafety", "conversational_safety", G::Conversation,
     L::Session, kTalk},
    {K::ConversationalToolCallEfficiency, "ConversationalToolCallEfficiency",
     "conversational_tool_call_efficiency", G::Conversation, L::Session, kTalk | kReadsTools},
    {K::ConversationalRoleAdherence, "ConversationalRoleAdherence",
     "conversational_role_adherence", G::Conversation, L::Session, kTalk},
    {K::ConversationalGuidelines, "ConversationalGuidelines", "conversational_guidelines",
     G::Conversation, L::Session, kTalk},
    {K::KnowledgeRetention, "KnowledgeRetention", "knowledge_retention", G::Conversation,
     L::Session, kTalk},
    {K::Instructions, "InstructionsJudge", "my_judge", G::Own, L::Trace, 0},
    {K::ResponseLength, "ResponseLength", "response_length", G::Text, L::Trace, kReadsOutputs},
    {K::ExactMatch, "ExactMatch", "exact_match", G::Text, L::Trace,
     kReadsOutputs | kReadsExpectedText},
    {K::Contains, "ContainsKeywords", "contains_keywords", G::Text, L::Trace, kReadsOutputs},
    {K::RegexMatch, "RegexMatch", "regex_match", G::Text, L::Trace, kReadsOutputs},
    {K::JsonValid, "JsonValidity", "json_validity", G::Text, L::Trace, kReadsOutputs},
    {K::JsonSchema, "JsonSchema", "json_schema", G::Text, L::Trace, kReadsOutputs},
    {K::NumericTolerance, "NumericTolerance", "numeric_tolerance", G::Text, L::Trace,
     kReadsOutputs | kReadsExpectedText},
    {K::EditDistance, "EditDistance", "edit_similarity", G::Text, L::Trace,
     kReadsOutputs | kReadsExpectedText},
    {K::Bleu, "BleuScore", "bleu", G::Text, L::Trace, kReadsOutputs | kReadsExpectedText},
    {K::RougeL, "RougeL", "rouge_l", G::Text, L::Trace, kReadsOutputs | kReadsExpectedText},
    {K::Latency, "LatencyThreshold", "latency", G::Measures},
    {K::TokenCount, "TokenCount", "token_count", G::Measures},
    {K::Cost, "Cost", "cost_usd", G::Measures},
    {K::SpanCount, "SpanCount", "span_count", G::Measures},
    {K::ToolUsed, "ToolUsed", "tool_used", G::Trajectory, L::Trace, kReadsTools},
    {K::ToolArguments, "ToolArguments", "tool_arguments", G::Trajectory, L::Trace, kReadsTools},
    {K::ToolOrder, "ToolOrder", "tool_order", G::Trajectory, L::Trace, kReadsTools},
    {K::ToolLoops, "ToolLoops", "no_tool_loops", G::Trajectory, L::Trace, kReadsTools},
    {K::ErrorThenSuccess, "ErrorThenSuccess", "no_hidden_error", G::Trajectory, L::Trace,
     kReadsTools | kReadsOutputs},
    {K::Budget, "Budget", "within_budget", G::Trajectory, L::Trace, kReadsTools},
    {K::Script, "Script", "my_script", G::Script},
};
static_assert(std::size(kInfos) == static_cast<size_t>(ScorerKind::kCount));

constexpr std::string_view kAnswerNames[] = {"yes_no",   "bool", "int",      "float",
                                             "category", "text", "text_list",
                                             "bool_list", "int_list", "float_list",
                                             "text_map", "bool_map", "int_map", "float_map"};
static_assert(std::size(kAnswerNames) == kAnswerTypes);

constexpr ParamInfo kOf{"of", ParamType::Choice, "outputs", "outputs|inputs"};
constexpr ParamInfo kExpected{"expected", ParamType::Text};
constexpr ParamInfo kIgnoreCase{"ignore_case", ParamType::Boolean, "true"};
constexpr ParamInfo kAtLeast{"at_least", ParamType::Number};
constexpr ParamInfo kAtMost{"at_most", ParamType::Number};
constexpr ParamInfo kNegate{"negate", ParamType::Boolean, "false"};
constexpr ParamInfo kWeight{"weight", ParamType::Number, "1"};
constexpr ParamInfo kTool{"tool", ParamType::Text};

std::vector<ParamInfo> own_params(ScorerKind kind) {
  switch (kind) {
    case K::ToolCallCorrectness:
      return {{"should_exact_match", ParamType::Boolean, "false"},
              {"should_consider_ordering", ParamType::Boolean, "false"}};
    case K::ConversationalRoleAdherence:
      return {{"role", ParamType::Text}};
    case K::ResponseLength:
      return {{"min_length", ParamType::Number},
              {"max_length", ParamType::Number},
              {"unit", ParamType::Choice, "chars", "chars|words"}};
    case K::ExactMatch:
      return {kOf, kExpected, {"ignore_case", ParamType::Boolean, "false"}};
    case K::Contains:
      return {kOf,
              {"phrases", ParamType::Lines},
              {"which", ParamType::Choice, "all", "all|any"},
              kIgnoreCase};
    case K::RegexMatch:
      return {kOf, {"pattern", ParamType::Text}};
    case K::JsonValid:
      return {kOf};
    case K::JsonSchema:
      return {kOf, {"schema", ParamType::Json}};
    case K::NumericTolerance:
      return {kExpected,
              {"tolerance", ParamType::Number, "0"},
              {"relative", ParamType::Boolean, "false"}};
    case K::EditDistance:
    case K::Bleu:
    case K::RougeL:
      return {kExpected, kAtLeast};
    case K::Latency:
      return {{"at_most_ms", ParamType::Number}};
    case K::TokenCount:
      return {{"tokens", ParamType::Choice, "total", "total|input|output"}, kAtMost};
    case K::Cost:
      return {kAtMost};
    case K::SpanCount:
      return {{"span_type", ParamType::Text}, {"span_name", ParamType::Text}, kAtLeast, kAtMost};
    case K::ToolUsed:
      return {kTool};
    case K::ToolArguments:
      return {kTool,
              {"match", ParamType::Choice, "subset", "exact|subset|pattern"},
              {"arguments", ParamType::Json},
              {"which", ParamType::Choice, "any", "any|all"}};
    case K::ToolOrder:
      return {{"tools", ParamType::Lines},
              {"match", ParamType::Choice, "in_order", "in_order|exact|any_order"}};
    case K::ToolLoops:
      return {{"same_call", ParamType::Number, "2"}, {"same_cycle", ParamType::Number, "3"}};
    case K::ErrorThenSuccess:
      return {{"words", ParamType::Lines,
               "error\nfail\nunable\ncould not\ncannot\ncan't\nsorry\nunfortunately\n失败\n无法\n"
               "错误\n抱歉"}};
    case K::Budget:
      return {{"max_tool_calls", ParamType::Number},
              {"max_model_calls", ParamType::Number},
              {"max_tokens", ParamType::Number},
              {"max_ms", ParamType::Number},
              {"max_usd", ParamType::Number}};
    default:
      return {};
  }
}

}  // namespace

const ScorerInfo& scorer_info(ScorerKind kind) { return kInfos[static_cast<size_t>(kind)]; }

std::vector<ParamInfo> scorer_params(ScorerKind kind) {
  std::vector<ParamInfo> params = own_params(kind);
  if (asks_model(kind)) {
    if (kind == K::Instructions) {
      params.push_back({"trace_access", ParamType::Choice, "outline", "outline|tools"});
      params.push_back({"max_turns", ParamType::Number, "10"});
    }
    params.push_back({"samples", ParamType::Number, "1"});
    params.push_back({"temperature", ParamType::Number});
    if (kind == K::Instructions)
      params.push_back({"combine", ParamType::Choice, "median", "median|mean"});
    params.push_back({"jury", ParamType::Lines});
  }
  if (is_check(kind)) {
    const ScorerGroup group = scorer_info(kind).group;
    if (group != ScorerGroup::Measures && kind != K::ResponseLength) params.push_back(kNegate);
    params.push_back(kWeight);
  }
  params.push_back({"aggregations", ParamType::Text});
  return params;
}

bool is_check(ScorerKind kind) {
  const ScorerGroup group = scorer_info(kind).group;
  return group == ScorerGroup::Text || group == ScorerGroup::Measures ||
         group == ScorerGroup::Trajectory;
}

bool asks_model(ScorerKind kind) { return !is_check(kind) && kind != ScorerKind::Script; }

bool takes_guidelines(ScorerKind kind) {
  return kind == ScorerKind::Guidelines || kind == ScorerKind::ConversationalGuidelines;
}

std::string_view scorer_kind_name(ScorerKind kind) { return scorer_info(kind).class_name; }
std::string_view default_scorer_name(ScorerKind kind) { return scorer_info(kind).default_name; }

std::optional<ScorerKind> parse_scorer_kind(std::string_view name) {
  for (const ScorerInfo& info : kInfos) {
    if (info.class_name == name) return info.kind;
  }
  return std::nullopt;
}

bool is_list(AnswerType type) {
  return type == AnswerType::TextList || type == AnswerType::BooleanList || type == AnswerType::IntegerList ||
         type == AnswerType::NumberList;
}

bool is_map(AnswerType type) {
  return type == AnswerType::TextMap || type == AnswerType::BooleanMap || type == AnswerType::IntegerMap ||
         type == AnswerType::NumberMap;
}

AnswerType element_type(AnswerType type) {
  switch (type) {
    case AnswerType::TextList:
    case AnswerType::TextMap:
      return AnswerType::Text;
    case AnswerType::BooleanList:
    case AnswerType::BooleanMap:
      return AnswerType::Boolean;
    case AnswerType::IntegerList:
    case AnswerType::IntegerMap:
      return AnswerType::Integer;
    case AnswerType::NumberList:
    case AnswerType::NumberMap:
      return AnswerType::Number;
    default:
      return type;
  }
}

std::string_view answer_type_name(AnswerType type) {
  return kAnswerNames[static_cast<size_t>(type)];
}

std::optional<AnswerType> parse_answer_type(std::string_view name) {
  for (size_t i = 0; i < kAnswerTypes; ++i) {
    if (kAnswerNames[i] == name) return static_cast<AnswerType>(i);
  }
  return std::nullopt;
}

std::string_view param(const ScorerSpec& scorer, std::string_view key) {
  for (const ScorerParam& given : scorer.params) {
    if (given.key == key) return given.value;
  }
  for (const ParamInfo& info : scorer_params(scorer.kind)) {
    if (info.key == key) return info.fallback;
  }
  return {};
}

bool param_on(const ScorerSpec& scorer, std::string_view key) {
  return param(scorer, key) == "true";
}

std::optional<double> param_number(const ScorerSpec& scorer, std::string_view key) {
  return parse_double(trimmed(param(scorer, key)));
}

void set_param(ScorerSpec& scorer, std::string_view key, std::string_view value) {
  std::vector<ScorerParam> kept;
  for (const ParamInfo& info : scorer_params(scorer.kind)) {
    std::string now(info.key == key ? value : param(scorer, info.key));
    if (now != info.fallback) kept.push_back({std::string(info.key), std::move(now)});
  }
  scorer.params = std::move(kept);
}

AnswerForm answer_of(const ScorerSpec& scorer) {
  if (scorer.kind == ScorerKind::Instructions) return scorer.answer;
  if (scorer.kind == ScorerKind::UserFrustration) {
    return {AnswerType::Category, {"none", "resolved", "unresolved"}};
  }
  return {};
}

ScorerLevel level_of(const ScorerSpec& scorer) {
  if (scorer.kind != ScorerKind::Instructions) return scorer_info(scorer.kind).level;
  const Result<uint8_t> variables = template_variables(scorer.text);
  const bool talks = variables.ok() && (variables.value() & kVarConversation) != 0;
  return talks ? ScorerLevel::Session : ScorerLevel::Trace;
}

std::vector<std::string_view> aggregations_of(const ScorerSpec& scorer) {
  std::vector<std::string_view> names;
  std::string_view given = trimmed(param(scorer, "aggregations"));
  if (given == "none") return names;
  while (!given.empty()) {
    const size_t end = std::min(given.find(','), given.size());
    if (const std::string_view name = trimmed(given.substr(0, end)); !name.empty()) names.push_back(name);
    given.remove_prefix(std::min(end + 1, given.size()));
  }
  if (!names.empty()) return names;
  const AnswerType type = scorer.answer.type;
  const bool counts = scorer.kind != ScorerKind::Instructions || type == AnswerType::Boolean ||
                      type == AnswerType::Integer || type == AnswerType::Number;
  if (counts) names.push_back("mean");
  return names;
}

Result<uint8_t> template_variables(std::string_view text) {
  constexpr struct {
    std::string_view name;
    TemplateVariable variable;
  } kVariables[] = {{"inputs", kVarInputs},
                    {"outputs", kVarOutputs},
                    {"expectations", kVarExpectations},
                    {"trace", kVarTrace},
                    {"conversation", kVarConversation}};
  uint8_t found = 0;
  for (size_t at = text.find("{{"); at != std::string_view::npos; at = text.find("{{", at)) {
    const size_t end = text.find("}}", at);
    if (end == std::string_view::npos) {
      return make_error(ErrorCode::InvalidParameter, "The template has {{ without }}", at);
    }
    const std::string_view name = trimmed(text.substr(at + 2, end - at - 2));
    uint8_t variable = 0;
    for (const auto& known : kVariables) {
      if (known.name == name) variable = known.variable;
    }
    if (variable == 0) {
      return make_error(ErrorCode::InvalidParameter,
                        "There is no variable {{ " + std::string(name) +
                            " }}; there are inputs, outputs, expectations, trace and conversation",
                        at);
    }
    found |= variable;
    at = end + 2;
  }
  if (found == 0) {
    return make_error(ErrorCode::InvalidParameter,
                      "The template needs a variable: {{ inputs }}, {{ outputs }}, "
                      "{{ expectations }}, {{ trace }} or {{ conversation }}");
  }
  if ((found & kVarConversation) != 0 && (found & ~(kVarConversation | kVarExpectations)) != 0) {
    return make_error(ErrorCode::InvalidParameter,
                      "{{ conversation }} goes together with {{ expectations }} only");
  }
  return found;
}

}  // namespace assay::judge
