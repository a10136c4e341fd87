#include "core/json/member_names.h"

#include <catch2/catch_test_macros.hpp>
#include <random>
#include <string>
#include <vector>

#include "core/json/reader.h"

using assay::json::MemberCursor;
using assay::json::MemberNames;
using assay::json::Reader;

namespace {

constexpr uint8_t kId = MemberNames::kFirst, kName = kId + 1, kSize = kId + 2;

struct Found {
  uint8_t code;
  std::string name, value;
  bool operator==(const Found&) const = default;
};

// The members of an object, by name with or without a memory.
std::vector<Found> members(std::string_view text, MemberNames* names, bool& failed) {
  std::vector<Found> out;
  Reader reader(text);
  if (reader.enter_object()) {
    MemberNames none{"id", "name", "size"};
    MemberCursor cursor(names != nullptr ? *names : none);
    while (names != nullptr ? reader.next_member(cursor) != MemberNames::kEnd : reader.next_key()) {
      uint8_t code = MemberNames::kOther;
      if (reader.key_is("id")) code = kId;
      if (reader.key_is("name")) code = kName;
      if (reader.key_is("size")) code = kSize;
      std::string key = reader.key();
      const auto piece = reader.piece();
      out.push_back({code, std::move(key), std::string(reader.text_of(piece))});
    }
  }
  failed = reader.failed();
  return out;
}

}  // namespace

TEST_CASE("next_member() answers the codes of wanted names in any order") {
  MemberNames names{"id", "name", "size"};
  for (int round = 0; round < 3; ++round) {  // what was remembered changes nothing
    for (const std::string text : {R"({"id": 1, "x": 2, "name": 3})", R"({"name":1,"id":2})", R"({})", R"({"x": {"id": 1}})"}) {
      Reader reader(text);
      REQUIRE(reader.enter_object());
      MemberCursor cursor(names);
      std::vector<int> codes;
      while (const uint8_t code = reader.next_member(cursor)) codes.push_back(code);
      CHECK_FALSE(reader.failed());
      std::vector<int> expected;
      Reader slow(text);
      slow.enter_object();
      while (slow.next_key()) {
        expected.push_back(slow.key_is("id") ? kId : slow.key_is("name") ? kName : MemberNames::kOther);
      }
      CHECK(codes == expected);
    }
  }
}

TEST_CASE("An escaped name is recognised too, and never remembered") {
  MemberNames names{"id", "name"};
  const std::string text = R"({"\u0069d": 1, "name": 2})" + std::string(80, ' ');
  for (int round = 0; round < 3; ++round) {
    Reader reader(text);
    reader.enter_object();
    MemberCursor cursor(names);
    CHECK(reader.next_member(cursor) == kId);
    CHECK(cursor.slot() == 0);
    CHECK(reader.next_member(cursor) == kName);
    CHECK(reader.next_member(cursor) == MemberNames::kEnd);
  }
}

TEST_CASE("Line breaks between members are seen however often they come") {
  MemberNames names{"id", "name"};
  const std::string text = "{\"id\": 1,\n \"name\": 2}" + std::string(80, ' ');
  for (int round = 0; round < 3; ++round) {
    Reader reader(text);
    reader.enter_object();
    MemberCursor cursor(names);
    while (reader.next_member(cursor) != MemberNames::kEnd) {
    }
    CHECK(reader.saw_line_break());
  }
}

TEST_CASE("With and without a memory random objects, valid and broken, give the same members") {
  std::mt19937 random(7);
  const auto pick = [&](size_t count) { return static_cast<size_t>(random() % count); };
  const std::string keys[] = {"id", "name", "size", "a", "a longer name that is not wanted", std::string(70, 'k'), "", "\\\"", "id "};
  const std::string values[] = {"1", "\"text\"", "null", "{\"id\": 2}", "[1, 2]", "\"with \\\"quotes\\\"\"", "true"};
  const std::string gaps[] = {", ", ",", " , ", ",\n", ", ", ", "};
  MemberNames names{"id", "name", "size"};
  int broken = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = "{";
    const size_t count = pick(6);
    for (size_t i = 0; i < count; ++i) {
      if (i > 0) text += gaps[pick(std::size(gaps))];
      text += '"' + keys[pick(std::size(keys))] + (pick(4) == 0 ? "\":" : "\": ") + values[pick(std::size(values))];
    }
    text += '}';
    text += std::string(pick(2) * 70, ' ');
    if (pick(5) == 0) text[pick(text.size())] = "{}[],:\"x"[pick(8)];
    bool failed = false, slow_failed = false;
    const auto fast = members(text, &names, failed);
    const auto slow = members(text, nullptr, slow_failed);
    INFO(text);
    REQUIRE(failed == slow_failed);
    REQUIRE(fast == slow);
    broken += failed ? 1 : 0;
  }
  CHECK(broken > 1000);
}

TEST_CASE("More names than fit are read all the same") {
  MemberNames names{"id"};
  std::string text = "{";
  for (int i = 0; i < 200; ++i) text += "\"key" + std::to_string(i) + "\": " + std::to_string(i) + ", ";
  text += "\"id\": 7}";
  for (int round = 0; round < 2; ++round) {
    Reader reader(text);
    reader.enter_object();
    MemberCursor cursor(names);
    int others = 0;
    uint8_t last = 0;
    while (const uint8_t code = reader.next_member(cursor)) {
      others += code == MemberNames::kOther ? 1 : 0;
      last = code;
    }
    CHECK(others == 200);
    CHECK(last == kId);
    CHECK_FALSE(reader.failed());
  }
}

TEST_CASE("plain_integer() takes digits alone") {
  const auto read = [](std::string_view text, int64_t& value) {
    Reader reader(text);
    REQUIRE(reader.enter_array());
    REQUIRE(reader.next_element());
    const bool taken = reader.plain_integer(value);
    if (!taken) {
      reader.skip_value();  // nothing was consumed
    }
    CHECK_FALSE(reader.next_element());
    CHECK_FALSE(reader.failed());
    return taken;
  };
  int64_t value = 0;
  for (const int64_t expected : {int64_t{0}, int64_t{7}, int64_t{12345678}, int64_t{123456789}, int64_t{1795500170510000000},
                                 int64_t{INT64_MAX}, int64_t{1234567812345678}, int64_t{99999999}}) {
    CHECK(read("[" + std::to_string(expected) + "]", value));
    CHECK(value == expected);
    CHECK(read("[" + std::to_string(expected) + "  ]", value));
  }
  for (const char* other : {"[-1]", "[1.5]", "[1e3]", "[\"12\"]", "[null]", "[9223372036854775808]", "[12345678901234567890]", "[NaN]"}) {
    INFO(other);
    CHECK_FALSE(read(other, value));
  }
  Reader leading("[007]");
  leading.enter_array();
  leading.next_element();
  CHECK_FALSE(leading.plain_integer(value));
}
