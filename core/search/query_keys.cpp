#include "core/search/query_keys.h"

#include <algorithm>
#include <iterator>

#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/search/filter_terms.h"

namespace assay::search {
namespace {

enum class More : uint8_t {
  No,
  Path,  // may go on
  Name,  // must go on
};
struct KeyWord {
  std::string_view word;
  QueryKey key;
  More more = More::No;
  std::string_view attribute = {};  // SpanAttribute: stands for this one
  std::string_view member = {};     // … and this member of it
};

// The first spelling of a key is the one that is suggested.
constexpr KeyWord kTraceKeys[] = {
    {"status", QueryKey::State},
    {"state", QueryKey::State},
    {"name", QueryKey::Name},
    {"timestamp", QueryKey::StartTime},
    {"timestamp_ms", QueryKey::StartTime},
    {"time", QueryKey::StartTime},
    {"start", QueryKey::StartTime},
    {"start_time", QueryKey::StartTime},
    {"end_time", QueryKey::EndTime},
    {"end_time_ms", QueryKey::EndTime},
    {"end", QueryKey::EndTime},
    {"duration", QueryKey::Duration},
    {"duration_ms", QueryKey::Duration},
    {"execution_time", QueryKey::Duration},
    {"execution_time_ms", QueryKey::Duration},
    {"latency", QueryKey::Duration},
    {"tokens", QueryKey::TotalTokens},
    {"total_tokens", QueryKey::TotalTokens},
    {"input_tokens", QueryKey::InputTokens},
    {"output_tokens", QueryKey::OutputTokens},
    {"cost", QueryKey::Cost},
    {"cost_usd", QueryKey::Cost},
    {"trace_id", QueryKey::TraceId},
    {"request_id", QueryKey::TraceId},
    {"id", QueryKey::TraceId},
    {"client_request_id", QueryKey::ClientRequestId},
    {"session", QueryKey::Session},
    {"session_id", QueryKey::Session},
    {"user", QueryKey::User},
    {"user_id", QueryKey::User},
    {"request", QueryKey::Request},
    {"response", QueryKey::Response},
    {"inputs", QueryKey::Inputs, More::Path},
    {"input", QueryKey::Inputs, More::Path},
    {"outputs", QueryKey::Outputs, More::Path},
    {"output", QueryKey::Outputs, More::Path},
    {"tags", QueryKey::Tag, More::Name},
    {"tag", QueryKey::Tag, More::Name},
    {"metadata", QueryKey::Metadata, More::Name},
    {"request_metadata", QueryKey::Metadata, More::Name},
    {"feedback", QueryKey::Feedback, More::Name},
    {"expectation", QueryKey::Expectation, More::Name},
    {"rationale", QueryKey::Rationale, More::Name},
    {"issue.id", QueryKey::Issue},
    {"prompt", QueryKey::Prompt},
    {"run_id", QueryKey::Metadata, More::No, kSourceRunMetadata},
    {"text", QueryKey::SpanContent},
    {"span_count", QueryKey::SpanCount},
    {"spans", QueryKey::SpanCount},
    {"depth", QueryKey::Depth},
};
constexpr KeyWord kSpanKeys[] = {
    {"name", QueryKey::SpanName},
    {"type", QueryKey::SpanType},
    {"status", QueryKey::SpanStatus},
    {"state", QueryKey::SpanStatus},
    {"duration", QueryKey::SpanDuration},
    {"duration_ms", QueryKey::SpanDuration},
    {"latency", QueryKey::SpanDuration},
    {"id", QueryKey::SpanId},
    {"span_id", QueryKey::SpanId},
    {"start", QueryKey::SpanStart},
    {"start_time", QueryKey::SpanStart},
    {"timestamp", QueryKey::SpanStart},
    {"end", QueryKey::SpanEnd},
    {"end_time", QueryKey::SpanEnd},
    {"depth", QueryKey::SpanDepth},
    {"children", QueryKey::SpanChildren},
    {"attributes", QueryKey::SpanAttribute, More::Name},
    {"attribute", QueryKey::SpanAttribute, More::Name},
    {"inputs", QueryKey::SpanInputs, More::Path},
    {"input", QueryKey::SpanInputs, More::Path},
    {"outputs", QueryKey::SpanOutputs, More::Path},
    {"output", QueryKey::SpanOutputs, More::Path},
    {"events", QueryKey::SpanEvents, More::Path},
    {"message", QueryKey::SpanMessage},
    {"content", QueryKey::SpanContent},
    {"text", QueryKey::SpanContent},
    {"tokens", QueryKey::SpanAttribute, More::No, "mlflow.chat.tokenUsage", "total_tokens"},
    {"input_tokens", QueryKey::SpanAttribute, More::No, "mlflow.chat.tokenUsage", "input_tokens"},
    {"output_tokens", QueryKey::SpanAttribute, More::No, "mlflow.chat.tokenUsage", "output_tokens"},
    {"cost", QueryKey::SpanAttribute, More::No, "mlflow.llm.cost", "total_cost"},
    {"model", QueryKey::SpanAttribute, More::No, "mlflow.llm.model"},
};

template <typename Visit>
void for_each_key(KeyPlace place, const Visit& visit) {
  const bool in_trace = place == KeyPlace::Trace;
  const KeyWord* words = in_trace ? kTraceKeys : kSpanKeys;
  const size_t count = in_trace ? std::size(kTraceKeys) : std::size(kSpanKeys);
  for (size_t i = 0; i < count; ++i)
    visit(words[i]);
}

const KeyWord* find_word(std::string_view word, KeyPlace place) {
  const KeyWord* found = nullptr;
  for_each_key(place, [&](const KeyWord& entry) {
    if (entry.word == word) found = &entry;
  });
  return found;
}

// A name step with these letters, whatever their case.
bool step_is(const PathStep& step, std::string_view word) {
  return step.kind == PathStep::Kind::Name && ascii_lower(step.name) == word;
}

void add_name(std::vector<PathStep>& path, std::string_view name) {
  if (!name.empty()) path.push_back({PathStep::Kind::Name, std::string(name)});
}

// Which key the steps from `from` on are.
std::optional<ResolvedKey> match_steps(const std::vector<PathStep>& steps, size_t from, KeyPlace place) {
  if (from >= steps.size() || steps[from].kind != PathStep::Kind::Name) return std::nullopt;
  std::string word = ascii_lower(steps[from].name);
  const size_t left = steps.size() - from;
  if (word == "issue" && left == 2 && step_is(steps[from + 1], "id")) word = "issue.id";
  const KeyWord* entry = find_word(word, place);
  if (entry == nullptr) return std::nullopt;
  const size_t used = word == "issue.id" ? 2 : 1;
  if (entry->more == More::No && left > used) return std::nullopt;
  if (entry->more == More::Name && (left < 2 || steps[from + 1].kind != PathStep::Kind::Name))
    return std::nullopt;
  ResolvedKey out;
  out.key = entry->key;
  add_name(out.path, entry->attribute);
  add_name(out.path, entry->member);
  for (size_t i = from + used; i < steps.size(); ++i)
    out.path.push_back(steps[i]);
  const bool is_named =
      out.key == QueryKey::Feedback || out.key == QueryKey::Expectation || out.key == QueryKey::Rationale;
  // The names of assessments hold dots, not paths.
  for (size_t i = 1; is_named && i < out.path.size(); ++i) {
    if (out.path[i].kind != PathStep::Kind::Name) return std::nullopt;
    out.path[0].name += "." + out.path[i].name;
  }
  if (is_named) out.path.resize(1);
  return out;
}

uint32_t distance_limit(std::string_view text) { return text.size() < 4 ? 1 : text.size() < 8 ? 2 : 3; }

}  // namespace

QueryType type_of(QueryKey key) {
  switch (key) {
    case QueryKey::StartTime:
    case QueryKey::EndTime:
    case QueryKey::SpanStart:
    case QueryKey::SpanEnd:
      return QueryType::Time;
    case QueryKey::Duration:
    case QueryKey::SpanDuration:
      return QueryType::Duration;
    case QueryKey::InputTokens:
    case QueryKey::OutputTokens:
    case QueryKey::TotalTokens:
    case QueryKey::SpanCount:
    case QueryKey::Depth:
    case QueryKey::SpanDepth:
    case QueryKey::SpanChildren:
      return QueryType::Integer;
    case QueryKey::Cost:
      return QueryType::Real;
    case QueryKey::State:
    case QueryKey::SpanStatus:
      return QueryType::State;
    case QueryKey::Tag:
    case QueryKey::Metadata:
    case QueryKey::Inputs:
    case QueryKey::Outputs:
    case QueryKey::SpanAttribute:
    case QueryKey::SpanInputs:
    case QueryKey::SpanOutputs:
    case QueryKey::SpanEvents:
      return QueryType::Json;
    case QueryKey::Feedback:
    case QueryKey::Expectation:
      return QueryType::Score;
    case QueryKey::Prompt:
      return QueryType::Prompt;
    case QueryKey::SpanContent:
    case QueryKey::SpanAttributeText:
      return QueryType::Content;
    default:
      return QueryType::Text;
  }
}

std::optional<std::vector<PathStep>> split_path(std::string_view text) {
  std::vector<PathStep> steps;
  size_t at = 0;
  bool wants_name = true;  // at the start, and after a dot
  while (at < text.size()) {
    const char c = text[at];
    if (c == '[') {
      const size_t close = text.find(']', at);
      if (close == std::string_view::npos || wants_name) return std::nullopt;
      const std::string_view inside = text.substr(at + 1, close - at - 1);
      const std::optional<int64_t> number = parse_int64(inside);
      if (inside != "*" && (!number || *number > 1000000 || *number < -1000000)) return std::nullopt;
      steps.push_back({inside == "*" ? PathStep::Kind::Any : PathStep::Kind::Index,
                       {},
                       static_cast<int32_t>(number.value_or(0))});
      at = close + 1;
      continue;
    }
    if (c == '.') {
      if (wants_name) return std::nullopt;
      wants_name = true;
      ++at;
      continue;
    }
    if (!wants_name) return std::nullopt;
    wants_name = false;
    size_t end = at;
    if (c == '"' || c == '`' || c == '\'') {
      end = text.find(c, at + 1);
      if (end == std::string_view::npos) return std::nullopt;
      steps.push_back({PathStep::Kind::Name, std::string(text.substr(at + 1, end - at - 1))});
      at = end + 1;
      continue;
    }
    while (end < text.size() && text[end] != '.' && text[end] != '[')
      ++end;
    steps.push_back({PathStep::Kind::Name, std::string(text.substr(at, end - at))});
    at = end;
  }
  if (wants_name) return std::nullopt;
  return steps;
}

std::optional<ResolvedKey> resolve_key(std::string_view text, KeyPlace place) {
  const std::optional<std::vector<PathStep>> steps = split_path(text);
  if (!steps) return std::nullopt;
  const bool has_more = steps->size() > 1;
  if (has_more && step_is((*steps)[0], "span")) return match_steps(*steps, 1, KeyPlace::Span);
  if (place == KeyPlace::Span) return match_steps(*steps, 0, place);
  const bool is_prefix = has_more && (step_is((*steps)[0], "trace") || step_is((*steps)[0], "attributes") ||
                                      step_is((*steps)[0], "attribute"));
  return match_steps(*steps, is_prefix ? 1 : 0, place);
}

bool lacks_name(std::string_view text, KeyPlace place) {
  while (text.ends_with('.'))
    text.remove_suffix(1);
  std::string lower = ascii_lower(text);
  if (lower.starts_with("span.")) {
    lower.erase(0, 5);
    place = KeyPlace::Span;
  }
  const KeyWord* entry = find_word(lower, place);
  return entry != nullptr && entry->more == More::Name;
}

namespace {
// The key that the page shows by this Chinese name; "": none.
std::string_view key_named(std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"状态", "status"},   {"时间", "timestamp"}, {"耗时", "duration"}, {"时长", "duration"}, {"名称", "name"},
      {"请求", "request"},  {"输入", "inputs"},    {"响应", "response"}, {"输出", "outputs"},  {"用户", "user"},
      {"会话", "session"},  {"标签", "tags"},      {"元数据", "metadata"}, {"评价", "feedback"}, {"类型", "type"}};
  for (const auto& [shown, key] : kNames)
    if (shown == name) return key;
  return {};
}
}  // namespace

