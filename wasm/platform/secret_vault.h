// Keys, in this tab's memory and nowhere else. The bytes are overwritten when a key is replaced or
// forgotten. Only fetch_transport reads them, at the moment of sending.
#pragma once

#include <string>

#include "core/app/platform.h"

namespace assay::platform {

class MemoryVault final : public app::SecretVault {
 public:
  ~MemoryVault() override { forget(); }
  judge::SecretRef keep(std::string_view secret) override;
  void forget() override;
  bool has_secret() override { return !secret_.empty(); }

  // "" when the handle is not that of the key kept now. Valid until keep() or forget().
  std::string_view resolve(judge::SecretRef ref) const;

 private:
  std::string secret_;
  uint32_t number_ = 0;
};

}  // namespace assay::platform
