#include "core/search/query.h"

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "core/search/query_keys.h"

using namespace assay;
using namespace assay::search;

namespace {

// 2026-11-24T12:00:00Z
constexpr TimeNs kNow = 1795521600000000000;
constexpr QueryClock kClock{kNow, 0};
constexpr int64_t kHourNs = 3600000000000;

std::string path_text(const QueryNode& node) {
  std::string out;
  for (const PathStep& step : node.path) {
    switch (step.kind) {
      case PathStep::Kind::Name:
        out += "." + step.name;
        break;
      case PathStep::Kind::Index:
        out += "[" + std::to_string(step.index) + "]";
        break;
      case PathStep::Kind::Any:
        out += "[*]";
        break;
    }
  }
  return out;
}

// The tree in brackets: key numbers are those of QueryKey, so only differences show.
std::string print(const QueryNode& node) {
  constexpr const char* kOps[] = {"=",     "<",     "<=",       ">",  ">=",    "like",
                                  "ilike", "regex", "contains", "in", "exists"};
  constexpr const char* kAxes[] = {">>", ">", "<<", "<", "~", "then"};
  constexpr const char* kQuestions[] = {"any", "all", "none", "count", "repeated"};
  std::string out;
  const auto list = [&](const std::string& name) {
    out = "(" + name;
    for (const QueryNode& child : node.children)
      out += " " + print(child);
    out += ")";
  };
  switch (node.kind) {
    case QueryNode::Kind::Everything:
      return "*";
    case QueryNode::Kind::And:
      list("and");
      break;
    case QueryNode::Kind::Or:
      list("or");
      break;
    case QueryNode::Kind::Not:
      list("not");
      break;
    case QueryNode::Kind::Word:
      return "'" + node.text + "'";
    case QueryNode::Kind::Compare: {
      out = "k" + std::to_string(static_cast<int>(node.key)) + path_text(node) + (node.negated ? " !" : " ") +
            kOps[static_cast<int>(node.op)];
      for (const QueryValue& value : node.values) {
        out += value.kind == QueryValue::Kind::Text ? " '" + value.text + "'" : " " + value.text;
      }
      return "[" + out + "]";
    }
    case QueryNode::Kind::Spans:
      out = std::string("(") + kQuestions[static_cast<int>(node.question)];
      for (size_t i = 0; i < node.children.size(); ++i) {
        if (i > 0)
          out += std::string(node.links[i - 1].negated ? " !" : " ") +
                 kAxes[static_cast<int>(node.links[i - 1].axis)];
        out += " " + print(node.children[i]);
      }
      if (node.same_name) out += " name";
      if (node.same_type) out += " type";
      if (node.same_inputs) out += " inputs";
      if (!node.values.empty())
        out += std::string(node.negated ? " !" : " ") + kOps[static_cast<int>(node.op)] + node.values[0].text;
      out += ")";
      break;
  }
  return out;
}

std::string key(QueryKey k) { return "k" + std::to_string(static_cast<int>(k)); }

std::string parsed(std::string_view text) {
  QueryProblem problem;
  Result<Query> query = parse_own_query(text, kClock, &problem);
  INFO("query: " << text);
  INFO((query ? "" : query.error().what));
  REQUIRE(query);
  return print(query.value().root);
}

struct Refusal {
  std::string what, place, suggestion;
};
Refusal refused(const std::string& text) {
  QueryProblem problem;
  Result<Query> query = parse_own_query(text, kClock, &problem);
  INFO("query: " << text);
  REQUIRE_FALSE(query);
  REQUIRE(query.error().at_byte <= text.size());
  return {query.error().what, text.substr(query.error().at_byte, problem.size_bytes), problem.suggestion};
}

}  // namespace

