#include "core/store/dataset.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "core/base/assert.h"
#include "core/json/unescape.h"
#include "core/store/span_pieces.h"

namespace assay::store {
namespace {

constexpr uint32_t kFirstBlobBytes = 64 << 10;
constexpr uint32_t kBlobBytes = 8 << 20;
// Texts of this size and more get a blob of their own when the open one is full.
constexpr uint32_t kLargeTextBytes = 1 << 20;

// Beyond this a blob holds one huge record; packing it would hold the page, so it stays as it is.
constexpr uint32_t kMostPackedBytes = 32 << 20;
// The memory of so many packed blobs is kept for the next ones: the window that is left and the one that follows.
constexpr size_t kMostSpares = 2;
// Tags and metadata of at most this size are kept once each, unpacked.
constexpr uint32_t kMostPooledBytes = 48;
// Of a key, unless the text is packed: what is different in every trace would be there twice.
constexpr uint32_t kMostDistinctValues = 4096;

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
  Blob(char* memory, uint32_t bytes) : data(memory), capacity_bytes(memory == nullptr ? 0 : bytes) {}
  ~Blob() { std::free(data); }
  Blob(const Blob&) = delete;
  Blob& operator=(const Blob&) = delete;
  void release() {
    std::free(data);
    data = nullptr;
    capacity_bytes = 0;
  }
  uint32_t free_bytes() const { return capacity_bytes - used_bytes; }

  char* data;  // null when it is packed
  uint32_t capacity_bytes;
  uint32_t used_bytes = 0;
  bool is_window = false;
  std::unique_ptr<PackedText> packed;
  std::vector<uint32_t> ends;  // of records and spans, where a piece may end
};

namespace {
TextPolicy g_default_policy;  // set by tests only
}
void set_default_text_policy(TextPolicy policy) { g_default_policy = policy; }
TextPolicy default_text_policy() { return g_default_policy; }

Dataset::Dataset(TextPolicy policy) : policy_(policy), cache_(policy.unpacked_kept_bytes) {}
Dataset::~Dataset() {
  for (char* const memory : spare_) std::free(memory);
}

void Dataset::let_go_texts() { cache_.let_go(); }

uint32_t Dataset::add_file(SourceFile file) {
  announced_bytes_ += file.size_bytes;
  files_.push_back(std::move(file));
  return static_cast<uint32_t>(files_.size() - 1);
}

bool Dataset::add_blob(uint32_t capacity_bytes) {
  char* memory = nullptr;
  if (!spare_.empty() && spare_bytes_ == capacity_bytes) {
    memory = spare_.back();
    spare_.pop_back();
  } else {
    memory = static_cast<char*>(std::malloc(capacity_bytes));
  }
  if (memory == nullptr) return false;
  auto blob = std::make_unique<Blob>(memory, capacity_bytes);
  blobs_.push_back(std::move(blob));
  return true;
}

TextRef Dataset::take(uint32_t blob, uint32_t size_bytes) {
  const TextRef ref{blob, blobs_[blob]->used_bytes, size_bytes, TextForm::Plain};
  blobs_[blob]->used_bytes += size_bytes;
  text_bytes_ += size_bytes;
  return ref;
}

// The blob is full: what it holds is packed, and its memory is free for the next one.
void Dataset::seal(Blob& blob) {
  const std::vector<uint32_t> ends = std::move(blob.ends);
  blob.ends = {};
  if (!packs_text() || blob.used_bytes > kMostPackedBytes) return;
  blob.packed = PackedText::pack({blob.data, blob.used_bytes}, ends, policy_.packs_all);
  if (blob.packed == nullptr) return;
#ifndef NDEBUG
  std::memset(blob.data, 0xDD, blob.used_bytes);  // a view that is still looked at shows itself
#endif
  const bool fits = spare_.empty() || spare_bytes_ == blob.capacity_bytes;
  if (fits && spare_.size() < kMostSpares) {
    spare_bytes_ = blob.capacity_bytes;
    spare_.push_back(blob.data);
  } else {
    std::free(blob.data);
  }
  blob.data = nullptr;
  blob.capacity_bytes = 0;
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
      // Until it is shrunk, its blob has no tail to offer: the next window would come behind it.
      const uint32_t blob = tail_blob_;
      tail_blob_ = kNoRow;
      return take(blob, free_bytes < wanted_bytes ? free_bytes : wanted_bytes);
    }
  }
  if (!add_blob(wanted_bytes)) return {};
  blobs_.back()->is_window = true;
  return take(static_cast<uint32_t>(blobs_.size() - 1), wanted_bytes);
}

