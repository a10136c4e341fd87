#include "core/store/dataset.h"

#include <cstdlib>
#include <new>
#include <utility>

#include "core/base/assert.h"
#include "core/json/unescape.h"

namespace assay::store {
namespace {

constexpr uint32_t kFirstBlobBytes = 64 << 10;
constexpr uint32_t kBlobBytes = 8 << 20;
// Texts of this size and more get a blob of their own when the open one is full.
constexpr uint32_t kLargeTextBytes = 1 << 20;

// 16 hexadecimal digits as the number they are.
std::optional<uint64_t> parse_hex16(std::string_view text) {
  if (text.size() != 16) return std::nullopt;
  uint64_t value = 0;
  for (const char c : text) {
    uint64_t digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<uint64_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<uint64_t>(c - 'a') + 10;
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<uint64_t>(c - 'A') + 10;
    } else {
      return std::nullopt;
    }
    value = value << 4 | digit;
  }
  return value;
}

template <typename T>
uint64_t bytes_of(const std::vector<T>& column) {
  return column.capacity() * sizeof(T);
}

template <typename... Columns>
uint64_t bytes_of_all(const Columns&... columns) {
  return (bytes_of(columns) + ...);
}

uint64_t bytes_of(const Assessment& a) {
  return sizeof(Assessment) + a.assessment_id.capacity() + a.name.capacity() + a.span_id.capacity() +
         a.source_id.capacity() + a.value_json.capacity() + a.error_code.capacity() +
         a.error_message.capacity() + a.stack_trace.capacity() + a.rationale.capacity() +
         a.metadata_json.capacity() + a.overrides.capacity();
}

}  // namespace

std::string_view trace_state_name(TraceState state) {
  switch (state) {
    case TraceState::Ok: return "OK";
    case TraceState::Error: return "ERROR";
    case TraceState::InProgress: return "IN_PROGRESS";
    case TraceState::Unspecified: break;
  }
  return "STATE_UNSPECIFIED";
}

std::string_view span_status_name(SpanStatus status) {
  switch (status) {
    case SpanStatus::Ok: return "OK";
    case SpanStatus::Error: return "ERROR";
    case SpanStatus::Unset: break;
  }
  return "UNSET";
}

// malloc, because running out of memory must be an answer and not the end of the program.
struct Dataset::Blob {
  explicit Blob(uint32_t bytes)
      : data(static_cast<char*>(std::malloc(bytes))), capacity_bytes(data == nullptr ? 0 : bytes) {}
  ~Blob() { std::free(data); }
  Blob(const Blob&) = delete;
  Blob& operator=(const Blob&) = delete;
  void release() {
    std::free(data);
    data = nullptr;
    capacity_bytes = 0;
  }
  uint32_t free_bytes() const { return capacity_bytes - used_bytes; }

  char* data;
  uint32_t capacity_bytes;
  uint32_t used_bytes = 0;
};

Dataset::Dataset() = default;
Dataset::~Dataset() = default;

uint32_t Dataset::add_file(SourceFile file) {
  files_.push_back(std::move(file));
  return static_cast<uint32_t>(files_.size() - 1);
}

bool Dataset::add_blob(uint32_t capacity_bytes) {
  auto blob = std::make_unique<Blob>(capacity_bytes);
  if (blob->data == nullptr) return false;
  blobs_.push_back(std::move(blob));
  return true;
}

TextRef Dataset::take(uint32_t blob, uint32_t size_bytes) {
  const TextRef ref{blob, blobs_[blob]->used_bytes, size_bytes, TextForm::Plain};
  blobs_[blob]->used_bytes += size_bytes;
  return ref;
}

TextRef Dataset::reserve_text(uint32_t size_bytes) {
  if (small_blob_ == kNoRow || blobs_[small_blob_]->free_bytes() < size_bytes) {
    const bool large = size_bytes >= kLargeTextBytes;
    uint32_t wanted = next_blob_bytes_ == 0 ? kFirstBlobBytes : next_blob_bytes_;
    if (large || wanted < size_bytes) wanted = size_bytes == 0 ? 1 : size_bytes;
    if (!add_blob(wanted)) return {};
    const auto added = static_cast<uint32_t>(blobs_.size() - 1);
    if (large) return take(added, size_bytes);
    next_blob_bytes_ = wanted >= kBlobBytes / 2 ? kBlobBytes : wanted * 2;
    small_blob_ = added;
  }
  return take(small_blob_, size_bytes);
}

TextRef Dataset::reserve_window(uint32_t at_least_bytes, uint32_t wanted_bytes) {
  if (tail_blob_ != kNoRow && tail_blob_ != small_blob_) {
    const uint32_t free_bytes = blobs_[tail_blob_]->free_bytes();
    if (free_bytes >= at_least_bytes && free_bytes > 0) {
      return take(tail_blob_, free_bytes < wanted_bytes ? free_bytes : wanted_bytes);
    }
  }
  if (!add_blob(wanted_bytes)) return {};
  return take(static_cast<uint32_t>(blobs_.size() - 1), wanted_bytes);
}

