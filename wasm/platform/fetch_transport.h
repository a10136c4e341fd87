// judge::Transport over the browser's fetch: AbortController, time limit, no cookies, no referrer. The
// key is resolved here, goes into one header, and is cut out of whatever comes back. Each request ends
// in exactly one completion; a completion wakes the application, also in a hidden tab.
#pragma once

#include <string>
#include <vector>

#include "core/judge/transport.h"
#include "wasm/platform/secret_vault.h"

namespace assay::platform {

class FetchTransport final : public judge::Transport {
 public:
  explicit FetchTransport(const MemoryVault& vault);
  void send(judge::OutRequest request) override;
  void abort(uint64_t request_id) override;
  void drain(std::vector<judge::Completion>& out) override;
  bool keeps_turns() const override { return true; }
  void allow(uint32_t most) override;
  void recall() override;

  // `headers` is name NUL value NUL …, names in lower case.
  void on_reply(uint64_t id, int status, std::string_view headers, std::string_view body,
                int64_t latency_ms);
  void on_answers(std::string_view bytes);  // as shell/fetch_worker.js writes them
  void hand_over();  // what send() has gathered, to the page
  void on_failure(uint64_t id, judge::NetFailure failure, int64_t latency_ms);

 private:
  std::string_view secret_of(uint64_t id);
  void forget_request(uint64_t id);

  struct InFlight {
    uint64_t id;
    judge::SecretRef secret;
  };
  const MemoryVault* vault_;
  std::vector<InFlight> in_flight_;
  std::vector<judge::Completion> done_;
  std::string outgoing_;
};

}  // namespace assay::platform