char* Dataset::writable_text(TextRef ref) {
  ASSAY_ASSERT(ref.blob < blobs_.size());
  Blob& blob = *blobs_[ref.blob];
  ASSAY_ASSERT(ref.offset_bytes <= blob.used_bytes && ref.size_bytes <= blob.used_bytes - ref.offset_bytes);
  ASSAY_ASSERT(blob.packed == nullptr);
  return blob.data + ref.offset_bytes;
}

void Dataset::shrink_last_reservation(TextRef ref, uint32_t used_bytes) {
  ASSAY_ASSERT(ref.blob < blobs_.size() && used_bytes <= ref.size_bytes);
  Blob& blob = *blobs_[ref.blob];
  ASSAY_ASSERT(blob.used_bytes == ref.offset_bytes + ref.size_bytes);
  blob.used_bytes = ref.offset_bytes + used_bytes;
  text_bytes_ -= ref.size_bytes - used_bytes;
  if (blob.used_bytes == 0) {
    blob.release();  // its place in blobs_ stays: references count by it
    if (tail_blob_ == ref.blob) tail_blob_ = kNoRow;
    if (small_blob_ == ref.blob) small_blob_ = kNoRow;
  } else if (blob.is_window && packs_text() && blob.free_bytes() < blob.capacity_bytes / 4) {
    seal(blob);  // what is left of it would serve nobody
    if (tail_blob_ == ref.blob) tail_blob_ = kNoRow;
  } else {
    if (tail_blob_ != kNoRow && tail_blob_ != ref.blob && blobs_[tail_blob_]->is_window) seal(*blobs_[tail_blob_]);
    tail_blob_ = ref.blob;
  }
}

// --- Adding a trace -----------------------------------------------------------------------------------

TextRef Dataset::part_of(TextRef record, uint32_t offset_bytes, uint32_t size_bytes, TextForm form) {
  return {record.blob, record.offset_bytes + offset_bytes, size_bytes, form};
}

Dataset::PackedRef Dataset::packed(TextRef record, TextRef ref) {
  if (!ref.present() || ref.size_bytes == 0) return {0, static_cast<uint32_t>(ref.form)};
  const bool follows = ref.blob == record.blob && ref.offset_bytes >= record.offset_bytes;
  if (follows && ref.size_bytes < kPooled >> 2) {
    return {ref.offset_bytes - record.offset_bytes, ref.size_bytes << 2 | static_cast<uint32_t>(ref.form)};
  }
  elsewhere_.push_back(ref);
  return {static_cast<uint32_t>(elsewhere_.size() - 1), kElsewhere};
}

TextRef Dataset::unpacked(TraceRow row, PackedRef ref) const {
  if (ref.size_and_form == kElsewhere) return elsewhere_[ref.offset_bytes];
  const auto form = static_cast<TextForm>(ref.size_and_form & 3);
  if (ref.size_and_form >= kPooled) {
    const StringId id{ref.offset_bytes};
    return {kPoolBlob, id.v, static_cast<uint32_t>(values_.text_of(id).size()), form};
  }
  return part_of(record(row), ref.offset_bytes, ref.size_and_form >> 2, form);
}

void Dataset::add_pairs(TextRef record, const std::vector<KeyValue>& pairs) {
  for (const KeyValue& pair : pairs) {
    const PackedRef value = pooled(record, pair);
    key_values_.add() = {pair.key, value};
  }
}

// Facets and filters read the tags of all traces: from one place a value and not from all over the text, which may be packed.
Dataset::PackedRef Dataset::pooled(TextRef record, const KeyValue& pair) {
  const TextRef ref = pair.value;
  const bool is_short = ref.size_bytes > 0 && ref.size_bytes <= kMostPooledBytes;
  if (!is_short || ref.blob == kPoolBlob) return packed(record, ref);
  if (distinct_values_.size() <= pair.key.v) distinct_values_.resize(pair.key.v + size_t{1}, kNoRow);
  uint32_t& distinct = distinct_values_[pair.key.v];
  // MLflow's own are seldom asked for, and most are different in each trace.
  if (distinct == kNoRow) distinct = names_.text_of(pair.key).starts_with("mlflow.") ? kMostDistinctValues : 0;
  if (distinct >= kMostDistinctValues && !packs_text()) return packed(record, ref);
  const size_t before = values_.count();
  const StringId id = values_.intern(raw(ref));
  if (values_.count() > before) ++distinct;
  return {id.v, kPooled | static_cast<uint32_t>(ref.form)};
}

