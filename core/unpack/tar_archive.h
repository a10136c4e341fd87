// TarArchive: gives the regular files of a tar archive as they come; needs no memory beyond a
// block.
#pragma once

#include <memory>
#include <string>

#include "core/unpack/archive.h"
#include "core/unpack/tar_header.h"

namespace assay::unpack {

class TarArchive : public Archive {
 public:
  // `prefix` goes before the names of its entries.
  TarArchive(Shared& shared, Source& in, std::string name, std::string prefix);
  ~TarArchive() override;
  Next next(Member& member) override;

 private:
  class Content;
  enum class Phase : uint8_t { Content, Padding, Header, Extended, Behind };

  Next skip(uint64_t& bytes_left, Phase then);
  Next read_block();
  Next take_header(Member& member);
  Next read_extended();
  Next take_member(const TarHeader& header, Member& member);
  Next end(ProblemKind kind, std::string_view what);
  Next end_of_input();

  Shared& shared_;
  Source& in_;
  const std::string name_, prefix_;
  Phase phase_ = Phase::Header;
  std::string block_;     // the header, as far as it has come
  std::string extended_;  // content of a pax or long-name entry
  char extended_type_ = 0;
  std::string next_name_;  // set by such an entry for the one behind it
  std::string next_records_;
  uint64_t content_left_ = 0, padding_left_ = 0;
  std::unique_ptr<Content> content_;
};

}  // namespace assay::unpack
