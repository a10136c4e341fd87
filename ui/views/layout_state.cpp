#include "ui/views/layout_state.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "core/base/numbers.h"

namespace assay::ui {

namespace {

constexpr int64_t kMaxLength = 10'000;  // of a panel, unscaled points
constexpr size_t kMaxColumns = 128;  // names in one list


void put(std::string& out, std::string_view key, int64_t value) {
  if (!out.empty()) out += ' ';
  out += key;
  out += '=';
  append_int(out, value);
}

int64_t whole(float length) { return std::llround(static_cast<double>(length)); }

void put_columns(std::string& out, std::string_view key, const std::vector<float>& widths) {
  if (widths.empty()) return;
  if (!out.empty()) out += ' ';
  out += key;
  char separator = '=';
  for (const float width : std::span(widths).first(std::min(widths.size(), kMaxColumns))) {
    out += separator;
    append_int(out, whole(width));
    separator = ',';
  }
}

std::string_view take_until(std::string_view& text, char end) {
  const size_t at = text.find(end);
  const std::string_view part = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return part;
}

std::vector<float> columns_of(std::string_view text) {
  std::vector<float> widths;
  while (!text.empty() && widths.size() < kMaxColumns) {
    const std::optional<int64_t> width = parse_int64(take_until(text, ','));
    if (!width || *width < 0 || *width > kMaxLength) return {};
    widths.push_back(static_cast<float>(*width));
  }
  return widths;
}

// Names may hold anything: what separates them is written as %XX.
void put_names(std::string& out, std::string_view key, const std::vector<std::string>& names) {
  if (names.empty()) return;
  if (!out.empty()) out += ' ';
  out += key;
  char separator = '=';
  for (const std::string& name : std::span(names).first(std::min(names.size(), kMaxColumns))) {
    out += separator;
    separator = ',';
    for (const char c : name) {
      constexpr char kHex[] = "0123456789ABCDEF";
      const auto byte = static_cast<unsigned char>(c);
      if (byte > ' ' && c != ',' && c != '%' && c != '=') {
        out += c;
      } else {
        out += '%';
        out += kHex[byte >> 4];
        out += kHex[byte & 15];
      }
    }
  }
}

std::vector<std::string> names_of(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty() && names.size() < kMaxColumns) {
    const std::string_view part = take_until(text, ',');
    std::string name;
    for (size_t i = 0; i < part.size(); ++i) {
      const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; };
      if (part[i] == '%' && i + 2 < part.size() && digit(part[i + 1]) >= 0 && digit(part[i + 2]) >= 0) {
        name += static_cast<char>(digit(part[i + 1]) * 16 + digit(part[i + 2]));
        i += 2;
      } else {
        name += part[i];
      }
    }
    names.push_back(std::move(name));
  }
  return names;
}

// Widths stand among the names: "time,130,name,150".
void put_choice(std::string& out, const ListColumnChoice& choice) {
  put_names(out, "order", choice.order);
  put_names(out, "hidden", choice.hidden);
  put_names(out, "shown", choice.shown);
  std::vector<std::string> widths;
  for (const auto& [key, width] : choice.widths_pt) {
    widths.push_back(key);
    append_int(widths.emplace_back(), whole(width));
  }
  put_names(out, "widths", widths);
}

void take_choice(std::string_view key, std::string_view text, ListColumnChoice& choice) {
  if (key == "order") choice.order = names_of(text);
  if (key == "hidden") choice.hidden = names_of(text);
  if (key == "shown") choice.shown = names_of(text);
  if (key != "widths") return;
  const std::vector<std::string> parts = names_of(text);
  for (size_t i = 0; i + 1 < parts.size(); i += 2) {
    const std::optional<int64_t> width = parse_int64(parts[i + 1]);
    if (width && *width > 0 && *width <= kMaxLength) choice.widths_pt.emplace_back(parts[i], static_cast<float>(*width));
  }
}

// Of a page that kept widths by the place of the columns.
void take_old_widths(std::string_view text, ViewState& view) {
  constexpr const char* kKeys[] = {"time", "name", "state", "duration", "request", "response", "tokens"};
  const std::vector<float> widths = columns_of(text);
  for (size_t i = 0; i < widths.size() && i < std::size(kKeys); ++i) {
    if (widths[i] > 0) view.columns.widths_pt.emplace_back(kKeys[i], widths[i]);
  }
}

