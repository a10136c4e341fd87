#include "core/search/completion.h"

#include <algorithm>

#include "core/base/utf8.h"
#include "core/search/filter_terms.h"
#include "core/search/query_tokens.h"

namespace assay::search {
namespace {

using Tokens = std::vector<QueryToken>;

bool is_word_byte(char c) {
  const char lower = static_cast<char>(c | 0x20);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Words of the grammar by the place where they fit.
constexpr std::string_view kNullWords[] = {"NULL", "NOT NULL"};
constexpr std::string_view kNull[] = {"NULL"};
constexpr std::string_view kAnd[] = {"AND "};
constexpr std::string_view kLastWords[] = {"24 hours", "7 days", "30 days", "60 minutes"};
constexpr std::string_view kUnits[] = {"hours", "days", "minutes", "weeks"};
constexpr std::string_view kSinceWords[] = {"yesterday", "today", "now-1h", "now-24h", "now-7d"};
constexpr std::string_view kSpansWords[] = {"spans { "};
constexpr std::string_view kSpanWords[] = {"span { "};
constexpr std::string_view kSameWords[] = {"NAME", "INPUTS", "TYPE"};
constexpr std::string_view kBehindCondition[] = {"AND ", "OR ", "ORDER BY "};
constexpr std::string_view kBehindBraces[] = {"AND ", "OR ", ">> { ", "> { ", "THEN { ", "THEN NO { ", "ORDER BY "};
constexpr std::string_view kBehindRepeated[] = {"BY ", ">> { ", "> { "};
constexpr std::string_view kOrderKeys[] = {"timestamp ", "execution_time ", "status ",        "name ", "request_id ",
                                           "end_time ",  "tags.",           "metadata.", "experiment_id "};
constexpr std::string_view kDirections[] = {"DESC", "ASC"};

// --- The place ------------------------------------------------------------------------------------------

class PlaceFinder {
 public:
  PlaceFinder(std::string_view query, size_t caret) : query_(query), caret_(std::min(caret, query.size())) {}
  CompletionPlace find();

 private:
  bool is_symbol(size_t i, std::string_view text) const {
    return i < count_ && tokens_[i].type == QueryTokenType::Symbol && tokens_[i].text == text;
  }
  bool is_word(size_t i, std::string_view upper) const {
    return i < count_ && tokens_[i].type == QueryTokenType::Word && upper_ascii(tokens_[i].text) == upper;
  }
  bool is_any_word(size_t i, std::initializer_list<std::string_view> words) const {
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return is_word(i, word); });
  }
  KeyPlace key_place() const;
  std::optional<ResolvedKey> key_at(size_t i) const;
  bool starts_condition(size_t i) const;
  bool find_value();
  bool find_sign();
  bool find_word();
  bool find_order(std::string_view word);
  std::string_view called(size_t i) const;
  bool ends_condition(size_t i) const;
  bool take_words(std::span<const std::string_view> words) {
    place_.kind = CompletionKind::Word;
    place_.words = words;
    return true;
  }
  void find_key(std::string_view word);
  bool is_value_of(size_t key_index);
  void take_quoted(size_t open_at);
  size_t word_end() const;

