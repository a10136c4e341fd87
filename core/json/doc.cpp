#include "core/json/doc.h"

#include <cmath>
#include <limits>

#include "core/json/reader.h"
#include "core/json/writer.h"

namespace assay::json {
namespace {

constexpr size_t kMaxDocBytes = 64 << 20;

void write(Writer& writer, const Doc& doc, Writer::Style style) {
  switch (doc.type()) {
    case Doc::value_t::object:
      writer.begin_object();
      for (auto it = doc.begin(); it != doc.end(); ++it) {
        writer.key(it.key());
        write(writer, it.value(), style);
      }
      writer.end_object();
      break;
    case Doc::value_t::array:
      writer.begin_array();
      for (const Doc& element : doc) write(writer, element, style);
      writer.end_array();
      break;
    case Doc::value_t::string: writer.string(*doc.get_ptr<const Doc::string_t*>()); break;
    case Doc::value_t::boolean: writer.boolean(*doc.get_ptr<const bool*>()); break;
    case Doc::value_t::number_integer: writer.integer(*doc.get_ptr<const int64_t*>()); break;
    case Doc::value_t::number_unsigned: {
      // Beyond int64: digits by hand, since integer() is signed.
      uint64_t value = *doc.get_ptr<const uint64_t*>();
      if (value <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
        writer.integer(static_cast<int64_t>(value));
        break;
      }
      char digits[20];
      char* at = digits + sizeof digits;
      for (; value != 0; value /= 10) *--at = static_cast<char>('0' + value % 10);
      writer.raw({at, static_cast<size_t>(digits + sizeof digits - at)});
      break;
    }
    case Doc::value_t::number_float: {
      const double value = *doc.get_ptr<const double*>();
      if (style == Writer::Style::Compact && !std::isfinite(value)) {
        writer.null();  // strict JSON has no other word for it
      } else {
        writer.number(value);
      }
      break;
    }
    case Doc::value_t::null:
    case Doc::value_t::binary:
    case Doc::value_t::discarded: writer.null(); break;
  }
}

std::string written(const Doc& doc, Writer::Style style) {
  std::string out;
  Writer writer(out, style);
  write(writer, doc, style);
  return out;
}

}  // namespace

Result<Doc> parse_doc(std::string_view text) {
  if (text.size() > kMaxDocBytes) {
    return make_error(ErrorCode::TooLarge, "The JSON document is larger than 64 MB");
  }
  // The reader goes first: it bounds the depth (the tree is built by recursion-free code, but freed by
  // recursion) and says where and why a text is not JSON.
  Reader reader(text);
  reader.skip_value();
  if (!reader.failed() && !reader.at_end()) {
    return make_error(ErrorCode::InvalidInput, "Text follows the JSON value", reader.offset_bytes());
  }
  if (reader.failed()) {
    return make_error(ErrorCode::InvalidInput, std::string("Not JSON: ") + reader.error_text(),
                      reader.error_offset_bytes());
  }
  Doc doc = Doc::parse(text.begin(), text.end(), nullptr, false);
  if (doc.is_discarded()) {
    // What the reader accepts and strict JSON does not.
    if (reader.non_finite_at() != Reader::kNowhere) {
      return make_error(ErrorCode::InvalidInput, "Not JSON: NaN and Infinity are no JSON numbers",
                        reader.non_finite_at());
    }
    return make_error(ErrorCode::InvalidInput,
                      "Not JSON: a text is not valid UTF-8 or a number is out of range");
  }
  return doc;
}

std::string dump(const Doc& doc) { return written(doc, Writer::Style::Compact); }

std::string dump_pretty(const Doc& doc) {
  return doc.dump(2, ' ', false, Doc::error_handler_t::replace);
}

std::string dump_python(const Doc& doc) { return written(doc, Writer::Style::Python); }

const Doc* find(const Doc& doc, std::string_view key) {
  if (!doc.is_object()) return nullptr;
  const auto it = doc.find(key);
  return it == doc.end() ? nullptr : &*it;
}

std::optional<std::string> get_string(const Doc& doc, std::string_view key) {
  const Doc* value = find(doc, key);
  const auto* text = value == nullptr ? nullptr : value->get_ptr<const Doc::string_t*>();
  if (text == nullptr) return std::nullopt;
  return *text;
}

std::optional<int64_t> get_int(const Doc& doc, std::string_view key) {
  const Doc* value = find(doc, key);
  if (value == nullptr || !value->is_number_integer()) return std::nullopt;
  if (value->is_number_unsigned()) {
    const uint64_t number = *value->get_ptr<const uint64_t*>();
    if (number > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return std::nullopt;
    return static_cast<int64_t>(number);
  }
  return *value->get_ptr<const int64_t*>();
}

std::optional<double> get_double(const Doc& doc, std::string_view key) {
  const Doc* value = find(doc, key);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->get<double>();
}

std::optional<bool> get_bool(const Doc& doc, std::string_view key) {
  const Doc* value = find(doc, key);
  if (value == nullptr || !value->is_boolean()) return std::nullopt;
  return *value->get_ptr<const bool*>();
}

}  // namespace assay::json
