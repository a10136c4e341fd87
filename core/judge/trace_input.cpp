#include "core/judge/trace_input.h"

#include "core/json/reader.h"
#include "core/json/unescape.h"
#include "core/judge/python_text.h"

namespace assay::judge {
namespace {

struct SkipRow {
  SkipReason reason;
  std::string_view name, text;
};
constexpr SkipRow kSkips[] = {
    {SkipReason::TraceNotLoaded, "trace_not_loaded", "The trace is not loaded"},
    {SkipReason::NoRootSpan, "no_root_span", "The trace has no root span"},
    {SkipReason::NoInputs, "no_inputs", "The root span has no inputs"},
    {SkipReason::NoOutputs, "no_outputs", "The root span has no outputs"},
    {SkipReason::NoRetrieverSpan, "no_retriever_span", "The trace has no retriever span"},
    {SkipReason::NoDocuments, "no_documents", "The retriever returned no documents"},
    {SkipReason::NoExpectedAnswer, "no_expected_answer",
     "The trace has no expectation expected_response or expected_facts"},
    {SkipReason::NoExpectedResponse, "no_expected_response",
     "The trace has no expectation expected_response"},
    {SkipReason::NoExpectedGuidelines, "no_expected_guidelines",
     "The trace has no expectation guidelines"},
    {SkipReason::NoExpectations, "no_expectations", "The trace has no expectations"},
    {SkipReason::NoSession, "no_session", "The trace belongs to no session"},
    {SkipReason::NoMeasure, "no_measure", "The trace does not tell this measure"},
    {SkipReason::NoValue, "no_value", "The program gave no value"},
};

// A JSON value as it stands: for strings the contents between the quotes, otherwise the value's
// text.
struct Value {
  std::string_view text;
  TextForm form = TextForm::None;

