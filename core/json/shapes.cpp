#include "core/json/shapes.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/json/reader.h"

namespace assay::json {
namespace {

constexpr size_t kMostSteps = 160;
constexpr size_t kMostSiblings = 8;

}  // namespace

// Takes one object apart into the bytes between its values.
class Shapes::Drafting {
 public:
  Drafting(const std::vector<ShapeField>& fields, std::string_view object) : fields_(fields), text_(object), reader_(object) {}

  bool run() {
    if (reader_.peek() != json::Kind::Object) return false;
    from_ = reader_.offset_bytes();
    if (!read_object(0)) return false;
    if (!stopped_) add(reader_.offset_bytes(), Kind::End, nullptr);
    return !reader_.failed() && wanted_count_ <= ShapeValues::kMost;
  }
  const std::vector<Step>& steps() const { return steps_; }

 private:
  // The literal up to `to`, and what stands behind it.
  void add(uint32_t to, Kind kind, const ShapeField* field) {
    Step step{text_.substr(from_, to - from_), kind, field != nullptr ? field->code : uint8_t{0}, {}};
    if (field != nullptr && field->path.ends_with('*')) step.key = path_.substr(field->path.size() - 1);
    wanted_count_ += step.code != 0;
    steps_.push_back(std::move(step));
  }

  bool read_object(int depth) {
    if (depth >= kMostDepth || !reader_.enter_object()) return false;
    const size_t parent_size = path_.size();
    while (reader_.next_key()) {
      const std::string key = reader_.key();
      if (key.find('\n') != std::string::npos) return false;
      if (depth > 0) path_ += '\n';
      path_ += key;
      if (!read_value(depth)) return false;
      if (stopped_) return depth == 0;
      path_.resize(parent_size);
    }
    return !reader_.failed();
  }

  bool read_array(int depth) {
    if (depth >= kMostDepth || !reader_.enter_array()) return false;
    ++inside_arrays_;  // nothing there is wanted
    while (reader_.next_element()) {
      if (!read_value(depth)) return false;
    }
    --inside_arrays_;
    return !reader_.failed();
  }

  bool read_value(int depth) {
    const json::Kind kind = reader_.peek();
    const uint32_t at = reader_.offset_bytes();
    const ShapeField* field = nullptr;
    if (steps_.size() >= kMostSteps || !find_field(field)) return false;
    if (field != nullptr && (field->kinds & kStopKind) != 0) {
      stopped_ = true;
      add(at, Kind::Stop, field);
      return true;
    }
    if (field != nullptr && (field->kinds & kind_bits(kind)) == 0) return false;
    if (kind == json::Kind::Object) return read_object(depth + 1);
    if (kind == json::Kind::Array) return read_array(depth + 1);
    const Piece piece = reader_.piece();
    if (reader_.failed()) return false;
    const bool is_word = field != nullptr && (field->kinds & kWordKind) != 0;
    if (kind == json::Kind::String) {
      add(piece.offset_bytes, Kind::String, field);
      from_ = piece.offset_bytes + piece.size_bytes;
    } else if (kind == json::Kind::Number || is_word) {
      add(at, kind == json::Kind::Number ? Kind::Number : Kind::Word, field);
      from_ = reader_.offset_bytes();
    }
    return true;
  }

  static uint8_t kind_bits(json::Kind kind) {
    switch (kind) {
      case json::Kind::String: return kStringKind;
      case json::Kind::Number: return kNumberKind;
      case json::Kind::True:
      case json::Kind::False: return kWordKind;
      case json::Kind::Null: return kNullKind | kWordKind;
      case json::Kind::Object: return kObjectKind;
      case json::Kind::Array: return kArrayKind;
      case json::Kind::Error: break;
    }
    return 0;
  }

