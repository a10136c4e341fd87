// Error analysis over the loaded traces: notes, failure modes, how often they occur, whether new
// ones are still turning up, and which traces to look at next.
//
// All of it is MLflow feedback, so that it goes home with the traces: notes are feedback `note` with
// a text, on a trace or a span; codes are feedback `failure_mode` with the mode's name, or `none` for
// a trace that was looked at and has no failure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/review/codebook.h"
#include "core/store/dataset.h"
#include "ui/views/note_state.h"

namespace assay::ui {

using review::kModeName;
using review::kNoFailure;
using review::kNoteName;

struct FailureMode {
  std::string name;
  std::vector<uint32_t> rows;  // of the traces that have it, each once
  struct Code {
    uint32_t row = 0;
    std::string assessment_id, span_id, note;  // note: what was written there, or ""
    bool stale = false;  // given under another definition, or before there was one
    bool own = false;
  };
  std::vector<Code> codes;     // in the order of the traces
  uint32_t stale = 0;
  bool defined = false;        // in the codebook
};
struct OpenNote {
  uint32_t row = 0;
  std::string assessment_id, span_id, text;
  std::string quote;  // the words it was made of, or ""
};
enum class NextReason : uint8_t { Failed, Slow, Random };
struct NextTrace {
  uint32_t row = 0;
  NextReason reason = NextReason::Random;
};
struct Analysis {
  std::vector<FailureMode> modes;  // the most frequent first
  std::vector<OpenNote> uncoded;   // notes of a trace or span that has no code yet, oldest first
  uint32_t notes = 0;
  uint32_t reviewed = 0;      // traces with a note or a code
  uint32_t observations = 0;  // a mode on a trace
  uint32_t seen_once = 0;     // modes on one trace only
  uint32_t since_new = 0;     // traces coded since the last mode was first used
  std::vector<NextTrace> next;
};
// `rows`: the traces that match the search, from which the next ones are taken.
Analysis analyse(const store::Dataset& dataset, const std::vector<store::TraceRow>& rows,
                 const review::Codebook* codebook = nullptr, std::string_view reviewer = {});

struct AnalysisState {
  bool made = false;
  uint64_t revision = 0;
  uint64_t list_generation = 0, codebook_generation = 0;
  Analysis analysis;
  std::string selected_note;  // by assessment id; "": the first
  std::vector<std::string> picked;  // notes that are grouped together, by assessment id
  std::string new_mode;       // being typed for the selected note
  std::string renaming, new_name;
  bool focus_rename = false;
  // The mode whose definition is open, as it is being written.
  std::string details_of, definition, example;
  std::string details_hash;  // the definition that the two were taken from
  bool history_open = false;
  bool focus_new_mode = false;
  // A note that is being dragged to a mode, and where the modes stand in this frame ("": a new one).
  std::string dragging;
  std::vector<std::pair<std::string, kit::Rect>> drops;
  // The bar for notes under the open trace.
  bool bar_open = false;  // shown
  bool focus_note = false;
  std::optional<NoteTarget> target;  // the words that the note is made of
  std::string note, mode;
  std::string note_of;  // the trace that they are for
  std::string begun_looked_for;  // the trace whose begun note has been looked for (drafts.h)
};

}  // namespace assay::ui
