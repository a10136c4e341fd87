#include "core/ingest/sniff.h"

#include <catch2/catch_test_macros.hpp>

using namespace assay::ingest;
using namespace std::string_view_literals;

TEST_CASE("JSON is taken as JSON, with a byte order mark, blanks or noise before it") {
  for (const std::string_view text : {"{}"sv, "[1]"sv, "  \r\n\t{\"a\": 1}"sv, "\xEF\xBB\xBF{}"sv,
                                      "2026-11-24 starting\n{\"info\": 1}"sv}) {
    CHECK(sniff_file(text).kind == FileKind::Json);
  }
  CHECK(sniff_file("\xEF\xBB\xBF{}").skip_bytes == 3);
  CHECK(sniff_file("").kind == FileKind::Empty);
  CHECK(sniff_file(" \n\t\r\n").kind == FileKind::Empty);
  CHECK(sniff_file("\xEF\xBB\xBF").kind == FileKind::Empty);
}

TEST_CASE("other files are named") {
  const auto what = [](std::string_view head) {
    const FileGuess guess = sniff_file(head);
    CHECK(guess.kind == FileKind::Unreadable);
    return std::string(guess.what);
  };
  CHECK(what("\x1f\x8b\x08"sv).find("gzip") != std::string::npos);
  CHECK(what("PK\x03\x04zip"sv).find("zip") != std::string::npos);
  CHECK(what("PAR1\x15"sv).find("Parquet") != std::string::npos);
  CHECK(what("SQLite format 3\0"sv).find("SQLite") != std::string::npos);
  CHECK(what("\xff\xfe{\0"sv).find("UTF-16") != std::string::npos);
  CHECK(what("<!DOCTYPE html>"sv).find("HTML") != std::string::npos);
  CHECK(what("\x0a\x12\0\x05"sv).find("binary") != std::string::npos);
  CHECK(what("{'info': {'trace_id'"sv).find("Python") != std::string::npos);
  CHECK(what("trace_id,trace,state\ntr-1,\"{\"\"info\"\"\",OK\n"sv).find("CSV") != std::string::npos);
  CHECK(what("\ttrace_id\ttrace\n"sv).find("CSV") != std::string::npos);
  CHECK(what("name,value\na,1\n"sv).find("table") != std::string::npos);
  CHECK(what("hello world"sv).find("text") != std::string::npos);
}

TEST_CASE("records are told by their members") {
  CHECK(sniff_record(R"({"info": {}, "data": {}})").kind == RecordKind::MlflowTrace);
  CHECK(sniff_record(R"({"data": {"spans": []}, "info": {}})").kind == RecordKind::MlflowTrace);
  CHECK(sniff_record(R"({"x": 1, "info": {}})").kind == RecordKind::MlflowTrace);
  CHECK(sniff_record(R"({"next_page_token": "", "traces": []})").kind == RecordKind::Envelope);
  const auto what = [](std::string_view record) {
    const RecordGuess guess = sniff_record(record);
    CHECK(guess.kind == RecordKind::Unknown);
    return guess.what;
  };
  CHECK(what(R"({"resourceSpans": []})").find("OpenTelemetry") != std::string::npos);
  CHECK(what(R"({"trace": {"trace_info": {}}})").find("REST") != std::string::npos);
  CHECK(what(R"({"trace_info": {}, "spans": []})").find("REST") != std::string::npos);
  CHECK(what(R"({"trace_id": "a", "trace_location": {}})").find("without its spans") != std::string::npos);
  CHECK(what(R"({"trace_id": "a", "trace": "{}"})").find("DataFrame") != std::string::npos);
  CHECK(what(R"({"columns": [], "index": [], "data": []})").find("DataFrame") != std::string::npos);
  CHECK(what(R"({"spans": []})").find("artifact") != std::string::npos);
  CHECK(what(R"({"dataset_record_id": "d"})").find("evaluation dataset") != std::string::npos);
  CHECK(what(R"({"error_code": "X", "message": "m"})").find("error message") != std::string::npos);
  CHECK(what(R"({"role": "user", "content": "x"})") == "an object with the members role, content");
  CHECK(what("{}") == "an object without members");
}

TEST_CASE("files: UTF-16 and JSON in JSON go through the converter, a list of plain texts does not") {
  CHECK(route_of("\xff\xfe{\0\"\0"sv) == FileRoute::Convert);
  CHECK(route_of("{\0\"\0"sv) == FileRoute::Convert);
  CHECK(route_of(R"("{\"info\": {}, \"data\": {}}")") == FileRoute::Convert);
  CHECK(route_of(R"(["{\"info\": {}, \"data\": {}}"])") == FileRoute::Convert);
  CHECK(route_of(R"(["a", "b"])") == FileRoute::Direct);
}

TEST_CASE("files: MLflow's lines followed by another system's go through the converter") {
  const std::string own = R"({"info": {"trace_id": "tr-1"}, "data": {"spans": []}})" "\n";
  CHECK(route_of(own + own) == FileRoute::Direct);
  CHECK(route_of(own + "{\"level\": \"info\"}\n" + own) == FileRoute::Direct);
  CHECK(route_of(own + "{\"info\": {\"trace_id\": \"tr-\n" + own) == FileRoute::Direct);
  CHECK(route_of(own + own + "{\"resourceSpans\": []}\n" + own) == FileRoute::Convert);
  CHECK(route_of(own + "{\"messages\": []}\n") == FileRoute::Convert);
}
