#include "ui/views/timeline_model.h"

#include <algorithm>

#include "core/base/ordering.h"
#include "core/base/time.h"
#include "core/search/word_find.h"

namespace assay::ui {
namespace {

bool has_time(const TimePart& part) { return part.from_ns != kNoTime; }

bool is_failed(const store::Dataset& dataset, const SpanLine& line) {
  return dataset.span_status(line.span) == store::SpanStatus::Error;
}

// Calls visit(child) for each child of a line; `line` −1: for each line at the top.
template <typename Visit>
void for_each_child(const SpanTree& tree, int64_t line, Visit visit) {
  const size_t end = line < 0 ? tree.lines.size()
                              : static_cast<size_t>(line) + 1 + tree.lines[static_cast<size_t>(line)].descendants;
  for (size_t child = static_cast<size_t>(line + 1); child < end; child += 1 + tree.lines[child].descendants)
    visit(static_cast<uint32_t>(child));
}

void read_times(const store::Dataset& dataset, const SpanTree& tree, Timeline& out,
                std::vector<uint8_t>& open_ended) {
  out.whole.resize(tree.lines.size());
  open_ended.resize(tree.lines.size());
  for (size_t i = 0; i < tree.lines.size(); ++i) {
    const int64_t start = dataset.span_start_ns(tree.lines[i].span);
    const int64_t end = dataset.span_end_ns(tree.lines[i].span);
    const bool open = end == kNoTime || end < start;
    open_ended[i] = open ? 1 : 0;
    out.whole[i] = {start, start == kNoTime ? kNoTime : open ? std::max(tree.end_ns, start) : end};
  }
}

// Children stand in the order of their starts, so that one pass finds what none of them covers.
void find_own_time(const SpanTree& tree, const std::vector<uint8_t>& open_ended, Timeline& out) {
  out.self_ns.assign(tree.lines.size(), kNoTime);
  out.own.begin.reserve(tree.lines.size() + 1);
  for (uint32_t line = 0; line < tree.lines.size(); ++line) {
    out.own.begin.push_back(static_cast<uint32_t>(out.own.parts.size()));
    const TimePart whole = out.whole[line];
    if (!has_time(whole)) continue;
    int64_t at = whole.from_ns, self = 0;
    const auto add_until = [&](int64_t to) {
      if (to <= at) return;
      out.own.parts.push_back({at, to});
      self += to - at;
    };
    for_each_child(tree, line, [&](uint32_t child) {
      if (!has_time(out.whole[child])) return;
      add_until(std::min(out.whole[child].from_ns, whole.to_ns));
      at = std::max(at, std::min(out.whole[child].to_ns, whole.to_ns));
    });
    add_until(whole.to_ns);
    if (open_ended[line] == 0) out.self_ns[line] = self;
  }
  out.own.begin.push_back(static_cast<uint32_t>(out.own.parts.size()));
}

struct CriticalPart {
  uint32_t line;
  TimePart part;
};

// From the end backwards: what a span waited for last is the child that ended last; before that child
// began, the child that ended last before, and so on (the critical path of Jaeger and of CRISP,
// Zhang et al. 2022). Children that outlive their parent are cut at its end.
class CriticalPath {
 public:
  CriticalPath(const SpanTree& tree, const Timeline& timeline) : tree_(tree), timeline_(timeline) {}

  std::vector<CriticalPart> find() {
    enter(-1, {tree_.start_ns, tree_.end_ns});
    while (!stack_.empty()) step();
    return std::move(found_);
  }

 private:
  struct Level {
    int64_t line;  // −1: over all
    int64_t from_ns, at_ns;
    bool fresh;  // no child was taken yet: the last may end later
    std::vector<uint32_t> children;  // by end; the last one is the next
  };

  void enter(int64_t line, TimePart part) {
    Level level{line, part.from_ns, part.to_ns, true, {}};
    std::vector<uint32_t> children;
    for_each_child(tree_, line, [&](uint32_t child) {
      if (has_time(timeline_.whole[child])) children.push_back(child);
    });
    for (const uint32_t i : sorted_indexes(children.size(), [&](uint32_t a, uint32_t b) {
           return timeline_.whole[children[a]].to_ns < timeline_.whole[children[b]].to_ns;
         })) {
      level.children.push_back(children[i]);
    }
    stack_.push_back(std::move(level));
  }

