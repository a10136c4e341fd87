// Random work on annotations against a naive model: create, override, update, delete, undo, redo,
// groups, reload, and merging of two sessions' journals in any order.
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/unit/annot/fixture.h"

namespace assay::annot {
namespace {

using journal::NewEvent;
using journal::TxnScope;

constexpr int kTraces = 3;

// --- The model: a list of changes with an on/off switch, played from the start each time
// ----------
struct Change {
  enum class Kind { Create, Update, Delete } kind = Kind::Create;
  int trace = 0;
  std::string id, value, overrides;
};
struct Group {
  std::vector<Change> changes;
  bool is_on = true;
};
struct ModelItem {
  std::string id, value, overrides;
  bool valid = true;
  friend bool operator==(const ModelItem&, const ModelItem&) = default;
};
using ModelState = std::vector<std::vector<ModelItem>>;

struct Model {
  std::vector<Group> groups;
  std::vector<size_t> done, undone;  // of the user, the latest last

  static void play(const Change& c, std::vector<ModelItem>& items) {
    const auto at = [&](const std::string& id) {
      return std::find_if(items.begin(), items.end(),
                          [&](const ModelItem& i) { return i.id == id; });
    };
    const auto it = at(c.id);
    if (c.kind == Change::Kind::Create) {
      if (it != items.end()) return;
      if (!c.overrides.empty()) {
        const auto old = at(c.overrides);
        if (old == items.end()) return;
        old->valid = false;
      }
      items.push_back(ModelItem{c.id, c.value, c.overrides, true});
    } else if (it == items.end()) {
      return;
    } else if (c.kind == Change::Kind::Update) {
      it->value = c.value;
    } else {
      const std::string overrides = it->overrides;
      items.erase(it);
      if (const auto old = at(overrides); old != items.end()) old->valid = true;
    }
  }

  ModelState state() const {
    ModelState out(kTraces);
    for (int t = 0; t < kTraces; ++t) {
      out[static_cast<size_t>(t)].push_back(
          ModelItem{"a-import" + std::to_string(t), "\"old\"", "", true});
    }
    for (const Group& group : groups) {
      if (!group.is_on) continue;
      for (const Change& c : group.changes)
        play(c, out[static_cast<size_t>(c.trace)]);
    }
    return out;
  }
  void add(Group group, bool by_user) {
    groups.push_back(std::move(group));
    if (!by_user) return;
    done.push_back(groups.size() - 1);
    undone.clear();
  }
  bool undo() {
    if (done.empty()) return false;
    groups[done.back()].is_on = false;
    undone.push_back(done.back());
    done.pop_back();
    return true;
  }
  bool redo() {
    if (undone.empty()) return false;
    groups[undone.back()].is_on = true;
    done.push_back(undone.back());
    undone.pop_back();
    return true;
  }
};

// --- The real thing
// --------------------------------------------------------------------------------
std::string trace_name(int trace) { return "tr-" + std::to_string(trace); }

void load_traces(Desk& desk) {
  for (int t = 0; t < kTraces; ++t) {
    desk.add_trace(trace_name(t), R"([{"assessment_id":"a-import)" + std::to_string(t) +
                                      R"(","assessment_name":"n","feedback":{"value":"old"}}])");
  }
}

ModelState state_of(const Desk& desk) {
  ModelState out(kTraces);
  for (int t = 0; t < kTraces; ++t) {
    const auto row = desk.dataset.find_trace(trace_name(t));
    for (const store::Assessment& a : desk.dataset.assessments(*row)) {
      out[static_cast<size_t>(t)].push_back(
          ModelItem{a.assessment_id, a.value_json, a.overrides, a.valid});
    }
  }
  return out;
}

NewEvent event_of(const Change& c) {
  const std::string trace = trace_name(c.trace);
  switch (c.kind) {
    case Change::Kind::Create: {
      AssessmentDraft draft = feedback_draft(trace, "n", c.value.substr(1, c.value.size() - 2));
      draft.overrides = c.overrides;
      return create_event(draft, Stamp{"ann", 1000, c.id}).value();
    }
    case Change::Kind::Update:
      return update(trace, c.id, "\"feedback\":{\"value\":" + c.value + "}");
    case Change::Kind::Delete:
      break;
  }
  return delete_event(trace, c.id);
}

class Random {
 public:
  explicit Random(uint32_t seed) : engine_(seed) {}
  int below(int n) { return static_cast<int>(engine_() % static_cast<uint32_t>(n)); }

 private:
  std::mt19937 engine_;
};

// Sometimes an id that is not there (any more).
std::string some_id(const ModelState& state, int trace, Random& random) {
  const auto& items = state[static_cast<size_t>(trace)];
  if (items.empty() || random.below(10) == 0) return "a-none";
  return items[static_cast<size_t>(random.below(static_cast<int>(items.size())))].id;
}

