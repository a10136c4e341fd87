#include "core/unpack/inflate_source.h"

namespace assay::unpack {
namespace {

// zlib takes input as non-const without writing to it, unless ZLIB_CONST is set for its own build
// too.
Bytef* bytes_of(std::string_view text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}

}  // namespace

InflateSource::InflateSource(Shared& shared, Source& in, std::string name, Form form)
    : shared_(shared), in_(in), name_(std::move(name)), form_(form), buffer_(kPieceBytes) {
  // Window bits: 16 is added for gzip, a minus means no wrapper.
  is_ready_ = inflateInit2(&stream_, form == Form::Gzip ? 16 + 15 : -15) == Z_OK;
}

InflateSource::~InflateSource() {
  if (is_ready_) inflateEnd(&stream_);
}

Flow InflateSource::fail(std::string_view what) {
  phase_ = Phase::Failed;
  shared_.tell(ProblemKind::Damaged, name_, what, in_.position());
  return Flow::Failed;
}

Piece InflateSource::produce() {
  if (!is_ready_ && phase_ != Phase::Failed)
    return {fail("There is not enough memory to unpack it."), {}};
  while (true) {
    switch (phase_) {
      case Phase::Ended:
        return {Flow::End, {}};
      case Phase::Failed:
        return {Flow::Failed, {}};
      case Phase::Between:
        if (!look_for_member()) return {Flow::Waiting, {}};
        break;
      case Phase::Member: {
        const Piece piece = inflate_piece();
        if (piece.flow != Flow::Data || !piece.bytes.empty()) return piece;
        break;
      }
    }
  }
}

Piece InflateSource::inflate_piece() {
  Piece input;
  if (!output_was_full_) {
    input = in_.read();
    if (input.flow == Flow::Waiting) return input;
    if (input.flow == Flow::Failed) {
      phase_ = Phase::Failed;
      return input;
    }
    if (input.flow == Flow::End) {
      return {fail("It ends in the middle of the packed data: the file was cut off. What came "
                   "before was read."),
              {}};
    }
  }
  stream_.next_in = bytes_of(input.bytes);
  stream_.avail_in = static_cast<uInt>(input.bytes.size());
  stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
  stream_.avail_out = static_cast<uInt>(buffer_.size());
  const int result = inflate(&stream_, Z_NO_FLUSH);
  in_.give_back(stream_.avail_in);
  const size_t count = buffer_.size() - stream_.avail_out;
  output_was_full_ = stream_.avail_out == 0;
  given_bytes_ += count;
  if (count > 0 && !shared_.allow_output(name_, count, given_bytes_, in_)) {
    phase_ = Phase::Failed;
    return {Flow::Failed, {}};
  }
  take_result(result);
  return {Flow::Data, std::string_view(buffer_.data(), count)};  // of none, the caller goes on
}

void InflateSource::take_result(int result) {
  switch (result) {
    case Z_OK:
    case Z_BUF_ERROR:
      return;  // the latter: it needs more input
    case Z_STREAM_END:
      output_was_full_ = false;
      phase_ = form_ == Form::Gzip ? Phase::Between : Phase::Ended;
      return;
    case Z_MEM_ERROR:
      fail("There is not enough memory to unpack it.");
      return;
    default:
      break;
  }
  std::string what = "The packed data is damaged";
  if (stream_.msg != nullptr) what.append(" (").append(stream_.msg).append(")");
  fail(what += ": it was read up to there.");
}

bool InflateSource::look_for_member() {
  const Piece piece = in_.read(1);
  if (piece.flow == Flow::Waiting) return false;
  if (piece.flow == Flow::Failed) {
    phase_ = Phase::Failed;
  } else if (piece.flow == Flow::End) {
    if (saw_first_magic_) rubbish_behind();
    phase_ = Phase::Ended;
  } else if (saw_first_magic_ && piece.bytes[0] == '\x8b') {
    start_member();
  } else if (!saw_first_magic_ && piece.bytes[0] == '\x1f') {
    saw_first_magic_ = true;
  } else if (saw_first_magic_ || piece.bytes[0] != '\0') {  // zeros are padding, as tapes have it
    rubbish_behind();
    phase_ = Phase::Ended;
  }
  return true;
}

void InflateSource::start_member() {
  saw_first_magic_ = false;
  phase_ = Phase::Member;
  inflateReset(&stream_);
  // The two bytes that told the member are gone from the input.
  stream_.next_in = bytes_of("\x1f\x8b");
  stream_.avail_in = 2;
  stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
  stream_.avail_out = static_cast<uInt>(buffer_.size());
  take_result(inflate(&stream_, Z_NO_FLUSH));
}

void InflateSource::rubbish_behind() {
  shared_.tell(ProblemKind::Note, name_,
               "Behind the packed data stands something else, which was left out.", in_.position());
}

}  // namespace assay::unpack
