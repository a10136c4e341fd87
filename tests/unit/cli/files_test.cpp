#include "shell/cli/files.h"

#include <filesystem>

#include <catch2/catch_test_macros.hpp>

#include "shell/cli/commands.h"
#include "shell/cli/encoding.h"
#include "shell/cli/inputs.h"
#include "shell/cli/loading.h"
#include "tests/support/files.h"

using namespace assay;

namespace {

// A folder of this test's own that goes away with it.
struct Folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / "assay-cli-test";
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string file(const std::string& name) const { return (path / name).string(); }
};

cli::Arguments arguments(std::vector<std::string> files) {
  cli::Arguments out;
  out.files = std::move(files);
  return out;
}

}  // namespace

TEST_CASE("files are read whole, and what cannot be read says why") {
  const Folder folder;
  test::save_file(folder.file("a.jsonl"), R"({"info": {"trace_id": "a"}, "data": {"spans": []}})");
  store::Dataset dataset;
  const auto report = cli::import_file(dataset, folder.file("a.jsonl"));
  REQUIRE(report.ok());
  CHECK(report.value().traces == 1);
  CHECK(report.value().size_bytes == 50);
  const auto missing = cli::import_file(dataset, folder.file("missing"));
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().what.find("missing") != std::string::npos);
  CHECK_FALSE(cli::import_file(dataset, folder.path.string()).ok());
}

TEST_CASE("a CSV in GB18030, as Excel in China saves it, is read like one in UTF-8") {
  const Folder folder;
  // "问题,回答\r\n怎么退款？,三天内到账\r\n"
  const std::string gbk =
      "\xCE\xCA\xCC\xE2,\xBB\xD8\xB4\xF0\r\n\xD4\xF5\xC3\xB4\xCD\xCB\xBF\xEE\xA3\xBF,"
      "\xC8\xFD\xCC\xEC\xC4\xDA\xB5\xBD\xD5\xCB\r\n";
  const auto lines_of = [&](const std::string& bytes) {
    test::save_file(folder.file("a.csv"), bytes);
    cli::Arguments convert = arguments({folder.file("a.csv")});
    convert.to = "mlflow";
    convert.out = folder.file("out.jsonl");
    CHECK(cli::run_convert(convert) == cli::kExitDone);
    return test::load_file(convert.out).value_or("");
  };
  const std::string lines = lines_of(gbk);
  CHECK(lines.find("怎么退款？") != std::string::npos);
  CHECK(lines == lines_of("问题,回答\r\n怎么退款？,三天内到账\r\n"));
  // Four bytes (U+1F600), and characters cut anywhere.
  cli::Gb18030Reader reader;
  REQUIRE(reader.ok());
  std::string text;
  for (const char c : std::string("\x94\x39\xFC\x36,") + gbk) reader.append({&c, 1}, text);
  reader.finish(text);
  CHECK(text == "😀,问题,回答\r\n怎么退款？,三天内到账\r\n");
  CHECK_FALSE(reader.met_bad_bytes());
  // What is something else: UTF-8 cut off, Latin-1, UTF-16, a packed file.
  CHECK(cli::is_gb18030(gbk));
  CHECK_FALSE(cli::is_gb18030(std::string("问题,回答").substr(0, 11)));
  CHECK_FALSE(cli::is_gb18030("Stra\xDF""e,Gr\xFC\xDF""e\n"));
  CHECK_FALSE(cli::is_gb18030(std::string("\xFF\xFE\xEE\x95", 4)));
  CHECK_FALSE(cli::is_gb18030(std::string("\x1F\x8B\x08\x00\xC8\xFD", 6)));
  CHECK_FALSE(cli::is_gb18030(""));
}

TEST_CASE("one missing file makes the status 1, the others are loaded") {
  const Folder folder;
  test::save_file(folder.file("a.jsonl"), R"({"info": {"trace_id": "a"}, "data": {"spans": []}})");
  store::Dataset dataset;
  CHECK(cli::load_files(dataset, {folder.file("missing"), folder.file("a.jsonl")}) == cli::kExitFile);
  CHECK(dataset.trace_count() == 1);
}

