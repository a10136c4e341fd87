#include "core/convert/flattened.h"

#include <algorithm>
#include <memory>

#include "core/base/numbers.h"
#include "core/json/writer.h"

namespace assay::convert {
namespace {

constexpr int kMaxLevels = 32;  // dots beyond these belong to the last key

struct Branch {
  std::string key;
  std::string json;  // a leaf's value
  std::vector<std::unique_ptr<Branch>> children;

  Branch& child(std::string_view name) {
    // Neighbours mostly share their parents: the last child is the likely one.
    for (size_t i = children.size(); i-- > 0;) {
      if (children[i]->key == name) return *children[i];
      if (children.size() - i > 64) break;
    }
    for (auto& other : children) {
      if (other->key == name) return *other;
    }
    children.push_back(std::make_unique<Branch>());
    children.back()->key = name;
    return *children.back();
  }

  bool is_array() const {
    for (const auto& each : children) {
      if (each->key.empty() || each->key.size() > 12 || each->key.find_first_not_of("0123456789") != std::string::npos) {
        return false;
      }
    }
    return !children.empty();
  }

  void write(json::Writer& w) {
    if (children.empty()) return w.raw(json.empty() ? "null" : std::string_view(json));
    if (is_array()) {
      std::stable_sort(children.begin(), children.end(), [](const auto& a, const auto& b) {
        return parse_int64(a->key).value_or(0) < parse_int64(b->key).value_or(0);
      });
      w.begin_array();
      for (const auto& each : children) each->write(w);
      w.end_array();
      return;
    }
    w.begin_object();
    for (const auto& each : children) {
      w.key(each->key);
      each->write(w);
    }
    w.end_object();
  }
};

}  // namespace

std::string unflattened(const std::vector<Attribute>& attributes, std::string_view prefix) {
  Branch root;
  for (const Attribute& attribute : attributes) {
    std::string_view key = attribute.key;
    if (key.size() <= prefix.size() + 1 || key.substr(0, prefix.size()) != prefix || key[prefix.size()] != '.') continue;
    key.remove_prefix(prefix.size() + 1);
    Branch* at = &root;
    for (int level = 0; level < kMaxLevels; ++level) {
      const size_t dot = level + 1 < kMaxLevels ? key.find('.') : std::string_view::npos;
      at = &at->child(key.substr(0, dot));
      if (dot == std::string_view::npos) break;
      key.remove_prefix(dot + 1);
    }
    at->json = attribute.json;
  }
  if (root.children.empty()) return {};
  std::string out;
  json::Writer w(out);
  root.write(w);
  return out;
}

}  // namespace assay::convert
