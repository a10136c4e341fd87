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

#include "core/store/dataset.h"

namespace assay::ui {

constexpr std::string_view kNoteName = "note";
constexpr std::string_view kModeName = "failure_mode";
constexpr std::string_view kNoFailure = "none";

struct FailureMode {
  std::string name;
  std::vector<uint32_t> rows;  // of the traces that have it, each once
};
struct OpenNote {
  uint32_t row = 0;
  std::string assessment_id, span_id, text;
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
Analysis analyse(const store::Dataset& dataset, const std::vector<store::TraceRow>& rows);

struct AnalysisState {
  bool made = false;
  uint64_t revision = 0;
  uint64_t list_generation = 0;
  Analysis analysis;
  std::string selected_note;  // by assessment id; "": the first
  std::string new_mode;       // being typed for the selected note
  std::string renaming, new_name;
  bool focus_rename = false;
  // The bar for notes under the open trace.
  bool bar_open = false;  // shown
  std::string note, mode;
  std::string note_of;  // the trace that they are for
  struct Draft {
    std::string trace_id, note, mode;
  };
  std::vector<Draft> drafts;  // what was begun under other traces
};

}  // namespace assay::ui
