// Runs fuzz targets over kept inputs, each once: what libFuzzer's own main does with a corpus, for
// compilers that have no libFuzzer. All targets are in one program.
//   fuzz_replay TARGET FILE-OR-FOLDER…
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <vector>

// Made by tests/CMakeLists.txt: FUZZ_TARGET(name) for each NAME_fuzz.cpp, whose function is called
// fuzz_NAME here.
#define FUZZ_TARGET(name) extern "C" int fuzz_##name(const uint8_t* data, size_t size);
#include "fuzz_targets.h"
#undef FUZZ_TARGET

namespace {

using Function = int (*)(const uint8_t*, size_t);
struct Target {
  std::string_view name;
  Function function;
};
#define FUZZ_TARGET(name) Target{#name, fuzz_##name},
constexpr Target kTargets[] = {
#include "fuzz_targets.h"
};
#undef FUZZ_TARGET

bool run_file(Function function, const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    std::fprintf(stderr, "cannot read %s\n", path.c_str());
    return false;
  }
  const std::vector<char> bytes((std::istreambuf_iterator<char>(in)),
                                std::istreambuf_iterator<char>());
  // Of exactly this size, so that AddressSanitizer sees a read behind it.
  const std::vector<uint8_t> exact(bytes.begin(), bytes.end());
  std::fprintf(stderr, "%s\n", path.c_str());  // the last one named is the one that broke
  function(exact.data(), exact.size());
  return true;
}

std::vector<std::filesystem::path> files_in(const std::filesystem::path& path) {
  std::vector<std::filesystem::path> out;
  if (!std::filesystem::is_directory(path)) return {path};
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
    if (entry.is_regular_file()) out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view name = argc > 1 ? argv[1] : "";
  const auto target = std::find_if(std::begin(kTargets), std::end(kTargets),
                                   [name](const Target& t) { return t.name == name; });
  if (target == std::end(kTargets)) {
    std::fprintf(stderr, "no fuzz target is called '%s'\n", argc > 1 ? argv[1] : "");
    return 1;
  }
  size_t done = 0;
  bool all_read = true;
  for (int i = 2; i < argc; ++i) {
    for (const auto& path : files_in(argv[i])) {
      all_read = run_file(target->function, path) && all_read;
      ++done;
    }
  }
  std::printf("%zu inputs replayed\n", done);
  return all_read && done > 0 ? 0 : 1;
}
