#include "core/search/regex.h"
#include "core/search/escapes.h"
#include "core/search/word_find.h"

#include <ctime>
#include <array>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

using namespace assay;
using namespace assay::search;

namespace {

bool found(std::string_view pattern, std::string_view text) {
  Result<Regex> regex = Regex::compile(pattern);
  INFO("pattern " << pattern);
  INFO((regex ? "" : regex.error().what));
  REQUIRE(regex);
  Regex machine = std::move(regex).value();
  const bool once = machine.matches(text);
  CHECK(machine.matches(text) == once);  // the same again from the remembered states
  return once;
}

Error refused(std::string_view pattern) {
  Result<Regex> regex = Regex::compile(pattern);
  INFO("pattern " << pattern);
  REQUIRE(!regex);
  return regex.error();
}

struct Row {
  const char* pattern;
  const char* text;
  bool found;
};

}  // namespace

// Expected values are those of Python's re.search.
TEST_CASE("patterns match as in Python") {
  const Row rows[] = {
      {"abc", "xxabcxx", true},
      {"^abc", "xabc", false},
      {"abc$", "xabc", true},
      {"abc$", "xabc\n", true},
      {"abc\\Z", "xabc\n", false},
      {"abc$", "xabc\n\n", false},
      {"(?m)abc$", "xabc\n\n", true},
      {"^b", "a\nb", false},
      {"(?m)^b", "a\nb", true},
      {"a.c", "a\nc", false},
      {"(?s)a.c", "a\nc", true},
      {"a|b|c", "zzc", true},
      {"^(?:a|bc|)$", "", true},
      {"^(?:a|bc)+$", "abcbca", true},
      {"^(?:a|bc)+$", "abcbcab", false},
      {"^a*$", "aaaa", true},
      {"^a+?b??$", "aab", true},
      {"^a{2,3}$", "aaaa", false},
      {"^a{2,3}$", "aaa", true},
      {"^a{2}$", "aa", true},
      {"^a{,2}$", "", true},
      {"^a{2,}$", "aaaaaa", true},
      {"a{x}", "a{x}", true},
      {"a{,x}", "a{,x}", true},
      {"x{}", "x{}", true},
      {"[abc]+d", "abcd", true},
      {"[^abc]", "abc", false},
      {"[a-c-]", "-", true},
      {"[]a]", "]", true},
      {"[^]a]", "]", false},
      {"[\\d_]+x", "12_x", true},
      {"[\\W]", "ab c", true},
      {"[^\\W\\d]", "123", false},
      {"[\\x41-\\x43]", "B", true},
      {"\\u6771", "東京", true},
      {"^..$", "東京", true},
      {"\\w+", "鈴木", true},
      {"^\\w$", "é", true},
      {"(?a)^\\w$", "é", false},
      {"(?a)^\\W$", "é", true},
      {"\\d", "٣", true},
      {"(?a)\\d", "٣", false},
      {"\\s", "a\xC2\xA0z", true},
      {"\\bcat\\b", "a cat sat", true},
      {"\\bcat\\b", "concat", false},
      {"\\Bcat", "concat", true},
      {"\\B", "", false},
      {"\\b", "", false},
      {"\\bé", "aé", false},
      {"(?i)SALES", "generate_sales_email", true},
      {"(?i)zürich", "ZÜRICH", true},
      {"(?i)[a-f]+9", "ABC9", true},
      {"(?i)[^a]", "A", false},
      {"(?i)k", "\xE2\x84\xAA", true},
      {"a(?i:B)c", "abc", true},
      {"a(?i:B)c", "abC", false},
      {"(?i:a(?-i:b))", "AB", false},
      {"(?x) a b # comment\n c", "abc", true},
      {"(?P<year>\\d{4})-(?P<m>\\d\\d)", "on 2026-11-24", true},
      {"(?#note)a", "a", true},
      {"\\.", "a.b", true},
      {"\\.", "ab", false},
      {"a\\tb", "a\tb", true},
      {"\\101", "A", true},
      {"\\0", std::string_view("\0", 1).data(), false},
      {"^$", "", true},
      {"^$", "\n", true},
      {"()", "", true},
      {"(a*)*b", "aaab", true},
      {"(a*)+$", "aaac", true},
      {"(?:){3}x", "x", true},
      {"(^|,)b(,|$)", "a,b,c", true},
      {"^(OK|ERROR)$", "ERROR", true},
      {"prod|stag", "staging", true},
      {"000[12]$", "req-0002", true},
      {"", "anything", true},
      {"cat\\b", "concat, cat", true},
      {"cat\\b", "cats concatenate", false},
      {"ab+c", "xxabxabbbc", true},
      {"abc$", "abcabcx", false},
      {"é\\B.", "é éé", true},
  };
  for (const Row& row : rows) {
    INFO("pattern " << row.pattern << " text " << row.text);
    CHECK(found(row.pattern, row.text) == row.found);
  }
}

