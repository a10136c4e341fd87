// What the page remembers of notes on words of a text. Plain data; see note_marks.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/review/anchor.h"
#include "ui/kit/geometry.h"

namespace assay::ui {

// A part of a trace whose texts can carry notes: set while it is drawn.
struct NotePlace {
  bool on = false;
  std::string span_id;  // "": of the trace
  std::string prefix;   // of the ids of its texts
  std::string field;
};

// Words that a note is made of.
struct NoteTarget {
  std::string trace_id, span_id;
  review::Anchor anchor;
};

struct TextNotes {
  NotePlace place;
  // The anchored notes of one trace.
  bool made = false;
  uint64_t revision = 0;
  bool own_only = false;
  std::string trace_id;
  struct Note {
    std::string assessment_id, span_id, source_id, text;
    review::Anchor anchor;
    bool own = false;
  };
  std::vector<Note> notes;
  std::vector<uint8_t> seen;  // by note: a text that is shown in this frame has its words
  // Where they stand in the texts on the screen.
  struct Found {
    uint64_t identity = 0;
    std::string span_id, field, part;
    std::vector<std::pair<uint32_t, review::AnchorRange>> ranges;  // index of a note
  };
  std::vector<Found> found;
  // What is selected in a text that can carry a note.
  std::optional<NoteTarget> selected;
  std::string selected_block;   // the text's id
  kit::Rect selected_at;        // the end of it, in this frame
  bool selected_shown = false;  // … which shows it
  std::string jump;             // assessment id: scrolls there once
  std::string open;             // … whose popover is open
};

}  // namespace assay::ui
