#include "core/score/redact.h"

#include "core/base/utf8.h"
#include "core/score/check_values.h"
#include "core/search/regex.h"

namespace assay::score {
namespace {

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.' || c == '+' || c == '%';
}
bool is_token_char(char c) { return is_name_char(c) || c == '/' || c == '=' || c == '~'; }

struct KeyForm {
  std::string_view prefix;
  size_t least;  // characters after it
};
constexpr KeyForm kKeyForms[] = {
    {"sk-", 16},     {"sk_live_", 10}, {"sk_test_", 10}, {"rk_live_", 10}, {"gsk_", 16},
    {"AIza", 30},    {"AKIA", 16},     {"ASIA", 16},     {"ghp_", 20},     {"gho_", 20},
    {"ghs_", 20},    {"github_pat_", 20}, {"glpat-", 16}, {"xoxb-", 10},   {"xoxp-", 10},
    {"xapp-", 10},   {"hf_", 20},      {"pk-lf-", 10},   {"eyJ", 30},      {"Bearer ", 16},
    {"npm_", 20},    {"dapi", 28},
};

// Whether a key, or the first line of a private one, may begin with it: asked for each character of each prompt.
constexpr bool may_begin(char c) {
  if (c == '-') return true;
  for (const KeyForm& form : kKeyForms)
    if (form.prefix[0] == c) return true;
  return false;
}
struct Firsts {
  bool of[128] = {};
  constexpr Firsts() {
    for (int c = 0; c < 128; ++c) of[c] = may_begin(static_cast<char>(c));
  }
};
constexpr Firsts kFirsts;

// Replaces [from, to) of what was copied so far by a name in brackets.
class Copy {
 public:
  explicit Copy(std::string_view text) : text_(text) { out_.reserve(text.size()); }
  void hide(size_t from, size_t to, std::string_view name) {
    out_ += text_.substr(done_, from - done_);
    out_ += '[';
    out_ += name;
    out_ += ']';
    done_ = to;
    ++count_;
  }
  Redacted finish() {
    out_ += text_.substr(done_);
    return {std::move(out_), count_};
  }

