#include "ui/views/content.h"

#include <algorithm>

#include "core/base/time.h"

namespace assay::ui {
namespace {

constexpr size_t kMaxTextStates = 400;
constexpr size_t kMaxFields = 16;

bool same_text(TextRef a, TextRef b) {
  return a.blob == b.blob && a.offset_bytes == b.offset_bytes && a.size_bytes == b.size_bytes;
}

void number(TextBlock& block) { block.identity = kit::text_identity(block.text); }

void number(std::vector<Attribute>& attributes) {
  for (Attribute& attribute : attributes)
    number(attribute.value);
}

void number(std::vector<ChatMessage>& messages) {
  for (ChatMessage& message : messages)
    for (ChatPart& part : message.parts) number(part.text);
}

// Shown above, in full.
bool is_input_or_output(std::string_view key) {
  return key == "mlflow.spanInputs" || key == "mlflow.spanOutputs";
}

void read_span(const store::Dataset& dataset, store::SpanRow span, SpanContent& out) {
  std::string scratch;
  out.inputs = read_value(dataset, dataset.span_inputs(span));
  out.outputs = read_value(dataset, dataset.span_outputs(span));
  if (dataset.name_text(dataset.span_type(span)) == "RETRIEVER" &&
      dataset.span_outputs(span).present()) {
    out.documents = read_documents(dataset.text_now(dataset.span_outputs(span), scratch));
    for (Document& document : out.documents)
      document.identity = kit::text_identity(document.text);
  }
  out.attributes = read_attributes(dataset.raw(dataset.span_attributes(span)));
  std::erase_if(out.attributes, [](const Attribute& a) { return is_input_or_output(a.key); });
  number(out.attributes);
  out.events = read_events(dataset.raw(dataset.span_events(span)));
  for (SpanEvent& event : out.events) {
    event.stack_identity = kit::text_identity(event.stack_trace);
    number(event.attributes);
  }
  // Other conventions keep the messages in attributes or events; whichever tells more is shown.
  const auto take_messages = [&](ValueBlock& value, ChatSide side) {
    std::vector<ChatMessage> other = read_chat_attributes(out.attributes, out.events, side);
    if (other.empty()) return;
    number(other);
    value.messages = richer_chat(std::move(value.messages), std::move(other));
    value.present = true;
  };
  take_messages(out.inputs, ChatSide::Input);
  take_messages(out.outputs, ChatSide::Output);
  out.status_message = std::string(dataset.text_now(dataset.span_status_message(span), scratch));
}

// Metadata or tags by key. Lists are short: sorted by insertion.
std::vector<Attribute> key_values(const store::Dataset& dataset, store::KeyValues items,
                                  uint32_t count) {
  std::vector<Attribute> out(count);
  std::string scratch;
  for (uint32_t i = 0; i < count; ++i) {
    out[i].key = dataset.name_text(items[i].key);
    out[i].value = decode_attribute(dataset.text_now(items[i].value, scratch));
    for (uint32_t j = i; j > 0 && out[j].key < out[j - 1].key; --j)
      std::swap(out[j], out[j - 1]);
  }
  number(out);
  return out;
}

// A chip of the tag editor has room for all of it.
bool fits_chip(const Attribute& tag) {
  constexpr size_t kMostBytes = 32;
  return !tag.key.starts_with("mlflow.") && tag.key.size() + tag.value.text.size() <= kMostBytes &&
         tag.value.text.find('\n') == std::string::npos;
}

void read_tags(const store::Dataset& dataset, store::TraceRow trace, TraceContent& out) {
  uint32_t count = 0;
  const store::KeyValues items = dataset.tags(trace, count);
  out.tags = key_values(dataset, items, count);
  std::erase_if(out.tags, fits_chip);
  out.tag_count = count;
  out.tags_generation = dataset.tags_generation();
}

void build_trace(const store::Dataset& dataset, store::TraceRow trace, TraceContent& out) {
  constexpr size_t kMaxFailures = 50;  // the tree shows all of them
  out = TraceContent{};
  out.built = true;
  out.trace_id = dataset.trace_id(trace);
  out.row = trace.v;
  out.record = dataset.record(trace);
  out.tree = build_span_tree(dataset, trace, {});
  for (const SpanLine& line : out.tree.lines) {
    if (dataset.span_status(line.span) != store::SpanStatus::Error) continue;
    if (out.failed_spans.size() == kMaxFailures) break;
    out.failed_spans.emplace_back(line.span.v, failure_text(dataset, line.span));
  }
  uint32_t count = 0;
  const store::KeyValues items = dataset.metadata(trace, count);
  out.metadata = key_values(dataset, items, count);
  read_tags(dataset, trace, out);
}

}  // namespace

ValueBlock read_value(const store::Dataset& dataset, TextRef ref) {
  ValueBlock value;
  value.present = ref.present();
  if (!value.present) return value;
  std::string scratch;
  const std::string_view text = dataset.text_now(ref, scratch);
  value.plain = decode_attribute(text);
  number(value.plain);
  value.messages = read_chat(text);
  number(value.messages);
  // An object with a handful of members reads better as labelled texts than as JSON.
  if (value.messages.empty() && value.plain.is_json && value.plain.text.front() == '{') {
    value.fields = read_attributes(value.plain.text);
    if (value.fields.size() > kMaxFields) value.fields.clear();
    number(value.fields);
  }
  return value;
}

std::string failure_text(const store::Dataset& dataset, store::SpanRow span) {
  std::string scratch;
  for (SpanEvent& event : read_events(dataset.raw(dataset.span_events(span)))) {
    if (!event.is_exception) continue;
    std::string text = std::move(event.exception_type);
    if (!text.empty() && !event.exception_message.empty()) text += ": ";
    return text + event.exception_message;
  }
  return std::string(dataset.text_now(dataset.span_status_message(span), scratch));
}

TextBlock make_text_block(std::string text, bool is_json) {
  const kit::TextIdentity identity = kit::text_identity(text);
  return {std::move(text), is_json, identity};
}

TraceContent& trace_content(UiFrame& f, store::TraceRow trace) {
  const store::Dataset& dataset = f.session.dataset();
  TraceContent& content = f.view.reader.trace;
  const bool current = content.built && content.row == trace.v &&
                       content.trace_id == dataset.trace_id(trace) &&
                       same_text(content.record, dataset.record(trace));
  if (!current) {
    build_trace(dataset, trace, content);
    f.view.reader.texts.clear();
    ++f.view.reader.texts_generation;
    f.view.reader.span = SpanContent{};
  }
  if (content.tags_generation != dataset.tags_generation()) read_tags(dataset, trace, content);
  return content;
}

void set_span_open(UiFrame& f, store::SpanRow span, bool open) {
  TraceContent& content = f.view.reader.trace;
  auto at = std::lower_bound(content.closed_spans.begin(), content.closed_spans.end(), span.v);
  const bool is_closed = at != content.closed_spans.end() && *at == span.v;
  if (open && is_closed) content.closed_spans.erase(at);
  if (!open && !is_closed) content.closed_spans.insert(at, span.v);
  content.shown_made = false;
}

const SpanContent& span_content(const store::Dataset& dataset, store::SpanRow span,
                                SpanContent& slot) {
  const std::string_view trace_id = dataset.trace_id(dataset.trace_of(span));
  const bool current = slot.built && slot.span == span.v && slot.trace_id == trace_id &&
                       same_text(slot.record, dataset.span_record(span));
  if (current) return slot;
  slot = SpanContent{};
  slot.built = true;
  slot.span = span.v;
  slot.trace_id = trace_id;
  slot.record = dataset.span_record(span);
  read_span(dataset, span, slot);
  return slot;
}

const TextBlock& record_json(UiFrame& f, TraceContent& content) {
  const store::Dataset& dataset = f.session.dataset();
  if (!content.record_built || content.record_of != dataset.shown_person()) {
    const auto [before, after] = dataset.shown_record(store::TraceRow{content.row});
    std::string text(before);
    if (!after.empty()) text += "[]", text += after;
    content.record_json = make_text_block(std::move(text), true);
    content.record_of = dataset.shown_person();
    content.record_built = true;
  }
  return content.record_json;
}

bool shows_root_values(const store::Dataset& dataset, store::TraceRow trace, const SpanContent& root) {
  if (root.inputs.present || root.outputs.present) return true;
  return dataset.request_preview(trace).size_bytes == 0 && dataset.response_preview(trace).size_bytes == 0;
}

std::string trace_title(const store::Dataset& dataset, store::TraceRow trace) {
  std::string_view name = dataset.name_text(dataset.name(trace));
  if (name.empty()) {
    if (const auto root = dataset.root_span(trace))
      name = dataset.name_text(dataset.span_name(*root));
  }
  return std::string(name.empty() ? dataset.trace_id(trace) : name);
}

kit::TextViewState& text_state(ReaderState& reader, std::string_view widget_id) {
  uint64_t key = 1469598103934665603ULL;
  for (const char c : widget_id)
    key = (key ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  for (auto& [k, state] : reader.texts) {
    if (k == key) return state;
  }
  if (reader.texts.size() >= kMaxTextStates)
    reader.texts.erase(reader.texts.begin(), reader.texts.begin() + kMaxTextStates / 2);
  reader.texts.emplace_back(key, kit::TextViewState{});
  return reader.texts.back().second;
}

}  // namespace assay::ui
