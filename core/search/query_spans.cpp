// Conditions on spans, and how spans stand to each other.
#include <algorithm>

#include "core/base/hash.h"
#include "core/base/ordering.h"
#include "core/json/reader.h"
#include "core/json/unescape.h"
#include "core/search/escapes.h"
#include "core/search/query_plan_node.h"

namespace assay::search {

using store::SpanRow;

void QueryPlan::Spans::open(store::TraceRow row) {
  const store::Range range = dataset_.spans(row);
  row_ = row;
  begin_ = range.begin;
  count_ = range.count;
  has_depths_ = has_children_ = false;
}

// --- Questions --------------------------------------------------------------------------------------------

bool QueryPlan::Spans::answer(PlanNode& node, uint64_t& text_bytes) {
  text_bytes_ = 0;
  bool holds = false;
  const bool is_single = node.links.empty();
  switch (node.question) {
    case SpanQuestion::Any:
      holds = is_single ? any(*node.children[0], node.leads[0]) : follow(node);
      break;
    case SpanQuestion::None:
      holds = is_single ? !any(*node.children[0], node.leads[0]) : !follow(node);
      break;
    case SpanQuestion::All:
      holds = count_ > 0 && all(*node.children[0]);
      break;
    case SpanQuestion::Count:
      if (is_single) {
        holds = node.test->integer(count(*node.children[0], node.leads[0]));
      } else {
        holds = node.test->integer(follow(node) ? std::count(marks_.begin(), marks_.end(), uint8_t{1}) : 0);
      }
      break;
    case SpanQuestion::Repeated:
      holds = node.test->integer(follow(node) ? most_repeated(node) : 0);
      break;
  }
  text_bytes += text_bytes_;
  return holds;
}

bool QueryPlan::Spans::passes(PlanNode& lead, uint32_t i) const {
  const SpanRow span{begin_ + i};
  switch (lead.key) {
    case QueryKey::SpanStatus:
      return (lead.by_state >> static_cast<int>(dataset_.span_status(span)) & 1) != 0;
    case QueryKey::SpanName:
    case QueryKey::SpanType: {
      const StringId id =
          lead.key == QueryKey::SpanName ? dataset_.span_name(span) : dataset_.span_type(span);
      if (lead.test->is_presence()) return id.present() != lead.test->negated();
      return id.present() && name_passes(dataset_, lead, id);
    }
    default: {
      const int64_t start_ns = dataset_.span_start_ns(span), end_ns = dataset_.span_end_ns(span);
      int64_t duration_ns = 0;
      const bool known =
          start_ns != kNoTime && end_ns != kNoTime && !__builtin_sub_overflow(end_ns, start_ns, &duration_ns);
      if (lead.test->is_presence()) return known != lead.test->negated();
      return known && lead.test->integer(duration_ns);
    }
  }
}

// The first span from `from` on that may satisfy the condition: nearly all that is done over a million spans is
// done here.
uint32_t QueryPlan::Spans::next_candidate(PlanNode* lead, uint32_t from) const {
  if (lead == nullptr) return from;
  uint32_t at = begin_ + from;
  const uint32_t end = begin_ + count_;
  const bool is_name = lead->key == QueryKey::SpanName;
  if (lead->key == QueryKey::SpanStatus) {
    while (at < end && (lead->by_state >> static_cast<int>(dataset_.span_status({at})) & 1) == 0)
      ++at;
  } else if ((is_name || lead->key == QueryKey::SpanType) && !lead->test->is_presence()) {
    for (; at < end; ++at) {
      const StringId id = is_name ? dataset_.span_name({at}) : dataset_.span_type({at});
      if (id.present() && name_passes(dataset_, *lead, id)) break;
    }
  } else {
    while (at < end && !passes(*lead, at - begin_))
      ++at;
  }
  return at - begin_;
}

// Whether a span of this trace may satisfy the condition, as far as the text of the trace tells at a glance.
bool QueryPlan::Spans::may_have(const PlanNode& condition) {
  if (!condition.has_sieve || !dataset_.spans_are_inside(row_)) return true;
  const SearchedRecord record(dataset_, dataset_.record(row_), mark_of(marks_of_records_, row_), false);
  const bool may = may_hold(condition, record);
  text_bytes_ += record.read_bytes();
  return may;
}

bool QueryPlan::Spans::any(PlanNode& condition, PlanNode* lead) {
  const bool is_all = lead == &condition;
  if (!may_have(condition)) return false;
  for (uint32_t i = next_candidate(lead, 0); i < count_; i = next_candidate(lead, i + 1)) {
    if (is_all || holds(condition, i)) return true;
  }
  return false;
}

int64_t QueryPlan::Spans::count(PlanNode& condition, PlanNode* lead) {
  const bool is_all = lead == &condition;
  if (!may_have(condition)) return 0;
  int64_t found = 0;
  for (uint32_t i = next_candidate(lead, 0); i < count_; i = next_candidate(lead, i + 1)) {
    if (is_all || holds(condition, i)) ++found;
  }
  return found;
}

bool QueryPlan::Spans::all(PlanNode& condition) {
  if (!may_have(condition)) return false;
  for (uint32_t i = 0; i < count_; ++i) {
    if (!holds(condition, i)) return false;
  }
  return true;
}

void QueryPlan::Spans::mark(PlanNode& condition, PlanNode* lead, Marks& marks) {
  marks.assign(count_, 0);
  const bool is_all = lead == &condition;
  for (uint32_t i = next_candidate(lead, 0); i < count_; i = next_candidate(lead, i + 1)) {
    marks[i] = is_all || holds(condition, i) ? 1 : 0;
  }
}

bool QueryPlan::Spans::follow(PlanNode& node) {
  const auto is_empty = [](const Marks& marks) {
    return std::find(marks.begin(), marks.end(), uint8_t{1}) == marks.end();
  };
  if (!may_have(*node.children[0])) return false;
  mark(*node.children[0], node.leads[0], marks_);
  for (size_t step = 0; step < node.links.size(); ++step) {
    if (is_empty(marks_)) return false;
    const SpanLink link = node.links[step];
    mark(*node.children[step + 1], node.leads[step + 1], others_);
    if (link.negated) {
      // Those that have no such span: the way back from the others.
      constexpr SpanAxis kBack[] = {SpanAxis::Ancestor, SpanAxis::Parent,  SpanAxis::Descendant,
                                    SpanAxis::Child,    SpanAxis::Sibling, SpanAxis::After};
      if (link.axis == SpanAxis::After) {
        before(others_, reached_);
      } else {
        related(others_, kBack[static_cast<size_t>(link.axis)], reached_);
      }
      for (uint32_t i = 0; i < count_; ++i)
        marks_[i] &= static_cast<uint8_t>(reached_[i] ^ 1);
    } else {
      related(marks_, link.axis, reached_);
      for (uint32_t i = 0; i < count_; ++i)
        marks_[i] = others_[i] & reached_[i];
    }
  }
  return !is_empty(marks_);
}

// Of the marked spans: the size of the largest group of equal ones.
uint32_t QueryPlan::Spans::most_repeated(const PlanNode& node) {
  hashes_.clear();
  for (uint32_t i = 0; i < count_; ++i) {
    if (marks_[i] == 0) continue;
    const SpanRow span{begin_ + i};
    uint64_t ids[2] = {node.same_name ? dataset_.span_name(span).v : 0,
                       node.same_type ? dataset_.span_type(span).v : 0};
    uint64_t hash = hash_bytes({reinterpret_cast<const char*>(ids), sizeof ids});
    if (node.same_inputs) {
      const TextRef inputs = dataset_.span_inputs(span);
      text_bytes_ += dataset_.span_record(span).size_bytes;
      if (inputs.present()) hash = hash_bytes(dataset_.text_now(inputs, value_scratch_), hash | 1);
    }
    hashes_.push_back(hash);
  }
  sort_in_place(hashes_);
  uint32_t most = 0, run = 0;
  for (size_t i = 0; i < hashes_.size(); ++i) {
    run = i > 0 && hashes_[i] == hashes_[i - 1] ? run + 1 : 1;
    most = std::max(most, run);
  }
  return most;
}

// --- Structure
// ----------------------------------------------------------------------------------------------

// Calls visit(span, its parent or kNoRow) for every span, parents before their children. A ring of parents
// (a broken export) is cut at one of them, which counts as a root.
template <typename Visit>
void QueryPlan::Spans::parents_first(const Visit& visit) {
  states_.assign(count_, 0);  // 0 new, 1 on the stack, 2 visited
  for (uint32_t i = 0; i < count_; ++i) {
    uint32_t at = i;
    stack_.clear();
    while (at != store::kNoRow && states_[at] == 0) {
      states_[at] = 1;
      stack_.push_back(at);
      at = parent(at);
    }
    while (!stack_.empty()) {
      const uint32_t span = stack_.back();
      stack_.pop_back();
      const uint32_t up = parent(span);
      visit(span, up != store::kNoRow && states_[up] == 2 ? up : store::kNoRow);
      states_[span] = 2;
    }
  }
}

void QueryPlan::Spans::find_depths() {
  if (has_depths_) return;
  has_depths_ = true;
  depths_.assign(count_, 0);
  parents_first(
      [this](uint32_t span, uint32_t up) { depths_[span] = up == store::kNoRow ? 0 : depths_[up] + 1; });
}

int64_t QueryPlan::Spans::depth() {
  find_depths();
  if (count_ == 0) return -1;
  return *std::max_element(depths_.begin(), depths_.end());
}

void QueryPlan::Spans::find_children() {
  if (has_children_) return;
  has_children_ = true;
  children_.assign(count_, 0);
  for (uint32_t i = 0; i < count_; ++i) {
    const uint32_t up = parent(i);
    if (up != store::kNoRow) ++children_[up];
  }
}

void QueryPlan::Spans::related(const Marks& from, SpanAxis axis, Marks& out) {
  out.assign(count_, 0);
  switch (axis) {
    case SpanAxis::Descendant:
      return below(from, out);
    case SpanAxis::Child:
      for (uint32_t i = 0; i < count_; ++i) {
        const uint32_t up = parent(i);
        if (up != store::kNoRow) out[i] = from[up];
      }
      return;
    case SpanAxis::Parent:
      for (uint32_t i = 0; i < count_; ++i) {
        const uint32_t up = parent(i);
        if (from[i] != 0 && up != store::kNoRow) out[up] = 1;
      }
      return;
    case SpanAxis::Ancestor:
      for (uint32_t i = 0; i < count_; ++i) {
        if (from[i] == 0) continue;
        for (uint32_t up = parent(i); up != store::kNoRow && out[up] == 0; up = parent(up))
          out[up] = 1;
      }
      return;
    case SpanAxis::Sibling:
      return siblings(from, out);
    case SpanAxis::After:
      return after(from, out);
  }
}

void QueryPlan::Spans::below(const Marks& from, Marks& out) {
  parents_first([&](uint32_t span, uint32_t up) {
    if (up != store::kNoRow) out[span] = from[up] | out[up];
  });
}

void QueryPlan::Spans::siblings(const Marks& from, Marks& out) {
  per_parent_.assign(count_, 0);
  for (uint32_t i = 0; i < count_; ++i) {
    const uint32_t up = parent(i);
    if (from[i] != 0 && up != store::kNoRow) ++per_parent_[up];
  }
  for (uint32_t i = 0; i < count_; ++i) {
    const uint32_t up = parent(i);
    if (up != store::kNoRow) out[i] = per_parent_[up] > from[i] ? 1 : 0;
  }
}

namespace {

// When a span is over; where that is not known, when it began.
int64_t over_ns(const store::Dataset& dataset, SpanRow span) {
  const int64_t end_ns = dataset.span_end_ns(span);
  return end_ns == kNoTime ? dataset.span_start_ns(span) : end_ns;
}

// The greatest of several numbers, leaving out any one of those that were added.
class Greatest {
 public:
  void add(int64_t value, uint32_t owner) {
    if (first_owner_ == store::kNoRow || value > first_) {
      second_ = first_;
      has_second_ = first_owner_ != store::kNoRow;
      first_ = value;
      first_owner_ = owner;
    } else if (!has_second_ || value > second_) {
      second_ = value;
      has_second_ = true;
    }
  }
  bool reaches(int64_t value, uint32_t without) const {
    if (first_owner_ == store::kNoRow) return false;
    return first_owner_ != without ? first_ >= value : has_second_ && second_ >= value;
  }

