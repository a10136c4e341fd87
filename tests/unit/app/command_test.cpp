#include "core/app/command.h"

#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>

using namespace assay::app;

TEST_CASE("the command table is complete, in enum order, and its keys are unique") {
  std::set<std::string> keys, chords;
  for (size_t i = 0; i < static_cast<size_t>(CommandId::kCount); ++i) {
    const CommandInfo& info = command_info(static_cast<CommandId>(i));
    INFO(info.key);
    CHECK(static_cast<size_t>(info.id) == i);
    CHECK(!info.title.empty());
    CHECK(keys.insert(std::string(info.key)).second);
    CHECK(find_command(info.key) == static_cast<CommandId>(i));
    if (!info.default_chord.empty()) CHECK(chords.insert(std::string(info.default_chord)).second);
  }
  CHECK_FALSE(find_command("no.such").has_value());
}

TEST_CASE("no command takes a key that the browser keeps for itself") {
  const std::set<std::string> kept = {"Mod+W", "Mod+T", "Mod+N", "Mod+L", "Mod+R", "Mod+Shift+I", "Mod+C",
                                      "Mod+X", "Mod+V", "Mod+Plus", "Mod+0", "Alt+Left", "Alt+Right"};
  for (size_t i = 0; i < static_cast<size_t>(CommandId::kCount); ++i) {
    const std::string chord(command_info(static_cast<CommandId>(i)).default_chord);
    INFO(chord);
    CHECK_FALSE(kept.contains(chord));
    const bool function_key = chord.size() >= 2 && chord[0] == 'F' && chord[1] >= '0' && chord[1] <= '9';
    CHECK_FALSE(function_key);
  }
}

TEST_CASE("arguments are found by key") {
  const Command command(CommandId::SearchSet, {{"query", "status = 'OK'"}});
  CHECK(command.arg("query") == "status = 'OK'");
  CHECK(command.arg("other").empty());
}
