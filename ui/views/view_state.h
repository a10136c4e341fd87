// ViewState: what the page remembers about its own look: open panels, scroll places, drafts. Owned
// by the host, written by the views, no part of the user's work. Plain data; fields marked "kept"
// are worth storing with the layout, the rest lives for the tab.
//
// Lengths are unscaled points. Nothing here refers to rows of a data set across frames without a
// key that is checked before use.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/app/command.h"
#include "core/app/query_edit.h"
#include "core/app/session.h"
#include "core/search/word_find.h"
#include "core/store/dataset.h"
#include "ui/kit/json_view.h"
#include "ui/kit/key_map.h"
#include "ui/kit/text_view.h"
#include "ui/kit/virtual_table.h"
#include "ui/views/review_state.h"
#include "ui/views/run_pairs.h"
#include "ui/views/chat_content.h"
#include "ui/views/span_content.h"
#include "ui/views/span_tree_model.h"
#include "ui/views/span_usage.h"
#include "ui/views/analysis_state.h"
#include "ui/views/note_state.h"
#include "ui/views/text_diff.h"
#include "ui/views/timeline_model.h"
#include "ui/views/trace_compare.h"

namespace assay::ui {

// A value of a span (its inputs, its outputs) in every form it can be shown in.
struct ValueBlock {
  bool present = false;
  TextBlock plain;                    // text, or JSON
  std::vector<ChatMessage> messages;  // empty: it holds none
  std::vector<Attribute> fields;      // of a flat object; empty: it is none
};

// What the reader shows of one span; rebuilt when another span is selected.
struct SpanContent {
  bool built = false;
  std::string trace_id;
  uint32_t span = 0;
  TextRef record;
  ValueBlock inputs, outputs;
  std::vector<Document> documents;
  std::vector<Attribute> attributes;
  std::vector<SpanEvent> events;
  std::string status_message;
};

// … and of one trace.
struct TraceContent {
  bool built = false;
  std::string trace_id;
  uint32_t row = 0;
  TextRef record;
  SpanTree tree;                                               // all of it
  std::vector<uint32_t> closed_spans;                          // sorted rows
  // Filled when the spans are first shown (timeline_view.cpp).
  Timeline timeline;
  int timeline_frame = -1;                                     // of its last step
  UsageSums usage;
  TimeWindow window;                                           // of the timeline
  std::vector<std::pair<StringId, uint32_t>> span_types;       // how many of each
  bool shown_made = false;                                     // `shown` is up to date
  SpanFilter shown_for;
  std::vector<ShownLine> shown;
  uint32_t matches = 0;
  SpanContent root;                                            // for the overview
  std::vector<std::pair<uint32_t, std::string>> failed_spans;  // row, what went wrong
  std::vector<Attribute> metadata;
  std::vector<Attribute> tags;  // those that no chip shows in full (tag_view.h)
  uint32_t tag_count = 0;       // of all
  uint64_t tags_generation = 0;  // of the data set, when they were read
  TextBlock record_json;  // filled when its tab is first shown
  bool record_built = false;
  std::string record_of;  // whose assessments it was made for (Dataset::shown_person)
};

// Where the words of the search stand in the open trace (reader_hits.h).
constexpr size_t kMostMarkedBytes = 64U << 20, kMostMarks = 200'000;  // of one text
struct Hit {
  uint32_t span = 0;  // row
  uint32_t mark = 0;  // the how-many-th of its text
  std::string block;  // the text's id in the spans tab
};
struct HitList {
  std::string trace_id;
  std::vector<std::string> words;
  bool as_json = false;
  std::vector<uint32_t> order;  // spans as the tree lists them
  size_t next = 0;              // of `order`: not looked through yet
  std::vector<Hit> hits;
  int64_t current = -1;
  bool scroll = false;  // to it, when it is drawn
};
struct FoundWords {
  std::vector<std::string> words;
  std::vector<search::WordFinder> finders;
};

enum class ReaderTab : uint8_t { Overview, Spans, Assessments, Metadata, Json };

struct ReaderState {
  float width_pt = 0;                   // kept; 0: a share of the window
  bool maximized = false;               // kept
  bool can_maximize = true;             // of this frame: the table stands beside it
  bool assessments_beside = true;       // of this frame: not as a tab
  float assessments_width_pt = 336;     // kept
  float tree_width_pt = 300;            // kept
  float tree_height_pt = 240;           // kept, where tree and span stand one below the other
  ReaderTab tab = ReaderTab::Overview;  // kept
  bool show_json = false;               // kept: values as JSON instead of as messages
  bool timeline_across = false;         // kept: the spans over the whole width, the span below
  bool system_open = false;             // system prompts are unfolded
  bool reasoning_open = true;
  SpanFilter span_filter;
  SpanPath place;                       // of the selected span, to stay there in the next trace
  std::string place_of;                 // the trace it was taken in
  uint32_t place_span = store::kNoRow;  // … and the span
  float pan_from_x = -1;                // of a drag over the bars; −1: none
  bool panned = false;                  // this press has moved the timeline: it selects nothing
  float strip_from = -1;                // of a drag over the minimap, as a fraction of it
  TraceContent trace;
  SpanContent span;
  std::string scrolled_to_span;                                // the tree has shown it
  std::vector<std::pair<uint64_t, kit::TextViewState>> texts;  // by hash of the widget's id
  uint32_t texts_generation = 0;
  // Where the words of the search stand in the texts on the screen (value_view.cpp).
  struct Found {
    uint64_t identity = 0;
    std::vector<kit::TextMark> marks;
  };
  std::vector<std::string> found_words;
  std::vector<Found> found;
  std::vector<std::pair<uint64_t, bool>> shaped;  // texts by identity: whether the browser has to lay them out
  HitList hits;
  bool scroll_span_up = false;  // of this frame: the hit is the span's name
};

// The session that is read as a conversation (session_view.cpp).
struct SessionView {
  bool made = false;
  std::string session_id;
  uint32_t trace_count = 0;  // of the data set it was made of
  struct Turn {
    uint32_t row = 0;
    bool read = false;           // what follows
    ValueBlock user, assistant;  // the last words of each, or the whole value
    std::string failure;         // why there is no answer, or ""
  };
  std::vector<Turn> turns;
  uint32_t shown = 0;
  // The form for an assessment of the whole session.
  bool form_open = false;
  std::string name = "session_quality", value, rationale;
  int choice = 0;  // yes, no, text
};

// Two traces that are compared (compare_view.cpp).
struct CompareView {
  bool made = false;
  uint32_t row_a = 0, row_b = 0;
  std::string id_a, id_b;
  SpanTree tree_a, tree_b;
  Comparison comparison;
  uint32_t selected = 0;  // a line of the comparison
  bool scroll_to = false;
  std::string criterion;  // of the judge that compares the two responses
  uint64_t asked_at = 0;  // the data's revision, when `cannot_ask` was found out
  std::string cannot_ask;
  // Of the selected line.
  struct Part {
    TextDiff diff;
    uint64_t identity = 0;
    std::vector<kit::TextMark> marks;
    std::vector<kit::ColorRun> colors;
  };
  uint32_t read_line = store::kNoRow;
  Part inputs, outputs;
  SpanUsage usage_a, usage_b;
};

enum class ValueInput : uint8_t { Boolean, Number, Text, Json };

struct AssessmentForm {
  bool expectation = false;                // sticky
  std::string name;                        // sticky
  ValueInput input = ValueInput::Boolean;  // sticky
  bool yes_no_text = false;                // Boolean writes "yes" and "no", as judges do
  int boolean = -1;                        // 1 yes, 0 no, -1 nothing chosen
  std::string value;                       // number, text, JSON
  std::string rationale;
  std::string metadata;  // key=value, one a line
  bool metadata_open = false;
  bool on_span = false;
  std::string overrides;  // correcting this assessment
  std::string error;      // what keeps it from being saved; shown after a try
};
struct AnnotateState {
  AssessmentForm form;
  std::string form_trace_id;  // of the value and the rationale in the form
  bool open = false;                                           // the form is unfolded
  bool focus_name = false;
  bool suggesting = false;  // names are offered below the one that is typed
  bool scroll_to_form = false;
  std::string editing_id;  // an assessment being changed in place
  AssessmentForm edit, edit_base;  // … as it stands in the form, and as it was when the form was opened
  bool focus_edit = false;
  bool bulk_open = false;  // the dialogue about many traces
  AssessmentForm bulk;
  bool bulk_tag = false;  // … sets a tag instead
  std::string bulk_tag_value;
  // The dialogue about one cell of the table.
  bool cell_open = false;
  std::string cell_trace_id, cell_own_id;  // own_id: the label that is changed; "": a new one
  AssessmentForm cell;
  int hovered_column = -1;                 // of this frame: the assessment column under the mouse
  std::vector<std::string> open_earlier;  // groups whose superseded ones are shown
  // The line that sets a tag (tag_view.h): the name stays from trace to trace.
  std::string tag_key, tag_value, tag_trace_id, tag_error;
  // The questions beside the trace (label_panel.h), and what is typed into those of numbers and texts.
  bool labels_open = true;
  struct Typed {
    std::string key, text, saved, error;  // key: trace and question
  };
  std::vector<Typed> typed;
  Typed& typed_for(const std::string& key, const std::string& saved) {
    for (Typed& one : typed) {
      if (one.key != key) continue;
      if (one.saved != saved) one.text = one.saved = saved;
      return one;
    }
    if (typed.size() > 100) typed.erase(typed.begin(), typed.begin() + 50);
    return typed.emplace_back(Typed{key, saved, saved, {}});
  }
};

struct ScorerState {
  int selected = 0;
  bool is_new = false;
  // Where the person was before the new one: shown again when it is cancelled.
  int selected_before = 0;
  app::Place place_before = app::Place::Scorers;
  bool library_open = false;  // choosing what kind to add
  bool focus_library = false;
  std::string library_search, search;
  bool import_open = false;
  std::string import_text;
  // The draft belongs to this scorer as it was; it is dropped when the scorer changes under it.
  int draft_of = -2;
  bool begun_looked_for = false;  // a new one that was begun before a reload
  judge::ScorerSpec base;
  std::string name, guidelines, text, categories;
  judge::AnswerType answer = judge::AnswerType::YesNo;
  std::vector<std::string> params;  // by judge::scorer_params() of the kind
  judge::ScorerKind kind = judge::ScorerKind::Guidelines;
  std::string error;
  std::string script_seen;        // the program as it was last drawn, and since when
  int64_t script_seen_ms = 0;
  bool save_when_parsed = false;  // Save was pressed before the program had been read
  bool reliability_open = false;
  bool preview_open = false;
  std::string preview_key;  // what the preview was rendered from
  TextBlock preview;
  int64_t preview_tokens = -1;  // -1: nothing would be sent
  bool preview_sends = false;   // a prompt or a program: it can be tried
  kit::TextViewState preview_view;
  std::string try_key;  // the preview that was tried
  bool check_open = false;
  // Of a check over the loaded traces: passed, failed, errors, skipped, other values.
  std::string tally_key;
  uint32_t tally_at = 0;
  uint32_t tally[5] = {};
};
struct JudgeFormState {
  std::string base_url, model, key, run_name;
  std::map<std::string, std::string> juror_keys;  // by host, until they are handed over
  std::string seen_base_url, seen_model;  // settings the drafts were taken from
  int concurrency = 8, attempts = 5, timeout_s = 120;
  bool advanced_open = false;
  bool caps_open = false, redaction_open = false;
  std::string cap_requests, cap_cost, cap_day_requests, cap_day_cost, rate_requests, rate_tokens, prices, patterns;
  std::string seen_caps;       // settings that they were taken from
  std::string passphrase;      // wiped when it is handed over
  bool store_open = false;
  std::string prices_error;
  score::PatternError patterns_error;
  bool key_just_set = false;    // handed over, and the session does not have it yet
  float start_height_pt = 170;  // of the part with Start, as it was drawn last
  std::string estimate_key;    // what the estimate was asked for
  int scope = 0;  // 0 matching, 1 selected
  int only = 0;   // 0 all of them, 1 without a verdict, 2 with an error
  bool scope_touched = false;
};

struct RunsState {
  kit::TableState list;
  kit::TableState table;
  std::string run_id;                 // whose table and filter this is
  int filter_column = -1;             // scorer; -1: all rows
  int filter_kind = 0;                // 0 all, 1 pass, 2 fail, 3 error, 4 no verdict
  uint64_t rows_key = 0;              // what all below was made of
  std::vector<store::TraceRow> rows;  // of the run, that pass the filter
  std::vector<std::vector<const store::Assessment*>>
      verdicts;  // by position in rows; filled when seen
  std::vector<app::RunScore> scores;
  std::vector<judge::ProgressError> errors;
  std::string side_trace_id;  // whose rationales are open
  std::string skips_of;       // the trace of `skips`, by scorer
  // Loaded traces by run, and of which data.
  std::map<std::string, uint32_t> loaded;
  uint32_t loaded_of_traces = 0;
  std::string loaded_of_first;
  std::vector<judge::SkipReason> skips;
  float side_width_pt = 380;  // kept
  bool errors_open = true, metrics_open = false;
};

// Two runs that are compared (run_pairs_view.cpp).
struct RunPairsState {
  std::string run_a, run_b;
  bool made = false;
  uint64_t key = 0;       // what `pairs` was made of, and when
  int64_t made_ms = 0;
  uint32_t traces = 0;    // of the data set
  RunPairs pairs;
  int filter = 0;         // PairFilter
  int filter_scorer = -1;
  bool rows_made = false;
  int rows_filter = 0, rows_scorer = -1;  // … of which
  std::vector<uint32_t> rows;             // of pairs.traces, that pass the filter
  kit::TableState table;
  std::string side_trace_id;  // whose rationales are open
  float card_height = 0;      // of the last frame, in final points
  // How the cards lay in the last frame, and what stood at the upper edge when they were last laid anew.
  struct Cards {
    int columns = 0, count = 0;  // 0: none yet
    float top = 0, step = 0;     // from the beginning of what scrolls; from row to row
    friend bool operator==(const Cards&, const Cards&) = default;
  } cards;
  struct UpperEdge {
    int card = -1;       // -1: what is above the cards; their count: what is below
    float offset = 0;    // scrolled beyond its beginning; before it: negative
    float scroll = -1;   // where it was put; elsewhere since: the person has scrolled
  } upper_edge;
  bool scroll_to_rows = false;
};

struct PaletteState {
  bool open = false;
  std::string text;
  int selected = 0;
  bool take_focus = false;
  bool scroll_to_selected = false;
};

// The dialogue about a table's columns.
struct ColumnChoice {
  ingest::TableColumn column;  // its use and its name as chosen
};
struct MappingState {
  bool open = false;
  uint32_t token = 0;   // of the file's report
  bool unread = false;  // nothing of the table could be read so far
  std::string title;
  std::vector<ColumnChoice> choices;
};

// … and about a file that is too large.
struct PartState {
  bool open = false;
  uint32_t token = 0;
  std::string file_name;
  uint64_t size_bytes = 0, fits_bytes = 0;
  int choice = 0;
  std::string first = "1000", from, to;
};

// The question whether a file of another host may be fetched.
struct AddressState {
  bool open = false;
  std::string url, host;
};

struct FacetClause {
  std::string text;  // the condition that a value stands for
  app::ConditionState state = app::ConditionState::Absent;
};
struct FacetState {
  bool open = true;                             // kept; shown where there is room
  float width_pt = 236;                         // kept
  std::vector<std::string> folded, unfolded;    // by id: closed ones, and those with all their values
  std::string drag_id;                          // of the histogram that is dragged over
  int drag_from = 0;
  bool has_room = false;                        // of this frame
  bool sheet_open = false;                      // over the list, where there is no room beside it
  // What the counts and the query mean for the rail; made again when either changes.
  bool made = false;
  uint64_t made_of_counts = 0;
  std::string made_of_query;
  std::vector<std::string> conditions;
  std::vector<std::vector<FacetClause>> clauses;  // by facet and value
};

// The list below the search box: what could be written there, or what was looked for before.
struct QueryPopup {
  static constexpr size_t kNoCaret = static_cast<size_t>(-1);
  bool shown = false;        // of the last frame
  bool history = false;
  bool dismissed = false;    // by Escape, until something is typed
  int selected = -1;
  bool scroll_to_selected = false;
  bool asked = false;        // the session holds offers for this box
  size_t place_caret = kNoCaret;  // where the caret belongs after a choice
  size_t caret = 0;
  float text_x = 0;          // of the box's text
};

// What a person has made of the columns of the table of traces; columns are named by their keys.
struct ListColumnChoice {
  std::vector<std::string> order;          // as they stand; those that are not named follow
  std::vector<std::string> hidden, shown;  // shown: although it is not at first, or the table is narrow
  std::vector<std::pair<std::string, float>> widths_pt;  // unscaled, set by dragging
  friend bool operator==(const ListColumnChoice&, const ListColumnChoice&) = default;
};

struct ViewsDialog {
  bool save_open = false, manage_open = false;
  bool take_focus = false;
  std::string name;
  std::vector<std::pair<std::string, std::string>> names;  // by id: as they are being written
};

struct SettingsForm {
  std::string author, seen_author;
  int capturing = -1;        // the command whose new key is waited for
  std::string key_conflict;  // what the pressed key already does
  bool confirm_forget = false;
};

// What judges with tools have read, of the verdicts that were looked at.
struct JudgeReads {
  std::map<std::string, std::vector<judge::ToolUse>> of;  // by assessment and its time
};

struct ViewState {
  JudgeReads judge_reads;
  // Set by the host.
  bool system_dark = false;
  kit::Language system_language = kit::Language::English;
  bool files_over_page = false;  // something is being dragged over the window
  std::string version, build, origin;
  bool storage_persistent = false;  // the browser has promised not to evict it
  bool update_ready = false;        // a newer version of the page waits
  // Taken by the host after the frame.
  struct PageText {
    std::string title;
    std::vector<std::pair<std::string, std::string>> sections;  // title, text
  };
  std::vector<PageText> page_texts;  // to be opened as real text over the canvas
  bool choose_settings = false;  // the chooser for a file of settings
  bool take_update = false;  // change to the newer version, which reloads the page

