#include "core/journal/ids.h"

#include "core/base/assert.h"
#include "core/base/hash.h"

namespace assay::journal {
namespace {

std::string random_id(const RandomSource& random, const char* prefix, size_t count) {
  ASSAY_ASSERT(random.fill != nullptr);
  uint8_t bytes[16] = {};
  ASSAY_ASSERT(count <= sizeof bytes);
  random.fill(random.context, bytes, count);
  return prefix + hex_of(bytes, count);
}

}  // namespace

std::string new_session_id(const RandomSource& random) { return random_id(random, "s-", 8); }
std::string new_assessment_id(const RandomSource& random) { return random_id(random, "a-", 16); }

}  // namespace assay::journal
