// Shapes: the ways in which objects of one kind were written lately, as wholes: the bytes between their strings and
// numbers, separators and member names included, and which of those values are wanted. An object that is written as
// one before is run over in a single loop (Reader::read_shape); any other goes the long way and is remembered. What
// was remembered changes the speed, never the result: the bytes that were compared belong to an object that was
// checked, and what stands between them is checked each time.
//
// Use:
//   json::Shapes shapes{{"name", kName, json::kStringKind | json::kNullKind}, …};  // kept for many objects
//   json::ShapeValues values;
//   if (reader.read_shape(shapes, values) == json::ShapeMatch::Whole) { for (const json::ShapeValue& value : values) … }
//   else { … read it member by member …; shapes.learn(text of the object); }
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/text_ref.h"

namespace assay::json {

// The kinds that a value may be of. A word is true, false or null where its code is wanted; kNullKind allows a null that
// counts for nothing. kStopKind: whatever stands there, the caller reads it, and all that follows in the object.
enum : uint8_t { kStringKind = 1, kNumberKind = 2, kWordKind = 4, kObjectKind = 8, kArrayKind = 16, kNullKind = 32, kStopKind = 64 };

// A member that matters. What is of none of the allowed kinds is left to the long way, as is an object with two members
// of one code.
struct ShapeField {
  std::string_view path;  // names from the object on, with '\n' between them; the last may be "*": all members there
  uint8_t code;           // of a wanted string, number or word, 1 to 63; 0: only its kind matters
  uint8_t kinds;
};

// A wanted value; the form is Json for numbers and words. 64 bytes from its beginning on can be read.
struct ShapeValue {
  uint32_t offset_bytes, size_bytes;
  uint16_t place;  // for Shapes::key() and Shapes::tag()
  uint8_t code;
  TextForm form;
};

enum class ShapeMatch : uint8_t {
  None,     // nothing is consumed
  Whole,
  Stopped,  // before the value with kStopKind, inside the object, as next_member() would have left it
};

class ShapeValues {
 public:
  static constexpr size_t kMost = 48;
  const ShapeValue* begin() const { return values_; }
  const ShapeValue* end() const { return values_ + count_; }
  void clear() { count_ = 0; }
  void add(const ShapeValue& value) { values_[count_++] = value; }

 private:
  ShapeValue values_[kMost];
  size_t count_ = 0;
};

class Shapes {
 public:
  // The paths must outlive the object (literals).
  Shapes(std::initializer_list<ShapeField> fields) : fields_(fields) {}

  // Remembers how this object is written. It was read before without an error.
  void learn(std::string_view object);

  // The name of the member that a value was found in by "*", decoded; valid until the next learn().
  std::string_view key(uint16_t place) const { return keys_[nodes_[place].key]; }
  // A number that the caller keeps with the name of such a member or with any other value, 0 at first: the value's is 0
  // again as soon as another one stands there.
  uint32_t tag(uint16_t place) const { return nodes_[place].tag; }
  void set_tag(uint16_t place, uint32_t tag) { nodes_[place].tag = tag; }

 private:
  friend class Reader;
  // What stands behind a literal; More: another literal. Of Number and Word the first byte must be looked at as well.
  enum class Kind : uint8_t { String, More, End, Stop, Number, Word };
  static constexpr size_t kLiteralBytes = 64;
  static constexpr size_t kMostNodes = 512;
  static constexpr int kMostDepth = 32;
  static constexpr uint32_t kPatience = 64;
  // The shapes as a tree by their beginnings. Among siblings the one that came last is the first.
  struct Node {
    char literal[kLiteralBytes];
    uint8_t size_bytes;
    Kind kind;
    uint8_t code;
    bool breaks;  // the literal has a line break
    uint16_t child, sibling;
    uint16_t key;  // in keys_; 0: none
    uint32_t tag;
    // The string that stood here last, its closing quote included. Those of one trace repeat some values in each span.
    char value[kLiteralBytes];
    uint8_t value_bytes;  // 0: none is kept
    bool value_escaped;
    int8_t repeats;  // more than it was another one; below: nothing is kept any more
  };
  static constexpr int8_t kMostRepeats = 16, kLeastRepeats = -16;
  struct Step {
    std::string_view literal;
    Kind kind;
    uint8_t code;
    std::string key;
  };
  class Drafting;

  // Another string stands at the node.
  static void keep_value(Node& node, std::string_view value, bool escaped) {
    node.value_bytes = 0;
    if (node.key == 0) node.tag = 0;
    if (node.repeats <= kLeastRepeats) return;
    --node.repeats;
    // Halves of surrogate pairs are looked for each time.
    if (value.size() >= kLiteralBytes || (escaped && value.find("\\u") != std::string_view::npos)) return;
    std::memcpy(node.value, value.data(), value.size() + 1);
    node.value_bytes = static_cast<uint8_t>(value.size() + 1);
    node.value_escaped = escaped;
  }
  uint16_t prefer(uint16_t parent, uint16_t child);
  bool insert(const std::vector<Step>& steps);
  uint16_t insert(uint16_t parent, std::string_view literal, const Step& step);

  std::vector<ShapeField> fields_;
  std::vector<std::string> keys_;
  std::vector<Node> nodes_;  // nodes_[0] is the root; empty at first
  uint32_t patience_ = kPatience;  // how often it may still learn before a shape is met again
};

}  // namespace assay::json
