// Files that are open: several at once, closing one of them, what is said of them, and what exports are called.
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "core/convert/export_parts.h"
#include "tests/support/converting.h"

using namespace assay;
using app::CommandId;
using test::FakePage;
using test::FakeStorage;
using test::open_any;
using test::read_announced;

namespace {

std::string traces(int from, int count) {
  std::string out;
  for (int i = from; i < from + count; ++i) {
    out += R"({"info": {"trace_id": "tr-)" + std::to_string(i) + R"(", "timestamp_ms": )" + std::to_string(1'767'225'600'000 + i) +
           R"(}, "data": {"spans": []}})" + "\n";
  }
  return out;
}

struct Dropped {
  const char* name;
  std::string text;
};

// As the host does with one drop: all are announced, then read one after the other.
std::vector<uint32_t> drop(FakePage& page, const std::vector<Dropped>& files) {
  std::vector<uint32_t> tokens;
  for (const Dropped& file : files) tokens.push_back(page.session->on_file_begin(file.name, file.text.size()));
  for (size_t i = 0; i < files.size(); ++i) read_announced(page, tokens[i], files[i].name, files[i].text);
  return tokens;
}

std::vector<std::string> notices(const FakePage& page) {
  std::vector<std::string> out;
  for (const app::Notice& notice : page.session->notices()) out.push_back(notice.text);
  return out;
}

std::vector<std::string> open_names(const FakePage& page) {
  std::vector<std::string> out;
  for (const ingest::FileReport* report : page.session->open_files()) out.push_back(report->file_name);
  return out;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("one word is said about all files of a drop") {
  FakeStorage storage;
  FakePage page(storage, 1);
  drop(page, {{"a.jsonl", traces(0, 2)}, {"b.jsonl", traces(2, 3)}, {"c.jsonl", traces(5, 1)}});
  CHECK(notices(page) == Texts{"Traces read from 3 files: 6"});
  drop(page, {{"d.jsonl", traces(6, 1)}});
  CHECK(notices(page).back() == "Traces read from d.jsonl: 1");
  drop(page, {{"e.jsonl", traces(7, 1)}, {"f.txt", "nothing at all"}});
  CHECK(notices(page).back() == "Traces read from 1 of 2 files: 1");
  drop(page, {{"g.txt", "nothing at all"}, {"h.txt", "nothing here"}});
  CHECK(notices(page).back() == "No traces found in 2 files");
  drop(page, {{"i.jsonl", traces(8, 1) + "{\"info\": {\"trace_id\": \n"}, {"j.jsonl", traces(9, 1)}});
  CHECK(page.session->notices().back().key == "imports_remarks");
  CHECK(notices(page).size() == 5);
}

TEST_CASE("of an import that is cancelled before it has brought anything nothing stays") {
  FakeStorage storage;
  FakePage page(storage, 1);
  const uint32_t token = page.session->on_file_begin("large.jsonl", 1'000'000);
  page.session->on_file_chunk(token, "{\"info\": {\"trace_id\"");
  page.run(CommandId::FileCancelImport);
  CHECK(page.session->file_cancelled(token));
  page.session->on_file_end(token, "cancelled");
  page.settle();
  CHECK(open_names(page).empty());
  CHECK(page.files.closed == std::vector<uint32_t>{token});  // the host does not read it again
  CHECK(notices(page) == Texts{"Import cancelled: large.jsonl"});
  // Beside others.
  open_any(page, "a.jsonl", traces(0, 2));
  const uint32_t again = page.session->on_file_begin("large.jsonl", 1'000'000);
  const uint32_t waiting = page.session->on_file_begin("waiting.jsonl", 1'000'000);
  page.run(CommandId::FileCancelImport);
  page.session->on_file_end(again, "cancelled");
  page.session->on_file_end(waiting, "cancelled");
  page.settle();
  CHECK(open_names(page) == Texts{"a.jsonl"});
  CHECK(notices(page).back() == "Import of 2 files cancelled");
}

TEST_CASE("one file of several is closed, and is as it was when it is opened again") {
  FakeStorage storage;
  FakePage page(storage, 1);
  const Dropped a{"a.jsonl", traces(0, 2)}, b{"b.jsonl", traces(2, 3)}, c{"c.jsonl", traces(5, 1)};
  const std::vector<uint32_t> tokens = drop(page, {a, b, c});
  REQUIRE(open_names(page) == Texts{"a.jsonl", "b.jsonl", "c.jsonl"});
  page.run(CommandId::AssessmentAdd, {{"trace_id", "tr-3"}, {"kind", "feedback"}, {"name", "good"}, {"value_type", "boolean"}, {"value", "true"}});
  page.run(CommandId::TraceOpen, {{"trace_id", "tr-3"}});
  page.run(CommandId::FileClose, {{"token", std::to_string(tokens[1])}});
  CHECK(page.files.closed == std::vector<uint32_t>{tokens[1]});
  CHECK(page.files.all_again == 1);
  CHECK(page.files.forgotten == 0);
  CHECK(page.session->route().trace_id.empty());  // it is of what was closed
  CHECK(notices(page).back() == "Closed b.jsonl");

  // The host gives the others again, as it has kept them.
  page.session->on_kept_files(true);
  const uint32_t first = page.session->on_file_begin(a.name, 0), second = page.session->on_file_begin(c.name, 0);
  page.session->on_kept_files(false);
  read_announced(page, first, a.name, a.text);
  read_announced(page, second, c.name, c.text);
  CHECK(open_names(page) == Texts{"a.jsonl", "c.jsonl"});
  CHECK(page.session->traces().rows().size() == 3);
  CHECK(notices(page).back() == "Closed b.jsonl");  // and nothing more

  // The way back.
  open_any(page, b.name, b.text);
  const store::Dataset& data = page.session->dataset();
  const auto row = data.find_trace("tr-3");
  REQUIRE(row);
  REQUIRE(data.assessments(*row).size() == 1);
  CHECK(data.assessments(*row)[0].name == "good");

  // A trace of another file stays open; of the last file nothing is left.
  page.run(CommandId::TraceOpen, {{"trace_id", "tr-0"}});
  page.run(CommandId::FileClose, {{"token", std::to_string(page.session->open_files()[1]->token)}});
  CHECK(page.session->route().trace_id == "tr-0");
  const uint32_t last = open_any(page, a.name, a.text);
  page.run(CommandId::FileClose, {{"token", std::to_string(last)}});
  CHECK(page.files.forgotten == 1);
  CHECK(page.session->dataset().trace_count() == 0);
  CHECK(open_names(page).empty());
  page.run(CommandId::FileClose, {{"token", "99"}});  // none of them
  CHECK(page.files.forgotten == 1);
}

TEST_CASE("a file that is opened later joins the entry whose traces it names, and nothing that was said is lost") {
  const std::string observations =
      R"({"id":"00000000000000a1","traceId":"0123456789abcdef0123456789abcdef","type":"GENERATION","parentObservationId":null,"startTime":"2026-01-01T00:00:00Z","endTime":"2026-01-01T00:00:01Z","name":"model","input":"hi","output":"yo"})" "\n";
  const std::string scores =
      "id,traceId,name,value,stringValue,dataType,source,comment\n"
      "s1,0123456789abcdef0123456789abcdef,helpful,1,True,BOOLEAN,ANNOTATION,good\n";
  const std::string trace_id = "tr-0123456789abcdef0123456789abcdef";
  FakeStorage storage;
  FakePage page(storage, 1);
  open_any(page, "other.jsonl", traces(0, 1));
  const uint32_t token = open_any(page, "observations.jsonl", observations);
  page.run(CommandId::AssessmentAdd, {{"trace_id", trace_id}, {"kind", "feedback"}, {"name", "good"}, {"value_type", "boolean"}, {"value", "true"}});
  using Tie = app::Session::FileTie;
  const std::string ids = convert::ids_of_part("scores.csv", scores);
  CHECK(page.session->file_tie(token, ids) == Tie::Belongs);
  CHECK(page.session->file_tie(token, "tr-9 00000000000000a1\n") == Tie::Belongs);  // by a span
  CHECK(page.session->file_tie(token, "tr-9 00000000000000a2\n") == Tie::None);
  CHECK(page.session->file_tie(token, "tr-0 00000000000000a2\n") == Tie::None);  // of another file
  CHECK(page.session->file_tie(token, "tr-9\n\n \n") == Tie::None);
  CHECK(page.session->file_tie(99, ids) == Tie::None);
  CHECK(page.session->file_tie(token, "*\n") == Tie::Belongs);  // told by the export's name

  page.session->on_files_joined();
  CHECK(page.files.all_again == 1);
  page.session->on_kept_files(true);
  const uint32_t other = page.session->on_file_begin("other.jsonl", 0);
  page.session->on_kept_files(false);
  const uint32_t joined = page.session->on_file_begin("observations.jsonl + 1", 0);
  page.session->on_file_joined(joined, "scores.csv");
  read_announced(page, other, "other.jsonl", traces(0, 1));
  page.session->on_file_converting(joined);
  test::LinesToSession lines(*page.session, joined);
  convert::FileConverter converter(lines, "observations.jsonl", observations.size());
  converter.push(observations);
  converter.next_file("scores.csv", scores.size());
  converter.push(scores);
  converter.finish();
  page.session->on_file_converted(joined, ingest::encode_report(converter.report()));
  page.session->on_file_end(joined, "");
  page.settle();
  CHECK(open_names(page) == Texts{"other.jsonl", "observations.jsonl + 1"});
  CHECK(notices(page).back() == "scores.csv joined what was open of the same export: observations.jsonl + 1. Traces: 1");
  CHECK(page.session->open_files()[1]->count(ingest::IssueKind::JoinedLater) == 1);
  CHECK(page.session->open_files()[1]->first_issues.back().detail == "scores.csv");
  CHECK(page.session->open_files()[1]->warnings() == 0);
  const store::Dataset& data = page.session->dataset();
  const auto row = data.find_trace(trace_id);
  REQUIRE(row);
  std::vector<std::string> names;
  for (const store::Assessment& a : data.assessments(*row)) names.push_back(a.name);
  CHECK(names == Texts{"helpful", "good"});
}

TEST_CASE("an entry that holds no trace yet is joined by anything of the same export") {
  FakeStorage storage;
  FakePage page(storage, 1);
  const uint32_t token = open_any(page, "annotations.jsonl",
                                  R"({"span_id":"00f067aa0ba902b7","name":"good","annotator_kind":"HUMAN","result":{"score":1}})" "\n");
  REQUIRE(page.session->dataset().trace_count() == 0);
  CHECK(page.session->file_tie(token, "") == app::Session::FileTie::Belongs);
  // One whose traces are all of another file waits for nothing.
  open_any(page, "a.jsonl", traces(0, 1));
  const uint32_t again = open_any(page, "b.jsonl", traces(0, 1));
  CHECK(page.session->file_tie(again, "") == app::Session::FileTie::None);
}

TEST_CASE("the CSV of all assessments holds what several have said of one thing") {
  FakeStorage storage;
  FakePage page(storage, 1);
  const auto trace = [](const std::string& assessments) {
    return R"({"info": {"trace_id": "tr-1", "request_time": "2026-01-01T00:00:00Z", "assessments": [)" + assessments +
           R"(]}, "data": {"spans": []}})";
  };
  const auto said = [](const std::string& id, const std::string& who, const std::string& value) {
    return R"({"assessment_id": ")" + id + R"(", "assessment_name": "good", "source": {"source_type": "HUMAN", "source_id": ")" + who +
           R"("}, "create_time": "2026-01-01T00:00:00Z", "feedback": {"value": )" + value + "}}";
  };
  open_any(page, "a.jsonl", trace(said("a-1", "ann", "true") + "," + said("a-2", "bob", "false")));
  page.run(CommandId::ExportAssessmentsCsv);
  const std::string& csv = page.downloads.files.back().bytes;
  CHECK(csv.find("tr-1,,good,feedback,true,,,HUMAN,ann,") != std::string::npos);
  CHECK(csv.find("tr-1,,good,feedback,false,,,HUMAN,bob,") != std::string::npos);
}

