// ZstdSource: unpacks Zstandard (RFC 8878, any number of frames, skippable ones among them), with
// zstd.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/unpack/shared.h"
#include "core/unpack/source.h"

struct ZSTD_DCtx_s;

namespace assay::unpack {

class ZstdSource : public Source {
 public:
  ZstdSource(Shared& shared, Source& in, std::string name);

  uint64_t position() const override { return in_.position(); }
  uint64_t packed_bytes() const override { return in_.packed_bytes(); }

 private:
  enum class Phase : uint8_t { Running, Ended, Failed };
  struct Free {
    void operator()(ZSTD_DCtx_s* context) const;
  };

  Piece produce() override;
  Piece unpack_piece();
  Flow at_end_of_input();
  void take_result(size_t result);
  void end_with_rubbish();
  Flow fail(std::string_view what);

  Shared& shared_;
  Source& in_;
  const std::string name_;
  Phase phase_ = Phase::Running;
  // How much the next call gets: a block at a time, without the header of the next one, for which the
  // library asks too. What a call has unpacked is lost when it meets damage.
  static constexpr size_t kFirstBytes = 5;
  size_t wanted_bytes_ = kFirstBytes;
  bool output_was_full_ = false;  // there may be more without more input
  bool in_frame_ = false;
  uint64_t frames_ = 0;  // that came to their end
  uint64_t frame_in_bytes_ = 0;
  uint64_t given_bytes_ = 0;
  std::unique_ptr<ZSTD_DCtx_s, Free> context_;
  std::vector<char> buffer_;
};

}  // namespace assay::unpack
