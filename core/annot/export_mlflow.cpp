#include "core/annot/export_mlflow.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "core/annot/members.h"
#include "core/annot/upgrade_v2.h"
#include "core/base/ordering.h"
#include "core/base/time.h"
#include "core/base/utf8.h"
#include "core/journal/json_text.h"
#include "core/json/reader.h"
#include "core/json/unescape.h"
#include "core/store/assessment_json.h"

namespace assay::annot {
namespace {

using store::Assessment;
using store::Dataset;
using store::TraceRow;

constexpr size_t kFlushBytes = size_t{256} << 10;

// Without one of these MLflow refuses a trace (mlflow/entities/trace_info.py). Hand-made files lack them, and
// so do systems that tell no times.
constexpr std::string_view kRequired[] = {"trace_id", "trace_location", "request_time", "state"};

// Where info.assessments stands in a record, or where it belongs. The last one counts where a key
// is there twice, as in Python.
struct InfoPlace {
  bool has_info = false;
  bool has_members = false;      // info is not {}
  std::string_view assessments;  // the value, verbatim; empty: no such member
  size_t value_begin = 0;        // offset of that value
  size_t info_end = 0;           // offset of the closing brace of info
};

InfoPlace find_info(std::string_view record) {
  InfoPlace place;
  json::Reader reader(record);
  if (!reader.enter_object()) return place;
  while (reader.next_key()) {
    if (!reader.key_is("info") || !reader.enter_object()) {
      reader.skip_value();
      continue;
    }
    place = InfoPlace{};
    while (reader.next_key()) {
      place.has_members = true;
      const bool is_wanted = reader.key_is("assessments");
      const std::string_view value = verbatim_value(reader, record);
      if (!is_wanted || reader.failed()) continue;
      place.assessments = value;
      place.value_begin = static_cast<size_t>(value.data() - record.data());
    }
    place.has_info = !reader.failed();
    place.info_end = reader.offset_bytes() - 1;
  }
  return reader.failed() ? InfoPlace{} : place;
}

// Assessments by id. `assessments` must outlive it.
class ById {
 public:
  explicit ById(const std::vector<Assessment>& assessments)
      : assessments_(assessments),
        order_(sorted_indexes(assessments.size(), [&assessments](uint32_t a, uint32_t b) {
          return assessments[a].assessment_id < assessments[b].assessment_id;
        })) {}

  // The first with this id; nullptr: none.
  const Assessment* find(std::string_view id) const {
    size_t low = 0, high = order_.size();
    while (low < high) {
      const size_t middle = low + (high - low) / 2;
      if (assessments_[order_[middle]].assessment_id < id)
        low = middle + 1;
      else
        high = middle;
    }
    if (low == order_.size()) return nullptr;
    const Assessment& found = assessments_[order_[low]];
    return found.assessment_id == id ? &found : nullptr;
  }

