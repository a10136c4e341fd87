// Names of entries: made safe to show, to compare and to save under.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/unpack/packing.h"

namespace assay::unpack {

// "a.jsonl.gz" → "a.jsonl", "a.tgz" → "a.tar"; a name without such an ending stays.
std::string unpacked_name(std::string_view name, Packing packing);

struct CleanName {
  std::string name;        // see unpack.h; empty when nothing of it is left
  bool shortened = false;  // its beginning was left out
};
CleanName clean_name(std::string_view raw, size_t max_bytes);
// The same behind `prefix`, never empty.
CleanName member_name(std::string_view prefix, std::string_view raw, size_t max_bytes);

// A folder's entry, a hidden file (a part begins with '.'), or what macOS puts beside files. `raw`
// as in the archive.
bool is_left_out(std::string_view raw);

}  // namespace assay::unpack
