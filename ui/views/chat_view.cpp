#include "ui/views/chat_view.h"

#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/widgets.h"
#include "ui/views/parts.h"
#include "ui/views/value_view.h"

namespace assay::ui {

using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;
using PartKind = ChatPart::Kind;

namespace {

constexpr float kIndent = 18;         // of a message's text under its role
constexpr float kResultHeight = 260;  // from here on a tool's result scrolls in itself

struct RoleLook {
  const char* icon;
  Color color;
  Str name;
  bool known;
};

RoleLook role_look(std::string_view role) {
  if (role == "system" || role == "developer") return {kIconSettings, Color::TextSecondary, Str::role_system, true};
  if (role == "user") return {kIconUser, Color::SpanTool, Str::role_user, true};
  if (role == "assistant") return {kIconBot, Color::SpanModel, Str::role_assistant, true};
  if (role == "tool") return {kIconWrench, Color::SpanRetrieval, Str::role_tool, true};
  return {kIconMessageSquare, Color::TextSecondary, Str::role_tool, false};
}

TextLook indented() {
  TextLook look;
  look.indent_pt = px(kIndent);
  return look;
}

// A small label in front of a part.
void draw_label(UiFrame& f, std::string_view id, std::string_view text, kit::Tone tone, const char* icon) {
  kit::gap(px(4));
  indent_by(px(kIndent));
  kit::badge(f.kit, id, text, tone, icon);
  kit::gap(px(2));
}

void draw_result(UiFrame& f, std::string_view id, const ChatPart& result, bool with_its_call) {
  const std::string title = with_its_call ? std::string(tr(result.failed ? Str::chat_failed : Str::chat_result))
                                          : kit::tr_format(result.failed ? Str::chat_failed_of : Str::chat_result_of,
                                                           {result.name.empty() ? result.id : result.name});
  draw_label(f, id, title, result.failed ? kit::Tone::Fail : kit::Tone::Info,
             result.failed ? kIconCircleX : kIconCornerDownLeft);
  TextLook look = indented();
  look.max_height_pt = px(kResultHeight);
  if (result.text.text.empty()) {
    indent_by(px(kIndent));
    kit::text(f.kit, tr(Str::value_empty), kit::TextStyle::Body, Color::TextDisabled);
  } else {
    draw_text_block(f, kit::id_part(id, "text"), title, result.text, look);
  }
}

constexpr float kImageHeight = 260;

void draw_media(UiFrame& f, std::string_view id, const ChatPart& part) {
  const bool inlined = part.text.text.starts_with("data:");
  std::string title = part.name.empty() ? "file" : part.name;
  if (part.size_bytes > 0) title += " · " + kit::format_bytes(part.size_bytes);
  draw_label(f, id, title, kit::Tone::Neutral, kIconFile);
  if (inlined && part.name.starts_with("image/")) {
    indent_by(px(kIndent));
    if (kit::button(f.kit, kit::id_part(id, "show"), tr(Str::chat_show_image), kit::ButtonKind::Ghost, kIconEye)) {
      f.view.page_texts.push_back({title, {{"", "![" + title + "](" + part.text.text + ")"}}});
    }
    indent_by(px(kIndent));
    if (!kit::image(f.kit, kit::id_with(kit::id_part(id, "image"), static_cast<int64_t>(part.text.identity)), title, part.text.text, px(kImageHeight)))
      kit::inline_note(f.kit, kit::id_part(id, "broken"), tr(Str::chat_no_image), kIconCircleAlert);
  } else if (!inlined && !part.text.text.empty()) {
    TextLook look = indented();
    look.mono = true;
    look.color = Color::TextSecondary;
    draw_plain_text(f, kit::id_part(id, "address"), title, part.text.text, part.text.identity, look);
  }
}

void draw_reasoning(UiFrame& f, std::string_view id, const ChatPart& part) {
  indent_by(px(kIndent));
  bool& open = f.view.reader.reasoning_open;
  if (part.text.text.empty()) {
    kit::text_node(f.kit, id, tr(Str::chat_reasoning_hidden), kit::TextStyle::Small, Color::TextDisabled);
    return;
  }
  if (!kit::fold_header(f.kit, id, tr(Str::chat_reasoning), open, -1, kit::one_line(part.text.text, 120))) return;
  TextLook look = indented();
  look.color = Color::TextSecondary;
  draw_text_block(f, kit::id_part(id, "text"), tr(Str::chat_reasoning), part.text, look);
}

void draw_part(UiFrame& f, std::string_view message_id, size_t number, const std::string& title, const ChatPart& part,
               const std::vector<ChatMessage>& all) {
  const auto number_id = [&](std::string_view kind) {
    return kit::id_with(kit::id_part(message_id, kind), static_cast<int64_t>(number));
  };
  switch (part.kind) {
    case PartKind::Text:
    case PartKind::Other:
      draw_text_block(f, number == 0 ? kit::id_part(message_id, "text") : number_id("text"), title, part.text, indented());
      return;
    case PartKind::Reasoning:
      draw_reasoning(f, number_id("reasoning"), part);
      return;
    case PartKind::Media:
      draw_media(f, number_id("media"), part);
      return;
    case PartKind::ToolResult:
      if (part.other_message < 0) draw_result(f, number_id("result"), part, false);
      return;
    case PartKind::ToolCall: {
      const std::string id = number_id("call");
      draw_label(f, id, kit::tr_format(Str::value_calls_tool, {part.name}), kit::Tone::Neutral, kIconWrench);
      if (!part.text.text.empty()) draw_text_block(f, kit::id_part(id, "arguments"), part.name, part.text, indented());
      if (part.other_message >= 0) {
        draw_result(f, kit::id_part(id, "result"),
                    all[static_cast<size_t>(part.other_message)].parts[static_cast<size_t>(part.other_part)], true);
      }
      return;
    }
  }
}

void draw_message(UiFrame& f, std::string_view id, const ChatMessage& message, const std::vector<ChatMessage>& all) {
  const RoleLook look = role_look(message.role);
  const std::string title = role_title(message);
  if (message.role == "system" || message.role == "developer") {
    const std::string text = message_text(message);
    if (!kit::fold_header(f.kit, kit::id_part(id, "role"), title, f.view.reader.system_open, -1, kit::one_line(text, 160)))
      return;
  } else {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    kit::draw_icon(f.kit, ImGui::GetWindowDrawList(), {at.x, at.y, at.x + px(14), at.y + px(20)}, look.icon, look.color, 14);
    ImGui::SetCursorScreenPos(ImVec2(at.x + px(kIndent), at.y + px(2)));
    kit::text_node(f.kit, kit::id_part(id, "role"), title, kit::TextStyle::SmallStrong, look.color);
  }
  for (size_t i = 0; i < message.parts.size(); ++i) {
    if (i != 0) kit::gap(px(4));
    draw_part(f, id, i, title, message.parts[i], all);
  }
}

}  // namespace

std::string role_title(const ChatMessage& message) {
  const RoleLook look = role_look(message.role);
  std::string title = look.known ? tr(look.name) : message.role;
  if (!message.name.empty()) title += " · " + message.name;
  return title;
}

void draw_conversation(UiFrame& f, std::string_view id, const std::vector<ChatMessage>& messages) {
  bool first = true;
  for (size_t i = 0; i < messages.size(); ++i) {
    if (is_paired_result(messages[i])) continue;  // it stands with its call
    if (!first) kit::gap(px(12));
    first = false;
    draw_message(f, kit::id_with(id, static_cast<int64_t>(i)), messages[i], messages);
  }
}

void visit_conversation(const std::string& id, const std::vector<ChatMessage>& messages,
                        kit::FunctionRef<void(const std::string& text_id, const TextBlock& block)> visit) {
  for (size_t m = 0; m < messages.size(); ++m) {
    if (is_paired_result(messages[m])) continue;
    const std::string message_id = kit::id_with(id, static_cast<int64_t>(m));
    for (size_t p = 0; p < messages[m].parts.size(); ++p) {
      const ChatPart& part = messages[m].parts[p];
      const auto part_id = [&](std::string_view kind) {
        return kit::id_with(kit::id_part(message_id, kind), static_cast<int64_t>(p));
      };
      switch (part.kind) {
        case PartKind::Text:
        case PartKind::Other:
          visit(p == 0 ? kit::id_part(message_id, "text") : part_id("text"), part.text);
          break;
        case PartKind::Reasoning:
          visit(kit::id_part(part_id("reasoning"), "text"), part.text);
          break;
        case PartKind::Media:
          break;
        case PartKind::ToolResult:
          if (part.other_message < 0) visit(kit::id_part(part_id("result"), "text"), part.text);
          break;
        case PartKind::ToolCall:
          visit(kit::id_part(part_id("call"), "arguments"), part.text);
          if (part.other_message >= 0) {
            visit(kit::id_part(kit::id_part(part_id("call"), "result"), "text"),
                  messages[static_cast<size_t>(part.other_message)].parts[static_cast<size_t>(part.other_part)].text);
          }
          break;
      }
    }
  }
}

std::vector<std::pair<std::string, std::string>> conversation_sections(const std::vector<ChatMessage>& messages) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const ChatMessage& message : messages) {
    std::string heading = message.name.empty() ? message.role : message.role + " · " + message.name;
    std::string text;
    const auto flush = [&] {
      if (!text.empty()) out.emplace_back(heading, std::move(text));
      text.clear();
    };
    for (const ChatPart& part : message.parts) {
      switch (part.kind) {
        case PartKind::Text:
        case PartKind::Other:
          if (!text.empty()) text += "\n\n";
          text += part.text.text;
          break;
        case PartKind::Media:
          if (!text.empty()) text += "\n\n";
          text += part.text.text.starts_with("data:image/") ? "![" + part.name + "](" + part.text.text + ")" : part.name;
          break;
        case PartKind::Reasoning:
          flush();
          out.emplace_back(heading + " · " + tr(Str::chat_reasoning), part.text.text);
          break;
        case PartKind::ToolCall:
          flush();
          out.emplace_back(kit::tr_format(Str::value_calls_tool, {part.name}), part.text.text);
          break;
        case PartKind::ToolResult:
          flush();
          out.emplace_back(kit::tr_format(Str::chat_result_of, {part.name.empty() ? part.id : part.name}), part.text.text);
          break;
      }
    }
    flush();
  }
  return out;
}

}  // namespace assay::ui
