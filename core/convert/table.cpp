#include "core/convert/table.h"

#include <algorithm>
#include <unordered_set>

#include "core/base/utf8.h"
#include "core/json/unescape.h"

namespace assay::convert {
namespace {

constexpr size_t kMaxFirstLineBytes = 1 << 20;
constexpr uint64_t kProbeRows =
    10;  // that have all another number of cells than the header: no table
constexpr std::string_view kSeparators = "\t;,|";

std::string_view first_line_of(std::string_view text) {
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (!quoted && (text[i] == '\n' || text[i] == '\r')) return text.substr(0, i);
  }
  return text;
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// Which of the separators stands most often outside of quotes; '\0': none.
char most_frequent_separator(std::string_view line) {
  size_t counts[kSeparators.size()] = {};
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    const size_t which = kSeparators.find(c);
    if (!quoted && which != std::string_view::npos) ++counts[which];
  }
  const size_t* best = std::max_element(counts, counts + kSeparators.size());
  return *best == 0 ? '\0' : kSeparators[static_cast<size_t>(best - counts)];
}

}  // namespace

bool looks_like_table(std::string_view head, std::string_view file_name) {
  const size_t begin = head.find_first_not_of(" \r\n");
  if (begin == std::string_view::npos) return false;
  head.remove_prefix(begin);
  if (head[0] == '{' || head[0] == '[' || head[0] == '<') return false;
  for (const char c : head.substr(0, 512)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x09 || (byte > 0x0D && byte < 0x20)) return false;
  }
  const std::string name = ascii_lower(file_name);
  if (ends_with(name, ".csv") || ends_with(name, ".tsv") || ends_with(name, ".tab")) return true;
  if (ends_with(name, ".jsonl") || ends_with(name, ".ndjson")) return false;
  if (head.find("\n{") != std::string_view::npos && head.find("\n{'") == std::string_view::npos)
    return false;
  const std::string_view header = first_line_of(head);
  return header == "trace" || header == "\"trace\"" || most_frequent_separator(header) != '\0';
}

void TableReader::push(std::string_view bytes) {
  if (separator_ == '\0') {
    first_line_.append(bytes);
    const std::string_view line = first_line_of(first_line_);
    if (line.size() == first_line_.size() && first_line_.size() < kMaxFirstLineBytes) return;
    separator_ = separator_of(line);
    // "sep=;" is a line for spreadsheets alone.
    const size_t skip = line.size() == 5 && line.substr(0, 4) == "sep=" ? 5 : 0;
    const std::string whole = std::move(first_line_);
    first_line_.clear();
    read_bytes_ = row_at_byte_ = skip;
    return push(std::string_view(whole).substr(skip));
  }
  size_t at = 0;
  const uint64_t base = read_bytes_;
  while (at < bytes.size() && !given_up_) {
    read_bytes_ = base + at;
    if (row_bytes_ == 0 && cell_count_ == 0) row_at_byte_ = read_bytes_;
    const char c = bytes[at];
    if (after_return_) {
      after_return_ = false;
      if (c == '\n') {
        ++at;
        continue;
      }
    }
    if (skip_line_) {
      skip_line_ = c != '\n';
      ++at;
      continue;
    }
    switch (state_) {
      case State::CellStart:
        if (cell_count_ == 0 && row_bytes_ == 0 && (c == '\n' || c == '\r')) {  // a blank line
          ++at;
          break;
        }
        if (cells_.size() == cell_count_) cells_.emplace_back();
        cells_[cell_count_].clear();
        state_ = c == '"' ? State::Quoted : State::Plain;
        if (c == '"') {
          quote_at_byte_ = read_bytes_;
          ++at;
          ++row_bytes_;
        }
        break;
      case State::Plain:
        take_plain(bytes, at);
        break;
      case State::Quoted:
        take_quoted(bytes, at);
        break;
      case State::QuoteSeen:
        if (c == '"') {
          cells_[cell_count_] += '"';
          state_ = State::Quoted;
          ++at;
        } else if (!end_of_cell(c)) {  // text after the closing quote
          state_ = State::Plain;
        } else {
          ++at;
        }
        break;
    }
    if (row_bytes_ > kMaxRowBytes) too_large();
  }
  read_bytes_ = base + bytes.size();
}

char TableReader::separator_of(std::string_view line) const {
  if (line.size() == 5 && line.substr(0, 4) == "sep=") return line[4];
  const char found = most_frequent_separator(line);
  return found == '\0' ? ',' : found;
}

