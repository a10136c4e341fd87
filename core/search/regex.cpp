// The machine: a deterministic automaton over classes of code points, built while texts are read. A
// state is the set of program places to go on from, and what the last code point was (for ^ and
// \b). What comes next decides which assertions hold, so the way out of a state is worked out per
// class of next code point.
#include "core/search/regex.h"

#include "core/base/hash.h"
#include "core/base/ordering.h"
#include "core/base/utf8.h"
#include "core/search/regex_program.h"
#include "core/search/text_find.h"
#include "core/search/unicode_class.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace assay::search {
namespace {

constexpr size_t kMaxCacheBytes = 4 << 20;

// What stands before or after a place in the text.
enum class Side : uint8_t { Edge, FinalNewline, Newline, AsciiWord, OtherWord, Other };

TextFinder finder_of(const RegexLiteral& literal) {
  return TextFinder(literal.text, literal.any_case ? CaseMode::AsciiInsensitive : CaseMode::Sensitive);
}

struct InputClass {
  uint32_t interval = 0;   // between two bounds of the pattern's ranges
  uint8_t categories = 0;  // CategoryBits of its code points
  bool ascii = false;
  Side side = Side::Other;
};

// Literals near the beginning of every match: what lies between them is skipped.
struct Landmarks {
  std::vector<TextFinder> any_of;
  size_t most_bytes_before = 0;
};

}  // namespace

struct Regex::Machine {
  Machine(RegexProgram compiled, const std::vector<RequiredLiterals>& required);
  bool matches(std::string_view text);
  bool may_match_without_escapes(const SearchedRecord& record) const;

 private:
  static constexpr int32_t kUnknown = -1, kMatch = -2, kFail = -3;
  // On a way that leads to where no match is under way, when there are landmarks to skip to.
  static constexpr int32_t kIdle = 1;
  // Nothing is ever known of kBeyondAscii: a byte that must be looked at together with those behind it.
  static constexpr uint32_t kEndClass = 0, kFinalNewlineClass = 1, kBeyondAscii = 2, kFirstClass = 3;

  struct State {
    std::vector<uint32_t> places;  // sorted; empty: no match is under way
    Side before = Side::Edge;
  };

  // A text is run over at several places at once. Each step from state to state waits for the memory, so that four
  // together take hardly longer than one.
  static constexpr size_t kParts = 4, kLeastBytesInParts = 256, kCutBytes = 32;
  struct Part {
    size_t at = 0, end = 0;  // end: where the next one began, or the end of the text
    uint32_t state = 0;
  };

  static constexpr uint32_t kMostBytesBeforeLandmark = 200;
  // Where landmarks stand closer to each other than this, running over everything is faster.
  static constexpr size_t kLeastBytesBetween = 48, kTrialHits = 256;
  // Where the next one of each literal stands in a text, from some place on.
  struct Ahead {
    std::array<size_t, kMostLiterals> of_literal{};
    bool known = false;
  };

  uint32_t interval_of(uint32_t code_point) const;
  uint32_t class_of(uint32_t code_point);
  Side side_before(std::string_view text, size_t at) const;
  void find_landmarks(const std::vector<RequiredLiterals>& required);
  size_t next_landmark(std::string_view text, size_t from, Ahead& ahead) const;
  void skip_to_landmark(std::string_view text, size_t landmark, Part& part);
  void give_up_landmarks_that_stand_everywhere();
  bool in_set(const CharSet& set, uint32_t set_index, const InputClass& input) const;
  bool cut(std::string_view text, Part (&parts)[kParts]);
  void run_side_by_side(std::string_view text, Part (&parts)[kParts]) const;
  void run_along(std::string_view text, size_t limit, size_t idle_until, Part& part) const;
  int32_t advance(std::string_view text, Part& part, Part* running, size_t count);
  int32_t advance_by_class(uint32_t input_class, Part& part, Part* running, size_t count);
  bool finish(std::string_view text, Part& part, Part* running, size_t count);
  bool may_match(std::string_view text) const;
  bool holds(const RegexInst& inst, Side before, Side after) const;
  bool add_closure(uint32_t place, Side before, Side after);
  int32_t step(uint32_t state, uint32_t input_class);
  uint32_t find_state(std::vector<uint32_t> places, Side before);
  void clear_states();

