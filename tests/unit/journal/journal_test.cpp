#include "core/journal/journal.h"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace assay::journal {
namespace {

NewEvent note(const std::string& text) {
  return NewEvent{"test.note", "{\"text\":\"" + text + "\"}"};
}

std::vector<std::string> lines_of(const Journal& journal) {
  std::vector<std::string> out;
  for (const uint32_t index : journal.in_order()) {
    std::string line;
    journal.append_line(line, index);
    line.pop_back();
    out.push_back(line);
  }
  return out;
}

std::string event_line(const std::string& session, int seq, int time_ms, const std::string& kind,
                       const std::string& payload = "{}") {
  return "{\"seq\":" + std::to_string(seq) + ",\"time_ms\":" + std::to_string(time_ms) +
         ",\"author\":\"\",\"session\":\"" + session + "\",\"txn\":\"" + session + "." +
         std::to_string(seq) + "\",\"kind\":\"" + kind + "\",\"version\":1,\"payload\":" + payload +
         "}";
}

TEST_CASE("appending numbers and stamps the events of a session") {
  Journal journal("s-a");
  journal.set_author("Ann");
  const Appended first = journal.append({note("1"), note("2")}, 1000);
  const Appended second = journal.append({note("3")}, 1001);
  CHECK(first.txn == "s-a.1");
  CHECK(second.txn == "s-a.3");
  REQUIRE(first.lines.size() == 2);
  REQUIRE(journal.count() == 3);
  CHECK(journal.at(1).seq == 2);
  CHECK(journal.at(1).time_ms == 1000);
  CHECK(journal.at(2).author == "Ann");
  CHECK(journal.txn_key(0) == journal.txn_key(1));
  CHECK(journal.txn_key(0) != journal.txn_key(2));
  CHECK(lines_of(journal)[0] == first.lines[0]);
}

TEST_CASE("a payload with line breaks still makes one line") {
  Journal journal("s-a");
  const Appended out = journal.append({NewEvent{"test.note", "{\n \"text\" : \"a  b\"\n}"}}, 1);
  CHECK(out.lines[0].find('\n') == std::string::npos);
  CHECK(journal.at(0).payload_json == R"({"text":"a  b"})");
}

TEST_CASE("a clock that is set back does not change the order of events") {
  Journal journal("s-a");
  journal.append({note("1")}, 5000);
  journal.append({note("2")}, 4000);
  CHECK(journal.at(1).time_ms == 5000);
  CHECK(journal.in_order() == std::vector<uint32_t>{0, 1});
}

TEST_CASE("what is made with knowledge of another session's event sorts behind it") {
  for (const char* other : {"s-0", "s-z"}) {
    CAPTURE(other);
    Journal journal("s-m");
    journal.load_lines({event_line(other, 1, 9000, "test.note")});
    journal.append({note("mine")}, 100);
    CHECK(journal.is_before(0, 1));
  }
}

TEST_CASE("the storage's lines restore the journal and its numbering") {
  Journal before("s-a");
  std::vector<std::string> stored;
  for (int i = 0; i < 5; ++i) {
    const Appended out = before.append({note(std::to_string(i)), note("x")}, 100 + i);
    stored.insert(stored.end(), out.lines.begin(), out.lines.end());
  }
  Journal after("s-a");
  const LoadReport report = after.load_lines(stored);
  CHECK(report.events_added == 10);
  CHECK(report.bad_lines == 0);
  CHECK(lines_of(after) == lines_of(before));
  CHECK(after.append({note("next")}, 1).txn == "s-a.11");
}

TEST_CASE("an exported file is read back whole and twice is once") {
  Journal journal("s-a");
  journal.append({note("1")}, 10);
  journal.append({note("2")}, 20);
  const std::string text = journal.export_text(99, "1.0.0");
  CHECK(text.substr(0, 17) == "{\"assay_journal\":");

  Journal other("s-b");
  const auto first = other.load(text);
  REQUIRE(first.ok());
  CHECK(first.value().events_added == 2);
  CHECK(first.value().lines_read == 2);
  CHECK(first.value().first_added == 0);
  const auto second = other.load(text);
  REQUIRE(second.ok());
  CHECK(second.value().events_added == 0);
  CHECK(second.value().duplicates == 2);
  CHECK(lines_of(other) == lines_of(journal));
}

TEST_CASE("a byte order mark, Windows line ends and blank lines do not matter") {
  const std::string text = "\xEF\xBB\xBF" + encode_header(1, 2, "1") + "\r\n\r\n" +
                           event_line("s", 1, 5, "k") + "\r\n \n" + event_line("s", 2, 6, "k");
  Journal journal("s-b");
  const auto report = journal.load(text);
  REQUIRE(report.ok());
  CHECK(report.value().events_added == 2);
  CHECK(report.value().bad_lines == 0);
  CHECK_FALSE(report.value().torn_last_line);
}

TEST_CASE("journals merge to the same order whatever comes first") {
  std::vector<std::vector<std::string>> sources{
      {event_line("s-1", 1, 10, "k"), event_line("s-1", 2, 30, "k"), event_line("s-1", 3, 30, "k")},
      {event_line("s-2", 1, 10, "k"), event_line("s-2", 2, 20, "k")},
      {event_line("s-3", 1, 30, "k"), event_line("s-1", 1, 10, "k")},
  };
  std::vector<size_t> order{0, 1, 2};
  std::vector<std::string> expected;
  do {
    Journal journal("s-x");
    for (const size_t i : order)
      journal.load_lines(sources[i]);
    CHECK(journal.count() == 6);
    if (expected.empty()) expected = lines_of(journal);
    CHECK(lines_of(journal) == expected);
  } while (std::next_permutation(order.begin(), order.end()));
  CHECK(expected[0] == event_line("s-1", 1, 10, "k"));
  CHECK(expected[1] == event_line("s-2", 1, 10, "k"));
  CHECK(expected[5] == event_line("s-3", 1, 30, "k"));
}

TEST_CASE("two different events under one number are both kept, in either order") {
  const std::string a = event_line("s", 1, 5, "k", R"({"v":1})");
  const std::string b = event_line("s", 1, 5, "k", R"({"v":2})");
  Journal x("s-x"), y("s-y");
  x.load_lines({a});
  const LoadReport report = x.load_lines({b});
  CHECK(report.events_added == 1);
  CHECK(report.conflicts == 1);
  CHECK(y.load_lines({b, a, b}).conflicts == 1);
  CHECK(x.count() == 2);
  CHECK(y.count() == 2);
  CHECK(lines_of(x) == lines_of(y));
  CHECK(x.load_lines({a, b}).duplicates == 2);
}

TEST_CASE("two events under one number are in the same order however they came") {
  const std::string line = event_line("s", 1, 5, "k");
  const auto with = [&line](std::string_view from, std::string_view to) {
    std::string out = line;
    return out.replace(out.find(from), from.size(), to);
  };
  const std::string others[] = {with("\"version\":1", "\"version\":2"),
                                with("\"payload\"", "\"background\":true,\"payload\""),
                                with("\"author\":\"", "\"author\":\"x"),
                                line.substr(0, line.size() - 1) + ",\"more\":1}"};
  for (const std::string& other : others) {
    INFO(other);
    Journal x("s-x"), y("s-y");
    x.load_lines({line, other});
    y.load_lines({other, line});
    REQUIRE(x.count() == 2);
    CHECK(x.export_text(9, "1") == y.export_text(9, "1"));
  }
}

TEST_CASE("a torn last line is left out with a note, a broken line in between is reported") {
  const std::string good1 = event_line("s", 1, 5, "k");
  const std::string good2 = event_line("s", 2, 6, "k");
  const std::string text = good1 + "\n{\"seq\":\n" + good2 + "\n" + good2.substr(0, 30);
  Journal journal("s-x");
  const auto result = journal.load(text);
  REQUIRE(result.ok());
  const LoadReport& report = result.value();
  CHECK(report.events_added == 2);
  CHECK(report.bad_lines == 1);
  CHECK(report.torn_last_line);
  REQUIRE(report.first_bad_lines.size() == 1);
  CHECK(report.first_bad_lines[0].line_number == 2);
  CHECK(report.first_bad_lines[0].at_byte >= good1.size() + 1);
  CHECK(to_text(report).find("line 2, byte ") != std::string::npos);
  CHECK(to_text(report).find("cut off") != std::string::npos);
}

TEST_CASE("every cut of a file keeps all whole lines and never fails") {
  Journal journal("s-a");
  journal.append({note("1")}, 10);
  journal.append({note("2"), note("✓")}, 20);
  const std::string text = journal.export_text(99, "1.0.0");
  const size_t header_bytes = text.find('\n') + 1;
  for (size_t n = header_bytes; n <= text.size(); ++n) {
    CAPTURE(n);
    Journal other("s-b");
    const auto report = other.load(text.substr(0, n));
    REQUIRE(report.ok());
    const auto whole =
        static_cast<size_t>(std::count(text.begin() + static_cast<std::ptrdiff_t>(header_bytes),
                                       text.begin() + static_cast<std::ptrdiff_t>(n), '\n'));
    // A line that lacks only its line end is whole, too.
    CHECK(other.count() >= whole);
    CHECK(other.count() <= whole + 1);
    CHECK(report.value().bad_lines == 0);
  }
}

TEST_CASE("a newer journal is refused and nothing is changed") {
  Journal journal("s-a");
  journal.append({note("mine")}, 10);
  const std::string text =
      "{\"assay_journal\":7,\"shape\":\"new\"}\n" + event_line("s", 1, 5, "k") + "\n";
  const auto result = journal.load(text);
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().code == ErrorCode::Unsupported);
  CHECK(result.error().what.find("journal version 7") != std::string::npos);
  CHECK(journal.count() == 1);
}

