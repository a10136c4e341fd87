#include "core/convert/mlflow_evaluate.h"

#include <initializer_list>
#include <unordered_map>
#include <unordered_set>

#include "core/base/hash.h"
#include "core/convert/chat_messages.h"
#include "core/convert/encodings.h"
#include "core/convert/mlflow_cells.h"
#include "core/json/unescape.h"

namespace assay::convert {
namespace {

enum class Part : uint8_t { None, Value, Rationale, ErrorMessage, ErrorCode };

struct Suffix {
  std::string_view text;
  Part part;
};
constexpr Suffix kSuffixes[] = {{"/value", Part::Value},
                                {"/rating", Part::Value},
                                {"/v1/score", Part::Value},
                                {"/v2/score", Part::Value},
                                {"/v1/justification", Part::Rationale},
                                {"/v2/justification", Part::Rationale},
                                {"/rationale", Part::Rationale},
                                {"/error_message", Part::ErrorMessage},
                                {"/error_code", Part::ErrorCode}};

struct ScoreColumn {
  std::string name;
  Part part = Part::None;
};

ScoreColumn score_column(std::string_view column) {
  for (const Suffix& suffix : kSuffixes) {
    if (column.size() <= suffix.text.size()) continue;
    const size_t at = column.size() - suffix.text.size();
    if (column.substr(at) == suffix.text) return {std::string(column.substr(0, at)), suffix.part};
  }
  return {};
}

struct Score {
  std::string name, value_json, rationale, error_message, error_code;
  bool is_empty() const {
    return value_json.empty() && error_message.empty() && error_code.empty();
  }
};

std::vector<Score> scores_of(json::Node row) {
  std::vector<Score> scores;
  std::unordered_map<std::string, size_t> places;
  const bool texts = is_text_row(row);
  for (json::Node cell = row.first(); cell; cell = cell.next()) {
    ScoreColumn column = score_column(cell.key());
    if (column.part == Part::None) continue;
    const auto [place, fresh] = places.emplace(column.name, scores.size());
    if (fresh) scores.push_back({std::move(column.name), {}, {}, {}, {}});
    Score& score = scores[place->second];
    switch (column.part) {
      case Part::Value:
        score.value_json = value_of_cell(cell, texts);
        break;
      case Part::Rationale:
        score.rationale = text_of_cell(cell);
        break;
      case Part::ErrorMessage:
        score.error_message = text_of_cell(cell);
        break;
      case Part::ErrorCode:
        score.error_code = text_of_cell(cell);
        break;
      case Part::None:
        break;
    }
  }
  return scores;
}

// The table does not say who judged; a rationale is a model's.
std::string_view source_of(const Score& score) {
  return score.rationale.empty() ? "CODE" : "LLM_JUDGE";
}
bool is_expectation(const Score& score) { return score.name.substr(0, 9) == "expected_"; }

std::unordered_set<std::string> assessment_names(const Members& info) {
  std::unordered_set<std::string> names;
  json::Tree tree;
  const std::string* list = info.find("assessments");
  if (list == nullptr || !tree.parse(*list)) return names;
  for (json::Node each = tree.root().first(); each; each = each.next())
    names.insert(each["assessment_name"].text());
  return names;
}

// --- Tables without traces ---

constexpr std::string_view kInputs[] = {"inputs",   "input", "request",
                                        "question", "query", "prompt"};
constexpr std::string_view kOutputs[] = {"outputs",    "output",      "response",
                                         "prediction", "predictions", "answer"};
constexpr std::string_view kTargets[] = {"targets",           "target",          "ground_truth",
                                         "expected_response", "expected_output", "label"};

template <size_t N>
json::Node any_of(json::Node row, const std::string_view (&names)[N]) {
  for (const std::string_view name : names) {
    if (row[name].has_content()) return row[name];
  }
  return {};
}

bool is_cli_answer(json::Node record) {
  const json::Node first = record["assessments"].first();
  return record["trace_id"].is_string() && record["assessments"].is_array() &&
         !record["trace"].present() && !record["spans"].present() && first["name"].is_string() &&
         (first["result"].present() || first["error"].present());
}

bool matches(json::Node record) {
  if (!record.is_object()) return false;
  for (json::Node cell = record.first(); cell; cell = cell.next()) {
    if (is_score_column(cell.key())) return true;
  }
  return is_cli_answer(record);
}

bool same_place(json::Node a, json::Node b) {
  return b.present() && a.offset_bytes() == b.offset_bytes();
}

void add_feedback(CanonicalTrace& trace, const Score& score) {
  if (score.is_empty()) return;
  CanonicalAssessment& out = trace.assessments.emplace_back();
  out.kind = is_expectation(score) ? CanonicalAssessment::Kind::Expectation
                                   : CanonicalAssessment::Kind::Feedback;
  out.name = score.name;
  out.value_json = score.value_json;
  out.source_type = is_expectation(score) ? "HUMAN" : source_of(score);
  out.rationale = score.rationale;
  out.error_code = score.error_code;
  out.error_message = score.error_message;
}

class Reader final : public FormatReader {
  void read(Context& context, json::Node row) override {
    if (is_cli_answer(row)) return read_cli(context, row);
    CanonicalTrace trace;
    trace.source_format = context.format;
    trace.name = "evaluation row";
    const bool texts = is_text_row(row);
    for (const std::string_view key : {"trace_id", "request_id"}) {
      if (trace.id.empty()) trace.id = text_of_cell(row[key]);
    }
    if (trace.id.empty())
      trace.id =
          sha256_hex(std::string(context.file_name) + "\n" + std::string(row.raw())).substr(0, 32);

    const json::Node inputs = any_of(row, kInputs), outputs = any_of(row, kOutputs),
                     target = any_of(row, kTargets);
    CanonicalSpan& span = trace.spans.emplace_back();
    span.id = sha256_hex(trace.id).substr(0, 16);
    span.name = "evaluation row";
    span.end_ns = 0;  // over; the table tells no times
    span.status = Status::Ok;
    span.inputs_json = with_messages(value_of_cell(inputs, texts));
    span.outputs_json = value_of_cell(outputs, texts);
    if (target) add_target(trace, target, texts);
    Members others;
    for (json::Node cell = row.first(); cell; cell = cell.next()) {
      const std::string key = cell.key();
      if (score_column(key).part != Part::None || is_index_column(key) || key == "trace_id" ||
          key == "request_id")
        continue;
      if (same_place(cell, inputs) || same_place(cell, outputs) || same_place(cell, target))
        continue;
      if (!inputs) {
        others.set(key, value_of_cell(cell, texts));
      } else if (const std::string text = text_of_cell(cell); !text.empty()) {
        trace.metadata.emplace_back("mlflow_evaluate." + key, text);
      }
    }
    if (!others.empty()) span.inputs_json = others.json();
    for (const Score& score : scores_of(row))
      add_feedback(trace, score);
    context.emit(std::move(trace));
  }

