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
  CHECK(convert.out == "b");
  CHECK(parsed({"info", "--", "--json"}).files == std::vector<std::string>{"--json"});
  CHECK(parsed({"search", "a", "--filter="}).filter == "");
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
  CHECK(refused({"search", "a", "--filter"}).find("wants a value") != std::string::npos);
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
  for (const char* word : {"info", "search", "convert", "--json", "--filter", "--order-by", "--max", "--to", "--out"}) {
    CHECK(help.find(word) != std::string::npos);
  }
}