// The part of one key; false: there is none of this name.
void take_part(std::string_view key, std::string_view text, ViewState& view) {
  if (key == "columns") take_old_widths(text, view);
  if (key == "run_columns") view.runs.table.widths_pt = columns_of(text);
  const std::optional<int64_t> number = parse_int64(text);
  if (!number || *number < 0 || *number > kMaxLength) return;
  const auto length = static_cast<float>(*number);
  const bool on = *number != 0;
  ReaderState& reader = view.reader;
  if (key == "reader") reader.width_pt = length;
  if (key == "beside" && length > 0) reader.assessments_width_pt = length;
  if (key == "tree_width" && length > 0) reader.tree_width_pt = length;
  if (key == "tree_height" && length > 0) reader.tree_height_pt = length;
  if (key == "side" && length > 0) view.runs.side_width_pt = length;
  if (key == "wide") reader.maximized = on;
  if (key == "blind") view.blind = on;
  if (key == "facets") view.facets.open = on;
  if (key == "facets_width" && length > 0) view.facets.width_pt = length;
  if (key == "json") reader.show_json = on;
  if (key == "across") reader.timeline_across = on;
  if (key == "tab" && *number <= static_cast<int64_t>(ReaderTab::Json)) reader.tab = static_cast<ReaderTab>(*number);
  if (key == "errors") view.runs.errors_open = on;
  if (key == "metrics") view.runs.metrics_open = on;
  if (key == "advanced") view.judge.advanced_open = on;
}

}  // namespace

std::string encode_layout(const ViewState& view) {
  std::string out;
  const ReaderState& reader = view.reader;
  put(out, "reader", whole(reader.width_pt));
  put(out, "beside", whole(reader.assessments_width_pt));
  put(out, "tree_width", whole(reader.tree_width_pt));
  put(out, "tree_height", whole(reader.tree_height_pt));
  put(out, "side", whole(view.runs.side_width_pt));
  put(out, "wide", reader.maximized ? 1 : 0);
  if (view.blind) put(out, "blind", 1);
  put(out, "facets", view.facets.open ? 1 : 0);
  put(out, "facets_width", whole(view.facets.width_pt));
  put(out, "json", reader.show_json ? 1 : 0);
  put(out, "across", reader.timeline_across ? 1 : 0);
  put(out, "tab", static_cast<int64_t>(reader.tab));
  put(out, "errors", view.runs.errors_open ? 1 : 0);
  if (view.runs.metrics_open) put(out, "metrics", 1);
  put(out, "advanced", view.judge.advanced_open ? 1 : 0);
  put_choice(out, view.columns);
  put_columns(out, "run_columns", view.runs.table.widths_pt);
  return out;
}

void decode_layout(std::string_view text, ViewState& view) {
  const ReaderState first;
  view.reader.width_pt = first.width_pt;
  view.reader.assessments_width_pt = first.assessments_width_pt;
  view.reader.tree_width_pt = first.tree_width_pt;
  view.reader.tree_height_pt = first.tree_height_pt;
  view.reader.maximized = view.reader.show_json = view.reader.timeline_across = false;
  view.reader.tab = first.tab;
  view.runs.side_width_pt = RunsState{}.side_width_pt;
  view.blind = false;
  view.facets.open = FacetState{}.open;
  view.facets.width_pt = FacetState{}.width_pt;
  view.runs.errors_open = true;
  view.runs.metrics_open = false;
  view.judge.advanced_open = false;
  view.columns = {};
  view.runs.table.widths_pt.clear();
  while (!text.empty()) {
    std::string_view part = take_until(text, ' ');
    const std::string_view key = take_until(part, '=');
    take_part(key, part, view);
    take_choice(key, part, view.columns);
  }
}

std::string encode_view_layout(const ViewState& view) {
  std::string out;
  put(out, "facets", view.facets.open ? 1 : 0);
  put(out, "facets_width", whole(view.facets.width_pt));
  put_choice(out, view.columns);
  put_names(out, "folded", view.facets.folded);
  put_names(out, "unfolded", view.facets.unfolded);
  return out;
}

void decode_view_layout(std::string_view text, ViewState& view) {
  if (text.empty()) return;  // saved without one
  view.columns = {};
  view.facets.folded.clear();
  view.facets.unfolded.clear();
  while (!text.empty()) {
    std::string_view part = take_until(text, ' ');
    const std::string_view key = take_until(part, '=');
    if (key == "facets" || key == "facets_width" || key == "columns") take_part(key, part, view);
    take_choice(key, part, view.columns);
    if (key == "folded") view.facets.folded = names_of(part);
    if (key == "unfolded") view.facets.unfolded = names_of(part);
  }
}

void take_layout(UiFrame& f) {
  const std::string& stored = f.session.settings().layout;
  ViewState& view = f.view;
  if (view.layout_taken && stored == view.layout_stored) return;
  view.layout_stored = stored;
  if (view.layout_taken && stored == view.layout_kept) return;  // our own, come back
  view.layout_taken = true;
  view.layout_kept = stored;
  decode_layout(stored, f.view);
  f.view.layout_seen = encode_layout(f.view);
}

void keep_layout(UiFrame& f) {
  if (ImGui::IsMouseDown(ImGuiMouseButton_Left)) return;  // a splitter may be on its way
  std::string now = encode_layout(f.view);
  if (now == f.view.layout_seen) return;
  f.view.layout_seen = now;
  f.view.layout_kept = now;
  f.emit(app::CommandId::SettingSet, {{"key", "layout"}, {"value", now}});
}

}  // namespace assay::ui
