// Keys, in this tab's memory, and where a person asks for it encrypted in the browser's storage
// (shell/key_store.js). The bytes are overwritten when a key is replaced or forgotten. Only fetch_transport
// reads them, at the moment of sending.
#pragma once

#include <string>
#include <vector>

#include "core/app/platform.h"
#include "wasm/platform/host_sink.h"

namespace assay::platform {

class MemoryVault final : public app::SecretVault {
 public:
  explicit MemoryVault(HostSink& sink);
  ~MemoryVault() override { forget(); }
  judge::SecretRef keep(std::string_view secret) override;
  judge::SecretRef keep_for(std::string_view host, std::string_view secret) override;
  void forget() override;
  bool has_secret() override { return !secret_.empty(); }
  void store(std::string_view passphrase, std::string_view label) override;
  void unlock(std::string_view passphrase) override;
  void forget_stored() override;
  bool has_stored() override { return has_stored_; }
  std::string stored_label() override { return label_; }

  // From the page: what is stored now, and what came of store() or unlock() (Session::VaultAnswer).
  void on_stored(bool has_stored, std::string_view label);
  void on_answer(int answer, std::string_view secret);

  // "" when the handle is not that of the key kept now. Valid until keep() or forget().
  std::string_view resolve(judge::SecretRef ref) const;

 private:
  struct HostKey {
    std::string host, secret;
    uint32_t number = 0;
  };
  std::string secret_;
  uint32_t number_ = 0;  // of secret_
  uint32_t last_number_ = 0;
  std::vector<HostKey> others_;
  HostSink* sink_;
  std::string label_;
  bool has_stored_ = false;
};

}  // namespace assay::platform
