#include "core/search/sql_group.h"

#include <algorithm>
#include <cstddef>

namespace assay::search {
namespace {

constexpr size_t kMaxTokens = 10000;
constexpr uint16_t kMaxHeight = 100;
constexpr size_t kNone = static_cast<size_t>(-1);

bool equals_upper(std::string_view text, std::string_view upper_word) {
  return text.size() == upper_word.size() &&
         std::equal(text.begin(), text.end(), upper_word.begin(), [](char a, char b) {
           return (a >= 'a' && a <= 'z' ? static_cast<char>(a - 'a' + 'A') : a) == b;
         });
}

class Grouper {
 public:
  Grouper(std::string_view text, SqlTree& tree) : text_(text), tree_(tree) {}

  bool group(uint32_t statement);

 private:
  using Children = std::vector<uint32_t>;
  // Whether a node may stand left or right of a joining token. `node` is kNoNode where there is
  // none.
  using Test = bool (Grouper::*)(uint32_t node) const;
  static constexpr uint32_t kNoNode = 0xFFFFFFFF;

  SqlNode& node(uint32_t i) { return tree_.nodes[i]; }
  const SqlNode& node(uint32_t i) const { return tree_.nodes[i]; }
  std::string_view value(uint32_t i) const {
    return text_.substr(node(i).begin, node(i).end - node(i).begin);
  }
  bool is_leaf(uint32_t i, SqlType type) const {
    return node(i).group == SqlGroup::Leaf && node(i).type == type;
  }
  bool is_leaf(uint32_t i, SqlType type, std::string_view text) const {
    return is_leaf(i, type) && value(i) == text;
  }
  bool is_key(uint32_t i, std::string_view upper_word) const {
    return is_leaf(i, SqlType::Keyword) && equals_upper(value(i), upper_word);
  }
  bool is_blank(uint32_t i) const {
    return node(i).group == SqlGroup::Leaf && is_space(node(i).type);
  }
  bool is(uint32_t i, SqlGroup group) const { return node(i).group == group; }

  uint32_t make(SqlGroup group, const uint32_t* first, size_t count);
  void append(uint32_t group, const uint32_t* first, size_t count);
  size_t next_solid(const Children& list, size_t from) const {
    while (from < list.size() && is_blank(list[from]))
      ++from;
    return from < list.size() ? from : kNone;
  }
  static size_t previous_solid_at(const Grouper& g, const Children& list, size_t before) {
    while (before > 0) {
      if (!g.is_blank(list[--before])) return before;
    }
    return kNone;
  }

  // Runs `pass` on every group below, innermost first, then on the list itself; groups of the class
  // `closed` are not entered.
  void each(uint32_t group, SqlGroup closed, void (Grouper::*pass)(Children&));
  void refresh(uint32_t group);

  void comments(Children& list);
  struct Pair {
    SqlGroup group;
    SqlType type;
    std::string_view open, open_too, close;
  };
  void matching(uint32_t group, const Pair& pair);
  void functions(Children& list);
  void where(Children& list);
  void identifiers(Children& list);
  void order(Children& list);
  void aliases(Children& list);
  void align_comments(Children& list);

  struct Join {
    SqlGroup group;
    Test match, left, right;
    bool extend;
  };
  enum class JoinKind : uint8_t { LeftToRight, Period, Array, TypedLiteral, Assignment };
  void join(uint32_t group, const Join& rule, JoinKind kind);

