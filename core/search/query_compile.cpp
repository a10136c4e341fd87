// A query's tree to its plan.
#include <algorithm>
#include <utility>

#include "core/base/ordering.h"
#include "core/search/filter_terms.h"
#include "core/search/query_plan_node.h"

namespace assay::search {
namespace {

using store::SpanStatus;
using store::TraceState;

constexpr int kColumnCost = 1, kNameCost = 2, kKeyCost = 6, kSpansCost = 10, kTextCost = 1000;

class Compiler {
 public:
  Compiler(const store::Dataset& dataset, CaseMode like_case, std::vector<PlanNode*>& prepared,
           std::string& warning)
      : dataset_(dataset), like_case_(like_case), prepared_(prepared), warning_(warning) {}
  std::unique_ptr<PlanNode> compile(const QueryNode& node);

 private:
  void compile_list(const QueryNode& node, PlanNode& plan);
  void compile_spans(const QueryNode& node, PlanNode& plan);
  void compile_compare(const QueryNode& node, PlanNode& plan);
  void compile_key_values(const QueryNode& node, PlanNode& plan);
  void compile_assessment(const QueryNode& node, PlanNode& plan);
  void compile_states(PlanNode& plan) const;
  void compile_content_sieve(const QueryNode& node, PlanNode& plan);
  QueryNode with_pattern(const QueryNode& node) const;

