#include "core/convert/trace_export.h"

#include <utility>
#include <vector>

#include "core/base/time.h"
#include "core/base/utf8.h"
#include "core/convert/canonical.h"
#include "core/convert/encodings.h"
#include "core/convert/otlp_export.h"
#include "core/json/tree.h"
#include "core/json/unescape.h"
#include "core/json/writer.h"

namespace assay::convert {
namespace {

constexpr std::string_view kColumns[] = {"trace_id", "trace", "client_request_id", "state", "request_time",
                                         "execution_duration", "request", "response", "trace_metadata", "tags",
                                         "spans", "assessments"};

// The first span without a parent, as MLflow takes it.
json::Node root_span(json::Node spans) {
  for (json::Node span = spans.first(); span; span = span.next()) {
    if (!either(span, "parent_span_id", "parent_id").has_content()) return span;
  }
  return {};
}

// A span attribute is a JSON text in a string.
std::string attribute_json(json::Node span, std::string_view key) {
  const json::Node value = span["attributes"][key];
  if (!value.present() || value.kind() == json::Kind::Null) return {};
  if (!value.is_string()) return std::string(value.raw());
  const std::string text = value.text();
  return is_json(text) ? text : json::quoted(text);
}

struct Facts {
  json::Node info, spans, root;
  std::string id, state, request, response;
  TimeNs time_ns = kNoTime;
  int64_t duration_ms = -1;
};

Facts facts_of(json::Node trace) {
  Facts f;
  f.info = trace["info"];
  f.spans = trace["data"]["spans"];
  f.root = root_span(f.spans);
  f.id = either(f.info, "trace_id", "request_id").text();
  f.state = either(f.info, "state", "status").text();
  f.time_ns = any_time_ns(either(f.info, "request_time", "timestamp_ms"));
  if (const auto ms = either(f.info, "execution_duration_ms", "execution_time_ms").integer()) {
    f.duration_ms = *ms;
  } else if (const auto ns = parse_duration_ns(f.info["execution_duration"].text())) {
    f.duration_ms = *ns / 1'000'000;
  }
  f.request = attribute_json(f.root, "mlflow.spanInputs");
  f.response = attribute_json(f.root, "mlflow.spanOutputs");
  return f;
}

std::string json_or_null(std::string json) { return json.empty() ? "null" : json; }

// The cells of a trace as JSON values, in the order of kColumns.
std::vector<std::string> cells_of(json::Node trace) {
  const Facts f = facts_of(trace);
  const auto number = [](int64_t value) { return value < 0 ? std::string("null") : std::to_string(value); };
  const auto raw = [](json::Node node, const char* fallback) {
    return node.present() ? std::string(node.raw()) : std::string(fallback);
  };
  return {json::quoted(f.id),
          json::quoted(trace.raw()),
          raw(f.info["client_request_id"], "null"),
          json::quoted(f.state),
          number(f.time_ns == kNoTime ? -1 : f.time_ns / 1'000'000),
          number(f.duration_ms),
          json_or_null(f.request),
          json_or_null(f.response),
          raw(either(f.info, "trace_metadata", "request_metadata"), "{}"),
          raw(f.info["tags"], "{}"),
          raw(f.spans, "[]"),
          raw(f.info["assessments"], "[]")};
}

std::string data_frame_record(json::Node trace) {
  const std::vector<std::string> cells = cells_of(trace);
  std::string out;
  json::Writer w(out);
  w.begin_object();
  for (size_t i = 0; i < cells.size(); ++i) w.member_raw(kColumns[i], cells[i]);
  w.end_object();
  return out;
}

void append_cell(std::string& out, std::string_view json) {
  std::string text = json == "null" ? std::string()
                     : !json.empty() && json[0] == '"' ? json::unescaped(json.substr(1, json.size() - 2))
                                                       : std::string(json);
  const bool is_text = !json.empty() && json[0] == '"';
  if (is_text && !text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos) {
    text.insert(0, 1, '\'');
  }
  if (text.find_first_of(",\"\r\n") == std::string::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

std::string csv_row(json::Node trace) {
  std::string out;
  bool first = true;
  for (const std::string& cell : cells_of(trace)) {
    if (!first) out += ',';
    first = false;
    append_cell(out, cell);
  }
  return out + "\r\n";
}

std::string csv_header() {
  std::string out;
  for (const std::string_view column : kColumns) {
    if (!out.empty()) out += ',';
    out += column;
  }
  return out + "\r\n";
}

// The value of an expectation: serialized lists and objects as what they are.
std::string expectation_json(json::Node expectation) {
  const json::Node serialized = expectation["serialized_value"];
  if (!serialized.present()) return std::string(expectation["value"].raw());
  const std::string text = serialized["value"].text();
  return is_json(text) ? text : json::quoted(text);
}

// What went in or came out where the root does not say it: what the trace says, if that was not cut, else for inputs
// the first span that has some (a mere frame stands around it).
std::string from_below(const Facts& f, std::string_view metadata_key, std::string_view attribute) {
  const std::string told = either(f.info, "trace_metadata", "request_metadata")[metadata_key].text();
  if (!told.empty() && is_json(told)) return told;
  for (json::Node span = f.spans.first(); span && attribute == "mlflow.spanInputs"; span = span.next()) {
    if (std::string json = attribute_json(span, attribute); !json.empty()) return json;
  }
  return {};
}

std::string dataset_record(json::Node trace) {
  Facts f = facts_of(trace);
  if (f.request.empty()) f.request = from_below(f, "mlflow.traceInputs", "mlflow.spanInputs");
  if (f.response.empty()) f.response = from_below(f, "mlflow.traceOutputs", "mlflow.spanOutputs");
  std::string out;
  json::Writer w(out);
  w.begin_object();
  // MLflow wants an object; anything else is given a name.
  w.key("inputs");
  if (!f.request.empty() && f.request[0] == '{') {
    w.raw(f.request);
  } else {
    w.begin_object();
    if (!f.request.empty()) w.member_raw("request", f.request);
    w.end_object();
  }
  if (!f.response.empty()) w.member_raw("outputs", f.response);
  w.key("expectations");
  w.begin_object();
  const json::Node assessments = f.info["assessments"];
  std::vector<std::pair<std::string, std::string>> expectations;  // of a name that comes twice the later one
  for (json::Node a = assessments.first(); a; a = a.next()) {
    if (!a["expectation"].is_object() || a["valid"].kind() == json::Kind::False) continue;
    const std::string name = a["assessment_name"].text();
    std::erase_if(expectations, [&](const auto& pair) { return pair.first == name; });
    expectations.emplace_back(name, expectation_json(a["expectation"]));
  }
  for (const auto& [name, json] : expectations) w.member_raw(name, json);
  w.end_object();
  w.key("tags");
  w.begin_object();
  for (json::Node tag = f.info["tags"].first(); tag; tag = tag.next()) {
    const std::string key = tag.key();
    if (key.substr(0, 7) != "mlflow.") w.member(key, tag.text_or_raw());
  }
  w.end_object();
  w.key("source");
  w.begin_object();
  w.member("source_type", "TRACE");
  w.key("source_data");
  w.begin_object();
  w.member("trace_id", f.id);
  w.end_object();
  w.end_object();
  w.member("source_id", f.id);
  w.member("source_type", "TRACE");
  w.end_object();
  // Values are written as their source has them, which may be over several lines; a record has one.
  for (char& c : out) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return out + "\n";
}

}  // namespace

std::optional<ExportForm> export_form_of(std::string_view name) {
  constexpr std::pair<std::string_view, ExportForm> kNames[] = {{"otlp", ExportForm::OtlpJson},
                                                                {"evaluations", ExportForm::EvaluationResults},
                                                                {"dataframe", ExportForm::DataFrameJson},
                                                                {"csv", ExportForm::Csv},
                                                                {"dataset", ExportForm::DatasetRecords}};
  for (const auto& [known, form] : kNames) {
    if (known == name) return form;
  }
  return std::nullopt;
}

struct TraceExporter::State {
  State(ExportForm form_in, TextSink& sink_in) : form(form_in), sink(sink_in) {}

  void line(std::string_view text) {
    if (text.find_first_not_of(" \t\r") == std::string_view::npos) return;
    json::Tree tree;
    if (!tree.parse(text) || !tree.root()["info"].is_object()) {
      ++skipped;
      return;
    }
    const json::Node trace = tree.root();
    switch (form) {
      case ExportForm::OtlpJson: sink.write(otlp_request(trace) + "\n"); break;
      case ExportForm::EvaluationResults:
        if (std::string logs = evaluation_logs(trace); !logs.empty()) sink.write(logs + "\n");
        break;
      case ExportForm::DataFrameJson: sink.write((traces == 0 ? "[" : ",\n") + data_frame_record(trace)); break;
      case ExportForm::Csv:
        if (traces == 0) table = csv_header();
        write_table(csv_row(trace));
        break;
      case ExportForm::DatasetRecords: sink.write(dataset_record(trace)); break;
    }
    ++traces;
  }

  // Waits until it is known whether there is anything but ASCII.
  void write_table(std::string_view rows) {
    constexpr size_t kMaxWaitingBytes = size_t{64} << 20;
    if (!table_begun) {
      const bool ascii = is_ascii_text(rows);
      table += rows;
      if (ascii && table.size() < kMaxWaitingBytes) return;
      begin_table(ascii);
    } else {
      sink.write(rows);
    }
  }
  void begin_table(bool ascii) {
    if (std::exchange(table_begun, true)) return;
    if (!ascii) sink.write("\xEF\xBB\xBF");
    sink.write(table);
    std::string().swap(table);
  }

  ExportForm form;
  TextSink& sink;
  std::string pending, table;
  bool table_begun = false;
  uint64_t traces = 0, skipped = 0;
};

TraceExporter::TraceExporter(ExportForm form, TextSink& sink) : state_(std::make_unique<State>(form, sink)) {}
TraceExporter::~TraceExporter() = default;

void TraceExporter::push(std::string_view lines) {
  State& s = *state_;
  for (size_t end = lines.find('\n'); end != std::string_view::npos; end = lines.find('\n')) {
    if (s.pending.empty()) {
      s.line(lines.substr(0, end));
    } else {
      s.pending.append(lines.substr(0, end));
      s.line(s.pending);
      s.pending.clear();
    }
    lines.remove_prefix(end + 1);
  }
  s.pending.append(lines);
}

void TraceExporter::finish() {
  State& s = *state_;
  s.line(s.pending);
  s.pending.clear();
  if (s.form == ExportForm::DataFrameJson) s.sink.write(s.traces == 0 ? "[]\n" : "]\n");
  if (s.form == ExportForm::Csv && s.traces == 0) s.table = csv_header();
  if (s.form == ExportForm::Csv) s.begin_table(true);
}

uint64_t TraceExporter::traces() const { return state_->traces; }
uint64_t TraceExporter::skipped() const { return state_->skipped; }

}  // namespace assay::convert
