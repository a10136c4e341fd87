// Settings as one text in localStorage, and drafts. Never a secret. Where storage is refused they last for the tab.
#pragma once

#include "core/app/platform.h"

namespace assay::platform {

class LocalSettings final : public app::SettingsStore {
 public:
  void save(std::string_view json_text) override;
};

// What was begun and not saved: one item each.
class LocalDrafts final : public app::DraftStore {
 public:
  void save(std::string_view place, std::string_view text) override;
  void erase_all() override;
};

}  // namespace assay::platform