TEST_CASE("words stand for themselves, and all of them must be there") {
  CHECK(parsed("refund") == "'refund'");
  CHECK(parsed("refund failed") == "(and 'refund' 'failed')");
  CHECK(parsed("\"payment failed\" refund") == "(and 'payment failed' 'refund')");
  CHECK(parsed("\xE2\x80\x9Cpayment failed\xE2\x80\x9D") == "'payment failed'");
  CHECK(parsed("'it''s'") == "'it's'");
  CHECK(parsed("it's don't") == "(and 'it's' 'don't')");
  CHECK(parsed("\xE9\x80\x80\xE6\xAC\xBE\xE3\x80\x80\xE7\x94\xB3\xE8\xAF\xB7") ==
        "(and '\xE9\x80\x80\xE6\xAC\xBE' '\xE7\x94\xB3\xE8\xAF\xB7')");
  CHECK(parsed("Why, oh why?") == "(and 'Why' 'oh' 'why')");
  CHECK(parsed("") == "*");
  CHECK(parsed("C++ user@example.com a-b") == "(and 'C++' 'user@example.com' 'a-b')");
}

TEST_CASE("and, or and not in small letters are words among words, and operators among conditions") {
  CHECK(parsed("terms and conditions") == "(and 'terms' 'and' 'conditions')");
  CHECK(parsed("not found") == "(and 'not' 'found')");
  CHECK(parsed("refund OR cancel") == "(or 'refund' 'cancel')");
  CHECK(parsed("refund NOT cancel") == "(and 'refund' (not 'cancel'))");
  CHECK(parsed("(refund or cancel)") == "(or 'refund' 'cancel')");
  CHECK(parsed("tokens > 5 and not refund") ==
        "(and [" + key(QueryKey::TotalTokens) + " > 5] (not 'refund'))");
  CHECK(parsed("since yesterday and refund").starts_with("(and ["));
  CHECK(parsed("since yesterday and refund").ends_with(" 'refund')"));
  CHECK(parsed("things like this") == "(and 'things' 'like' 'this')");
  CHECK(parsed("the name is unknown") == "(and 'the' 'name' 'is' 'unknown')");
}

TEST_CASE("AND binds closer than OR, NOT closer than AND, and brackets closest") {
  CHECK(parsed("a OR b c") == "(or 'a' (and 'b' 'c'))");
  CHECK(parsed("(a OR b) c") == "(and (or 'a' 'b') 'c')");
  CHECK(parsed("NOT a b") == "(and (not 'a') 'b')");
  CHECK(parsed("NOT (a b)") == "(not (and 'a' 'b'))");
  CHECK(parsed("a || b && c") == "(or 'a' (and 'b' 'c'))");
  CHECK(parsed("AND a AND AND b AND") == "(and 'a' 'b')");
  CHECK(parsed("\xEF\xBC\x88"
               "a OR b\xEF\xBC\x89") == "(or 'a' 'b')");
}

TEST_CASE("values are brought into the unit of their key") {
  const std::string tokens = key(QueryKey::TotalTokens), cost = key(QueryKey::Cost),
                    duration = key(QueryKey::Duration);
  CHECK(parsed("tokens >= 10k") == "[" + tokens + " >= 10e3]");
  CHECK(parsed("tokens = '5'") == "[" + tokens + " = 5]");
  CHECK(parsed("cost < $0.05") == "[" + cost + " < 0.05]");
  CHECK(parsed("cost > .5") == "[" + cost + " > 0.5]");
  CHECK(parsed("duration > 5s") == "[" + duration + " > 5e3]");
  CHECK(parsed("latency > 250") == "[" + duration + " > 250]");
  CHECK(parsed("execution_time_ms <= 1.5 min") == "[" + duration + " <= 90000.0]");
  CHECK(parsed("duration > 5 ms refund") == "(and [" + duration + " > 5] 'refund')");
  CHECK(parsed("tokens BETWEEN 1 AND 5") == "(and [" + tokens + " >= 1] [" + tokens + " <= 5])");
  CHECK(parsed("tokens NOT BETWEEN 1 AND 5") == "(or [" + tokens + " < 1] [" + tokens + " > 5])");
  CHECK(parsed("tokens IN (1, 2)") == "[" + tokens + " in 1 2]");
  CHECK(parsed("tokens NOT IN (1)") == "[" + tokens + " !in 1]");
  CHECK(parsed("tokens IS NULL") == "[" + tokens + " !exists]");
  CHECK(parsed("tokens exists") == "[" + tokens + " exists]");
  CHECK(parsed("EXISTS outputs.answer") == "[" + key(QueryKey::Outputs) + ".answer exists]");
}