  RegexProgram program_;
  std::vector<uint32_t> bounds_;    // each interval's first code point; bounds_[0] = 0
  std::vector<uint8_t> in_ranges_;  // [set * intervals + interval]
  uint8_t used_categories_ = 0;     // the others make no difference to this pattern
  std::vector<InputClass> classes_;
  std::vector<int32_t> class_ids_;  // [interval * 8 + categories] → class, or kUnknown
  uint32_t byte_class_[256];

  std::vector<State> states_;
  std::vector<int32_t> next_;      // [state * stride_ + class]: state * stride_ + kIdle?, or one of the k… above
  uint32_t stride_ = 0;            // even, and at least as many as there are classes
  std::vector<uint32_t> buckets_;  // state + 1; open addressing
  std::optional<Landmarks> landmarks_;
  size_t landmarks_seen_ = 0, bytes_skipped_ = 0;  // since it was last asked whether they help
  std::array<int32_t, 6> idle_states_{};           // by Side
  // Of each list one literal stands in every match: a text without is not looked at more closely.
  std::vector<std::vector<TextFinder>> required_;
  std::vector<bool> stands_in_json_;  // by list: its literals are written in JSON as they are, or as \u00…
  size_t cache_bytes_ = 0;

  std::vector<uint32_t> closure_, stack_;
  std::vector<uint32_t> seen_;  // by place: the round it was reached in
  uint32_t round_ = 0;
};

Regex::Machine::Machine(RegexProgram compiled, const std::vector<RequiredLiterals>& required)
    : program_(std::move(compiled)) {
  // The rarest first: most texts are held back by it.
  for (const RequiredLiterals& list : required) {
    required_.emplace_back();
    bool stands = true;
    for (const RegexLiteral& literal : list.any_of) {
      required_.back().push_back(finder_of(literal));
      stands = stands && is_plain_ascii(literal.text) && literal.text.find_first_of("\"\\/\x7F") == std::string::npos;
    }
    stands_in_json_.push_back(stands);
  }
  bounds_ = {0, '\n', '\n' + 1, 0x80};
  for (const CharSet& set : program_.sets) {
    for (const CharRange& range : set.ranges) {
      bounds_.push_back(range.first);
      if (range.last < kMaxCodePoint) bounds_.push_back(range.last + 1);
    }
    used_categories_ |= set.has | set.has_not;
  }
  for (const RegexInst& inst : program_.code) {
    if (inst.op == RegexOp::WordEdge || inst.op == RegexOp::NoWordEdge)
      used_categories_ |= kWordBit;
  }
  sort_in_place(bounds_);
  bounds_.erase(std::unique(bounds_.begin(), bounds_.end()), bounds_.end());
  in_ranges_.assign(program_.sets.size() * bounds_.size(), 0);
  for (size_t s = 0; s < program_.sets.size(); ++s) {
    for (const CharRange& range : program_.sets[s].ranges) {
      const uint32_t last = interval_of(range.last);
      for (uint32_t i = interval_of(range.first); i <= last; ++i) {
        in_ranges_[s * bounds_.size() + i] = 1;
      }
    }
  }
  classes_.resize(kFirstClass);
  classes_[kEndClass].side = Side::Edge;
  classes_[kFinalNewlineClass] = {interval_of('\n'),
                                  static_cast<uint8_t>(used_categories_ & kSpaceBit), true,
                                  Side::FinalNewline};
  class_ids_.assign(bounds_.size() * 8, kUnknown);
  for (uint32_t c = 0; c < 256; ++c)
    byte_class_[c] = c < 128 ? class_of(c) : kBeyondAscii;
  seen_.assign(program_.code.size(), 0);
  find_landmarks(required);
  clear_states();
}

