// What colleagues and other programs hand over for reviewing: work files, label schemas, files of feedback, codebooks,
// anchors of notes. The first byte says which. What is read and written again is the same from then on; a merge twice
// adds nothing; whatever was read can be folded.
#include "core/annot/annotations.h"
#include "core/annot/feedback_file.h"
#include "core/annot/tags.h"
#include "core/base/utf8.h"
#include "core/review/anchor.h"
#include "core/review/board.h"
#include "core/review/codebook.h"
#include "core/review/label_schema.h"
#include "core/review/labels.h"
#include "core/review/work_file.h"
#include "tests/fuzz/fuzz_support.h"
#include "tests/fuzz/json_mutator.h"

namespace {

using namespace assay;
using fuzz::check;
using fuzz::check_same;

std::string state_of(const journal::Journal& journal) {
  review::Board board(journal);
  review::Codebook book(journal);
  board.sync();
  book.sync();
  std::string out;
  for (const review::SchemaEntry& entry : board.schemas()) {
    check(review::validate_schema(entry.schema).ok(), "a schema in force can be used");
    out += review::encode_schema(entry.schema) + (entry.retired ? "-" : "+");
  }
  for (const review::Queue& queue : board.queues()) {
    check(queue.trace_ids.size() <= review::kMaxQueueItems, "a queue is in its bounds");
    check(!queue.of_spans() || queue.span_ids.size() == queue.trace_ids.size(), "each item has its span");
    out += queue.queue_id;
    for (uint32_t i = 0; i < queue.trace_ids.size(); ++i) check(queue.position_of(queue.key(i)) == i, "an item is found by its key");
    for (const review::ReviewerWork& work : queue.work) {
      check(work.items.size() == queue.trace_ids.size(), "work has an entry for each item");
      const review::QueueProgress progress = review::progress_of(queue, work.reviewer);
      check(progress.done() + progress.deferred <= progress.total, "no more is done than there is");
      (void)review::next_open_item(queue, work.reviewer, -1);
      out += work.reviewer + std::to_string(progress.complete) + "/" + std::to_string(progress.spent_ms);
    }
  }
  for (const review::ModeEntry& mode : book.modes()) {
    check(!mode.history.empty() && mode.version >= 1, "a mode has a version");
    out += review::mode_mark(mode) + mode.name;
  }
  return out;
}

void check_work(std::string_view text) {
  journal::Journal journal("s-here");
  review::Board before(journal);
  review::Codebook modes(journal);
  store::Dataset dataset;
  (void)review::looks_like_work_file(text);
  const Result<journal::LoadReport> load = journal.load(text);
  if (!load.ok()) return;
  const review::MergeReport report = review::merge_report(journal, load.value(), before, dataset, 1'000'000, &modes);
  check(report.labels_waiting == report.labels, "without traces all labels wait");
  const std::string state = state_of(journal);
  annot::Annotations annotations(journal, dataset);
  annotations.sync();
  // With a trace to which labels and tags belong: folded in one go and after the fact they say the same.
  store::Dataset with_trace;
  store::TraceFields fields;
  fields.trace_id = "tr-1";
  with_trace.add_trace(fields, {}, {}, {}, {});
  annot::Annotations labels(journal, with_trace);
  annot::TraceTags tags(journal, with_trace);
  labels.sync();
  tags.sync();
  check(annot::TraceTags(journal, with_trace).ignored_events() == 0, "nothing is folded before it is asked for");
  uint32_t count = 0;
  const store::KeyValues in_force = with_trace.tags(store::TraceRow{0}, count);
  for (uint32_t i = 0; i < count; ++i)
    check(annot::check_tag(with_trace.name_text(in_force[i].key), "").ok(), "a tag in force is one that may be set");
  const uint64_t revision = with_trace.tags_generation();
  tags.sync();
  check(with_trace.tags_generation() == revision, "nothing new changes nothing");
  const Result<journal::LoadReport> twice = journal.load(text);
  check(twice.ok() && twice.value().events_added == 0, "a file that was merged adds nothing");
  check_same(state_of(journal), state, "a merge twice");
  // A reviewer's part of it, written and read somewhere else, says the same of that reviewer's queues.
  for (const review::MergedReviewer& reviewer : report.reviewers) {
    std::string file;
    for (const uint32_t index : review::work_events(journal, reviewer.name)) journal.append_line(file, index);
    journal::Journal other("s-other");
    if (!file.empty()) check(other.load(file).ok(), "a work file that was written is read");
  }
}

void check_schemas(std::string_view text) {
  (void)review::looks_like_schema_file(text);
  const auto schemas = review::decode_schema_file(text);
  if (!schemas.ok()) return;
  const std::string written = review::encode_schema_file(schemas.value());
  const auto again = review::decode_schema_file(written);
  check(again.ok(), "schemas that were written are read");
  check_same(review::encode_schema_file(again.value()), written, "schemas written twice");
  for (size_t i = 0; i < schemas.value().size(); ++i)
    check(review::definition_hash(schemas.value()[i]) == review::definition_hash(again.value()[i]), "the same question");
}

void check_codebook(std::string_view text) {
  (void)review::looks_like_codebook_file(text);
  const auto modes = review::decode_codebook_file(text);
  if (!modes.ok()) return;
  journal::Journal journal("s-here");
  for (const review::ModeDefinition& mode : modes.value()) journal.append({review::mode_define_event(mode)}, 1);
  review::Codebook book(journal);
  book.sync();
  check(book.modes().size() == modes.value().size() && book.ignored_events() == 0, "what was read can be defined");
  const std::string written = review::encode_codebook_file(book.modes());
  const auto again = review::decode_codebook_file(written);
  check(again.ok() && again.value().size() == modes.value().size(), "a codebook that was written is read");
  for (size_t i = 0; i < modes.value().size(); ++i)
    check_same(again.value()[i].definition, modes.value()[i].definition, "a definition");
}

void check_feedback(std::string_view text) {
  (void)annot::looks_like_feedback(text);
  const annot::FeedbackFile file = annot::read_feedback(text);
  for (const annot::FeedbackRecord& record : file.records) {
    check(!record.trace_id.empty() || !record.client_request_id.empty(), "a record says where it belongs");
    check(!record.value_json.empty(), "a record has a value");
    check(record.time_ms >= 0, "a time is none or after 1970");
    check_same(annot::feedback_assessment_id(record, "tr"), annot::feedback_assessment_id(record, "tr"), "an id");
  }
}

void check_anchor(std::string_view data) {
  fuzz::Input input(reinterpret_cast<const uint8_t*>(data.data()), data.size());
  const size_t from = input.byte(), to = input.byte();
  const std::string text(repaired_utf8(input.piece('\x01')));
  const std::string other(repaired_utf8(input.piece('\x01')));
  const auto anchor = review::make_anchor("inputs", ".text", text, from, to);
  if (!anchor) return;
  check(anchor->to <= text.size() && anchor->from < anchor->to, "an anchor lies in its text");
  const auto found = review::find_anchor(text, *anchor, true);
  check(found && found->from == anchor->from && found->to == anchor->to, "an anchor finds its own words");
  if (const auto elsewhere = review::find_anchor(other, *anchor, false))
    check(elsewhere->from <= elsewhere->to && elsewhere->to <= other.size(), "a range lies in the text");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch ((data[0] + 2) % 5) {  // "0" … "4"
    case 0: check_work(text); break;
    case 1: check_schemas(text); break;
    case 2: check_codebook(text); break;
    case 3: check_feedback(text); break;
    default: check_anchor(text);
  }
  return 0;
}
