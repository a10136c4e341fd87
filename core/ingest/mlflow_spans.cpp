#include "core/ingest/mlflow_spans.h"

#include "core/base/digits.h"
#include "core/base/numbers.h"
#include "core/base/simd.h"
#include "core/ingest/fields.h"
#include "core/json/unescape.h"

namespace assay::ingest {
namespace {

// The id that stands next, in the two forms that links keep.
void take_id(RecordContext& context, const json::Piece& piece, std::string& scratch, uint64_t& number, StringId& opaque) {
  const bool plain = piece.form == TextForm::Plain;
  const SpanId id = parse_span_id(plain ? context.written(piece) : context.decoded(piece, scratch));
  number = id.number;
  if (!id.opaque.empty()) opaque = context.dataset.names().intern(id.opaque);
}

void read_id(RecordContext& context, json::Reader& reader, std::string_view field, std::string& scratch,
             uint64_t& number, StringId& opaque) {
  const json::Piece piece = reader.piece();
  if (piece.form == TextForm::None) return;
  if (piece.form == TextForm::Json) context.note(IssueKind::WrongType, piece.offset_bytes, field, reader.text_of(piece));
  take_id(context, piece, scratch, number, opaque);
}

store::SpanStatus status_of(RecordContext& context, uint32_t at, std::string_view code) {
  if (code == "STATUS_CODE_OK") return store::SpanStatus::Ok;
  constexpr std::string_view kPrefix = "STATUS_CODE_";
  if (code.substr(0, kPrefix.size()) == kPrefix) code.remove_prefix(kPrefix.size());
  if (code == "OK" || code == "1") return store::SpanStatus::Ok;
  if (code == "ERROR" || code == "2") return store::SpanStatus::Error;
  if (code != "UNSET" && code != "0" && !code.empty()) {
    context.note(IssueKind::WrongType, at, "span status", code);
  }
  return store::SpanStatus::Unset;
}

// Its message is read when it is asked for (store/span_pieces.h), as are attributes and events.
void read_status(RecordContext& context, json::Reader& reader, TraceScratch& scratch, store::SpanFields& span) {
  const uint32_t at = value_offset(reader);
  if (!reader.enter_object()) {  // "status": "OK"
    const json::Piece piece = reader.piece();
    if (piece.form != TextForm::None) span.status = status_of(context, at, reader.text_of(piece));
    return;
  }
  json::MemberCursor cursor(scratch.members.status);
  while (const uint8_t member = reader.next_member(cursor)) {
    if (member == static_cast<uint8_t>(StatusMember::Code)) {
      const uint32_t code_at = value_offset(reader);
      span.status = status_of(context, code_at, reader.text_of(reader.piece()));
    } else if (member == static_cast<uint8_t>(StatusMember::Message)) {
      read_text(context, reader, "status message");
    }
  }
}

int64_t read_nanoseconds(RecordContext& context, json::Reader& reader, std::string_view field) {
  int64_t value = 0;
  if (reader.plain_integer(value)) return value;
  return read_integer(context, reader, field, IssueKind::BadTimestamp).value_or(kNoTime);
}

// A JSON string in a string, mostly `\"LLM\"` (mlflow.spanType, mlflow.llm.model). Absent for null.
StringId twice_encoded_name(RecordContext& context, const json::Piece& piece, TraceScratch& scratch) {
  StringPool& names = context.dataset.names();
  const std::string_view raw = context.written(piece);
  if (piece.form == TextForm::EscapedString && raw.size() >= 4 && raw.substr(0, 2) == "\\\"" &&
      raw.find('\\', 2) == raw.size() - 2 && raw.back() == '"') {
    return names.intern(raw.substr(2, raw.size() - 4));
  }
  if (piece.form == TextForm::None) return {};
  const std::string_view text = context.decoded(piece, scratch.text_a);
  if (text == "null") return {};
  if (const auto inner = unquoted(text)) return names.intern(*inner);
  return names.intern(text);
}

void read_attributes(RecordContext& context, json::Reader& reader, TraceScratch& scratch,
                     store::SpanFields& span, SpanLinks& links) {
  const uint32_t at = value_offset(reader);
  if (!reader.enter_object()) {
    const json::Piece piece = reader.piece();
    if (piece.form != TextForm::None) {
      context.note(IssueKind::WrongType, at, "span attributes", reader.text_of(piece));
    }
    return;
  }
  json::MemberCursor cursor(scratch.members.attribute);
  while (const uint8_t member = reader.next_member(cursor)) {
    switch (static_cast<AttributeMember>(member)) {
      case AttributeMember::SpanType: span.type = twice_encoded_name(context, reader.piece(), scratch); break;
      case AttributeMember::Model: span.model = twice_encoded_name(context, reader.piece(), scratch); break;
      case AttributeMember::TokenUsage: links.token_usage = reader.piece(); break;
      case AttributeMember::Cost: links.cost = reader.piece(); break;
      case AttributeMember::TraceRequestId: links.request_id = reader.piece(); break;
      default: reader.skip_value();
    }
  }
}

void read_v2_context(RecordContext& context, json::Reader& reader, TraceScratch& scratch,
                     SpanLinks& links) {
  const uint32_t at = value_offset(reader);
  if (!reader.enter_object()) {
    const json::Piece piece = reader.piece();
    context.note(IssueKind::WrongType, at, "span context", reader.text_of(piece));
    return;
  }
  scratch.has_v2_spans = true;
  while (reader.next_key()) {
    if (reader.key_is("span_id")) {
      read_id(context, reader, "span_id", scratch.text_a, links.own_number, links.own_opaque);
    } else if (reader.key_is("trace_id")) {
      links.trace_id = read_text(context, reader, "span trace_id");
    }
  }
}

void read_name(RecordContext& context, json::Reader& reader, TraceScratch& scratch,
               store::SpanFields& span) {
  const json::Piece piece = read_text(context, reader, "span name");
  span.name = context.dataset.names().intern(context.decoded(piece, scratch.text_a));
}

void read_parent(RecordContext& context, json::Reader& reader, TraceScratch& scratch, SpanLinks& links) {
  read_id(context, reader, "parent id", scratch.text_a, links.parent_number, links.parent_opaque);
  links.has_parent = links.has_some_parent();
}

void read_status_code(RecordContext& context, json::Reader& reader, store::SpanFields& span) {
  const uint32_t at = value_offset(reader);
  const json::Piece piece = reader.piece();
  if (piece.form != TextForm::None) span.status = status_of(context, at, reader.text_of(piece));
}

void check_events(RecordContext& context, json::Reader& reader) {
  const uint32_t at = value_offset(reader);
  const bool is_array = reader.peek() == json::Kind::Array;
  const json::Piece piece = reader.piece();
  if (!is_array && piece.form != TextForm::None) {
    context.note(IssueKind::WrongType, at, "span events", reader.text_of(piece));
  }
}

// Both schemas at once: what a member means is told by its name.
void read_member(RecordContext& context, json::Reader& reader, SpanMember member, TraceScratch& scratch,
                 store::SpanFields& span, SpanLinks& links) {
  switch (member) {
    case SpanMember::TraceId: links.trace_id = read_text(context, reader, "span trace_id"); break;
    case SpanMember::SpanId:
      read_id(context, reader, "span_id", scratch.text_a, links.own_number, links.own_opaque);
      break;
    case SpanMember::ParentSpanId:
    case SpanMember::ParentId: read_parent(context, reader, scratch, links); break;
    case SpanMember::Name: read_name(context, reader, scratch, span); break;
    case SpanMember::StartTimeUnixNano:
    case SpanMember::StartTime: span.start_ns = read_nanoseconds(context, reader, "span start"); break;
    case SpanMember::EndTimeUnixNano:
    case SpanMember::EndTime: span.end_ns = read_nanoseconds(context, reader, "span end"); break;
    case SpanMember::Attributes: read_attributes(context, reader, scratch, span, links); break;
    case SpanMember::Events: check_events(context, reader); break;
    case SpanMember::Status: read_status(context, reader, scratch, span); break;
    case SpanMember::StatusCode: read_status_code(context, reader, span); break;
    case SpanMember::StatusMessage: read_text(context, reader, "status_message"); break;
    case SpanMember::Context: read_v2_context(context, reader, scratch, links); break;
  }
}

// `ordinal` counts the spans of the trace from 1.
void finish_span(RecordContext& context, size_t ordinal, store::SpanFields& span, SpanLinks& links) {
  if (links.own_number == 0 && !links.own_opaque.present()) {
    context.note(IssueKind::BadSpanId, links.offset_bytes, "span",
                 context.dataset.name_text(span.name));
    std::string id = "span-";
    append_int(id, static_cast<int64_t>(ordinal));
    links.own_opaque = context.dataset.names().intern(id);
  }
  span.span_id = links.own_number;
  span.opaque_id = links.own_opaque;
  if (!span.type.present()) span.type = context.dataset.names().intern("UNKNOWN");
  if (span.start_ns != kNoTime && span.end_ns != kNoTime && span.end_ns < span.start_ns) {
    context.note(IssueKind::EndsBeforeStart, links.offset_bytes, "span",
                 context.dataset.name_text(span.name));
  }
}

// A name that is written as one that came lately, or made.
template <typename Make>
StringId known_name(RecordContext& context, const json::ShapeValue& value, json::Shapes& shapes, RecentNames& recent, Make make) {
  if (const uint32_t tag = shapes.tag(value.place)) return {tag};
  const std::string_view written = context.text.substr(value.offset_bytes, value.size_bytes);
  StringId id = recent.find(written);
  if (!id.present()) {
    id = make();
    recent.remember(written, id);
  }
  shapes.set_tag(value.place, id.v);
  return id;
}

// Digits, 19 at most, of which as many as RecentNames wants can be read; kNoTime: it is something else.
int64_t digits_of(std::string_view text) {
  const size_t size = text.size();
  uint64_t sum = 0;
  size_t at = 0;
  while (at + 8 <= size && eight_digits(text.data() + at, sum)) at += 8;
  if (size > 19 || size - at >= 8) return kNoTime;
  for (; at < size; ++at) {
    if (text[at] < '0' || text[at] > '9') return kNoTime;
    sum = sum * 10 + static_cast<uint64_t>(text[at] - '0');
  }
  return size == 0 || sum > INT64_MAX ? kNoTime : static_cast<int64_t>(sum);
}

int64_t known_nanoseconds(RecordContext& context, const json::Piece& piece, std::string_view field) {
  const std::string_view text = context.written(piece);
  const int64_t plain = digits_of(text);
  if (plain != kNoTime) return plain;
  if (const auto value = integer_of(text)) return *value;
  context.note(IssueKind::BadTimestamp, place_of(piece), field, text);
  return kNoTime;
}

// The parent's id, which mostly is that of the span before.
void take_parent(RecordContext& context, const json::Piece& piece, TraceScratch& scratch, SpanLinks& links) {
  const SpanLinks* const before = scratch.links.size() > 1 ? &links - 1 : nullptr;
  const bool short_text = piece.form == TextForm::Plain && piece.size_bytes > 0 && piece.size_bytes <= 32;
  if (before != nullptr && short_text && piece.size_bytes == before->own_text.size_bytes &&
      simd::same_bytes64(context.text.data() + piece.offset_bytes, context.text.data() + before->own_text.offset_bytes, piece.size_bytes)) {
    links.parent_number = before->own_number;
    links.parent_opaque = before->own_opaque;
  } else {
    take_id(context, piece, scratch.text_a, links.parent_number, links.parent_opaque);
  }
  links.has_parent = links.has_some_parent();
}

// A span that is written as one before; false: nothing was read.
bool read_known_span(RecordContext& context, json::Reader& reader, uint32_t begin, TraceScratch& scratch) {
  MlflowMembers& members = scratch.members;
  if (reader.read_shape(members.spans, scratch.values) != json::ShapeMatch::Whole) return false;
  store::SpanFields& span = scratch.spans.emplace_back();
  SpanLinks& links = scratch.links.emplace_back();
  links.offset_bytes = begin;
  for (const json::ShapeValue& value : scratch.values) {
    const json::Piece piece{value.offset_bytes, value.size_bytes, value.form};
    switch (static_cast<SpanValue>(value.code)) {
      case SpanValue::TraceId: links.trace_id = piece; break;
      case SpanValue::SpanId:
        take_id(context, piece, scratch.text_a, links.own_number, links.own_opaque);
        if (piece.form == TextForm::Plain) links.own_text = piece;
        break;
      case SpanValue::ParentId: take_parent(context, piece, scratch, links); break;
      case SpanValue::Name:
        span.name = known_name(context, value, members.spans, members.span_names,
                               [&] { return context.dataset.names().intern(context.decoded(piece, scratch.text_a)); });
        break;
      case SpanValue::StartTime: span.start_ns = known_nanoseconds(context, piece, "span start"); break;
      case SpanValue::EndTime: span.end_ns = known_nanoseconds(context, piece, "span end"); break;
      case SpanValue::SpanType:
        span.type = known_name(context, value, members.spans, members.span_types, [&] { return twice_encoded_name(context, piece, scratch); });
        break;
      case SpanValue::Model:
        span.model = known_name(context, value, members.spans, members.models, [&] { return twice_encoded_name(context, piece, scratch); });
        break;
      case SpanValue::TokenUsage: links.token_usage = piece; break;
      case SpanValue::Cost: links.cost = piece; break;
      case SpanValue::TraceRequestId: links.request_id = piece; break;
      case SpanValue::Status:
      case SpanValue::StatusCode:
        if (const uint32_t tag = members.spans.tag(value.place)) {
          span.status = static_cast<store::SpanStatus>(tag - 1);
        } else {
          span.status = status_of(context, place_of(piece), context.written(piece));
          // What is odd is noted each time.
          if (span.status != store::SpanStatus::Unset) members.spans.set_tag(value.place, static_cast<uint32_t>(span.status) + 1);
        }
        break;
    }
  }
  span.record = context.ref({begin, reader.offset_bytes() - begin, TextForm::Json});
  finish_span(context, scratch.spans.size(), span, links);
  return true;
}

uint64_t id_hash(uint64_t number, StringId opaque) {
  uint64_t h = (number ^ (static_cast<uint64_t>(opaque.v) << 32 | opaque.v)) * 0x9E3779B97F4A7C15ULL;
  return h ^ h >> 29;
}

// The index of the first span with this id, by an open-addressed table in scratch.slots.
class SpanTable {
 public:
  explicit SpanTable(TraceScratch& scratch) : scratch_(scratch) {
    size_t slots = 8;
    while (slots < scratch.links.size() * 2) slots *= 2;
    scratch.slots.assign(slots, 0);
    mask_ = slots - 1;
  }
  // The span that has the id already, or kNoRow after adding `index`.
  uint32_t add(uint32_t index) {
    const SpanLinks& own = scratch_.links[index];
    size_t slot = id_hash(own.own_number, own.own_opaque) & mask_;
    for (; scratch_.slots[slot] != 0; slot = (slot + 1) & mask_) {
      if (has_id(scratch_.slots[slot] - 1, own.own_number, own.own_opaque)) {
        return scratch_.slots[slot] - 1;
      }
    }
    scratch_.slots[slot] = index + 1;
    return store::kNoRow;
  }
  uint32_t find(uint64_t number, StringId opaque) const {
    for (size_t slot = id_hash(number, opaque) & mask_; scratch_.slots[slot] != 0;
         slot = (slot + 1) & mask_) {
      if (has_id(scratch_.slots[slot] - 1, number, opaque)) return scratch_.slots[slot] - 1;
    }
    return store::kNoRow;
  }

