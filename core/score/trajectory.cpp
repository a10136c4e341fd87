// Checks of what an agent did: which tools it called, with what, in which order, how often.
#include <algorithm>

#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/score/check_values.h"
#include "core/score/json_check.h"
#include "core/search/regex.h"

namespace assay::score {

using judge::param;
using judge::param_number;
using judge::ScorerKind;
using judge::ScorerSpec;
using judge::ToolCall;
using judge::TraceInput;

namespace {

constexpr size_t kMaxCycle = 6;  // calls that repeat together

std::string names_of(const std::vector<ToolCall>& calls) {
  if (calls.empty()) return "No tool was called";
  std::string text = "Called: ";
  for (size_t i = 0; i < calls.size(); ++i) {
    if (i > 0) text += ", ";
    text += calls[i].name;
  }
  return shortened(text, 500);
}

CheckResult check_used(const ScorerSpec& scorer, const TraceInput& input) {
  const std::string_view tool = trimmed(param(scorer, "tool"));
  const auto is_it = [tool](const ToolCall& call) { return call.name == tool; };
  const auto times = std::count_if(input.tools.begin(), input.tools.end(), is_it);
  return passed_or_not(scorer, times > 0,
                       times > 0 ? std::string(tool) + " was called " + std::to_string(times) +
                                       (times == 1 ? " time" : " times")
                                 : names_of(input.tools));
}

CheckResult check_arguments(const ScorerSpec& scorer, const TraceInput& input) {
  const std::string_view tool = trimmed(param(scorer, "tool"));
  const std::string_view wanted = param(scorer, "arguments");
  const std::string_view match = param(scorer, "match");
  std::optional<search::Regex> pattern;
  if (match == "pattern") {
    Result<search::Regex> regex = search::Regex::compile(wanted);
    if (!regex.ok()) return failed_check("The pattern is wrong: " + regex.error().what);
    pattern = std::move(regex).value();
  }
  size_t calls = 0, fitting = 0;
  std::string other;
  for (const ToolCall& call : input.tools) {
    if (call.name != tool) continue;
    ++calls;
    const std::string_view given =
        call.arguments_json.empty() ? std::string_view("{}") : std::string_view(call.arguments_json);
    const bool fits = pattern           ? pattern->matches(given)
                      : match == "exact" ? json_equal(given, wanted)
                                         : json_contains(given, wanted);
    fitting += fits ? 1 : 0;
    if (!fits && other.empty()) other = shortened(given);
  }
  if (calls == 0)
    return passed_or_not(scorer, false, std::string(tool) + " was not called");
  const bool passed = param(scorer, "which") == "all" ? fitting == calls : fitting > 0;
  std::string said = std::to_string(fitting) + " of " + std::to_string(calls) + " calls of " +
                     std::string(tool) + " fit";
  if (!other.empty()) said += "; one that does not: " + other;
  return passed_or_not(scorer, passed, std::move(said));
}

CheckResult check_order(const ScorerSpec& scorer, const TraceInput& input) {
  const std::vector<std::string> wanted = lines_of(param(scorer, "tools"));
  const std::string_view match = param(scorer, "match");
  std::vector<std::string> missing;
  if (match == "any_order") {
    std::vector<bool> used(input.tools.size(), false);
    for (const std::string& name : wanted) {
      bool found = false;
      for (size_t i = 0; i < input.tools.size() && !found; ++i) {
        if (used[i] || input.tools[i].name != name) continue;
        used[i] = found = true;
      }
      if (!found) missing.push_back(name);
    }
  } else {
    size_t next = 0;
    for (const ToolCall& call : input.tools) {
      if (next < wanted.size() && call.name == wanted[next]) ++next;
    }
    missing.assign(wanted.begin() + static_cast<std::ptrdiff_t>(next), wanted.end());
  }
  bool passed = missing.empty();
  if (match == "exact") passed = passed && input.tools.size() == wanted.size();
  std::string said = names_of(input.tools);
  if (!missing.empty()) said += " · not in its place: " + missing.front();
  return passed_or_not(scorer, passed, std::move(said));
}

bool same_call(const ToolCall& a, const ToolCall& b) {
  if (a.name != b.name) return false;
  return a.arguments_json == b.arguments_json || json_equal(a.arguments_json, b.arguments_json);
}

// Passes when nothing loops: no call more often than allowed, no group of calls over and over.
CheckResult check_loops(const ScorerSpec& scorer, const TraceInput& input) {
  const std::vector<ToolCall>& calls = input.tools;
  const double most_same = param_number(scorer, "same_call").value_or(2);
  for (size_t i = 0; i < calls.size(); ++i) {
    size_t times = 0;
    for (const ToolCall& other : calls) times += same_call(calls[i], other) ? 1 : 0;
    if (static_cast<double>(times) > most_same) {
      return passed_or_not(scorer, false,
                           calls[i].name + " was called " + std::to_string(times) +
                               " times with the same arguments: " +
                               shortened(calls[i].arguments_json));
    }
  }
  const double most_cycles = param_number(scorer, "same_cycle").value_or(3);
  for (size_t length = 1; length <= kMaxCycle; ++length) {
    for (size_t begin = 0; begin + 2 * length <= calls.size(); ++begin) {
      size_t end = begin + length;
      while (end < calls.size() && calls[end].name == calls[end - length].name) ++end;
      const size_t cycles = (end - begin) / length;
      if (static_cast<double>(cycles) <= most_cycles) continue;
      std::string said = "Repeated " + std::to_string(cycles) + " times in a row:";
      for (size_t k = 0; k < length; ++k) said += " " + calls[begin + k].name;
      return passed_or_not(scorer, false, std::move(said));
    }
  }
  return passed_or_not(scorer, true, "No loop in " + std::to_string(calls.size()) + " calls");
}

// Passes unless a tool failed, did not succeed later, and the response does not say so.
CheckResult check_hidden_error(const ScorerSpec& scorer, const TraceInput& input) {
  const ToolCall* failed = nullptr;
  for (size_t i = 0; i < input.tools.size() && failed == nullptr; ++i) {
    if (!input.tools[i].failed) continue;
    bool mended = false;
    for (size_t k = i + 1; k < input.tools.size(); ++k)
      mended = mended || (input.tools[k].name == input.tools[i].name && !input.tools[k].failed);
    if (!mended) failed = &input.tools[i];
  }
  if (failed == nullptr) return passed_or_not(scorer, true, "No call failed for good");
  const std::string response = ascii_lower(input.response);
  for (const std::string& word : lines_of(param(scorer, "words"))) {
    if (response.find(ascii_lower(word)) == std::string::npos) continue;
    return passed_or_not(scorer, true,
                         failed->name + " failed, and the response speaks of it: " + word);
  }
  return passed_or_not(scorer, false,
                       failed->name + " failed (" + shortened(failed->error) +
                           "), and the response does not say so");
}

CheckResult check_budget(const ScorerSpec& scorer, const TraceInput&, const Measures& measures,
                         size_t tool_calls) {
  const struct {
    std::string_view key, what;
    double value;
  } limits[] = {{"max_tool_calls", "tool calls", static_cast<double>(tool_calls)},
                {"max_model_calls", "model calls", static_cast<double>(measures.model_calls)},
                {"max_tokens", "tokens", static_cast<double>(measures.total_tokens)},
                {"max_ms", "ms", static_cast<double>(measures.duration_ms)},
                {"max_usd", "USD", measures.cost_usd}};
  std::string over, within;
  bool unknown = false;
  for (const auto& limit : limits) {
    const std::optional<double> most = param_number(scorer, limit.key);
    if (!most) continue;
    if (limit.value < 0) {
      unknown = true;
      continue;
    }
    std::string& list = limit.value > *most ? over : within;
    if (!list.empty()) list += ", ";
    list += json_number(limit.value) + " of " + json_number(*most) + " " + std::string(limit.what);
  }
  if (!over.empty()) return passed_or_not(scorer, false, "Over the budget: " + over);
  if (unknown) return skipped_check(judge::SkipReason::NoMeasure);
  if (within.empty()) return failed_check("The budget has no limit; set at least one");
  return passed_or_not(scorer, true, "Within the budget: " + within);
}

}  // namespace

CheckResult run_trajectory_check(const ScorerSpec& scorer, const TraceInput& input,
                                 const Measures& measures) {
  switch (scorer.kind) {
    case ScorerKind::ToolUsed:
      return check_used(scorer, input);
    case ScorerKind::ToolArguments:
      return check_arguments(scorer, input);
    case ScorerKind::ToolOrder:
      return check_order(scorer, input);
    case ScorerKind::ToolLoops:
      return check_loops(scorer, input);
    case ScorerKind::ErrorThenSuccess:
      return check_hidden_error(scorer, input);
    case ScorerKind::Budget:
      return check_budget(scorer, input, measures, input.tools.size());
    default:
      return failed_check("This is no check");
  }
}

}  // namespace assay::score
