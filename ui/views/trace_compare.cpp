#include "ui/views/trace_compare.h"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "core/base/sequence_diff.h"

namespace assay::ui {
namespace {

constexpr uint32_t kMostEdits = 2000;

struct Keys {
  std::unordered_map<uint64_t, uint32_t> known;
  uint32_t of(const store::Dataset& dataset, const SpanLine& line) {
    const uint64_t pair = (static_cast<uint64_t>(dataset.span_name(line.span).v) << 32) | dataset.span_type(line.span).v;
    return known.try_emplace(pair, static_cast<uint32_t>(known.size())).first->second;
  }
};

std::vector<uint32_t> children_of(const SpanTree& tree, int64_t line) {
  std::vector<uint32_t> out;
  const size_t end = line < 0 ? tree.lines.size() : static_cast<size_t>(line) + 1 + tree.lines[static_cast<size_t>(line)].descendants;
  for (size_t child = static_cast<size_t>(line + 1); child < end; child += 1 + tree.lines[child].descendants)
    out.push_back(static_cast<uint32_t>(child));
  return out;
}

struct Pair {
  uint32_t a, b;
};

class Comparer {
 public:
  Comparer(const store::Dataset& dataset, const SpanTree& a, const SpanTree& b) : dataset_(dataset), a_(a), b_(b) {}

  Comparison run() {
    struct Work {
      Pair pair;
      uint32_t depth;
    };
    std::vector<Work> stack;
    const auto push = [&](const std::vector<Pair>& pairs, uint32_t depth) {
      for (size_t i = pairs.size(); i-- > 0;) stack.push_back({pairs[i], depth});
    };
    push(match(children_of(a_, -1), children_of(b_, -1)), 0);
    while (!stack.empty()) {
      const auto [pair, depth] = stack.back();
      stack.pop_back();
      out_.lines.push_back(line_of(pair, depth));
      push(match(pair.a == store::kNoRow ? std::vector<uint32_t>{} : children_of(a_, pair.a),
                 pair.b == store::kNoRow ? std::vector<uint32_t>{} : children_of(b_, pair.b)),
           depth + 1);
    }
    count();
    find_divergence();
    return std::move(out_);
  }

 private:
  std::vector<Pair> match(const std::vector<uint32_t>& left, const std::vector<uint32_t>& right) {
    std::vector<uint32_t> keys_a, keys_b;
    for (const uint32_t line : left) keys_a.push_back(keys_.of(dataset_, a_.lines[line]));
    for (const uint32_t line : right) keys_b.push_back(keys_.of(dataset_, b_.lines[line]));
    std::vector<Pair> out;
    size_t at_a = 0, at_b = 0;
    for (const EqualRun& run : diff_sequences(keys_a, keys_b, kMostEdits).equal) {
      match_rest(left, at_a, run.at_a, right, at_b, run.at_b, out);
      for (uint32_t i = 0; i < run.count; ++i) out.push_back({left[run.at_a + i], right[run.at_b + i]});
      at_a = run.at_a + run.count;
      at_b = run.at_b + run.count;
    }
    match_rest(left, at_a, left.size(), right, at_b, right.size(), out);
    return out;
  }

  // Between two matches: spans of the same type that were given another name.
  void match_rest(const std::vector<uint32_t>& left, size_t a0, size_t a1, const std::vector<uint32_t>& right, size_t b0,
                  size_t b1, std::vector<Pair>& out) {
    size_t next_b = b0;
    for (size_t i = a0; i < a1; ++i) {
      size_t found = next_b;
      while (found < b1 && !(dataset_.span_type(a_.lines[left[i]].span) == dataset_.span_type(b_.lines[right[found]].span))) ++found;
      if (found == b1) {
        out.push_back({left[i], store::kNoRow});
        continue;
      }
      for (; next_b < found; ++next_b) out.push_back({store::kNoRow, right[next_b]});
      out.push_back({left[i], right[found]});
      next_b = found + 1;
    }
    for (; next_b < b1; ++next_b) out.push_back({store::kNoRow, right[next_b]});
  }

  bool equal_text(TextRef a, TextRef b) {
    if (a.present() != b.present()) return false;
    if (!a.present()) return true;
    if (a.form == b.form) return dataset_.raw(a) == dataset_.raw(b);
    return dataset_.text_now(a, scratch_a_) == dataset_.text_now(b, scratch_b_);
  }

  ComparedLine line_of(const Pair& pair, uint32_t depth) {
    ComparedLine line{pair.a, pair.b, depth, 0};
    if (line.only_a() || line.only_b()) return line;
    const store::SpanRow a = a_.lines[pair.a].span, b = b_.lines[pair.b].span;
    if (!(dataset_.span_name(a) == dataset_.span_name(b))) line.differences |= kDiffersInName;
    if (dataset_.span_status(a) != dataset_.span_status(b)) line.differences |= kDiffersInStatus;
    // The data set remembers the parts of one span at a time.
    const TextRef in_a = dataset_.span_inputs(a), out_a = dataset_.span_outputs(a);
    const TextRef in_b = dataset_.span_inputs(b), out_b = dataset_.span_outputs(b);
    if (!equal_text(in_a, in_b)) line.differences |= kDiffersInInputs;
    if (!equal_text(out_a, out_b)) line.differences |= kDiffersInOutputs;
    return line;
  }

  void count() {
    for (const ComparedLine& line : out_.lines) {
      uint32_t& of = line.only_a() ? out_.only_a : line.only_b() ? out_.only_b : line.differences != 0 ? out_.changed : out_.same;
      ++of;
    }
  }

  void find_divergence() {
    std::vector<uint32_t> open;
    const auto leaves_apart = [&](uint32_t line) { return (out_.lines[line].differences & (kDiffersInOutputs | kDiffersInStatus)) != 0; };
    for (uint32_t i = 0; i <= out_.lines.size(); ++i) {
      while (!open.empty() && (i == out_.lines.size() || out_.lines[open.back()].depth >= out_.lines[i].depth)) {
        if (leaves_apart(open.back())) {
          out_.first_divergence = open.back();
          return;
        }
        open.pop_back();
      }
      if (i == out_.lines.size()) return;
      const ComparedLine& line = out_.lines[i];
      if (line.only_a() || line.only_b() || (line.differences & (kDiffersInName | kDiffersInInputs)) != 0) {
        out_.first_divergence = i;
        return;
      }
      open.push_back(i);
    }
  }

  const store::Dataset& dataset_;
  const SpanTree& a_;
  const SpanTree& b_;
  Keys keys_;
  Comparison out_;
  std::string scratch_a_, scratch_b_;
};

}  // namespace

Comparison compare_traces(const store::Dataset& dataset, const SpanTree& a, const SpanTree& b) {
  return Comparer(dataset, a, b).run();
}

}  // namespace assay::ui