TEST_CASE("values of JSON are numbers, truth values and texts as they are written") {
  const std::string outputs = key(QueryKey::Outputs);
  CHECK(parsed("outputs.answer.score > 0.5") == "[" + outputs + ".answer.score > 0.5]");
  CHECK(parsed("outputs.score = '0.5'") == "[" + outputs + ".score = '0.5']");
  CHECK(parsed("outputs.ok = true") == "[" + outputs + ".ok = true]");
  CHECK(parsed("outputs.ok = yes") == "[" + outputs + ".ok = 'yes']");
  CHECK(parsed("outputs.ok != null") == "[" + outputs + ".ok exists]");
  CHECK(parsed("outputs.messages[0].content CONTAINS 'x'") ==
        "[" + outputs + ".messages[0].content contains 'x']");
  CHECK(parsed("outputs.messages[-1].\"a.b\" IN (1, 'x')") == "[" + outputs + ".messages[-1].a.b in 1 'x']");
  CHECK(parsed("outputs[*].n = 9007199254740993") == "[" + outputs + "[*].n = 9007199254740993]");
  CHECK(parsed("metadata.mlflow.trace.session = 's'") ==
        "[" + key(QueryKey::Metadata) + ".mlflow.trace.session = 's']");
  CHECK(parsed("tags.`my key` = 'x'") == "[" + key(QueryKey::Tag) + ".my key = 'x']");
  CHECK(parsed("feedback.a.b >= 4") == "[" + key(QueryKey::Feedback) + ".a.b >= 4]");
}

TEST_CASE("times are dates, moments and distances from now") {
  const std::string start = key(QueryKey::StartTime);
  const auto ns = [](int64_t value) { return std::to_string(value) + "e-6"; };
  constexpr int64_t kMidnight = kNow - 12 * kHourNs;
  CHECK(parsed("timestamp > 2026-11-24") == "[" + start + " > " + ns(kMidnight) + "]");
  CHECK(parsed("timestamp > \"2026-11-24 12:00\"") == "[" + start + " > " + ns(kNow) + "]");
  CHECK(parsed("timestamp > 2026-11-24 12:00 refund") == "(and [" + start + " > " + ns(kNow) + "] 'refund')");
  CHECK(parsed("timestamp > 2026-11-24T12:00:00Z") == "[" + start + " > " + ns(kNow) + "]");
  CHECK(parsed("timestamp > 1795521600000") == "[" + start + " > 1795521600000]");
  CHECK(parsed("timestamp >= \"24 hours ago\"") == "[" + start + " >= " + ns(kNow - 24 * kHourNs) + "]");
  CHECK(parsed("since \"last 24 hours\"") == "[" + start + " >= " + ns(kNow - 24 * kHourNs) + "]");
  CHECK(parsed("last 24 hours") == "[" + start + " >= " + ns(kNow - 24 * kHourNs) + "]");
  CHECK(parsed("since 2h") == "[" + start + " >= " + ns(kNow - 2 * kHourNs) + "]");
  CHECK(parsed("before yesterday") == "[" + start + " < " + ns(kMidnight - 24 * kHourNs) + "]");
  CHECK(parsed("until yesterday") == "[" + start + " < " + ns(kMidnight) + "]");
  CHECK(parsed("after 2026-11-23") == "[" + start + " >= " + ns(kMidnight) + "]");
  CHECK(parsed("timestamp = today") == "(and [" + start + " >= " + ns(kMidnight) + "] [" + start + " < " +
                                           ns(kMidnight + 24 * kHourNs) + "])");
  CHECK(parsed("last orders before closing") == "(and 'last' 'orders' 'before' 'closing')");
  QueryClock east = kClock;
  east.utc_offset_minutes = 120;
  const Result<Query> query = parse_own_query("timestamp > 2026-11-24", east);
  REQUIRE(query);
  CHECK(query.value().root.values[0].text == ns(kMidnight - 2 * kHourNs));
}

