#include "core/convert/chat.h"

#include <unordered_set>

#include "core/convert/encodings.h"
#include "core/convert/reading.h"
#include "core/convert/transcript.h"
#include "core/json/unescape.h"
#include "core/json/writer.h"

namespace assay::convert {
namespace {

constexpr std::string_view kPrefix = "record.";

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

struct UseNames {
  std::string_view title, names;
};
constexpr UseNames kUseNames[kUses] = {
    {"inputs",
     " input inputs question prompt query request user_input user_message user_query instruction "
     "problem "},
    {"outputs",
     " output outputs answer response completion prediction generation actual_output model_output "
     "model_response "
     "generated_answer generated_text assistant_response chosen final_answer "},
    {"expected",
     " expected expected_output expected_response expected_answer reference ground_truth "
     "groundtruth target "
     "reference_answer reference_output gold gold_answer ideal correct_answer "},
    {"contexts",
     " context contexts retrieved_contexts retrieval_context documents retrieved_documents "},
    {"id", " id trace_id request_id uuid run_id example_id row_id "},
    {"session", " session_id conversation_id thread_id session chat_id "},
    {"user", " user_id user username "},
    {"time", " timestamp time created_at created date datetime start_time request_time "},
    {"model", " model model_name model_id "},
    {"rationale", " rationale reason explanation comment critique "},
    {"feedback", " label feedback rating human_label human_score human_rating thumbs annotation "},
    {"feedback", " score correct passed "},
    {"feedback",
     " faithfulness answer_relevancy answer_relevance context_precision context_recall "
     "answer_correctness "
     "answer_similarity semantic_similarity factual_correctness judge_score judge_label "
     "llm_score "},
    {"tags", " tags "},
    {"system", " system system_prompt "},
};

std::string normal_name(std::string_view name) {
  std::string out;
  for (size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && i > 0 && name[i - 1] >= 'a' && name[i - 1] <= 'z') out += '_';
    out += c == ' ' || c == '-' || c == '.' ? '_' : upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

Use use_of(std::string_view name) {
  const std::string normal = normal_name(name);
  for (size_t use = 0; use < kUses; ++use) {
    if (names_contain(kUseNames[use].names, normal)) return static_cast<Use>(use);
  }
  return Use::kCount;
}

bool is_messages(json::Node list) {
  const json::Node first = list.is_array() ? list.first() : json::Node();
  return first["role"].is_string() || (first["from"].is_string() && first["value"].present()) ||
         (first["type"].is_string() && first["content"].present());
}

// The member that holds a conversation.
json::Node messages_of(json::Node record) {
  if (is_messages(record)) return record;  // a bare list a line
  for (const std::string_view key : {"messages", "conversations", "conversation", "dialogue",
                                     "dialog", "chat", "history", "turns"}) {
    if (is_messages(record[key])) return record[key];
  }
  const json::Node body = record["body"];  // OpenAI's batch requests
  return is_messages(body["messages"]) ? body["messages"] : json::Node();
}

// One message of a file that is one list of messages.
bool is_bare_message(json::Node record) {
  return record["role"].is_string() &&
         (record["content"].present() || record["tool_calls"].present() ||
          record["parts"].present());
}

struct Guess {
  json::Node columns[kUses];
  bool has(Use use) const { return columns[static_cast<size_t>(use)].present(); }
  json::Node at(Use use) const { return columns[static_cast<size_t>(use)]; }
};

// The first column of each use.
Guess guess_of(json::Node record) {
  Guess guess;
  for (json::Node member = record.is_object() ? record.first() : json::Node(); member;
       member = member.next()) {
    const Use use = use_of(member.key());
    if (use != Use::kCount && !guess.has(use)) guess.columns[static_cast<size_t>(use)] = member;
  }
  return guess;
}

bool matches(json::Node record) {
  if (messages_of(record).present() || is_bare_message(record)) return true;
  if (!record.is_object() || !record.first().present()) return false;
  if (is_table_row(record)) return true;
  const Guess guess = guess_of(record);
  return guess.has(Use::Inputs) && (guess.has(Use::Outputs) || guess.has(Use::Expected));
}

// ShareGPT's speakers in OpenAI's roles.
std::string sharegpt_messages(json::Node list) {
  constexpr std::pair<std::string_view, std::string_view> kRoles[] = {
      {"human", "user"},
      {"user", "user"},
      {"gpt", "assistant"},
      {"chatgpt", "assistant"},
      {"bot", "assistant"},
      {"assistant", "assistant"},
      {"bard", "assistant"},
      {"bing", "assistant"},
      {"model", "assistant"},
      {"system", "system"},
      {"function_call", "assistant"},
      {"observation", "tool"},
      {"tool", "tool"}};
  std::string out;
  json::Writer w(out);
  w.begin_array();
  for (json::Node each = list.first(); each; each = each.next()) {
    const std::string from = each["from"].text();
    std::string role = from;
    for (const auto& [name, ours] : kRoles) {
      if (name == from) role = ours;
    }
    w.begin_object();
    w.member("role", role);
    w.member_raw("content", each["value"].present() ? each["value"].raw() : "null");
    w.end_object();
  }
  w.end_array();
  return out;
}

void add_feedback(CanonicalTrace& trace, std::string_view name, json::Node value,
                  std::string_view source, std::string_view rationale = {}) {
  if (!value.has_content()) return;
  CanonicalAssessment& out = trace.assessments.emplace_back();
  out.name = normal_name(name);
  out.value_json = scalar_value(value);
  out.source_type = source;
  out.rationale = rationale;
}

class Reader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    const json::Node messages = messages_of(record);
    if (context.mapping != nullptr && record.is_object())
      return read_mapped(context, record, *context.mapping);
    if (messages.present()) return read_conversation(context, record, messages);
    if (is_bare_message(record)) return gather(context, record);
    read_guessed(context, record);
  }

