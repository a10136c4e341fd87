#include "core/app/trace_clusters.h"

#include <unordered_map>

namespace assay::app {

TraceClusters clusters_of(const store::Dataset& dataset, std::span<const store::TraceRow> rows) {
  struct Session {
    uint32_t cluster = 0, first_row = 0;
  };
  TraceClusters out;
  out.of.reserve(rows.size());
  std::unordered_map<uint32_t, Session> by_session;
  std::unordered_map<uint32_t, uint32_t> by_row;  // of traces without a session
  uint32_t next = 0;
  bool some_share_session = false;
  for (const store::TraceRow row : rows) {
    const StringId session = dataset.session(row);
    if (!session.present()) {
      const auto [known, is_new] = by_row.try_emplace(row.v, next);
      next += is_new ? 1 : 0;
      out.of.push_back(known->second);
      continue;
    }
    const auto [known, is_new] = by_session.try_emplace(session.v, Session{next, row.v});
    next += is_new ? 1 : 0;
    some_share_session |= known->second.first_row != row.v;
    out.of.push_back(known->second.cluster);
  }
  if (some_share_session) out.kind = by_row.empty() ? ClusterKind::Sessions : ClusterKind::Mixed;
  return out;
}

}  // namespace assay::app
