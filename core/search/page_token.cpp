#include "core/search/page_token.h"

#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/json/reader.h"
#include "core/search/filter_terms.h"
#include "core/search/python_literal.h"

#include <optional>

namespace assay::search {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr size_t kMaxTokenBytes = 4096;

std::string base64(std::string_view bytes) {
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) {
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    }
    for (size_t k = 0; k < 4; ++k) {
      out += i + k > bytes.size() ? '=' : kAlphabet[(group >> (18 - 6 * k)) & 63];
    }
  }
  return out;
}

// As Python's b64decode without validation: characters that are not of the alphabet are skipped.
std::optional<std::string> from_base64(std::string_view text) {
  std::string out;
  uint32_t group = 0;
  size_t count = 0, padding = 0;
  for (const char c : text) {
    if (c == '=') {
      ++padding;
      if (count % 4 != 0 && (count + padding) % 4 == 0) break;
      continue;
    }
    const size_t digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) continue;
    group = group << 6 | static_cast<uint32_t>(digit);
    if (++count % 4 != 1) out += static_cast<char>(group >> ((4 - (count - 1) % 4 - 1) * 2) & 0xFF);
    if (count % 4 == 0) group = 0;
  }
  if (count % 4 == 1 || (count % 4 != 0 && (count + padding) % 4 != 0)) return std::nullopt;
  return out;
}

Error bad_token(std::string_view what, std::string_view value) {
  return make_error(ErrorCode::InvalidParameter,
                    "Invalid page token, " + std::string(what) + clipped(value));
}

// A flat JSON object as Python prints the dict.
std::string python_dict(std::string_view json) {
  std::string out = "{";
  json::Reader reader(json);
  if (!reader.enter_object()) return std::string(json);
  while (reader.next_key()) {
    if (out.size() > 1) out += ", ";
    out += python_string_repr(reader.key()) + ": ";
    switch (reader.peek()) {
      case json::Kind::String:
        out += python_string_repr(reader.string().value_or(""));
        continue;
      case json::Kind::True:
        out += "True";
        break;
      case json::Kind::False:
        out += "False";
        break;
      case json::Kind::Null:
        out += "None";
        break;
      default: {
        const json::Piece piece = reader.piece();
        out += reader.text_of(piece);
        continue;
      }
    }
    reader.skip_value();
  }
  return out + "}";
}

}  // namespace

std::string encode_page_token(int64_t offset) {
  std::string json = "{\"offset\": ";
  append_int(json, offset);
  return base64(json + "}");
}

Result<int64_t> decode_page_token(std::string_view token) {
  if (token.empty()) return int64_t{0};
  if (token.size() > kMaxTokenBytes) return bad_token("could not base64-decode", "");
  const std::optional<std::string> json = from_base64(token);
  if (!json) return bad_token("could not base64-decode", "");
  json::Reader reader(*json);
  if (!reader.enter_object()) return bad_token("decoded value=", repaired_utf8(*json));
  bool present = false;
  std::optional<int64_t> offset;
  std::string shown;
  while (reader.next_key()) {
    if (!reader.key_is("offset")) {
      reader.skip_value();
      continue;
    }
    present = true;
    offset.reset();
    if (reader.peek() == json::Kind::String) {
      shown = reader.string().value_or("");  // none: it is not closed, which ends the loop
      present = !shown.empty();
      offset = parse_int64(shown);
    } else if (reader.peek() == json::Kind::Number) {
      const json::Piece piece = reader.piece();
      shown = reader.text_of(piece);
      offset = parse_int64(shown);
      const std::optional<double> number = parse_double(shown);
      if (!offset && number && *number > -9e18 && *number < 9e18) {
        offset = static_cast<int64_t>(*number);
        if (*number != 0 && *offset == 0) return int64_t{0};
      }
      present = offset.has_value() && *offset != 0;
    } else {
      const bool yes = reader.peek() == json::Kind::True;
      present = yes || reader.peek() == json::Kind::Object || reader.peek() == json::Kind::Array;
      if (yes) offset = 1;
      const json::Piece piece = reader.piece();
      shown = reader.text_of(piece);
    }
  }
  if (reader.failed() || !reader.at_end()) {
    return bad_token("decoded value=", repaired_utf8(*json));
  }
  if (!present) return bad_token("parsed value=", python_dict(*json));
  if (!offset) return bad_token("not stringable ", shown);
  return *offset;
}

}  // namespace assay::search