  // Messages one by one; a new conversation begins with the system's message after an answer.
  void gather(Context& context, json::Node message) {
    const std::string role = message["role"].text();
    if (role == "system" && answered_) emit_gathered(context);
    answered_ = answered_ || role == "assistant";
    if (!bare_.empty()) bare_ += ',';
    bare_ += message.raw();
  }

  void emit_gathered(Context& context) {
    if (bare_.empty()) return;
    const std::string list = "{\"messages\":[" + bare_ + "]}";
    bare_.clear();
    answered_ = false;
    json::Tree tree;
    if (tree.parse(list)) read_conversation(context, tree.root(), tree.root()["messages"]);
  }

  void finish(Context& context) override { emit_gathered(context); }

  static CanonicalTrace begin(Context& context, json::Node record, json::Node id) {
    CanonicalTrace trace;
    trace.source_format = context.format;
    trace.id = id.has_content()
                   ? id.text_or_raw()
                   : derived_id(context.file_name, std::to_string(context.record_number) + "\n" +
                                                       std::string(record.raw()));
    return trace;
  }

  static void end(Context& context, CanonicalTrace&& trace) {
    if (trace.spans.front().start_ns == kNoTime)
      trace.spans.front().start_ns = trace.request_time_ns;
    if (trace.spans.front().end_ns == kNoTime)
      trace.spans.front().end_ns = trace.spans.front().start_ns;
    if (trace.state == TraceState::Derived) trace.state = TraceState::Ok;
    close_untimed(trace);
    context.emit(std::move(trace));
  }

