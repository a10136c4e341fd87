// A file's bytes through a FileConverter, for tests of formats.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/convert/file_converter.h"
#include "core/json/doc.h"

namespace assay::test {

struct Converted : convert::LineSink {
  std::vector<std::string> lines;
  ingest::FileReport report;
  void line(std::string_view text) override { lines.emplace_back(text); }

  // The record of a line as a tree; null when there is no such line or it is no JSON.
  json::Doc record(size_t index) const {
    if (index >= lines.size()) return nullptr;
    auto doc = json::parse_doc(lines[index]);
    return doc.ok() ? doc.value() : json::Doc(nullptr);
  }
};

inline Converted converted(std::string_view bytes, std::string name = "file.json",
                           size_t chunk_bytes = 1 << 20, convert::ConvertOptions options = {}) {
  Converted out;
  convert::FileConverter converter(out, std::move(name), bytes.size(), std::move(options));
  for (size_t at = 0; at < bytes.size(); at += chunk_bytes)
    converter.push(bytes.substr(at, chunk_bytes));
  converter.finish();
  out.report = converter.report();
  return out;
}

}  // namespace assay::test
