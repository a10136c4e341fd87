#include "core/convert/mlflow_dataframe.h"

#include "core/base/hash.h"
#include "core/base/numbers.h"
#include "core/convert/canonical.h"
#include "core/convert/encodings.h"
#include "core/convert/mlflow_cells.h"
#include "core/convert/mlflow_evaluate.h"
#include "core/convert/mlflow_parts.h"
#include "core/ingest/previews.h"
#include "core/json/unescape.h"

namespace assay::convert {
namespace {

constexpr std::string_view kColumns[] = {"trace_id",
                                         "trace",
                                         "client_request_id",
                                         "state",
                                         "request_time",
                                         "execution_duration",
                                         "request",
                                         "response",
                                         "trace_metadata",
                                         "tags",
                                         "spans",
                                         "assessments",
                                         "request_id",
                                         "timestamp_ms",
                                         "status",
                                         "execution_time_ms",
                                         "request_metadata",
                                         "experiment_id",
                                         "trace_location",
                                         "request_preview",
                                         "response_preview"};

bool is_known_column(std::string_view name) {
  for (const std::string_view column : kColumns) {
    if (column == name) return true;
  }
  return is_index_column(name);
}

// Columns of search_traces(extract_fields=…): taken from the spans, which are there.
bool is_extracted_column(std::string_view name) {
  for (const std::string_view part : {".inputs", ".outputs", ".attributes"}) {
    const size_t at = name.find(part);
    if (at == std::string_view::npos) continue;
    const size_t end = at + part.size();
    if (end == name.size() || name[end] == '.') return true;
  }
  return false;
}

bool holds_trace(json::Node cell) {
  if (cell.is_object()) return cell["info"].is_object();
  return cell.is_string() && cell.raw().substr(0, 4096).find("info") != std::string_view::npos &&
         cell.raw().substr(1, 1) == "{";
}

bool matches(json::Node record) {
  if (!record.is_object()) return false;
  if (holds_trace(record["trace"])) return true;
  if (!record["trace_id"].is_string() && !record["request_id"].is_string()) return false;
  if (record["trace_location"].is_object()) return false;  // an info of the REST API
  const bool timed = record["request_time"].present() || record["timestamp_ms"].present() ||
                     record["execution_duration"].present();
  const bool known = record["trace_metadata"].present() || record["request_metadata"].present() ||
                     record["tags"].present();
  return timed && (known || record["spans"].present()) &&
         (record["trace"].present() || record["spans"].present() || record["request"].present() ||
          record["assessments"].present());
}

std::string integer_json(json::Node cell) {
  std::string out;
  if (const auto value = cell.integer()) append_int(out, *value);
  return out;
}

class Reader final : public FormatReader {
  void read(Context& context, json::Node row) override {
    if (read_trace_cell(context, row)) return;
    read_columns(context, row);
  }

  // The column "trace", if it holds a record as Trace.to_json() writes it.
  bool read_trace_cell(Context& context, json::Node row) {
    const json::Node cell = row["trace"];
    if (!holds_trace(cell)) return false;
    std::string text = cell.is_string() ? cell.text() : std::string(cell.raw());
    json::Tree tree;
    if (!tree.parse(text)) {
      text = container_of_cell(cell);  // a dict of Python
      if (text.empty() || !tree.parse(text)) return false;
    }
    const json::Node record = tree.root();
    if (!is_mlflow_record(record)) return false;
    // The inner state of a Python object has times as numbers.
    if (cell.is_object() && record["info"]["trace_id"].present() &&
        record["info"]["request_time"].is_number())
      return false;
    Members info = members_of(record["info"]);
    const std::string before = info.json();
    add_columns(info, row,
                (record["info"]["trace_id"].present() ? record["info"]["trace_id"]
                                                      : record["info"]["request_id"])
                    .text(),
                any_time_ns(record["info"]["request_time"]));
    if (info.json() == before) {
      context.emit_converted(text);
      return true;
    }
    Members whole = members_of(record);
    whole.set("info", info.json());
    context.emit_converted(whole.json());
    return true;
  }

