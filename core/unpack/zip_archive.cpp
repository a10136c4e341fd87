#include "core/unpack/zip_archive.h"

#include <zlib.h>

#include "core/unpack/entry_name.h"
#include "core/unpack/inflate_source.h"
#include "core/unpack/zstd_source.h"

namespace assay::unpack {
namespace {

std::string method_text(uint16_t method) {
  switch (method) {
    case 1:
    case 2:
    case 6:
      return "an outdated method";
    case 9:
      return "Deflate64";
    case 12:
      return "bzip2";
    case 14:
      return "LZMA";
    case 95:
      return "xz";
    case 98:
      return "PPMd";
    default:
      return "method " + std::to_string(method);
  }
}

}  // namespace

CheckedSource::CheckedSource(Shared& shared, Source& in, std::string name, const ZipEntry& entry,
                             bool is_known)
    : shared_(shared),
      in_(in),
      name_(std::move(name)),
      expected_bytes_(entry.unpacked_bytes),
      expected_crc_(entry.crc),
      is_known_(is_known) {}

Flow CheckedSource::fail(std::string_view what) {
  shared_.tell(ProblemKind::Damaged, name_, what, in_.position());
  return last_flow_ = Flow::Failed;
}

Piece CheckedSource::produce() {
  if (last_flow_ != Flow::Data) return {last_flow_, {}};
  const Piece piece = in_.read();
  if (piece.flow == Flow::Waiting) return piece;
  if (piece.flow == Flow::Failed) last_flow_ = Flow::Failed;
  if (piece.flow == Flow::End) return {check_end(), {}};
  if (piece.flow != Flow::Data) return piece;
  bytes_seen_ += piece.bytes.size();
  if (is_known_ && bytes_seen_ > expected_bytes_) {
    return {fail("It is longer than the archive says: it was read up to there."), {}};
  }
  crc_ = static_cast<uint32_t>(crc32(crc_, reinterpret_cast<const Bytef*>(piece.bytes.data()),
                                     static_cast<uInt>(piece.bytes.size())));
  return piece;
}

Flow CheckedSource::check_end() {
  if (is_known_ && bytes_seen_ < expected_bytes_) {
    return fail("It is shorter than the archive says: the archive is damaged or was cut off.");
  }
  if (is_known_ && crc_ != expected_crc_)
    return fail("Its checksum is wrong: its content is damaged.");
  return last_flow_ = Flow::End;
}

ZipArchive::ZipArchive(Shared& shared, Source& in, std::string name, std::string prefix,
                       bool is_file)
    : shared_(shared),
      in_(in),
      name_(std::move(name)),
      prefix_(std::move(prefix)),
      is_file_(is_file),
      place_(in.position()),
      store_(shared) {}

std::string ZipArchive::shown_name(const std::string& raw_name) const {
  return member_name(prefix_, raw_name, shared_.limits().max_name_bytes).name;
}

Archive::Next ZipArchive::next(Member& member) {
  switch (phase_) {
    case Phase::Collecting:
      return collect();
    case Phase::Listed:
      return next_listed(member);
    case Phase::Scanning:
      return next_scanned(member);
    case Phase::Finished:
      break;
  }
  close();
  return Next::Finished;
}

Archive::Next ZipArchive::collect() {
  const Piece piece = in_.read();
  if (piece.flow == Flow::Waiting) return Next::Waiting;
  if (piece.flow != Flow::Data) {
    read_directory();
  } else if (!store_.append(piece.bytes)) {
    shared_.tell(ProblemKind::Skipped, name_,
                 "There is not enough memory for this zip archive (its limit is " +
                     std::to_string(shared_.limits().max_buffered_bytes >> 20) +
                     " MB): unpack it yourself and open its files.",
                 in_.position());
    phase_ = Phase::Finished;
  }
  return Next::Working;
}

void ZipArchive::read_directory() {
  const uint64_t room = shared_.limits().max_entries - shared_.entries();
  if (auto directory =
          read_zip_directory(store_, room + 1)) {  // one more, so that the limit is seen and told
    directory_ = std::move(*directory);
    phase_ = Phase::Listed;
    return;
  }
  shared_.tell(ProblemKind::Damaged, name_,
               "The directory at the end of this zip archive is missing or damaged, perhaps "
               "because the file was cut "
               "off: its files were read as far as they go.",
               place_of(store_.size()));
  phase_ = Phase::Scanning;
}

void ZipArchive::skipped(const std::string& raw_name, std::string_view what, uint64_t offset) {
  shared_.tell(ProblemKind::Skipped, shown_name(raw_name), what, place_of(offset));
}

bool ZipArchive::is_wanted(const ZipEntry& entry, const std::string& raw_name) {
  if (entry.is_link || is_left_out(raw_name)) return false;
  if (entry.fate == ZipEntry::Fate::Replaced) {
    shared_.tell(ProblemKind::Note, shown_name(raw_name),
                 "The archive holds this file more than once: only the last one was read.",
                 place_of(entry.header_at));
    return false;
  }
  if (entry.fate == ZipEntry::Fate::Overlapping) {
    skipped(raw_name, "It reaches into another file of the archive: it was left out.",
            entry.header_at);
    return false;
  }
  if (entry.is_encrypted()) {
    skipped(raw_name,
            "It is encrypted: it was left out. Unpack the archive yourself and open its files.",
            entry.header_at);
    return false;
  }
  if (entry.method != kZipStored && entry.method != kZipDeflated && entry.method != kZipZstd) {
    skipped(raw_name,
            "It is packed with " + method_text(entry.method) +
                ", which cannot be read here: it was left out. Unpack the archive yourself and "
                "open its files.",
            entry.header_at);
    return false;
  }
  return true;
}

Archive::Next ZipArchive::open(const ZipEntry& entry, uint64_t data_at, uint64_t end, bool is_known,
                               Member& member) {
  member.name = member_name(prefix_, name_of(store_, entry), shared_.limits().max_name_bytes);
  member.size_bytes = is_known ? entry.unpacked_bytes : 0;
  const std::string& shown = member.name.name;
  range_ = std::make_unique<RangeSource>(store_, data_at, end, place_, is_file_);
  Source* content = range_.get();
  if (entry.method == kZipDeflated) {
    decoder_ = std::make_unique<InflateSource>(shared_, *range_, shown, InflateSource::Form::Bare);
    content = decoder_.get();
  } else if (entry.method == kZipZstd) {
    decoder_ = std::make_unique<ZstdSource>(shared_, *range_, shown);
    content = decoder_.get();
  }
  checked_ = std::make_unique<CheckedSource>(shared_, *content, shown, entry, is_known);
  member.bytes = checked_.get();
  return Next::Ready;
}

void ZipArchive::close() {
  checked_.reset();
  decoder_.reset();
  range_.reset();
}

Archive::Next ZipArchive::next_listed(Member& member) {
  close();
  if (next_entry_ == directory_.entries.size()) {
    if (directory_.is_cut) {
      shared_.tell(ProblemKind::Damaged, name_,
                   "The directory of this zip archive is damaged: files may be missing.",
                   place_of(store_.size()));
    }
    phase_ = Phase::Finished;
    return Next::Working;
  }
  const ZipEntry& entry = directory_.entries[next_entry_++];
  if (!shared_.count_entry(name_, place_of(entry.header_at))) {
    phase_ = Phase::Finished;
    return Next::Working;
  }
  const std::string raw_name = name_of(store_, entry);
  if (!is_wanted(entry, raw_name)) return Next::Working;
  uint64_t data_at = 0;
  if (!read_local_header(store_, entry.header_at, data_at)) {
    skipped(raw_name, "It is not where the archive says: it was left out. The archive is damaged.",
            entry.header_at);
    return Next::Working;
  }
  const uint64_t end =
      entry.packed_bytes > UINT64_MAX - data_at ? UINT64_MAX : data_at + entry.packed_bytes;
  return open(entry, data_at, end, true, member);
}

}  // namespace assay::unpack
