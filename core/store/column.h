// Column: a growing table of plain values in blocks that never move: growing copies nothing and holds no
// second copy, and at most one block is not full.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace assay::store {

template <typename T>
class Column {
 public:
  uint32_t size() const { return size_; }
  const T& operator[](uint32_t i) const { return blocks_[i / kBlock][i % kBlock]; }
  T& operator[](uint32_t i) { return blocks_[i / kBlock][i % kBlock]; }
  // The value is not initialised.
  T& add() {
    if (size_ == blocks_.size() * kBlock) blocks_.push_back(std::make_unique_for_overwrite<T[]>(kBlock));
    return (*this)[size_++];
  }
  uint64_t size_bytes() const {
    return blocks_.size() * kBlock * sizeof(T) + blocks_.capacity() * sizeof(blocks_[0]);
  }

 private:
  static constexpr uint32_t kBlock = 512;
  std::vector<std::unique_ptr<T[]>> blocks_;
  uint32_t size_ = 0;
};

}  // namespace assay::store