  std::string_view query_;
  size_t caret_;
  Tokens tokens_;
  size_t count_ = 0;  // of tokens before the word that is written
  CompletionPlace place_;
};

KeyPlace PlaceFinder::key_place() const {
  int depth = 0;
  for (size_t i = 0; i < count_; ++i) depth += is_symbol(i, "{") ? 1 : is_symbol(i, "}") ? -1 : 0;
  return depth > 0 ? KeyPlace::Span : KeyPlace::Trace;
}

std::optional<ResolvedKey> PlaceFinder::key_at(size_t i) const {
  if (i >= count_ || tokens_[i].type != QueryTokenType::Word) return std::nullopt;
  return resolve_key(tokens_[i].text, key_place());
}

// Whether a condition can start with token i: in "the name of" there is no key.
bool PlaceFinder::starts_condition(size_t i) const {
  if (i == 0) return true;
  const size_t before = i - 1;
  if (tokens_[before].type == QueryTokenType::Symbol) return true;
  if (is_any_word(before, {"AND", "OR", "NOT"})) return true;
  // Behind a finished condition, where AND may be left out.
  if (tokens_[before].type == QueryTokenType::String) return true;
  return before > 0 && tokens_[before - 1].type == QueryTokenType::Symbol;
}

bool PlaceFinder::is_value_of(size_t key_index) {
  std::optional<ResolvedKey> key = key_at(key_index);
  if (!key) return false;
  place_.kind = CompletionKind::Value;
  place_.key = std::move(*key);
  return true;
}

// Whether a value is expected: behind a sign, in a list, behind BETWEEN.
bool PlaceFinder::find_value() {
  if (count_ < 2) return false;
  const size_t last = count_ - 1;
  const auto before_not = [this](size_t i) { return i > 0 && is_word(i - 1, "NOT") ? i - 1 : i; };
  if (tokens_[last].type == QueryTokenType::Symbol) {
    for (const std::string_view sign : {"=", "==", "!=", "<>", "<", "<=", ">", ">="}) {
      if (tokens_[last].text == sign) return is_value_of(last - 1);
    }
    if (!is_symbol(last, "(") && !is_symbol(last, ",")) return false;
    size_t open = last;
    while (open > 0 && !is_symbol(open, "(")) {
      const QueryToken& item = tokens_[open];
      const bool is_item = item.type == QueryTokenType::String || item.type == QueryTokenType::Word || item.text == ",";
      if (!is_item) return false;
      --open;
    }
    if (open < 2 || !is_symbol(open, "(") || !is_word(open - 1, "IN")) return false;
    const size_t in = before_not(open - 1);
    return in > 0 && is_value_of(in - 1);
  }
  if (is_any_word(last, {"LIKE", "ILIKE", "CONTAINS", "BETWEEN"})) {
    const size_t sign = before_not(last);
    place_.is_text_test = !is_word(last, "BETWEEN");
    return sign > 0 && is_value_of(sign - 1);
  }
  if (count_ >= 4 && is_word(last, "AND") && is_word(last - 2, "BETWEEN")) {
    const size_t sign = before_not(last - 2);
    return sign > 0 && is_value_of(sign - 1);
  }
  return false;
}

bool PlaceFinder::find_sign() {
  if (count_ == 0) return false;
  size_t key = count_ - 1;
  if (is_word(key, "NOT") && key > 0) {
    --key;
    place_.has_not = true;
  }
  std::optional<ResolvedKey> resolved = key_at(key);
  if (!resolved || !starts_condition(key) || tokens_[count_ - 1].end >= caret_) {
    place_.has_not = false;
    return false;
  }
  place_.kind = CompletionKind::Sign;
  place_.key = std::move(*resolved);
  return true;
}

// Token i closes brackets or braces, or stands in some: the word before the brackets around it, in capitals.
std::string_view PlaceFinder::called(size_t i) const {
  int depth = 0;
  for (++i; i-- > 0;) {
    if (is_symbol(i, ")") || is_symbol(i, "}")) ++depth;
    if (is_symbol(i, "{")) --depth;
    if (!is_symbol(i, "(") || --depth > 0) continue;
    if (i > 0 && is_word(i - 1, "COUNT")) return "COUNT";
    return i > 0 && is_word(i - 1, "REPEATED") ? "REPEATED" : "";
  }
  return "";
}

bool PlaceFinder::ends_condition(size_t i) const {
  const QueryToken& last = tokens_[i];
  if (last.type == QueryTokenType::Symbol) return last.text == ")" || last.text == "}";
  if (i == 0) return false;
  if (last.type == QueryTokenType::String || is_word(i, "NULL")) return true;
  const bool behind_sign = tokens_[i - 1].type == QueryTokenType::Symbol && tokens_[i - 1].text.find_first_of("=<>~") != std::string::npos;
  return behind_sign && !is_any_word(i, {"AND", "OR", "NOT"});
}

// Places where the grammar has nothing but a few words.
bool PlaceFinder::find_word() {
  if (count_ == 0) return false;
  const size_t last = count_ - 1;
  if (is_word(last, "IS") && last > 0 && key_at(last - 1)) return take_words(kNullWords);
  if (last > 1 && is_word(last, "NOT") && is_word(last - 1, "IS") && key_at(last - 2)) return take_words(kNull);
  if (last > 1 && is_word(last - 1, "BETWEEN")) return take_words(kAnd);
  if (is_any_word(last, {"LAST", "PAST"})) return take_words(kLastWords);
  if (last > 0 && is_any_word(last - 1, {"LAST", "PAST"}) && tokens_[last].text.find_first_not_of("0123456789") == std::string::npos)
    return take_words(kUnits);
  if (is_any_word(last, {"SINCE", "BEFORE", "AFTER", "UNTIL"})) return take_words(kSinceWords);
  if (key_place() == KeyPlace::Trace) {
    if (is_word(last, "ALL")) return take_words(kSpansWords);
    if (is_any_word(last, {"ANY", "NO"}) && (last == 0 || !is_word(last - 1, "THEN"))) return take_words(kSpanWords);
    if (is_word(last, "BY") && last > 0 && is_symbol(last - 1, "}") && called(last) == "REPEATED") return take_words(kSameWords);
    if (is_symbol(last, "}") && called(last - 1) == "REPEATED") return take_words(kBehindRepeated);
    if (is_symbol(last, ")") && !called(last).empty()) {  // how many
      place_.kind = CompletionKind::Sign;
      place_.key = {QueryKey::SpanCount, {}};
      return true;
    }
  }
  return false;
}

// Where the family's word of a key ends, with its dot: "tags.", "span.attributes."; 0: it is no such key.
size_t family_size(std::string_view word, KeyPlace place, QueryKey& family) {
  size_t at = 0;
  for (int part = 0; part < 2; ++part) {
    const size_t dot = word.find('.', at);
    if (dot == std::string_view::npos) return 0;
    const std::string name = ascii_lower(word.substr(at, dot - at));
    if (part == 0 && (name == "span" || name == "trace")) {
      if (name == "span") place = KeyPlace::Span;
      at = dot + 1;
      continue;
    }
    for (const KnownKey& key : known_keys(place)) {
      if (key.word != name || !key.needs_name) continue;
      family = key.key;
      return dot + 1;
    }
    return 0;
  }
  return 0;
}

// Behind ORDER BY: keys, and behind each its direction. False: there is no ORDER BY.
bool PlaceFinder::find_order(std::string_view word) {
  size_t first = 0;
  for (size_t i = 0; i + 1 < count_; ++i) {
    if (is_word(i, "ORDER") && is_word(i + 1, "BY")) first = i + 2;
    if (first > 0 && is_symbol(i, ",")) first = i + 1;
  }
  if (first == 0) return false;
  if (is_symbol(count_ - 1, ",")) first = count_;
  place_.is_order = true;
  if (count_ == first + 1) return take_words(kDirections);
  if (count_ > first) return true;
  QueryKey family = QueryKey::Tag;
  if (family_size(word, KeyPlace::Trace, family) == 0) return take_words(kOrderKeys);
  find_key(word);
  if (family != QueryKey::Tag && family != QueryKey::Metadata) place_.kind = CompletionKind::None;
  return true;
}

void PlaceFinder::find_key(std::string_view word) {
  const KeyPlace here = key_place();
  if (count_ > 0 && ends_condition(count_ - 1)) {
    place_.words = is_symbol(count_ - 1, "}") ? std::span<const std::string_view>(kBehindBraces) : kBehindCondition;
  }
  place_.kind = CompletionKind::Key;
  place_.place = here;
  size_t head = 0;
  QueryKey family = QueryKey::Tag;
  if (const size_t size = family_size(word, here, family); size > 0) {
    place_.kind = CompletionKind::Name;
    place_.key = {family, {}};
    head = size;
  } else if (const size_t dot = word.rfind('.'); dot != std::string_view::npos) {
    const std::string first = ascii_lower(word.substr(0, word.find('.')));
    head = dot + 1;
    if (dot == first.size() && (first == "span" || first == "trace" || first == "attributes" || first == "attribute")) {
      place_.place = first == "span" ? KeyPlace::Span : here;
      place_.is_prefixed = true;
    } else {  // into JSON: the steps before the last one
      std::optional<ResolvedKey> key = resolve_key(std::string(word.substr(0, head)) + "x", here);
      if (!key || key->path.empty()) {
        place_.kind = CompletionKind::None;
        return;
      }
      key->path.pop_back();
      place_.kind = CompletionKind::Name;
      place_.key = std::move(*key);
    }
  }
  std::string_view last = word.substr(head);
  if (!last.empty() && (last.front() == '"' || last.front() == '`' || last.front() == '\'')) {
    place_.quote = last.front();
    last.remove_prefix(1);
  }
  if (last.find_first_of("\"`[]") != std::string_view::npos) place_.kind = CompletionKind::None;
  place_.begin_byte += static_cast<uint32_t>(head);
  place_.typed = last;
}

size_t PlaceFinder::word_end() const {
  size_t end = caret_;
  while (end < query_.size() && is_word_byte(query_[end])) ++end;
  return end;
}

// The caret stands in a text whose quote was opened at `open_at`. When the quotes behind the caret are odd in
// number the first of them closes it; else it is still open, and only what stands before the caret is its.
void PlaceFinder::take_quoted(size_t open_at) {
  const char quote = query_[open_at];
  place_.quote = quote;
  place_.typed = query_.substr(open_at + 1, caret_ - open_at - 1);
  const std::string_view rest = query_.substr(caret_);
  const bool is_closed = std::count(rest.begin(), rest.end(), quote) % 2 == 1;
  place_.begin_byte = static_cast<uint32_t>(open_at);
  place_.end_byte = static_cast<uint32_t>(is_closed ? caret_ + rest.find(quote) + 1 : caret_);
}

CompletionPlace PlaceFinder::find() {
  if (query_.size() > kMaxCompletedBytes) return {};
  QueryProblem problem;
  const std::string_view before = query_.substr(0, caret_);
  Result<Tokens> tokens = tokenize_query(before, problem);
  size_t open_at = std::string_view::npos;
  if (!tokens) {  // a quote is open
    if (tokens.error().at_byte >= before.size()) return {};
    open_at = static_cast<size_t>(tokens.error().at_byte);
    tokens = tokenize_query(before.substr(0, open_at), problem);
    if (!tokens) return {};
  }
  tokens_ = std::move(tokens).value();
  count_ = tokens_.size() - 1;
  const bool touches = count_ > 0 && tokens_[count_ - 1].end == (open_at == std::string_view::npos ? caret_ : open_at) &&
                       tokens_[count_ - 1].type == QueryTokenType::Word;
  if (open_at != std::string_view::npos) {
    const char quote = query_[open_at];
    if (touches && tokens_[count_ - 1].text.back() == '.') {  // a name: tags."my k
      const uint32_t begin = tokens_[--count_].begin;
      take_quoted(open_at);
      const uint32_t end = place_.end_byte;
      place_.begin_byte = begin;
      place_.quote = 0;
      const std::string_view written = query_.substr(begin, caret_ - begin);
      if (!find_order(written)) find_key(written);
      place_.end_byte = end;
      return place_;
    }
    if (quote != '"' && quote != '\'') return {};
    take_quoted(open_at);
    if (find_order("") || !find_value()) place_.kind = CompletionKind::None;
    return place_;
  }
  std::string_view word;
  place_.begin_byte = static_cast<uint32_t>(caret_);
  if (touches) {
    const QueryToken& written = tokens_[--count_];
    word = query_.substr(written.begin, caret_ - written.begin);
    place_.begin_byte = written.begin;
  } else if (caret_ < query_.size() && is_word_byte(query_[caret_])) {
    return {};  // before a word
  } else if (count_ > 0 && tokens_[count_ - 1].end == caret_ && tokens_[count_ - 1].type != QueryTokenType::Symbol) {
    return {};  // behind a finished text
  }
  place_.end_byte = static_cast<uint32_t>(word_end());
  place_.typed = word;
  if (find_order(word) || find_word() || find_value() || find_sign()) return place_;
  if (count_ > 0 && (is_symbol(count_ - 1, "=~") || is_symbol(count_ - 1, "!~"))) return {};
  place_.is_text_test = false;
  find_key(word);
  return place_;
}

// --- What fits ------------------------------------------------------------------------------------------

enum class Fit : uint8_t { Not, Inside, AtWord, AtStart };

Fit fit_of(std::string_view lower_text, std::string_view lower_typed) {
  if (lower_typed.empty()) return Fit::AtStart;
  const size_t at = lower_text.find(lower_typed);
  if (at == std::string_view::npos) return Fit::Not;
  if (at == 0) return Fit::AtStart;
  return is_word_byte(lower_text[at - 1]) && lower_text[at - 1] != '_' && lower_text[at - 1] != '-' ? Fit::Inside
                                                                                                    : Fit::AtWord;
}

std::string folded(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const DecodedChar c = decode_utf8(text, at);
    append_utf8(out, fold_case(c.code_point));
    at += c.size_bytes;
  }
  return out;
}

