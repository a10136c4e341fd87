#include "core/journal/journal.h"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

namespace assay::journal {
namespace {

NewEvent note(const std::string& text) {
  return NewEvent{"test.note", "{\"text\":\"" + text + "\"}"};
}

// Texts of the notes in force, in order.
std::vector<std::string> in_force(const Journal& journal) {
  std::vector<std::string> out;
  for (const uint32_t index : journal.in_order()) {
    const EventView event = journal.at(index);
    if (event.kind != "test.note" || journal.is_event_reverted(index)) continue;
    const std::string payload(event.payload_json);
    out.push_back(payload.substr(9, payload.size() - 11));
  }
  return out;
}

using Texts = std::vector<std::string>;

void undo(Journal& journal) { REQUIRE(journal.revert(journal.undo_step().value().txn, 0).ok()); }
void redo(Journal& journal) { REQUIRE(journal.revert(journal.redo_step().value().txn, 0).ok()); }

TEST_CASE("undo and redo walk back and forth over transactions") {
  Journal journal("s-a");
  CHECK_FALSE(journal.undo_step());
  CHECK_FALSE(journal.redo_step());
  journal.append({note("1"), note("2")}, 10);
  const std::string second = journal.append({note("3")}, 20).txn;
  CHECK(in_force(journal) == Texts{"1", "2", "3"});
  undo(journal);
  CHECK(in_force(journal) == Texts{"1", "2"});
  CHECK(journal.is_reverted(second));
  undo(journal);
  CHECK(in_force(journal).empty());
  CHECK_FALSE(journal.undo_step());
  redo(journal);
  redo(journal);
  CHECK(in_force(journal) == Texts{"1", "2", "3"});
  CHECK_FALSE(journal.redo_step());
  // Again: the reverts of reverts must themselves be reverted.
  undo(journal);
  undo(journal);
  CHECK(in_force(journal).empty());
  redo(journal);
  CHECK(in_force(journal) == Texts{"1", "2"});
  CHECK(journal.redo_step()->original == second);
  CHECK(journal.count() == 3 + 7);
}

TEST_CASE("a new change after undo ends redo but cuts no history") {
  Journal journal("s-a");
  journal.append({note("1")}, 10);
  undo(journal);
  journal.append({note("2")}, 20);
  CHECK_FALSE(journal.redo_step());
  CHECK(in_force(journal) == Texts{"2"});
  undo(journal);
  CHECK(in_force(journal).empty());
  CHECK_FALSE(journal.undo_step());  // 1 is out of force already
  CHECK(journal.count() == 4);
}

TEST_CASE("background transactions are not undone by keyboard, but can be reverted") {
  Journal journal("s-a");
  journal.append({note("mine")}, 10);
  const std::string verdict = journal.append({note("judge")}, 20, TxnScope::Background).txn;
  CHECK(journal.undo_step()->original == "s-a.1");
  undo(journal);
  CHECK(in_force(journal) == Texts{"judge"});
  redo(journal);
  REQUIRE(journal.revert(verdict, 30).ok());
  CHECK(in_force(journal) == Texts{"mine"});
  undo(journal);  // undoes that revert
  CHECK(in_force(journal) == Texts{"mine", "judge"});
}

TEST_CASE("a background transaction leaves redo alone") {
  Journal journal("s-a");
  journal.append({note("1")}, 10);
  undo(journal);
  journal.append({note("judge")}, 20, TxnScope::Background);
  REQUIRE(journal.redo_step());
  redo(journal);
  CHECK(in_force(journal) == Texts{"1", "judge"});
}

TEST_CASE("reverting something old from the history can be undone and redone") {
  Journal journal("s-a");
  const std::string first = journal.append({note("1")}, 10).txn;
  journal.append({note("2")}, 20);
  REQUIRE(journal.revert(first, 30).ok());
  CHECK(in_force(journal) == Texts{"2"});
  CHECK(journal.redo_step()->original == first);
  redo(journal);
  CHECK(in_force(journal) == Texts{"1", "2"});
}

TEST_CASE("other sessions' work is not undone") {
  Journal other("s-b");
  const Appended theirs = other.append({note("theirs")}, 10);
  Journal journal("s-a");
  journal.load_lines(theirs.lines);
  CHECK_FALSE(journal.undo_step());
  journal.append({note("mine")}, 20);
  undo(journal);
  CHECK(in_force(journal) == Texts{"theirs"});
  CHECK_FALSE(journal.undo_step());
}

TEST_CASE("what another session has reverted is skipped by undo") {
  Journal a("s-a");
  std::vector<std::string> lines = a.append({note("1")}, 10).lines;
  const Appended second = a.append({note("2")}, 20);
  lines.insert(lines.end(), second.lines.begin(), second.lines.end());
  Journal b("s-b");
  b.load_lines(lines);
  a.load_lines(b.revert(second.txn, 30).value().lines);
  CHECK(in_force(a) == Texts{"1"});
  CHECK(a.undo_step()->original == "s-a.1");
  undo(a);
  CHECK(in_force(a).empty());
  CHECK_FALSE(a.undo_step());
  redo(a);
  CHECK(in_force(a) == Texts{"1"});
}

TEST_CASE("the undo cursor survives a reload of the same session") {
  Journal before("s-a");
  before.append({note("1")}, 10);
  before.append({note("2")}, 20);
  before.append({note("judge")}, 25, TxnScope::Background);
  undo(before);
  const std::string text = before.export_text(1, "1");
  Journal after("s-a");
  REQUIRE(after.load(text).ok());
  CHECK(after.undo_step()->txn == before.undo_step()->txn);
  CHECK(after.redo_step()->txn == before.redo_step()->txn);
  redo(after);
  CHECK(in_force(after) == Texts{"1", "2", "judge"});
  Journal fresh("s-new");
  REQUIRE(fresh.load(text).ok());
  CHECK_FALSE(fresh.undo_step());
  CHECK(in_force(fresh) == Texts{"1", "judge"});
}

TEST_CASE("reverting an unknown transaction is an error") {
  Journal journal("s-a");
  journal.append({note("1")}, 10);
  CHECK(journal.revert("nope", 1).error().code == ErrorCode::NotFound);
  CHECK(journal.revert("", 1).error().code == ErrorCode::NotFound);
  CHECK(journal.revert("test.note", 1).error().code ==
        ErrorCode::NotFound);  // known, but no transaction
}

TEST_CASE("rings of reverts in a damaged journal end") {
  const auto revert_line = [](int seq, int target) {
    return "{\"seq\":" + std::to_string(seq) + ",\"time_ms\":5,\"session\":\"s-a\",\"txn\":\"s-a." +
           std::to_string(seq) + "\",\"kind\":\"txn.revert\",\"payload\":{\"txn\":\"s-a." +
           std::to_string(target) + "\"}}";
  };
  Journal journal("s-a");
  journal.load_lines({revert_line(1, 2), revert_line(2, 1), revert_line(3, 3)});
  CHECK(journal.count() == 3);
  if (const auto step = journal.undo_step()) CHECK_FALSE(step->original.empty());
  journal.append({note("1")}, 10);
  CHECK(journal.undo_step()->original == "s-a.4");
}

TEST_CASE("events of a transaction are found") {
  Journal journal("s-a");
  journal.append({note("0")}, 1);
  const Appended out = journal.append({note("1"), note("2")}, 2);
  CHECK(journal.events_of(out.txn) == std::vector<uint32_t>{1, 2});
  CHECK(journal.events_of("nope").empty());
}

}  // namespace
}  // namespace assay::journal