TEST_CASE("convert --to assessments writes each assessment as a row, with a byte order mark where Excel needs one") {
  const Folder folder;
  const std::string in = folder.file("in.json"), out = folder.file("out.csv");
  const auto table_of = [&](const std::string& who) {
    const auto said = [&](const std::string& id, const std::string& source) {
      return R"({"assessment_id":")" + id + R"(","assessment_name":"good","source":{"source_type":"HUMAN","source_id":")" + source +
             R"("},"create_time":"2026-01-01T00:00:00Z","feedback":{"value":3}})";
    };
    test::save_file(in, R"({"info":{"trace_id":"tr-1","request_time":"2026-01-01T00:00:00Z","assessments":[)" + said("a-1", "ann") + "," +
                            said("a-2", who) + R"(]},"data":{"spans":[]}})");
    cli::Arguments convert = arguments({in});
    convert.to = "assessments";
    convert.out = out;
    CHECK(cli::run_convert(convert) == cli::kExitDone);
    return test::load_file(out).value_or("");
  };
  const std::string head =
      "trace_id,span_id,name,kind,value,rationale,error,source_type,source_id,create_time,run_id,valid,scorer_version,assessment_id\r\n"
      "tr-1,,good,feedback,3,,,HUMAN,ann,2026-01-01T00:00:00Z,,true,,a-1\r\n";
  CHECK(table_of("bob") == head + "tr-1,,good,feedback,3,,,HUMAN,bob,2026-01-01T00:00:00Z,,true,,a-2\r\n");
  CHECK(table_of("李") == "\xEF\xBB\xBF" + head + "tr-1,,good,feedback,3,,,HUMAN,李,2026-01-01T00:00:00Z,,true,,a-2\r\n");
}

TEST_CASE("convert writes lines that read back, and never over its input") {
  const Folder folder;
  const std::string in = folder.file("in.json"), out = folder.file("out.jsonl");
  test::save_file(in, R"([{"info": {"trace_id": "a", "request_time": "2026-11-24T06:02:50Z", "state": "OK"}, "data": {"spans": []}}])");
  cli::Arguments convert = arguments({in});
  convert.out = out;
  CHECK(cli::run_convert(convert) == cli::kExitDone);
  store::Dataset dataset;
  const auto report = cli::import_file(dataset, out);
  REQUIRE(report.ok());
  CHECK(report.value().traces == 1);
  CHECK(report.value().warnings() == 0);
  convert.out = in;
  CHECK(cli::run_convert(convert) == cli::kExitUsage);
  convert.out = folder.file("no-such-folder/out.jsonl");
  CHECK(cli::run_convert(convert) == cli::kExitFile);
  test::save_file(in, "");
  convert.out = folder.file("other.jsonl");
  CHECK(cli::run_convert(convert) == cli::kExitFile);
  CHECK_FALSE(std::filesystem::exists(convert.out));
}

TEST_CASE("search: a wrong filter or order is a usage error before any file is read") {
  cli::Arguments search = arguments({"/no/such/file"});
  search.filter = "status == 'OK'";
  CHECK(cli::run_search(search) == cli::kExitUsage);
  search.filter = "status = 'OK'";
  search.order_by = {"nonsense key"};
  CHECK(cli::run_search(search) == cli::kExitUsage);
  search.order_by.clear();
  CHECK(cli::run_search(search) == cli::kExitFile);
  search.filter.reset();
  search.query = "status == 'OK' OR (refund";
  CHECK(cli::run_search(search) == cli::kExitUsage);
  search.query = "status == 'OK' OR refund";
  search.explain = true;
  CHECK(cli::run_search(search) == cli::kExitFile);
}

TEST_CASE("a table is read by the columns that are said, and in part") {
  const Folder folder;
  std::string table = "frage,antwort\n";
  for (int i = 0; i < 40; ++i) table += "f" + std::to_string(i) + ",a\n";
  test::save_file(folder.file("t.csv"), table);
  cli::Reading reading;
  reading.columns = ingest::parse_columns("frage=input,antwort=output").value();
  store::Dataset all;
  CHECK(cli::import_file(all, folder.file("t.csv"), reading).value().traces == 40);
  reading.limits.first_traces = 3;
  store::Dataset first;
  const auto report = cli::import_file(first, folder.file("t.csv"), reading);
  CHECK(report.value().traces == 3);
  CHECK(report.value().count(ingest::IssueKind::LeftOut) == 1);
  store::Dataset none;
  CHECK(cli::import_file(none, folder.file("t.csv")).value().count(ingest::IssueKind::ColumnsUnknown) > 0);
}

