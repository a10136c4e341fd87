// JSON values inside a larger text, without a tree: what the readers of span contents walk over.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/text_ref.h"

namespace assay::ui {

struct TextBlock;

// Strings stand without their quotes, still escaped.
struct JsonPart {
  TextForm form = TextForm::None;
  std::string_view text;

  bool present() const { return form != TextForm::None; }
  bool is_string() const { return form == TextForm::Plain || form == TextForm::EscapedString; }
  bool is_object() const { return form == TextForm::Json && !text.empty() && text[0] == '{'; }
  bool is_array() const { return form == TextForm::Json && !text.empty() && text[0] == '['; }
  bool is_true() const { return form == TextForm::Json && text == "true"; }
  std::string string() const;  // unescaped
};

std::optional<JsonPart> whole_json(std::string_view json_text);
JsonPart json_member(const JsonPart& object, std::string_view key);
// The first of several names that is there.
JsonPart json_member_of(const JsonPart& object, std::initializer_list<std::string_view> keys);
std::vector<JsonPart> json_elements(const JsonPart& array);
std::string json_string(const JsonPart& object, std::string_view key);  // "" when it is no string
std::string json_string_of(const JsonPart& object, std::initializer_list<std::string_view> keys);
TextBlock shown_json(const JsonPart& value);
// A string that is JSON stands for that JSON.
TextBlock shown_decoded(const JsonPart& value);

}  // namespace assay::ui