void Dataset::note_ends(const TraceFields& trace, const std::vector<SpanFields>& spans) {
  const TextRef record = trace.record;
  if (!packs_text() || record.blob >= blobs_.size() || !blobs_[record.blob]->is_window) return;
  std::vector<uint32_t>& ends = blobs_[record.blob]->ends;
  const auto add = [&ends](uint32_t end) {
    if (ends.empty() || end > ends.back()) ends.push_back(end);
  };
  if (record.size_bytes > kPieceBytes) {
    for (const SpanFields& span : spans) {
      if (span.record.blob == record.blob) add(span.record.offset_bytes + span.record.size_bytes);
    }
  }
  add(record.offset_bytes + record.size_bytes);
}

uint32_t Dataset::model_set_of(const std::vector<SpanFields>& spans) {
  constexpr size_t kMaxModels = 64;  // of a trace; beyond it some are not listed
  found_models_.clear();
  for (const SpanFields& span : spans) {
    if (!span.model.present() || found_models_.size() == kMaxModels) continue;
    if (std::find(found_models_.begin(), found_models_.end(), span.model) == found_models_.end()) {
      found_models_.push_back(span.model);
    }
  }
  // The latest sets are looked at first; a set that stands further back is kept once more.
  constexpr size_t kLookedAt = 64;
  for (size_t i = model_sets_.size(), n = 0; i > 0 && n < kLookedAt; --i, ++n) {
    if (model_sets_[i - 1] == found_models_) return static_cast<uint32_t>(i - 1);
  }
  model_sets_.push_back(found_models_);
  return static_cast<uint32_t>(model_sets_.size() - 1);
}

std::span<const StringId> Dataset::models(TraceRow r) const { return model_sets_[traces_[r.v].model_set]; }

// False: too many types, it does not fit.
bool Dataset::set_type(SpanCells& cells, StringId type) {
  size_t index = 0;
  while (index < types_.size() && types_[index] != type) ++index;
  if (index == UINT8_MAX) return false;
  if (index == types_.size()) types_.push_back(type);
  cells.type = static_cast<uint8_t>(index);
  return true;
}

void Dataset::add_span(const TraceCells& trace, const SpanFields& span, uint32_t first_span) {
  const TextRef record = trace.record();
  SpanCells cells{};
  cells.start_ns = span.start_ns;
  cells.id = span.opaque_id.present() ? span.opaque_id.v : span.span_id;
  cells.name = span.name;
  cells.parent = span.parent_index == kNoRow ? kNoRow : first_span + span.parent_index;
  cells.status = span.status;
  if (span.is_orphan) cells.flags |= kOrphan;
  if (span.opaque_id.present()) cells.flags |= kOpaqueId;
  bool fits = set_type(cells, span.type);
  uint64_t duration_ns = kNoDuration;
  if (span.end_ns != kNoTime) {
    duration_ns = static_cast<uint64_t>(span.end_ns) - static_cast<uint64_t>(span.start_ns);
    fits = fits && span.start_ns != kNoTime && span.end_ns >= span.start_ns && duration_ns < kNoDuration;
  }
  cells.duration_low = static_cast<uint32_t>(duration_ns);
  cells.duration_high = static_cast<uint8_t>(duration_ns >> 32);
  const bool inside = span.record.present() && record.present() && span.record.blob == record.blob &&
                      span.record.offset_bytes >= record.offset_bytes && span.record.size_bytes <= record.size_bytes &&
                      span.record.offset_bytes - record.offset_bytes <= record.size_bytes - span.record.size_bytes;
  if (inside) {
    cells.record_offset = span.record.offset_bytes - record.offset_bytes;
    cells.record_size = span.record.size_bytes;
  }
  if (!inside || !fits) {
    cells.flags |= kOdd;
    odd_spans_.push_back({spans_.size(), span});
  }
  spans_.add() = cells;
}

