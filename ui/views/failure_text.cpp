#include "ui/views/failure_text.h"

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "core/base/utf8.h"
#include "ui/kit/context.h"

namespace assay::ui {

using kit::Str;

namespace {

struct Pattern {
  Str text;
  int said_again = -1;  // the argument that is a sentence of this table itself
};

// The first that fits counts.
constexpr Pattern kPatterns[] = {
    {Str::failure_server_said, 0},
    {Str::failure_few_votes_why, 2},
    {Str::failure_unreadable_reply, 0},
    {Str::failure_unreadable, 0},
    {Str::failure_no_completion},
    {Str::failure_cut_off},
    {Str::failure_empty},
    {Str::failure_web_page},
    {Str::failure_no_json},
    {Str::failure_no_yes_no},
    {Str::failure_no_boolean},
    {Str::failure_no_whole_number},
    {Str::failure_no_number},
    {Str::failure_no_category},
    {Str::failure_no_result},
    {Str::failure_no_list},
    {Str::failure_refused},
    {Str::failure_content_filter},
    {Str::failure_key},
    {Str::failure_quota},
    {Str::failure_forbidden},
    {Str::failure_not_found},
    {Str::failure_too_long},
    {Str::failure_rate_limit},
    {Str::failure_server_timeout},
    {Str::failure_busy},
    {Str::failure_bad_request},
    {Str::failure_status},
    {Str::failure_server},
    {Str::failure_timeout},
    {Str::failure_cancelled},
    {Str::failure_cors_local},
    {Str::failure_cors},
    {Str::failure_no_tools},
    {Str::failure_steps},
    {Str::failure_script_time},
    {Str::failure_script_not_run},
    {Str::failure_script_no_json},
    {Str::failure_cap_requests},
    {Str::failure_cap_requests_day},
    {Str::failure_cap_cost_day},
    {Str::failure_cap_cost},
    {Str::failure_not_loaded},
    {Str::failure_interrupted},
    {Str::failure_few_votes},
    {Str::failure_divided},
    {Str::notice_no_model},
    {Str::notice_no_key},
    {Str::failure_no_address},
    {Str::failure_address_space},
    {Str::failure_address_scheme},
    {Str::failure_address_user},
    {Str::failure_address_host},
    {Str::failure_model_name},
    {Str::failure_pattern},
    {Str::failure_not_one_number},
    {Str::failure_no_tool_calls},
    {Str::failure_no_budget},
    {Str::failure_tag_name},
    {Str::failure_tag_mlflow},
    {Str::failure_tag_long_name},
    {Str::failure_tag_long_value},
    {Str::failure_tag_utf8},
    {Str::failure_juror, 1},
    {Str::failure_assessment_name},
    {Str::failure_assessment_long_name},
    {Str::failure_not_boolean},
    {Str::failure_not_number},
    {Str::failure_not_finite},
    {Str::failure_null_expectation},
    {Str::failure_no_value},
    {Str::failure_unchanged},
    {Str::failure_other_kind},
    {Str::failure_no_such_assessment},
    {Str::failure_schema_labels},
    {Str::failure_schema_same},
    {Str::failure_schema_few},
    {Str::failure_schema_many},
    {Str::failure_schema_empty},
    {Str::failure_schema_twice},
    {Str::failure_schema_limits},
    {Str::failure_schema_order},
    {Str::failure_answer_least},
    {Str::failure_answer_most},
    {Str::failure_answer_empty},
    {Str::failure_answer_long},
    {Str::failure_sample_size},
    {Str::failure_trace_not_open_file},
    {Str::failure_trace_not_open},
    {Str::failure_none_to_assess},
    {Str::failure_no_question},
    {Str::failure_question_gone},
    {Str::failure_answer_option},
};
constexpr Pattern kReasons[] = {
    {Str::reason_limit_most, 0},
    {Str::reason_limit_least, 0},
    {Str::reason_similarity},
    {Str::reason_bleu},
    {Str::reason_rouge},
    {Str::reason_spans},
    {Str::reason_duration},
    {Str::reason_cost},
    {Str::reason_tokens},
    {Str::reason_length_any, 0},
    {Str::reason_length, 0},
    {Str::reason_words},
    {Str::reason_characters},
    {Str::reason_same},
    {Str::reason_other},
    {Str::reason_some_phrases},
    {Str::reason_all_phrases},
    {Str::reason_no_phrases},
    {Str::reason_matches},
    {Str::reason_no_match},
    {Str::reason_json},
    {Str::reason_schema},
    {Str::reason_no_number},
    {Str::reason_number},
    {Str::reason_equal_numbers},
    {Str::reason_equal_texts},
    {Str::reason_call_missing},
    {Str::reason_call_count},
    {Str::reason_calls_right},
    {Str::reason_same_arguments},
    {Str::reason_called_once},
    {Str::reason_called},
    {Str::reason_not_called},
    {Str::reason_misplaced, 0},
    {Str::reason_nothing_called},
    {Str::reason_names},
    {Str::reason_fit_not_all},
    {Str::reason_fit},
    {Str::reason_repeated},
    {Str::reason_no_loop},
    {Str::reason_no_failure},
    {Str::reason_told},
    {Str::reason_hidden},
    {Str::reason_over_budget},
    {Str::reason_within_budget},
};
constexpr int kMaxDepth = 3;

// What stands for {0}, {1}, … when `text` is `pattern` with them filled in.
std::optional<std::vector<std::string_view>> arguments_of(std::string_view text, std::string_view pattern) {
  std::vector<std::string_view> found(4);
  size_t open = found.size();  // the argument whose end is looked for
  while (true) {
    const size_t brace = std::min(pattern.find('{'), pattern.size());
    const std::string_view literal = pattern.substr(0, brace);
    const bool is_last = brace == pattern.size();
    size_t at = 0;
    if (open < found.size()) {
      if (is_last)
        at = text.size() >= literal.size() ? text.size() - literal.size() : std::string_view::npos;
      else
        at = text.find(literal);
      if (at == std::string_view::npos) return std::nullopt;
      found[open] = text.substr(0, at);
    }
    text.remove_prefix(at);
    if (!text.starts_with(literal)) return std::nullopt;
    text.remove_prefix(literal.size());
    if (is_last) return text.empty() ? std::optional(found) : std::nullopt;
    open = static_cast<size_t>(pattern[brace + 1] - '0');
    pattern.remove_prefix(brace + 3);
  }
}

std::string translated(std::span<const Pattern> patterns, std::string_view message, kit::Language language, int depth) {
  for (const Pattern& pattern : patterns) {
    const auto found = arguments_of(message, kit::tr(kit::Language::English, pattern.text));
    if (!found) continue;
    std::vector<std::string> args(found->begin(), found->end());
    for (size_t i = 0; i < args.size(); ++i) {
      if (static_cast<int>(i) == pattern.said_again && depth < kMaxDepth) args[i] = translated(patterns, args[i], language, depth + 1);
      if (ascii_lower(args[i]) == kit::tr(kit::Language::English, Str::failure_the_server))
        args[i] = kit::tr(language, Str::failure_the_server);
    }
    return kit::format_text(kit::tr(language, pattern.text), {args[0], args[1], args[2], args[3]});
  }
  return std::string(message);
}

}  // namespace

std::string failure_text(std::string_view message, kit::Language language) {
  return language == kit::Language::English ? std::string(message) : translated(kPatterns, message, language, 0);
}

std::string reason_text(const store::Assessment& assessment, kit::Language language) {
  const bool said_here = assessment.source_type == store::SourceType::Code && language != kit::Language::English;
  return said_here ? translated(kReasons, assessment.rationale, language, 0) : assessment.rationale;
}

std::string reason_text(const store::Assessment& assessment) { return reason_text(assessment, kit::current().language); }

std::string failure_text(std::string_view message) { return failure_text(message, kit::current().language); }

}  // namespace assay::ui