  static void add_target(CanonicalTrace& trace, json::Node target, bool texts) {
    CanonicalAssessment& out = trace.assessments.emplace_back();
    out.kind = CanonicalAssessment::Kind::Expectation;
    out.value_json = value_of_cell(target, texts);
    const bool is_text = !out.value_json.empty() && out.value_json[0] == '"';
    const std::string key = target.key();
    out.name = key.substr(0, 9) == "expected_" ? key
               : is_text                       ? "expected_response"
                                               : "expected_output";
    out.source_type = "HUMAN";
  }

  void read_cli(Context& context, json::Node record) {
    Members info;
    info.set("trace_id", std::string(record["trace_id"].raw()));
    for (json::Node each = record["assessments"].first(); each; each = each.next()) {
      AssessmentParts parts;
      parts.name = each["name"].text();
      parts.trace_id = record["trace_id"].text();
      parts.value_json =
          each["result"].present() ? std::string(each["result"].raw()) : std::string();
      parts.rationale = each["rationale"].text();
      parts.source_type = parts.rationale.empty() ? "CODE" : "LLM_JUDGE";
      parts.error_message = each["error"].text_or_raw();
      add_assessment(info, assessment_text(parts));
    }
    context.emit_converted(record_text(info, "{\"spans\": []}"));
  }
};

}  // namespace

bool is_score_column(std::string_view column) {
  const size_t slash = column.rfind('/');
  return slash != std::string_view::npos && score_column(column).part == Part::Value;
}

void add_scores(Members& info, json::Node row, std::string_view trace_id, TimeNs time_ns) {
  const std::vector<Score> scores = scores_of(row);
  if (scores.empty()) return;
  const std::unordered_set<std::string> known = assessment_names(info);
  for (const Score& score : scores) {
    if (score.is_empty() || known.count(score.name) > 0) continue;
    AssessmentParts parts;
    parts.name = score.name;
    parts.value_json = score.value_json;
    parts.rationale = score.rationale;
    parts.error_code = score.error_code;
    parts.error_message = score.error_message;
    parts.trace_id = trace_id;
    parts.time_ns = time_ns;
    parts.is_expectation = is_expectation(score);
    parts.source_type = parts.is_expectation ? "HUMAN" : source_of(score);
    add_assessment(info, assessment_text(parts));
  }
}

Format mlflow_evaluate_format() {
  return {"MLflow evaluation table", matches,
          [] { return std::unique_ptr<FormatReader>(std::make_unique<Reader>()); }};
}

}  // namespace assay::convert
