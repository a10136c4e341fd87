#include "ui/views/json_parts.h"

#include "core/json/reader.h"
#include "core/json/unescape.h"
#include "ui/views/span_content.h"

namespace assay::ui {
namespace {

JsonPart next_part(json::Reader& reader) {
  const json::Piece piece = reader.piece();
  return {piece.form, reader.text_of(piece)};
}

}  // namespace

std::string JsonPart::string() const {
  return form == TextForm::EscapedString ? json::unescaped(text) : std::string(text);
}

std::optional<JsonPart> whole_json(std::string_view json_text) {
  json::Reader reader(json_text);
  const JsonPart value = next_part(reader);
  if (reader.failed() || !reader.at_end()) return std::nullopt;
  return value;
}

JsonPart json_member(const JsonPart& object, std::string_view key) { return json_member_of(object, {key}); }

JsonPart json_member_of(const JsonPart& object, std::initializer_list<std::string_view> keys) {
  JsonPart found;
  if (!object.is_object()) return found;
  json::Reader reader(object.text);
  if (!reader.enter_object()) return found;
  size_t rank = keys.size();
  while (reader.next_key()) {
    size_t at = 0;
    for (const std::string_view key : keys) {
      if (reader.key_is(key)) break;
      ++at;
    }
    if (at > rank || at == keys.size()) {
      reader.skip_value();
      continue;
    }
    const JsonPart value = next_part(reader);
    if (!value.present() && at != rank) continue;  // null is as good as nothing
    found = value;
    rank = at;
  }
  return reader.failed() ? JsonPart{} : found;
}

std::vector<JsonPart> json_elements(const JsonPart& array) {
  std::vector<JsonPart> out;
  if (!array.is_array()) return out;
  json::Reader reader(array.text);
  if (!reader.enter_array()) return out;
  while (reader.next_element()) out.push_back(next_part(reader));
  if (reader.failed()) out.clear();
  return out;
}

std::string json_string(const JsonPart& object, std::string_view key) { return json_string_of(object, {key}); }

std::string json_string_of(const JsonPart& object, std::initializer_list<std::string_view> keys) {
  const JsonPart value = json_member_of(object, keys);
  return value.is_string() ? value.string() : std::string();
}

TextBlock shown_json(const JsonPart& value) {
  if (value.is_string()) return {value.string(), false};
  if (!value.present()) return {};
  return {std::string(value.text), value.is_object() || value.is_array()};
}

TextBlock shown_decoded(const JsonPart& value) {
  TextBlock block = shown_json(value);
  return value.is_string() ? decode_attribute(block.text) : block;
}

}  // namespace assay::ui
