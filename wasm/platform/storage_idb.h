// The journal in IndexedDB: one record a line, in order of its keys. Lines that arrive while a
// transaction is under way go together into the next one; a line is reported durable when its
// transaction is complete (strict durability); under a stream of them transactions begin 25 ms apart. Lines of other tabs come by BroadcastChannel.
#pragma once

#include <string>
#include <vector>

#include "core/app/platform.h"
#include "wasm/platform/host_sink.h"

namespace assay::platform {

class IdbJournal final : public app::JournalStore {
 public:
  explicit IdbJournal(HostSink& sink);
  void append(const std::vector<std::string>& lines, uint64_t token) override;
  void erase_all() override;

  // `text` holds whole lines, each ended by a newline; an event never contains one.
  void on_lines(std::string_view text);
  void on_loaded();
  void on_remote(std::string_view text);
  void on_durable(uint64_t token) { sink_->journal_durable(token); }
  void on_failed(uint64_t token, std::string_view reason) { sink_->journal_failed(token, reason); }

 private:
  HostSink* sink_;
  std::vector<std::string> loading_;
};

}  // namespace assay::platform
