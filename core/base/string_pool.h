// StringPool: interned strings for names that repeat (span names, types, keys, models).
// Ids are valid, and views stay put, for the life of the pool. Comparison is by bytes, not by hash.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace assay {

struct StringId {
  uint32_t v = 0;  // 0 is the empty string and means "absent"
  bool present() const { return v != 0; }
  friend bool operator==(StringId, StringId) = default;
};

class StringPool {
 public:
  StringPool();
  StringPool(const StringPool&) = delete;
  StringPool& operator=(const StringPool&) = delete;
  StringPool(StringPool&&) noexcept = default;
  StringPool& operator=(StringPool&&) noexcept = default;

  StringId intern(std::string_view text);
  // The id of a text that may not be there (id 0 for a non-empty text: not there).
  StringId find(std::string_view text) const;
  std::string_view text_of(StringId id) const;
  size_t count() const { return entries_.size(); }
  size_t size_bytes() const;

 private:
  struct Entry {
    const char* data;
    uint32_t size_bytes;
    uint32_t hash;
  };
  void grow();
  std::vector<Entry> entries_;
  std::vector<uint32_t> slots_;  // open addressing: entry index + 1, 0 = free
  std::vector<std::unique_ptr<char[]>> blocks_;
  size_t block_used_bytes_ = 0;
  size_t block_size_bytes_ = 0;
  size_t allocated_bytes_ = 0;
};

}  // namespace assay
