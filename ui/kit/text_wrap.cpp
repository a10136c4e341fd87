#include "ui/kit/text_wrap.h"

#include <algorithm>
#include <cmath>

#include "core/base/utf8.h"

namespace assay::kit {
namespace {

// Without wrapping, a text of one endless line still gets pieces that can be drawn one by one.
constexpr size_t kLongestLineBytes = 8192;

bool is_blank(uint32_t c) { return c == ' ' || c == '\t' || c == 0x3000; }

// East Asian punctuation that must not begin (closing) or end (opening) a line.
bool is_closing(uint32_t c) {
  switch (c) {
    case ')':
    case ']':
    case '}':
    case '.':
    case ',':
    case ';':
    case ':':
    case '!':
    case '?':
    case 0x2019:
    case 0x201D:
    case 0x2026:
    case 0x3001:
    case 0x3002:
    case 0x3009:
    case 0x300B:
    case 0x300D:
    case 0x300F:
    case 0x3011:
    case 0x3015:
    case 0x3017:
    case 0x30FC:
    case 0xFF01:
    case 0xFF09:
    case 0xFF0C:
    case 0xFF0E:
    case 0xFF1A:
    case 0xFF1B:
    case 0xFF1F:
    case 0xFF3D:
    case 0xFF5D:
    case 0x30FB:
    case 0x2014:
      return true;
    default:
      return false;
  }
}

bool is_opening(uint32_t c) {
  switch (c) {
    case '(':
    case '[':
    case '{':
    case 0x2018:
    case 0x201C:
    case 0x3008:
    case 0x300A:
    case 0x300C:
    case 0x300E:
    case 0x3010:
    case 0x3014:
    case 0x3016:
    case 0xFF08:
    case 0xFF3B:
    case 0xFF5B:
      return true;
    default:
      return false;
  }
}

// May a line break between these two characters?
bool may_break(uint32_t before, uint32_t after) {
  if (is_blank(after)) return false;  // blanks hang at the end of the line
  if (is_blank(before)) return true;
  if (before == 0x200B) return true;  // zero-width space
  if (before == 0x200D || after == 0x200D || (after >= 0xFE00 && after <= 0xFE0F)) return false;
  if (is_closing(after) || is_opening(before)) return false;
  if (is_ideograph(before) || is_ideograph(after)) return true;
  if (is_closing(before) && before > 0x7F) return true;
  return (before == '-' && after != '-') || (before == '/' && after != '/');
}

float step_of(uint32_t c, float x, float tab_pt, const FunctionRef<float(uint32_t)>& advance_pt) {
  if (c == '\t') return tab_pt > 0 ? (std::floor(x / tab_pt + 0.001F) + 1) * tab_pt - x : 0;
  if (c == '\r') return 0;
  return advance_pt(c);
}

enum class CharKind : uint8_t { Blank, LineFeed, Word, Ideograph, Other };

CharKind kind_of(uint32_t c) {
  if (c == '\n') return CharKind::LineFeed;
  if (is_blank(c) || c == '\r' || c == 0xA0) return CharKind::Blank;
  if (is_ideograph(c)) return CharKind::Ideograph;
  return is_word_char(c) ? CharKind::Word : CharKind::Other;
}

}  // namespace

bool is_ideograph(uint32_t c) {
  return (c >= 0x2E80 && c <= 0x2FFF) || (c >= 0x3040 && c <= 0x30FF && c != 0x30FB) ||
         (c >= 0x3105 && c <= 0x312F) || (c >= 0x31A0 && c <= 0x31FF) ||
         (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFF66 && c <= 0xFF9D) ||
         (c >= 0x20000 && c <= 0x3FFFF);
}

bool is_word_char(uint32_t c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  if (c == '_' || c == '\'' || c == 0x2019) return true;
  if (c < 0xAA) return false;
  if (c == 0xD7 || c == 0xF7) return false;
  // General punctuation, arrows, mathematics, boxes, symbols, CJK and full-width punctuation.
  if (c >= 0x2000 && c <= 0x2BFF) return false;
  if (c >= 0x3000 && c <= 0x303F) return false;
  if (c >= 0xFF00 && c <= 0xFF0F) return false;
  if (c >= 0xFF1A && c <= 0xFF20) return false;
  return c < 0x1F000 && !is_ideograph(c) && c != kReplacementChar;
}

void wrap_step(std::string_view text, float width_pt, float tab_pt,
               FunctionRef<float(uint32_t)> advance_pt, size_t budget_bytes, WrapState& state) {
  if (state.finished) return;
  if (state.line_starts.empty()) state.line_starts.push_back(0);
  const size_t stop = budget_bytes > text.size() - state.wrapped_bytes
                          ? text.size()
                          : state.wrapped_bytes + budget_bytes;
  size_t line_start = state.wrapped_bytes;
  size_t at = line_start;
  size_t last_break = 0;  // 0: none in this line
  float x = 0;
  float x_at_break = 0;
  uint32_t before = 0;
  const auto begin_line = [&](size_t start) {
    state.line_starts.push_back(static_cast<uint32_t>(start));
    state.wrapped_bytes = line_start = start;
    last_break = 0;
  };
  while (at < text.size()) {
    const DecodedChar c = decode_utf8(text, at);
    if (c.code_point == '\n') {
      at += 1;
      begin_line(at);
      x = 0;
      before = 0;
      if (at >= stop && at < text.size()) return;
      continue;
    }
    if (before != 0 && may_break(before, c.code_point)) {
      last_break = at;
      x_at_break = x;
    }
    const float step = step_of(c.code_point, x, tab_pt, advance_pt);
    const bool over = (width_pt > 0 && x + step > width_pt && at > line_start && step > 0) ||
                      at - line_start >= kLongestLineBytes;
    if (over && (!is_blank(c.code_point) || at - line_start >= kLongestLineBytes)) {
      if (last_break > line_start) {
        const float moved = x - x_at_break;
        begin_line(last_break);
        x = moved;
      } else {
        begin_line(at);
        x = 0;
      }
      // Work is lost from here when it stops, so it stops only at a line start that is known.
      if (line_start >= stop) return;
    }
    x += step;
    before = c.code_point;
    at += c.size_bytes;
  }
  state.wrapped_bytes = text.size();
  state.finished = true;
}

size_t line_of(const WrapState& state, size_t offset) {
  const auto after = std::upper_bound(state.line_starts.begin(), state.line_starts.end(), offset,
                                      [](size_t o, uint32_t start) { return o < start; });
  return after == state.line_starts.begin()
             ? 0
             : static_cast<size_t>(after - state.line_starts.begin()) - 1;
}

TextRange line_range(std::string_view text, const WrapState& state, size_t line) {
  if (line >= state.line_starts.size()) return {text.size(), text.size()};
  const size_t from = state.line_starts[line];
  size_t to = line + 1 < state.line_starts.size() ? state.line_starts[line + 1]
              : state.finished                    ? text.size()
                                                  : state.wrapped_bytes;
  if (to < from) to = from;
  if (to > from && text[to - 1] == '\n') --to;
  if (to > from && text[to - 1] == '\r') --to;
  return {from, to};
}

float x_of_offset(std::string_view text, size_t line_start, size_t offset, float tab_pt,
                  FunctionRef<float(uint32_t)> advance_pt) {
  float x = 0;
  size_t at = line_start;
  while (at < offset && at < text.size()) {
    const DecodedChar c = decode_utf8(text, at);
    if (c.code_point == '\n') break;
    x += step_of(c.code_point, x, tab_pt, advance_pt);
    at += c.size_bytes;
  }
  return x;
}

size_t offset_at_x(std::string_view text, TextRange range, float x_pt, float tab_pt,
                   FunctionRef<float(uint32_t)> advance_pt) {
  float x = 0;
  size_t at = range.from;
  while (at < range.to) {
    const DecodedChar c = decode_utf8(text, at);
    const float step = step_of(c.code_point, x, tab_pt, advance_pt);
    if (x_pt < x + step * 0.5F) return at;
    x += step;
    at += c.size_bytes;
  }
  return std::min(at, range.to);
}

size_t next_char(std::string_view text, size_t offset) {
  if (offset >= text.size()) return text.size();
  return offset + decode_utf8(text, offset).size_bytes;
}

size_t previous_char(std::string_view text, size_t offset) {
  offset = std::min(offset, text.size());
  if (offset == 0) return 0;
  // The longest of the up to four candidates that decodes exactly up to `offset`.
  for (size_t back = std::min<size_t>(4, offset); back > 1; --back) {
    if (decode_utf8(text, offset - back).size_bytes == back) return offset - back;
  }
  return offset - 1;
}

TextRange word_at(std::string_view text, size_t offset) {
  if (text.empty()) return {0, 0};
  if (offset >= text.size()) offset = previous_char(text, text.size());
  const uint32_t here = decode_utf8(text, offset).code_point;
  const CharKind kind = kind_of(here);
  TextRange range{offset, next_char(text, offset)};
  if (kind == CharKind::Ideograph || kind == CharKind::Other || kind == CharKind::LineFeed)
    return range;
  while (range.from > 0) {
    const size_t previous = previous_char(text, range.from);
    if (kind_of(decode_utf8(text, previous).code_point) != kind) break;
    range.from = previous;
  }
  while (range.to < text.size() && kind_of(decode_utf8(text, range.to).code_point) == kind) {
    range.to = next_char(text, range.to);
  }
  return range;
}

TextRange paragraph_at(std::string_view text, size_t offset) {
  offset = std::min(offset, text.size());
  const size_t before = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
  const size_t after = text.find('\n', offset);
  return {before == std::string_view::npos ? 0 : before + 1,
          after == std::string_view::npos ? text.size() : after + 1};
}

size_t next_word(std::string_view text, size_t offset) {
  if (offset >= text.size()) return text.size();
  size_t at = word_at(text, offset).to;
  while (at < text.size() && kind_of(decode_utf8(text, at).code_point) == CharKind::Blank) {
    at = next_char(text, at);
  }
  return at;
}

size_t previous_word(std::string_view text, size_t offset) {
  size_t at = std::min(offset, text.size());
  while (at > 0) {
    const size_t previous = previous_char(text, at);
    if (kind_of(decode_utf8(text, previous).code_point) != CharKind::Blank) break;
    at = previous;
  }
  if (at == 0) return 0;
  return word_at(text, previous_char(text, at)).from;
}

TextSelection extend_selection(std::string_view text, TextRange begun, size_t offset, int clicks) {
  if (clicks <= 1) return {begun.from, offset};
  const TextRange here = clicks == 2 ? word_at(text, offset) : paragraph_at(text, offset);
  if (here.from < begun.from) return {begun.to, here.from};
  return {begun.from, std::max(here.to, begun.to)};
}

}  // namespace assay::kit
