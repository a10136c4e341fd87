// The three character classes of Python's text functions and of its `re`: \w, \d, \s.
#pragma once

#include <cstdint>

namespace assay::search {

bool is_word_char(uint32_t code_point);   // letters, numbers, '_'
bool is_digit_char(uint32_t code_point);  // decimal digits of any script
bool is_space_char(uint32_t code_point);

}  // namespace assay::search
