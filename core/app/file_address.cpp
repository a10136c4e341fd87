#include "core/app/file_address.h"

#include "core/base/utf8.h"

namespace assay::app {

namespace {

constexpr size_t kMostBytes = 4000;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
      if (high >= 0 && low >= 0 && high * 16 + low >= 32) {
        out += static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return is_valid_utf8(out) ? out : std::string(text);
}

bool is_this_machine(std::string_view host) {
  if (host.starts_with("[::1]")) return host.size() == 5 || host[5] == ':';
  const std::string_view name = host.substr(0, host.find(':'));
  return name == "localhost" || name == "127.0.0.1";
}

}  // namespace

std::optional<FileAddress> parse_file_address(std::string_view url) {
  if (url.size() > kMostBytes || !is_valid_utf8(url)) return std::nullopt;
  for (const char c : url)
    if (static_cast<unsigned char>(c) <= 32 || c == 127 || c == '\\') return std::nullopt;
  const bool secure = url.starts_with("https://");
  if (!secure && !url.starts_with("http://")) return std::nullopt;
  std::string_view rest = url.substr(secure ? 8 : 7);
  const std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
  if (host.empty() || host.find('@') != std::string_view::npos) return std::nullopt;
  if (!secure && !is_this_machine(host)) return std::nullopt;
  rest.remove_prefix(host.size());
  const std::string_view path = rest.substr(0, rest.find_first_of("?#"));
  const size_t slash = path.rfind('/');
  const std::string_view last = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  return FileAddress{std::string(url), std::string(host), last.empty() ? std::string(host) : percent_decoded(last)};
}

}  // namespace assay::app