TEST_CASE("what is saved is called after what is open") {
  FakeStorage storage;
  FakePage page(storage, 1);
  const auto saved = [&](CommandId id, std::initializer_list<app::CommandArg> args = {}) {
    page.run(id, args);
    return page.downloads.files.back().name;
  };
  open_any(page, "folder/a.b.jsonl", traces(0, 2));
  CHECK(saved(CommandId::ExportTraces) == "a.b.assessed.jsonl");
  open_any(page, "nothing.txt", "nothing at all");
  CHECK(saved(CommandId::ExportTraces) == "a.b.assessed.jsonl");
  open_any(page, "b.jsonl", traces(2, 2));
  open_any(page, "c.jsonl", traces(4, 2));
  CHECK(saved(CommandId::ExportTraces) == "3-files.assessed.jsonl");
  CHECK(saved(CommandId::ExportResultsCsv) == "3-files.results.csv");
  CHECK(saved(CommandId::ExportResultsJson) == "3-files.results.json");
  CHECK(saved(CommandId::ExportAssessmentsCsv) == "3-files.assessments.csv");
  // What is a part of them says so.
  CHECK(saved(CommandId::ExportTraces, {{"scope", "matching"}}) == "3-files.matching.assessed.jsonl");
  page.run(CommandId::SelectAll);
  CHECK(saved(CommandId::ExportTraces, {{"scope", "selected"}, {"form", "csv"}}) == "3-files.selected.traces.csv");
  CHECK(saved(CommandId::ExportTraces, {{"scope", "all"}}) == "3-files.assessed.jsonl");
}
