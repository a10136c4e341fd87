#include "core/unpack/byte_store.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace assay::unpack {
namespace {

constexpr size_t kBlockBytes = size_t{64} << 10;

}  // namespace

ByteStore::~ByteStore() { shared_.release(blocks_.size() * kBlockBytes); }

bool ByteStore::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const size_t used = static_cast<size_t>(size_ % kBlockBytes);
    if (used == 0) {
      if (!shared_.reserve(kBlockBytes)) return false;
      std::unique_ptr<char[]> block(new (std::nothrow) char[kBlockBytes]);
      if (block == nullptr) {
        shared_.release(kBlockBytes);
        return false;
      }
      blocks_.push_back(std::move(block));
    }
    const size_t count = std::min(bytes.size(), kBlockBytes - used);
    std::memcpy(blocks_.back().get() + used, bytes.data(), count);
    size_ += count;
    bytes.remove_prefix(count);
  }
  return true;
}

std::string_view ByteStore::at(uint64_t offset, size_t max_bytes) const {
  if (offset >= size_) return {};
  const size_t in_block = static_cast<size_t>(offset % kBlockBytes);
  const uint64_t count =
      std::min({uint64_t{max_bytes}, uint64_t{kBlockBytes - in_block}, size_ - offset});
  return std::string_view(blocks_[static_cast<size_t>(offset / kBlockBytes)].get() + in_block,
                          static_cast<size_t>(count));
}

bool ByteStore::copy(uint64_t offset, char* out, size_t count) const {
  if (offset > size_ || count > size_ - offset) return false;
  while (count > 0) {
    const std::string_view piece = at(offset, count);
    std::memcpy(out, piece.data(), piece.size());
    out += piece.size();
    offset += piece.size();
    count -= piece.size();
  }
  return true;
}

uint64_t ByteStore::number(uint64_t offset, size_t bytes) const {
  unsigned char raw[8] = {};
  if (!copy(offset, reinterpret_cast<char*>(raw), bytes)) return 0;
  uint64_t value = 0;
  for (size_t i = 8; i > 0; --i)
    value = (value << 8) | raw[i - 1];
  return value;
}

RangeSource::RangeSource(const ByteStore& store, uint64_t begin, uint64_t end, uint64_t place,
                         bool is_exact)
    : store_(store),
      begin_(begin),
      end_(std::min(end, store.size())),
      place_(place),
      at_(begin),
      is_exact_(is_exact) {}

Piece RangeSource::produce() {
  if (at_ >= end_) return {Flow::End, {}};
  const std::string_view bytes =
      store_.at(at_, static_cast<size_t>(std::min<uint64_t>(end_ - at_, kPieceBytes)));
  at_ += bytes.size();
  return {Flow::Data, bytes};
}

}  // namespace assay::unpack
