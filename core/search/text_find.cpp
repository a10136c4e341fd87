#include "core/search/text_find.h"

#include "core/base/simd.h"

#include <algorithm>
#include <cstring>

namespace assay::search {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

// The most frequent bytes of span JSON, most frequent first; all others count as rare.
constexpr std::string_view kCommon = "e \"tanoirs\\l:_,dcmupghfybv.1k0{}wn2/";
size_t commonness(char c) {
  const size_t at = kCommon.find(lower(c));
  return at == std::string_view::npos ? 0 : kCommon.size() - at;
}

}  // namespace

TextFinder::TextFinder(std::string_view needle, CaseMode mode)
    : needle_(needle), mode_(mode), trigrams_(needle) {
  if (mode_ == CaseMode::AsciiInsensitive) {
    for (char& c : needle_)
      c = lower(c);
  }
  constexpr size_t kFar = static_cast<size_t>(-1);
  size_t best = kFar, second = kFar;
  for (size_t i = 0; i < needle_.size(); ++i) {
    const size_t score = commonness(needle_[i]);
    if (best == kFar || score < commonness(needle_[best])) {
      // The same byte twice tells little: the second one is another where there is one.
      if (best != kFar && needle_[best] != needle_[i]) second = best;
      best = i;
    } else if (needle_[i] != needle_[best] &&
               (second == kFar || score < commonness(needle_[second]))) {
      second = i;
    }
  }
  rare_offset_ = best == kFar ? 0 : best;
  second_offset_ = second == kFar ? (needle_.empty() ? 0 : needle_.size() - 1) : second;
}

char TextFinder::folded(char c) const { return mode_ == CaseMode::Sensitive ? c : lower(c); }

bool TextFinder::equal_at(const char* text) const {
  if (mode_ == CaseMode::Sensitive) return std::memcmp(text, needle_.data(), needle_.size()) == 0;
  for (size_t i = 0; i < needle_.size(); ++i) {
    if (lower(text[i]) != needle_[i]) return false;
  }
  return true;
}

// Knuth, Morris, Pratt: for texts in which nearly every place looks like a match.
size_t TextFinder::find_linear(std::string_view text, size_t from) const {
  std::vector<uint32_t> back(needle_.size(), 0);
  for (size_t i = 1, k = 0; i < needle_.size(); ++i) {
    while (k > 0 && needle_[i] != needle_[k])
      k = back[k - 1];
    if (needle_[i] == needle_[k]) ++k;
    back[i] = static_cast<uint32_t>(k);
  }
  size_t matched = 0;
  for (size_t i = from; i < text.size(); ++i) {
    const char c = folded(text[i]);
    while (matched > 0 && c != needle_[matched])
      matched = back[matched - 1];
    if (c == needle_[matched]) ++matched;
    if (matched == needle_.size()) return i + 1 - matched;
  }
  return kNotFound;
}

size_t TextFinder::find(std::string_view text, size_t from) const {
  if (needle_.empty()) return from <= text.size() ? from : kNotFound;
  if (text.size() < needle_.size() || from > text.size() - needle_.size()) return kNotFound;
  const char* bytes = text.data();
  const size_t last = text.size() - needle_.size();  // the last place where it can begin
  const char rare = needle_[rare_offset_], second = needle_[second_offset_];
  const bool any_case = mode_ == CaseMode::AsciiInsensitive;
  const bool rare_letter = any_case && is_letter(rare),
             second_letter = any_case && is_letter(second);
  const char rare_upper = static_cast<char>(rare - 0x20),
             second_upper = static_cast<char>(second - 0x20);
  const size_t reach = std::max(rare_offset_, second_offset_) + 16;
  size_t wasted_bytes = 0;
  size_t at = from;
  // Small and capital form of a letter differ in one bit.
  using Block = simd::Bytes16;
  const Block rare_block = Block::all(rare), rare_bits = Block::all(rare_letter ? 0x20 : 0);
  const Block second_block = Block::all(second), second_bits = Block::all(second_letter ? 0x20 : 0);
  const auto both = [&](size_t place) {
    return Block::load(bytes + place + rare_offset_).equal_lanes(rare_block, rare_bits) &
           Block::load(bytes + place + second_offset_).equal_lanes(second_block, second_bits);
  };
  size_t skip_from = from;  // four blocks at once, but not where one of them was found to hold something
  for (; at <= last && at + reach <= text.size(); at += 16) {
    if (at >= skip_from) {
      while (at + reach + 48 <= text.size() && !(both(at) | both(at + 16) | both(at + 32) | both(at + 48)).any())
        at += 64;
      if (at > last || at + reach > text.size()) break;
      skip_from = at + 64;
    }
    const simd::Bytes16 a = simd::load16(bytes + at + rare_offset_);
    const simd::Bytes16 b = simd::load16(bytes + at + second_offset_);
    uint32_t hits = a.equal(rare);
    if (rare_letter) hits |= a.equal(rare_upper);
    if (hits == 0) continue;
    uint32_t second_hits = b.equal(second);
    if (second_letter) second_hits |= b.equal(second_upper);
    hits &= second_hits;
    while (hits != 0) {
      const size_t place = at + simd::first_bit(hits);
      hits &= hits - 1;
      if (place > last) return kNotFound;
      if (equal_at(bytes + place)) return place;
      wasted_bytes += needle_.size();
    }
    if (wasted_bytes > 8 * (at - from) + 65536) return find_linear(text, at + 16);
  }
  for (; at <= last; ++at) {
    if (folded(bytes[at + rare_offset_]) != rare) continue;
    if (equal_at(bytes + at)) return at;
    wasted_bytes += needle_.size();
    if (wasted_bytes > 8 * (at - from) + 65536) return find_linear(text, at + 1);
  }
  return kNotFound;
}

size_t literal_weight(std::string_view literal) {
  size_t least = kCommon.size();
  for (const char c : literal)
    least = std::min(least, commonness(c));
  return std::min<size_t>(literal.size(), 8) * 4 + (kCommon.size() - least);
}

bool is_plain_ascii(std::string_view text) {
  size_t at = 0;
  for (; at + 64 <= text.size(); at += 64) {
    const simd::Bytes64 block = simd::load64(text.data() + at);
    if ((block.most().high_bits() | block.least().below_space()) != 0) return false;
  }
  for (; at + 16 <= text.size(); at += 16) {
    const simd::Bytes16 block = simd::load16(text.data() + at);
    if ((block.high_bits() | block.below_space()) != 0) return false;
  }
  for (; at < text.size(); ++at) {
    const unsigned char c = static_cast<unsigned char>(text[at]);
    if (c < 0x20 || c >= 0x80) return false;
  }
  return true;
}

}  // namespace assay::search
