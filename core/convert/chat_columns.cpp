#include "core/convert/chat_columns.h"

#include "core/convert/encodings.h"
#include "core/convert/reading.h"
#include "core/json/writer.h"

namespace assay::convert {
namespace {

struct UseNames {
  std::string_view title, names;
};
constexpr UseNames kUseNames[kUses] = {
    {"inputs",
     " input inputs question prompt query request user_input user_message user_query instruction "
     "problem "
     "问题 提问 输入 请求 用户问题 用户输入 用户提问 指令 "},
    {"outputs",
     " output outputs answer response completion prediction generation actual_output model_output "
     "model_response "
     "generated_answer generated_text assistant_response chosen final_answer "
     "回答 答案 回复 输出 响应 模型回答 模型输出 模型回复 助手回复 助手回答 "},
    {"expected",
     " expected expected_output expected_response expected_answer reference ground_truth "
     "groundtruth target "
     "reference_answer reference_output gold gold_answer ideal correct_answer "
     "参考答案 标准答案 正确答案 期望输出 期望回答 "},
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

}  // namespace

std::string_view use_title(Use use) { return kUseNames[static_cast<size_t>(use)].title; }

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

json::Node messages_of(json::Node record) {
  if (is_messages(record)) return record;  // a bare list a line
  for (const std::string_view key : {"messages", "conversations", "conversation", "dialogue",
                                     "dialog", "chat", "history", "turns"}) {
    if (is_messages(record[key])) return record[key];
  }
  const json::Node body = record["body"];  // OpenAI's batch requests
  return is_messages(body["messages"]) ? body["messages"] : json::Node();
}

bool is_bare_message(json::Node record) {
  return record["role"].is_string() &&
         (record["content"].present() || record["tool_calls"].present() ||
          record["parts"].present());
}

Guess guess_of(json::Node record) {
  Guess guess;
  for (json::Node member = record.is_object() ? record.first() : json::Node(); member;
       member = member.next()) {
    const Use use = use_of(member.key());
    if (use != Use::kCount && !guess.has(use)) guess.columns[static_cast<size_t>(use)] = member;
  }
  return guess;
}

std::string column_names(json::Node record) {
  std::string columns;
  uint32_t shown = 0;
  for (json::Node member = record.first(); member && shown < 8; member = member.next()) {
    columns += (shown++ > 0 ? ", " : "") + member.key();
  }
  return columns;
}

bool read_conversation_of(json::Node messages, std::vector<TranscriptMessage>& out) {
  if (!messages.first()["from"].is_string()) return read_transcript(messages, out);
  const std::string openai = sharegpt_messages(messages);
  json::Tree tree;
  return tree.parse(openai) && read_transcript(tree.root(), out);
}

CanonicalTrace begin_record(const Context& context, json::Node record, json::Node id) {
  CanonicalTrace trace;
  trace.source_format = context.format;
  trace.id = id.has_content()
                 ? id.text_or_raw()
                 : derived_id(context.file_name, std::to_string(context.record_number) + "\n" +
                                                     std::string(record.raw()));
  return trace;
}

void end_record(Context& context, CanonicalTrace&& trace) {
  if (trace.spans.front().start_ns == kNoTime) trace.spans.front().start_ns = trace.request_time_ns;
  if (trace.spans.front().end_ns == kNoTime)
    trace.spans.front().end_ns = trace.spans.front().start_ns;
  if (trace.state == TraceState::Derived) trace.state = TraceState::Ok;
  close_untimed(trace);
  context.emit(std::move(trace));
}

void add_feedback(CanonicalTrace& trace, std::string_view name, json::Node value,
                  std::string_view source, std::string_view rationale) {
  if (!value.has_content()) return;
  CanonicalAssessment& out = trace.assessments.emplace_back();
  out.name = normal_name(name);
  out.value_json = scalar_value(value);
  out.source_type = source;
  out.rationale = rationale;
}

}  // namespace assay::convert
