#include "core/unpack/entry_stream.h"

#include "core/unpack/entry_name.h"
#include "core/unpack/inflate_source.h"
#include "core/unpack/tar_archive.h"
#include "core/unpack/zip_archive.h"
#include "core/unpack/zstd_source.h"

namespace assay::unpack {

EntryStream::EntryStream(Shared& shared, Source& bytes, std::string name, uint64_t size_bytes,
                         uint32_t layers, bool in_archive)
    : shared_(shared),
      name_(std::move(name)),
      size_bytes_(size_bytes),
      layers_(layers),
      in_archive_(in_archive) {
  auto peek = std::make_unique<PeekSource>(bytes);
  bytes_ = peek.get();
  layers_of_sources_.push_back(std::move(peek));
}

EntryStream::~EntryStream() {
  member_.reset();
  archive_.reset();
  while (!layers_of_sources_.empty())
    layers_of_sources_.pop_back();  // from the top
}

StreamStep EntryStream::done() {
  phase_ = Phase::Done;
  return StreamStep::Done;
}

StreamStep EntryStream::step() {
  switch (phase_) {
    case Phase::Looking:
      return look();
    case Phase::Giving:
      return give();
    case Phase::Archive:
      return step_archive();
    case Phase::Done:
      break;
  }
  return StreamStep::Done;
}

StreamStep EntryStream::look() {
  // All but tar show in the first four bytes: those need not wait for more.
  if (bytes_->peek(4) == Flow::Waiting) return StreamStep::Waiting;
  Packing packing = packing_of(bytes_->head());
  if (packing == Packing::None) {
    if (bytes_->peek(kPackingHeadBytes) == Flow::Waiting) return StreamStep::Waiting;
    packing = packing_of(bytes_->head());
  }
  if (shared_.stopped()) return done();
  if (packing == Packing::None) return begin();
  return unwrap(packing) ? StreamStep::Working : done();
}

bool EntryStream::unwrap(Packing packing) {
  const bool is_free = packing == Packing::Tar && is_unwrapped_;
  if (!is_free && layers_ >= shared_.limits().max_layers) {
    shared_.tell(ProblemKind::Skipped, name_,
                 "It is packed more than " + std::to_string(shared_.limits().max_layers) +
                     " times over: it was left out. Unpack it yourself and open what is inside.",
                 bytes_->position());
    return false;
  }
  if (!is_free) ++layers_;
  if (packing == Packing::Zip || packing == Packing::Tar) {
    const bool is_file = !in_archive_ && !is_unwrapped_ && layers_of_sources_.size() == 1;
    // The outermost archive needs no naming: the host knows which file it opened.
    const std::string prefix = in_archive_ ? name_ + "/" : "";
    if (packing == Packing::Tar) {
      archive_ = std::make_unique<TarArchive>(shared_, *bytes_, name_, prefix);
    } else {
      archive_ = std::make_unique<ZipArchive>(shared_, *bytes_, name_, prefix, is_file);
    }
    phase_ = Phase::Archive;
    return true;
  }
  // Its problems are those of the entry that comes out.
  name_ = unpacked_name(name_, packing);
  std::unique_ptr<Source> decoder;
  if (packing == Packing::Gzip) {
    decoder = std::make_unique<InflateSource>(shared_, *bytes_, name_, InflateSource::Form::Gzip);
  } else {
    decoder = std::make_unique<ZstdSource>(shared_, *bytes_, name_);
  }
  auto peek = std::make_unique<PeekSource>(*decoder);
  bytes_ = peek.get();
  layers_of_sources_.push_back(std::move(decoder));
  layers_of_sources_.push_back(std::move(peek));
  size_bytes_ = 0;
  is_unwrapped_ = true;
  return true;
}

StreamStep EntryStream::begin() {
  // Nothing of it could be unpacked, and that has been told.
  if (bytes_->has_failed() && bytes_->head().empty()) return done();
  if (!shared_.begin(name_, size_bytes_)) return done();
  phase_ = Phase::Giving;
  return StreamStep::Working;
}

StreamStep EntryStream::give() {
  const Piece piece = bytes_->read();
  if (piece.flow == Flow::Waiting) return StreamStep::Waiting;
  if (piece.flow == Flow::Data) return shared_.give(piece.bytes) ? StreamStep::Working : done();
  shared_.end();
  return done();
}

StreamStep EntryStream::step_archive() {
  if (member_ != nullptr) {
    const StreamStep step = member_->step();
    if (step == StreamStep::Waiting) return step;
    if (step == StreamStep::Done) member_.reset();
    return StreamStep::Working;
  }
  if (shared_.stopped()) return done();
  Member member;
  switch (archive_->next(member)) {
    case Archive::Next::Ready:
      open_member(member);
      return StreamStep::Working;
    case Archive::Next::Working:
      return StreamStep::Working;
    case Archive::Next::Waiting:
      return StreamStep::Waiting;
    case Archive::Next::Finished:
      break;
  }
  return done();
}

void EntryStream::open_member(const Member& member) {
  if (member.name.shortened) {
    shared_.tell(ProblemKind::Note, member.name.name,
                 "Its name is longer than " + std::to_string(shared_.limits().max_name_bytes) +
                     " bytes: it was shortened.",
                 bytes_->position());
  }
  member_ = std::make_unique<EntryStream>(shared_, *member.bytes, member.name.name,
                                          member.size_bytes, layers_, true);
}

}  // namespace assay::unpack
