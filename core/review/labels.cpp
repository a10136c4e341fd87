#include "core/review/labels.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "core/annot/annotations.h"
#include "core/annot/draft.h"
#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/json/writer.h"
#include "core/json/unescape.h"

namespace assay::review {
namespace {

using store::Assessment;
using store::AssessmentKind;
using store::SourceType;
using store::TraceRow;

AssessmentKind kind_of(const LabelSchema& schema) {
  return schema.expectation ? AssessmentKind::Expectation : AssessmentKind::Feedback;
}

bool is_persons(const Assessment& a) {
  return a.valid && a.source_type == SourceType::Human && !a.has_error();
}

std::string schema_mark(const SchemaEntry& entry) {
  std::string mark;
  append_int(mark, entry.version);
  return mark + ":" + entry.hash;
}

std::string metadata_of(const SchemaEntry& entry, const Answer& answer) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  w.member(kSchemaKey, schema_mark(entry));
  if (!answer.queue_id.empty()) w.member(kQueueKey, answer.queue_id);
  if (answer.adjudicated) w.member(kAdjudicatedKey, "true");
  w.end_object();
  return out;
}

bool same_value(std::string_view a, std::string_view b) {
  return annot::with_double_numbers(a) == annot::with_double_numbers(b);
}

std::optional<double> number_of(std::string_view value_json) {
  const std::optional<double> value = parse_double(trimmed(value_json));
  return value && std::isfinite(*value) ? value : std::nullopt;
}

constexpr size_t kMaxRaters = 64;
constexpr int64_t kWorkOfLabel = 200;  // in the units of stats::AgreementSteps: one takes some nanoseconds

// Values → codes of one table.
class Coder {
 public:
  Coder(RatingTable& table, const LabelSchema* schema) : table_(table), schema_(schema) {
    if (schema == nullptr) return;
    table.is_pass_fail = schema->input == InputKind::PassFail;
    if (schema->input == InputKind::Numeric) table.level = stats::Level::Interval;
    if (schema->input != InputKind::Categorical) return;
    table.level = schema->ordered ? stats::Level::Ordinal : stats::Level::Nominal;
    for (const std::string& option : schema->options) table.values.push_back(json::quoted(option));
  }
  // Without a schema the values tell what they are, all of them together.
  void look_at(std::string_view value_json) {
    ++seen_;
    truths_ += truth_of(value_json) ? 1 : 0;
    numbers_ += number_of(value_json) ? 1 : 0;
  }
  void decide() {
    if (schema_ != nullptr || seen_ == 0) return;
    table_.is_pass_fail = truths_ == seen_;
    if (!table_.is_pass_fail && numbers_ == seen_) table_.level = stats::Level::Interval;
  }
  double code(std::string_view value_json) {
    if (table_.is_pass_fail) {
      const std::optional<bool> truth = truth_of(value_json);
      return truth ? (*truth ? 1 : 0) : stats::kNotRated;
    }
    if (table_.level == stats::Level::Interval) return number_of(value_json).value_or(stats::kNotRated);
    for (size_t i = 0; i < table_.values.size(); ++i)
      if (same_value(table_.values[i], value_json)) return static_cast<double>(i);
    // An answer that is no option (of an older definition) is no rating of this scale.
    if (schema_ != nullptr && schema_->input == InputKind::Categorical) return stats::kNotRated;
    if (table_.values.size() >= kMaxValues) return stats::kNotRated;
    table_.values.emplace_back(value_json);
    return static_cast<double>(table_.values.size() - 1);
  }

 private:
  static constexpr size_t kMaxValues = 500;  // free texts: agreement by equality says nothing beyond that
  RatingTable& table_;
  const LabelSchema* schema_;
  uint32_t seen_ = 0, truths_ = 0, numbers_ = 0;
};

}  // namespace

bool is_adjudicated(const Assessment& assessment) {
  return assessment.metadata_json.find(kAdjudicatedKey) != std::string::npos &&
         store::metadata_value(assessment, kAdjudicatedKey) == "true";
}

const Assessment* label_of(const std::vector<Assessment>& assessments, const LabelSchema& schema,
                           std::string_view reviewer, std::string_view span_id) {
  const Assessment* best = nullptr;
  for (const Assessment& a : assessments) {
    if (a.kind != kind_of(schema) || a.name != schema.name || !is_persons(a) || a.source_id != reviewer) continue;
    if (a.span_id != span_id || is_adjudicated(a)) continue;
    if (best == nullptr || a.create_time_ms >= best->create_time_ms) best = &a;
  }
  return best;
}

