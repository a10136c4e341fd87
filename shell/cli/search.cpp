#include <chrono>

#include "core/search/near_words.h"
#include "core/search/nearest_filter.h"
#include "core/search/trace_query.h"
#include "shell/cli/commands.h"
#include "shell/cli/files.h"
#include "shell/cli/loading.h"

namespace assay::cli {
namespace {

int wrong(std::string_view what, const Error& error) {
  std::string text(what);
  text += ": ";
  text += error.what;
  print_error(text);
  return kExitUsage;
}

// Shows the place in the filter, unless it is one of several lines.
void point_at(const std::string& filter, uint64_t at_byte) {
  if (at_byte == kNoPosition || at_byte > filter.size() || filter.find('\n') != std::string::npos) return;
  size_t column = 0;  // code points, so that the mark stands right under what is meant
  for (size_t i = 0; i < at_byte; ++i) {
    if ((static_cast<unsigned char>(filter[i]) & 0xC0) != 0x80) ++column;
  }
  print_error("  " + filter);
  print_error("  " + std::string(column, ' ') + "^");
}

// Dates are meant in UTC, so that scripts give the same answers everywhere.
search::QueryClock clock_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(now).count(), 0};
}

Result<search::Query> parse(const Arguments& arguments) {
  if (arguments.query) return search::parse_query(*arguments.query, clock_now());
  search::Query query;
  query.is_mlflow = true;
  query.filter = ASSAY_TRY(search::parse_filter(*arguments.filter));
  return query;
}

void explain(const search::Query& query, const std::string& text) {
  const search::NearestFilter nearest = search::nearest_mlflow_filter(query, text);
  print_error("For MLflow: " + (nearest.filter.empty() ? std::string("(every trace)") : nearest.filter));
  for (const search::LostPart& part : nearest.lost) {
    print_error("  " + text.substr(part.at_byte, part.size_bytes) + ": " +
                std::string(search::cannot_say_text(part.reason)));
  }
}

// Nothing was found: words of the data that are spelt nearly like those of the query.
void suggest(const store::Dataset& dataset, const search::Query& query) {
  for (const std::string& word : query.words) {
    search::NearWords near(dataset, word);
    Budget unlimited;
    while (near.step(unlimited) != Progress::Finished) {
    }
    if (near.words().empty()) continue;
    std::string text = "Near to " + word + ":";
    for (const search::NearWord& one : near.words()) text += " " + one.word;
    print_error(text);
  }
}

}  // namespace

int run_search(const Arguments& arguments) {
  // The query first: a wrong one should not wait for the files.
  const std::string& text = arguments.query ? *arguments.query : *arguments.filter;
  Result<search::Query> query = parse(arguments);
  if (!query.ok()) {
    const int status = wrong(arguments.query ? "The query is wrong" : "The filter is wrong", query.error());
    point_at(text, query.error().at_byte);
    return status;
  }
  auto order_by = search::parse_order_by(arguments.order_by);
  if (!order_by.ok()) return wrong("--order-by is wrong", order_by.error());

  store::Dataset dataset;
  const int status = load_files(dataset, arguments.files, {arguments.columns, arguments.limits});
  search::QueryOptions options;
  if (arguments.like_ignores_case) options.like_case = search::CaseMode::AsciiInsensitive;
  search::TraceQuery job(dataset, query.value(), std::move(order_by).value(), options);
  while (!job.finished()) {
    Budget budget;
    job.step(budget);
  }
  if (arguments.explain) explain(query.value(), text);
  if (!query.value().note.text.empty()) print_error(query.value().note.text);
  if (!job.warning().empty()) print_error(job.warning());
  if (job.rows().empty()) suggest(dataset, query.value());
  std::string ids;
  uint32_t printed = 0;
  for (const store::TraceRow row : job.rows()) {
    if (arguments.max_results != 0 && printed++ == arguments.max_results) break;
    ids += dataset.trace_id(row);
    ids += '\n';
  }
  print(ids);
  return status;
}

}  // namespace assay::cli