  // Scores and what MLflow does not know.
  static void add_columns(Members& info, json::Node row, std::string_view trace_id,
                          TimeNs time_ns) {
    add_scores(info, row, trace_id, time_ns);
    for (json::Node cell = row.first(); cell; cell = cell.next()) {
      const std::string key = cell.key();
      if (is_known_column(key) || is_extracted_column(key)) continue;
      if (key.find('/') != std::string::npos && is_part_of_score(key)) continue;
      if (const std::string text = text_of_cell(cell); !text.empty())
        add_metadata(info, "dataframe." + key, text);
    }
  }
  static bool is_part_of_score(std::string_view key) {
    if (is_score_column(key)) return true;
    for (const std::string_view end : {"/rationale", "/error_message", "/error_code"}) {
      if (key.size() > end.size() && key.substr(key.size() - end.size()) == end) return true;
    }
    return false;
  }

  void read_columns(Context& context, json::Node row) {
    const bool v2 = row["request_id"].has_content() && !row["trace_id"].has_content();
    const std::string id = text_of_cell(row[v2 ? "request_id" : "trace_id"]);
    std::string spans_text = container_of_cell(row["spans"]);
    json::Tree spans;
    if (spans_text.empty() || !spans.parse(spans_text) || !spans.root().is_array()) {
      if (row["spans"].has_content())
        context.note(ingest::IssueKind::WrongType, "the cell \"spans\" of trace " + id);
      spans_text.clear();
    }
    const json::Node list = spans_text.empty() ? json::Node() : spans.root();
    const bool texts = is_text_row(row);
    Members info = info_of_spans(list, id);
    v2 ? set_v2(info, row) : set_v3(info, row, texts);
    const TimeNs time = any_time_ns(row[v2 ? "timestamp_ms" : "request_time"]);
    add_columns(info, row, id, time);
    Members data;
    data.set("spans", list.first() ? spans_of_rest(list) : root_of_columns(row, id, time, texts));
    if (v2) {
      data.set("request",
               row["request"].has_content() ? std::string(row["request"].raw()) : std::string());
      data.set("response",
               row["response"].has_content() ? std::string(row["response"].raw()) : std::string());
    }
    context.emit_converted(record_text(info, data.json()));
  }

  static void set_text_cell(Members& info, std::string_view key, json::Node cell) {
    if (const std::string text = text_of_cell(cell); !text.empty()) info.set_text(key, text);
  }

  static void set_v3(Members& info, json::Node row, bool texts) {
    Members out;  // in MLflow's order, and without what a version 2 span made of it
    set_text_cell(out, "trace_id", row["trace_id"]);
    set_text_cell(out, "client_request_id", row["client_request_id"]);
    const std::string location = container_of_cell(row["trace_location"]);
    const std::string* derived = info.find("trace_location");
    out.set("trace_location",
            !location.empty() ? location
            : derived != nullptr
                ? *derived
                : R"({"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "0"}})");
    if (const TimeNs time = any_time_ns(row["request_time"]); time != kNoTime)
      out.set_text("request_time", format_rfc3339(time));
    set_text_cell(out, "state", row["state"].has_content() ? row["state"] : row["status"]);
    out.set("trace_metadata", container_of_cell(row["trace_metadata"]));
    out.set("tags", container_of_cell(row["tags"]));
    set_preview(out, info, row, "request", texts, ingest::PreviewRole::User);
    set_preview(out, info, row, "response", texts, ingest::PreviewRole::Assistant);
    out.set("assessments", container_of_cell(row["assessments"]));
    out.set("execution_duration_ms", integer_json(row["execution_duration"]));
    for (const std::string_view key :
         {"trace_id", "request_time", "state", "trace_metadata", "tags", "execution_duration_ms"}) {
      if (const std::string* value = info.find(key); value != nullptr && !out.has(key))
        out.set(key, *value);
    }
    info = std::move(out);
  }
  // Of the column of that name, of the root span, or of the column with the whole value.
  static void set_preview(Members& out, const Members& derived, json::Node row,
                          const std::string& column, bool texts, ingest::PreviewRole role) {
    const std::string key = column + "_preview";
    if (row[key].has_content()) return set_text_cell(out, key, row[key]);
    if (const std::string* preview = derived.find(key)) return out.set(key, *preview);
    const std::string json = value_of_cell(row[column], texts);
    if (!json.empty()) out.set_text(key, ingest::preview_of(json, role));
  }

