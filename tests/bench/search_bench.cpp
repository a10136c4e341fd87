// Searching without a browser: called by tools/bench.
//   search_bench [--json PATH] [--rows TRACES] [--query TEXT] [--packed] [FILE…]
// Filters, queries, counts and completion over a data set of TRACES traces with ten spans each, made here; then
// searches of text over each file. Best of three, in processor time. --query: that one alone, thirty times.
// --packed: the text is packed from the first byte on.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "core/ingest/importer.h"
#include "core/search/completion.h"
#include "core/search/facets.h"
#include "core/search/trace_query.h"
#include "tests/bench/bench_support.h"

namespace {

using assay::store::Dataset;

std::string only_query;

std::string made_trace(uint32_t number, uint32_t spans) {
  const auto digits = [](uint64_t value, int width) {
    char text[40];
    std::snprintf(text, sizeof text, "%0*llx", width, static_cast<unsigned long long>(value));
    return std::string(text);
  };
  const std::string id = digits(number * 2654435761ULL, 32);
  std::string out = "{\"info\": {\"trace_id\": \"tr-" + id + "\", \"request_time\": \"2026-11-24T06:0" +
                    std::to_string(number % 10) + ":00Z\", \"state\": \"" + (number % 16 == 0 ? "ERROR" : "OK") +
                    "\", \"execution_duration_ms\": " + std::to_string(number * 7919 % 30000) +
                    ", \"trace_metadata\": {\"mlflow.trace.session\": \"s" + std::to_string(number % 400) +
                    "\"}, \"tags\": {\"mlflow.traceName\": \"answer\", \"environment\": \"" +
                    (number % 3 == 0 ? "prod" : "dev") + "\"}, \"request_preview\": \"q\", \"response_preview\": \"a\"" +
                    (number % 4 == 0 ? ", \"assessments\": [{\"assessment_id\": \"a-" + id +
                                           "\", \"assessment_name\": \"tone\", \"feedback\": {\"value\": \"yes\"}}]"
                                     : std::string()) +
                    "}, \"data\": {\"spans\": [";
  for (uint32_t i = 0; i < spans; ++i) {
    if (i > 0) out += ", ";
    out += "{\"span_id\": \"" + digits(number * 100ULL + i + 1, 16) + "\", \"parent_span_id\": " +
           (i == 0 ? "null" : "\"" + digits(number * 100ULL + 1, 16) + "\"") + ", \"name\": \"step_" + std::to_string(i % 7) +
           "\", \"start_time_unix_nano\": 1795500170510000000, \"end_time_unix_nano\": 1795500170520000000, \"status\": "
           "{\"code\": \"STATUS_CODE_OK\"}, \"attributes\": {\"mlflow.spanType\": \"\\\"TOOL\\\"\", \"mlflow.spanInputs\": "
           "\"{\\\"id\\\": " + std::to_string(number + i) + "}\"}}";
  }
  return out + "]}}\n";
}

// Every trace, newest first: the page has it from the moment when it showed all.
std::vector<assay::store::TraceRow> in_order;
assay::search::RecordMarks marks;  // as the page keeps them

size_t found_by(const Dataset& dataset, assay::search::Query query) {
  marks.resize(dataset.trace_count());
  assay::search::TraceQuery job(dataset, std::move(query), {}, {assay::search::CaseMode::Sensitive, &in_order, &marks});
  assay::Budget unlimited;
  job.step(unlimited);
  return job.rows().size();
}

size_t found_by(const Dataset& dataset, std::string_view text) {
  auto query = assay::search::parse_query(text, {});
  if (!query.ok()) return static_cast<size_t>(-1);
  return found_by(dataset, std::move(query).value());
}

// Our language, the counts beside the list, and completion, over the same data.
template <typename Run>
void measure(const char* name, std::string& json, const Run& run) {
  double best = 1e9;
  size_t found = 0;
  if (!only_query.empty() && only_query != name && name[0] != '(') return;
  for (int round = 0; round < (only_query.empty() ? 3 : 30); ++round) {
    const double begun = seconds();
    found = run();
    best = std::min(best, seconds() - begun);
  }
  std::printf("%-52s %8.1f ms, %zu found\n", name, best * 1e3, found);
  std::string quoted;
  for (const char* c = name; *c != 0; ++c) {
    if (*c == '"' || *c == '\\') quoted += '\\';
    quoted += *c;
  }
  char line[320];
  std::snprintf(line, sizeof line, "  {\"query\": \"%s\", \"ms\": %.2f, \"found\": %zu},\n", quoted.c_str(), best * 1e3, found);
  json += line;
}

void bench_queries(Dataset& dataset, std::string& json) {
  const char* const queries[] = {
      "status = 'ERROR' OR duration > 29s",
      "tags.environment = 'prod' OR status = 'ERROR'",
      "NOT (name = 'answer' AND status = 'OK')",
      "feedback.tone = 'yes' OR session = 's7'",
      "span { type = TOOL AND status = ERROR }",
      "count(span { type = TOOL }) >= 10",
      "{ name = 'step_0' } >> { name = 'step_6' }",
      "span { inputs.id = 12345 }",
      "inputs.id = 12345",
      "zebra",
      "step_6 NOT zebra",
      "name =~ /^answ.r$/",
      "span { content =~ /z[e]bra/ }",
  };
  for (const char* query : queries) {
    measure(query, json, [&] {
      return found_by(dataset, query);
    });
  }
  std::vector<assay::store::TraceRow> rows(dataset.trace_count());
  for (uint32_t i = 0; i < rows.size(); ++i) rows[i] = {i};
  measure("(facets)", json, [&] {
    assay::search::FacetCounter counter(dataset, rows, 0);
    assay::Budget unlimited;
    counter.step(unlimited);
    return counter.take().facets.size();
  });
  for (const char* text : {"tags.", "tags.environment = ", "session = ", "span.attributes.", "inputs.id = "}) {
    const auto place = assay::search::completion_place(text, std::strlen(text));
    measure((std::string("(completion) ") + text).c_str(), json, [&] {
      assay::search::CompletionTexts job(dataset, place);
      assay::Budget unlimited;
      job.step(unlimited);
      return assay::search::completions(place, job.texts(), 8).size();
    });
  }
}

void bench_filters(uint32_t traces, std::string& json) {
  std::string bytes;
  for (uint32_t i = 0; i < traces; ++i) bytes += made_trace(i, 10);
  Dataset dataset;
  assay::ingest::import_bytes(dataset, "made.jsonl", bytes);
  std::printf("\n%u traces, %u spans, %.0f MB\n", dataset.trace_count(), dataset.span_count(),
              static_cast<double>(bytes.size()) / 1e6);
  measure("(everything, sorted)", json, [&] {
    in_order = assay::search::search_traces(dataset, "").value();
    return in_order.size();
  });
  const char* const filters[] = {
      "status = 'ERROR'",
      "execution_time_ms > 29000",
      "tag.environment = 'prod' AND status = 'ERROR'",
      "request_metadata.`mlflow.trace.session` = 's7'",
      "span.name = 'step_6'",
      "span.type = 'LLM'",
      "feedback.tone = 'yes'",
      "trace.text ILIKE '%zebra%'",
      "span.content LIKE '%zebra%'",
  };
  for (const char* filter : filters) {
    measure(filter, json, [&] {
      return found_by(dataset, filter);
    });
  }
  bench_queries(dataset, json);
}

// The words and patterns of docs/performance.md over a file of `tools/bench`.
void bench_texts(const std::string& path, std::string& json) {
  Dataset dataset;
  const std::string bytes = read_file(path);
  assay::ingest::import_bytes(dataset, "file", bytes);
  std::printf("\n%s: %u traces, %u spans, %.0f MB\n", path.substr(path.find_last_of('/') + 1).c_str(),
              dataset.trace_count(), dataset.span_count(), static_cast<double>(bytes.size()) / 1e6);
  in_order.clear();
  marks.clear();
  // No search of the text can be faster than this.
  measure("(every byte read once)", json, [&] {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < dataset.trace_count(); ++i) {
      const assay::store::TextScope scope(dataset);
      const std::string_view record = dataset.raw(dataset.record({i}));
      for (size_t at = 0; at + 8 <= record.size(); at += 8) {
        uint64_t word = 0;
        std::memcpy(&word, record.data() + at, sizeof word);
        sum += word;
      }
    }
    return static_cast<size_t>(sum & 1);
  });
  const char* const queries[] = {
      "zebra",
      "enterprise features",
      "\"enterprise features\"",
      "authentication",
      "AUTHENTICATION",
      "trace.text LIKE '%zebra%'",
      "trace.text LIKE '%enterprise features%'",
      "trace.text ILIKE '%zebra%'",
      "text =~ /tool_[0-9]+.{0,40}zebra/",
      "text =~ /(?:timeout|deadline) exceeded/",
      "text =~ /[a-z]+ing report [0-9]/",
      "text =~ /zebra|giraffe/",
      "text =~ /[a-z]+ing [0-9]{3}/",
  };
  for (const char* query : queries) {
    measure(query, json, [&] {
      return found_by(dataset, query);
    });
  }
}

}  // namespace

int main(int argc, char** argv) {
  keep_freed_memory();
  std::string json, json_path;
  uint32_t traces = 100'000;
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--json" && i + 1 < argc) {
      json_path = argv[++i];
    } else if (argument == "--rows" && i + 1 < argc) {
      traces = static_cast<uint32_t>(std::max(0, std::atoi(argv[++i])));
    } else if (argument == "--query" && i + 1 < argc) {
      only_query = argv[++i];
    } else if (argument == "--packed") {
      assay::store::TextPolicy policy;
      policy.pack_from_bytes = 0;
      assay::store::set_default_text_policy(policy);
    } else {
      files.emplace_back(argument);
    }
  }
  if (traces > 0) bench_filters(traces, json);
  for (const std::string& file : files) bench_texts(file, json);
  return write_rows(json_path, json);
}
