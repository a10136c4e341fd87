// Whether two JSON values mean the same: order of members, white space, escapes and the spelling of
// numbers do not matter. For tests.
#pragma once

#include <string>
#include <vector>

#include "core/json/tree.h"

namespace assay::test {

// "" when they are the same, else the path of the first difference and both values.
inline std::string json_difference(json::Node a, json::Node b, const std::string& path = {}) {
  const auto differ = [&] {
    return path + ": " + std::string(a.raw().substr(0, 200)) + " <> " +
           std::string(b.raw().substr(0, 200));
  };
  if (a.present() != b.present()) return differ();
  if (a.is_number() && b.is_number()) {
    if (a.raw() == b.raw()) return {};
    return a.integer() && b.integer() ? (*a.integer() == *b.integer() ? "" : differ())
           : a.number() == b.number() ? ""
                                      : differ();
  }
  if (a.kind() != b.kind()) return differ();
  if (a.is_string()) return a.text() == b.text() ? "" : differ();
  if (!a.is_object() && !a.is_array()) return a.raw() == b.raw() ? "" : differ();
  if (a.size() != b.size()) return differ();
  json::Node other = b.first();
  size_t i = 0;
  for (json::Node each = a.first(); each; each = each.next(), ++i) {
    const bool is_object = a.is_object();
    const json::Node match = is_object ? b[each.key()] : other;
    std::string found = json_difference(
        each, match, path + (is_object ? "." + each.key() : "[" + std::to_string(i) + "]"));
    if (!found.empty()) return found;
    other = other.next();
  }
  return {};
}

inline std::string json_difference(std::string_view a, std::string_view b) {
  json::Tree first, second;
  if (!first.parse(a)) return "no JSON: " + std::string(a.substr(0, 200));
  if (!second.parse(b)) return "no JSON: " + std::string(b.substr(0, 200));
  return json_difference(first.root(), second.root());
}

// A span of MLflow's: attributes that are JSON inside of texts are compared as that JSON.
inline std::string span_difference(json::Node a, json::Node b) {
  for (json::Node member = a.first(); member; member = member.next()) {
    const std::string key = member.key();
    if (key != "attributes") {
      std::string found = json_difference(member, b[key], key);
      if (!found.empty()) return found;
      continue;
    }
    if (member.size() != b[key].size()) return "number of attributes";
    for (json::Node each = member.first(); each; each = each.next()) {
      const json::Node other = b[key][each.key()];
      if (each.text() == other.text() && other.is_string()) continue;
      std::string found = json_difference(each.text(), other.text());
      if (!found.empty()) return each.key() + " " + found;
    }
  }
  return a.size() == b.size() ? "" : "number of members";
}

}  // namespace assay::test
