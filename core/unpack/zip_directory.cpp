#include "core/unpack/zip_directory.h"

#include <algorithm>

#include "core/base/hash.h"

namespace assay::unpack {
namespace {

constexpr uint32_t kEndRecord = 0x06054b50, kEndRecord64 = 0x06064b50, kEndLocator64 = 0x07064b50;
constexpr uint64_t kEndBytes = 22, kEnd64Bytes = 56, kLocatorBytes = 20, kMaxCommentBytes = 0xFFFF;
constexpr uint64_t kEntryBytes = 46, kLocalBytes = 30;
constexpr uint32_t kInZip64 = 0xFFFFFFFF;

struct End {
  uint64_t directory_at = 0, directory_bytes = 0, record_at = 0;
};

// Numbers that do not fit into the end record stand in the one that Zip64 puts before it.
bool read_end64(const ByteStore& store, uint64_t end_at, End& end) {
  if (end_at < kLocatorBytes || store.u32(end_at - kLocatorBytes) != kEndLocator64) return false;
  const uint64_t at = store.u64(end_at - kLocatorBytes + 8);
  if (at > store.size() || store.size() - at < kEnd64Bytes || store.u32(at) != kEndRecord64)
    return false;
  if (store.u32(at + 16) != 0 || store.u32(at + 20) != 0) return false;  // one of several disks
  end = {store.u64(at + 48), store.u64(at + 40), at};
  return true;
}

// The directory must end right where the end record begins: anything else is the end of another
// archive, one that is stored inside a longer one that was cut off.
bool fits(const ByteStore& store, const End& end) {
  if (end.directory_bytes > end.record_at ||
      end.directory_at != end.record_at - end.directory_bytes)
    return false;
  return end.directory_bytes == 0 || store.u32(end.directory_at) == kZipDirectoryEntry;
}

bool read_end(const ByteStore& store, uint64_t at, End& end) {
  if (store.u32(at) != kEndRecord || at + kEndBytes + store.u16(at + 20) > store.size())
    return false;
  if (read_end64(store, at, end)) return fits(store, end);
  if (store.u16(at + 4) != 0 || store.u16(at + 6) != 0) return false;
  end = {store.u32(at + 16), store.u32(at + 12), at};
  return fits(store, end);
}

std::optional<End> find_end(const ByteStore& store) {
  if (store.size() < kEndBytes) return std::nullopt;
  const uint64_t last = store.size() - kEndBytes;
  const uint64_t first = last < kMaxCommentBytes ? 0 : last - kMaxCommentBytes;
  std::string tail(static_cast<size_t>(store.size() - first), '\0');
  store.copy(first, tail.data(), tail.size());
  for (size_t i = static_cast<size_t>(last - first) + 1; i > 0; --i) {
    End end;
    if (tail.compare(i - 1, 2, "PK") == 0 && read_end(store, first + i - 1, end)) return end;
  }
  return std::nullopt;
}

// Takes the sizes and the place from the Zip64 field, those that the header says are there.
void apply_zip64(const ByteStore& store, uint64_t at, uint64_t bytes, ZipEntry& entry,
                 bool in_directory) {
  const uint64_t end = at + bytes;
  while (at + 4 <= end) {
    const uint16_t id = store.u16(at);
    const uint64_t field_end = std::min(end, at + 4 + store.u16(at + 2));
    at += 4;
    if (id == 1) {
      for (uint64_t* value : {&entry.unpacked_bytes, &entry.packed_bytes, &entry.header_at}) {
        if (value == &entry.header_at && !in_directory) break;
        if (*value != kInZip64 || field_end - at < 8) continue;
        *value = store.u64(at);
        at += 8;
      }
    }
    at = field_end;
  }
}

ZipEntry read_entry(const ByteStore& store, uint64_t at) {
  ZipEntry entry;
  entry.flags = store.u16(at + 8);
  entry.method = store.u16(at + 10);
  entry.crc = store.u32(at + 16);
  entry.packed_bytes = store.u32(at + 20);
  entry.unpacked_bytes = store.u32(at + 24);
  entry.name_bytes = store.u16(at + 28);
  entry.header_at = store.u32(at + 42);
  entry.name_at = at + kEntryBytes;
  // Made by Unix: its file type stands above. A symbolic link holds a path, no data.
  entry.is_link = (store.u16(at + 4) >> 8) == 3 && ((store.u32(at + 38) >> 16) & 0xF000) == 0xA000;
  apply_zip64(store, at + kEntryBytes + entry.name_bytes, store.u16(at + 30), entry, true);
  return entry;
}

// The same name again replaces the entry before it: programs that update an archive write the new
// one behind.
void mark_replaced(const ByteStore& store, std::vector<ZipEntry>& entries) {
  std::vector<std::pair<uint64_t, uint32_t>> order;
  order.reserve(entries.size());
  for (const ZipEntry& entry : entries) {
    order.emplace_back(hash_bytes(name_of(store, entry)), static_cast<uint32_t>(order.size()));
  }
  std::sort(order.begin(), order.end());
  for (size_t i = 1; i < order.size(); ++i) {
    if (order[i - 1].first != order[i].first) continue;
    ZipEntry& before = entries[order[i - 1].second];
    if (name_of(store, before) == name_of(store, entries[order[i].second]))
      before.fate = ZipEntry::Fate::Replaced;
  }
}

// Entries that share their data are how a small archive is made to hold any amount of it. The one
// that reaches into the next is left out: where it is just a wrong size, the others stay.
void mark_overlapping(const ByteStore& store, std::vector<ZipEntry>& entries) {
  std::vector<uint32_t> order;
  order.reserve(entries.size());
  for (uint32_t i = 0; i < entries.size(); ++i) {
    const ZipEntry& entry = entries[i];
    if (entry.fate == ZipEntry::Fate::Read && store.u32(entry.header_at) == kZipLocalHeader)
      order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return entries[a].header_at != entries[b].header_at
               ? entries[a].header_at < entries[b].header_at
               : a < b;
  });
  for (size_t i = 1; i < order.size(); ++i) {
    ZipEntry& entry = entries[order[i - 1]];
    const uint64_t room = entries[order[i]].header_at - entry.header_at,
                   least = kLocalBytes + entry.name_bytes;
    if (room < least || room - least < entry.packed_bytes) entry.fate = ZipEntry::Fate::Overlapping;
  }
}

}  // namespace

