#include "reference_query.h"

#include <cmath>
#include <cstdlib>
#include <functional>
#include <map>
#include <optional>
#include <regex>
#include <set>

#include <catch2/catch_test_macros.hpp>

#include "core/base/time.h"
#include "core/base/utf8.h"

namespace assay::search {
namespace {

using json::Doc;
using Kind = QueryNode::Kind;
using Texts = std::vector<uint32_t>;

// --- Text -----------------------------------------------------------------------------------------------

uint32_t lower(uint32_t c) {
  if (c >= 'A' && c <= 'Z') return c + 32;
  if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 32;
  if (c >= 0x391 && c <= 0x3A9 && c != 0x3A2) return c + 32;
  if (c == 0x3C2) return 0x3C3;
  if (c >= 0x410 && c <= 0x42F) return c + 32;
  return c;
}

Texts letters(const std::string& text) {
  Texts out;
  for (size_t at = 0; at < text.size();) {
    const DecodedChar c = decode_utf8(text, at);
    out.push_back(c.code_point);
    at += c.size_bytes;
  }
  return out;
}

bool stands_in(const Texts& text, const Texts& word) {
  for (size_t at = 0; at + word.size() <= text.size(); ++at) {
    size_t i = 0;
    while (i < word.size() && lower(text[at + i]) == lower(word[i]))
      ++i;
    if (i == word.size()) return true;
  }
  return false;
}

bool contains(const std::string& text, const std::string& word) {
  return stands_in(letters(text), letters(word));
}

// JSON text with every run of backslashes and what it escapes made one character.
std::string unescape_all(const std::string& json) {
  std::string out;
  const auto unit_at = [&](size_t at) -> int {
    if (at + 4 > json.size()) return -1;
    const std::string digits = json.substr(at, 4);
    if (digits.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) return -1;
    return static_cast<int>(std::strtol(digits.c_str(), nullptr, 16));
  };
  size_t at = 0;
  while (at < json.size()) {
    if (json[at] != '\\') {
      out += json[at++];
      continue;
    }
    while (at < json.size() && json[at] == '\\')
      ++at;
    const char kind = at < json.size() ? json[at] : '\0';
    const std::map<char, char> simple = {{'n', '\n'}, {'r', '\r'}, {'t', '\t'}, {'b', '\b'},
                                         {'f', '\f'}, {'"', '"'},  {'/', '/'}};
    if (simple.count(kind) == 1) {
      out += simple.at(kind);
      ++at;
      continue;
    }
    const int unit = kind == 'u' ? unit_at(at + 1) : -1;
    if (unit < 0) {
      out += '\\';
      continue;
    }
    at += 5;
    if (unit < 0xD800 || unit > 0xDFFF) {
      append_utf8(out, static_cast<uint32_t>(unit));
      continue;
    }
    size_t next = at;
    while (next < json.size() && json[next] == '\\')
      ++next;
    const int low = next > at && next < json.size() && json[next] == 'u' ? unit_at(next + 1) : -1;
    if (unit < 0xDC00 && low >= 0xDC00 && low <= 0xDFFF) {
      append_utf8(out, static_cast<uint32_t>(0x10000 + (unit - 0xD800) * 0x400 + (low - 0xDC00)));
      at = next + 5;
    } else {
      append_utf8(out, kReplacementChar);
    }
  }
  return out;
}

bool record_contains(const std::string& json, const std::string& word) {
  if (contains(json, word) || contains(unescape_all(json), word)) return true;
  if (word.find('\\') == std::string::npos || word.find("\\\\") != std::string::npos) return false;
  std::string twice, four_times;
  for (const char c : word) {
    twice += c == '\\' ? "\\\\" : std::string(1, c);
    four_times += c == '\\' ? "\\\\\\\\" : std::string(1, c);
  }
  return contains(json, twice) || contains(json, four_times);
}

bool like(const Texts& text, size_t t, const Texts& pattern, size_t p, bool any_case) {
  if (p == pattern.size()) return t == text.size();
  if (pattern[p] == '%') {
    for (size_t next = t; next <= text.size(); ++next) {
      if (like(text, next, pattern, p + 1, any_case)) return true;
    }
    return false;
  }
  if (t == text.size()) return false;
  const auto ascii = [&](uint32_t c) { return any_case && c >= 'A' && c <= 'Z' ? c + 32 : c; };
  if (pattern[p] != '_' && ascii(pattern[p]) != ascii(text[t])) return false;
  return like(text, t + 1, pattern, p + 1, any_case);
}

bool is_like(const std::string& text, const std::string& pattern, bool any_case) {
  return like(letters(text), 0, letters(pattern), 0, any_case);
}

bool matches_regex(const std::string& text, std::string pattern) {
  auto flags = std::regex::ECMAScript;
  if (pattern.starts_with("(?i)")) {
    pattern.erase(0, 4);
    flags |= std::regex::icase;
  }
  return std::regex_search(text, std::regex(pattern, flags));
}

// --- Values ---------------------------------------------------------------------------------------------

std::optional<long double> number_of(const std::string& text) {
  static const std::regex form("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");
  if (!std::regex_match(text, form)) return std::nullopt;
  return std::strtold(text.c_str(), nullptr);
}

template <typename T>
bool ordered(QueryOp op, const T& value, const T& wanted) {
  switch (op) {
    case QueryOp::Less:
      return value < wanted;
    case QueryOp::LessEqual:
      return value <= wanted;
    case QueryOp::Greater:
      return value > wanted;
    case QueryOp::GreaterEqual:
      return value >= wanted;
    default:
      return value == wanted;
  }
}

// A text that is there.
bool text_holds(const QueryNode& node, const std::string& text) {
  bool holds = false;
  for (const QueryValue& value : node.values) {
    switch (node.op) {
      case QueryOp::Like:
        holds |= is_like(text, value.text, false);
        break;
      case QueryOp::ILike:
        holds |= is_like(text, value.text, true);
        break;
      case QueryOp::Regex:
        holds |= matches_regex(text, value.text);
        break;
      case QueryOp::Contains:
        holds |= contains(text, value.text);
        break;
      default:
        if (value.kind == QueryValue::Kind::Number) {
          const auto number = number_of(text);
          holds |= number && ordered(node.op, *number, *number_of(value.text));
        } else {
          holds |= ordered(node.op, text, value.text);
        }
    }
  }
  return holds != node.negated;
}

std::optional<Doc> as_json(const std::string& text) {
  Result<Doc> doc = json::parse_doc(text);
  if (!doc) return std::nullopt;
  return doc.value();
}

// A JSON value that is there; null is not.
bool json_holds(const QueryNode& node, const Doc& value) {
  if (value.is_null()) return false;
  if (value.is_string()) return text_holds(node, value.get<std::string>());
  const std::string text = json::dump_python(value);
  if (node.op == QueryOp::Contains && value.is_structured()) {
    return record_contains(text, node.values[0].text) != node.negated;
  }
  return text_holds(node, text);
}

void follow(const Doc& value, const std::vector<PathStep>& path, size_t step, std::vector<Doc>& out) {
  if (step == path.size()) {
    out.push_back(value);
    return;
  }
  if (value.is_string()) {
    if (const std::optional<Doc> inside = as_json(value.get<std::string>())) follow(*inside, path, step, out);
    return;
  }
  const PathStep& here = path[step];
  if (here.kind == PathStep::Kind::Name) {
    if (const Doc* member = json::find(value, here.name)) follow(*member, path, step + 1, out);
    return;
  }
  if (!value.is_array()) return;
  const auto size = static_cast<int64_t>(value.size());
  const int64_t wanted = here.index < 0 ? here.index + size : here.index;
  for (int64_t i = 0; i < size; ++i) {
    if (here.kind == PathStep::Kind::Any || i == wanted)
      follow(value[static_cast<size_t>(i)], path, step + 1, out);
  }
}

bool any_holds(const QueryNode& node, const std::vector<Doc>& values) {
  bool there = false, holds = false;
  for (const Doc& value : values) {
    there |= !value.is_null();
    if (node.op != QueryOp::Exists) holds |= json_holds(node, value);
  }
  return node.op == QueryOp::Exists ? there != node.negated : holds;
}

bool path_holds(const QueryNode& node, const Doc& value, size_t first_step) {
  std::vector<Doc> values;
  follow(value, node.path, first_step, values);
  return any_holds(node, values);
}

// The longest name that a path can mean and that is there.
const Doc* longest(const Doc& object, const std::vector<PathStep>& path, size_t& used) {
  const Doc* found = nullptr;
  std::string name;
  for (size_t i = 0; i < path.size() && path[i].kind == PathStep::Kind::Name; ++i) {
    name += (i == 0 ? "" : ".") + path[i].name;
    if (const Doc* member = json::find(object, name)) {
      found = member;
      used = i + 1;
    }
  }
  return found;
}

bool presence(const QueryNode& node, bool is_there) { return is_there != node.negated; }

bool number_holds(const QueryNode& node, std::optional<long double> value) {
  if (node.op == QueryOp::Exists) return presence(node, value.has_value());
  if (!value) return false;
  bool holds = false;
  for (const QueryValue& wanted : node.values)
    holds |= ordered(node.op, *value, *number_of(wanted.text));
  return holds != node.negated;
}

// Times and durations: the values are ms, or ns written with e-6.
bool time_holds(const QueryNode& node, std::optional<int64_t> ns) {
  if (node.op == QueryOp::Exists) return presence(node, ns.has_value());
  if (!ns) return false;
  bool holds = false;
  for (const QueryValue& wanted : node.values) {
    const std::string& text = wanted.text;
    const bool in_ns = text.ends_with("e-6") && text.find('.') == std::string::npos;
    const int64_t wanted_ns = in_ns ? std::strtoll(text.c_str(), nullptr, 10)
                                    : static_cast<int64_t>(std::llroundl(*number_of(text) * 1e6L));
    holds |= ordered(node.op, *ns, wanted_ns);
  }
  return holds != node.negated;
}

bool optional_text(const QueryNode& node, const std::optional<std::string>& text) {
  if (node.op == QueryOp::Exists) return presence(node, text.has_value());
  return text && text_holds(node, *text);
}

// --- Spans ------------------------------------------------------------------------------------------------

struct Span {
  Doc doc;
  std::string text, id, parent_id, name, type, status, message;
  std::optional<int64_t> start_ns, end_ns;
};

std::string attribute_text(const Doc& span, const char* key) {
  const std::string raw = json::get_string(span["attributes"], key).value_or("");
  const std::optional<Doc> inside = as_json(raw);
  return inside && inside->is_string() ? inside->get<std::string>() : raw;
}

struct Trace {
  const ReferenceTrace* source = nullptr;
  std::vector<Span> spans;

