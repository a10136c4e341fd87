// Names and sentences of the kinds of scorers, in the page's language.
#pragma once

#include <string>
#include <string_view>

#include "core/app/session.h"
#include "core/judge/scorer.h"
#include "core/judge/trace_input.h"

namespace assay::ui {

const char* kind_name(judge::ScorerKind kind);
const char* kind_reads(judge::ScorerKind kind);
const char* kind_icon(judge::ScorerKind kind);
const char* group_name(judge::ScorerGroup group);
const char* level_name(judge::ScorerLevel level);
std::string skip_text(judge::SkipReason reason);
std::string message_text(const app::Message& message);
// "prefix.key" of the translation table, or `key` itself.
std::string text_of_key(std::string_view prefix, std::string_view key);

}  // namespace assay::ui