TraceRow Dataset::add_trace(const TraceFields& trace, const std::vector<SpanFields>& spans,
                            const std::vector<KeyValue>& metadata, const std::vector<KeyValue>& tags,
                            std::vector<Assessment> assessments) {
  ASSAY_ASSERT(!trace.trace_id.empty() && !find_trace(trace.trace_id));
  const TraceRow row{trace_count()};
  const uint32_t first_span = span_count();
  const TextRef record = trace.record;
  TraceCells cells{};
  cells.id = ids_.intern(trace.trace_id);
  while (row_by_id_.size() <= cells.id.v) row_by_id_.add() = kNoRow;
  row_by_id_[cells.id.v] = row.v;
  cells.file = trace.file;
  cells.shape = trace.shape;
  cells.record_blob = record.blob;
  cells.record_offset = record.offset_bytes;
  cells.record_size = record.size_bytes;
  cells.record_form = record.form;
  cells.assessments_json = packed(record, trace.assessments);
  cells.client_request_id = packed(record, trace.client_request_id);
  cells.request_preview = packed(record, trace.request_preview);
  cells.response_preview = packed(record, trace.response_preview);
  cells.request_time_ns = trace.request_time_ns;
  cells.duration_ms = trace.duration_ms;
  cells.state = trace.state;
  cells.name = trace.name;
  cells.input_tokens = trace.input_tokens;
  cells.output_tokens = trace.output_tokens;
  cells.total_tokens = trace.total_tokens;
  cells.cost_usd = trace.cost_usd;
  cells.session = trace.session;
  cells.user = trace.user;
  cells.spans = {first_span, static_cast<uint32_t>(spans.size())};
  cells.key_values_begin = key_values_.size();
  cells.metadata_count = static_cast<uint32_t>(metadata.size());
  cells.tags_count = static_cast<uint32_t>(tags.size());
  cells.model_set = model_set_of(spans);
  add_pairs(record, metadata);
  add_pairs(record, tags);
  note_ends(trace, spans);
  for (const SpanFields& span : spans) {
    ASSAY_ASSERT(span.parent_index == kNoRow || span.parent_index < spans.size());
    add_span(cells, span, first_span);
  }
  traces_.add() = cells;
  imported_.add() = std::move(assessments);
  changed_.add() = nullptr;
  ++revision_;
  return row;
}

void Dataset::clear() {
  const uint64_t revision = revision_;
  const TextPolicy policy = policy_;
  std::string shown = std::move(shown_person_);
  this->~Dataset();
  new (this) Dataset(policy);
  revision_ = revision + 1;
  shown_person_ = std::move(shown);
}

void Dataset::set_assessments(TraceRow row, std::vector<Assessment> assessments) {
  ASSAY_ASSERT(row.v < trace_count());
  changed_[row.v] = std::make_unique<std::vector<Assessment>>(std::move(assessments));
  ++revision_;
}

// Pairs stand together, metadata first: a trace whose tags change gets all of its pairs once more at the end.
void Dataset::set_tags(TraceRow row, const std::vector<std::pair<std::string, std::string>>* tags) {
  TraceCells& cells = traces_[row.v];
  ++revision_;
  ++tags_generation_;
  const auto before = imported_tags_.find(row.v);
  if (tags == nullptr) {
    if (before == imported_tags_.end()) return;
    cells.key_values_begin = before->second.begin;
    cells.tags_count = before->second.count;
    imported_tags_.erase(before);
    return;
  }
  if (before == imported_tags_.end()) imported_tags_[row.v] = {cells.key_values_begin, cells.tags_count};
  const uint32_t begin = key_values_.size();
  for (uint32_t i = 0; i < cells.metadata_count; ++i) {
    const PairCells pair = key_values_[cells.key_values_begin + i];
    key_values_.add() = pair;
  }
  for (const auto& [key, value] : *tags)
    key_values_.add() = {names_.intern(key), {values_.intern(value).v, kPooled | static_cast<uint32_t>(TextForm::Plain)}};
  cells.key_values_begin = begin;
  cells.tags_count = static_cast<uint32_t>(tags->size());
}

KeyValues Dataset::imported_tags(TraceRow row, uint32_t& count) const {
  const auto before = imported_tags_.find(row.v);
  if (before == imported_tags_.end()) return tags(row, count);
  count = before->second.count;
  return {*this, row, before->second.begin + traces_[row.v].metadata_count};
}

void Dataset::show_only_of(std::string_view person) {
  if (person == shown_person_) return;
  shown_person_ = person;
  ++revision_;
}

