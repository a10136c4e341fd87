// What the review place remembers about its own look. Plain data; see view_state.h.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/review/labels.h"
#include "ui/kit/virtual_table.h"

namespace assay::ui {

// The answer to one question of the item that is open, as far as it is not saved yet.
struct AnswerDraft {
  std::string schema;
  std::string text;                 // number, text
  bool text_touched = false;
  std::vector<std::string> chosen;  // of a list
  bool chosen_touched = false;
  std::string comment;
  bool comment_open = false;
  bool comment_touched = false;
  std::string error;
  std::string given;      // the label's value as it was last drawn, JSON; "" none
  int given_frame = -9;   // in which it was given from here: a change right after is no undo
  uint32_t left = 0;      // how often the text was given and the keys went on to another question
};

struct ReviewItemState {
  std::string key;  // queue and trace that all below belongs to
  std::vector<AnswerDraft> answers;
  size_t current = 0;  // the question that keys answer
  bool take_focus = false;
  bool focus_comment = false;
  enum class Writing : uint8_t { Nothing, Answer, Note } writing = Writing::Nothing;  // the text that has the caret, in this frame
  double last_seen_s = 0;
  double spent_s = 0;
  std::string message;     // why it does not go on
  // What goes along from item to item.
  struct Carried {
    std::string list_shown;  // the list has scrolled to this item
    // What was answered last and led on by itself: a note that is begun now is about that.
    std::string finished_key, finished_item;
    std::string finished_schema;
    double finished_s = -1e9;
    bool notes_finished = false;  // on the way back to it
  } carried;
};

struct QueueForm {
  bool open = false;
  std::string name;
  std::vector<std::string> schemas;  // chosen
  int scope = 0;                     // 0 all that match, 1 selected, 2 sample, 3 stale, 4 spans
  std::string span_type, span_name, span_size;
  bool span_failed = false;
  std::string size = "50", seed = "1";
  std::string stale_schema;
  bool blind = true;
  std::string error;
};

struct SchemaForm {
  int selected = 0;
  bool is_new = false;
  std::string draft_of;  // name and definition that the draft was taken from
  review::LabelSchema draft;
  std::string options, min, max, max_length;
  std::string error;
};

struct AgreementState {
  std::string name;  // chosen
  store::AssessmentKind kind = store::AssessmentKind::Feedback;
  std::string judge;
  int level = -1;  // chosen; -1: as the question says
  bool show_settled = false;
  // What is shown, made again when the data change.
  uint64_t made_of_revision = ~uint64_t{0}, made_of_board = 0;
  std::string made_of;
  uint32_t made_of_traces = 0;
  bool working = false;  // something is still to come
  enum class Part : uint8_t { Names, Table, Figures } part = Part::Names;  // what is being worked out
  std::unique_ptr<review::RatedNamesReader> names_reader;
  std::unique_ptr<review::RatingReader> rating_reader;
  stats::AgreementSteps figure;
  bool figure_begun = false;
  uint32_t steps = 0;  // figures that are done
  std::vector<review::RatedName> names;
  review::RatingTable table;
  struct Pair {
    uint32_t a, b;
    std::optional<stats::Estimate> raw, kappa, ac1;
  };
  std::vector<Pair> pairs;
  std::optional<stats::Estimate> raw, alpha, fleiss;
  std::vector<uint32_t> differing;  // items
  uint32_t unsettled = 0;
  review::JudgeComparison judged;
  std::optional<stats::Estimate> judge_kappa;
};

struct ReviewState {
  std::string reviewer, seen_reviewer;
  ReviewItemState item;
  QueueForm queue;
  SchemaForm schema;
  AgreementState agreement;
  kit::TableState queues;
  // How many traces have labels of an earlier version of the question that is shown.
  std::string stale_of;
  uint64_t stale_revision = ~uint64_t{0};
  size_t stale_count = 0;
};

}  // namespace assay::ui
