// A judge that reads the trace with tools: the conversation of one item, in the form of each API. The
// calls are answered by PromptSource::tool_result(); the answer without a call is the verdict.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/judge/prompt.h"
#include "core/judge/reply.h"

namespace assay::judge {

constexpr int kMaxTurns = 30;  // MLflow's limit
// Of the conversation; at the limit the judge is asked to decide by what it has read.
constexpr int64_t kMaxConversationTokens = 100'000;

// Whether the scorer's judge is given tools instead of an outline of the trace.
bool reads_with_tools(const ScorerSpec& scorer);
int max_turns(const ScorerSpec& scorer);  // 2 … kMaxTurns
// The tools' part of a body, in the shape of the API: a JSON array.
std::string tools_json(Api api);

struct ToolUse {
  std::string id, name, arguments_json;
};
// What a reply asks for; no uses: it is an answer. `said_json` is what the judge said, to be sent back.
struct ToolTurn {
  std::vector<ToolUse> uses;
  std::string said_json;
  Usage usage;
};
ToolTurn read_tool_turn(Api api, std::string_view reply_body);
// From `said_json`, as it stands in the journal.
ToolTurn turn_of_said(Api api, std::string said_json);
// The same where it is not known any more which API it was said in: their forms differ.
std::vector<ToolUse> uses_of_said(std::string_view said_json);

// The messages that carry the results back, by the uses' order.
void append_results(std::vector<Message>& messages, Api api, const ToolTurn& turn,
                    const std::vector<std::string>& results);

// A refusal (400 or 422) that is about the tools themselves.
bool refuses_tools(int status, std::string_view reply_body);

struct Conversation {
  // Of a run that came back from the journal: what the judge said in turns whose results are to be read anew.
  std::vector<std::string> said;
  std::vector<Message> messages;  // after the prompt
  int turns = 0;                  // that asked for tools
  int64_t tokens = 0;             // estimated, of the messages
  Usage usage;                    // of these turns
};

// The prompt of the next turn: what was said so far, and in the last turn that an answer is due.
void continue_prompt(RenderedPrompt& prompt, const Conversation& so_far, int most_turns);

}  // namespace assay::judge