  void read_conversation(Context& context, json::Node record, json::Node messages) {
    const Guess guess = guess_of(record);
    CanonicalTrace trace =
        begin(context, record, first_of(record, {"id", "custom_id", "uuid", "trace_id"}));
    std::vector<TranscriptMessage> list;
    const std::string shared =
        messages.first()["from"].is_string() ? sharegpt_messages(messages) : std::string();
    json::Tree tree;
    const bool read = shared.empty() ? read_transcript(messages, list)
                                     : tree.parse(shared) && read_transcript(tree.root(), list);
    if (!read) {
      context.note(ingest::IssueKind::WrongType,
                   "messages without roles: " + std::string(messages.raw().substr(0, 80)),
                   messages.offset_bytes());
      return;
    }
    TranscriptOptions options;
    options.root_type = "CHAT_MODEL";
    options.single_span = true;
    for (TranscriptMessage& m : list) {
      if (!m.calls.empty() || m.role == "tool") options.single_span = false;
    }
    if (!options.single_span) options.root_type = "AGENT";
    append_transcript(trace, list, options);
    CanonicalSpan& root = trace.spans.front();
    // The answer may stand beside the messages.
    const json::Node answer = first_of(record, {"response", "completion", "output", "answer"});
    std::string known =
        " id custom_id uuid trace_id messages conversations conversation dialogue dialog chat "
        "history turns tools functions usage "
        "session_id conversation_id thread_id user_id user timestamp created_at created model tags "
        "system method url ";
    if (root.outputs_json.empty() && answer.has_content()) {
      root.outputs_json = io_value(answer);
      known += answer.key() + " ";
    }
    const bool in_body = record["body"]["messages"].present() && !record["messages"].present();
    const json::Node request = in_body ? record["body"] : record;
    const json::Node tools = first_of(request, {"tools", "functions"});
    if (tools.is_array()) root.tools_json = tools.raw();
    if (root.model.empty()) root.model = first_text_of(request, {"model"});
    if (in_body) {
      known += "body ";
      keep_rest(record["body"], " messages tools functions model ", "record.body.", trace.metadata);
    }
    read_usage(record["usage"], root.tokens);
    if (record["system"].is_string() && record["system"].has_content())
      keep_pair(record["system"], "record.system", trace.metadata);
    read_common(guess, trace, known);
    if (record.is_object()) keep_rest(record, known, kPrefix, trace.metadata);
    end(context, std::move(trace));
  }

  // Session, user, time, feedback and expected answers by the usual names. `known` grows by what
  // was taken.
  static void read_common(const Guess& guess, CanonicalTrace& trace, std::string& known) {
    const auto take = [&](Use use) {
      const json::Node node = guess.at(use);
      if (node.present()) known += node.key() + " ";
      return node;
    };
    trace.session = take(Use::Session).text_or_raw();
    trace.user = take(Use::User).text_or_raw();
    if (trace.request_time_ns == kNoTime) trace.request_time_ns = any_time_ns(take(Use::Time));
    add_expected(take(Use::Expected), {}, trace);
    add_tags(take(Use::Tags), trace);
    const bool any = guess.at(Use::Human).has_content() || guess.at(Use::Code).has_content() ||
                     guess.at(Use::Judge).has_content();
    const std::string rationale = any ? take(Use::Rationale).text_or_raw() : std::string();
    for (const auto& [use, source] : {std::pair(Use::Human, "HUMAN"), std::pair(Use::Code, "CODE"),
                                      std::pair(Use::Judge, "LLM_JUDGE")}) {
      const json::Node node = take(use);
      if (node.present()) add_feedback(trace, node.key(), node, source, rationale);
    }
  }

  void read_guessed(Context& context, json::Node record) {
    const Guess guess = guess_of(record);
    if (!guess.has(Use::Inputs) && !guess.has(Use::Outputs)) return tell_unknown(context, record);
    tell_guess(context, record, guess);
    CanonicalTrace trace = begin(context, record, guess.at(Use::Id));
    CanonicalSpan root;
    root.id = trace.id + "/0";
    root.name = "record";
    root.inputs_json = io_value(guess.at(Use::Inputs));
    root.outputs_json = io_value(guess.at(Use::Outputs));
    root.type =
        span_type_of(guess.at(Use::Model).has_content() ? "LLM" : "CHAIN", root.inputs_json);
    root.model = guess.at(Use::Model).text_or_raw();
    read_usage(record, root.tokens);
    if (guess.at(Use::System).has_content())
      add_attribute(root.attributes, "record.system", std::string(guess.at(Use::System).raw()));
    trace.spans.push_back(std::move(root));
    std::string known = " ";
    for (const Use use :
         {Use::Inputs, Use::Outputs, Use::Id, Use::Model, Use::Contexts, Use::System}) {
      if (guess.has(use)) known += guess.at(use).key() + " ";
    }
    read_common(guess, trace, known);
    // Further columns that judge, beside the first of each kind.
    for (json::Node member = record.first(); member; member = member.next()) {
      const std::string name = member.key();
      const Use use = use_of(name);
      if (use != Use::Judge && use != Use::Human && use != Use::Code) continue;
      if (names_contain(known, name) || name.find(' ') != std::string::npos) continue;
      add_feedback(trace, name, member,
                   use == Use::Judge   ? "LLM_JUDGE"
                   : use == Use::Human ? "HUMAN"
                                       : "CODE");
      known += name + " ";
    }
    add_contexts(guess.at(Use::Contexts), trace);
    keep_rest(record, known, kPrefix, trace.metadata);
    end(context, std::move(trace));
  }

