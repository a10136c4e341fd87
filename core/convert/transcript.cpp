#include "core/convert/transcript.h"

#include <algorithm>
#include <unordered_map>

#include "core/convert/chat_messages.h"
#include "core/convert/encodings.h"
#include "core/json/unescape.h"
#include "core/json/writer.h"

namespace assay::convert {
namespace {

constexpr int kMaxNesting = 8;  // subagents of subagents

void write_message(json::Writer& w, const TranscriptMessage& m) {
  ChatMessage out;
  out.role = m.role;
  out.content_json = m.content_json;
  out.reasoning = m.reasoning;
  out.tool_call_id = m.tool_call_id;
  out.name = m.tool_name;
  for (const TranscriptCall& call : m.calls) {
    out.calls.push_back({call.id, call.name, call.arguments_json.empty() ? "{}" : call.arguments_json});
  }
  write_chat_message(w, out);
}

// Grows a trace by the spans of one conversation.
class Builder {
 public:
  Builder(CanonicalTrace& trace, const TranscriptOptions& options, int nesting)
      : trace_(trace), options_(options), nesting_(nesting), root_(trace.spans.size()) {}

  uint32_t build(const std::vector<TranscriptMessage>& messages) {
    CanonicalSpan root;
    root.id = next_id();
    root.parent_id = options_.parent_id;
    root.name = options_.name;
    root.type = options_.root_type;
    trace_.spans.push_back(std::move(root));
    size_t asked_end = messages.size(), answer = SIZE_MAX;
    for (size_t i = 0; i < messages.size(); ++i) {
      const TranscriptMessage& m = messages[i];
      if (m.role == "assistant") {
        asked_end = std::min(asked_end, i);
        if (answer == SIZE_MAX || !m.content_json.empty() || messages[answer].content_json.empty())
          answer = i;
      }
    }
    if (options_.single_span) {
      asked_end = answer == SIZE_MAX ? messages.size() : answer;
      single(messages, answer);
    } else {
      for (size_t i = 0; i < messages.size(); ++i)
        message(messages, i);
    }
    CanonicalSpan& at = trace_.spans[root_];
    at.start_ns = first_ns_;
    at.end_ns = last_ns_;
    if (asked_end > 0) at.inputs_json = transcript_json(messages, 0, asked_end);
    if (answer != SIZE_MAX) at.outputs_json = transcript_json(messages, answer, answer + 1);
    return unmatched_;
  }

 private:
  std::string next_id() const { return trace_.id + "/" + std::to_string(trace_.spans.size()); }

  void seen(TimeNs time) {
    if (time == kNoTime) return;
    if (first_ns_ == kNoTime || time < first_ns_) first_ns_ = time;
    if (last_ns_ == kNoTime || time > last_ns_) last_ns_ = time;
  }

  // All is said by the root.
  void single(const std::vector<TranscriptMessage>& messages, size_t answer) {
    for (const TranscriptMessage& m : messages) {
      seen(m.start_ns);
      seen(m.time_ns);
      for (const Attribute& a : m.attributes)
        trace_.spans[root_].attributes.push_back(a);
    }
    if (answer == SIZE_MAX) return;
    CanonicalSpan& root = trace_.spans[root_];
    root.model = messages[answer].model;
    root.provider = messages[answer].provider;
    root.tokens = messages[answer].tokens;
    root.cost = messages[answer].cost;
  }

  void message(const std::vector<TranscriptMessage>& messages, size_t i) {
    const TranscriptMessage& m = messages[i];
    seen(m.start_ns);
    seen(m.time_ns);
    if (m.role == "assistant") {
      answer(messages, i);
    } else if (m.role == "tool") {
      result(m);
    } else {
      for (const Attribute& a : m.attributes)
        trace_.spans[root_].attributes.push_back(a);
    }
    if (m.time_ns != kNoTime) before_ns_ = m.time_ns;
  }

