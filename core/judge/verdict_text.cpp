// find_answer(): the answer in what a model wrote.
//
// Models asked for one JSON object write it bare, in a fence, inside prose, with Python's quotes,
// with raw line ends or unescaped quotes in strings. A loose object reader takes all of these. What
// decides is caution: objects that disagree, or that stand inside the strings of another (a quoted
// piece of the judged material may look like a verdict), count for nothing.
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/json/doc.h"
#include "core/json/unescape.h"
#include "core/judge/reply.h"

namespace assay::judge {
namespace {

constexpr size_t kMaxScanBytes = 256 * 1024;  // longer replies: their beginning and their end
constexpr int kMaxAttempts = 256;
constexpr int kMaxNesting = 64;

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// "yes", "True", " PASS. " and the like; nothing for any other text.
std::optional<bool> yes_or_no(std::string_view text) {
  std::string word = ascii_lower(trimmed(text));
  const size_t begin = word.find_first_not_of("*_`'\"");
  if (begin == std::string::npos) return std::nullopt;
  const size_t end = word.find_last_not_of("*_`'\".!,;");
  word =
      end == std::string::npos || end < begin ? std::string() : word.substr(begin, end - begin + 1);
  if (is_one_of(word, {"yes", "y", "true", "pass", "passed", "correct", "1"})) return true;
  if (is_one_of(word, {"no", "n", "false", "fail", "failed", "incorrect", "0"})) return false;
  return std::nullopt;
}

// The verdict that a text begins with ("**Yes**, because …"), and where the reason begins. The word
// must end with punctuation or the line: "No problem with …" is no verdict.
std::optional<bool> leading_verdict(std::string_view text, size_t& rest_at) {
  size_t begin = 0;
  const auto skip = [&](std::string_view chars) {
    begin = std::min(text.find_first_not_of(chars, begin), text.size());
  };
  skip(" \t\r\n*_#>`\"'");
  for (const std::string_view label : {"verdict", "result", "answer"}) {
    if (ascii_lower(text.substr(begin, label.size())) != label) continue;
    const size_t after = text.find_first_not_of("*_ ", begin + label.size());
    if (after == std::string_view::npos || text[after] != ':') break;
    begin = after + 1;
    skip(" \t\r\n*_`\"'");
    break;
  }
  size_t end = begin;
  while (end < text.size() &&
         ((text[end] >= 'a' && text[end] <= 'z') || (text[end] >= 'A' && text[end] <= 'Z'))) {
    ++end;
  }
  const std::string word = ascii_lower(text.substr(begin, end - begin));
  if (word != "yes" && word != "no") return std::nullopt;
  const size_t after = std::min(text.find_first_not_of("*_`\"'", end), text.size());
  const std::string_view tail = text.substr(after);
  const bool dash =
      tail.substr(0, 2) == " -" || tail.substr(0, 3) == "—" || tail.substr(0, 4) == " —";
  if (!tail.empty() && std::string_view(",.!;:\r\n").find(tail.front()) == std::string_view::npos &&
      !dash) {
    return std::nullopt;
  }
  rest_at = std::min(text.find_first_not_of(" \t\r\n,.!;:-*_", after), text.size());
  return word == "yes";
}

enum class QuoteRule {
  Plain,    // a quote ends the string
  Guessed,  // only a quote before , : } ] or the end does: for unescaped quotes inside
};

struct LooseObject {
  bool with_lists = false;    // lists count as values, as they stand
  bool with_maps = false;     // … and objects
  std::optional<std::string> result, verdict,
      rationale;              // strings decoded, other values as they stand
  std::vector<size_t> inner;  // where objects among its values begin
};

struct LooseValue {
  bool is_scalar = false;
  std::string text;  // of a scalar: a string decoded, a word as it stands
};

// Reads one object at the beginning of a text, as far as it can.
class LooseReader {
 public:
  LooseReader(std::string_view text, size_t at, QuoteRule rule)
      : text_(text), at_(at), rule_(rule) {}

