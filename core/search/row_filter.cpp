#include "core/search/row_filter.h"

#include "core/base/ordering.h"
#include "core/json/reader.h"
#include "core/search/filter_terms.h"
#include "core/search/python_json.h"

#include <algorithm>
#include <utility>

namespace assay::search {
namespace {

using store::Assessment;
using store::AssessmentKind;
using store::SpanRow;
using store::SpanStatus;
using store::TraceRow;
using store::TraceState;

constexpr int64_t kNsPerMs = 1000000;

int64_t floor_ms(int64_t ns) { return ns / kNsPerMs - (ns % kNsPerMs < 0 ? 1 : 0); }

bool is_assessment_field(Field field) {
  return field == Field::Feedback || field == Field::Expectation || field == Field::IssueId;
}

}  // namespace

// With RLIKE, MLflow looks for `"key": "\"…` in the JSON, where a string value begins; ^ and $ of the pattern
// stand for the quotes of that string.
std::string span_attribute_pattern(std::string_view key, std::string_view text, Comparator comparator) {
  if (comparator != Comparator::RLike) {
    std::string pattern = "%\"";
    pattern += key;
    pattern += '"';
    pattern += text;
    pattern += '%';
    return pattern;
  }
  std::string pattern = "\"";
  for (const char c : key) {
    constexpr std::string_view kSpecial = "()[]{}?*+-|^$\\.&~# \t\n\r\v\f";
    if (kSpecial.find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  pattern += "\": \"\\\\\"";
  if (text.starts_with('^')) {
    text.remove_prefix(1);
  } else {
    pattern += ".*";
  }
  const bool to_end = text.ends_with('$') && !text.ends_with("\\$");
  if (to_end) text.remove_suffix(1);
  pattern += text;
  if (to_end) pattern += "\\\\\"";
  return pattern;
}

RowFilter::RowFilter(const store::Dataset& dataset, const Filter& filter, CaseMode like_case, RecordMarks* marks)
    : dataset_(dataset), marks_(marks) {
  for (const Clause& clause : filter.clauses) {
    Compiled compiled = compile(clause, like_case);
    if (warning_.empty()) warning_ = compiled.text.warning();
    has_assessments_ |= is_assessment_field(clause.field);
    has_span_types_ |= clause.field == Field::SpanType;
    add_sieve(clause, like_case);
    (is_span_field(clause.field) ? span_clauses_ : trace_clauses_).push_back(std::move(compiled));
  }
  for (std::vector<Compiled>* list : {&trace_clauses_, &span_clauses_}) {
    std::vector<Compiled> sorted;
    const auto cheaper = [list](uint32_t a, uint32_t b) { return (*list)[a].cost < (*list)[b].cost; };
    for (const uint32_t index : sorted_indexes(list->size(), cheaper))
      sorted.push_back(std::move((*list)[index]));
    *list = std::move(sorted);
  }
}

// All clauses on spans must hold of one span: what one of them looks for must be in the record of the trace.
void RowFilter::add_sieve(const Clause& clause, CaseMode like_case) {
  const bool is_content = clause.field == Field::SpanContent || clause.field == Field::SpanAttribute;
  const bool is_ilike = clause.comparator == Comparator::ILike;
  if (!is_content || (!is_ilike && clause.comparator != Comparator::Like)) return;
  const std::string pattern = clause.field == Field::SpanAttribute
                                  ? span_attribute_pattern(clause.key, clause.text, clause.comparator)
                                  : clause.text;
  RecordSieve sieve(pattern, is_ilike ? CaseMode::AsciiInsensitive : like_case);
  if (sieve.holds_back()) content_sieves_.push_back(std::move(sieve));
}

int RowFilter::cost_of(const Compiled& compiled) {
  switch (compiled.field) {
    case Field::TimestampMs:
    case Field::ExecutionTimeMs:
    case Field::EndTimeMs:
    case Field::Status:
    case Field::SpanStatus:
      return 0;
    case Field::SpanName:
    case Field::SpanType:
    case Field::Feedback:
    case Field::Expectation:
    case Field::IssueId:
      return 1;
    case Field::RequestId:
    case Field::ClientRequestId:
      return 2 + compiled.text.cost();
    case Field::Tag:
    case Field::Metadata:
      return 3 + compiled.text.cost();
    case Field::LinkedPrompt:
      return 6;
    case Field::SpanContent:
    case Field::SpanAttribute:
      return 10 + compiled.text.cost();
    case Field::ExperimentId:
      break;
  }
  return 10;
}

RowFilter::Compiled RowFilter::compile(const Clause& clause, CaseMode like_case) {
  Compiled compiled{
      .field = clause.field,
      .comparator = clause.comparator,
      .text = TextPredicate(clause.comparator,
                            clause.field == Field::SpanAttribute
                                ? span_attribute_pattern(clause.key, clause.text, clause.comparator)
                                : clause.text,
                            clause.list, like_case),
      .number = NumberPredicate(clause, clause.field != Field::EndTimeMs),
  };
  compile_names(compiled, clause);
  compiled.cost = cost_of(compiled);
  return compiled;
}

void RowFilter::compile_names(Compiled& compiled, const Clause& clause) const {
  switch (clause.field) {
    case Field::RequestId:
      if (clause.comparator == Comparator::Equal) {
        compiled.only_row = dataset_.find_trace(clause.text).value_or(TraceRow{store::kNoRow});
      }
      break;
    case Field::Status:
      for (int state = 0; state <= static_cast<int>(TraceState::InProgress); ++state) {
        const std::string_view name = store::trace_state_name(static_cast<TraceState>(state));
        if (compiled.text.matches(name)) compiled.by_state |= static_cast<uint8_t>(1 << state);
      }
      break;
    case Field::SpanStatus:
      for (int status = 0; status <= static_cast<int>(SpanStatus::Error); ++status) {
        const std::string_view name = store::span_status_name(static_cast<SpanStatus>(status));
        if (compiled.text.matches(name)) compiled.by_state |= static_cast<uint8_t>(1 << status);
      }
      break;
    case Field::Tag:
    case Field::Metadata:
      compiled.key = dataset_.names().find(clause.key);
      compiled.key_is_empty = clause.key.empty();
      compiled.by_name.resize(clause.key == kTraceNameTag ? dataset_.names().count() : 0);
      compiled.by_value.resize(dataset_.value_count());
      break;
    case Field::SpanName:
    case Field::SpanType:
      compiled.by_name.resize(dataset_.names().count());
      break;
    case Field::LinkedPrompt: {
      const size_t slash = clause.text.find('/');
      compiled.prompt_name = clause.text.substr(0, slash);
      compiled.prompt_version = slash == std::string::npos ? "" : clause.text.substr(slash + 1);
      compiled.key = dataset_.names().find(kLinkedPromptsTag);
      break;
    }
    case Field::Feedback:
    case Field::Expectation:
    case Field::IssueId:
      compiled.assessment_name = clause.field == Field::IssueId ? clause.text : clause.key;
      compiled.value_json = python_json_string(clause.text);
      compiled.by_row.resize(dataset_.trace_count());
      compiled.by_session.resize(dataset_.names().count());
      break;
    default:
      break;
  }
}

bool RowFilter::matches(TraceRow row, uint64_t& text_bytes) {
  for (Compiled& clause : trace_clauses_) {
    if (!trace_clause(clause, row)) return false;
  }
  return span_clauses_.empty() || any_span_matches(row, text_bytes);
}

bool RowFilter::name_matches(Compiled& clause, StringId name) {
  if (name.v >= clause.by_name.size()) return clause.text.matches(dataset_.name_text(name));
  uint8_t& known = clause.by_name[name.v];
  if (known == 0) known = clause.text.matches(dataset_.name_text(name)) ? 2 : 1;
  return known == 2;
}

bool RowFilter::trace_clause(Compiled& clause, TraceRow row) {
  const auto number = [&clause](int64_t value) {
    return value != kNoTime && clause.number.matches(value);
  };
  const int64_t start_ns = dataset_.request_time_ns(row);
  switch (clause.field) {
    case Field::TimestampMs:
      return start_ns != kNoTime && clause.number.matches(floor_ms(start_ns));
    case Field::ExecutionTimeMs:
      return number(dataset_.duration_ms(row));
    case Field::EndTimeMs: {
      const int64_t duration_ms = dataset_.duration_ms(row);
      return start_ns != kNoTime &&
             clause.number.matches(floor_ms(start_ns) + (duration_ms == kNoTime ? 0 : duration_ms));
    }
    case Field::Status:
      return (clause.by_state >> static_cast<int>(dataset_.state(row)) & 1) != 0;
    case Field::RequestId:
      if (clause.comparator == Comparator::Equal) return clause.only_row == row;
      return clause.text.matches(dataset_.trace_id(row));
    case Field::ClientRequestId: {
      const TextRef ref = dataset_.client_request_id(row);
      return ref.present() && clause.text.matches(dataset_.text_now(ref, scratch_));
    }
    case Field::Tag:
    case Field::Metadata:
      return key_value_clause(clause, row);
    case Field::LinkedPrompt:
      return links_prompt(clause, row);
    case Field::Feedback:
    case Field::Expectation:
    case Field::IssueId: {
      const uint32_t session = dataset_.session(row).v;
      const bool counts =
          clause.by_row[row.v] != 0 ||
          (session != 0 && session < clause.by_session.size() && clause.by_session[session] != 0);
      return counts != (clause.comparator == Comparator::IsNull);
    }
    default:
      break;
  }
  return false;
}

bool RowFilter::value_matches(Compiled& clause, TextRef ref) {
  const StringId id = dataset_.value_id(ref);
  if (!id.present() || id.v >= clause.by_value.size()) return clause.text.matches(dataset_.text_now(ref, scratch_));
  uint8_t& known = clause.by_value[id.v];
  if (known == 0) known = clause.text.matches(dataset_.raw(ref)) ? 2 : 1;
  return known == 2;
}

bool RowFilter::key_value_clause(Compiled& clause, TraceRow row) {
  const bool wants_absence = clause.comparator == Comparator::IsNull;
  if (!clause.key.present() && !clause.key_is_empty) return wants_absence;
  const bool asks_presence = wants_absence || clause.comparator == Comparator::IsNotNull;
  if (!clause.by_name.empty() && clause.field == Field::Tag && dataset_.name(row).present()) {
    return asks_presence ? !wants_absence : name_matches(clause, dataset_.name(row));
  }
  uint32_t count = 0;
  const store::KeyValues entry =
      clause.field == Field::Tag ? dataset_.tags(row, count) : dataset_.metadata(row, count);
  for (uint32_t i = 0; i < count; ++i) {
    if (entry[i].key != clause.key) continue;
    if (asks_presence) return !wants_absence;
    if (value_matches(clause, entry[i].value)) return true;
  }
  return wants_absence;
}

// The tag holds [{"name": …, "version": …}, …].
bool RowFilter::links_prompt(const Compiled& clause, TraceRow row) {
  if (!clause.key.present()) return false;
  uint32_t count = 0;
  const store::KeyValues tag = dataset_.tags(row, count);
  for (uint32_t i = 0; i < count; ++i) {
    if (tag[i].key != clause.key) continue;
    json::Reader reader(dataset_.text_now(tag[i].value, scratch_));
    if (!reader.enter_array()) continue;
    while (reader.next_element()) {
      std::string name, version;
      if (!reader.enter_object()) {
        reader.skip_value();
        continue;
      }
      while (reader.next_key()) {
        std::string* target = reader.key_is("name")      ? &name
                              : reader.key_is("version") ? &version
                                                         : nullptr;
        if (target != nullptr && reader.peek() == json::Kind::String) {
          *target = reader.string().value_or("");
        } else {
          const json::Piece piece = reader.piece();
          if (target != nullptr) *target = reader.text_of(piece);
        }
      }
      if (name == clause.prompt_name && version == clause.prompt_version) return true;
    }
  }
  return false;
}

// Spans that reached a server by OTLP have a type in their exported JSON (translated from foreign
// attributes) but none in the column that MLflow searches: no comparison with it holds. Such a
// finished trace has the server's tags, but neither a name nor the schema version that MLflow's own
// client writes.
bool RowFilter::server_knows_types(TraceRow row) const {
  return dataset_.state(row) == TraceState::InProgress || dataset_.name(row).present() ||
         dataset_.find_metadata(row, kSchemaVersionMetadata).has_value() ||
         !dataset_.find_tag(row, kSpansLocationTag).has_value();
}

bool RowFilter::any_span_matches(TraceRow row, uint64_t& text_bytes) {
  if (has_span_types_ && !server_knows_types(row)) return false;
  if (!content_sieves_.empty() && dataset_.spans_are_inside(row)) {
    const SearchedRecord record(dataset_, dataset_.record(row), marks_ != nullptr ? &(*marks_)[row.v] : nullptr, false);
    const bool passes = std::all_of(content_sieves_.begin(), content_sieves_.end(),
                                    [&record](const RecordSieve& sieve) { return sieve.passes(record); });
    text_bytes += record.read_bytes();
    if (!passes) return false;
  }
  const store::Range spans = dataset_.spans(row);
  const uint32_t end = spans.begin + spans.count;
  content_span_ = store::kNoRow;
  for (uint32_t at = next_candidate(spans.begin, end); at < end; at = next_candidate(at + 1, end)) {
    if (span_matches(SpanRow{at}, text_bytes)) return true;
  }
  return false;
}

// The first span from `at` on that satisfies the cheapest clause, where that asks for a column: nearly all that is
// done over a million spans is done here.
uint32_t RowFilter::next_candidate(uint32_t at, uint32_t end) {
  Compiled& clause = span_clauses_[0];
  switch (clause.field) {
    case Field::SpanName:
      while (at < end && !name_matches(clause, dataset_.span_name({at})))
        ++at;
      break;
    case Field::SpanType:
      while (at < end && !name_matches(clause, dataset_.span_type({at})))
        ++at;
      break;
    case Field::SpanStatus:
      while (at < end && (clause.by_state >> static_cast<int>(dataset_.span_status({at})) & 1) == 0)
        ++at;
      break;
    default:
      break;
  }
  return at;
}

bool RowFilter::span_matches(SpanRow span, uint64_t& text_bytes) {
  for (Compiled& clause : span_clauses_) {
    bool holds = false;
    switch (clause.field) {
      case Field::SpanName:
        holds = name_matches(clause, dataset_.span_name(span));
        break;
      case Field::SpanType:
        holds = name_matches(clause, dataset_.span_type(span));
        break;
      case Field::SpanStatus:
        holds = (clause.by_state >> static_cast<int>(dataset_.span_status(span)) & 1) != 0;
        break;
      default: {
        // Compared with a whole span, a text with % around it is never equal.
        if (clause.comparator == Comparator::Equal) return false;
        if (clause.comparator == Comparator::NotEqual) {
          holds = true;
          break;
        }
        if (content_span_ != span.v) {
          content_ = span_content(dataset_, span, content_scratch_);
          content_span_ = span.v;
          text_bytes += content_.size();
        }
        holds = clause.text.matches(content_);
        break;
      }
    }
    if (!holds) return false;
  }
  return true;
}

std::string_view span_content(const store::Dataset& dataset, SpanRow span, std::string& scratch) {
  const std::string_view record = dataset.raw(dataset.span_record(span));
  if (is_python_json(record)) return record;
  scratch.clear();
  append_python_json(scratch, record);
  return scratch;
}

StringId assessed_session(const store::Dataset& dataset, const Assessment& assessment) {
  if (assessment.metadata_json.find(kSessionMetadata) == std::string::npos) return {};
  std::string session = store::metadata_value(assessment, kSessionMetadata);
  // The session column is without the quotes that some writers put around the id.
  if (session.starts_with('"')) {
    json::Reader reader(session);
    if (const std::optional<std::string> bare = reader.string()) session = *bare;
  }
  return dataset.names().find(session);
}

void RowFilter::prepare(TraceRow row) {
  for (const Assessment& assessment : dataset_.assessments(row)) {
    if (!dataset_.shows(assessment)) continue;
    for (Compiled& clause : trace_clauses_) {
      if (!is_assessment_field(clause.field) || !assessment_counts(clause, assessment)) continue;
      clause.by_row[row.v] = 1;
      const StringId id = assessed_session(dataset_, assessment);
      if (id.present() && id.v < clause.by_session.size()) clause.by_session[id.v] = 1;
    }
  }
}

bool RowFilter::assessment_counts(Compiled& clause, const Assessment& assessment) {
  if (clause.field == Field::IssueId) {
    return assessment.kind == AssessmentKind::Issue && assessment.name == clause.assessment_name;
  }
  const AssessmentKind kind =
      clause.field == Field::Feedback ? AssessmentKind::Feedback : AssessmentKind::Expectation;
  if (assessment.kind != kind || !assessment.valid || assessment.name != clause.assessment_name) {
    return false;
  }
  if (clause.comparator == Comparator::IsNull || clause.comparator == Comparator::IsNotNull) {
    return true;
  }
  const std::string_view value = assessment_value(assessment);
  const bool equals_string = value == clause.value_json;
  if (clause.comparator == Comparator::Equal) return equals_string || clause.text.matches(value);
  if (clause.comparator == Comparator::NotEqual)
    return !equals_string && clause.text.matches(value);
  return clause.text.matches(value);
}

// The value as the store keeps it: json.dumps of what has come through protobuf, where a number is
// a double. Expectations that are lists or objects travel as text and keep their whole numbers.
std::string_view RowFilter::assessment_value(const Assessment& assessment) {
  if (assessment.value_json.empty()) return "null";
  value_scratch_.clear();
  append_python_json(value_scratch_, assessment.value_json,
                     assessment.kind == AssessmentKind::Expectation ? NumberForm::OuterDouble
                                                                    : NumberForm::AllDoubles);
  return value_scratch_;
}

}  // namespace assay::search
