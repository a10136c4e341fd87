// Texts of the page in English and Simplified Chinese. The tables are ui/strings/*.def (listed in
// ui/strings/all.def): STR(key, "English", "中文") and STR_N(key, "one", "other", "中文") for
// counts. A key is a dotted name of which the enumerator is the same with underscores:
// STR(command_edit_undo, …) is Str::command_edit_undo and is found by tr_key("command.edit.undo").
// Placeholders are {0} … {9}. Texts are static: pointers stay valid for ever.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "core/base/time.h"

namespace assay::kit {

enum class Language : uint8_t { English, SimplifiedChinese };
inline constexpr const char* kLanguageTags[] = {"en", "zh-Hans"};
inline constexpr const char* kLanguageNames[] = {"English", "简体中文"};
// "zh", "zh-CN", "zh-Hans-SG" … → SimplifiedChinese; anything else English.
Language language_of_tag(std::string_view bcp47_tag);

enum class Str : uint16_t {
#define STR(key, english, chinese) key,
#define STR_N(key, one, other, chinese) key,
#include "ui/strings/all.def"
#undef STR
#undef STR_N
  kCount,
};

const char* tr(Language language, Str key);
// Whether the interface itself says this, in any language; for tests.
bool is_interface_text(std::string_view text);
const char* tr(Str key);  // in the current Context's language
// By dotted key, for keys that come from the core ("import_issue.truncated_record"); nullptr:
// unknown.
const char* tr_key(Language language, std::string_view dotted_key);
const char* tr_key(std::string_view dotted_key);

// Text with {0}, {1}, … replaced. A placeholder without an argument is left as it stands; "{{" is
// "{".
std::string format_text(std::string_view pattern,
                        std::initializer_list<std::string_view> arguments);
std::string tr_format(Str key, std::initializer_list<std::string_view> arguments);
// STR_N: the form for `count`, which is also {0} (with separators); further arguments from {1} on.
std::string tr_count(Str key, int64_t count, std::initializer_list<std::string_view> further = {});
std::string tr_count(Language language, Str key, int64_t count,
                     std::initializer_list<std::string_view> further = {});

// All the table has, for tests and for the user guide.
struct StrEntry {
  const char* key;  // with underscores
  const char* english;
  const char* english_one;  // nullptr unless STR_N
  const char* chinese;
};
const StrEntry& str_entry(Str key);

// Numbers and times for people. Same in both languages unless said.
std::string format_count(int64_t value);                    // 1,234
std::string format_compact(int64_t value);                  // 812, 1.2k, 34M
std::string format_duration_ns(int64_t duration_ns);        // 350 ms, 2.1 s, 3 min 04 s, 1 h 12 min; 3 分 04 秒
std::string format_duration_ns(Language language, int64_t duration_ns);
// A number with its unit: "3.2 ms", "3.2 毫秒".
enum class TimeUnit : uint8_t { Microsecond, Millisecond, Second };
std::string with_unit(Language language, std::string_view number, TimeUnit unit);
std::string format_cost_usd(double usd);                    // $0.0004, $1.25
std::string format_bytes(uint64_t size_bytes);              // 812 B, 1.4 MB
std::string format_percent(double fraction, int decimals);  // 0.8571 → 85.7%
std::string format_tokens(int64_t tokens);                  // 812 tok
// Times are shown in the zone of the current Context (utc_offset_minutes).
std::string format_clock(TimeNs time_ns);  // 09:14:02
std::string format_date(
    TimeNs time_ns);  // 24 Nov, 11月24日; with the year unless it is this year's
std::string format_date_time(TimeNs time_ns);  // 24 Nov 2026, 09:14:02
// Pure forms of the three above.
std::string format_clock(TimeNs time_ns, int utc_offset_minutes);
std::string format_date(Language language, TimeNs time_ns, int utc_offset_minutes, bool with_year);

}  // namespace assay::kit
