#include "core/convert/mlflow_native.h"

namespace assay::convert {
namespace {

bool matches(json::Node record) {
  const json::Node info = record["info"], data = record["data"];
  if (!info.is_object()) return false;
  return data["spans"].is_array() || info["trace_id"].is_string() || info["request_id"].is_string();
}

class Reader final : public FormatReader {
  void read(Context& context, json::Node record) override { context.emit_record(record.raw()); }
};

}  // namespace

Format mlflow_trace_format() {
  return {"MLflow Trace JSON", matches, [] { return std::unique_ptr<FormatReader>(std::make_unique<Reader>()); }};
}

}  // namespace assay::convert