bool is_stale(const Assessment& label, const SchemaEntry& entry) {
  const std::string mark = store::metadata_value(label, kSchemaKey);
  const size_t colon = mark.find(':');
  if (colon != std::string::npos) return mark.substr(colon + 1) != entry.hash;
  return !fits_schema(entry.schema, label.value_json);
}

std::vector<TraceRow> stale_rows(const store::Dataset& dataset, const SchemaEntry& entry) {
  std::vector<TraceRow> rows;
  for (uint32_t i = 0; i < dataset.trace_count(); ++i) {
    for (const Assessment& a : dataset.assessments(TraceRow{i})) {
      if (a.kind != kind_of(entry.schema) || a.name != entry.schema.name || !is_persons(a) || !a.span_id.empty()) continue;
      if (!is_stale(a, entry)) continue;
      rows.push_back(TraceRow{i});
      break;
    }
  }
  return rows;
}

Result<std::optional<journal::NewEvent>> answer_event(const SchemaEntry& entry, const Answer& answer,
                                                      const Assessment* previous, std::string_view author,
                                                      int64_t now_ms, std::string assessment_id) {
  Assessment next;
  next.value_json = ASSAY_TRY(answer_value(entry.schema, answer.answer));
  next.kind = kind_of(entry.schema);
  next.rationale = answer.comment;
  const std::string metadata = metadata_of(entry, answer);
  if (previous != nullptr && same_value(previous->value_json, next.value_json) &&
      previous->rationale == answer.comment && !is_stale(*previous, entry) &&
      is_adjudicated(*previous) == answer.adjudicated)
    return std::optional<journal::NewEvent>();
  // An expectation loses its comment when it is updated (MLflow's rule), so it is superseded instead.
  if (previous != nullptr && answer.update && next.kind == AssessmentKind::Feedback) {
    std::string payload;
    json::Writer w(payload);
    w.begin_object();
    w.member("trace_id", answer.trace_id);
    w.member("assessment_id", previous->assessment_id);
    w.member_raw("feedback", "{\"value\":" + next.value_json + "}");
    w.member("rationale", answer.comment);
    w.member_raw("metadata", metadata);
    w.end_object();
    return std::optional(journal::NewEvent{std::string(annot::kAssessmentUpdate), std::move(payload),
                                           annot::kAssessmentEventVersion});
  }
  next.assessment_id = std::move(assessment_id);
  next.name = entry.schema.name;
  next.span_id = answer.span_id;
  next.source_type = SourceType::Human;
  next.source_id = reviewer_name(author);
  next.create_time_ms = next.last_update_time_ms = now_ms;
  next.metadata_json = metadata;
  if (previous != nullptr) next.overrides = previous->assessment_id;
  return std::optional(annot::create_event_of(next, answer.trace_id));
}

std::string RatingTable::value_json(double code) const {
  if (std::isnan(code)) return {};
  if (is_pass_fail) return code != 0 ? "true" : "false";
  if (level == stats::Level::Interval) return json_number(code);
  return code < static_cast<double>(values.size()) ? values[static_cast<size_t>(code)] : std::string();
}

// The items of the trace under way: the whole of it, and its spans.
struct RatingReader::State {
  struct Open {
    std::string_view span_id;
    uint32_t item;
    int64_t adjudicated_at = INT64_MIN;
    std::vector<int64_t> when;
  };
  const store::Dataset& dataset;
  AssessmentKind kind;
  std::optional<LabelSchema> schema;
  RatingTable table;
  Coder coder;
  std::map<std::string, uint32_t, std::less<>> raters;  // labels in the first pass, columns in the second
  uint32_t row = 0;
  bool filling = false;
  std::vector<Open> open;

  State(const store::Dataset& d, std::string_view name, AssessmentKind k, const LabelSchema* s)
      : dataset(d), kind(k), schema(s == nullptr ? std::nullopt : std::optional(*s)), coder(table, schema ? &*schema : nullptr) {
    table.name = name;
  }
  bool counts(const Assessment& a) const { return a.kind == kind && a.name == table.name && is_persons(a); }
  void look(const Assessment& a);
  void make_columns();
  void fill(const Assessment& a);
};

void RatingReader::State::look(const Assessment& a) {
  coder.look_at(a.value_json);
  if (!is_adjudicated(a)) ++raters[a.source_id];
}