Group random_group(const ModelState& state, int& next_id, const std::string& prefix,
                   Random& random) {
  Group group;
  const int count = 1 + (random.below(4) == 0 ? random.below(3) : 0);
  for (int i = 0; i < count; ++i) {
    Change c;
    c.trace = random.below(kTraces);
    c.value = "\"" + prefix + std::to_string(++next_id) + "\"";
    const int dice = random.below(10);
    c.kind = dice < 5   ? Change::Kind::Create
             : dice < 8 ? Change::Kind::Update
                        : Change::Kind::Delete;
    if (c.kind == Change::Kind::Create) {
      c.id = "a-" + prefix + std::to_string(next_id);
      if (random.below(2) == 0) c.overrides = some_id(state, c.trace, random);
    } else {
      c.id = some_id(state, c.trace, random);
    }
    group.changes.push_back(std::move(c));
  }
  return group;
}

std::vector<NewEvent> events_of(const Group& group) {
  std::vector<NewEvent> events;
  for (const Change& c : group.changes)
    events.push_back(event_of(c));
  return events;
}

TEST_CASE("the fold equals the model under random changes, undo, redo and reload") {
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    Desk desk("s-a");
    load_traces(desk);
    Model model;
    int next_id = 0;
    for (int step = 0; step < 60; ++step) {
      const int dice = random.below(10);
      if (dice < 5) {
        const bool by_user = random.below(5) != 0;
        Group group = random_group(model.state(), next_id, "x", random);
        desk.journal.append(events_of(group), 1000 + step - random.below(3),
                            by_user ? TxnScope::User : TxnScope::Background);
        model.add(std::move(group), by_user);
      } else if (dice < 8) {
        const auto undo = desk.journal.undo_step();
        REQUIRE(undo.has_value() == model.undo());
        if (undo) REQUIRE(desk.journal.revert(undo->txn, 1000 + step).ok());
      } else {
        const auto redo = desk.journal.redo_step();
        REQUIRE(redo.has_value() == model.redo());
        if (redo) REQUIRE(desk.journal.revert(redo->txn, 1000 + step).ok());
      }
      desk.annotations.sync();
      REQUIRE(state_of(desk) == model.state());
    }
    // Reload: the journal first, the traces later.
    Desk reloaded("s-a");
    REQUIRE(reloaded.journal.load(desk.journal.export_text(1, "test")).ok());
    reloaded.annotations.sync();
    load_traces(reloaded);
    CHECK(state_of(reloaded) == model.state());
    CHECK(reloaded.journal.undo_step().has_value() == !model.done.empty());
    CHECK(reloaded.journal.redo_step().has_value() == !model.undone.empty());
    while (model.undo()) {
      REQUIRE(reloaded.journal.revert(reloaded.journal.undo_step().value().txn, 9000).ok());
      reloaded.annotations.sync();
      REQUIRE(state_of(reloaded) == model.state());
    }
  }
}

TEST_CASE("two sessions' journals merge to one state in any order") {
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    Desk a("s-a"), b("s-b");
    load_traces(a);
    load_traces(b);
    std::vector<std::string> all;
    int next_id = 0;
    const auto work = [&](Desk& desk, const std::string& prefix, int64_t now_ms) {
      journal::Appended out;
      const auto undo = desk.journal.undo_step();
      const auto redo = desk.journal.redo_step();
      const int dice = random.below(10);
      if (dice < 2 && undo)
        out = desk.journal.revert(undo->txn, now_ms).value();
      else if (dice < 4 && redo)
        out = desk.journal.revert(redo->txn, now_ms).value();
      else
        out = desk.journal.append(events_of(random_group(state_of(desk), next_id, prefix, random)),
                                  now_ms);
      desk.annotations.sync();
      // What is done now comes after all that was known.
      REQUIRE(desk.journal.in_order().back() == desk.journal.count() - 1);
      all.insert(all.end(), out.lines.begin(), out.lines.end());
      return out.lines;
    };
    for (int step = 0; step < 40; ++step) {
      // Clocks differ by up to 5 ms; a session sometimes hears of the other.
      const bool first = random.below(2) == 0;
      const auto lines = work(first ? a : b, first ? "a" : "b", 1000 + step + random.below(5));
      if (random.below(3) == 0) {
        Desk& other = first ? b : a;
        other.journal.load_lines(lines);
        other.annotations.sync();
      }
    }
    a.journal.load_lines(all);
    a.annotations.sync();
    b.journal.load_lines(all);
    b.annotations.sync();
    CHECK(state_of(a) == state_of(b));
    // Any order, any slices, with repetitions.
    for (int round = 0; round < 3; ++round) {
      std::vector<std::string> shuffled = all;
      std::shuffle(shuffled.begin(), shuffled.end(),
                   std::mt19937(seed + static_cast<uint32_t>(round)));
      Desk c("s-c" + std::to_string(round));
      if (round != 1) load_traces(c);
      for (size_t at = 0; at < shuffled.size();) {
        const size_t count =
            std::min(shuffled.size() - at, static_cast<size_t>(1 + random.below(7)));
        const auto begin = shuffled.begin() + static_cast<std::ptrdiff_t>(at);
        c.journal.load_lines({begin, begin + static_cast<std::ptrdiff_t>(count)});
        c.annotations.sync();
        at += count - (count > 1 && random.below(4) == 0 ? 1 : 0);
      }
      if (round == 1) load_traces(c);
      CHECK(c.journal.count() == all.size());
      CHECK(state_of(c) == state_of(a));
    }
  }
}

}  // namespace
}  // namespace assay::annot
