#include "ui/kit/json_view.h"

#include <algorithm>

#include "core/base/hash.h"
#include "core/base/utf8.h"

namespace assay::kit {
namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The code unit of "\uXXXX" at `at` (of the backslash), −1: not one.
int32_t code_unit(std::string_view text, size_t at) {
  if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return -1;
  int32_t value = 0;
  for (size_t i = at + 2; i < at + 6; ++i) {
    const int digit = hex_value(text[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

// Walks JSON text once and writes the pretty form. Any break of the grammar stops it.
class PrettyWriter {
 public:
  PrettyWriter(std::string_view source, const JsonViewOptions& options)
      : source_(source), options_(options) {}

  bool run() {
    out_.text.reserve(source_.size() + source_.size() / 4);
    skip_space();
    if (!value()) return false;
    while (!open_.empty()) {
      if (!inside()) return false;
    }
    skip_space();
    return at_ == source_.size();
  }
  PrettyJson take() { return std::move(out_); }

 private:
  struct Level {
    char close;
    bool in_line;  // on one line
    bool empty;
  };

  char peek() const { return at_ < source_.size() ? source_[at_] : '\0'; }
  void skip_space() {
    while (at_ < source_.size() && is_space(source_[at_]))
      ++at_;
  }

  void put(std::string_view text, Color token) {
    const auto from = static_cast<uint32_t>(out_.text.size());
    out_.text.append(text);
    const auto to = static_cast<uint32_t>(out_.text.size());
    if (!out_.colors.empty() && out_.colors.back().token == token &&
        out_.colors.back().to == from) {
      out_.colors.back().to = to;
    } else {
      out_.colors.push_back({from, to, token});
    }
  }

  void new_line() {
    out_.text += '\n';
    out_.text.append(open_.size() * static_cast<size_t>(options_.indent), ' ');
  }

  // End of the string that begins at `at` (its quote); npos: unterminated or with raw control
  // characters.
  size_t string_end(size_t at) const {
    for (size_t i = at + 1; i < source_.size(); ++i) {
      const char c = source_[i];
      if (c == '"') return i + 1;
      if (c == '\\') {
        ++i;
      } else if (static_cast<unsigned char>(c) < 0x20) {
        return std::string_view::npos;
      }
    }
    return std::string_view::npos;
  }

  void put_decoded(std::string_view body, Color token) {
    std::string text = "\"";
    for (size_t i = 0; i < body.size();) {
      if (body[i] != '\\' || i + 1 >= body.size()) {
        text += body[i++];
        continue;
      }
      const char kind = body[i + 1];
      static constexpr std::string_view kFrom = "nrt\"\\/", kTo = "\n\r\t\"\\/";
      const size_t simple = kFrom.find(kind);
      if (simple != std::string_view::npos) {
        text += kTo[simple];
        i += 2;
        continue;
      }
      const int32_t unit = code_unit(body, i);
      if (unit < 0x20) {  // \b, \f and control characters stay as they are written
        const size_t size = unit < 0 ? 2 : 6;
        text.append(body.substr(i, size));
        i += size;
        continue;
      }
      const int32_t second = unit >= 0xD800 && unit < 0xDC00 ? code_unit(body, i + 6) : -1;
      if (second >= 0xDC00 && second < 0xE000) {
        append_utf8(text, 0x10000U + ((static_cast<uint32_t>(unit) - 0xD800U) << 10) +
                              (static_cast<uint32_t>(second) - 0xDC00U));
        i += 12;
      } else {
        const bool lone = unit >= 0xD800 && unit < 0xE000;
        append_utf8(text, lone ? kReplacementChar : static_cast<uint32_t>(unit));
        i += 6;
      }
    }
    text += '"';
    put(text, token);
  }

  bool string(Color token) {
    const size_t end = string_end(at_);
    if (end == std::string_view::npos) return false;
    if (options_.decode_strings && token == Color::JsonString) {
      put_decoded(source_.substr(at_ + 1, end - at_ - 2), token);
    } else {
      put(source_.substr(at_, end - at_), token);
    }
    at_ = end;
    return true;
  }

  bool number() {
    const size_t from = at_;
    if (peek() == '-') ++at_;
    if (peek() == 'I') return word("Infinity", from);
    if (!is_digit(peek())) return false;
    while (is_digit(peek()) || peek() == '.' || peek() == 'e' || peek() == 'E' || peek() == '+' ||
           peek() == '-')
      ++at_;
    put(source_.substr(from, at_ - from), Color::JsonNumber);
    return true;
  }

  bool word(std::string_view name, size_t from) {
    if (source_.substr(at_, name.size()) != name) return false;
    at_ += name.size();
    put(source_.substr(from, at_ - from), Color::JsonKeyword);
    return true;
  }

  // Does the container at `at_` fit on one line? It must hold no other container.
  bool fits_in_line() const {
    if (options_.inline_width <= 0) return false;
    const auto most = static_cast<size_t>(options_.inline_width);
    size_t width = 2;
    for (size_t i = at_ + 1; i < source_.size() && width <= most;) {
      const char c = source_[i];
      if (c == '{' || c == '[') return false;
      if (c == '}' || c == ']') return true;
      if (c == '"') {
        const size_t limit = std::min(source_.size(), i + most + 2);
        size_t end = i + 1;
        while (end < limit && source_[end] != '"')
          end += source_[end] == '\\' ? 2 : 1;
        if (end >= limit) return false;
        width += end + 1 - i;
        i = end + 1;
        continue;
      }
      if (c == ',' || c == ':') {
        width += 2;
      } else if (!is_space(c)) {
        ++width;
      }
      ++i;
    }
    return false;
  }

  bool open_container(char open, char close) {
    if (open_.size() >= static_cast<size_t>(options_.max_depth)) return false;
    const bool in_line = (!open_.empty() && open_.back().in_line) || fits_in_line();
    put(std::string_view(&open, 1), Color::JsonPunctuation);
    ++at_;
    open_.push_back({close, in_line, true});
    return true;
  }

  bool value() {
    switch (peek()) {
      case '{':
        return open_container('{', '}');
      case '[':
        return open_container('[', ']');
      case '"':
        return string(Color::JsonString);
      case 't':
        return word("true", at_);
      case 'f':
        return word("false", at_);
      case 'n':
        return word("null", at_);
      case 'N':
        return word("NaN", at_);
      case 'I':
        return word("Infinity", at_);
      default:
        return number();
    }
  }

  bool close_container() {
    const Level level = open_.back();
    open_.pop_back();
    if (!level.in_line && !level.empty) new_line();
    put(std::string_view(&level.close, 1), Color::JsonPunctuation);
    ++at_;
    return true;
  }

  // One member, or the end of the innermost container.
  bool inside() {
    skip_space();
    Level& level = open_.back();
    if (peek() == level.close) return close_container();
    if (!level.empty) {
      if (peek() != ',') return false;
      put(",", Color::JsonPunctuation);
      if (level.in_line) out_.text += ' ';
      ++at_;
      skip_space();
    }
    level.empty = false;
    if (!level.in_line) new_line();
    if (level.close == '}') {
      if (peek() != '"' || !string(Color::JsonKey)) return false;
      skip_space();
      if (peek() != ':') return false;
      put(":", Color::JsonPunctuation);
      out_.text += ' ';
      ++at_;
      skip_space();
    }
    return value();
  }

  std::string_view source_;
  const JsonViewOptions& options_;
  size_t at_ = 0;
  std::vector<Level> open_;
  PrettyJson out_;
};

}  // namespace

PrettyJson pretty_json(std::string_view source, const JsonViewOptions& options) {
  PrettyWriter writer(source, options);
  if (writer.run()) {
    PrettyJson pretty = writer.take();
    pretty.valid = true;
    return pretty;
  }
  PrettyJson plain;
  plain.text = std::string(source);
  return plain;
}

size_t JsonCache::size_bytes() const {
  size_t total = 0;
  for (const Entry& entry : entries_)
    total += entry.json.size_bytes();
  return total;
}

const PrettyJson& JsonCache::get(TextIdentity identity, std::string_view source,
                                 const JsonViewOptions& options) {
  ++clock_;
  const TextIdentity key = identity ^ (options.decode_strings ? 0x9E3779B97F4A7C15ULL : 0);
  for (Entry& entry : entries_) {
    if (entry.identity != key) continue;
    entry.used = clock_;
    return entry.json;
  }
  while (!entries_.empty() && size_bytes() > budget_bytes_) {
    entries_.erase(
        std::min_element(entries_.begin(), entries_.end(),
                         [](const Entry& a, const Entry& b) { return a.used < b.used; }));
  }
  entries_.push_back({key, clock_, pretty_json(source, options)});
  return entries_.back().json;
}

TextViewResult json_view(Context& ctx, std::string_view id, std::string_view source,
                         TextViewState& state, WrapCache& wraps, JsonCache& cache,
                         TextViewOptions options) {
  const TextIdentity identity = options.identity != 0 ? options.identity : text_identity(source);
  const PrettyJson& pretty = cache.get(identity, source);
  options.identity = identity ^ 0x4A53304E00000000ULL;
  options.style = TextStyle::Mono;
  options.colors = pretty.colors;
  return text_view(ctx, id, pretty.text, state, wraps, options);
}

}  // namespace assay::kit
