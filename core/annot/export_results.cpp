#include "core/annot/export_results.h"

#include <algorithm>

#include "core/base/numbers.h"
#include "core/base/time.h"
#include "core/journal/json_text.h"
#include "core/json/reader.h"
#include "core/json/unescape.h"
#include "core/store/assessment_json.h"

namespace assay::annot {
namespace {

using store::Assessment;
using store::Dataset;
using store::TraceRow;

constexpr size_t kFlushBytes = size_t{256} << 10;
constexpr int64_t kNsPerMs = 1'000'000;
constexpr TimeMs kMaxTimeMs = INT64_MAX / kNsPerMs;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Spreadsheets skip blanks and quotes before they look for a formula; so do we.
size_t skip_blanks_and_quotes(std::string_view text) {
  constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
  constexpr std::string_view kZeroWidthMark = "\xEF\xBB\xBF";
  size_t at = 0;
  while (at < text.size()) {
    const std::string_view rest = text.substr(at);
    if (rest[0] == ' ' || rest[0] == '"' || rest[0] == '\'' || rest[0] == '\n')
      ++at;
    else if (rest.substr(0, 2) == kNoBreakSpace)
      at += 2;
    else if (rest.substr(0, 3) == kZeroWidthMark)
      at += 3;
    else
      break;
  }
  return at;
}

bool begins_formula(std::string_view text) {
  const std::string_view rest = text.substr(skip_blanks_and_quotes(text));
  if (rest.empty()) return false;
  if (rest.find_first_of("=+-@\t\r") == 0) return true;
  // The full-width forms of = + - @, which some spreadsheets take for the plain ones.
  for (const std::string_view wide :
       {"\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"}) {
    if (rest.substr(0, 3) == wide) return true;
  }
  return false;
}

// -5, +3, 1e-3: digits, points, signs and exponents only.
bool is_plain_number(std::string_view text) {
  if (text.find_first_not_of("0123456789+-.eE") != std::string_view::npos) return false;
  if (!text.empty() && text[0] == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text[0] == '-') return false;
  }
  return parse_double(text).has_value();
}

// The text of a value in a cell: strings as such, null as nothing, the rest as JSON.
std::string cell_of_value(std::string_view value_json) {
  json::Reader reader(value_json);
  switch (reader.peek()) {
    case json::Kind::String:
      return reader.string().value_or(std::string());
    case json::Kind::Null:
    case json::Kind::Error:
      return {};
    default:
      return journal::minified(value_json);
  }
}

std::string error_text(const Assessment& a) {
  if (a.error_code.empty() || a.error_message.empty()) return a.error_code + a.error_message;
  return a.error_code + ": " + a.error_message;
}

// A value that a JSON reader accepts: NaN and the infinities become MLflow's strings.
std::string strict_json(std::string_view json) {
  std::string out;
  json::Reader reader(json);
  reader.skip_value();
  if (reader.failed()) return "null";
  if (reader.non_finite_at() == json::Reader::kNowhere) return journal::minified(json);
  bool in_string = false;
  for (size_t at = 0; at < json.size();) {
    const std::string_view rest = json.substr(at);
    std::string_view token;
    for (const std::string_view name : {"NaN", "Infinity", "-Infinity"}) {
      if (!in_string && rest.substr(0, name.size()) == name) token = name;
    }
    if (!token.empty()) {
      out += json::quoted(token);
      at += token.size();
      continue;
    }
    if (in_string && rest[0] == '\\' && rest.size() > 1)
      out += json[at++];
    else if (rest[0] == '"')
      in_string = !in_string;
    out += json[at++];
  }
  return journal::minified(out);
}

std::string time_text(TimeMs time_ms) {
  if (time_ms == 0 || time_ms > kMaxTimeMs || time_ms < -kMaxTimeMs) return {};
  return format_rfc3339(time_ms * kNsPerMs);
}

bool is_wanted(const ResultsRequest& request, const Assessment& a) {
  const bool takes_superseded =
      request.include_superseded && request.format != ResultsFormat::CsvWide;
  if (!a.valid && !takes_superseded) return false;
  return request.run_id.empty() || store::metadata_value(a, store::kSourceRunKey) == request.run_id;
}

// The latest of that name; ties: the one that came last.
const Assessment* latest_of(const Dataset& dataset, TraceRow row, const ResultsRequest& request,
                            std::string_view name) {
  const Assessment* latest = nullptr;
  for (const Assessment& a : dataset.assessments(row)) {
    if (a.name != name || !is_wanted(request, a)) continue;
    if (latest == nullptr || a.create_time_ms >= latest->create_time_ms) latest = &a;
  }
  return latest;
}

// What the trace's record says, or else the root span's value.
std::string preview(const Dataset& dataset, TraceRow row, bool is_request) {
  TextRef ref = is_request ? dataset.request_preview(row) : dataset.response_preview(row);
  if (!ref.present()) {
    const auto root = dataset.root_span(row);
    if (root) ref = is_request ? dataset.span_inputs(*root) : dataset.span_outputs(*root);
  }
  if (!ref.present()) return {};
  std::string scratch;
  const store::TextScope scope(dataset);
  return std::string(dataset.text_now(ref, scratch));
}

// … as a person reads it: a text without the quotes and escapes of its JSON.
std::string readable_preview(const Dataset& dataset, TraceRow row, bool is_request) {
  std::string text = preview(dataset, row, is_request);
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return text;
  const std::string_view inside = std::string_view(text).substr(1, text.size() - 2);
  for (size_t at = 0; at < inside.size(); ++at) {
    if (inside[at] == '"') return text;  // no single JSON string
    if (inside[at] == '\\') ++at;
  }
  return json::unescaped(inside);
}

void append_row(std::string& out, const std::vector<std::string>& cells) {
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out += ',';
    append_csv_cell(out, cells[i]);
  }
  out += "\r\n";
}

