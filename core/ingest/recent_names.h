// RecentNames: what the names that stood in one place lately became, by the bytes in which they were written, so that
// a name that comes again need not be decoded and looked up. A member of what is kept for a file.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "core/base/simd.h"
#include "core/base/string_pool.h"

namespace assay::ingest {

class RecentNames {
 public:
  static constexpr size_t kMostBytes = 32;

  // kMostBytes must be readable from the beginning of `written` on. Not present: it has not come lately.
  StringId find(std::string_view written) const {
    const Entry& entry = entries_[place_of(written)];
    const bool same = entry.size_bytes == written.size() && simd::same_bytes64(written.data(), entry.written, entry.size_bytes);
    return same ? entry.id : StringId{};
  }
  void remember(std::string_view written, StringId id) {
    if (written.empty() || written.size() > kMostBytes) return;
    Entry& entry = entries_[place_of(written)];
    std::memcpy(entry.written, written.data(), written.size());
    entry.size_bytes = static_cast<uint32_t>(written.size());
    entry.id = id;
  }

 private:
  static constexpr size_t kEntries = 32;
  struct Entry {
    char written[kMostBytes] = {};
    uint32_t size_bytes = 0;
    StringId id;
  };
  static size_t place_of(std::string_view written) {
    const size_t size = written.size();
    if (size == 0) return 0;
    const auto byte = [&written](size_t i) { return static_cast<size_t>(static_cast<unsigned char>(written[i])); };
    return (size + byte(size / 2) * 5 + byte(size / 4) * 3 + byte(size * 3 / 4)) % kEntries;
  }

  Entry entries_[kEntries];
};

}  // namespace assay::ingest
