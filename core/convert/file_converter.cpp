#include "core/convert/file_converter.h"

#include <algorithm>

#include "core/base/numbers.h"
#include "core/convert/otlp_protobuf.h"
#include "core/convert/record_splitter.h"
#include "core/convert/table.h"
#include "core/json/tree.h"
#include "core/unpack/unpack.h"

namespace assay::convert {
namespace {

constexpr int kMaxDispatchDepth = 4;  // a page of results in a page of results …
constexpr size_t kHeadBytes = 4096;   // enough to tell text from tables from binary

enum class EntryKind : uint8_t { Undecided, Json, Table, Protobuf, Ignored };

}  // namespace

struct FileConverter::State final : RecordSplitter::Sink, TableReader::Sink, OtlpProtobuf::Sink, Context::Host,
                                    unpack::EntrySink {
  State(LineSink& sink_in, std::string name, uint64_t size_bytes, ConvertOptions options_in)
      : sink(sink_in), options(std::move(options_in)), splitter(*this), unpacker(*this, name) {
    report.file_name = name;
    report.size_bytes = size_bytes;
    readers.resize(formats().size());
  }

  // --- Entries: the file itself, or what is packed in it ------------------------------------------------
  bool begin_entry(std::string_view name, uint64_t) override {
    entry_name = name;
    kind = EntryKind::Undecided;
    head.clear();
    return true;
  }
  bool entry_bytes(std::string_view bytes) override {
    if (kind != EntryKind::Undecided) {
      feed(bytes);
      return true;
    }
    head.append(bytes);
    if (head.size() >= kHeadBytes) decide();
    return true;
  }
  void end_entry() override {
    if (kind == EntryKind::Undecided) decide();
    if (kind == EntryKind::Json) splitter.finish();
    if (kind == EntryKind::Table) table->finish();
    if (kind == EntryKind::Protobuf) protobuf->finish();
  }
  void problem(const unpack::Problem& problem) override {
    using ingest::IssueKind;
    const IssueKind issue = problem.kind == unpack::ProblemKind::Note      ? IssueKind::PackedNote
                            : problem.kind == unpack::ProblemKind::Damaged ? IssueKind::PackedDamaged
                                                                           : IssueKind::PackedSkipped;
    report.add(issue, 0, problem.at_byte, std::string(problem.entry) + ": " + std::string(problem.what));
  }
  void decide() {
    std::string_view text = head;
    if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
    kind = is_protobuf(text)                    ? EntryKind::Protobuf
           : looks_like_table(text, entry_name) ? EntryKind::Table
                                                : EntryKind::Json;
    if (kind == EntryKind::Table) table = std::make_unique<TableReader>(*this);
    if (kind == EntryKind::Protobuf) protobuf = std::make_unique<OtlpProtobuf>(*this);
    feed(text);
    head.clear();
    head.shrink_to_fit();
  }
  void feed(std::string_view bytes) {
    if (kind == EntryKind::Json) splitter.push(bytes);
    if (kind == EntryKind::Table) table->push(bytes);
    if (kind == EntryKind::Protobuf) protobuf->push(bytes);
  }

  // --- Records ------------------------------------------------------------------------------------------
  void record(std::string_view json, uint64_t at_byte) override {
    ++record_number;
    record_at_byte = at_byte;
    const uint64_t repaired = report.count_of(ingest::Severity::Repaired);
    if (!read_text(json)) {
      ++report.records_skipped;
      return;
    }
    ++report.records_read;
    if (report.count_of(ingest::Severity::Repaired) > repaired) ++report.records_repaired;
  }
  void row(const std::string& json_object, uint64_t at_byte) override { record(json_object, at_byte); }
  void document(const std::string& json, uint64_t at_byte) override { record(json, at_byte); }
  void damaged(std::string_view why, uint64_t at_byte) override { broken(why, at_byte); }
  void odd_row(std::string_view what, uint64_t at_byte) override {
    report.add(what.find("UTF-8") != std::string_view::npos ? ingest::IssueKind::InvalidUtf8 : ingest::IssueKind::WrongType,
               record_number, at_byte, std::string(what));
  }
  void broken(ingest::IssueKind issue, std::string_view why, uint64_t at_byte) override {
    ++record_number;
    ++report.records_skipped;
    report.add(issue, record_number, at_byte, std::string(why));
  }
  // Of a table or a protobuf file.
  void broken(std::string_view why, uint64_t at_byte) override {
    const bool cut = why.find("ends inside") != std::string_view::npos;
    broken(cut ? ingest::IssueKind::TruncatedRecord : ingest::IssueKind::MalformedRecord, why, at_byte);
  }

  bool read_text(std::string_view json) {
    json::Tree tree;
    if (!tree.parse(json)) {
      report.add(ingest::IssueKind::MalformedRecord, record_number, record_at_byte + tree.error_at(), tree.error_text());
      return false;
    }
    return read_node(tree.root());
  }

  bool read_node(json::Node node) {
    const std::vector<Format>& all = formats();
    size_t found = all.size();
    if (last_format < all.size() && all[last_format].matches(node)) found = last_format;
    for (size_t i = 0; i < all.size() && found == all.size(); ++i) {
      if (all[i].matches(node)) found = i;
    }
    if (found == all.size()) {
      note_unknown(node);
      return false;
    }
    last_format = found;
    if (readers[found] == nullptr) {
      readers[found] = all[found].make();
      if (!report.format.empty()) report.format += " + ";
      report.format += all[found].name;
    }
    Context context = make_context(all[found].name);
    readers[found]->read(context, node);
    return true;
  }

  void note_unknown(json::Node node) {
    std::string what = !node.is_object()           ? "a value"
                       : kind == EntryKind::Table ? "a table with the columns "
                                                  : "an object with the members ";
    uint32_t shown = 0;
    for (json::Node child = node.is_object() ? node.first() : json::Node(); child && shown < 8; child = child.next()) {
      if (shown++ > 0) what += ", ";
      what += child.key();
    }
    report.add(ingest::IssueKind::UnknownRecord, record_number, record_at_byte, std::move(what));
  }

  Context make_context(std::string_view format) {
    Context context(*this, assembler, report, entry_name);
    context.format = format;
    context.record_number = record_number;
    context.at_byte = record_at_byte;
    context.mapping = options.mapping.empty() ? nullptr : &options.mapping;
    return context;
  }

  // --- What readers ask for -----------------------------------------------------------------------------
  void emit(CanonicalTrace trace) override { emit_line(mlflow_record(std::move(trace))); }
  void emit_record(std::string_view mlflow_json) override {
    if (!options.skip_mlflow_records) emit_line(mlflow_json);
  }
  void emit_converted(std::string_view mlflow_json) override { emit_line(mlflow_json); }
  void emit_line(std::string_view line) {
    if (line.find('\n') == std::string_view::npos) {
      sink.line(line);
      return;
    }
    std::string flat(line);  // pretty-printed: a line break in JSON stands between values only
    std::replace(flat.begin(), flat.end(), '\n', ' ');
    sink.line(flat);
  }
  void dispatch(std::string json_text) override {
    if (++depth > kMaxDispatchDepth) {
      report.add(ingest::IssueKind::TooDeep, record_number, record_at_byte, "records inside records");
    } else {
      read_text(json_text);
    }
    --depth;
  }
  void dispatch_node(json::Node node) override {
    if (++depth > kMaxDispatchDepth) {
      report.add(ingest::IssueKind::TooDeep, record_number, record_at_byte, "records inside records");
    } else {
      read_node(node);
    }
    --depth;
  }

  void finish() {
    unpacker.finish();
    for (size_t i = 0; i < readers.size(); ++i) {
      if (readers[i] == nullptr) continue;
      Context context = make_context(formats()[i].name);
      readers[i]->finish(context);
    }
    for (CanonicalTrace& trace : assembler.take()) emit(std::move(trace));
    if (record_number == 0 && report.warnings() == 0) {
      report.add(ingest::IssueKind::EmptyFile, 0, 0, {});
    } else if (report.format.empty()) {
      report.add(ingest::IssueKind::UnknownFormat, 0, 0, {});
    }
  }

  LineSink& sink;
  ConvertOptions options;
  ingest::FileReport report;
  RecordSplitter splitter;
  std::unique_ptr<TableReader> table;  // of the entry
  std::unique_ptr<OtlpProtobuf> protobuf;
  unpack::Unpacker unpacker;
  TraceAssembler assembler;
  std::vector<std::unique_ptr<FormatReader>> readers;  // parallel to formats()
  size_t last_format = SIZE_MAX;
  std::string entry_name, head;
  EntryKind kind = EntryKind::Undecided;
  uint64_t record_number = 0, record_at_byte = 0;
  int depth = 0;
};

FileConverter::FileConverter(LineSink& sink, std::string file_name, uint64_t size_bytes, ConvertOptions options)
    : state_(std::make_unique<State>(sink, std::move(file_name), size_bytes, std::move(options))) {}
FileConverter::~FileConverter() = default;
void FileConverter::push(std::string_view bytes) { state_->unpacker.push(bytes); }
void FileConverter::finish() { state_->finish(); }
const ingest::FileReport& FileConverter::report() const { return state_->report; }

}  // namespace assay::convert
