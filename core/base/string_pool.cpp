#include "core/base/string_pool.h"

#include <cstring>

#include "core/base/assert.h"
#include "core/base/hash.h"

namespace assay {
namespace {

constexpr size_t kFirstBlockBytes = 4096;
constexpr size_t kLargestBlockBytes = 1 << 20;
constexpr size_t kFirstSlots = 64;  // a power of two

uint32_t short_hash(std::string_view text) {
  const uint64_t hash = hash_bytes(text);
  return static_cast<uint32_t>(hash ^ hash >> 32);
}

}  // namespace

StringPool::StringPool() : slots_(kFirstSlots, 0) { entries_.push_back({"", 0, 0}); }

StringId StringPool::find(std::string_view text) const {
  if (text.empty()) return {};
  const uint32_t hash = short_hash(text);
  const size_t mask = slots_.size() - 1;
  for (size_t slot = hash & mask; slots_[slot] != 0; slot = (slot + 1) & mask) {
    const Entry& entry = entries_[slots_[slot] - 1];
    if (entry.hash == hash && entry.size_bytes == text.size() &&
        std::memcmp(entry.data, text.data(), text.size()) == 0) {
      return {slots_[slot] - 1};
    }
  }
  return {};
}

StringId StringPool::intern(std::string_view text) {
  if (text.empty()) return {};
  const uint32_t hash = short_hash(text);
  size_t mask = slots_.size() - 1;
  size_t slot = hash & mask;
  for (; slots_[slot] != 0; slot = (slot + 1) & mask) {
    const Entry& entry = entries_[slots_[slot] - 1];
    if (entry.hash == hash && entry.size_bytes == text.size() &&
        std::memcmp(entry.data, text.data(), text.size()) == 0) {
      return {slots_[slot] - 1};
    }
  }
  ASSAY_ASSERT(text.size() < UINT32_MAX && entries_.size() < UINT32_MAX - 1);
  if (block_used_bytes_ + text.size() > block_size_bytes_) {
    size_t wanted = block_size_bytes_ == 0 ? kFirstBlockBytes : block_size_bytes_ * 2;
    if (wanted > kLargestBlockBytes) wanted = kLargestBlockBytes;
    if (wanted < text.size()) wanted = text.size();
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(wanted));
    block_size_bytes_ = wanted;
    block_used_bytes_ = 0;
    allocated_bytes_ += wanted;
  }
  char* place = blocks_.back().get() + block_used_bytes_;
  std::memcpy(place, text.data(), text.size());
  block_used_bytes_ += text.size();
  entries_.push_back({place, static_cast<uint32_t>(text.size()), hash});
  slots_[slot] = static_cast<uint32_t>(entries_.size());
  const StringId id{static_cast<uint32_t>(entries_.size() - 1)};
  if (entries_.size() * 2 > slots_.size()) grow();
  return id;
}

void StringPool::grow() {
  std::vector<uint32_t> slots(slots_.size() * 2, 0);
  const size_t mask = slots.size() - 1;
  for (size_t i = 1; i < entries_.size(); ++i) {
    size_t slot = entries_[i].hash & mask;
    while (slots[slot] != 0) slot = (slot + 1) & mask;
    slots[slot] = static_cast<uint32_t>(i + 1);
  }
  slots_ = std::move(slots);
}

std::string_view StringPool::text_of(StringId id) const {
  ASSAY_ASSERT(id.v < entries_.size());
  return {entries_[id.v].data, entries_[id.v].size_bytes};
}

size_t StringPool::size_bytes() const {
  return allocated_bytes_ + entries_.capacity() * sizeof(Entry) + slots_.capacity() * sizeof(uint32_t);
}

}  // namespace assay
