#include "core/convert/file_converter.h"

#include <algorithm>
#include <optional>

#include "core/base/numbers.h"
#include "core/base/utf16.h"
#include "core/base/utf8.h"
#include "core/convert/chat.h"
#include "core/convert/chat_columns.h"
#include "core/convert/mapped_row.h"
#include "core/convert/otlp_protobuf.h"
#include "core/convert/record_splitter.h"
#include "core/convert/result_page.h"
#include "core/convert/table.h"
#include "core/convert/table_sampler.h"
#include "core/json/tree.h"
#include "core/unpack/unpack.h"

namespace assay::convert {
namespace {

constexpr int kMaxDispatchDepth = 4;  // a page of results in a page of results …
constexpr size_t kHeadBytes = 4096;   // enough to tell text from tables from binary
constexpr uint64_t kMaxUnreadRows = 20;  // of a table; none of the others will be any better

enum class EntryKind : uint8_t { Undecided, Json, Table, Protobuf, Ignored };

}  // namespace

struct FileConverter::State final : RecordSplitter::Sink, TableReader::Sink, OtlpProtobuf::Sink, Context::Host,
                                    unpack::EntrySink {
  State(LineSink& sink_in, std::string name, uint64_t size_bytes, ConvertOptions options_in)
      : sink(sink_in), options(std::move(options_in)), splitter(*this), part_name(std::move(name)),
        unpacker(std::make_unique<unpack::Unpacker>(*this, part_name)) {
    report.file_name = part_name;
    report.size_bytes = size_bytes;
    readers.resize(formats().size());
  }

  // --- Files ---------------------------------------------------------------------------------------------
  void end_part() {
    unpacker->finish();
    splitter.restart();
    if (parts == 1) return;
    // Of several files, which one (the end of a long path); and its own count of records.
    constexpr size_t kShownBytes = 60;
    size_t begin = part_name.size() > kShownBytes ? part_name.find('/', part_name.size() - kShownBytes) : std::string::npos;
    begin = begin == std::string::npos ? 0 : begin + 1;
    for (; issues_told < report.first_issues.size(); ++issues_told) {
      ingest::Issue& issue = report.first_issues[issues_told];
      if (issue.record_number > records_before) issue.record_number -= records_before;
      const std::string detail = part_name.substr(begin) + (issue.detail.empty() ? "" : ": " + issue.detail);
      issue.detail = utf8_prefix(detail, ingest::kMaxDetailBytes);
    }
  }
  void next_file(std::string name, uint64_t size_bytes) {
    ++parts;
    end_part();
    records_before = record_number;
    part_name = std::move(name);
    report.size_bytes += size_bytes;
    unpacker = std::make_unique<unpack::Unpacker>(*this, part_name);
  }

  // --- Entries: the file itself, or what is packed in it ------------------------------------------------
  bool begin_entry(std::string_view name, uint64_t) override {
    entry_name = name;
    kind = EntryKind::Undecided;
    head.clear();
    wide.reset();
    remembered_here = nullptr;
    return !done();
  }
  bool entry_bytes(std::string_view bytes) override {
    if (done()) return false;
    if (kind != EntryKind::Undecided) {
      feed_text(bytes);
      return true;
    }
    head.append(bytes);
    if (head.size() >= kHeadBytes) decide();
    return true;
  }
  void end_entry() override {
    if (done()) return;
    if (kind == EntryKind::Undecided) decide();
    if (wide) {
      std::string rest;
      wide->finish(rest);
      feed(rest);
    }
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
    if (const Utf16 order = utf16_of(head); order != Utf16::None) {  // as Windows PowerShell writes to files
      std::string utf8;
      wide.emplace(order).append(head, utf8);
      head = std::move(utf8);
    }
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
  void feed_text(std::string_view bytes) {
    if (!wide) return feed(bytes);
    std::string utf8;
    wide->append(bytes, utf8);
    feed(utf8);
  }
  void feed(std::string_view bytes) {
    if (kind == EntryKind::Json) splitter.push(bytes);
    if (kind == EntryKind::Table) table->push(bytes);
    if (kind == EntryKind::Protobuf) protobuf->push(bytes);
  }

  // --- Records ------------------------------------------------------------------------------------------
  void record(std::string_view json, uint64_t at_byte) override {
    if (done()) {
      more_than_first = true;
      return;
    }
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
  void row(const std::string& json_object, uint64_t at_byte) override {
    if (sampler.unread_rows(entry_name) < kMaxUnreadRows) record(json_object, at_byte);
  }
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
    if (node.is_object() && !options.mapping.empty() && mapping_reads(options.mapping, node))
      return read_mapped(node, options.mapping, "columns as given: ");
    size_t found = all.size();
    if (last_format < all.size() && all[last_format].matches(node)) found = last_format;
    for (size_t i = 0; i < all.size() && found == all.size(); ++i) {
      if (all[i].matches(node)) found = i;
    }
    const bool unsigned_record = found == all.size() || all[found].name == kChatFormatName;
    if (unsigned_record && node.is_object()) {
      const ColumnMapping* known = remembered_for(node);
      if (known != nullptr) return read_mapped(node, *known, "columns as remembered: ");
    }
    if (found == all.size()) {
      note_unknown(node);
      if (node.is_object()) sampler.add(entry_name, node, nullptr, false, kind == EntryKind::Table);
      return false;
    }
    // A page holds records of any other format, whose own must be asked first.
    if (all[found].name != kResultPageName) last_format = found;
    const uint64_t unread = report.count(ingest::IssueKind::ColumnsUnknown);
    read_by(found, node, nullptr);
    const bool read = report.count(ingest::IssueKind::ColumnsUnknown) == unread;
    if (unsigned_record && node.is_object() && !is_bare_message(node))
      sampler.add(entry_name, node, nullptr, read, kind == EntryKind::Table);
    return read;
  }

  FormatReader& reader_of(size_t format) {
    if (readers[format] == nullptr) {
      readers[format] = formats()[format].make();
      if (!report.format.empty()) report.format += " + ";
      report.format += formats()[format].name;
    }
    return *readers[format];
  }

  void read_by(size_t format, json::Node node, const ColumnMapping* mapping) {
    FormatReader& reader = reader_of(format);
    Context context = make_context(formats()[format].name);
    context.mapping = mapping;
    reader.read(context, node);
  }

  // The tightest of what was said of such columns before; then for all records of the entry that it reads.
  const ColumnMapping* remembered_for(json::Node node) {
    if (remembered_here != nullptr && mapping_reads(*remembered_here, node)) return remembered_here;
    const ColumnMapping* best = nullptr;
    for (const ColumnMapping& each : options.remembered) {
      if (best != nullptr && best->columns.size() <= each.columns.size()) continue;
      if (mapping_fits(each, node)) best = &each;
    }
    if (best != nullptr) remembered_here = best;
    return best;
  }

  bool read_mapped(json::Node node, const ColumnMapping& mapping, std::string_view how) {
    if (told_mapping != &mapping) {
      told_mapping = &mapping;
      report.add(ingest::IssueKind::ConversionNote, record_number, record_at_byte,
                 std::string(how) + describe_columns(mapping));
    }
    read_by(formats().size() - 1, node, &mapping);  // the list's last is the chat format
    sampler.add(entry_name, node, &mapping, true, kind == EntryKind::Table);
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
    return context;
  }

  // --- What readers ask for -----------------------------------------------------------------------------
  void emit(CanonicalTrace trace) override { emit_line(mlflow_record(std::move(trace))); }
  void emit_record(std::string_view mlflow_json) override {
    if (!options.skip_mlflow_records) emit_line(mlflow_json);
  }
  void emit_converted(std::string_view mlflow_json) override { emit_line(mlflow_json); }
  bool done() const { return options.first_traces > 0 && lines >= options.first_traces; }
  void emit_line(std::string_view line) {
    if (done()) {
      more_than_first = true;
      return;
    }
    ++lines;
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
    end_part();
    for (size_t i = 0; i < readers.size(); ++i) {
      if (readers[i] == nullptr) continue;
      Context context = make_context(formats()[i].name);
      readers[i]->finish(context);
    }
    for (CanonicalTrace& trace : assembler.take()) emit(std::move(trace));
    report.tables = sampler.take();
    tell_unread_tables();
    if (done() && (more_than_first || pushed_bytes < report.size_bytes)) {
      report.add(ingest::IssueKind::LeftOut, record_number, record_at_byte,
                 "the rest of the file, behind the first " + std::to_string(options.first_traces) + " traces");
    }
    if (record_number == 0 && report.warnings() == 0) {
      report.add(ingest::IssueKind::EmptyFile, 0, 0, {});
    } else if (report.format.empty()) {
      report.add(ingest::IssueKind::UnknownFormat, 0, 0, {});
    } else if (lines == 0 && !options.skip_mlflow_records && report.warnings() == 0) {
      report.add(ingest::IssueKind::ConversionNote, 0, 0, "no record holds a trace");
    }
  }

  void tell_unread_tables() {
    bool all_unread = !report.tables.empty() && lines == 0;
    for (const ingest::TableSample& sample : report.tables) {
      all_unread = all_unread && sample.unread;
      if (!sample.asks || report.count(ingest::IssueKind::ColumnsUnknown) > 0) continue;
      std::string columns;
      for (size_t i = 0; i < sample.columns.size() && i < 8; ++i)
        columns += (i > 0 ? ", " : "") + sample.columns[i].name;
      report.add(ingest::IssueKind::ColumnsUnknown, 0, 0, "columns: " + columns);
    }
    if (all_unread && report.count(ingest::IssueKind::ColumnsUnknown) > 0) report.failed = true;
  }

  LineSink& sink;
  ConvertOptions options;
  ingest::FileReport report;
  RecordSplitter splitter;
  std::unique_ptr<TableReader> table;  // of the entry
  std::unique_ptr<OtlpProtobuf> protobuf;
  size_t parts = 1;             // files so far, where there are several
  size_t issues_told = 0;       // of the report's issues, those that name their file
  uint64_t records_before = 0;  // of the part
  std::string part_name;
  std::unique_ptr<unpack::Unpacker> unpacker;
  TraceAssembler assembler;
  std::vector<std::unique_ptr<FormatReader>> readers;  // parallel to formats()
  size_t last_format = SIZE_MAX;
  TableSampler sampler;
  const ColumnMapping* remembered_here = nullptr;  // in options, for the entry
  const ColumnMapping* told_mapping = nullptr;
  uint64_t lines = 0, pushed_bytes = 0;
  bool more_than_first = false;
  std::string entry_name, head;
  std::optional<Utf16Reader> wide;  // of the entry, where it is UTF-16
  EntryKind kind = EntryKind::Undecided;
  uint64_t record_number = 0, record_at_byte = 0;
  int depth = 0;
};

FileConverter::FileConverter(LineSink& sink, std::string file_name, uint64_t size_bytes, ConvertOptions options)
    : state_(std::make_unique<State>(sink, std::move(file_name), size_bytes, std::move(options))) {}
FileConverter::~FileConverter() = default;
void FileConverter::push(std::string_view bytes) {
  state_->pushed_bytes += bytes.size();
  state_->unpacker->push(bytes);
}
void FileConverter::next_file(std::string file_name, uint64_t size_bytes) {
  state_->next_file(std::move(file_name), size_bytes);
}
void FileConverter::finish() { state_->finish(); }
bool FileConverter::is_done() const { return state_->done(); }
const ingest::FileReport& FileConverter::report() const { return state_->report; }

}  // namespace assay::convert
