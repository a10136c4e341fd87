#include "core/convert/claude_code.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "core/convert/encodings.h"
#include "core/convert/reading.h"
#include "core/convert/transcript.h"
#include "core/json/unescape.h"

namespace assay::convert {
namespace {

constexpr std::string_view kPrefix = "claude_code.";

bool matches(json::Node record) {
  if (record["loglines"].is_array()) return true;
  const std::string type = record["type"].text();
  if (type.empty()) return false;
  if (record["sessionId"].is_string()) return true;
  return (type == "summary" && record["leafUuid"].is_string()) ||
         (type == "file-history-snapshot" && record["snapshot"].is_object()) ||
         (record["uuid"].is_string() && record["message"].is_object() &&
          record["parentUuid"].present());
}

struct Line {
  TranscriptMessage message;
  std::vector<TranscriptMessage> results;  // of tools, in a record of the user
  std::string uuid, message_id;
  std::string spawned_agent;  // of the subagent that gave the results
  bool starts_turn = false;   // else: context, a result, an answer
  bool is_context = false;    // said to the model, but not by the user
  SpanEvent event;            // a record of the system
};

struct Session {
  std::string id, file_name;
  std::vector<Line> lines;
  std::vector<std::pair<std::string, std::vector<Line>>>
      agents;  // by id, in the order of their first record
  std::unordered_map<std::string, size_t> agent_index;
  std::unordered_map<std::string, std::string> agent_of_uuid;
  std::unordered_set<std::string> uuids;
  std::unordered_map<std::string, std::string>
      summaries;  // by the uuid of the last record summed up
  Pairs metadata;
};

struct Turn {
  std::string id;
  std::vector<TranscriptMessage> messages;
  std::unordered_map<std::string, size_t> by_message_id;
  std::vector<std::string> uuids;
  std::vector<SpanEvent> events;
};

bool begins_with(std::string_view text, std::string_view with) {
  return text.substr(0, with.size()) == with;
}

// Texts that the program puts in the user's mouth.
bool is_inserted(std::string_view text) {
  for (const std::string_view start :
       {"<command-", "<local-command-", "<bash-", "<system-reminder>", "Caveat: The messages below",
        "[Request interrupted by user"}) {
    if (begins_with(text, start)) return true;
  }
  return false;
}

std::string first_text(const TranscriptMessage& m) {
  json::Tree tree;
  if (m.content_json.empty() || !tree.parse(m.content_json)) return {};
  if (tree.root().is_string()) return tree.root().text();
  for (json::Node part = tree.root().first(); part; part = part.next()) {
    if (part["text"].is_string()) return part["text"].text();
  }
  return {};
}

void take_larger(int64_t& into, int64_t other) { into = std::max(into, other); }

// A further record of the same answer.
void merge_answer(TranscriptMessage& into, TranscriptMessage&& more, bool is_last) {
  join_contents(into.content_json, more.content_json);
  if (into.reasoning != more.reasoning) {
    if (!into.reasoning.empty() && !more.reasoning.empty()) into.reasoning += '\n';
    into.reasoning += more.reasoning;
  }
  for (TranscriptCall& call : more.calls) {
    const auto from =
        into.calls.end() - static_cast<ptrdiff_t>(std::min<size_t>(into.calls.size(), 64));
    const bool known = std::any_of(from, into.calls.end(),
                                   [&](const TranscriptCall& c) { return c.id == call.id; });
    if (!known || call.id.empty()) into.calls.push_back(std::move(call));
  }
  take_larger(into.tokens.input, more.tokens.input);
  take_larger(into.tokens.output, more.tokens.output);
  take_larger(into.tokens.cache_read, more.tokens.cache_read);
  take_larger(into.tokens.cache_creation, more.tokens.cache_creation);
  if (is_last && more.time_ns != kNoTime) into.time_ns = more.time_ns;
  for (Attribute& a : more.attributes)
    into.attributes.push_back(std::move(a));
}

void append_line(Turn& turn, Line&& line) {
  if (!line.uuid.empty()) turn.uuids.push_back(line.uuid);
  for (TranscriptMessage& result : line.results)
    turn.messages.push_back(std::move(result));
  if (!line.event.name.empty()) {
    turn.events.push_back(std::move(line.event));
    return;
  }
  if (line.message.role.empty()) return;
  if (line.message.role == "assistant" && !line.message_id.empty()) {
    const auto [at, fresh] = turn.by_message_id.emplace(line.message_id, turn.messages.size());
    if (!fresh) {
      merge_answer(turn.messages[at->second], std::move(line.message),
                   at->second + 1 == turn.messages.size());
      return;
    }
  }
  turn.messages.push_back(std::move(line.message));
}

class Reader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    const json::Node lines = record["loglines"];
    if (!lines.is_array()) return read_line(context, record, {});
    std::string session = first_text_of(record, {"sessionId", "session_id", "id"});
    if (session.empty()) session = file_stem(context.file_name);
    for (json::Node line = lines.first(); line; line = line.next())
      read_line(context, line, session);
    keep_rest(record, " loglines sessionId session_id id ", kPrefix,
              session_of(context, session).metadata);
  }

