#include "core/convert/otlp_protobuf.h"

#include <algorithm>
#include <cstring>

#include "core/base/hash.h"
#include "core/convert/encodings.h"
#include "core/json/writer.h"

namespace assay::convert {
namespace {

constexpr size_t kCompactBytes = 1 << 20;
constexpr int kMaxDepth = 96;  // of messages in messages; a span's attribute value is at 6

enum WireType : uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

struct Field {
  uint64_t number = 0;
  WireType type = kVarint;
  uint64_t value = 0;  // of the numeric types
  std::string_view bytes;
  bool cut_off = false;  // fewer bytes than the length says
};

// The fields of one message, one after another.
class Wire {
 public:
  explicit Wire(std::string_view message) : left_(message) {}
  bool next(Field& out) {
    if (left_.empty() || damaged_) return false;
    uint64_t tag = 0;
    if (!varint(tag)) return damage();
    out.number = tag >> 3;
    out.cut_off = false;
    out.type = static_cast<WireType>(tag & 7);
    if (out.number == 0) return damage();
    switch (out.type) {
      case kVarint:
        return varint(out.value) || damage();
      case kFixed64:
        return fixed(8, out.value) || damage();
      case kFixed32:
        return fixed(4, out.value) || damage();
      case kBytes:
        break;
      default:
        return damage();  // groups are older than OTLP
    }
    uint64_t size = 0;
    if (!varint(size)) return damage();
    out.cut_off = size > left_.size();
    if (out.cut_off) damaged_ = true;
    const size_t take = static_cast<size_t>(std::min<uint64_t>(size, left_.size()));
    out.bytes = left_.substr(0, take);
    left_.remove_prefix(take);
    return true;
  }
  bool damaged() const { return damaged_; }
  size_t left() const { return left_.size(); }

