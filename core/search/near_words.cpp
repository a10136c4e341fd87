#include "core/search/near_words.h"

#include <algorithm>

#include "core/base/ordering.h"
#include "core/base/utf8.h"
#include "core/search/escapes.h"
#include "core/search/query_keys.h"
#include "core/search/unicode_class.h"
#include "core/search/unicode_fold.h"

namespace assay::search {
namespace {

constexpr uint64_t kMostRows = 4096;
constexpr uint64_t kMostBytes = 8 << 20;
constexpr size_t kMostRecordBytes = 64 << 10;  // of one record
constexpr size_t kMostWordBytes = 128;
constexpr size_t kMostNames = 200000;
constexpr size_t kMostKept = 64;
constexpr size_t kMostShown = 5;
constexpr int64_t kBytesPerUnit = 4096;

bool is_part_of_word(uint32_t c) { return is_word_char(c) && c != '_'; }

void append_folded(std::string& out, std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const DecodedChar c = decode_utf8(text, at);
    append_utf8(out, fold_letter(c.code_point));
    at += c.size_bytes;
  }
}

uint32_t count_letters(std::string_view text) {
  uint32_t count = 0;
  for (const char c : text)
    count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return count;
}

bool is_better(const NearWord& a, const NearWord& b) {
  if (a.distance != b.distance) return a.distance < b.distance;
  if (a.count != b.count) return a.count > b.count;
  return a.word < b.word;
}

}  // namespace

NearWords::NearWords(const store::Dataset& dataset, std::string_view word)
    : dataset_(dataset), revision_(dataset.revision()) {
  if (word.size() <= kMostWordBytes) append_folded(word_, word);
  letters_ = count_letters(word_);
  // A word of two letters is near to too many.
  limit_ = letters_ < 3 ? 0 : letters_ < 6 ? 1 : 2;
  rows_ = std::min<uint64_t>(dataset.trace_count(), kMostRows);
  step_rows_ = rows_ == 0 ? 1 : static_cast<uint32_t>(dataset.trace_count() / rows_);
}

void NearWords::take(std::string_view word) {
  if (word.size() > kMostWordBytes) return;
  const uint32_t letters = count_letters(word);
  if (letters + limit_ < letters_ || letters > letters_ + limit_) return;
  folded_.clear();
  append_folded(folded_, word);
  const uint32_t distance = edit_distance(folded_, word_, limit_);
  if (distance == 0 || distance > limit_) return;
  for (NearWord& known : best_) {
    if (known.word != folded_) continue;
    ++known.count;
    return;
  }
  if (best_.size() < kMostKept) best_.push_back({folded_, distance, 1});
}

void NearWords::read_text(std::string_view text) {
  read_bytes_ += text.size();
  size_t begin = 0;
  for (size_t at = 0; at <= text.size();) {
    const DecodedChar c = at < text.size() ? decode_utf8(text, at) : DecodedChar{' ', 1};
    if (!is_part_of_word(c.code_point)) {
      if (at > begin) take(text.substr(begin, at - begin));
      begin = at + c.size_bytes;
    }
    at += c.size_bytes;
  }
}

void NearWords::take_next_row() {
  const store::TextScope scope(dataset_);
  const store::TraceRow row{static_cast<uint32_t>(row_++ * step_rows_)};
  read_text(dataset_.text_now(dataset_.request_preview(row), scratch_));
  read_text(dataset_.text_now(dataset_.response_preview(row), scratch_));
  const auto [before, after] = dataset_.shown_record(row);
  for (const std::string_view part : {before, after}) {
    plain_.clear();
    append_without_escapes(plain_, part.substr(0, kMostRecordBytes));
    read_text(plain_);
  }
}

Progress NearWords::step(Budget& budget) {
  if (limit_ == 0 || dataset_.revision() != revision_) row_ = rows_;
  const size_t names = limit_ == 0 ? 0 : std::min(dataset_.names().count(), kMostNames);
  uint64_t seen_bytes = read_bytes_;
  while (dataset_.revision() == revision_ && (name_ < names || (row_ < rows_ && read_bytes_ < kMostBytes))) {
    if (name_ < names) {
      read_text(dataset_.name_text(StringId{name_++}));
      read_bytes_ += 16;
    } else {
      take_next_row();
    }
    if (read_bytes_ - seen_bytes < static_cast<uint64_t>(4 * kBytesPerUnit)) continue;
    const auto units = static_cast<int64_t>((read_bytes_ - seen_bytes) / kBytesPerUnit);
    seen_bytes = read_bytes_;
    if (!budget.spend(units)) return Progress::Working;
  }
  sort_in_place(best_, is_better);
  if (best_.size() > kMostShown) best_.resize(kMostShown);
  return Progress::Finished;
}

}  // namespace assay::search
