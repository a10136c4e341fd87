// Keys, in this tab's memory and nowhere else. The bytes are overwritten when a key is replaced or
// forgotten. Only fetch_transport reads them, at the moment of sending.
#pragma once

#include <string>
#include <vector>

#include "core/app/platform.h"

namespace assay::platform {

class MemoryVault final : public app::SecretVault {
 public:
  ~MemoryVault() override { forget(); }
  judge::SecretRef keep(std::string_view secret) override;
  judge::SecretRef keep_for(std::string_view host, std::string_view secret) override;
  void forget() override;
  bool has_secret() override { return !secret_.empty(); }

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
};

}  // namespace assay::platform
