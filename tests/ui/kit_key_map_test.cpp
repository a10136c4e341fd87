#include <catch2/catch_test_macros.hpp>

#include "tests/ui/harness.h"
#include "ui/kit/key_map.h"

using namespace assay::kit;
using assay::tests::Harness;

TEST_CASE("Chords are read, written and shown for each system", "[kit]") {
  const auto undo = parse_chord("Mod+Shift+Z");
  REQUIRE(undo);
  CHECK(chord_text(*undo) == "Mod+Shift+Z");
  CHECK(chord_label(*undo, OsKind::Windows) == "Ctrl+Shift+Z");
  CHECK(chord_label(*undo, OsKind::Mac) == "⇧⌘Z");
  CHECK(chord_label("mod+k", OsKind::Other) == "Ctrl+K");
  CHECK(chord_label("Alt+ArrowUp", OsKind::Mac) == "⌥↑");
  CHECK(chord_label("?", OsKind::Other) == "?");
  CHECK(chord_label("F10", OsKind::Other) == "F10");
  CHECK(chord_label("Escape", OsKind::Other) == "Esc");
  CHECK(parse_chord("Alt+1")->key == ImGuiKey_1);
}

TEST_CASE("What is no chord is refused", "[kit]") {
  for (const char* text :
       {"", "+", "Mod+", "Mod", "Mod+Mod+A", "Hyper+A", "Mod+AA", "F13", "F0", "é"}) {
    INFO(text);
    CHECK_FALSE(parse_chord(text).has_value());
  }
}

TEST_CASE("A chord fires with exactly its modifiers", "[kit]") {
  int plain = 0, with_mod = 0, with_shift = 0;
  Harness h([&](Context&) {
    plain += chord_pressed(*parse_chord("J")) ? 1 : 0;
    with_mod += chord_pressed(*parse_chord("Mod+J")) ? 1 : 0;
    with_shift += chord_pressed(*parse_chord("Mod+Shift+J")) ? 1 : 0;
  });
  h.key("J");
  CHECK((plain == 1 && with_mod == 0 && with_shift == 0));
  h.key("Mod+J");
  CHECK((plain == 1 && with_mod == 1 && with_shift == 0));
  h.key("Mod+Shift+J");
  CHECK((plain == 1 && with_mod == 1 && with_shift == 1));
}
