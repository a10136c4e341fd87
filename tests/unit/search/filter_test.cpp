#include "core/search/filter.h"

#include <string>

#include <catch2/catch_test_macros.hpp>

using namespace assay;
using namespace assay::search;

namespace {

Filter parsed(std::string_view text) {
  Result<Filter> filter = parse_filter(text);
  INFO(text);
  INFO((filter ? "" : filter.error().what));
  REQUIRE(filter);
  return std::move(filter).value();
}

struct Fault {
  std::string what;
  std::string piece;  // what the error points at
};
Fault fault(std::string_view text) {
  uint32_t size_bytes = 0;
  Result<Filter> filter = parse_filter(text, &size_bytes);
  INFO(text);
  REQUIRE(!filter);
  const uint64_t at = filter.error().at_byte;
  REQUIRE(at <= text.size());
  return {filter.error().what, std::string(text.substr(at, size_bytes))};
}

}  // namespace

TEST_CASE("a filter becomes clauses with field, key, comparator and value") {
  const Filter filter =
      parsed("attributes.status != 'OK' AND tags.`a key` LIKE \"%x%\" and execution_time >= 2.5");
  REQUIRE(filter.clauses.size() == 3);
  CHECK(filter.clauses[0].field == Field::Status);
  CHECK(filter.clauses[0].comparator == Comparator::NotEqual);
  CHECK(filter.clauses[0].text == "OK");
  CHECK(filter.clauses[0].at_byte == 0);
  CHECK(filter.clauses[0].size_bytes == 25);
  CHECK(filter.clauses[1].field == Field::Tag);
  CHECK(filter.clauses[1].key == "a key");
  CHECK(filter.clauses[1].text == "%x%");
  CHECK(filter.clauses[2].field == Field::ExecutionTimeMs);
  CHECK(filter.clauses[2].number == 2.5);
  CHECK_FALSE(filter.clauses[2].is_integer);
}

TEST_CASE("AND may be left out, lead, trail and repeat") {
  CHECK(parsed("").clauses.empty());
  CHECK(parsed("AND").clauses.empty());
  CHECK(parsed("and status = 'OK' AND AND name = 'x' AND").clauses.size() == 2);
  CHECK(parsed("status='OK' tags.x='y'").clauses.size() == 2);
}

TEST_CASE("aliases reach through every prefix but span") {
  CHECK(parsed("tags.Name = 'x'").clauses[0].key == "mlflow.traceName");
  CHECK(parsed("feedback.run_id = 'x'").clauses[0].field == Field::Metadata);
  CHECK(parsed("feedback.text LIKE '%x%'").clauses[0].field == Field::SpanContent);
  CHECK(parsed("tags.timestamp = 'x'").clauses[0].key == "timestamp_ms");
  CHECK(parsed("span.name = 'x'").clauses[0].field == Field::SpanName);
  CHECK(parsed("prompt = 'a/1'").clauses[0].field == Field::LinkedPrompt);
}

TEST_CASE("of several run_id clauses the last one counts") {
  const Filter filter =
      parsed("run_id = 'a' AND status = 'OK' AND metadata.`mlflow.sourceRun` = 'b'");
  REQUIRE(filter.clauses.size() == 2);
  CHECK(filter.clauses[0].field == Field::Status);
  CHECK(filter.clauses[1].text == "b");
  CHECK(parsed("run_id != 'a' AND run_id = 'b'").clauses.size() == 2);
}

TEST_CASE("lists are Python literals") {
  CHECK(parsed("status IN ('OK', \"ERROR\",)").clauses[0].list ==
        std::vector<std::string>{"OK", "ERROR"});
  CHECK(parsed("status not in ('a' 'b')").clauses[0].list == std::vector<std::string>{"ab"});
  CHECK(parsed("span.type IN ('a\\n\\u00e9')").clauses[0].list == std::vector<std::string>{"a\né"});
  CHECK(fault("status IN ()").what.find("but got empty list") != std::string::npos);
  CHECK(fault("status IN (1, None)").what.find("got different type in list: (1, None)") !=
        std::string::npos);
  CHECK(fault("status IN ('a'").what.starts_with("Invalid clause(s) in filter string: "));
  CHECK(fault("status IN ('a' + )").what.find("ill-formed list") != std::string::npos);
  CHECK(fault("status IN (OK)").piece == "OK");
}