  void add(const Level& level, int64_t from_ns, int64_t to_ns) {
    if (level.line >= 0 && to_ns > from_ns) found_.push_back({static_cast<uint32_t>(level.line), {from_ns, to_ns}});
  }

  void step() {
    Level& level = stack_.back();
    while (!level.children.empty()) {
      const uint32_t child = level.children.back();
      level.children.pop_back();
      TimePart part = timeline_.whole[child];
      if (part.from_ns >= level.at_ns || (part.to_ns > level.at_ns && !level.fresh)) continue;
      part.to_ns = std::min(part.to_ns, level.at_ns);
      part.from_ns = std::max(part.from_ns, level.from_ns);
      if (part.to_ns <= part.from_ns) continue;
      add(level, part.to_ns, level.at_ns);
      level.at_ns = part.from_ns;
      level.fresh = false;
      enter(child, part);  // `level` is void from here on
      return;
    }
    add(level, level.from_ns, level.at_ns);
    stack_.pop_back();
  }

  const SpanTree& tree_;
  const Timeline& timeline_;
  std::vector<Level> stack_;
  std::vector<CriticalPart> found_;
};

void find_critical_path(const SpanTree& tree, Timeline& out) {
  std::vector<CriticalPart> found;
  if (tree.end_ns > tree.start_ns) found = CriticalPath(tree, out).find();
  out.critical.begin.assign(tree.lines.size() + 1, 0);
  for (const CriticalPart& part : found) {
    ++out.critical.begin[part.line + 1];
    out.critical_ns += part.part.to_ns - part.part.from_ns;
  }
  for (size_t i = 1; i < out.critical.begin.size(); ++i) out.critical.begin[i] += out.critical.begin[i - 1];
  out.critical.parts.resize(found.size());
  std::vector<uint32_t> next(out.critical.begin.begin(), out.critical.begin.end() - 1);
  // They were found backwards in time.
  for (size_t i = found.size(); i-- > 0;) out.critical.parts[next[found[i].line]++] = found[i].part;
}

void order_slowest(Timeline& out) {
  std::vector<uint32_t> known;
  for (uint32_t i = 0; i < out.self_ns.size(); ++i)
    if (out.self_ns[i] != kNoTime) known.push_back(i);
  out.slowest.reserve(known.size());
  for (const uint32_t i : sorted_indexes(known.size(), [&](uint32_t a, uint32_t b) {
         return out.self_ns[known[a]] > out.self_ns[known[b]];
       })) {
    out.slowest.push_back(known[i]);
  }
}

void order_failures(const store::Dataset& dataset, const SpanTree& tree, Timeline& out) {
  // Lines in depth-first order: the next failed line lies below this one or it does not.
  uint32_t next_failed = store::kNoRow;
  std::vector<uint32_t> backwards;
  std::vector<uint8_t> begins;
  for (size_t i = tree.lines.size(); i-- > 0;) {
    if (!is_failed(dataset, tree.lines[i])) continue;
    const bool below = next_failed != store::kNoRow && next_failed <= i + tree.lines[i].descendants;
    backwards.push_back(static_cast<uint32_t>(i));
    begins.push_back(below ? 0 : 1);
    next_failed = static_cast<uint32_t>(i);
  }
  const size_t count = backwards.size();
  for (const uint32_t k : sorted_indexes(count, [&](uint32_t a, uint32_t b) {
         const size_t left = count - 1 - a, right = count - 1 - b;
         if (begins[left] != begins[right]) return begins[left] > begins[right];
         return out.whole[backwards[left]].from_ns < out.whole[backwards[right]].from_ns;
       })) {
    out.failed.push_back(backwards[count - 1 - k]);
  }
}

void make_overview(const SpanTree& tree, Timeline& out) {
  constexpr uint32_t kColumns = TimeOverview::kColumns, kLanes = TimeOverview::kLanes;
  const double total = static_cast<double>(tree.end_ns - tree.start_ns);
  if (total <= 0) return;
  const auto column_of = [&](int64_t t) {
    const double at = static_cast<double>(t - tree.start_ns) / total * kColumns;
    return static_cast<uint32_t>(std::clamp(at, 0.0, double{kColumns - 1}));
  };
  TimeOverview& overview = out.overview;
  overview.failed.assign(kColumns, 0);
  overview.critical.assign(kColumns, 0);
  std::vector<int32_t> steps(size_t{kLanes} * (kColumns + 1), 0);
  for (uint32_t line = 0; line < tree.lines.size(); ++line) {
    const TimePart whole = out.whole[line];
    if (!has_time(whole)) continue;
    const uint32_t lane = std::min(tree.lines[line].depth, kLanes - 1);
    const uint32_t from = column_of(whole.from_ns), to = column_of(whole.to_ns);
    overview.lanes = std::max(overview.lanes, lane + 1);
    ++steps[size_t{lane} * (kColumns + 1) + from];
    --steps[size_t{lane} * (kColumns + 1) + to + 1];
    if (tree.lines[line].depth == 0) continue;
    for (const TimePart& part : out.critical.of(line)) {
      for (uint32_t c = column_of(part.from_ns); c <= column_of(part.to_ns); ++c) overview.critical[c] = 1;
    }
  }
  for (const uint32_t line : out.failed)
    if (has_time(out.whole[line])) overview.failed[column_of(out.whole[line].from_ns)] = 1;
  overview.counts.assign(size_t{kLanes} * kColumns, 0);
  for (uint32_t lane = 0; lane < overview.lanes; ++lane) {
    int32_t now = 0;
    for (uint32_t c = 0; c < kColumns; ++c) {
      now += steps[size_t{lane} * (kColumns + 1) + c];
      overview.counts[size_t{lane} * kColumns + c] = static_cast<uint16_t>(std::clamp(now, 0, 0xFFFF));
    }
  }
}

}  // namespace

void build_timeline_step(const store::Dataset& dataset, const SpanTree& tree, Timeline& out) {
  switch (out.steps++) {
    case 0: {
      std::vector<uint8_t> open_ended;
      read_times(dataset, tree, out, open_ended);
      find_own_time(tree, open_ended, out);
      out.critical.begin.assign(tree.lines.size() + 1, 0);
      return;
    }
    case 1: return find_critical_path(tree, out);
    case 2: return order_slowest(out);
    case 3: return order_failures(dataset, tree, out);
    default:
      make_overview(tree, out);
      out.built = true;
  }
}

Timeline build_timeline(const store::Dataset& dataset, const SpanTree& tree) {
  Timeline out;
  while (!out.built) build_timeline_step(dataset, tree, out);
  return out;
}

std::vector<ShownLine> shown_lines(const store::Dataset& dataset, const SpanTree& tree,
                                   const Timeline& timeline, const std::vector<uint32_t>& closed,
                                   const SpanFilter& filter, uint32_t& matches) {
  std::vector<ShownLine> out;
  const size_t count = tree.lines.size();
  matches = static_cast<uint32_t>(count);
  if (!filter.any()) {
    out.reserve(count);
    for (size_t i = 0; i < count;) {
      const SpanLine& line = tree.lines[i];
      const bool open = closed.empty() || !std::binary_search(closed.begin(), closed.end(), line.span.v);
      out.push_back({static_cast<uint32_t>(i), true, open});
      i += open ? 1 : size_t{1} + line.descendants;
    }
    return out;
  }
  matches = 0;
  const search::WordFinder finder(filter.name);
  StringId known_name{}, known_type{};
  bool known = false, name_fits = false, type_fits = false;
  std::vector<uint8_t> wanted(count, 0);
  for (size_t i = 0; i < count; ++i) {
    const SpanLine& line = tree.lines[i];
    // Neighbours often share name and type.
    const StringId name = dataset.span_name(line.span), type = dataset.span_type(line.span);
    if (!known || !(name == known_name)) name_fits = filter.name.empty() || finder.is_in(dataset.name_text(name));
    if (!known || !(type == known_type)) type_fits = filter.type.empty() || dataset.name_text(type) == filter.type;
    known = true;
    known_name = name;
    known_type = type;
    if (!name_fits || !type_fits) continue;
    if (filter.failed && !is_failed(dataset, line)) continue;
    if (filter.critical && timeline.critical.of(static_cast<uint32_t>(i)).empty()) continue;
    wanted[i] = 1;
    ++matches;
  }
  // Ancestors of what is wanted: backwards, the next wanted line tells whether it lies below.
  size_t next = count;
  for (size_t i = count; i-- > 0;) {
    if (wanted[i] == 0 && next < count && next <= i + tree.lines[i].descendants) wanted[i] = 2;
    if (wanted[i] == 1) next = i;
  }
  for (size_t i = 0; i < count; ++i)
    if (wanted[i] != 0) out.push_back({static_cast<uint32_t>(i), wanted[i] == 1, true});
  return out;
}

TimeWindow zoomed(TimeWindow window, double factor, double center) {
  const double width = std::clamp(window.width() * factor, kNarrowestWindow, 1.0);
  const double at = window.from + window.width() * std::clamp(center, 0.0, 1.0);
  const double from = std::clamp(at - width * std::clamp(center, 0.0, 1.0), 0.0, 1.0 - width);
  return {from, from + width};
}

TimeWindow panned(TimeWindow window, double by_windows) {
  const double width = window.width();
  const double from = std::clamp(window.from + width * by_windows, 0.0, std::max(0.0, 1.0 - width));
  return {from, from + width};
}

TimeWindow window_of(double from, double to) {
  if (from > to) std::swap(from, to);
  from = std::clamp(from, 0.0, 1.0);
  to = std::clamp(to, 0.0, 1.0);
  if (to - from >= kNarrowestWindow) return {from, to};
  return zoomed({std::min(from, 1.0 - kNarrowestWindow), std::min(from, 1.0 - kNarrowestWindow) + kNarrowestWindow}, 1, 0);
}

int64_t tick_step_ns(int64_t range_ns, int most) {
  if (range_ns <= 0 || most < 1) return 1;
  int64_t power = 1;
  while (true) {
    for (const int64_t digit : {1, 2, 5})
      if (range_ns / (power * digit) < most) return power * digit;
    if (power > INT64_MAX / 100) return power;
    power *= 10;
  }
}

namespace {

// The lines from the top down to `line`.
std::vector<uint32_t> way_to(const SpanTree& tree, uint32_t line) {
  std::vector<uint32_t> way{line};
  uint32_t depth = tree.lines[line].depth;
  for (uint32_t i = line; i-- > 0 && depth > 0;) {
    if (tree.lines[i].depth >= depth) continue;
    depth = tree.lines[i].depth;
    way.push_back(i);
  }
  std::reverse(way.begin(), way.end());
  return way;
}

}  // namespace

SpanPath path_of(const store::Dataset& dataset, const SpanTree& tree, store::SpanRow span) {
  SpanPath path;
  for (uint32_t line = 0; line < tree.lines.size(); ++line) {
    if (!(tree.lines[line].span == span)) continue;
    int64_t parent = -1;
    for (const uint32_t step : way_to(tree, line)) {
      const StringId name = dataset.span_name(tree.lines[step].span);
      uint32_t number = 0;
      for_each_child(tree, parent, [&](uint32_t sibling) {
        if (sibling < step && dataset.span_name(tree.lines[sibling].span) == name) ++number;
      });
      path.steps.push_back({std::string(dataset.name_text(name)), number});
      parent = step;
    }
    path.type = dataset.name_text(dataset.span_type(span));
    return path;
  }
  return path;
}

store::SpanRow find_path(const store::Dataset& dataset, const SpanTree& tree, const SpanPath& path) {
  if (path.steps.empty()) return {store::kNoRow};
  int64_t at = -1;
  size_t found_steps = 0;
  for (const SpanPath::Step& step : path.steps) {
    int64_t found = -1;
    uint32_t number = 0;
    for_each_child(tree, at, [&](uint32_t child) {
      if (found >= 0 || dataset.name_text(dataset.span_name(tree.lines[child].span)) != step.name) return;
      if (number++ == step.number) found = child;
    });
    if (found < 0) break;
    at = found;
    ++found_steps;
  }
  if (found_steps == path.steps.size()) return tree.lines[static_cast<size_t>(at)].span;
  for (const SpanLine& line : tree.lines) {
    if (dataset.name_text(dataset.span_name(line.span)) == path.steps.back().name &&
        dataset.name_text(dataset.span_type(line.span)) == path.type) {
      return line.span;
    }
  }
  return {store::kNoRow};
}

}  // namespace assay::ui
