// order_by of MLflow's trace search: "<key> [ASC|DESC]", read by sqlparse and then split as a shell
// does.
#include "core/search/filter.h"
#include "core/search/filter_terms.h"
#include "core/search/python_literal.h"
#include "core/search/query_keys.h"
#include "core/search/sql_group.h"
#include "core/search/unicode_class.h"

#include "core/base/utf8.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace assay::search {
namespace {

constexpr size_t kMaxOrderByBytes = 64 << 10;

Error could_not_parse(std::string_view text) {
  return make_error(ErrorCode::InvalidParameter,
                    "Invalid order_by clause '" + clipped(text) + "'. Could not be parsed.", 0);
}

// The text that names the key and the direction; nothing when it is not one identifier.
std::optional<std::string> identifier_text(std::string_view text) {
  const SqlTree tree = parse_sql(text);
  if (tree.too_complex || tree.statements.size() != 1) return std::nullopt;
  const std::vector<uint32_t>& tokens = tree.nodes[tree.statements[0]].children;
  const auto value = [&](uint32_t i) {
    return text.substr(tree.nodes[i].begin, tree.nodes[i].end - tree.nodes[i].begin);
  };
  const SqlNode& first = tree.nodes[tokens.front()];
  if (tokens.size() == 1 && first.group == SqlGroup::Identifier) {
    return std::string(value(tokens.front()));
  }
  const bool timestamp = first.group == SqlGroup::Leaf && first.type == SqlType::Builtin &&
                         value(tokens.front()) == "timestamp";
  if (!timestamp) return std::nullopt;
  if (tokens.size() == 1) return "timestamp";
  const bool blanks = std::all_of(tokens.begin() + 1, tokens.end() - 1, [&](uint32_t i) {
    return tree.nodes[i].group == SqlGroup::Leaf && is_space(tree.nodes[i].type);
  });
  const SqlNode& last = tree.nodes[tokens.back()];
  if (!blanks || last.group != SqlGroup::Leaf || last.type != SqlType::KeywordOrder) {
    return std::nullopt;
  }
  return "timestamp " + std::string(value(tokens.back()));
}

// Python's shlex.split: words, with quotes and backslashes taken away. Nothing: a quote is not
// closed.
std::optional<std::vector<std::string>> shell_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      if (in_word) words.push_back(std::exchange(word, {}));
      in_word = false;
      continue;
    }
    in_word = true;
    if (c == '\\') {
      if (++i >= text.size()) return std::nullopt;
      word += text[i];
    } else if (c == '\'' || c == '"') {
      for (++i; i < text.size() && text[i] != c; ++i) {
        if (c == '"' && text[i] == '\\' && i + 1 < text.size() &&
            (text[i + 1] == '"' || text[i + 1] == '\\')) {
          ++i;
        }
        word += text[i];
      }
      if (i >= text.size()) return std::nullopt;
    } else {
      word += c;
    }
  }
  if (in_word) words.push_back(std::move(word));
  return words;
}

std::string_view stripped(std::string_view text) {
  while (!text.empty() && is_space_char(static_cast<unsigned char>(text.front()))) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_space_char(static_cast<unsigned char>(text.back()))) {
    text.remove_suffix(1);
  }
  return text;
}

Result<OrderKey> parse_order_key(std::string_view text) {
  std::optional<std::string> token = identifier_text(text);
  if (!token) return could_not_parse(text);
  std::string quoted = *token;
  std::replace(quoted.begin(), quoted.end(), '`', '"');
  const std::optional<std::vector<std::string>> words = shell_words(quoted);
  if (!words || words->size() > 2) return could_not_parse(text);
  OrderKey key;
  if (words->size() == 2) {
    const std::string direction = ascii_lower((*words)[1]);
    if (direction != "asc" && direction != "desc") {
      return make_error(ErrorCode::InvalidParameter,
                        "Invalid ordering key in order_by clause '" + clipped(text) + "'.",
                        text.size() - std::min(text.size(), (*words)[1].size()));
    }
    key.ascending = direction == "asc";
    token = (*words)[0];
  }
  Result<Identifier> parsed = parse_identifier(stripped(*token), KeyUse::OrderBy);
  if (!parsed) return parsed.take_error();
  Identifier identifier = std::move(parsed).value();
  apply_aliases(identifier);
  key.key = identifier.key;
  switch (identifier.entity) {
    case Entity::Tag:
      key.field = Field::Tag;
      break;
    case Entity::Metadata:
      key.field = Field::Metadata;
      break;
    case Entity::Attribute:
      key.field = key.key == "status"              ? Field::Status
                  : key.key == "request_id"        ? Field::RequestId
                  : key.key == "execution_time_ms" ? Field::ExecutionTimeMs
                  : key.key == "end_time_ms"       ? Field::EndTimeMs
                  : key.key == "experiment_id"     ? Field::ExperimentId
                                                   : Field::TimestampMs;
      key.key.clear();
      break;
    default:
      return make_error(
          ErrorCode::InvalidParameter,
          "Invalid identifier type '" + std::string(entity_name(identifier.entity)) + "'", 0);
  }
  return key;
}

