#include "core/convert/codex.h"

#include <algorithm>
#include <unordered_map>

#include "core/convert/encodings.h"
#include "core/convert/reading.h"
#include "core/convert/transcript.h"
#include "core/json/unescape.h"
#include "core/json/writer.h"

namespace assay::convert {
namespace {

constexpr std::string_view kPrefix = "codex.";

// The first versions: a line of bare metadata, then bare response items.
bool is_bare_meta(json::Node record) {
  return record["id"].is_string() && record["timestamp"].is_string() && !record["type"].present() &&
         (record["instructions"].present() || record["git"].present()) &&
         !record["messages"].present();
}
bool is_bare_item(std::string_view type, json::Node record) {
  return (names_contain(" function_call function_call_output local_shell_call custom_tool_call "
                        "custom_tool_call_output ",
                        type) &&
          record["call_id"].is_string()) ||
         (type == "reasoning" && record["summary"].is_array()) ||
         (type == "message" && record["role"].is_string() && record["content"].is_array()) ||
         record["record_type"].is_string();
}

bool matches(json::Node record) {
  const std::string type = record["type"].text();
  if (record["payload"].present() && record["timestamp"].present()) {
    return names_contain(" session_meta turn_context response_item event_msg compacted ", type);
  }
  return is_bare_meta(record) || is_bare_item(type, record);
}

std::string text_of_content(json::Node content) {
  if (content.is_string()) return content.text();
  std::string out;
  for (json::Node part = content.first(); part; part = part.next()) {
    if (!part["text"].is_string()) continue;
    if (!out.empty()) out += '\n';
    out += part["text"].text();
  }
  return out;
}

// Texts that the program sends in the user's name.
bool is_inserted(std::string_view text) {
  for (const std::string_view start :
       {"<environment_context>", "<user_instructions>", "# AGENTS.md instructions",
        "<turn_aborted>", "<INSTRUCTIONS>", "<skill>", "<subagent_notification>",
        "<user_shell_command>", "<permissions"}) {
    if (text.substr(0, start.size()) == start) return true;
  }
  return false;
}

struct Item {
  enum class Kind : uint8_t {
    User,
    Answer,
    Call,
    Result,
    Context,
    Usage,
    TurnContext,
    Event
  } kind = Kind::Event;
  bool from_event = false;  // repeats a response item where there is one
  TranscriptMessage message;
  std::string event_name;
  std::string json;  // of a turn's context: the payload
};

struct Session {
  std::string id;
  Pairs metadata;
  std::string provider;
  TimeNs time_ns = kNoTime;
  std::vector<Item> items;
  Tokens seen_total;  // the running total that was told last
};

class Reader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    if (is_bare_meta(record)) return read_meta(context, record);
    time_ns_ = any_time_ns(record["timestamp"]);
    const json::Node payload = record["payload"];
    const std::string type = record["type"].text();
    const bool known = session_ != nullptr && file_name_ == context.file_name;
    if (!known && type != "session_meta") begin(context, file_stem(context.file_name));
    if (!payload.present()) return read_response(record, type);
    if (type == "session_meta") {
      const TimeNs time = time_ns_;
      read_meta(context, payload);
      time_ns_ = time;
    } else if (type == "turn_context") {
      Item& item = add(Item::Kind::TurnContext);
      item.json = payload.raw();
    } else if (type == "response_item") {
      read_response(payload, payload["type"].text());
    } else if (type == "event_msg") {
      read_event(payload, payload["type"].text());
    } else {
      keep_event(payload, type);
    }
  }

  void begin(Context& context, std::string id) {
    file_name_ = context.file_name;
    const auto [at, fresh] = by_id_.emplace(id, sessions_.size());
    if (fresh) {
      sessions_.push_back(std::make_unique<Session>());
      sessions_.back()->id = std::move(id);
    }
    session_ = sessions_[at->second].get();
  }