  Session& session_of(Context& context, const std::string& id) {
    const auto [at, fresh] = by_id_.emplace(id, sessions_.size());
    if (fresh) {
      sessions_.emplace_back().id = id;
      sessions_.back().file_name = context.file_name;
    }
    return sessions_[at->second];
  }

  void read_line(Context& context, json::Node node, const std::string& container) {
    const std::string type = node["type"].text();
    std::string id = node["sessionId"].text();
    if (id.empty()) id = !container.empty() ? container : last_session_;
    if (id.empty()) {  // a snapshot or a summary before the session's first record
      early_.emplace_back(node.raw());
      return;
    }
    last_session_ = id;
    Session& session = session_of(context, id);
    for (const std::string& text : std::exchange(early_, {})) {
      json::Tree tree;
      if (tree.parse(text)) read_line(context, tree.root(), id);
    }
    Line line;
    line.uuid = node["uuid"].text();
    if (!line.uuid.empty() && !session.uuids.insert(line.uuid).second)
      return;  // resumed sessions repeat records
    if (type == "summary") {
      session.summaries[node["leafUuid"].text()] = node["summary"].text();
      return;
    }
    if (type == "user" || type == "assistant") {
      if (!node["message"].is_object()) {
        context.note(ingest::IssueKind::WrongType, "message of a record of type " + type,
                     node.offset_bytes());
        return;
      }
      read_message(context, node, type, line);
    } else {
      line.event.name = std::string(kPrefix) + (type == "system" && node["subtype"].is_string()
                                                    ? "system." + node["subtype"].text()
                                                    : type);
      line.event.time_ns = any_time_ns(node["timestamp"]);
      keep_rest(node,
                " type subtype timestamp sessionId uuid parentUuid isSidechain cwd version "
                "gitBranch userType ",
                "", line.event.attributes);
    }
    if (session.metadata.empty()) keep_session_facts(node, session);
    place(context, node, session, std::move(line));
  }

  void keep_session_facts(json::Node node, Session& session) {
    Pairs& metadata = session.metadata;
    keep_pair(node["cwd"], "mlflow.trace.working_directory", metadata);
    for (const std::string_view key : {"version", "gitBranch", "userType", "slug"}) {
      keep_pair(node[key], std::string(kPrefix) + std::string(key), metadata);
    }
  }

