#include "core/score/trace_tools.h"

#include <algorithm>
#include <map>
#include <vector>

#include "core/base/numbers.h"
#include "core/base/ordering.h"
#include "core/base/time.h"
#include "core/base/utf8.h"
#include "core/json/doc.h"
#include "core/json/writer.h"
#include "core/score/scorer_source.h"
#include "core/search/regex.h"

namespace assay::score {
namespace {

using json::Doc;
using store::Dataset;
using store::SpanRow;
using store::TraceRow;

// MLflow's defaults.
constexpr int64_t kSpansOfPage = 100;
constexpr int64_t kMatches = 50;
constexpr int64_t kSurroundingBytes = 100;

std::string failed(std::string_view what) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  out.member("error", what);
  out.end_object();
  return text;
}

int64_t number_of(const Doc& arguments, std::string_view key, int64_t fallback, int64_t most) {
  int64_t value = json::get_int(arguments, key).value_or(fallback);
  if (const auto text = json::get_string(arguments, key)) value = parse_int64(*text).value_or(fallback);
  return std::clamp<int64_t>(value, 0, most);
}

std::string text_of(const Dataset& dataset, TextRef ref) {
  std::string scratch;
  return ref.present() ? std::string(dataset.text_now(ref, scratch)) : std::string();
}

double ms_between(int64_t from_ns, int64_t to_ns) {
  return from_ns == kNoTime || to_ns == kNoTime ? -1 : static_cast<double>(to_ns - from_ns) / 1e6;
}

double duration_ms(const Dataset& dataset, SpanRow span) {
  return ms_between(dataset.span_start_ns(span), dataset.span_end_ns(span));
}

int64_t first_start_ns(const Dataset& dataset, const store::Range& spans) {
  int64_t first = kNoTime;
  for (uint32_t i = 0; i < spans.count; ++i) {
    const int64_t start = dataset.span_start_ns(SpanRow{spans.begin + i});
    if (start != kNoTime && (first == kNoTime || start < first)) first = start;
  }
  return first;
}

void write_ms(json::Writer& out, std::string_view name, double ms) {
  if (ms >= 0) out.member_number(name, ms);
}

std::string trace_info(const Dataset& dataset, TraceRow row) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  write_trace_facts(out, dataset, row);
  if (dataset.request_time_ns(row) != kNoTime)
    out.member("request_time", format_rfc3339(dataset.request_time_ns(row)));
  out.member_integer("span_count", dataset.spans(row).count);
  out.member("request_preview", utf8_prefix(text_of(dataset, dataset.request_preview(row)), 1000));
  out.member("response_preview", utf8_prefix(text_of(dataset, dataset.response_preview(row)), 1000));
  out.end_object();
  return text;
}

std::string list_spans(const Dataset& dataset, TraceRow row, const Doc& arguments) {
  const store::Range spans = dataset.spans(row);
  const int64_t from = number_of(arguments, "page_token", 0, spans.count);
  const int64_t most = std::max<int64_t>(1, number_of(arguments, "max_results", kSpansOfPage, kSpansOfPage));
  const int64_t first = first_start_ns(dataset, spans);
  std::string text;
  json::Writer out(text);
  out.begin_object();
  out.key("spans");
  out.begin_array();
  int64_t at = from;
  for (; at < spans.count && at < from + most && text.size() < kMaxToolResultBytes; ++at) {
    const SpanRow span{spans.begin + static_cast<uint32_t>(at)};
    out.begin_object();
    out.member("span_id", dataset.span_id(span));
    out.member("name", dataset.name_text(dataset.span_name(span)));
    out.member("span_type", dataset.name_text(dataset.span_type(span)));
    write_ms(out, "start_ms", ms_between(first, dataset.span_start_ns(span)));
    write_ms(out, "duration_ms", duration_ms(dataset, span));
    const uint32_t parent = dataset.parent(span);
    out.key("parent_id");
    if (parent == store::kNoRow)
      out.null();
    else
      out.string(dataset.span_id(SpanRow{parent}));
    out.member("status", store::span_status_name(dataset.span_status(span)));
    out.end_object();
  }
  out.end_array();
  if (at < spans.count) out.member("next_page_token", std::to_string(at));
  out.end_object();
  return text;
}

