#include "ui/views/text.h"

#include <algorithm>
#include <cmath>

#include "core/base/numbers.h"
#include "core/base/time.h"
#include "core/json/unescape.h"
#include "ui/kit/context.h"
#include "ui/kit/i18n.h"
#include "ui/kit/text.h"

namespace assay::ui {

std::string format_score(double value) {
  if (std::isnan(value)) return "NaN";
  if (!std::isfinite(value)) return value > 0 ? "∞" : "-∞";
  if (std::fabs(value) >= 1e15) return python_repr(value);
  std::string text = format_fixed(value, 3);
  if (text.find('.') == std::string::npos) return text;
  while (text.back() == '0')
    text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string format_span_duration(int64_t duration_ns) {
  if (duration_ns == kNoTime) return "";
  if (duration_ns < 0 || duration_ns >= 10'000'000) return kit::format_duration_ns(duration_ns);
  const kit::Language language = ImGui::GetCurrentContext() == nullptr ? kit::Language::English : kit::current().language;
  if (duration_ns >= 1'000'000)
    return kit::with_unit(language, format_fixed(static_cast<double>(duration_ns) / 1e6, 1), kit::TimeUnit::Millisecond);
  std::string out;
  append_int(out, duration_ns / 1000);
  return kit::with_unit(language, out, kit::TimeUnit::Microsecond);
}

namespace {

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// The end of the string that begins after `from` (the place of its closing quote, or the text's
// end).
size_t string_end(std::string_view text, size_t from) {
  size_t at = from;
  while (at < text.size() && text[at] != '"')
    at += text[at] == '\\' ? 2 : 1;
  return std::min(at, text.size());
}

bool colon_follows(std::string_view text, size_t at) {
  while (at < text.size() && is_blank(text[at]))
    ++at;
  return at < text.size() && text[at] == ':';
}

void append_item(std::string& out, std::string_view item) {
  if (item.empty()) return;
  if (!out.empty()) out += " · ";
  out += item;
}

}  // namespace

std::string readable_preview(std::string_view text, size_t max_bytes) {
  while (!text.empty() && is_blank(text.front()))
    text.remove_prefix(1);
  if (text.empty() || (text.front() != '{' && text.front() != '[' && text.front() != '"'))
    return kit::one_line(text, max_bytes);
  std::string out;
  std::string key;
  for (size_t at = 0; at < text.size() && out.size() < max_bytes;) {
    const char c = text[at];
    if (c == '"') {
      const size_t end = string_end(text, at + 1);
      std::string item = json::unescaped(text.substr(at + 1, end - at - 1));
      at = std::min(end + 1, text.size());
      if (colon_follows(text, at)) {
        key = std::move(item);
      } else {
        append_item(out, item);
        key.clear();
      }
    } else if (is_blank(c) || c == ',' || c == ':' || c == '{' || c == '}' || c == '[' ||
               c == ']') {
      ++at;
    } else {  // a number, true, false, null
      size_t end = at;
      while (end < text.size() && !is_blank(text[end]) && text[end] != ',' && text[end] != '}' &&
             text[end] != ']')
        ++end;
      append_item(out, key.empty() ? std::string(text.substr(at, end - at))
                                   : key + ": " + std::string(text.substr(at, end - at)));
      key.clear();
      at = std::max(end, at + 1);
    }
  }
  return kit::one_line(out.empty() ? text : std::string_view(out), max_bytes);
}

std::string_view host_of(std::string_view address) {
  const size_t scheme = address.find("://");
  if (scheme != std::string_view::npos) address.remove_prefix(scheme + 3);
  return address.substr(0, address.find_first_of("/?#"));
}

uint32_t count_lines(std::string_view text) {
  uint32_t count = 0;
  bool filled = false;
  for (const char c : text) {
    if (c == '\n') {
      count += filled ? 1 : 0;
      filled = false;
    } else if (static_cast<unsigned char>(c) > ' ') {
      filled = true;
    }
  }
  return count + (filled ? 1 : 0);
}

}  // namespace assay::ui