char* Dataset::writable_text(TextRef ref) {
  ASSAY_ASSERT(ref.blob < blobs_.size());
  Blob& blob = *blobs_[ref.blob];
  ASSAY_ASSERT(ref.offset_bytes <= blob.used_bytes && ref.size_bytes <= blob.used_bytes - ref.offset_bytes);
  return blob.data + ref.offset_bytes;
}

void Dataset::shrink_last_reservation(TextRef ref, uint32_t used_bytes) {
  ASSAY_ASSERT(ref.blob < blobs_.size() && used_bytes <= ref.size_bytes);
  Blob& blob = *blobs_[ref.blob];
  ASSAY_ASSERT(blob.used_bytes == ref.offset_bytes + ref.size_bytes);
  blob.used_bytes = ref.offset_bytes + used_bytes;
  if (blob.used_bytes == 0) {
    blob.release();  // its place in blobs_ stays: references count by it
    if (tail_blob_ == ref.blob) tail_blob_ = kNoRow;
    if (small_blob_ == ref.blob) small_blob_ = kNoRow;
  } else {
    tail_blob_ = ref.blob;
  }
}

TraceRow Dataset::add_trace(const TraceFields& trace, const std::vector<SpanFields>& spans,
                            const std::vector<KeyValue>& metadata, const std::vector<KeyValue>& tags,
                            std::vector<Assessment> assessments) {
  ASSAY_ASSERT(!trace.trace_id.empty() && !find_trace(trace.trace_id));
  const TraceRow row{trace_count()};
  const StringId id = ids_.intern(trace.trace_id);
  row_by_id_.resize(ids_.count(), kNoRow);
  row_by_id_[id.v] = row.v;

  const auto span_begin = static_cast<uint32_t>(span_name_.size());
  trace_id_.push_back(id);
  trace_file_.push_back(trace.file);
  shape_.push_back(trace.shape);
  record_.push_back(trace.record);
  assessments_json_.push_back(trace.assessments);
  client_request_id_.push_back(trace.client_request_id);
  request_time_ns_.push_back(trace.request_time_ns);
  duration_ms_.push_back(trace.duration_ms);
  state_.push_back(trace.state);
  name_.push_back(trace.name);
  request_preview_.push_back(trace.request_preview);
  response_preview_.push_back(trace.response_preview);
  input_tokens_.push_back(trace.input_tokens);
  output_tokens_.push_back(trace.output_tokens);
  total_tokens_.push_back(trace.total_tokens);
  cost_usd_.push_back(trace.cost_usd);
  session_.push_back(trace.session);
  user_.push_back(trace.user);
  trace_spans_.push_back({span_begin, static_cast<uint32_t>(spans.size())});

  const auto add_pairs = [this](const std::vector<KeyValue>& pairs, std::vector<Range>& ranges) {
    ranges.push_back({static_cast<uint32_t>(key_values_.size()), static_cast<uint32_t>(pairs.size())});
    key_values_.insert(key_values_.end(), pairs.begin(), pairs.end());
  };
  add_pairs(metadata, trace_metadata_);
  add_pairs(tags, trace_tags_);

  for (const SpanFields& span : spans) {
    ASSAY_ASSERT(span.parent_index == kNoRow || span.parent_index < spans.size());
    span_trace_.push_back(row.v);
    span_parent_.push_back(span.parent_index == kNoRow ? kNoRow : span_begin + span.parent_index);
    span_orphan_.push_back(span.is_orphan ? 1 : 0);
    span_id_.push_back(span.span_id);
    span_opaque_id_.push_back(span.opaque_id);
    span_name_.push_back(span.name);
    span_type_.push_back(span.type);
    span_status_.push_back(span.status);
    span_start_ns_.push_back(span.start_ns);
    span_end_ns_.push_back(span.end_ns);
    span_record_.push_back(span.record);
    span_attributes_.push_back(span.attributes);
    span_events_.push_back(span.events);
    span_inputs_.push_back(span.inputs);
    span_outputs_.push_back(span.outputs);
    span_status_message_.push_back(span.status_message);
  }
  in_force_.push_back(assessments);
  imported_.push_back(std::move(assessments));
  ++revision_;
  return row;
}

void Dataset::clear() {
  const uint64_t revision = revision_;
  this->~Dataset();
  new (this) Dataset();
  revision_ = revision + 1;
}

void Dataset::set_assessments(TraceRow row, std::vector<Assessment> assessments) {
  ASSAY_ASSERT(row.v < trace_count());
  in_force_[row.v] = std::move(assessments);
  ++revision_;
}

