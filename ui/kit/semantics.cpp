#include "ui/kit/semantics.h"

#include <algorithm>
#include <cstring>

#include "core/base/hash.h"
#include "core/base/numbers.h"
#include "core/base/ordering.h"
#include "core/base/utf8.h"

namespace assay::kit {

void watch_imgui_items(bool on);  // semantics_hooks.cpp
Rect semantics_clip();

namespace {

constexpr int kRequestFrames = 6;

constexpr const char* kRoleNames[] = {
    "none",       "button",      "link",    "checkbox",     "radio",    "radiogroup", "combobox",
    "listbox",    "option",      "textbox", "searchbox",    "slider",   "tab",        "tablist",
    "tabpanel",   "table",       "row",     "columnheader", "cell",     "tree",       "treeitem",
    "menu",       "menuitem",    "dialog",  "heading",      "text",     "document",   "status",
    "alert",      "progressbar", "meter",   "separator",    "img",      "group",      "region",
    "navigation", "main",        "toolbar", "list",         "listitem",
};
static_assert(sizeof(kRoleNames) / sizeof(kRoleNames[0]) == static_cast<size_t>(Role::kCount));

}  // namespace

const char* role_name(Role role) { return kRoleNames[static_cast<size_t>(role)]; }

SemanticsRegistry::SemanticsRegistry() = default;
SemanticsRegistry::~SemanticsRegistry() = default;

const SemNode* SemanticsRegistry::find(std::string_view id) const {
  for (const SemNode& node : done_.nodes) {
    if (id_of(node) == id) return &node;
  }
  return nullptr;
}

uint32_t SemanticsRegistry::keep(std::string_view text) {
  const auto at = static_cast<uint32_t>(building_.arena.size());
  building_.arena.append(text);
  return at;
}

int32_t SemanticsRegistry::add(const SemItem& item) {
  SemNode node;
  node.role = item.role;
  node.flags = item.flags;
  node.parent = open_.empty() ? -1 : open_.back();
  node.level = item.level;
  node.imgui_id = item.imgui_id;
  node.rect = intersection(item.rect, semantics_clip());
  if (node.rect.empty()) node.rect = {};
  node.set_size = item.set_size;
  node.position = item.position;
  node.now = item.now;
  node.low = item.low;
  node.high = item.high;
  const std::string_view value = (item.flags & kSemPassword) != 0
                                     ? std::string_view()
                                     : utf8_prefix(item.value, kSemValueLimitBytes);
  node.id_at = keep(item.id);
  node.id_bytes = static_cast<uint32_t>(item.id.size());
  node.name_at = keep(item.name);
  node.name_bytes = static_cast<uint32_t>(item.name.size());
  node.value_at = keep(value);
  node.value_bytes = static_cast<uint32_t>(value.size());
  node.description_at = keep(item.description);
  node.description_bytes = static_cast<uint32_t>(item.description.size());
  building_.nodes.push_back(node);
  return static_cast<int32_t>(building_.nodes.size()) - 1;
}

int32_t SemanticsRegistry::open(const SemItem& item) {
  const int32_t node = add(item);
  open_.push_back(node);
  return node;
}

void SemanticsRegistry::close() {
  if (!open_.empty()) open_.pop_back();
}

void SemanticsRegistry::amend_rect(int32_t node, const Rect& rect) {
  if (node < 0) return;
  Rect clipped = intersection(rect, semantics_clip());
  if (clipped.empty()) clipped = {};
  building_.nodes[static_cast<size_t>(node)].rect = clipped;
}

void SemanticsRegistry::amend_name(int32_t node, std::string_view name) {
  if (node < 0) return;
  SemNode& target = building_.nodes[static_cast<size_t>(node)];
  target.name_at = keep(name);
  target.name_bytes = static_cast<uint32_t>(name.size());
}

void SemanticsRegistry::name_by_contents(int32_t node) {
  constexpr size_t kLongestName = 200;
  if (node < 0) return;
  std::string name;
  for (size_t i = static_cast<size_t>(node) + 1; i < building_.nodes.size(); ++i) {
    const SemNode& child = building_.nodes[i];
    if (child.parent != node || child.role == Role::Checkbox || child.name_bytes == 0) continue;
    if (name.size() >= kLongestName) break;
    if (!name.empty()) name += ", ";
    name += std::string_view(building_.arena).substr(child.name_at, child.name_bytes);
  }
  amend_name(node, utf8_prefix(name, kLongestName));
}

void SemanticsRegistry::ignore_item(ImGuiID imgui_id) {
  if (watch_items_) ignored_.push_back(imgui_id);
}

// -- requests --

SemanticsRegistry::Request* SemanticsRegistry::find_request(RequestKind kind, std::string_view id) {
  for (Request& request : requests_) {
    if (request.kind == kind && request.id == id) return &request;
  }
  return nullptr;
}

void SemanticsRegistry::push_request(RequestKind kind, std::string_view id) {
  Request* request = find_request(kind, id);
  if (request == nullptr) {
    requests_.push_back({kind, std::string(id), {}, 0, kRequestFrames});
  } else {
    request->frames_left = kRequestFrames;
  }
}

void SemanticsRegistry::activate(std::string_view id) { push_request(RequestKind::Activate, id); }
void SemanticsRegistry::focus(std::string_view id) { push_request(RequestKind::Focus, id); }

void SemanticsRegistry::set_text(std::string_view id, std::string_view text) {
  push_request(RequestKind::SetText, id);
  find_request(RequestKind::SetText, id)->text = text;
}

void SemanticsRegistry::set_value(std::string_view id, float value) {
  push_request(RequestKind::SetValue, id);
  find_request(RequestKind::SetValue, id)->value = value;
}

bool SemanticsRegistry::take_activate(std::string_view id) {
  if (requests_.empty()) return false;
  Request* request = find_request(RequestKind::Activate, id);
  if (request == nullptr) return false;
  requests_.erase(requests_.begin() + (request - requests_.data()));
  return true;
}

bool SemanticsRegistry::take_focus(std::string_view id) {
  if (requests_.empty()) return false;
  Request* request = find_request(RequestKind::Focus, id);
  if (request == nullptr) return false;
  requests_.erase(requests_.begin() + (request - requests_.data()));
  return true;
}

std::optional<std::string> SemanticsRegistry::take_text(std::string_view id) {
  if (requests_.empty()) return std::nullopt;
  Request* request = find_request(RequestKind::SetText, id);
  if (request == nullptr) return std::nullopt;
  std::string text = std::move(request->text);
  requests_.erase(requests_.begin() + (request - requests_.data()));
  return text;
}

std::optional<float> SemanticsRegistry::take_value(std::string_view id) {
  if (requests_.empty()) return std::nullopt;
  Request* request = find_request(RequestKind::SetValue, id);
  if (request == nullptr) return std::nullopt;
  const float value = request->value;
  requests_.erase(requests_.begin() + (request - requests_.data()));
  return value;
}

std::vector<std::string> SemanticsRegistry::take_missed_requests() {
  std::vector<std::string> missed;
  missed.swap(missed_);
  return missed;
}

// -- frames --

void SemanticsRegistry::begin_frame() {
  building_.nodes.clear();
  building_.arena.clear();
  building_.duplicates.clear();
  building_.unnamed.clear();
  building_.cut_texts.clear();
  open_.clear();
  seen_.clear();
  ignored_.clear();
  watch_imgui_items(watch_items_);
}

void SemanticsRegistry::end_frame() {
  if (watch_items_) {
    find_duplicates();
    find_unnamed();
  }
  hash_frame();
  std::swap(building_, done_);
  static constexpr const char* kVerbs[] = {"activate ", "set_text ", "focus ", "set_value "};
  for (Request& request : requests_) {
    if (--request.frames_left > 0) continue;
    missed_.push_back(kVerbs[static_cast<size_t>(request.kind)] + request.id);
  }
  std::erase_if(requests_, [](const Request& request) { return request.frames_left <= 0; });
}

void SemanticsRegistry::on_imgui_item(ImGuiID imgui_id, const char* label, const char* window) {
  seen_.push_back({imgui_id, std::string(label != nullptr ? label : "") + " in " + window});
}

void SemanticsRegistry::find_duplicates() {
  const auto text_of = [this](uint32_t index) {
    const SemNode& n = building_.nodes[index];
    return std::string_view(building_.arena).substr(n.id_at, n.id_bytes);
  };
  std::vector<uint32_t> order;
  order.reserve(building_.nodes.size());
  for (uint32_t i = 0; i < building_.nodes.size(); ++i) {
    if (building_.nodes[i].id_bytes != 0) order.push_back(i);
  }
  sort_in_place(order, [&](uint32_t a, uint32_t b) { return text_of(a) < text_of(b); });
  for (size_t i = 1; i < order.size(); ++i) {
    if (text_of(order[i]) == text_of(order[i - 1])) {
      building_.duplicates.emplace_back(text_of(order[i]));
    }
  }
}

void SemanticsRegistry::find_unnamed() {
  std::vector<ImGuiID> known = ignored_;
  for (const SemNode& node : building_.nodes) {
    if (node.imgui_id != 0) known.push_back(node.imgui_id);
  }
  sort_in_place(known);
  for (const SeenItem& item : seen_) {
    if (item.imgui_id == 0 || std::binary_search(known.begin(), known.end(), item.imgui_id))
      continue;
    building_.unnamed.push_back(item.label);
  }
}

void SemanticsRegistry::hash_frame() {
  uint64_t hash = hash_bytes(building_.arena);
  for (const SemNode& n : building_.nodes) {
    const auto rounded = [](float v) { return static_cast<int32_t>(v * 4); };
    const int32_t words[] = {static_cast<int32_t>(n.role),
                             static_cast<int32_t>(n.flags),
                             n.parent,
                             n.level,
                             rounded(n.rect.x0),
                             rounded(n.rect.y0),
                             rounded(n.rect.x1),
                             rounded(n.rect.y1),
                             static_cast<int32_t>(n.set_size),
                             static_cast<int32_t>(n.position),
                             rounded(n.now * 100),
                             static_cast<int32_t>(n.id_bytes)};
    char bytes[sizeof(words)];
    std::memcpy(bytes, words, sizeof(words));
    hash = hash_bytes(std::string_view(bytes, sizeof(bytes)), hash);
  }
  building_.hash = hash;
}

std::string id_with(std::string_view base, std::string_view key) {
  std::string id;
  id.reserve(base.size() + key.size() + 2);
  id.append(base).append("[").append(key).append("]");
  return id;
}

std::string id_with(std::string_view base, int64_t number) {
  std::string id(base);
  id += '[';
  append_int(id, number);
  id += ']';
  return id;
}

std::string id_part(std::string_view base, std::string_view part) {
  std::string id(base);
  id += '.';
  id.append(part);
  return id;
}

}  // namespace assay::kit
