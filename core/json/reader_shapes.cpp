// Objects that are written as one before: Reader::read_shape. Whatever is unusual, broken, or not all there is left to
// the long way, from the object's beginning on.
#include <cstring>

#include "core/base/simd.h"
#include "core/json/reader.h"
#include "core/json/shapes.h"

namespace assay::json {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Behind the digits; nullptr: they may not be all there.
const char* digits_end(const char* at, const char* last) {
  for (;; at += 16) {
    if (at > last) return nullptr;
    const uint32_t others = simd::load16(at).within('0', 10) ^ 0xFFFF;
    if (others != 0) return at + simd::first_bit(others);
  }
}

// Behind the number by RFC 8259 that stands here; nullptr: there is none, or it may not be all there.
const char* number_end(const char* at, const char* last) {
  if (*at == '-') ++at;
  const char* p = digits_end(at, last);
  if (p == nullptr || p == at || (*at == '0' && p - at > 1)) return nullptr;
  if (*p == '.') {
    at = p + 1;
    p = digits_end(at, last);
    if (p == nullptr || p == at) return nullptr;
  }
  if (*p == 'e' || *p == 'E') {
    at = p + 1;
    if (*at == '+' || *at == '-') ++at;
    p = digits_end(at, last);
    if (p == at) return nullptr;
  }
  return p;
}

const char* word_end(const char* at) {
  if (std::memcmp(at, "true", 4) == 0 || std::memcmp(at, "null", 4) == 0) return at + 4;
  return std::memcmp(at, "false", 5) == 0 ? at + 5 : nullptr;
}

}  // namespace

// The closing quote of the string whose contents begin here; nullptr: it is broken, or may not be all there.
const char* Reader::string_end(const char* at, const char* last, bool& escaped) {
  escaped = false;
  if (at > last) return nullptr;
  const uint32_t first = simd::load16(at).special_in_string();
  if (first == 0) {
    at += 16;
  } else if (at[simd::first_bit(first)] == '"') {
    return at + simd::first_bit(first);
  }
  uint64_t carry = 0;
  for (; at <= last; at += simd::kBlockBytes) {
    const simd::Bytes64 bytes = simd::load64(at);
    const uint64_t special = bytes.special_in_string();
    if ((special | carry) == 0) continue;
    const uint64_t backslash = bytes.equal('\\');
    if ((backslash | carry) == 0) {
      const char* const end = at + simd::first_bit(special);
      return *end == '"' ? end : nullptr;
    }
    const uint64_t raw_quote = bytes.equal('"');
    const uint64_t escaped_mask = simd::escaped_bytes(backslash, carry);
    const uint64_t quote = raw_quote & ~escaped_mask;
    const uint64_t inside = quote == 0 ? ~uint64_t{0} : (quote & (0 - quote)) - 1;
    if ((special & ~(backslash | raw_quote) & inside) != 0) return nullptr;
    if ((backslash & inside) != 0) escaped = true;
    // Most escapes are of a quote or a backslash.
    const uint64_t others = escaped_mask & inside & ~(raw_quote | backslash);
    if (others != 0 && bad_escape(at, others) != nullptr) return nullptr;
    if (quote != 0) return at + simd::first_bit(quote);
  }
  return nullptr;
}

ShapeMatch Reader::read_shape(Shapes& shapes, ShapeValues& values) {
  const uint32_t lone_surrogate_before = lone_surrogate_at_;
  const ShapeMatch match = run_shape(shapes, values);
  if (match == ShapeMatch::None) lone_surrogate_at_ = lone_surrogate_before;
  return match;
}

ShapeMatch Reader::run_shape(Shapes& shapes, ShapeValues& values) {
  using Follows = Shapes::Kind;
  values.clear();
  if (failed() || shapes.nodes_.empty() || text_.size() < 2 * simd::kBlockBytes) return ShapeMatch::None;
  if (depth_ + Shapes::kMostDepth > kMaxDepth) return ShapeMatch::None;
  Shapes::Node* const nodes = shapes.nodes_.data();
  const char* const base = text_.data();
  // From here on 128 bytes can be read: a literal, and the beginning of what stands behind it.
  const char* const last = base + text_.size() - 2 * simd::kBlockBytes;
  const char* at = base + at_;
  bool breaks = false;
  uint16_t parent = 0;
  Follows kind = Follows::More;
  while (kind != Follows::End && kind != Follows::Stop) {
    if (at > last) return ShapeMatch::None;
    uint16_t child = nodes[parent].child;
    for (;; child = nodes[child].sibling) {
      if (child == 0) return ShapeMatch::None;
      const Shapes::Node& node = nodes[child];
      if (!simd::same_bytes64(at, node.literal, node.size_bytes)) continue;
      if (node.kind < Follows::Number) break;
      const char c = at[node.size_bytes];
      if (node.kind == Follows::Number ? is_digit(c) || c == '-' : c == 't' || c == 'f' || c == 'n') break;
    }
    if (child != nodes[parent].child) shapes.prefer(parent, child);
    parent = child;
    Shapes::Node& node = nodes[child];
    at += node.size_bytes;
    breaks |= node.breaks;
    kind = node.kind;
    TextForm form = TextForm::Json;
    const char* end = nullptr;
    if (kind == Follows::String) {
      bool escaped = node.value_escaped;
      if (node.value_bytes != 0 && simd::same_bytes64(at, node.value, node.value_bytes)) {
        end = at + node.value_bytes - 1;
        if (node.repeats < Shapes::kMostRepeats) ++node.repeats;
      } else {
        end = string_end(at, last, escaped);
        if (end == nullptr) return ShapeMatch::None;
        Shapes::keep_value(node, {at, static_cast<size_t>(end - at)}, escaped);
      }
      form = escaped ? TextForm::EscapedString : TextForm::Plain;
    } else if (kind == Follows::Number || kind == Follows::Word) {
      end = kind == Follows::Number ? number_end(at, last) : word_end(at);
      if (node.key == 0) node.tag = 0;
    } else {
      continue;
    }
    if (end == nullptr) return ShapeMatch::None;
    if (node.code != 0) values.add({static_cast<uint32_t>(at - base), static_cast<uint32_t>(end - at), child, node.code, form});
    at = end;
  }
  at_ = static_cast<uint32_t>(at - base);
  first_ = false;
  pending_ = kind == Follows::Stop;
  if (pending_) {
    ++depth_;
    key_ = {};
  }
  saw_line_break_ = saw_line_break_ || breaks;
  if (shapes.patience_ < Shapes::kPatience) ++shapes.patience_;
  return kind == Follows::End ? ShapeMatch::Whole : ShapeMatch::Stopped;
}

}  // namespace assay::json
