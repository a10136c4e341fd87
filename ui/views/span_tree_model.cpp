#include "ui/views/span_tree_model.h"

#include <algorithm>

#include "core/base/ordering.h"
#include "core/base/time.h"

namespace assay::ui {
namespace {

struct Node {
  uint32_t first_child = store::kNoRow, next_sibling = store::kNoRow, last_child = store::kNoRow;
  uint32_t descendants = 0;
  bool placed = false;
};

struct Builder {
  const store::Dataset& dataset;
  store::Range range;
  std::vector<Node> nodes;
  std::vector<uint32_t> order;  // indexes by start time

  store::SpanRow row(uint32_t index) const { return store::SpanRow{range.begin + index}; }

  uint32_t parent_index(uint32_t index) const {
    const uint32_t parent = dataset.parent(row(index));
    if (parent == store::kNoRow || parent < range.begin || parent - range.begin >= range.count)
      return store::kNoRow;
    return parent - range.begin;
  }

  void link_children() {
    nodes.resize(range.count);
    order = sorted_indexes(range.count, [this](uint32_t a, uint32_t b) {
      return dataset.span_start_ns(row(a)) < dataset.span_start_ns(row(b));
    });
    for (const uint32_t i : order) {
      const uint32_t parent = parent_index(i);
      if (parent == store::kNoRow || parent == i) continue;
      Node& p = nodes[parent];
      if (p.first_child == store::kNoRow) {
        p.first_child = i;
      } else {
        nodes[p.last_child].next_sibling = i;
      }
      p.last_child = i;
    }
  }

  // Depth first from `root`; only marks and collects, so that a closed node still knows its
  // descendants.
  void collect(uint32_t root, std::vector<SpanLine>& lines) {
    std::vector<std::pair<uint32_t, uint32_t>> stack{{root, 0}};  // index, depth
    while (!stack.empty()) {
      const auto [index, depth] = stack.back();
      stack.pop_back();
      Node& node = nodes[index];
      if (node.placed) continue;
      node.placed = true;
      lines.push_back({row(index), depth, 0, true});
      const size_t before = stack.size();
      for (uint32_t c = node.first_child; c != store::kNoRow; c = nodes[c].next_sibling)
        stack.push_back({c, depth + 1});
      std::reverse(stack.begin() + static_cast<std::ptrdiff_t>(before), stack.end());
    }
  }
};

// Lines in depth-first order know their descendants: all following ones that are deeper.
void count_descendants(std::vector<SpanLine>& lines) {
  std::vector<size_t> path;
  for (size_t i = 0; i <= lines.size(); ++i) {
    const uint32_t depth = i < lines.size() ? lines[i].depth : 0;
    while (!path.empty() && (i == lines.size() || lines[path.back()].depth >= depth)) {
      lines[path.back()].descendants = static_cast<uint32_t>(i - path.back() - 1);
      path.pop_back();
    }
    if (i < lines.size()) path.push_back(i);
  }
}

void hide_closed(std::vector<SpanLine>& lines, const std::vector<uint32_t>& closed) {
  if (closed.empty()) return;
  size_t kept = 0;
  for (size_t i = 0; i < lines.size();) {
    SpanLine line = lines[i];
    line.open = !std::binary_search(closed.begin(), closed.end(), line.span.v);
    lines[kept++] = line;
    i += line.open ? 1 : size_t{1} + line.descendants;
  }
  lines.resize(kept);
}

}  // namespace

SpanTree build_span_tree(const store::Dataset& dataset, store::TraceRow trace,
                         const std::vector<uint32_t>& closed) {
  SpanTree tree;
  Builder builder{dataset, dataset.spans(trace), {}, {}};
  builder.link_children();
  tree.lines.reserve(builder.range.count);
  for (const uint32_t i : builder.order) {
    if (builder.parent_index(i) == store::kNoRow) builder.collect(i, tree.lines);
  }
  for (const uint32_t i : builder.order)
    builder.collect(i, tree.lines);  // what hangs in a ring

  int64_t start = INT64_MAX, end = INT64_MIN;
  for (const SpanLine& line : tree.lines) {
    const int64_t s = dataset.span_start_ns(line.span), e = dataset.span_end_ns(line.span);
    if (s != kNoTime) start = std::min(start, s);
    end = std::max({end, s, e});  // kNoTime is the least
    tree.error_count += dataset.span_status(line.span) == store::SpanStatus::Error ? 1 : 0;
    tree.orphan_count += dataset.is_orphan(line.span) ? 1 : 0;
    tree.open_ended_count += e == kNoTime ? 1 : 0;
  }
  if (start != INT64_MAX && end >= start) {
    tree.start_ns = start;
    tree.end_ns = end;
  }
  count_descendants(tree.lines);
  hide_closed(tree.lines, closed);
  return tree;
}

}  // namespace assay::ui