TEST_CASE("errors point at what is wrong") {
  CHECK(fault("status = OK").piece == "OK");
  CHECK(fault("name = 'a' AND state = 'OK'").piece == "state");
  CHECK(fault("name = 'a' AND foo.x = 'OK'").piece == "foo.x");
  CHECK(fault("name = 'a' OR name = 'b'").piece == "OR");
  CHECK(fault("tags.x IN ('a')").piece == "IN");
  CHECK(fault("status = 'OK'; name = 'x'").piece == "name = 'x'");
  CHECK(fault("span.kind = 'x'").piece == "span.kind");
  CHECK(fault("feedback.q = 5").piece == "5");
}

TEST_CASE("the lower-case word of a comparator is refused for spans only") {
  CHECK(parsed("name like 'x'").clauses[0].comparator == Comparator::Like);
  CHECK(parsed("trace.text like '%x%'").clauses[0].comparator == Comparator::Like);
  CHECK(fault("span.name like 'x'").what.starts_with("span.name comparator 'like' not one of '{"));
}

TEST_CASE("SQL's key words and types are no names") {
  CHECK(fault("user = 'x'").what == "Invalid clause(s) in filter string: 'user', '=', ''x''");
  CHECK(fault("timestamp IS NULL").what ==
        "Invalid clause(s) in filter string: 'timestamp', 'IS', 'NULL', 'timestamp'");
  CHECK(parsed("tags.user = 'x'").clauses[0].key == "user");
  CHECK(parsed("timestamp > 5").clauses[0].integer == 5);
  CHECK(fault("timestamp > '2026-01-01'").what.starts_with("Invalid clause(s) in filter string: "));
}

TEST_CASE("a repeated comparison nests and is refused by its left side") {
  CHECK(fault("status = 'a' = 'b'").what ==
        "Invalid comparison clause. Expected 'Identifier' found 'status = 'a''");
}

TEST_CASE("order_by takes keys, tags and metadata, and a direction") {
  const auto order = [](std::vector<std::string> texts) {
    Result<OrderBy> result = parse_order_by(texts);
    INFO((result ? "" : result.error().what));
    REQUIRE(result);
    return std::move(result).value();
  };
  const auto refused = [](std::vector<std::string> texts) {
    Result<OrderBy> result = parse_order_by(texts);
    REQUIRE(!result);
    return result.error().what;
  };
  CHECK(order({}).keys.empty());
  CHECK(order({"timestamp DESC"}).keys[0].field == Field::TimestampMs);
  CHECK_FALSE(order({"timestamp DESC"}).keys[0].ascending);
  CHECK(order({"tags.`a b` desc"}).keys[0].key == "a b");
  CHECK(order({"name"}).keys[0].key == "mlflow.traceName");
  CHECK(order({"end_time"}).keys[0].field == Field::EndTimeMs);
  CHECK(refused({""}) == "Invalid order_by clause ''. Could not be parsed.");
  CHECK(refused({"name aCs"}) == "Invalid ordering key in order_by clause 'name aCs'.");
  CHECK(refused({"  name  "}) == "Invalid order_by clause '  name  '. Could not be parsed.");
  CHECK(refused({"timestamp x ASC"}) ==
        "Invalid order_by clause 'timestamp x ASC'. Could not be parsed.");
  CHECK(refused({"name ASC DESC"}) ==
        "Invalid order_by clause 'name ASC DESC'. Could not be parsed.");
  CHECK(refused({"feedback.x"}) == "Invalid identifier type 'feedback'");
  CHECK(refused({"status", "attributes.status DESC"}) ==
        "`order_by` contains duplicate fields: ['status', 'attributes.status DESC']");
  CHECK(refused({"`metrics.A`"}).starts_with("Invalid entity type '`metrics'."));
}