// What a span says, as one JSON text, which is cut into pages.
std::string span_content(const Dataset& dataset, SpanRow span) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  const std::string message = text_of(dataset, dataset.span_status_message(span));
  if (!message.empty()) out.member("status_message", message);
  const std::pair<const char*, TextRef> parts[] = {{"inputs", dataset.span_inputs(span)},
                                                   {"outputs", dataset.span_outputs(span)},
                                                   {"attributes", dataset.span_attributes(span)},
                                                   {"events", dataset.span_events(span)}};
  for (const auto& [name, ref] : parts) {
    const std::string value = text_of(dataset, ref);
    if (value.empty()) continue;
    const Result<Doc> doc = json::parse_doc(value);
    if (!doc.ok()) {
      out.member(name, value);
      continue;
    }
    Doc kept = doc.value();
    if (std::string_view(name) == "attributes" && kept.is_object()) {
      kept.erase("mlflow.spanInputs");  // said already
      kept.erase("mlflow.spanOutputs");
    }
    out.member_raw(name, json::dump(kept));
  }
  out.end_object();
  return text;
}

std::string get_span(const Dataset& dataset, SpanRow span, const Doc& arguments) {
  const std::string content = span_content(dataset, span);
  const auto size = static_cast<int64_t>(content.size());
  auto from = static_cast<size_t>(number_of(arguments, "page_token", 0, size));
  while (from < content.size() && from > 0 && (content[from] & 0xC0) == 0x80) ++from;
  const int64_t wanted = number_of(arguments, "max_content_length", kMaxToolResultBytes,
                                   static_cast<int64_t>(kMaxToolResultBytes));
  const std::string_view page = utf8_prefix(std::string_view(content).substr(from),
                                            static_cast<size_t>(std::max<int64_t>(200, wanted)));
  std::string text;
  json::Writer out(text);
  out.begin_object();
  out.member("span_id", dataset.span_id(span));
  out.member("name", dataset.name_text(dataset.span_name(span)));
  out.member("span_type", dataset.name_text(dataset.span_type(span)));
  out.member("status", store::span_status_name(dataset.span_status(span)));
  write_ms(out, "duration_ms", duration_ms(dataset, span));
  out.member_integer("content_size_bytes", size);
  out.member("content", repaired_utf8(page));
  if (from + page.size() < content.size())
    out.member("next_page_token", std::to_string(from + page.size()));
  out.end_object();
  return text;
}

// Our expressions tell whether, not where: the text is tried in overlapping pieces, which are what is
// shown.
std::string search_regex(const Dataset& dataset, TraceRow row, const Doc& arguments) {
  const std::string pattern = json::get_string(arguments, "pattern").value_or("");
  if (pattern.empty()) return failed("Give a pattern");
  Result<search::Regex> regex = search::Regex::compile("(?i:" + pattern + ")");
  if (!regex.ok()) return failed("The pattern is wrong: " + regex.error().what);
  const auto most = static_cast<size_t>(std::max<int64_t>(1, number_of(arguments, "max_matches", kMatches, kMatches)));
  const auto around = static_cast<size_t>(
      number_of(arguments, "surrounding_content_length", kSurroundingBytes, 1000));
  const size_t step = 2 * around + 100, piece = step + 200;
  std::string text;
  json::Writer out(text);
  out.begin_object();
  out.key("matches");
  out.begin_array();
  size_t found = 0;
  const store::Range spans = dataset.spans(row);
  for (uint32_t i = 0; i < spans.count && found < most; ++i) {
    const SpanRow span{spans.begin + i};
    std::string all(dataset.name_text(dataset.span_name(span)));
    (all += ' ') += span_content(dataset, span);
    if (!regex.value().matches(all)) continue;
    size_t skip_to = 0;
    for (size_t at = 0; at < all.size() && found < most; at += step) {
      size_t from = std::max(at, skip_to);
      while (from < all.size() && (all[from] & 0xC0) == 0x80) ++from;
      if (from >= all.size() || text.size() > kMaxToolResultBytes) break;
      const std::string_view excerpt = utf8_prefix(std::string_view(all).substr(from), piece);
      if (!regex.value().matches(excerpt)) continue;
      ++found;
      skip_to = from + excerpt.size();
      out.begin_object();
      out.member("span_id", dataset.span_id(span));
      out.member("text", repaired_utf8(excerpt));
      out.end_object();
    }
  }
  out.end_array();
  out.member_integer("total_shown", static_cast<int64_t>(found));
  out.end_object();
  return text;
}