// An expectation says what ought to be: nobody gives reasons for it. Where a file has some all the same they are kept.
bool can_have_reasons(const Assessment& a) {
  return a.kind != store::AssessmentKind::Expectation || !a.rationale.empty() || a.has_error();
}

void append_wide_row(std::string& out, const Dataset& dataset, TraceRow row, const ResultsRequest& request,
                     const std::vector<uint8_t>& has_reasons) {
  std::vector<std::string> cells{std::string(dataset.trace_id(row)), readable_preview(dataset, row, true),
                                 readable_preview(dataset, row, false)};
  for (size_t i = 0; i < request.names.size(); ++i) {
    const Assessment* a = latest_of(dataset, row, request, request.names[i]);
    cells.push_back(a == nullptr ? std::string() : cell_of_value(a->value_json));
    if (i < has_reasons.size() && has_reasons[i] == 0) continue;
    cells.push_back(a == nullptr ? std::string() : a->rationale);
    cells.push_back(a == nullptr ? std::string() : error_text(*a));
  }
  append_row(out, cells);
}

void append_long_rows(std::string& out, const Dataset& dataset, TraceRow row,
                      const ResultsRequest& request) {
  for (const Assessment& a : dataset.assessments(row)) {
    if (!is_wanted(request, a) ||
        std::find(request.names.begin(), request.names.end(), a.name) == request.names.end()) {
      continue;
    }
    append_row(out,
               {std::string(dataset.trace_id(row)), a.span_id, a.name,
                std::string(store::assessment_kind_name(a.kind)), cell_of_value(a.value_json),
                a.rationale, error_text(a), std::string(store::source_type_name(a.source_type)),
                a.source_id, time_text(a.create_time_ms),
                store::metadata_value(a, store::kSourceRunKey), a.valid ? "true" : "false",
                store::metadata_value(a, store::kScorerVersionKey), a.assessment_id});
  }
}

void append_json_row(std::string& out, const Dataset& dataset, TraceRow row,
                     const ResultsRequest& request) {
  out += "{\"trace_id\":" + json::quoted(dataset.trace_id(row));
  out += ",\"request_preview\":" + json::quoted(preview(dataset, row, true));
  out += ",\"response_preview\":" + json::quoted(preview(dataset, row, false));
  out += ",\"assessments\":[";
  bool is_first = true;
  for (const Assessment& a : dataset.assessments(row)) {
    if (!is_wanted(request, a) ||
        std::find(request.names.begin(), request.names.end(), a.name) == request.names.end()) {
      continue;
    }
    if (!is_first) out += ',';
    is_first = false;
    out += strict_json(store::assessment_to_json(a, dataset.trace_id(row)));
  }
  out += "]}";
}

}  // namespace