struct Ranked {
  Completion item;
  int rank = 0;  // the larger the better
};

class Offers {
 public:
  Offers(const CompletionPlace& place, size_t most) : most_(most), typed_(folded(place.typed)) {}

  // How well a text fits to what is typed; < 0: not at all.
  int rank_of(std::string_view text, bool anywhere) const {
    const Fit fit = fit_of(folded(text), typed_);
    if (fit == Fit::Not || (fit == Fit::Inside && !anywhere)) return -1;
    return static_cast<int>(fit) * 100;
  }
  void add(Completion item, int rank) {
    if (rank < 0) return;
    for (const Ranked& known : list_) {
      if (known.item.inserted == item.inserted) return;
    }
    list_.push_back({std::move(item), rank});
  }
  std::vector<Completion> take() {
    std::stable_sort(list_.begin(), list_.end(), [](const Ranked& a, const Ranked& b) { return a.rank > b.rank; });
    std::vector<Completion> out;
    for (Ranked& one : list_) {
      if (out.size() == most_) break;
      out.push_back(std::move(one.item));
    }
    return out;
  }
  size_t count() const { return list_.size(); }

 private:
  size_t most_;
  std::string typed_;
  std::vector<Ranked> list_;
};

void offer_keys(const CompletionPlace& place, Offers& offers) {
  const std::vector<KnownKey> keys = known_keys(place.place);
  const bool anywhere = place.typed.size() >= 3;
  const auto fits = [&](std::string_view word) { return offers.rank_of(word, false); };
  for (const KnownKey& key : keys) {
    const bool is_main = key.word == key.main;
    // Another spelling only where the main one does not fit.
    if (!is_main && fits(key.main) >= 300) continue;
    int rank = offers.rank_of(key.word, anywhere);
    if (rank < 0) continue;
    Completion item;
    item.type = key.needs_name ? CompletionType::Family : CompletionType::Key;
    item.shown = key.word;
    if (key.needs_name) item.shown += '.';
    item.inserted = item.shown;
    if (!key.may_go_on) item.inserted += ' ';
    if (!is_main) item.same_as = key.main;
    if (key.word == place.typed && !key.needs_name) continue;  // it stands there
    offers.add(std::move(item), rank + (is_main ? 50 : 0));
  }
  int order = 40;
  for (const std::string_view text : place.words) {
    Completion item;
    item.type = CompletionType::Word;
    item.shown = trimmed(text, " {");
    item.inserted = text;
    if (offers.rank_of(text, false) == 300) offers.add(std::move(item), 360 + --order);
  }
  if (place.is_prefixed) return;
  const auto word = [&](std::string_view text, bool trace_only) {
    if (trace_only && place.place == KeyPlace::Span) return;
    // Where nothing is typed, keys alone.
    if (place.typed.empty() || ascii_lower(place.typed) == ascii_lower(trimmed(text))) return;
    Completion item;
    item.type = CompletionType::Word;
    item.shown = trimmed(text);
    item.inserted = text;
    offers.add(std::move(item), offers.rank_of(text, false) == 300 ? 310 : -1);
  };
  word("span.", true);
  word("span { ", true);
  word("all spans { ", true);
  word("no span { ", true);
  word("count(span { ", true);
  word("repeated(span { ", true);
  word("last 24 hours", true);
  word("since yesterday", true);
  word("AND ", false);
  word("OR ", false);
  word("NOT ", false);
  word("ORDER BY ", true);
}