  // Search and list.
  std::string query;  // the text in the field
  bool query_active = false;
  bool focus_search = false;
  kit::Rect search_rect;  // of this frame
  bool filter_help_open = false;
  QueryPopup query_popup;
  FoundWords found_words;
  ViewsDialog views;
  FacetState facets;
  kit::TableState list;
  ListColumnChoice columns;
  bool columns_open = false;        // the dialogue about them
  std::string column_menu;          // whose menu is open
  float list_width_pt = 0;  // of this frame
  uint64_t list_generation = 0;
  bool list_has_old_times = false;    // of another year: they need more room
  // Which of the columns that a file may leave empty some trace has a value for, looked at up to `traces`.
  struct FilledColumns {
    uint32_t traces = 0;
    std::string first_trace;
    bool time = false, duration = false;
  };
  FilledColumns filled_columns;
  std::string list_shown_trace;       // the table has scrolled to it

  ReaderState reader;
  SessionView session;
  CompareView compare;
  AnalysisState analysis;
  TextNotes notes;
  AnnotateState annotate;
  ScorerState scorers;
  JudgeFormState judge;
  ReviewState review;
  RunsState runs;
  RunPairsState run_pairs;
  PaletteState palette;
  SettingsForm settings;
  MappingState mapping;
  PartState part;
  AddressState address;
  std::vector<uint32_t> asking;      // files whose columns or part are still to be asked for, by token
  bool report_after_asking = false;  // something was left out
  bool blind = false;  // kept: in the traces' place others' labels and judges' verdicts are hidden
  bool shortcuts_open = false;
  float bottom_bar_height = 0;  // of this frame: buttons at the lower edge, which stay free of notices
  bool popup_before = false;  // a popup was open in the last frame
  bool import_report_open = false;
  bool dialog_before = false;  // a dialogue was drawn in the last frame
  size_t reports_seen = 0;  // reports that have been looked at for trouble
  uint64_t notices_seen = 0;
  bool update_told = false;

  // The kept fields as the settings have them, as they were handed over, and as they are (layout_state.h).
  bool layout_taken = false;
  std::string layout_stored, layout_kept, layout_seen;

  kit::WrapCache wraps;
  kit::JsonCache json;
  std::vector<std::pair<app::CommandId, kit::Chord>> chords;  // parsed once
  std::vector<std::pair<std::string, std::string>> chords_of;  // the changed keys that they were made of
};

}  // namespace assay::ui