  bool read_object(LooseObject* object, int depth);
  size_t at() const { return at_; }
  bool has_key() const { return has_key_; }  // it is an object, not a stray brace

 private:
  bool skip_space();  // false at the end of the text
  bool take(char c);
  bool read_value(LooseObject* object, LooseValue& value, int depth);
  static void keep(LooseObject& object, const std::string& key, LooseValue value);
  bool read_array(LooseObject* object, int depth);
  bool read_string(std::string& out);
  bool ends_string(size_t quote_at) const;
  bool read_word(std::string& out);

  std::string_view text_;
  size_t at_;
  QuoteRule rule_;
  bool has_key_ = false;
};

bool LooseReader::skip_space() {
  while (at_ < text_.size() && static_cast<unsigned char>(text_[at_]) <= ' ')
    ++at_;
  return at_ < text_.size();
}

bool LooseReader::take(char c) {
  if (!skip_space() || text_[at_] != c) return false;
  ++at_;
  return true;
}

bool LooseReader::ends_string(size_t quote_at) const {
  if (rule_ == QuoteRule::Plain) return true;
  const size_t next = text_.find_first_not_of(" \t\r\n", quote_at + 1);
  return next == std::string_view::npos ||
         std::string_view(",:}]").find(text_[next]) != std::string_view::npos;
}

bool LooseReader::read_string(std::string& out) {
  const char quote = text_[at_++];
  std::string contents;  // in JSON's escapes
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == quote && ends_string(at_)) {
      ++at_;
      out = json::unescaped(contents);
      return true;
    }
    if (c == '\\' && at_ + 1 < text_.size()) {
      const char next = text_[at_ + 1];
      if (next == '\'')
        contents += '\'';
      else if (next == 'x')
        contents += "\\u00";  // Python's \xHH
      else
        (contents += c) += next;
      at_ += 2;
      continue;
    }
    contents += c;
    ++at_;
  }
  return false;
}

bool LooseReader::read_word(std::string& out) {
  const size_t begin = at_;
  while (at_ < text_.size() &&
         std::string_view(",:}]{[ \t\r\n\"'").find(text_[at_]) == std::string_view::npos) {
    ++at_;
  }
  out = text_.substr(begin, at_ - begin);
  return !out.empty();
}

bool LooseReader::read_array(LooseObject* object, int depth) {
  if (depth >= kMaxNesting || !take('[')) return false;
  while (!take(']')) {
    LooseValue ignored;
    if (!read_value(object, ignored, depth + 1)) return false;
    if (!take(',') && (!skip_space() || text_[at_] != ']')) return false;
  }
  return true;
}

bool LooseReader::read_value(LooseObject* object, LooseValue& value, int depth) {
  if (!skip_space()) return false;
  const char c = text_[at_];
  value.is_scalar = c != '[' && c != '{';
  if (c == '"' || c == '\'') return read_string(value.text);
  if (c == '[') {
    const size_t begin = at_;
    if (!read_array(object, depth)) return false;
    value.is_scalar = object != nullptr && object->with_lists;
    value.text = text_.substr(begin, at_ - begin);
    return true;
  }
  if (c != '{') return read_word(value.text);
  const size_t begin = at_;
  if (object != nullptr) object->inner.push_back(at_);
  if (!read_object(nullptr, depth + 1)) return false;
  value.is_scalar = object != nullptr && object->with_maps;
  if (value.is_scalar) value.text = text_.substr(begin, at_ - begin);
  return true;
}

void LooseReader::keep(LooseObject& object, const std::string& key, LooseValue value) {
  if (key == "result")
    object.result = std::move(value.text);
  else if (key == "verdict")
    object.verdict = std::move(value.text);
  else if (is_one_of(key, {"rationale", "reason", "reasoning", "explanation"})) {
    object.rationale = std::move(value.text);
  }
}

