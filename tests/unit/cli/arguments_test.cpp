#include "shell/cli/arguments.h"

#include <catch2/catch_test_macros.hpp>

using assay::cli::Arguments;
using assay::cli::parse_arguments;

namespace {

Arguments parsed(const std::vector<std::string>& words) {
  auto result = parse_arguments(words);
  INFO((result.ok() ? std::string() : result.error().what));
  REQUIRE(result.ok());
  return std::move(result).value();
}

std::string refused(const std::vector<std::string>& words) {
  const auto result = parse_arguments(words);
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().code == assay::ErrorCode::InvalidParameter);
  CHECK(result.error().what.find("--help") != std::string::npos);
  return result.error().what;
}

}  // namespace

TEST_CASE("options and files may be mixed") {
  const Arguments info = parsed({"info", "a.json", "--json", "b.json"});
  CHECK(info.command == "info");
  CHECK(info.json);
  CHECK(info.files == std::vector<std::string>{"a.json", "b.json"});
  const Arguments search =
      parsed({"search", "--filter", "status = 'OK'", "a", "--order-by=timestamp_ms ASC", "--order-by", "name", "--max", "5", "-"});
  CHECK(search.filter == "status = 'OK'");
  CHECK(search.order_by == std::vector<std::string>{"timestamp_ms ASC", "name"});
  CHECK(search.max_results == 5);
  CHECK(search.files == std::vector<std::string>{"a", "-"});
  const Arguments convert = parsed({"convert", "a", "--to", "mlflow", "--out", "b"});
  CHECK(convert.to == "mlflow");
  CHECK(parsed({"convert", "a", "--to", "assessments", "--out", "b"}).to == "assessments");
  CHECK(convert.out == "b");
  CHECK(parsed({"info", "--", "--json"}).files == std::vector<std::string>{"--json"});
  CHECK(parsed({"search", "a", "--filter="}).filter == "");
  const Arguments query = parsed({"search", "--query", "refund OR tokens > 5", "--explain", "a"});
  CHECK(query.query == "refund OR tokens > 5");
  CHECK(query.explain);
  CHECK_FALSE(query.filter);
  CHECK_FALSE(query.like_ignores_case);
  CHECK(parsed({"search", "--query", "x", "--like-dialect", "ignore-case", "a"}).like_ignores_case);
  CHECK_FALSE(parsed({"search", "--query", "x", "--like-dialect=case-sensitive", "a"}).like_ignores_case);
  CHECK(parsed({"info", "--help"}).command == "help");
  CHECK(parsed({"help"}).command == "help");
  CHECK(parsed({"--version"}).command == "version");
}

TEST_CASE("a wrong command line is told which word is wrong") {
  CHECK(refused({}).find("command") != std::string::npos);
  CHECK(refused({"inspect", "a"}).find("inspect") != std::string::npos);
  CHECK(refused({"info"}).find("at least one file") != std::string::npos);
  CHECK(refused({"info", "a", "--jsn"}).find("--jsn") != std::string::npos);
  CHECK(refused({"info", "a", "--json=1"}).find("no value") != std::string::npos);
  CHECK(refused({"info", "a", "--filter", "x"}).find("belongs to search") != std::string::npos);
  CHECK(refused({"search", "a"}).find("--filter") != std::string::npos);
  CHECK(refused({"search", "a", "--query", "x", "--like-dialect", "mysql"}).find("ignore-case") != std::string::npos);
  CHECK(refused({"search", "a", "--filter"}).find("wants a value") != std::string::npos);
  CHECK(refused({"search", "a", "--filter", "x", "--query", "y"}).find("not both") != std::string::npos);
  CHECK(refused({"search", "a", "--query", "x", "--query", "y"}).find("twice") != std::string::npos);
  CHECK(refused({"search", "a", "--filter", "x", "--explain"}).find("--query") != std::string::npos);
  CHECK(refused({"search", "a", "--filter", "x", "--filter", "y"}).find("twice") != std::string::npos);
  for (const char* bad : {"0", "-1", "many", "1.5", "99999999999"}) {
    CHECK(refused({"search", "a", "--filter", "", "--max", bad}).find(bad) != std::string::npos);
  }
  CHECK(refused({"convert", "a", "--out", "b"}).find("--to") != std::string::npos);
  CHECK(refused({"convert", "a", "--to", "xml", "--out", "b"}).find("xml") != std::string::npos);
  CHECK(refused({"convert", "a", "--to", "mlflow"}).find("--out") != std::string::npos);
}

TEST_CASE("the help names every command and option") {
  const std::string help(assay::cli::help_text());
  for (const char* word : {"info", "search", "convert", "--json", "--filter", "--query", "--explain", "--order-by", "--max", "--to", "--out", "--labels"}) {
    CHECK(help.find(word) != std::string::npos);
  }
}

TEST_CASE("how files are read is said alike for every command") {
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"info", "a"}, {"search", "a", "--filter", ""}, {"convert", "a", "--to", "csv", "--out", "b"}}) {
    std::vector<std::string> words = command;
    for (const char* word : {"--columns", "q=input,a=output", "--first", "10", "--from=2026-01-01", "--until", "2026-01-31"})
      words.emplace_back(word);
    const Arguments arguments = parsed(words);
    CHECK(arguments.columns.columns.size() == 2);
    CHECK(arguments.limits.first_traces == 10);
    CHECK(arguments.limits.from_ns == 1'767'225'600'000'000'000);
    CHECK(arguments.limits.to_ns == 1'769'904'000'000'000'000 - 1);
  }
  CHECK(parsed({"info", "a", "--to", "2026-01-31"}).limits.to_ns == 1'769'904'000'000'000'000 - 1);
  CHECK(parsed({"convert", "a", "--to", "csv", "--out", "b"}).to == "csv");
  CHECK(refused({"info", "a", "--columns", "q=inp"}).find("inp") != std::string::npos);
  CHECK(refused({"info", "a", "--columns", "q=time"}).find("input, output or messages") != std::string::npos);
  CHECK(refused({"info", "a", "--first", "0"}).find("--first") != std::string::npos);
  CHECK(refused({"info", "a", "--from", "soon"}).find("soon") != std::string::npos);
  const std::string help(assay::cli::help_text());
  for (const char* word : {"--columns", "--first", "--from", "--until"}) CHECK(help.find(word) != std::string::npos);
}
