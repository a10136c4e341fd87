#include "core/json/reader.h"

#include <cmath>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <catch2/catch_test_macros.hpp>

#include "core/json/unescape.h"
#include "tests/support/files.h"

using namespace assay;
using json::Kind;
using json::Reader;
using Tree = nlohmann::ordered_json;

namespace {

// Reads a whole value into nlohmann's tree by way of the reader's calls.
Tree tree_of(Reader& reader) {
  switch (reader.peek()) {
    case Kind::Object: {
      Tree out = Tree::object();
      REQUIRE(reader.enter_object());
      while (reader.next_key()) {
        const std::string key = reader.key();
        REQUIRE(reader.key_is(key));
        out[key] = tree_of(reader);
      }
      return out;
    }
    case Kind::Array: {
      Tree out = Tree::array();
      REQUIRE(reader.enter_array());
      while (reader.next_element()) out.push_back(tree_of(reader));
      return out;
    }
    case Kind::String: return *reader.string();
    case Kind::Number: {
      const json::Piece piece = reader.piece();
      return Tree::parse(reader.text_of(piece));
    }
    case Kind::True:
    case Kind::False: return *reader.boolean();
    case Kind::Null: reader.skip_value(); return nullptr;
    case Kind::Error: break;
  }
  return nullptr;
}

bool accepts(const std::string& text) {
  Reader reader(text);
  reader.skip_value();
  return !reader.failed() && reader.at_end();
}

// By entering everything instead of skipping it.
bool walks(Reader& reader) {
  switch (reader.peek()) {
    case Kind::Object:
      if (!reader.enter_object()) return false;
      while (reader.next_key()) {
        if (!walks(reader)) return false;
      }
      return !reader.failed();
    case Kind::Array:
      if (!reader.enter_array()) return false;
      while (reader.next_element()) {
        if (!walks(reader)) return false;
      }
      return !reader.failed();
    default: reader.skip_value(); return !reader.failed();
  }
}

bool walks(const std::string& text) {
  Reader reader(text);
  return walks(reader) && reader.at_end();
}

const std::vector<std::string> kValid = {
    "{}", "[]", "0", "-0", "1.5e-3", "1E+2", "\"\"", "\"a\\u00e9\\n\\\"\\\\\\/\\b\\f\\r\\t\"", "true", "false", "null",
    " [ 1 , 2 , [ ] , { } ] ", "{\"a\":{\"b\":[1,{\"c\":null}]},\"d\":\"\"}",
    "\"\\ud83d\\udc4d\"", "[1,\n2\r\n,\t3]", "\"é更👍\"", "{\"\":0}", "{\"a\\u0062\":1}",
    "[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]", "\"" + std::string(200, 'x') + "\\\\\"", "[\"\\\\\",\"\\\\\\\"\"]",
    "12345678901234567890123", "-12.0e10"};

const std::vector<std::string> kInvalid = {
    "", " ", "{", "}", "[", "]", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}",
    "{\"a\":1 \"b\":2}", "01", "-", "1.", ".5", "1e", "+1", "0x1", "tru", "nul", "True", "\"", "\"\\", "\"\\x\"",
    "\"\\u12\"", "\"\\u12g4\"", "\"a\nb\"", "\"a\tb\"", "[1}", "{]", "[\"a\":1]", "{\"a\",1}", "1 2", "[] []", "nan",
    "inf", "--1", "[1,,2]", "{,}", "\"abc\\\"", "[\"" + std::string(70, 'y') + "]", "\x01"};

}  // namespace

TEST_CASE("valid documents read as nlohmann reads them") {
  for (const std::string& text : kValid) {
    INFO(text);
    CHECK(accepts(text));
    CHECK(walks(text));
    Reader reader(text);
    CHECK(tree_of(reader) == Tree::parse(text));
    CHECK_FALSE(reader.failed());
  }
}

TEST_CASE("invalid documents are refused, skipped or entered, with a place inside the text") {
  for (const std::string& text : kInvalid) {
    INFO(text);
    CHECK_FALSE(accepts(text));
    CHECK_FALSE(walks(text));
    CHECK_FALSE(Tree::accept(text));
    Reader reader(text);
    reader.skip_value();
    if (reader.failed()) {
      CHECK(reader.error_offset_bytes() <= text.size());
      CHECK(std::string(reader.error_text()).size() > 10);
    }
  }
}