TEST_CASE("conditions on spans side by side are about one span, in and out of braces") {
  const std::string name = key(QueryKey::SpanName), type = key(QueryKey::SpanType),
                    status = key(QueryKey::SpanStatus);
  CHECK(parsed("span.name = 'a' AND tokens > 1 AND span.type = 'LLM'") ==
        "(and [" + key(QueryKey::TotalTokens) + " > 1] (any (and [" + name + " = 'a'] [" + type +
            " = 'LLM'])))");
  CHECK(parsed("span.name = 'a' OR span.type = 'b'") ==
        "(or (any [" + name + " = 'a']) (any [" + type + " = 'b']))");
  CHECK(parsed("NOT span.name = 'a'") == "(not (any [" + name + " = 'a']))");
  CHECK(parsed("span { type = TOOL AND status = error }") ==
        "(any (and [" + type + " = 'TOOL'] [" + status + " = 'ERROR']))");
  CHECK(parsed("any span { NOT name = 'a' OR refund }") == "(any (or (not [" + name + " = 'a']) 'refund'))");
  CHECK(parsed("all spans { status = OK }") == "(all [" + status + " = 'OK'])");
  CHECK(parsed("no span {}") == "(none *)");
  CHECK(parsed("count(span { type = 'TOOL' }) >= 3") == "(count [" + type + " = 'TOOL'] >=3)");
  CHECK(parsed("repeated({ type = 'TOOL' }) > 2") == "(repeated [" + type + " = 'TOOL'] name inputs >2)");
  CHECK(parsed("repeated({} BY name, type) != 2") == "(repeated * name type !=2)");
  CHECK(parsed("count the spans") == "(and 'count' 'the' 'spans')");
  CHECK(parsed("any span of mine") == "(and 'any' 'span' 'of' 'mine')");
}

TEST_CASE("spans are joined by where they stand to each other") {
  const std::string name = key(QueryKey::SpanName);
  const std::string a = "[" + name + " = 'a']", b = "[" + name + " = 'b']";
  CHECK(parsed("{name = 'a'} >> {name = 'b'}") == "(any " + a + " >> " + b + ")");
  CHECK(parsed("span {name = 'a'} > span {name = 'b'} ~ {}") == "(any " + a + " > " + b + " ~ *)");
  CHECK(parsed("{name = 'a'} !>> {name = 'b'}") == "(any " + a + " !>> " + b + ")");
  CHECK(parsed("{name = 'a'} then {name = 'b'}") == "(any " + a + " then " + b + ")");
  for (const char* negated : {"!THEN", "NOT THEN", "THEN NO", "THEN NOT", "then no span", "!then"}) {
    CHECK(parsed("{name = 'a'} " + std::string(negated) + " {name = 'b'}") ==
          "(any " + a + " !then " + b + ")");
  }
  CHECK(parsed("{name = 'a'} NOT {name = 'b'}") == "(and (any " + a + ") (not (any " + b + ")))");
  CHECK(parsed("{name = 'a'} << {name = 'b'} < {}") == "(any " + a + " << " + b + " < *)");
}

TEST_CASE("a pattern may be between slashes, with flags") {
  const std::string name = key(QueryKey::Name);
  CHECK(parsed("name =~ /^a\\/b\\d$/i") == "[" + name + " regex '(?i)^a/b\\d$']");
  CHECK(parsed("name !~ 'x+'") == "[" + name + " !regex 'x+']");
  CHECK(parsed("name RLIKE '^a'") == "[" + name + " regex '^a']");
  CHECK(parsed("name NOT LIKE 'a%'") == "[" + name + " !like 'a%']");
  CHECK(refused("name =~ /(a/").what.find("regular expression") != std::string::npos);
  CHECK(refused("name =~ /a").place == "/a");
}

TEST_CASE("MLflow's attributes are text where MLflow has the sign, and values where not") {
  CHECK(parsed("(span.attributes.\"llm.model\" LIKE '%x%')") ==
        "(any [" + key(QueryKey::SpanAttributeText) + ".llm.model like '%x%'])");
  CHECK(parsed("(span.attributes.\"llm.model\" = 'x')") ==
        "(any [" + key(QueryKey::SpanAttribute) + ".llm.model = 'x'])");
  CHECK(parsed("{attributes.\"llm.model\" LIKE '%x%'}") ==
        "(any [" + key(QueryKey::SpanAttribute) + ".llm.model like '%x%'])");
}