std::string nearest_key(std::string_view text, KeyPlace place) {
  if (text.size() > 200) return {};
  std::string lower = ascii_lower(text);
  std::string prefix;
  if (lower.starts_with("span.")) {
    prefix = "span.";
    place = KeyPlace::Span;
  } else if (lower.starts_with("trace.")) {
    prefix = "trace.";
  }
  lower.erase(0, prefix.size());
  const size_t dot = std::min(lower.find('.'), lower.size());
  const std::string_view head = std::string_view(lower).substr(0, dot);
  if (const std::string_view key = key_named(head); !key.empty()) {
    std::string named = prefix + std::string(key) + std::string(text.substr(std::min(text.size(), prefix.size() + dot)));
    return resolve_key(named, place) ? named : std::string();
  }
  // Of a key in another script every letter is another one: a short key would be near to it.
  if (std::none_of(head.begin(), head.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; })) return {};
  uint32_t best = distance_limit(head) + 1;
  std::string nearest;
  for_each_key(place, [&](const KeyWord& entry) {
    const bool goes_on = dot < lower.size();
    if (goes_on != (entry.more == More::Name) && (goes_on ? entry.more == More::No : true)) return;
    const uint32_t distance = edit_distance(head, entry.word, best - 1);
    if (distance >= best) return;
    best = distance;
    nearest = entry.word;
  });
  if (nearest.empty()) {
    // A key of the other place?
    const KeyWord* other = find_word(head, place == KeyPlace::Trace ? KeyPlace::Span : KeyPlace::Trace);
    if (other == nullptr || place == KeyPlace::Span) return {};
    return "span." + std::string(text);
  }
  return prefix + nearest + std::string(text.substr(std::min(text.size(), prefix.size() + dot)));
}