  const store::Dataset& dataset_;
  CaseMode like_case_;
  std::vector<PlanNode*>& prepared_;
  std::string& warning_;
};

// "a", "a.b", "a.b.c": keys hold dots themselves, so the longest one that is there counts.
std::vector<std::string> key_names(const std::vector<PathStep>& path) {
  std::vector<std::string> names;
  std::string name;
  for (const PathStep& step : path) {
    if (step.kind != PathStep::Kind::Name) break;
    if (!names.empty()) name += '.';
    name += step.name;
    names.push_back(name);
  }
  return names;
}

bool is_column(const PlanNode& node) {
  return node.kind == QueryNode::Kind::Compare &&
         (node.key == QueryKey::SpanName || node.key == QueryKey::SpanType ||
          node.key == QueryKey::SpanStatus || node.key == QueryKey::SpanDuration);
}

// A condition on a column that must hold where the whole one does.
PlanNode* lead_of(PlanNode& condition) {
  if (is_column(condition)) return &condition;
  if (condition.kind != QueryNode::Kind::And) return nullptr;
  for (const std::unique_ptr<PlanNode>& child : condition.children) {
    if (is_column(*child)) return child.get();
  }
  return nullptr;
}

void Compiler::compile_list(const QueryNode& node, PlanNode& plan) {
  std::vector<std::unique_ptr<PlanNode>> parts;
  for (const QueryNode& child : node.children)
    parts.push_back(compile(child));
  const auto cheaper = [&parts](uint32_t a, uint32_t b) { return parts[a]->cost < parts[b]->cost; };
  for (const uint32_t index : sorted_indexes(parts.size(), cheaper)) {
    plan.cost += parts[index]->cost;
    plan.children.push_back(std::move(parts[index]));
  }
}

void Compiler::compile_spans(const QueryNode& node, PlanNode& plan) {
  plan.question = node.question;
  plan.links = node.links;
  plan.same_name = node.same_name;
  plan.same_inputs = node.same_inputs;
  plan.same_type = node.same_type;
  plan.cost = node.same_inputs ? kTextCost : 0;
  for (const QueryNode& step : node.children) {
    std::unique_ptr<PlanNode> condition = compile(step);
    plan.cost += kSpansCost + 2 * condition->cost;
    plan.leads.push_back(lead_of(*condition));
    plan.children.push_back(std::move(condition));
  }
  const bool is_counted = node.question == SpanQuestion::Count || node.question == SpanQuestion::Repeated;
  if (is_counted) plan.test.emplace(node, QueryType::Integer, 0, like_case_);
}

void Compiler::compile_states(PlanNode& plan) const {
  const bool of_span = plan.key == QueryKey::SpanStatus;
  const int last = of_span ? static_cast<int>(SpanStatus::Error) : static_cast<int>(TraceState::InProgress);
  for (int state = 0; state <= last; ++state) {
    const std::string_view name = of_span ? store::span_status_name(static_cast<SpanStatus>(state))
                                          : store::trace_state_name(static_cast<TraceState>(state));
    const bool holds = plan.test->is_presence() ? !plan.test->negated() : plan.test->text(name);
    if (holds) plan.by_state |= static_cast<uint8_t>(1 << state);
  }
}

void Compiler::compile_key_values(const QueryNode& node, PlanNode& plan) {
  bool any = false;
  for (const std::string& name : key_names(node.path)) {
    plan.key_ids.push_back(dataset_.names().find(name));
    any = any || plan.key_ids.back().present();
  }
  if (any || !warning_.empty()) return;
  warning_ = node.key == QueryKey::Tag ? "No trace has the tag " : "No trace has metadata named ";
  warning_ += clipped(key_names(node.path).back());
}

// MLflow's own comparisons of assessments, wherever it has one.
void Compiler::compile_assessment(const QueryNode& node, PlanNode& plan) {
  prepared_.push_back(&plan);
  plan.assessment_name = node.path.empty() ? std::string() : node.path[0].name;
  const bool is_score = node.key == QueryKey::Feedback || node.key == QueryKey::Expectation;
  const bool is_text = node.values.empty() || node.values[0].kind == QueryValue::Kind::Text;
  Clause clause;
  clause.field = node.key == QueryKey::Feedback ? Field::Feedback : Field::Expectation;
  clause.key = plan.assessment_name;
  if (!node.values.empty()) clause.text = node.values[0].text;
  bool has_one = is_score && is_text;
  switch (node.op) {
    case QueryOp::Equal:
      clause.comparator = node.negated ? Comparator::NotEqual : Comparator::Equal;
      break;
    case QueryOp::Exists:
      clause.comparator = node.negated ? Comparator::IsNull : Comparator::IsNotNull;
      break;
    case QueryOp::Like:
    case QueryOp::ILike:
    case QueryOp::Regex:
      clause.comparator = node.op == QueryOp::Like    ? Comparator::Like
                          : node.op == QueryOp::ILike ? Comparator::ILike
                                                      : Comparator::RLike;
      has_one = has_one && !node.negated;
      break;
    default:
      has_one = false;
      break;
  }
  if (has_one) {
    Filter filter;
    filter.clauses.push_back(std::move(clause));
    plan.mlflow = std::make_unique<RowFilter>(dataset_, filter, like_case_);
    return;
  }
  plan.by_row.resize(dataset_.trace_count());
  plan.by_session.resize(dataset_.names().count());
}

// MLflow's search for an attribute in the span's text, as a search in that text.
QueryNode Compiler::with_pattern(const QueryNode& node) const {
  QueryNode out = node;
  const Comparator comparator = node.op == QueryOp::Regex ? Comparator::RLike : Comparator::Like;
  out.values[0].text = span_attribute_pattern(node.path[0].name, node.values[0].text, comparator);
  return out;
}

void Compiler::compile_compare(const QueryNode& node, PlanNode& plan) {
  const bool in_ns =
      node.key == QueryKey::SpanStart || node.key == QueryKey::SpanEnd || node.key == QueryKey::SpanDuration;
  plan.key = node.key;
  plan.path = node.path;
  if (node.key == QueryKey::SpanAttributeText) {
    plan.test.emplace(with_pattern(node), QueryType::Content, 0, like_case_);
  } else {
    plan.test.emplace(node, type_of(node.key), in_ns ? 6 : 0, like_case_);
  }
  if (warning_.empty()) warning_ = plan.test->warning();
  plan.cost = kColumnCost + plan.test->cost();
  switch (node.key) {
    case QueryKey::TraceId:
      plan.cost = kKeyCost;
      if (node.op == QueryOp::Equal) {
        plan.only_row = dataset_.find_trace(node.values[0].text).value_or(store::TraceRow{store::kNoRow});
      }
      break;
    case QueryKey::State:
    case QueryKey::SpanStatus:
      compile_states(plan);
      break;
    case QueryKey::Name:
    case QueryKey::Session:
    case QueryKey::User:
    case QueryKey::SpanName:
    case QueryKey::SpanType:
      plan.by_name.resize(dataset_.names().count());
      plan.cost = kNameCost;
      break;
    case QueryKey::Tag:
    case QueryKey::Metadata:
      compile_key_values(node, plan);
      plan.by_value.resize(dataset_.value_count());
      plan.cost = kKeyCost * (1 + plan.test->cost()) + (plan.path.size() > 1 ? kKeyCost : 0);
      break;
    case QueryKey::Feedback:
    case QueryKey::Expectation:
    case QueryKey::Rationale:
    case QueryKey::Issue:
      compile_assessment(node, plan);
      break;
    case QueryKey::Prompt: {
      Filter filter;
      filter.clauses.emplace_back();
      filter.clauses[0].field = Field::LinkedPrompt;
      filter.clauses[0].text = node.values[0].text;
      plan.mlflow = std::make_unique<RowFilter>(dataset_, filter, like_case_);
      plan.cost = kKeyCost;
      break;
    }
    case QueryKey::SpanAttribute:
      plan.key_names = key_names(node.path);
      plan.sieve.emplace(node);
      plan.cost = kTextCost / 2;
      break;
    case QueryKey::Depth:
    case QueryKey::SpanDepth:
    case QueryKey::SpanChildren:
      plan.cost = kSpansCost;
      break;
    case QueryKey::Request:
    case QueryKey::Response:
    case QueryKey::ClientRequestId:
    case QueryKey::SpanId:
      plan.cost = 10 * kKeyCost;
      break;
    default:
      if (type_of(node.key) == QueryType::Json) plan.sieve.emplace(node);
      if (type_of(node.key) == QueryType::Json || type_of(node.key) == QueryType::Content) {
        plan.cost = kTextCost * (1 + plan.test->cost());
      }
      break;
  }
  plan.has_sieve = plan.sieve && plan.sieve->holds_back();
  if (type_of(node.key) == QueryType::Content) compile_content_sieve(node, plan);
}

// Of a text that a span must hold, the record of the trace tells at a glance that none does.
void Compiler::compile_content_sieve(const QueryNode& node, PlanNode& plan) {
  if (node.negated) return;
  if (node.op == QueryOp::Like || node.op == QueryOp::ILike) {
    const std::string pattern = node.key == QueryKey::SpanAttributeText ? with_pattern(node).values[0].text : node.values[0].text;
    plan.sieve.emplace(pattern, node.op == QueryOp::ILike ? CaseMode::AsciiInsensitive : like_case_);
    plan.has_sieve = plan.sieve->holds_back();
  } else {
    // MLflow's pattern for an attribute is looked for in the text with its escapes.
    plan.has_sieve = node.op == QueryOp::Contains || node.key != QueryKey::SpanAttributeText;
  }
}

std::unique_ptr<PlanNode> Compiler::compile(const QueryNode& node) {
  auto plan = std::make_unique<PlanNode>();
  plan->kind = node.kind;
  switch (node.kind) {
    case QueryNode::Kind::Everything:
      break;
    case QueryNode::Kind::And:
    case QueryNode::Kind::Or:
    case QueryNode::Kind::Not:
      compile_list(node, *plan);
      // What is denied says nothing of what must be there.
      plan->has_sieve = node.kind != QueryNode::Kind::Not &&
                        std::any_of(plan->children.begin(), plan->children.end(),
                                    [](const std::unique_ptr<PlanNode>& child) { return child->has_sieve; });
      break;
    case QueryNode::Kind::Compare:
      compile_compare(node, *plan);
      break;
    case QueryNode::Kind::Word:
      plan->word.emplace(node.text);
      plan->cost = 2 * kTextCost;
      break;
    case QueryNode::Kind::Spans:
      compile_spans(node, *plan);
      break;
  }
  return plan;
}

}  // namespace

std::unique_ptr<PlanNode> compile_query(const store::Dataset& dataset, const QueryNode& root,
                                        CaseMode like_case, std::vector<PlanNode*>& prepared,
                                        std::string& warning) {
  return Compiler(dataset, like_case, prepared, warning).compile(root);
}

}  // namespace assay::search
