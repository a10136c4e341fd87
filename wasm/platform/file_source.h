// Files from outside: dropped, chosen, kept from the last visit, or the example beside the page. The
// page copies each block right to where its text will stay, where there is room for it, else into a
// buffer that lives here.
#pragma once

#include <memory>
#include <string>
#include <string_view>

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
  void forget_file(uint32_t token) override;
  void read_all_again() override;

  HostSink& sink() { return *sink_; }
  // What the page fills with the beginning of a file.
  uint8_t* buffer();
  // … and with its next block, until the next call.
  char* space(uint32_t token, size_t size_bytes);
  std::string_view block(size_t size_bytes) const { return {space_, size_bytes}; }
  void release_buffer() { buffer_.reset(); }
  static constexpr size_t kBufferBytes = 1 << 20;

 private:
  HostSink* sink_;
  std::unique_ptr<uint8_t[]> buffer_;
  const char* space_ = nullptr;
};

}  // namespace assay::platform