std::pair<std::string_view, std::string_view> Dataset::shown_record(TraceRow row) const {
  const TextRef ref = record(row);
  const std::string_view whole = raw(ref);
  const TextRef hidden = assessments_json(row);
  if (shown_person_.empty() || !hidden.present() || hidden.blob != ref.blob || hidden.offset_bytes < ref.offset_bytes)
    return {whole, {}};
  const size_t begin = hidden.offset_bytes - ref.offset_bytes;
  if (begin + hidden.size_bytes > whole.size()) return {whole, {}};
  return {whole.substr(0, begin), whole.substr(begin + hidden.size_bytes)};
}

std::optional<TraceRow> Dataset::find_trace(std::string_view trace_id) const {
  const StringId id = ids_.find(trace_id);
  if (!id.present()) return std::nullopt;
  return TraceRow{row_by_id_[id.v]};
}

// --- Reading --------------------------------------------------------------------------------------------

KeyValue KeyValues::operator[](uint32_t i) const {
  const Dataset::PairCells& cells = dataset_->key_values_[begin_ + i];
  return {cells.key, dataset_->unpacked(row_, cells.value)};
}

KeyValues Dataset::metadata(TraceRow r, uint32_t& count) const {
  count = traces_[r.v].metadata_count;
  return {*this, r, traces_[r.v].key_values_begin};
}

KeyValues Dataset::tags(TraceRow r, uint32_t& count) const {
  count = traces_[r.v].tags_count;
  return {*this, r, traces_[r.v].key_values_begin + traces_[r.v].metadata_count};
}

std::optional<TextRef> KeyValues::find(StringId key, uint32_t count) const {
  for (uint32_t i = 0; i < count && key.present(); ++i) {
    if (dataset_->key_values_[begin_ + i].key == key) return (*this)[i].value;
  }
  return std::nullopt;
}

std::optional<TextRef> Dataset::find_metadata(TraceRow r, std::string_view key) const {
  uint32_t count = 0;
  return metadata(r, count).find(names_.find(key), traces_[r.v].metadata_count);
}

std::optional<TextRef> Dataset::find_tag(TraceRow r, std::string_view key) const {
  uint32_t count = 0;
  return tags(r, count).find(names_.find(key), traces_[r.v].tags_count);
}

std::optional<SpanRow> Dataset::root_span(TraceRow r) const {
  const Range range = spans(r);
  for (uint32_t i = range.begin; i < range.begin + range.count; ++i) {
    if (spans_[i].parent == kNoRow && !is_orphan({i})) return SpanRow{i};
  }
  return std::nullopt;
}

// Mostly asked for one span after the other.
TraceRow Dataset::trace_of(SpanRow s) const {
  const auto holds = [this, s](uint32_t row) {
    const Range range = traces_[row].spans;
    return s.v >= range.begin && s.v - range.begin < range.count;
  };
  if (last_trace_ < traces_.size() && holds(last_trace_)) return {last_trace_};
  if (last_trace_ + 1 < traces_.size() && holds(last_trace_ + 1)) return {++last_trace_};
  uint32_t low = 0, high = traces_.size();  // the last trace that begins at or before the span
  while (high - low > 1) {
    const uint32_t middle = low + (high - low) / 2;
    (traces_[middle].spans.begin <= s.v ? low : high) = middle;
  }
  last_trace_ = low;
  return {low};
}

std::string Dataset::span_id(SpanRow s) const {
  uint64_t id = spans_[s.v].id;
  if ((spans_[s.v].flags & kOpaqueId) != 0) {
    return std::string(names_.text_of(StringId{static_cast<uint32_t>(id)}));
  }
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out(16, '0');
  for (size_t i = 16; i-- > 0; id >>= 4) out[i] = kDigits[id & 15];
  return out;
}

std::optional<SpanRow> Dataset::find_span(TraceRow r, std::string_view span_id) const {
  if (span_id.empty()) return std::nullopt;
  const std::optional<uint64_t> number = parse_hex16(span_id);
  const StringId opaque = names_.find(span_id);
  const Range range = spans(r);
  for (uint32_t i = range.begin; i < range.begin + range.count; ++i) {
    const bool is_opaque = (spans_[i].flags & kOpaqueId) != 0;
    if (is_opaque ? opaque.present() && opaque.v == spans_[i].id : number == spans_[i].id) return SpanRow{i};
  }
  return std::nullopt;
}

const SpanFields& Dataset::odd_span(SpanRow s) const {
  const auto at = std::lower_bound(odd_spans_.begin(), odd_spans_.end(), s.v,
                                   [](const OddSpan& odd, uint32_t row) { return odd.row < row; });
  ASSAY_ASSERT(at != odd_spans_.end() && at->row == s.v);
  return at->fields;
}

