// Codebook: the failure modes of an error analysis with what they mean, as a fold of the journal.
//
// Notes and codes are MLflow feedback, so that they go home with the traces: a note is feedback `note` with a text (its
// anchor: anchor.h); a code is feedback `failure_mode` with the mode's name, or `none` for a trace that was looked at
// and has no failure. A code carries in its metadata the version of the mode that it was given under:
//   assay.failure_mode    "3:0123456789abcdef"
//
// Event kinds and payloads (version 1):
//   mode.define   {"name", "definition", "example"}   a new one, or a new definition under its name
//   mode.rename   {"from", "to"}                       joins the history where `to` is there already
//   mode.retire   {"name"}                             out of the codebook; its codes stay
//
// The journal is the truth, this class a cache of it: call sync() after every append, load, undo and redo.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/journal/journal.h"
#include "core/store/assessment.h"

namespace assay::review {

constexpr std::string_view kNoteName = "note";
constexpr std::string_view kModeName = "failure_mode";
constexpr std::string_view kNoFailure = "none";
constexpr std::string_view kModeKey = "assay.failure_mode";

constexpr std::string_view kModeDefine = "mode.define";
constexpr std::string_view kModeRename = "mode.rename";
constexpr std::string_view kModeRetire = "mode.retire";
constexpr int kModeEventVersion = 1;
constexpr size_t kMaxModes = 500, kMaxModeTextBytes = 20'000;

struct ModeVersion {
  uint32_t version = 0;
  std::string name, definition, example, author;
  int64_t changed_ms = 0;
};

struct ModeEntry {
  std::string name, definition, example;
  std::string hash;      // of definition and example, 16 hexadecimal digits, stable across versions of the program
  uint32_t version = 1;  // counts definitions that differ, in the journal's order
  bool retired = false;
  std::vector<ModeVersion> history;  // oldest first; the last one is in force
};

class Codebook {
 public:
  // The journal must outlive this object.
  explicit Codebook(const journal::Journal& journal) : journal_(journal) {}
  bool sync();  // true when something changed
  uint64_t generation() const { return generation_; }
  const std::vector<ModeEntry>& modes() const { return modes_; }  // by first definition; retired ones too
  const ModeEntry* find(std::string_view name) const;             // in force; nullptr: not defined
  uint64_t ignored_events() const { return ignored_; }

 private:
  void apply(uint32_t index);
  void define(std::string_view name, std::string_view definition, std::string_view example,
              const journal::EventView& event);
  void rename(std::string_view from, std::string_view to, const journal::EventView& event);

  const journal::Journal& journal_;
  size_t events_seen_ = 0;
  std::vector<uint32_t> events_;
  std::vector<uint32_t> reverted_seen_;
  std::vector<ModeEntry> modes_;
  uint64_t generation_ = 0, ignored_ = 0;
};

// What a code of this mode carries as kModeKey.
std::string mode_mark(const ModeEntry& entry);
// A code that was given under another definition, or before there was one.
bool is_code_stale(const store::Assessment& code, const ModeEntry& entry);
// A code of a failure: valid feedback kModeName with a text.
bool is_code(const store::Assessment& assessment);
bool is_note(const store::Assessment& assessment);

struct ModeDefinition {
  std::string name, definition, example;
};
Status validate_mode(const ModeDefinition& mode);
journal::NewEvent mode_define_event(const ModeDefinition& mode);
journal::NewEvent mode_rename_event(std::string_view from, std::string_view to);
journal::NewEvent mode_retire_event(std::string_view name);

// A file: {"failure_modes": [{"name", "definition", "example", "version", "history": [{"version", "name",
// "definition", "example", "author", "changed_ms"}]}]}. Reading takes definitions; history is for people and stays in
// the file. Errors name the mode and what is wrong; nothing of a bad file is taken.
std::string encode_codebook_file(const std::vector<ModeEntry>& modes);
Result<std::vector<ModeDefinition>> decode_codebook_file(std::string_view json_text);
// Whether a file begins like one (its first 16 KB, or all of it).
bool looks_like_codebook_file(std::string_view head);

}  // namespace assay::review
