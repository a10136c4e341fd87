// ScorerSpec: what to judge, as plain data, and the table of all kinds. The kinds that ask a model are
// MLflow's built-in scorers of the same names, and judges by template (make_judge); the default
// assessment names, levels, required fields and values are MLflow's too, so that results line up with
// theirs. The kinds that are computed (checks) are evaluated by core/score; a script runs in the page.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace assay::judge {

enum class ScorerKind : uint8_t {
  // Asked of a model, one trace at a time.
  Guidelines,
  RelevanceToQuery,
  RetrievalGroundedness,
  Safety,
  Correctness,
  Completeness,
  Fluency,
  Summarization,
  Equivalence,
  ExpectationsGuidelines,
  RetrievalRelevance,
  RetrievalSufficiency,
  ToolCallCorrectness,
  ToolCallEfficiency,
  // … one session at a time.
  UserFrustration,
  ConversationCompleteness,
  ConversationalSafety,
  ConversationalToolCallEfficiency,
  ConversationalRoleAdherence,
  ConversationalGuidelines,
  KnowledgeRetention,
  // … in the user's own words: {{ inputs }}, {{ outputs }}, {{ expectations }}, {{ trace }}, or
  // {{ conversation }}, which makes it a session's.
  Instructions,
  // Computed, without a model.
  ResponseLength,
  ExactMatch,
  Contains,
  RegexMatch,
  JsonValid,
  JsonSchema,
  NumericTolerance,
  EditDistance,
  Bleu,
  RougeL,
  Latency,
  TokenCount,
  Cost,
  SpanCount,
  ToolUsed,
  ToolArguments,
  ToolOrder,
  ToolLoops,
  ErrorThenSuccess,
  Budget,
  // The user's own JavaScript.
  Script,
  kCount,
};

// What one item of a run is.
enum class ScorerLevel : uint8_t {
  Trace,
  Retriever,  // each retriever span that is not inside another
  Chunk,      // each document of each of these; then the share of yes, "<name>/precision", for each span
  Session,    // all traces of a session; the verdict stands on the earliest one
};

enum class ScorerGroup : uint8_t {
  Response,
  Expected,  // against what a person expected
  Retrieval,
  Tools,
  Conversation,
  Own,       // judges by template
  Text,      // checks of a text
  Measures,  // time, tokens, money
  Trajectory,
  Script,
  kCount,
};

// What a kind reads of a trace, and cannot do without.
enum ScorerReads : uint16_t {
  kReadsInputs = 1,
  kReadsOutputs = 2,
  kReadsChunks = 4,
  kReadsExpectedAnswer = 8,  // expected_response or expected_facts; both are an error
  kReadsExpectedText = 16,   // expected_response, or a text in the scorer itself
  kReadsExpectedGuidelines = 32,
  kReadsTools = 64,          // the tools that were called (none is an answer too)
  kReadsConversation = 128,
  kReadsToolsOffered = 256,
};

// …List and …Map: MLflow's list[…] and dict[str, …] of one type.
enum class AnswerType : uint8_t {
  YesNo, Boolean, Integer, Number, Category, Text, TextList,
  BooleanList, IntegerList, NumberList, TextMap, BooleanMap, IntegerMap, NumberMap,
};
constexpr size_t kAnswerTypes = 14;
bool is_list(AnswerType type);
bool is_map(AnswerType type);
// Of a list or a map: Boolean, Integer, Number or Text; of any other type itself.
AnswerType element_type(AnswerType type);
std::string_view answer_type_name(AnswerType type);  // "yes_no", "bool", "int", "float", "category", …
std::optional<AnswerType> parse_answer_type(std::string_view name);

struct AnswerForm {
  AnswerType type = AnswerType::YesNo;
  std::vector<std::string> categories;  // Category only
  friend bool operator==(const AnswerForm&, const AnswerForm&) = default;
};

enum class ParamType : uint8_t { Text, Lines, Json, Number, Boolean, Choice };
struct ParamInfo {
  std::string_view key;
  ParamType type = ParamType::Text;
  std::string_view fallback = {};  // when it is not given
  std::string_view choices = {};   // "a|b|c"
};

