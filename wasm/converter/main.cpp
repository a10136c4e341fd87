// The converter as a program of its own, for a worker of the page (shell/convert_worker.js): bytes of a
// file in, MLflow trace lines and a report out, or MLflow lines in and another form out. It is loaded when the first file needs it.
//
//   c = assay_convert_new(name, size_bytes, options); fill assay_convert_buffer(c); assay_convert_push(c, n);
//   … after each: assay_convert_output(c), _output_size(c), then assay_convert_clear(c);
//   assay_convert_finish(c); the report; assay_convert_delete(c).
//
// Files of one drop that are parts of one export go through one converter, with assay_convert_next between
// them. Which these are:
//   j = assay_convert_join_new(); assay_convert_join_add(j, name, head, size) for each;
//   assay_convert_join_lists(j): "0 2\n1\n", a line for each list of files; assay_convert_join_delete(j).
//   assay_convert_join_parts(j): for each file a line with the export that it is a part of, then its ids, a line each
//   (export_parts.h), and an empty line.
#include <emscripten/emscripten.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/numbers.h"
#include "core/convert/export_parts.h"
#include "core/convert/file_converter.h"
#include "core/convert/trace_export.h"
#include "core/json/tree.h"

namespace assay {
namespace {

constexpr size_t kBufferBytes = 1 << 20;

convert::ConvertOptions options_of(std::string_view json) {
  convert::ConvertOptions options;
  json::Tree tree;
  if (!tree.parse(json)) return options;
  const json::Node root = tree.root();
  options.skip_mlflow_records = root["skip_mlflow_records"].boolean().value_or(false);
  options.remembered = ingest::decode_mappings(root["remembered"].raw());
  options.first_traces = static_cast<uint64_t>(std::max<int64_t>(0, root["first_traces"].integer().value_or(0)));
  return options;
}

// Either way: bytes in, text out.
struct Task {
  Task() : buffer(new uint8_t[kBufferBytes]) {}
  virtual ~Task() = default;
  virtual void push(std::string_view bytes) = 0;
  virtual void next_file(std::string, uint64_t) {}
  virtual bool is_done() const { return false; }
  virtual void finish() = 0;
  std::unique_ptr<uint8_t[]> buffer;
  std::string output, report;
};

struct ImportTask final : Task, convert::LineSink {
  ImportTask(std::string name, uint64_t size_bytes, std::string_view options)
      : converter(*this, std::move(name), size_bytes, options_of(options)) {}
  void line(std::string_view json) override {
    output.append(json);
    output += '\n';
  }
  void push(std::string_view bytes) override { converter.push(bytes); }
  void next_file(std::string name, uint64_t size_bytes) override { converter.next_file(std::move(name), size_bytes); }
  bool is_done() const override { return converter.is_done(); }
  void finish() override {
    converter.finish();
    report = encode_report(converter.report());
  }
  convert::FileConverter converter;
};

struct ExportTask final : Task, convert::TextSink {
  explicit ExportTask(convert::ExportForm form) : exporter(form, *this) {}
  void write(std::string_view text) override { output.append(text); }
  void push(std::string_view bytes) override { exporter.push(bytes); }
  void finish() override { exporter.finish(); }
  convert::TraceExporter exporter;
};

struct Joiner {
  std::vector<convert::PartFile> files;
  std::string lists, parts;
};

}  // namespace
}  // namespace assay

using assay::Joiner;
using assay::Task;
#define ASSAY_EXPORT extern "C" EMSCRIPTEN_KEEPALIVE

ASSAY_EXPORT void* assay_convert_alloc(size_t size) { return new (std::nothrow) uint8_t[size]; }
ASSAY_EXPORT void assay_convert_free(uint8_t* bytes) { delete[] bytes; }
ASSAY_EXPORT Task* assay_convert_new(const char* name, size_t name_size, double size_bytes, const char* options,
                                          size_t options_size) {
  return new assay::ImportTask(std::string(name, name_size), static_cast<uint64_t>(size_bytes), {options, options_size});
}
// The other way: MLflow lines in, another form out. Null: no such form.
ASSAY_EXPORT Task* assay_convert_new_export(const char* form, size_t size) {
  const auto known = assay::convert::export_form_of({form, size});
  return known ? new assay::ExportTask(*known) : nullptr;
}
ASSAY_EXPORT uint8_t* assay_convert_buffer(Task* c) { return c->buffer.get(); }
ASSAY_EXPORT size_t assay_convert_buffer_size() { return assay::kBufferBytes; }
ASSAY_EXPORT void assay_convert_push(Task* c, size_t size) {
  c->push({reinterpret_cast<const char*>(c->buffer.get()), size});
}
ASSAY_EXPORT void assay_convert_next(Task* c, const char* name, size_t name_size, double size_bytes) {
  c->next_file(std::string(name, name_size), static_cast<uint64_t>(size_bytes));
}
// Whether the rest of the file is not wanted.
ASSAY_EXPORT int assay_convert_is_done(Task* c) { return c->is_done() ? 1 : 0; }
ASSAY_EXPORT void assay_convert_finish(Task* c) { c->finish(); }
ASSAY_EXPORT const char* assay_convert_output(Task* c) { return c->output.data(); }
ASSAY_EXPORT size_t assay_convert_output_size(Task* c) { return c->output.size(); }
ASSAY_EXPORT void assay_convert_clear(Task* c) {
  if (c->output.capacity() > 8 * assay::kBufferBytes) {
    std::string().swap(c->output);
  } else {
    c->output.clear();
  }
}
ASSAY_EXPORT const char* assay_convert_report(Task* c) { return c->report.data(); }
ASSAY_EXPORT size_t assay_convert_report_size(Task* c) { return c->report.size(); }
ASSAY_EXPORT void assay_convert_delete(Task* c) { delete c; }

ASSAY_EXPORT Joiner* assay_convert_join_new() { return new Joiner; }
// `head`: the first bytes of the file (export_parts.h), behind its name. `wants_ids`: those that it names, too.
ASSAY_EXPORT void assay_convert_join_add(Joiner* j, const char* name, size_t name_size, const char* head, size_t head_size,
                                         double size_bytes, int wants_ids) {
  using namespace assay::convert;
  const std::string_view file_name(name, name_size), bytes(head, head_size);
  j->files.push_back({export_of_part(file_name, bytes), static_cast<uint64_t>(size_bytes)});
  j->parts += j->files.back().export_name + "\n";
  if (wants_ids != 0 && !j->files.back().export_name.empty()) j->parts += ids_of_part(file_name, bytes, j->files.back().export_name);
  j->parts += '\n';
}
ASSAY_EXPORT const char* assay_convert_join_parts(Joiner* j) { return j->parts.data(); }
ASSAY_EXPORT size_t assay_convert_join_parts_size(Joiner* j) { return j->parts.size(); }
ASSAY_EXPORT const char* assay_convert_join_lists(Joiner* j) {
  j->lists.clear();
  for (const auto& list : assay::convert::joined_files(j->files)) {
    for (size_t i = 0; i < list.size(); ++i) {
      if (i > 0) j->lists += ' ';
      assay::append_int(j->lists, list[i]);
    }
    j->lists += '\n';
  }
  return j->lists.data();
}
ASSAY_EXPORT size_t assay_convert_join_lists_size(Joiner* j) { return j->lists.size(); }
ASSAY_EXPORT void assay_convert_join_delete(Joiner* j) { delete j; }
