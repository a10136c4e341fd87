#include "core/unpack/unpack.h"

#include <algorithm>

#include "core/base/assert.h"
#include "core/unpack/entry_stream.h"
#include "core/unpack/shared.h"
#include "core/unpack/source.h"

namespace assay::unpack {

namespace {

constexpr int64_t kLeastStepCost = 1000;

}  // namespace

struct Unpacker::State {
  State(EntrySink& sink, std::string file_name, const Limits& limits)
      : shared(sink, limits), name(std::move(file_name)), root(shared, chunks, name, 0, 0, false) {}

  Shared shared;
  std::string name;
  ChunkSource chunks;
  EntryStream root;
  uint64_t bytes_in = 0;
  bool needs_input = true;
  bool is_finished = false;
};

Unpacker::Unpacker(EntrySink& sink, std::string file_name, const Limits& limits)
    : state_(std::make_unique<State>(sink, std::move(file_name), limits)) {}

Unpacker::~Unpacker() = default;

bool Unpacker::push(std::string_view chunk) {
  feed(chunk);
  Budget all;
  while (work(all) == Progress::Working)
    all = Budget{};
  return !state_->is_finished;
}

void Unpacker::finish() {
  end_input();
  Budget all;
  while (work(all) == Progress::Working)
    all = Budget{};
}

void Unpacker::feed(std::string_view chunk) {
  State& s = *state_;
  if (s.is_finished || chunk.empty()) return;
  ASSAY_ASSERT(s.needs_input);
  s.bytes_in += chunk.size();
  s.shared.set_bytes_in(s.bytes_in);
  s.chunks.feed(chunk);
  s.needs_input = false;
}

void Unpacker::end_input() {
  State& s = *state_;
  if (s.is_finished) return;
  s.chunks.end();
  s.needs_input = false;
}

Progress Unpacker::work(Budget& budget) {
  State& s = *state_;
  while (!s.is_finished) {
    if (s.needs_input) return Progress::Waiting;
    const uint64_t given_before = s.shared.bytes_given();
    const StreamStep step = s.root.step();
    if (step == StreamStep::Done) {
      s.shared.tell_rest(s.name, s.chunks.position());
      s.is_finished = true;
    } else if (step == StreamStep::Waiting) {
      s.needs_input = true;
    } else if (!budget.spend(std::max<int64_t>(
                   kLeastStepCost, static_cast<int64_t>(s.shared.bytes_given() - given_before)))) {
      return Progress::Working;
    }
  }
  return Progress::Finished;
}

uint64_t Unpacker::bytes_in() const { return state_->bytes_in; }
uint64_t Unpacker::bytes_out() const { return state_->shared.bytes_given(); }
uint64_t Unpacker::entries() const { return state_->shared.entries(); }
uint64_t Unpacker::problems() const { return state_->shared.problems(); }

}  // namespace assay::unpack
