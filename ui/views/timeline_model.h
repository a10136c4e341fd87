// The spans of a trace on the axis of time: when each one works itself and when it waits for its
// children, the critical path, which are the slowest and which failed first, and an overview of all
// of them for the minimap. Made once a trace from its tree; a line here is a line of that tree.
//
// A span without an end, or with one before its start, is taken to last until the trace's end; its
// own time is not known.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/store/dataset.h"
#include "ui/views/span_tree_model.h"

namespace assay::ui {

struct TimePart {
  int64_t from_ns = 0, to_ns = 0;
};

// Parts of the lines of a tree, one line after the other.
struct PartsByLine {
  std::vector<uint32_t> begin;  // of each line, and the end
  std::vector<TimePart> parts;
  std::span<const TimePart> of(uint32_t line) const {
    return std::span(parts).subspan(begin[line], begin[line + 1] - begin[line]);
  }
};

// What the minimap shows: how many spans are under way in each column, by depth.
struct TimeOverview {
  static constexpr uint32_t kColumns = 512, kLanes = 8;  // the last lane: all that is deeper
  std::vector<uint16_t> counts;                          // kLanes rows of kColumns
  std::vector<uint8_t> failed, critical;                 // by column: any
  uint32_t lanes = 0;                                    // used
};

struct Timeline {
  bool built = false;
  uint8_t steps = 0;              // of build_timeline_step() that are done
  std::vector<TimePart> whole;    // by line; from_ns kNoTime: no time is known
  std::vector<int64_t> self_ns;   // by line: without what its children take; kNoTime: not known
  PartsByLine own;                // when no child is under way, in order of time
  PartsByLine critical;           // of the critical path, in order of time
  int64_t critical_ns = 0;        // its length
  std::vector<uint32_t> slowest;  // lines by their own time, longest first
  // Failed lines: first those without a failed descendant, where the failure began, by start; then
  // the others.
  std::vector<uint32_t> failed;
  TimeOverview overview;
};

// `tree`: all lines of the trace.
Timeline build_timeline(const store::Dataset& dataset, const SpanTree& tree);
// … a part at a time, for large trees, until `built`: after the first step bars can be drawn; the critical path, the
// orders and the overview come with the next ones, and are empty until then.
void build_timeline_step(const store::Dataset& dataset, const SpanTree& tree, Timeline& timeline);

// Which lines are wanted. All conditions must hold.
struct SpanFilter {
  std::string name;  // a part of the name, in any case
  std::string type;  // exactly
  bool failed = false, critical = false;
  bool any() const { return !name.empty() || !type.empty() || failed || critical; }
  friend bool operator==(const SpanFilter&, const SpanFilter&) = default;
};

struct ShownLine {
  uint32_t line = 0;
  bool matches = true;  // false: stands here for what is below it
  bool open = true;     // its children follow (when it has any)
};
// The lines to draw. Without a filter those that no closed ancestor hides; with one those that match
// and their ancestors, closed or not. `closed`: rows of spans, sorted. `matches` counts the matching
// ones.
std::vector<ShownLine> shown_lines(const store::Dataset& dataset, const SpanTree& tree,
                                   const Timeline& timeline, const std::vector<uint32_t>& closed,
                                   const SpanFilter& filter, uint32_t& matches);

// The part of the trace's time that is on the screen, as fractions of it.
struct TimeWindow {
  double from = 0, to = 1;
  double width() const { return to - from; }
  bool whole() const { return from <= 0 && to >= 1; }
};
constexpr double kNarrowestWindow = 1e-6;
// `factor` < 1: closer. What is at `center` (a fraction of the window) stays where it is.
TimeWindow zoomed(TimeWindow window, double factor, double center);
TimeWindow panned(TimeWindow window, double by_windows);
// Shows [from, to] of the trace's time, whichever is the earlier.
TimeWindow window_of(double from, double to);

// Round steps of a time axis: 1, 2 or 5 times a power of ten, at most `most` of them in `range_ns`.
int64_t tick_step_ns(int64_t range_ns, int most);

// Where a span stands: the names on the way from the top, each with its number among equal siblings.
// Serves to find the like of it in another trace.
struct SpanPath {
  struct Step {
    std::string name;
    uint32_t number = 0;
    friend bool operator==(const Step&, const Step&) = default;
  };
  std::vector<Step> steps;
  std::string type;
};
SpanPath path_of(const store::Dataset& dataset, const SpanTree& tree, store::SpanRow span);
// The span at the same path; else the first one of the same name and type; else kNoRow.
store::SpanRow find_path(const store::Dataset& dataset, const SpanTree& tree, const SpanPath& path);

}  // namespace assay::ui
