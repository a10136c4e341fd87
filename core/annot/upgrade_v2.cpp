#include "core/annot/upgrade_v2.h"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/annot/members.h"
#include "core/base/numbers.h"
#include "core/base/time.h"
#include "core/json/reader.h"
#include "core/json/unescape.h"

namespace assay::annot {
namespace {

constexpr int64_t kNsPerMs = 1'000'000;

bool is_null(std::string_view value) { return value.empty() || value == "null"; }

std::string string_in(std::string_view json) {
  json::Reader reader(json);
  return reader.string().value_or(std::string());
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// "0x…" to base64 of `size` bytes (RFC 4648, padded); nothing when it is no such number.
std::optional<std::string> base64_of_hex(std::string_view hex, size_t size) {
  if (hex.substr(0, 2) == "0x" || hex.substr(0, 2) == "0X") hex.remove_prefix(2);
  if (hex.empty() || hex.size() > size * 2) return std::nullopt;
  std::array<uint8_t, 18> bytes{};  // zeros behind the end serve as padding
  for (size_t i = 0; i < hex.size(); ++i) {
    const int digit = hex_value(hex[i]);
    if (digit < 0) return std::nullopt;
    const size_t nibble = size * 2 - hex.size() + i;  // leading zeros may have been left out
    bytes[nibble / 2] = static_cast<uint8_t>(bytes[nibble / 2] << 4 | digit);
  }
  static constexpr char kAlphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < size; i += 3) {
    const uint32_t group = static_cast<uint32_t>(bytes[i]) << 16 |
                           static_cast<uint32_t>(bytes[i + 1]) << 8 | bytes[i + 2];
    for (size_t k = 0; k < 4; ++k) {
      const bool is_padding = i + k > size;
      out += is_padding ? '=' : kAlphabet[group >> (18 - 6 * k) & 63];
    }
  }
  return out;
}

// Renames one member of an event; the rest stays.
std::string upgraded_event(std::string_view event) {
  std::string out;
  const std::vector<Member> members = members_of(event);
  if (members.empty()) return std::string(event);
  const bool has_new_name = find_member(members, "time_unix_nano") != nullptr;
  for (const Member& member : members) {
    const bool renamed = member.key == "timestamp" && !has_new_name;
    append_member(out, renamed ? "time_unix_nano" : member.raw_key, member.value);
  }
  return out + "}";
}

// An array with each element rewritten; other values as they are.
std::string rewritten_array(std::string_view array, std::string (*rewrite)(std::string_view)) {
  json::Reader reader(array);
  if (!reader.enter_array()) return std::string(array);
  std::string out = "[";
  while (reader.next_element()) {
    if (out.size() > 1) out += ',';
    out += rewrite(verbatim_value(reader, array));
  }
  return reader.failed() ? std::string(array) : out + "]";
}

std::string status_object(const std::vector<Member>& span) {
  const Member* code = find_member(span, "status_code");
  const Member* message = find_member(span, "status_message");
  std::string name = code == nullptr ? std::string() : string_in(code->value);
  if (name.empty()) name = "UNSET";
  std::string out;
  append_member(out, "code", json::quoted("STATUS_CODE_" + name));
  append_member(out, "message",
                message == nullptr || is_null(message->value) ? "\"\"" : message->value);
  return out + "}";
}

struct SpanIds {
  std::string trace_id, span_id, parent_span_id;  // JSON values
};

std::optional<SpanIds> ids_of(const std::vector<Member>& span) {
  const Member* context = find_member(span, "context");
  if (context == nullptr) return std::nullopt;
  const std::vector<Member> in_context = members_of(context->value);
  const Member* trace_id = find_member(in_context, "trace_id");
  const Member* span_id = find_member(in_context, "span_id");
  const Member* parent_id = find_member(span, "parent_id");
  if (trace_id == nullptr || span_id == nullptr) return std::nullopt;
  const auto trace_base64 = base64_of_hex(string_in(trace_id->value), 16);
  const auto span_base64 = base64_of_hex(string_in(span_id->value), 8);
  if (!trace_base64 || !span_base64) return std::nullopt;
  SpanIds out{json::quoted(*trace_base64), json::quoted(*span_base64), "null"};
  if (parent_id == nullptr || is_null(parent_id->value)) return out;
  const auto parent_base64 = base64_of_hex(string_in(parent_id->value), 8);
  if (!parent_base64) return std::nullopt;
  out.parent_span_id = json::quoted(*parent_base64);
  return out;
}

std::string upgraded_span(std::string_view span_json) {
  const std::vector<Member> span = members_of(span_json);
  const auto ids = ids_of(span);
  if (!ids) return std::string(span_json);
  std::string out;
  append_member(out, "trace_id", ids->trace_id);
  append_member(out, "span_id", ids->span_id);
  append_member(out, "parent_span_id", ids->parent_span_id);
  bool has_status = false;
  for (const Member& member : span) {
    const std::string& key = member.key;
    if (key == "context" || key == "parent_id") continue;
    if (key == "status_code" || key == "status_message") {
      if (!has_status) append_member(out, "status", status_object(span));
      has_status = true;
    } else if (key == "start_time") {
      append_member(out, "start_time_unix_nano", member.value);
    } else if (key == "end_time") {
      append_member(out, "end_time_unix_nano", member.value);
    } else if (key == "events") {
      append_member(out, "events", rewritten_array(member.value, upgraded_event));
    } else {
      append_member(out, member.raw_key, member.value);
    }
  }
  if (!has_status && find_member(span, "status") == nullptr) {
    append_member(out, "status", status_object(span));
  }
  return out + "}";
}

std::string upgraded_data(std::string_view data_json) {
  const std::vector<Member> data = members_of(data_json);
  if (data.empty()) return std::string(data_json);
  std::string out;
  for (const Member& member : data) {
    append_member(out, member.raw_key,
                  member.key == "spans" ? rewritten_array(member.value, upgraded_span)
                                        : std::string(member.value));
  }
  return out + "}";
}

std::string location_of(std::string_view experiment_id) {
  if (is_null(experiment_id)) return R"({"type":"TRACE_LOCATION_TYPE_UNSPECIFIED"})";
  std::string id(experiment_id);
  if (id.front() != '"') id = json::quoted(id);  // a number: MLflow's ids are strings
  return R"({"type":"MLFLOW_EXPERIMENT","mlflow_experiment":{"experiment_id":)" + id + "}}";
}

// RFC 3339 text as a JSON string; nothing when the value is no time.
std::optional<std::string> request_time_of(std::string_view timestamp_ms) {
  json::Reader reader(timestamp_ms);
  const auto time_ms = reader.integer();
  if (!time_ms || *time_ms > INT64_MAX / kNsPerMs || *time_ms < INT64_MIN / kNsPerMs) {
    return std::nullopt;
  }
  return json::quoted(format_rfc3339(*time_ms * kNsPerMs));
}

std::string state_of(std::string_view status) {
  return string_in(status) == "TRACE_STATUS_UNSPECIFIED" ? "\"STATE_UNSPECIFIED\""
                                                         : std::string(status);
}

// Builds the V3 info; members that already have a V3 name win over those to be renamed. Not so the id: a trace that has
// a request_id is known by it, here as in MLflow (TraceInfo.from_dict).
class InfoUpgrade {
 public:
  explicit InfoUpgrade(std::string_view info_json) : info_(members_of(info_json)) {}

