// A zip archive without its directory: entries as their local headers stand, one behind another.
// Where one is damaged, the next header is looked for.
#include <algorithm>

#include "core/unpack/zip_archive.h"

namespace assay::unpack {
namespace {

constexpr uint64_t kScanBytes = uint64_t{1} << 20;  // looked through in one step

}  // namespace

Archive::Next ZipArchive::next_scanned(Member& member) {
  if (!leave_scanned()) return Next::Working;
  if (!find_local_header(store_, scan_at_, kScanBytes)) {
    if (scan_at_ >= store_.size()) phase_ = Phase::Finished;
    return Next::Working;
  }
  uint64_t data_at = 0;
  const std::optional<ZipEntry> entry = read_local_header(store_, scan_at_, data_at);
  if (!entry || !shared_.count_entry(name_, place_of(scan_at_))) {
    phase_ = Phase::Finished;  // a header that was cut off is the last thing in the archive
    return Next::Working;
  }
  return open_scanned(*entry, data_at, member);
}

Archive::Next ZipArchive::open_scanned(const ZipEntry& entry, uint64_t data_at, Member& member) {
  const std::string raw_name = name_of(store_, entry);
  const bool is_wanted_entry = is_wanted(entry, raw_name);
  const bool is_readable =
      !entry.is_encrypted() && (entry.method == kZipDeflated || entry.method == kZipZstd);
  has_open_end_ = entry.has_descriptor() && entry.packed_bytes == 0;
  if (!has_open_end_) {
    scan_at_ =
        entry.packed_bytes > UINT64_MAX - data_at ? UINT64_MAX : data_at + entry.packed_bytes;
    if (!is_wanted_entry) return Next::Working;
    return open(entry, data_at, scan_at_, !entry.has_descriptor(), member);
  }
  scan_at_ = data_at;
  if (!is_readable) {
    if (is_wanted_entry) {
      skipped(raw_name,
              "Its length stands only in the missing directory of the archive: it was left out.",
              entry.header_at);
    }
    return Next::Working;
  }
  // Where the next entry begins is known only when this one has been unpacked, wanted or not.
  open(entry, data_at, store_.size(), false, member);
  scanned_name_ = shown_name(raw_name);
  return is_wanted_entry ? Next::Ready : Next::Working;
}

// False: call again, the entry before is not yet at its end.
bool ZipArchive::leave_scanned() {
  if (checked_ != nullptr && has_open_end_) {
    if (checked_->read().flow == Flow::Data) return false;
    scan_at_ = range_->offset();
    if (checked_->has_ended() && scan_at_ < store_.size() && !skip_descriptor()) {
      shared_.tell(ProblemKind::Damaged, scanned_name_,
                   "Its checksum is wrong: its content is damaged.", place_of(scan_at_));
    }
  }
  close();
  return true;
}

// Checksum and sizes behind the data, with or without a mark, in four or eight bytes. False: they
// do not fit.
bool ZipArchive::skip_descriptor() {
  uint64_t at = scan_at_;
  if (store_.u32(at) == kZipDescriptor) at += 4;
  const uint64_t packed = range_->packed_bytes(), unpacked = checked_->bytes_seen();
  if (store_.u32(at) != checked_->crc()) return false;
  const bool is_short = store_.u32(at + 4) == static_cast<uint32_t>(packed) &&
                        store_.u32(at + 8) == static_cast<uint32_t>(unpacked);
  scan_at_ = std::min(store_.size(), at + (is_short ? 12 : 20));
  return true;
}

}  // namespace assay::unpack