TEST_CASE("what MLflow accepts is MLflow's, and a trace id is a trace") {
  const auto kind = [](std::string_view text) {
    Result<Query> query = parse_query(text, kClock);
    REQUIRE(query);
    return query.value().is_mlflow;
  };
  CHECK(kind("status = 'OK'"));
  CHECK(kind("tags.a = 'b' AND span.type IN ('LLM')"));
  CHECK_FALSE(kind("status = 'OK' OR status = 'ERROR'"));
  CHECK_FALSE(kind("trace_id = 'x'"));
  CHECK_FALSE(kind("refund"));
  Result<Query> id = parse_query(" tr-0123456789abcdef0123456789abcdef ", kClock);
  REQUIRE(id);
  CHECK(print(id.value().root) == "[" + key(QueryKey::TraceId) + " = 'tr-0123456789abcdef0123456789abcdef']");
  CHECK(parse_query("span.attributes.x = 'y'", kClock).value().note.text.find("span { attributes.") !=
        std::string::npos);
  CHECK(parse_query("end_time > '2026-01-01'", kClock).value().note.text.find("brackets") != std::string::npos);
  CHECK(parse_query("status = 'OK'", kClock).value().note.text.empty());
}

TEST_CASE("errors stand at their place and say what to write") {
  const Refusal key_error = refused("tokens > 5 AND statsu = 'OK'");
  CHECK(key_error.place == "statsu");
  CHECK(key_error.suggestion == "status");
  // The names that the page shows in Chinese; no short key for what has no letter of one.
  CHECK(refused("状态 = 'ERROR'").suggestion == "status");
  CHECK(refused("耗时 > 5s").suggestion == "duration");
  CHECK(refused("标签.env = 'x'").suggestion == "tags.env");
  CHECK(refused("渠道 = 'x'").suggestion == "");
  CHECK(parse_query("status = '错误'", kClock).value().note.text.find("ERROR") != std::string::npos);
  CHECK(refused("tag.env = 'x' AND tagz.env = 'x'").suggestion == "tags.env");
  CHECK(refused("{ typ = 'LLM' }").suggestion == "type");
  CHECK(refused("span.nmae = 'x' OR x").suggestion == "span.name");
  CHECK(refused("{ tokens > 5 AND user = 'x' }").place == "user");
  CHECK(refused("tags. = 'x' OR x").what.find("tags.NAME") != std::string::npos);
  CHECK(refused("\"a\" = 'b'").place == "\"a\"");
  CHECK(refused("(a OR b").place == "(");
  CHECK(refused("a OR b)").place == ")");
  CHECK(refused("{ type = 'x'").place == "{");
  CHECK(refused("'open").place == "'open");
  CHECK(refused("a OR").what.find("too early") != std::string::npos);
  CHECK(refused("()").place == ")");
  CHECK(refused("tokens > many OR x").place == "many");
  CHECK(refused("duration > soon OR x").what.find("5s") != std::string::npos);
  CHECK(refused("timestamp > soon OR x").place == "soon");
  CHECK(refused("tokens LIKE '5' OR x").place == "LIKE");
  CHECK(refused("name > 'x' OR x").place == ">");
  CHECK(refused("text = 'x' OR x").place == "=");
  CHECK(refused("tokens IN () OR x").place == "(");
  CHECK(refused("all spans {} >> {}").place == "all");
  CHECK(refused("{ { name = 'x' } }").place == "{");
  CHECK(refused("{name = 'x'} >> name = 'y'").place == "name");
  CHECK(refused("count({}) LIKE 'x'").place == "LIKE");
  CHECK(refused("prompt = 'x' OR y").what.find("name/version") != std::string::npos);
  CHECK(refused("a > b").what.find("quotes") != std::string::npos);
}

TEST_CASE("the words of a query are those that must be there") {
  const auto words = [](std::string_view text) {
    std::string out;
    const Result<Query> query = parse_own_query(text, kClock);
    for (const std::string& word : query.value().words)
      out += word + "|";
    return out;
  };
  CHECK(words("refund \"a b\" NOT cancel") == "refund|a b|");
  CHECK(words("{ x } !> { y } > { z }") == "x|z|");
  CHECK(words("no span { x } OR outputs CONTAINS 'y'") == "y|");
}

