// TextRef: where a piece of loaded text stands. Long-lived structs keep TextRefs, never string_views.
#pragma once

#include <cstdint>

namespace assay {

// What the bytes at a TextRef are.
enum class TextForm : uint8_t {
  None,           // no text: the field was absent or null
  Plain,          // a JSON string's contents without escapes: the bytes are the text
  EscapedString,  // a JSON string's contents with backslashes: unescape to get the text
  Json,           // a JSON value that is not a string (object, array, number, true, …), verbatim
};

struct TextRef {
  uint32_t blob = 0;          // index of the owner's block
  uint32_t offset_bytes = 0;  // inside that block
  uint32_t size_bytes = 0;
  TextForm form = TextForm::None;

  bool present() const { return form != TextForm::None; }
};

}  // namespace assay