  void read_meta(Context& context, json::Node meta) {
    std::string id = meta["id"].text();
    begin(context, id.empty() ? file_stem(context.file_name) : id);
    if (!session_->metadata.empty()) return;
    Pairs& metadata = session_->metadata;
    keep_pair(meta["cwd"], "mlflow.trace.working_directory", metadata);
    session_->time_ns = any_time_ns(meta["timestamp"]);
    session_->provider = meta["model_provider"].text();
    const json::Node git = meta["git"];
    keep_pair(git["branch"], "mlflow.source.git.branch", metadata);
    keep_pair(git["commit_hash"], "mlflow.source.git.commit", metadata);
    keep_pair(git["repository_url"], "mlflow.source.git.repoURL", metadata);
    keep_rest(meta, " id cwd git type ", kPrefix, metadata);
  }

  Item& add(Item::Kind kind) {
    Item& item = session_->items.emplace_back();
    item.kind = kind;
    item.message.time_ns = time_ns_;
    return item;
  }

  void read_response(json::Node item, const std::string& type) {
    if (type == "message") {
      const std::string role = item["role"].text();
      const std::string text = text_of_content(item["content"]);
      const bool spoken = role == "user" && !is_inserted(text);
      Item& to = add(role == "assistant" ? Item::Kind::Answer
                     : spoken            ? Item::Kind::User
                                         : Item::Kind::Context);
      to.message.role = role == "developer" ? "system" : role;
      to.message.content_json = json::quoted(text);
      // Parts that are no text (images) stay as they are.
      for (json::Node part = item["content"].first(); part; part = part.next()) {
        if (!part["text"].is_string()) to.message.content_json = item["content"].raw();
      }
      keep_rest(item, " type role content ", kPrefix, to.message.attributes);
    } else if (type == "reasoning") {
      Item& to = add(Item::Kind::Answer);
      to.message.role = "assistant";
      to.message.reasoning =
          text_of_content(item["content"].has_content() ? item["content"] : item["summary"]);
      keep_rest(item, " type summary content encrypted_content ", kPrefix, to.message.attributes);
    } else if (item["call_id"].is_string() &&
               (item["output"].present() || type == "tool_search_output")) {
      read_result(item);
    } else if (type.size() > 5 &&
               (type.substr(type.size() - 5) == "_call" || type == "custom_tool_call")) {
      read_call(item, type);
    } else {
      keep_event(item, type.empty() ? "record" : type);
    }
  }

  void read_call(json::Node item, const std::string& type) {
    Item& to = add(Item::Kind::Call);
    to.message.role = "assistant";
    TranscriptCall& call = to.message.calls.emplace_back();
    call.id = first_text_of(item, {"call_id", "id"});
    call.name = item["name"].is_string() ? item["name"].text() : type.substr(0, type.size() - 5);
    call.arguments_json = unwrapped_json(first_of(item, {"arguments", "input", "action"}));
    // A search on the web is done by the model's server: there is no output.
    if (type == "web_search_call") {
      Item& result = add(Item::Kind::Result);
      result.message.role = "tool";
      result.message.tool_call_id = session_->items[session_->items.size() - 2].message.calls[0].id;
      keep_rest(item, " type call_id id name action ", kPrefix, result.message.attributes);
      return;
    }
    keep_rest(item, " type call_id name arguments input action ", kPrefix, to.message.attributes);
  }

  void read_result(json::Node item) {
    Item& to = add(Item::Kind::Result);
    TranscriptMessage& m = to.message;
    m.role = "tool";
    m.tool_call_id = item["call_id"].text();
    const Unwrapped output(item["output"]);
    // {"output": text, "metadata": {"exit_code", "duration_seconds"}}, or {"content", "success"}.
    const json::Node text = first_of(output.node, {"output", "content"});
    m.content_json = text.present() ? unwrapped_json(text) : unwrapped_json(item["output"]);
    const auto exit_code = output.node["metadata"]["exit_code"].integer();
    m.failed = (exit_code && *exit_code != 0) || !output.node["success"].boolean().value_or(true);
    if (exit_code && *exit_code != 0) m.error = "exit code " + std::to_string(*exit_code);
    keep_rest(output.node, " output content ", kPrefix, m.attributes);
    keep_rest(item, " type call_id output ", kPrefix, m.attributes);
  }

