// The core without a browser, beside yyjson on the same bytes: called by tools/bench.
//   bench [--json PATH] [--rounds N] FILE…
// For each file: the import into a data set (first: fresh memory; best: memory that was in use before), yyjson
// reading the same lines and picking the same fields, and the size of the columns.
#include <yyjson.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/ingest/importer.h"
#include "core/ingest/mlflow_trace.h"
#include "tests/bench/bench_support.h"

namespace {

using assay::store::Dataset;

// --- yyjson: what the importer reads, picked out of its tree -------------------------------------------

struct Picked {
  uint64_t traces = 0, spans = 0, pairs = 0, assessments = 0, checksum = 0;
  void add(yyjson_val* value) {
    if (const char* text = yyjson_get_str(value)) checksum += yyjson_get_len(value) + static_cast<unsigned char>(text[0]);
    if (yyjson_is_int(value)) checksum += static_cast<uint64_t>(yyjson_get_sint(value));
  }
};

void pick_map(yyjson_val* map, Picked& out) {
  size_t i = 0, count = 0;
  yyjson_val *key = nullptr, *value = nullptr;
  yyjson_obj_foreach(map, i, count, key, value) {
    ++out.pairs;
    out.add(key);
    out.add(value);
  }
}

void pick_span(yyjson_val* span, Picked& out) {
  ++out.spans;
  for (const char* name : {"trace_id", "span_id", "parent_span_id", "name", "start_time_unix_nano", "end_time_unix_nano"}) {
    out.add(yyjson_obj_get(span, name));
  }
  yyjson_val* attributes = yyjson_obj_get(span, "attributes");
  for (const char* name : {"mlflow.spanType", "mlflow.spanInputs", "mlflow.spanOutputs", "mlflow.chat.tokenUsage"}) {
    out.add(yyjson_obj_get(attributes, name));
  }
  yyjson_val* status = yyjson_obj_get(span, "status");
  out.add(yyjson_obj_get(status, "code"));
  out.add(yyjson_obj_get(status, "message"));
}

void pick_trace(yyjson_val* root, Picked& out) {
  ++out.traces;
  yyjson_val* info = yyjson_obj_get(root, "info");
  for (const char* name : {"trace_id", "request_time", "state", "request_preview", "response_preview"}) {
    out.add(yyjson_obj_get(info, name));
  }
  pick_map(yyjson_obj_get(info, "trace_metadata"), out);
  pick_map(yyjson_obj_get(info, "tags"), out);
  size_t i = 0, count = 0;
  yyjson_val* item = nullptr;
  yyjson_arr_foreach(yyjson_obj_get(info, "assessments"), i, count, item) {
    ++out.assessments;
    for (const char* name : {"assessment_id", "assessment_name", "create_time", "rationale"}) {
      out.add(yyjson_obj_get(item, name));
    }
  }
  yyjson_arr_foreach(yyjson_obj_get(yyjson_obj_get(root, "data"), "spans"), i, count, item) pick_span(item, out);
}

// One pool, used again for each line, as fast as yyjson goes. Returns seconds.
double run_yyjson(std::string_view bytes, Picked& out) {
  size_t longest = 0;
  for (size_t at = 0; at < bytes.size();) {
    const size_t end = std::min(bytes.find('\n', at), bytes.size());
    longest = std::max(longest, end - at);
    at = end + 1;
  }
  std::vector<char> pool(yyjson_read_max_memory_usage(longest, YYJSON_READ_NOFLAG));
  const double begun = seconds();
  for (size_t at = 0; at < bytes.size();) {
    const size_t end = std::min(bytes.find('\n', at), bytes.size());
    yyjson_alc allocator;
    yyjson_alc_pool_init(&allocator, pool.data(), pool.size());
    yyjson_read_err error;
    // The text is not changed without YYJSON_READ_INSITU; the parameter is not const all the same.
    yyjson_doc* doc = yyjson_read_opts(const_cast<char*>(bytes.data() + at), end - at, YYJSON_READ_NOFLAG, &allocator, &error);
    if (doc == nullptr) {
      std::fprintf(stderr, "bench: yyjson: %s\n", error.msg);
      std::exit(1);
    }
    pick_trace(yyjson_doc_get_root(doc), out);
    at = end + 1;
  }
  return seconds() - begun;
}

// --- The importer ------------------------------------------------------------------------------------------

struct ImportTimes {
  double first = 0, best = 1e9, longest_push = 0;
};

ImportTimes run_import(Dataset& dataset, std::string_view bytes, int rounds, Picked& picked) {
  ImportTimes out;
  for (int round = 0; round < rounds; ++round) {
    dataset.clear();
    const double begun = seconds();
    assay::ingest::FileReport report;
    {
      assay::ingest::FileImporter importer(dataset, report, "file", bytes.size());
      for (size_t at = 0; at < bytes.size(); at += 256 << 10) {
        const double before = seconds();
        importer.push(bytes.substr(at, 256 << 10));
        if (round + 1 == rounds) out.longest_push = std::max(out.longest_push, seconds() - before);
      }
      importer.finish();
    }
    const double taken = seconds() - begun;
    if (round == 0) out.first = taken;
    out.best = std::min(out.best, taken);
    if (report.traces != picked.traces || report.spans != picked.spans || report.assessments != picked.assessments) {
      std::fprintf(stderr, "bench: the importer and yyjson disagree: %s\n", to_text(report).c_str());
      std::exit(1);
    }
  }
  return out;
}

// The same without the way into the data set: the text stands there already, and each line is read where it is.
// Checks as strictly, and fills the same columns.
double run_reading(Dataset& dataset, std::string_view bytes, int rounds, const Picked& picked) {
  double best = 1e9;
  for (int round = 0; round < rounds; ++round) {
    dataset.clear();
    assay::ingest::FileReport report;
    const uint32_t file = dataset.add_file({"file", bytes.size(), ""});
    const assay::TextRef all = dataset.reserve_text(static_cast<uint32_t>(bytes.size()));
    if (!all.present()) std::exit(1);
    std::memcpy(dataset.writable_text(all), bytes.data(), bytes.size());
    const double begun = seconds();
    assay::ingest::TraceScratch scratch;
    assay::ingest::MlflowTraceReader reader;
    uint64_t number = 0;
    for (uint32_t at = 0; at < all.size_bytes; ++at) {
      const auto rest = [&](uint32_t size_bytes) {
        const assay::TextRef place{all.blob, at, size_bytes, assay::TextForm::Json};
        return assay::ingest::RecordContext{dataset, report, file, dataset.raw(place), place, ++number, at};
      };
      reader.start(scratch);
      auto context = rest(all.size_bytes - at);
      if (!reader.read_line(context, scratch)) std::exit(1);
      auto record = rest(reader.size_bytes());
      if (!reader.finish(record, scratch)) std::exit(1);
      at += reader.size_bytes();
    }
    best = std::min(best, seconds() - begun);
    if (report.traces != picked.traces || report.spans != picked.spans) std::exit(1);
  }
  return best;
}

void bench_file(const std::string& path, int rounds, std::string& json) {
  const std::string bytes = read_file(path);
  const double mb = static_cast<double>(bytes.size()) / 1e6;
  double yyjson_best = 1e9;
  Picked picked;
  for (int round = 0; round < rounds; ++round) {
    picked = {};
    yyjson_best = std::min(yyjson_best, run_yyjson(bytes, picked));
  }
  Dataset dataset;
  const ImportTimes times = run_import(dataset, bytes, rounds, picked);
  const Dataset::Memory memory = dataset.memory();
  const double reading = run_reading(dataset, bytes, rounds, picked);
  const auto percent = [&](uint64_t part) { return 100.0 * static_cast<double>(part) / static_cast<double>(bytes.size()); };
  const std::string name = path.substr(path.find_last_of('/') + 1);
  std::printf("%-16s %7.1f MB %7llu traces %8llu spans | import first %5.0f, best %5.0f MB/s | reading alone %5.0f MB/s | yyjson %5.0f MB/s"
              " | %4.2fx"
              " | longest push %4.1f ms | columns %4.1f %%, assessments %4.1f %%, names %4.1f %%\n",
              name.c_str(), mb, static_cast<unsigned long long>(picked.traces), static_cast<unsigned long long>(picked.spans),
              mb / times.first, mb / times.best, mb / reading, mb / yyjson_best, yyjson_best / reading, times.longest_push * 1e3,
              percent(memory.columns_bytes), percent(memory.assessments_bytes), percent(memory.names_bytes));
  char line[512];
  std::snprintf(line, sizeof line,
                "  {\"file\": \"%s\", \"mb\": %.1f, \"import_first_s\": %.4f, \"import_best_s\": %.4f, \"reading_s\": %.4f, \"yyjson_best_s\": %.4f,"
                " \"longest_push_ms\": %.2f, \"columns_percent\": %.2f, \"assessments_percent\": %.2f},\n",
                name.c_str(), mb, times.first, times.best, reading, yyjson_best, times.longest_push * 1e3,
                percent(memory.columns_bytes), percent(memory.assessments_bytes));
  json += line;
}

}  // namespace

int main(int argc, char** argv) {
  keep_freed_memory();
  std::string json, json_path;
  int rounds = 5;
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--json" && i + 1 < argc) {
      json_path = argv[++i];
    } else if (argument == "--rounds" && i + 1 < argc) {
      rounds = std::max(1, std::atoi(argv[++i]));
    } else {
      files.emplace_back(argument);
    }
  }
  for (const std::string& file : files) bench_file(file, rounds, json);
  return write_rows(json_path, json);
}
