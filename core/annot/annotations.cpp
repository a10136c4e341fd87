#include "core/annot/annotations.h"

#include <algorithm>
#include <iterator>

#include "core/annot/payload.h"
#include "core/base/ordering.h"

namespace assay::annot {

struct Annotations::PerTrace {
  std::vector<uint32_t> events;  // journal indexes, in the fold's order
  std::vector<FoldNote> notes;
  uint32_t row = store::kNoRow;
  bool is_dirty = false;
};

Annotations::Annotations(const journal::Journal& journal, store::Dataset& dataset)
    : journal_(journal), dataset_(dataset) {}

Annotations::~Annotations() = default;

std::vector<store::TraceRow> Annotations::sync() {
  if (dataset_.trace_count() < rows_seen_) rebind();
  for (; events_seen_ < journal_.count(); ++events_seen_) {
    take_in_event(static_cast<uint32_t>(events_seen_));
  }
  take_in_reverts();
  take_in_rows();
  std::vector<store::TraceRow> rows;
  for (const uint32_t index : dirty_) {
    PerTrace& trace = traces_[index];
    trace.is_dirty = false;
    if (trace.row == store::kNoRow) continue;
    fold(trace);
    rows.push_back(store::TraceRow{trace.row});
  }
  dirty_.clear();
  sort_in_place(rows);
  return rows;
}

void Annotations::rebind() {
  for (PerTrace& trace : traces_) {
    trace.row = store::kNoRow;
    trace.notes.clear();
    trace.is_dirty = false;
  }
  dirty_.clear();
  rows_seen_ = 0;
}

Annotations::PerTrace& Annotations::trace_of(std::string_view trace_id) {
  const StringId id = trace_ids_.intern(trace_id);
  if (id.v >= traces_.size()) {
    traces_.resize(id.v + 1);
    if (const auto row = dataset_.find_trace(trace_id)) traces_[id.v].row = row->v;
  }
  return traces_[id.v];
}

void Annotations::mark(PerTrace& trace) {
  if (trace.is_dirty) return;
  trace.is_dirty = true;
  dirty_.push_back(static_cast<uint32_t>(&trace - traces_.data()));
}

void Annotations::take_in_event(uint32_t index) {
  const journal::EventView event = journal_.at(index);
  const PayloadKind kind = payload_kind(event.kind);
  if (kind == PayloadKind::Other) return;
  if (event.version > kAssessmentEventVersion) {
    ++ignored_events_;
    return;
  }
  const std::string trace_id = payload_trace_id(kind, event.payload_json);
  if (trace_id.empty()) return;
  PerTrace& trace = trace_of(trace_id);
  auto at = trace.events.end();
  if (!trace.events.empty() && journal_.is_before(index, trace.events.back())) {
    at = std::upper_bound(trace.events.begin(), trace.events.end(), index,
                          [this](uint32_t a, uint32_t b) { return journal_.is_before(a, b); });
  }
  trace.events.insert(at, index);
  mark(trace);
}

void Annotations::take_in_reverts() {
  const std::vector<uint32_t>& now = journal_.reverted_txn_keys();
  if (now == reverted_seen_) return;
  std::vector<uint32_t> changed;
  std::set_symmetric_difference(now.begin(), now.end(), reverted_seen_.begin(),
                                reverted_seen_.end(), std::back_inserter(changed));
  reverted_seen_ = now;
  for (PerTrace& trace : traces_) {
    for (const uint32_t index : trace.events) {
      if (!std::binary_search(changed.begin(), changed.end(), journal_.txn_key(index))) continue;
      mark(trace);
      break;
    }
  }
}

void Annotations::take_in_rows() {
  for (; rows_seen_ < dataset_.trace_count(); ++rows_seen_) {
    const StringId id = trace_ids_.find(dataset_.trace_id(store::TraceRow{rows_seen_}));
    // A trace without events is as it was imported.
    if (!id.present() || traces_[id.v].events.empty()) continue;
    PerTrace& trace = traces_[id.v];
    if (trace.row == rows_seen_) continue;
    trace.row = rows_seen_;
    mark(trace);
  }
}

void Annotations::fold(PerTrace& trace) {
  const store::TraceRow row{trace.row};
  AssessmentSet assessments(dataset_.imported_assessments(row));
  trace.notes.clear();
  for (const uint32_t index : trace.events) {
    if (journal_.is_event_reverted(index)) continue;
    const journal::EventView event = journal_.at(index);
    const Status applied =
        apply_payload(assessments, payload_kind(event.kind), event.payload_json, event.time_ms);
    if (!applied.ok()) trace.notes.push_back(FoldNote{index, applied.error().what});
  }
  dataset_.set_assessments(row, std::move(assessments).take());
}

Status Annotations::check(const journal::NewEvent& event) const {
  const PayloadKind kind = payload_kind(event.kind);
  if (kind == PayloadKind::Other) return ok_status();
  const std::string trace_id = payload_trace_id(kind, event.payload_json);
  const auto row = dataset_.find_trace(trace_id);
  if (!row) return make_error(ErrorCode::NotFound, "The trace is not loaded: " + trace_id);
  AssessmentSet assessments(dataset_.assessments(*row));
  return apply_payload(assessments, kind, event.payload_json, 0);
}

std::vector<uint32_t> Annotations::history(std::string_view trace_id) const {
  const StringId id = trace_ids_.find(trace_id);
  return id.present() ? traces_[id.v].events : std::vector<uint32_t>();
}

std::vector<FoldNote> Annotations::notes() const {
  std::vector<FoldNote> out;
  for (const PerTrace& trace : traces_) {
    out.insert(out.end(), trace.notes.begin(), trace.notes.end());
  }
  return out;
}

uint64_t Annotations::waiting_events() const {
  uint64_t waiting = 0;
  for (const PerTrace& trace : traces_) {
    if (trace.row == store::kNoRow) waiting += trace.events.size();
  }
  return waiting;
}

}  // namespace assay::annot
