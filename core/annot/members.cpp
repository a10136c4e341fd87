#include "core/annot/members.h"
#include "core/base/ordering.h"

#include <algorithm>
#include <cstdint>
#include <utility>


namespace assay::annot {

std::string_view verbatim_value(json::Reader& reader, std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const uint32_t begin = reader.offset_bytes();
  reader.skip_value();
  if (reader.failed()) return {};
  std::string_view value = text.substr(begin, reader.offset_bytes() - begin);
  value.remove_prefix(std::min(value.find_first_not_of(kSpace), value.size()));
  return value.substr(0, value.find_last_not_of(kSpace) + 1);
}

namespace {

// Leaves the first of each key, with the last value. Objects of data may have any number of
// members.
void merge_same_keys(std::vector<Member>& members) {
  const auto order = sorted_indexes(members.size(), [&members](uint32_t a, uint32_t b) {
    return members[a].key < members[b].key;
  });
  bool has_twins = false;
  for (size_t i = 0, first = 0; i < order.size(); ++i) {
    if (members[order[i]].key != members[order[first]].key) first = i;
    if (i == first) continue;
    members[order[first]].value = members[order[i]].value;
    members[order[i]].raw_key = {};
    members[order[i]].value = {};
    has_twins = true;
  }
  // A member always has a value; those without were merged.
  if (has_twins) std::erase_if(members, [](const Member& m) { return m.value.empty(); });
}

}  // namespace

void collect_members(std::vector<Member>& out, std::string_view json) {
  json::Reader reader(json);
  if (json.empty() || !reader.enter_object()) return;
  while (reader.next_key()) {
    Member member{reader.key(), reader.raw_key(), {}};
    member.value = verbatim_value(reader, json);
    if (reader.failed()) break;
    out.push_back(std::move(member));
  }
  merge_same_keys(out);
}

std::vector<Member> members_of(std::string_view json) {
  std::vector<Member> out;
  collect_members(out, json);
  return out;
}

const Member* find_member(const std::vector<Member>& members, std::string_view key) {
  for (const Member& member : members) {
    if (member.key == key) return &member;
  }
  return nullptr;
}

void append_member(std::string& out, std::string_view raw_key, std::string_view value) {
  out += out.empty() ? "{\"" : ",\"";
  out += raw_key;
  out += "\":";
  out += value;
}

}  // namespace assay::annot
