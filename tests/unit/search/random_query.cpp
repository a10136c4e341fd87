#include "random_query.h"

#include <algorithm>

#include "core/base/utf8.h"

namespace assay::search {
namespace {

using json::Doc;

constexpr const char* kNames[] = {"search", "Search", "call_llm", "\xC3\x84rger", "route"};
constexpr const char* kTypes[] = {"TOOL", "LLM", "CHAIN", "RETRIEVER"};
constexpr const char* kStates[] = {"OK", "ERROR", "IN_PROGRESS"};
constexpr const char* kSpanStates[] = {"OK", "ERROR", "UNSET"};
constexpr const char* kWords[] = {"refund",
                                  "Refund",
                                  "caf\xC3\xA9",
                                  "CAF\xC3\x89",
                                  "\xE9\x80\x80\xE6\xAC\xBE",
                                  "\xD0\x9F\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82",
                                  "timeout",
                                  "\xCE\xA3\xCE\xAF\xCF\x83\xCF\x85\xCF\x86\xCE\xBF\xCF\x82",
                                  "a\\b",
                                  "line\nbreak",
                                  "\xF0\x9F\x98\x80",
                                  "say \"no\"",
                                  "50%",
                                  "it's"};
constexpr const char* kSought[] = {"refund",
                                   "REFUND",
                                   "fun",
                                   "caf\xC3\xA9",
                                   "\xC3\x89",
                                   "\xE6\xAC\xBE",
                                   "\xD0\xBF\xD1\x80\xD0\xB8",
                                   "\xCF\x82",
                                   "time",
                                   "a\\b",
                                   "\xF0\x9F\x98\x80",
                                   "say \"\"no",
                                   "50%",
                                   "zebra",
                                   "score",
                                   "e\nb"};
constexpr const char* kNumbers[] = {
    "0", "1", "5", "-3", "0.5", "0.25", "42", "100", "9007199254740992", "9007199254740993", "1e3",
    // The same numbers, written otherwise.
    "1000", "42.0", "4.2e1", "420E-1", "0.50", "50e-2"};
constexpr const char* kKeys[] = {"score", "answer", "a", "b", "a.b", "list"};
constexpr const char* kTags[] = {"env", "a", "a.b", "n", "Env"};
constexpr const char* kOrders[] = {"=", "!=", "<", "<=", ">", ">="};
constexpr const char* kFeedback[] = {"quality", "score"};

std::string first_letters(const std::string& text, size_t count) {
  size_t at = 0;
  for (; count > 0 && at < text.size(); --count)
    at += decode_utf8(text, at).size_bytes;
  return text.substr(0, at);
}

}  // namespace

std::string RandomQueries::number() { return pick(kNumbers); }
std::string RandomQueries::word() { return pick(kWords); }

std::string RandomQueries::value_json(int depth) {
  switch (below(depth > 2 ? 4 : 8)) {
    case 0:
      return number();
    case 1:
      return json::dump_python(Doc(word()));
    case 2:
      return one_in(2) ? "true" : "false";
    case 3:
      return one_in(3) ? "null" : number();
    case 4:
      return json::dump_python(Doc(value_json(depth + 1)));  // JSON in a text
    case 5:
      return "[" + value_json(depth + 1) + ", " + value_json(depth + 1) + "]";
    default: {
      std::string first = pick(kKeys), second = pick(kKeys);
      if (first == second) second += "2";
      return "{\"" + first + "\": " + value_json(depth + 1) + ", \"" + second +
             "\": " + value_json(depth + 1) + "}";
    }
  }
}

Doc RandomQueries::assessment() {
  Doc out = Doc::object();
  out["assessment_id"] = "a-" + std::to_string(random_());
  out["assessment_name"] = pick(kFeedback);
  out["source"] = {{"source_type", "HUMAN"}, {"source_id", "someone"}};
  if (one_in(8)) {
    out["issue"] = {{"issue_name", "slow"}};
  } else {
    Doc part = Doc::object();
    switch (below(6)) {
      case 0:
        part["value"] = one_in(2);
        break;
      case 1:
        part["value"] = 0.5;
        break;
      case 2:
        part["value"] = 4.0;
        break;
      case 3:
        part["value"] = nullptr;
        break;
      default:
        part["value"] = one_in(2) ? "yes" : "no";
        break;
    }
    out[one_in(3) ? "expectation" : "feedback"] = part;
  }
  if (one_in(3)) out["rationale"] = word() + " because " + word();
  if (one_in(5)) out["valid"] = false;
  if (one_in(4)) out["metadata"] = {{"mlflow.trace.session", one_in(2) ? "s-1" : "s-2"}};
  return out;
}

Doc RandomQueries::info(size_t index) {
  Doc out = Doc::object();
  out["trace_id"] = "tr-" + std::to_string(index);
  out["request_time"] = "2026-01-0" + std::to_string(1 + below(4)) + "T1" + std::to_string(below(10)) +
                        ":00:00.12" + std::to_string(below(10)) + "Z";
  if (!one_in(5)) out["execution_duration_ms"] = static_cast<int64_t>(below(4) * 2500);
  out["state"] = pick(kStates);
  out["request_preview"] = word();
  out["response_preview"] = word() + " " + word();
  if (one_in(3)) out["client_request_id"] = "c-" + std::to_string(below(3));
  Doc metadata = Doc::object();
  if (one_in(2)) metadata["mlflow.trace.session"] = one_in(2) ? "s-1" : "s-2";
  if (one_in(2)) metadata["mlflow.trace.user"] = one_in(2) ? "ann" : "bob";
  metadata["mlflow.trace.tokenUsage"] =
      "{\"input_tokens\": " + std::to_string(below(3)) +
      ", \"output_tokens\": 5, \"total_tokens\": " + std::to_string(below(3) * 10) + "}";
  if (one_in(2))
    metadata["mlflow.trace.cost"] = std::string("{\"total_cost\": ") + (one_in(2) ? "0.25" : "1.5") + "}";
  if (one_in(2)) metadata["a.b"] = one_in(2) ? value_json(1) : word();
  if (one_in(2)) metadata["a"] = value_json(1);
  out["trace_metadata"] = metadata;
  Doc tags = Doc::object();
  tags["mlflow.traceName"] = pick(kNames);
  for (int i = 0; i < 2; ++i)
    tags[pick(kTags)] = one_in(2) ? word() : number();
  if (one_in(4))
    tags["mlflow.linkedPrompts"] = "[{\"name\": \"qa\", \"version\": \"" + std::to_string(below(2)) + "\"}]";
  out["tags"] = tags;
  Doc list = Doc::array();
  for (size_t i = below(3); i > 0; --i)
    list.push_back(assessment());
  if (!list.empty()) out["assessments"] = list;
  return out;
}

Doc RandomQueries::span(size_t index, size_t count, int64_t start_ns) {
  const auto id = [](size_t i) { return "00000000000000a" + std::to_string(i); };
  Doc out = Doc::object();
  out["span_id"] = id(index);
  out["parent_span_id"] = nullptr;
  // Parents stand before their children or, in some traces, behind them; never in a ring.
  if (index > 0 && !one_in(6)) out["parent_span_id"] = id(below(index));
  out["name"] = pick(kNames);
  out["start_time_unix_nano"] = start_ns + static_cast<int64_t>(below(5)) * 1000000000;
  out["end_time_unix_nano"] = nullptr;
  if (!one_in(6)) {
    out["end_time_unix_nano"] =
        json::get_int(out, "start_time_unix_nano").value_or(0) + static_cast<int64_t>(below(4)) * 500000000;
  }
  Doc events = Doc::array();
  if (one_in(4)) {
    events.push_back(
        {{"name", "exception"}, {"time_unix_nano", start_ns}, {"attributes", {{"exception.type", word()}}}});
  }
  out["events"] = events;
  out["status"] = {{"code", "STATUS_CODE_" + pick(kSpanStates)}, {"message", one_in(3) ? word() : ""}};
  Doc attributes = Doc::object();
  attributes["mlflow.traceRequestId"] = "\"tr\"";
  attributes["mlflow.spanType"] = "\"" + pick(kTypes) + "\"";
  if (!one_in(4)) attributes["mlflow.spanInputs"] = value_json(0);
  if (!one_in(4)) attributes["mlflow.spanOutputs"] = one_in(8) ? "no JSON" : value_json(0);
  if (one_in(2)) attributes["llm.model_name"] = one_in(2) ? "\"gpt-4\"" : "gpt-4";
  if (one_in(2)) attributes[pick(kKeys)] = value_json(1);
  if (one_in(4)) attributes["mlflow.chat.tokenUsage"] = "{\"total_tokens\": " + number() + "}";
  out["attributes"] = attributes;
  (void)count;
  return out;
}

ReferenceTrace RandomQueries::trace(size_t index) {
  const size_t count = below(7);
  std::vector<Doc> spans;
  for (size_t i = 0; i < count; ++i)
    spans.push_back(span(i, count, 1767225600000000000));
  if (one_in(3)) std::reverse(spans.begin(), spans.end());
  const bool plain = one_in(2);
  const auto dump = [&](const Doc& doc) { return plain ? json::dump(doc) : json::dump_python(doc); };
  ReferenceTrace out;
  out.doc["info"] = info(index);
  out.doc["data"] = Doc::object();
  out.doc["data"]["spans"] = Doc::array();
  for (const Doc& one : spans) {
    out.span_texts.push_back(dump(one));
    out.doc["data"]["spans"].push_back(one);
  }
  out.text = dump(out.doc);
  return out;
}

std::vector<ReferenceTrace> RandomQueries::traces(size_t count) {
  std::vector<ReferenceTrace> out;
  for (size_t i = 0; i < count; ++i)
    out.push_back(trace(i));
  return out;
}

// --- Queries
// ------------------------------------------------------------------------------------------------

std::string RandomQueries::path() {
  std::string out;
  for (size_t i = below(3); i > 0; --i) {
    switch (below(5)) {
      case 0:
        out += "[" + std::to_string(below(3)) + "]";
        break;
      case 1:
        out += "[-1]";
        break;
      case 2:
        out += "[*]";
        break;
      default:
        out += one_in(3) ? ".\"a.b\"" : "." + pick(kKeys);
        break;
    }
  }
  return out;
}

std::string RandomQueries::text_condition(const std::string& key, const std::string& value) {
  switch (below(11)) {
    case 0:
      return key + " != '" + value + "'";
    case 1:
      return key + " LIKE '%" + first_letters(value, 1) + "_%'";
    case 2:
      return key + " ILIKE '" + value + "%'";
    case 3:
      return key + " =~ /" + first_letters(value, 2) + ".*|^s/i";
    case 4:
      return key + " CONTAINS \"" + pick(kSought) + "\"";
    case 5:
      return key + " IN ('" + value + "', 'x')";
    case 6:
      return key + " NOT IN ('" + value + "')";
    case 7:
      return key + (one_in(2) ? " IS NULL" : " IS NOT NULL");
    case 8:
      return key + " NOT LIKE '" + value + "'";
    case 9:
      return key + " !~ /^" + first_letters(value, 1) + "/";
    default:
      return key + " = '" + value + "'";
  }
}

std::string RandomQueries::number_condition(const std::string& key, const std::string& value) {
  switch (below(8)) {
    case 0:
      return key + " BETWEEN 1 AND " + value;
    case 1:
      return key + " IN (1, " + value + ")";
    case 2:
      return key + (one_in(2) ? " IS NULL" : " EXISTS");
    default:
      return key + " " + pick(kOrders) + " " + value;
  }
}

std::string RandomQueries::json_condition(const std::string& key) {
  switch (below(6)) {
    case 0:
      return key + " = true";
    case 1:
      return key + " != null";
    case 2:
      return text_condition(key, one_in(2) ? "refund" : "5");
    case 3:
      return key + " CONTAINS '" + std::string("refund") + "'";
    case 4:
      return key + " NOT CONTAINS 'a'";
    default:
      return number_condition(key, number());
  }
}

std::string RandomQueries::time_value() {
  switch (below(5)) {
    case 0:
      return "2026-01-0" + std::to_string(1 + below(5));
    case 1:
      return "\"2026-01-02 1" + std::to_string(below(10)) + ":00\"";
    case 2:
      return "\"" + std::to_string(below(60)) + " hours ago\"";
    case 3:
      return "yesterday";
    default:
      return "2026-01-02T12:00:00.125Z";
  }
}

std::string RandomQueries::trace_condition() {
  const std::string duration = one_in(2) ? "2.5s" : "5000";
  switch (below(24)) {
    case 0:
      return "status = " + pick(kStates);
    case 1:
      return text_condition("status", pick(kStates));
    case 2:
      return text_condition("name", pick(kNames));
    case 3:
      return number_condition("tokens", std::to_string(below(3) * 10));
    case 4:
      return number_condition("input_tokens", std::to_string(below(3)));
    case 5:
      return number_condition("cost", one_in(2) ? "0.25" : "1.5");
    case 6:
      return "duration " + pick(kOrders) + " " + duration;
    case 7:
      return "timestamp " + pick(kOrders) + " " + time_value();
    case 8:
      return (one_in(2) ? "since " : "before ") + time_value();
    case 9:
      return "last " + std::to_string(24 * (1 + below(4))) + " hours";
    case 10:
      return text_condition("tags." + pick(kTags), one_in(2) ? "refund" : "5");
    case 11:
      return number_condition("tags." + pick(kTags), number());
    case 12:
      return json_condition("metadata." + pick(kKeys) + path());
    case 13:
      return json_condition("inputs" + path());
    case 14:
      return json_condition("outputs" + path());
    case 15:
      return text_condition("feedback." + pick(kFeedback), one_in(2) ? "yes" : "true");
    case 16:
      return number_condition("feedback." + pick(kFeedback), one_in(2) ? "0.5" : "4");
    case 17:
      return text_condition("expectation." + pick(kFeedback), one_in(2) ? "no" : "0.5");
    case 18:
      return text_condition("rationale." + pick(kFeedback), "refund because");
    case 19:
      return text_condition(one_in(2) ? "session" : "user", one_in(2) ? "s-1" : "ann");
    case 20:
      return number_condition(one_in(2) ? "span_count" : "depth", std::to_string(below(5)));
    case 21:
      return text_condition(one_in(2) ? "request" : "response", "refund");
    case 22:
      return one_in(2) ? "prompt = 'qa/1'" : text_condition("client_request_id", "c-1");
    default:
      return text_condition("trace_id", "tr-" + std::to_string(below(8)));
  }
}

std::string RandomQueries::span_condition() {
  switch (below(16)) {
    case 0:
      return "type = " + pick(kTypes);
    case 1:
      return "status = " + pick(kSpanStates);
    case 2:
      return text_condition("name", pick(kNames));
    case 3:
      return text_condition("type", pick(kTypes));
    case 4:
      return "duration " + pick(kOrders) + " " + (one_in(2) ? "500ms" : "1s");
    case 5:
      return number_condition("depth", std::to_string(below(4)));
    case 6:
      return number_condition("children", std::to_string(below(3)));
    case 7:
      return json_condition("inputs" + path());
    case 8:
      return json_condition("outputs" + path());
    case 9:
      return text_condition("attributes.llm.model_name", "gpt-4");
    case 10:
      return json_condition("attributes." + pick(kKeys) + path());
    case 11:
      return text_condition("message", "refund");
    case 12:
      return json_condition("events[*].attributes.\"exception.type\"");
    case 13:
      return number_condition("tokens", number());
    case 14:
      return one_in(2) ? "content CONTAINS \"" + pick(kSought) + "\"" : "content LIKE '%refund%'";
    default:
      return one_in(2) ? "id = '00000000000000a1'" : "\"" + pick(kSought) + "\"";
  }
}

std::string RandomQueries::spans() {
  constexpr const char* kLinks[] = {">>", ">",   "<<", "<",  "~",     "THEN",    "!>>",
                                    "!>", "!<<", "!<", "!~", "!THEN", "NOT THEN"};
  std::string chain = "{ " + (one_in(10) ? "" : any_of(1, true)) + " }";
  for (size_t i = below(3); i > 0; --i)
    chain += " " + pick(kLinks) + " { " + any_of(1, true) + " }";
  switch (below(7)) {
    case 0:
      return "all spans { " + any_of(1, true) + " }";
    case 1:
      return "no span " + chain;
    case 2:
      return "count(" + chain + ") " + pick(kOrders) + " " + std::to_string(below(4));
    case 3:
      return "repeated(" + chain +
             (one_in(2)   ? " BY name"
              : one_in(2) ? " BY type, inputs"
                          : "") +
             ") >= " + std::to_string(below(4));
    default:
      return chain;
  }
}

std::string RandomQueries::condition(bool in_span) {
  if (in_span) return span_condition();
  switch (below(8)) {
    case 0:
      return "\"" + pick(kSought) + "\"";
    case 1:
    case 2:
      return spans();
    case 3: {
      std::string out = "span." + span_condition();
      return out.starts_with("span.\"") ? spans() : out;
    }
    default:
      return trace_condition();
  }
}

std::string RandomQueries::any_of(int depth, bool in_span) {
  if (depth > 2 || one_in(2)) return condition(in_span);
  switch (below(4)) {
    case 0:
      return "NOT " + any_of(depth + 1, in_span);
    case 1:
      return "(" + any_of(depth + 1, in_span) + " OR " + any_of(depth + 1, in_span) + ")";
    case 2:
      return any_of(depth + 1, in_span) + " " + any_of(depth + 1, in_span);
    default:
      return any_of(depth + 1, in_span) + " AND " + any_of(depth + 1, in_span);
  }
}

std::string RandomQueries::query() { return any_of(0, false); }

// --- MLflow's language ----------------------------------------------------------------------------------

std::string RandomQueries::clause() {
  constexpr const char* kSigns[] = {"=", "!=", "LIKE", "ILIKE", "RLIKE"};
  const auto text = [&](const std::string& key, const std::string& value) {
    return key + " " + pick(kSigns) + " '" + value + "'";
  };
  switch (below(14)) {
    case 0:
      return text("status", pick(kStates));
    case 1:
      return "status " + std::string(one_in(2) ? "IN" : "NOT IN") + " ('OK', '" + pick(kStates) + "')";
    case 2:
      return text("name", pick(kNames));
    case 3:
      return text("tags.`" + pick(kTags) + "`", one_in(2) ? "refund" : "5");
    case 4:
      return "tag." + pick(kTags) + (one_in(2) ? " IS NULL" : " IS NOT NULL");
    case 5:
      return text("metadata.`mlflow.trace.session`", "s-1");
    case 6:
      return "execution_time " + pick(kOrders) + " 2500";
    case 7:
      return "timestamp_ms " + pick(kOrders) + " 1767366000125";
    case 8:
      return text("feedback." + pick(kFeedback), one_in(2) ? "yes" : "true");
    case 9:
      return "feedback." + pick(kFeedback) + (one_in(2) ? " IS NULL" : " IS NOT NULL");
    case 10:
      return text(one_in(2) ? "span.name" : "span.type", one_in(2) ? pick(kNames) : pick(kTypes));
    case 11:
      return "span.status IN ('ERROR', 'UNSET')";
    case 12:
      return std::string(one_in(2) ? "trace.text" : "span.content") + (one_in(2) ? " LIKE" : " ILIKE") +
             " '%refund%'";
    default:
      return "span.attributes.llm.model_name " + std::string(one_in(2) ? "LIKE '%gpt%'" : "RLIKE '^gpt'");
  }
}

std::string RandomQueries::filter() {
  std::string out = clause();
  for (size_t i = below(3); i > 0; --i)
    out += " AND " + clause();
  return out;
}

}  // namespace assay::search