  std::string run(std::string_view assessments) {
    const bool has_request_id = value("request_id").starts_with('"');
    if (has_request_id) put("trace_id", value("request_id"));
    else rename("request_id", "trace_id");
    if (missing("trace_location")) put("trace_location", location_of(value("experiment_id")));
    if (missing("request_time")) {
      if (const auto time = request_time_of(value("timestamp_ms"))) put("request_time", *time);
    }
    if (missing("state") && !value("status").empty()) put("state", state_of(value("status")));
    rename("request_metadata", "trace_metadata");
    if (!assessments.empty()) put("assessments", assessments);
    put_preview("request_preview", "mlflow.traceInputs");
    put_preview("response_preview", "mlflow.traceOutputs");
    if (!is_null(value("execution_time_ms"))) rename("execution_time_ms", "execution_duration_ms");
    for (const Member& member : info_) {
      const bool is_written = (member.key == "assessments" && !assessments.empty()) || (member.key == "trace_id" && has_request_id);
      if (!is_old_name(member.key) && !is_written) append_member(out_, member.raw_key, member.value);
    }
    return out_.empty() ? "{}" : out_ + "}";
  }

 private:
  static bool is_old_name(std::string_view key) {
    for (const std::string_view old : {"request_id", "experiment_id", "timestamp_ms", "status",
                                       "request_metadata", "execution_time_ms"}) {
      if (key == old) return true;
    }
    return false;
  }
  bool missing(std::string_view key) const { return find_member(info_, key) == nullptr; }
  std::string_view value(std::string_view key) const {
    const Member* member = find_member(info_, key);
    return member == nullptr ? std::string_view() : member->value;
  }
  void put(std::string_view key, std::string_view json) { append_member(out_, key, json); }
  void rename(std::string_view from, std::string_view to) {
    if (missing(to) && !value(from).empty()) put(to, value(from));
  }
  void put_preview(std::string_view key, std::string_view metadata_key) {
    const std::vector<Member> metadata = members_of(value("request_metadata"));
    const Member* text = find_member(metadata, metadata_key);
    if (missing(key) && text != nullptr && text->value.front() == '"') put(key, text->value);
  }

  std::vector<Member> info_;
  std::string out_;
};

}  // namespace

std::string upgraded_v2_record(std::string_view record, std::string_view assessments) {
  const std::vector<Member> members = members_of(record);
  if (members.empty()) return std::string(record);
  std::string out;
  for (const Member& member : members) {
    if (member.key == "info" && member.value.front() == '{') {
      append_member(out, "info", InfoUpgrade(member.value).run(assessments));
    } else if (member.key == "data") {
      append_member(out, "data", upgraded_data(member.value));
    } else {
      append_member(out, member.raw_key, member.value);
    }
  }
  return out + "}";
}

}  // namespace assay::annot