  // What is wanted at the path; false: it stands there a second time.
  bool find_field(const ShapeField*& field) {
    if (inside_arrays_ > 0) return true;
    for (const ShapeField& f : fields_) {
      const bool all = f.path.ends_with('*');
      const std::string_view parent = f.path.substr(0, f.path.size() - (all ? 1 : 0));
      const bool below = all && path_.starts_with(parent) && path_.find('\n', parent.size()) == std::string::npos;
      if (!(all ? below : path_ == f.path)) continue;
      field = &f;
      if (all) return true;
      const uint64_t member = uint64_t{1} << (&f - fields_.data()), code = uint64_t{1} << f.code;
      if ((members_ & member) != 0 || (f.code != 0 && (codes_ & code) != 0)) return false;
      members_ |= member;
      codes_ |= code;
      return true;
    }
    return true;
  }

  const std::vector<ShapeField>& fields_;
  std::string_view text_;
  Reader reader_;
  std::vector<Step> steps_;
  std::string path_;
  uint32_t from_ = 0;  // where the present literal begins
  uint64_t members_ = 0, codes_ = 0;  // that were there, by bits
  size_t wanted_count_ = 0;
  bool stopped_ = false;
  int inside_arrays_ = 0;
};

void Shapes::learn(std::string_view object) {
  constexpr uint32_t kNew = 1, kVain = 8;  // what teaches nothing costs more
  if (patience_ == 0) return;
  Drafting draft(fields_, object);
  const bool is_new = draft.run() && insert(draft.steps());
  patience_ -= std::min(patience_, is_new ? kNew : kVain);
}

// False: nothing was added.
bool Shapes::insert(const std::vector<Step>& steps) {
  if (nodes_.empty()) nodes_.push_back({});
  if (keys_.empty()) keys_.emplace_back();
  if (nodes_.size() + 2 * steps.size() > kMostNodes) {  // what is still written comes again
    nodes_.assign(1, {});
    keys_.resize(1);
  }
  const size_t before = nodes_.size();
  uint16_t at = 0;
  for (const Step& step : steps) {
    std::string_view literal = step.literal;
    for (; literal.size() > kLiteralBytes && at != UINT16_MAX; literal.remove_prefix(kLiteralBytes)) {
      at = insert(at, literal.substr(0, kLiteralBytes), {{}, Kind::More, 0, {}});
    }
    if (at != UINT16_MAX) at = insert(at, literal, step);
    if (at == UINT16_MAX) break;
  }
  return nodes_.size() > before;
}

// The child of `parent` with this literal, made where there is none; UINT16_MAX: there are too many.
uint16_t Shapes::insert(uint16_t parent, std::string_view literal, const Step& step) {
  size_t siblings = 0;
  for (uint16_t child = nodes_[parent].child; child != 0; child = nodes_[child].sibling, ++siblings) {
    const Node& node = nodes_[child];
    const bool same = node.kind == step.kind && node.code == step.code && node.size_bytes == literal.size();
    if (same && std::memcmp(node.literal, literal.data(), literal.size()) == 0) return child;
  }
  if (siblings >= kMostSiblings || nodes_.size() >= kMostNodes) return UINT16_MAX;
  Node node{};
  std::memcpy(node.literal, literal.data(), literal.size());
  node.size_bytes = static_cast<uint8_t>(literal.size());
  node.kind = step.kind;
  node.code = step.code;
  node.breaks = literal.find('\n') != std::string_view::npos;
  if (!step.key.empty()) {
    node.key = static_cast<uint16_t>(keys_.size());
    keys_.push_back(step.key);
  }
  node.sibling = nodes_[parent].child;
  nodes_[parent].child = static_cast<uint16_t>(nodes_.size());
  nodes_.push_back(node);
  return nodes_[parent].child;
}

// Puts a child before its siblings.
uint16_t Shapes::prefer(uint16_t parent, uint16_t child) {
  uint16_t before = nodes_[parent].child;
  while (nodes_[before].sibling != child) before = nodes_[before].sibling;
  nodes_[before].sibling = nodes_[child].sibling;
  nodes_[child].sibling = nodes_[parent].child;
  nodes_[parent].child = child;
  return child;
}

}  // namespace assay::json
