// Settings as one text in localStorage. Never a secret. Where storage is refused they last for the tab.
#pragma once

#include "core/app/platform.h"

namespace assay::platform {

class LocalSettings final : public app::SettingsStore {
 public:
  void save(std::string_view json_text) override;
};

}  // namespace assay::platform
