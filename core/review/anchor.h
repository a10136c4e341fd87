// Anchors: which words of a text a note was made from. Kept in the note's metadata, all of them texts (MLflow's rule):
//   assay.anchor.field   "inputs", "outputs", "attributes", "events" of the span; "request", "response" of a trace
//                        without spans
//   assay.anchor.part    which text of the field as it was shown: ".text", ".message[2].text", …
//   assay.anchor.from    first byte in that text, and
//   assay.anchor.to      the byte after the last
//   assay.anchor.quote   the words (the first kMaxQuoteBytes of them), by which they are found again
//
// Pure functions; nothing here refers to a trace.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/store/assessment.h"

namespace assay::review {

constexpr std::string_view kAnchorFieldKey = "assay.anchor.field";
constexpr size_t kMaxQuoteBytes = 2000;

struct Anchor {
  std::string field, part;
  uint32_t from = 0, to = 0;  // bytes
  std::string quote;
  bool is_whole() const { return quote.size() == to - from; }
};

// `from` and `to` are cut to the text and to whole characters. Nothing: the range is empty or of blanks.
std::optional<Anchor> make_anchor(std::string_view field, std::string_view part, std::string_view text, size_t from,
                                  size_t to);
std::vector<std::pair<std::string, std::string>> anchor_metadata(const Anchor& anchor);
// Of a note; nothing where it has none, or one that cannot be read.
std::optional<Anchor> read_anchor(const store::Assessment& note);

struct AnchorRange {
  uint32_t from = 0, to = 0;
};
// Where the words stand in `text`: where they were, else the nearest place that has the same words (also as JSON writes
// them). `same_part`: it is the text that the anchor names, so that the bytes mean something. Nothing: not there.
std::optional<AnchorRange> find_anchor(std::string_view text, const Anchor& anchor, bool same_part);

}  // namespace assay::review
