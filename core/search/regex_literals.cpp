// What every match of a pattern must hold, read off its tree, so that most texts need no closer look.
#include <algorithm>
#include <utility>

#include "core/base/ordering.h"
#include "core/base/utf8.h"
#include "core/search/regex_program.h"
#include "core/search/text_find.h"

namespace assay::search {
namespace {

constexpr size_t kMostLists = 4;
constexpr size_t kLeastBytes = 2;  // single bytes stand everywhere

constexpr uint32_t kMostBytesOfChar = 4;

struct Found {
  bool exact = false;  // it matches `literal` and nothing else
  RegexLiteral literal;
  std::vector<RequiredLiterals> lists;
  uint32_t most_bytes = 0;  // of a match; kUnlimited
};

// kUnlimited stays it, and so does what is too large to be told apart from it.
uint32_t plus(uint32_t a, uint32_t b) { return a >= kUnlimited - b ? kUnlimited : a + b; }
uint32_t times(uint32_t a, uint32_t b) {
  const uint64_t product = static_cast<uint64_t>(a) * b;
  return a == 0 || b == 0 ? 0 : static_cast<uint32_t>(std::min<uint64_t>(product, kUnlimited));
}

// The only character of a set, or its small letter where it holds the two forms of an ASCII letter; 0: neither.
uint32_t only_char(const CharSet& set, bool& any_case) {
  if (set.negated || (set.has | set.has_not) != 0 || set.ranges.empty() || set.ranges.size() > 2) return 0;
  for (const CharRange& range : set.ranges) {
    if (range.first != range.last) return 0;
  }
  const uint32_t a = set.ranges.front().first, b = set.ranges.back().first;
  if (a == b) return a == kReplacementChar ? 0 : a;
  const uint32_t small = a | 0x20;
  if (small != (b | 0x20) || small < 'a' || small > 'z' || (a & b) >= 0x80) return 0;
  any_case = true;
  return small;
}

uint32_t most_bytes_of(const CharSet& set) {
  const bool ascii = !set.negated && set.has_not == 0 && (set.has == 0 || set.ascii_only) &&
                     std::all_of(set.ranges.begin(), set.ranges.end(), [](const CharRange& range) { return range.last < 0x80; });
  return ascii ? 1 : kMostBytesOfChar;
}

// How much a list tells: its least telling literal decides.
size_t weight(const RequiredLiterals& list) {
  size_t least = static_cast<size_t>(-1);
  for (const RegexLiteral& literal : list.any_of)
    least = std::min(least, literal_weight(literal.text));
  return list.any_of.empty() ? 0 : least;
}

void add_literal(std::vector<RequiredLiterals>& lists, RegexLiteral literal, uint32_t most_bytes_before) {
  if (literal.text.size() >= kLeastBytes) lists.push_back({{std::move(literal)}, most_bytes_before});
}

Found find(const RegexTree& tree, uint32_t index);

Found find_in_concat(const RegexTree& tree, const RegexNode& node) {
  Found out;
  out.exact = true;
  RegexLiteral run;
  uint32_t before_run = 0;
  for (const uint32_t child : node.children) {
    Found part = find(tree, child);
    const uint32_t before = out.most_bytes;
    out.most_bytes = plus(before, part.most_bytes);
    if (part.exact) {
      if (run.text.empty()) before_run = before;
      run.text += part.literal.text;
      run.any_case = run.any_case || part.literal.any_case;
      continue;
    }
    out.exact = false;
    add_literal(out.lists, std::exchange(run, {}), before_run);
    for (RequiredLiterals& list : part.lists) {
      list.most_bytes_before = plus(list.most_bytes_before, before);
      out.lists.push_back(std::move(list));
    }
  }
  if (out.exact) out.literal = std::move(run);
  else add_literal(out.lists, std::move(run), before_run);
  return out;
}

Found find_in_alternate(const RegexTree& tree, const RegexNode& node) {
  Found out;
  RequiredLiterals all;
  bool in_each = true;
  for (const uint32_t child : node.children) {
    Found part = find(tree, child);
    out.most_bytes = std::max(out.most_bytes, part.most_bytes);
    if (part.exact) add_literal(part.lists, std::move(part.literal), 0);
    const auto best = std::max_element(part.lists.begin(), part.lists.end(), [](const RequiredLiterals& a, const RequiredLiterals& b) {
      return weight(a) < weight(b);
    });
    // One way without a literal is a match without one.
    in_each = in_each && best != part.lists.end() && all.any_of.size() + best->any_of.size() <= kMostLiterals;
    if (!in_each) continue;
    all.any_of.insert(all.any_of.end(), best->any_of.begin(), best->any_of.end());
    all.most_bytes_before = std::max(all.most_bytes_before, best->most_bytes_before);
  }
  if (in_each) out.lists.push_back(std::move(all));
  return out;
}

// Nesting is limited by the parser.
Found find(const RegexTree& tree, uint32_t index) {
  const RegexNode& node = tree.nodes[index];
  Found out;
  switch (node.kind) {
    case RegexNode::Kind::Empty:
    case RegexNode::Kind::Assert:
      out.exact = true;  // takes no room between its neighbours
      return out;
    case RegexNode::Kind::Char: {
      const uint32_t c = only_char(tree.sets[node.set], out.literal.any_case);
      out.exact = c != 0;
      out.most_bytes = most_bytes_of(tree.sets[node.set]);
      if (c == 0) return out;
      append_utf8(out.literal.text, c);
      out.most_bytes = static_cast<uint32_t>(out.literal.text.size());
      return out;
    }
    case RegexNode::Kind::Concat:
      return find_in_concat(tree, node);
    case RegexNode::Kind::Alternate:
      return node.children.size() == 1 ? find(tree, node.children[0]) : find_in_alternate(tree, node);
    case RegexNode::Kind::Repeat:
      break;
  }
  Found once = find(tree, node.children[0]);
  out.most_bytes = times(once.most_bytes, node.most);
  if (node.least == 0) return out;
  out.exact = once.exact && node.least == 1 && node.most == 1;
  if (once.exact && !out.exact) add_literal(once.lists, std::exchange(once.literal, {}), 0);
  out.literal = std::move(once.literal);
  out.lists = std::move(once.lists);  // the first time they stand in is at the beginning
  return out;
}

}  // namespace

std::vector<RequiredLiterals> required_literals(const RegexTree& tree) {
  Found found = find(tree, tree.root);
  if (found.exact) add_literal(found.lists, std::move(found.literal), 0);
  std::vector<uint32_t> order =
      sorted_indexes(found.lists.size(), [&](uint32_t a, uint32_t b) { return weight(found.lists[a]) > weight(found.lists[b]); });
  if (order.size() > kMostLists) order.resize(kMostLists);
  std::vector<RequiredLiterals> out;
  for (const uint32_t i : order)
    out.push_back(std::move(found.lists[i]));
  return out;
}

}  // namespace assay::search