 private:
  bool damage() {
    damaged_ = true;
    return false;
  }
  bool varint(uint64_t& value) {
    value = 0;
    for (size_t i = 0; i < 10 && i < left_.size(); ++i) {
      const auto byte = static_cast<uint8_t>(left_[i]);
      value |= static_cast<uint64_t>(byte & 0x7F) << (7 * i);
      if (byte < 0x80) {
        left_.remove_prefix(i + 1);
        return true;
      }
    }
    return false;
  }
  bool fixed(size_t count, uint64_t& value) {
    if (left_.size() < count) return false;
    value = 0;
    for (size_t i = count; i-- > 0;)
      value = value << 8 | static_cast<uint8_t>(left_[i]);
    left_.remove_prefix(count);
    return true;
  }
  std::string_view left_;
  bool damaged_ = false;
};

// The messages of trace.proto, common.proto and resource.proto, as far as they are read.
enum Message : uint8_t {
  kResourceSpans,
  kResource,
  kScopeSpans,
  kScope,
  kSpan,
  kEvent,
  kLink,
  kStatus,
  kKeyValue,
  kAnyValue,
  kArray,
  kKeyValueList,
  kNone
};
enum Form : uint8_t { kText, kHex, kBase64, kNumber, kSigned, kBoolean, kDouble, kOne, kMany };

struct Rule {
  Message message;
  uint8_t number;
  Form form;
  std::string_view name;
  Message child;
};

constexpr Rule kRules[] = {
    {kResourceSpans, 1, kOne, "resource", kResource},
    {kResourceSpans, 2, kMany, "scopeSpans", kScopeSpans},
    {kResourceSpans, 3, kText, "schemaUrl", kNone},
    {kResource, 1, kMany, "attributes", kKeyValue},
    {kScopeSpans, 1, kOne, "scope", kScope},
    {kScopeSpans, 2, kMany, "spans", kSpan},
    {kScope, 1, kText, "name", kNone},
    {kScope, 2, kText, "version", kNone},
    {kScope, 3, kMany, "attributes", kKeyValue},
    {kSpan, 1, kHex, "traceId", kNone},
    {kSpan, 2, kHex, "spanId", kNone},
    {kSpan, 3, kText, "traceState", kNone},
    {kSpan, 4, kHex, "parentSpanId", kNone},
    {kSpan, 5, kText, "name", kNone},
    {kSpan, 6, kNumber, "kind", kNone},
    {kSpan, 7, kNumber, "startTimeUnixNano", kNone},
    {kSpan, 8, kNumber, "endTimeUnixNano", kNone},
    {kSpan, 9, kMany, "attributes", kKeyValue},
    {kSpan, 10, kNumber, "droppedAttributesCount", kNone},
    {kSpan, 11, kMany, "events", kEvent},
    {kSpan, 12, kNumber, "droppedEventsCount", kNone},
    {kSpan, 13, kMany, "links", kLink},
    {kSpan, 14, kNumber, "droppedLinksCount", kNone},
    {kSpan, 15, kOne, "status", kStatus},
    {kSpan, 16, kNumber, "flags", kNone},
    {kEvent, 1, kNumber, "timeUnixNano", kNone},
    {kEvent, 2, kText, "name", kNone},
    {kEvent, 3, kMany, "attributes", kKeyValue},
    {kLink, 1, kHex, "traceId", kNone},
    {kLink, 2, kHex, "spanId", kNone},
    {kLink, 3, kText, "traceState", kNone},
    {kLink, 4, kMany, "attributes", kKeyValue},
    {kStatus, 2, kText, "message", kNone},
    {kStatus, 3, kNumber, "code", kNone},
    {kKeyValue, 1, kText, "key", kNone},
    {kKeyValue, 2, kOne, "value", kAnyValue},
    {kAnyValue, 1, kText, "stringValue", kNone},
    {kAnyValue, 2, kBoolean, "boolValue", kNone},
    {kAnyValue, 3, kSigned, "intValue", kNone},
    {kAnyValue, 4, kDouble, "doubleValue", kNone},
    {kAnyValue, 5, kOne, "arrayValue", kArray},
    {kAnyValue, 6, kOne, "kvlistValue", kKeyValueList},
    {kAnyValue, 7, kBase64, "bytesValue", kNone},
    {kArray, 1, kMany, "values", kAnyValue},
    {kKeyValueList, 1, kMany, "values", kKeyValue},
};

bool fits(Form form, WireType type) {
  switch (form) {
    case kText:
    case kHex:
    case kBase64:
    case kOne:
    case kMany:
      return type == kBytes;
    case kDouble:
      return type == kFixed64;
    case kSigned:
    case kBoolean:
      return type == kVarint;
    case kNumber:
      break;
  }
  return type != kBytes;
}

class Translator {
 public:
  explicit Translator(json::Writer& w) : w_(w) {}

  void message(Message type, std::string_view bytes, int depth) {
    w_.begin_object();
    for (const Rule& rule : kRules) {
      if (rule.message == type) field(rule, bytes, depth);
    }
    w_.end_object();
  }

  bool damaged = false, too_deep = false, no_spans = false;

 private:
  void field(const Rule& rule, std::string_view bytes, int depth) {
    Wire wire(bytes);
    Field field, last;
    bool any = false;
    while (wire.next(field)) {
      if (field.number != rule.number || !fits(rule.form, field.type)) {
        // The items of ScopeLogs and ScopeMetrics stand where the spans would.
        continue;
      }
      if (field.cut_off && rule.child != kScopeSpans) continue;  // half a span is none
      if (rule.form != kMany) {
        last = field;
        any = true;
        continue;
      }
      if (!any) {
        w_.key(rule.name);
        w_.begin_array();
        any = true;
      }
      child(rule, field, depth);
    }
    damaged = damaged || wire.damaged();
    if (rule.form == kMany) {
      if (any) w_.end_array();
      return;
    }
    if (!any) return;
    w_.key(rule.name);
    if (rule.form == kOne) {
      child(rule, last, depth);
    } else {
      scalar(rule.form, last);
    }
  }

