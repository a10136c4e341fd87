// Wrapping and selection of long texts: pure functions over bytes, no drawing. Offsets are byte
// offsets into UTF-8 and always lie on code point boundaries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "ui/kit/geometry.h"

namespace assay::kit {

// A byte range, half open. Selections may be backward: anchor > caret.
struct TextRange {
  size_t from = 0, to = 0;
  bool empty() const { return from >= to; }
  friend bool operator==(const TextRange&, const TextRange&) = default;
};
struct TextSelection {
  size_t anchor = 0;
  size_t caret = 0;
  TextRange range() const {
    return anchor < caret ? TextRange{anchor, caret} : TextRange{caret, anchor};
  }
  bool empty() const { return anchor == caret; }
};

// Wraps a text incrementally: step() reads some bytes on and appends the starts of the lines it
// found. Lines break at line feeds, and where the width is used up: after spaces, hyphens and
// slashes, before and after any ideograph or kana (not before closing and not after opening
// punctuation), anywhere when a word is longer than a line. Spaces at the end of a line may hang
// over it.
struct WrapState {
  std::vector<uint32_t> line_starts;  // of every line found so far; the first is 0
  size_t wrapped_bytes = 0;           // everything before is wrapped (a line start)
  bool finished = false;
  size_t size_bytes() const { return line_starts.capacity() * sizeof(uint32_t); }
};
// `advance_pt(code_point)`: width of a character. `width_pt` ≤ 0: break at line feeds only.
// `tab_pt`: distance of tab stops. Works until `budget_bytes` are read and a line ended, or the
// end.
void wrap_step(std::string_view text, float width_pt, float tab_pt,
               FunctionRef<float(uint32_t code_point)> advance_pt, size_t budget_bytes,
               WrapState& state);

// The line in which `offset` lies (state must reach it); its bytes without the line feed.
size_t line_of(const WrapState& state, size_t offset);
TextRange line_range(std::string_view text, const WrapState& state, size_t line);

// x of the character at `offset` in a line that begins at `line_start`.
float x_of_offset(std::string_view text, size_t line_start, size_t offset, float tab_pt,
                  FunctionRef<float(uint32_t)> advance_pt);
// The offset nearest to x in the line [range.from, range.to).
size_t offset_at_x(std::string_view text, TextRange range, float x_pt, float tab_pt,
                   FunctionRef<float(uint32_t)> advance_pt);

size_t next_char(std::string_view text, size_t offset);      // text.size() at the end
size_t previous_char(std::string_view text, size_t offset);  // 0 at the start
// The word, run of blanks, or single punctuation mark at `offset`; ideographs count one by one.
TextRange word_at(std::string_view text, size_t offset);
// The paragraph (between line feeds, with its line feed) at `offset`.
TextRange paragraph_at(std::string_view text, size_t offset);
size_t next_word(std::string_view text, size_t offset);  // start of the next word
size_t previous_word(std::string_view text, size_t offset);

// What a drag selects after a single (1), double (2) or triple (3) click: whole characters, words
// or paragraphs from where it began to where it is.
TextSelection extend_selection(std::string_view text, TextRange begun, size_t offset, int clicks);

bool is_ideograph(uint32_t code_point);  // breaks on both sides
bool is_word_char(uint32_t code_point);  // letters, digits, underscore, apostrophe

}  // namespace assay::kit
