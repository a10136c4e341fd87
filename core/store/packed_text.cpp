#include "core/store/packed_text.h"

#include <lz4.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "core/base/assert.h"

namespace assay::store {
namespace {

// A piece ends at the first end behind kPieceBytes; where there is none so near, at kPieceBytes.
constexpr uint32_t kMostPieceBytes = 2 * kPieceBytes;

}  // namespace

void PackedText::Free::operator()(char* data) const { std::free(data); }

std::unique_ptr<PackedText> PackedText::pack(std::string_view text, const std::vector<uint32_t>& ends,
                                             bool is_any_size) {
  const auto size = static_cast<uint32_t>(text.size());
  auto out = std::make_unique<PackedText>();
  // Packed piece by piece into memory for the worst case, of which only what is used is ever touched; kept is a
  // copy of the right size.
  const uint64_t bound = uint64_t{size} + size / 255 + 16 * (uint64_t{size} / kPieceBytes + ends.size() + 2);
  std::unique_ptr<char, Free> packed(static_cast<char*>(std::malloc(static_cast<size_t>(bound))));
  std::unique_ptr<char, Free> state(static_cast<char*>(std::malloc(static_cast<size_t>(LZ4_sizeofState()))));
  if (packed == nullptr || state == nullptr) return nullptr;
  uint64_t used = 0;
  auto end = ends.begin();
  for (uint32_t begin = 0; begin < size;) {
    uint32_t until = 0;
    for (; end != ends.end() && *end <= begin + uint64_t{kMostPieceBytes} && until < begin + kPieceBytes; ++end) {
      if (*end > begin) until = *end;
    }
    if (until == 0 || until > size) {
      until = static_cast<uint32_t>(std::min<uint64_t>(size, begin + uint64_t{kPieceBytes}));
    }
    out->pieces_.push_back({begin, static_cast<uint32_t>(used)});
    const int count = LZ4_compress_fast_extState(state.get(), text.data() + begin, packed.get() + used,
                                                 static_cast<int>(until - begin),
                                                 static_cast<int>(std::min<uint64_t>(bound - used, INT32_MAX)), 1);
    if (count <= 0) return nullptr;
    append_trigram_filter(out->filters_, text, begin, until);
    used += static_cast<uint64_t>(count);
    begin = until;
  }
  out->pieces_.push_back({size, static_cast<uint32_t>(used)});
  out->pieces_.shrink_to_fit();
  out->filters_.shrink_to_fit();
  if (!is_any_size && used > size - size / 16) return nullptr;
  out->bytes_.reset(static_cast<char*>(std::malloc(static_cast<size_t>(used))));
  if (out->bytes_ == nullptr) return nullptr;
  std::memcpy(out->bytes_.get(), packed.get(), static_cast<size_t>(used));
  out->packed_bytes_ = used;
  return out;
}

uint32_t PackedText::piece_at(uint32_t offset_bytes) const {
  const auto at = std::upper_bound(pieces_.begin(), pieces_.end(), offset_bytes,
                                   [](uint32_t offset, const Piece& piece) { return offset < piece.begin_bytes; });
  return static_cast<uint32_t>(at - pieces_.begin()) - 1;
}

bool PackedText::may_hold(uint32_t offset_bytes, uint32_t size_bytes, const Trigrams& wanted) const {
  constexpr uint32_t kWords = kTrigramBits / 64;
  const uint32_t first = piece_at(offset_bytes);
  uint32_t last = first;
  while (end_of(last) < offset_bytes + size_bytes) ++last;
  return std::all_of(wanted.bits().begin(), wanted.bits().end(), [&](uint16_t bit) {
    for (uint32_t piece = first; piece <= last; ++piece) {
      if (trigram_is_set(filters_.data() + size_t{piece} * kWords, bit)) return true;
    }
    return false;
  });
}

bool PackedText::unpack(uint32_t first, uint32_t last, char* out) const {
  for (uint32_t i = first; i <= last; ++i) {
    const Piece& piece = pieces_[i];
    const auto size = static_cast<int>(end_of(i) - piece.begin_bytes);
    const int got = LZ4_decompress_safe(bytes_.get() + piece.packed_begin_bytes, out,
                                        static_cast<int>(pieces_[i + 1].packed_begin_bytes - piece.packed_begin_bytes), size);
    if (got != size) return false;
    out += size;
  }
  return true;
}

// --- Cache ------------------------------------------------------------------------------------------------

TextCache::~TextCache() {
  for (const Entry& entry : entries_) std::free(entry.data);
}

void TextCache::unlink(uint32_t index) {
  const Entry& entry = entries_[index];
  (entry.newer == kNone ? newest_ : entries_[entry.newer].older) = entry.older;
  (entry.older == kNone ? oldest_ : entries_[entry.older].newer) = entry.newer;
}

void TextCache::pin(uint32_t index) {
  if (entries_[index].is_pinned) return;
  unlink(index);
  entries_[index].is_pinned = true;
  pinned_.push_back(index);
}

const char* TextCache::text(PackedText& block, uint32_t offset_bytes, uint32_t size_bytes) {
  const uint32_t end_bytes = offset_bytes + size_bytes;
  const uint32_t first = block.piece_at(offset_bytes);
  for (uint32_t at = block.pieces_[first].unpacked; at != 0; at = entries_[at - 1].next_here) {
    const Entry& entry = entries_[at - 1];
    if (end_bytes > entry.end_bytes) continue;
    const char* const data = entry.data + (offset_bytes - entry.begin_bytes);
    pin(at - 1);
    return data;
  }
  const uint32_t last = block.piece_at(end_bytes - 1);
  const uint32_t size = block.end_of(last) - block.begin_of(first);
  while (oldest_ != kNone && held_bytes_ + size > kept_bytes_) free_oldest();
  char* data = static_cast<char*>(std::malloc(size));
  while (data == nullptr && oldest_ != kNone) {
    free_oldest();
    data = static_cast<char*>(std::malloc(size));
  }
  if (data == nullptr) return nullptr;
  ASSAY_ASSERT(block.unpack(first, last, data));
  uint32_t index = static_cast<uint32_t>(entries_.size());
  if (free_entries_.empty()) {
    entries_.emplace_back();
  } else {
    index = free_entries_.back();
    free_entries_.pop_back();
  }
  Entry& entry = entries_[index];
  entry = {};
  entry.block = &block;
  entry.data = data;
  entry.first_piece = first;
  entry.begin_bytes = block.begin_of(first);
  entry.end_bytes = entry.begin_bytes + size;
  entry.next_here = block.pieces_[first].unpacked;
  entry.is_pinned = true;
  block.pieces_[first].unpacked = index + 1;
  pinned_.push_back(index);
  held_bytes_ += size;
  return data + (offset_bytes - entry.begin_bytes);
}

// What a scope has read is mostly not read again, so it goes first: a search through everything uses one
// piece's memory again and again and leaves what the views show.
void TextCache::close_scope(size_t mark) { unpin(mark, true); }

void TextCache::let_go() { unpin(0, false); }

void TextCache::unpin(size_t mark, bool frees_first) {
  ASSAY_ASSERT(mark <= pinned_.size());
  while (pinned_.size() > mark) {
    const uint32_t index = pinned_.back();
    pinned_.pop_back();
    Entry& entry = entries_[index];
    entry.is_pinned = false;
    if (frees_first) {
      entry.newer = oldest_;
      entry.older = kNone;
      (oldest_ == kNone ? newest_ : entries_[oldest_].older) = index;
      oldest_ = index;
    } else {
      entry.older = newest_;
      entry.newer = kNone;
      (newest_ == kNone ? oldest_ : entries_[newest_].newer) = index;
      newest_ = index;
    }
  }
  while (oldest_ != kNone && held_bytes_ > kept_bytes_) free_oldest();
}

void TextCache::free_oldest() {
  const uint32_t index = oldest_;
  unlink(index);
  Entry& entry = entries_[index];
  uint32_t* link = &entry.block->pieces_[entry.first_piece].unpacked;
  while (*link != index + 1) link = &entries_[*link - 1].next_here;
  *link = entry.next_here;
  held_bytes_ -= entry.end_bytes - entry.begin_bytes;
  std::free(entry.data);
  entry = {};
  free_entries_.push_back(index);
}

}  // namespace assay::store