struct ScorerInfo {
  ScorerKind kind;
  std::string_view class_name;    // MLflow's: "Guidelines", …
  std::string_view default_name;  // "guidelines", …
  ScorerGroup group;
  ScorerLevel level = ScorerLevel::Trace;
  uint16_t reads = 0;
};
const ScorerInfo& scorer_info(ScorerKind kind);
std::vector<ParamInfo> scorer_params(ScorerKind kind);  // in the order of a form

bool is_check(ScorerKind kind);         // computed here, no model, no request
bool asks_model(ScorerKind kind);       // neither a check nor a script
bool takes_guidelines(ScorerKind kind);

std::string_view scorer_kind_name(ScorerKind kind);  // MLflow's class name: "Guidelines", …
std::optional<ScorerKind> parse_scorer_kind(std::string_view name);
// "guidelines", "relevance_to_query", "retrieval_groundedness".
std::string_view default_scorer_name(ScorerKind kind);

constexpr size_t kMaxScorerNameChars = 250;  // MLflow's limit for assessment names

struct ScorerParam {
  std::string key, value;
  friend bool operator==(const ScorerParam&, const ScorerParam&) = default;
};

struct ScorerSpec {
  std::string name;  // the assessment name of its verdicts
  ScorerKind kind = ScorerKind::Guidelines;
  std::vector<std::string> guidelines;  // of the two kinds of guidelines: all must hold
  int version = 1;                      // grows when the spec is edited
  std::string text = {};                // Instructions: the template; Script: the program
  AnswerForm answer = {};               // Instructions only
  std::vector<ScorerParam> params = {};  // those that differ from the fallback, in the form's order
  friend bool operator==(const ScorerSpec&, const ScorerSpec&) = default;
};

// The parameter's value, or its fallback.
std::string_view param(const ScorerSpec& scorer, std::string_view key);
bool param_on(const ScorerSpec& scorer, std::string_view key);
std::optional<double> param_number(const ScorerSpec& scorer, std::string_view key);
void set_param(ScorerSpec& scorer, std::string_view key, std::string_view value);

// What its verdicts are: of the built-in kinds yes/no but for UserFrustration.
AnswerForm answer_of(const ScorerSpec& scorer);
// Of a template, the level depends on its variables.
ScorerLevel level_of(const ScorerSpec& scorer);

// MLflow's aggregations of its verdicts over a run ("mean", "p90", …; core/stats/aggregate.h): those that its
// parameter "aggregations" names ("none": not one), else MLflow's default, which is the mean, and of judges by template
// nothing where the value is a text or a choice.
std::vector<std::string_view> aggregations_of(const ScorerSpec& scorer);
constexpr std::string_view kAggregationNames[] = {"min", "max", "mean", "median", "variance", "p90"};

// The variables of a template.
enum TemplateVariable : uint8_t {
  kVarInputs = 1,
  kVarOutputs = 2,
  kVarExpectations = 4,
  kVarTrace = 8,
  kVarConversation = 16,
};
// Which of them it has; an error names one that does not exist, or two that do not go together
// (MLflow's rules: at least one, conversation with expectations alone).
Result<uint8_t> template_variables(std::string_view text);

// The set that is there before a person has chosen one: relevance_to_query, retrieval_groundedness, and three of
// guidelines (follows_objective, concise_communication, professional_tone) in words that fit any response.
std::vector<ScorerSpec> default_scorers();
// The same names for the example, which is an e-mail assistant: the guidelines first, and they speak of e-mails.
std::vector<ScorerSpec> example_scorers();
// Whether a run has one of these unless a person says otherwise: with the example all of them, else those that fit any
// data, which without retriever spans have nothing to be grounded in.
bool is_on_by_default(const ScorerSpec& scorer, bool for_example, bool has_retrievers);

// One sentence on the first thing that is wrong: a name that is empty, too long, or used twice; a
// Guidelines scorer without a guideline, or with an empty one; other kinds with guidelines; a template
// without a variable; categories that are none; a check without what it looks for.
Status validate_scorers(const std::vector<ScorerSpec>& scorers);

// {"name":…,"kind":"Guidelines","guidelines":[…],"version":1}, then "text", "answer", "params" where
// there are any; canonical: part of the request hash.
std::string encode_scorer(const ScorerSpec& scorer);
std::string encode_scorers(const std::vector<ScorerSpec>& scorers);  // an array
Result<std::vector<ScorerSpec>> decode_scorers(
    std::string_view json_text);  // reads, does not validate

}  // namespace assay::judge
