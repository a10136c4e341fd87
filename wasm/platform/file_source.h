// Files from outside: dropped, chosen, kept from the last visit, or the example beside the page. The
// page reads them in blocks into one buffer that lives here; a block is copied once, by the browser,
// and handed on from there.
#pragma once

#include <memory>
#include <string>

#include "core/app/platform.h"
#include "wasm/platform/host_sink.h"

namespace assay::platform {

class FileSource final : public app::FileKeeper {
 public:
  explicit FileSource(HostSink& sink);
  void forget_files() override;
  void open_dialog() override;
  void open_example() override;
  void open_address(const app::FileAddress& address) override;
  void read_again(uint32_t token, std::string_view part) override;
  void read_all_again() override;

  HostSink& sink() { return *sink_; }
  // The buffer that the page fills; stays where it is while files are read.
  uint8_t* buffer();
  void release_buffer() { buffer_.reset(); }
  static constexpr size_t kBufferBytes = 1 << 20;

 private:
  HostSink* sink_;
  std::unique_ptr<uint8_t[]> buffer_;
};

}  // namespace assay::platform
