// HostSink: what the adapters of the page report, in the words of the Session. wasm/main.cpp implements
// it by passing everything on; adapters know nothing else of the application.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/judge/transport.h"

namespace assay::platform {

enum class NoticeLevel : uint8_t { Info, Warning, Error };

struct HostSink {
  virtual ~HostSink() = default;
  // storage_idb
  virtual void journal_loaded(const std::vector<std::string>& lines) = 0;
  virtual void journal_remote(const std::vector<std::string>& lines) = 0;
  virtual void journal_durable(uint64_t token) = 0;
  virtual void journal_failed(uint64_t token, std::string_view reason) = 0;
  // file_source
  virtual uint32_t file_begin(std::string_view name, uint64_t size_bytes, std::string_view part) = 0;
  virtual char* file_space(uint32_t token, size_t size_bytes) = 0;
  virtual void file_chunk(uint32_t token, std::string_view bytes) = 0;
  virtual void file_end(uint32_t token, std::string_view error) = 0;
  virtual bool file_needs_conversion(std::string_view head) = 0;
  virtual bool file_is_feedback(std::string_view head) = 0;
  virtual std::string file_converting(uint32_t token) = 0;
  virtual void file_progress(uint32_t token, uint64_t bytes_read) = 0;
  virtual void file_converted(uint32_t token, std::string_view report_json) = 0;
  virtual bool file_cancelled(uint32_t token) = 0;
  virtual bool file_enough(uint32_t token) = 0;
  virtual int file_tie(uint32_t token, std::string_view ids) = 0;  // Session::FileTie
  virtual void files_joined() = 0;
  virtual void file_joined(uint32_t token, std::string_view names) = 0;
  virtual void kept_files(bool begin) = 0;
  virtual void files_restored() = 0;
  // history, judge_lock
  virtual void navigate(std::string_view route_fragment) = 0;
  virtual void judge_lock(bool granted) = 0;
  virtual void vault(int answer, judge::SecretRef secret) = 0;  // Session::VaultAnswer
  // anything that went wrong in an adapter and that the user should read
  virtual void notice(NoticeLevel level, std::string_view key, std::string_view text) = 0;
};

}  // namespace assay::platform
