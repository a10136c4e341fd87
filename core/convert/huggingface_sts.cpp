#include "core/convert/huggingface_sts.h"

#include "core/convert/encodings.h"
#include "core/convert/reading.h"
#include "core/convert/transcript.h"

namespace assay::convert {
namespace {

constexpr std::string_view kPrefix = "hf_sts.";

bool matches(json::Node record) {
  const std::string type = record["type"].text();
  if (type == "session")
    return record["id"].is_string() && (record["harness"].is_string() || record["cwd"].is_string());
  return type == "message" && record["message"]["role"].is_string();
}

class Reader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    if (record["type"].text() == "session") {
      flush(context);
      id_ = record["id"].text();
      keep_pair(record["cwd"], "mlflow.trace.working_directory", metadata_);
      keep_rest(record, " type id cwd ", kPrefix, metadata_);
      name_ = record["harness"].text();
      file_name_ = context.file_name;
      return;
    }
    if (file_name_ != context.file_name) {
      flush(context);
      file_name_ = context.file_name;
    }
    read_message(context, record);
  }

  void read_message(Context& context, json::Node record) {
    const json::Node message = record["message"];
    TranscriptMessage m;
    m.role = message["role"].text();
    if (m.role == "toolResult") m.role = "tool";
    m.time_ns = time_member(context, message, {"timestamp"});
    if (m.time_ns == kNoTime) m.time_ns = time_member(context, record, {"timestamp"});
    m.reasoning = message["reasoningContent"].text();
    m.model = message["model"].text();
    m.tool_call_id = first_text_of(message, {"toolCallId", "tool_call_id"});
    m.tool_name = message["toolName"].text();
    m.failed = message["isError"].boolean().value_or(false);
    read_content_parts(message["content"], m, messages_);
    const json::Node calls = first_of(message, {"toolCalls", "tool_calls"});
    for (json::Node call = calls.first(); call; call = call.next()) {
      const json::Node function = call["function"];
      m.calls.push_back({call["id"].text(),
                         function["name"].text(),
                         unwrapped_json(function["arguments"]),
                         {},
                         {}});
    }
    read_usage(message["usage"], m.tokens);
    keep_rest(message,
              " role content reasoningContent toolCalls tool_calls toolCallId tool_call_id "
              "toolName isError timestamp model ",
              kPrefix, m.attributes);
    keep_rest(record, " type message timestamp ", kPrefix, m.attributes);
    messages_.push_back(std::move(m));
  }

  void finish(Context& context) override { flush(context); }

  void flush(Context& context) {
    if (id_.empty()) id_ = file_stem(file_name_);
    uint32_t number = 0;
    for (const auto& turn : split_turns(std::move(messages_))) {
      CanonicalTrace trace;
      trace.id = id_ + "-turn-" + std::to_string(++number);
      trace.session = id_;
      trace.source_format = context.format;
      trace.metadata = metadata_;
      TranscriptOptions options;
      if (!name_.empty()) options.name = name_;
      const uint32_t unmatched = append_transcript(trace, turn, options);
      if (unmatched > 0) {
        context.note(ingest::IssueKind::ConversionNote,
                     trace.id + ": " + std::to_string(unmatched) +
                         " tool results whose call is not in the turn");
      }
      if (trace.spans.front().start_ns == kNoTime) trace.state = TraceState::Ok;
      close_untimed(trace);
      context.emit(std::move(trace));
    }
    messages_.clear();
    metadata_.clear();
    id_.clear();
    name_.clear();
  }

  std::string id_, name_, file_name_;
  Pairs metadata_;
  std::vector<TranscriptMessage> messages_;
};

}  // namespace

Format huggingface_sts_format() {
  return {"Hugging Face session trace", matches,
          [] { return std::unique_ptr<FormatReader>(std::make_unique<Reader>()); }};
}

}  // namespace assay::convert
