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
  int said_again = -1;  // the argument that is a sentence of a table itself
  bool of_query = false;  // … and that of queries
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
    {Str::failure_no_typed_list},
    {Str::failure_no_typed_map},
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
    {Str::failure_pattern, 0, true},
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
// Where a place in the text is named, what stands before it is looked up alone.
constexpr Pattern kQueries[] = {
    {Str::query_ends_early, 0},
    {Str::query_cannot_stand, 0},
    {Str::query_wants_condition},
    {Str::query_wants_braces},
    {Str::query_wants_braces_after},
    {Str::query_wants_by},
    {Str::query_wants_count},
    {Str::query_wants_sign},
    {Str::query_wants_two_values},
    {Str::query_wants_two_times},
    {Str::query_wants_list},
    {Str::query_wants_times},
    {Str::query_wants_value},
    {Str::query_regex_sign},
    {Str::query_too_many_conditions},
    {Str::query_too_many_words},
    {Str::query_too_many_patterns},
    {Str::query_too_many_tokens},
    {Str::query_too_long},
    {Str::query_too_deep},
    {Str::query_too_deep_not},
    {Str::query_long_list},
    {Str::query_long_times},
    {Str::query_no_opening},
    {Str::query_bracket_open},
    {Str::query_bracket_open_braces},
    {Str::query_brace_open},
    {Str::query_braces_inside},
    {Str::query_list_open},
    {Str::query_list_empty},
    {Str::query_times_empty},
    {Str::query_quote_open},
    {Str::query_name_quote_open},
    {Str::query_regex_open},
    {Str::query_all_one_pair},
    {Str::query_count_signs},
    {Str::query_joined_by},
    {Str::query_sign_written},
    {Str::query_text_compared},
    {Str::query_name_missing},
    {Str::query_trace_key},
    {Str::query_no_key_near},
    {Str::query_no_span_key},
    {Str::query_no_key},
    {Str::query_is_number},
    {Str::query_is_text},
    {Str::query_prompt_sign},
    {Str::query_prompt_value},
    {Str::query_look_into},
    {Str::query_no_presence},
    {Str::query_wants_number},
    {Str::query_wants_duration},
    {Str::query_wants_time},
    {Str::query_regex_wrong, 0},
    {Str::query_note_colon},
    {Str::query_note_state},
    {Str::query_note_state_near},
    {Str::query_note_span_text},
    {Str::query_note_number},
    {Str::query_note_no_tag},
    {Str::query_note_no_metadata},
    {Str::query_note_rlike, 0},
    {Str::order_not_parsed},
    {Str::order_direction},
    {Str::order_entity},
    {Str::order_key},
    {Str::order_identifier},
    {Str::order_twice},
    {Str::regex_place, 0},
    {Str::regex_unsupported, 0},
    {Str::regex_nested},
    {Str::regex_nothing_to_repeat},
    {Str::regex_multiple_repeat},
    {Str::regex_min_max},
    {Str::regex_extension},
    {Str::regex_group_name},
    {Str::regex_group_twice},
    {Str::regex_comment_open},
    {Str::regex_group_open},
    {Str::regex_flag_l},
    {Str::regex_flags_end},
    {Str::regex_colon},
    {Str::regex_flags_place},
    {Str::regex_incomplete_escape},
    {Str::regex_escape_end},
    {Str::regex_escape},
    {Str::regex_octal},
    {Str::regex_set_open},
    {Str::regex_range},
    {Str::regex_unbalanced},
    {Str::regex_too_long},
    {Str::regex_too_large},
    {Str::regex_possessive},
    {Str::regex_back_reference},
    {Str::regex_look_ahead},
    {Str::regex_look_behind},
    {Str::regex_conditional},
    {Str::regex_atomic},
};
constexpr int kMaxDepth = 4;

// Where the first of {0}, {1}, … begins; the size where there is none.
size_t placeholder_in(std::string_view pattern) {
  for (size_t at = 0; at + 2 < pattern.size(); ++at) {
    if (pattern[at] == '{' && pattern[at + 1] >= '0' && pattern[at + 1] <= '9' && pattern[at + 2] == '}') return at;
  }
  return pattern.size();
}

// What stands for {0}, {1}, … when `text` is `pattern` with them filled in.
std::optional<std::vector<std::string_view>> arguments_of(std::string_view text, std::string_view pattern) {
  std::vector<std::string_view> found(4);
  size_t open = found.size();  // the argument whose end is looked for
  while (true) {
    const size_t brace = placeholder_in(pattern);
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
      if (static_cast<int>(i) == pattern.said_again && depth < kMaxDepth)
        args[i] = translated(pattern.of_query ? std::span<const Pattern>(kQueries) : patterns, args[i], language, depth + 1);
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

std::string query_text(std::string_view message, kit::Language language) {
  return language == kit::Language::English ? std::string(message) : translated(kQueries, message, language, 0);
}

std::string query_text(std::string_view message) { return query_text(message, kit::current().language); }

std::string reason_text(const store::Assessment& assessment, kit::Language language) {
  const bool said_here = assessment.source_type == store::SourceType::Code && language != kit::Language::English;
  return said_here ? translated(kReasons, assessment.rationale, language, 0) : assessment.rationale;
}

std::string reason_text(const store::Assessment& assessment) { return reason_text(assessment, kit::current().language); }

std::string failure_text(std::string_view message) { return failure_text(message, kit::current().language); }

}  // namespace assay::ui
