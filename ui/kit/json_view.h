// JSON for reading: indented, coloured, numbers and strings exactly as they stand in the source. A
// token walker makes one pretty text and its colour runs, which text_view draws. Broken JSON is
// shown as it is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ui/kit/text_view.h"

namespace assay::kit {

struct PrettyJson {
  std::string text;
  std::vector<ColorRun> colors;
  bool valid = false;  // false: `text` is the source, no colours
  size_t size_bytes() const { return text.capacity() + colors.capacity() * sizeof(ColorRun); }
};

struct JsonViewOptions {
  int indent = 2;
  // Arrays and objects without nesting that fit into this many characters stay on one line; 0:
  // never.
  int inline_width = 60;
  bool decode_strings = false;  // \n and \uXXXX of strings as the characters they mean
  int max_depth = 512;          // deeper: not valid
};
PrettyJson pretty_json(std::string_view source, const JsonViewOptions& options = {});

// Remembers the last few results by identity, inside a byte budget.
class JsonCache {
 public:
  explicit JsonCache(size_t budget_bytes = 16U << 20) : budget_bytes_(budget_bytes) {}
  const PrettyJson& get(TextIdentity identity, std::string_view source,
                        const JsonViewOptions& options = {});
  size_t size_bytes() const;

 private:
  struct Entry {
    TextIdentity identity;
    uint64_t used;
    PrettyJson json;
  };
  std::vector<Entry> entries_;
  size_t budget_bytes_;
  uint64_t clock_ = 0;
};

TextViewResult json_view(Context& ctx, std::string_view id, std::string_view source,
                         TextViewState& state, WrapCache& wraps, JsonCache& cache,
                         TextViewOptions options);

}  // namespace assay::kit