bool Dataset::spans_are_inside(TraceRow r) const {
  if (odd_spans_.empty()) return true;
  const Range range = spans(r);
  const auto at = std::lower_bound(odd_spans_.begin(), odd_spans_.end(), range.begin,
                                   [](const OddSpan& odd, uint32_t row) { return odd.row < row; });
  return at == odd_spans_.end() || at->row - range.begin >= range.count;
}

TextRef Dataset::span_record(SpanRow s) const {
  const SpanCells& cells = spans_[s.v];
  if ((cells.flags & kOdd) != 0) return odd_span(s).record;
  return part_of(record(trace_of(s)), cells.record_offset, cells.record_size, TextForm::Json);
}

const Dataset::SpanTexts& Dataset::span_texts(SpanRow s) const {
  if (last_span_ == s.v) return last_texts_;
  last_span_ = s.v;
  const SpanCells& cells = spans_[s.v];
  const TextRef record = span_record(s);
  if ((cells.flags & kOdd) != 0 && cells.record_size == 0) {
    const SpanFields& f = odd_span(s);
    last_texts_ = {f.attributes, f.events, f.inputs, f.outputs, f.status_message};
    return last_texts_;
  }
  const TextScope scope(*this);  // only places are kept of what is read
  const SpanPieces pieces = read_span_pieces(raw(record));
  const auto ref = [record](const json::Piece& piece) {
    return part_of(record, piece.offset_bytes, piece.size_bytes, piece.form);
  };
  last_texts_ = {ref(pieces.attributes), ref(pieces.events), ref(pieces.inputs), ref(pieces.outputs),
                 ref(pieces.status_message)};
  return last_texts_;
}

std::string_view Dataset::raw(TextRef ref) const {
  if (!ref.present() || ref.size_bytes == 0) return {};
  if (ref.blob == kPoolBlob) return values_.text_of(StringId{ref.offset_bytes});
  ASSAY_ASSERT(ref.blob < blobs_.size());
  const Blob& blob = *blobs_[ref.blob];
  ASSAY_ASSERT(ref.offset_bytes <= blob.used_bytes && ref.size_bytes <= blob.used_bytes - ref.offset_bytes);
  if (blob.packed != nullptr) {
    const char* const text = cache_.text(*blob.packed, ref.offset_bytes, ref.size_bytes);
    ASSAY_ASSERT(text != nullptr);  // no memory for what is to be looked at
    return {text, ref.size_bytes};
  }
  return {blob.data + ref.offset_bytes, ref.size_bytes};
}

bool Dataset::has_span_type(std::string_view type) const {
  const StringId wanted = names_.find(type);
  return wanted.present() && (std::find(types_.begin(), types_.end(), wanted) != types_.end() ||
                              std::any_of(odd_spans_.begin(), odd_spans_.end(), [&](const OddSpan& odd) { return odd.fields.type == wanted; }));
}

bool Dataset::may_hold(TextRef ref, const Trigrams& wanted) const {
  if (!ref.present() || ref.size_bytes == 0 || ref.blob == kPoolBlob) return true;
  const Blob& blob = *blobs_[ref.blob];
  return blob.packed == nullptr || blob.packed->may_hold(ref.offset_bytes, ref.size_bytes, wanted);
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
  for (const auto& blob : blobs_) {
    out.text_bytes += blob->capacity_bytes + bytes_of(blob->ends);
    if (blob->packed != nullptr) out.text_bytes += blob->packed->size_bytes();
  }
  out.text_bytes += spare_.size() * spare_bytes_ + cache_.size_bytes();
  out.names_bytes = names_.size_bytes() + ids_.size_bytes() + values_.size_bytes();
  out.columns_bytes = row_by_id_.size_bytes() + traces_.size_bytes() + key_values_.size_bytes() +
                      spans_.size_bytes() + bytes_of(elsewhere_) + bytes_of(types_) + bytes_of(odd_spans_);
  out.assessments_bytes = imported_.size_bytes() + changed_.size_bytes();
  const auto add = [&out](const std::vector<Assessment>& list) {
    for (const Assessment& assessment : list) out.assessments_bytes += bytes_of(assessment);
  };
  for (uint32_t i = 0; i < traces_.size(); ++i) {
    add(imported_[i]);
    if (changed_[i] != nullptr) add(*changed_[i]);
  }
  return out;
}

}  // namespace assay::store
