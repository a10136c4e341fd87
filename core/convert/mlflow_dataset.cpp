#include "core/convert/mlflow_dataset.h"

#include <unordered_set>

#include "core/base/hash.h"
#include "core/convert/encodings.h"
#include "core/convert/mlflow_cells.h"

namespace assay::convert {
namespace {

bool is_record(json::Node record) {
  // Rows of other systems' experiments name the record that they were made from.
  if (record["dataset_record_id"].is_string())
    return record["inputs"].present() || record["expectations"].present() || !record["span_id"].present();
  return record["inputs"].present() && record["expectations"].present() &&
         !record["trace"].present();
}

bool is_dataset(json::Node record) {
  const json::Node records = record["records"];
  if (records.is_string()) return records.text().find("dataset_record_id") != std::string::npos;
  if (!records.is_array())
    return record["dataset_records"].is_array() && is_record(record["dataset_records"].first());
  return record["dataset_id"].is_string() || is_record(records.first());
}

bool matches(json::Node record) { return is_record(record) || is_dataset(record); }

constexpr std::string_view kMembers[] = {
    "dataset_record_id", "inputs", "outputs", "expectations", "tags", "source", "created_time"};

bool is_known(std::string_view key) {
  for (const std::string_view member : kMembers) {
    if (member == key) return true;
  }
  return false;
}

// A member that is an object, or a text that holds one.
class Container {
 public:
  explicit Container(json::Node cell) : text_(container_of_cell(cell)) {
    if (!text_.empty()) tree_.parse(text_);
  }
  Container(const Container&) = delete;
  Container& operator=(const Container&) = delete;
  json::Node node() const { return tree_.root(); }

 private:
  std::string text_;
  json::Tree tree_;
};

std::string outputs_of(json::Node cell, bool texts) {
  const Container container(cell);
  const json::Node wrapped =
      container.node()["mlflow_wrapped"];  // what is no dict, in MLflow's database
  if (wrapped.present() && container.node().size() == 1)
    return wrapped.kind() == json::Kind::Null ? "" : as_mlflow_writes(wrapped);
  if (!cell.has_content()) return {};
  std::string value = value_of_cell(cell, texts);
  return value == "{}" ? std::string() : value;
}

// The record's 16 bytes make the trace's id.
std::string trace_id_of(json::Node record) {
  std::string id = record["dataset_record_id"].text();
  if (id.empty())
    return sha256_hex(std::string(record["inputs"].raw()) + "\n" +
                      std::string(record["expectations"].raw()))
        .substr(0, 32);
  if (id.size() == 35 && id.substr(0, 3) == "dr-") id.erase(0, 3);
  const bool is_hex =
      id.size() == 32 && id.find_first_not_of("0123456789abcdef") == std::string::npos;
  return is_hex ? id : sha256_hex(id).substr(0, 32);
}

class Reader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    if (is_record(record)) return read_record(context, record, {});
    json::Tree parsed;
    std::string text;
    json::Node list = record["records"].present() ? record["records"] : record["dataset_records"];
    if (list.is_string()) {
      text = list.text();
      if (!parsed.parse(text)) {
        context.note(ingest::IssueKind::MalformedRecord, "records: " + parsed.error_text(),
                     list.offset_bytes());
        return;
      }
      list = parsed.root();
    }
    for (json::Node each = list.first(); each; each = each.next()) {
      if (each.is_object()) {
        read_record(context, each, record);
      } else {
        context.note(ingest::IssueKind::WrongType,
                     "dataset record: " + std::string(each.raw().substr(0, 80)),
                     each.offset_bytes());
      }
    }
  }

