#include "ui/views/scorer_texts.h"

#include "ui/kit/i18n.h"
#include "ui/kit/icons.h"

namespace assay::ui {
namespace {

const char* text_or_empty(std::string_view prefix, std::string_view key) {
  const char* text = kit::tr_key(std::string(prefix) + "." + std::string(key));
  return text != nullptr ? text : "";
}

}  // namespace

const char* kind_name(judge::ScorerKind kind) {
  return text_or_empty("kind", judge::default_scorer_name(kind));
}

const char* kind_reads(judge::ScorerKind kind) {
  return text_or_empty("reads", judge::default_scorer_name(kind));
}

const char* kind_icon(judge::ScorerKind kind) {
  if (judge::takes_guidelines(kind)) return kIconListChecks;
  switch (judge::scorer_info(kind).group) {
    case judge::ScorerGroup::Response:
      return kIconTarget;
    case judge::ScorerGroup::Expected:
      return kIconCircleCheck;
    case judge::ScorerGroup::Retrieval:
      return kIconBookOpen;
    case judge::ScorerGroup::Tools:
      return kIconWrench;
    case judge::ScorerGroup::Conversation:
      return kIconMessageSquareText;
    case judge::ScorerGroup::Own:
      return kIconGavel;
    case judge::ScorerGroup::Text:
      return kIconFileText;
    case judge::ScorerGroup::Measures:
      return kIconTimer;
    case judge::ScorerGroup::Trajectory:
      return kIconListTree;
    default:
      return kIconCode;
  }
}

const char* group_name(judge::ScorerGroup group) {
  return text_or_empty("scorer.group", std::to_string(static_cast<int>(group)));
}

const char* level_name(judge::ScorerLevel level) {
  switch (level) {
    case judge::ScorerLevel::Trace:
      return kit::tr(kit::Str::level_trace);
    case judge::ScorerLevel::Retriever:
      return kit::tr(kit::Str::level_retriever);
    case judge::ScorerLevel::Chunk:
      return kit::tr(kit::Str::level_chunk);
    case judge::ScorerLevel::Session:
      return kit::tr(kit::Str::level_session);
  }
  return "";
}

std::string skip_text(judge::SkipReason reason) {
  const char* text = kit::tr_key("skip." + std::string(judge::skip_reason_name(reason)));
  return std::string(text != nullptr ? std::string_view(text) : judge::skip_reason_text(reason));
}

std::string message_text(const app::Message& message) {
  const char* pattern = message.key.empty() ? nullptr : kit::tr_key(message.key);
  if (pattern == nullptr) return message.text;
  const auto arg = [&message](size_t i) { return i < message.args.size() ? std::string_view(message.args[i]) : std::string_view(); };
  return kit::format_text(pattern, {arg(0), arg(1), arg(2)});
}

std::string text_of_key(std::string_view prefix, std::string_view key) {
  const char* text = kit::tr_key(std::string(prefix) + "." + std::string(key));
  return text != nullptr ? std::string(text) : std::string(key);
}

}  // namespace assay::ui