  void answer(const std::vector<TranscriptMessage>& messages, size_t i) {
    const TranscriptMessage& m = messages[i];
    CanonicalSpan span;
    span.id = next_id();
    span.parent_id = trace_.spans[root_].id;
    span.name = m.model.empty() ? "llm" : m.model;
    span.type = "CHAT_MODEL";
    span.end_ns = m.time_ns;
    span.start_ns = m.start_ns != kNoTime   ? m.start_ns
                    : before_ns_ != kNoTime ? before_ns_
                                            : m.time_ns;
    if (span.end_ns != kNoTime && span.start_ns > span.end_ns) span.start_ns = span.end_ns;
    if (told_ < i) span.inputs_json = transcript_json(messages, told_, i);
    span.outputs_json = transcript_json(messages, i, i + 1);
    told_ = i + 1;
    span.model = m.model;
    span.provider = m.provider;
    span.tokens = m.tokens;
    span.cost = m.cost;
    span.attributes = m.attributes;
    if (m.failed) span.status = Status::Error;
    span.status_message = m.error;
    trace_.spans.push_back(std::move(span));
    for (const TranscriptCall& each : m.calls)
      call(each, m.time_ns);
  }

  void call(const TranscriptCall& call, TimeNs time) {
    CanonicalSpan span;
    span.id = next_id();
    span.parent_id = trace_.spans[root_].id;
    span.name = call.name.empty() ? "tool" : call.name;
    span.type = "TOOL";
    span.start_ns = time;
    span.inputs_json = call.arguments_json;
    add_text_attribute(span.attributes, "gen_ai.tool.call.id", call.id);
    open_[call.id].push_back(trace_.spans.size());
    const std::string id = span.id;
    trace_.spans.push_back(std::move(span));
    if (call.nested.empty() || nesting_ >= kMaxNesting) return;
    TranscriptOptions nested;
    nested.name = call.nested_name.empty() ? "subagent" : std::string_view(call.nested_name);
    nested.parent_id = id;
    unmatched_ += Builder(trace_, nested, nesting_ + 1).build(call.nested);
  }

  void result(const TranscriptMessage& m) {
    auto at = open_.find(m.tool_call_id);
    size_t index;
    if (at == open_.end() || closed_[m.tool_call_id] >= at->second.size()) {
      ++unmatched_;
      CanonicalSpan span;
      span.id = next_id();
      span.parent_id = trace_.spans[root_].id;
      span.type = "TOOL";
      span.start_ns = m.start_ns != kNoTime ? m.start_ns : m.time_ns;
      add_text_attribute(span.attributes, "gen_ai.tool.call.id", m.tool_call_id);
      index = trace_.spans.size();
      trace_.spans.push_back(std::move(span));
    } else {
      index = at->second[closed_[m.tool_call_id]++];
    }
    CanonicalSpan& span = trace_.spans[index];
    if (span.name.empty()) span.name = m.tool_name.empty() ? "tool" : m.tool_name;
    if (m.start_ns != kNoTime) span.start_ns = m.start_ns;
    span.end_ns = m.time_ns;
    if (span.end_ns == kNoTime && span.start_ns != kNoTime) span.end_ns = span.start_ns;
    if (!m.content_json.empty()) span.outputs_json = json_of_text(m.content_json);
    for (const Attribute& a : m.attributes)
      span.attributes.push_back(a);
    span.status = m.failed ? Status::Error : Status::Ok;
    span.status_message = m.error;
  }

  CanonicalTrace& trace_;
  const TranscriptOptions& options_;
  int nesting_;
  size_t root_;
  size_t told_ = 0;  // messages before this one were inputs already
  TimeNs first_ns_ = kNoTime, last_ns_ = kNoTime, before_ns_ = kNoTime;
  std::unordered_map<std::string, std::vector<size_t>> open_;  // calls by id: their spans
  std::unordered_map<std::string, size_t> closed_;             // how many of them have a result
  uint32_t unmatched_ = 0;
};

std::string text_of_parts(json::Node content) {
  if (content.is_string()) return json_of_text(content.text());
  // One text part is a text.
  const json::Node only = content.size() == 1 ? content.first() : json::Node();
  if (only["type"].text() == "text" && only["text"].is_string())
    return json_of_text(only["text"].text());
  return content.present() ? std::string(content.raw()) : std::string();
}

void read_part(json::Node part, TranscriptMessage& message, std::vector<TranscriptMessage>& out,
               std::vector<json::Node>& kept) {
  const std::string type = part["type"].text();
  if (type == "thinking" || type == "reasoning") {
    std::string text = part[type].text();
    if (text.empty()) text = part["text"].text();
    if (!message.reasoning.empty() && !text.empty()) message.reasoning += '\n';
    message.reasoning += text;
  } else if (type == "tool_use" || type == "server_tool_use") {
    TranscriptCall& call = message.calls.emplace_back();
    call.id = part["id"].text();
    call.name = part["name"].text();
    if (part["input"].present()) call.arguments_json = unwrapped_json(part["input"]);
  } else if (part["tool_use_id"].is_string()) {  // tool_result, web_search_tool_result …
    TranscriptMessage& result = out.emplace_back();
    result.role = "tool";
    result.tool_call_id = part["tool_use_id"].text();
    result.content_json = text_of_parts(part["content"]);
    result.time_ns = message.time_ns;
    result.failed = part["is_error"].boolean().value_or(false);
    if (result.failed && part["content"].is_string()) result.error = part["content"].text();
  } else {
    kept.push_back(part);
  }
}

}  // namespace

uint32_t append_transcript(CanonicalTrace& trace, const std::vector<TranscriptMessage>& messages,
                           const TranscriptOptions& options) {
  return Builder(trace, options, 0).build(messages);
}

std::string transcript_json(const std::vector<TranscriptMessage>& messages, size_t begin,
                            size_t end) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  w.key("messages");
  w.begin_array();
  for (size_t i = begin; i < end && i < messages.size(); ++i)
    write_message(w, messages[i]);
  w.end_array();
  w.end_object();
  return out;
}

