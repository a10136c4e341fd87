#include "core/review/board.h"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <set>

using namespace assay;
using namespace assay::review;
using journal::Journal;

namespace {

LabelSchema pass_fail(const std::string& name, const std::string& instruction = "") {
  LabelSchema schema;
  schema.name = name;
  schema.instruction = instruction;
  return schema;
}

Queue queue_of(const std::string& id, std::vector<std::string> traces) {
  Queue queue;
  queue.queue_id = id;
  queue.name = "Queue " + id;
  queue.schemas = {"correct"};
  queue.trace_ids = std::move(traces);
  return queue;
}

std::string text_of(const Board& board) {
  std::string out;
  for (const SchemaEntry& s : board.schemas())
    out += s.schema.name + " v" + std::to_string(s.version) + (s.retired ? " retired" : "") + " " + s.schema.instruction + "\n";
  for (const Queue& q : board.queues()) {
    out += q.queue_id + (q.archived ? " archived" : "") + "\n";
    std::vector<const ReviewerWork*> work;
    for (const ReviewerWork& w : q.work) work.push_back(&w);
    std::sort(work.begin(), work.end(), [](auto* a, auto* b) { return a->reviewer < b->reviewer; });
    for (const ReviewerWork* w : work) {
      out += "  " + w->reviewer + ":";
      for (const ItemWork& i : w->items)
        out += " " + std::string(item_state_name(i.state)) + "/" + std::to_string(i.spent_ms);
      out += "\n";
    }
  }
  return out;
}

}  // namespace

TEST_CASE("Schemas get versions when their definition changes") {
  Journal journal("s-a");
  Board board(journal);
  journal.append({schema_define_event(pass_fail("correct"))}, 1);
  CHECK(board.sync());
  CHECK_FALSE(board.sync());
  LabelSchema titled = pass_fail("correct");
  titled.title = "Right?";
  journal.append({schema_define_event(titled)}, 2);
  board.sync();
  CHECK(board.find_schema("correct")->version == 1);
  CHECK(board.find_schema("correct")->schema.title == "Right?");
  const std::string txn = journal.append({schema_define_event(pass_fail("correct", "Be strict"))}, 3).txn;
  board.sync();
  CHECK(board.find_schema("correct")->version == 2);
  (void)journal.revert(txn, 4);
  board.sync();
  CHECK(board.find_schema("correct")->version == 1);
  CHECK(board.find_schema("correct")->schema.title == "Right?");
  journal.append({schema_retire_event("correct")}, 5);
  journal.append({schema_retire_event("nobody")}, 6);
  board.sync();
  CHECK(board.find_schema("correct")->retired);
  CHECK(board.ignored_events() == 1);
}

TEST_CASE("Each reviewer goes through the queue; put off ones come last") {
  Journal journal("s-a");
  Board board(journal);
  journal.set_author("Ann");
  journal.append({queue_create_event(queue_of("q", {"t0", "t1", "t2", "t1"})).value()}, 1);
  board.sync();
  const Queue* q = board.find_queue("q");
  REQUIRE(q != nullptr);
  CHECK(q->trace_ids.size() == 3);
  CHECK(next_open_item(*q, "Ann", -1) == 0u);
  const auto mark = [&](const std::string& trace, ItemState state, int64_t when) {
    journal.append({queue_item_event("q", trace, state, 100)}, when);
    board.sync();
    q = board.find_queue("q");
  };
  mark("t0", ItemState::Deferred, 2);
  CHECK(next_open_item(*q, "Ann", 0) == 1u);
  mark("t1", ItemState::Complete, 3);
  CHECK(next_open_item(*q, "Ann", 1) == 2u);
  CHECK(next_open_item(*q, "Bob", 1) == 2u);
  mark("t2", ItemState::Deferred, 4);
  CHECK(next_open_item(*q, "Ann", 2) == 0u);  // the one that waits longest
  CHECK(next_open_item(*q, "Ann", 0) == 2u);
  mark("t0", ItemState::Declined, 5);
  CHECK(next_open_item(*q, "Ann", 2) == 2u);  // the last one, though it is open already
  mark("t2", ItemState::Complete, 6);
  CHECK_FALSE(next_open_item(*q, "Ann", 2));
  const QueueProgress progress = progress_of(*q, "Ann");
  CHECK(progress.complete == 2);
  CHECK(progress.declined == 1);
  CHECK(progress.pending() == 0);
  CHECK(progress.spent_ms == 300);
  CHECK(progress_of(*q, "Bob").pending() == 3);
  mark("t9", ItemState::Complete, 7);
  CHECK(board.ignored_events() == 1);
}