void Regex::Machine::find_landmarks(const std::vector<RequiredLiterals>& required) {
  for (const RequiredLiterals& list : required) {
    if (list.most_bytes_before > kMostBytesBeforeLandmark) continue;
    landmarks_.emplace();
    landmarks_->most_bytes_before = list.most_bytes_before;
    for (const RegexLiteral& literal : list.any_of)
      landmarks_->any_of.push_back(finder_of(literal));
    return;
  }
  // A single letter tells too little to be asked of a whole text beforehand, but leads from place to place.
  if (program_.code.front().op != RegexOp::Char) return;
  const CharSet& set = program_.sets[program_.code.front().x];
  if (set.negated || (set.has | set.has_not) != 0 || set.ranges.size() != 1 || set.ranges[0].first != set.ranges[0].last ||
      set.ranges[0].first == kReplacementChar) {
    return;
  }
  std::string letter;
  append_utf8(letter, set.ranges[0].first);
  landmarks_.emplace();
  landmarks_->any_of.emplace_back(letter);
}

size_t Regex::Machine::next_landmark(std::string_view text, size_t from, Ahead& ahead) const {
  size_t next = kNotFound;
  for (size_t i = 0; i < landmarks_->any_of.size(); ++i) {
    size_t& at = ahead.of_literal[i];
    if (!ahead.known || at < from) at = landmarks_->any_of[i].find(text, from);
    next = std::min(next, at);
  }
  ahead.known = true;
  return next;
}

// To where a match with this landmark begins at the earliest. No match is under way in the part.
void Regex::Machine::skip_to_landmark(std::string_view text, size_t landmark, Part& part) {
  ++landmarks_seen_;
  bytes_skipped_ += landmark - part.at;
  const size_t before = std::min(landmark - part.at, landmarks_->most_bytes_before);
  size_t at = landmark - before;
  // Back to where its code point begins, if that is not far; else each of these bytes is one of its own.
  const auto continues = [text](size_t byte) { return (static_cast<unsigned char>(text[byte]) & 0xC0) == 0x80; };
  size_t begin = at;
  while (begin > part.at && at - begin < 3 && continues(begin))
    --begin;
  if (!continues(begin)) at = begin;
  if (at <= part.at) return;
  const Side side = side_before(text, at);
  int32_t& state = idle_states_[static_cast<size_t>(side)];
  if (state == kUnknown) state = static_cast<int32_t>(find_state({}, side));
  part.at = at;
  part.state = static_cast<uint32_t>(state);
}

void Regex::Machine::give_up_landmarks_that_stand_everywhere() {
  if (!landmarks_ || landmarks_seen_ < kTrialHits) return;
  if (bytes_skipped_ / landmarks_seen_ < kLeastBytesBetween) {
    landmarks_.reset();
    clear_states();  // their ways say where to skip
  }
  landmarks_seen_ = bytes_skipped_ = 0;
}

uint32_t Regex::Machine::interval_of(uint32_t code_point) const {
  const auto above = std::upper_bound(bounds_.begin(), bounds_.end(), code_point);
  return static_cast<uint32_t>(above - bounds_.begin()) - 1;
}

uint32_t Regex::Machine::class_of(uint32_t c) {
  uint8_t categories = 0;
  if ((used_categories_ & kWordBit) != 0 && is_word_char(c)) categories |= kWordBit;
  if ((used_categories_ & kDigitBit) != 0 && is_digit_char(c)) categories |= kDigitBit;
  if ((used_categories_ & kSpaceBit) != 0 && is_space_char(c)) categories |= kSpaceBit;
  const uint32_t interval = interval_of(c);
  int32_t& id = class_ids_[interval * 8 + categories];
  if (id == kUnknown) {
    const bool ascii = c < 0x80, word = (categories & kWordBit) != 0;
    const Side side = c == '\n' ? Side::Newline
                      : !word   ? Side::Other
                                : (ascii ? Side::AsciiWord : Side::OtherWord);
    classes_.push_back({interval, categories, ascii, side});
    id = static_cast<int32_t>(classes_.size() - 1);
  }
  return static_cast<uint32_t>(id);
}

bool Regex::Machine::in_set(const CharSet& set, uint32_t set_index, const InputClass& input) const {
  bool inside = in_ranges_[set_index * bounds_.size() + input.interval] != 0;
  if (!inside && (set.has | set.has_not) != 0) {
    const uint8_t is = set.ascii_only && !input.ascii ? 0 : input.categories;
    inside = (is & set.has) != 0 || (static_cast<uint8_t>(~is) & set.has_not) != 0;
  }
  return inside != set.negated;
}