TEST_CASE("paths have names, places and stars") {
  const auto steps = [](std::string_view text) {
    const auto path = split_path(text);
    if (!path) return std::string("-");
    QueryNode node;
    node.path = *path;
    return path_text(node);
  };
  CHECK(steps("a.b[0][-1][*].\"c.d\".`e f`") == ".a.b[0][-1][*].c.d.e f");
  for (const char* bad :
       {"", ".", "a.", "a..b", "[0]", "a[", "a[x]", "a[1.5]", "a.\"b", "a[99999999999]", "a\"b\"."}) {
    INFO(bad);
    CHECK(steps(bad) == "-");
  }
}

TEST_CASE("distances count letters that differ, exchanged neighbours once") {
  CHECK(edit_distance("status", "statsu", 3) == 1);
  CHECK(edit_distance("kitten", "sitting", 5) == 3);
  CHECK(edit_distance("", "abc", 5) == 3);
  CHECK(edit_distance("abc", "abc", 0) == 0);
  CHECK(edit_distance("abcdef", "uvwxyz", 2) == 3);
  CHECK(edit_distance("caf\xC3\xA9", "cafe", 2) == 1);
  CHECK(edit_distance(std::string(1000, 'a'), std::string(1000, 'b'), 2) == 3);
}

TEST_CASE("control characters are no blanks, with brackets around them or without") {
  for (const std::string text : {"\x04", "\x01\x02"}) {
    const auto bare = parse_own_query(text, kClock), bracketed = parse_own_query("(" + text + ")", kClock);
    REQUIRE(bare);
    REQUIRE(bracketed);
    CHECK(bare.value().root.kind == QueryNode::Kind::Word);
    CHECK(bracketed.value().root.kind == QueryNode::Kind::Word);
  }
}

namespace {

// The query after its error or note was corrected; "" when no correction is offered.
std::string corrected(std::string text) {
  QueryProblem problem;
  const Result<Query> query = parse_query(text, kClock, &problem);
  const size_t at = query.ok() ? query.value().note.at_byte : static_cast<size_t>(query.error().at_byte);
  const QueryProblem& place = query.ok() ? query.value().note.place : problem;
  if (place.suggestion.empty()) return {};
  return text.replace(at, place.size_bytes, place.suggestion);
}

}  // namespace

TEST_CASE("common slips have a correction") {
  CHECK(corrected("stauts = 'OK'") == "status = 'OK'");
  CHECK(corrected("status = 'error'") == "status = 'ERROR'");
  CHECK(corrected("status = 'Failed' AND name = 'x'") == "status = 'ERROR' AND name = 'x'");
  CHECK(corrected("status = eror OR x") == "status = ERROR OR x");
  CHECK(corrected("(status = 'error') OR x") == "(status = 'ERROR') OR x");
  CHECK(corrected("span { status = 'okay' }").empty());
  CHECK(corrected("status = 'OK") == "status = 'OK'");
  CHECK(corrected("(status = 'OK)") == "(status = 'OK')");
  CHECK(corrected("status = 'OK AND name = \"x\"") == "status = 'OK' AND name = \"x\"");
  CHECK(corrected("\"status\" = 'OK' OR x") == "status = 'OK' OR x");
  CHECK(corrected("tokens => 5") == "tokens >= 5");
  CHECK(corrected("tokens > 5 & cost < 1") == "tokens > 5 AND cost < 1");
  CHECK(corrected("tokens > 5 | cost < 1") == "tokens > 5 OR cost < 1");
  CHECK(corrected("status:error") == "status = error");
  CHECK(corrected("tokens == 5").empty());
  CHECK(parse_query("tokens == 5 && cost < 1 || x", kClock).ok());
  CHECK(corrected("http://example.com").empty());
  CHECK(corrected("this & that").empty());
  CHECK(corrected("span.attributes.x = 'y'") == "span { attributes.\"x\" = 'y' }");
  CHECK(corrected("end_time > '2026-01-01'") == "(end_time > '2026-01-01')");
}
