// Any bytes through the whole way in: sniffing, unpacking, every format's reader, the MLflow
// reader; whole and in pieces. The first byte chooses the size of the pieces, the second the file's
// name, the third a mapping of columns.
#include "core/convert/export_parts.h"
#include "core/convert/file_reader.h"
#include "core/json/tree.h"
#include "tests/fuzz/fuzz_support.h"
#include "tests/fuzz/json_mutator.h"

namespace {

using namespace assay;
using fuzz::check;
using fuzz::check_same;

constexpr const char* kNames[] = {"input.json", "input.jsonl",   "input.csv", "input.tsv",
                                  "input.zip",  "agent-1.jsonl", "trace.db",  "input.eval"};

// Mappings of columns, given for this file or remembered, and a number of traces that is enough.
convert::ConvertOptions options_of(uint8_t byte) {
  convert::ConvertOptions options;
  const auto mapping = [](std::string_view text) { return ingest::parse_columns(text).value(); };
  switch (byte % 4) {
    case 1:
      options.mapping = mapping(
          "question=input,answer=output,expected=expected,score=feedback:quality,k=tag,"
          "why=rationale,secs=duration_s");
      break;
    case 2:
      options.remembered.push_back(mapping("question=input,answer=output"));
      options.remembered.push_back(
          mapping("id=trace_id,session=session,messages=messages,time=time,model=model"));
      break;
    case 3:
      options.first_traces = 1;
      break;
    default:
      break;
  }
  return options;
}

ingest::FileReport read(store::Dataset& dataset, const char* name, std::string_view bytes,
                        size_t chunk_bytes, const convert::ConvertOptions& options) {
  ingest::FileReport report;
  convert::FileReader reader(dataset, report, name, bytes.size(), options);
  fuzz::Chunks chunks(bytes, chunk_bytes);
  for (std::string_view chunk; chunks.next(chunk);)
    reader.push(chunk);
  reader.finish();
  return report;
}

// What a converter writes is one JSON object a line, with a trace id, that the importer takes.
struct Lines final : convert::LineSink {
  void line(std::string_view json) override {
    check(json.find('\n') == std::string_view::npos, "a converted trace stands on one line");
    json::Tree tree;
    check(tree.parse(json), "a converted trace is JSON");
    text += json;
    text += '\n';
  }
  std::string text;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Input input(data, size);
  const size_t chunk_bytes = fuzz::chunk_bytes_of(input.byte());
  const char* const name = kNames[input.byte() % std::size(kNames)];
  const convert::ConvertOptions options = options_of(input.byte());
  const std::string_view bytes = input.rest();

  store::Dataset whole, pieces;
  const ingest::FileReport report = read(whole, name, bytes, bytes.size() + 1, options);
  const ingest::FileReport other = read(pieces, name, bytes, chunk_bytes, options);
  check_same(ingest::to_text(other), ingest::to_text(report),
             "the report of pieces and of the whole");
  check_same(fuzz::described(pieces), fuzz::described(whole),
             "the traces of pieces and of the whole");
  fuzz::check_dataset(whole);
  fuzz::check_report(whole, report);

  Lines lines;
  convert::FileConverter converter(lines, name, bytes.size(), options);
  converter.push(bytes);
  converter.finish();

  // The same bytes as two files of one export.
  const size_t half = bytes.size() / 2;
  convert::FileConverter parts(lines, name, half, options);
  parts.push(bytes.substr(0, half));
  parts.next_file("part.json", bytes.size() - half);
  parts.push(bytes.substr(half));
  parts.finish();
  convert::export_of_part(name, bytes.substr(0, convert::kPartHeadBytes));
  return 0;
}
