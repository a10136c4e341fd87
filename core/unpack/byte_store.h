// ByteStore: a zip archive's bytes, kept in blocks so that growing copies nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "core/unpack/shared.h"
#include "core/unpack/source.h"

namespace assay::unpack {

class ByteStore {
 public:
  explicit ByteStore(Shared& shared) : shared_(shared) {}
  ~ByteStore();
  ByteStore(const ByteStore&) = delete;
  ByteStore& operator=(const ByteStore&) = delete;

  // False: there is no room for all of it, by the limit or for want of memory.
  bool append(std::string_view bytes);
  uint64_t size() const { return size_; }

  // At most `max_bytes` from there on, as far as they lie together; empty only at the end.
  std::string_view at(uint64_t offset, size_t max_bytes) const;
  // False: fewer than `count` are there.
  bool copy(uint64_t offset, char* out, size_t count) const;
  // Little-endian numbers; 0 where they are not there.
  uint16_t u16(uint64_t offset) const { return static_cast<uint16_t>(number(offset, 2)); }
  uint32_t u32(uint64_t offset) const { return static_cast<uint32_t>(number(offset, 4)); }
  uint64_t u64(uint64_t offset) const { return number(offset, 8); }

 private:
  uint64_t number(uint64_t offset, size_t bytes) const;

  Shared& shared_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  uint64_t size_ = 0;
};

// A run of the bytes of a store.
class RangeSource : public Source {
 public:
  // `place` is the store's own place in the file; `is_exact` if the store is the file.
  RangeSource(const ByteStore& store, uint64_t begin, uint64_t end, uint64_t place, bool is_exact);

  uint64_t offset() const { return at_ - unread_bytes(); }
  uint64_t position() const override { return is_exact_ ? place_ + offset() : place_; }
  uint64_t packed_bytes() const override { return offset() - begin_; }
  bool is_plain() const override { return is_exact_; }

 private:
  Piece produce() override;
  const ByteStore& store_;
  const uint64_t begin_, end_, place_;
  uint64_t at_;
  const bool is_exact_;
};

}  // namespace assay::unpack
