// What the native benchmarks share: a clock, files, memory that stays, rows of JSON. Included by bench.cpp and search_bench.cpp.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#ifndef __EMSCRIPTEN__
#include <malloc.h>
#endif

// Of this process on a processor: other work on the machine counts less than by the clock on the wall.
inline double seconds() {
  timespec now{};
#ifdef __EMSCRIPTEN__
  clock_gettime(CLOCK_MONOTONIC, &now);  // there is no other
#else
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
#endif
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

inline std::string read_file(const std::string& path) {
  std::string out;
  FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) {
    std::fprintf(stderr, "bench: cannot read %s\n", path.c_str());
    std::exit(1);
  }
  std::fseek(file, 0, SEEK_END);
  out.resize(static_cast<size_t>(std::ftell(file)));
  std::rewind(file);
  if (std::fread(out.data(), 1, out.size(), file) != out.size()) std::exit(1);
  std::fclose(file);
  return out;
}

inline void keep_freed_memory() {
  // Freed memory stays with the program, as it does in the page: what is measured again is not the kernel.
#ifndef __EMSCRIPTEN__
  mallopt(M_MMAP_THRESHOLD, 32 << 20);  // the most that it takes
  mallopt(M_TRIM_THRESHOLD, -1);
#endif
}

// `rows`: objects, each with ",\n" behind it. The program's exit code.
inline int write_rows(const std::string& path, std::string rows) {
  if (rows.size() > 2) rows.resize(rows.size() - 2);
  if (path.empty()) return 0;
  FILE* out = std::fopen(path.c_str(), "w");
  if (out == nullptr) return 1;
  std::fprintf(out, "[\n%s\n]\n", rows.c_str());
  std::fclose(out);
  return 0;
}
