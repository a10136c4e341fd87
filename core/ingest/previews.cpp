#include "core/ingest/previews.h"

#include <cstring>
#include <optional>

#include "core/base/utf8.h"
#include "core/ingest/fields.h"
#include "core/json/reader.h"
#include "core/store/span_pieces.h"

namespace assay::ingest {
namespace {

// Texts beyond this are not searched for messages: the beginning is preview enough.
constexpr size_t kMaxSearchedBytes = 4 << 20;
constexpr int kMaxNesting = 3;  // of "request" objects

struct Message {
  std::string role;
  std::optional<std::string> content;
};

// A chat content: a string, or parts of which the first text counts.
std::optional<std::string> read_content(json::Reader& reader) {
  if (reader.peek() == json::Kind::String) return reader.string();
  std::optional<std::string> found;
  if (!reader.enter_array()) {
    reader.skip_value();
    return found;
  }
  while (reader.next_element()) {
    if (reader.peek() == json::Kind::String) {
      auto text = reader.string();
      if (!found) found = std::move(text);
      continue;
    }
    if (!reader.enter_object()) continue;
    std::optional<std::string> type, text;
    while (reader.next_key()) {
      if (reader.key_is("type")) {
        type = reader.string();
      } else if (reader.key_is("text")) {
        text = reader.string();
      }
    }
    const bool is_text = type && (*type == "text" || *type == "output_text" || *type == "input_text");
    if (is_text && text && !found) found = std::move(text);
  }
  return found;
}

// One element of a list of messages; nothing when it is no message.
std::optional<Message> read_message(json::Reader& reader) {
  if (!reader.enter_object()) {
    reader.skip_value();
    return std::nullopt;
  }
  Message message;
  bool has_role = false;
  while (reader.next_key()) {
    if (reader.key_is("role")) {
      auto role = reader.string();
      has_role = role.has_value();
      if (role) message.role = std::move(*role);
    } else if (reader.key_is("content")) {
      message.content = read_content(reader);
    }
  }
  if (!has_role) return std::nullopt;
  return message;
}

// The last message of `role` in a list, or the last message at all.
std::optional<std::string> read_messages(json::Reader& reader, std::string_view role) {
  if (!reader.enter_array()) {
    reader.skip_value();
    return std::nullopt;
  }
  std::optional<std::string> of_role, last;
  while (reader.next_element()) {
    std::optional<Message> message = read_message(reader);
    if (!message || !message->content) continue;
    last = message->content;
    if (message->role == role) of_role = std::move(message->content);
  }
  return of_role ? of_role : last;
}

std::optional<std::string> read_choices(json::Reader& reader) {
  std::optional<std::string> found;
  if (!reader.enter_array()) {
    reader.skip_value();
    return found;
  }
  while (reader.next_element()) {
    if (found || !reader.enter_object()) continue;
    while (reader.next_key()) {
      if (!reader.key_is("message")) continue;
      const std::optional<Message> message = read_message(reader);
      if (message) found = message->content;
    }
  }
  return found;
}

std::optional<std::string> find_chat_text(json::Reader& reader, std::string_view role, int nesting) {
  if (!reader.enter_object()) {
    reader.skip_value();
    return std::nullopt;
  }
  std::optional<std::string> messages, input, choices, output, request;
  while (reader.next_key()) {
    if (reader.key_is("messages")) {
      messages = read_messages(reader, role);
    } else if (reader.key_is("input")) {
      input = read_messages(reader, role);
    } else if (reader.key_is("choices")) {
      choices = read_choices(reader);
    } else if (reader.key_is("output")) {
      output = read_messages(reader, role);
    } else if (reader.key_is("request") && nesting < kMaxNesting) {
      request = find_chat_text(reader, role, nesting + 1);
    }
  }
  for (auto* found : {&messages, &input, &choices, &output, &request}) {
    if (*found && !(*found)->empty()) return std::move(*found);
  }
  return std::nullopt;
}

// At most kPreviewChars code points; "..." takes the place of the last three when text was cut.
std::string cut(std::string_view text) {
  size_t at = 0, count = 0, keep = 0;
  while (at < text.size() && count <= kPreviewChars) {
    if (count == kPreviewChars - 3) keep = at;
    at += decode_utf8(text, at).size_bytes;
    ++count;
  }
  if (count <= kPreviewChars) return std::string(text);
  return std::string(text.substr(0, keep)) + "...";
}

TextRef stored(RecordContext& context, TextRef source, PreviewRole role, std::string& scratch) {
  if (!source.present()) return {};
  std::string preview;
  if (source.size_bytes > kMaxSearchedBytes) {
    // Decode no more than the preview can need: an escape takes up to 12 bytes a code point.
    source.size_bytes = kPreviewChars * 12;
  }
  const std::string_view text = context.dataset.text_now(source, scratch);
  if (text.empty() || text == "null") return {};
  preview = preview_of(text, role);
  const TextRef place = context.dataset.reserve_text(static_cast<uint32_t>(preview.size()));
  if (!place.present()) return {};
  std::memcpy(context.dataset.writable_text(place), preview.data(), preview.size());
  return place;
}

}  // namespace

std::string preview_of(std::string_view json, PreviewRole role) {
  json::Reader reader(json);
  const std::string_view name = role == PreviewRole::User ? "user" : "assistant";
  std::optional<std::string> found;
  if (reader.peek() == json::Kind::Object) found = find_chat_text(reader, name, 0);
  if (reader.failed()) found.reset();
  return cut(found ? std::string_view(*found) : json);
}

void complete_previews(RecordContext& context, TraceScratch& scratch) {
  store::TraceFields& f = scratch.fields;
  if (f.request_preview.present() && f.response_preview.present()) return;
  for (const store::SpanFields& span : scratch.spans) {
    if (span.parent_index != store::kNoRow || span.is_orphan) continue;
    const uint32_t at = span.record.offset_bytes - context.place.offset_bytes;
    store::SpanPieces pieces = store::read_span_pieces(context.text.substr(at, span.record.size_bytes));
    pieces.inputs.offset_bytes += at;
    pieces.outputs.offset_bytes += at;
    if (!f.request_preview.present()) {
      f.request_preview = stored(context, context.ref(pieces.inputs), PreviewRole::User, scratch.text_a);
    }
    if (!f.response_preview.present()) {
      f.response_preview = stored(context, context.ref(pieces.outputs), PreviewRole::Assistant, scratch.text_a);
    }
    return;
  }
}

}  // namespace assay::ingest