bool Regex::Machine::holds(const RegexInst& inst, Side before, Side after) const {
  const auto newline = [](Side side) {
    return side == Side::Edge || side == Side::Newline || side == Side::FinalNewline;
  };
  const auto word = [&inst](Side side) {
    return side == Side::AsciiWord || (side == Side::OtherWord && inst.x == 0);
  };
  switch (inst.op) {
    case RegexOp::TextStart:
      return before == Side::Edge;
    case RegexOp::TextEnd:
      return after == Side::Edge;
    case RegexOp::TextEndLine:
      return after == Side::Edge || after == Side::FinalNewline;
    case RegexOp::LineStart:
      return newline(before);
    case RegexOp::LineEnd:
      return newline(after);
    case RegexOp::WordEdge:
      return word(before) != word(after);
    // Python 3.11: \B does not match in an empty text.
    case RegexOp::NoWordEdge:
      return word(before) == word(after) && !(before == Side::Edge && after == Side::Edge);
    default:
      return false;
  }
}

// Adds all places that `place` leads to without reading; true when the end of the program is among
// them.
bool Regex::Machine::add_closure(uint32_t place, Side before, Side after) {
  stack_.push_back(place);
  bool matched = false;
  while (!stack_.empty()) {
    const uint32_t at = stack_.back();
    stack_.pop_back();
    if (seen_[at] == round_) continue;
    seen_[at] = round_;
    const RegexInst& inst = program_.code[at];
    switch (inst.op) {
      case RegexOp::Char:
        closure_.push_back(at);
        break;
      case RegexOp::Match:
        matched = true;
        break;
      case RegexOp::Jump:
        stack_.push_back(inst.x);
        break;
      case RegexOp::Split:
        stack_.push_back(inst.x);
        stack_.push_back(inst.y);
        break;
      default:
        if (holds(inst, before, after)) stack_.push_back(at + 1);
        break;
    }
  }
  return matched;
}

int32_t Regex::Machine::step(uint32_t state, uint32_t input_class) {
  const InputClass input = classes_[input_class];
  const Side before = states_[state].before;
  closure_.clear();
  if (++round_ == 0) {  // the counter came round
    std::fill(seen_.begin(), seen_.end(), 0u);
    round_ = 1;
  }
  bool matched = false;
  for (const uint32_t place : states_[state].places) {
    matched |= add_closure(place, before, input.side);
  }
  matched |= add_closure(0, before, input.side);  // a match may begin anywhere
  if (matched) return kMatch;
  if (input_class == kEndClass) return kFail;
  std::vector<uint32_t> places;
  for (const uint32_t place : closure_) {
    const uint32_t set = program_.code[place].x;
    if (in_set(program_.sets[set], set, input)) places.push_back(place + 1);
  }
  const Side side = input.side == Side::FinalNewline ? Side::Newline : input.side;
  const bool idle = landmarks_ && places.empty();
  return static_cast<int32_t>(find_state(std::move(places), side) * stride_) | (idle ? kIdle : 0);
}

uint32_t Regex::Machine::find_state(std::vector<uint32_t> places, Side before) {
  sort_in_place(places);
  const std::string_view bytes(reinterpret_cast<const char*>(places.data()),
                               places.size() * sizeof(uint32_t));
  const size_t mask = buckets_.size() - 1;
  size_t bucket = hash_bytes(bytes, static_cast<uint64_t>(before)) & mask;
  for (; buckets_[bucket] != 0; bucket = (bucket + 1) & mask) {
    const State& state = states_[buckets_[bucket] - 1];
    if (state.before == before && state.places == places) return buckets_[bucket] - 1;
  }
  cache_bytes_ += sizeof(State) + bytes.size() + stride_ * sizeof(int32_t);
  states_.push_back({std::move(places), before});
  next_.resize(states_.size() * stride_, kUnknown);
  buckets_[bucket] = static_cast<uint32_t>(states_.size());
  return static_cast<uint32_t>(states_.size() - 1);
}

void Regex::Machine::clear_states() {
  states_.clear();
  next_.clear();
  stride_ = (static_cast<uint32_t>(classes_.size()) + 9) & ~1u;
  buckets_.assign(1 << 15, 0);
  cache_bytes_ = 0;
  idle_states_.fill(kUnknown);
  find_state({}, Side::Edge);  // state 0: the start of a text
}