TEST_CASE("A queue needs a name, questions and traces") {
  CHECK(queue_create_event(queue_of("q", {"t"})).ok());
  CHECK_FALSE(queue_create_event(queue_of("q", {})).ok());
  Queue nameless = queue_of("q", {"t"});
  nameless.name = " ";
  CHECK_FALSE(queue_create_event(nameless).ok());
  Queue aimless = queue_of("q", {"t"});
  aimless.schemas.clear();
  CHECK_FALSE(queue_create_event(aimless).ok());
}

TEST_CASE("Hostile events change nothing") {
  Journal journal("s-a");
  Board board(journal);
  for (const char* payload : {"{}", "[]", "{\"schema\":4}", "{\"schema\":{\"name\":\"x\"}}", "{\"queue_id\":\"\"}",
                              "{\"queue_id\":\"q\",\"traces\":7}", "{\"queue_id\":\"q\",\"trace_id\":\"t\",\"state\":\"odd\"}"}) {
    for (const std::string_view kind : {kSchemaDefine, kSchemaRetire, kQueueArchive, kQueueItem})
      journal.append({{std::string(kind), payload, 1}}, 1);
  }
  journal.append({{std::string(kSchemaDefine), "{\"schema\":{}}", 99}}, 2);
  board.sync();
  CHECK(board.schemas().empty());
  CHECK(board.queues().empty());
  CHECK(board.ignored_events() == 29);
}

TEST_CASE("A sample is what its seed says, without repeats") {
  const std::vector<uint32_t> sample = random_sample(1000, 50, 42);
  CHECK(sample == random_sample(1000, 50, 42));
  CHECK(sample != random_sample(1000, 50, 43));
  CHECK(std::set<uint32_t>(sample.begin(), sample.end()).size() == 50);
  const std::vector<uint32_t> more = random_sample(1000, 80, 42);
  CHECK(std::equal(sample.begin(), sample.end(), more.begin()));
  CHECK(random_sample(3, 10, 1).size() == 3);
  CHECK(random_sample(0, 10, 1).empty());
  // Every place is as likely.
  std::vector<int> hits(10, 0);
  for (uint64_t seed = 0; seed < 5000; ++seed)
    for (const uint32_t i : random_sample(10, 2, seed)) ++hits[i];
  for (const int count : hits) CHECK(std::abs(count - 1000) < 120);
}

// --- Random work against a naive model: two reviewers, undo and redo, reload, merging in any order ---

namespace {

struct Step {
  int kind = 0;  // 0 define, 1 retire, 2 queue, 3 item, 4 archive
  std::string author, name, instruction, trace;
  ItemState state = ItemState::Pending;
  int64_t time = 0, spent = 0;
  bool on = true;
};

// Plays all steps that are on, from the start.
std::string model_text(const std::vector<Step>& steps) {
  struct S { std::string name, instruction; int version = 1; bool retired = false; };
  struct Q { std::string id; bool archived = false; std::map<std::string, std::map<std::string, ItemWork>> work; };
  std::vector<S> schemas;
  std::vector<Q> queues;
  const std::vector<std::string> traces = {"t0", "t1", "t2"};
  for (const Step& step : steps) {
    if (!step.on) continue;
    const auto s = std::find_if(schemas.begin(), schemas.end(), [&](const S& x) { return x.name == step.name; });
    const auto q = std::find_if(queues.begin(), queues.end(), [&](const Q& x) { return x.id == step.name; });
    if (step.kind == 0) {
      if (s == schemas.end()) {
        schemas.push_back({step.name, step.instruction});
      } else {
        if (s->instruction != step.instruction) ++s->version;
        s->instruction = step.instruction;
        s->retired = false;
      }
    } else if (step.kind == 1 && s != schemas.end()) {
      s->retired = true;
    } else if (step.kind == 2 && q == queues.end()) {
      queues.push_back({step.name, false, {}});
    } else if (step.kind == 3 && q != queues.end()) {
      ItemWork& item = q->work[step.author][step.trace];
      item.state = step.state;
      item.spent_ms += step.spent;
    } else if (step.kind == 4 && q != queues.end()) {
      q->archived = true;
    }
  }
  std::string out;
  for (const S& s : schemas)
    out += s.name + " v" + std::to_string(s.version) + (s.retired ? " retired" : "") + " " + s.instruction + "\n";
  for (const Q& q : queues) {
    out += q.id + (q.archived ? " archived" : "") + "\n";
    for (const auto& [reviewer, items] : q.work) {
      out += "  " + reviewer + ":";
      for (const std::string& t : traces) {
        const auto it = items.find(t);
        const ItemWork work = it == items.end() ? ItemWork{} : it->second;
        out += " " + std::string(item_state_name(work.state)) + "/" + std::to_string(work.spent_ms);
      }
      out += "\n";
    }
  }
  return out;
}

}  // namespace

