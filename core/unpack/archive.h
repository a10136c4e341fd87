// Archive: gives the entries of a zip or tar archive, one after another.
#pragma once

#include <cstdint>
#include <string>

#include "core/unpack/entry_name.h"
#include "core/unpack/shared.h"
#include "core/unpack/source.h"

namespace assay::unpack {

struct Member {
  CleanName name;           // with that of the archive before it where this one is inside another
  uint64_t size_bytes = 0;  // as the archive claims; 0: it does not say
  Source* bytes = nullptr;  // owned by the archive, valid until the next call of next()
};

class Archive {
 public:
  enum class Next : uint8_t {
    Ready,    // `member` is the next entry
    Working,  // call again
    Waiting,  // for the file's next chunk
    Finished,
  };
  virtual ~Archive() = default;
  // The entry before need not have been read to its end.
  virtual Next next(Member& member) = 0;
};

}  // namespace assay::unpack
