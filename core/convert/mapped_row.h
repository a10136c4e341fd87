// A record whose columns somebody has said: a row of a table, or a JSON object of no known system.
#pragma once

#include "core/convert/format.h"

namespace assay::convert {

// Gives out one trace. Columns that the mapping does not name become metadata record.<column>.
void read_mapped_row(Context& context, json::Node record, const ColumnMapping& mapping);

// Whether the mapping was made for records like this one: it names every column, and one of those
// that are there holds inputs, outputs or messages.
bool mapping_fits(const ColumnMapping& mapping, json::Node record);
// Whether at least something of the record is an input, an output or messages by it.
bool mapping_reads(const ColumnMapping& mapping, json::Node record);

}  // namespace assay::convert
