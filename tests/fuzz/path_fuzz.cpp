// On the first line a path with a comparison (".a[0] = 5"), behind it a text that may be JSON. What is found at the end
// of the path must be found by the sieve that looks at the record as a whole, however often it was escaped.
#include "core/json/doc.h"
#include "core/search/json_path.h"
#include "core/search/query.h"
#include "core/search/query_value.h"
#include "core/search/record_sieve.h"
#include "tests/fuzz/fuzz_support.h"

namespace {

using namespace assay;
using fuzz::check;

bool holds(const search::QueryNode& node, std::string_view text) {
  search::ValueTest test(node, search::QueryType::Json, 0, search::CaseMode::Sensitive);
  std::string scratch;
  const bool found = search::visit_path({text, false}, node.path.data(), node.path.size(), [&](search::FoundValue value) {
    if (test.is_presence()) return !value.is_json || value.text != "null";
    return value.is_json ? test.json(value.text, scratch) : test.text(value.text);
  });
  return test.is_presence() ? found != test.negated() : found;
}

void check_node(const search::QueryNode& node, std::string_view text) {
  for (const search::QueryNode& child : node.children) check_node(child, text);
  if (node.kind != search::QueryNode::Kind::Compare || node.key != search::QueryKey::Inputs) return;
  if (!holds(node, text)) return;
  const search::RecordSieve sieve(node);
  std::string record(text);
  for (int times = 0; times < 3; ++times) {
    check(sieve.passes(search::SearchedRecord(record)), "what holds passes the sieve");
    record = (times == 1 ? json::dump(json::Doc(record)) : json::dump_python(json::Doc(record)));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Input input(data, size);
  const std::string condition = "inputs" + std::string(input.piece('\n'));
  const std::string_view text = input.rest();
  (void)search::is_json_text(text);
  const Result<search::Query> query = search::parse_own_query(condition, {});
  if (query.ok()) check_node(query.value().root, text);
  return 0;
}
