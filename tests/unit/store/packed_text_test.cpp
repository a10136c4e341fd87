#include "core/store/packed_text.h"

#include <cstring>
#include <random>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "core/store/dataset.h"

using namespace assay;
using namespace assay::store;

namespace {

std::string words(size_t size_bytes, unsigned seed) {
  constexpr const char* kWords[] = {"refund ", "order ", "the ", "customer ", "\\n", "{\"a\": 1} ", "7", "\xC3\xA4"};
  std::mt19937 random(seed);
  std::string out;
  while (out.size() < size_bytes) out += kWords[random() % std::size(kWords)];
  out.resize(size_bytes);
  return out;
}

std::string noise(size_t size_bytes) {
  std::mt19937 random(5);
  std::string out(size_bytes, ' ');
  for (char& c : out) c = static_cast<char>(random());
  return out;
}

}  // namespace

TEST_CASE("packed text is what it was, wherever its pieces end") {
  for (const uint32_t size : {1u, 100u, kPieceBytes - 1, kPieceBytes, kPieceBytes + 1, 700'000u}) {
    const std::string text = words(size, size);
    std::mt19937 engine(size);
    const auto random = [&engine] { return static_cast<uint32_t>(engine()); };
    std::vector<uint32_t> ends;
    for (uint32_t at = 0; at < size;) {
      at += random() % (random() % 8 == 0 ? 300'000 : 9'000) + 1;
      ends.push_back(at);  // the last one may be behind the end
    }
    for (const auto& given : {ends, std::vector<uint32_t>{}}) {
      const auto packed = PackedText::pack(text, given, true);
      REQUIRE(packed != nullptr);
      REQUIRE(packed->raw_bytes() == size);
      TextCache cache(0);
      for (int i = 0; i < 300; ++i) {
        const uint32_t from = random() % size;
        const uint32_t count = 1 + random() % std::min(size - from, i % 10 == 0 ? size : 5000u);
        const size_t mark = cache.open_scope();
        const char* const got = cache.text(*packed, from, count);
        REQUIRE(std::string_view(got, count) == std::string_view(text).substr(from, count));
        cache.close_scope(mark);
      }
    }
  }
}

TEST_CASE("pieces end where records do") {
  const std::string text = words(300'000, 1);
  std::vector<uint32_t> ends;
  for (uint32_t at = 10'000; at <= 300'000; at += 10'000) ends.push_back(at);
  const auto packed = PackedText::pack(text, ends);
  REQUIRE(packed != nullptr);
  for (uint32_t record = 0; record < 30; ++record) {
    CHECK(packed->piece_at(record * 10'000) == packed->piece_at(record * 10'000 + 9'999));
  }
  CHECK(packed->size_bytes() < text.size());
}

TEST_CASE("what cannot be packed is left as it is") { CHECK(PackedText::pack(noise(200'000), {}) == nullptr); }

TEST_CASE("a view stays until the scope ends in which it was taken") {
  const std::string text = words(1'000'000, 2);
  const auto packed = PackedText::pack(text, {});
  REQUIRE(packed != nullptr);
  TextCache cache(0);
  const char* const base = cache.text(*packed, 10, 20);
  const size_t outer = cache.open_scope();
  const char* const first = cache.text(*packed, 200'000, 1000);
  const size_t inner = cache.open_scope();
  CHECK(cache.text(*packed, 200'500, 100) == first + 500);  // nothing is unpacked twice
  for (uint32_t at = 0; at < 900'000; at += 60'000) {
    CHECK(std::string_view(cache.text(*packed, at, 70'000), 70'000) == std::string_view(text).substr(at, 70'000));
  }
  const uint64_t most = cache.size_bytes();
  cache.close_scope(inner);
  CHECK(cache.size_bytes() < most);
  CHECK(std::string_view(first, 1000) == std::string_view(text).substr(200'000, 1000));
  CHECK(std::string_view(base, 20) == std::string_view(text).substr(10, 20));
  cache.close_scope(outer);
  CHECK(cache.size_bytes() > 0);
  CHECK(std::string_view(base, 20) == std::string_view(text).substr(10, 20));
  cache.let_go();
  CHECK(cache.size_bytes() == 0);
}

TEST_CASE("a search through everything keeps no more than the cache's size, and what views showed stays") {
  const std::string text = words(4'000'000, 3);
  const auto packed = PackedText::pack(text, {});
  REQUIRE(packed != nullptr);
  constexpr uint64_t kKept = 5 * kPieceBytes;
  TextCache cache(kKept);
  const char* const shown = cache.text(*packed, 0, 100);
  cache.let_go();
  for (uint32_t at = kPieceBytes; at + 500 < text.size(); at += 500) {
    const size_t mark = cache.open_scope();
    (void)cache.text(*packed, at, 500);
    cache.close_scope(mark);
    REQUIRE(cache.size_bytes() <= kKept + kPieceBytes);
  }
  CHECK(cache.text(*packed, 0, 100) == shown);
}

TEST_CASE("a data set packs the windows that are left, and reads as before") {
  Dataset dataset(TextPolicy{1'000'000, 0, false});
  dataset.add_file({"large", 50'000'000, {}});
  REQUIRE(dataset.packs_text());
  std::vector<std::pair<TextRef, std::string>> texts;
  TextRef window = dataset.reserve_window(1 << 20, 1 << 20);
  for (uint32_t i = 0; i < 40; ++i) {
    const std::string text = words(window.size_bytes - i * 1000, i);
    std::memcpy(dataset.writable_text(window), text.data(), text.size());
    const TextRef next = dataset.reserve_window(1 << 20, 1 << 20);
    dataset.shrink_last_reservation(window, static_cast<uint32_t>(text.size()));
    window.form = TextForm::Plain;
    texts.emplace_back(TextRef{window.blob, window.offset_bytes, static_cast<uint32_t>(text.size()), TextForm::Plain}, text);
    window = next;
  }
  dataset.shrink_last_reservation(window, 0);
  CHECK(dataset.memory().text_bytes < 25'000'000);
  for (const auto& [ref, text] : texts) {
    const TextScope scope(dataset);
    REQUIRE(dataset.raw(ref) == text);
  }
  CHECK(dataset.memory().text_bytes < 25'000'000);
}

TEST_CASE("short tags of packed text are read without unpacking") {
  for (const uint64_t pack_from : {uint64_t{0}, UINT64_MAX}) {
    Dataset dataset(TextPolicy{pack_from, 0, true});
    const std::string record = "{\"k\": \"prod\", \"esc\": \"a\\\"b\", \"long\": \"" + std::string(200, 'x') + "\", \"n\": 12}";
    const auto size = static_cast<uint32_t>(record.size());
    TextRef place = dataset.reserve_window(size, size);
    std::memcpy(dataset.writable_text(place), record.data(), record.size());
    place.form = TextForm::Json;
    const auto at = [&](std::string_view text, TextForm form) {
      return TextRef{place.blob, place.offset_bytes + static_cast<uint32_t>(record.find(text)), static_cast<uint32_t>(text.size()), form};
    };
    TraceFields fields;
    fields.record = place;
    fields.trace_id = "t";
    const auto key = [&dataset](std::string_view name) { return dataset.names().intern(name); };
    const std::string long_value(200, 'x');
    const TraceRow row = dataset.add_trace(
        fields, {}, {{key("esc"), at("a\\\"b", TextForm::EscapedString)}, {key("long"), at(long_value, TextForm::Plain)}},
        {{key("k"), at("prod", TextForm::Plain)}, {key("n"), at("12", TextForm::Json)}, {key("none"), TextRef{}}}, {});
    dataset.shrink_last_reservation(place, size);
    std::string scratch;
    CHECK(dataset.text_now(*dataset.find_metadata(row, "esc"), scratch) == "a\"b");
    CHECK(dataset.text_now(*dataset.find_tag(row, "k"), scratch) == "prod");
    CHECK(dataset.find_tag(row, "n")->form == TextForm::Json);
    CHECK(dataset.raw(*dataset.find_tag(row, "n")) == "12");
    CHECK_FALSE(dataset.find_tag(row, "none")->present());
    const uint64_t before = dataset.memory().text_bytes;
    CHECK(dataset.raw(*dataset.find_metadata(row, "long")) == long_value);
    CHECK((dataset.memory().text_bytes > before) == (pack_from == 0));
    CHECK(dataset.raw(dataset.record(row)) == record);
  }
}

TEST_CASE("the filters of packed text deny nothing that stands there, across pieces and in any case") {
  const std::string text = words(400'000, 3);
  const auto packed = PackedText::pack(text, {});
  REQUIRE(packed != nullptr);
  std::mt19937 engine(4);
  const auto random = [&engine] { return static_cast<uint32_t>(engine()); };
  const auto size = static_cast<uint32_t>(text.size());
  for (int i = 0; i < 3000; ++i) {
    const uint32_t from = random() % (size - 40), count = random() % 40;
    std::string wanted = text.substr(from, count);
    for (char& c : wanted) {
      if (c >= 'a' && c <= 'z' && random() % 2 == 0) c = static_cast<char>(c - 0x20);
    }
    const uint32_t before = random() % std::min(from + 1, 3000u), after = random() % std::min(size - from - count, 3000u);
    CHECK(packed->may_hold(from - before, before + count + after + 1, Trigrams(wanted)));
  }
  for (uint32_t border = kPieceBytes; border < size; border += kPieceBytes)
    CHECK(packed->may_hold(border - 20, 40, Trigrams(text.substr(border - 5, 10))));
  uint32_t denied = 0;
  for (uint32_t i = 0; i < 1000; ++i) {
    std::string id;
    for (int digit = 0; digit < 16; ++digit) id += "0123456789abcdef"[random() % 16];
    if (!packed->may_hold(0, size, Trigrams(id))) ++denied;
  }
  CHECK(denied == 1000);
  CHECK(packed->may_hold(0, 1, Trigrams("zz")));  // too short to tell
}
