// A conversation: who says what, calls of tools with their results, reasoning, images; system
// prompts folded.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ui/frame.h"

namespace assay::ui {

void draw_conversation(UiFrame& f, std::string_view id, const std::vector<ChatMessage>& messages);

// The texts of a conversation in the order in which they are drawn, with the ids they are drawn under.
void visit_conversation(const std::string& id, const std::vector<ChatMessage>& messages,
                        kit::FunctionRef<void(const std::string& text_id, const TextBlock& block)> visit);

// The role in the language of the page: "User", "用户"; unknown ones as they are written.
std::string role_title(const ChatMessage& message);
// The conversation as sections of a page of text: heading and text.
std::vector<std::pair<std::string, std::string>> conversation_sections(const std::vector<ChatMessage>& messages);

}  // namespace assay::ui