  bool any(uint32_t) const { return true; }
  bool present(uint32_t i) const { return i != kNoNode; }
  bool is_period(uint32_t i) const {
    return is_leaf(i, SqlType::Punctuation, ".") || is_leaf(i, SqlType::Operator, "->") ||
           is_leaf(i, SqlType::Operator, "->>");
  }
  bool before_period(uint32_t i) const {
    return is(i, SqlGroup::SquareBrackets) || is(i, SqlGroup::Identifier) ||
           is_leaf(i, SqlType::Name) || is_leaf(i, SqlType::StringSymbol);
  }
  bool joins_period(uint32_t i) const {
    return i != kNoNode && (is(i, SqlGroup::SquareBrackets) || is(i, SqlGroup::Function) ||
                            is_leaf(i, SqlType::Name) || is_leaf(i, SqlType::StringSymbol) ||
                            is_leaf(i, SqlType::Wildcard) || is_leaf(i, SqlType::StringSingle));
  }
  bool is_brackets(uint32_t i) const { return is(i, SqlGroup::SquareBrackets); }
  bool before_array(uint32_t i) const {
    return is(i, SqlGroup::SquareBrackets) || is(i, SqlGroup::Identifier) ||
           is(i, SqlGroup::Function) || is_leaf(i, SqlType::Name) ||
           is_leaf(i, SqlType::StringSymbol);
  }
  bool is_cast(uint32_t i) const { return is_leaf(i, SqlType::Punctuation, "::"); }
  bool is_builtin(uint32_t i) const { return is_leaf(i, SqlType::Builtin); }
  bool is_single(uint32_t i) const { return i != kNoNode && is_leaf(i, SqlType::StringSingle); }
  bool is_operator(uint32_t i) const {
    return is_leaf(i, SqlType::Operator) || is_leaf(i, SqlType::Wildcard);
  }
  // The leaves that sqlparse counts as numbers, strings and names.
  bool is_value(uint32_t i) const {
    return is_leaf(i, SqlType::Integer) || is_leaf(i, SqlType::Float) ||
           is_leaf(i, SqlType::StringSingle) || is_leaf(i, SqlType::StringSymbol) ||
           is_leaf(i, SqlType::Name) || is_leaf(i, SqlType::Placeholder);
  }
  bool is_operand(uint32_t i) const {
    if (i == kNoNode) return false;
    return is_value(i) || is(i, SqlGroup::SquareBrackets) || is(i, SqlGroup::Parenthesis) ||
           is(i, SqlGroup::Function) || is(i, SqlGroup::Identifier) || is(i, SqlGroup::Operation) ||
           is(i, SqlGroup::TypedLiteral) || is_key(i, "CURRENT_DATE") ||
           is_key(i, "CURRENT_TIME") || is_key(i, "CURRENT_TIMESTAMP");
  }
  bool is_comparison_sign(uint32_t i) const { return is_leaf(i, SqlType::Comparison); }
  bool is_comparable(uint32_t i) const {
    if (i == kNoNode) return false;
    return is_value(i) || is(i, SqlGroup::Parenthesis) || is(i, SqlGroup::Function) ||
           is(i, SqlGroup::Identifier) || is(i, SqlGroup::Operation) ||
           is(i, SqlGroup::TypedLiteral) || is_key(i, "NULL");
  }
  bool is_as(uint32_t i) const { return is_key(i, "AS"); }
  bool before_as(uint32_t i) const {
    return is_key(i, "NULL") || !(is(i, SqlGroup::Leaf) && is_keyword(node(i).type));
  }
  bool after_as(uint32_t i) const { return i != kNoNode && !is_leaf(i, SqlType::KeywordStatement); }
  bool is_assignment(uint32_t i) const { return is_leaf(i, SqlType::Assignment); }
  bool assignable(uint32_t i) const { return i != kNoNode && !is_leaf(i, SqlType::Keyword); }
  bool is_comma(uint32_t i) const { return is_leaf(i, SqlType::Punctuation, ","); }
  bool is_listable(uint32_t i) const {
    if (i == kNoNode) return false;
    return is_value(i) || is(i, SqlGroup::Function) || is(i, SqlGroup::Case) ||
           is(i, SqlGroup::Identifier) || is(i, SqlGroup::Comparison) ||
           is(i, SqlGroup::IdentifierList) || is(i, SqlGroup::Operation) ||
           is_leaf(i, SqlType::Keyword) || is_leaf(i, SqlType::Wildcard);
  }

