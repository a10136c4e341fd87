// Work files: teams with files instead of a server. A reviewer's file is a journal file (core/journal): a header and
// one event a line, append-only, so that it can be kept under version control. Merging is a union: an event is known
// by its session and number, labels by trace, span, name, reviewer and time, and no two reviewers ever write the same
// one; merging the same file again adds nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/journal/journal.h"
#include "core/review/board.h"
#include "core/review/codebook.h"
#include "core/store/dataset.h"

namespace assay::review {

// Indexes of what belongs into one reviewer's file, in the fold's order: the reviewer's assessments, progress and
// failure modes, the label schemas and queues that give them their meaning (by anyone), and what of it was undone.
// Judges' runs stay at home. `reviewer` as in assessments' sources ("default" for no name).
std::vector<uint32_t> work_events(const journal::Journal& journal, std::string_view reviewer);

// Whether a file begins like a journal file (its first line, or as much of it as there is).
bool looks_like_work_file(std::string_view head);

struct MergedReviewer {
  std::string name;
  uint32_t labels = 0;  // new ones
};
// What a merge brought.
struct MergeReport {
  journal::LoadReport load;
  std::vector<MergedReviewer> reviewers;    // by name
  uint32_t labels = 0;                      // new events about assessments
  uint32_t labels_waiting = 0;              // … of traces that are not open: kept, in force when they are opened
  std::vector<std::string> waiting_traces;  // the first few of those
  uint32_t waiting_trace_count = 0;
  std::vector<std::string> all_waiting;     // all of those, sorted
  // Label schemas that the file defines otherwise than they were here: the later definition is in force, and labels
  // under the earlier one are marked.
  std::vector<std::string> schema_clashes;
  // Failure modes likewise; their codes are marked.
  std::vector<std::string> mode_clashes;
  // Reviewers whose later events are dated before their earlier ones: a clock was set back, or ran wrong.
  std::vector<std::string> backwards;
  // Labels came, and not one of them is about a trace that is open.
  bool is_of_other_data() const { return labels > 0 && labels_waiting == labels; }
  bool from_later = false;  // it holds events from more than a day after `now_ms`: a clock is wrong
};
// Call with the board as it was before the load (its schemas), and the journal after it.
MergeReport merge_report(const journal::Journal& journal, journal::LoadReport load, const Board& before,
                         const store::Dataset& dataset, int64_t now_ms, const Codebook* modes = nullptr);

}  // namespace assay::review