  void read_record(Context& context, json::Node record, json::Node dataset) {
    CanonicalTrace trace;
    trace.source_format = context.format;
    trace.id = trace_id_of(record);
    // The same question from several traces: they are told apart by what came out, and where they come from.
    if (!ids_.insert(trace.id).second && record["dataset_record_id"].text().empty()) {
      trace.id = sha256_hex(trace.id + "\n" + std::string(record["outputs"].raw()) + "\n" + record["source_id"].text_or_raw()).substr(0, 32);
    }
    trace.name = dataset["name"].text();
    if (trace.name.empty()) trace.name = "dataset record";
    trace.request_time_ns = any_time_ns(record["created_time"]);
    if (trace.request_time_ns == kNoTime)
      trace.request_time_ns = any_time_ns(record["create_time"]);

    const bool texts = is_text_row(record);
    CanonicalSpan& span = trace.spans.emplace_back();
    span.id = sha256_hex(trace.id).substr(0, 16);
    span.name = trace.name;
    span.start_ns = trace.request_time_ns;
    span.end_ns = trace.request_time_ns == kNoTime ? 0 : trace.request_time_ns;
    span.status = Status::Ok;
    span.inputs_json = value_of_cell(record["inputs"], texts);
    span.outputs_json = outputs_of(record["outputs"], texts);
    read_source(record, trace);
    read_expectations(record, texts, trace);
    read_tags(record, trace);
    keep_rest(record, dataset, trace);
    context.emit(std::move(trace));
  }

  static void read_source(json::Node record, CanonicalTrace& trace) {
    const Container container(record["source"]);
    const json::Node source = container.node();
    if (!source.has_content()) return;
    trace.metadata.emplace_back("mlflow_dataset.source", as_mlflow_writes(source));
    json::Node data = source["source_data"];
    if (!data.present() && source["trace"].is_object()) data = source["trace"];  // Databricks
    if (data["trace_id"].is_string())
      trace.metadata.emplace_back("mlflow_dataset.source_trace_id", data["trace_id"].text());
    trace.session = data["session_id"].text();
  }

  static void read_expectations(json::Node record, bool texts, CanonicalTrace& trace) {
    const Container container(record["expectations"]);
    const std::string author = text_of_cell(record["created_by"]);
    const auto add = [&](std::string name, std::string value) {
      CanonicalAssessment& out = trace.assessments.emplace_back();
      out.kind = CanonicalAssessment::Kind::Expectation;
      out.name = std::move(name);
      out.value_json = std::move(value);
      out.source_type = "HUMAN";
      out.source_id = author;
      out.create_time_ns = trace.request_time_ns;
    };
    if (container.node().is_object()) {
      for (json::Node each = container.node().first(); each; each = each.next())
        add(each.key(), as_mlflow_writes(each));
    } else if (record["expectations"].has_content()) {
      const std::string value = value_of_cell(record["expectations"], texts);
      if (!value.empty()) add(value[0] == '"' ? "expected_response" : "expected_output", value);
    }
  }

  std::unordered_set<std::string> ids_;

  static void read_tags(json::Node record, CanonicalTrace& trace) {
    const Container container(record["tags"]);
    const json::Node tags = container.node();
    for (json::Node each = tags.first(); each; each = each.next()) {
      if (tags.is_object()) {
        trace.tags.emplace_back(each.key(), each.text_or_raw());
      } else {
        trace.tags.emplace_back(each.text_or_raw(), "true");
      }
    }
  }

  static void keep_rest(json::Node record, json::Node dataset, CanonicalTrace& trace) {
    if (const std::string id = record["dataset_record_id"].text(); !id.empty()) {
      trace.metadata.emplace_back("mlflow_dataset.dataset_record_id", id);
    }
    for (const std::string_view key : {"name", "dataset_id", "tags"}) {
      if (dataset[key].has_content() && (key != "dataset_id" || !record[key].has_content())) {
        trace.metadata.emplace_back(
            key == "tags" ? "mlflow_dataset.dataset_tags" : "mlflow_dataset." + std::string(key),
            dataset[key].text_or_raw());
      }
    }
    for (json::Node member = record.first(); member; member = member.next()) {
      const std::string key = member.key();
      if (is_known(key) || is_index_column(key)) continue;
      if (const std::string text = text_of_cell(member); !text.empty())
        trace.metadata.emplace_back("mlflow_dataset." + key, text);
    }
  }
};

}  // namespace

Format mlflow_dataset_format() {
  return {"MLflow evaluation dataset", matches,
          [] { return std::unique_ptr<FormatReader>(std::make_unique<Reader>()); }};
}

}  // namespace assay::convert
