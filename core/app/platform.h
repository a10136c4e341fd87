// What the core needs from its host, as interfaces. wasm/platform implements them in the page,
// tests/support fakes them, the command line leaves most of them out. All calls return at once; answers
// come back through the Session's on_… functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/app/file_address.h"
#include "core/judge/transport.h"

namespace assay::app {

struct Clock {
  virtual ~Clock() = default;
  virtual int64_t now_ms() = 0;       // since 1970, UTC
  virtual double monotonic_ms() = 0;  // never goes back
};

struct Random {
  virtual ~Random() = default;
  virtual void fill(uint8_t* bytes, size_t count) = 0;  // cryptographically random
};

// Durable, append-only storage of journal lines (IndexedDB in the page).
struct JournalStore {
  virtual ~JournalStore() = default;
  // Writes the lines (each one event, no newline) as one transaction. Answer:
  // Session::on_journal_durable(token) once they survive a killed process, or
  // Session::on_journal_failed(token, reason).
  virtual void append(const std::vector<std::string>& lines, uint64_t token) = 0;
  virtual void erase_all() = 0;
};

// Small settings, never secrets.
struct SettingsStore {
  virtual ~SettingsStore() = default;
  virtual void save(std::string_view json_text) = 0;
};

// Texts that were begun and not saved, each under its place (core/app/drafts.h).
struct DraftStore {
  virtual ~DraftStore() = default;
  virtual void save(std::string_view place, std::string_view text) = 0;  // "": it is gone
  virtual void erase_all() = 0;
};

// What the host calls the example that is beside the page.
constexpr std::string_view kExampleFileName = "crm-email-assistant.jsonl";

// Loaded files are kept by the host so that a reload shows them again.
struct FileKeeper {
  virtual ~FileKeeper() = default;
  virtual void forget_files() = 0;   // drop all kept files
  virtual void forget_file(uint32_t token) = 0;  // … one that is open
  virtual void open_dialog() = 0;    // the file chooser; chosen files arrive by on_file_…
  virtual void open_example() = 0;   // fetches the example set beside the page; arrives likewise
  virtual void open_address(const FileAddress& address) = 0;  // fetches it; arrives likewise
  // A file of this visit once more, as a new one: the token that on_file_begin() gave, and the part of it
  // that on_file_begin() is to get, now and after a reload.
  virtual void read_again(uint32_t token, std::string_view part) = 0;
  // All files that are open, in their order, as kept ones.
  virtual void read_all_again() = 0;
};

// A file for the user to take home. Parts are written in order; finish() hands it over. `form`: "" for
// the bytes as they are; else they are MLflow trace lines that the host turns into that form first
// ("otlp", "evaluations", "dataframe", "csv", "dataset").
struct Downloads {
  virtual ~Downloads() = default;
  virtual void begin(std::string_view file_name, std::string_view mime_type, std::string_view form) = 0;
  virtual void write(std::string_view bytes) = 0;
  virtual void finish() = 0;
};

// The address bar.
struct History {
  virtual ~History() = default;
  virtual void push(std::string_view fragment) = 0;     // a new place
  virtual void replace(std::string_view fragment) = 0;  // a refinement
};

// Holds keys for the life of the tab. Only the transport reads them.
struct SecretVault {
  virtual ~SecretVault() = default;
  virtual judge::SecretRef keep(std::string_view secret) = 0;  // replaces the one before
  // A further key, for a juror at another host; replaces that host's.
  virtual judge::SecretRef keep_for(std::string_view host, std::string_view secret) = 0;
  virtual void forget() = 0;  // all of them
  virtual bool has_secret() = 0;

  // Kept on this machine, encrypted under a passphrase, where the person asks for it. Answers come by
  // Session::on_vault(). `label` is not secret: whose key it is.
  virtual void store(std::string_view /*passphrase*/, std::string_view /*label*/) {}
  virtual void unlock(std::string_view /*passphrase*/) {}
  virtual void forget_stored() {}
  virtual bool has_stored() { return false; }
  virtual std::string stored_label() { return {}; }
};

// One tab at a time may run judges over the shared journal.
struct JudgeLock {
  virtual ~JudgeLock() = default;
  virtual void request() = 0;  // answer: Session::on_judge_lock(granted)
  virtual void release() = 0;
};

struct Platform {
  Clock* clock = nullptr;
  Random* random = nullptr;
  judge::Transport* transport = nullptr;
  JournalStore* journal = nullptr;
  SettingsStore* settings = nullptr;
  DraftStore* drafts = nullptr;
  FileKeeper* files = nullptr;
  Downloads* downloads = nullptr;
  History* history = nullptr;
  SecretVault* vault = nullptr;
  JudgeLock* judge_lock = nullptr;
};

}  // namespace assay::app
