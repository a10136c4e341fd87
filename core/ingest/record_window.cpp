#include "core/ingest/record_window.h"

#include <algorithm>
#include <cstring>

#include "core/base/assert.h"

namespace assay::ingest {
namespace {

constexpr uint64_t kFirstBytes = 64 << 10;
constexpr uint64_t kUsualBytes = 8 << 20;
// Of text that is packed: small enough to be still in the processor's cache then.
constexpr uint64_t kPackedBytes = 1 << 20;
constexpr uint64_t kMostBytes = 0xF0000000;
constexpr uint64_t kMaxExactBytes = 1 << 30;  // beyond it a guess of the file's rest is not reserved at once

}  // namespace

TextRef RecordWindow::place(uint32_t size_bytes) const {
  ASSAY_ASSERT(size_bytes <= end_ - begin_);
  return {reservation_.blob, reservation_.offset_bytes + begin_, size_bytes, TextForm::Json};
}

void RecordWindow::keep(uint32_t count) {
  begin_ += count;
  kept_ = begin_;
}

size_t RecordWindow::append(std::string_view bytes) {
  if (end_ == reservation_.size_bytes && !make_room()) return 0;
  const size_t count = std::min<size_t>(bytes.size(), reservation_.size_bytes - end_);
  if (bytes.data() != data_ + end_) std::memcpy(data_ + end_, bytes.data(), count);
  end_ += static_cast<uint32_t>(count);
  appended_bytes_ += count;
  return count;
}

bool RecordWindow::make_room() {
  const uint64_t pending = end_ - begin_;
  if (kept_ + pending <= reservation_.size_bytes / 2 && reservation_.present()) {
    std::memmove(data_ + kept_, data_ + begin_, static_cast<size_t>(pending));
    begin_ = kept_;
    end_ = static_cast<uint32_t>(kept_ + pending);
    return true;
  }
  const uint64_t usual = dataset_.packs_text() ? kPackedBytes : kUsualBytes;
  const bool known = file_size_bytes_ > appended_bytes_;
  const uint64_t rest = known ? file_size_bytes_ - appended_bytes_ : 0;
  const uint64_t least = pending + std::min<uint64_t>(pending / 2 + 4096, known ? rest : kMostBytes);
  uint64_t wanted = std::clamp<uint64_t>(2 * std::max<uint64_t>(pending, reservation_.size_bytes), kFirstBytes,
                                         std::max<uint64_t>(usual, 2 * pending));
  if (known) {
    const bool all = pending + rest <= usual || (pending >= kUsualBytes / 2 && pending + rest <= kMaxExactBytes);
    wanted = all ? pending + rest : std::max<uint64_t>(usual, 2 * pending);
  }
  wanted = std::max(wanted, least);
  if (pending >= kMostBytes || least > kMostBytes) return false;
  wanted = std::min(wanted, kMostBytes);
  // A left-over tail is taken when it is not too small a part of what is wanted.
  const uint64_t at_least = std::max(least, wanted / 4);
  TextRef next = dataset_.reserve_window(static_cast<uint32_t>(at_least), static_cast<uint32_t>(wanted));
  if (!next.present()) {
    next = dataset_.reserve_window(static_cast<uint32_t>(least), static_cast<uint32_t>(least));
  }
  if (!next.present()) return false;
  char* const data = dataset_.writable_text(next);
  if (pending > 0) std::memcpy(data, data_ + begin_, static_cast<size_t>(pending));
  const TextRef old = reservation_;
  const uint32_t old_kept = kept_;
  reservation_ = next;
  data_ = data;
  kept_ = 0;
  begin_ = 0;
  end_ = static_cast<uint32_t>(pending);
  if (old.present()) dataset_.shrink_last_reservation(old, old_kept);
  return true;
}

void RecordWindow::close() {
  if (reservation_.present()) dataset_.shrink_last_reservation(reservation_, kept_);
  reservation_ = {};
  data_ = nullptr;
  kept_ = begin_ = end_ = 0;
}

}  // namespace assay::ingest
