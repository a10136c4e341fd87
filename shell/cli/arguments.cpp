#include "shell/cli/arguments.h"

#include "core/base/numbers.h"

#include "core/convert/trace_export.h"

namespace assay::cli {
namespace {

enum class Option : uint8_t { Json, Filter, OrderBy, Max, To, Out };

struct OptionRow {
  std::string_view name;
  Option option;
  std::string_view command;  // the only one that takes it
  bool takes_value;
};

constexpr OptionRow kOptions[] = {
    {"--json", Option::Json, "info", false},
    {"--filter", Option::Filter, "search", true},
    {"--order-by", Option::OrderBy, "search", true},
    {"--max", Option::Max, "search", true},
    {"--to", Option::To, "convert", true},
    {"--out", Option::Out, "convert", true},
};

Error usage_error(std::string what) {
  return make_error(ErrorCode::InvalidParameter, std::move(what) + " (assay --help shows how)");
}

Status apply(Arguments& arguments, Option option, std::string value) {
  switch (option) {
    case Option::Json: arguments.json = true; break;
    case Option::Filter:
      if (arguments.filter) return usage_error("--filter is given twice; join conditions with AND");
      arguments.filter = std::move(value);
      break;
    case Option::OrderBy: arguments.order_by.push_back(std::move(value)); break;
    case Option::Max: {
      const auto number = parse_int64(value);
      if (!number || *number < 1 || *number > UINT32_MAX) {
        return usage_error("--max wants a whole number of at least 1, not " + value);
      }
      arguments.max_results = static_cast<uint32_t>(*number);
      break;
    }
    case Option::To: arguments.to = std::move(value); break;
    case Option::Out: arguments.out = std::move(value); break;
  }
  return ok_status();
}

Status check(const Arguments& arguments) {
  if (arguments.files.empty()) return usage_error(arguments.command + " wants at least one file");
  if (arguments.command == "search" && !arguments.filter) {
    return usage_error("search wants --filter (\"\" finds every trace)");
  }
  if (arguments.command == "convert") {
    constexpr std::string_view kForms = "mlflow, otlp, evaluations, dataframe, csv or dataset";
    if (arguments.to.empty()) return usage_error("convert wants --to with " + std::string(kForms));
    if (arguments.to != "mlflow" && !convert::export_form_of(arguments.to)) {
      return usage_error("--to knows " + std::string(kForms) + ", not " + arguments.to);
    }
    if (arguments.out.empty()) return usage_error("convert wants --out with the path to write");
  }
  return ok_status();
}

const OptionRow* find_option(std::string_view name) {
  for (const OptionRow& row : kOptions) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace

Result<Arguments> parse_arguments(const std::vector<std::string>& words) {
  Arguments arguments;
  if (words.empty()) return usage_error("A command is missing: info, search or convert");
  for (const std::string& word : words) {
    if (word == "--") break;
    if (word == "--help" || word == "-h") arguments.command = "help";
  }
  if (arguments.command == "help" || words[0] == "help") {
    arguments.command = "help";
    return arguments;
  }
  if (words[0] == "--version" || words[0] == "version") {
    arguments.command = "version";
    return arguments;
  }
  arguments.command = words[0];
  if (arguments.command != "info" && arguments.command != "search" && arguments.command != "convert") {
    return usage_error("There is no command " + words[0] + "; there are info, search and convert");
  }
  bool only_files = false;
  for (size_t i = 1; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (only_files || word.size() < 2 || word[0] != '-') {
      arguments.files.push_back(word);
      continue;
    }
    if (word == "--") {
      only_files = true;
      continue;
    }
    const size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const OptionRow* row = find_option(name);
    if (row == nullptr) return usage_error("There is no option " + name);
    if (row->command != arguments.command) {
      return usage_error(name + " belongs to " + std::string(row->command) + ", not to " + arguments.command);
    }
    std::string value;
    if (!row->takes_value) {
      if (equals != std::string::npos) return usage_error(name + " takes no value");
    } else if (equals != std::string::npos) {
      value = word.substr(equals + 1);
    } else if (i + 1 < words.size()) {
      value = words[++i];
    } else {
      return usage_error(name + " wants a value");
    }
    ASSAY_TRY(apply(arguments, row->option, std::move(value)));
  }
  ASSAY_TRY(check(arguments));
  return arguments;
}

std::string_view help_text() {
  return R"(assay reads exports of MLflow traces.

  assay info FILE… [--json]
      What each file holds, what was repaired or skipped, and why.
      --json: an array with one object a file.

  assay search FILE… --filter F [--order-by K]… [--max N]
      The ids of the traces that a filter of MLflow's search language finds, one a line.
      F  for example: status = 'ERROR' AND span.type = 'CHAT_MODEL'   ("" finds every trace)
      K  for example: timestamp_ms DESC

  assay convert FILE… --to FORM --out PATH
      All traces in another form:
        mlflow       MLflow trace JSON Lines, which a running MLflow loads
        otlp         OpenTelemetry OTLP JSON, one request a line, scores as gen_ai.evaluation.result events
        evaluations  the scores alone, as OpenTelemetry log records gen_ai.evaluation.result
        dataframe    JSON records with the columns of mlflow.search_traces(), for pandas.read_json
        csv          the same columns as a table
        dataset      records of an MLflow evaluation dataset, expectations included

FILE is an export of MLflow or of any other system in docs/formats.md, packed (gzip, zip, zstd, tar) or
not; "-" is standard input.
Exit status: 0 done, 1 a file cannot be read or written, 2 the command line or the filter is wrong.
)";
}

}  // namespace assay::cli
