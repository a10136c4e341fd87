// Reader: a pull reader over the bytes of one complete JSON value (a record). It allocates nothing,
// keeps no tree, and visits only what the caller asks for; skip_value() runs over the rest.
//
// Accepts what exports hold in the wild: RFC 8259, and the bare tokens NaN, Infinity, -Infinity
// (Python's json). Everything else that is not JSON is an error with its byte offset. Nesting deeper
// than kMaxDepth is an error, not a crash.
//
// Use:
//   Reader r(record);
//   if (r.enter_object()) while (r.next_key()) {
//     if (r.key_is("trace_id")) id = r.string_ref();
//     else r.skip_value();
//   }
//   if (r.failed()) report(r.error_offset_bytes(), r.error_text());
// A failed reader answers false/none to everything, so loops end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/text_ref.h"
#include "core/json/member_names.h"

namespace assay::json {

constexpr int kMaxDepth = 512;

enum class Kind : uint8_t { Object, Array, String, Number, True, False, Null, Error };

// A span of the record: offsets from its first byte, and what stands there. For strings the offsets
// are those of the contents, without the quotes.
struct Piece {
  uint32_t offset_bytes = 0;
  uint32_t size_bytes = 0;
  TextForm form = TextForm::None;  // None for null
};

class Shapes;
class ShapeValues;
enum class ShapeMatch : uint8_t;

class Reader {
 public:
  explicit Reader(std::string_view record) : text_(record) {}

  Kind peek();           // the kind of the value that stands next; consumes nothing
  bool enter_object();   // consumes '{'; false (and nothing consumed) if the value is no object
  bool next_key();       // moves to the next member's value; false at '}' (consumed)
  // next_key() by name: the code of the next member, MemberNames::kEnd at '}'. (member_names.h)
  uint8_t next_member(MemberCursor& cursor);
  // The object that stands right here, if it is written as one that `shapes` remembers: it is consumed, and its wanted
  // values are found. (shapes.h)
  ShapeMatch read_shape(Shapes& shapes, ShapeValues& values);
  bool key_is(std::string_view name) const;  // compares the decoded key
  std::string_view raw_key() const { return key_; }  // contents between the quotes, still escaped
  std::string key() const;                           // decoded
  bool enter_array();    // consumes '['
  bool next_element();   // moves to the next element; false at ']' (consumed)

  // Each consumes the value, whatever it is.
  Piece piece();                              // any value; null gives TextForm::None
  bool plain_integer(int64_t& value);         // digits alone; false (and nothing consumed) for all else
  std::optional<int64_t> integer();           // JSON integer, or a string that is one; exact
  std::optional<double> number();             // number, NaN tokens, or a numeric string
  std::optional<bool> boolean();              // true/false
  std::optional<std::string> string();        // decoded; nothing when it is no string
  void skip_value();
  // (A member's or an element's value that was not consumed is skipped by the next next_key() or
  // next_element().)

  // Goes on in a longer text that begins with the same bytes, wherever it stands now. A Reader that failed at the
  // end of a text that was not all there yet is thrown away, and a copy from before goes on.
  void continue_in(std::string_view longer_text) {
    text_ = longer_text;
    key_ = {};
  }

  bool at_end();  // only white space is left
  bool failed() const { return error_ != nullptr; }
  const char* error_text() const { return error_; }
  uint32_t error_offset_bytes() const { return error_at_; }
  uint32_t offset_bytes() const { return at_; }
  std::string_view text_of(const Piece& piece) const {
    return text_.substr(piece.offset_bytes, piece.size_bytes);
  }

  // What was met on the way in strings and numbers, skipped ones included: the offset of the first one
  // (kNowhere: none). Neither is an error.
  static constexpr uint32_t kNowhere = 0xFFFFFFFF;
  uint32_t lone_surrogate_at() const { return lone_surrogate_at_; }
  uint32_t non_finite_at() const { return non_finite_at_; }
  bool too_deep() const { return too_deep_; }
  bool saw_line_break() const { return saw_line_break_; }

 private:
  void skip_space();
  bool fail(const char* what);
  bool fail_at(uint32_t at, const char* what);
  bool scan_string(uint32_t& begin, uint32_t& size, bool& escaped);
  const char* bad_escape(const char* block, uint64_t escaped_bytes);
  ShapeMatch run_shape(Shapes& shapes, ShapeValues& values);
  const char* string_end(const char* at, const char* last, bool& escaped);
  bool scan_number();
  bool scan_literal(std::string_view word);
  bool scan_scalar(TextForm& form);
  bool skip_container();
  bool enter(char open, const char* what);
  uint8_t next_unexpected_member(MemberCursor& cursor);
  bool close(char closing);
  bool starts_value(char c);

  std::string_view text_;
  std::string_view key_;
  bool key_escaped_ = false;
  uint32_t at_ = 0;
  int depth_ = 0;
  bool first_ = false;  // the next next_key()/next_element() is the first of its container
  bool pending_ = false;  // next_key()/next_element() stands before a value that was not consumed
  bool too_deep_ = false;
  bool saw_line_break_ = false;
  uint32_t lone_surrogate_at_ = kNowhere;
  uint32_t non_finite_at_ = kNowhere;
  const char* error_ = nullptr;
  uint32_t error_at_ = 0;
};

}  // namespace assay::json