// `object` collects the members; null for objects inside, which are only skipped.
bool LooseReader::read_object(LooseObject* object, int depth) {
  if (depth >= kMaxNesting || !take('{')) return false;
  while (!take('}')) {
    std::string key;
    LooseValue value;
    if (!skip_space()) return false;
    const bool quoted = text_[at_] == '"' || text_[at_] == '\'';
    if (!(quoted ? read_string(key) : read_word(key)) || !take(':')) return false;
    has_key_ = true;
    if (!read_value(object, value, depth)) return false;
    if (object != nullptr && value.is_scalar) keep(*object, ascii_lower(key), std::move(value));
    if (take(',')) continue;
    if (!skip_space()) return object != nullptr;  // only the last brace is missing
    if (text_[at_] != '}') return false;
  }
  return true;
}

// What stands as "result", as a value of the form; nothing when it is none.
bool is_element(const json::Doc& value, AnswerType type) {
  if (type == AnswerType::Text) return value.is_string();
  if (type == AnswerType::Boolean) return value.is_boolean();
  if (!value.is_number()) return false;
  const double number = value.get<double>();
  return std::isfinite(number) && (type == AnswerType::Number || number == std::floor(number));
}

// A list or an object, all of whose values are of one type.
std::optional<std::string> values_of_form(const AnswerForm& form, std::string_view word) {
  const Result<json::Doc> doc = json::parse_doc(word);
  if (!doc.ok() || !(is_map(form.type) ? doc.value().is_object() : doc.value().is_array())) return std::nullopt;
  const AnswerType type = element_type(form.type);
  for (const json::Doc& element : doc.value()) {
    if (!is_element(element, type)) return std::nullopt;
  }
  return json::dump(doc.value());
}

std::optional<std::string> value_of_form(const AnswerForm& form, std::string_view text) {
  const std::string_view word = trimmed(text);
  switch (form.type) {
    case AnswerType::YesNo: {
      std::optional<bool> yes = yes_or_no(text);
      size_t ignored = 0;
      if (!yes) yes = leading_verdict(text, ignored);
      if (!yes) return std::nullopt;
      return *yes ? "\"yes\"" : "\"no\"";
    }
    case AnswerType::Boolean: {
      const std::optional<bool> yes = yes_or_no(text);
      if (!yes) return std::nullopt;
      return *yes ? "true" : "false";
    }
    case AnswerType::Integer: {
      const std::optional<double> number = parse_double(word);
      if (!number || !std::isfinite(*number) || *number != std::floor(*number) ||
          std::abs(*number) > 9e15) {
        return std::nullopt;
      }
      return std::to_string(static_cast<int64_t>(*number));
    }
    case AnswerType::Number: {
      const std::optional<double> number = parse_double(word);
      if (!number || !std::isfinite(*number)) return std::nullopt;
      return json_number(*number);
    }
    case AnswerType::Category:
      for (const std::string& category : form.categories) {
        if (ascii_lower(trimmed(category)) == ascii_lower(word)) return json::quoted(category);
      }
      return std::nullopt;
    case AnswerType::Text:
      return json::quoted(repaired_utf8(word));
    default:
      return values_of_form(form, word);
  }
}

struct Candidate {
  std::optional<std::string> value_json;  // nothing: "result" is there and is none of the form
  bool has_rationale = false;
  std::string rationale;
};

// All objects that give a result. An object without one is searched through its inner objects.
// After an object that breaks off nothing is searched: what follows may be the inside of one of its
// strings.
std::vector<Candidate> candidates_in(std::string_view text, QuoteRule rule,
                                     const AnswerForm& form) {
  std::vector<Candidate> found;
  std::vector<size_t> inner;
  size_t at = 0, read_up_to = 0;
  for (int attempts = 0; attempts < kMaxAttempts; ++attempts) {
    size_t begin;
    const bool is_inner = !inner.empty();
    if (is_inner) {
      begin = inner.back();
      inner.pop_back();
    } else {
      begin = text.find('{', std::max(at, read_up_to));
      if (begin == std::string_view::npos) break;
    }
    LooseObject object;
    object.with_lists = is_list(form.type);
    object.with_maps = is_map(form.type);
    LooseReader reader(text, begin, rule);
    const bool ok = reader.read_object(&object, 0);
    if (!is_inner) {
      at = begin + 1;
      read_up_to = std::max(read_up_to, reader.at());
    }
    if (!ok && reader.has_key()) break;
    if (!ok) continue;
    const auto& verdict = object.result ? object.result : object.verdict;
    if (!verdict) {
      inner.insert(inner.end(), object.inner.rbegin(), object.inner.rend());
      continue;
    }
    Candidate candidate;
    candidate.value_json = value_of_form(form, *verdict);
    candidate.has_rationale = object.rationale.has_value();
    candidate.rationale = object.rationale.value_or("");
    found.push_back(std::move(candidate));
  }
  return found;
}

