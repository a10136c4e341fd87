// Files of end users' feedback: one record each, as a chat page or an endpoint logs them, to be joined
// to traces by trace id or by the client's request id. Pure functions over the whole text.
//
// Forms: a JSON array, an object with such an array (feedback, feedbacks, records, data, items), JSON
// Lines, CSV with a header (comma, semicolon or tab).
//
// Fields, by any of these names in any case, with _ - . and blanks left out:
//   trace      trace_id, request_id, mlflow_trace_id
//   client id  client_request_id
//   name       name, feedback_name, assessment_name, metric, key
//   value      value, feedback, score, rating, label, thumb(s), vote, sentiment
//   user       user, user_id, source_id, reviewer, author, email
//   rationale  rationale, comment, reason, explanation, text, note
//   time       time, timestamp, created_at, create_time, date   (ISO, or seconds or ms since 1970)
//   span       span_id
// Without a name the value's own field is the name, where it says something (rating, score, thumbs);
// else "user_feedback". A record without any of the value's
// fields, after a first one that has one, gives a feedback of each other field.
// Values: up, thumbs_up, 👍, like, yes, true → true; down, thumbs_down, 👎, dislike, no, false →
// false; numbers stay numbers; all other texts stay texts.
// The table of assessments that export_results writes is known by its columns: each row is the assessment that it tells of,
// with its id, kind and source; texts stay texts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"

namespace assay::annot {

struct FeedbackRecord {
  uint64_t number = 0;  // of the record or the row, from 1
  std::string trace_id, client_request_id, span_id;
  std::string name, value_json, user, rationale;
  TimeMs time_ms = 0;  // 0: none was given
  // Of a row of our own table of assessments (export_results.h) alone; it is that assessment again.
  std::string assessment_id, source_type, error_code, error_message, run_id, scorer_version;
  bool is_expectation = false, valid = true;
};
struct FeedbackProblem {
  uint64_t number = 0;
  std::string what;
};
struct FeedbackFile {
  std::vector<FeedbackRecord> records;
  std::vector<FeedbackProblem> problems;  // records that were left out, and why
};

// Whether a file's beginning looks like one: its first record names a trace or a request, holds
// feedback, and is no trace.
bool looks_like_feedback(std::string_view head);

// What columns are whose names do not tell, as a person has said it: "trace_id", "client_request_id", "name", "value",
// "user", "rationale", "time", "span_id"; others are left out. `name`: of the feedback; "": the column's.
struct FeedbackColumn {
  std::string column, use, name;
};
using FeedbackColumns = std::vector<FeedbackColumn>;
// Whether the first record has these columns and no others.
bool has_feedback_columns(std::string_view head, const FeedbackColumns& columns);

// `columns`: nullptr: the names tell.
FeedbackFile read_feedback(std::string_view text, const FeedbackColumns* columns = nullptr);

// The same record gives the same id, so that a file that is opened twice adds nothing.
std::string feedback_assessment_id(const FeedbackRecord& record, std::string_view trace_id);

}  // namespace assay::annot
