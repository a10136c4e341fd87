// TableReader: a CSV or TSV file, in pieces of any size, to one JSON object of texts a row:
// {"trace_id": "tr-…", "state": "OK"}. RFC 4180 with what real files have: commas, semicolons or
// tabs (told by the header line, or by a first line "sep=;"), cells in quotes with "" and line
// breaks inside, \n, \r\n or \r between rows, a byte order mark (the caller's to remove), blank
// lines.
//
// The first row names the columns. Names that come again get ".1", ".2" like pandas gives them.
// Cells beyond the header become "column N"; missing ones are absent.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay::convert {

// Whether the beginning of a file (all of it or some kilobytes) looks like a table: text whose
// first line has a separator, and neither JSON nor a log with JSON lines. `file_name` may end in
// .csv or .tsv.
bool looks_like_table(std::string_view head, std::string_view file_name);

class TableReader {
 public:
  class Sink {
   public:
    virtual ~Sink() = default;
    // One row; `at_byte` is where it begins in the file.
    virtual void row(const std::string& json_object, uint64_t at_byte) = 0;
    virtual void broken(std::string_view why, uint64_t at_byte) = 0;
    // The row was given out, but it has too few or too many cells, or text that is no UTF-8.
    virtual void odd_row(std::string_view what, uint64_t at_byte) = 0;
  };
  static constexpr size_t kMaxRowBytes = size_t{256} << 20;
  static constexpr size_t kMaxColumns = 16384;

  explicit TableReader(Sink& sink) : sink_(sink) {}
  void push(std::string_view bytes);
  void finish();

 private:
  enum class State : uint8_t { CellStart, Plain, Quoted, QuoteSeen };
  char separator_of(std::string_view line) const;
  void take_plain(std::string_view bytes, size_t& at);
  void take_quoted(std::string_view bytes, size_t& at);
  bool end_of_cell(char c);
  void end_cell();
  void end_row();
  void take_header();
  void give_row();
  void too_large();

  Sink& sink_;
  std::string first_line_;  // until the separator is known
  char separator_ = '\0';
  State state_ = State::CellStart;
  bool after_return_ = false;  // a line feed that comes now belongs to the carriage return
  bool skip_line_ = false;     // of a row that became too large
  bool given_up_ = false;
  uint64_t read_bytes_ = 0, row_at_byte_ = 0, quote_at_byte_ = 0;
  size_t row_bytes_ = 0;
  std::vector<std::string> cells_;  // of the row; the last one is being read
  size_t cell_count_ = 0;           // of the cells_ in use
  std::vector<std::string> columns_;
  uint64_t rows_ = 0, odd_rows_ = 0;
  std::string json_;
};

}  // namespace assay::convert