std::string_view family_word(QueryKey family) {
  switch (family) {
    case QueryKey::Metadata: return "metadata.";
    case QueryKey::Feedback: return "feedback.";
    case QueryKey::Expectation: return "expectation.";
    default: return "tags.";
  }
}

void offer_names(const CompletionPlace& place, const std::vector<CompletionText>& texts, Offers& offers) {
  const bool in_key = place.kind == CompletionKind::Key;
  if (in_key && (place.typed.empty() || place.is_prefixed || place.place == KeyPlace::Span)) return;
  const bool into_json = place.key.key == QueryKey::Inputs || place.key.key == QueryKey::Outputs ||
                         place.key.key == QueryKey::SpanInputs || place.key.key == QueryKey::SpanOutputs ||
                         place.key.key == QueryKey::SpanEvents || !place.key.path.empty();
  const QueryKey wanted = place.key.key == QueryKey::Rationale ? QueryKey::Feedback : place.key.key;
  for (const CompletionText& text : texts) {
    if (!in_key && text.family != wanted) continue;
    const int rank = offers.rank_of(text.text, !in_key);
    if (rank < (in_key ? 200 : 0)) continue;
    const std::string written = quoted_name(text.text);
    if (written.empty()) continue;
    Completion item;
    item.type = CompletionType::Name;
    if (in_key) item.shown = family_word(text.family);
    item.shown += text.text;
    if (in_key) item.inserted = family_word(text.family);
    item.inserted += written;
    if (!in_key && place.quote == 0 && written == place.typed) continue;  // it stands there
    if (!into_json || in_key) item.inserted += ' ';
    item.traces = text.traces;
    item.is_counted = true;
    offers.add(std::move(item), rank);
    if (offers.count() > 200) return;
  }
}

