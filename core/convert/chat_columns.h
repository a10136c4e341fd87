// What the columns of tables and plain chat records are by their usual names, and what the two
// readers of such records share: the one that guesses (chat.cpp) and the one that was told
// (mapped_row.cpp).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/convert/canonical.h"
#include "core/convert/format.h"
#include "core/convert/transcript.h"
#include "core/json/tree.h"

namespace assay::convert {

constexpr std::string_view kRecordPrefix = "record.";  // of metadata that no one knows

// What a column may be for; in the order in which names are looked for.
enum class Use : uint8_t {
  Inputs,
  Outputs,
  Expected,
  Contexts,
  Id,
  Session,
  User,
  Time,
  Model,
  Rationale,
  Human,
  Code,
  Judge,
  Tags,
  System,
  kCount
};
constexpr size_t kUses = static_cast<size_t>(Use::kCount);

std::string_view use_title(Use use);
Use use_of(std::string_view column);  // kCount: the name tells nothing
// "User Input" → "user_input".
std::string normal_name(std::string_view name);

struct Guess {
  json::Node columns[kUses];
  bool has(Use use) const { return columns[static_cast<size_t>(use)].present(); }
  json::Node at(Use use) const { return columns[static_cast<size_t>(use)]; }
};

// The first column of each use.
Guess guess_of(json::Node record);
// "alpha, beta": the first eight.
std::string column_names(json::Node record);

bool is_messages(json::Node list);
// The member that holds a conversation.
json::Node messages_of(json::Node record);
// One message of a file that is one list of messages.
bool is_bare_message(json::Node record);
// OpenAI's and others' messages, and ShareGPT's; false: there are none.
bool read_conversation_of(json::Node messages, std::vector<TranscriptMessage>& out);

// A trace of its own for a record, with the record's id or one made of its contents.
CanonicalTrace begin_record(const Context& context, json::Node record, json::Node id);
void end_record(Context& context, CanonicalTrace&& trace);
void add_feedback(CanonicalTrace& trace, std::string_view name, json::Node value,
                  std::string_view source, std::string_view rationale = {});

}  // namespace assay::convert
