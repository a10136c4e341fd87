// RecordWindow: the bytes of a file on their way into the data set. They are written once, into a
// reservation of the data set; complete records stay where they stand, the rest is overwritten or moved
// on when the reservation is full. So each record is contiguous, and nothing is copied that need not be.
//
//   reservation: [ kept records … | pending bytes … | free ]
//
// Memory stays near the file's size: a record that outgrows the usual block gets one for all that is
// left of the file (or twice its size when the file's size is not known).
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/text_ref.h"
#include "core/store/dataset.h"

namespace assay::ingest {

class RecordWindow {
 public:
  // file_size_bytes 0: not known.
  RecordWindow(store::Dataset& dataset, uint64_t file_size_bytes)
      : dataset_(dataset), file_size_bytes_(file_size_bytes) {}

  // Where the next bytes may be written, so that append() need not copy them; nullptr: there is no room for so many.
  // Valid until the next call.
  char* space(size_t size_bytes) { return size_bytes <= reservation_.size_bytes - end_ ? data_ + end_ : nullptr; }

  // Takes as many bytes as there is room for without moving anything twice; 0: out of memory.
  size_t append(std::string_view bytes);

  // The bytes not yet dropped or kept; valid until the next append().
  std::string_view pending() const { return {data_ + begin_, end_ - begin_}; }
  // Where the first pending bytes stand, as a reference for a record of `size_bytes`.
  TextRef place(uint32_t size_bytes) const;

  void drop(uint32_t count) { begin_ += count; }
  void keep(uint32_t count);

  // Gives the rest of the reservation back. Nothing may be appended after.
  void close();

 private:
  bool make_room();

  store::Dataset& dataset_;
  uint64_t file_size_bytes_;
  uint64_t appended_bytes_ = 0;
  TextRef reservation_;
  char* data_ = nullptr;
  uint32_t kept_ = 0;   // end of the last kept record
  uint32_t begin_ = 0;  // of the pending bytes
  uint32_t end_ = 0;
};

}  // namespace assay::ingest
