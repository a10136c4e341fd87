// Tree: one JSON document as nodes over its own text, which must outlive it. Numbers and strings are not
// decoded until asked for, so nothing is lost: raw() gives each value exactly as it stands. For the
// conversion of exports, where a record is looked at from many sides; 28 bytes a value.
//
// Node is a light handle. Looking for what is not there gives a node that is not present, and whose own
// members are not present either, so paths need no checks: root["trace"]["input"].text().
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/reader.h"

namespace assay::json {

class Tree;

class Node {
 public:
  Node() = default;
  bool present() const { return tree_ != nullptr; }
  explicit operator bool() const { return present(); }

  Kind kind() const;  // Error when not present
  bool is_object() const { return kind() == Kind::Object; }
  bool is_array() const { return kind() == Kind::Array; }
  bool is_string() const { return kind() == Kind::String; }
  bool is_number() const { return kind() == Kind::Number; }
  // Neither absent nor null nor "" nor [] nor {}.
  bool has_content() const;

  // Members and elements in file order. A key that stands twice: the last one counts.
  Node operator[](std::string_view key) const;
  Node first() const;  // the first child
  Node next() const;   // the next sibling
  uint32_t size() const;  // number of children
  std::string key() const;  // of a member, decoded
  bool key_is(std::string_view name) const;

  std::string_view raw() const;      // the JSON text, verbatim; "null" when not present
  std::string text() const;          // a string, decoded; "" for anything else
  std::string text_or_raw() const;   // a string decoded, null and absent as "", else the JSON text
  std::optional<int64_t> integer() const;  // an integer, a string that is one, or a double that is whole
  std::optional<double> number() const;    // a finite number or a string that is one
  std::optional<bool> boolean() const;     // true, false, "true", "false"
  uint32_t offset_bytes() const;     // of the value in the document

 private:
  friend class Tree;
  Node(const Tree* tree, uint32_t index) : tree_(tree), index_(index) {}
  const Tree* tree_ = nullptr;
  uint32_t index_ = 0;
};

class Tree {
 public:
  // At most 4 GB. False: the text is no JSON; error_text() and error_at() say why and where.
  bool parse(std::string_view text);
  Node root() const { return nodes_.empty() ? Node() : Node(this, 0); }
  const std::string& error_text() const { return error_; }
  uint32_t error_at() const { return error_at_; }
  std::string_view text() const { return text_; }

 private:
  friend class Node;
  struct Item {
    uint32_t at, size;          // the value, with the quotes of a string
    uint32_t key_at, key_size;  // without the quotes
    uint32_t next;              // sibling's index; 0: none
    uint32_t children;
    Kind kind;
    bool escaped;      // the string
    bool key_escaped;
  };
  bool read_value(Reader& reader, uint32_t& index);

  std::string_view text_;
  std::vector<Item> nodes_;
  std::string error_;
  uint32_t error_at_ = 0;
};

}  // namespace assay::json