  void child(const Rule& rule, const Field& field, int depth) {
    if (depth >= kMaxDepth) {
      too_deep = true;
      w_.null();
      return;
    }
    if (rule.child == kSpan && !is_span(field.bytes)) {
      no_spans = true;
      w_.null();
      return;
    }
    message(rule.child, field.bytes, depth + 1);
  }

  // A span's first fields are the ids; a log record's is a time, a metric's a name.
  static bool is_span(std::string_view bytes) {
    Wire wire(bytes);
    Field field;
    if (!wire.next(field)) return bytes.empty();
    if (field.number > 1) return true;
    return field.type == kBytes && (field.bytes.size() == 16 || field.bytes.empty());
  }

  void scalar(Form form, const Field& field) {
    switch (form) {
      case kText:
        return w_.string(field.bytes);
      case kHex:
        return w_.string(
            hex_of(reinterpret_cast<const uint8_t*>(field.bytes.data()), field.bytes.size()));
      case kBase64:
        return w_.string(base64_of(field.bytes));
      case kBoolean:
        return w_.boolean(field.value != 0);
      case kSigned:
        return w_.integer(static_cast<int64_t>(field.value));
      case kDouble: {
        double real = 0;
        static_assert(sizeof real == sizeof field.value);
        std::memcpy(&real, &field.value, sizeof real);
        return w_.number(real);
      }
      default:
        return w_.raw(std::to_string(field.value));
    }
  }

  json::Writer& w_;
};

}  // namespace

bool is_protobuf(std::string_view head) {
  if (head.empty() || head[0] != '\x0a') return false;
  const std::string_view looked_at = head.substr(0, 256);
  return std::any_of(looked_at.begin(), looked_at.end(), [](char c) {
    const auto byte = static_cast<uint8_t>(c);
    return byte < 0x09 || (byte > 0x0d && byte < 0x1b);
  });
}

void OtlpProtobuf::push(std::string_view bytes) {
  if (hopeless_) return;
  if (begin_ > kCompactBytes && begin_ * 2 > pending_.size()) {
    pending_.erase(0, begin_);
    begin_ = 0;
  }
  pending_.append(bytes);
  while (step()) {
  }
}

// One whole field at the top level.
bool OtlpProtobuf::step() {
  const std::string_view text = std::string_view(pending_).substr(begin_);
  if (text.empty() || hopeless_) return false;
  Wire wire(text);
  Field field;
  if (!wire.next(field)) {
    if (text.size() < 20) return false;  // a tag and a length may come yet
    sink_.damaged("a field that is no OTLP", begin_byte_);
    hopeless_ = true;
    return false;
  }
  if (field.cut_off) return false;
  if (field.number == 1 && field.type == kBytes) read(field.bytes, false);
  const size_t size = text.size() - wire.left();
  begin_ += size;
  begin_byte_ += size;
  return true;
}

void OtlpProtobuf::finish() {
  const std::string_view text = std::string_view(pending_).substr(begin_);
  if (!text.empty() && !hopeless_) {
    Wire wire(text);
    Field field;
    if (wire.next(field) && field.number == 1 && field.type == kBytes) read(field.bytes, true);
    sink_.damaged("the file ends inside the record", begin_byte_);
  }
  pending_.clear();
  begin_ = 0;
}

void OtlpProtobuf::read(std::string_view message, bool cut_off) {
  std::string json;
  json::Writer w(json);
  w.begin_object();
  w.key("resourceSpans");
  w.begin_array();
  Translator translator(w);
  translator.message(kResourceSpans, message, 0);
  w.end_array();
  w.end_object();
  sink_.document(json, begin_byte_);
  if (translator.damaged && !cut_off)
    sink_.damaged("a message is damaged; what stands before the damage was read", begin_byte_);
  if (translator.too_deep)
    sink_.damaged("values nest too deep; the inner ones were left out", begin_byte_);
  if (translator.no_spans)
    sink_.damaged("items that are no spans (logs or metrics): export those as OTLP JSON",
                  begin_byte_);
}

}  // namespace assay::convert