 private:
  const std::vector<Assessment>& assessments_;
  std::vector<uint32_t> order_;
};

bool is_as_imported(const Dataset& dataset, TraceRow row) {
  const auto& now = dataset.assessments(row);
  const auto& before = dataset.imported_assessments(row);
  if (now.size() != before.size()) return false;
  for (size_t i = 0; i < now.size(); ++i) {
    if (now[i].changed || now[i].assessment_id != before[i].assessment_id) return false;
  }
  return true;
}

// Old spellings that go when the member that took their place changes.
bool is_superseded(std::string_view key, const std::vector<Member>& before,
                   const std::vector<Member>& after) {
  const std::string_view successor = key == "error"                 ? "feedback"
                                     : key == "last_update_time_ms" ? "last_update_time"
                                                                    : "";
  if (successor.empty()) return false;
  const Member* x = find_member(before, successor);
  const Member* y = find_member(after, successor);
  return x == nullptr || y == nullptr || x->value != y->value;
}

// The imported JSON with what changed between `imported` and `current`; all else to the letter.
std::string spliced_assessment(std::string_view element, const Assessment& imported,
                               const Assessment& current, std::string_view trace_id) {
  const std::string before_json = store::assessment_to_json(imported, trace_id);
  const std::string after_json = store::assessment_to_json(current, trace_id);
  if (before_json == after_json) return std::string(element);
  const std::vector<Member> before = members_of(before_json);
  const std::vector<Member> after = members_of(after_json);
  const std::vector<Member> original = members_of(element);
  const auto is_changed = [&](const Member& now) {
    const Member* old = find_member(before, now.key);
    return old == nullptr || old->value != now.value;
  };
  std::string out;
  for (const Member& member : original) {
    const Member* now = find_member(after, member.key);
    if (now != nullptr) {
      append_member(out, member.raw_key, is_changed(*now) ? now->value : member.value);
    } else if (find_member(before, member.key) == nullptr &&
               !is_superseded(member.key, before, after)) {
      append_member(out, member.raw_key, member.value);
    }
  }
  for (const Member& now : after) {
    if (find_member(original, now.key) == nullptr && is_changed(now)) {
      append_member(out, now.raw_key, now.value);
    }
  }
  return out.empty() ? "{}" : out + "}";
}

std::string id_of(std::string_view element) {
  const std::vector<Member> members = members_of(element);
  const Member* id = find_member(members, "assessment_id");
  if (id == nullptr) return {};
  json::Reader reader(id->value);
  return reader.string().value_or(std::string());
}

// The array in force: the imported elements in their order (those that could not be read included),
// then the new ones.
std::string assessments_in_force(const Dataset& dataset, TraceRow row, std::string_view array) {
  const ById now(dataset.assessments(row));
  const ById before(dataset.imported_assessments(row));
  const std::string_view trace_id = dataset.trace_id(row);
  std::string out = "[";
  const auto put = [&out](std::string_view element) {
    if (out.size() > 1) out += ", ";
    out += element;
  };
  json::Reader reader(array);
  if (!array.empty() && reader.enter_array()) {
    while (reader.next_element()) {
      const std::string_view element = verbatim_value(reader, array);
      if (reader.failed()) break;
      const std::string id = id_of(element);
      const Assessment* imported = id.empty() ? nullptr : before.find(id);
      if (imported == nullptr) {
        put(element);
      } else if (const Assessment* current = now.find(id)) {
        put(spliced_assessment(element, *imported, *current, trace_id));
      }
    }
  }
  for (const Assessment& a : dataset.assessments(row)) {
    const bool is_new =
        a.assessment_id.empty() ? a.changed : before.find(a.assessment_id) == nullptr;
    if (is_new) put(store::assessment_to_json(a, trace_id));
  }
  return out + "]";
}

std::string with_assessments(const Dataset& dataset, TraceRow row, std::string_view record) {
  const InfoPlace place = find_info(record);
  if (!place.has_info) return std::string(record);
  const std::string array = assessments_in_force(dataset, row, place.assessments);
  std::string out;
  out.reserve(record.size() + array.size() + 32);
  if (place.assessments.empty()) {
    out = record.substr(0, place.info_end);
    out += place.has_members ? ", \"assessments\": " : "\"assessments\": ";
    out += array;
    out += record.substr(place.info_end);
    return out;
  }
  out = record.substr(0, place.value_begin);
  out += array;
  out += record.substr(place.value_begin + place.assessments.size());
  return out;
}

// Whether MLflow reads a value that begins like this; null and a number for a time it does not.
bool is_of_kind_required(std::string_view key, char first) {
  return first == (key == "trace_location" ? '{' : '"');
}

// Reads no further than the end of info.
bool has_required_info(std::string_view record) {
  size_t found = 0;
  json::Reader reader(record);
  if (!reader.enter_object()) return true;  // no trace at all: nothing to complete
  while (reader.next_key()) {
    if (!reader.key_is("info") || !reader.enter_object()) {
      reader.skip_value();
      continue;
    }
    while (reader.next_key()) {
      const auto* key = std::find_if(std::begin(kRequired), std::end(kRequired),
                                     [&reader](std::string_view name) { return reader.key_is(name); });
      const json::Kind kind = reader.peek();
      const char first = kind == json::Kind::Object ? '{' : kind == json::Kind::String ? '"' : ' ';
      if (key != std::end(kRequired) && is_of_kind_required(*key, first)) ++found;
      reader.skip_value();
    }
    return found >= std::size(kRequired);
  }
  return true;
}

// As a JSON value; what the importer made out, else what MLflow takes for unknown.
std::string required_value(const Dataset& dataset, TraceRow row, std::string_view key) {
  if (key == "trace_id") return json::quoted(dataset.trace_id(row));
  if (key == "state") return json::quoted(store::trace_state_name(dataset.state(row)));
  if (key == "trace_location")
    return R"({"type":"MLFLOW_EXPERIMENT","mlflow_experiment":{"experiment_id":"0"}})";
  const int64_t time_ns = dataset.request_time_ns(row);
  return json::quoted(format_rfc3339(time_ns == kNoTime ? 0 : time_ns));
}

std::string completed_info(const Dataset& dataset, TraceRow row, std::string_view info_json) {
  std::string out;
  const std::vector<Member> info = members_of(info_json);
  const auto is_missing = [&info](std::string_view key) {
    const Member* member = find_member(info, key);
    return member == nullptr || !is_of_kind_required(key, member->value.front());
  };
  const auto is_required = [](std::string_view key) {
    return std::find(std::begin(kRequired), std::end(kRequired), key) != std::end(kRequired);
  };
  for (const Member& member : info) {
    if (!is_required(member.key) || !is_missing(member.key))
      append_member(out, member.raw_key, member.value);
  }
  for (const std::string_view key : kRequired) {
    if (is_missing(key)) append_member(out, key, required_value(dataset, row, key));
  }
  return out + "}";
}

std::string with_required_info(const Dataset& dataset, TraceRow row, std::string_view record) {
  std::string out;
  for (const Member& member : members_of(record)) {
    append_member(out, member.raw_key,
                  member.key == "info" ? completed_info(dataset, row, member.value)
                                       : std::string(member.value));
  }
  return out + "}";
}

// The tags in force: imported ones that stay to the letter, then those that people have set.
std::string tags_in_force(const Dataset& dataset, TraceRow row, std::string_view imported) {
  std::string out, scratch;
  uint32_t count = 0;
  const store::KeyValues tags = dataset.tags(row, count);
  std::vector<std::pair<std::string, std::string>> now;
  for (uint32_t i = 0; i < count; ++i)
    now.emplace_back(dataset.name_text(tags[i].key), dataset.text_now(tags[i].value, scratch));
  const auto find = [&now](std::string_view key) {
    return std::find_if(now.begin(), now.end(), [key](const auto& tag) { return tag.first == key; });
  };
  for (const Member& member : members_of(imported)) {
    const auto tag = find(member.key);
    if (tag == now.end()) continue;
    json::Reader reader(member.value);
    const bool same = reader.string() == tag->second || member.value == tag->second;
    append_member(out, member.raw_key, same ? std::string(member.value) : json::quoted(tag->second));
    now.erase(tag);
  }
  for (const auto& [key, value] : now) {
    const std::string quoted = json::quoted(key);
    append_member(out, std::string_view(quoted).substr(1, quoted.size() - 2), json::quoted(value));
  }
  return out.empty() ? "{}" : out + "}";
}

std::string with_tags(const Dataset& dataset, TraceRow row, std::string_view record) {
  std::string out;
  for (const Member& member : members_of(record)) {
    if (member.key != "info") {
      append_member(out, member.raw_key, member.value);
      continue;
    }
    std::string info;
    bool has_tags = false;
    for (const Member& part : members_of(member.value)) {
      has_tags |= part.key == "tags";
      append_member(info, part.raw_key, part.key == "tags" ? tags_in_force(dataset, row, part.value) : std::string(part.value));
    }
    if (!has_tags) append_member(info, "tags", tags_in_force(dataset, row, "{}"));
    append_member(out, member.raw_key, info + "}");
  }
  return out.empty() ? std::string(record) : out + "}";
}

std::string upgraded(const Dataset& dataset, TraceRow row, std::string_view record) {
  if (is_as_imported(dataset, row)) return upgraded_v2_record(record, {});
  const InfoPlace place = find_info(record);
  return upgraded_v2_record(record, assessments_in_force(dataset, row, place.assessments));
}

}  // namespace

std::vector<TraceRow> all_rows(const Dataset& dataset) {
  std::vector<TraceRow> rows(dataset.trace_count());
  for (uint32_t i = 0; i < rows.size(); ++i)
    rows[i] = TraceRow{i};
  return rows;
}

std::string export_record(const Dataset& dataset, TraceRow row) {
  const store::TextScope scope(dataset);
  const std::string_view record = dataset.raw(dataset.record(row));
  std::string out;
  if (dataset.shape(row) == store::RecordShape::TraceV2)
    out = upgraded(dataset, row, record);
  else if (is_as_imported(dataset, row))
    out = std::string(record);
  else
    out = with_assessments(dataset, row, record);
  if (dataset.tags_changed(row)) out = with_tags(dataset, row, out);
  if (!has_required_info(out)) out = with_required_info(dataset, row, out);
  if (out.find_first_of("\r\n") != std::string::npos) out = journal::minified(out);
  return is_valid_utf8(out) ? out : repaired_utf8(out);
}

MlflowExport::MlflowExport(const Dataset& dataset, std::vector<TraceRow> rows, ChunkSink& sink)
    : dataset_(dataset), rows_(std::move(rows)), sink_(sink) {}

Progress MlflowExport::step(Budget& budget) {
  bool goes_on = true;
  while (next_ < rows_.size() && goes_on) {
    const TraceRow row = rows_[next_++];
    if (row.v >= dataset_.trace_count()) continue;
    std::string line = export_record(dataset_, row);
    line += '\n';
    if (buffer_.size() + line.size() > kFlushBytes) flush();
    if (line.size() > kFlushBytes)
      write(line);  // huge records are not copied once more
    else
      buffer_ += line;
    goes_on = budget.spend(static_cast<int64_t>(line.size()));
  }
  if (next_ < rows_.size()) return Progress::Working;
  flush();
  return Progress::Finished;
}

void MlflowExport::flush() {
  write(buffer_);
  buffer_.clear();
}

void MlflowExport::write(std::string_view bytes) {
  if (bytes.empty()) return;
  sink_.write(bytes);
  bytes_written_ += bytes.size();
}

}  // namespace assay::annot
