// Any text as a journal: lines read and written again, two journals merged in either order (a line
// "%" parts them), and undo.
#include "core/journal/journal.h"
#include "tests/fuzz/fuzz_support.h"
#include "tests/fuzz/json_mutator.h"

namespace {

using namespace assay;
using fuzz::check;
using fuzz::check_same;
using journal::Journal;

constexpr int64_t kNowMs = 1'795'500'000'000;
constexpr int64_t kLastTimeMs = INT64_MAX / 1'000'000;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

void check_line(const std::string& line) {
  const Result<journal::Event> event = journal::decode_event(line);
  journal::decode_header(line);
  if (!event.ok()) {
    check(event.error().at_byte <= line.size(), "what is wrong stands in the line");
    return;
  }
  const std::string written = journal::encode_event(journal::view_of(event.value()));
  const Result<journal::Event> again = journal::decode_event(written);
  check(again.ok(), "an event that was written is read again");
  check_same(journal::encode_event(journal::view_of(again.value())), written,
             "an event written twice");
}

void check_merging(const std::vector<std::string>& first, const std::vector<std::string>& second) {
  Journal a("s-1"), b("s-1");
  const journal::LoadReport report = a.load_lines(first);
  check(report.events_added + report.duplicates + report.bad_lines <= report.lines_read,
        "no line counts twice");
  check(report.events_added == a.count(), "the events counted are there");
  a.load_lines(second);
  b.load_lines(second);
  b.load_lines(first);
  const std::string text = a.export_text(kNowMs, "1");
  check_same(b.export_text(kNowMs, "1"), text, "merged in either order");
  check(a.reverted_txn_keys().size() == b.reverted_txn_keys().size(), "and as much is reverted");
  check(a.load_lines(first).events_added == 0 && a.load_lines(second).events_added == 0,
        "nothing is added twice");

  Journal back("s-2");
  const Result<journal::LoadReport> loaded = back.load(text);
  check(loaded.ok() && loaded.value().bad_lines == 0 && !loaded.value().torn_last_line,
        "an exported journal is read");
  check(back.count() == a.count(), "with all its events");
  check_same(back.export_text(kNowMs, "1"), text, "exported twice");
  const std::vector<uint32_t> order = a.in_order();
  check(order.size() == a.count(), "the order has every event");
  for (size_t i = 1; i < order.size(); ++i)
    check(!a.is_before(order[i], order[i - 1]), "and is one");
}

// What is appended comes last; undo and redo bring back what was.
void check_undo(const std::vector<std::string>& lines) {
  Journal journal("s-1");
  journal.load_lines(lines);
  // Behind the end of time there is nothing more to come last.
  const std::vector<uint32_t> order = journal.in_order();
  const bool ended = !order.empty() && journal.at(order.back()).time_ms == kLastTimeMs;
  const journal::Appended appended =
      journal.append({{"assessment.create", "{\"a\": 1}", 1}}, kNowMs);
  check(ended || journal.in_order().back() == appended.first, "what is appended comes last");
  check(!journal.is_reverted(appended.txn), "and is in force");
  const auto undo = journal.undo_step();
  check(undo.has_value() && undo->txn == appended.txn, "and is the first to be undone");
  check(journal.revert(undo->txn, kNowMs).ok() && journal.is_reverted(appended.txn), "undone");
  const auto redo = journal.redo_step();
  check(redo.has_value() && redo->original == appended.txn, "and can be redone");
  check(journal.revert(redo->txn, kNowMs).ok() && !journal.is_reverted(appended.txn), "redone");
  for (size_t i = 0; i < journal.count() && i < 200; ++i) {
    check(journal.revert(journal.at(i).txn, kNowMs).ok(), "whatever is here can be reverted");
  }
  Journal copy("s-1");
  check(copy.load(journal.export_text(kNowMs, "1")).ok(), "all of that can be stored");
  check(copy.reverted_txn_keys().size() == journal.reverted_txn_keys().size(),
        "with what is reverted");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Input input(data, size);
  std::vector<std::string> lines = lines_of(input.rest());
  for (const std::string& line : lines)
    check_line(line);
  Journal whole("s-1");
  const Result<journal::LoadReport> report = whole.load(input.rest());
  check(report.ok() || whole.count() == 0, "a refused file changes nothing");
  if (report.ok()) journal::to_text(report.value());

  const auto middle = std::find(lines.begin(), lines.end(), "%");
  const std::vector<std::string> first(lines.begin(), middle);
  const std::vector<std::string> second(middle, lines.end());
  check_merging(first, second);
  check_undo(lines);
  return 0;
}
