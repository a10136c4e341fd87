// A JSON value as a tree, for comparing documents in tests. Numbers are compared as they are
// written: 5 and 5.0 differ here. Order of members does not matter.
#pragma once

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json/reader.h"

namespace assay::annot {

struct Tree {
  json::Kind kind = json::Kind::Null;
  std::string scalar;  // decoded string, or the token of a number
  std::vector<std::pair<std::string, Tree>> members;
  std::vector<Tree> elements;

  const Tree& at(std::string_view key) const {
    for (const auto& [name, value] : members) {
      if (name == key) return value;
    }
    static const Tree kMissing{json::Kind::Error, "missing", {}, {}};
    return kMissing;
  }
  bool has(std::string_view key) const { return at(key).kind != json::Kind::Error; }
  std::vector<std::string> keys() const {
    std::vector<std::string> out;
    for (const auto& member : members)
      out.push_back(member.first);
    return out;
  }
  bool is_null() const { return kind == json::Kind::Null; }

  friend bool operator==(const Tree& a, const Tree& b) {
    return a.kind == b.kind && a.scalar == b.scalar && a.members == b.members &&
           a.elements == b.elements;
  }
};

inline Tree read_tree(json::Reader& reader) {
  Tree tree;
  tree.kind = reader.peek();
  if (tree.kind == json::Kind::Object) {
    reader.enter_object();
    while (reader.next_key()) {
      std::string key = reader.key();
      tree.members.emplace_back(std::move(key), read_tree(reader));
    }
    std::stable_sort(tree.members.begin(), tree.members.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
  } else if (tree.kind == json::Kind::Array) {
    reader.enter_array();
    while (reader.next_element())
      tree.elements.push_back(read_tree(reader));
  } else if (tree.kind == json::Kind::String) {
    tree.scalar = reader.string().value_or("?");
  } else if (tree.kind == json::Kind::Number) {
    const json::Piece piece = reader.piece();
    tree.scalar = std::string(reader.text_of(piece));
  } else {
    reader.skip_value();
  }
  return tree;
}

inline Tree tree_of(std::string_view json) {
  json::Reader reader(json);
  Tree tree = read_tree(reader);
  INFO(json);
  REQUIRE_FALSE(reader.failed());
  REQUIRE(reader.at_end());
  return tree;
}

}  // namespace assay::annot
