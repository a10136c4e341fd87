// Any bytes as a packed file, at once and in pieces. The first byte chooses the size of the pieces.
#include "core/base/utf8.h"
#include "core/unpack/unpack.h"
#include "tests/fuzz/fuzz_support.h"

namespace {

using namespace assay;
using fuzz::check;

// Writes down what comes out; stops the program where the order of calls is wrong.
class CheckingSink : public unpack::EntrySink {
 public:
  explicit CheckingSink(bool takes_all) : takes_all_(takes_all) {}
  bool begin_entry(std::string_view name, uint64_t) override {
    check(!is_inside_, "an entry begins outside of another one");
    check(!name.empty() && name.size() <= unpack::Limits{}.max_name_bytes,
          "a name is neither empty nor too long");
    check(is_valid_utf8(name), "a name is UTF-8");
    check(name.find('\0') == std::string_view::npos && name[0] != '/', "a name leads nowhere else");
    check(("/" + std::string(name) + "/").find("/../") == std::string::npos,
          "a name does not climb");
    is_inside_ = takes_all_ || name.size() % 5 != 4;
    ((out_ += "entry ") += name) += is_inside_ ? "\n" : " not wanted\n";
    return is_inside_;
  }
  bool entry_bytes(std::string_view bytes) override {
    check(is_inside_ && !bytes.empty(), "bytes come inside an entry");
    out_ += bytes;
    return true;
  }
  void end_entry() override {
    check(is_inside_, "an entry that ends had begun");
    is_inside_ = false;
    out_ += "\nend\n";
  }
  void problem(const unpack::Problem& problem) override {
    check(!problem.what.empty() && is_valid_utf8(problem.what), "a problem is a sentence");
    problems_.push_back(std::string(problem.entry) + ": " + std::string(problem.what));
  }
  bool is_inside() const { return is_inside_; }
  const std::string& out() const { return out_; }
  // In any order: what unpacks reads ahead of what looks into it, as far as the pieces let it.
  std::string problems() const {
    std::vector<std::string> sorted = problems_;
    std::sort(sorted.begin(), sorted.end());
    std::string out;
    for (const std::string& problem : sorted)
      out += problem + "\n";
    return out;
  }

 private:
  const bool takes_all_;
  bool is_inside_ = false;
  std::string out_;
  std::vector<std::string> problems_;
};

void unpack_bytes(std::string_view bytes, size_t chunk_bytes, CheckingSink& sink) {
  unpack::Limits limits;
  limits.max_output_bytes = 4 << 20;
  limits.ratio_free_bytes = 1 << 20;
  limits.zstd_window_log = 20;
  limits.max_buffered_bytes = 1 << 20;
  limits.max_entries = 1000;
  unpack::Unpacker unpacker(sink, "fuzz.gz", limits);
  fuzz::Chunks chunks(bytes, chunk_bytes);
  for (std::string_view chunk; chunks.next(chunk);) {
    if (!unpacker.push(chunk)) break;
  }
  unpacker.finish();
  check(!sink.is_inside(), "the last entry has ended");
  check(unpacker.bytes_out() <= limits.max_output_bytes, "not more comes out than is allowed");
  check(unpacker.bytes_in() <= bytes.size(), "not more goes in than there is");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Input input(data, size);
  const size_t chunk_bytes = fuzz::chunk_bytes_of(input.byte());
  CheckingSink whole(true), pieces(true), choosy(false);
  unpack_bytes(input.rest(), input.rest().size() + 1, whole);
  unpack_bytes(input.rest(), chunk_bytes, pieces);
  fuzz::check_same(pieces.problems(), whole.problems(), "the problems of pieces and of the whole");
  // Of a damaged block of Zstandard, the library gives out as much as had come before it was asked.
  if (whole.problems().find("Zstandard error") == std::string::npos) {
    fuzz::check_same(pieces.out(), whole.out(), "what comes out of pieces and of the whole");
  }
  // Entries that are not wanted take other ways: how far they are looked at depends on the pieces.
  unpack_bytes(input.rest(), chunk_bytes, choosy);
  return 0;
}
