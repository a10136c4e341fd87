// EntryStream: one named run of bytes. Looks at its beginning, puts on it what unpacks it, and
// gives what comes out to the sink; an archive's entries are EntryStreams again.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/unpack/archive.h"
#include "core/unpack/packing.h"
#include "core/unpack/shared.h"
#include "core/unpack/source.h"

namespace assay::unpack {

enum class StreamStep : uint8_t { Working, Waiting, Done };

class EntryStream {
 public:
  // `layers`: how many times the bytes were packed around here already. `in_archive`: it is an
  // entry of one.
  EntryStream(Shared& shared, Source& bytes, std::string name, uint64_t size_bytes, uint32_t layers,
              bool in_archive);
  ~EntryStream();

  // One bounded piece of work.
  StreamStep step();

 private:
  enum class Phase : uint8_t { Looking, Giving, Archive, Done };

  StreamStep look();
  StreamStep begin();
  StreamStep give();
  StreamStep step_archive();
  bool unwrap(Packing packing);
  void open_member(const Member& member);
  StreamStep done();

  Shared& shared_;
  std::string name_;
  uint64_t size_bytes_;
  uint32_t layers_;
  const bool in_archive_;
  bool is_unwrapped_ = false;  // the layer on top is gzip or Zstandard
  Phase phase_ = Phase::Looking;
  std::vector<std::unique_ptr<Source>> layers_of_sources_;  // each refers to the one before
  PeekSource* bytes_ = nullptr;                             // the last of them
  std::unique_ptr<Archive> archive_;
  std::unique_ptr<EntryStream> member_;  // destroyed before the archive that owns its bytes
};

}  // namespace assay::unpack
