#include "core/convert/export_parts.h"

#include "core/base/numbers.h"
#include "core/unpack/unpack.h"

namespace assay::convert {
namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

// Names of members, columns and values, whole words of the text: in JSON, in a header line and in Parquet.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}
  bool has(std::string_view word) const {
    for (size_t at = text_.find(word); at != std::string_view::npos; at = text_.find(word, at + 1)) {
      const size_t end = at + word.size();
      if ((at == 0 || !is_word(text_[at - 1])) && (end >= text_.size() || !is_word(text_[end]))) return true;
    }
    return false;
  }
  bool either(std::string_view a, std::string_view b) const { return has(a) || has(b); }
  // The text after "name":
  std::string_view value_of(std::string_view name) const {
    const std::string quoted = "\"" + std::string(name) + "\"";
    size_t at = text_.find(quoted);
    if (at == std::string_view::npos) return {};
    at = text_.find('"', at + quoted.size());
    if (at == std::string_view::npos) return {};
    const size_t end = text_.find('"', at + 1);
    return end == std::string_view::npos ? std::string_view() : text_.substr(at + 1, end - at - 1);
  }

 private:
  std::string_view text_;
};

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool is_otlp(const Words& w) {
  return w.either("resourceSpans", "resource_spans") || w.either("resourceLogs", "resource_logs") ||
         (w.has("batches") && w.either("scopeSpans", "instrumentationLibrarySpans")) ||
         w.either("scopeSpans", "scope_spans");
}

// Rows of the tables, of the API and of the blob storage. The download of a trace has all of it in one file.
bool is_langfuse(const Words& w, std::string_view head) {
  const std::string_view begin = head.substr(0, 256);
  if (begin.find("\"trace\"") != std::string_view::npos || begin.find("\"observations\"") != std::string_view::npos) return false;
  if (w.either("parentObservationId", "parent_observation_id")) return true;
  const bool score = w.either("dataType", "data_type") && w.either("stringValue", "string_value") && w.has("source") &&
                     w.either("traceId", "trace_id");
  const bool trace = w.either("sessionId", "session_id") && w.either("userId", "user_id") && w.has("timestamp") &&
                     w.has("bookmarked");
  return score || trace;
}

bool is_opik(const Words& w) {
  return w.has("feedback_scores") || w.has("span_feedback_scores") || w.has("dataset_item_data") ||
         (w.has("parent_span_id") && w.has("total_estimated_cost"));
}

// The beginning of the first file inside.
struct Head final : unpack::EntrySink {
  bool begin_entry(std::string_view, uint64_t) override { return text.empty(); }
  bool entry_bytes(std::string_view bytes) override {
    text.append(bytes.substr(0, kPartHeadBytes - text.size()));
    return text.size() < kPartHeadBytes;
  }
  void end_entry() override {}
  void problem(const unpack::Problem&) override {}  // the end is missing, of course
  std::string text;
};

std::string export_of_text(std::string_view file_name, std::string_view head) {
  const Words w(head);
  // A trace of mlflow-export-import is a folder: its facts and its spans.
  if (file_name.find('/') != std::string_view::npos &&
      (ends_with(file_name, "/trace.json") || ends_with(file_name, "/traces.json")) &&
      ((w.has("system") && w.has("mlflow")) || w.has("spans")))
    return "mlflow";
  if (is_otlp(w)) return "otlp";
  if (w.has("dotted_order") || (w.has("run_type") && w.has("run_id")) || (w.has("run_id") && w.has("feedback_source")))
    return "langsmith";
  if (w.has("root_span_id") && (w.either("span_attributes", "_xact_id") || w.has("_is_merge"))) return "braintrust";
  if (w.has("op_name") && w.has("started_at")) return "weave";
  if (w.has("trace.span") && w.has("span_data")) return "openai_agents";
  if (w.has("annotator_kind") || w.has("context.span_id") || (w.has("span_kind") && w.has("context"))) return "phoenix";
  if (is_langfuse(w, head)) return "langfuse";
  if (is_opik(w)) return "opik";
  // A session and those of its subagents.
  if (w.has("isSidechain") && w.has("parentUuid")) return "claude_code " + std::string(w.value_of("sessionId"));
  return {};
}

}  // namespace

std::string export_of_part(std::string_view file_name, std::string_view head) {
  if (head.substr(0, 2) == "PK") return {};  // a zip holds its parts itself
  Head inside;
  unpack::Unpacker unpacker(inside, std::string(file_name));
  unpacker.push(head);
  unpacker.finish();
  return export_of_text(file_name, inside.text);
}

std::vector<std::vector<uint32_t>> joined_files(const std::vector<PartFile>& files) {
  struct Open {
    std::string_view name;
    size_t list;
    uint64_t size_bytes;
  };
  std::vector<std::vector<uint32_t>> lists;
  std::vector<Open> open;  // the list of each export that further files join
  for (uint32_t i = 0; i < files.size(); ++i) {
    const PartFile& file = files[i];
    Open* found = nullptr;
    for (Open& each : open) {
      if (!file.export_name.empty() && each.name == file.export_name) found = &each;
    }
    if (found != nullptr && found->size_bytes + file.size_bytes <= kMaxJoinedBytes) {
      found->size_bytes += file.size_bytes;
      lists[found->list].push_back(i);
      continue;
    }
    lists.push_back({i});
    if (file.export_name.empty()) continue;
    const Open fresh{file.export_name, lists.size() - 1, file.size_bytes};
    if (found != nullptr) *found = fresh;
    else open.push_back(fresh);
  }
  return lists;
}

std::string joined_name(std::string_view first_name, size_t count) {
  std::string name(first_name);
  if (count < 2) return name;
  name += " + ";
  append_int(name, static_cast<int64_t>(count - 1));
  return name;
}

}  // namespace assay::convert
