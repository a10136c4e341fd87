#include "core/review/anchor.h"

#include <algorithm>

#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/json/doc.h"
#include "core/json/writer.h"
#include "core/json/unescape.h"

namespace assay::review {
namespace {

constexpr std::string_view kKeys[] = {kAnchorFieldKey, "assay.anchor.part", "assay.anchor.from", "assay.anchor.to",
                                      "assay.anchor.quote"};

bool inside_char(std::string_view text, size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

std::string number_text(uint32_t value) {
  std::string out;
  append_int(out, value);
  return out;
}

// The place of `words` that begins nearest to `near`.
std::optional<size_t> nearest(std::string_view text, std::string_view words, size_t near) {
  near = std::min(near, text.size());
  const size_t after = text.find(words, near), before = near == 0 ? std::string_view::npos : text.rfind(words, near - 1);
  if (after == std::string_view::npos && before == std::string_view::npos) return std::nullopt;
  if (after == std::string_view::npos) return before;
  if (before == std::string_view::npos) return after;
  return after - near <= near - before ? after : before;
}

}  // namespace

std::optional<Anchor> make_anchor(std::string_view field, std::string_view part, std::string_view text, size_t from,
                                  size_t to) {
  to = std::min({to, text.size(), size_t{UINT32_MAX}});
  from = std::min(from, to);
  while (from > 0 && inside_char(text, from)) --from;
  while (inside_char(text, to)) ++to;
  const std::string_view words = text.substr(from, to - from);
  if (trimmed(words).empty()) return std::nullopt;
  Anchor anchor;
  anchor.field = field;
  anchor.part = part;
  anchor.from = static_cast<uint32_t>(from);
  anchor.to = static_cast<uint32_t>(to);
  anchor.quote = repaired_utf8(utf8_prefix(words, kMaxQuoteBytes));
  return anchor;
}

std::vector<std::pair<std::string, std::string>> anchor_metadata(const Anchor& anchor) {
  const std::string values[] = {anchor.field, anchor.part, number_text(anchor.from), number_text(anchor.to), anchor.quote};
  std::vector<std::pair<std::string, std::string>> out;
  for (size_t i = 0; i < std::size(kKeys); ++i) out.emplace_back(kKeys[i], values[i]);
  return out;
}

std::optional<Anchor> read_anchor(const store::Assessment& note) {
  if (note.metadata_json.find(kAnchorFieldKey) == std::string::npos) return std::nullopt;
  const Result<json::Doc> doc = json::parse_doc(note.metadata_json);
  if (!doc.ok()) return std::nullopt;
  const auto text = [&](size_t key) { return json::get_string(doc.value(), kKeys[key]).value_or(""); };
  const auto from = parse_int64(text(2)), to = parse_int64(text(3));
  Anchor anchor;
  anchor.field = text(0);
  anchor.part = text(1);
  anchor.quote = text(4);
  if (anchor.field.empty() || anchor.quote.empty() || !from || !to || *from < 0 || *to <= *from || *to > UINT32_MAX)
    return std::nullopt;
  anchor.from = static_cast<uint32_t>(*from);
  anchor.to = static_cast<uint32_t>(*to);
  return anchor;
}

std::optional<AnchorRange> find_anchor(std::string_view text, const Anchor& anchor, bool same_part) {
  if (anchor.quote.empty()) return std::nullopt;
  const auto range = [&](size_t from, size_t length) {
    return AnchorRange{static_cast<uint32_t>(from), static_cast<uint32_t>(std::min(from + length, text.size()))};
  };
  const size_t length = std::max<size_t>(anchor.to - anchor.from, anchor.quote.size());
  if (same_part && anchor.from < text.size() && text.substr(anchor.from).starts_with(anchor.quote))
    return range(anchor.from, length);
  if (const auto at = nearest(text, anchor.quote, same_part ? anchor.from : 0)) return range(*at, length);
  const std::string written = json::quoted(anchor.quote);
  const std::string_view inner = std::string_view(written).substr(1, written.size() - 2);
  if (inner == anchor.quote) return std::nullopt;
  if (const auto at = nearest(text, inner, 0)) return range(*at, inner.size());
  return std::nullopt;
}

}  // namespace assay::review