TEST_CASE("what is no pattern is refused with Python's reason") {
  CHECK(refused("[").what == "unterminated character set at position 0");
  CHECK(refused("a(b").what == "missing ), unterminated subpattern at position 1");
  CHECK(refused("a)b").what == "unbalanced parenthesis at position 1");
  CHECK(refused("*a").what == "nothing to repeat at position 0");
  CHECK(refused("a**").what == "multiple repeat at position 2");
  CHECK(refused("a{3,1}").what.starts_with("min repeat greater than max repeat"));
  CHECK(refused("\\q").what == "bad escape \\q at position 0");
  CHECK(refused("[z-a]").what == "bad character range z-a at position 1");
  CHECK(refused("\\").what.starts_with("bad escape (end of pattern)"));
  CHECK(refused("a(?i)b").what.starts_with("global flags not at the start"));
  CHECK(refused("(?P<n>a)(?P<n>b)").what.starts_with("redefinition of group name 'n'"));
  CHECK(refused("é(").at_byte == 2);
  CHECK(refused("é(").what.ends_with("position 1"));
}

TEST_CASE("what cannot be matched in linear time is refused by its name") {
  CHECK(refused("a(?=b)").what.starts_with("look-ahead"));
  CHECK(refused("a(?!b)").what.starts_with("look-ahead"));
  CHECK(refused("(?<=a)b").what.starts_with("look-behind"));
  CHECK(refused("(?<!a)b").what.starts_with("look-behind"));
  CHECK(refused("(a)\\1").what.starts_with("back-reference"));
  CHECK(refused("(?P<x>a)(?P=x)").what.starts_with("back-reference"));
  CHECK(refused("(a)?(?(1)b|c)").what.starts_with("conditional group"));
  CHECK(refused("(?>a)").what.starts_with("atomic group"));
  CHECK(refused("a++").what.starts_with("possessive quantifier"));
  CHECK(refused("(?=x)").code == ErrorCode::Unsupported);
  CHECK(refused("(a{1000}){1000}").code == ErrorCode::TooLarge);
  CHECK(refused(std::string(5000, '(')).code == ErrorCode::TooLarge);
}

TEST_CASE("patterns that make back-tracking engines hang take linear time") {
  const std::string as(200000, 'a');
  const std::clock_t start = std::clock();
  CHECK_FALSE(found("(a+)+$", as + "b"));
  CHECK_FALSE(found("(a|aa)+$", as + "b"));
  CHECK_FALSE(found("(.*)*x", as));
  CHECK_FALSE(found("^(a?){50}a{50}$", std::string(101, 'a')));
  CHECK_FALSE(found("(a|b)*a(a|b){12}$", as + "c"));
  const double took_s = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  CHECK(took_s < 20);  // of CPU, in a sanitizer build
}

TEST_CASE("more states than the memory limit allows only cost time") {
  std::string text;
  uint32_t random = 1;
  for (int i = 0; i < 20000; ++i) {
    random = random * 1664525 + 1013904223;
    text += (random >> 16 & 1) != 0 ? 'a' : 'b';
  }
  CHECK_FALSE(found("a[ab]{200}c", text));
  CHECK(found("a[ab]{200}c", text + "c") == (text[text.size() - 201] == 'a'));
}

