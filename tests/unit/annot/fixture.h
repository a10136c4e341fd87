// A data set filled by hand (one trace a record), the real samples, and short names for events.
#pragma once

#include <catch2/catch_test_macros.hpp>

#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "core/annot/annotations.h"
#include "core/annot/draft.h"
#include "core/journal/journal.h"
#include "core/json/reader.h"
#include "core/store/assessment_json.h"
#include "core/store/dataset.h"
#include "tests/unit/annot/json_tree.h"

namespace assay::annot {

inline std::string samples_dir() {
  return std::string(ASSAY_SOURCE_DIR) + "/../shared/samples/mlflow-real/";
}

// Empty when the file is not there.
inline std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    if (end > at) out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

// As far as annotations and exports look at a trace: its record, id, and assessments.
class TraceFiller {
 public:
  explicit TraceFiller(store::Dataset& dataset) : dataset_(dataset) {
    file_ = dataset.add_file(store::SourceFile{"test", 0, "test"});
  }

  store::TraceRow add(std::string_view record) {
    const TextRef ref = dataset_.reserve_text(static_cast<uint32_t>(record.size()));
    std::memcpy(dataset_.writable_text(ref), record.data(), record.size());
    record_ = ref;
    text_ = record;
    store::TraceFields fields;
    fields.file = file_;
    fields.record = ref;
    fields.record.form = TextForm::Json;
    std::vector<store::Assessment> assessments;
    json::Reader reader(record);
    REQUIRE(reader.enter_object());
    while (reader.next_key()) {
      if (reader.key_is("info")) read_info(reader, fields, assessments);
    }
    REQUIRE_FALSE(reader.failed());
    fields.trace_id = id_;
    return dataset_.add_trace(fields, {}, {}, {}, std::move(assessments));
  }

 private:
  TextRef place(const json::Piece& piece) const {
    return TextRef{record_.blob, record_.offset_bytes + piece.offset_bytes, piece.size_bytes,
                   piece.form};
  }

  void read_info(json::Reader& reader, store::TraceFields& fields,
                 std::vector<store::Assessment>& assessments) {
    REQUIRE(reader.enter_object());
    while (reader.next_key()) {
      if (reader.key_is("trace_id")) {
        id_ = reader.string().value();
      } else if (reader.key_is("request_id")) {
        id_ = reader.string().value();
        fields.shape = store::RecordShape::TraceV2;
      } else if (reader.key_is("request_preview")) {
        fields.request_preview = place(reader.piece());
      } else if (reader.key_is("response_preview")) {
        fields.response_preview = place(reader.piece());
      } else if (reader.key_is("assessments") && reader.enter_array()) {
        while (reader.next_element()) {
          const json::Piece piece = reader.piece();
          auto a = store::assessment_from_json(text_.substr(piece.offset_bytes, piece.size_bytes));
          if (!a.ok()) continue;
          a.value().changed = false;
          a.value().imported_json = place(piece);
          assessments.push_back(std::move(a).value());
        }
      }
    }
  }

  store::Dataset& dataset_;
  uint32_t file_ = 0;
  TextRef record_;
  std::string_view text_;
  std::string id_;
};

// A work place: data, journal, annotations.
struct Desk {
  explicit Desk(std::string session = "s-a")
      : journal(std::move(session)), annotations(journal, dataset), filler(dataset) {}

  store::TraceRow add_trace(const std::string& id, const std::string& assessments = "") {
    const auto row = filler.add("{\"info\": {\"trace_id\": \"" + id + "\"" +
                                (assessments.empty() ? "" : ", \"assessments\": " + assessments) +
                                ", \"state\": \"OK\", \"request_time\": \"2026-01-01T00:00:00Z\""
                                ", \"trace_location\": {\"type\": \"INFERENCE_TABLE\"}}"
                                ", \"data\": {\"spans\": []}}");
    annotations.sync();
    return row;
  }

  std::string append(const journal::NewEvent& event, int64_t now_ms = 1000) {
    const journal::Appended out = journal.append({event}, now_ms);
    annotations.sync();
    return out.txn;
  }

  // Checks and appends, as the program does.
  Status apply(const journal::NewEvent& event, int64_t now_ms = 1000) {
    ASSAY_TRY(annotations.check(event));
    append(event, now_ms);
    return ok_status();
  }

  const store::Assessment* find(store::TraceRow row, std::string_view id) const {
    for (const store::Assessment& a : dataset.assessments(row)) {
      if (a.assessment_id == id) return &a;
    }
    return nullptr;
  }

  store::Dataset dataset;
  journal::Journal journal;
  Annotations annotations;
  TraceFiller filler;
};

inline AssessmentDraft feedback_draft(const std::string& trace_id, const std::string& name,
                                      const std::string& value,
                                      ValueType type = ValueType::String) {
  AssessmentDraft draft;
  draft.trace_id = trace_id;
  draft.name = name;
  draft.value_type = type;
  draft.value_text = value;
  return draft;
}

inline journal::NewEvent create(const std::string& trace_id, const std::string& id,
                                const std::string& value = "good",
                                const std::string& overrides = "",
                                const std::string& name = "quality") {
  AssessmentDraft draft = feedback_draft(trace_id, name, value);
  draft.overrides = overrides;
  return create_event(draft, Stamp{"ann", 1000, id}).value();
}

inline journal::NewEvent update(const std::string& trace_id, const std::string& id,
                                const std::string& members) {
  return journal::NewEvent{
      std::string(kAssessmentUpdate),
      "{\"trace_id\":\"" + trace_id + "\",\"assessment_id\":\"" + id + "\"," + members + "}"};
}

}  // namespace assay::annot
