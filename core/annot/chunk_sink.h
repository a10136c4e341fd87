// ChunkSink: where exports go, piece by piece (a Blob of the browser, a file, a string).
#pragma once

#include <string>
#include <string_view>

namespace assay::annot {

struct ChunkSink {
  virtual ~ChunkSink() = default;
  virtual void write(std::string_view bytes) = 0;
};

struct StringSink : ChunkSink {
  void write(std::string_view bytes) override { text.append(bytes); }
  std::string text;
};

}  // namespace assay::annot