// Candidates with a rationale outrank those without; all of the better rank must agree.
std::optional<Candidate> agreed(const std::vector<Candidate>& candidates) {
  for (const bool with_rationale : {true, false}) {
    std::optional<Candidate> last;
    for (const Candidate& candidate : candidates) {
      if (candidate.has_rationale != with_rationale) continue;
      if (!candidate.value_json || (last && last->value_json != candidate.value_json))
        return std::nullopt;
      last = candidate;
    }
    if (last) return last;
  }
  return std::nullopt;
}

std::string cleaned_rationale(std::string_view text) {
  constexpr std::string_view kBoilerplate = "Let's think step by step.";
  text = trimmed(text);
  if (text.substr(0, kBoilerplate.size()) == kBoilerplate) {
    text = trimmed(text.substr(kBoilerplate.size()));
  }
  return repaired_utf8(text);
}

// Without the thoughts that reasoning models of local servers leave in the content.
std::string_view after_thoughts(std::string_view text) {
  const std::string_view whole = trimmed(text);
  if (whole.substr(0, 7) != "<think>" && whole.substr(0, 10) != "<thinking>") return whole;
  const std::string_view closing = whole[6] == '>' ? "</think>" : "</thinking>";
  const size_t end = whole.find(closing);
  if (end == std::string_view::npos) return {};
  return trimmed(whole.substr(end + closing.size()));
}

}  // namespace

std::optional<TextAnswer> find_answer(std::string_view content, const AnswerForm& form) {
  const std::string_view whole = after_thoughts(content);
  std::string cut;
  std::string_view text = whole;
  if (whole.size() > kMaxScanBytes) {
    cut = std::string(whole.substr(0, kMaxScanBytes / 2)) + "\n";
    cut += whole.substr(whole.size() - kMaxScanBytes / 2);
    text = cut;
  }
  for (const QuoteRule rule : {QuoteRule::Plain, QuoteRule::Guessed}) {
    const std::vector<Candidate> candidates = candidates_in(text, rule, form);
    if (candidates.empty()) continue;
    const std::optional<Candidate> best = agreed(candidates);
    if (!best) return std::nullopt;
    return TextAnswer{*best->value_json, cleaned_rationale(best->rationale)};
  }
  if (form.type != AnswerType::YesNo && form.type != AnswerType::Boolean) {
    // Text would take any prose for an answer; of the others a bare value is beyond doubt.
    if (form.type == AnswerType::Text || is_map(form.type)) return std::nullopt;
    const std::optional<std::string> bare = value_of_form(form, text);
    return bare ? std::optional<TextAnswer>({*bare, {}}) : std::nullopt;
  }
  size_t rest_at = 0;
  const std::optional<bool> leading = leading_verdict(text, rest_at);
  if (!leading) return std::nullopt;
  return TextAnswer{*value_of_form(form, *leading ? "yes" : "no"),
                    cleaned_rationale(text.substr(rest_at))};
}

std::optional<TextVerdict> find_verdict(std::string_view content) {
  const std::optional<TextAnswer> answer = find_answer(content, {});
  if (!answer) return std::nullopt;
  return TextVerdict{answer->value_json == "\"yes\"", answer->rationale};
}

}  // namespace assay::judge
