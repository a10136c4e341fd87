#include "core/app/route.h"

#include "core/base/utf8.h"

namespace assay::app {

namespace {

constexpr size_t kMaxFragmentBytes = 65536;  // more than all parts below take when each byte is three
constexpr size_t kMaxIdBytes = 512;
constexpr size_t kMaxQueryBytes = 8192;

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == ':' || c == '/' || c == '~';
}

void append_percent(std::string& out, std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_plain(c)) {
      out += c;
    } else {
      const auto byte = static_cast<uint8_t>(c);
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decoded(std::string_view text, size_t max_bytes) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
        hex_digit(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  // Control characters have no place in an id or a query.
  for (char& c : out)
    if (static_cast<uint8_t>(c) < 0x20) c = ' ';
  // Repaired first: it may grow by that, and what is written must be read again as it is.
  return std::string(utf8_prefix(repaired_utf8(out), max_bytes));
}

std::string_view place_name(Place place) {
  switch (place) {
    case Place::Traces: return "traces";
    case Place::Review: return "review";
    case Place::Scorers: return "scorers";
    case Place::Runs: return "runs";
    case Place::Settings: return "settings";
    case Place::Analysis: return "analysis";
  }
  return "traces";
}

void append_field(std::string& out, char& separator, std::string_view key, std::string_view value) {
  if (value.empty()) return;
  out += separator;
  separator = '&';
  out += key;
  out += '=';
  append_percent(out, value);
}

void read_field(Route& route, std::string_view key, std::string_view value) {
  if (key == "q") route.query = percent_decoded(value, kMaxQueryBytes);
  if (key == "sort") route.sort = percent_decoded(value, kMaxIdBytes);
  if (key == "trace") route.trace_id = percent_decoded(value, kMaxIdBytes);
  if (key == "span") route.span_id = percent_decoded(value, kMaxIdBytes);
  if (key == "view") route.view = percent_decoded(value, kMaxIdBytes);
  if (key == "run") route.run_id = percent_decoded(value, kMaxIdBytes);
  if (key == "with") route.with_run_id = percent_decoded(value, kMaxIdBytes);
  if (key == "tab") route.tab = percent_decoded(value, kMaxIdBytes);
  if (key == "queue") route.queue_id = percent_decoded(value, kMaxIdBytes);
  if (key == "item") route.item_id = percent_decoded(value, kMaxIdBytes);
  if (key == "compare") route.compare_id = percent_decoded(value, kMaxIdBytes);
  if (key == "session") route.session_id = percent_decoded(value, kMaxIdBytes);
}

}  // namespace

std::string encode_route(const Route& route) {
  std::string out = "#/";
  out += place_name(route.place);
  char separator = '?';
  append_field(out, separator, "view", route.view);
  append_field(out, separator, "q", route.query);
  append_field(out, separator, "sort", route.sort);
  append_field(out, separator, "trace", route.trace_id);
  append_field(out, separator, "span", route.span_id);
  append_field(out, separator, "run", route.run_id);
  append_field(out, separator, "with", route.with_run_id);
  append_field(out, separator, "tab", route.tab);
  append_field(out, separator, "queue", route.queue_id);
  append_field(out, separator, "item", route.item_id);
  append_field(out, separator, "compare", route.compare_id);
  append_field(out, separator, "session", route.session_id);
  return out;
}

Route decode_route(std::string_view fragment) {
  Route route;
  fragment = fragment.substr(0, kMaxFragmentBytes);
  if (!fragment.empty() && fragment[0] == '#') fragment.remove_prefix(1);
  if (!fragment.empty() && fragment[0] == '/') fragment.remove_prefix(1);
  const size_t question = fragment.find('?');
  const std::string_view name = fragment.substr(0, question);
  for (const Place place : {Place::Traces, Place::Review, Place::Scorers, Place::Runs, Place::Settings, Place::Analysis})
    if (name == place_name(place)) route.place = place;
  if (question == std::string_view::npos) return route;
  std::string_view rest = fragment.substr(question + 1);
  while (!rest.empty()) {
    const size_t end = rest.find('&');
    const std::string_view field = rest.substr(0, end);
    const size_t equals = field.find('=');
    if (equals != std::string_view::npos)
      read_field(route, field.substr(0, equals), field.substr(equals + 1));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return route;
}

}  // namespace assay::app