TEST_CASE("convert merges the work of reviewers into the traces") {
  const Folder folder;
  test::save_file(folder.file("traces.jsonl"), R"({"info":{"trace_id":"tr-1","state":"OK","request_time":"2026-01-01T00:00:00Z"},"data":{"spans":[]}})"
                                               "\n");
  const auto label = [](const std::string& session, const std::string& author, const std::string& trace, const std::string& value) {
    return R"({"seq":1,"time_ms":5,"author":")" + author + R"(","session":")" + session + R"(","txn":")" + session +
           R"(.1","kind":"assessment.create","version":1,"payload":{"trace_id":")" + trace +
           R"(","assessment":{"assessment_id":"a-)" + session + R"(","assessment_name":"correct","trace_id":")" + trace +
           R"(","source":{"source_type":"HUMAN","source_id":")" + author + R"("},"feedback":{"value":)" + value + "}}}}\n";
  };
  test::save_file(folder.file("ann.jsonl"), "{\"assay_journal\":1}\n" + label("s-a", "Ann", "tr-1", "true"));
  test::save_file(folder.file("bob.jsonl"), label("s-b", "Bob", "tr-1", "false") + label("s-c", "Bob", "tr-elsewhere", "true"));
  cli::Arguments arguments_of = arguments({folder.file("traces.jsonl")});
  arguments_of.command = "convert";
  arguments_of.to = "mlflow";
  arguments_of.out = folder.file("out.jsonl");
  arguments_of.labels = {folder.file("ann.jsonl"), folder.file("bob.jsonl"), folder.file("ann.jsonl")};
  CHECK(cli::run_convert(arguments_of) == cli::kExitDone);
  const std::string out = test::load_file(folder.file("out.jsonl")).value_or("");
  CHECK(out.find("\"a-s-a\"") != std::string::npos);
  CHECK(out.find("\"a-s-b\"") != std::string::npos);
  CHECK(out.find("a-s-c") == std::string::npos);
  CHECK(out.find("\"a-s-a\"") == out.rfind("\"a-s-a\""));
  test::save_file(folder.file("bad.jsonl"), "hello\n");
  arguments_of.labels = {folder.file("bad.jsonl")};
  CHECK(cli::run_convert(arguments_of) == cli::kExitFile);
  arguments_of.labels = {folder.file("none.jsonl")};
  CHECK(cli::run_convert(arguments_of) == cli::kExitFile);
}

TEST_CASE("files that are parts of one export are read as one, also out of a folder") {
  const Folder folder;
  std::filesystem::create_directories(folder.path / "export/scores");
  test::save_file(folder.file("export/observations.jsonl"),
                  R"({"id":"00000000000000a1","traceId":"0123456789abcdef0123456789abcdef","type":"SPAN","parentObservationId":null,"startTime":"2026-01-01T00:00:00Z","endTime":"2026-01-01T00:00:01Z","name":"x","input":"hi"})");
  test::save_file(folder.file("export/scores/1.json"),
                  R"([{"id":"s1","traceId":"0123456789abcdef0123456789abcdef","name":"helpful","value":1,"stringValue":"True","dataType":"BOOLEAN","source":"ANNOTATION"}])");
  test::save_file(folder.file("export/own.jsonl"), R"({"info": {"trace_id": "a", "request_preview": "parentObservationId"}, "data": {"spans": []}})");
  test::save_file(folder.file("export/.hidden.json"), "{}");
  test::save_file(folder.file("export/picture.png"), "no trace");
  const auto inputs = cli::inputs_of({folder.file("export")}, {});
  REQUIRE(inputs.size() == 2);
  CHECK(inputs[0] == std::vector{folder.file("export/observations.jsonl"), folder.file("export/scores/1.json")});
  CHECK(inputs[1] == std::vector{folder.file("export/own.jsonl")});
  store::Dataset dataset;
  CHECK(cli::load_files(dataset, {folder.file("export")}) == cli::kExitDone);
  REQUIRE(dataset.trace_count() == 2);
  CHECK(dataset.imported_assessments(store::TraceRow{0}).size() == 1);
  CHECK(dataset.files()[0].name == folder.file("export/observations.jsonl") + " + 1");
  // Where the columns are said, each file is a table.
  cli::Reading tables;
  tables.columns = ingest::parse_columns("name=input").value();
  CHECK(cli::inputs_of({folder.file("export")}, tables).size() == 3);
}
