// PackedText: a sealed block of text in LZ4 pieces. Pieces end where records or spans end, as far as these are
// near enough to each other, so that reading one span unpacks one piece. Immutable.
//
// TextCache: pieces that are unpacked at the moment. What it hands out stays in place while it is pinned: inside
// the innermost scope that was open when it was asked for, or, outside of any scope, until let_go(). Only what is
// not pinned is freed, when a new piece would exceed kKeptBytes. So a view never outlives its text as long as it
// does not outlive the scope in which it was taken; an outer view is not touched by inner scopes.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "core/store/trigrams.h"

namespace assay::store {

// Of 16 to 1,024 kB, smaller pieces are less well packed (36 % at 16 kB, 29 % at 64 kB, 27 % at 1 MB), larger ones
// cost more to read a single span.
constexpr uint32_t kPieceBytes = 64 << 10;

class PackedText {
 public:
  // `ends`: offsets at which a piece may end, ascending. Null: out of memory, or packing makes it hardly smaller
  // (unless is_any_size).
  static std::unique_ptr<PackedText> pack(std::string_view text, const std::vector<uint32_t>& ends,
                                          bool is_any_size = false);

  // The pieces that hold size_bytes > 0 from offset_bytes on: [first, last].
  uint32_t piece_at(uint32_t offset_bytes) const;
  uint32_t begin_of(uint32_t piece) const { return pieces_[piece].begin_bytes; }
  uint32_t end_of(uint32_t piece) const { return pieces_[piece + 1].begin_bytes; }
  uint32_t raw_bytes() const { return pieces_.back().begin_bytes; }
  // Writes the bytes of pieces first … last. False: what is packed is damaged (cannot happen but by a fault).
  bool unpack(uint32_t first, uint32_t last, char* out) const;
  // False: a text with these trigrams does not stand in size_bytes > 0 from offset_bytes on.
  bool may_hold(uint32_t offset_bytes, uint32_t size_bytes, const Trigrams& wanted) const;
  uint64_t size_bytes() const {
    return packed_bytes_ + pieces_.capacity() * sizeof(Piece) + filters_.capacity() * sizeof(uint64_t) + sizeof *this;
  }

 private:
  friend class TextCache;
  struct Piece {
    uint32_t begin_bytes;         // in the text
    uint32_t packed_begin_bytes;
    uint32_t unpacked = 0;        // index + 1 of the newest cache entry that begins here
  };
  struct Free {
    void operator()(char* data) const;
  };
  std::vector<Piece> pieces_;  // and one behind the last
  std::vector<uint64_t> filters_;  // by piece
  std::unique_ptr<char, Free> bytes_;
  uint64_t packed_bytes_ = 0;
};

class TextCache {
 public:
  static constexpr uint64_t kKeptBytes = 8 << 20;

  explicit TextCache(uint64_t kept_bytes = kKeptBytes) : kept_bytes_(kept_bytes) {}
  ~TextCache();
  TextCache(const TextCache&) = delete;
  TextCache& operator=(const TextCache&) = delete;

  // size_bytes > 0 from offset_bytes on. Null: out of memory.
  const char* text(PackedText& block, uint32_t offset_bytes, uint32_t size_bytes);

  size_t open_scope() const { return pinned_.size(); }
  void close_scope(size_t mark);
  void let_go();

  uint64_t size_bytes() const { return held_bytes_; }

 private:
  static constexpr uint32_t kNone = 0xFFFFFFFF;
  struct Entry {
    PackedText* block = nullptr;
    char* data = nullptr;
    uint32_t first_piece = 0, begin_bytes = 0, end_bytes = 0;
    uint32_t next_here = 0;  // index + 1 of an older entry that begins at the same piece
    bool is_pinned = false;
    uint32_t newer = kNone, older = kNone;  // among those that are not pinned
  };
  void pin(uint32_t index);
  void unpin(size_t mark, bool frees_first);
  void unlink(uint32_t index);
  void free_oldest();

  uint64_t kept_bytes_;
  uint64_t held_bytes_ = 0;   // of all entries
  std::vector<Entry> entries_;
  std::vector<uint32_t> free_entries_;
  std::vector<uint32_t> pinned_;  // in the order of pinning
  uint32_t newest_ = kNone, oldest_ = kNone;
};

}  // namespace assay::store