void TableReader::take_plain(std::string_view bytes, size_t& at) {
  size_t end = at;
  while (end < bytes.size() && bytes[end] != separator_ && bytes[end] != '\n' && bytes[end] != '\r')
    ++end;
  cells_[cell_count_].append(bytes.substr(at, end - at));
  row_bytes_ += end - at;
  at = end;
  if (at < bytes.size() && end_of_cell(bytes[at])) ++at;
}

void TableReader::take_quoted(std::string_view bytes, size_t& at) {
  size_t end = bytes.find('"', at);
  const bool closed = end != std::string_view::npos;
  if (!closed) end = bytes.size();
  cells_[cell_count_].append(bytes.substr(at, end - at));
  row_bytes_ += end - at + 1;
  at = closed ? end + 1 : end;
  if (closed) state_ = State::QuoteSeen;
}

// The separator or a line break: the cell is over.
bool TableReader::end_of_cell(char c) {
  if (c != separator_ && c != '\n' && c != '\r') return false;
  end_cell();
  if (c != separator_) {
    after_return_ = c == '\r';
    end_row();
  }
  return true;
}

void TableReader::end_cell() {
  ++row_bytes_;
  ++cell_count_;
  state_ = State::CellStart;
  if (cell_count_ > kMaxColumns) {
    sink_.broken("a row with more than 16384 cells: no table", row_at_byte_);
    given_up_ = true;
  }
}

void TableReader::end_row() {
  if (given_up_) return;
  if (columns_.empty()) {
    take_header();
  } else {
    give_row();
  }
  cell_count_ = 0;
  row_bytes_ = 0;
  state_ = State::CellStart;
}

void TableReader::take_header() {
  std::unordered_set<std::string> seen;
  for (size_t i = 0; i < cell_count_; ++i) {
    std::string name = repaired_utf8(cells_[i]);
    const std::string wanted = name;
    for (int copy = 1; !seen.insert(name).second; ++copy)
      name = wanted + "." + std::to_string(copy);
    columns_.push_back(std::move(name));
  }
}

void TableReader::give_row() {
  ++rows_;
  json_ = "{";
  bool bad_utf8 = false;
  for (size_t i = 0; i < cell_count_; ++i) {
    if (i > 0) json_ += ", ";
    json::append_quoted(json_,
                        i < columns_.size() ? columns_[i] : "column " + std::to_string(i + 1));
    json_ += ": ";
    bad_utf8 = bad_utf8 || !is_valid_utf8(cells_[i]);
    json::append_quoted(json_, cells_[i]);
  }
  json_ += '}';
  const bool odd = cell_count_ != columns_.size();
  if (odd) ++odd_rows_;
  if (odd && rows_ == kProbeRows && odd_rows_ == rows_) {
    sink_.broken("text that is no table: the header has " + std::to_string(columns_.size()) +
                     " cells, and none of the first rows has as many",
                 row_at_byte_);
    given_up_ = true;
    return;
  }
  sink_.row(json_, row_at_byte_);
  if (odd) {
    sink_.odd_row("a row of " + std::to_string(cell_count_) + " cells; the header has " +
                      std::to_string(columns_.size()),
                  row_at_byte_);
  }
  if (bad_utf8) sink_.odd_row("text that is no UTF-8: save the table as UTF-8", row_at_byte_);
}

void TableReader::too_large() {
  sink_.broken(state_ == State::Quoted ? "a cell in quotes that does not end within 256 MB"
                                       : "a row of more than 256 MB",
               state_ == State::Quoted ? quote_at_byte_ : row_at_byte_);
  cells_.clear();
  cell_count_ = 0;
  row_bytes_ = 0;
  state_ = State::CellStart;
  skip_line_ = true;
}

void TableReader::finish() {
  if (separator_ == '\0' && !first_line_.empty()) {
    const std::string whole = std::move(first_line_);
    first_line_.clear();
    separator_ = separator_of(whole);
    push(whole);
  }
  if (given_up_) return;
  if (state_ == State::Quoted) {
    sink_.broken("the file ends inside a cell in quotes", quote_at_byte_);
    return;
  }
  if (cell_count_ > 0 || row_bytes_ > 0 || state_ != State::CellStart) {
    if (state_ == State::CellStart) {  // a separator was the last
      if (cells_.size() == cell_count_) cells_.emplace_back();
      cells_[cell_count_].clear();
    }
    end_cell();
    end_row();
  }
  if (rows_ == 0)
    sink_.broken(columns_.size() > 1 ? "a table without rows" : "text that is no table", 0);
}

}  // namespace assay::convert
