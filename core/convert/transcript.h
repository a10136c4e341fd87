// A conversation of a user, a model and its tools as spans: what agents' logs are. The root is an
// AGENT span with what was asked and the last answer; below it stand one CHAT_MODEL span for each
// answer of the model and one TOOL span for each call of a tool, from the call to its result. A
// conversation that a tool led itself (a subagent) stands below the tool's span in the same form.
//
// The inputs of a CHAT_MODEL span are the messages that came since the model's last answer, so that
// a conversation takes the room of its messages once and not once an answer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/convert/canonical.h"
#include "core/json/tree.h"

namespace assay::convert {

struct TranscriptMessage;

struct TranscriptCall {
  std::string id, name;
  std::string arguments_json;
  std::string nested_name;                // of the subagent
  std::vector<TranscriptMessage> nested;  // what it did
};

struct TranscriptMessage {
  std::string role;          // system, user, assistant, tool
  std::string content_json;  // one JSON value; "" none
  std::string reasoning;
  std::vector<TranscriptCall> calls;    // of the assistant
  std::string tool_call_id, tool_name;  // of a tool's result
  bool failed = false;                  // the tool's call
  std::string error;
  TimeNs time_ns = kNoTime;   // when it was complete
  TimeNs start_ns = kNoTime;  // of an answer or a call, where the source tells it
  std::string model, provider;
  Tokens tokens;
  Cost cost;
  std::vector<Attribute> attributes;  // kept with its span; of a user's message with the root
};

struct TranscriptOptions {
  std::string_view name = "conversation";  // of the root span
  std::string_view root_type = "AGENT";
  std::string_view parent_id;  // of the root span; "": none
  bool single_span = false;    // a plain exchange without tools needs no spans below the root
};

// Appends the spans. Ids are derived from the trace's id and each span's place; the source's id of
// a call is the attribute gen_ai.tool.call.id. Returns the number of results whose call is not
// there.
uint32_t append_transcript(CanonicalTrace& trace, const std::vector<TranscriptMessage>& messages,
                           const TranscriptOptions& options = {});

// {"messages": […]} of a range of messages, in OpenAI's form.
std::string transcript_json(const std::vector<TranscriptMessage>& messages, size_t begin,
                            size_t end);

// Messages in any form that chat_messages() understands, and Anthropic's parts (tool_use,
// tool_result, thinking). False when the value is no list of messages.
bool read_transcript(json::Node list, std::vector<TranscriptMessage>& out);
// A list of content parts (text, thinking, tool_use, tool_result; anything else stays as it is) or
// a text into the message; results of tools become messages of their own in `out`, before the
// message.
void read_content_parts(json::Node content, TranscriptMessage& message,
                        std::vector<TranscriptMessage>& out);

// Two contents of one message as one list of parts; the same content twice stays one.
void join_contents(std::string& into, const std::string& more);

// At each message of the user that follows an answer.
std::vector<std::vector<TranscriptMessage>> split_turns(std::vector<TranscriptMessage>&& messages);

}  // namespace assay::convert
