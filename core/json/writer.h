// Writer: JSON text appended to a string, member by member; commas and quotes are its business. For
// exports of any size: no tree is built. Compact form (", " and ": " where Style::Python is asked for,
// as Python's json.dumps writes by default, non-ASCII as \uXXXX included).
// Nesting is the caller's: every begin_… needs its end_….
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay::json {

class Writer {
 public:
  enum class Style : uint8_t { Compact, Python };
  explicit Writer(std::string& out, Style style = Style::Compact) : out_(out), style_(style) {}

  void begin_object();
  void end_object();
  void begin_array();
  void end_array();
  void key(std::string_view name);

  void string(std::string_view text);
  void integer(int64_t value);
  void number(double value);  // shortest; NaN and the infinities as Python's tokens
  void boolean(bool value);
  void null();
  void raw(std::string_view json);  // a JSON value as it stands; not checked

  void member(std::string_view name, std::string_view text) { key(name), string(text); }
  void member_integer(std::string_view name, int64_t value) { key(name), integer(value); }
  void member_number(std::string_view name, double value) { key(name), number(value); }
  void member_boolean(std::string_view name, bool value) { key(name), boolean(value); }
  void member_raw(std::string_view name, std::string_view json) { key(name), raw(json); }

 private:
  void before_value();
  std::string& out_;
  Style style_;
  bool after_key_ = false;
  std::vector<bool> has_members_;  // one a level
};

}  // namespace assay::json
