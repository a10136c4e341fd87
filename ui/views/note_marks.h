// Notes on words of a text: marks behind the words, a button beside them that shows the note, and "Note on this" at what
// is selected. What a note is: core/review/anchor.h.
#pragma once

#include <string_view>
#include <vector>

#include "ui/frame.h"
#include "ui/kit/text_view.h"

namespace assay::ui {

// While it lives, texts whose ids begin with `prefix` are those of `field` (core/review/anchor.h).
class NoteScope {
 public:
  NoteScope(UiFrame& f, std::string_view span_id, std::string_view prefix, std::string_view field);
  ~NoteScope();
  NoteScope(const NoteScope&) = delete;
  NoteScope& operator=(const NoteScope&) = delete;

 private:
  UiFrame& f_;
  NotePlace before_;
};

// Around a text view: marks into the options, then the buttons beside the text.
class NoteMarks {
 public:
  // `options.marks` gets the notes' marks among its own. Both must live until after().
  NoteMarks(UiFrame& f, std::string_view id, std::string_view text, kit::TextIdentity identity, kit::TextViewOptions& options);
  void after(const kit::TextViewResult& result, kit::TextViewState& state);

 private:
  UiFrame& f_;
  std::string_view id_, text_, part_;
  std::vector<kit::TextMark> marks_;
  std::vector<uint32_t> notes_, locate_;
  bool on_ = false;
};

// Before the texts of a trace are drawn; `own_only`: others' notes are hidden.
void begin_notes(UiFrame& f, store::TraceRow trace, bool own_only);
// After the texts of a span: its notes on words that are not on the screen.
void draw_lost_notes(UiFrame& f, std::string_view span_id);
// Last, in the window that holds the texts: the button at the selection, and the note that was pressed.
void draw_note_overlay(UiFrame& f, const kit::Rect& area);
// Opens the note bar, for the selected words where there are any.
void start_note(UiFrame& f);

}  // namespace assay::ui
