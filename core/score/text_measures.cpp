#include "core/score/text_measures.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/base/utf8.h"

namespace assay::score {
namespace {

constexpr size_t kMaxTokens = 20'000;
constexpr size_t kBleuOrder = 4;

bool is_cjk(uint32_t c) {
  return (c >= 0x2E80 && c <= 0x9FFF && !(c >= 0x3000 && c <= 0x303F)) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF);
}

bool is_word(uint32_t c) {
  if (c < 0x80)
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  const bool is_mark = (c >= 0x80 && c <= 0xBF && c != 0xAA && c != 0xB5 && c != 0xBA) ||
                       (c >= 0x2000 && c <= 0x206F) || (c >= 0x3000 && c <= 0x303F) ||
                       (c >= 0xFF00 && c <= 0xFF0F) || (c >= 0xFF1A && c <= 0xFF20);
  return !is_mark;
}

std::vector<uint32_t> code_points(std::string_view text) {
  std::vector<uint32_t> points;
  for (size_t at = 0; at < text.size() && points.size() < kMaxEditChars;) {
    const DecodedChar c = decode_utf8(text, at);
    points.push_back(c.code_point);
    at += c.size_bytes;
  }
  return points;
}

using Counts = std::map<std::string, uint32_t, std::less<>>;

Counts ngrams(const std::vector<std::string>& tokens, size_t order) {
  Counts counts;
  for (size_t i = 0; i + order <= tokens.size(); ++i) {
    std::string gram;
    for (size_t k = 0; k < order; ++k) {
      gram += tokens[i + k];
      gram += '\0';
    }
    ++counts[gram];
  }
  return counts;
}

}  // namespace

std::vector<std::string> tokens_of(std::string_view text, bool with_marks) {
  std::vector<std::string> tokens;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) tokens.push_back(std::move(word));
    word.clear();
  };
  for (size_t at = 0; at < text.size() && tokens.size() < kMaxTokens;) {
    const DecodedChar c = decode_utf8(text, at);
    const std::string_view bytes = text.substr(at, c.size_bytes);
    at += c.size_bytes;
    if (is_cjk(c.code_point)) {
      end_word();
      tokens.emplace_back(bytes);
    } else if (is_word(c.code_point)) {
      if (with_marks)
        word += bytes;
      else
        append_utf8(word, fold_case(c.code_point));
    } else {
      end_word();
      const bool is_blank = c.code_point <= ' ' || c.code_point == 0xA0 || c.code_point == 0x3000;
      if (with_marks && !is_blank) tokens.emplace_back(bytes);
    }
  }
  end_word();
  return tokens;
}

size_t edit_distance(std::string_view a, std::string_view b) {
  const std::vector<uint32_t> from = code_points(a), to = code_points(b);
  std::vector<uint32_t> row(to.size() + 1);
  for (size_t k = 0; k <= to.size(); ++k) row[k] = static_cast<uint32_t>(k);
  for (size_t i = 1; i <= from.size(); ++i) {
    uint32_t diagonal = row[0];
    row[0] = static_cast<uint32_t>(i);
    for (size_t k = 1; k <= to.size(); ++k) {
      const uint32_t above = row[k];
      const uint32_t change = diagonal + (from[i - 1] == to[k - 1] ? 0 : 1);
      row[k] = std::min({above + 1, row[k - 1] + 1, change});
      diagonal = above;
    }
  }
  return row.back();
}

double edit_similarity(std::string_view a, std::string_view b) {
  const size_t longer = std::max(code_points(a).size(), code_points(b).size());
  if (longer == 0) return 1;
  return 1 - static_cast<double>(edit_distance(a, b)) / static_cast<double>(longer);
}

double bleu(const std::vector<std::string>& candidate,
            const std::vector<std::vector<std::string>>& references) {
  if (candidate.empty() || references.empty()) return 0;
  double log_sum = 0;
  for (size_t order = 1; order <= kBleuOrder; ++order) {
    Counts most;
    for (const std::vector<std::string>& reference : references) {
      for (const auto& [gram, count] : ngrams(reference, order)) {
        uint32_t& best = most[gram];
        best = std::max(best, count);
      }
    }
    uint64_t matched = 0, total = 0;
    for (const auto& [gram, count] : ngrams(candidate, order)) {
      const auto found = most.find(gram);
      matched += found == most.end() ? 0 : std::min(count, found->second);
      total += count;
    }
    if (matched == 0) return 0;
    log_sum += std::log(static_cast<double>(matched) / static_cast<double>(total));
  }
  // The reference whose length is nearest; of two, the shorter.
  const auto length = static_cast<double>(candidate.size());
  double nearest = 0;
  for (size_t i = 0; i < references.size(); ++i) {
    const auto other = static_cast<double>(references[i].size());
    const double gap = std::abs(other - length), best = std::abs(nearest - length);
    if (i == 0 || gap < best || (gap == best && other < nearest)) nearest = other;
  }
  const double penalty = length >= nearest ? 1 : std::exp(1 - nearest / length);
  return penalty * std::exp(log_sum / static_cast<double>(kBleuOrder));
}

double rouge_l(const std::vector<std::string>& candidate,
               const std::vector<std::string>& reference) {
  if (candidate.empty() || reference.empty()) return 0;
  std::vector<uint32_t> row(reference.size() + 1, 0);
  for (const std::string& word : candidate) {
    uint32_t diagonal = 0;
    for (size_t k = 1; k <= reference.size(); ++k) {
      const uint32_t above = row[k];
      row[k] = word == reference[k - 1] ? diagonal + 1 : std::max(above, row[k - 1]);
      diagonal = above;
    }
  }
  const double common = row.back();
  if (common == 0) return 0;
  const double precision = common / static_cast<double>(candidate.size());
  const double recall = common / static_cast<double>(reference.size());
  return 2 * precision * recall / (precision + recall);
}

}  // namespace assay::score
