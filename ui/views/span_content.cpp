#include "ui/views/span_content.h"

#include <optional>

#include "core/base/numbers.h"
#include "core/base/time.h"
#include "core/json/reader.h"
#include "ui/views/json_parts.h"

namespace assay::ui {
namespace {

using Value = JsonPart;
const auto& member = json_member;
const auto& elements = json_elements;
const auto& string_member = json_string;

int64_t event_time(const Value& value) {
  if (!value.present()) return kNoTime;
  return parse_int64(value.text).value_or(kNoTime);
}

SpanEvent read_event(const Value& object) {
  SpanEvent event;
  event.name = string_member(object, "name");
  event.time_ns = event_time(member(object, "time_unix_nano"));
  if (event.time_ns == kNoTime) event.time_ns = event_time(member(object, "timestamp"));
  event.is_exception = event.name == "exception";
  const Value attributes = member(object, "attributes");
  if (!attributes.is_object()) return event;
  for (Attribute& attribute : read_attributes(attributes.text)) {
    if (attribute.key == "exception.type") {
      event.exception_type = std::move(attribute.value.text);
    } else if (attribute.key == "exception.message") {
      event.exception_message = std::move(attribute.value.text);
    } else if (attribute.key == "exception.stacktrace") {
      event.stack_trace = std::move(attribute.value.text);
    } else {
      event.attributes.push_back(std::move(attribute));
    }
  }
  return event;
}

Document read_document(const Value& object) {
  Document document;
  for (const char* key : {"page_content", "content", "text"}) {
    const Value text = member(object, key);
    if (!text.is_string()) continue;
    document.text = text.string();
    break;
  }
  const Value metadata = member(object, "metadata");
  if (metadata.is_object()) {
    document.metadata_json = std::string(metadata.text);
    for (const char* key : {"doc_uri", "source", "title", "url"}) {
      document.title = string_member(metadata, key);
      if (!document.title.empty()) break;
    }
  }
  document.id = string_member(object, "id");
  for (const Value& holder : {object, metadata}) {
    const Value score = member(holder, "score");
    const auto number = score.present() ? parse_double(score.text) : std::nullopt;
    if (!number) continue;
    document.score = *number;
    document.has_score = true;
    break;
  }
  return document;
}

bool is_document(const Value& object) {
  if (!object.is_object()) return false;
  const bool has_text =
      member(object, "page_content").is_string() ||
      ((member(object, "content").is_string() || member(object, "text").is_string()) &&
       !member(object, "role").present());
  return has_text;
}

}  // namespace

TextBlock decode_attribute(std::string_view text) {
  const std::optional<Value> value = whole_json(text);
  if (!value) return {std::string(text), false};
  if (value->is_string()) return {value->string(), false};
  // Numbers, booleans and null are shown as they are written.
  return {std::string(text), value->is_object() || value->is_array()};
}

std::vector<Attribute> read_attributes(std::string_view attributes_json) {
  std::vector<Attribute> out;
  json::Reader reader(attributes_json);
  if (!reader.enter_object()) return out;
  while (reader.next_key()) {
    Attribute attribute;
    attribute.key = reader.key();
    const json::Piece piece = reader.piece();
    const Value value{piece.form, reader.text_of(piece)};
    attribute.value = value.is_string() ? decode_attribute(value.string())
                      : value.present() ? shown_json(value)
                                        : TextBlock{"null", false};
    out.push_back(std::move(attribute));
  }
  return out;
}

std::vector<SpanEvent> read_events(std::string_view events_json) {
  std::vector<SpanEvent> out;
  const std::optional<Value> list = whole_json(events_json);
  if (!list) return out;
  for (const Value& item : elements(*list)) {
    if (item.is_object()) out.push_back(read_event(item));
  }
  return out;
}

std::vector<Document> read_documents(std::string_view json_text) {
  std::vector<Document> out;
  std::optional<Value> value = whole_json(json_text);
  if (!value) return out;
  if (value->is_object()) {  // {"documents": [...]}, {"result": [...]}
    for (const char* key : {"documents", "result", "results", "output"}) {
      const Value inner = member(*value, key);
      if (inner.is_array()) {
        value = inner;
        break;
      }
    }
  }
  for (const Value& item : elements(*value)) {
    if (!is_document(item)) return {};
    out.push_back(read_document(item));
  }
  return out;
}

}  // namespace assay::ui
