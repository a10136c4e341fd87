// Fuzz target: the first byte chooses how the rest is cut into chunks, the rest is the packed file.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/unpack/unpack.h"

namespace {

// Stops the program where the order of calls is wrong.
class CheckingSink : public assay::unpack::EntrySink {
 public:
  bool begin_entry(std::string_view name, uint64_t) override {
    check(!is_inside_ && !name.empty() && name.find('\0') == std::string_view::npos);
    // Some entries are not wanted, which takes other ways.
    is_inside_ = name.size() % 5 != 4;
    return is_inside_;
  }
  bool entry_bytes(std::string_view bytes) override {
    check(is_inside_ && !bytes.empty());
    volatile char last = bytes.back();  // readable to its end
    static_cast<void>(last);
    return true;
  }
  void end_entry() override {
    check(is_inside_);
    is_inside_ = false;
  }
  void problem(const assay::unpack::Problem& problem) override { check(!problem.what.empty()); }
  bool is_inside() const { return is_inside_; }
  static void check(bool condition) {
    if (!condition) std::abort();
  }

 private:
  bool is_inside_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  assay::unpack::Limits limits;
  limits.max_output_bytes = 4 << 20;
  limits.ratio_free_bytes = 1 << 20;
  limits.zstd_window_log = 20;
  limits.max_buffered_bytes = 1 << 20;
  limits.max_entries = 1000;
  CheckingSink sink;
  assay::unpack::Unpacker unpacker(sink, "fuzz.gz", limits);
  const size_t chunk_bytes = data[0] == 0 ? size : data[0];
  std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  while (!rest.empty()) {
    const size_t count = std::min(chunk_bytes, rest.size());
    if (!unpacker.push(rest.substr(0, count))) break;
    rest.remove_prefix(count);
  }
  unpacker.finish();
  CheckingSink::check(!sink.is_inside());
  CheckingSink::check(unpacker.bytes_out() <= limits.max_output_bytes);
  return 0;
}
