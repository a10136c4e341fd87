// A filter on the first line, order_by keys on the lines behind it: parsed, and evaluated over a
// small data set.
#include "core/base/utf8.h"
#include "core/search/page_token.h"
#include "core/search/python_literal.h"
#include "core/search/sql_group.h"
#include "core/search/trace_query.h"
#include "tests/fuzz/small_dataset.h"

namespace {

using namespace assay;
using fuzz::check;
using store::TraceRow;

std::vector<TraceRow> answer(search::Filter filter, const search::OrderBy& order_by,
                             int64_t units) {
  search::TraceQuery query(fuzz::small_dataset(), std::move(filter), order_by);
  Budget budget;
  budget.units_left = units;
  for (int steps = 0; query.step(budget) != Progress::Finished; ++steps) {
    check(steps < 1000, "a query ends");
    budget.units_left = units;
  }
  check(query.finished() && !query.is_stale(), "a query that ended is finished");
  return query.take_rows();
}

bool contains(const std::vector<TraceRow>& rows, TraceRow row) {
  return std::find(rows.begin(), rows.end(), row) != rows.end();
}

void check_clause_places(const search::Filter& filter, std::string_view text) {
  for (const search::Clause& clause : filter.clauses) {
    check(clause.at_byte <= text.size() && clause.size_bytes <= text.size() - clause.at_byte,
          "a clause stands in the text");
  }
}

// All clauses must hold, each for itself; only those about spans must hold for the same span.
void check_answer(const search::Filter& filter, const search::OrderBy& order_by) {
  const std::vector<TraceRow> all = answer({}, order_by, INT64_MAX);
  check(all.size() == fuzz::small_dataset().trace_count(), "without a filter every trace is found");
  const std::vector<TraceRow> found = answer(filter, order_by, INT64_MAX);
  check(found == answer(filter, order_by, 1), "in small steps the answer is the same");
  std::vector<TraceRow> expected;
  std::vector<std::vector<TraceRow>> by_clause;
  size_t span_clauses = 0;
  for (const search::Clause& clause : filter.clauses) {
    by_clause.push_back(answer({{clause}}, order_by, INT64_MAX));
    span_clauses += search::is_span_field(clause.field) ? 1 : 0;
  }
  for (const TraceRow row : all) {
    const bool holds = std::all_of(by_clause.begin(), by_clause.end(),
                                   [row](const auto& rows) { return contains(rows, row); });
    if (holds) expected.push_back(row);
  }
  if (span_clauses <= 1) {
    check(found == expected, "a trace is found when each clause holds, and in the order of all");
  } else {
    for (const TraceRow row : found)
      check(contains(expected, row), "a trace is found only when each clause holds");
  }
}

void check_error(const Error& error, std::string_view text, uint32_t size_bytes) {
  check(!error.what.empty(), "an error says what is wrong");
  check(error.at_byte == kNoPosition || error.at_byte <= text.size(),
        "an error stands in the text");
  check(error.at_byte == kNoPosition || size_bytes <= text.size() - error.at_byte,
        "with all its length");
}

void check_tree(std::string_view text) {
  const search::SqlTree tree = search::parse_sql(text);
  for (const search::SqlNode& node : tree.nodes) {
    check(node.begin <= node.end && node.end <= text.size(), "a group stands in the text");
    for (const uint32_t child : node.children) {
      check(child < tree.nodes.size(), "a child is a node");
      check(tree.nodes[child].begin >= node.begin && tree.nodes[child].end <= node.end,
            "a group spans its children");
      check(tree.nodes[child].height < node.height, "a group is higher than its children");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Input input(data, size);
  const std::string_view text = input.piece('\n');
  std::vector<std::string> keys;
  while (!input.empty() && keys.size() < 5)
    keys.emplace_back(input.piece('\n'));

  check_tree(text);
  uint32_t error_size_bytes = 0;
  Result<search::Filter> filter = search::parse_filter(text, &error_size_bytes);
  if (!filter.ok()) check_error(filter.error(), text, error_size_bytes);
  Result<search::OrderBy> order_by = search::parse_order_by(keys);
  if (!order_by.ok()) check(!order_by.error().what.empty(), "an error says what is wrong");
  if (filter.ok()) {
    check_clause_places(filter.value(), text);
    check_answer(filter.value(), order_by.ok() ? order_by.value() : search::OrderBy{});
  }
  search::parse_python_list(text);
  search::python_string_repr(text);
  const Result<int64_t> offset = search::decode_page_token(text);
  if (offset.ok() && offset.value() > 0) {
    const Result<int64_t> again =
        search::decode_page_token(search::encode_page_token(offset.value()));
    check(again.ok() && again.value() == offset.value(), "a page token is what it was made from");
  }
  return 0;
}
