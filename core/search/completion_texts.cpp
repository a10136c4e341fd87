// Counting the names and values that completion offers.
#include <algorithm>

#include "core/base/numbers.h"
#include "core/base/string_pool.h"
#include "core/json/reader.h"
#include "core/json/unescape.h"
#include "core/search/completion.h"
#include "core/search/json_path.h"

namespace assay::search {
namespace {

using store::SpanRow;
using store::TraceRow;

constexpr size_t kRowsPerLook = 256;  // between two looks at the clock

// Which names belong to traces and are counted together.
constexpr QueryKey kFamilies[] = {QueryKey::Tag, QueryKey::Metadata, QueryKey::Feedback, QueryKey::Expectation};

bool is_trace_family(QueryKey key) {
  return key == QueryKey::Rationale || std::find(std::begin(kFamilies), std::end(kFamilies), key) != std::end(kFamilies);
}

bool is_json_key(QueryKey key) {
  return key == QueryKey::Inputs || key == QueryKey::Outputs || key == QueryKey::SpanInputs ||
         key == QueryKey::SpanOutputs || key == QueryKey::SpanEvents;
}

bool counts_values(QueryKey key) {
  switch (key) {
    case QueryKey::State:
    case QueryKey::Name:
    case QueryKey::Session:
    case QueryKey::User:
    case QueryKey::Tag:
    case QueryKey::Metadata:
    case QueryKey::Feedback:
    case QueryKey::Expectation:
    case QueryKey::SpanName:
    case QueryKey::SpanType:
    case QueryKey::SpanStatus:
    case QueryKey::SpanAttribute:
    case QueryKey::SpanAttributeText:
    case QueryKey::SpanMessage: return true;
    default: return is_json_key(key);
  }
}

std::string path_text(const std::vector<PathStep>& path) {
  std::string out;
  for (const PathStep& step : path) {
    switch (step.kind) {
      case PathStep::Kind::Name: out += '\x01' + step.name; break;
      case PathStep::Kind::Index: out += '\x02' + std::to_string(step.index); break;
      case PathStep::Kind::Any: out += '\x03'; break;
    }
  }
  return out;
}

// How many traces have each text.
class Tally {
 public:
  void add(std::string_view text, bool is_bare, uint32_t row) {
    if (text.empty() || text.size() > CompletionTexts::kMaxTextBytes || text.find('\n') != std::string_view::npos) return;
    key_.assign(1, is_bare ? 'b' : 't');
    key_ += text;
    StringId id = texts_.find(key_);
    if (!id.present()) {
      if (texts_.count() > CompletionTexts::kMaxTexts) {
        is_full_ = true;
        return;
      }
      id = texts_.intern(key_);
      counts_.resize(id.v + size_t{1});
    }
    Count& count = counts_[id.v];
    if (count.traces > 0 && count.last_row == row) return;
    count.last_row = row;
    ++count.traces;
  }
  bool is_full() const { return is_full_; }
  void append_to(std::vector<CompletionText>& out, QueryKey family) const {
    for (uint32_t i = 1; i < counts_.size(); ++i) {
      const std::string_view key = texts_.text_of({i});
      out.push_back({std::string(key.substr(1)), counts_[i].traces, family, key[0] == 'b'});
    }
  }

 private:
  struct Count {
    uint32_t traces = 0, last_row = 0;
  };
  StringPool texts_;
  std::vector<Count> counts_;  // by StringId
  std::string key_;
  bool is_full_ = false;
};

// … where the texts are names of the data set.
class NameTally {
 public:
  void add(StringId id, uint32_t row) {
    if (!id.present()) return;
    if (counts_.size() <= id.v) counts_.resize(id.v + size_t{1});
    Count& count = counts_[id.v];
    if (count.traces > 0 && count.last_row == row) return;
    count.last_row = row;
    ++count.traces;
  }
  void append_to(std::vector<CompletionText>& out, const StringPool& names, QueryKey family) const {
    for (uint32_t i = 1; i < counts_.size(); ++i) {
      if (counts_[i].traces == 0) continue;
      const std::string_view text = names.text_of({i});
      if (text.size() > CompletionTexts::kMaxTextBytes || text.find('\n') != std::string_view::npos) continue;
      out.push_back({std::string(text), counts_[i].traces, family, false});
    }
  }