std::optional<TraceRow> Dataset::find_trace(std::string_view trace_id) const {
  const StringId id = ids_.find(trace_id);
  if (!id.present()) return std::nullopt;
  return TraceRow{row_by_id_[id.v]};
}

const KeyValue* Dataset::metadata(TraceRow r, uint32_t& count) const {
  count = trace_metadata_[r.v].count;
  return key_values_.data() + trace_metadata_[r.v].begin;
}

const KeyValue* Dataset::tags(TraceRow r, uint32_t& count) const {
  count = trace_tags_[r.v].count;
  return key_values_.data() + trace_tags_[r.v].begin;
}

std::optional<TextRef> Dataset::find_metadata(TraceRow r, std::string_view key) const {
  const StringId id = names_.find(key);
  uint32_t count = 0;
  const KeyValue* pairs = metadata(r, count);
  for (uint32_t i = 0; i < count; ++i) {
    if (id.present() && pairs[i].key == id) return pairs[i].value;
  }
  return std::nullopt;
}

std::optional<TextRef> Dataset::find_tag(TraceRow r, std::string_view key) const {
  const StringId id = names_.find(key);
  uint32_t count = 0;
  const KeyValue* pairs = tags(r, count);
  for (uint32_t i = 0; i < count; ++i) {
    if (id.present() && pairs[i].key == id) return pairs[i].value;
  }
  return std::nullopt;
}

std::optional<SpanRow> Dataset::root_span(TraceRow r) const {
  const Range range = trace_spans_[r.v];
  for (uint32_t i = range.begin; i < range.begin + range.count; ++i) {
    if (span_parent_[i] == kNoRow && span_orphan_[i] == 0) return SpanRow{i};
  }
  return std::nullopt;
}

std::string Dataset::span_id(SpanRow s) const {
  if (span_opaque_id_[s.v].present()) return std::string(names_.text_of(span_opaque_id_[s.v]));
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out(16, '0');
  uint64_t id = span_id_[s.v];
  for (size_t i = 16; i-- > 0; id >>= 4) out[i] = kDigits[id & 15];
  return out;
}

std::optional<SpanRow> Dataset::find_span(TraceRow r, std::string_view span_id) const {
  if (span_id.empty()) return std::nullopt;
  const std::optional<uint64_t> number = parse_hex16(span_id);
  const StringId opaque = names_.find(span_id);
  const Range range = trace_spans_[r.v];
  for (uint32_t i = range.begin; i < range.begin + range.count; ++i) {
    const bool is_opaque = span_opaque_id_[i].present();
    if (is_opaque ? opaque == span_opaque_id_[i] : number == span_id_[i]) return SpanRow{i};
  }
  return std::nullopt;
}

std::string_view Dataset::raw(TextRef ref) const {
  if (!ref.present() || ref.size_bytes == 0) return {};
  ASSAY_ASSERT(ref.blob < blobs_.size());
  const Blob& blob = *blobs_[ref.blob];
  ASSAY_ASSERT(ref.offset_bytes <= blob.used_bytes && ref.size_bytes <= blob.used_bytes - ref.offset_bytes);
  return {blob.data + ref.offset_bytes, ref.size_bytes};
}

TextLookup Dataset::text(TextRef ref, std::string& scratch) const {
  return {TextStatus::Ready, text_now(ref, scratch)};
}

std::string_view Dataset::text_now(TextRef ref, std::string& scratch) const {
  if (ref.form != TextForm::EscapedString) return raw(ref);
  scratch.clear();
  scratch.reserve(ref.size_bytes);
  json::append_unescaped(scratch, raw(ref));
  return scratch;
}

Dataset::Memory Dataset::memory() const {
  Memory out{};
  for (const auto& blob : blobs_) out.text_bytes += blob->capacity_bytes;
  out.names_bytes = names_.size_bytes() + ids_.size_bytes();
  out.columns_bytes =
      bytes_of_all(row_by_id_, trace_id_, trace_file_, shape_, record_, assessments_json_,
                   client_request_id_, request_time_ns_, duration_ms_, state_, name_, request_preview_,
                   response_preview_, input_tokens_, output_tokens_, total_tokens_, cost_usd_, session_,
                   user_, trace_spans_, trace_metadata_, trace_tags_, key_values_) +
      bytes_of_all(span_trace_, span_parent_, span_orphan_, span_id_, span_opaque_id_, span_name_,
                   span_type_, span_status_, span_start_ns_, span_end_ns_, span_record_,
                   span_attributes_, span_events_, span_inputs_, span_outputs_, span_status_message_);
  for (const auto* table : {&imported_, &in_force_}) {
    out.assessments_bytes += bytes_of(*table);
    for (const auto& list : *table) {
      for (const Assessment& assessment : list) out.assessments_bytes += bytes_of(assessment);
    }
  }
  return out;
}

}  // namespace assay::store
