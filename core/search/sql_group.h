// The tree that sqlparse makes of a filter's tokens: what MLflow's parser looks at. Groups are
// formed in sqlparse's passes and order, as far as they can be seen in MLflow's answers: brackets,
// functions, dotted names, comparisons, aliases, lists.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/search/sql_tokens.h"

namespace assay::search {

enum class SqlGroup : uint8_t {
  Leaf,
  Statement,
  Comment,
  SquareBrackets,
  Parenthesis,
  Case,
  If,
  For,
  Begin,
  Function,
  Where,
  Identifier,
  TypedLiteral,
  Operation,
  Comparison,
  Assignment,
  IdentifierList,
};

struct SqlNode {
  SqlGroup group = SqlGroup::Leaf;
  SqlType type = SqlType::Error;  // of a leaf
  uint32_t begin = 0;             // bytes of the text; a group spans its children
  uint32_t end = 0;
  uint16_t height = 0;             // 0: a leaf
  std::vector<uint32_t> children;  // positions in SqlTree::nodes
};

struct SqlTree {
  std::vector<SqlNode> nodes;
  std::vector<uint32_t> statements;  // positions of the statement nodes; blank ones are left out
  bool too_complex = false;          // past sqlparse's limits (10,000 tokens, 100 levels): no tree
};

SqlTree parse_sql(std::string_view text);

}  // namespace assay::search
