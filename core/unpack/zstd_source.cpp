#include "core/unpack/zstd_source.h"

#include <zstd.h>
#include <zstd_errors.h>

namespace assay::unpack {
namespace {

constexpr uint64_t kMagicBytes = 4;
constexpr size_t kBlockHeaderBytes = 3;

std::string text_of(ZSTD_ErrorCode code, uint32_t window_log) {
  switch (code) {
    case ZSTD_error_dictionary_wrong:
      return "It was packed with a dictionary that is not in the file: unpack it yourself with "
             "`zstd -d -D "
             "DICTIONARY`.";
    case ZSTD_error_frameParameter_windowTooLarge:
      return "It needs a window of more than " + std::to_string((uint64_t{1} << window_log) >> 20) +
             " MB: unpack it yourself with `zstd -d --long=31`, or pack it without --long.";
    case ZSTD_error_memory_allocation:
      return "There is not enough memory to unpack it.";
    case ZSTD_error_checksum_wrong:
      return "The checksum of the packed data is wrong: its content is damaged.";
    default:
      break;
  }
  return "The packed data is damaged (Zstandard error " + std::to_string(code) +
         "): it was read up to there.";
}

}  // namespace

void ZstdSource::Free::operator()(ZSTD_DCtx_s* context) const { ZSTD_freeDCtx(context); }

ZstdSource::ZstdSource(Shared& shared, Source& in, std::string name)
    : shared_(shared),
      in_(in),
      name_(std::move(name)),
      context_(ZSTD_createDCtx()),
      buffer_(kPieceBytes) {
  if (context_ == nullptr) return;
  ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax,
                         static_cast<int>(shared.limits().zstd_window_log));
}

Flow ZstdSource::fail(std::string_view what) {
  phase_ = Phase::Failed;
  shared_.tell(ProblemKind::Damaged, name_, what, in_.position());
  return Flow::Failed;
}

Piece ZstdSource::produce() {
  if (context_ == nullptr && phase_ != Phase::Failed)
    return {fail("There is not enough memory to unpack it."), {}};
  while (phase_ == Phase::Running) {
    const Piece piece = unpack_piece();
    if (piece.flow != Flow::Data || !piece.bytes.empty()) return piece;
  }
  return {phase_ == Phase::Ended ? Flow::End : Flow::Failed, {}};
}

Piece ZstdSource::unpack_piece() {
  Piece input;
  if (!output_was_full_) {
    input = in_.read(wanted_bytes_);
    if (input.flow == Flow::Waiting) return input;
    if (input.flow == Flow::End) return {at_end_of_input(), {}};
    if (input.flow == Flow::Failed) {
      phase_ = Phase::Failed;
      return input;
    }
  }
  ZSTD_inBuffer in = {input.bytes.data(), input.bytes.size(), 0};
  ZSTD_outBuffer out = {buffer_.data(), buffer_.size(), 0};
  const size_t result = ZSTD_decompressStream(context_.get(), &out, &in);
  in_.give_back(in.size - in.pos);
  frame_in_bytes_ += in.pos;
  in_frame_ = in_frame_ || in.pos > 0;
  output_was_full_ = out.pos == out.size;
  given_bytes_ += out.pos;
  if (out.pos > 0 && !shared_.allow_output(name_, out.pos, given_bytes_, in_)) {
    phase_ = Phase::Failed;
    return {Flow::Failed, {}};
  }
  take_result(result);
  return {Flow::Data, std::string_view(buffer_.data(), out.pos)};  // of none, the caller goes on
}

void ZstdSource::take_result(size_t result) {
  if (ZSTD_isError(result)) {
    const ZSTD_ErrorCode code = ZSTD_getErrorCode(result);
    if (code == ZSTD_error_prefix_unknown && frames_ > 0) return end_with_rubbish();
    fail(text_of(code, shared_.limits().zstd_window_log));
  } else if (result == 0) {
    ++frames_;
    in_frame_ = output_was_full_ = false;
    frame_in_bytes_ = 0;
    wanted_bytes_ = kFirstBytes;
  } else {
    wanted_bytes_ = result > kBlockHeaderBytes ? result - kBlockHeaderBytes : result;
  }
}

Flow ZstdSource::at_end_of_input() {
  if (in_frame_ && frames_ > 0 && frame_in_bytes_ < kMagicBytes) {
    end_with_rubbish();
  } else if (in_frame_) {
    return fail(
        "It ends in the middle of the packed data: the file was cut off. What came before was "
        "read.");
  }
  phase_ = Phase::Ended;
  return Flow::End;
}

void ZstdSource::end_with_rubbish() {
  shared_.tell(ProblemKind::Note, name_,
               "Behind the packed data stands something else, which was left out.", in_.position());
  phase_ = Phase::Ended;
}

}  // namespace assay::unpack
