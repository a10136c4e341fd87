#include "core/convert/chat.h"

#include <unordered_set>

#include "core/convert/chat_columns.h"
#include "core/convert/encodings.h"
#include "core/convert/mapped_row.h"
#include "core/convert/reading.h"
#include "core/convert/transcript.h"

namespace assay::convert {
namespace {

bool matches(json::Node record) {
  if (messages_of(record).present() || is_bare_message(record)) return true;
  if (!record.is_object() || !record.first().present()) return false;
  if (is_table_row(record)) return true;
  const Guess guess = guess_of(record);
  return guess.has(Use::Inputs) && (guess.has(Use::Outputs) || guess.has(Use::Expected));
}

class Reader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    const json::Node messages = messages_of(record);
    if (context.mapping != nullptr && record.is_object())
      return read_mapped_row(context, record, *context.mapping);
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

  void read_conversation(Context& context, json::Node record, json::Node messages) {
    const Guess guess = guess_of(record);
    CanonicalTrace trace =
        begin_record(context, record, first_of(record, {"id", "custom_id", "uuid", "trace_id"}));
    std::vector<TranscriptMessage> list;
    if (!read_conversation_of(messages, list)) {
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
    keep_metadata(record, trace, known);
    if (record.is_object()) keep_rest(record, known, kRecordPrefix, trace.metadata);
    end_record(context, std::move(trace));
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
    CanonicalTrace trace = begin_record(context, record, guess.at(Use::Id));
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
    keep_metadata(record, trace, known);
    keep_rest(record, known, kRecordPrefix, trace.metadata);
    end_record(context, std::move(trace));
  }

  // What stands as `metadata` already is MLflow's, a pair for each member. Names that mean something to MLflow or to us
  // are only ours to give.
  static void keep_metadata(json::Node record, CanonicalTrace& trace, std::string& known) {
    const json::Node metadata = record["metadata"];
    if (!metadata.is_object() || names_contain(known, "metadata")) return;
    known += "metadata ";
    for (json::Node each = metadata.first(); each; each = each.next()) {
      const std::string key = each.key();
      const bool reserved = key.empty() || key.rfind("mlflow.", 0) == 0 || key.rfind("assay.", 0) == 0;
      keep_pair(each, (reserved ? std::string(kRecordPrefix) + "metadata." : std::string()) + key, trace.metadata);
    }
  }

  // Once for each set of columns.
  void tell_guess(Context& context, json::Node record, const Guess& guess) {
    std::string told;
    for (size_t use = 0; use < kUses; ++use) {
      if (!guess.columns[use].present()) continue;
      told += (told.empty() ? "" : ", ") + guess.columns[use].key() + " → " +
              std::string(use_title(static_cast<Use>(use)));
    }
    if (told_.size() < 64 && told_.insert(told).second) {
      context.note(ingest::IssueKind::ConversionNote, "columns by their names: " + told,
                   record.offset_bytes());
    }
  }

  void tell_unknown(Context& context, json::Node record) {
    const std::string columns = column_names(record);
    if (told_.size() < 64 && told_.insert(columns).second) {
      context.note(ingest::IssueKind::ColumnsUnknown,
                   "columns: " + columns);
    } else {
      ++context.report.counts[static_cast<size_t>(ingest::IssueKind::ColumnsUnknown)];
    }
  }

  std::unordered_set<std::string> told_;
  std::string bare_;  // messages, with commas between
  bool answered_ = false;
};

}  // namespace

Format chat_format() {
  return {kChatFormatName, matches,
          [] { return std::unique_ptr<FormatReader>(std::make_unique<Reader>()); }};
}

}  // namespace assay::convert
