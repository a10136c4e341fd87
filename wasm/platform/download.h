// Files to take home: parts are copied to the page one by one, so that a large export never lies in the
// heap as a whole; finish() makes a Blob of them and starts the browser's download.
#pragma once

#include "core/app/platform.h"

namespace assay::platform {

class Download final : public app::Downloads {
 public:
  void begin(std::string_view file_name, std::string_view mime_type, std::string_view form) override;
  void write(std::string_view bytes) override;
  void finish() override;
};

}  // namespace assay::platform
