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
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace assay::search {
namespace {

constexpr size_t kMaxCacheBytes = 4 << 20;

// What stands before or after a place in the text.
enum class Side : uint8_t { Edge, FinalNewline, Newline, AsciiWord, OtherWord, Other };

struct InputClass {
  uint32_t interval = 0;   // between two bounds of the pattern's ranges
  uint8_t categories = 0;  // CategoryBits of its code points
  bool ascii = false;
  Side side = Side::Other;
};

}  // namespace

struct Regex::Machine {
  explicit Machine(RegexProgram compiled);
  bool matches(std::string_view text);

 private:
  static constexpr int32_t kUnknown = -1, kMatch = -2, kFail = -3;
  static constexpr uint32_t kEndClass = 0, kFinalNewlineClass = 1;

  struct State {
    std::vector<uint32_t> places;  // sorted; empty: no match is under way
    Side before = Side::Edge;
  };

  uint32_t interval_of(uint32_t code_point) const;
  uint32_t class_of(uint32_t code_point);
  Side side_before(std::string_view text, size_t at) const;
  void find_prefix();
  void find_required();
  bool in_set(const CharSet& set, uint32_t set_index, const InputClass& input) const;
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
  uint32_t ascii_class_[128];

  std::vector<State> states_;
  std::vector<int32_t> next_;      // [state * stride_ + class]: a state, or one of the k… above
  uint32_t stride_ = 0;            // at least as many as there are classes
  std::vector<uint32_t> buckets_;  // state + 1; open addressing
  // What every match begins with, where the pattern says so: most of a text is skipped by it.
  std::optional<TextFinder> prefix_;
  // A literal that stands in every match: a text without it is not looked at more closely.
  std::optional<TextFinder> required_;
  size_t cache_bytes_ = 0;

  std::vector<uint32_t> closure_, stack_;
  std::vector<uint32_t> seen_;  // by place: the round it was reached in
  uint32_t round_ = 0;
};

Regex::Machine::Machine(RegexProgram compiled) : program_(std::move(compiled)) {
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
  classes_.resize(2);
  classes_[kEndClass].side = Side::Edge;
  classes_[kFinalNewlineClass] = {interval_of('\n'),
                                  static_cast<uint8_t>(used_categories_ & kSpaceBit), true,
                                  Side::FinalNewline};
  class_ids_.assign(bounds_.size() * 8, kUnknown);
  for (uint32_t c = 0; c < 128; ++c)
    ascii_class_[c] = class_of(c);
  seen_.assign(program_.code.size(), 0);
  find_prefix();
  find_required();
  clear_states();
}

void Regex::Machine::find_prefix() {
  std::string prefix;
  for (const RegexInst& inst : program_.code) {
    if (inst.op != RegexOp::Char) break;
    const CharSet& set = program_.sets[inst.x];
    if (set.negated || (set.has | set.has_not) != 0 || set.ranges.size() != 1 ||
        set.ranges[0].first != set.ranges[0].last) {
      break;
    }
    append_utf8(prefix, set.ranges[0].first);
  }
  // A repetition may jump back into the prefix: then it has not been left, and still comes first.
  if (!prefix.empty() && prefix.find("\xEF\xBF\xBD") == std::string::npos) prefix_.emplace(prefix);
}

namespace {

// The only character of a set, or its small letter where it holds the two forms of an ASCII letter; 0:
// neither.
uint32_t only_char(const CharSet& set, bool& any_case) {
  if (set.negated || (set.has | set.has_not) != 0 || set.ranges.empty() || set.ranges.size() > 2) return 0;
  for (const CharRange& range : set.ranges) {
    if (range.first != range.last) return 0;
  }
  const uint32_t a = set.ranges.front().first, b = set.ranges.back().first;
  if (a == b) return a == kReplacementChar ? 0 : a;
  const uint32_t small = a | 0x20;
  if (small != (b | 0x20) || small < 'a' || small > 'z' || (a & b) >= 0x80) return 0;
  any_case = true;
  return small;
}

}  // namespace

// Whatever no jump leaps over is passed by every match, and characters one after another in the program
// are so in the text. The longest such run is kept.
void Regex::Machine::find_required() {
  const size_t count = program_.code.size();
  std::vector<int32_t> leaps(count + 1, 0);  // begin and end of what is leapt over
  for (size_t i = 0; i < count; ++i) {
    const RegexInst& inst = program_.code[i];
    if (inst.op != RegexOp::Split && inst.op != RegexOp::Jump) continue;
    const uint32_t to = inst.op == RegexOp::Split ? std::max(inst.x, inst.y) : inst.x;
    if (to <= i + 1) continue;
    ++leaps[i + 1];
    --leaps[to];
  }
  std::string run, best;
  bool run_any_case = false, best_any_case = false;
  int32_t over = 0;
  for (size_t i = 0; i < count; ++i) {
    over += leaps[i];
    const RegexInst& inst = program_.code[i];
    const bool is_char = over == 0 && inst.op == RegexOp::Char;
    const uint32_t c = is_char ? only_char(program_.sets[inst.x], run_any_case) : 0;
    if (c == 0) {
      run.clear();
      run_any_case = false;
      continue;
    }
    append_utf8(run, c);
    if (run.size() <= best.size()) continue;
    best = run;
    best_any_case = run_any_case;
  }
  const bool is_prefix = prefix_ && prefix_->size() >= best.size();
  if (best.empty() || is_prefix) return;
  required_.emplace(best, best_any_case ? CaseMode::AsciiInsensitive : CaseMode::Sensitive);
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
  return static_cast<int32_t>(find_state(std::move(places), side));
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
  stride_ = static_cast<uint32_t>(classes_.size()) + 8;
  buckets_.assign(1 << 15, 0);
  cache_bytes_ = 0;
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

bool Regex::Machine::matches(std::string_view text) {
  uint32_t state = 0;
  size_t at = 0;
  if (required_ && required_->find(text) == kNotFound) return false;
  while (true) {
    if (prefix_ && states_[state].places.empty()) {
      at = prefix_->find(text, at);
      if (at == kNotFound) return false;
      state = find_state({}, side_before(text, at));
    }
    uint32_t input = kEndClass;
    size_t width = 1;
    if (at < text.size()) {
      const unsigned char c = static_cast<unsigned char>(text[at]);
      if (c < 0x80) {
        input = c == '\n' && at + 1 == text.size() ? kFinalNewlineClass : ascii_class_[c];
      } else {
        const DecodedChar decoded = decode_utf8(text, at);
        input = class_of(decoded.code_point);
        width = decoded.size_bytes;
      }
    }
    int32_t next = input < stride_ ? next_[state * stride_ + input] : kUnknown;
    if (next == kUnknown) {
      if (input >= stride_ || cache_bytes_ > kMaxCacheBytes ||
          states_.size() > buckets_.size() / 2) {
        State keep = std::move(states_[state]);
        clear_states();
        state = find_state(std::move(keep.places), keep.before);
      }
      next = step(state, input);
      next_[state * stride_ + input] = next;
    }
    if (next == kMatch) return true;
    if (next == kFail) return false;
    state = static_cast<uint32_t>(next);
    at += width;
  }
}

Regex::Regex(std::unique_ptr<Machine> machine) : machine_(std::move(machine)) {}
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;
Regex::~Regex() = default;

Result<Regex> Regex::compile(std::string_view pattern) {
  RegexTree tree = ASSAY_TRY(parse_regex(pattern));
  Result<RegexProgram> program = compile_regex(std::move(tree));
  if (!program) return program.take_error();
  return Regex(std::make_unique<Machine>(std::move(program).value()));
}

bool Regex::matches(std::string_view text) { return machine_->matches(text); }

}  // namespace assay::search
