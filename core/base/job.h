// Job: long work in slices. The scheduler calls step() until it is finished; a step stops when its
// budget is used up. Budgets count work units as well as time, so that tests are deterministic.
#pragma once

#include <cstdint>

namespace assay {

// `units_left` goes down with the work done (bytes, rows, …; each job says what it counts).
// `deadline_ms` is compared with `now_ms(context)`, where a host gives a clock.
struct Budget {
  int64_t units_left = INT64_MAX;
  double deadline_ms = 0;
  double (*now_ms)(void*) = nullptr;
  void* context = nullptr;

  // Takes `units`; false when the budget is used up (the clock is asked each time, so call it every
  // few thousand units of work).
  bool spend(int64_t units) {
    units_left -= units;
    if (units_left <= 0) return false;
    return now_ms == nullptr || now_ms(context) < deadline_ms;
  }
};

enum class Progress : uint8_t {
  Working,  // call again
  Waiting,  // nothing to do until something arrives from outside
  Finished,
};

class Job {
 public:
  virtual ~Job() = default;
  virtual Progress step(Budget& budget) = 0;
};

}  // namespace assay
