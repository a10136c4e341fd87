#include "ui/kit/i18n.h"

#include "ui/kit/context.h"

namespace assay::kit {
namespace {

constexpr StrEntry kEntries[] = {
#define STR(key, english, chinese) {#key, english, nullptr, chinese},
#define STR_N(key, one, other, chinese) {#key, other, one, chinese},
#include "ui/strings/all.def"
#undef STR
#undef STR_N
};
static_assert(sizeof(kEntries) / sizeof(kEntries[0]) == static_cast<size_t>(Str::kCount));

// "import_issue_bad" and "import_issue.bad" are the same key.
bool same_key(const char* underscored, std::string_view dotted) {
  for (const char c : dotted) {
    if (*underscored == '\0' || *underscored != (c == '.' ? '_' : c)) return false;
    ++underscored;
  }
  return *underscored == '\0';
}

}  // namespace

const StrEntry& str_entry(Str key) { return kEntries[static_cast<size_t>(key)]; }

Language language_of_tag(std::string_view tag) {
  const bool chinese = tag.size() >= 2 && (tag[0] == 'z' || tag[0] == 'Z') &&
                       (tag[1] == 'h' || tag[1] == 'H') && (tag.size() == 2 || tag[2] == '-');
  return chinese ? Language::SimplifiedChinese : Language::English;
}

const char* tr(Language language, Str key) {
  const StrEntry& entry = str_entry(key);
  return language == Language::SimplifiedChinese ? entry.chinese : entry.english;
}

bool is_interface_text(std::string_view text) {
  for (const StrEntry& entry : kEntries)
    if (text == entry.english || text == entry.chinese) return true;
  return false;
}

const char* tr(Str key) { return tr(current().language, key); }

const char* tr_key(Language language, std::string_view dotted_key) {
  for (const StrEntry& entry : kEntries) {
    if (!same_key(entry.key, dotted_key)) continue;
    return language == Language::SimplifiedChinese ? entry.chinese : entry.english;
  }
  return nullptr;
}

const char* tr_key(std::string_view dotted_key) { return tr_key(current().language, dotted_key); }

std::string format_text(std::string_view pattern,
                        std::initializer_list<std::string_view> arguments) {
  std::string out;
  out.reserve(pattern.size() + 32);
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '{' && i + 1 < pattern.size() && pattern[i + 1] == '{') {
      out += '{';
      ++i;
      continue;
    }
    const bool placeholder = pattern[i] == '{' && i + 2 < pattern.size() && pattern[i + 2] == '}' &&
                             pattern[i + 1] >= '0' && pattern[i + 1] <= '9';
    const auto index = placeholder ? static_cast<size_t>(pattern[i + 1] - '0') : size_t{0};
    if (placeholder && index < arguments.size()) {
      out.append(arguments.begin()[index]);
      i += 2;
    } else {
      out += pattern[i];
    }
  }
  return out;
}

std::string tr_format(Str key, std::initializer_list<std::string_view> arguments) {
  return format_text(tr(key), arguments);
}

std::string tr_count(Language language, Str key, int64_t count,
                     std::initializer_list<std::string_view> further) {
  const StrEntry& entry = str_entry(key);
  const char* pattern = tr(language, key);
  if (language == Language::English && count == 1 && entry.english_one != nullptr) {
    pattern = entry.english_one;
  }
  const std::string number = format_count(count);
  std::string_view all[10] = {number};
  size_t used = 1;
  for (const std::string_view argument : further) {
    if (used < 10) all[used++] = argument;
  }
  // initializer_list cannot be built from an array, so the placeholders are filled one set at a
  // time.
  return format_text(pattern, {all[0], all[1], all[2], all[3], all[4]});
}

std::string tr_count(Str key, int64_t count, std::initializer_list<std::string_view> further) {
  return tr_count(current().language, key, count, further);
}

}  // namespace assay::kit
