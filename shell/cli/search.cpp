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

}  // namespace

int run_search(const Arguments& arguments) {
  // The filter first: a wrong one should not wait for the files.
  auto filter = search::parse_filter(*arguments.filter);
  if (!filter.ok()) {
    const int status = wrong("The filter is wrong", filter.error());
    point_at(*arguments.filter, filter.error().at_byte);
    return status;
  }
  auto order_by = search::parse_order_by(arguments.order_by);
  if (!order_by.ok()) return wrong("--order-by is wrong", order_by.error());

  store::Dataset dataset;
  const int status = load_files(dataset, arguments.files);
  search::TraceQuery query(dataset, std::move(filter).value(), std::move(order_by).value());
  while (!query.finished()) {
    Budget budget;
    query.step(budget);
  }
  if (!query.warning().empty()) print_error(query.warning());
  std::string text;
  uint32_t printed = 0;
  for (const store::TraceRow row : query.rows()) {
    if (arguments.max_results != 0 && printed++ == arguments.max_results) break;
    text += dataset.trace_id(row);
    text += '\n';
  }
  print(text);
  return status;
}

}  // namespace assay::cli
