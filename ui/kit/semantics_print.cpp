// The finished frame of a SemanticsRegistry as text (for tests) and as JSON (for the page).
#include <string>

#include "core/base/numbers.h"
#include "ui/kit/semantics.h"

namespace assay::kit {
namespace {

struct FlagName {
  uint32_t flag;
  const char* name;
};
constexpr FlagName kFlagNames[] = {
    {kSemDisabled, "disabled"},     {kSemFocused, "focused"},       {kSemChecked, "checked"},
    {kSemCheckable, "checkable"},   {kSemSelected, "selected"},     {kSemSelectable, "selectable"},
    {kSemExpanded, "expanded"},     {kSemExpandable, "expandable"}, {kSemInvalid, "invalid"},
    {kSemReadOnly, "readonly"},     {kSemMultiline, "multiline"},   {kSemPassword, "password"},
    {kSemModal, "modal"},           {kSemMixed, "mixed"},           {kSemSortedUp, "ascending"},
    {kSemSortedDown, "descending"}, {kSemHasPopup, "haspopup"},     {kSemDomOverlay, "overlay"},
};

// For people: only what is on; "able" flags show as unchecked, collapsed, …
void append_flags(std::string& out, uint32_t flags) {
  std::string text;
  const auto put = [&text](const char* name) {
    if (!text.empty()) text += ' ';
    text += name;
  };
  if ((flags & kSemMixed) != 0) {
    put("mixed");
  } else if ((flags & kSemCheckable) != 0) {
    put((flags & kSemChecked) != 0 ? "checked" : "unchecked");
  }
  if ((flags & kSemExpandable) != 0) put((flags & kSemExpanded) != 0 ? "expanded" : "collapsed");
  for (const FlagName& f : kFlagNames) {
    constexpr uint32_t kSaid =
        kSemMixed | kSemCheckable | kSemChecked | kSemExpandable | kSemExpanded | kSemSelectable;
    if ((flags & f.flag) != 0 && (f.flag & kSaid) == 0) put(f.name);
  }
  if (!text.empty()) out += " [" + text + "]";
}

void append_quoted(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7F) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_rect(std::string& out, const Rect& r) {
  const float edges[] = {r.x0, r.y0, r.x1, r.y1};
  for (size_t i = 0; i < 4; ++i) {
    if (i > 0) out += ',';
    out += format_fixed(static_cast<double>(edges[i]), 1);
  }
}

}  // namespace

std::string SemanticsRegistry::to_text(const PrintOptions& options) const {
  std::string out;
  std::vector<int> depth(done_.nodes.size(), 0);
  int under_depth = options.under.empty() ? 0 : -1;
  for (size_t i = 0; i < done_.nodes.size(); ++i) {
    const SemNode& n = done_.nodes[i];
    depth[i] = n.parent >= 0 ? depth[static_cast<size_t>(n.parent)] + 1 : 0;
    if (!options.under.empty()) {
      if (under_depth >= 0 && depth[i] <= under_depth) under_depth = -1;
      if (under_depth < 0 && id_of(n) == options.under) under_depth = depth[i];
      if (under_depth < 0) continue;
    }
    out.append(2 * static_cast<size_t>(depth[i] - (options.under.empty() ? 0 : under_depth)), ' ');
    out += role_name(n.role);
    if (n.level > 0) {
      out += ' ';
      append_int(out, n.level);
    }
    if (n.name_bytes != 0) {
      out += ' ';
      append_quoted(out, name_of(n));
    }
    if (n.value_bytes != 0) {
      out += " =";
      append_quoted(out, value_of(n));
    }
    append_flags(out, n.flags);
    if (n.position > 0) {
      out += ' ';
      append_int(out, n.position);
      out += '/';
      append_int(out, n.set_size);
    }
    if (options.ids && n.id_bytes != 0) out.append(" #").append(id_of(n));
    if (options.rects) {
      out += " @";
      append_rect(out, n.rect);
    }
    out += '\n';
  }
  return out;
}

std::string SemanticsRegistry::to_json() const {
  std::string out = "[";
  for (const SemNode& n : done_.nodes) {
    if (out.size() > 1) out += ",\n";
    out += "{\"id\":";
    append_quoted(out, id_of(n));
    out.append(",\"role\":\"").append(role_name(n.role)).append("\",\"name\":");
    append_quoted(out, name_of(n));
    out += ",\"value\":";
    append_quoted(out, value_of(n));
    if (n.description_bytes != 0) {
      out += ",\"description\":";
      append_quoted(out, description_of(n));
    }
    out += ",\"rect\":[";
    append_rect(out, n.rect);
    out.append("],\"enabled\":").append((n.flags & kSemDisabled) == 0 ? "true" : "false");
    if (n.parent >= 0) {
      out += ",\"parent\":";
      append_int(out, n.parent);
    }
    if (n.level > 0) {
      out += ",\"level\":";
      append_int(out, n.level);
    }
    if (n.position > 0) {
      out += ",\"position\":";
      append_int(out, n.position);
      out += ",\"size\":";
      append_int(out, n.set_size);
    }
    if (n.high > n.low) {
      out.append(",\"now\":").append(format_fixed(static_cast<double>(n.now), 4));
      out.append(",\"low\":").append(format_fixed(static_cast<double>(n.low), 4));
      out.append(",\"high\":").append(format_fixed(static_cast<double>(n.high), 4));
    }
    for (const FlagName& f : kFlagNames) {
      if ((n.flags & f.flag) != 0) out.append(",\"").append(f.name).append("\":true");
    }
    out += '}';
  }
  out += ']';
  return out;
}

}  // namespace assay::kit