  std::string_view text_;
  SqlTree& tree_;
};

uint32_t Grouper::make(SqlGroup group, const uint32_t* first, size_t count) {
  SqlNode made;
  made.group = group;
  made.children.assign(first, first + count);
  tree_.nodes.push_back(std::move(made));
  const uint32_t at = static_cast<uint32_t>(tree_.nodes.size() - 1);
  refresh(at);
  return at;
}

void Grouper::append(uint32_t group, const uint32_t* first, size_t count) {
  // Not by refresh(): a long list grows item by item.
  for (size_t i = 0; i < count; ++i) {
    const uint32_t child = first[i];
    SqlNode& self = node(group);
    self.children.push_back(child);
    self.end = node(child).end;
    self.height = std::max<uint16_t>(self.height, static_cast<uint16_t>(node(child).height + 1));
  }
}

// The place and the height of a group whose children have changed.
void Grouper::refresh(uint32_t group) {
  SqlNode& self = node(group);
  if (self.children.empty()) return;
  self.begin = node(self.children.front()).begin;
  self.end = node(self.children.back()).end;
  uint16_t height = 0;
  for (const uint32_t child : self.children)
    height = std::max(height, node(child).height);
  self.height = static_cast<uint16_t>(height + 1);
}

void Grouper::each(uint32_t group, SqlGroup closed, void (Grouper::*pass)(Children&)) {
  // By position: the pass may add nodes.
  for (size_t i = 0; i < node(group).children.size(); ++i) {
    const uint32_t child = node(group).children[i];
    if (!is(child, SqlGroup::Leaf) && !is(child, closed)) each(child, closed, pass);
  }
  Children list = std::move(node(group).children);
  (this->*pass)(list);
  node(group).children = std::move(list);
  refresh(group);
}

void Grouper::comments(Children& list) {
  Children out;
  for (size_t i = 0; i < list.size(); ++i) {
    if (is(list[i], SqlGroup::Leaf) && is_comment(node(list[i]).type)) {
      size_t end = i;
      while (end < list.size() && is(list[end], SqlGroup::Leaf) &&
             (is_comment(node(list[end]).type) || is_leaf(list[end], SqlType::Newline))) {
        ++end;
      }
      // A comment with nothing behind it stays a token.
      if (end < list.size()) {
        out.push_back(make(SqlGroup::Comment, &list[i], end - i));
        i = end - 1;
        continue;
      }
    }
    out.push_back(list[i]);
  }
  list = std::move(out);
}

void Grouper::matching(uint32_t group, const Pair& pair) {
  Children list = std::move(node(group).children);
  Children out;
  std::vector<size_t> opens;
  for (const uint32_t child : list) {
    if (!is(child, SqlGroup::Leaf) && !is(child, pair.group)) matching(child, pair);
    out.push_back(child);
    if (!is_leaf(child, pair.type)) continue;
    if (equals_upper(value(child), pair.open) ||
        (!pair.open_too.empty() && equals_upper(value(child), pair.open_too))) {
      opens.push_back(out.size() - 1);
    } else if (equals_upper(value(child), pair.close) && !opens.empty()) {
      const size_t open = opens.back();
      opens.pop_back();
      const uint32_t made = make(pair.group, &out[open], out.size() - open);
      out.resize(open);
      out.push_back(made);
    }
  }
  node(group).children = std::move(out);
  refresh(group);
}

void Grouper::functions(Children& list) {
  Children out;
  for (size_t i = 0; i < list.size(); ++i) {
    if (is_leaf(list[i], SqlType::Name) || is_leaf(list[i], SqlType::Builtin) ||
        is_leaf(list[i], SqlType::Placeholder)) {
      const size_t next = next_solid(list, i + 1);
      if (next != kNone && is(list[next], SqlGroup::Parenthesis)) {
        out.push_back(make(SqlGroup::Function, &list[i], next + 1 - i));
        i = next;
        continue;
      }
    }
    out.push_back(list[i]);
  }
  list = std::move(out);
}

void Grouper::where(Children& list) {
  Children out;
  for (size_t i = 0; i < list.size(); ++i) {
    if (!is_key(list[i], "WHERE")) {
      out.push_back(list[i]);
      continue;
    }
    size_t end = i + 1;
    const auto closes = [this](uint32_t child) {
      for (const std::string_view word : {"ORDER BY", "GROUP BY", "LIMIT", "UNION", "UNION ALL",
                                          "EXCEPT", "HAVING", "RETURNING", "INTO"}) {
        if (is_key(child, word)) return true;
      }
      return false;
    };
    while (end < list.size() && !closes(list[end]))
      ++end;
    // Inside brackets the closing one stays outside.
    if (end == list.size() && end > i + 1 && is_leaf(list[0], SqlType::Punctuation, "(") &&
        is_leaf(list[end - 1], SqlType::Punctuation, ")")) {
      --end;
    }
    out.push_back(make(SqlGroup::Where, &list[i], end - i));
    i = end - 1;
  }
  list = std::move(out);
}

void Grouper::identifiers(Children& list) {
  for (uint32_t& child : list) {
    if (is_leaf(child, SqlType::StringSymbol) || is_leaf(child, SqlType::Name)) {
      const uint32_t leaf = child;
      child = make(SqlGroup::Identifier, &leaf, 1);
    }
  }
}

void Grouper::order(Children& list) {
  Children out;
  for (const uint32_t child : list) {
    out.push_back(child);
    if (!is_leaf(child, SqlType::KeywordOrder)) continue;
    const size_t previous = previous_solid_at(*this, out, out.size() - 1);
    if (previous == kNone) continue;
    const uint32_t left = out[previous];
    if (!is(left, SqlGroup::Identifier) &&
        !(is(left, SqlGroup::Leaf) && is_number(node(left).type))) {
      continue;
    }
    const uint32_t made = make(SqlGroup::Identifier, &out[previous], out.size() - previous);
    out.resize(previous);
    out.push_back(made);
  }
  list = std::move(out);
}

void Grouper::aliases(Children& list) {
  Children out;
  for (size_t i = 0; i < list.size(); ++i) {
    const uint32_t child = list[i];
    const bool can_have_alias = is(child, SqlGroup::Parenthesis) || is(child, SqlGroup::Function) ||
                                is(child, SqlGroup::Case) || is(child, SqlGroup::Identifier) ||
                                is(child, SqlGroup::Operation) || is(child, SqlGroup::Comparison) ||
                                (is(child, SqlGroup::Leaf) && is_number(node(child).type));
    const size_t next = can_have_alias ? next_solid(list, i + 1) : kNone;
    if (next == kNone || !is(list[next], SqlGroup::Identifier)) {
      out.push_back(child);
      continue;
    }
    if (is(child, SqlGroup::Identifier)) {
      append(child, &list[i + 1], next - i);
      out.push_back(child);
    } else {
      out.push_back(make(SqlGroup::Identifier, &list[i], next + 1 - i));
    }
    i = next;
  }
  list = std::move(out);
}

void Grouper::align_comments(Children& list) {
  Children out;
  for (const uint32_t child : list) {
    out.push_back(child);
    if (!is(child, SqlGroup::Comment)) continue;
    const size_t previous = previous_solid_at(*this, out, out.size() - 1);
    if (previous == kNone || is(out[previous], SqlGroup::Leaf)) continue;
    append(out[previous], &out[previous + 1], out.size() - previous - 1);
    out.resize(previous + 1);
  }
  list = std::move(out);
}

// sqlparse's _group: joins what stands left and right of a matching token. After a join the right
// side becomes the left neighbour for the next token while the group keeps the place, so `a = b =
// c` nests.
void Grouper::join(uint32_t group, const Join& rule, JoinKind kind) {
  const Children list = std::move(node(group).children);
  Children out;
  out.reserve(list.size());
  size_t left_at = kNone;  // in `out`
  uint32_t left = kNoNode;
  for (size_t i = 0; i < list.size(); ++i) {
    const uint32_t child = list[i];
    if (is_blank(child)) {
      out.push_back(child);
      continue;
    }
    if (kind != JoinKind::Array && !is(child, SqlGroup::Leaf) && !is(child, rule.group)) {
      join(child, rule, kind);
    }
    out.push_back(child);
    size_t next = next_solid(list, i + 1);
    const uint32_t right = next == kNone ? kNoNode : list[next];
    if (!(this->*rule.match)(child) || left == kNoNode || !(this->*rule.left)(left) ||
        !(this->*rule.right)(right)) {
      left_at = out.size() - 1;
      left = child;
      continue;
    }
    const size_t from = kind == JoinKind::TypedLiteral ? out.size() - 1 : left_at;
    const bool takes_right = kind == JoinKind::LeftToRight || kind == JoinKind::TypedLiteral ||
                             kind == JoinKind::Assignment ||
                             (kind == JoinKind::Period && joins_period(right));
    if (kind == JoinKind::Assignment) {  // takes all up to a semicolon
      const auto semicolon = std::find_if(
          list.begin() + static_cast<std::ptrdiff_t>(next) + 1, list.end(),
          [this](uint32_t later) { return is_leaf(later, SqlType::Punctuation, ";"); });
      if (semicolon != list.end()) next = static_cast<size_t>(semicolon - list.begin());
    }
    if (takes_right) {
      for (size_t k = i + 1; k <= next; ++k)
        out.push_back(list[k]);
    }
    if (rule.extend && is(out[from], rule.group)) {
      append(out[from], &out[from + 1], out.size() - from - 1);
      out.resize(from + 1);
    } else {
      const uint32_t made = make(rule.group, &out[from], out.size() - from);
      out.resize(from);
      out.push_back(made);
    }
    left_at = from;
    left = out[from];
    if (takes_right) {
      if (kind != JoinKind::Array && !is(right, SqlGroup::Leaf) && !is(right, rule.group)) {
        join(right, rule, kind);
        refresh(out[from]);
      }
      left = right;
      i = next;
    }
  }
  node(group).children = std::move(out);
  refresh(group);
}

bool Grouper::group(uint32_t statement) {
  using G = Grouper;
  each(statement, SqlGroup::Comment, &G::comments);
  const Pair pairs[] = {
      {SqlGroup::SquareBrackets, SqlType::Punctuation, "[", "", "]"},
      {SqlGroup::Parenthesis, SqlType::Punctuation, "(", "", ")"},
      {SqlGroup::Case, SqlType::Keyword, "CASE", "", "END"},
      {SqlGroup::If, SqlType::Keyword, "IF", "", "END IF"},
      {SqlGroup::For, SqlType::Keyword, "FOR", "FOREACH", "END LOOP"},
      {SqlGroup::Begin, SqlType::Keyword, "BEGIN", "", "END"},
  };
  for (const Pair& pair : pairs) {
    matching(statement, pair);
    if (node(statement).height > kMaxHeight) return false;
  }
  each(statement, SqlGroup::Function, &G::functions);
  each(statement, SqlGroup::Where, &G::where);
  if (node(statement).height > kMaxHeight) return false;
  join(statement, {SqlGroup::Identifier, &G::is_period, &G::before_period, &G::any, true},
       JoinKind::Period);
  join(statement, {SqlGroup::Identifier, &G::is_brackets, &G::before_array, &G::any, true},
       JoinKind::Array);
  each(statement, SqlGroup::Identifier, &G::identifiers);
  each(statement, SqlGroup::Identifier, &G::order);
  if (node(statement).height > kMaxHeight) return false;
  const struct {
    Join rule;
    JoinKind kind;
  } joins[] = {
      {{SqlGroup::Identifier, &G::is_cast, &G::present, &G::present, true}, JoinKind::LeftToRight},
      {{SqlGroup::TypedLiteral, &G::is_builtin, &G::present, &G::is_single, false},
       JoinKind::TypedLiteral},
      {{SqlGroup::Operation, &G::is_operator, &G::is_operand, &G::is_operand, false},
       JoinKind::LeftToRight},
      {{SqlGroup::Comparison, &G::is_comparison_sign, &G::is_comparable, &G::is_comparable, false},
       JoinKind::LeftToRight},
      {{SqlGroup::Identifier, &G::is_as, &G::before_as, &G::after_as, true}, JoinKind::LeftToRight},
  };
  for (const auto& entry : joins) {
    join(statement, entry.rule, entry.kind);
    if (node(statement).height > kMaxHeight) return false;
  }
  each(statement, SqlGroup::Leaf, &G::aliases);
  join(statement, {SqlGroup::Assignment, &G::is_assignment, &G::assignable, &G::assignable, true},
       JoinKind::Assignment);
  each(statement, SqlGroup::Leaf, &G::align_comments);
  join(statement, {SqlGroup::IdentifierList, &G::is_comma, &G::is_listable, &G::is_listable, true},
       JoinKind::LeftToRight);
  return node(statement).height <= kMaxHeight;
}

// Ends a statement at ';' outside brackets; blanks and line comments behind it still belong to it.
void split_statements(const std::vector<SqlToken>& tokens, std::string_view text, SqlTree& tree) {
  std::vector<uint32_t> children;
  int level = 0;
  bool ended = false;
  const auto flush = [&tree, &children](bool even_blank) {
    const bool blank = std::all_of(children.begin(), children.end(), [&tree](uint32_t child) {
      return is_space(tree.nodes[child].type);
    });
    if (!children.empty() && (even_blank || !blank)) {
      SqlNode statement;
      statement.group = SqlGroup::Statement;
      statement.begin = tree.nodes[children.front()].begin;
      statement.end = tree.nodes[children.back()].end;
      statement.children = std::move(children);
      statement.height = 1;
      tree.nodes.push_back(std::move(statement));
      tree.statements.push_back(static_cast<uint32_t>(tree.nodes.size() - 1));
    }
    children.clear();
  };
  for (const SqlToken& token : tokens) {
    if (ended && token.type != SqlType::Whitespace && token.type != SqlType::CommentSingle) {
      flush(true);
      ended = false;
      level = 0;
    }
    const std::string_view value = text.substr(token.begin, token.end - token.begin);
    if (token.type == SqlType::Punctuation) level += value == "(" ? 1 : value == ")" ? -1 : 0;
    if (token.type == SqlType::Keyword && equals_upper(value, "END")) --level;
    SqlNode leaf;
    leaf.type = token.type;
    leaf.begin = token.begin;
    leaf.end = token.end;
    tree.nodes.push_back(std::move(leaf));
    children.push_back(static_cast<uint32_t>(tree.nodes.size() - 1));
    if (level <= 0 && token.type == SqlType::Punctuation && value == ";") ended = true;
  }
  flush(false);
}

}  // namespace

SqlTree parse_sql(std::string_view text) {
  SqlTree tree;
  const std::vector<SqlToken> tokens = tokenize_sql(text, kMaxTokens);
  if (tokens.size() > kMaxTokens) {
    tree.too_complex = true;
    return tree;
  }
  split_statements(tokens, text, tree);
  Grouper grouper(text, tree);
  for (const uint32_t statement : tree.statements) {
    if (grouper.group(statement)) continue;
    tree = SqlTree();
    tree.too_complex = true;
    break;
  }
  return tree;
}

}  // namespace assay::search