 private:
  struct Count {
    uint32_t traces = 0, last_row = 0;
  };
  std::vector<Count> counts_;
};

}  // namespace

struct CompletionTexts::State {
  State(const store::Dataset& d, const CompletionPlace& place)
      : dataset(d), revision(d.revision()), key(place.key.key), path(place.key.path) {
    names_of_traces = place.kind == CompletionKind::Key || (place.kind == CompletionKind::Name && is_trace_family(key));
    is_name = place.kind == CompletionKind::Name;
    for (size_t i = 0; i < path.size() && path[i].kind == PathStep::Kind::Name; ++i) {
      joined.push_back(joined.empty() ? path[i].name : joined.back() + "." + path[i].name);
    }
  }

  void count(TraceRow row);
  void count_names_of_trace(TraceRow row);
  void count_spans(TraceRow row);
  void count_json(FoundValue value, size_t first_step, TraceRow row);
  void count_attribute(SpanRow span, TraceRow row);
  void count_scalar(FoundValue value, TraceRow row);
  void count_pair(std::optional<TextRef> (store::Dataset::*find)(TraceRow, std::string_view) const, TraceRow row);
  void read(uint64_t bytes) { read_bytes += bytes; }

  const store::Dataset& dataset;
  uint64_t revision;
  QueryKey key;
  std::vector<PathStep> path;
  std::vector<std::string> joined;  // the first name, the first two with a dot, …
  bool names_of_traces = false, is_name = false;
  uint32_t at = 0;
  uint64_t read_bytes = 0;
  bool is_cut = false;
  NameTally tag_names, metadata_names, names;
  Tally feedback_names, expectation_names, tally;
  std::string scratch, inner;
};

void CompletionTexts::State::count_names_of_trace(TraceRow row) {
  uint32_t count = 0;
  const store::KeyValues tags = dataset.tags(row, count);
  for (uint32_t i = 0; i < count; ++i) tag_names.add(tags[i].key, row.v);
  const store::KeyValues metadata = dataset.metadata(row, count);
  for (uint32_t i = 0; i < count; ++i) metadata_names.add(metadata[i].key, row.v);
  for (const store::Assessment& a : dataset.assessments(row)) {
    if (!dataset.shows(a) || !a.valid || a.kind == store::AssessmentKind::Issue) continue;
    (a.kind == store::AssessmentKind::Expectation ? expectation_names : feedback_names).add(a.name, false, row.v);
  }
}

// A text, a number or a truth; what is larger is no value to offer.
void CompletionTexts::State::count_scalar(FoundValue value, TraceRow row) {
  std::string_view text = value.text;
  if (!value.is_json) return tally.add(text, false, row.v);
  if (text.empty() || text == "null" || text[0] == '{' || text[0] == '[') return;
  if (text[0] != '"') return tally.add(text, true, row.v);
  if (text.size() > 2 * kMaxTextBytes) return;
  inner.clear();
  json::append_unescaped(inner, text.substr(1, text.size() - 2));
  tally.add(inner, false, row.v);
}

// Names of members, or values, at the end of the path.
void CompletionTexts::State::count_json(FoundValue value, size_t first_step, TraceRow row) {
  visit_path(value, path.data() + first_step, path.size() - first_step, [&](FoundValue found) {
    if (!is_name) {
      count_scalar(found, row);
      return false;
    }
    json::Reader reader(found.text);
    if (!reader.enter_object()) return false;
    while (reader.next_key()) {
      const std::string_view raw = reader.raw_key();
      tally.add(raw.find('\\') == std::string_view::npos ? std::string(raw) : reader.key(), false, row.v);
      reader.skip_value();
    }
    return false;
  });
}

void CompletionTexts::State::count_attribute(SpanRow span, TraceRow row) {
  read(dataset.span_record(span).size_bytes);
  const std::string_view attributes = dataset.raw(dataset.span_attributes(span));
  json::Reader reader(attributes);
  if (attributes.empty() || !reader.enter_object()) return;
  json::Piece found;
  size_t steps = 0;
  while (reader.next_key()) {
    if (is_name && joined.empty()) {
      const std::string_view raw = reader.raw_key();
      tally.add(raw.find('\\') == std::string_view::npos ? std::string(raw) : reader.key(), false, row.v);
    } else {
      for (size_t k = joined.size(); k > 0 && k > steps; --k) {
        if (!reader.key_is(joined[k - 1])) continue;
        found = reader.piece();
        steps = k;
        break;
      }
    }
    reader.skip_value();
  }
  if (steps == 0 || found.form == TextForm::None) return;
  std::string_view text = reader.text_of(found);
  if (found.form == TextForm::EscapedString) {
    scratch.clear();
    json::append_unescaped(scratch, text);
    text = scratch;
  }
  count_json({text, found.form == TextForm::Json}, steps, row);
}

void CompletionTexts::State::count_spans(TraceRow row) {
  const store::Range spans = dataset.spans(row);
  for (uint32_t i = 0; i < spans.count; ++i) {
    const SpanRow span{spans.begin + i};
    const auto json = [&](TextRef ref) {
      read(dataset.span_record(span).size_bytes);
      if (ref.present()) count_json({dataset.text_now(ref, scratch), ref.form == TextForm::Json}, 0, row);
    };
    switch (key) {
      case QueryKey::SpanName: names.add(dataset.span_name(span), row.v); break;
      case QueryKey::SpanType: names.add(dataset.span_type(span), row.v); break;
      case QueryKey::SpanStatus: tally.add(span_status_name(dataset.span_status(span)), false, row.v); break;
      case QueryKey::SpanInputs: json(dataset.span_inputs(span)); break;
      case QueryKey::SpanOutputs: json(dataset.span_outputs(span)); break;
      case QueryKey::SpanEvents: json(dataset.span_events(span)); break;
      case QueryKey::SpanMessage: {
        const TextRef message = dataset.span_status_message(span);
        if (message.present()) tally.add(dataset.text_now(message, scratch), false, row.v);
        break;
      }
      default: count_attribute(span, row); break;
    }
  }
}

void CompletionTexts::State::count_pair(
    std::optional<TextRef> (store::Dataset::*find)(TraceRow, std::string_view) const, TraceRow row) {
  for (size_t k = joined.size(); k > 0; --k) {
    const std::optional<TextRef> value = (dataset.*find)(row, joined[k - 1]);
    if (!value) continue;
    const std::string_view text = dataset.text_now(*value, scratch);
    if (k == path.size()) return tally.add(text, false, row.v);
    return count_json({text, value->form == TextForm::Json}, k, row);
  }
}

void CompletionTexts::State::count(TraceRow row) {
  const store::TextScope scope(dataset);
  if (names_of_traces) return count_names_of_trace(row);
  switch (key) {
    case QueryKey::State: return tally.add(store::trace_state_name(dataset.state(row)), false, row.v);
    case QueryKey::Name: return names.add(dataset.name(row), row.v);
    case QueryKey::Session: return names.add(dataset.session(row), row.v);
    case QueryKey::User: return names.add(dataset.user(row), row.v);
    case QueryKey::Tag: return count_pair(&store::Dataset::find_tag, row);
    case QueryKey::Metadata: return count_pair(&store::Dataset::find_metadata, row);
    case QueryKey::Feedback:
    case QueryKey::Expectation:
      for (const store::Assessment& a : dataset.assessments(row)) {
        const auto kind = key == QueryKey::Feedback ? store::AssessmentKind::Feedback : store::AssessmentKind::Expectation;
        if (dataset.shows(a) && a.valid && a.kind == kind && !path.empty() && a.name == path[0].name) count_scalar({a.value_json, true}, row);
      }
      return;
    case QueryKey::Inputs:
    case QueryKey::Outputs: {
      const std::optional<SpanRow> root = dataset.root_span(row);
      if (!root) return;
      read(dataset.span_record(*root).size_bytes);
      const TextRef ref = key == QueryKey::Inputs ? dataset.span_inputs(*root) : dataset.span_outputs(*root);
      if (ref.present()) count_json({dataset.text_now(ref, scratch), ref.form == TextForm::Json}, 0, row);
      return;
    }
    default: return count_spans(row);
  }
}

std::string CompletionTexts::question_of(const CompletionPlace& place) {
  switch (place.kind) {
    case CompletionKind::None:
    case CompletionKind::Word:
    case CompletionKind::Sign: return {};
    case CompletionKind::Key:
      return place.typed.empty() || place.is_prefixed || place.place == KeyPlace::Span ? std::string() : "names";
    case CompletionKind::Name:
      if (is_trace_family(place.key.key) && place.key.path.empty()) return "names";
      if (!is_json_key(place.key.key) && place.key.key != QueryKey::SpanAttribute) return {};
      break;
    case CompletionKind::Value:
      if (!counts_values(place.key.key)) return {};
      if (place.key.path.empty() && place.key.key == QueryKey::SpanAttribute) return {};
      break;
  }
  return std::string(place.kind == CompletionKind::Name ? "n" : "v") + std::to_string(static_cast<int>(place.key.key)) +
         path_text(place.key.path);
}

CompletionTexts::CompletionTexts(const store::Dataset& dataset, const CompletionPlace& place)
    : state_(std::make_unique<State>(dataset, place)) {}
CompletionTexts::~CompletionTexts() = default;

bool CompletionTexts::is_stale() const { return state_->revision != state_->dataset.revision(); }

bool CompletionTexts::is_partial() const {
  const State& s = *state_;
  return s.is_cut || s.tally.is_full() || s.feedback_names.is_full() || s.expectation_names.is_full();
}

Progress CompletionTexts::step(Budget& budget) {
  State& s = *state_;
  const uint32_t rows = s.dataset.trace_count();
  while (s.at < rows && !is_stale()) {
    if (s.read_bytes > kMaxReadBytes) {
      s.is_cut = true;
      return Progress::Finished;
    }
    const uint64_t read_before = s.read_bytes;
    const uint32_t begin = s.at;
    while (s.at < rows && s.at < begin + kRowsPerLook && s.read_bytes < read_before + (256 << 10)) {
      s.count(TraceRow{s.at++});
    }
    const auto units = static_cast<int64_t>((s.at - begin) + (s.read_bytes - read_before) / 4096);
    if (!budget.spend(units) && s.at < rows) return Progress::Working;
  }
  return Progress::Finished;
}

std::vector<CompletionText> CompletionTexts::texts() const {
  const State& s = *state_;
  std::vector<CompletionText> out;
  const StringPool& pool = s.dataset.names();
  s.tag_names.append_to(out, pool, QueryKey::Tag);
  s.metadata_names.append_to(out, pool, QueryKey::Metadata);
  s.feedback_names.append_to(out, QueryKey::Feedback);
  s.expectation_names.append_to(out, QueryKey::Expectation);
  s.names.append_to(out, pool, s.key);
  s.tally.append_to(out, s.key);
  std::sort(out.begin(), out.end(), [](const CompletionText& a, const CompletionText& b) {
    return a.traces != b.traces ? a.traces > b.traces : a.text < b.text;
  });
  return out;
}

}  // namespace assay::search
