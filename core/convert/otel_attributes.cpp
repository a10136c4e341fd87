#include <unordered_set>

#include "core/convert/encodings.h"
#include "core/convert/otel_span.h"
#include "core/convert/otel_values.h"
#include "core/json/tree.h"
#include "core/json/unescape.h"
#include "core/json/writer.h"

namespace assay::convert {
namespace {

void write_any_value(json::Writer& w, json::Node value) {
  const json::Node kind = value.first();
  if (!value.is_object() || !kind.present()) {
    w.raw(value.present() && !value.is_object() ? value.raw() : std::string_view("null"));
    return;
  }
  const auto is = [&](std::string_view camel, std::string_view snake) { return kind.key_is(camel) || kind.key_is(snake); };
  if (is("stringValue", "string_value")) {
    w.raw(kind.is_string() ? kind.raw() : std::string_view("\"\""));
  } else if (is("intValue", "int_value")) {
    if (const auto number = kind.integer()) {
      w.integer(*number);
    } else {
      w.raw(kind.raw());
    }
  } else if (is("arrayValue", "array_value")) {
    w.begin_array();
    for (json::Node each = kind["values"].first(); each; each = each.next()) write_any_value(w, each);
    w.end_array();
  } else if (is("kvlistValue", "kvlist_value")) {
    w.begin_object();
    for (json::Node each = kind["values"].first(); each; each = each.next()) {
      w.key(each["key"].text());
      write_any_value(w, each["value"]);
    }
    w.end_object();
  } else {  // boolValue, doubleValue, bytesValue (base64 stays text)
    w.raw(kind.raw());
  }
}

// Attributes from `first` on.
void decode_json_attributes(std::vector<Attribute>& attributes, size_t first) {
  std::string list;  // the tree looks into it
  json::Tree named;
  for (size_t i = first; i < attributes.size(); ++i) {
    if (attributes[i].key != kJsonAttributes) continue;
    list = attributes[i].json;
    if (!named.parse(list)) return;
    attributes.erase(attributes.begin() + static_cast<ptrdiff_t>(i));
    break;
  }
  std::unordered_set<std::string> keys;
  for (json::Node each = named.root().first(); each; each = each.next()) keys.insert(each.text());
  for (size_t i = first; i < attributes.size() && !keys.empty(); ++i) {
    std::string& json = attributes[i].json;
    if (keys.count(attributes[i].key) == 0 || json.size() < 2 || json[0] != '"') continue;
    std::string text = json::unescaped(std::string_view(json).substr(1, json.size() - 2));
    if (is_json(text)) json = std::move(text);
  }
}

}  // namespace

std::string json_of_any_value(json::Node any_value) {
  std::string out;
  json::Writer w(out);
  write_any_value(w, any_value);
  return out;
}

void append_otlp_attributes(json::Node list, std::vector<Attribute>& out) {
  if (list.is_object()) {
    for (json::Node each = list.first(); each; each = each.next()) out.push_back({each.key(), std::string(each.raw())});
    return;
  }
  if (!list.is_array()) return;
  const size_t before = out.size();
  for (json::Node each = list.first(); each; each = each.next()) {
    const std::string key = each["key"].text();
    if (!key.empty()) out.push_back({key, json_of_any_value(each["value"])});
  }
  decode_json_attributes(out, before);
}

const std::string* find_attribute(const std::vector<Attribute>& attributes, std::string_view key) {
  for (size_t i = attributes.size(); i-- > 0;) {
    if (attributes[i].key == key) return &attributes[i].json;
  }
  return nullptr;
}

void apply_facts(CanonicalTrace& trace, TraceFacts&& facts) {
  if (!facts.id.empty()) trace.id = std::move(facts.id);
  if (trace.client_request_id.empty()) trace.client_request_id = std::move(facts.client_request_id);
  if (trace.state == TraceState::Derived) trace.state = facts.state;
  if (trace.session.empty()) trace.session = std::move(facts.session);
  if (trace.user.empty()) trace.user = std::move(facts.user);
  if (trace.name.empty()) trace.name = std::move(facts.name);
  if (trace.inputs_json.empty()) trace.inputs_json = std::move(facts.inputs_json);
  if (trace.outputs_json.empty()) trace.outputs_json = std::move(facts.outputs_json);
  for (auto& pair : facts.metadata) trace.metadata.push_back(std::move(pair));
  for (auto& pair : facts.tags) trace.tags.push_back(std::move(pair));
  for (CanonicalAssessment& a : facts.assessments) trace.assessments.push_back(std::move(a));
}

}  // namespace assay::convert

namespace assay::convert::otel {

bool has_content(const std::string* json) {
  return json != nullptr && *json != "null" && *json != "\"\"" && *json != "{}" && *json != "[]" && *json != "\"{}\"";
}

std::string text_of(const Attributes& attributes, std::string_view key) {
  const std::string* json = find_attribute(attributes, key);
  if (!has_content(json)) return {};
  if ((*json)[0] == '"') return json::unescaped(std::string_view(*json).substr(1, json->size() - 2));
  return *json;
}

std::string first_text(const Attributes& attributes, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    std::string text = text_of(attributes, key);
    if (!text.empty()) return text;
  }
  return {};
}

std::string first_value(const Attributes& a, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    std::string value = value_of(a, key);
    if (!value.empty()) return value;
  }
  return {};
}

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

std::string value_of(const Attributes& a, std::string_view key) {
  const std::string* json = find_attribute(a, key);
  if (!has_content(json)) return {};
  if ((*json)[0] != '"') return *json;
  return json_of_text(json::unescaped(std::string_view(*json).substr(1, json->size() - 2)));
}

}  // namespace assay::convert::otel