  const Span* parent(const Span& span) const {
    for (const Span& other : spans) {
      if (!span.parent_id.empty() && other.id == span.parent_id) return &other;
    }
    return nullptr;
  }
  bool is_ancestor(const Span& above, const Span& below) const {
    for (const Span* up = parent(below); up != nullptr; up = parent(*up)) {
      if (up == &above) return true;
    }
    return false;
  }
  int depth(const Span& span) const {
    int count = 0;
    for (const Span* up = parent(span); up != nullptr; up = parent(*up))
      ++count;
    return count;
  }
  const Span* root() const {
    for (const Span& span : spans) {
      if (span.parent_id.empty()) return &span;
    }
    return nullptr;
  }
};

// Whether `y` is to `x` what the axis says.
bool stands(const Trace& trace, SpanAxis axis, const Span& x, const Span& y) {
  if (&x == &y) return false;
  switch (axis) {
    case SpanAxis::Descendant:
      return trace.is_ancestor(x, y);
    case SpanAxis::Ancestor:
      return trace.is_ancestor(y, x);
    case SpanAxis::Child:
      return trace.parent(y) == &x;
    case SpanAxis::Parent:
      return trace.parent(x) == &y;
    case SpanAxis::Sibling:
      return trace.parent(x) != nullptr && trace.parent(x) == trace.parent(y);
    case SpanAxis::After: {
      const std::optional<int64_t> over = x.end_ns ? x.end_ns : x.start_ns;
      return over && y.start_ns && *y.start_ns >= *over;
    }
  }
  return false;
}

// The value of an attribute: JSON in a string, or the string.
std::optional<Doc> attribute(const Span& span, const std::vector<PathStep>& path, size_t& used) {
  const Doc* value = longest(span.doc["attributes"], path, used);
  if (value == nullptr || value->is_null()) return std::nullopt;
  if (!value->is_string()) return *value;
  const std::optional<Doc> inside = as_json(value->get<std::string>());
  return inside ? *inside : *value;
}

bool attribute_holds(const QueryNode& node, const Span& span, const std::vector<PathStep>& names) {
  size_t used = 0;
  const std::optional<Doc> value = attribute(span, names, used);
  if (!value) return node.op == QueryOp::Exists && node.negated;
  return path_holds(node, *value, used);
}

// Inputs and outputs: the attribute as it is, and the path goes into it.
bool io_holds(const QueryNode& node, const Span* span, const char* key) {
  size_t used = 0;
  const std::optional<Doc> value =
      span == nullptr ? std::nullopt : attribute(*span, {{PathStep::Kind::Name, key}}, used);
  if (!value) return node.op == QueryOp::Exists && node.negated;
  return path_holds(node, *value, 0);
}

bool content_holds(const QueryNode& node, const Span& span) {
  if (node.op == QueryOp::Contains) return record_contains(span.text, node.values[0].text) != node.negated;
  if (node.op == QueryOp::Regex) return text_holds(node, unescape_all(span.text));
  return text_holds(node, json::dump_python(span.doc));
}

// MLflow's way with attributes: LIKE over the JSON text of the span.
bool attribute_text_holds(const QueryNode& node, const Span& span) {
  QueryNode in_text = node;
  const std::string key = node.path[0].name;
  std::string& value = in_text.values[0].text;
  if (node.op == QueryOp::Regex) {
    std::string escaped;
    for (const char c : key)
      escaped +=
          (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ? "" : "\\") + std::string(1, c);
    const bool from_start = value.starts_with('^'), to_end = value.ends_with('$') && !value.ends_with("\\$");
    std::string inside = value.substr(from_start ? 1 : 0);
    if (to_end) inside.pop_back();
    value = "\"" + escaped + "\": \"\\\\\"" + (from_start ? "" : ".*") + inside + (to_end ? "\\\\\"" : "");
  } else {
    value = "%\"" + key + "\"" + value + "%";
  }
  return text_holds(in_text, json::dump_python(span.doc));
}

bool span_compare(const QueryNode& node, const Trace& trace, const Span& span) {
  switch (node.key) {
    case QueryKey::SpanName:
      return optional_text(node, span.name);
    case QueryKey::SpanType:
      return optional_text(node, span.type);
    case QueryKey::SpanStatus:
      return optional_text(node, span.status);
    case QueryKey::SpanId:
      return optional_text(node, span.id);
    case QueryKey::SpanStart:
      return time_holds(node, span.start_ns);
    case QueryKey::SpanEnd:
      return time_holds(node, span.end_ns);
    case QueryKey::SpanDuration:
      return time_holds(node, span.start_ns && span.end_ns
                                  ? std::optional<int64_t>(*span.end_ns - *span.start_ns)
                                  : std::nullopt);
    case QueryKey::SpanDepth:
      return number_holds(node, trace.depth(span));
    case QueryKey::SpanChildren: {
      int count = 0;
      for (const Span& other : trace.spans)
        count += trace.parent(other) == &span ? 1 : 0;
      return number_holds(node, count);
    }
    case QueryKey::SpanAttribute:
      return attribute_holds(node, span, node.path);
    case QueryKey::SpanInputs:
      return io_holds(node, &span, "mlflow.spanInputs");
    case QueryKey::SpanOutputs:
      return io_holds(node, &span, "mlflow.spanOutputs");
    case QueryKey::SpanEvents:
      return path_holds(node, span.doc["events"], 0);
    case QueryKey::SpanMessage:
      return optional_text(node, span.message.empty() ? std::nullopt : std::optional(span.message));
    case QueryKey::SpanContent:
      return content_holds(node, span);
    case QueryKey::SpanAttributeText:
      return attribute_text_holds(node, span);
    default:
      FAIL("a key of traces in braces");
      return false;
  }
}

bool span_holds(const QueryNode& node, const Trace& trace, const Span& span) {
  switch (node.kind) {
    case Kind::Everything:
      return true;
    case Kind::Not:
      return !span_holds(node.children[0], trace, span);
    case Kind::And:
      for (const QueryNode& child : node.children) {
        if (!span_holds(child, trace, span)) return false;
      }
      return true;
    case Kind::Or:
      for (const QueryNode& child : node.children) {
        if (span_holds(child, trace, span)) return true;
      }
      return false;
    case Kind::Word:
      return record_contains(span.text, node.text);
    case Kind::Compare:
      return span_compare(node, trace, span);
    case Kind::Spans:
      FAIL("braces in braces");
      return false;
  }
  return false;
}

std::vector<const Span*> chain(const QueryNode& node, const Trace& trace) {
  std::vector<const Span*> found;
  for (const Span& span : trace.spans) {
    if (span_holds(node.children[0], trace, span)) found.push_back(&span);
  }
  for (size_t step = 0; step < node.links.size(); ++step) {
    const SpanLink link = node.links[step];
    const QueryNode& condition = node.children[step + 1];
    std::vector<const Span*> next;
    if (link.negated) {
      for (const Span* x : found) {
        bool has = false;
        for (const Span& y : trace.spans)
          has |= span_holds(condition, trace, y) && stands(trace, link.axis, *x, y);
        if (!has) next.push_back(x);
      }
    } else {
      for (const Span& y : trace.spans) {
        bool has = false;
        for (const Span* x : found)
          has |= stands(trace, link.axis, *x, y);
        if (has && span_holds(condition, trace, y)) next.push_back(&y);
      }
    }
    found = next;
  }
  return found;
}

bool spans_hold(const QueryNode& node, const Trace& trace) {
  const std::vector<const Span*> found = chain(node, trace);
  switch (node.question) {
    case SpanQuestion::Any:
      return !found.empty();
    case SpanQuestion::None:
      return found.empty();
    case SpanQuestion::All:
      return !trace.spans.empty() && found.size() == trace.spans.size();
    case SpanQuestion::Count:
      return number_holds(node, static_cast<long double>(found.size()));
    case SpanQuestion::Repeated: {
      std::map<std::string, int> groups;
      int most = 0;
      for (const Span* span : found) {
        std::string key =
            (node.same_name ? span->name : "") + "\n" + (node.same_type ? span->type : "") + "\n";
        if (node.same_inputs)
          key += json::get_string(span->doc["attributes"], "mlflow.spanInputs").value_or("");
        most = std::max(most, ++groups[key]);
      }
      return number_holds(node, most);
    }
  }
  return false;
}

// --- Traces
// -------------------------------------------------------------------------------------------------

std::optional<std::string> member_text(const Doc& object, const char* list, const char* key) {
  const Doc* members = json::find(object, list);
  return members == nullptr ? std::nullopt : json::get_string(*members, key);
}

// A score as MLflow stores it: json.dumps of the value, numbers as doubles.
std::string stored_score(const Doc& value) {
  return json::dump_python(value.is_number() ? Doc(value.get<double>()) : value);
}

bool score_holds(const QueryNode& node, const Doc& assessment) {
  const char* kind = node.key == QueryKey::Feedback ? "feedback" : "expectation";
  const Doc* part = json::find(assessment, kind);
  if (part == nullptr) return false;
  if (node.op == QueryOp::Exists) return true;
  const Doc* value = json::find(*part, "value");
  const QueryValue& wanted = node.values[0];
  const bool is_mlflow =
      wanted.kind == QueryValue::Kind::Text &&
      (node.op == QueryOp::Equal ||
       ((node.op == QueryOp::Like || node.op == QueryOp::ILike || node.op == QueryOp::Regex) &&
        !node.negated));
  if (!is_mlflow) return value != nullptr && json_holds(node, *value);
  const std::string stored = value == nullptr ? "null" : stored_score(*value);
  if (node.op != QueryOp::Equal) return text_holds(node, stored);
  return (stored == wanted.text || stored == json::dump_python(Doc(wanted.text))) != node.negated;
}

bool assessment_holds(const QueryNode& node, const Doc& assessment) {
  const Doc* issue = json::find(assessment, "issue");
  const std::string name = json::get_string(assessment, "assessment_name").value_or("");
  if (node.key == QueryKey::Issue)
    return issue != nullptr && (node.op == QueryOp::Exists || text_holds(node, name));
  if (issue != nullptr || !json::get_bool(assessment, "valid").value_or(true) || name != node.path[0].name)
    return false;
  if (node.key != QueryKey::Rationale) return score_holds(node, assessment);
  const std::string rationale = json::get_string(assessment, "rationale").value_or("");
  return !rationale.empty() && (node.op == QueryOp::Exists || text_holds(node, rationale));
}

// An assessment of a session counts for all of its traces.
bool assessed(const QueryNode& node, const std::vector<Trace>& traces, const Trace& trace) {
  bool counts = false;
  const auto session = member_text(trace.source->doc["info"], "trace_metadata", "mlflow.trace.session");
  for (const Trace& other : traces) {
    const Doc* list = json::find(other.source->doc["info"], "assessments");
    if (list == nullptr) continue;
    for (const Doc& assessment : *list) {
      const auto of_session = member_text(assessment, "metadata", "mlflow.trace.session");
      if (&other != &trace && (!session || of_session != session)) continue;
      counts |= assessment_holds(node, assessment);
    }
  }
  return node.op == QueryOp::Exists ? counts != node.negated : counts;
}

std::optional<long double> number_in(const Doc& info, const char* key, const char* member) {
  const auto text = member_text(info, "trace_metadata", key);
  const std::optional<Doc> doc = text ? as_json(*text) : std::nullopt;
  const auto number = doc ? json::get_double(*doc, member) : std::nullopt;
  return number ? std::optional<long double>(*number) : std::nullopt;
}

bool links_prompt(const QueryNode& node, const Doc& info) {
  const auto tag = member_text(info, "tags", "mlflow.linkedPrompts");
  const std::optional<Doc> list = tag ? as_json(*tag) : std::nullopt;
  if (!list) return false;
  for (const Doc& prompt : *list) {
    if (prompt["name"].get<std::string>() + "/" + prompt["version"].get<std::string>() == node.values[0].text)
      return true;
  }
  return false;
}

bool pair_holds(const QueryNode& node, const Doc& pairs) {
  size_t used = 0;
  const Doc* value = longest(pairs, node.path, used);
  if (value == nullptr) return node.op == QueryOp::Exists && node.negated;
  if (used < node.path.size()) return path_holds(node, *value, used);
  return optional_text(node, value->get<std::string>());
}

bool trace_compare(const QueryNode& node, const std::vector<Trace>& traces, const Trace& trace) {
  const Doc& info = trace.source->doc["info"];
  const auto time = json::get_string(info, "request_time");
  std::optional<int64_t> start_ns, duration_ns;
  if (time) start_ns = *parse_rfc3339(*time) / 1000000 * 1000000;
  if (const auto ms = json::get_int(info, "execution_duration_ms")) duration_ns = *ms * 1000000;
  switch (node.key) {
    case QueryKey::TraceId:
      return optional_text(node, json::get_string(info, "trace_id"));
    case QueryKey::ClientRequestId:
      return optional_text(node, json::get_string(info, "client_request_id"));
    case QueryKey::StartTime:
      return time_holds(node, start_ns);
    case QueryKey::EndTime:
      return time_holds(node, start_ns ? std::optional(*start_ns + duration_ns.value_or(0)) : std::nullopt);
    case QueryKey::Duration:
      return time_holds(node, duration_ns);
    case QueryKey::State:
      return optional_text(node, json::get_string(info, "state"));
    case QueryKey::Name:
      return optional_text(node, member_text(info, "tags", "mlflow.traceName"));
    case QueryKey::Session:
      return optional_text(node, member_text(info, "trace_metadata", "mlflow.trace.session"));
    case QueryKey::User:
      return optional_text(node, member_text(info, "trace_metadata", "mlflow.trace.user"));
    case QueryKey::Request:
      return optional_text(node, json::get_string(info, "request_preview"));
    case QueryKey::Response:
      return optional_text(node, json::get_string(info, "response_preview"));
    case QueryKey::InputTokens:
      return number_holds(node, number_in(info, "mlflow.trace.tokenUsage", "input_tokens"));
    case QueryKey::OutputTokens:
      return number_holds(node, number_in(info, "mlflow.trace.tokenUsage", "output_tokens"));
    case QueryKey::TotalTokens:
      return number_holds(node, number_in(info, "mlflow.trace.tokenUsage", "total_tokens"));
    case QueryKey::Cost:
      return number_holds(node, number_in(info, "mlflow.trace.cost", "total_cost"));
    case QueryKey::SpanCount:
      return number_holds(node, static_cast<long double>(trace.spans.size()));
    case QueryKey::Depth: {
      int deepest = 0;
      for (const Span& span : trace.spans)
        deepest = std::max(deepest, trace.depth(span));
      return number_holds(node, trace.spans.empty() ? std::nullopt : std::optional<long double>(deepest));
    }
    case QueryKey::Tag:
      return pair_holds(node, info["tags"]);
    case QueryKey::Metadata:
      return pair_holds(node, info["trace_metadata"]);
    case QueryKey::Prompt:
      return links_prompt(node, info);
    case QueryKey::Inputs:
      return io_holds(node, trace.root(), "mlflow.spanInputs");
    case QueryKey::Outputs:
      return io_holds(node, trace.root(), "mlflow.spanOutputs");
    case QueryKey::Feedback:
    case QueryKey::Expectation:
    case QueryKey::Rationale:
    case QueryKey::Issue:
      return assessed(node, traces, trace);
    default:
      FAIL("a key of spans outside of braces");
      return false;
  }
}

bool trace_holds(const QueryNode& node, const std::vector<Trace>& traces, const Trace& trace) {
  switch (node.kind) {
    case Kind::Everything:
      return true;
    case Kind::Not:
      return !trace_holds(node.children[0], traces, trace);
    case Kind::And:
      for (const QueryNode& child : node.children) {
        if (!trace_holds(child, traces, trace)) return false;
      }
      return true;
    case Kind::Or:
      for (const QueryNode& child : node.children) {
        if (trace_holds(child, traces, trace)) return true;
      }
      return false;
    case Kind::Word:
      return record_contains(trace.source->text, node.text);
    case Kind::Compare:
      return trace_compare(node, traces, trace);
    case Kind::Spans:
      return spans_hold(node, trace);
  }
  return false;
}

Span read_span(const Doc& doc, std::string text) {
  Span span;
  span.doc = doc;
  span.text = std::move(text);
  span.id = json::get_string(doc, "span_id").value_or("");
  span.parent_id = json::get_string(doc, "parent_span_id").value_or("");
  span.name = json::get_string(doc, "name").value_or("");
  span.type = attribute_text(doc, "mlflow.spanType");
  span.status =
      json::get_string(doc["status"], "code").value_or("").substr(std::string("STATUS_CODE_").size());
  span.message = json::get_string(doc["status"], "message").value_or("");
  span.start_ns = json::get_int(doc, "start_time_unix_nano");
  span.end_ns = json::get_int(doc, "end_time_unix_nano");
  return span;
}

}  // namespace

std::vector<std::string> reference_search(const std::vector<ReferenceTrace>& traces, const QueryNode& query) {
  std::vector<Trace> all;
  for (const ReferenceTrace& source : traces) {
    Trace trace;
    trace.source = &source;
    const Doc& spans = source.doc["data"]["spans"];
    for (size_t i = 0; i < spans.size(); ++i)
      trace.spans.push_back(read_span(spans[i], source.span_texts[i]));
    all.push_back(std::move(trace));
  }
  std::vector<std::string> ids;
  for (const Trace& trace : all) {
    if (trace_holds(query, all, trace))
      ids.push_back(json::get_string(trace.source->doc["info"], "trace_id").value_or(""));
  }
  return ids;
}

}  // namespace assay::search
