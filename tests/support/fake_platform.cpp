#include "tests/support/fake_platform.h"

#include <cstdio>

#include "core/json/unescape.h"

namespace assay::test {

FakePage::FakePage(FakeStorage& shared_storage, uint64_t seed, std::string_view fragment, std::string_view drafts_json)
    : random(seed), storage(&shared_storage) {
  app::Platform platform;
  platform.clock = &clock;
  platform.random = &random;
  platform.transport = &transport;
  platform.journal = storage;
  platform.settings = &settings;
  platform.drafts = &drafts;
  platform.files = &files;
  platform.downloads = &downloads;
  platform.history = &history;
  platform.vault = &vault;
  session = std::make_unique<app::Session>(platform);
  storage->session = session.get();
  storage->waiting.clear();  // what was not durable died with the earlier page
  session->start("", fragment, drafts_json);
  session->on_journal_loaded(storage->lines);
}

std::string FakeDrafts::json() const {
  std::string out = "{";
  for (const auto& [place, text] : texts)
    out += (out.size() > 1 ? "," : "") + json::quoted(place) + ":" + json::quoted(text);
  return out + "}";
}

void FakePage::open(std::string_view name, std::string_view bytes) {
  const uint32_t token = session->on_file_begin(name, bytes.size());
  for (size_t at = 0; at < bytes.size(); at += 65536) session->on_file_chunk(token, bytes.substr(at, 65536));
  session->on_file_end(token, "");
  settle();
}

void FakePage::settle(int max_rounds) {
  for (int round = 0; round < max_rounds; ++round) {
    Budget budget;
    session->tick(budget);
    storage->answer();
    if (session->idle() && transport.ready.empty()) {
      if (storage->waiting.empty() || storage->hold) return;
    }
    clock.time_ms += 20;
  }
}

std::string read_file(const std::string& path) {
  std::string bytes;
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return bytes;
  char buffer[65536];
  for (size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, file)) > 0;) bytes.append(buffer, n);
  std::fclose(file);
  return bytes;
}

}  // namespace assay::test
