#include <unordered_map>

#include "core/convert/format.h"

namespace assay::convert {

struct TraceAssembler::State {
  std::vector<CanonicalTrace> traces;
  std::unordered_map<std::string, size_t> by_id;
};

TraceAssembler::TraceAssembler() : state_(std::make_unique<State>()) {}
TraceAssembler::~TraceAssembler() = default;

CanonicalTrace& TraceAssembler::trace(std::string_view id) {
  // Hexadecimal in any case and base64 are one id.
  const auto [at, fresh] = state_->by_id.emplace(mlflow_trace_id(id), state_->traces.size());
  if (fresh) {
    state_->traces.emplace_back();
    state_->traces.back().id = id;
  }
  return state_->traces[at->second];
}

bool TraceAssembler::has(std::string_view trace_id) const {
  return state_->by_id.count(mlflow_trace_id(trace_id)) > 0;
}

std::vector<CanonicalTrace> TraceAssembler::take() {
  state_->by_id.clear();
  return std::move(state_->traces);
}

}  // namespace assay::convert
