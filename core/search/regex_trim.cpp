#include "core/search/regex_program.h"

#include <cstddef>

namespace assay::search {
namespace {

enum class End { First, Last };

// A repetition at the end of a pattern need not go on beyond its least count: the match that is left begins later or ends
// earlier. What stands before or after an assertion must stay, as it is what the assertion looks at. True: nothing of
// the node is left, so that its neighbour stands at the end. Nesting is limited by the parser.
bool trim(RegexTree& tree, uint32_t index, End end) {
  RegexNode& node = tree.nodes[index];
  switch (node.kind) {
    case RegexNode::Kind::Empty:
      return true;
    case RegexNode::Kind::Char:
    case RegexNode::Kind::Assert:
      return false;
    case RegexNode::Kind::Concat: {
      const size_t count = node.children.size();
      for (size_t i = 0; i < count; ++i) {
        if (!trim(tree, tree.nodes[index].children[end == End::First ? i : count - 1 - i], end)) return false;
      }
      return true;
    }
    case RegexNode::Kind::Alternate: {
      bool nothing = false;  // one way that reads nothing is enough
      for (size_t i = 0; i < node.children.size(); ++i)
        nothing = trim(tree, tree.nodes[index].children[i], end) || nothing;
      if (nothing) node = {};
      return nothing;
    }
    case RegexNode::Kind::Repeat:
      break;
  }
  node.most = node.least;
  const bool nothing = node.least == 0 || (node.least == 1 && trim(tree, node.children[0], end));
  if (nothing) node = {};
  return nothing;
}

}  // namespace

void trim_to_least(RegexTree& tree) {
  trim(tree, tree.root, End::First);
  trim(tree, tree.root, End::Last);
}

}  // namespace assay::search