std::string timing_report(const Dataset& dataset, TraceRow row) {
  const store::Range spans = dataset.spans(row);
  struct Sum {
    uint32_t count = 0;
    double total_ms = 0;
  };
  std::map<std::string, Sum> by_name;
  std::vector<SpanRow> timed;
  for (uint32_t i = 0; i < spans.count; ++i) {
    const SpanRow span{spans.begin + i};
    const double ms = duration_ms(dataset, span);
    if (ms < 0) continue;
    timed.push_back(span);
    Sum& sum = by_name[std::string(dataset.name_text(dataset.span_name(span)))];
    ++sum.count;
    sum.total_ms += ms;
  }
  const auto slower = [&](uint32_t a, uint32_t b) {
    return duration_ms(dataset, timed[a]) > duration_ms(dataset, timed[b]);
  };
  std::string text;
  json::Writer out(text);
  out.begin_object();
  if (dataset.duration_ms(row) >= 0)
    out.member_integer("execution_duration_ms", dataset.duration_ms(row));
  out.key("slowest_spans");
  out.begin_array();
  size_t shown = 0;
  for (const uint32_t index : sorted_indexes(timed.size(), slower)) {
    if (++shown > 10) break;
    out.begin_object();
    out.member("span_id", dataset.span_id(timed[index]));
    out.member("name", dataset.name_text(dataset.span_name(timed[index])));
    write_ms(out, "duration_ms", duration_ms(dataset, timed[index]));
    out.end_object();
  }
  out.end_array();
  out.key("by_name");
  out.begin_array();
  for (const auto& [name, sum] : by_name) {
    if (text.size() > kMaxToolResultBytes) break;
    out.begin_object();
    out.member("name", name);
    out.member_integer("count", sum.count);
    out.member_number("total_ms", sum.total_ms);
    out.end_object();
  }
  out.end_array();
  out.end_object();
  return text;
}

}  // namespace

std::string run_trace_tool(const Dataset& dataset, TraceRow row, std::string_view name,
                           std::string_view arguments_json) {
  const Result<Doc> parsed = json::parse_doc(trimmed(arguments_json).empty() ? "{}" : arguments_json);
  if (!parsed.ok() || !parsed.value().is_object()) return failed("The arguments are no JSON object");
  const Doc& arguments = parsed.value();
  const store::TextScope scope(dataset);
  if (name == "get_trace_info") return trace_info(dataset, row);
  if (name == "list_spans") return list_spans(dataset, row, arguments);
  if (name == "search_trace_regex") return search_regex(dataset, row, arguments);
  if (name == "get_span_performance_and_timing_report") return timing_report(dataset, row);
  if (name == "get_root_span") {
    const auto root = dataset.root_span(row);
    return root ? get_span(dataset, *root, arguments) : failed("The trace has no root span");
  }
  if (name == "get_span") {
    const std::string id = json::get_string(arguments, "span_id").value_or("");
    const auto span = dataset.find_span(row, id);
    return span ? get_span(dataset, *span, arguments)
                : failed("There is no span " + id + "; list_spans names them");
  }
  return failed("There is no tool " + std::string(name));
}

}  // namespace assay::score
