#include "core/convert/export_parts.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "core/base/numbers.h"
#include "core/convert/canonical.h"
#include "core/convert/format.h"
#include "core/convert/record_splitter.h"
#include "core/convert/table.h"
#include "core/json/tree.h"
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
  // The API's scores of numbers have no text, its traces no bookmark.
  const bool score = w.either("dataType", "data_type") && (w.either("stringValue", "string_value") || w.has("value")) &&
                     w.has("source") && w.either("traceId", "trace_id");
  const bool trace = w.either("sessionId", "session_id") && w.either("userId", "user_id") && w.has("timestamp") &&
                     (w.has("bookmarked") || w.either("htmlPath", "html_path") || (w.has("public") && w.has("tags")));
  return score || trace;
}

bool is_opik(const Words& w) {
  return w.has("feedback_scores") || w.has("span_feedback_scores") || w.has("dataset_item_data") ||
         (w.has("parent_span_id") && w.has("total_estimated_cost"));
}

// The beginning of the first file inside.
struct Head final : unpack::EntrySink {
  explicit Head(size_t max_bytes_in) : max_bytes(max_bytes_in) {}
  bool begin_entry(std::string_view, uint64_t) override { return text.empty(); }
  bool entry_bytes(std::string_view bytes) override {
    text.append(bytes.substr(0, max_bytes - text.size()));
    return text.size() < max_bytes;
  }
  void end_entry() override {}
  void problem(const unpack::Problem&) override {}  // the end is missing, of course
  size_t max_bytes;
  std::string text;
};

std::string unpacked_head(std::string_view file_name, std::string_view head, size_t max_bytes) {
  if (head.substr(0, 2) == "PK") return {};  // a zip holds its parts itself
  Head inside(max_bytes);
  unpack::Unpacker unpacker(inside, std::string(file_name));
  unpacker.push(head);
  unpacker.finish();
  return std::move(inside.text);
}

bool is_langsmith(const Words& w, std::string_view) {
  return w.has("dotted_order") || (w.has("run_type") && w.has("run_id")) || (w.has("run_id") && w.has("feedback_source"));
}

// The systems whose exports come in parts. `format`: how the names of their formats begin (formats.cpp).
struct System {
  std::string_view name, format;
  bool (*is_part)(const Words& words, std::string_view head);
};
constexpr System kSystems[] = {
    {"otlp", "OpenTelemetry OTLP", [](const Words& w, std::string_view) { return is_otlp(w); }},
    {"langsmith", "LangSmith", is_langsmith},
    {"braintrust", "Braintrust",
     [](const Words& w, std::string_view) {
       return w.has("root_span_id") && (w.either("span_attributes", "_xact_id") || w.has("_is_merge"));
     }},
    {"weave", "Weave", [](const Words& w, std::string_view) { return w.has("op_name") && w.has("started_at"); }},
    {"openai_agents", "OpenAI Agents",
     [](const Words& w, std::string_view) { return w.has("trace.span") && w.has("span_data"); }},
    {"phoenix", "Phoenix",
     [](const Words& w, std::string_view) {
       return w.has("annotator_kind") || w.has("context.span_id") || (w.has("span_kind") && w.has("context"));
     }},
    {"langfuse", "Langfuse", is_langfuse},
    {"opik", "Opik", [](const Words& w, std::string_view) { return is_opik(w); }},
};

// The system whose format reads the first record, where that is whole; or nullptr. Names alone may be of another one: a
// run of LangSmith that stands inside a row of Braintrust.
const System* system_of_first_record(std::string_view head) {
  struct First final : RecordSplitter::Sink {
    void record(std::string_view json, uint64_t) override {
      json::Tree tree;
      if (std::exchange(seen, true) || !tree.parse(json)) return;
      for (const Format& format : formats()) {
        if (!format.matches(tree.root())) continue;
        name = format.name;
        return;
      }
    }
    void broken(ingest::IssueKind, std::string_view, uint64_t) override { seen = true; }
    bool seen = false;
    std::string_view name;
  } first;
  RecordSplitter splitter(first);
  constexpr size_t kStepBytes = 4096;
  for (size_t at = 0; at < head.size() && !first.seen; at += kStepBytes) splitter.push(head.substr(at, kStepBytes));
  for (const System& system : kSystems) {
    if (!first.name.empty() && first.name.substr(0, system.format.size()) == system.format) return &system;
  }
  return nullptr;
}

std::string export_of_text(std::string_view file_name, std::string_view head) {
  const Words w(head);
  // A trace of mlflow-export-import is a folder: its facts and its spans.
  if (file_name.find('/') != std::string_view::npos &&
      (ends_with(file_name, "/trace.json") || ends_with(file_name, "/traces.json")) &&
      ((w.has("system") && w.has("mlflow")) || w.has("spans")))
    return "mlflow";
  const bool is_table = looks_like_table(head, file_name);
  if (const System* system = is_table ? nullptr : system_of_first_record(head))
    return std::string(system->is_part(w, head) ? system->name : std::string_view());
  // Of a table, the columns: cells may hold anything.
  const size_t said = head.substr(0, 4) == "sep=" ? head.find('\n') : 0;  // the separator, in a line of its own
  const std::string_view names = is_table ? head.substr(0, head.find('\n', head.find_first_not_of("\r\n", said))) : head;
  for (const System& system : kSystems) {
    if (system.is_part(Words(names), names)) return std::string(system.name);
  }
  // A session and those of its subagents.
  if (w.has("isSidechain") && w.has("parentUuid")) return "claude_code " + std::string(w.value_of("sessionId"));
  return {};
}

}  // namespace

std::string export_of_part(std::string_view file_name, std::string_view head) {
  const std::string text = unpacked_head(file_name, head, kPartHeadBytes);
  return text.empty() ? std::string() : export_of_text(file_name, text);
}

std::string ids_of_part(std::string_view file_name, std::string_view head, std::string_view export_name) {
  if (export_name.find(' ') != std::string_view::npos) return "*\n";
  // Shorter ones say nothing; longer ones are texts.
  constexpr size_t kMinBytes = 4, kMaxBytes = 128, kMaxWords = 20'000;
  constexpr std::string_view kBetween = " \t\r\n\"\\,;:'(){}[]<>";
  const std::string all = unpacked_head(file_name, head, kIdHeadBytes);
  const std::string_view text = all;
  std::unordered_set<std::string_view> seen;
  std::string out;
  for (size_t at = text.find_first_not_of(kBetween); at != std::string_view::npos && seen.size() < kMaxWords;) {
    const size_t end = std::min(text.find_first_of(kBetween, at), text.size());
    const std::string_view word = text.substr(at, end - at);
    at = text.find_first_not_of(kBetween, end);
    if (word.size() < kMinBytes || word.size() > kMaxBytes || !seen.insert(word).second) continue;
    out += mlflow_trace_id(word) + " " + mlflow_span_id(word) + "\n";
  }
  return out;
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