TEST_CASE("a literal in the middle that every match needs makes no difference to the answer") {
  const auto found = [](std::string_view pattern, std::string_view text) {
    Result<Regex> regex = Regex::compile(pattern);
    REQUIRE(regex);
    return regex.value().matches(text);
  };
  CHECK(found("tool_[0-9]+.{0,40}ERROR", "call tool_17 gave ERROR"));
  CHECK_FALSE(found("tool_[0-9]+.{0,40}ERROR", "call tool_17 gave no error"));
  CHECK(found("[a-z]+(foo|bar)?needle+", "xneedleee"));
  CHECK(found("x(foo)?y", "xy"));
  CHECK(found("x(foo)*y", "xfoofooy"));
  CHECK(found("(foo|bar)y", "bary"));
  CHECK(found("x(ab)+y", "xababy"));
  CHECK(found("x(abc){0,2}y", "xy"));
  CHECK(found("x(abc){2}y", "xabcabcy"));
  CHECK_FALSE(found("x(abc){2}y", "xabcy"));
  CHECK(found("(?i)[0-9]timeout", "5 TIMEOUT 5TimeOut"));
  CHECK(found("[0-9](?:a|)(?i:b)C", "5bC"));
  CHECK(found("(?i)[0-9]kelvin", "5\xE2\x84\xAA" "elvin"));  // the Kelvin sign is a k to Python
  CHECK(found(".\xC3\xA9t", "l'\xC3\xA9t\xC3\xA9"));
  CHECK(found("(a|b)*c|d", "d"));
  CHECK(found(".*", ""));
}

namespace {

constexpr std::string_view kLetters[] = {"a", "b", "z", "q", "\xC3\xA9", "\n", " ", "A", "B", "7"};

uint32_t below(std::mt19937& random, uint32_t n) { return static_cast<uint32_t>(random() % n); }

std::string random_pattern(std::mt19937& random, int depth = 0) {
  std::string out;
  for (uint32_t parts = 1 + below(random, 4); parts > 0; --parts) {
    switch (depth > 2 ? below(random, 5) : below(random, 9)) {
      case 0:
      case 1:
      case 2:
        out += kLetters[below(random, 5)];
        out += kLetters[below(random, 5)];
        break;
      case 3:
        out += std::array{"[ab]", "[^q]", "\\d", "\\W", "^", "$"}[below(random, 6)];
        break;
      case 4:
        out += below(random, 2) == 0 ? "\\b" : (below(random, 2) == 0 ? "." : "[a-z]");
        break;
      case 5:
        out += "(" + random_pattern(random, depth + 1) + "|" + random_pattern(random, depth + 1) + ")";
        break;
      case 6:
        out += "(?:" + random_pattern(random, depth + 1) + ")" + (below(random, 2) == 0 ? "?" : "*");
        break;
      case 7:
        out += "(?:" + random_pattern(random, depth + 1) + ")" + (below(random, 2) == 0 ? "+" : "{1,3}");
        break;
      default:
        out += "(?i:" + random_pattern(random, depth + 1) + ")";
        break;
    }
  }
  return out;
}

std::string random_text(std::mt19937& random, uint32_t most_letters, uint32_t kinds) {
  std::string text;
  for (uint32_t size = below(random, most_letters); size > 0; --size)
    text += kLetters[below(random, kinds)];
  return text;
}

}  // namespace

TEST_CASE("what is read off a pattern beforehand makes no difference to the answer, on random patterns and texts") {
  std::mt19937 random(20261130);
  size_t matched = 0;
  for (int round = 0; round < 3000; ++round) {
    const std::string wanted = random_pattern(random);
    Result<Regex> fast = Regex::compile(wanted);
    // A way that never matches and holds no literal, so that nothing is known of the matches.
    Result<Regex> slow = Regex::compile("(?:" + wanted + "|\\b\\B)");
    REQUIRE(fast);
    REQUIRE(slow);
    for (int texts = 0; texts < 12; ++texts) {
      const std::string text = random_text(random, texts < 6 ? 12 : 200, texts % 2 == 0 ? 5 : 10);
      INFO(wanted << " in " << text);
      const bool found = slow.value().matches(text);
      CHECK(fast.value().matches(text) == found);
      matched += found ? 1 : 0;
    }
  }
  CHECK(matched > 2000);
  CHECK(matched < 34000);
}