  void read_message(Context& context, json::Node node, const std::string& type, Line& line) {
    const json::Node message = node["message"];
    TranscriptMessage& m = line.message;
    m.role = type;
    m.time_ns = any_time_ns(node["timestamp"]);
    if (m.time_ns == kNoTime && node["timestamp"].has_content()) {
      context.note(ingest::IssueKind::BadTimestamp,
                   "timestamp: " + std::string(node["timestamp"].raw().substr(0, 60)),
                   node.offset_bytes());
    }
    read_content_parts(message["content"], m, line.results);
    line.message_id = message["id"].text();
    keep_rest(node,
              " type message timestamp sessionId isSidechain cwd version gitBranch userType slug "
              "toolUseResult ",
              kPrefix, m.attributes);
    if (type == "assistant") {
      m.model = message["model"].text();
      if (begins_with(m.model, "claude")) m.provider = "anthropic";
      read_usage(message["usage"], m.tokens);
      keep_rest(message, " type role content model ", "claude_code.message.", m.attributes);
      m.failed = node["isApiErrorMessage"].boolean().value_or(false);
      if (m.failed) m.error = first_text(m);
      return;
    }
    const bool only_results = m.content_json.empty() && !line.results.empty();
    const json::Node result = node["toolUseResult"];
    line.spawned_agent = result["agentId"].text();
    if (!line.results.empty()) {
      TranscriptMessage& first = line.results.front();
      if (result.has_content() && result.raw() != first.content_json) {
        first.attributes.push_back({"claude_code.toolUseResult", std::string(result.raw())});
      }
      if (only_results) {
        for (Attribute& a : m.attributes)
          first.attributes.push_back(std::move(a));
        m.role.clear();
      }
    }
    line.is_context = node["isMeta"].boolean().value_or(false) ||
                      node["isCompactSummary"].boolean().value_or(false) ||
                      is_inserted(first_text(m));
    line.starts_turn = line.results.empty() && !line.is_context;
  }

  // Records of subagents apart.
  void place(Context& context, json::Node node, Session& session, Line&& line) {
    if (!node["isSidechain"].boolean().value_or(false)) {
      session.lines.push_back(std::move(line));
      return;
    }
    std::string agent = node["agentId"].text();
    const std::string stem = file_stem(context.file_name);
    if (agent.empty() && begins_with(stem, "agent-")) agent = stem.substr(6);
    if (agent.empty()) {
      const auto parent = session.agent_of_uuid.find(node["parentUuid"].text());
      agent = parent != session.agent_of_uuid.end() ? parent->second : "chain-" + line.uuid;
    }
    session.agent_of_uuid.emplace(line.uuid, agent);
    const auto [at, fresh] = session.agent_index.emplace(agent, session.agents.size());
    if (fresh) session.agents.emplace_back(agent, std::vector<Line>());
    session.agents[at->second].second.push_back(std::move(line));
  }

  void finish(Context& context) override {
    for (const std::string& text : std::exchange(early_, {})) {  // nothing but such records
      json::Tree tree;
      if (tree.parse(text)) read_line(context, tree.root(), file_stem(context.file_name));
    }
    for (Session& session : sessions_)
      finish_session(context, session);
    sessions_.clear();
    by_id_.clear();
  }

  void finish_session(Context& context, Session& session) {
    std::unordered_map<std::string, std::string> agent_of_call;
    std::vector<Turn> turns = turns_of(session, agent_of_call);
    std::unordered_map<std::string, TranscriptCall*> call_of_agent, call_of_prompt;
    for (Turn& turn : turns) {
      for (TranscriptMessage& m : turn.messages) {
        for (TranscriptCall& call : m.calls)
          find_spawned(call, agent_of_call, call_of_agent, call_of_prompt);
      }
    }
    std::vector<Turn> apart;
    for (auto& [agent, lines] : session.agents) {
      Turn turn;
      for (Line& line : lines)
        append_line(turn, std::move(line));
      TranscriptCall* call = nullptr;
      if (const auto at = call_of_agent.find(agent); at != call_of_agent.end()) call = at->second;
      if (call == nullptr && !turn.messages.empty()) {
        const auto at = call_of_prompt.find(first_text(turn.messages.front()));
        if (at != call_of_prompt.end()) call = at->second;
      }
      if (call != nullptr && call->nested.empty()) {
        call->nested = std::move(turn.messages);
      } else {
        turn.id = session.id + "-agent-" + agent;
        apart.push_back(std::move(turn));
      }
    }
    for (const auto& [leaf, text] : session.summaries) {
      // A summary of another file's session: it opens this one.
      if (session.uuids.count(leaf) == 0) keep_text(text, "claude_code.summary", session.metadata);
    }
    for (Turn& turn : turns)
      emit(context, session, turn, {});
    for (Turn& turn : apart)
      emit(context, session, turn, std::string_view(turn.id).substr(session.id.size() + 7));
    if (turns.empty() && apart.empty() && !session.lines.empty()) {
      context.note(ingest::IssueKind::ConversionNote,
                   "session " + session.id + " holds no message");
    }
  }

