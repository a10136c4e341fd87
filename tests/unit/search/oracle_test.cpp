// The answers of a running MLflow (SQLite store) to some hundred filters, compared one by one.
// The recordings are not part of the repository; without them these tests are skipped.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "core/ingest/importer.h"
#include "core/json/doc.h"
#include "core/search/filter.h"
#include "core/search/trace_query.h"

using namespace assay;
using namespace assay::search;

namespace {

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::string oracle_folder() { return std::string(ASSAY_SOURCE_DIR) + "/../shared/oracles/"; }

struct Case {
  std::string filter;
  std::vector<std::string> order_by;
  int64_t status = 0;
  std::vector<std::string> trace_ids;
  std::string message;
};

struct Oracle {
  std::vector<Case> cases;
  std::set<std::string> artifact_only;
  std::vector<std::string> trace_files;
};

std::vector<std::string> strings(const json::Doc* list) {
  std::vector<std::string> out;
  if (list == nullptr || !list->is_array()) return out;
  for (const json::Doc& item : *list)
    out.push_back(item.get<std::string>());
  return out;
}

std::optional<Oracle> load_oracle() {
  const std::optional<std::string> text = read_file(oracle_folder() + "filters.json");
  if (!text) return std::nullopt;
  Result<json::Doc> doc = json::parse_doc(*text);
  REQUIRE(doc);
  Oracle oracle;
  for (const std::string& id : strings(json::find(doc.value(), "artifact_only_trace_ids"))) {
    oracle.artifact_only.insert(id);
  }
  oracle.trace_files = strings(json::find(doc.value(), "traces_file"));
  for (const json::Doc& item : *json::find(doc.value(), "cases")) {
    if (json::find(item, "answer_depends_on") != nullptr) continue;
    Case one;
    one.filter = json::get_string(item, "filter").value_or("");
    one.order_by = strings(json::find(item, "order_by"));
    one.status = json::get_int(item, "http_status").value_or(0);
    one.trace_ids = strings(json::find(item, "trace_ids"));
    one.message = json::get_string(item, "message").value_or("");
    oracle.cases.push_back(std::move(one));
  }
  return oracle;
}

// MLflow prints its sets in random order: both sides with sorted members, and without a closing
// quote.
std::string with_sorted_sets(const std::string& message) {
  std::string out;
  size_t at = 0;
  while (at < message.size()) {
    const size_t open = message.find('{', at);
    const size_t close = open == std::string::npos ? open : message.find('}', open);
    if (close == std::string::npos) {
      out += message.substr(at);
      break;
    }
    out += message.substr(at, open + 1 - at);
    std::set<std::string> members;
    std::string inside = message.substr(open + 1, close - open - 1);
    size_t from = 0;
    while (from <= inside.size()) {
      const size_t comma = std::min(inside.find(", ", from), inside.size());
      members.insert(inside.substr(from, comma - from));
      from = comma + 2;
    }
    for (const std::string& member : members)
      out += member + ", ";
    out += '}';
    at = close + 1;
  }
  while (!out.empty() && out.back() == '\'')
    out.pop_back();
  return out;
}

// Errors of the parsers for a case; nothing when it is accepted.
std::optional<Error> parse_error(const Case& one) {
  Result<Filter> filter = parse_filter(one.filter);
  if (!filter) return filter.error();
  Result<OrderBy> order_by = parse_order_by(one.order_by);
  if (!order_by) return order_by.error();
  return std::nullopt;
}

}  // namespace

TEST_CASE("MLflow's filters are accepted or refused as MLflow does, in its words") {
  const std::optional<Oracle> oracle = load_oracle();
  if (!oracle) SKIP("the recorded answers (../shared/oracles) are not here");
  int refused = 0, accepted = 0;
  for (const Case& one : oracle->cases) {
    INFO("filter: " << one.filter);
    INFO("order_by: " << (one.order_by.empty() ? "" : one.order_by[0]));
    const std::optional<Error> error = parse_error(one);
    if (one.status == 500) {
      // MLflow's own fault: a clear error or a sensible answer.
      CHECK((!error || !error->what.empty()));
      continue;
    }
    if (one.status == 200) {
      INFO("error: " << (error ? error->what : ""));
      CHECK(!error);
      ++accepted;
      continue;
    }
    ++refused;
    REQUIRE(error);
    CHECK(error->code == ErrorCode::InvalidParameter);
    CHECK(error->at_byte != kNoPosition);
    CHECK(with_sorted_sets(error->what).starts_with(with_sorted_sets(one.message)));
  }
  CHECK(accepted > 100);
  CHECK(refused > 50);
}

TEST_CASE("MLflow's filters find the traces that MLflow finds, in its order") {
  const std::optional<Oracle> oracle = load_oracle();
  if (!oracle) SKIP("the recorded answers (../shared/oracles) are not here");
  store::Dataset dataset;
  for (const std::string& name : oracle->trace_files) {
    const std::optional<std::string> bytes = read_file(oracle_folder() + name);
    REQUIRE(bytes);
    ingest::import_bytes(dataset, name, *bytes);
  }
  REQUIRE(dataset.trace_count() == 155);
  int compared = 0;
  for (const Case& one : oracle->cases) {
    if (one.status != 200) continue;
    INFO("filter: " << one.filter);
    INFO("order_by: " << (one.order_by.empty() ? "" : one.order_by[0]));
    Result<std::vector<store::TraceRow>> rows = search_traces(dataset, one.filter, one.order_by);
    REQUIRE(rows);
    // The server has the spans of some traces as files only and cannot search them.
    const bool looks_at_spans = one.filter.find("span.") != std::string::npos ||
                                one.filter.find("text") != std::string::npos;
    std::vector<std::string> found, wanted;
    for (const store::TraceRow row : rows.value())
      found.emplace_back(dataset.trace_id(row));
    wanted = one.trace_ids;
    if (looks_at_spans) {
      const auto hidden = [&](const std::string& id) { return oracle->artifact_only.contains(id); };
      std::erase_if(found, hidden);
      std::erase_if(wanted, hidden);
    }
    std::string difference;
    for (size_t i = 0; i < std::max(found.size(), wanted.size()); ++i) {
      const std::string ours = i < found.size() ? found[i] : "-";
      const std::string theirs = i < wanted.size() ? wanted[i] : "-";
      if (ours == theirs) continue;
      difference = "place " + std::to_string(i) + ": " + ours + ", MLflow has " + theirs;
      break;
    }
    CHECK(difference == "");
    ++compared;
  }
  CHECK(compared > 100);
}