TEST_CASE("Boards of random work are what a naive model says, also merged and reloaded") {
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&](int n) { return static_cast<int>(random() % static_cast<uint32_t>(n)); };
    // Two desks that do not see each other.
    Journal journals[2] = {Journal("s-a"), Journal("s-b")};
    journals[0].set_author("Ann");
    journals[1].set_author("Bob");
    Board boards[2] = {Board(journals[0]), Board(journals[1])};
    std::vector<Step> steps;
    std::vector<std::pair<size_t, std::string>> done[2];  // step, transaction
    std::vector<std::pair<size_t, std::string>> undone[2];
    int64_t now = 1000;
    for (int i = 0; i < 60; ++i) {
      const int desk = below(2);
      Journal& journal = journals[desk];
      ++now;
      const int what = below(10);
      if (what == 8 && !done[desk].empty()) {
        const auto step = *journal.undo_step();
        CHECK(step.original == done[desk].back().second);
        (void)journal.revert(step.txn, now);
        steps[done[desk].back().first].on = false;
        undone[desk].push_back(done[desk].back());
        done[desk].pop_back();
      } else if (what == 9 && !undone[desk].empty()) {
        (void)journal.revert(journal.redo_step()->txn, now);
        steps[undone[desk].back().first].on = true;
        done[desk].push_back(undone[desk].back());
        undone[desk].pop_back();
      } else {
        Step step;
        step.kind = below(5);
        step.author = journal.author();
        step.time = now;
        step.name = (step.kind <= 1 ? "s" : "q") + std::to_string(below(2));
        step.instruction = "i" + std::to_string(below(3));
        step.trace = "t" + std::to_string(below(3));
        step.state = static_cast<ItemState>(below(4));
        step.spent = below(1000);
        journal::NewEvent event;
        switch (step.kind) {
          case 0: event = schema_define_event(pass_fail(step.name, step.instruction)); break;
          case 1: event = schema_retire_event(step.name); break;
          case 2: event = queue_create_event(queue_of(step.name, {"t0", "t1", "t2"})).value(); break;
          case 3: event = queue_item_event(step.name, step.trace, step.state, step.spent); break;
          default: event = queue_archive_event(step.name); break;
        }
        done[desk].emplace_back(steps.size(), journal.append({event}, now).txn);
        undone[desk].clear();
        steps.push_back(step);
      }
      boards[desk].sync();
      std::vector<Step> own;
      for (const Step& step : steps)
        if (step.author == journal.author()) own.push_back(step);
      REQUIRE(text_of(boards[desk]) == model_text(own));
    }
    // Each takes the other's file; a third reads both, in the other order.
    const std::string files[2] = {journals[0].export_text(now, "t"), journals[1].export_text(now, "t")};
    CHECK(journals[0].load(files[1]).ok());
    CHECK(journals[1].load(files[0]).ok());
    CHECK(journals[1].load(files[0]).value().events_added == 0);
    boards[0].sync();
    boards[1].sync();
    Journal third("s-c");
    CHECK(third.load(files[1]).ok());
    CHECK(third.load(files[0]).ok());
    Board read(third);
    read.sync();
    REQUIRE(text_of(boards[0]) == model_text(steps));
    REQUIRE(text_of(boards[1]) == model_text(steps));
    REQUIRE(text_of(read) == model_text(steps));
  }
}