TEST_CASE("files that are no journal are refused") {
  Journal journal("s-a");
  for (const char* text : {"", "\n\n", "hello", "{\"info\":{}}\n{\"info\":{}}", "[1,2,3]",
                           "\x89PNG\r\n\x1a\n", "\xff\xfe\x00"}) {
    CAPTURE(text);
    const auto result = journal.load(text);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().code == ErrorCode::InvalidInput);
  }
  CHECK(journal.count() == 0);
}

TEST_CASE("an empty journal can be exported and opened") {
  const Journal journal("s-a");
  Journal other("s-b");
  const auto report = other.load(journal.export_text(5, "1"));
  REQUIRE(report.ok());
  CHECK(report.value().events_added == 0);
}

TEST_CASE("unknown kinds and newer payloads are kept and exported again") {
  const std::string line = R"({"seq":1,"time_ms":5,"author":"","session":"s","txn":"t",)"
                           R"("kind":"future.thing","version":9,"payload":{"a":1},"hint":"x"})";
  Journal journal("s-a");
  journal.load_lines({line});
  CHECK(lines_of(journal) == std::vector<std::string>{line});
}

TEST_CASE("the first bad lines are kept, the rest is counted") {
  std::string text = event_line("s", 1, 5, "k") + "\n";
  for (int i = 0; i < 100; ++i)
    text += "garbage\n";
  Journal journal("s-a");
  const auto report = journal.load(text);
  REQUIRE(report.ok());
  CHECK(report.value().bad_lines == 100);
  CHECK(report.value().first_bad_lines.size() == kMaxBadLines);
}

TEST_CASE("random bytes never break loading") {
  uint32_t state = 12345;
  const auto next = [&state] { return state = state * 1664525 + 1013904223; };
  const std::string good = event_line("s", 1, 5, "k", R"({"t":"\u00e9 \" x"})");
  for (int round = 0; round < 3000; ++round) {
    std::string line = good;
    for (int k = 0; k < 3; ++k)
      line[(next() >> 8) % line.size()] = static_cast<char>(next() >> 24);
    Journal journal("s-a");
    const auto report = journal.load(good + "\n" + line + "\n");
    REQUIRE(report.ok());
    CHECK(journal.count() >= 1);
    // What was taken in can be exported and read again.
    Journal copy("s-b");
    REQUIRE(copy.load(journal.export_text(1, "1")).ok());
    CHECK(copy.count() == journal.count());
  }
}

}  // namespace
}  // namespace assay::journal
