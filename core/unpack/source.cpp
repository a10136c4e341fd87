#include "core/unpack/source.h"

#include "core/base/assert.h"

namespace assay::unpack {

Piece Source::read(size_t max_bytes) {
  if (rest_.empty()) {
    const Piece piece = produce();
    if (piece.flow != Flow::Data) return piece;
    ASSAY_ASSERT(!piece.bytes.empty());
    rest_ = piece.bytes;
  }
  const std::string_view bytes = rest_.substr(0, max_bytes);
  rest_.remove_prefix(bytes.size());
  return {Flow::Data, bytes};
}

void Source::give_back(size_t count) {
  if (count > 0) rest_ = std::string_view(rest_.data() - count, rest_.size() + count);
}

void ChunkSource::feed(std::string_view chunk) {
  ASSAY_ASSERT(!ended_);
  ASSAY_ASSERT(chunk_.empty());
  chunk_ = chunk;
}

Piece ChunkSource::produce() {
  if (chunk_.empty()) return {ended_ ? Flow::End : Flow::Waiting, {}};
  given_bytes_ += chunk_.size();
  const std::string_view all = chunk_;
  chunk_ = {};
  return {Flow::Data, all};
}

Flow PeekSource::peek(size_t bytes) {
  while (head_.size() < bytes && after_head_ == Flow::Data) {
    const Piece piece = in_.read(bytes - head_.size());
    if (piece.flow == Flow::Waiting) return Flow::Waiting;
    if (piece.flow == Flow::Data) {
      head_ += piece.bytes;
    } else {
      after_head_ = piece.flow;
    }
  }
  return Flow::Data;
}

uint64_t PeekSource::kept_bytes() const {
  if (!in_.is_plain()) return 0;
  return unread_bytes() + (head_given_ ? 0 : head_.size());
}

Piece PeekSource::produce() {
  if (!head_given_) {
    head_given_ = true;
    if (!head_.empty()) return {Flow::Data, head_};
  }
  if (after_head_ != Flow::Data) return {after_head_, {}};
  return in_.read();
}

}  // namespace assay::unpack