TEST_CASE("what is taken off the ends of a pattern makes no difference to the answer") {
  std::mt19937 random(20261202);
  size_t matched = 0, asked = 0;
  for (int round = 0; round < 2000; ++round) {
    const std::string wanted = random_pattern(random);
    Result<Regex> fast = Regex::compile(wanted);
    // Nothing can be taken off where the ends are said.
    Result<Regex> whole = Regex::compile("\\A(?:.|\\n)*?(?:" + wanted + ")(?:.|\\n)*\\Z");
    REQUIRE(fast);
    REQUIRE(whole);
    for (int texts = 0; texts < 12; ++texts) {
      const std::string text = random_text(random, texts < 6 ? 12 : 300, texts % 2 == 0 ? 5 : 10);
      INFO(wanted << " in " << text);
      const bool found = whole.value().matches(text);
      CHECK(fast.value().matches(text) == found);
      matched += found ? 1 : 0;
      ++asked;
    }
  }
  CHECK(matched > asked / 20);
  CHECK(matched < asked * 19 / 20);
  CHECK(found("[a-z]+ing [0-9]{3,}", "g 1 xing 123"));
  CHECK_FALSE(found("[a-z]+ing [0-9]{3,}", "ing 123 xing 12"));
  CHECK(found("\\w*foo\\w*", "foo"));
  CHECK(found("(?:ab?|c*)x(?:y+|z)?", "x"));
  CHECK(found("(?:ab+){2}c", "ababbbc"));
  CHECK_FALSE(found("(?:ab+){2}c", "abbbc"));
  CHECK_FALSE(found("a*\\bx", "aax"));
  CHECK(found("a*\\Bx", "aax"));
  CHECK_FALSE(found("^a*x", "bax"));
  CHECK(found(".*", ""));
}

// What lies between the literals that every match needs is skipped, until they turn out to stand everywhere.
TEST_CASE("a match is found beside its literal, however far back it begins and however often the literal stands") {
  const std::string_view wide = "\xF0\x9F\x98\x80";
  for (const std::string_view filler : {std::string_view("."), std::string_view("\xC3\xA9"), wide}) {
    for (int repeats = 0; repeats < 60; ++repeats) {
      std::string text;
      for (int i = 0; i < 200; ++i)
        text += filler;
      const std::string empty = text + "<>" + text;
      text += "7";
      for (int i = 0; i < repeats; ++i)
        text += filler;
      INFO(repeats << " of " << filler);
      text += "<>" + empty;
      CHECK(found("[0-9][^<]{0,40}<>", text) == (repeats <= 40));
      CHECK(found("[0-9](?:[^<]*x|[^<]{0,30})(?:<>|<!>)", text) == (repeats <= 30));
      CHECK_FALSE(found("[0-9][^<]{0,40}<>", empty));
    }
  }
  // Stray bytes that continue nothing are code points of their own.
  CHECK(found("[^a]{2}foo", "a\x80\x80\x80\x80\x80\x80" "foo"));
  CHECK_FALSE(found("\xC3\xA9.{0,3}foo", "\xC3" "a\xA9" "foo"));
  std::string often;
  while (often.size() < 20000)
    often += "abc ";
  Regex regex = std::move(Regex::compile("[a-z]?abc [0-9]")).value();
  for (int round = 0; round < 3; ++round) {
    CHECK_FALSE(regex.matches(often));
    CHECK(regex.matches(often + "abc 7"));
    CHECK(regex.matches("abc 7" + often));
    CHECK_FALSE(regex.matches("abc  7"));
  }
}

// Longer texts are run over at several places at once, shorter ones are not.
TEST_CASE("a match is found wherever in a long text it stands, and none where there is none") {
  struct Placed {
    std::string_view pattern, yes, no;
  };
  const Placed placed[] = {
      {"[a-z]+ing [0-9]{3}", "being 123", "being 12."},
      {"\\bword\\b", " word ", " words "},
      {"[wx]ord\\B", "words", "word"},
      {"[^,]{3}\xE9\x80\x80[^,]{2}", "ab\xC3\xA9\xE9\x80\x80\xE6\xAC\xBE!", "a,\xC3\xA9\xE9\x80\x80\xE6\xAC\xBE!"},
      {"(?m)^[ab]+$", "\nabab\n", "\nabab \n"},
      {"[x](?:[ab]|cd){4,}[y]", "xabcdacdby", "xabcdacd!y"},
      {"[q].*[z]", "q and then ......................................................... z", "q and then\n... z"},
  };
  for (const Placed& one : placed) {
    Result<Regex> regex = Regex::compile(one.pattern);
    REQUIRE(regex);
    for (size_t before = 0; before < 700; before += before < 16 || before > 650 ? 1 : 3) {
      const auto text = [&](std::string_view middle) {
        return std::string(before, '.') + std::string(middle) + std::string(700 - before, '.');
      };
      INFO(one.pattern << " at " << before);
      REQUIRE(regex.value().matches(text(one.yes)));
      REQUIRE_FALSE(regex.value().matches(text(one.no)));
    }
  }
  const std::string dots(1000, '.');
  CHECK(found("[.]$", dots + "\n"));
  CHECK(found("[.]\\Z", dots));
  CHECK_FALSE(found("[.]\\Z", dots + "\n"));
  CHECK_FALSE(found("[x]$", dots));
  CHECK(found("^[.]{1000}$", dots));
  CHECK_FALSE(found("^[.]{999}$", dots));
  CHECK_FALSE(found("[.]{1001}", dots));
}

