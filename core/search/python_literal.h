// The few pieces of Python that show through MLflow's filter language: repr() of a string in
// messages, and ast.literal_eval() on the list of an IN clause.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay::search {

// repr(str): 'it' or "it's", with \n, \x07, \u2028 for what cannot be printed.
std::string python_string_repr(std::string_view text);

struct PythonList {
  enum class Kind : uint8_t {
    Strings,     // `strings` holds them
    Empty,       // ()
    Mixed,       // a tuple of literals, not all of them strings: `repr` is the tuple's
    IllFormed,   // a syntax error
    NotLiteral,  // well-formed, but with a name or an operation in it (`bad_…` says where)
  };
  Kind kind = Kind::IllFormed;
  std::vector<std::string> strings;
  std::string repr;
  uint32_t bad_begin = 0, bad_end = 0;  // bytes of the text
};

// `text` is what stands in an IN clause, with its brackets. Adjacent strings are joined, a trailing
// comma is allowed, ('a') is a list of one.
PythonList parse_python_list(std::string_view text);

}  // namespace assay::search