void RatingReader::State::make_columns() {
  coder.decide();
  // A table of everybody by everything has to stay small (end users may be thousands): those with most labels.
  if (raters.size() > kMaxRaters) {
    std::vector<uint32_t> counts_of;
    for (const auto& [rater, count] : raters) counts_of.push_back(count);
    std::nth_element(counts_of.begin(), counts_of.begin() + kMaxRaters, counts_of.end(), std::greater<>());
    std::erase_if(raters, [least = counts_of[kMaxRaters]](const auto& r) { return r.second <= least; });
  }
  for (auto& [rater, column] : raters) {
    column = static_cast<uint32_t>(table.raters.size());
    table.raters.push_back(rater);
  }
  table.ratings.raters = static_cast<uint32_t>(table.raters.size());
}

void RatingReader::State::fill(const Assessment& a) {
  auto at = std::find_if(open.begin(), open.end(), [&](const Open& o) { return o.span_id == a.span_id; });
  if (at == open.end()) {
    open.push_back({a.span_id, static_cast<uint32_t>(table.rows.size()), INT64_MIN,
                    std::vector<int64_t>(table.raters.size(), INT64_MIN)});
    at = std::prev(open.end());
    table.rows.push_back(TraceRow{row});
    table.spans.push_back(a.span_id);
    table.ratings.add_item();
    table.adjudicated.push_back(stats::kNotRated);
  }
  const double code = coder.code(a.value_json);
  if (is_adjudicated(a)) {
    if (a.create_time_ms < at->adjudicated_at) return;
    at->adjudicated_at = a.create_time_ms;
    table.adjudicated[at->item] = code;
    return;
  }
  const auto rater = raters.find(a.source_id);
  if (rater == raters.end()) return;
  const uint32_t column = rater->second;
  if (a.create_time_ms < at->when[column]) return;
  at->when[column] = a.create_time_ms;
  table.ratings.set(at->item, column, code);
}

RatingReader::RatingReader(const store::Dataset& dataset, std::string_view name, AssessmentKind kind, const LabelSchema* schema)
    : state_(std::make_unique<State>(dataset, name, kind, schema)) {}
RatingReader::~RatingReader() = default;
RatingTable RatingReader::take() { return std::move(state_->table); }

bool RatingReader::step(int64_t& work) {
  State& s = *state_;
  for (;; s.filling = true, s.row = 0) {
    for (; s.row < s.dataset.trace_count(); ++s.row) {
      if (work <= 0) return false;
      s.open.clear();
      const auto& all = s.dataset.assessments(TraceRow{s.row});
      for (const Assessment& a : all) {
        if (!s.counts(a)) continue;
        if (s.filling) s.fill(a);
        else s.look(a);
      }
      work -= static_cast<int64_t>(all.size() + 1) * kWorkOfLabel;
    }
    if (s.filling) return true;
    s.make_columns();
    // Without a rater there may still be adjudicated values; the table needs a column to count items.
    if (s.table.ratings.raters == 0) return true;
  }
}

RatingTable human_ratings(const store::Dataset& dataset, std::string_view name, AssessmentKind kind,
                          const LabelSchema* schema) {
  RatingReader reader(dataset, name, kind, schema);
  int64_t work = INT64_MAX;
  reader.step(work);
  return reader.take();
}

struct RatedNamesReader::State {
  struct Count {
    RatedName rated;
    uint32_t last_row = store::kNoRow;
    std::vector<std::pair<std::string_view, std::string_view>> raters;  // of the last row: span, who
    std::vector<std::string> judges;
  };
  const store::Dataset& dataset;
  std::map<std::pair<std::string, AssessmentKind>, Count> counts;
  Count* last = nullptr;  // of the assessment before: mostly of the same name
  uint32_t row = 0;

  explicit State(const store::Dataset& d) : dataset(d) {}
  void count(const Assessment& a);
};

void RatedNamesReader::State::count(const Assessment& a) {
  if (a.kind == AssessmentKind::Issue) return;
  if (last == nullptr || last->rated.name != a.name || last->rated.kind != a.kind) {
    last = &counts[{a.name, a.kind}];
    last->rated.name = a.name;
    last->rated.kind = a.kind;
  }
  Count& count = *last;
  if (a.source_type != SourceType::Human) {
    if (std::find(count.judges.begin(), count.judges.end(), a.source_id) == count.judges.end() && count.judges.size() < 50)
      count.judges.push_back(a.source_id);
    return;
  }
  if (!is_persons(a) || is_adjudicated(a)) return;
  if (count.last_row != row) {
    count.last_row = row;
    count.raters.clear();
  }
  const std::pair<std::string_view, std::string_view> said{a.span_id, a.source_id};
  if (std::find(count.raters.begin(), count.raters.end(), said) != count.raters.end()) return;
  count.raters.push_back(said);
  const auto same = std::count_if(count.raters.begin(), count.raters.end(), [&](const auto& r) { return r.first == said.first; });
  if (same == 1) ++count.rated.traces;
  if (same == 2) ++count.rated.double_rated;
}