std::vector<KnownKey> known_keys(KeyPlace place) {
  std::vector<KnownKey> out;
  for_each_key(place, [&](const KeyWord& entry) {
    std::string_view main = entry.word;
    for_each_key(place, [&](const KeyWord& other) {
      const bool is_same = other.key == entry.key && other.attribute == entry.attribute && other.member == entry.member;
      if (is_same && other.word.data() != entry.word.data() && main == entry.word && &other < &entry) main = other.word;
    });
    out.push_back({entry.word, entry.key, main, entry.more == More::Name, entry.more != More::No});
  });
  return out;
}

uint32_t edit_distance(std::string_view a, std::string_view b, uint32_t limit) {
  constexpr size_t kLongest = 64;
  uint32_t letters[2][kLongest];
  size_t sizes[2] = {0, 0};
  const std::string_view texts[2] = {a, b};
  for (int i = 0; i < 2; ++i) {
    for (size_t at = 0; at < texts[i].size() && sizes[i] < kLongest;) {
      const DecodedChar c = decode_utf8(texts[i], at);
      letters[i][sizes[i]++] = c.code_point;
      at += c.size_bytes;
    }
  }
  const size_t gap = sizes[0] > sizes[1] ? sizes[0] - sizes[1] : sizes[1] - sizes[0];
  if (gap > limit) return limit + 1;
  uint32_t before[kLongest + 1], last[kLongest + 1], row[kLongest + 1];
  for (size_t j = 0; j <= sizes[1]; ++j)
    last[j] = before[j] = static_cast<uint32_t>(j);
  for (size_t i = 1; i <= sizes[0]; ++i) {
    row[0] = static_cast<uint32_t>(i);
    uint32_t least = row[0];
    for (size_t j = 1; j <= sizes[1]; ++j) {
      const uint32_t x = letters[0][i - 1], y = letters[1][j - 1];
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (x == y ? 0 : 1)});
      if (i > 1 && j > 1 && x == letters[1][j - 2] && y == letters[0][i - 2]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
      least = std::min(least, row[j]);
    }
    if (least > limit) return limit + 1;
    std::copy(last, last + sizes[1] + 1, before);
    std::copy(row, row + sizes[1] + 1, last);
  }
  return std::min(last[sizes[1]], limit + 1);
}

}  // namespace assay::search
