#include "core/json/writer.h"

#include "core/base/assert.h"
#include "core/base/numbers.h"
#include "core/json/unescape.h"

namespace assay::json {

void Writer::before_value() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (has_members_.empty()) return;
  if (has_members_.back()) out_ += style_ == Style::Python ? ", " : ",";
  has_members_.back() = true;
}

void Writer::begin_object() {
  before_value();
  out_ += '{';
  has_members_.push_back(false);
}

void Writer::end_object() {
  ASSAY_ASSERT(!has_members_.empty());
  has_members_.pop_back();
  out_ += '}';
}

void Writer::begin_array() {
  before_value();
  out_ += '[';
  has_members_.push_back(false);
}

void Writer::end_array() {
  ASSAY_ASSERT(!has_members_.empty());
  has_members_.pop_back();
  out_ += ']';
}

void Writer::key(std::string_view name) {
  string(name);
  out_ += style_ == Style::Python ? ": " : ":";
  after_key_ = true;
}

void Writer::string(std::string_view text) {
  before_value();
  append_quoted(out_, text, style_ == Style::Python ? EscapeMode::EnsureAscii : EscapeMode::Utf8);
}

void Writer::integer(int64_t value) {
  before_value();
  append_int(out_, value);
}

void Writer::number(double value) {
  before_value();
  out_ += json_number(value);
}

void Writer::boolean(bool value) {
  before_value();
  out_ += value ? "true" : "false";
}

void Writer::null() {
  before_value();
  out_ += "null";
}

void Writer::raw(std::string_view json) {
  before_value();
  out_ += json;
}

}  // namespace assay::json
