// Cells of tables: what pandas wrote of a Python value, as JSON.
#pragma once

#include <string>
#include <string_view>

#include "core/json/tree.h"

namespace assay::convert {

// Whether the record is a row of a CSV file: all its members are texts.
bool is_text_row(json::Node row);

// The value as Python's json.dumps(ensure_ascii=False) writes it, which is how MLflow stores
// values: pandas writes neither blanks nor letters beyond ASCII. Numbers keep their digits.
std::string as_mlflow_writes(json::Node value);

// Objects and arrays in the cell, given as JSON or as Python's repr(), in the form above; "" where
// the cell has neither.
std::string container_of_cell(json::Node cell);

// The value that a cell means. A text of a CSV file may mean a number, True, None; elsewhere a text
// that holds no object or array is that text. "" for empty cells, null and nan.
std::string value_of_cell(json::Node cell, bool is_text);

// For identifiers and other plain texts: "" for empty cells, null and nan.
std::string text_of_cell(json::Node cell);

// A column that holds row numbers: "", "index", "level_0", "Unnamed: 0".
bool is_index_column(std::string_view name);

}  // namespace assay::convert
