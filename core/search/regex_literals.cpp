// What every match of a pattern must hold, read off its tree, so that most texts need no closer look.
#include <algorithm>
#include <utility>

#include "core/base/ordering.h"
#include "core/base/utf8.h"
#include "core/search/regex_program.h"
#include "core/search/text_find.h"

namespace assay::search {
namespace {

constexpr size_t kMostLiterals = 8;  // of one list: each is looked for in the whole text
constexpr size_t kMostLists = 4;
constexpr size_t kLeastBytes = 2;  // single bytes stand everywhere

using AnyOf = std::vector<RegexLiteral>;

struct Found {
  bool exact = false;  // it matches `literal` and nothing else
  RegexLiteral literal;
  std::vector<AnyOf> lists;
};

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

// How much a list tells: its least telling literal decides.
size_t weight(const AnyOf& list) {
  size_t least = static_cast<size_t>(-1);
  for (const RegexLiteral& literal : list)
    least = std::min(least, literal_weight(literal.text));
  return list.empty() ? 0 : least;
}

void add_list(std::vector<AnyOf>& lists, AnyOf list) {
  if (!list.empty()) lists.push_back(std::move(list));
}

void add_literal(std::vector<AnyOf>& lists, RegexLiteral literal) {
  if (literal.text.size() >= kLeastBytes) lists.push_back({std::move(literal)});
}

Found find(const RegexTree& tree, uint32_t index);

Found find_in_concat(const RegexTree& tree, const RegexNode& node) {
  Found out;
  out.exact = true;
  RegexLiteral run;
  for (const uint32_t child : node.children) {
    Found part = find(tree, child);
    if (part.exact) {
      run.text += part.literal.text;
      run.any_case = run.any_case || part.literal.any_case;
      continue;
    }
    out.exact = false;
    add_literal(out.lists, std::exchange(run, {}));
    for (AnyOf& list : part.lists)
      add_list(out.lists, std::move(list));
  }
  if (out.exact) out.literal = std::move(run);
  else add_literal(out.lists, std::move(run));
  return out;
}

Found find_in_alternate(const RegexTree& tree, const RegexNode& node) {
  AnyOf all;
  for (const uint32_t child : node.children) {
    Found part = find(tree, child);
    if (part.exact) add_literal(part.lists, std::move(part.literal));
    const auto best = std::max_element(part.lists.begin(), part.lists.end(),
                                       [](const AnyOf& a, const AnyOf& b) { return weight(a) < weight(b); });
    // One way without a literal is a match without one.
    if (best == part.lists.end() || all.size() + best->size() > kMostLiterals) return {};
    all.insert(all.end(), best->begin(), best->end());
  }
  Found out;
  add_list(out.lists, std::move(all));
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
      if (c != 0) append_utf8(out.literal.text, c);
      return out;
    }
    case RegexNode::Kind::Concat:
      return find_in_concat(tree, node);
    case RegexNode::Kind::Alternate:
      return node.children.size() == 1 ? find(tree, node.children[0]) : find_in_alternate(tree, node);
    case RegexNode::Kind::Repeat:
      break;
  }
  if (node.least == 0) return out;
  out = find(tree, node.children[0]);
  if (out.exact && (node.least != 1 || node.most != 1)) {
    add_literal(out.lists, std::exchange(out.literal, {}));
    out.exact = false;
  }
  return out;
}

}  // namespace

std::vector<std::vector<RegexLiteral>> required_literals(const RegexTree& tree) {
  Found found = find(tree, tree.root);
  if (found.exact) add_literal(found.lists, std::move(found.literal));
  std::vector<uint32_t> order =
      sorted_indexes(found.lists.size(), [&](uint32_t a, uint32_t b) { return weight(found.lists[a]) > weight(found.lists[b]); });
  if (order.size() > kMostLists) order.resize(kMostLists);
  std::vector<AnyOf> out;
  for (const uint32_t i : order)
    out.push_back(std::move(found.lists[i]));
  return out;
}

}  // namespace assay::search
