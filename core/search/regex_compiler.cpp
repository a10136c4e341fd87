#include "core/search/regex_program.h"

#include <utility>
#include <vector>

namespace assay::search {
namespace {

constexpr size_t kMaxInstructions = 6000;

class Compiler {
 public:
  explicit Compiler(RegexTree tree) : tree_(std::move(tree)) {}

  Result<RegexProgram> run() {
    emit(tree_.root);
    emit_op(RegexOp::Match);
    if (too_large_) {
      return make_error(ErrorCode::TooLarge,
                        "the pattern with its repetitions is too large (over 6,000 steps)", 0);
    }
    program_.sets = std::move(tree_.sets);
    return std::move(program_);
  }

 private:
  void emit(uint32_t node);
  void emit_repeat(uint32_t node);
  uint32_t here() const { return static_cast<uint32_t>(program_.code.size()); }
  uint32_t emit_op(RegexOp op, uint32_t x = 0, uint32_t y = 0) {
    if (program_.code.size() >= kMaxInstructions) {
      too_large_ = true;
      return 0;
    }
    program_.code.push_back({op, x, y});
    return here() - 1;
  }

  RegexTree tree_;
  RegexProgram program_;
  bool too_large_ = false;
};

void Compiler::emit(uint32_t index) {
  if (too_large_) return;
  const RegexNode& node = tree_.nodes[index];
  switch (node.kind) {
    case RegexNode::Kind::Empty:
      return;
    case RegexNode::Kind::Char:
      emit_op(RegexOp::Char, node.set);
      return;
    case RegexNode::Kind::Assert:
      emit_op(node.assertion, node.ascii ? 1 : 0);
      return;
    case RegexNode::Kind::Concat:
      for (const uint32_t child : node.children)
        emit(child);
      return;
    case RegexNode::Kind::Repeat:
      emit_repeat(index);
      return;
    case RegexNode::Kind::Alternate:
      break;
  }
  std::vector<uint32_t> jumps;
  for (size_t i = 0; i < node.children.size() && !too_large_; ++i) {
    const bool last = i + 1 == node.children.size();
    const uint32_t split = last ? 0 : emit_op(RegexOp::Split, here() + 1);
    emit(node.children[i]);
    if (last || too_large_) continue;
    jumps.push_back(emit_op(RegexOp::Jump));
    program_.code[split].y = here();
  }
  if (too_large_) return;
  for (const uint32_t jump : jumps)
    program_.code[jump].x = here();
}

void Compiler::emit_repeat(uint32_t index) {
  const uint32_t child = tree_.nodes[index].children[0];
  const uint32_t least = tree_.nodes[index].least, most = tree_.nodes[index].most;
  uint32_t last_start = here();
  for (uint32_t i = 0; i < least && !too_large_; ++i) {
    last_start = here();
    emit(child);
    if (here() == last_start) break;  // empty: once is as good as a thousand times
  }
  if (too_large_) return;
  if (most == kUnlimited) {
    if (least > 0) {
      emit_op(RegexOp::Split, last_start, here() + 1);
      return;
    }
    const uint32_t split = emit_op(RegexOp::Split, here() + 1);
    emit(child);
    emit_op(RegexOp::Jump, split);
    if (!too_large_) program_.code[split].y = here();
    return;
  }
  std::vector<uint32_t> splits;
  for (uint32_t i = least; i < most && !too_large_; ++i) {
    const uint32_t before = here();
    splits.push_back(emit_op(RegexOp::Split, here() + 1));
    emit(child);
    if (here() == before + 1) break;
  }
  if (too_large_) return;
  for (const uint32_t split : splits)
    program_.code[split].y = here();
}

}  // namespace

Result<RegexProgram> compile_regex(RegexTree tree) { return Compiler(std::move(tree)).run(); }

}  // namespace assay::search
