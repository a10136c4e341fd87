// Conversations of every convention, compared with their prints in tests/golden/chat. To write a
// print anew after looking at it: ASSAY_WRITE_GOLDEN=1 build/dev/tests/ui_tests "[chat]".
#include <catch2/catch_test_macros.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/support/fake_platform.h"
#include "ui/views/chat_content.h"
#include "ui/views/json_parts.h"

using namespace assay;
using namespace assay::ui;

namespace {

std::string print(const std::vector<ChatMessage>& messages) {
  std::string out;
  for (const ChatMessage& message : messages) {
    out += message.role + (message.name.empty() ? "" : " (" + message.name + ")");
    out += is_paired_result(message) ? " [with its call]\n" : "\n";
    for (const ChatPart& part : message.parts) {
      static constexpr const char* kKinds[] = {"text", "reasoning", "call", "result", "media", "other"};
      out += std::string("  ") + kKinds[static_cast<size_t>(part.kind)];
      if (!part.name.empty()) out += " " + part.name;
      if (!part.id.empty()) out += " #" + part.id;
      if (part.failed) out += " failed";
      if (part.size_bytes > 0) out += " " + std::to_string(part.size_bytes) + " bytes";
      if (part.other_message >= 0) out += " <-> " + std::to_string(part.other_message) + "." + std::to_string(part.other_part);
      out += std::string(": ") + (part.text.is_json ? "json " : "") + part.text.text + "\n";
    }
  }
  return out;
}

std::string print_sides(const std::string& file) {
  const auto whole = whole_json(file);
  REQUIRE(whole);
  const JsonPart attributes = json_member(*whole, "attributes"), events = json_member(*whole, "events");
  const auto side = [&](const char* key, ChatSide which) {
    const JsonPart value = json_member(*whole, key);
    std::vector<ChatMessage> chat = read_chat(value.text);
    return print(richer_chat(std::move(chat), read_chat_attributes(read_attributes(attributes.text), read_events(events.text), which)));
  };
  return "== in\n" + side("inputs", ChatSide::Input) + "== out\n" + side("outputs", ChatSide::Output);
}

}  // namespace

TEST_CASE("Conversations of every convention are read", "[views][chat]") {
  const std::filesystem::path folder = std::string(ASSAY_SOURCE_DIR) + "/tests/golden/chat";
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    ++count;
    INFO(entry.path().filename().string());
    const std::string text = print_sides(test::read_file(entry.path().string()));
    const std::filesystem::path expected = std::filesystem::path(entry.path()).replace_extension(".txt");
    if (std::getenv("ASSAY_WRITE_GOLDEN") != nullptr) std::ofstream(expected) << text;
    CHECK(text == test::read_file(expected.string()));
  }
  CHECK(count >= 18);
}

TEST_CASE("Broken chats give nothing and no crash", "[views][chat]") {
  const std::filesystem::path folder = std::string(ASSAY_SOURCE_DIR) + "/tests/golden/chat";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    const std::string file = test::read_file(entry.path().string());
    for (size_t cut = 0; cut < file.size(); cut += 7) {
      (void)read_chat(std::string_view(file).substr(0, cut));
      std::string broken = file;
      broken[cut] = '"';
      (void)read_chat(broken);
      if (const auto whole = whole_json(broken)) {
        (void)read_chat_attributes(read_attributes(json_member(*whole, "attributes").text),
                                   read_events(json_member(*whole, "events").text), ChatSide::Input);
      }
    }
  }
  CHECK(read_chat_attributes({{"llm.input_messages.99999999999.message.role", {"user", false}}}, {}, ChatSide::Input).empty());
}