 private:
  bool has_id(uint32_t index, uint64_t number, StringId opaque) const {
    return scratch_.links[index].own_number == number && scratch_.links[index].own_opaque == opaque;
  }
  TraceScratch& scratch_;
  size_t mask_ = 0;
};

// Opens the ring that `start` is in at its earliest span.
void open_ring(RecordContext& context, TraceScratch& scratch, uint32_t start) {
  uint32_t earliest = start;
  for (uint32_t i = scratch.spans[start].parent_index; i != start; i = scratch.spans[i].parent_index) {
    const bool earlier = scratch.spans[i].start_ns < scratch.spans[earliest].start_ns ||
                         (scratch.spans[i].start_ns == scratch.spans[earliest].start_ns && i < earliest);
    if (earlier) earliest = i;
  }
  scratch.spans[earliest].parent_index = store::kNoRow;
  scratch.spans[earliest].is_orphan = true;
  context.note(IssueKind::SpanCycle, scratch.links[earliest].offset_bytes, "span",
               context.dataset.name_text(scratch.spans[earliest].name));
}

// Each span's chain of parents is followed once: 0 not seen, 1 on the present chain, 2 known to end.
void open_rings(RecordContext& context, TraceScratch& scratch) {
  const auto count = static_cast<uint32_t>(scratch.spans.size());
  scratch.marks.assign(count, 0);
  for (uint32_t first = 0; first < count; ++first) {
    scratch.order.clear();
    uint32_t i = first;
    while (i != store::kNoRow && scratch.marks[i] == 0) {
      scratch.marks[i] = 1;
      scratch.order.push_back(i);
      i = scratch.spans[i].parent_index;
    }
    if (i != store::kNoRow && scratch.marks[i] == 1) open_ring(context, scratch, i);
    for (const uint32_t seen : scratch.order) scratch.marks[seen] = 2;
  }
}

}  // namespace

bool begin_mlflow_spans(RecordContext& context, json::Reader& reader, TraceScratch& scratch) {
  scratch.spans.clear();
  scratch.links.clear();
  const uint32_t at = value_offset(reader);
  if (reader.enter_array()) return true;
  const json::Piece piece = reader.piece();
  if (piece.form != TextForm::None) {
    context.note(IssueKind::WrongType, at, "spans", reader.text_of(piece));
  }
  return false;
}

void read_mlflow_span(RecordContext& context, json::Reader& reader, TraceScratch& scratch) {
  const uint32_t begin = value_offset(reader);
  if (read_known_span(context, reader, begin, scratch)) return;
  if (!reader.enter_object()) {
    const json::Piece piece = reader.piece();
    if (!reader.failed()) context.note(IssueKind::WrongType, begin, "span", reader.text_of(piece));
    return;
  }
  store::SpanFields span;
  SpanLinks links;
  links.offset_bytes = begin;
  json::MemberCursor cursor(scratch.members.span);
  while (const uint8_t member = reader.next_member(cursor)) {
    read_member(context, reader, static_cast<SpanMember>(member), scratch, span, links);
  }
  if (reader.failed()) return;
  span.record = context.ref({begin, reader.offset_bytes() - begin, TextForm::Json});
  finish_span(context, scratch.spans.size() + 1, span, links);
  scratch.spans.push_back(span);
  scratch.links.push_back(links);
  scratch.members.spans.learn(context.text.substr(begin, reader.offset_bytes() - begin));
}

void link_spans(RecordContext& context, TraceScratch& scratch) {
  SpanTable table(scratch);
  const auto count = static_cast<uint32_t>(scratch.spans.size());
  bool repeated = false;
  for (uint32_t i = 0; i < count; ++i) {
    if (table.add(i) != store::kNoRow) {
      repeated = true;
      context.note(IssueKind::DuplicateSpanId, scratch.links[i].offset_bytes, "span",
                   context.dataset.name_text(scratch.spans[i].name));
    }
  }
  bool in_order = true;  // each parent stands before its children: there is no ring
  for (uint32_t i = 0; i < count; ++i) {
    const SpanLinks& links = scratch.links[i];
    if (!links.has_parent) continue;
    uint32_t parent = store::kNoRow;
    const SpanLinks* const before = i > 0 && !repeated ? &scratch.links[i - 1] : nullptr;
    if (before != nullptr && before->own_number == links.parent_number && before->own_opaque == links.parent_opaque) {
      parent = i - 1;
    } else if (before != nullptr && before->parent_number == links.parent_number && before->parent_opaque == links.parent_opaque) {
      parent = scratch.spans[i - 1].parent_index;
    } else {
      parent = table.find(links.parent_number, links.parent_opaque);
    }
    scratch.spans[i].parent_index = parent;
    in_order = in_order && (parent < i || parent == store::kNoRow);
    if (parent == store::kNoRow) {
      scratch.spans[i].is_orphan = true;
      context.note(IssueKind::OrphanSpan, links.offset_bytes, "span",
                   context.dataset.name_text(scratch.spans[i].name));
    }
  }
  if (!in_order) open_rings(context, scratch);
}

}  // namespace assay::ingest
