// What MLflow's REST API writes otherwise than Trace.to_json(): see mlflow_parts.h.
#include "core/base/numbers.h"
#include "core/convert/mlflow_parts.h"
#include "core/json/unescape.h"

namespace assay::convert {
namespace {

std::string integer_text(int64_t value) {
  std::string out;
  append_int(out, value);
  return out;
}

// [{"key": …, "value": …}] as a map of texts.
std::string map_of_pairs(json::Node list) {
  Members map;
  for (json::Node pair = list.first(); pair; pair = pair.next()) {
    const json::Node value = pair["value"];
    map.set(pair["key"].text_or_raw(),
            value.is_string() ? std::string(value.raw()) : json::quoted(value.text_or_raw()));
  }
  return map.json();
}

// --- OTel's AnyValue ---

void append_string(std::string& out, json::Node text) {
  // Half of a surrogate pair stays as it is written; everything else is written as MLflow writes
  // it.
  if (text.raw().find("\\ud") != std::string_view::npos ||
      text.raw().find("\\uD") != std::string_view::npos) {
    out += text.raw();
  } else {
    json::append_quoted(out, text.text());
  }
}

void append_any_value(std::string& out, json::Node any);

void append_scalar(std::string& out, json::Node value) {
  if (value.key_is("string_value") || value.key_is("stringValue") || value.key_is("bytes_value") ||
      value.key_is("bytesValue")) {
    if (value.is_string()) {
      append_string(out, value);
    } else {
      out += value.raw();
    }
    return;
  }
  const bool is_integer = value.key_is("int_value") || value.key_is("intValue");
  const bool is_double = value.key_is("double_value") || value.key_is("doubleValue");
  if (is_integer && value.is_string() && value.integer()) {
    append_int(out, *value.integer());
  } else if (is_double && value.is_string()) {  // protobuf has "NaN" and "Infinity" in quotes
    const std::string text = value.text();
    const bool known = text == "NaN" || text == "Infinity" || text == "-Infinity";
    out += known ? text : std::string(value.raw());
  } else {
    out += value.raw();
  }
}

void append_any_value(std::string& out, json::Node any) {
  const json::Node value = any.first();
  if (!any.is_object() || !value) {
    out += any.present() && !any.is_object() ? any.raw() : std::string_view("null");
    return;
  }
  const bool is_list = value.key_is("array_value") || value.key_is("arrayValue");
  const bool is_map = value.key_is("kvlist_value") || value.key_is("kvlistValue");
  if (!is_list && !is_map) return append_scalar(out, value);
  out += is_list ? '[' : '{';
  bool first = true;
  for (json::Node each = value["values"].first(); each; each = each.next()) {
    if (is_map && !each["key"].is_string()) continue;
    if (!first) out += ", ";
    first = false;
    if (is_map) {
      append_string(out, each["key"]);
      out += ": ";
    }
    append_any_value(out, is_map ? each["value"] : each);
  }
  out += is_list ? ']' : '}';
}

// A KeyValue list as a map; `as_text`: the values as JSON texts, as MLflow has a span's.
std::string attribute_map(json::Node list, bool as_text) {
  if (!list.is_array()) return list.is_object() ? std::string(list.raw()) : "{}";
  std::string out = "{", value;
  bool first = true;
  for (json::Node each = list.first(); each; each = each.next()) {
    if (!each["key"].is_string()) continue;
    if (!first) out += ", ";
    first = false;
    append_string(out, each["key"]);
    out += ": ";
    value.clear();
    append_any_value(value, each["value"]);
    if (as_text) {
      json::append_quoted(out, value);
    } else {
      out += value;
    }
  }
  return out + "}";
}

// Events and links: only their attributes have another form.
std::string with_plain_attributes(json::Node list) {
  std::string out = "[";
  for (json::Node each = list.first(); each; each = each.next()) {
    if (out.size() > 1) out += ", ";
    if (!each.is_object()) {
      out += each.raw();
      continue;
    }
    Members members;
    for (json::Node member = each.first(); member; member = member.next()) {
      const bool is_time =
          member.key_is("time_unix_nano") && member.is_string() && member.integer();
      members.set(member.key(), member.key_is("attributes") ? attribute_map(member, false)
                                : is_time                   ? integer_text(*member.integer())
                                                            : std::string(member.raw()));
    }
    if (!members.has("attributes")) members.set("attributes", "{}");
    out += members.json();
  }
  return out + "]";
}

std::string status_json(json::Node status) {
  Members members;
  members.set("code", "\"STATUS_CODE_UNSET\"");
  members.set("message", "\"\"");
  for (json::Node member = status.first(); member && status.is_object(); member = member.next()) {
    members.set(member.key(), std::string(member.raw()));
  }
  return members.json();
}

std::string raw_or(json::Node node, std::string_view fallback) {
  return std::string(node.present() ? node.raw() : fallback);
}

std::string nanos_json(json::Node node) {
  const auto value = node.integer();
  return value ? integer_text(*value) : raw_or(node, "null");
}

}  // namespace

Members info_of_rest(json::Node info) {
  Members out;
  if (!info.is_object()) return out;
  for (json::Node member = info.first(); member; member = member.next()) {
    if (member.key_is("execution_duration")) {
      const auto ns = member.is_string() ? parse_duration_ns(member.text()) : std::nullopt;
      if (ns && *ns % 1'000'000 == 0) {
        out.set("execution_duration_ms", integer_text(*ns / 1'000'000));
        continue;
      }
    }
    const bool is_map = member.key_is("request_metadata") || member.key_is("trace_metadata") ||
                        member.key_is("tags");
    out.set(member.key(),
            is_map && member.is_array() ? map_of_pairs(member) : std::string(member.raw()));
  }
  return out;
}

std::string span_of_rest(json::Node span) {
  if (!span["attributes"].is_array()) return std::string(span.raw());
  Members out;
  out.set("trace_id", raw_or(span["trace_id"], "\"\""));
  out.set("span_id", raw_or(span["span_id"], "\"\""));
  out.set("parent_span_id",
          span["parent_span_id"].has_content() ? raw_or(span["parent_span_id"], "null") : "null");
  out.set("name", raw_or(span["name"], "\"\""));
  out.set("start_time_unix_nano", nanos_json(span["start_time_unix_nano"]));
  out.set("end_time_unix_nano", nanos_json(span["end_time_unix_nano"]));
  out.set("events", with_plain_attributes(span["events"]));
  out.set("status", status_json(span["status"]));
  out.set("attributes", attribute_map(span["attributes"], true));
  for (json::Node member = span.first(); member; member = member.next()) {
    const std::string key = member.key();
    if (out.has(key)) continue;
    out.set(key, key == "links" ? with_plain_attributes(member) : std::string(member.raw()));
  }
  return out.json();
}

std::string spans_of_rest(json::Node spans) {
  std::string out = "[";
  for (json::Node span = spans.first(); span; span = span.next()) {
    if (out.size() > 1) out += ", ";
    out += span_of_rest(span);
  }
  return out + "]";
}

}  // namespace assay::convert