std::optional<ZipDirectory> read_zip_directory(const ByteStore& store, uint64_t max_entries) {
  const std::optional<End> end = find_end(store);
  if (!end) return std::nullopt;
  ZipDirectory directory;
  const uint64_t stop = end->directory_at + end->directory_bytes;
  uint64_t at = end->directory_at;
  while (at < stop) {
    if (stop - at < kEntryBytes || store.u32(at) != kZipDirectoryEntry ||
        directory.entries.size() >= max_entries) {
      directory.is_cut = true;
      break;
    }
    directory.entries.push_back(read_entry(store, at));
    at += kEntryBytes + store.u16(at + 28) + store.u16(at + 30) + store.u16(at + 32);
  }
  mark_replaced(store, directory.entries);
  mark_overlapping(store, directory.entries);
  return directory;
}

std::optional<ZipEntry> read_local_header(const ByteStore& store, uint64_t offset,
                                          uint64_t& data_at) {
  if (offset > store.size() || store.size() - offset < kLocalBytes ||
      store.u32(offset) != kZipLocalHeader) {
    return std::nullopt;
  }
  ZipEntry entry;
  entry.header_at = offset;
  entry.flags = store.u16(offset + 6);
  entry.method = store.u16(offset + 8);
  entry.crc = store.u32(offset + 14);
  entry.packed_bytes = store.u32(offset + 18);
  entry.unpacked_bytes = store.u32(offset + 22);
  entry.name_bytes = store.u16(offset + 26);
  entry.name_at = offset + kLocalBytes;
  const uint64_t extra_bytes = store.u16(offset + 28);
  apply_zip64(store, entry.name_at + entry.name_bytes, extra_bytes, entry, false);
  data_at = entry.name_at + entry.name_bytes + extra_bytes;
  return entry;
}

bool find_local_header(const ByteStore& store, uint64_t& offset, uint64_t max_bytes) {
  const uint64_t stop = offset + std::min(max_bytes, store.size() - std::min(offset, store.size()));
  while (offset < stop) {
    const std::string_view piece =
        store.at(offset, static_cast<size_t>(std::min<uint64_t>(stop - offset, kPieceBytes)));
    const size_t p = piece.find('P');
    if (p == std::string_view::npos) {
      offset += piece.size();
      continue;
    }
    offset += p;
    if (store.u32(offset) == kZipLocalHeader) return true;
    ++offset;
  }
  return false;
}

std::string name_of(const ByteStore& store, const ZipEntry& entry) {
  std::string name(entry.name_bytes, '\0');
  if (!store.copy(entry.name_at, name.data(), name.size())) name.clear();
  return name;
}

}  // namespace assay::unpack
