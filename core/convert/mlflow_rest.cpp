#include "core/convert/mlflow_rest.h"

#include "core/convert/mlflow_parts.h"

namespace assay::convert {
namespace {

// A trace's info without its spans, as search gives it.
bool is_bare_info(json::Node record) {
  if (record["trace"].present() || record["spans"].present() || record["request"].present())
    return false;
  if (record["trace_id"].is_string() && record["trace_location"].is_object()) return true;
  return record["request_id"].is_string() && record["timestamp_ms"].present() &&
         record["request_metadata"].present();
}

bool is_rest_trace(json::Node record) {
  return record["trace_info"].is_object() && !record["trace_data"].present();
}

bool is_trace_of_mlflow(json::Node element) {
  return is_rest_trace(element) || is_bare_info(element) || is_mlflow_record(element) ||
         element["info"]["trace_id"].is_string();
}

json::Node list_of(json::Node record) {
  const json::Node traces = record["traces"];
  return traces.is_array() ? traces : record["trace_infos"];
}

bool is_page(json::Node record) {
  const json::Node list = list_of(record);
  if (!list.is_array()) return false;
  return list.first() ? is_trace_of_mlflow(list.first()) : record.size() == 1;
}

bool is_error(json::Node record) {
  return record["error_code"].is_string() && record["message"].is_string();
}

bool matches(json::Node record) {
  if (!record.is_object()) return false;
  return is_rest_trace(record) || is_rest_trace(record["trace"]) || is_page(record) ||
         is_bare_info(record) || is_error(record) || !record.first();
}

class Reader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    if (!record.first()) {
      context.note(ingest::IssueKind::UnknownRecord,
                   "an answer without traces: the search found none");
    } else if (is_error(record)) {
      context.note(ingest::IssueKind::UnknownRecord,
                   "an error of the MLflow server, no traces: " + record["error_code"].text() +
                       ": " + record["message"].text());
    } else if (is_page(record)) {
      for (json::Node each = list_of(record).first(); each; each = each.next())
        context.dispatch(each);
    } else if (is_bare_info(record)) {
      context.emit_converted(record_text(info_of_rest(record), "{\"spans\": []}"));
    } else {
      const json::Node trace = is_rest_trace(record) ? record : record["trace"];
      context.emit_converted(record_text(info_of_rest(trace["trace_info"]),
                                         "{\"spans\": " + spans_of_rest(trace["spans"]) + "}"));
    }
  }
};

}  // namespace

Format mlflow_rest_format() {
  return {"MLflow REST API", matches,
          [] { return std::unique_ptr<FormatReader>(std::make_unique<Reader>()); }};
}

}  // namespace assay::convert