RatedNamesReader::RatedNamesReader(const store::Dataset& dataset) : state_(std::make_unique<State>(dataset)) {}
RatedNamesReader::~RatedNamesReader() = default;

bool RatedNamesReader::step(int64_t& work) {
  State& s = *state_;
  for (; s.row < s.dataset.trace_count(); ++s.row) {
    if (work <= 0) return false;
    const auto& all = s.dataset.assessments(TraceRow{s.row});
    for (const Assessment& a : all) s.count(a);
    work -= static_cast<int64_t>(all.size() + 1) * kWorkOfLabel;
  }
  return true;
}

std::vector<RatedName> RatedNamesReader::take() {
  std::vector<RatedName> out;
  for (auto& [key, count] : state_->counts) {
    if (count.rated.traces == 0) continue;
    std::sort(count.judges.begin(), count.judges.end());
    count.rated.judges = std::move(count.judges);
    out.push_back(std::move(count.rated));
  }
  return out;
}

std::vector<RatedName> rated_names(const store::Dataset& dataset) {
  RatedNamesReader reader(dataset);
  int64_t work = INT64_MAX;
  reader.step(work);
  return reader.take();
}

double consensus(const RatingTable& table, uint32_t item) {
  if (!std::isnan(table.adjudicated[item])) return table.adjudicated[item];
  double said = stats::kNotRated;
  for (uint32_t r = 0; r < table.ratings.raters; ++r) {
    const double value = table.ratings.at(item, r);
    if (std::isnan(value)) continue;
    if (!std::isnan(said) && said != value) return stats::kNotRated;
    said = value;
  }
  return said;
}

JudgeComparison compare_judge(const store::Dataset& dataset, const RatingTable& people, AssessmentKind kind,
                              std::string_view judge) {
  JudgeComparison out;
  out.judge = judge;
  out.pairs.raters = 2;
  RatingTable scratch = people;  // its codes may grow by what only the judge says
  Coder coder(scratch, nullptr);
  size_t first = 0;  // the people's items of this trace begin here
  std::vector<const Assessment*> verdicts;
  for (uint32_t i = 0; i < dataset.trace_count(); ++i) {
    const TraceRow row{i};
    const std::vector<Assessment>& all = dataset.assessments(row);
    verdicts.clear();  // the newest of the trace, and of each span
    for (const Assessment& a : all) {
      if (a.kind != kind || a.name != people.name || a.source_type == SourceType::Human || a.source_id != judge) continue;
      const auto supersedes = [&](const Assessment& other) {
        return other.overrides == a.assessment_id && other.source_type != SourceType::Human;
      };
      if (!a.valid && std::any_of(all.begin(), all.end(), supersedes)) continue;
      const auto same = std::find_if(verdicts.begin(), verdicts.end(), [&](const Assessment* v) { return v->span_id == a.span_id; });
      if (same == verdicts.end()) verdicts.push_back(&a);
      else if (a.create_time_ms >= (*same)->create_time_ms) *same = &a;
    }
    while (first < people.rows.size() && people.rows[first] < row) ++first;
    for (const Assessment* verdict : verdicts) {
      if (verdict->has_error()) {
        ++out.errors;
        continue;
      }
      const double said = coder.code(verdict->value_json);
      if (std::isnan(said)) {
        ++out.errors;
        continue;
      }
      ++out.judged;
      out.judge_passes += people.is_pass_fail && said != 0 ? 1 : 0;
      size_t item = first;
      while (item < people.rows.size() && people.rows[item] == row && people.spans[item] != verdict->span_id) ++item;
      const bool labelled = item < people.rows.size() && people.rows[item] == row;
      const double human = labelled ? consensus(people, static_cast<uint32_t>(item)) : stats::kNotRated;
      if (std::isnan(human)) {
        ++(labelled ? out.unsettled : out.unlabelled);
        if (!labelled) out.unlabelled_passes += people.is_pass_fail && said != 0 ? 1 : 0;
        continue;
      }
      const uint32_t at = out.pairs.add_item();
      out.pairs.set(at, 0, human);
      out.pairs.set(at, 1, said);
      out.rows.push_back(row);
      out.items.push_back(static_cast<uint32_t>(item));
      if (human != said) out.differing.push_back(at);
      if (people.is_pass_fail) out.confusion.add(human != 0, said != 0);
    }
  }
  return out;
}

}  // namespace assay::review
