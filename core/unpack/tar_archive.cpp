#include "core/unpack/tar_archive.h"

#include <algorithm>

#include "core/unpack/entry_name.h"

namespace assay::unpack {
namespace {

constexpr uint64_t kMaxExtendedBytes = uint64_t{1} << 20;

std::string_view up_to_nul(std::string_view text) { return text.substr(0, text.find('\0')); }

}  // namespace

// The bytes of one entry; what is left of them stands in the archive.
class TarArchive::Content : public Source {
 public:
  Content(TarArchive& archive, std::string name) : archive_(archive), name_(std::move(name)) {}
  uint64_t position() const override {
    return archive_.in_.position() - (is_plain() ? unread_bytes() : 0);
  }
  uint64_t packed_bytes() const override {
    return archive_.in_.packed_bytes() - (is_plain() ? unread_bytes() : 0);
  }
  bool is_plain() const override { return archive_.in_.is_plain(); }

 private:
  Piece produce() override {
    if (archive_.content_left_ == 0) return {Flow::End, {}};
    const Piece piece = archive_.in_.read(
        static_cast<size_t>(std::min<uint64_t>(archive_.content_left_, kPieceBytes)));
    if (piece.flow == Flow::Data) archive_.content_left_ -= piece.bytes.size();
    if (piece.flow == Flow::Data || piece.flow == Flow::Waiting) return piece;
    if (!has_told_) {  // what packs the archive may have told its side of it
      archive_.shared_.tell(
          ProblemKind::Damaged, name_,
          "The archive ends in the middle of it: the file was cut off. What came before was read.",
          position());
    }
    has_told_ = true;
    return {Flow::Failed, {}};
  }

  TarArchive& archive_;
  const std::string name_;
  bool has_told_ = false;
};

TarArchive::TarArchive(Shared& shared, Source& in, std::string name, std::string prefix)
    : shared_(shared), in_(in), name_(std::move(name)), prefix_(std::move(prefix)) {}

TarArchive::~TarArchive() = default;

Archive::Next TarArchive::next(Member& member) {
  content_.reset();
  switch (phase_) {
    case Phase::Content:
      return skip(content_left_, Phase::Padding);
    case Phase::Padding:
      return skip(padding_left_, Phase::Header);
    case Phase::Extended:
      return read_extended();
    case Phase::Header: {
      const Next ready = read_block();
      return ready == Next::Ready ? take_header(member) : ready;
    }
    case Phase::Behind:
      break;
  }
  // To the end, so that what packs the archive sees its checksum.
  const Piece piece = in_.read();
  if (piece.flow == Flow::Waiting) return Next::Waiting;
  return piece.flow == Flow::Data ? Next::Working : Next::Finished;
}

Archive::Next TarArchive::end(ProblemKind kind, std::string_view what) {
  shared_.tell(kind, name_, what, in_.position());
  phase_ = Phase::Behind;
  return Next::Working;
}

Archive::Next TarArchive::end_of_input() {
  return end(ProblemKind::Damaged,
             "This tar archive ends too early: the file was cut off. What came before was read.");
}

Archive::Next TarArchive::skip(uint64_t& bytes_left, Phase then) {
  if (bytes_left == 0) {
    phase_ = then;
    return Next::Working;
  }
  const Piece piece = in_.read(static_cast<size_t>(std::min<uint64_t>(bytes_left, kPieceBytes)));
  if (piece.flow == Flow::Waiting) return Next::Waiting;
  if (piece.flow == Flow::Data) {
    bytes_left -= piece.bytes.size();
  } else {
    // Content has told it, and padding that is missing matters to nobody.
    phase_ = Phase::Behind;
  }
  return Next::Working;
}

Archive::Next TarArchive::read_block() {
  while (block_.size() < kTarBlockBytes) {
    const Piece piece = in_.read(kTarBlockBytes - block_.size());
    if (piece.flow == Flow::Waiting) return Next::Waiting;
    if (piece.flow == Flow::Data) {
      block_ += piece.bytes;
      continue;
    }
    // Some writers leave out the empty blocks at the end.
    if (piece.flow == Flow::End && !block_.empty()) return end_of_input();
    phase_ = Phase::Behind;
    return Next::Working;
  }
  return Next::Ready;
}

Archive::Next TarArchive::take_header(Member& member) {
  const std::string block = std::move(block_);
  block_.clear();
  if (block.find_first_not_of('\0') == std::string::npos) {
    phase_ = Phase::Behind;  // what stands behind the first empty block is no part of the archive
    return Next::Working;
  }
  TarHeader header;
  if (!is_tar_header(block) || !read_tar_header(block, header)) {
    return end(ProblemKind::Damaged,
               "This tar archive is damaged here: what came before was read.");
  }
  if (!apply_pax_records(next_records_, header)) {
    shared_.tell(ProblemKind::Note, name_,
                 "Additional data of an entry of this tar archive is damaged.", in_.position());
  }
  const bool is_extended =
      header.type == 'x' || header.type == 'g' || header.type == 'L' || header.type == 'K';
  content_left_ = header.size_bytes;
  padding_left_ = (kTarBlockBytes - header.size_bytes % kTarBlockBytes) % kTarBlockBytes;
  phase_ = Phase::Content;
  if (!is_extended) {
    if (!next_name_.empty()) header.name = next_name_;
    next_name_.clear();
    next_records_.clear();
    return take_member(header, member);
  }
  if (header.type == 'g' || header.type == 'K')
    return Next::Working;  // for all entries; a link's target
  if (header.size_bytes > kMaxExtendedBytes) {
    return end(
        ProblemKind::Damaged,
        "An entry of this tar archive has a name of more than 1 MB: it was read up to there.");
  }
  extended_type_ = header.type;
  extended_.clear();
  phase_ = Phase::Extended;
  return Next::Working;
}

Archive::Next TarArchive::read_extended() {
  if (content_left_ > 0) {
    const Piece piece = in_.read(static_cast<size_t>(content_left_));
    if (piece.flow == Flow::Waiting) return Next::Waiting;
    if (piece.flow == Flow::End) return end_of_input();
    if (piece.flow == Flow::Failed) {
      phase_ = Phase::Behind;
      return Next::Working;
    }
    extended_ += piece.bytes;
    content_left_ -= piece.bytes.size();
    return Next::Working;
  }
  if (extended_type_ == 'L') {
    next_name_ = up_to_nul(extended_);
  } else {
    next_records_ = std::move(extended_);
  }
  phase_ = Phase::Padding;
  return Next::Working;
}

Archive::Next TarArchive::take_member(const TarHeader& header, Member& member) {
  if (!shared_.count_entry(name_, in_.position())) {
    phase_ = Phase::Behind;
    return Next::Working;
  }
  // Old programs mark a folder by its name only; what is no file (links, devices) has no content of
  // its own.
  CleanName name = member_name(prefix_, header.name, shared_.limits().max_name_bytes);
  const bool is_file = header.type == '0' || header.type == '7';
  if (header.type == '1' || header.type == '2') content_left_ = padding_left_ = 0;
  if (header.type == 'S' && !is_left_out(header.name)) {
    shared_.tell(ProblemKind::Skipped, name.name,
                 "It is stored as a sparse file, which cannot be read here: it was left out.",
                 in_.position());
  }
  if (!is_file || is_left_out(header.name)) return Next::Working;
  member.name = std::move(name);
  member.size_bytes = header.size_bytes;
  content_ = std::make_unique<Content>(*this, member.name.name);
  member.bytes = content_.get();
  return Next::Ready;
}

}  // namespace assay::unpack
