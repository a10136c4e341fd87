// FakePlatform: everything a Session needs from its host, scripted, under a clock that the test moves.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/app/session.h"

namespace assay::test {

struct FakeClock : app::Clock {
  int64_t time_ms = 1'795'500'000'000;
  int64_t now_ms() override { return time_ms; }
  double monotonic_ms() override { return static_cast<double>(time_ms); }
};

struct FakeRandom : app::Random {
  uint64_t state = 1;
  explicit FakeRandom(uint64_t seed) : state(seed) {}
  void fill(uint8_t* bytes, size_t count) override {
    for (size_t i = 0; i < count; ++i) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      bytes[i] = static_cast<uint8_t>(state >> 33);
    }
  }
};

// A storage that outlives sessions: what `lines` holds is what survives a killed process.
struct FakeStorage : app::JournalStore {
  std::vector<std::string> lines;
  std::deque<std::pair<uint64_t, std::vector<std::string>>> waiting;
  bool hold = false;    // nothing becomes durable until release()
  bool refuse = false;  // disk full
  app::Session* session = nullptr;

  void append(const std::vector<std::string>& new_lines, uint64_t token) override {
    waiting.emplace_back(token, new_lines);
  }
  void erase_all() override {
    lines.clear();
    waiting.clear();
  }
  // Answers what is waiting; in the page this happens after the call, never inside it.
  void answer() {
    while (!hold && !waiting.empty()) {
      auto [token, batch] = std::move(waiting.front());
      waiting.pop_front();
      if (refuse) {
        session->on_journal_failed(token, "the disk is full");
        continue;
      }
      lines.insert(lines.end(), batch.begin(), batch.end());
      session->on_journal_durable(token);
    }
  }
};

struct FakeTransport : judge::Transport {
  std::vector<judge::OutRequest> sent;     // all, in order
  std::vector<judge::Completion> ready;
  // What the server says to a request; default: a yes.
  std::function<judge::HttpReply(const judge::OutRequest&, size_t number)> answer;
  bool hold = false;                        // replies wait
  std::vector<judge::OutRequest> held;

  void send(judge::OutRequest request) override {
    sent.push_back(request);
    if (hold)
      held.push_back(std::move(request));
    else
      reply(request, sent.size() - 1);
  }
  void reply(const judge::OutRequest& request, size_t number) {
    judge::Completion completion;
    completion.request_id = request.id;
    completion.reply = answer ? answer(request, number) : verdict("yes", "It does.");
    ready.push_back(std::move(completion));
  }
  void release() {
    hold = false;
    for (const judge::OutRequest& request : held) reply(request, sent.size());
    held.clear();
  }
  void abort(uint64_t) override {}
  void drain(std::vector<judge::Completion>& out) override {
    for (judge::Completion& completion : ready) out.push_back(std::move(completion));
    ready.clear();
  }
  static judge::HttpReply verdict(const std::string& result, const std::string& rationale) {
    judge::HttpReply reply;
    reply.status = 200;
    reply.body = R"({"choices":[{"message":{"role":"assistant","content":"{\"rationale\":\")" + rationale +
                 R"(\",\"result\":\")" + result +
                 R"(\"}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":100,"completion_tokens":20}})";
    return reply;
  }
};

struct FakeDownloads : app::Downloads {
  struct File {
    std::string name, mime, form, bytes;
    bool finished = false;
  };
  std::vector<File> files;
  void begin(std::string_view name, std::string_view mime, std::string_view form) override {
    files.push_back({std::string(name), std::string(mime), std::string(form), "", false});
  }
  void write(std::string_view bytes) override { files.back().bytes += bytes; }
  void finish() override { files.back().finished = true; }
};

struct FakeHistory : app::History {
  std::vector<std::string> pushed;
  std::string current;
  void push(std::string_view fragment) override {
    pushed.emplace_back(fragment);
    current = fragment;
  }
  void replace(std::string_view fragment) override { current = fragment; }
};

struct FakeVault : app::SecretVault {
  std::string secret;
  judge::SecretRef keep(std::string_view text) override {
    secret = text;
    return judge::SecretRef{1};
  }
  judge::SecretRef keep_for(std::string_view host, std::string_view) override {
    hosts.emplace_back(host);
    return judge::SecretRef{100 + static_cast<uint32_t>(hosts.size())};
  }
  std::vector<std::string> hosts;
  void forget() override { secret.clear(); }
  bool has_secret() override { return !secret.empty(); }
  // Stored as it is: what a page does with it is the page's (tests/web/key_store.spec.mjs).
  std::string stored, stored_passphrase, label;
  void store(std::string_view passphrase, std::string_view of) override {
    stored = secret;
    stored_passphrase = passphrase;
    label = of;
  }
  void forget_stored() override { stored.clear(); }
  bool has_stored() override { return !stored.empty(); }
  std::string stored_label() override { return label; }
};

struct FakeSettings : app::SettingsStore {
  std::string text;
  void save(std::string_view json_text) override { text = json_text; }
};

struct FakeDrafts : app::DraftStore {
  std::map<std::string, std::string> texts;
  void save(std::string_view place, std::string_view text) override {
    if (text.empty())
      texts.erase(std::string(place));
    else
      texts.insert_or_assign(std::string(place), std::string(text));
  }
  void erase_all() override { texts.clear(); }
  std::string json() const;  // as the host hands them to the next page
};

struct FakeFiles : app::FileKeeper {
  int forgotten = 0, dialogs = 0, examples = 0;
  void forget_files() override { ++forgotten; }
  std::vector<uint32_t> closed;
  void forget_file(uint32_t token) override { closed.push_back(token); }
  void open_dialog() override { ++dialogs; }
  void open_example() override { ++examples; }
  std::vector<std::string> addresses;
  void open_address(const app::FileAddress& address) override { addresses.push_back(address.url); }
  std::vector<std::pair<uint32_t, std::string>> again;  // token, part
  int all_again = 0;
  void read_again(uint32_t token, std::string_view part) override { again.emplace_back(token, part); }
  void read_all_again() override { ++all_again; }
};

// One page load. The storage is the test's, so that a later page load finds it.
struct FakePage {
  FakeClock clock;
  FakeRandom random;
  FakeTransport transport;
  FakeDownloads downloads;
  FakeHistory history;
  FakeVault vault;
  FakeSettings settings;
  FakeDrafts drafts;
  FakeFiles files;
  FakeStorage* storage;
  std::unique_ptr<app::Session> session;

  FakePage(FakeStorage& shared_storage, uint64_t seed, std::string_view fragment = "", std::string_view drafts_json = "");
  void open(std::string_view name, std::string_view bytes);
  // Ticks, answers the storage, and moves the clock until nothing is left to do.
  void settle(int max_rounds = 2000);
  void run(app::CommandId id, std::initializer_list<app::CommandArg> args = {}) {
    session->execute(app::Command(id, args));
    settle();
  }
};

std::string read_file(const std::string& path);  // "" when it is not there

}  // namespace assay::test