  void read_event(json::Node event, const std::string& type) {
    if (type == "user_message" || type == "agent_message" || type == "agent_reasoning") {
      const bool user = type == "user_message";
      Item& to = add(user ? Item::Kind::User : Item::Kind::Answer);
      to.from_event = true;
      to.message.role = user ? "user" : "assistant";
      if (type == "agent_reasoning") {
        to.message.reasoning = event["text"].text();
      } else {
        to.message.content_json = json::quoted(event["message"].text());
      }
    } else if (type == "token_count") {
      read_usage_event(event["info"]);
    } else {
      keep_event(event, type);
    }
  }

  // The total runs over the whole session; the same total again is the same answer told again.
  void read_usage_event(json::Node info) {
    const auto read = [](json::Node usage, Tokens& t) {
      read_usage(usage, t);
      if (t.cache_read < 0) t.cache_read = count_of(usage["cached_input_tokens"]);
      if (t.reasoning < 0) t.reasoning = count_of(usage["reasoning_output_tokens"]);
    };
    Tokens total, last;
    read(info["total_token_usage"], total);
    read(info["last_token_usage"], last);
    if (!total.known() && !last.known()) return;
    Tokens& seen = session_->seen_total;
    if (total.known() && total.input == seen.input && total.output == seen.output &&
        total.total == seen.total)
      return;
    if (!last.known()) {
      const auto difference = [](int64_t now, int64_t before) {
        return now < 0 ? -1 : std::max<int64_t>(0, now - std::max<int64_t>(0, before));
      };
      last = {difference(total.input, seen.input),
              difference(total.output, seen.output),
              difference(total.total, seen.total),
              difference(total.cache_read, seen.cache_read),
              -1,
              difference(total.reasoning, seen.reasoning)};
    }
    if (total.known()) seen = total;
    add(Item::Kind::Usage).message.tokens = last;
  }

  void keep_event(json::Node payload, const std::string& type) {
    Item& to = add(Item::Kind::Event);
    to.event_name = std::string(kPrefix) + type;
    keep_rest(payload, " type ", "", to.message.attributes);
    if (!payload.is_object() && payload.has_content())
      add_attribute(to.message.attributes, "payload", std::string(payload.raw()));
  }

  void finish(Context& context) override {
    for (const auto& session : sessions_)
      finish_session(context, *session);
    sessions_.clear();
    by_id_.clear();
    session_ = nullptr;
  }

  // A turn being put together.
  struct Turn {
    std::vector<TranscriptMessage> messages;
    std::vector<SpanEvent> events;
    bool open_answer = false;  // the last message takes further parts of the same answer
    size_t last_answer = SIZE_MAX;
    Pairs metadata;
  };

  void finish_session(Context& context, Session& session) {
    // Events repeat what response items say, and are read only where those are missing.
    bool users = false, answers = false, thoughts = false;
    for (const Item& item : session.items) {
      if (item.from_event) continue;
      users = users || item.kind == Item::Kind::User;
      answers = answers || (item.kind == Item::Kind::Answer && !item.message.content_json.empty());
      thoughts = thoughts || (item.kind == Item::Kind::Answer && !item.message.reasoning.empty());
    }
    Turn turn;
    std::string model;
    uint32_t turns = 0;
    std::vector<Item> waiting;  // after an answer: of this turn if it goes on, else of the next
    const auto flush = [&] {
      for (Item& item : waiting)
        take(turn, std::move(item), model, session.provider);
      waiting.clear();
    };
    for (Item& item : session.items) {
      const bool thought = !item.message.reasoning.empty();
      const bool repeats = item.from_event && (item.kind == Item::Kind::User ? users
                                               : thought                     ? thoughts
                                                                             : answers);
      if (repeats) continue;
      if (item.kind == Item::Kind::User && turn.last_answer != SIZE_MAX) {
        emit(context, session, turn, ++turns);
        turn = Turn();
      }
      const bool may_wait = item.kind == Item::Kind::TurnContext ||
                            item.kind == Item::Kind::Context ||
                            item.event_name == "codex.task_started";
      if (may_wait && turn.last_answer != SIZE_MAX) {
        waiting.push_back(std::move(item));
        continue;
      }
      if (item.kind != Item::Kind::Usage && item.kind != Item::Kind::Event) flush();
      take(turn, std::move(item), model, session.provider);
    }
    flush();
    if (!turn.messages.empty()) emit(context, session, turn, ++turns);
    if (turns == 0)
      context.note(ingest::IssueKind::ConversionNote,
                   "session " + session.id + " holds no message");
  }

