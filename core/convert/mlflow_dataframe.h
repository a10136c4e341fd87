// DataFrames of mlflow.search_traces(), as pandas writes them: to_json() in every orient (records,
// lines, columns, index, split, table, values), to_csv() and to_parquet() (whose rows come as JSON
// objects).
//
// The column "trace" holds Trace.to_json() in most versions and is then taken verbatim. Where it is
// missing or is not JSON ("Trace(trace_id=…)", the inner state of the Python object) the record is
// put together from the other columns, with cells as JSON or as Python's repr().
#pragma once

#include "core/convert/format.h"

namespace assay::convert {

Format mlflow_dataframe_format();  // one row

// The orients other than records and lines, of a DataFrame of any system: each row is read as a
// record of its own.
Format pandas_json_format();

}  // namespace assay::convert
