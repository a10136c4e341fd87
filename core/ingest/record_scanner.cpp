#include "core/ingest/record_scanner.h"

#include <algorithm>

#include "core/base/simd.h"
#include "core/json/reader.h"

namespace assay::ingest {
namespace {

// As many bytes of a line's beginning must equal the record's for it to be the next record.
constexpr uint32_t kPrefixBytes = 12;

}  // namespace

void RecordScanner::start(bool may_restart, bool line_mode) {
  *this = RecordScanner{};
  at_ = 1;
  depth_ = 1;
  may_restart_ = may_restart;
  line_mode_ = line_mode;
}

void RecordScanner::start_inside(uint64_t depth) {
  *this = RecordScanner{};
  depth_ = depth;
}

void RecordScanner::forget(uint32_t count) {
  at_ -= count;
  may_restart_ = false;
}

// 64 bytes at once; false: something may happen in them that has to be looked at byte by byte.
bool RecordScanner::scan_block(const char* bytes) {
  const simd::Bytes64 block = simd::load64(bytes);
  uint64_t carry = escaped_ ? 1 : 0;
  const uint64_t escaped = simd::escaped_bytes(block.equal('\\'), carry);
  const uint64_t quotes = block.equal('"') & ~escaped;
  const uint64_t inside = simd::prefix_parity(quotes) ^ (in_string_ ? ~uint64_t{0} : 0);
  const uint64_t line_breaks = block.equal('\n');
  const uint64_t opening = block.equal_with_bit5('{') & ~inside;
  const uint64_t closing = block.equal_with_bit5('}') & ~inside;

  if ((line_breaks & (line_mode_ ? ~uint64_t{0} : inside)) != 0) return false;
  if (may_restart_) {
    const uint64_t line_starts = line_breaks << 1 | (after_line_break_ ? 1 : 0);
    if ((line_starts & opening) != 0) return false;
  }
  const uint32_t closed = simd::count_bits(closing);
  const uint32_t opened = simd::count_bits(opening);
  if (closed >= depth_ || depth_ + opened > json::kMaxDepth) return false;
  depth_ = depth_ + opened - closed;
  saw_line_break_ = saw_line_break_ || line_breaks != 0;
  in_string_ = (inside >> 63) != 0;
  escaped_ = carry != 0;
  after_line_break_ = (line_breaks >> 63) != 0;
  return true;
}

RecordScanner::Outcome RecordScanner::scan_slowly(std::string_view text, uint32_t stop, bool at_end) {
  for (; at_ < stop; ++at_) {
    const char c = text[at_];
    if (after_line_break_ && may_restart_ && c == '{' && !in_string_) {
      const auto left = static_cast<uint32_t>(text.size()) - at_;
      const uint32_t wanted = std::min(kPrefixBytes, at_);
      if (left < wanted && !at_end) return Outcome::NeedMore;
      if (left >= wanted && text.substr(0, wanted) == text.substr(at_, wanted)) return Outcome::Restart;
    }
    after_line_break_ = false;
    if (c == '\n') {
      if (in_string_ || line_mode_) return Outcome::Broken;
      after_line_break_ = true;
      saw_line_break_ = true;
      escaped_ = false;
      continue;
    }
    if (escaped_) {
      escaped_ = false;
      if (c == '"' || in_string_) continue;
    } else if (c == '\\') {
      escaped_ = true;
      continue;
    }
    if (c == '"') {
      in_string_ = !in_string_;
    } else if (!in_string_ && (c == '{' || c == '[')) {
      if (++depth_ > json::kMaxDepth) too_deep_ = true;
    } else if (!in_string_ && (c == '}' || c == ']')) {
      if (--depth_ == 0) {
        ++at_;
        return Outcome::Complete;
      }
    }
  }
  return Outcome::NeedMore;
}

RecordScanner::Outcome RecordScanner::scan(std::string_view text, bool at_end) {
  const auto size = static_cast<uint32_t>(text.size());
  while (at_ < size) {
    if (size - at_ >= simd::kBlockBytes && scan_block(text.data() + at_)) {
      at_ += static_cast<uint32_t>(simd::kBlockBytes);
      continue;
    }
    const auto stop = static_cast<uint32_t>(std::min<size_t>(size, at_ + simd::kBlockBytes));
    const Outcome outcome = scan_slowly(text, stop, at_end);
    if (outcome != Outcome::NeedMore || at_ < stop) return outcome;
  }
  return Outcome::NeedMore;
}

}  // namespace assay::ingest
