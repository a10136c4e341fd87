// Members of a JSON object as pieces of text: for rewriting some of them and keeping the rest to
// the letter.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/json/reader.h"

namespace assay::annot {

// `key` is decoded, `raw_key` and `value` are as written (without the white space around them).
// Views into the text that was read.
struct Member {
  std::string key;
  std::string_view raw_key, value;
};

// Consumes the value that stands next and returns it verbatim. `text` is what the reader reads.
// Empty when the reader failed.
std::string_view verbatim_value(json::Reader& reader, std::string_view text);

// Adds the members of the object `json` to `out`; a key that is there already gets the later value.
// Nothing is added for other values; what stands before an error is.
void collect_members(std::vector<Member>& out, std::string_view json);
std::vector<Member> members_of(std::string_view json);

// nullptr: not there.
const Member* find_member(const std::vector<Member>& members, std::string_view key);

// Appends `{"key":value` or `,"key":value`. The key is written as it stands, between quotes.
void append_member(std::string& out, std::string_view raw_key, std::string_view value);

}  // namespace assay::annot