 private:
  int64_t first_ = 0, second_ = 0;
  uint32_t first_owner_ = store::kNoRow;
  bool has_second_ = false;
};

}  // namespace

// Those that start when one of `from`, not themselves, is over.
void QueryPlan::Spans::after(const Marks& from, Marks& out) const {
  Greatest earliest;  // of the negative numbers
  for (uint32_t i = 0; i < count_; ++i) {
    const int64_t over = over_ns(dataset_, SpanRow{begin_ + i});
    if (from[i] != 0 && over != kNoTime) earliest.add(-over, i);
  }
  for (uint32_t i = 0; i < count_; ++i) {
    const int64_t start_ns = dataset_.span_start_ns(SpanRow{begin_ + i});
    out[i] = start_ns != kNoTime && earliest.reaches(-start_ns, i) ? 1 : 0;
  }
}

// Those after which one of `from`, not themselves, starts.
void QueryPlan::Spans::before(const Marks& from, Marks& out) const {
  out.assign(count_, 0);
  Greatest latest;
  for (uint32_t i = 0; i < count_; ++i) {
    const int64_t start_ns = dataset_.span_start_ns(SpanRow{begin_ + i});
    if (from[i] != 0 && start_ns != kNoTime) latest.add(start_ns, i);
  }
  for (uint32_t i = 0; i < count_; ++i) {
    const int64_t over = over_ns(dataset_, SpanRow{begin_ + i});
    out[i] = over != kNoTime && latest.reaches(over, i) ? 1 : 0;
  }
}

// --- Conditions
// ---------------------------------------------------------------------------------------------

bool QueryPlan::Spans::holds(PlanNode& node, uint32_t i) {
  switch (node.kind) {
    case QueryNode::Kind::Everything:
      return true;
    case QueryNode::Kind::And:
      for (const std::unique_ptr<PlanNode>& child : node.children) {
        if (!holds(*child, i)) return false;
      }
      return true;
    case QueryNode::Kind::Or:
      for (const std::unique_ptr<PlanNode>& child : node.children) {
        if (holds(*child, i)) return true;
      }
      return false;
    case QueryNode::Kind::Not:
      return !holds(*node.children[0], i);
    case QueryNode::Kind::Compare:
      return compare(node, i);
    case QueryNode::Kind::Word: {
      const TextRef record = dataset_.span_record(SpanRow{begin_ + i});
      if (!node.word->may_be_in_record(dataset_, record)) return false;
      text_bytes_ += record.size_bytes;
      return node.word->is_in_record(dataset_.raw(record));
    }
    case QueryNode::Kind::Spans:
      break;  // braces do not stand in braces
  }
  return false;
}

bool QueryPlan::Spans::time(PlanNode& node, int64_t ns) const {
  if (node.test->is_presence()) return (ns != kNoTime) != node.test->negated();
  return ns != kNoTime && node.test->integer(ns);
}

bool QueryPlan::Spans::compare(PlanNode& node, uint32_t i) {
  const SpanRow span{begin_ + i};
  ValueTest& test = *node.test;
  const auto number = [&](int64_t value) {
    return test.is_presence() ? !test.negated() : test.integer(value);
  };
  switch (node.key) {
    case QueryKey::SpanName:
    case QueryKey::SpanType:
    case QueryKey::SpanStatus:
    case QueryKey::SpanDuration:
      return passes(node, i);
    case QueryKey::SpanStart:
      return time(node, dataset_.span_start_ns(span));
    case QueryKey::SpanEnd:
      return time(node, dataset_.span_end_ns(span));
    case QueryKey::SpanDepth:
      find_depths();
      return number(depths_[i]);
    case QueryKey::SpanChildren:
      find_children();
      return number(children_[i]);
    case QueryKey::SpanId:
      return test.is_presence() ? !test.negated() : test.text(dataset_.span_id(span));
    case QueryKey::SpanAttribute:
      return passes_sieve(node, span) ? attribute(node, span) : test.is_presence() && test.negated();
    case QueryKey::SpanAttributeText:
    case QueryKey::SpanContent:
      return content(node, span);
    default:
      break;
  }
  text_bytes_ += dataset_.span_record(span).size_bytes;
  if (!passes_sieve(node, span)) return test.is_presence() && test.negated();
  if (node.key == QueryKey::SpanInputs) return value(node, dataset_.span_inputs(span));
  if (node.key == QueryKey::SpanOutputs) return value(node, dataset_.span_outputs(span));
  if (node.key == QueryKey::SpanEvents) return value(node, dataset_.span_events(span));
  const TextRef message = dataset_.span_status_message(span);
  const bool is_there = message.present() && message.size_bytes > 0;
  if (test.is_presence()) return is_there != test.negated();
  return is_there && test.text(dataset_.text_now(message, value_scratch_));
}

SearchedRecord QueryPlan::Spans::searched(SpanRow span) const {
  const bool is_part = dataset_.spans_are_inside(row_);
  return {dataset_, dataset_.span_record(span), is_part ? mark_of(marks_of_records_, row_) : nullptr, is_part};
}

bool QueryPlan::Spans::passes_sieve(const PlanNode& node, SpanRow span) const {
  return !node.has_sieve || !dataset_.spans_are_inside(row_) || may_hold(node, searched(span));
}

bool QueryPlan::Spans::value(PlanNode& node, TextRef ref) {
  if (!ref.present()) return node.test->is_presence() && node.test->negated();
  return path_holds(node, {dataset_.text_now(ref, value_scratch_), ref.form == TextForm::Json}, 0, scratch_);
}

// The attribute with the longest name among those that the path can mean. Values are JSON in a string; what
// is no JSON is the text itself.
bool QueryPlan::Spans::attribute(PlanNode& node, SpanRow span) {
  text_bytes_ += dataset_.span_record(span).size_bytes;
  const std::string_view attributes = dataset_.raw(dataset_.span_attributes(span));
  json::Reader reader(attributes);
  json::Piece found;
  size_t names = 0;
  if (!attributes.empty() && reader.enter_object()) {
    while (reader.next_key()) {
      for (size_t k = node.key_names.size(); k > 0 && k >= names; --k) {
        if (!reader.key_is(node.key_names[k - 1])) continue;
        found = reader.piece();
        names = k;
        break;
      }
    }
  }
  if (names == 0 || found.form == TextForm::None) return node.test->is_presence() && node.test->negated();
  const std::string_view raw = reader.text_of(found);
  if (found.form != TextForm::EscapedString)
    return path_holds(node, {raw, found.form == TextForm::Json}, names, scratch_);
  value_scratch_.clear();
  json::append_unescaped(value_scratch_, raw);
  return path_holds(node, {value_scratch_, false}, names, scratch_);
}

// LIKE as MLflow does it, on the text that it stores; words as everywhere; patterns on the text without
// escapes.
bool QueryPlan::Spans::content(PlanNode& node, SpanRow span) {
  ValueTest& test = *node.test;
  const SearchedRecord searched_span = searched(span);
  if (test.op() == QueryOp::Contains) {
    const bool holds = test.record(searched_span);
    text_bytes_ += searched_span.read_bytes();
    return holds;
  }
  text_bytes_ += dataset_.span_record(span).size_bytes;
  if (test.op() != QueryOp::Regex || node.key == QueryKey::SpanAttributeText) {
    return test.text(span_content(dataset_, span, value_scratch_));
  }
  if (!test.may_match_without_escapes(searched_span)) return test.negated();
  const std::string_view record = searched_span.json();
  if (record.find('\\') == std::string_view::npos) return test.text(record);
  value_scratch_.clear();
  append_without_escapes(value_scratch_, record);
  return test.text(value_scratch_);
}

}  // namespace assay::search
