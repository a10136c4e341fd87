#include "core/score/checks.h"

#include <algorithm>
#include <cmath>

#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/json/doc.h"
#include "core/json/unescape.h"
#include "core/score/check_values.h"
#include "core/score/json_check.h"
#include "core/score/text_measures.h"
#include "core/search/regex.h"

namespace assay::score {

using judge::param;
using judge::param_number;
using judge::param_on;
using judge::ScorerKind;
using judge::ScorerSpec;
using judge::SkipReason;
using judge::TraceInput;

namespace {

judge::Verdict verdict_of(std::string value_json, std::string rationale) {
  judge::Verdict verdict;
  verdict.value_json = std::move(value_json);
  verdict.rationale = std::move(rationale);
  verdict.by_code = true;
  return verdict;
}

// As people write it: a count has no ".0".
std::string said_number(double value) {
  std::string text = json_number(value);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

// A number as it is, or against the limits that are given.
CheckResult number_or_limit(const ScorerSpec& scorer, double value, std::string_view what) {
  const std::optional<double> least = param_number(scorer, "at_least");
  std::optional<double> most = param_number(scorer, "at_most");
  if (!most) most = param_number(scorer, "at_most_ms");
  std::string said = std::string(what) + " is " + said_number(value);
  if (!least && !most) {
    CheckResult result;
    result.judgement = verdict_of(json_number(value), std::move(said));
    return result;
  }
  if (least) said += ", at least " + said_number(*least) + " is wanted";
  if (most) said += ", at most " + said_number(*most) + " is wanted";
  const bool passed = (!least || value >= *least) && (!most || value <= *most);
  return passed_or_not(scorer, passed, std::move(said));
}

std::string_view text_under_check(const ScorerSpec& scorer, const TraceInput& input) {
  return param(scorer, "of") == "inputs" ? input.request : input.response;
}

std::string expected_text(const ScorerSpec& scorer, const TraceInput& input) {
  const std::string_view fixed = param(scorer, "expected");
  return std::string(trimmed(fixed).empty() ? std::string_view(input.expected_response) : fixed);
}

std::string folded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const DecodedChar c = decode_utf8(text, at);
    append_utf8(out, fold_case(c.code_point));
    at += c.size_bytes;
  }
  return out;
}

CheckResult check_length(const ScorerSpec& scorer, const TraceInput& input) {
  const bool in_words = param(scorer, "unit") == "words";
  size_t length = 0;
  if (in_words) {  // runs of what is not blank, as Python's split() cuts them
    bool in_word = false;
    for (const char c : input.response) {
      const bool blank = static_cast<unsigned char>(c) <= ' ';
      length += !blank && !in_word ? 1 : 0;
      in_word = !blank;
    }
  } else {
    const std::string_view text = input.response;
    for (size_t at = 0; at < text.size(); at += decode_utf8(text, at).size_bytes) ++length;
  }
  const std::optional<double> least = param_number(scorer, "min_length");
  const std::optional<double> most = param_number(scorer, "max_length");
  const auto count = static_cast<double>(length);
  const std::string said =
      "The response has " + std::to_string(length) + (in_words ? " words" : " characters");
  CheckResult result;
  if (!least && !most) {
    result.judgement = verdict_of(std::to_string(length), said);
    return result;
  }
  const bool passed = (!least || count >= *least) && (!most || count <= *most);
  result.judgement = verdict_of(
      passed ? "\"yes\"" : "\"no\"",
      said + "; wanted: " + (least ? said_number(*least) : std::string("0")) + " to " +
          (most ? said_number(*most) : std::string("any number")));
  return result;
}

CheckResult check_exact(const ScorerSpec& scorer, const TraceInput& input) {
  std::string text(trimmed(text_under_check(scorer, input)));
  std::string expected(trimmed(expected_text(scorer, input)));
  if (param_on(scorer, "ignore_case")) {
    text = folded(text);
    expected = folded(expected);
  }
  const bool same = text == expected;
  return passed_or_not(scorer, same,
                       same ? "The text is the expected one"
                            : "Expected: " + shortened(expected) + " · found: " + shortened(text));
}

CheckResult check_contains(const ScorerSpec& scorer, const TraceInput& input) {
  const bool ignore_case = param_on(scorer, "ignore_case");
  const std::string text = ignore_case ? folded(text_under_check(scorer, input))
                                       : std::string(text_under_check(scorer, input));
  std::string found, missing;
  const std::vector<std::string> phrases = lines_of(param(scorer, "phrases"));
  for (const std::string& phrase : phrases) {
    const bool is_there =
        text.find(ignore_case ? folded(phrase) : phrase) != std::string::npos;
    std::string& list = is_there ? found : missing;
    if (!list.empty()) list += ", ";
    list += phrase;
  }
  const bool passed = param(scorer, "which") == "any" ? !found.empty() : missing.empty();
  std::string said;
  if (!found.empty()) said = "Found: " + found;
  if (!missing.empty()) said += (said.empty() ? "" : " · ") + ("missing: " + missing);
  return passed_or_not(scorer, passed, std::move(said));
}

CheckResult check_regex(const ScorerSpec& scorer, const TraceInput& input) {
  const std::string_view pattern = param(scorer, "pattern");
  Result<search::Regex> regex = search::Regex::compile(pattern);
  if (!regex.ok()) return failed_check("The pattern is wrong: " + regex.error().what);
  const bool matches = regex.value().matches(text_under_check(scorer, input));
  return passed_or_not(scorer, matches,
                       std::string(matches ? "Matches " : "Does not match ") +
                           std::string(pattern));
}

// The JSON in a text: all of it, or what stands in a code fence around it.
std::string_view without_fence(std::string_view text) {
  text = trimmed(text);
  if (text.substr(0, 3) != "```" || text.size() < 6 || text.substr(text.size() - 3) != "```")
    return text;
  const size_t line = text.find('\n');
  if (line == std::string_view::npos) return text;
  return trimmed(text.substr(line, text.size() - 3 - line));
}

CheckResult check_json(const ScorerSpec& scorer, const TraceInput& input) {
  const Result<json::Doc> doc = json::parse_doc(trimmed(text_under_check(scorer, input)));
  return passed_or_not(scorer, doc.ok(), doc.ok() ? "The text is JSON" : doc.error().what);
}

CheckResult check_schema(const ScorerSpec& scorer, const TraceInput& input) {
  const Result<std::string> violation = schema_violation(
      without_fence(text_under_check(scorer, input)), param(scorer, "schema"));
  if (!violation.ok()) return failed_check(violation.error().what);
  const bool holds = violation.value().empty();
  return passed_or_not(scorer, holds, holds ? "The value keeps the schema" : violation.value());
}

// The only number in a text; nothing when there are several or none.
std::optional<double> number_in(std::string_view text) {
  if (const auto whole = parse_double(trimmed(text))) return whole;
  std::optional<double> found;
  for (size_t at = 0; at < text.size();) {
    const auto is_digit = [&](size_t i) {
      return i < text.size() && text[i] >= '0' && text[i] <= '9';
    };
    const bool begins = is_digit(at) || (text[at] == '.' && is_digit(at + 1));
    if (!begins) {
      ++at;
      continue;
    }
    size_t begin = at;
    std::string digits;
    if (begin > 0 && text[begin - 1] == '-' && (begin < 2 || !is_digit(begin - 2))) digits = "-";
    while (at < text.size()) {
      const char c = text[at];
      const bool exponent = (c == 'e' || c == 'E') && is_digit(at + 1);
      const bool point = c == '.' && is_digit(at + 1);
      if (c == ',' && is_digit(at + 1) && is_digit(at + 2) && is_digit(at + 3) &&
          !is_digit(at + 4)) {
        ++at;  // 1,234
        continue;
      }
      if (!is_digit(at) && !exponent && !point) break;
      digits += c;
      ++at;
    }
    const auto number = parse_double(digits);
    if (!number) continue;
    if (found && *found != *number) return std::nullopt;
    found = number;
  }
  return found;
}

CheckResult check_number(const ScorerSpec& scorer, const TraceInput& input) {
  const std::optional<double> expected = number_in(expected_text(scorer, input));
  if (!expected) return failed_check("What is expected holds not one number");
  const std::optional<double> found = number_in(input.response);
  if (!found) return passed_or_not(scorer, false, "The response holds not one number");
  const double tolerance = param_number(scorer, "tolerance").value_or(0);
  const double allowed =
      param_on(scorer, "relative") ? std::abs(*expected) * tolerance : tolerance;
  const bool passed = std::abs(*found - *expected) <= allowed;
  return passed_or_not(scorer, passed,
                       "Found " + said_number(*found) + ", expected " + said_number(*expected) +
                           " ± " + said_number(allowed));
}

CheckResult check_similarity(const ScorerSpec& scorer, const TraceInput& input) {
  const std::string expected = expected_text(scorer, input);
  if (scorer.kind == ScorerKind::EditDistance)
    return number_or_limit(scorer, edit_similarity(trimmed(input.response), trimmed(expected)),
                           "The similarity");
  if (scorer.kind == ScorerKind::Bleu)
    return number_or_limit(
        scorer, bleu(tokens_of(input.response, true), {tokens_of(expected, true)}), "BLEU");
  return number_or_limit(
      scorer, rouge_l(tokens_of(input.response, false), tokens_of(expected, false)), "ROUGE-L");
}

CheckResult check_measure(const ScorerSpec& scorer, const Measures& measures) {
  if (scorer.kind == ScorerKind::SpanCount)
    return number_or_limit(scorer, measures.spans_counted, "The number of spans");
  if (scorer.kind == ScorerKind::Latency) {
    if (measures.duration_ms < 0) return skipped_check(SkipReason::NoMeasure);
    return number_or_limit(scorer, static_cast<double>(measures.duration_ms),
                           "The duration in ms");
  }
  if (scorer.kind == ScorerKind::Cost) {
    if (measures.cost_usd < 0) return skipped_check(SkipReason::NoMeasure);
    return number_or_limit(scorer, measures.cost_usd, "The cost in USD");
  }
  const std::string_view which = param(scorer, "tokens");
  const int64_t tokens = which == "input"    ? measures.input_tokens
                         : which == "output" ? measures.output_tokens
                                             : measures.total_tokens;
  if (tokens < 0) return skipped_check(SkipReason::NoMeasure);
  return number_or_limit(scorer, static_cast<double>(tokens), "The number of tokens");
}

}  // namespace

