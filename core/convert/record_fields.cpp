#include "core/convert/record_fields.h"

#include <unordered_map>

#include "core/base/numbers.h"
#include "core/convert/chat_messages.h"
#include "core/convert/encodings.h"
#include "core/convert/python_literal.h"
#include "core/json/unescape.h"
#include "core/json/writer.h"

namespace assay::convert {
namespace {

std::string camel_of(std::string_view name) {
  std::string out;
  for (size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '_' && i > 0 && i + 1 < name.size() && name[i + 1] >= 'a' &&
        name[i + 1] <= 'z') {
      out += static_cast<char>(name[++i] - 'a' + 'A');
    } else {
      out += name[i];
    }
  }
  return out;
}

void write_merged(json::Writer& w, json::Node earlier, json::Node later) {
  if (!earlier.is_object() || !later.is_object()) {
    w.raw(later.has_content() || !earlier.has_content() ? later.raw() : earlier.raw());
    return;
  }
  // Looked up by a map: an object with very many members must not take the square of them.
  std::unordered_map<std::string, json::Node> others;
  for (json::Node each = later.first(); each; each = each.next())
    others[each.key()] = each;
  w.begin_object();
  for (json::Node each = earlier.first(); each; each = each.next()) {
    const std::string key = each.key();
    const auto other = others.find(key);
    w.key(key);
    if (other != others.end()) {
      write_merged(w, each, other->second);
      others.erase(other);
    } else {
      w.raw(each.raw());
    }
  }
  for (json::Node each = later.first(); each; each = each.next()) {
    const auto other = others.find(each.key());
    if (other == others.end()) continue;
    w.member_raw(each.key(), other->second.raw());
    others.erase(other);
  }
  w.end_object();
}

// A table's cell: JSON or a Python literal of a list or object, else its text.
std::string cell_value(json::Node cell) {
  std::string json = unwrapped_json(cell);
  if (json.size() < 3 || json[0] != '"' || (json[1] != '{' && json[1] != '[')) return json;
  const auto literal = json_of_python(cell.text());
  return literal ? *literal : json;
}

}  // namespace

Unwrapped::Unwrapped(json::Node value) : node(value) {
  if (!value.is_string()) return;
  text_ = unwrapped_json(value);
  if (text_.empty() || text_[0] == '"') return;
  if (tree_.parse(text_)) node = tree_.root();
}

Unwrapped::Unwrapped(std::string json_text) : text_(std::move(json_text)) {
  if (!text_.empty() && tree_.parse(text_)) node = tree_.root();
}

bool names_contain(std::string_view names, std::string_view name) {
  if (name.find(' ') != std::string_view::npos) return false;
  for (size_t at = names.find(name); at != std::string_view::npos && !name.empty();
       at = names.find(name, at + 1)) {
    const size_t end = at + name.size();
    if (at > 0 && names[at - 1] == ' ' && end < names.size() && names[end] == ' ') return true;
  }
  return false;
}

json::Node first_of(json::Node object, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    const json::Node found = object[key];
    if (found.has_content()) return found;
  }
  return {};
}

std::string first_text_of(json::Node object, std::initializer_list<std::string_view> keys) {
  return first_of(object, keys).text_or_raw();
}

bool is_table_row(json::Node row) {
  if (!row.is_object()) return false;
  for (json::Node each = row.first(); each; each = each.next()) {
    if (!each.is_string()) return false;
  }
  return true;
}

std::string tidy_row(json::Node row, bool camel) {
  const bool table = is_table_row(row);
  if (!table && !camel) return std::string(row.raw());
  std::string out;
  json::Writer w(out);
  w.begin_object();
  for (json::Node each = row.first(); each; each = each.next()) {
    if (table && !each.has_content()) continue;
    const std::string key = each.key();
    w.member_raw(camel ? camel_of(key) : key, table ? cell_value(each) : std::string(each.raw()));
  }
  w.end_object();
  return out;
}

void keep_rest(json::Node object, std::string_view known, std::string_view prefix,
               std::vector<Attribute>& out) {
  if (!object.is_object()) return;
  for (json::Node each = object.first(); each; each = each.next()) {
    const std::string key = each.key();
    if (!each.has_content() || names_contain(known, key)) continue;
    out.push_back({std::string(prefix) + key, std::string(each.raw())});
  }
}

void keep_rest(json::Node object, std::string_view known, std::string_view prefix,
               std::vector<std::pair<std::string, std::string>>& out) {
  if (!object.is_object()) return;
  for (json::Node each = object.first(); each; each = each.next()) {
    const std::string key = each.key();
    if (!each.has_content() || names_contain(known, key)) continue;
    out.emplace_back(std::string(prefix) + key, each.text_or_raw());
  }
}

std::string merged_json(std::string_view earlier, std::string_view later) {
  json::Tree a, b;
  if (!a.parse(earlier)) return std::string(later);
  if (!b.parse(later)) return std::string(earlier);
  std::string out;
  json::Writer w(out);
  write_merged(w, a.root(), b.root());
  return out;
}

struct RowMerger::State {
  std::vector<std::string> rows;
  std::unordered_map<std::string, size_t> by_key;
};

RowMerger::RowMerger() : state_(std::make_unique<State>()) {}
RowMerger::~RowMerger() = default;

