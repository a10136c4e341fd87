// Transport: the one way out of the core. A host sends what OutRequest describes (the page: fetch;
// tests: a script) and hands the answers back as Completions.
//
// Secrets: the core never holds a key. An OutRequest names it by SecretRef; only the transport
// resolves that, at the moment of sending. A transport gives back nothing that holds the key: it
// runs redact_secret() over reply bodies and header values (some servers echo the key they refuse).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::judge {

struct Header {
  std::string name;
  std::string value;
};

// A handle into the host's vault; 0 = no secret. Means nothing outside this process.
struct SecretRef {
  uint32_t v = 0;
  bool present() const { return v != 0; }
  friend bool operator==(SecretRef, SecretRef) = default;
};

enum class SecretPlacement : uint8_t {
  BearerHeader,  // Authorization: Bearer <secret>
  NamedHeader,   // <secret_header>: <secret>  (api-key, x-api-key, …)
};

// Not a request at all: `body` is {"program":…,"arguments":{…}}, which the host runs where it has no
// network and no page, for at most timeout_ms; the reply's body is read by read_script_reply(). With {"program":…,
// "parse":true} it is only read: {"value":true}, or {"error":…,"line":…?}.
constexpr std::string_view kScriptMethod = "SCRIPT";

struct OutRequest {
  uint64_t id = 0;  // unique within the run; Completion and abort() name it
  std::string method;  // or kScriptMethod
  std::string url;
  std::string
      host;  // what the ledger of contacted hosts shows: "api.openai.com", "localhost:11434"
  std::vector<Header> headers;
  std::string body;
  SecretRef secret;
  SecretPlacement secret_placement = SecretPlacement::BearerHeader;
  std::string secret_header;  // for NamedHeader
  int64_t timeout_ms = 0;     // the transport ends the request then, with NetFailure::Timeout
  bool in_turn = false;       // leaves when Transport::allow() has room for it; else at once
};

struct HttpReply {
  int status = 0;
  std::vector<Header> headers;  // names in lower case; a page sees only what the server exposes
  std::string body;
};

enum class NetFailure : uint8_t {
  NetworkOrCors,  // no answer, or one that the browser keeps from the page; it does not say which
  Timeout,
  Aborted,  // by abort()
  NotSent,  // recalled before it had left: nothing was paid for
};

struct Completion {
  uint64_t request_id = 0;
  std::optional<NetFailure> failure;  // has a value: there is no reply
  HttpReply reply;
  int64_t latency_ms = 0;
};

// Every sent request ends in exactly one Completion, aborted ones too.
//
// A transport may keep requests and send them in turn as answers come, without waiting for the core, which may be
// busy just then. It goes on by itself only while all is well: after an answer that is no success (2xx), or none, it
// sends nothing in turn until allow() is called by a core that has seen that answer.
struct Transport {
  virtual ~Transport() = default;
  virtual void send(OutRequest request) = 0;
  virtual void abort(uint64_t request_id) = 0;           // unknown or finished ids are ignored
  virtual void drain(std::vector<Completion>& out) = 0;  // appends what has come in since
  virtual bool keeps_turns() const { return false; }     // false: requests in turn leave at once, too
  // So many requests in turn may be under way. To be called after all that drain() gave was taken in.
  virtual void allow(uint32_t /*most*/) {}
  virtual void recall() {}  // those in turn that have not left end as NetFailure::NotSent
};

// The value of a header, or "". `lower_name` is in lower case.
std::string_view header_value(const HttpReply& reply, std::string_view lower_name);

// Replaces each occurrence of `secret` (plain, or as it stands inside a JSON string) by "[key]".
// Secrets under 4 bytes are left alone: they would shred the text.
void redact_secret(std::string& text, std::string_view secret);

// Replaces what looks like a key (sk-…, gsk_…, AIza…, a "Bearer …" token) by "[key]": a second line
// of defence for texts that are kept.
std::string redact_key_like(std::string_view text);

}  // namespace assay::judge