TEST_CASE("mutated documents are judged as nlohmann judges them") {
  uint32_t state = 99;
  const auto next = [&state] { return (state = state * 1664525 + 1013904223) >> 8; };
  constexpr std::string_view kBytes = "{}[]\",:\\0123456789truefalsn. eE-+u\n\x01\x7f";
  int valid = 0;
  for (int round = 0; round < 60'000; ++round) {
    std::string text = kValid[next() % kValid.size()];
    for (uint32_t edits = 1 + next() % 3; edits > 0 && !text.empty(); --edits) {
      const size_t at = next() % text.size();
      const char c = kBytes[next() % kBytes.size()];
      switch (next() % 3) {
        case 0: text[at] = c; break;
        case 1: text.insert(at, 1, c); break;
        default: text.erase(at, 1); break;
      }
    }
    // Differences that are meant: Python's tokens, lone surrogates (nlohmann refuses them), and UTF-8
    // (checked elsewhere).
    Reader reader(text);
    reader.skip_value();
    if (reader.non_finite_at() != Reader::kNowhere || reader.lone_surrogate_at() != Reader::kNowhere) continue;
    const Tree tree = Tree::parse(text, nullptr, false);
    const bool ill_formed = !tree.is_discarded() ? false : text.find_first_of("\xC3\xE6\xF0") != std::string::npos;
    if (ill_formed) continue;
    const bool out_of_range = tree.is_discarded() && text.find_first_of("eE") != std::string::npos;
    if (out_of_range && accepts(text)) continue;  // 1e999: JSON, but no double
    INFO(text);
    REQUIRE(accepts(text) == !tree.is_discarded());
    REQUIRE(walks(text) == !tree.is_discarded());
    valid += tree.is_discarded() ? 0 : 1;
  }
  CHECK(valid > 5'000);
}

TEST_CASE("a document cut at any byte is refused and never read beyond its end") {
  const std::string text =
      R"({"info": {"trace_id": "tr-1", "x": [1, -2.5e3, true, null, "aéé\n"]}, "data": {"spans": [{"a": "{\"b\": 1}"}]}})";
  REQUIRE(accepts(text));
  for (size_t size = 0; size < text.size(); ++size) {
    // A buffer of exactly that size, so that the sanitizer sees a read beyond it.
    const std::vector<char> exact(text.begin(), text.begin() + static_cast<ptrdiff_t>(size));
    Reader reader(std::string_view(exact.data(), exact.size()));
    reader.skip_value();
    REQUIRE(reader.failed());
    Reader walker(std::string_view(exact.data(), exact.size()));
    REQUIRE_FALSE(walks(walker));
  }
}

TEST_CASE("any flipped byte is read or refused without harm") {
  const std::string text = R"({"a": ["\ud83d\udc4d", "x\\", {"b": -1.5}], "c": "0123456789012345678901234567890123456789"})";
  for (size_t at = 0; at < text.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::vector<char> exact(text.begin(), text.end());
      exact[at] = static_cast<char>(exact[at] ^ (1 << bit));
      Reader reader(std::string_view(exact.data(), exact.size()));
      walks(reader);
      Reader skipper(std::string_view(exact.data(), exact.size()));
      skipper.skip_value();
    }
  }
  SUCCEED();
}

TEST_CASE("strings of every length end where they end") {
  for (size_t length = 0; length < 200; ++length) {
    for (const std::string tail : {"", "\\\"", "\\\\", "\\n"}) {
      const std::string contents = std::string(length, 'a') + tail;
      const std::string text = "[\"" + contents + "\",7]";
      Reader reader(text);
      REQUIRE(reader.enter_array());
      REQUIRE(reader.next_element());
      const json::Piece piece = reader.piece();
      REQUIRE(reader.text_of(piece) == contents);
      REQUIRE(piece.form == (tail.empty() ? TextForm::Plain : TextForm::EscapedString));
      REQUIRE(reader.next_element());
      REQUIRE(reader.integer() == 7);
      REQUIRE_FALSE(reader.next_element());
      REQUIRE_FALSE(reader.failed());
    }
  }
}

TEST_CASE("integers keep all their digits, numbers come from texts too") {
  Reader reader(R"([1795500207645932639, "1795500207645932639", 1.5, "2.5", "x", true, null, 9223372036854775808])");
  REQUIRE(reader.enter_array());
  const auto integer = [&] {
    REQUIRE(reader.next_element());
    return reader.integer();
  };
  CHECK(integer() == 1795500207645932639);
  CHECK(integer() == 1795500207645932639);
  CHECK_FALSE(integer().has_value());
  REQUIRE(reader.next_element());
  CHECK(reader.number() == 2.5);
  for (int i = 0; i < 4; ++i) CHECK_FALSE(integer().has_value());
  CHECK_FALSE(reader.next_element());
  CHECK_FALSE(reader.failed());
}

TEST_CASE("NaN and Infinity are numbers, and noticed") {
  Reader reader(R"({"a": NaN, "b": [-Infinity, Infinity]})");
  REQUIRE(reader.enter_object());
  REQUIRE(reader.next_key());
  CHECK(reader.peek() == Kind::Number);
  CHECK(std::isnan(*reader.number()));
  REQUIRE(reader.next_key());
  REQUIRE(reader.enter_array());
  REQUIRE(reader.next_element());
  CHECK(reader.number() == -HUGE_VAL);
  REQUIRE(reader.next_element());
  CHECK(reader.number() == HUGE_VAL);
  CHECK_FALSE(reader.next_element());
  CHECK_FALSE(reader.next_key());
  CHECK_FALSE(reader.failed());
  CHECK(reader.non_finite_at() == 6);
  CHECK_FALSE(accepts("[NaNa]"));
  CHECK_FALSE(accepts("[-NaN]"));
  CHECK_FALSE(accepts("[Inf]"));
}

