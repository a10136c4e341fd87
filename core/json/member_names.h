// MemberNames: the members that one kind of object is searched for, and a memory of the order in which writers
// write them. A name that follows the one before as it did lately is recognised by one comparison of bytes,
// separators included (Reader::next_member); everything else goes the long way and is remembered. What was
// remembered changes the speed, never the result.
//
// Use:
//   enum Member : uint8_t { kId = json::MemberNames::kFirst, kName };
//   json::MemberNames names{"id", "name"};           // kept for as many objects as possible
//   json::MemberCursor at(names);                    // one for each object
//   if (reader.enter_object()) while (const uint8_t member = reader.next_member(at)) switch (member) …
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace assay::json {

class MemberNames {
 public:
  // What next_member() answers: the i-th wanted name is kFirst + i.
  static constexpr uint8_t kEnd = 0;    // no member is left, or the reader failed
  static constexpr uint8_t kOther = 1;  // a member that is not wanted
  static constexpr uint8_t kFirst = 2;

  // The names must outlive the object (literals).
  MemberNames(std::initializer_list<std::string_view> wanted) : wanted_(wanted), slots_(1) {}

  // Slots number the remembered names, from 1; kMaxSlots at most.
  static constexpr uint8_t kMaxSlots = 64;

 private:
  friend class Reader;
  static constexpr size_t kLiteralBytes = 64;
  struct Slot {
    char literal[kLiteralBytes] = {};  // as it stood: comma, blanks, name in quotes, colon, blanks
    uint8_t size_bytes = 0;
    uint8_t name_at = 0, name_size_bytes = 0;
    uint8_t code = kOther;
    uint8_t next[2] = {0, 0};  // what came after it, the latest first; 0: nothing yet
  };

  uint8_t code_of(std::string_view name) const;
  // The slot of a literal, made where there is none; 0: it is too long, or there are too many.
  uint8_t learn(std::string_view literal, size_t name_at, size_t name_size_bytes, uint8_t code);
  void follow(uint8_t before, uint8_t after);

  std::vector<std::string_view> wanted_;
  std::vector<Slot> slots_;  // slots_[0] stands for the beginning of an object
};

// The place in one object.
class MemberCursor {
 public:
  explicit MemberCursor(MemberNames& names) : names_(&names) {}
  // The slot of the member that next_member() found; 0: it is not remembered.
  uint8_t slot() const { return slot_; }

 private:
  friend class Reader;
  MemberNames* names_;
  uint8_t slot_ = 0;
  bool known_ = true;  // slot_ says what came before
};

}  // namespace assay::json