 private:
  std::string_view text_;
  std::string out_;
  size_t done_ = 0;
  uint32_t count_ = 0;
};

Redacted without_secrets(std::string_view text) {
  constexpr std::string_view kBegin = "-----BEGIN ", kEnd = "-----END ";
  Copy copy(text);
  for (size_t at = 0; at < text.size();) {
    const auto first = static_cast<unsigned char>(text[at]);
    if (first >= 128 || !kFirsts.of[first]) {
      ++at;
      continue;
    }
    if (text.substr(at, kBegin.size()) == kBegin) {
      const size_t line = text.find("-----", at + kBegin.size());
      const bool is_key = line != std::string_view::npos &&
                          text.substr(at, line - at).find("PRIVATE KEY") != std::string_view::npos;
      if (is_key) {
        const size_t end = text.find(kEnd, line);
        const size_t last = end == std::string_view::npos ? end : text.find("-----", end + 9);
        const size_t to = last == std::string_view::npos ? text.size() : last + 5;
        copy.hide(at, to, "private key");
        at = to;
        continue;
      }
    }
    const bool at_word = at == 0 || !is_name_char(text[at - 1]);
    size_t to = 0;
    for (const KeyForm& form : kKeyForms) {
      if (!at_word || text.substr(at, form.prefix.size()) != form.prefix) continue;
      size_t end = at + form.prefix.size();
      while (end < text.size() && is_token_char(text[end])) ++end;
      if (end - at - form.prefix.size() >= form.least) to = end;
    }
    if (to == 0) {
      ++at;
      continue;
    }
    copy.hide(at, to, "key");
    at = to;
  }
  return copy.finish();
}

Redacted without_emails(std::string_view text) {
  Copy copy(text);
  size_t done = 0;
  for (size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    size_t begin = at, end = at + 1;
    while (begin > done && is_name_char(text[begin - 1])) --begin;
    while (end < text.size() && is_name_char(text[end])) ++end;
    while (end > at + 1 && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
    const std::string_view host = text.substr(at + 1, end - at - 1);
    if (begin == at || host.find('.') == std::string_view::npos) continue;
    copy.hide(begin, end, "e-mail");
    done = end;
  }
  return copy.finish();
}

Redacted without_text(std::string_view text, std::string_view part) {
  Copy copy(text);
  for (size_t at = text.find(part); at != std::string_view::npos;) {
    copy.hide(at, at + part.size(), "hidden");
    at = text.find(part, at + part.size());
  }
  return copy.finish();
}

constexpr size_t kMaxPatternWords = 8;

// The expression only tells whether it is in a text, so it is asked for windows of up to 8 words; those
// of the narrowest window that has it are hidden. Where only a longer stretch has it, all is.
Redacted without_words(std::string_view text, search::Regex& regex) {
  struct Word {
    size_t begin, end;
  };
  std::vector<Word> words;
  for (size_t at = 0; at < text.size();) {
    const size_t begin = text.find_first_not_of(" \t\r\n\"", at);
    if (begin == std::string_view::npos) break;
    size_t end = text.find_first_of(" \t\r\n\"", begin);
    if (end == std::string_view::npos) end = text.size();
    words.push_back({begin, end});
    at = end;
  }
  const auto has_it = [&](size_t from, size_t count) {
    const size_t begin = words[from].begin;
    return regex.matches(text.substr(begin, words[from + count - 1].end - begin));
  };
  Copy copy(text);
  bool hidden = false;
  for (size_t from = 0; from < words.size(); ++from) {
    for (size_t count = 1; count <= kMaxPatternWords && from + count <= words.size(); ++count) {
      if (!has_it(from, count)) continue;
      while (count > 1 && has_it(from + 1, count - 1)) {
        ++from;
        --count;
      }
      copy.hide(words[from].begin, words[from + count - 1].end, "hidden");
      hidden = true;
      from += count - 1;
      break;
    }
  }
  if (!hidden && !text.empty() && regex.matches(text)) copy.hide(0, text.size(), "hidden");
  return copy.finish();
}

bool is_regex_line(std::string_view line) {
  return line.size() > 2 && line.front() == '/' && line.back() == '/';
}

void apply(std::string& text, const RedactionRules& rules, uint32_t& count) {
  if (text.empty()) return;
  Redacted result = redacted(text, rules);
  if (result.count > 0) text = std::move(result.text);
  count += result.count;
}

}  // namespace

PatternError redaction_error(const RedactionRules& rules) {
  for (const std::string& line : lines_of(rules.patterns)) {
    if (!is_regex_line(line)) continue;
    const auto regex = search::Regex::compile(std::string_view(line).substr(1, line.size() - 2));
    if (!regex.ok()) return {line, regex.error().what};
  }
  return {};
}

Redacted redacted(std::string_view text, const RedactionRules& rules) {
  Redacted all{std::string(text), 0};
  const auto take = [&all](Redacted next) {
    all.text = std::move(next.text);
    all.count += next.count;
  };
  if (rules.secrets) take(without_secrets(all.text));
  if (rules.emails) take(without_emails(all.text));
  for (const std::string& line : lines_of(rules.patterns)) {
    if (!is_regex_line(line)) {
      take(without_text(all.text, line));
      continue;
    }
    auto regex = search::Regex::compile(std::string_view(line).substr(1, line.size() - 2));
    if (regex.ok()) take(without_words(all.text, regex.value()));
  }
  return all;
}

uint32_t redact_input(judge::TraceInput& input, const RedactionRules& rules) {
  uint32_t count = 0;
  const auto in_tools = [&](std::vector<judge::ToolCall>& tools) {
    for (judge::ToolCall& call : tools) {
      for (std::string* text : {&call.arguments_json, &call.result, &call.error})
        apply(*text, rules, count);
    }
  };
  for (std::string* text : {&input.request, &input.response, &input.expected_response,
                            &input.expected_tools_json, &input.expectations_json,
                            &input.tools_offered_json, &input.trace_text}) {
    apply(*text, rules, count);
  }
  for (auto* list : {&input.expected_facts, &input.expected_guidelines}) {
    for (std::string& text : *list) apply(text, rules, count);
  }
  for (judge::RetrievedChunk& chunk : input.context) {
    apply(chunk.content, rules, count);
    apply(chunk.doc_uri, rules, count);
  }
  in_tools(input.tools);
  for (judge::Turn& turn : input.turns) {
    apply(turn.user, rules, count);
    apply(turn.assistant, rules, count);
    in_tools(turn.tools);
  }
  return count;
}

}  // namespace assay::score
