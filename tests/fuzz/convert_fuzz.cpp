// Any bytes through the whole way in: sniffing, unpacking, every format's reader, the MLflow reader. The
// first byte of the input chooses the size of the chunks.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/convert/file_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  constexpr size_t kChunks[] = {1 << 20, 1, 7, 64, 4096};
  const size_t chunk = kChunks[data[0] % 5];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  assay::store::Dataset dataset;
  const auto report = assay::convert::read_bytes(dataset, "input.json", bytes, chunk);
  // What is counted is there.
  if (report.traces != dataset.trace_count()) __builtin_trap();
  return 0;
}