void offer_words(const CompletionPlace& place, Offers& offers) {
  int order = 40;
  for (const std::string_view text : place.words) {
    Completion item;
    item.type = !place.is_order || place.words.data() == kDirections ? CompletionType::Word
                : text.ends_with('.')                                ? CompletionType::Family
                                                                     : CompletionType::Key;
    item.shown = trimmed(text, " {");
    item.inserted = text;
    if (item.shown == place.typed) continue;  // it stands there
    const int rank = offers.rank_of(text, false);
    offers.add(std::move(item), rank < 0 ? rank : rank + --order);
  }
}

struct SignOffer {
  std::string_view text;
  bool after_not;
};

void offer_signs(const CompletionPlace& place, Offers& offers) {
  std::vector<SignOffer> signs;
  const QueryType type = type_of(place.key.key);
  const auto add = [&signs](std::initializer_list<std::string_view> texts) {
    for (const std::string_view text : texts) {
      const bool after_not = text == "LIKE" || text == "ILIKE" || text == "CONTAINS" || text == "RLIKE" ||
                             text == "IN (" || text == "BETWEEN";
      signs.push_back({text, after_not});
    }
  };
  switch (type) {
    case QueryType::State: add({"=", "!=", "IN ("}); break;
    case QueryType::Integer:
    case QueryType::Real:
    case QueryType::Duration: add({">", "<", ">=", "<=", "=", "!=", "BETWEEN", "IN ("}); break;
    case QueryType::Time: add({">", "<", ">=", "<=", "=", "BETWEEN"}); break;
    case QueryType::Json:
    case QueryType::Score:
      add({"=", "!=", ">", "<", "CONTAINS", "LIKE", "ILIKE", "IN (", "IS NULL", "IS NOT NULL", "=~"});
      break;
    case QueryType::Prompt: add({"="}); break;
    case QueryType::Content: add({"CONTAINS", "LIKE", "ILIKE", "=~"}); break;
    case QueryType::Text: add({"=", "!=", "CONTAINS", "LIKE", "ILIKE", "IN (", "=~", "IS NULL", "IS NOT NULL"}); break;
  }
  if (type != QueryType::State && type != QueryType::Time) add({"RLIKE", "NOT "});
  int order = 40;
  for (const SignOffer& sign : signs) {
    --order;
    if (place.has_not && !sign.after_not) continue;
    // Rarely wanted: only when it is typed.
    if (place.typed.empty() && (sign.text == "RLIKE" || sign.text == "NOT ")) continue;
    Completion item;
    item.type = CompletionType::Sign;
    item.shown = trimmed(sign.text, " (");
    item.inserted = sign.text;
    if (sign.text.back() != '(' && sign.text.back() != ' ') item.inserted += ' ';
    const int rank = offers.rank_of(sign.text, false);
    if (rank == 300) offers.add(std::move(item), rank + order);
  }
}

