#include "core/app/saved_views.h"

#include <algorithm>

#include "core/base/utf8.h"
#include "core/json/doc.h"

namespace assay::app {

namespace {

constexpr size_t kMaxNameBytes = 100;
constexpr size_t kMaxViews = 500;

bool is_view_event(std::string_view kind) { return kind.substr(0, 5) == "view."; }

void apply(std::vector<SavedView>& views, const journal::EventView& event) {
  Result<json::Doc> parsed = json::parse_doc(event.payload_json);
  if (!parsed.ok()) return;
  const json::Doc& doc = parsed.value();
  const auto text = [&doc](std::string_view key) { return json::get_string(doc, key).value_or(""); };
  SavedView view{text("id"), view_name(text("name")), text("query"), text("sort"), text("layout")};
  if (view.id.empty()) return;
  const auto at = std::find_if(views.begin(), views.end(), [&](const SavedView& one) { return one.id == view.id; });
  if (event.kind == kViewDelete) {
    if (at != views.end()) views.erase(at);
    return;
  }
  if (view.name.empty()) return;
  if (event.kind == kViewRename) {
    if (at != views.end()) at->name = std::move(view.name);
  } else if (event.kind == kViewSave) {
    if (at != views.end()) {
      *at = std::move(view);
    } else if (views.size() < kMaxViews) {
      views.push_back(std::move(view));
    }
  }
}

journal::NewEvent event_of(std::string_view kind, const json::Doc& payload) {
  return {std::string(kind), json::dump(payload), 1};
}

}  // namespace

std::string view_name(std::string_view typed) {
  std::string name;
  for (const char c : typed) name += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  const std::string valid = repaired_utf8(trimmed(name));
  return std::string(trimmed(utf8_prefix(valid, kMaxNameBytes)));
}

journal::NewEvent save_event(const SavedView& view) {
  json::Doc doc = json::Doc::object();
  doc["id"] = view.id;
  doc["name"] = view.name;
  doc["query"] = view.query;
  doc["sort"] = view.sort;
  doc["layout"] = view.layout;
  return event_of(kViewSave, doc);
}

journal::NewEvent rename_event(std::string_view id, std::string_view name) {
  json::Doc doc = json::Doc::object();
  doc["id"] = std::string(id);
  doc["name"] = std::string(name);
  return event_of(kViewRename, doc);
}

journal::NewEvent delete_event(std::string_view id) {
  json::Doc doc = json::Doc::object();
  doc["id"] = std::string(id);
  return event_of(kViewDelete, doc);
}

void SavedViews::sync(const journal::Journal& journal) {
  bool changed = false;
  for (; seen_ < journal.count(); ++seen_) {
    const std::string_view kind = journal.at(seen_).kind;
    if (is_view_event(kind)) any_ = changed = true;
    if (kind == journal::kTxnRevert) changed = true;
  }
  if (!changed || !any_) return;
  views_.clear();
  for (const uint32_t index : journal.in_order()) {
    const journal::EventView event = journal.at(index);
    if (is_view_event(event.kind) && event.version == 1 && !journal.is_event_reverted(index)) apply(views_, event);
  }
  std::stable_sort(views_.begin(), views_.end(), [](const SavedView& a, const SavedView& b) { return a.name < b.name; });
}

void SavedViews::clear() { *this = {}; }

const SavedView* SavedViews::find(std::string_view id) const {
  for (const SavedView& view : views_)
    if (view.id == id) return &view;
  return nullptr;
}

const SavedView* SavedViews::find_name(std::string_view name) const {
  for (const SavedView& view : views_)
    if (view.name == name) return &view;
  return nullptr;
}

}  // namespace assay::app
