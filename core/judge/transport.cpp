#include "core/judge/transport.h"

#include "core/json/unescape.h"

namespace assay::judge {
namespace {

constexpr std::string_view kMask = "[key]";
constexpr size_t kShortestSecretBytes = 4;
constexpr size_t kShortestKeyTailBytes = 8;

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

bool is_key_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '*' || c == '+' || c == '/' || c == '=';
}

bool starts_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  for (size_t i = 0; i < lower.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i];
    if (c != lower[i]) return false;
  }
  return true;
}

// The size of a key's beginning at `text`, or 0. A key starts at the border of a word.
size_t key_prefix_bytes(std::string_view text) {
  constexpr std::string_view kPrefixes[] = {"sk-", "sk_", "gsk_",   "xai-", "aiza", "pplx-",
                                            "hf_", "r8_", "nvapi-", "dapi", "ghp_", "bearer "};
  for (const std::string_view prefix : kPrefixes) {
    if (starts_ignoring_case(text, prefix)) return prefix.size();
  }
  return 0;
}

}  // namespace

std::string_view header_value(const HttpReply& reply, std::string_view lower_name) {
  for (const Header& header : reply.headers) {
    if (header.name == lower_name) return header.value;
  }
  return {};
}

void redact_secret(std::string& text, std::string_view secret) {
  if (secret.size() < kShortestSecretBytes) return;
  replace_all(text, secret, kMask);
  const std::string escaped = json::quoted(secret);
  const std::string_view inside = std::string_view(escaped).substr(1, escaped.size() - 2);
  if (inside != secret) replace_all(text, inside, kMask);
}

std::string redact_key_like(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  size_t at = 0;
  while (at < text.size()) {
    const bool at_border = at == 0 || !is_key_char(text[at - 1]) || text[at - 1] == '=' ||
                           text[at - 1] == '/' || text[at - 1] == '.';
    const size_t prefix = at_border ? key_prefix_bytes(text.substr(at)) : 0;
    size_t end = at + prefix;
    while (prefix > 0 && end < text.size() && is_key_char(text[end]))
      ++end;
    if (prefix > 0 && end - at - prefix >= kShortestKeyTailBytes) {
      out += kMask;
      at = end;
    } else {
      out += text[at++];
    }
  }
  return out;
}

}  // namespace assay::judge
