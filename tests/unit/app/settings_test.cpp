#include "core/app/settings.h"

#include <catch2/catch_test_macros.hpp>

using namespace assay::app;

TEST_CASE("settings survive their text form") {
  Settings settings = default_settings();
  CHECK(set_setting(settings, "theme", "dark"));
  CHECK(set_setting(settings, "language", "zh-Hans"));
  CHECK(set_setting(settings, "layout", "reader=600 wide=1"));
  CHECK(set_setting(settings, "author", "李雷"));
  CHECK(set_setting(settings, "judge_concurrency", "20"));
  settings.scorers[0].name = "renamed";
  const Settings back = decode_settings(encode_settings(settings));
  CHECK(back.theme == ThemeChoice::Dark);
  CHECK(back.language == LanguageChoice::SimplifiedChinese);
  CHECK(back.author == "李雷");
  CHECK(back.judge_concurrency == 20);
  CHECK(back.scorers == settings.scorers);
}

TEST_CASE("wrong values are refused and leave the setting alone") {
  Settings settings = default_settings();
  CHECK_FALSE(set_setting(settings, "theme", "purple"));
  CHECK_FALSE(set_setting(settings, "judge_concurrency", "0"));
  CHECK_FALSE(set_setting(settings, "judge_concurrency", "1e3"));
  CHECK_FALSE(set_setting(settings, "no_such", "1"));
  CHECK_FALSE(set_setting(settings, "judge_model", "\xff"));
  CHECK(settings.theme == ThemeChoice::System);
  CHECK(settings.judge_concurrency == 8);
}

TEST_CASE("broken stored settings fall back field by field") {
  for (const char* text : {"", "{", "[]", "null", "{\"theme\":7,\"scorers\":{}}", "\xff\xff"})
    CHECK(decode_settings(text).scorers.size() == default_settings().scorers.size());
  const Settings settings = decode_settings(R"({"theme":"nope","judge_model":"m","scorers":[{"name":""}]})");
  CHECK(settings.theme == ThemeChoice::System);
  CHECK(settings.judge_model == "m");
  CHECK(settings.scorers.size() == default_settings().scorers.size());
}

TEST_CASE("credentials in a base address are not stored") {
  Settings settings = default_settings();
  CHECK(set_setting(settings, "judge_base_url", "https://me:hunter2@example.test/v1"));
  CHECK(encode_settings(settings).find("hunter2") == std::string::npos);
}

TEST_CASE("keys that were changed are kept, and wrong ones are not") {
  Settings settings = default_settings();
  CHECK(set_setting(settings, "key.trace.next", "Alt+N"));
  CHECK(set_setting(settings, "key.trace.previous", ""));
  CHECK_FALSE(set_setting(settings, "key.no.such", "X"));
  CHECK_FALSE(set_setting(settings, "key.trace.next", std::string(100, 'x')));
  CHECK_FALSE(set_setting(settings, "key.trace.next", "\xff"));
  const Settings again = decode_settings(encode_settings(settings));
  CHECK(chord_of(again, CommandId::TraceNext) == "Alt+N");
  CHECK(chord_of(again, CommandId::TracePrevious).empty());
  CHECK(chord_of(again, CommandId::Undo) == "Mod+Z");
  Settings reset = again;
  CHECK(set_setting(reset, "key.trace.next", "default"));
  CHECK(chord_of(reset, CommandId::TraceNext) == "J");
  CHECK(decode_settings(R"({"assay_settings":1,"keys":{"trace.next":7,"no.such":"X"}})").keys.empty());
}

TEST_CASE("a file of settings is told from others") {
  CHECK(is_settings_text(encode_settings(default_settings())));
  CHECK(is_settings_text(R"({"assay_settings":99})"));
  for (const char* other : {"", "{}", "[]", "{\"theme\":\"dark\"}", "\"assay_settings\"", "{\"assay_settings\""})
    CHECK_FALSE(is_settings_text(other));
}