Side Regex::Machine::side_before(std::string_view text, size_t at) const {
  if (at == 0) return Side::Edge;
  size_t start = at - 1;
  while (start > 0 && at - start < 4 && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) {
    --start;
  }
  const uint32_t c = decode_utf8(text, start).code_point;
  if (c == '\n') return Side::Newline;
  if ((used_categories_ & kWordBit) == 0 || !is_word_char(c)) return Side::Other;
  return c < 0x80 ? Side::AsciiWord : Side::OtherWord;
}

// Over ASCII along ways that are known, to where more must be thought about; never over the last byte. Before
// `idle_until` nothing is skipped where no match is under way.
void Regex::Machine::run_along(std::string_view text, size_t limit, size_t idle_until, Part& part) const {
  if (text.empty()) return;
  const char* bytes = text.data();
  const int32_t* next = next_.data();
  const size_t last = std::min(limit, text.size() - 1);
  uint32_t place = part.state * stride_;
  size_t at = part.at;
  for (; at < last; ++at) {
    int32_t to = next[place + byte_class_[static_cast<unsigned char>(bytes[at])]];
    if (to < 0) break;
    if ((to & kIdle) != 0) {
      if (at >= idle_until) break;
      to -= kIdle;
    }
    place = static_cast<uint32_t>(to);
  }
  part = {at, part.end, place / stride_};
}

// The same in all parts, until one of them comes to its end or must think.
void Regex::Machine::run_side_by_side(std::string_view text, Part (&parts)[kParts]) const {
  const int32_t* next = next_.data();
  const unsigned char* bytes[kParts];
  uint32_t place[kParts];
  size_t count = text.size();
  for (size_t i = 0; i < kParts; ++i) {
    bytes[i] = reinterpret_cast<const unsigned char*>(text.data()) + parts[i].at;
    place[i] = parts[i].state * stride_;
    count = std::min(count, std::min(parts[i].end, text.size() - 1) - parts[i].at);
  }
  size_t done = 0;
  for (; done < count; ++done) {
    int32_t to[kParts];
    for (size_t i = 0; i < kParts; ++i)
      to[i] = next[place[i] + byte_class_[bytes[i][done]]];
    if ((to[0] | to[1] | to[2] | to[3]) < 0) break;
    for (size_t i = 0; i < kParts; ++i)
      place[i] = static_cast<uint32_t>(to[i]);
  }
  for (size_t i = 0; i < kParts; ++i)
    parts[i] = {parts[i].at + done, parts[i].end, place[i] / stride_};
}

namespace {

bool holds_any(const std::vector<TextFinder>& any_of, std::string_view text) {
  return std::any_of(any_of.begin(), any_of.end(), [text](const TextFinder& finder) { return finder.find(text) != kNotFound; });
}

}  // namespace

bool Regex::Machine::may_match(std::string_view text) const {
  return std::all_of(required_.begin(), required_.end(), [text](const auto& any_of) { return holds_any(any_of, text); });
}

bool Regex::Machine::may_match_without_escapes(const SearchedRecord& record) const {
  const auto is_there = [&record](const std::vector<TextFinder>& any_of) {
    return std::any_of(any_of.begin(), any_of.end(), [&record](const TextFinder& finder) { return record.holds(finder); });
  };
  for (size_t i = 0; i < required_.size(); ++i) {
    if (stands_in_json_[i] && !is_there(required_[i])) return record.hides_ascii();
  }
  return true;
}

// One step by an input of this class: the state's place in next_, kMatch or kFail.
int32_t Regex::Machine::advance_by_class(uint32_t input, Part& part, Part* running, size_t count) {
  int32_t next = input < stride_ ? next_[part.state * stride_ + input] : kUnknown;
  if (next == kUnknown) {
    if (input >= stride_ || cache_bytes_ > kMaxCacheBytes || states_.size() > buckets_.size() / 2) {
      State keep[kParts];
      for (size_t i = 0; i < count; ++i)
        keep[i] = states_[running[i].state];
      clear_states();
      for (size_t i = 0; i < count; ++i)
        running[i].state = find_state(std::move(keep[i].places), keep[i].before);
    }
    next = step(part.state, input);
    next_[part.state * stride_ + input] = next;
  }
  if (next >= 0) part.state = static_cast<uint32_t>(next) / stride_;
  return next;
}