CheckResult passed_or_not(const ScorerSpec& scorer, bool passed, std::string rationale) {
  CheckResult result;
  const bool value = passed != param_on(scorer, "negate");
  result.judgement = verdict_of(value ? "true" : "false", std::move(rationale));
  return result;
}

CheckResult failed_check(std::string message) {
  judge::JudgeFailure failure;
  failure.code = "SCORER_ERROR";
  failure.message = std::move(message);
  failure.by_code = true;
  CheckResult result;
  result.judgement = std::move(failure);
  return result;
}

CheckResult skipped_check(SkipReason reason) {
  CheckResult result;
  result.skip = reason;
  return result;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    if (!line.empty()) lines.emplace_back(line);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

std::string shortened(std::string_view text, size_t max_bytes) {
  const std::string_view kept = utf8_prefix(text, max_bytes);
  return kept.size() < text.size() ? std::string(kept) + "…" : std::string(kept);
}

Measures measures_of(const store::Dataset& dataset, store::TraceRow row,
                     const ScorerSpec& scorer) {
  Measures measures;
  measures.duration_ms = dataset.duration_ms(row) == kNoTime ? -1 : dataset.duration_ms(row);
  measures.input_tokens = dataset.input_tokens(row);
  measures.output_tokens = dataset.output_tokens(row);
  measures.total_tokens = dataset.total_tokens(row);
  if (measures.total_tokens < 0 && measures.input_tokens >= 0 && measures.output_tokens >= 0)
    measures.total_tokens = measures.input_tokens + measures.output_tokens;
  measures.cost_usd = dataset.cost_usd(row);
  const std::string_view wanted_type = trimmed(param(scorer, "span_type"));
  const std::string_view wanted_name = trimmed(param(scorer, "span_name"));
  const store::Range spans = dataset.spans(row);
  for (uint32_t i = 0; i < spans.count; ++i) {
    const store::SpanRow span{spans.begin + i};
    const std::string_view type = dataset.name_text(dataset.span_type(span));
    measures.model_calls += type == "LLM" || type == "CHAT_MODEL" ? 1 : 0;
    const bool counts =
        (wanted_type.empty() || ascii_lower(type) == ascii_lower(wanted_type)) &&
        (wanted_name.empty() || dataset.name_text(dataset.span_name(span)) == wanted_name);
    measures.spans_counted += counts ? 1 : 0;
  }
  return measures;
}

CheckResult run_check(const ScorerSpec& scorer, const TraceInput& input,
                      const Measures& measures) {
  switch (scorer.kind) {
    case ScorerKind::ResponseLength:
      return check_length(scorer, input);
    case ScorerKind::ExactMatch:
      return check_exact(scorer, input);
    case ScorerKind::Contains:
      return check_contains(scorer, input);
    case ScorerKind::RegexMatch:
      return check_regex(scorer, input);
    case ScorerKind::JsonValid:
      return check_json(scorer, input);
    case ScorerKind::JsonSchema:
      return check_schema(scorer, input);
    case ScorerKind::NumericTolerance:
      return check_number(scorer, input);
    case ScorerKind::EditDistance:
    case ScorerKind::Bleu:
    case ScorerKind::RougeL:
      return check_similarity(scorer, input);
    case ScorerKind::Latency:
    case ScorerKind::TokenCount:
    case ScorerKind::Cost:
    case ScorerKind::SpanCount:
      return check_measure(scorer, measures);
    default:
      return run_trajectory_check(scorer, input, measures);
  }
}

std::optional<judge::Judgement> verdict_without_model(const ScorerSpec& scorer,
                                                      const TraceInput& input) {
  if (!input.error.empty()) return failed_check(input.error).judgement;
  if (scorer.kind == ScorerKind::Equivalence) {
    const std::string_view found = trimmed(input.response);
    const std::string_view expected = trimmed(input.expected_response);
    const auto a = parse_double(found), b = parse_double(expected);
    // Python's math.isclose with its default tolerance.
    const bool close =
        a && b && std::abs(*a - *b) <= 1e-9 * std::max(std::abs(*a), std::abs(*b));
    if (found != expected && !close) return std::nullopt;
    return verdict_of("\"yes\"", close ? "The numbers are equal" : "The texts are equal");
  }
  if (scorer.kind != ScorerKind::ToolCallCorrectness || !param_on(scorer, "should_exact_match") ||
      input.expected_tools_json.empty())
    return std::nullopt;
  const Result<json::Doc> expected = json::parse_doc(input.expected_tools_json);
  if (!expected.ok()) return failed_check("expected_tool_calls is no JSON").judgement;
  const bool ordered = param_on(scorer, "should_consider_ordering");
  std::vector<bool> used(input.tools.size(), false);
  std::string trouble;
  for (size_t i = 0; i < expected.value().size() && trouble.empty(); ++i) {
    const json::Doc& call = expected.value()[i];
    const std::string name = json::get_string(call, "name").value_or("");
    const json::Doc* arguments = json::find(call, "arguments");
    bool found = false;
    for (size_t k = ordered ? i : 0; k < input.tools.size() && !found; ++k) {
      const judge::ToolCall& actual = input.tools[k];
      const bool same =
          !used[k] && actual.name == name &&
          (arguments == nullptr || json_equal(actual.arguments_json.empty()
                                                  ? std::string_view("{}")
                                                  : std::string_view(actual.arguments_json),
                                              json::dump(*arguments)));
      if (same) used[k] = found = true;
      if (ordered) break;
    }
    if (!found) trouble = "Expected call " + std::to_string(i + 1) + " is missing: " + name;
  }
  if (trouble.empty() && expected.value().size() != input.tools.size())
    trouble = std::to_string(input.tools.size()) + " calls were made, " +
              std::to_string(expected.value().size()) + " are expected";
  return verdict_of(trouble.empty() ? "\"yes\"" : "\"no\"",
                    trouble.empty() ? "The calls are the expected ones" : trouble);
}

}  // namespace assay::score