  static void set_v2(Members& info, json::Node row) {
    Members out;
    set_text_cell(out, "request_id", row["request_id"]);
    set_text_cell(out, "experiment_id", row["experiment_id"]);
    out.set("timestamp_ms", integer_json(row["timestamp_ms"]));
    out.set("execution_time_ms", integer_json(row["execution_time_ms"]));
    set_text_cell(out, "status", row["status"]);
    out.set("request_metadata", container_of_cell(row["request_metadata"]));
    out.set("tags", container_of_cell(row["tags"]));
    out.set("assessments", container_of_cell(row["assessments"]));
    for (const std::string_view key : {"experiment_id", "timestamp_ms", "execution_time_ms",
                                       "status", "request_metadata", "tags"}) {
      if (const std::string* value = info.find(key); value != nullptr && !out.has(key))
        out.set(key, *value);
    }
    info = std::move(out);
  }

  // A table without its spans still has the root's inputs and outputs.
  static std::string root_of_columns(json::Node row, const std::string& id, TimeNs time,
                                     bool texts) {
    const std::string inputs = value_of_cell(row["request"], texts),
                      outputs = value_of_cell(row["response"], texts);
    if (inputs.empty() && outputs.empty()) return "[]";
    const std::string hex = sha256_hex(id);
    const std::string trace_id = mlflow_trace_id(id);
    Members span, attributes, status;
    span.set_text("trace_id",
                  base64_of_hex(trace_id.size() == 35 ? trace_id.substr(3) : hex.substr(0, 32)));
    span.set_text("span_id", base64_of_hex(hex.substr(0, 16)));
    span.set("parent_span_id", "null");
    const std::string name = container_of_cell(row["tags"]);
    json::Tree tags;
    const std::string trace_name =
        !name.empty() && tags.parse(name) ? tags.root()["mlflow.traceName"].text() : std::string();
    span.set_text("name", trace_name.empty() ? "trace" : trace_name);
    const auto duration =
        row[row["execution_duration"].present() ? "execution_duration" : "execution_time_ms"]
            .integer();
    const TimeNs start = time == kNoTime ? 0 : time;
    const bool fits =
        duration && *duration >= 0 && *duration < int64_t{1} << 40 && start < int64_t{1} << 62;
    std::string number;
    append_int(number, start);
    span.set("start_time_unix_nano", number);
    number.clear();
    append_int(number, fits ? start + *duration * 1'000'000 : start);
    span.set("end_time_unix_nano", number);
    span.set("events", "[]");
    const std::string state = text_of_cell(row[row["state"].present() ? "state" : "status"]);
    status.set_text("code", state == "ERROR" ? "STATUS_CODE_ERROR" : "STATUS_CODE_OK");
    status.set_text("message", "");
    span.set("status", status.json());
    attributes.set_text("mlflow.traceRequestId", json::quoted(id));
    attributes.set_text("mlflow.spanType", "\"UNKNOWN\"");
    if (!inputs.empty()) attributes.set_text("mlflow.spanInputs", inputs);
    if (!outputs.empty()) attributes.set_text("mlflow.spanOutputs", outputs);
    span.set("attributes", attributes.json());
    return "[" + span.json() + "]";
  }
};

}  // namespace

Format mlflow_dataframe_format() {
  return {"MLflow search_traces table", matches,
          [] { return std::unique_ptr<FormatReader>(std::make_unique<Reader>()); }};
}

}  // namespace assay::convert