std::string neutralised_cell(std::string_view text) {
  std::string out;
  if (begins_formula(text) && !is_plain_number(text)) out = "'";
  out += text;
  return out;
}

void append_csv_cell(std::string& out, std::string_view text) {
  const std::string cell = neutralised_cell(text);
  if (cell.find_first_of(",\"\r\n") == std::string::npos) {
    out += cell;
    return;
  }
  out += '"';
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

ResultsExport::ResultsExport(const Dataset& dataset, ResultsRequest request, ChunkSink& sink)
    : dataset_(dataset), request_(std::move(request)), sink_(sink) {
  std::erase_if(request_.rows, [&](TraceRow row) { return row.v >= dataset.trace_count(); });
  if (!request_.names.empty()) phase_ = Phase::Header;
}

Progress ResultsExport::step(Budget& budget) {
  if (phase_ == Phase::CollectNames && !collect_names(budget)) return Progress::Working;
  if (phase_ == Phase::Header) {
    write_header();
    phase_ = Phase::Rows;
    next_ = 0;
  }
  if (phase_ == Phase::Finished) return Progress::Finished;
  bool goes_on = true;
  while (next_ < request_.rows.size() && goes_on) {
    write_row(request_.rows[next_++]);
    if (buffer_.size() >= kFlushBytes) flush();
    goes_on = budget.spend(1);
  }
  if (next_ < request_.rows.size()) return Progress::Working;
  if (request_.format == ResultsFormat::Json) buffer_ += "\n]\n";
  flush();
  phase_ = Phase::Finished;
  return Progress::Finished;
}

// False: the budget is used up before all rows have been seen.
bool ResultsExport::collect_names(Budget& budget) {
  bool goes_on = true;
  while (next_ < request_.rows.size()) {
    if (!goes_on) return false;
    for (const Assessment& a : dataset_.assessments(request_.rows[next_])) {
      if (!is_wanted(request_, a)) continue;
      const auto at = std::lower_bound(request_.names.begin(), request_.names.end(), a.name);
      const auto reasons = has_reasons_.begin() + (at - request_.names.begin());
      const uint8_t can = can_have_reasons(a) ? 1 : 0;
      if (at != request_.names.end() && *at == a.name) {
        *reasons |= can;
        continue;
      }
      has_reasons_.insert(reasons, can);
      request_.names.insert(at, a.name);
    }
    ++next_;
    goes_on = budget.spend(1);
  }
  phase_ = Phase::Header;
  return true;
}

void ResultsExport::write_header() {
  if (request_.format == ResultsFormat::Json) {
    buffer_ += '[';
    return;
  }
  if (request_.byte_order_mark == ByteOrderMark::Write) buffer_ += kByteOrderMark;
  if (request_.format == ResultsFormat::CsvLong) {
    append_row(buffer_, {"trace_id", "span_id", "name", "kind", "value", "rationale", "error",
                         "source_type", "source_id", "create_time", "run_id", "valid", "scorer_version",
                         "assessment_id"});
    return;
  }
  std::vector<std::string> cells{"trace_id", "request", "response"};
  for (size_t i = 0; i < request_.names.size(); ++i) {
    cells.push_back(request_.names[i] + "/value");
    if (i < has_reasons_.size() && has_reasons_[i] == 0) continue;
    cells.push_back(request_.names[i] + "/rationale");
    cells.push_back(request_.names[i] + "/error");
  }
  append_row(buffer_, cells);
}

void ResultsExport::write_row(TraceRow row) {
  switch (request_.format) {
    case ResultsFormat::CsvWide:
      return append_wide_row(buffer_, dataset_, row, request_, has_reasons_);
    case ResultsFormat::CsvLong:
      return append_long_rows(buffer_, dataset_, row, request_);
    case ResultsFormat::Json:
      break;
  }
  buffer_ += next_ > 1 ? ",\n" : "\n";  // next_ has gone past this row
  append_json_row(buffer_, dataset_, row, request_);
}

void ResultsExport::flush() {
  if (buffer_.empty()) return;
  sink_.write(buffer_);
  buffer_.clear();
}

}  // namespace assay::annot
