// With ASSAY_TEST_PACKED in the environment a test program packs all text from the first byte on and keeps
// nothing unpacked: everything must be as it is without.
#include <cstdlib>

#include "core/store/dataset.h"

namespace {

const bool g_is_packed = [] {
  const bool is_wanted = std::getenv("ASSAY_TEST_PACKED") != nullptr;
  if (is_wanted) assay::store::set_default_text_policy({0, 0, true});
  return is_wanted;
}();

}  // namespace