  bool is_string() const { return form == TextForm::Plain || form == TextForm::EscapedString; }
  bool is_object() const { return form == TextForm::Json && !text.empty() && text.front() == '{'; }
  bool is_array() const { return form == TextForm::Json && !text.empty() && text.front() == '['; }
};

Value value_of(json::Reader& reader) {
  const json::Piece piece = reader.piece();
  if (reader.failed()) return {};
  return {reader.text_of(piece), piece.form};
}

std::string string_of(const Value& value) {
  return value.form == TextForm::EscapedString ? json::unescaped(value.text)
                                               : std::string(value.text);
}

// The whole text as one value; None for null, and for text that is no JSON (`is_json` tells them
// apart).
Value parse_value(std::string_view json_text, bool& is_json) {
  json::Reader reader(json_text);
  const Value value = value_of(reader);
  is_json = !reader.failed() && reader.at_end();
  return is_json ? value : Value{};
}

// The member's value; of several with the name the last, as Python reads them.
Value member(const Value& object, std::string_view name) {
  Value found;
  if (!object.is_object()) return found;
  json::Reader reader(object.text);
  if (!reader.enter_object()) return found;
  while (reader.next_key()) {
    if (reader.key_is(name))
      found = value_of(reader);
    else
      reader.skip_value();
  }
  return reader.failed() ? Value{} : found;
}

std::vector<Value> elements(const Value& array) {
  std::vector<Value> values;
  if (!array.is_array()) return values;
  json::Reader reader(array.text);
  if (!reader.enter_array()) return values;
  while (reader.next_element())
    values.push_back(value_of(reader));
  return values;
}

std::string spaced_json(const Value& value) {
  std::string out;
  json::Reader reader(value.text);
  return append_spaced_json(out, reader) ? out : std::string(value.text);
}

std::string python_text(const Value& value) {
  std::string out;
  json::Reader reader(value.text);
  return append_python_repr(out, reader) ? out : std::string(value.text);
}

// The content of a chat message: a string, or the texts of its parts ({"type": "text", "text": …}).
// Nothing when it holds no text.
std::optional<std::string> content_text(const Value& content) {
  if (content.is_string()) return string_of(content);
  std::string joined;
  bool found = false;
  for (const Value& part : elements(content)) {
    const Value text = part.is_string() ? part : member(part, "text");
    if (!text.is_string()) continue;
    if (found) joined += '\n';
    joined += string_of(text);
    found = true;
  }
  return found ? std::optional<std::string>(std::move(joined)) : std::nullopt;
}

bool are_messages(const std::vector<Value>& values) {
  if (values.empty()) return false;
  for (const Value& value : values) {
    if (!value.is_object()) return false;
    if (member(value, "content").form == TextForm::None) return false;
  }
  return true;
}

std::optional<std::string> messages_as_text(const Value& list) {
  const std::vector<Value> messages = elements(list);
  if (!are_messages(messages)) return std::nullopt;
  bool all_strings = true;
  for (const Value& message : messages) {
    all_strings = all_strings && member(message, "content").is_string();
  }
  if (messages.size() > 1 && all_strings) return spaced_json(list);
  const Value content = member(messages.back(), "content");
  if (const auto text = content_text(content)) return text;
  return spaced_json(content);
}

// {"output": [… {"type": "message", "content": [{"type": "output_text", "text": …}]}]}
std::optional<std::string> responses_api_text(const Value& value) {
  std::optional<std::string> last;
  for (const Value& item : elements(member(value, "output"))) {
    const Value type = member(item, "type");
    if (!type.is_string() || string_of(type) != "message") continue;
    if (auto text = content_text(member(item, "content"))) last = std::move(text);
  }
  return last;
}

std::string object_output_as_text(const Value& value) {
  const std::vector<Value> choices = elements(member(value, "choices"));
  if (!choices.empty()) {
    if (const auto text = content_text(member(member(choices.front(), "message"), "content"))) {
      return *text;
    }
  }
  const std::vector<Value> messages = elements(member(value, "messages"));
  if (!messages.empty()) {
    if (const auto text = content_text(member(messages.back(), "content"))) return *text;
  }
  if (const auto text = responses_api_text(value)) return *text;
  return spaced_json(value);
}

bool is_retriever(const store::Dataset& dataset, store::SpanRow span) {
  return dataset.name_text(dataset.span_type(span)) == "RETRIEVER";
}

// Whether the way up ends at a root, without another retriever, an absent parent, or a circle.
bool is_top_level(const store::Dataset& dataset, store::SpanRow span, uint32_t span_count) {
  store::SpanRow at = span;
  for (uint32_t steps = 0; steps <= span_count; ++steps) {
    const uint32_t parent = dataset.parent(at);
    if (parent == store::kNoRow) return !dataset.is_orphan(at);
    at = store::SpanRow{parent};
    if (is_retriever(dataset, at)) return false;
  }
  return false;
}

}  // namespace

std::string_view skip_reason_name(SkipReason reason) {
  for (const SkipRow& row : kSkips) {
    if (row.reason == reason) return row.name;
  }
  return "";
}

std::string_view skip_reason_text(SkipReason reason) {
  for (const SkipRow& row : kSkips) {
    if (row.reason == reason) return row.text;
  }
  return "";
}

SkipReason parse_skip_reason(std::string_view name) {
  for (const SkipRow& row : kSkips) {
    if (row.name == name) return row.reason;
  }
  return SkipReason::None;
}

std::string inputs_as_text(std::string_view json_text) {
  bool is_json = false;
  const Value value = parse_value(json_text, is_json);
  if (!is_json && !json_text.empty()) return std::string(json_text);
  if (value.form == TextForm::None) return " ";
  if (value.is_string()) return string_of(value);
  const Value list = value.is_object() ? member(value, "messages") : value;
  if (const auto text = messages_as_text(list)) return *text;
  return python_text(value);
}

std::string outputs_as_text(std::string_view json_text) {
  bool is_json = false;
  Value value = parse_value(json_text, is_json);
  if (!is_json && !json_text.empty()) return std::string(json_text);
  if (value.is_array()) {
    const std::vector<Value> items = elements(value);
    if (!items.empty()) value = items.front();
  }
  if (value.form == TextForm::None) return " ";
  if (value.is_string()) return string_of(value);
  if (value.is_object()) return object_output_as_text(value);
  return spaced_json(value);
}

std::string python_repr_of_json(std::string_view json_text) {
  std::string out;
  json::Reader reader(json_text);
  if (append_python_repr(out, reader) && reader.at_end()) return out;
  return std::string(json_text);
}

std::vector<store::SpanRow> top_level_retrievers(const store::Dataset& dataset,
                                                 store::TraceRow row) {
  std::vector<store::SpanRow> found;
  const store::Range spans = dataset.spans(row);
  for (uint32_t i = 0; i < spans.count; ++i) {
    const store::SpanRow span{spans.begin + i};
    if (is_retriever(dataset, span) && is_top_level(dataset, span, spans.count)) {
      found.push_back(span);
    }
  }
  return found;
}

std::vector<RetrievedChunk> retrieved_chunks(std::string_view outputs_json) {
  bool is_json = false;
  Value value = parse_value(outputs_json, is_json);
  std::string inner;
  if (value.is_string()) {
    inner = string_of(value);
    value = parse_value(inner, is_json);
  }
  std::vector<RetrievedChunk> chunks;
  for (const Value& element : elements(value)) {
    if (!element.is_object()) continue;
    RetrievedChunk chunk;
    for (const std::string_view key : {"page_content", "content", "text"}) {
      const Value content = member(element, key);
      if (content.form == TextForm::None) continue;
      chunk.content = content.is_string() ? string_of(content) : spaced_json(content);
      break;
    }
    const Value uri = member(member(element, "metadata"), "doc_uri");
    if (uri.form != TextForm::None) {
      chunk.doc_uri = uri.is_string() ? string_of(uri) : spaced_json(uri);
    }
    chunks.push_back(std::move(chunk));
  }
  return chunks;
}

std::string last_user_text(std::string_view inputs_json) {
  bool is_json = false;
  const Value value = parse_value(inputs_json, is_json);
  const Value list = value.is_object() ? member(value, "messages") : value;
  const std::vector<Value> messages = elements(list);
  for (size_t i = messages.size(); i-- > 0;) {
    const Value role = member(messages[i], "role");
    if (!role.is_string() || string_of(role) != "user") continue;
    if (auto text = content_text(member(messages[i], "content"))) return *text;
  }
  return inputs_as_text(inputs_json);
}

TraceInput read_trace_input(const store::Dataset& dataset, store::TraceRow row, ScorerKind kind,
                            std::string_view planned_span) {
  ScorerSpec scorer;
  scorer.kind = kind;
  return read_trace_input(dataset, row, scorer, planned_span);
}

}  // namespace assay::judge
