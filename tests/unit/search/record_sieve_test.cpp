#include "core/search/record_sieve.h"

#include <random>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "core/ingest/importer.h"
#include "core/search/python_json.h"
#include "core/search/trace_query.h"

using namespace assay::search;

namespace {

bool passes(std::string_view pattern, std::string_view json, CaseMode mode = CaseMode::Sensitive) {
  return RecordSieve(pattern, mode).passes(SearchedRecord(json));
}

}  // namespace

TEST_CASE("a record without the text that LIKE looks for is held back") {
  const std::string_view json = R"({"name": "call", "attributes": {"q": "{\"x\": 1}", "at": [1,2]}})";
  CHECK_FALSE(passes("%zebra%", json));
  CHECK_FALSE(passes("%call%zebra%", json));
  CHECK(passes("%call%", json));
  CHECK_FALSE(passes("%NAME%", json));
  CHECK(passes("%NAME%", json, CaseMode::AsciiInsensitive));
  CHECK_FALSE(passes("%ZEBRA%", json, CaseMode::AsciiInsensitive));
  CHECK_FALSE(RecordSieve("%a_b%", CaseMode::Sensitive).holds_back());
}

TEST_CASE("what stands otherwise in the text that Python writes is not held back") {
  CHECK(passes("%1, 2%", R"({"a":[1,2]})"));
  CHECK(passes("%: true%", R"({"a":true})"));
  CHECK(passes("%zebra%", R"({"a": "\u007aebra"})"));
  CHECK(passes("%\\nfoo%", R"({"a": "\u000afoo"})"));
  CHECK(passes("%4f60zebra%", "{\"a\": \"\xE4\xBD\xA0zebra\"}"));
  CHECK(passes("%f60zebra%", "{\"a\": \"\xE4\xBD\xA0zebra\"}"));
  CHECK(passes("%a/b%", R"({"a": "a\/b"})"));
}

TEST_CASE("no record is held back whose text matches, on random texts and patterns") {
  std::mt19937 random(11);
  const auto one_of = [&random](const auto& list) { return std::string(list[random() % std::size(list)]); };
  const std::string_view pieces[] = {"zeb", "ra",  "bad",     "BAD",   " ",      "\\n",     "\\\"", "\\u00e9", "\\u4F60", "\xE4\xBD\xA0",
                                     "/",   "\\/", "\\u007a", "true",  "\\\\n", "\\ud83d\\ude00", "n",   "u",       "x, y",    "{1:2}"};
  const std::string_view between[] = {",", ", ", " , ", ",\n  "}, colons[] = {":", ": "};
  const std::string_view values[] = {"true", "null", "12", "1.5e3", "[1,2]", "[1, 2]", "{}"};
  size_t matched = 0, held_back = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string json = "{";
    for (size_t members = 1 + random() % 4; members > 0; --members) {
      const auto text = [&] {
        std::string out = "\"";
        for (size_t count = random() % 5; count > 0; --count)
          out += one_of(pieces);
        return out + "\"";
      };
      if (json.size() > 1) json += one_of(between);
      json += text() + one_of(colons) + (random() % 2 == 0 ? text() : one_of(values));
    }
    json += "}";
    std::string content;
    append_python_json(content, json);
    for (int asked = 0; asked < 8; ++asked) {
      std::string pattern = "%";
      for (size_t parts = 1 + random() % 2; parts > 0; --parts) {
        const size_t begin = random() % content.size();
        std::string part = content.substr(begin, 3 + random() % 12);
        if (random() % 6 == 0) part[random() % part.size()] = '_';
        if (random() % 3 == 0) part[random() % part.size()] = 'q';
        pattern += part + "%";
      }
      const CaseMode mode = random() % 2 == 0 ? CaseMode::Sensitive : CaseMode::AsciiInsensitive;
      const bool matches = LikeMatcher(pattern, mode).matches(content);
      const bool let_through = passes(pattern, json, mode);
      INFO(pattern << " in " << json << " as " << content);
      CHECK((let_through || !matches));
      matched += matches ? 1 : 0;
      held_back += let_through ? 0 : 1;
    }
  }
  CHECK(matched > 3000);
  CHECK(held_back > 1000);
}

TEST_CASE("a whole record tells of its spans, and a span only of itself") {
  const std::string_view whole = R"({"a": "\u007aebra", "b": "gr\u00fcn"})", part = R"({"b": "gr\u00fcn"})";
  uint8_t mark = 0;
  CHECK_FALSE(SearchedRecord(part, &mark, true).hides_ascii());
  CHECK(mark == 0);
  CHECK(SearchedRecord(whole, &mark, false).hides_ascii());
  CHECK(mark != 0);
  CHECK_FALSE(SearchedRecord(part, &mark, true).hides_ascii());
  mark = 0;
  CHECK_FALSE(SearchedRecord(part, &mark, false).hides_ascii());
  // What is known is not looked for again.
  CHECK_FALSE(SearchedRecord(whole, &mark, false).hides_ascii());
  CHECK_FALSE(SearchedRecord(whole, &mark, true).hides_ascii());
}

TEST_CASE("packed text without the word is hardly unpacked to see that") {
  assay::store::Dataset dataset(assay::store::TextPolicy{.pack_from_bytes = 0, .unpacked_kept_bytes = 8 << 20, .packs_all = true});
  std::string lines;
  for (int i = 0; i < 2000; ++i) {
    lines += R"({"info": {"trace_id": "tr-)" + std::to_string(i) + R"(", "timestamp_ms": 1767225600000}, "data": {"spans": [{"span_id": )"
             R"("00000000000000a1", "name": "answer", "attributes": {"said": ")" + std::string(2000, 'x') + (i == 70 ? " zebra" : "") + R"("}}]}})" "\n";
  }
  (void)assay::ingest::import_bytes(dataset, "t.jsonl", lines);
  dataset.let_go_texts();
  // What is unpacked stays in a cache, which counts as text.
  const auto unpacked_by = [&](std::string_view query) {
    const uint64_t before = dataset.memory().text_bytes;
    const auto rows = search_traces_by_query(dataset, query, {});
    REQUIRE(rows.ok());
    return std::pair(rows.value().size(), dataset.memory().text_bytes - before);
  };
  for (const std::string_view query : {"giraffe", "trace.text LIKE '%giraffe%'", "text =~ /giraffe|hippo[0-9]/", "span { giraffe }",
                                       "span { content CONTAINS 'giraffe' }"}) {
    INFO(query);
    const auto [found, unpacked] = unpacked_by(query);
    CHECK(found == 0);
    CHECK(unpacked < 400'000);  // of 4 MB: a filter may let a piece pass
  }
  const auto [found, unpacked] = unpacked_by("zebra");
  CHECK(found == 1);
  CHECK(unpacked > 0);
  CHECK(unpacked < 400'000);
  CHECK(unpacked_by("trace.text LIKE '%zebra%'").first == 1);
  CHECK(unpacked_by("text =~ /z.bra/").first == 1);
  CHECK(unpacked_by("span { content CONTAINS 'ZEBRA' }").first == 1);
  CHECK(unpacked_by("ｚｅｂｒａ").first == 1);  // which is the ASCII word as well
}
