// TableSampler: the columns of a file's tables with their first values, for the report, so that a
// person can say what the columns are. One sample for each file of a packed one; JSON records add
// their members.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/convert/format.h"

namespace assay::convert {

class TableSampler {
 public:
  // A record that some mapping may be for. `mapping`: by what it was read; null: by its columns'
  // names. `read`: it became a trace. `is_table`: a CSV's or TSV's row.
  void add(std::string_view entry, json::Node record, const ColumnMapping* mapping, bool read,
           bool is_table);
  // How many rows of the entry were met, and none of them could be read.
  uint64_t unread_rows(std::string_view entry) const;
  std::vector<ingest::TableSample> take();

 private:
  struct Entry {
    ingest::TableSample sample;
    uint64_t rows = 0;
    bool any_read = false, is_table = false;
  };
  static void add_values(Entry& entry, json::Node record, const ColumnMapping* mapping);
  std::vector<Entry> entries_;
};

}  // namespace assay::convert