TEST_CASE("a long text matches when one of its windows does") {
  std::mt19937 random(20261201);
  const auto below = [&random](uint32_t n) { return static_cast<uint32_t>(random() % n); };
  const std::string_view letters[] = {"a", "b", "c", " ", "\n", "7", "\xC3\xA9", "\xE9\x80\x80"};
  const auto letter = [&] { return std::string(letters[below(std::size(letters))]); };
  size_t matched = 0, asked = 0;
  for (int round = 0; round < 200; ++round) {
    // At most 4 * 6 * 2 letters of 3 bytes, which is less than the windows overlap by.
    std::string pattern = "[" + letter() + letter() + "]";
    for (uint32_t parts = 1 + below(4); parts > 0; --parts) {
      const std::string_view classes[] = {"[ab]", "[^a]", "\\w", "[^ ]", "."};
      pattern += "(?:" + std::string(classes[below(std::size(classes))]) + "|" + letter() + letter() + ")";
      if (below(2) == 0) pattern += "{" + std::to_string(below(3)) + "," + std::to_string(3 + below(4)) + "}";
    }
    Result<Regex> regex = Regex::compile(pattern);
    REQUIRE(regex);
    for (int texts = 0; texts < 20; ++texts) {
      std::vector<size_t> begins;
      std::string text;
      // Mostly one letter, so that matches are seldom.
      while (text.size() < 900) {
        begins.push_back(text.size());
        text += below(12) == 0 ? letter() : std::string(letters[texts % std::size(letters)]);
      }
      bool expected = false;
      for (size_t i = 0; i < begins.size() && !expected; i += 24) {
        size_t end = i;
        while (end < begins.size() && begins[end] - begins[i] < 240)
          ++end;
        const size_t end_byte = end < begins.size() ? begins[end] : text.size();
        expected = regex.value().matches(text.substr(begins[i], std::min<size_t>(end_byte - begins[i], 255)));
      }
      INFO(pattern << " in " << text);
      CHECK(regex.value().matches(text) == expected);
      matched += expected ? 1 : 0;
      ++asked;
    }
  }
  CHECK(matched > asked / 20);
  CHECK(matched < asked * 19 / 20);
}

TEST_CASE("a record is put aside only when the pattern does not match it without its escapes") {
  std::mt19937 random(7);
  const std::string_view pieces[] = {"ab",   "\\n", "\\\\n", "\\\"", "\\u0061", "\\u00e9", "\xC3\xA9", "name", "/", "\\/", "\\\\u0062",
                                     "\\u4f60", " ",   "zebra"};
  const std::string_view patterns[] = {"ab",  "aba", "name",  "ame",   "n?ame", "\\nab", "a(b|/)a", "\xC3\xA9" "ab", "a/b", "zebra|ame",
                                       "ab.*zebra", "\"ab", "(?i)NAME", "bab", "[0-9]u00", "u0061"};
  std::vector<Regex> compiled;
  for (const std::string_view pattern : patterns)
    compiled.push_back(std::move(Regex::compile(pattern)).value());
  size_t matched = 0, held_back = 0;
  for (int round = 0; round < 6000; ++round) {
    std::string json;
    for (size_t count = random() % 12; count > 0; --count)
      json += pieces[random() % std::size(pieces)];
    std::string plain;
    append_without_escapes(plain, json);
    for (size_t i = 0; i < compiled.size(); ++i) {
      INFO(patterns[i] << " in " << json);
      const bool may = compiled[i].may_match_without_escapes(SearchedRecord(json));
      const bool matches = compiled[i].matches(plain);
      CHECK((may || !matches));
      matched += matches ? 1 : 0;
      held_back += may ? 0 : 1;
    }
  }
  CHECK(matched > 1000);
  CHECK(held_back > 1000);
}
