// ZipArchive: keeps the archive's bytes, then gives its entries in the order of its directory, or,
// where that is missing because the end was cut off, as their own headers stand.
#pragma once

#include <memory>
#include <string>

#include "core/unpack/archive.h"
#include "core/unpack/byte_store.h"
#include "core/unpack/zip_directory.h"

namespace assay::unpack {

// Looks at an entry's size and checksum while it is read. What is not known yet is not looked at.
class CheckedSource : public Source {
 public:
  CheckedSource(Shared& shared, Source& in, std::string name, const ZipEntry& entry, bool is_known);
  uint64_t position() const override { return in_.position() - (is_plain() ? unread_bytes() : 0); }
  uint64_t packed_bytes() const override {
    return in_.packed_bytes() - (is_plain() ? unread_bytes() : 0);
  }
  bool is_plain() const override { return in_.is_plain(); }
  uint64_t bytes_seen() const { return bytes_seen_; }
  uint32_t crc() const { return crc_; }
  bool has_ended() const { return last_flow_ == Flow::End; }

 private:
  Piece produce() override;
  Flow check_end();
  Flow fail(std::string_view what);

  Shared& shared_;
  Source& in_;
  const std::string name_;
  const uint64_t expected_bytes_;
  const uint32_t expected_crc_;
  const bool is_known_;
  Flow last_flow_ = Flow::Data;
  uint64_t bytes_seen_ = 0;
  uint32_t crc_ = 0;
};

class ZipArchive : public Archive {
 public:
  // `is_file`: the archive is the file itself, so that its offsets are the file's.
  // `prefix` goes before the names of its entries.
  ZipArchive(Shared& shared, Source& in, std::string name, std::string prefix, bool is_file);
  Next next(Member& member) override;

 private:
  enum class Phase : uint8_t { Collecting, Listed, Scanning, Finished };

  Next collect();
  void read_directory();
  Next next_listed(Member& member);
  Next next_scanned(Member& member);
  bool leave_scanned();
  bool skip_descriptor();
  Next open_scanned(const ZipEntry& entry, uint64_t data_at, Member& member);
  // Whether the entry is one to read; tells why not.
  bool is_wanted(const ZipEntry& entry, const std::string& raw_name);
  Next open(const ZipEntry& entry, uint64_t data_at, uint64_t end, bool is_known, Member& member);
  void close();
  uint64_t place_of(uint64_t offset) const { return is_file_ ? place_ + offset : place_; }
  std::string shown_name(const std::string& raw_name) const;
  void skipped(const std::string& raw_name, std::string_view what, uint64_t offset);

  Shared& shared_;
  Source& in_;
  const std::string name_, prefix_;
  const bool is_file_;
  const uint64_t place_;
  Phase phase_ = Phase::Collecting;
  ByteStore store_;
  ZipDirectory directory_;
  size_t next_entry_ = 0;
  uint64_t scan_at_ = 0;
  bool has_open_end_ = false;  // the entry being read ends where its data says so
  std::string scanned_name_;
  // Of the entry being read, each on the one before.
  std::unique_ptr<RangeSource> range_;
  std::unique_ptr<Source> decoder_;
  std::unique_ptr<CheckedSource> checked_;
};

}  // namespace assay::unpack