void offer_values(const CompletionPlace& place, const std::vector<CompletionText>& texts, Offers& offers) {
  const char quote = place.quote == '"' ? '"' : '\'';
  for (const CompletionText& text : texts) {
    const int rank = offers.rank_of(text.text, true);
    if (rank < 0) continue;
    const bool is_bare = text.is_bare && place.quote == 0 && !place.is_text_test;
    Completion item;
    item.type = CompletionType::Value;
    item.shown = text.text;
    item.inserted = is_bare ? text.text : quoted_value(text.text, quote);
    if (place.quote == 0 && item.inserted == place.typed) continue;  // it stands there
    item.traces = text.traces;
    item.is_counted = true;
    offers.add(std::move(item), rank);
    if (offers.count() > 200) return;
  }
  if (place.quote != 0) return;
  const auto add = [&](std::initializer_list<std::string_view> shapes) {
    int order = 20;
    for (const std::string_view shape : shapes) {
      if (shape == place.typed) continue;
      Completion item;
      item.type = CompletionType::Value;
      item.shown = item.inserted = shape;
      const int rank = offers.rank_of(shape, false);
      offers.add(std::move(item), rank < 0 ? rank : rank + --order);
    }
  };
  const QueryType type = type_of(place.key.key);
  if (type == QueryType::Time) add({"yesterday", "today", "now-1h", "now-24h", "now-7d"});
  if (type == QueryType::Duration) add({"500ms", "1s", "5s", "10s", "1min"});
}

}  // namespace