TEST_CASE("half surrogate pairs are noticed where they stand, whole ones are not") {
  const auto at = [](const std::string& text) {
    Reader reader(text);
    reader.skip_value();
    CHECK_FALSE(reader.failed());
    return reader.lone_surrogate_at();
  };
  CHECK(at(R"(["\ud83d\udc4d"])") == Reader::kNowhere);
  CHECK(at(R"(["\uD83D\uDC4D\ud83d\udc4d"])") == Reader::kNowhere);
  CHECK(at(R"(["\ud83d"])") == 2);
  CHECK(at(R"(["ab\udc4d"])") == 4);
  CHECK(at(R"(["\ud83dx\udc4d"])") == 2);
  CHECK(at(R"(["\ud83d\ud83d\udc4d"])") == 2);
  CHECK(at(R"(["\\ud83d\udc4d"])") == 9);   // an escaped backslash, then a lone half
  CHECK(at(R"(["\\ud83d"])") == Reader::kNowhere);  // no escape at all
  CHECK(at(R"(["\ud7ff\ue000"])") == Reader::kNowhere);
  for (size_t shift = 0; shift < 130; ++shift) {  // wherever a block of 64 begins
    CHECK(at("\"" + std::string(shift, 'x') + "\\ud83d\\udc4d\"") == Reader::kNowhere);
    CHECK(at("\"" + std::string(shift, 'x') + "\\udc4d\"") == shift + 1);
  }
}

TEST_CASE("nesting is bounded, entered or skipped") {
  const auto nested = [](int depth) {
    return std::string(static_cast<size_t>(depth), '[') + std::string(static_cast<size_t>(depth), ']');
  };
  CHECK(accepts(nested(json::kMaxDepth)));
  CHECK_FALSE(accepts(nested(json::kMaxDepth + 1)));
  CHECK(walks(nested(json::kMaxDepth)));
  CHECK_FALSE(walks(nested(json::kMaxDepth + 1)));
  const std::string bomb(1'000'000, '[');
  Reader reader(bomb);
  reader.skip_value();
  CHECK(reader.too_deep());
  CHECK(reader.error_offset_bytes() == json::kMaxDepth);
}

TEST_CASE("a value that was not consumed is skipped") {
  Reader reader(R"({"a": {"deep": [1, 2]}, "b": 3, "c": [4, [5], 6], "d": 7})");
  std::string keys;
  REQUIRE(reader.enter_object());
  while (reader.next_key()) {
    keys += reader.key();
    if (reader.key_is("c")) {
      REQUIRE(reader.enter_array());
      int count = 0;
      while (reader.next_element()) ++count;
      CHECK(count == 3);
    }
  }
  CHECK(keys == "abcd");
  CHECK_FALSE(reader.failed());
  CHECK(reader.at_end());
}

TEST_CASE("entering the wrong kind consumes nothing") {
  Reader reader("[1]");
  CHECK_FALSE(reader.enter_object());
  CHECK_FALSE(reader.failed());
  CHECK(reader.enter_array());
  REQUIRE(reader.next_element());
  CHECK_FALSE(reader.boolean().has_value());
  CHECK_FALSE(reader.next_element());
  CHECK_FALSE(reader.failed());
}

TEST_CASE("a failed reader answers nothing, so that loops end") {
  Reader reader("[1, x, 2]");
  REQUIRE(reader.enter_array());
  int count = 0;
  while (reader.next_element()) {
    reader.integer();
    ++count;
  }
  CHECK(count == 2);
  CHECK(reader.failed());
  CHECK(reader.error_offset_bytes() == 4);
  CHECK(reader.peek() == Kind::Error);
  CHECK_FALSE(reader.enter_array());
  CHECK_FALSE(reader.next_key());
  CHECK_FALSE(reader.string().has_value());
  CHECK(reader.piece().form == TextForm::None);
}

TEST_CASE("real exports read as nlohmann reads them") {
  int lines = 0;
  for (const char* name : {"mlflow-real/traces/crm-email-prod.jsonl", "mlflow-real/old/2.15/traces.jsonl",
                           "mlflow-real/old/3.1/traces.jsonl"}) {
    const auto text = test::load_file(test::samples_path(name));
    if (!text) SKIP("no samples beside the repository: " << name);
    size_t begin = 0;
    while (begin < text->size()) {
      const size_t end = std::min(text->find('\n', begin), text->size());
      const std::string line = text->substr(begin, end - begin);
      begin = end + 1;
      if (line.empty()) continue;
      ++lines;
      Reader reader(line);
      REQUIRE(tree_of(reader) == Tree::parse(line));
      REQUIRE(reader.at_end());
      REQUIRE(accepts(line));
    }
  }
  CHECK(lines == 77 + 5 + 6);
}