// Over one code point, or to the end of the text. `running`: all whose states must stay known, `part` among them.
int32_t Regex::Machine::advance(std::string_view text, Part& part, Part* running, size_t count) {
  if (part.at == text.size()) return advance_by_class(kEndClass, part, running, count);
  const unsigned char c = static_cast<unsigned char>(text[part.at]);
  uint32_t input = byte_class_[c];
  size_t width = 1;
  if (c == '\n' && part.at + 1 == text.size()) {
    input = kFinalNewlineClass;
  } else if (c >= 0x80) {
    const DecodedChar decoded = decode_utf8(text, part.at);
    input = class_of(decoded.code_point);
    width = decoded.size_bytes;
  }
  const int32_t next = advance_by_class(input, part, running, count);
  part.at += width;
  return next;
}

// To the end of the part, and on until what began in it has come to nothing: what begins later is another's.
bool Regex::Machine::finish(std::string_view text, Part& part, Part* running, size_t count) {
  Ahead ahead;
  size_t idle_until = 0;  // behind the landmark that was skipped to
  while (true) {
    const bool idle = states_[part.state].places.empty();
    if (part.at >= part.end && part.end < text.size() && idle) return false;
    if (landmarks_ && idle && part.at >= idle_until) {
      const size_t landmark = next_landmark(text, part.at, ahead);
      if (landmark == kNotFound) return false;
      skip_to_landmark(text, landmark, part);
      idle_until = landmark + 1;
    }
    // Most of what goes on there ends with its word; the longer it goes on, the seldomer it is asked.
    run_along(text, part.at < part.end ? part.end : part.at + (part.at - part.end) / 4, idle_until, part);
    const int32_t next = advance(text, part, running, count);
    if (next == kMatch) return true;
    if (next == kFail) return false;
  }
}

// Cuts before bytes of ASCII, which begin a code point wherever they stand; false: there is none where one should be.
bool Regex::Machine::cut(std::string_view text, Part (&parts)[kParts]) {
  if (landmarks_ || text.size() < kLeastBytesInParts) return false;
  parts[0] = {};
  for (size_t i = 1; i < kParts; ++i) {
    size_t at = text.size() / kParts * i;
    const size_t limit = at + kCutBytes;
    while (at < limit && static_cast<unsigned char>(text[at]) >= 0x80)
      ++at;
    if (at == limit) return false;
    parts[i - 1].end = at;
    parts[i] = {at, text.size(), find_state({}, side_before(text, at))};
  }
  return true;
}

bool Regex::Machine::matches(std::string_view text) {
  if (!may_match(text)) return false;
  give_up_landmarks_that_stand_everywhere();
  Part parts[kParts];
  if (!cut(text, parts)) {
    Part whole{0, text.size(), 0};
    return finish(text, whole, &whole, 1);
  }
  const auto all_under_way = [&] {
    return std::all_of(std::begin(parts), std::end(parts),
                       [&](const Part& part) { return part.at < part.end && part.at + 1 < text.size(); });
  };
  while (all_under_way()) {
    run_side_by_side(text, parts);
    for (Part& part : parts) {
      if (part.at < part.end && advance(text, part, parts, kParts) == kMatch) return true;
    }
  }
  return std::any_of(std::begin(parts), std::end(parts), [&](Part& part) { return finish(text, part, parts, kParts); });
}

Regex::Regex(std::unique_ptr<Machine> machine) : machine_(std::move(machine)) {}
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;
Regex::~Regex() = default;

Result<Regex> Regex::compile(std::string_view pattern) {
  RegexTree tree = ASSAY_TRY(parse_regex(pattern));
  trim_to_least(tree);
  const std::vector<RequiredLiterals> required = required_literals(tree);
  Result<RegexProgram> program = compile_regex(std::move(tree));
  if (!program) return program.take_error();
  return Regex(std::make_unique<Machine>(std::move(program).value(), required));
}

bool Regex::matches(std::string_view text) { return machine_->matches(text); }
bool Regex::may_match_without_escapes(const SearchedRecord& record) const {
  return machine_->may_match_without_escapes(record);
}

}  // namespace assay::search
