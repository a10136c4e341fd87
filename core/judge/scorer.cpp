#include "core/judge/scorer.h"

#include <algorithm>
#include <cmath>

#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/json/doc.h"
#include "core/json/unescape.h"
#include "core/judge/conversation.h"
#include "core/judge/vote.h"

namespace assay::judge {
namespace {

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

size_t count_chars(std::string_view text) {
  size_t chars = 0;
  for (size_t at = 0; at < text.size(); at += decode_utf8(text, at).size_bytes)
    ++chars;
  return chars;
}

Error invalid(std::string what) { return make_error(ErrorCode::InvalidParameter, std::move(what)); }

Status validate_answer(const AnswerForm& answer, const std::string& who) {
  if (answer.type != AnswerType::Category) return ok_status();
  if (answer.categories.size() < 2) return invalid(who + " needs at least two categories");
  for (size_t i = 0; i < answer.categories.size(); ++i) {
    if (is_blank(answer.categories[i])) return invalid(who + " has an empty category");
    for (size_t k = 0; k < i; ++k) {
      if (ascii_lower(answer.categories[k]) == ascii_lower(answer.categories[i]))
        return invalid(who + " has a category twice: " + answer.categories[i]);
    }
  }
  return ok_status();
}

// What a check cannot do without.
std::string_view needed_param(ScorerKind kind) {
  switch (kind) {
    case ScorerKind::Contains:
      return "phrases";
    case ScorerKind::RegexMatch:
      return "pattern";
    case ScorerKind::JsonSchema:
      return "schema";
    case ScorerKind::ToolUsed:
    case ScorerKind::ToolArguments:
      return "tool";
    case ScorerKind::ToolOrder:
      return "tools";
    default:
      return {};
  }
}

Status validate_params(const ScorerSpec& scorer, const std::string& who) {
  const std::string_view needed = needed_param(scorer.kind);
  if (!needed.empty() && is_blank(param(scorer, needed)))
    return invalid(who + " is not complete; fill in: " + std::string(needed));
  const std::vector<ParamInfo> known = scorer_params(scorer.kind);
  for (const ScorerParam& given : scorer.params) {
    const auto info = std::find_if(known.begin(), known.end(),
                                   [&](const ParamInfo& p) { return p.key == given.key; });
    if (info == known.end()) return invalid(who + " has no setting called " + given.key);
    if (is_blank(given.value)) continue;
    if (given.key == "samples" && given.value != std::to_string(samples_of(scorer)))
      return invalid(who + ": the number of samples is a whole number from 1 to " +
                     std::to_string(kMaxSamples));
    if (given.key == "max_turns") {
      const double turns = parse_double(trimmed(given.value)).value_or(0);
      if (turns < 2 || turns > kMaxTurns || turns != std::floor(turns))
        return invalid(who + ": the number of steps is a whole number from 2 to " +
                       std::to_string(kMaxTurns));
    }
    if (given.key == "temperature") {
      const double temperature = parse_double(trimmed(given.value)).value_or(0);
      if (temperature < 0 || temperature > 2)
        return invalid(who + ": the temperature is a number from 0 to 2");
    }
    if (info->type == ParamType::Number && !parse_double(trimmed(given.value)))
      return invalid(who + ": " + given.key + " is no number: " + given.value);
    // A pattern of arguments is a regular expression and no JSON.
    const bool is_pattern = given.key == "arguments" && param(scorer, "match") == "pattern";
    if (info->type == ParamType::Json && !is_pattern && !json::parse_doc(given.value).ok())
      return invalid(who + ": " + given.key + " is no valid JSON");
  }
  return ok_status();
}

Status validate_jury(const ScorerSpec& scorer, const std::string& who) {
  const std::vector<std::string> jurors = jurors_of(scorer);
  for (size_t i = 0; i < jurors.size(); ++i) {
    if (std::find(jurors.begin(), jurors.begin() + static_cast<std::ptrdiff_t>(i), jurors[i]) !=
        jurors.begin() + static_cast<std::ptrdiff_t>(i))
      return invalid(who + " has a juror twice: " + jurors[i] + "; ask for more samples instead");
  }
  return ok_status();
}

Status validate_aggregations(const ScorerSpec& scorer, const std::string& who) {
  if (is_blank(param(scorer, "aggregations"))) return ok_status();
  for (const std::string_view name : aggregations_of(scorer)) {
    if (std::find(std::begin(kAggregationNames), std::end(kAggregationNames), name) == std::end(kAggregationNames))
      return invalid(who + ": there is no aggregation " + std::string(name) +
                     "; there are min, max, mean, median, variance and p90, or none");
  }
  return ok_status();
}

Status validate_own_parts(const ScorerSpec& scorer, const std::string& who) {
  if (scorer.kind == ScorerKind::Script)
    return is_blank(scorer.text) ? invalid(who + " has no program; write one") : ok_status();
  if (asks_model(scorer.kind)) ASSAY_TRY(validate_jury(scorer, who));
  ASSAY_TRY(validate_params(scorer, who));
  if (scorer.kind != ScorerKind::Instructions) return ok_status();
  if (is_blank(scorer.text)) return invalid(who + " has no instructions; write some");
  const Result<uint8_t> variables = template_variables(scorer.text);
  if (!variables.ok()) return invalid(who + ": " + variables.error().what);
  return validate_answer(scorer.answer, who);
}

Status validate_scorer(const ScorerSpec& scorer) {
  if (is_blank(scorer.name)) return invalid("A judge has no name; give it one");
  if (count_chars(scorer.name) > kMaxScorerNameChars) {
    return invalid("A judge's name may have at most 250 characters: " + scorer.name);
  }
  const std::string who = "The judge " + scorer.name;
  ASSAY_TRY(validate_aggregations(scorer, who));
  if (scorer.version < 1) return invalid(who + " has a version below 1");
  if (takes_guidelines(scorer.kind)) ASSAY_TRY(validate_own_parts(scorer, who));
  if (!takes_guidelines(scorer.kind)) {
    if (scorer.guidelines.empty()) return validate_own_parts(scorer, who);
    return invalid(who + " takes no guidelines; only Guidelines judges do");
  }
  if (scorer.guidelines.empty()) return invalid(who + " has no guideline; write at least one");
  for (const std::string& guideline : scorer.guidelines) {
    if (is_blank(guideline)) return invalid(who + " has an empty guideline; write it or remove it");
  }
  return ok_status();
}

void decode_answer(AnswerForm& answer, const json::Doc& doc) {
  const auto type = parse_answer_type(json::get_string(doc, "type").value_or(""));
  if (type) answer.type = *type;
  const json::Doc* categories = json::find(doc, "categories");
  if (categories == nullptr || !categories->is_array()) return;
  for (const json::Doc& category : *categories) {
    if (category.is_string()) answer.categories.push_back(category.get<std::string>());
  }
}

// Of a later version, or edited by hand: settings that this kind does not have are left out.
void decode_params(ScorerSpec& scorer, const json::Doc& doc) {
  if (!doc.is_object()) return;
  for (const ParamInfo& info : scorer_params(scorer.kind)) {
    const json::Doc* value = json::find(doc, info.key);
    if (value == nullptr) continue;
    set_param(scorer, info.key,
              value->is_string() ? value->get<std::string>() : json::dump(*value));
  }
}

Result<ScorerSpec> decode_scorer(const json::Doc& doc, size_t index) {
  const std::string who = "Judge " + std::to_string(index + 1);
  if (!doc.is_object()) return invalid(who + " is no JSON object");
  const auto kind_name = json::get_string(doc, "kind");
  const auto kind = kind_name ? parse_scorer_kind(*kind_name) : std::nullopt;
  if (!kind) return invalid(who + " has an unknown kind: " + kind_name.value_or("(none)"));
  ScorerSpec scorer;
  scorer.kind = *kind;
  scorer.name = json::get_string(doc, "name").value_or(std::string(default_scorer_name(*kind)));
  const int64_t version = json::get_int(doc, "version").value_or(1);
  scorer.version = static_cast<int>(std::clamp<int64_t>(version, 1, INT32_MAX));
  scorer.text = json::get_string(doc, "text").value_or("");
  if (const json::Doc* answer = json::find(doc, "answer")) decode_answer(scorer.answer, *answer);
  if (const json::Doc* params = json::find(doc, "params")) decode_params(scorer, *params);
  const json::Doc* guidelines = json::find(doc, "guidelines");
  if (guidelines == nullptr || guidelines->is_null()) return scorer;
  if (guidelines->is_string()) {  // MLflow takes one string as well as a list
    scorer.guidelines.push_back(guidelines->get<std::string>());
    return scorer;
  }
  if (!guidelines->is_array()) return invalid(who + ": guidelines is no list of texts");
  for (const json::Doc& guideline : *guidelines) {
    if (!guideline.is_string()) return invalid(who + ": guidelines is no list of texts");
    scorer.guidelines.push_back(guideline.get<std::string>());
  }
  return scorer;
}

}  // namespace

std::vector<ScorerSpec> default_scorers() {
  return {
      {std::string(default_scorer_name(ScorerKind::RelevanceToQuery)), ScorerKind::RelevanceToQuery, {}},
      {std::string(default_scorer_name(ScorerKind::RetrievalGroundedness)), ScorerKind::RetrievalGroundedness, {}},
      {"follows_objective",
       ScorerKind::Guidelines,
       {"The response does what the request asks for: no part of the request is left out or replaced by another goal.",
        "The response keeps to the request, and does not turn to matters the request does not mention."}},
      {"concise_communication",
       ScorerKind::Guidelines,
       {"The response is brief: its point comes within the first sentences, and it says nothing twice.",
        "The response has no filler: no sentence could be removed without losing something the reader needs."}},
      {"professional_tone",
       ScorerKind::Guidelines,
       {"The response is courteous and businesslike: no slang, no pressure, no flattery, no blame."}},
  };
}

bool is_on_by_default(const ScorerSpec& scorer, bool for_example, bool has_retrievers) {
  if (for_example || scorer.kind == ScorerKind::RelevanceToQuery) return true;
  return scorer.kind == ScorerKind::RetrievalGroundedness && has_retrievers;
}

std::vector<ScorerSpec> example_scorers() {
  return {
      {"follows_objective",
       ScorerKind::Guidelines,
       {"The e-mail does what the request asks for: its purpose and its call to action are those "
        "of "
        "the request, and no part of the request is left out or replaced by another goal.",
        "The e-mail uses what is known about the customer where it matters, and does not turn to "
        "matters the request does not mention."}},
      {"concise_communication",
       ScorerKind::Guidelines,
       {"The e-mail is brief: a busy reader gets its point within the first sentences, and it says "
        "nothing twice.",
        "The e-mail has no filler: no sentence could be removed without losing something the "
        "reader "
        "needs."}},
      {"professional_tone",
       ScorerKind::Guidelines,
       {"The e-mail is courteous and businesslike: no slang, no pressure, no flattery, no blame.",
        "The tone fits the relationship with the customer, for example sober with one who has open "
        "problems."}},
      {std::string(default_scorer_name(ScorerKind::RelevanceToQuery)),
       ScorerKind::RelevanceToQuery,
       {}},
      {std::string(default_scorer_name(ScorerKind::RetrievalGroundedness)),
       ScorerKind::RetrievalGroundedness,
       {}},
  };
}

Status validate_scorers(const std::vector<ScorerSpec>& scorers) {
  std::vector<std::string_view> names;
  for (const ScorerSpec& scorer : scorers) {
    ASSAY_TRY(validate_scorer(scorer));
    if (std::find(names.begin(), names.end(), scorer.name) != names.end()) {
      return invalid("Two judges have the same name; rename one: " + scorer.name);
    }
    names.push_back(scorer.name);
  }
  return ok_status();
}

std::string encode_scorer(const ScorerSpec& scorer) {
  std::string out = "{\"name\":";
  json::append_quoted(out, scorer.name);
  out += ",\"kind\":";
  json::append_quoted(out, scorer_kind_name(scorer.kind));
  out += ",\"guidelines\":[";
  for (size_t i = 0; i < scorer.guidelines.size(); ++i) {
    if (i > 0) out += ',';
    json::append_quoted(out, scorer.guidelines[i]);
  }
  out += "],\"version\":" + std::to_string(scorer.version);
  if (!scorer.text.empty()) {
    out += ",\"text\":";
    json::append_quoted(out, scorer.text);
  }
  if (scorer.answer != AnswerForm{}) {
    out += ",\"answer\":{\"type\":";
    json::append_quoted(out, answer_type_name(scorer.answer.type));
    out += ",\"categories\":[";
    for (size_t i = 0; i < scorer.answer.categories.size(); ++i) {
      if (i > 0) out += ',';
      json::append_quoted(out, scorer.answer.categories[i]);
    }
    out += "]}";
  }
  if (!scorer.params.empty()) {
    out += ",\"params\":{";
    for (size_t i = 0; i < scorer.params.size(); ++i) {
      if (i > 0) out += ',';
      json::append_quoted(out, scorer.params[i].key);
      out += ':';
      json::append_quoted(out, scorer.params[i].value);
    }
    out += '}';
  }
  return out + "}";
}

std::string encode_scorers(const std::vector<ScorerSpec>& scorers) {
  std::string out = "[";
  for (size_t i = 0; i < scorers.size(); ++i) {
    if (i > 0) out += ',';
    out += encode_scorer(scorers[i]);
  }
  return out + "]";
}

Result<std::vector<ScorerSpec>> decode_scorers(std::string_view json_text) {
  const json::Doc doc = ASSAY_TRY(json::parse_doc(json_text));
  if (!doc.is_array()) return invalid("The list of judges is no JSON array");
  std::vector<ScorerSpec> scorers;
  for (size_t i = 0; i < doc.size(); ++i) {
    scorers.push_back(ASSAY_TRY(decode_scorer(doc[i], i)));
  }
  return scorers;
}

}  // namespace assay::judge
