#include "shell/cli/arguments.h"

#include "core/base/numbers.h"

#include "core/convert/trace_export.h"

namespace assay::cli {
namespace {

enum class Option : uint8_t { Json, Filter, Query, Explain, LikeDialect, OrderBy, Max, To, Out, Columns, First, FromTime, ToTime, WithoutBodies, Labels };

struct OptionRow {
  std::string_view name;
  Option option;
  std::string_view command;  // the only one that takes it; "": all
  bool takes_value;
};

constexpr OptionRow kOptions[] = {
    {"--json", Option::Json, "info", false},
    {"--filter", Option::Filter, "search", true},
    {"--query", Option::Query, "search", true},
    {"--explain", Option::Explain, "search", false},
    {"--like-dialect", Option::LikeDialect, "search", true},
    {"--order-by", Option::OrderBy, "search", true},
    {"--max", Option::Max, "search", true},
    {"--columns", Option::Columns, "", true},
    {"--first", Option::First, "", true},
    {"--from", Option::FromTime, "", true},
    {"--until", Option::ToTime, "", true},
    {"--without-bodies", Option::WithoutBodies, "", false},
    {"--to", Option::To, "convert", true},
    {"--to", Option::ToTime, "info", true},  // as --until, where it has no other meaning
    {"--to", Option::ToTime, "search", true},
    {"--out", Option::Out, "convert", true},
    {"--labels", Option::Labels, "convert", true},
};

Error usage_error(std::string what) {
  return make_error(ErrorCode::InvalidParameter, std::move(what) + " (assay --help shows how)");
}

Status apply_time(std::string_view option, const std::string& value, ingest::RangeEnd end, TimeNs& to) {
  const auto time = ingest::parse_range_time(value, end);
  if (!time) {
    return usage_error(std::string(option) + " wants a day (2026-01-31), a time (2026-01-31T08:15:00Z) or milliseconds, not " +
                       value);
  }
  to = *time;
  return ok_status();
}

// How files are read.
Status apply_reading(Arguments& arguments, Option option, const std::string& value) {
  switch (option) {
    case Option::Columns: {
      auto columns = ingest::parse_columns(value);
      if (!columns.ok()) return usage_error("--columns: " + columns.error().what);
      if (!columns.value().is_usable()) return usage_error("--columns wants a column to be input, output or messages");
      arguments.columns = std::move(columns).value();
      break;
    }
    case Option::First: {
      const auto number = parse_int64(value);
      if (!number || *number < 1) return usage_error("--first wants a whole number of at least 1, not " + value);
      arguments.limits.first_traces = static_cast<uint64_t>(*number);
      break;
    }
    case Option::FromTime: return apply_time("--from", value, ingest::RangeEnd::From, arguments.limits.from_ns);
    case Option::ToTime: return apply_time("--until", value, ingest::RangeEnd::To, arguments.limits.to_ns);
    case Option::WithoutBodies: arguments.limits.without_bodies = true; break;
    default: break;
  }
  return ok_status();
}

Status apply(Arguments& arguments, Option option, std::string value) {
  switch (option) {
    case Option::Json: arguments.json = true; break;
    case Option::Filter:
      if (arguments.filter) return usage_error("--filter is given twice; join conditions with AND");
      arguments.filter = std::move(value);
      break;
    case Option::Query:
      if (arguments.query) return usage_error("--query is given twice; join conditions with AND");
      arguments.query = std::move(value);
      break;
    case Option::Explain: arguments.explain = true; break;
    case Option::LikeDialect:
      if (value != "case-sensitive" && value != "ignore-case")
        return usage_error("--like-dialect knows case-sensitive and ignore-case, not " + value);
      arguments.like_ignores_case = value == "ignore-case";
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
    case Option::Labels: arguments.labels.push_back(std::move(value)); break;
    case Option::Columns:
    case Option::First:
    case Option::FromTime:
    case Option::WithoutBodies:
    case Option::ToTime: return apply_reading(arguments, option, value);
  }
  return ok_status();
}

Status check(const Arguments& arguments) {
  if (arguments.files.empty()) return usage_error(arguments.command + " wants at least one file");
  if (arguments.command == "search") {
    if (!arguments.filter && !arguments.query) {
      return usage_error("search wants --query or --filter (\"\" finds every trace)");
    }
    if (arguments.filter && arguments.query) return usage_error("search takes --query or --filter, not both");
    if (arguments.explain && !arguments.query) return usage_error("--explain goes with --query");
  }
  if (arguments.command == "convert") {
    constexpr std::string_view kForms = "mlflow, otlp, evaluations, dataframe, csv, dataset or assessments";
    if (arguments.to.empty()) return usage_error("convert wants --to with " + std::string(kForms));
    if (arguments.to != "mlflow" && arguments.to != kAssessmentsForm && !convert::export_form_of(arguments.to)) {
      return usage_error("--to knows " + std::string(kForms) + ", not " + arguments.to);
    }
    if (arguments.out.empty()) return usage_error("convert wants --out with the path to write");
  }
  return ok_status();
}

// The command's own, else one of another command, to say whose it is.
const OptionRow* find_option(std::string_view name, std::string_view command) {
  const OptionRow* of_another = nullptr;
  for (const OptionRow& row : kOptions) {
    if (row.name != name) continue;
    if (row.command.empty() || row.command == command) return &row;
    if (of_another == nullptr) of_another = &row;
  }
  return of_another;
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
    const OptionRow* row = find_option(name, arguments.command);
    if (row == nullptr) return usage_error("There is no option " + name);
    if (!row->command.empty() && row->command != arguments.command) {
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
  return R"(assay reads trace exports: MLflow's and those of other systems.

  assay info FILE… [--json]
      What each file holds, what was repaired or skipped, and why.
      --json: an array with one object a file.

  assay search FILE… --query Q | --filter F [--order-by K]… [--max N] [--explain]
               [--like-dialect case-sensitive|ignore-case]
      The ids of the traces that a query or a filter finds, one a line.
      Q  a filter of MLflow's, words, or more (docs/search.md), for example:
         refund "not possible" since 2025-01-31 AND (tokens > 10k OR span { type = TOOL AND duration > 5s })
      F  a filter of MLflow's search language and nothing else, for example:
         status = 'ERROR' AND span.type = 'CHAT_MODEL'   ("" finds every trace)
      K  for example: timestamp_ms DESC
      --like-dialect: whether LIKE tells a from A, as MLflow's SQLite store does now (case-sensitive, the default),
                 or takes letters of ASCII alike, as plain SQLite does.
      --explain: with --query, the nearest filter for MLflow and what it cannot say, on standard error.

  assay convert FILE… --to FORM --out PATH [--labels WORK]…
      All traces in another form:
        mlflow       MLflow trace JSON Lines, which a running MLflow loads
        otlp         OpenTelemetry OTLP JSON, one request a line, scores as gen_ai.evaluation.result events
        evaluations  the scores alone, as OpenTelemetry log records gen_ai.evaluation.result
        dataframe    JSON records with the columns of mlflow.search_traces(), for pandas.read_json
        csv          the same columns as a table
        dataset      records of an MLflow evaluation dataset, expectations included
        assessments  every assessment as a row of a CSV: trace, span, name, value, who gave it, why, when, in
                     which run, by which version of the scorer, and whether it still holds
      WORK  a reviewer's labels, as the page saves them (or a whole journal); several are merged without
            conflict, and labels of traces that are not in FILE are named.

How files are read, for every command:
  --columns C  what the columns of a table are, where their names do not tell, for example
               question=input,answer=output,rating=feedback:quality,when=time
               A column can be input, output, messages, expected, contexts, feedback, rationale, trace_id,
               session, user, time, duration_ms, duration_s, model, input_tokens, output_tokens,
               total_tokens, tag, metadata or ignore; the part behind a colon is the name of a feedback, a
               tag or an expectation.
  --first N    only the first N traces of each file
  --from T     only traces of T or later: a day (2026-01-31), a time (2026-01-31T08:15:00Z) or milliseconds
  --until T    only traces of T or earlier; a day counts to its end (info and search: also --to T)
  --without-bodies
               spans without inputs, outputs, long attributes and events

FILE is an export of MLflow or of any other system in docs/formats.md, packed (gzip, zip, zstd, tar) or
not, or a folder of them; "-" is standard input. Files that are parts of one export are read as one.
Exit status: 0 done, 1 a file cannot be read or written, 2 the command line or the filter is wrong.
)";
}

}  // namespace assay::cli
