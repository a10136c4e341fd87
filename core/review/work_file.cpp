#include "core/review/work_file.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "core/annot/annotations.h"
#include "core/annot/payload.h"
#include "core/base/ordering.h"
#include "core/base/utf8.h"
#include "core/json/doc.h"

namespace assay::review {
namespace {

constexpr size_t kMaxNamed = 5;
constexpr int64_t kDayMs = 24 * 3600 * 1000;

bool is_label_event(std::string_view kind) {
  const annot::PayloadKind payload = annot::payload_kind(kind);
  return payload == annot::PayloadKind::Create || payload == annot::PayloadKind::Update ||
         payload == annot::PayloadKind::Delete;
}

// What everybody needs to read the labels.
bool is_shared(std::string_view kind) {
  return kind == kSchemaDefine || kind == kSchemaRetire || kind == kQueueCreate || kind == kQueueArchive ||
         kind.starts_with("mode.");
}

}  // namespace

std::vector<uint32_t> work_events(const journal::Journal& journal, std::string_view reviewer) {
  std::vector<uint32_t> out;
  std::set<std::string, std::less<>> transactions;
  for (const uint32_t index : journal.in_order()) {
    const journal::EventView event = journal.at(index);
    bool belongs = is_shared(event.kind);
    if (event.kind == journal::kTxnRevert) {
      // A revert goes along with what it reverts; reverts of reverts too, since they come later in order.
      Result<json::Doc> payload = json::parse_doc(event.payload_json);
      belongs = payload.ok() && transactions.contains(json::get_string(payload.value(), "txn").value_or(""));
    } else if (is_label_event(event.kind) || event.kind.starts_with("tag.") || event.kind == kQueueItem) {
      belongs = !event.background && reviewer_name(event.author) == reviewer;
    }
    if (!belongs) continue;
    transactions.emplace(event.txn);
    out.push_back(index);
  }
  return out;
}

bool looks_like_work_file(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  const std::string_view line = trimmed(head.substr(0, head.find('\n')), kAsciiSpaces).substr(0, 400);
  return line.starts_with("{\"assay_journal\"") ||
         (line.starts_with("{\"seq\":") && line.find("\"time_ms\":") != std::string_view::npos);
}

MergeReport merge_report(const journal::Journal& journal, journal::LoadReport load, const Board& before,
                         const store::Dataset& dataset, int64_t now_ms, const Codebook* modes) {
  MergeReport report;
  report.load = std::move(load);
  std::map<std::string, uint32_t, std::less<>> reviewers;
  constexpr int64_t kBackMs = 60'000;  // less is a clock that was set right
  std::set<std::string> waiting, clashes, mode_clashes, backwards;
  // The journal keeps its events by time: in what order they were made, the numbers within a session tell.
  struct Stamp {
    std::string_view session, author;
    uint64_t seq = 0;
    int64_t time_ms = 0;
  };
  std::vector<Stamp> stamps;
  const size_t end = report.load.first_added + static_cast<size_t>(report.load.events_added);
  for (size_t i = report.load.first_added; i < end; ++i) {
    const journal::EventView event = journal.at(i);
    report.from_later |= event.time_ms > now_ms + kDayMs;
    stamps.push_back({event.session, event.author, event.seq, event.time_ms});
    if (event.kind == kModeDefine && modes != nullptr) {
      Result<json::Doc> payload = json::parse_doc(event.payload_json);
      if (!payload.ok()) continue;
      const ModeEntry* ours = modes->find(json::get_string(payload.value(), "name").value_or(""));
      if (ours != nullptr && (ours->definition != json::get_string(payload.value(), "definition").value_or("") ||
                              ours->example != json::get_string(payload.value(), "example").value_or("")))
        mode_clashes.insert(ours->name);
      continue;
    }
    if (event.kind == kSchemaDefine) {
      Result<json::Doc> payload = json::parse_doc(event.payload_json);
      const json::Doc* doc = payload.ok() ? json::find(payload.value(), "schema") : nullptr;
      if (doc == nullptr) continue;
      const Result<LabelSchema> schema = decode_schema(json::dump(*doc));
      if (!schema.ok()) continue;
      const SchemaEntry* ours = before.find_schema(schema.value().name);
      if (ours != nullptr && ours->hash != definition_hash(schema.value())) clashes.insert(schema.value().name);
      continue;
    }
    if (!is_label_event(event.kind)) continue;
    ++report.labels;
    ++reviewers[std::string(reviewer_name(event.author))];
    const std::string trace = annot::payload_trace_id(annot::payload_kind(event.kind), event.payload_json);
    if (dataset.find_trace(trace)) continue;
    ++report.labels_waiting;
    waiting.insert(trace);
  }
  for (const auto& [name, labels] : reviewers) report.reviewers.push_back({name, labels});
  report.waiting_trace_count = static_cast<uint32_t>(waiting.size());
  report.all_waiting.assign(waiting.begin(), waiting.end());
  for (const std::string& id : waiting) {
    if (report.waiting_traces.size() == kMaxNamed) break;
    report.waiting_traces.push_back(id);
  }
  sort_in_place(stamps, [](const Stamp& a, const Stamp& b) { return std::tie(a.session, a.seq) < std::tie(b.session, b.seq); });
  for (size_t i = 1; i < stamps.size(); ++i)
    if (stamps[i].session == stamps[i - 1].session && stamps[i].time_ms < stamps[i - 1].time_ms - kBackMs)
      backwards.emplace(reviewer_name(stamps[i].author));
  report.schema_clashes.assign(clashes.begin(), clashes.end());
  report.mode_clashes.assign(mode_clashes.begin(), mode_clashes.end());
  report.backwards.assign(backwards.begin(), backwards.end());
  return report;
}

}  // namespace assay::review