CompletionPlace completion_place(std::string_view query, size_t caret_bytes) {
  return PlaceFinder(query, caret_bytes).find();
}

std::string quoted_value(std::string_view text, char wanted_quote) {
  char quote = wanted_quote;
  if (text.find(quote) != std::string_view::npos) {
    const char other = quote == '\'' ? '"' : '\'';
    if (text.find(other) == std::string_view::npos) quote = other;
  }
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote) out += c;
    out += c;
  }
  return out + quote;
}

std::string quoted_name(std::string_view name) {
  const bool is_plain = !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
                        std::all_of(name.begin(), name.end(), [](char c) {
                          return (is_word_byte(c) && c != '-' && static_cast<unsigned char>(c) < 0x80);
                        });
  if (is_plain) return std::string(name);
  for (const char quote : {'"', '`'}) {
    if (name.find(quote) == std::string_view::npos) return quote + std::string(name) + quote;
  }
  return {};
}

std::vector<Completion> completions(const CompletionPlace& place, const std::vector<CompletionText>& texts,
                                    size_t most) {
  Offers offers(place, most);
  switch (place.kind) {
    case CompletionKind::None: break;
    case CompletionKind::Key:
      offer_keys(place, offers);
      offer_names(place, texts, offers);
      break;
    case CompletionKind::Name: offer_names(place, texts, offers); break;
    case CompletionKind::Sign: offer_signs(place, offers); break;
    case CompletionKind::Value: offer_values(place, texts, offers); break;
    case CompletionKind::Word: offer_words(place, offers); break;
  }
  return offers.take();
}

}  // namespace assay::search
