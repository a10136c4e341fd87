// Python's repr() of plain data as JSON text. pandas writes cells that hold dicts and lists this
// way
// ({'a': None, 'b': [1.5, True]}), in CSV and TSV files.
//
// Understood: None, True, False, nan, inf, numbers, strings with every prefix and escape
// (neighbours are joined), bytes (as their text), lists, tuples, sets, dicts, and the constructor
// calls that repr() writes of other objects: datetime.datetime(2026, 1, 2, 3, 4) and date become
// RFC 3339 text, Timestamp('…'), UUID('…') and the like what stands inside, array([…]) the list,
// Name(a=1, b=2) an object of its arguments; <Color.RED: 'red'> becomes the value, any other <…>
// its text. Dict keys that are no strings become their text. Numbers keep their digits.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay::convert {

// The whole text is one literal; nothing when it is none, or nests deeper than 100 levels.
std::optional<std::string> json_of_python(std::string_view text);

}  // namespace assay::convert
