// InflateSource: unpacks gzip (RFC 1952, any number of members) or bare deflate data (RFC 1951),
// with zlib.
#pragma once

#include <zlib.h>

#include <string>
#include <vector>

#include "core/unpack/shared.h"
#include "core/unpack/source.h"

namespace assay::unpack {

class InflateSource : public Source {
 public:
  enum class Form : uint8_t { Gzip, Bare };
  InflateSource(Shared& shared, Source& in, std::string name, Form form);
  ~InflateSource() override;
  InflateSource(const InflateSource&) = delete;
  InflateSource& operator=(const InflateSource&) = delete;

  uint64_t position() const override { return in_.position(); }
  uint64_t packed_bytes() const override { return in_.packed_bytes(); }

 private:
  enum class Phase : uint8_t { Member, Between, Ended, Failed };

  Piece produce() override;
  Piece inflate_piece();
  // What follows a gzip member: another one, padding, or something else. False: wait.
  bool look_for_member();
  void start_member();
  void rubbish_behind();
  Flow fail(std::string_view what);
  void take_result(int result);

  Shared& shared_;
  Source& in_;
  const std::string name_;
  const Form form_;
  Phase phase_ = Phase::Member;
  bool is_ready_ = false;         // stream_ must be ended
  bool output_was_full_ = false;  // there may be more without more input
  bool saw_first_magic_ = false;
  uint64_t given_bytes_ = 0;
  z_stream stream_ = {};
  std::vector<char> buffer_;
};

}  // namespace assay::unpack