void join_contents(std::string& into, const std::string& more) {
  if (more.empty() || into == more) return;
  if (into.empty()) {
    into = more;
    return;
  }
  const auto part = [](const std::string& json) {
    return json[0] == '"' ? "{\"type\":\"text\",\"text\":" + json + "}" : json;
  };
  if (into[0] == '[') {
    into.pop_back();
  } else {
    into = "[" + part(into);
  }
  if (into.size() > 1) into += ',';
  into += more[0] == '[' ? more.substr(1) : part(more) + "]";
}

std::vector<std::vector<TranscriptMessage>> split_turns(std::vector<TranscriptMessage>&& messages) {
  std::vector<std::vector<TranscriptMessage>> turns;
  bool answered = true;
  for (TranscriptMessage& m : messages) {
    if (turns.empty() || (m.role == "user" && answered)) {
      turns.emplace_back();
      answered = false;
    }
    answered = answered || m.role == "assistant";
    turns.back().push_back(std::move(m));
  }
  return turns;
}

void read_content_parts(json::Node content, TranscriptMessage& message,
                        std::vector<TranscriptMessage>& out) {
  if (content.is_string()) {
    message.content_json = content.raw();
    return;
  }
  if (!content.is_array()) {
    if (content.has_content()) message.content_json = content.raw();
    return;
  }
  std::vector<json::Node> kept;
  for (json::Node part = content.first(); part; part = part.next())
    read_part(part, message, out, kept);
  if (kept.empty()) return;
  if (kept.size() == 1 && kept[0]["type"].text() == "text" && kept[0]["text"].is_string()) {
    message.content_json = kept[0]["text"].raw();
    return;
  }
  json::Writer w(message.content_json);
  w.begin_array();
  for (const json::Node part : kept)
    w.raw(part.raw());
  w.end_array();
}

bool read_transcript(json::Node list, std::vector<TranscriptMessage>& out) {
  if (!list.is_array()) return false;
  const std::string normal = chat_messages(list.raw());
  json::Tree tree;
  if (normal.empty() || !tree.parse(normal)) return false;
  for (json::Node each = tree.root().first(); each; each = each.next()) {
    TranscriptMessage m;
    m.role = each["role"].text();
    m.reasoning = each["reasoning_content"].text();
    m.tool_call_id = each["tool_call_id"].text();
    m.tool_name = each["name"].text();
    read_content_parts(each["content"], m, out);
    for (json::Node call = each["tool_calls"].first(); call; call = call.next()) {
      const json::Node function = call["function"];
      m.calls.push_back({call["id"].text(),
                         function["name"].text(),
                         json_of_text(function["arguments"].text()),
                         {},
                         {}});
    }
    const bool empty = m.content_json.empty() && m.calls.empty() && m.reasoning.empty();
    const bool only_results =
        empty && !out.empty() && each["content"].is_array() && each["content"].size() > 0;
    if (m.role == "tool" || m.role == "function") m.role = "tool";
    if (m.role == "developer") m.role = "system";
    if (!only_results) out.push_back(std::move(m));
  }
  return true;
}

}  // namespace assay::convert
