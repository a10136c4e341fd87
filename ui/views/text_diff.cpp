#include "ui/views/text_diff.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "core/base/sequence_diff.h"

namespace assay::ui {
namespace {

constexpr size_t kMostWords = 300'000;
constexpr uint32_t kMostEdits = 1500;

bool is_blank(unsigned char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool is_letter(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The end of the word that begins at `at`.
size_t word_end(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  size_t end = at + 1;
  if (first >= 0xE0) {  // three bytes and more: mostly ideographs, kana, hangul; by themselves
    while (end < text.size() && (byte(end) & 0xC0) == 0x80) ++end;
    return end;
  }
  if (is_letter(first) || first >= 0x80) {
    while (end < text.size() && (is_letter(byte(end)) || (byte(end) >= 0x80 && byte(end) < 0xE0))) ++end;
    return end;
  }
  if (is_blank(first)) {
    while (end < text.size() && is_blank(byte(end))) ++end;
  }
  return end;
}

size_t line_end(std::string_view text, size_t at) {
  const size_t end = text.find('\n', at);
  return end == std::string_view::npos ? text.size() : end + 1;
}

struct Words {
  std::vector<uint32_t> ids;
  std::vector<uint32_t> begins;  // and the end
};
using Known = std::unordered_map<std::string_view, uint32_t>;

template <typename EndOf>
Words split(std::string_view text, Known& known, EndOf end_of) {
  Words out;
  for (size_t at = 0; at < text.size();) {
    const size_t end = end_of(text, at);
    out.begins.push_back(static_cast<uint32_t>(at));
    out.ids.push_back(known.try_emplace(text.substr(at, end - at), static_cast<uint32_t>(known.size())).first->second);
    at = end;
  }
  out.begins.push_back(static_cast<uint32_t>(text.size()));
  return out;
}

void add(TextDiff& out, TextDiff::Kind kind, std::string_view text) {
  if (text.empty()) return;
  const auto from = static_cast<uint32_t>(out.text.size());
  out.text += text;
  const auto to = static_cast<uint32_t>(out.text.size());
  if (!out.runs.empty() && out.runs.back().kind == kind) {
    out.runs.back().to = to;
  } else {
    out.runs.push_back({kind, from, to});
  }
}

// Words that happen to stand in both tell nothing where more was changed on either side of them: such a run goes with
// the changes around it (the rule of diff-match-patch's semantic clean-up).
std::vector<EqualRun> telling_runs(std::vector<EqualRun> runs, const Words& a, const Words& b) {
  const auto bytes = [](const Words& words, uint32_t from, uint32_t to) { return words.begins[to] - words.begins[from]; };
  for (bool changed = true; changed;) {
    changed = false;
    std::vector<EqualRun> kept;
    uint32_t at_a = 0, at_b = 0;
    for (size_t i = 0; i < runs.size(); ++i) {
      const EqualRun& run = runs[i];
      const bool last = i + 1 == runs.size();
      const uint32_t next_a = last ? static_cast<uint32_t>(a.ids.size()) : runs[i + 1].at_a;
      const uint32_t next_b = last ? static_cast<uint32_t>(b.ids.size()) : runs[i + 1].at_b;
      const uint32_t size = bytes(a, run.at_a, run.at_a + run.count);
      const uint32_t before = std::max(bytes(a, at_a, run.at_a), bytes(b, at_b, run.at_b));
      const uint32_t after = std::max(bytes(a, run.at_a + run.count, next_a), bytes(b, run.at_b + run.count, next_b));
      if (size <= before && size <= after) {
        changed = true;
        continue;
      }
      kept.push_back(run);
      at_a = run.at_a + run.count;
      at_b = run.at_b + run.count;
    }
    runs = std::move(kept);
  }
  return runs;
}

}  // namespace

TextDiff diff_texts(std::string_view a, std::string_view b) {
  Known known;
  Words left = split(a, known, word_end), right = split(b, known, word_end);
  if (left.ids.size() > kMostWords || right.ids.size() > kMostWords) {
    known.clear();
    left = split(a, known, line_end);
    right = split(b, known, line_end);
  }
  const SequenceDiff diff = diff_sequences(left.ids, right.ids, kMostEdits);
  const std::vector<EqualRun> equal = telling_runs(diff.equal, left, right);
  TextDiff out;
  out.exact = diff.exact;
  uint32_t at_a = 0, at_b = 0;
  const auto piece = [](std::string_view text, const Words& words, uint32_t from, uint32_t to) {
    return text.substr(words.begins[from], words.begins[to] - words.begins[from]);
  };
  for (const EqualRun& run : equal) {
    add(out, TextDiff::Kind::Removed, piece(a, left, at_a, run.at_a));
    add(out, TextDiff::Kind::Added, piece(b, right, at_b, run.at_b));
    add(out, TextDiff::Kind::Same, piece(a, left, run.at_a, run.at_a + run.count));
    at_a = run.at_a + run.count;
    at_b = run.at_b + run.count;
  }
  add(out, TextDiff::Kind::Removed, piece(a, left, at_a, static_cast<uint32_t>(left.ids.size())));
  add(out, TextDiff::Kind::Added, piece(b, right, at_b, static_cast<uint32_t>(right.ids.size())));
  return out;
}

}  // namespace assay::ui
