// Labels read back: which assessment answers which question, whether it answers the question as it is asked now, and
// all of them as ratings for the statistics.
//
// A label made in a review carries in its metadata (MLflow keeps these):
//   assay.label_schema     "3:0123456789abcdef": version and definition_hash of its label schema
//   assay.review_queue     the queue's id
//   assay.adjudicated      "true": chosen by an adjudicator over differing labels
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/review/board.h"
#include "core/stats/agreement.h"
#include "core/stats/calibration.h"
#include "core/store/dataset.h"

namespace assay::review {

constexpr std::string_view kSchemaKey = "assay.label_schema";
constexpr std::string_view kQueueKey = "assay.review_queue";
constexpr std::string_view kAdjudicatedKey = "assay.adjudicated";

bool is_adjudicated(const store::Assessment& assessment);

// The reviewer's label in force under a name: valid, HUMAN, on the whole trace or on `span_id`, no adjudication; the
// newest.
const store::Assessment* label_of(const std::vector<store::Assessment>& assessments, const LabelSchema& schema,
                                  std::string_view reviewer, std::string_view span_id = {});
// Made under another definition of the schema; or, where it does not say, with a value that does not fit.
bool is_stale(const store::Assessment& label, const SchemaEntry& entry);
// Traces with a stale label in force of this schema, by anyone; ascending.
std::vector<store::TraceRow> stale_rows(const store::Dataset& dataset, const SchemaEntry& entry);

// A reviewer's answer as an event: creates, overriding the reviewer's own earlier label; `update` changes that in
// place (it was made in the same sitting). Nothing when value and comment are as they were.
struct Answer {
  std::string trace_id;
  std::string answer;     // as answer_value() reads it
  std::string comment;
  std::string queue_id;   // "": outside of a queue
  bool adjudicated = false;
  bool update = false;
  std::string span_id = {};  // "": of the whole trace
};
Result<std::optional<journal::NewEvent>> answer_event(const SchemaEntry& entry, const Answer& answer,
                                                      const store::Assessment* previous, std::string_view author,
                                                      int64_t now_ms, std::string assessment_id);

// --- Ratings -------------------------------------------------------------------------------------

// All that people said under one name, as a table; an item is a trace, or a span of it. Codes: pass/fail 1 and 0; options by their place; numbers as they
// are; other values by first appearance.
struct RatingTable {
  std::string name;
  stats::Level level = stats::Level::Nominal;
  bool is_pass_fail = false;
  std::vector<std::string> raters;     // reviewers, by name
  std::vector<std::string> values;     // JSON text by code; empty for numbers
  std::vector<store::TraceRow> rows;   // by item, ascending
  std::vector<std::string> spans;      // by item: its span, or "" for the whole trace
  stats::Ratings ratings;
  std::vector<double> adjudicated;     // by item; kNotRated: none
  // JSON text of a code.
  std::string value_json(double code) const;
};
// Of the valid HUMAN assessments. `schema`: nullptr: the values tell.
RatingTable human_ratings(const store::Dataset& dataset, std::string_view name, store::AssessmentKind kind,
                          const LabelSchema* schema);
// Names under which at least one person has assessed, feedback and expectations; by name.
struct RatedName {
  std::string name;
  store::AssessmentKind kind = store::AssessmentKind::Feedback;
  uint32_t traces = 0;   // items with a person's label: traces, or spans
  uint32_t double_rated = 0;  // by two or more
  std::vector<std::string> judges;  // source ids of judges and code under the same name, by name
};
std::vector<RatedName> rated_names(const store::Dataset& dataset);

// The same in steps, for some hundred thousand labels: step() goes on until `work` is used up (in the units of
// stats::AgreementSteps) and says whether it has finished; take() then. The data set must not change in between.
class RatingReader {
 public:
  RatingReader(const store::Dataset& dataset, std::string_view name, store::AssessmentKind kind, const LabelSchema* schema);
  ~RatingReader();
  bool step(int64_t& work);
  RatingTable take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};
class RatedNamesReader {
 public:
  explicit RatedNamesReader(const store::Dataset& dataset);
  ~RatedNamesReader();
  bool step(int64_t& work);
  std::vector<RatedName> take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// What people say of an item: the adjudicated value, else the one that all who rated it gave; kNotRated: none, or
// they differ.
double consensus(const RatingTable& table, uint32_t item);

// A judge against people. The judge's verdict counts also where a person has corrected it (and so superseded it).
struct JudgeComparison {
  std::string judge;
  stats::Confusion confusion;        // of pass/fail
  stats::Ratings pairs;              // column 0 people, 1 judge; by item of `rows`
  std::vector<store::TraceRow> rows; // both are there
  std::vector<uint32_t> items;       // … and the item of the people's table
  std::vector<uint32_t> differing;   // indexes into rows, in order
  uint32_t judged = 0, judge_passes = 0;  // over all loaded traces, with a verdict that can be read
  uint32_t errors = 0;               // verdicts that are errors
  uint32_t unlabelled = 0;           // judged, without a person's label
  uint32_t unlabelled_passes = 0;
  uint32_t unsettled = 0;            // people differ and nobody has adjudicated: not counted
};
JudgeComparison compare_judge(const store::Dataset& dataset, const RatingTable& people, store::AssessmentKind kind,
                              std::string_view judge);

}  // namespace assay::review