void RowMerger::add(std::string_view key, json::Node row) {
  const auto [at, fresh] = state_->by_key.emplace(key, state_->rows.size());
  if (fresh) {
    state_->rows.emplace_back(row.raw());
  } else {
    state_->rows[at->second] = merged_json(state_->rows[at->second], row.raw());
  }
}

bool RowMerger::has(std::string_view key) const {
  return state_->by_key.count(std::string(key)) > 0;
}

std::vector<std::string> RowMerger::take() {
  state_->by_key.clear();
  return std::move(state_->rows);
}

namespace {

int64_t count_of(json::Node node) {
  const auto real = node.number();
  return real && *real >= 0 && *real < 1e15 ? static_cast<int64_t>(*real) : -1;
}

struct UsageName {
  std::string_view name, inside;  // inside: the member that holds it, or ""
};

void take_count(json::Node usage, std::initializer_list<UsageName> names, int64_t& to) {
  for (const UsageName& each : names) {
    if (to >= 0) return;
    to = count_of(each.inside.empty() ? usage[each.name] : usage[each.inside][each.name]);
  }
}

}  // namespace

void read_usage(json::Node usage, Tokens& t) {
  if (!usage.is_object()) return;
  take_count(usage,
             {{"input", ""},
              {"input_tokens", ""},
              {"prompt_tokens", ""},
              {"promptTokens", ""},
              {"inputTokens", ""},
              {"inputUsage", ""},
              {"prompt", ""}},
             t.input);
  take_count(usage,
             {{"output", ""},
              {"output_tokens", ""},
              {"completion_tokens", ""},
              {"completionTokens", ""},
              {"outputTokens", ""},
              {"outputUsage", ""},
              {"completion", ""}},
             t.output);
  take_count(usage,
             {{"total", ""},
              {"total_tokens", ""},
              {"totalTokens", ""},
              {"totalUsage", ""},
              {"tokens", ""}},
             t.total);
  take_count(usage,
             {{"cache_read_input_tokens", ""},
              {"input_cached_tokens", ""},
              {"prompt_cached_tokens", ""},
              {"input_cache_read", ""},
              {"cache_read_tokens", ""},
              {"cached_tokens", ""},
              {"prompt_details.cache_read", ""},
              {"cached_tokens", "prompt_tokens_details"},
              {"cached_tokens", "input_tokens_details"},
              {"cache_read", "input_token_details"},
              {"cache_read", "prompt_token_details"}},
             t.cache_read);
  take_count(usage,
             {{"cache_creation_input_tokens", ""},
              {"prompt_cache_creation_tokens", ""},
              {"input_cache_creation", ""},
              {"prompt_details.cache_write", ""},
              {"cache_creation", "input_token_details"},
              {"cache_creation", "prompt_token_details"}},
             t.cache_creation);
  take_count(usage,
             {{"reasoning_tokens", ""},
              {"output_reasoning", ""},
              {"output_reasoning_tokens", ""},
              {"completion_reasoning_tokens", ""},
              {"completion_details.reasoning", ""},
              {"reasoning_tokens", "completion_tokens_details"},
              {"reasoning_tokens", "output_tokens_details"},
              {"reasoning", "output_token_details"},
              {"reasoning", "completion_token_details"}},
             t.reasoning);
}

TimeNs time_member(Context& context, json::Node object,
                   std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    const json::Node node = object[key];
    if (!node.has_content()) continue;
    const TimeNs time = any_time_ns(node);
    if (time != kNoTime) return time;
    context.note(ingest::IssueKind::BadTimestamp,
                 std::string(key) + ": " + std::string(node.raw().substr(0, 60)));
  }
  return kNoTime;
}

std::string scalar_value(json::Node value) {
  if (!value.present() || value.kind() == json::Kind::Null) return {};
  if (!value.is_string()) return std::string(value.raw());
  const std::string text = value.text();
  if (text == "True" || text == "true") return "true";
  if (text == "False" || text == "false") return "false";
  if (is_json(text) && (text[0] == '-' || (text[0] >= '0' && text[0] <= '9'))) return text;
  return std::string(value.raw());
}

void add_tags(json::Node list, CanonicalTrace& trace) {
  const Unwrapped tags(list);
  if (tags.node.is_array()) {
    for (json::Node each = tags.node.first(); each; each = each.next()) {
      const std::string name = each.text_or_raw();
      if (!name.empty()) trace.tags.emplace_back(name, "true");
    }
  } else if (tags.node.is_object()) {  // named values
    for (json::Node each = tags.node.first(); each; each = each.next()) {
      trace.tags.emplace_back(each.key(), each.text_or_raw());
    }
  } else if (tags.node.has_content()) {
    trace.tags.emplace_back(tags.node.text_or_raw(), "true");
  }
}

CanonicalAssessment expectation_of(std::string value_json, std::string_view name) {
  CanonicalAssessment out;
  out.kind = CanonicalAssessment::Kind::Expectation;
  const bool text = !value_json.empty() && value_json[0] == '"';
  out.name = !name.empty() ? name
             : text        ? std::string_view("expected_response")
                           : std::string_view("expected_output");
  out.value_json = std::move(value_json);
  out.source_type = "HUMAN";
  return out;
}

}  // namespace assay::convert
