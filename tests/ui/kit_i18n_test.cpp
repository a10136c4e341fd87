#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <set>
#include <string>

#include "ui/kit/i18n.h"

using namespace assay::kit;
using assay::kNoTime;

namespace {

std::set<char> placeholders(std::string_view text) {
  std::set<char> found;
  for (size_t i = 0; i + 2 < text.size(); ++i) {
    if (text[i] == '{' && text[i + 2] == '}') found.insert(text[i + 1]);
  }
  return found;
}

}  // namespace

TEST_CASE("Every text has both languages with the same placeholders, and every key is there once",
          "[kit]") {
  std::set<std::string> keys;
  for (size_t i = 0; i < static_cast<size_t>(Str::kCount); ++i) {
    const StrEntry& entry = str_entry(static_cast<Str>(i));
    INFO(entry.key);
    CHECK(keys.insert(entry.key).second);
    CHECK(std::strlen(entry.english) > 0);
    CHECK(std::strlen(entry.chinese) > 0);
    CHECK(placeholders(entry.english) == placeholders(entry.chinese));
    if (entry.english_one != nullptr) {
      CHECK(placeholders(entry.english).contains('0'));
      // "one file" may leave the number out, but must not ask for more than the plural does.
      for (const char c : placeholders(entry.english_one))
        CHECK(placeholders(entry.english).contains(c));
    }
  }
}

TEST_CASE("Texts of words are translated, not copied", "[kit]") {
  // Names, numbers and symbols may be alike in both; sentences may not.
  for (size_t i = 0; i < static_cast<size_t>(Str::kCount); ++i) {
    const StrEntry& entry = str_entry(static_cast<Str>(i));
    INFO(entry.key);
    const bool sentence =
        std::strchr(entry.english, ' ') != nullptr && std::strlen(entry.english) > 16;
    if (sentence) CHECK(std::strcmp(entry.english, entry.chinese) != 0);
  }
}

TEST_CASE("Placeholders are replaced, and text stays text", "[kit]") {
  CHECK(format_text("{0} of {1}", {"3", "7"}) == "3 of 7");
  CHECK(format_text("{1}{0}{1}", {"a", "b"}) == "bab");
  CHECK(format_text("{2} {x} {", {"a"}) == "{2} {x} {");
  CHECK(format_text("{{0} is {0}", {"a"}) == "{0} is a");
  CHECK(format_text("{0}", {"{1}"}) == "{1}");
}

TEST_CASE("Keys are found by their dotted name", "[kit]") {
  CHECK(std::string(tr_key(Language::English, "kit.close")) == "Close");
  CHECK(std::string(tr_key(Language::SimplifiedChinese, "kit.close")) == "关闭");
  CHECK(std::string(tr_key(Language::English, "kit.select_all")) == "Select all rows");
  CHECK(tr_key(Language::English, "kit.clos") == nullptr);
  CHECK(tr_key(Language::English, "kit.closes") == nullptr);
  CHECK(tr_key(Language::English, "") == nullptr);
}

TEST_CASE("The language comes from the browser's tag", "[kit]") {
  CHECK(language_of_tag("zh-CN") == Language::SimplifiedChinese);
  CHECK(language_of_tag("zh") == Language::SimplifiedChinese);
  CHECK(language_of_tag("ZH-Hans-SG") == Language::SimplifiedChinese);
  CHECK(language_of_tag("zho-x") == Language::English);
  CHECK(language_of_tag("en-US") == Language::English);
  CHECK(language_of_tag("") == Language::English);
}

TEST_CASE("Numbers are written for people", "[kit]") {
  CHECK(format_count(0) == "0");
  CHECK(format_count(999) == "999");
  CHECK(format_count(1234) == "1,234");
  CHECK(format_count(-1234567) == "-1,234,567");
  CHECK(format_compact(812) == "812");
  CHECK(format_compact(1234) == "1.2k");
  CHECK(format_compact(2000) == "2k");
  CHECK(format_compact(34'000'000) == "34M");
  CHECK(format_compact(999'999) == "1M");
  CHECK(format_percent(0.8571, 1) == "85.7%");
  CHECK(format_bytes(812) == "812 B");
  CHECK(format_bytes(1'400'000) == "1.4 MB");
  CHECK(format_bytes(999'999) == "1 MB");
  CHECK(format_tokens(1812) == "1,812 tok");
}

TEST_CASE("Durations and costs keep two or three telling digits", "[kit]") {
  CHECK(format_duration_ns(0) == "0 ms");
  CHECK(format_duration_ns(420) == "0.4 µs");
  CHECK(format_duration_ns(35'000) == "35 µs");
  CHECK(format_duration_ns(3'500'000) == "3.5 ms");
  CHECK(format_duration_ns(350'000'000) == "350 ms");
  CHECK(format_duration_ns(2'100'000'000) == "2.1 s");
  CHECK(format_duration_ns(184'000'000'000) == "3 min 04 s");
  CHECK(format_duration_ns(4'320'000'000'000) == "1 h 12 min");
  CHECK(format_duration_ns(-350'000'000) == "−350 ms");
  CHECK(format_duration_ns(kNoTime) == "–");
  constexpr Language kChinese = Language::SimplifiedChinese;
  CHECK(format_duration_ns(kChinese, 35'000) == "35 微秒");
  CHECK(format_duration_ns(kChinese, 350'000'000) == "350 毫秒");
  CHECK(format_duration_ns(kChinese, 2'100'000'000) == "2.1 秒");
  CHECK(format_duration_ns(kChinese, 122'000'000'000) == "2 分 02 秒");
  CHECK(format_duration_ns(kChinese, 4'320'000'000'000) == "1 小时 12 分");
  CHECK(format_cost_usd(0.0004) == "$0.0004");
  CHECK(format_cost_usd(0.000001) == "<$0.0001");
  CHECK(format_cost_usd(1.25) == "$1.25");
  CHECK(format_cost_usd(0.0123) == "$0.012");
  CHECK(format_cost_usd(0) == "$0");
}

TEST_CASE("Dates and times follow zone and language", "[kit]") {
  const int64_t at = 1'795'511'642'000'000'000;  // 2026-11-24T09:14:02Z
  CHECK(format_clock(at, 0) == "09:14:02");
  CHECK(format_clock(at, 8 * 60) == "17:14:02");
  CHECK(format_clock(at, -10 * 60) == "23:14:02");
  CHECK(format_date(Language::English, at, 0, false) == "24 Nov");
  CHECK(format_date(Language::English, at, 0, true) == "24 Nov 2026");
  CHECK(format_date(Language::English, at, -10 * 60, false) == "23 Nov");
  CHECK(format_date(Language::SimplifiedChinese, at, 0, true) == "2026年11月24日");
  CHECK(format_clock(kNoTime, 60) == "–");
}
