#include "core/convert/otlp_protobuf.h"

#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "tests/support/files.h"
#include "tests/unit/convert/converted.h"

using namespace assay;
using namespace std::string_literals;

namespace {

// One field with a length; at most 127 bytes.
std::string block(int field, const std::string& bytes) {
  REQUIRE(bytes.size() < 128);
  return std::string(1, static_cast<char>(field << 3 | 2)) + static_cast<char>(bytes.size()) +
         bytes;
}

struct Documents : convert::OtlpProtobuf::Sink {
  std::vector<std::string> documents, problems;
  void document(const std::string& json, uint64_t) override { documents.push_back(json); }
  void damaged(std::string_view why, uint64_t) override { problems.emplace_back(why); }
};

Documents read(const std::string& bytes) {
  Documents out;
  convert::OtlpProtobuf reader(out);
  for (const char c : bytes)
    reader.push(std::string_view(&c, 1));
  reader.finish();
  return out;
}

std::string golden() {
  auto bytes = test::load_file(test::source_path("tests/golden/convert/protobuf-traces/input.bin"));
  REQUIRE(bytes.has_value());
  return *bytes;
}

}  // namespace

TEST_CASE("protobuf is told from text by its first bytes") {
  CHECK(convert::is_protobuf("\x0a\x05\x12\x03\x12\x01\x0a"s));
  CHECK_FALSE(convert::is_protobuf("\n{\"a\": 1}"));
  CHECK_FALSE(convert::is_protobuf("\n\n\r\n\t{}"));
  CHECK_FALSE(convert::is_protobuf(""));
  CHECK_FALSE(convert::is_protobuf("{\x01}"));
}

TEST_CASE("a span in protobuf becomes OTLP JSON") {
  const std::string id = "0123456789abcdef";
  const std::string span =
      block(1, id) + block(2, "\x00\x00\x00\x00\x00\x00\x00\x07"s) + block(5, "say \"hi\"") +
      block(9, block(1, "n") + block(2, "\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s));
  const Documents result = read(block(1, block(2, block(2, span))));
  CHECK(result.problems.empty());
  REQUIRE(result.documents.size() == 1);
  CHECK(
      result.documents[0] ==
      R"({"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"30313233343536373839616263646566","spanId":"0000000000000007","name":"say \"hi\"","attributes":[{"key":"n","value":{"intValue":-1}}]}]}]}]})");
}

TEST_CASE("a protobuf file that is cut off or damaged anywhere is told and does no harm") {
  const std::string whole = golden();
  int whole_messages = 0;  // cut between two messages: nothing is missing that could be told
  for (size_t size = 1; size < whole.size(); ++size) {
    whole_messages += test::converted(whole.substr(0, size), "traces.pb").report.warnings() == 0;
    std::string changed = whole;
    changed[size] = static_cast<char>(changed[size] ^ (size % 2 == 0 ? 0xFF : 0x04));
    for (const std::string& line : test::converted(changed, "traces.pb").lines) {
      json::Tree tree;
      REQUIRE(tree.parse(line));
    }
  }
  CHECK(whole_messages == 2);
}

TEST_CASE("of a protobuf file that is cut off, the whole spans are read") {
  const std::string whole = golden();
  const test::Converted cut = test::converted(whole.substr(0, 700), "traces.pb");
  REQUIRE(cut.lines.size() == 1);
  CHECK(cut.record(0)["data"]["spans"].size() == 1);
  CHECK(cut.report.count(ingest::IssueKind::TruncatedRecord) == 1);
}

TEST_CASE("deep nesting and hostile lengths in protobuf are bounded") {
  // A length of 2^63, a varint without an end, a group, field number 0.
  for (const std::string& bytes :
       {"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f"s + std::string(40, 'a'),
        "\x0a"s + std::string(40, '\xff'), "\x0b"s + std::string(40, 'a'),
        "\x00"s + std::string(40, 'a')}) {
    CHECK_FALSE(read(bytes).problems.empty());
  }
  // Arrays in arrays, 4000 levels.
  std::string deep;
  for (int i = 0; i < 4000; ++i) {
    std::string length;
    for (size_t size = deep.size();; size >>= 7) {
      length += static_cast<char>((size & 0x7F) | (size >= 128 ? 0x80 : 0));
      if (size < 128) break;
    }
    deep = (i % 2 == 0 ? "\x0a"s : "\x2a"s) + length + deep;
  }
  const auto wrap = [](char tag, const std::string& inner) {
    std::string length;
    for (size_t size = inner.size();; size >>= 7) {
      length += static_cast<char>((size & 0x7F) | (size >= 128 ? 0x80 : 0));
      if (size < 128) break;
    }
    return std::string(1, tag) + length + inner;
  };
  const std::string attribute = block(1, "k") + wrap('\x12', deep);
  const Documents result = read(wrap(
      '\x0a', wrap('\x12', wrap('\x12', block(1, "0123456789abcdef") + wrap('\x4a', attribute)))));
  REQUIRE(result.documents.size() == 1);
  CHECK_FALSE(result.problems.empty());
  json::Tree tree;
  CHECK(tree.parse(result.documents[0]));
}

TEST_CASE("logs in protobuf are told, not taken for spans") {
  const std::string log = "\x09\x01\x02\x03\x04\x05\x06\x07\x08"s;  // time_unix_nano
  const Documents result = read(block(1, block(2, block(2, log))));
  REQUIRE(result.problems.size() == 1);
  CHECK(result.problems[0].find("no spans") != std::string::npos);
}
