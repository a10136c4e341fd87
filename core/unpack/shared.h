// What all layers of one file share: the sink, the limits, and how much has been used of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/unpack/source.h"
#include "core/unpack/unpack.h"

namespace assay::unpack {

class Shared {
 public:
  Shared(EntrySink& sink, const Limits& limits) : sink_(sink), limits_(limits) {}

  const Limits& limits() const { return limits_; }
  // Nothing more is to be read: a limit on the file was reached, or the sink wants no more.
  bool stopped() const { return stopped_; }

  void tell(ProblemKind kind, std::string_view entry, std::string_view what, uint64_t at_byte);
  // Says how many problems were not told.
  void tell_rest(std::string_view file_name, uint64_t at_byte);
  uint64_t problems() const { return problems_; }

  // The three ends of an entry; begin() counts nothing, see count_entry().
  bool begin(std::string_view name, uint64_t size_bytes) {
    return sink_.begin_entry(name, size_bytes);
  }
  bool give(std::string_view bytes);
  void end();
  uint64_t bytes_given() const { return bytes_given_; }

  // False: too many; told, and the file has been stopped.
  bool count_entry(std::string_view archive, uint64_t at_byte);
  uint64_t entries() const { return entries_; }

  // A decoder has given `count` bytes more, `all` with them, out of what `in` gave. False: too
  // much; told, and the file has been stopped if the limit is the file's.
  bool allow_output(std::string_view entry, size_t count, uint64_t all, const Source& in);
  // Bytes of zip archives in memory. False: no room for them.
  bool reserve(size_t bytes);
  void release(size_t bytes) { buffered_bytes_ -= bytes; }

  void set_bytes_in(uint64_t bytes) { bytes_in_ = bytes; }

 private:
  EntrySink& sink_;
  const Limits limits_;
  uint64_t bytes_in_ = 0;      // of the file, handed over by the host
  uint64_t output_bytes_ = 0;  // of all decoders
  uint64_t ratio_bytes_ = 0;   // the same without those of entries that were stopped
  uint64_t buffered_bytes_ = 0;
  uint64_t bytes_given_ = 0;
  uint64_t entries_ = 0;
  uint64_t problems_ = 0;
  bool stopped_ = false;
  bool silent_ = false;  // the sink has stopped everything
};

}  // namespace assay::unpack