  static void find_spawned(TranscriptCall& call,
                           const std::unordered_map<std::string, std::string>& agent_of_call,
                           std::unordered_map<std::string, TranscriptCall*>& by_agent,
                           std::unordered_map<std::string, TranscriptCall*>& by_prompt) {
    json::Tree tree;
    if (call.arguments_json.empty() ||
        call.arguments_json.find("\"prompt\"") == std::string::npos ||
        !tree.parse(call.arguments_json)) {
      return;
    }
    call.nested_name = first_text_of(tree.root(), {"subagent_type", "description"});
    by_prompt.emplace(tree.root()["prompt"].text(), &call);
    const auto agent = agent_of_call.find(call.id);
    if (agent != agent_of_call.end()) by_agent.emplace(agent->second, &call);
  }

  static std::vector<Turn> turns_of(Session& session,
                                    std::unordered_map<std::string, std::string>& agent_of_call) {
    std::vector<Turn> turns;
    std::vector<Line> waiting;  // context that belongs to what comes next
    const auto flush = [&] {
      for (Line& line : waiting)
        append_line(turns.back(), std::move(line));
      waiting.clear();
    };
    const auto begin = [&](const std::string& uuid) {
      turns.emplace_back().id =
          !uuid.empty() ? uuid : session.id + "-turn-" + std::to_string(turns.size() + 1);
    };
    for (Line& line : session.lines) {
      for (const TranscriptMessage& result : line.results) {
        if (!line.spawned_agent.empty())
          agent_of_call.emplace(result.tool_call_id, line.spawned_agent);
      }
      if (line.is_context || (turns.empty() && !line.event.name.empty())) {
        waiting.push_back(std::move(line));
        continue;
      }
      if (line.starts_turn || turns.empty()) begin(line.uuid);
      if (line.event.name.empty()) flush();
      append_line(turns.back(), std::move(line));
    }
    if (!waiting.empty() && turns.empty()) {
      const bool any = std::any_of(waiting.begin(), waiting.end(),
                                   [](const Line& l) { return !l.message.role.empty(); });
      if (!any) return turns;
      begin(waiting.front().uuid);
    }
    if (!turns.empty()) flush();
    return turns;
  }

  static void emit(Context& context, const Session& session, Turn& turn, std::string_view agent) {
    if (turn.messages.empty()) return;
    CanonicalTrace trace;
    trace.id = turn.id;
    trace.source_format = context.format;
    trace.session = session.id;
    trace.metadata = session.metadata;
    keep_text(agent, "claude_code.agentId", trace.metadata);
    for (const std::string& uuid : turn.uuids) {
      const auto summary = session.summaries.find(uuid);
      if (summary != session.summaries.end())
        keep_text(summary->second, "claude_code.summary", trace.metadata);
    }
    TranscriptOptions options;
    options.name = agent.empty() ? "claude_code" : "subagent";
    const uint32_t unmatched = append_transcript(trace, turn.messages, options);
    if (unmatched > 0) {
      context.note(ingest::IssueKind::ConversionNote,
                   "turn " + turn.id + ": " + std::to_string(unmatched) +
                       " tool results whose call is not in the turn");
    }
    trace.spans.front().events = std::move(turn.events);
    close_untimed(trace);
    if (trace.spans.front().start_ns == kNoTime) trace.state = TraceState::Ok;
    context.emit(std::move(trace));
  }

  std::vector<Session> sessions_;
  std::unordered_map<std::string, size_t> by_id_;
  std::string last_session_;
  std::vector<std::string> early_;  // records before the first that names its session
};

}  // namespace

Format claude_code_format() {
  return {"Claude Code", matches,
          [] { return std::unique_ptr<FormatReader>(std::make_unique<Reader>()); }};
}

}  // namespace assay::convert
