#include "core/json/member_names.h"

#include <cstring>

namespace assay::json {

uint8_t MemberNames::code_of(std::string_view name) const {
  for (size_t i = 0; i < wanted_.size(); ++i) {
    if (wanted_[i] == name) return static_cast<uint8_t>(kFirst + i);
  }
  return kOther;
}

uint8_t MemberNames::learn(std::string_view literal, size_t name_at, size_t name_size_bytes, uint8_t code) {
  if (literal.size() > kLiteralBytes) return 0;
  for (size_t i = 1; i < slots_.size(); ++i) {
    const Slot& slot = slots_[i];
    if (slot.size_bytes == literal.size() && std::memcmp(slot.literal, literal.data(), literal.size()) == 0) {
      return static_cast<uint8_t>(i);
    }
  }
  if (slots_.size() > kMaxSlots) return 0;
  Slot slot;
  std::memcpy(slot.literal, literal.data(), literal.size());
  slot.size_bytes = static_cast<uint8_t>(literal.size());
  slot.name_at = static_cast<uint8_t>(name_at);
  slot.name_size_bytes = static_cast<uint8_t>(name_size_bytes);
  slot.code = code;
  slots_.push_back(slot);
  return static_cast<uint8_t>(slots_.size() - 1);
}

void MemberNames::follow(uint8_t before, uint8_t after) {
  Slot& slot = slots_[before];
  if (slot.next[0] == after) return;
  slot.next[1] = slot.next[0];
  slot.next[0] = after;
}

}  // namespace assay::json
