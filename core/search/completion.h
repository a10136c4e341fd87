// Completion: what can stand at the caret of the search box. Three steps, none of which fails:
//   completion_place()   the text and the caret: what kind of word is being written, and which bytes it takes
//   CompletionTexts      a job that counts the names or values of the data that fit there (a trace counts once)
//   completions()        both together: what to offer, best first, written as the query needs it (quotes and all)
//
// Works for every text, also wrong and half-written ones, in MLflow's language and in ours. A place after which
// nothing can be known (inside of a regular expression, behind a finished text) is of kind None.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"
#include "core/search/query_keys.h"
#include "core/store/dataset.h"

namespace assay::search {

enum class CompletionKind : uint8_t { None, Key, Name, Sign, Value, Word };

struct CompletionPlace {
  CompletionKind kind = CompletionKind::None;
  KeyPlace place = KeyPlace::Trace;           // Key
  uint32_t begin_byte = 0, end_byte = 0;      // of the query: what a choice replaces
  std::string typed;                          // of it, before the caret and without an opening quote
  char quote = 0;                             // the quote that was opened
  bool is_prefixed = false;                   // Key: behind "span." or "trace.", so nothing but a key fits
  // Name: the family, or JSON and the steps into it. Sign and Value: the key that is compared.
  ResolvedKey key;
  bool has_not = false;                       // Sign: NOT stands before it
  bool is_text_test = false;                  // Value: of LIKE, CONTAINS and the like
  bool is_order = false;                      // Name, Word: behind ORDER BY
  // Word: what the grammar has for this place. Key: what can stand behind a finished condition.
  std::span<const std::string_view> words = {};
  // Nothing has been typed yet: worth offering only to who asks for it.
  bool is_empty() const { return typed.empty() && quote == 0; }
};

// `caret_bytes` is cut to the text. Queries beyond kMaxCompletedBytes get none.
constexpr size_t kMaxCompletedBytes = 4096;
CompletionPlace completion_place(std::string_view query, size_t caret_bytes);

// A name or a value of the data.
struct CompletionText {
  std::string text;
  uint32_t traces = 0;
  QueryKey family = QueryKey::Tag;  // of a name
  bool is_bare = false;             // a value that is written without quotes: a number, true, false
};

class CompletionTexts : public Job {
 public:
  static constexpr size_t kMaxTexts = 20'000;           // different ones; later ones are left out
  static constexpr size_t kMaxTextBytes = 120;          // of one of them
  static constexpr uint64_t kMaxReadBytes = 256 << 20;  // of JSON

  // What would be counted for a place, as a key for caches; "": nothing (then make no job).
  static std::string question_of(const CompletionPlace& place);

  // `dataset` must outlive it. Ends early when the data set changes.
  CompletionTexts(const store::Dataset& dataset, const CompletionPlace& place);
  ~CompletionTexts() override;
  Progress step(Budget& budget) override;  // units: rows, plus one per 4 KB of JSON
  bool is_stale() const;
  bool is_partial() const;  // a limit was met: counts are lower bounds
  // The most frequent first.
  std::vector<CompletionText> texts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

enum class CompletionType : uint8_t { Key, Family, Name, Sign, Word, Value };

struct Completion {
  CompletionType type = CompletionType::Key;
  std::string shown;
  std::string inserted;    // in place of the place's bytes; the caret stands behind it
  std::string same_as;     // a key's main spelling, where this is another one
  uint32_t traces = 0;
  bool is_counted = false;  // `traces` says something
};

// At most `most`. `texts` are those of question_of(place), as far as they are known.
std::vector<Completion> completions(const CompletionPlace& place, const std::vector<CompletionText>& texts,
                                    size_t most);

// A text as a value: in single quotes, in double ones where it holds a single one.
std::string quoted_value(std::string_view text, char wanted_quote = '\'');
// A name behind "tags." and the like: bare where it can be, else in quotes; "" where no quotes would do.
std::string quoted_name(std::string_view name);

}  // namespace assay::search