  // Once for each set of columns.
  void tell_guess(Context& context, json::Node record, const Guess& guess) {
    std::string told;
    for (size_t use = 0; use < kUses; ++use) {
      if (!guess.columns[use].present()) continue;
      told += (told.empty() ? "" : ", ") + guess.columns[use].key() + " → " +
              std::string(kUseNames[use].title);
    }
    if (told_.size() < 64 && told_.insert(told).second) {
      context.note(ingest::IssueKind::ConversionNote, "columns by their names: " + told,
                   record.offset_bytes());
    }
  }

  static void tell_unknown(Context& context, json::Node record) {
    std::string columns;
    uint32_t shown = 0;
    for (json::Node member = record.first(); member && shown < 8; member = member.next()) {
      columns += (shown++ > 0 ? ", " : "") + member.key();
    }
    context.note(ingest::IssueKind::UnknownRecord,
                 "map the columns: no name tells which holds inputs or outputs among " + columns);
  }

  void read_mapped(Context& context, json::Node record, const ColumnMapping& mapping) {
    const auto column = [&](const std::string& name) {
      return name.empty() ? json::Node() : record[name];
    };
    CanonicalTrace trace = begin(context, record, column(mapping.id));
    const Unwrapped messages(column(mapping.messages));
    std::vector<TranscriptMessage> list;
    const std::string shared = messages.node.first()["from"].is_string()
                                   ? sharegpt_messages(messages.node)
                                   : std::string();
    json::Tree tree;
    const bool chat = shared.empty() ? read_transcript(messages.node, list)
                                     : tree.parse(shared) && read_transcript(tree.root(), list);
    if (chat) {
      TranscriptOptions options;
      options.root_type = "CHAT_MODEL";
      options.single_span = true;
      append_transcript(trace, list, options);
    } else {
      CanonicalSpan& root = trace.spans.emplace_back();
      root.id = trace.id + "/0";
      root.name = "record";
      root.type = "CHAIN";
      if (messages.node.has_content()) {
        context.note(ingest::IssueKind::WrongType,
                     "column " + mapping.messages +
                         " holds no messages: " + std::string(messages.node.raw().substr(0, 60)));
        root.inputs_json = io_value(messages.node);
      }
    }
    CanonicalSpan& root = trace.spans.front();
    if (column(mapping.inputs).has_content()) root.inputs_json = io_value(column(mapping.inputs));
    if (column(mapping.outputs).has_content())
      root.outputs_json = io_value(column(mapping.outputs));
    trace.session = column(mapping.session).text_or_raw();
    trace.user = column(mapping.user).text_or_raw();
    const json::Node time = column(mapping.time);
    trace.request_time_ns = any_time_ns(time);
    if (trace.request_time_ns == kNoTime && time.has_content()) {
      context.note(ingest::IssueKind::BadTimestamp,
                   mapping.time + ": " + std::string(time.raw().substr(0, 60)),
                   time.offset_bytes());
    }
    add_expected(column(mapping.expected), {}, trace);
    add_feedback(trace, mapping.feedback, column(mapping.feedback), "HUMAN");
    for (json::Node member = record.first(); member; member = member.next()) {
      const std::string name = member.key();
      bool used = false;
      for (const std::string* each :
           {&mapping.inputs, &mapping.outputs, &mapping.expected, &mapping.messages, &mapping.id,
            &mapping.session, &mapping.user, &mapping.time, &mapping.feedback}) {
        used = used || *each == name;
      }
      if (!used) keep_pair(member, std::string(kPrefix) + name, trace.metadata);
    }
    end(context, std::move(trace));
  }

  std::unordered_set<std::string> told_;
  std::string bare_;  // messages, with commas between
  bool answered_ = false;
};

}  // namespace

Format chat_format() {
  return {"Chat messages or table", matches,
          [] { return std::unique_ptr<FormatReader>(std::make_unique<Reader>()); }};
}

}  // namespace assay::convert