  static void take_turn_context(const std::string& json, std::string& model, Turn& turn) {
    json::Tree tree;
    if (!tree.parse(json)) return;
    if (tree.root()["model"].has_content()) model = tree.root()["model"].text();
    keep_rest(tree.root(), " cwd model summary ", kPrefix, turn.metadata);
  }

  static void take(Turn& turn, Item&& item, std::string& model, const std::string& provider) {
    TranscriptMessage& m = item.message;
    switch (item.kind) {
      case Item::Kind::TurnContext:
        take_turn_context(item.json, model, turn);
        return;
      case Item::Kind::Answer:
      case Item::Kind::Call:
        if (!turn.open_answer) {
          m.model = model;
          m.provider = provider;
          turn.last_answer = turn.messages.size();
          turn.messages.push_back(std::move(m));
          turn.open_answer = true;
        } else {
          merge_part(turn.messages.back(), std::move(m));
        }
        return;
      case Item::Kind::Usage:
        if (turn.last_answer != SIZE_MAX)
          add_tokens(turn.messages[turn.last_answer].tokens, m.tokens);
        return;
      case Item::Kind::Event:
        turn.events.push_back({item.event_name, m.time_ns, std::move(m.attributes)});
        return;
      default:
        turn.open_answer = false;
        turn.messages.push_back(std::move(m));
    }
  }

  // Reasoning, text and calls that follow each other are one answer of the model.
  static void merge_part(TranscriptMessage& into, TranscriptMessage&& part) {
    if (!part.reasoning.empty())
      into.reasoning += (into.reasoning.empty() ? "" : "\n") + part.reasoning;
    join_contents(into.content_json, part.content_json);
    for (TranscriptCall& call : part.calls)
      into.calls.push_back(std::move(call));
    if (part.time_ns != kNoTime) into.time_ns = part.time_ns;
    for (Attribute& a : part.attributes)
      into.attributes.push_back(std::move(a));
  }

  static void add_tokens(Tokens& into, const Tokens& more) {
    const auto add = [](int64_t& a, int64_t b) {
      if (b >= 0) a = a < 0 ? b : a > INT64_MAX - b ? INT64_MAX : a + b;
    };
    add(into.input, more.input);
    add(into.output, more.output);
    add(into.total, more.total);
    add(into.cache_read, more.cache_read);
    add(into.reasoning, more.reasoning);
  }

  static void emit(Context& context, const Session& session, Turn& turn, uint32_t number) {
    CanonicalTrace trace;
    trace.id = session.id + "-turn-" + std::to_string(number);
    trace.source_format = context.format;
    trace.session = session.id;
    trace.metadata = session.metadata;
    for (auto& pair : turn.metadata)
      trace.metadata.push_back(std::move(pair));
    TranscriptOptions options;
    options.name = "codex";
    const uint32_t unmatched = append_transcript(trace, turn.messages, options);
    if (unmatched > 0) {
      context.note(ingest::IssueKind::ConversionNote,
                   trace.id + ": " + std::to_string(unmatched) +
                       " tool results whose call is not in the turn");
    }
    trace.spans.front().events = std::move(turn.events);
    if (trace.spans.front().start_ns ==
        kNoTime) {  // the first versions tell the session's time alone
      trace.state = TraceState::Ok;
      trace.request_time_ns = session.time_ns;
    }
    close_untimed(trace);
    context.emit(std::move(trace));
  }

  std::vector<std::unique_ptr<Session>> sessions_;
  std::unordered_map<std::string, size_t> by_id_;
  Session* session_ = nullptr;
  std::string file_name_;
  TimeNs time_ns_ = kNoTime;
};

}  // namespace

Format codex_format() {
  return {"Codex", matches,
          [] { return std::unique_ptr<FormatReader>(std::make_unique<Reader>()); }};
}

}  // namespace assay::convert
