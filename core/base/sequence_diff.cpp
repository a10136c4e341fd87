#include "core/base/sequence_diff.h"

#include <algorithm>

namespace assay {
namespace {

struct Box {
  uint32_t a0, a1, b0, b1;
  bool emit = false;  // a run that was found: a0, b0, and a1 − a0 long
};

// The run of equal elements in the middle of a shortest edit script.
struct Middle {
  bool found = false;
  uint32_t a0 = 0, b0 = 0, a1 = 0, b1 = 0;
};

class Differ {
 public:
  Differ(std::span<const uint32_t> a, std::span<const uint32_t> b, uint32_t most_edits)
      : a_(a), b_(b), most_steps_(static_cast<int64_t>(most_edits) / 2 + 1) {}

  SequenceDiff run() {
    // Last in, first out: the left part of a box is taken before its run, and that before the right.
    stack_.push_back({0, static_cast<uint32_t>(a_.size()), 0, static_cast<uint32_t>(b_.size()), false});
    while (!stack_.empty()) {
      const Box box = stack_.back();
      stack_.pop_back();
      if (box.emit) {
        add(box.a0, box.b0, box.a1 - box.a0);
      } else {
        take(box);
      }
    }
    return std::move(out_);
  }

 private:
  void add(uint32_t a, uint32_t b, uint32_t count) {
    if (count == 0) return;
    if (!out_.equal.empty()) {
      EqualRun& last = out_.equal.back();
      if (last.at_a + last.count == a && last.at_b + last.count == b) {
        last.count += count;
        return;
      }
    }
    out_.equal.push_back({a, b, count});
  }

  void take(Box box) {
    uint32_t before = 0;
    while (box.a0 < box.a1 && box.b0 < box.b1 && a_[box.a0] == b_[box.b0]) ++box.a0, ++box.b0, ++before;
    add(box.a0 - before, box.b0 - before, before);
    uint32_t after = 0;
    while (box.a0 < box.a1 && box.b0 < box.b1 && a_[box.a1 - 1] == b_[box.b1 - 1]) --box.a1, --box.b1, ++after;
    if (after > 0) stack_.push_back({box.a1, box.a1 + after, box.b1, box.b1 + after, true});
    if (box.a0 == box.a1 || box.b0 == box.b1) return;
    const Middle middle = find_middle(box);
    if (!middle.found) {
      out_.exact = false;
      return;
    }
    stack_.push_back({middle.a1, box.a1, middle.b1, box.b1, false});
    stack_.push_back({middle.a0, middle.a1, middle.b0, middle.b1, true});
    stack_.push_back({box.a0, middle.a0, box.b0, middle.b0, false});
  }

  Middle find_middle(const Box& box) {
    const int64_t n = box.a1 - box.a0, m = box.b1 - box.b0, delta = n - m;
    const bool odd = (delta & 1) != 0;
    const int64_t steps = std::min((n + m + 1) / 2, most_steps_);
    const auto size = static_cast<size_t>(2 * steps + 3);
    forward_.assign(size, 0);
    backward_.assign(size, 0);
    const auto at = [steps](std::vector<int64_t>& list, int64_t k) -> int64_t& { return list[static_cast<size_t>(k + steps + 1)]; };
    for (int64_t d = 0; d <= steps; ++d) {
      for (int64_t k = -d; k <= d; k += 2) {
        int64_t x = k == -d || (k != d && at(forward_, k - 1) < at(forward_, k + 1)) ? at(forward_, k + 1) : at(forward_, k - 1) + 1;
        int64_t y = x - k;
        if (d == 0) x = y = 0;
        const int64_t from_x = x, from_y = y;
        while (x >= 0 && y >= 0 && x < n && y < m && a_[box.a0 + static_cast<uint32_t>(x)] == b_[box.b0 + static_cast<uint32_t>(y)])
          ++x, ++y;
        at(forward_, k) = x;
        const int64_t other = delta - k;
        if (odd && other >= -(d - 1) && other <= d - 1 && x + at(backward_, other) >= n && x <= n && y <= m && from_y >= 0)
          return place(box, from_x, from_y, x, y);
      }
      for (int64_t k = -d; k <= d; k += 2) {
        int64_t x = k == -d || (k != d && at(backward_, k - 1) < at(backward_, k + 1)) ? at(backward_, k + 1) : at(backward_, k - 1) + 1;
        int64_t y = x - k;
        if (d == 0) x = y = 0;
        const int64_t from_x = x, from_y = y;
        while (x >= 0 && y >= 0 && x < n && y < m &&
               a_[box.a1 - 1 - static_cast<uint32_t>(x)] == b_[box.b1 - 1 - static_cast<uint32_t>(y)])
          ++x, ++y;
        at(backward_, k) = x;
        const int64_t other = delta - k;
        if (!odd && other >= -d && other <= d && x + at(forward_, other) >= n && x <= n && y <= m && from_y >= 0)
          return place(box, n - x, m - y, n - from_x, m - from_y);
      }
    }
    return {};
  }

  static Middle place(const Box& box, int64_t x0, int64_t y0, int64_t x1, int64_t y1) {
    return {true, box.a0 + static_cast<uint32_t>(x0), box.b0 + static_cast<uint32_t>(y0), box.a0 + static_cast<uint32_t>(x1),
            box.b0 + static_cast<uint32_t>(y1)};
  }

  std::span<const uint32_t> a_, b_;
  int64_t most_steps_;
  std::vector<Box> stack_;
  std::vector<int64_t> forward_, backward_;
  SequenceDiff out_;
};

}  // namespace

SequenceDiff diff_sequences(std::span<const uint32_t> a, std::span<const uint32_t> b, uint32_t most_edits) {
  return Differ(a, b, most_edits).run();
}

}  // namespace assay