// --- What is wrong with it, for a person --------------------------------------------------------------------

// Words between blanks; quotes keep theirs together.
std::vector<std::string_view> written_words(std::string_view text) {
  std::vector<std::string_view> words;
  size_t begin = 0;
  char quote = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : ' ';
    if (quote != 0) {
      if (c == quote) quote = 0;
      if (i < text.size()) continue;
    } else if (c == '`' || c == '"' || c == '\'') {
      quote = c;
    }
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') continue;
    if (i > begin) words.push_back(text.substr(begin, i - begin));
    begin = i + 1;
  }
  return words;
}

// How MLflow orders by what our language calls so: "duration" is execution_time. "": it does not.
std::string order_key_of(std::string_view word) {
  const std::optional<ResolvedKey> key = resolve_key(word, KeyPlace::Trace);
  if (!key) return {};
  switch (key->key) {
    case QueryKey::StartTime: return "timestamp";
    case QueryKey::EndTime: return "end_time";
    case QueryKey::Duration: return "execution_time";
    case QueryKey::State: return "status";
    case QueryKey::TraceId: return "request_id";
    case QueryKey::Name: return "name";
    case QueryKey::Tag:
    case QueryKey::Metadata: return std::string(word);
    default: return {};
  }
}

std::string nearest_order_key(std::string_view word) {
  if (std::string key = order_key_of(word); !key.empty()) return key == word ? std::string() : key;
  constexpr std::string_view kKeys[] = {"timestamp", "execution_time", "status", "name", "request_id", "end_time", "experiment_id", "run_id"};
  const std::string lower = ascii_lower(word);
  uint32_t best = lower.size() < 4 ? 1 : lower.size() < 8 ? 2 : 3;
  std::string nearest;
  for (const std::string_view key : kKeys) {
    const uint32_t distance = edit_distance(lower, key, best);
    if (distance > best || (distance == best && !nearest.empty())) continue;
    best = distance;
    nearest = key;
  }
  return nearest.empty() ? order_key_of(nearest_key(word, KeyPlace::Trace)) : nearest;
}

OrderProblem problem_of(std::string_view text, bool is_twice) {
  OrderProblem problem;
  const std::vector<std::string_view> words = written_words(text);
  if (words.empty()) return problem;
  std::string_view wrong = words[0];
  const std::string direction = words.size() > 1 ? ascii_lower(words[1]) : "asc";
  if (direction != "asc" && direction != "desc") {
    wrong = words[1];
    problem.suggestion = direction[0] == 'd' ? "DESC" : direction[0] == 'a' ? "ASC" : "";
  } else if (words.size() > 2) {
    wrong = text.substr(static_cast<size_t>(words[2].data() - text.data()));
  } else if (!is_twice) {
    problem.suggestion = nearest_order_key(wrong);
  }
  problem.at_byte = static_cast<uint32_t>(wrong.data() - text.data());
  problem.size_bytes = static_cast<uint32_t>(wrong.size());
  return problem;
}

}  // namespace

Result<OrderBy> parse_order_by(const std::vector<std::string>& texts, OrderProblem* problem) {
  OrderBy order_by;
  for (size_t i = 0; i < texts.size(); ++i) {
    const std::string& text = texts[i];
    const auto tell = [&](bool is_twice) {
      if (problem == nullptr) return;
      *problem = problem_of(text, is_twice);
      problem->text = i;
    };
    Result<OrderKey> key = text.size() > kMaxOrderByBytes ? Result<OrderKey>(could_not_parse(text)) : parse_order_key(text);
    if (!key) {
      tell(false);
      return key.take_error();
    }
    for (const OrderKey& earlier : order_by.keys) {
      if (earlier.field != key.value().field || earlier.key != key.value().key) continue;
      tell(true);
      std::string list;
      for (const std::string& each : texts) {
        list += (list.empty() ? "[" : ", ") + python_string_repr(clipped(each));
      }
      return make_error(ErrorCode::InvalidParameter,
                        "`order_by` contains duplicate fields: " + list + "]", 0);
    }
    order_by.keys.push_back(std::move(key).value());
  }
  return order_by;
}

}  // namespace assay::search
