#include "core/json/tree.h"

#include <cmath>

#include "core/base/numbers.h"
#include "core/json/unescape.h"

namespace assay::json {

bool Tree::parse(std::string_view text) {
  text_ = text;
  nodes_.clear();
  error_.clear();
  error_at_ = 0;
  if (text.size() >= 0xFFFFFFFFU) {
    error_ = "the document is larger than 4 GB";
    return false;
  }
  Reader reader(text);
  uint32_t root = 0;
  if (read_value(reader, root) && reader.at_end()) return true;
  nodes_.clear();
  error_ = reader.failed() ? reader.error_text() : "text after the end of the value";
  error_at_ = reader.failed() ? reader.error_offset_bytes() : reader.offset_bytes();
  return false;
}

// The reader refuses nesting deeper than kMaxDepth, which bounds the recursion.
bool Tree::read_value(Reader& reader, uint32_t& index) {
  const Kind kind = reader.peek();
  index = static_cast<uint32_t>(nodes_.size());
  nodes_.push_back({reader.offset_bytes(), 0, 0, 0, 0, 0, kind, false, false});
  uint32_t count = 0, previous = 0;
  const auto adopt = [&](uint32_t child) {
    if (count++ > 0) nodes_[previous].next = child;
    previous = child;
  };
  if (kind == Kind::Object) {
    reader.enter_object();
    while (reader.next_key()) {
      const std::string_view key = reader.raw_key();
      uint32_t child = 0;
      if (!read_value(reader, child)) return false;
      nodes_[child].key_at = static_cast<uint32_t>(key.data() - text_.data());
      nodes_[child].key_size = static_cast<uint32_t>(key.size());
      nodes_[child].key_escaped = key.find('\\') != std::string_view::npos;
      adopt(child);
    }
  } else if (kind == Kind::Array) {
    reader.enter_array();
    while (reader.next_element()) {
      uint32_t child = 0;
      if (!read_value(reader, child)) return false;
      adopt(child);
    }
  } else {
    const Piece piece = reader.piece();
    nodes_[index].escaped = piece.form == TextForm::EscapedString;
  }
  if (reader.failed()) return false;
  nodes_[index].children = count;
  nodes_[index].size = reader.offset_bytes() - nodes_[index].at;
  return true;
}

Kind Node::kind() const { return present() ? tree_->nodes_[index_].kind : Kind::Error; }

bool Node::has_content() const {
  switch (kind()) {
    case Kind::Object:
    case Kind::Array: return size() > 0;
    case Kind::String: return tree_->nodes_[index_].size > 2;
    case Kind::Null:
    case Kind::Error: return false;
    default: return true;
  }
}

Node Node::first() const {
  if (!present() || tree_->nodes_[index_].children == 0) return {};
  return {tree_, index_ + 1};  // children follow their parent
}

Node Node::next() const {
  if (!present() || tree_->nodes_[index_].next == 0) return {};
  return {tree_, tree_->nodes_[index_].next};
}

uint32_t Node::size() const { return present() ? tree_->nodes_[index_].children : 0; }

Node Node::operator[](std::string_view key) const {
  if (kind() != Kind::Object) return {};
  Node found;
  for (Node child = first(); child.present(); child = child.next()) {
    if (child.key_is(key)) found = child;
  }
  return found;
}

std::string Node::key() const {
  if (!present()) return {};
  const Tree::Item& item = tree_->nodes_[index_];
  return unescaped(tree_->text_.substr(item.key_at, item.key_size));
}

bool Node::key_is(std::string_view name) const {
  if (!present()) return false;
  const Tree::Item& item = tree_->nodes_[index_];
  const std::string_view raw_key = tree_->text_.substr(item.key_at, item.key_size);
  return item.key_escaped ? unescaped(raw_key) == name : raw_key == name;
}

std::string_view Node::raw() const {
  if (!present()) return "null";
  const Tree::Item& item = tree_->nodes_[index_];
  return tree_->text_.substr(item.at, item.size);
}

std::string Node::text() const {
  if (kind() != Kind::String) return {};
  const Tree::Item& item = tree_->nodes_[index_];
  const std::string_view contents = tree_->text_.substr(item.at + 1, item.size - 2);
  return item.escaped ? unescaped(contents) : std::string(contents);
}

std::string Node::text_or_raw() const {
  if (kind() == Kind::String) return text();
  if (kind() == Kind::Null || !present()) return {};
  return std::string(raw());
}

std::optional<int64_t> Node::integer() const {
  if (kind() != Kind::Number && kind() != Kind::String) return std::nullopt;
  const std::string_view value = is_string() ? raw().substr(1, raw().size() - 2) : raw();
  if (const auto whole = parse_int64(value)) return whole;
  const auto real = parse_double(value);
  if (!real || !std::isfinite(*real) || std::fabs(*real) > 9e18 || std::trunc(*real) != *real) return std::nullopt;
  return static_cast<int64_t>(*real);
}

std::optional<double> Node::number() const {
  if (kind() != Kind::Number && kind() != Kind::String) return std::nullopt;
  const auto real = parse_double(is_string() ? raw().substr(1, raw().size() - 2) : raw());
  if (!real || !std::isfinite(*real)) return std::nullopt;
  return real;
}

std::optional<bool> Node::boolean() const {
  if (kind() == Kind::True || raw() == "\"true\"") return true;
  if (kind() == Kind::False || raw() == "\"false\"") return false;
  return std::nullopt;
}

uint32_t Node::offset_bytes() const { return present() ? tree_->nodes_[index_].at : 0; }

}  // namespace assay::json
