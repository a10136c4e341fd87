#include "wasm/platform/fetch_transport.h"

#include <algorithm>
#include <utility>

#include "wasm/platform/js.h"

extern "C" {
void assay_js_fetch_script(double id, const char* body, size_t body_size, double timeout_ms);
void assay_js_fetch_pending();  // soon, and after this call has returned: assay_fetch_take()
void assay_js_fetch_send(const char* requests, size_t size);
void assay_js_fetch_abort(double id);
void assay_js_fetch_allow(int most);
void assay_js_fetch_recall();
}

namespace assay::platform {

namespace {

// Requests as shell/fetch_worker.js reads them, one after the other: number (8 bytes, the lowest first), time limit in ms
// (4), whether it waits for its turn (4), size of the head (4) and of the body (4), then both. The head is method NUL
// url NUL, then name NUL value NUL … of the headers.
constexpr size_t kFixedBytes = 24;
constexpr size_t kOutgoingBytes = 64 * 1024;

void append_field(std::string& out, std::string_view text) {
  // A NUL would end the field early; no header or address may hold one anyway.
  for (const char c : text)
    if (c != '\0') out += c;
  out += '\0';
}

std::string_view take_field(std::string_view& text) {
  const size_t end = text.find('\0');
  const std::string_view field = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return field;
}

void append_number(std::string& out, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

uint64_t number_at(std::string_view bytes, size_t at, size_t count) {
  uint64_t value = 0;
  for (size_t i = count; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

// As the page says it: 0 network or CORS, 1 timeout, 2 aborted, 3 not sent; kAnswered is none.
constexpr uint64_t kAnswered = 4;
judge::NetFailure net_failure(int kind) {
  return kind == 1   ? judge::NetFailure::Timeout
         : kind == 2 ? judge::NetFailure::Aborted
         : kind == 3 ? judge::NetFailure::NotSent
                     : judge::NetFailure::NetworkOrCors;
}

void overwrite(std::string& text) {
  volatile char* bytes = text.data();
  for (size_t i = 0; i < text.size(); ++i) bytes[i] = 0;
}

}  // namespace

FetchTransport::FetchTransport(const MemoryVault& vault) : vault_(&vault) { attach_js("fetch", this); }

void FetchTransport::send(judge::OutRequest request) {
  if (request.method == judge::kScriptMethod) {
    in_flight_.push_back({request.id, request.secret});
    return assay_js_fetch_script(static_cast<double>(request.id), request.body.data(), request.body.size(),
                                 static_cast<double>(request.timeout_ms));
  }
  std::string head;
  head.reserve(1024);
  append_field(head, request.method);
  append_field(head, request.url);
  for (const judge::Header& header : request.headers) {
    append_field(head, header.name);
    append_field(head, header.value);
  }
  const std::string_view secret = vault_->resolve(request.secret);
  if (!secret.empty()) {
    if (request.secret_placement == judge::SecretPlacement::BearerHeader) {
      append_field(head, "authorization");
      std::string value = "Bearer ";
      value.reserve(value.size() + secret.size() + 1);
      value += secret;
      append_field(head, value);
      overwrite(value);
    } else {
      append_field(head, request.secret_header);
      append_field(head, secret);
    }
  }
  in_flight_.push_back({request.id, request.secret});
  const size_t size = head.size() + request.body.size() + kFixedBytes;
  if (outgoing_.empty()) assay_js_fetch_pending();
  if (outgoing_.size() + size > outgoing_.capacity()) {
    hand_over();  // growing would leave copies behind, with keys in them
    outgoing_.reserve(std::max(kOutgoingBytes, size));
  }
  append_number(outgoing_, request.id, 8);
  append_number(outgoing_, static_cast<uint64_t>(std::max<int64_t>(0, request.timeout_ms)), 4);
  append_number(outgoing_, request.in_turn ? 1 : 0, 4);
  append_number(outgoing_, head.size(), 4);
  append_number(outgoing_, request.body.size(), 4);
  outgoing_ += head;
  outgoing_ += request.body;
  overwrite(head);
}

void FetchTransport::hand_over() {
  if (outgoing_.empty()) return;
  assay_js_fetch_send(outgoing_.data(), outgoing_.size());
  overwrite(outgoing_);
  outgoing_.clear();
}

void FetchTransport::allow(uint32_t most) { assay_js_fetch_allow(static_cast<int>(most)); }

void FetchTransport::recall() { assay_js_fetch_recall(); }

void FetchTransport::abort(uint64_t request_id) { assay_js_fetch_abort(static_cast<double>(request_id)); }

void FetchTransport::drain(std::vector<judge::Completion>& out) {
  for (judge::Completion& completion : done_) out.push_back(std::move(completion));
  done_.clear();
}

std::string_view FetchTransport::secret_of(uint64_t id) {
  for (const InFlight& request : in_flight_)
    if (request.id == id) return vault_->resolve(request.secret);
  return {};
}

void FetchTransport::forget_request(uint64_t id) {
  std::erase_if(in_flight_, [id](const InFlight& request) { return request.id == id; });
}

void FetchTransport::on_reply(uint64_t id, int status, std::string_view headers, std::string_view body,
                              int64_t latency_ms) {
  const std::string_view secret = secret_of(id);
  judge::Completion completion;
  completion.request_id = id;
  completion.latency_ms = latency_ms;
  completion.reply.status = status;
  completion.reply.body.assign(body);
  judge::redact_secret(completion.reply.body, secret);
  while (!headers.empty()) {
    judge::Header header;
    header.name.assign(take_field(headers));
    header.value.assign(take_field(headers));
    judge::redact_secret(header.value, secret);
    completion.reply.headers.push_back(std::move(header));
  }
  forget_request(id);
  done_.push_back(std::move(completion));
}

void FetchTransport::on_failure(uint64_t id, judge::NetFailure failure, int64_t latency_ms) {
  judge::Completion completion;
  completion.request_id = id;
  completion.latency_ms = latency_ms;
  completion.failure = failure;
  forget_request(id);
  done_.push_back(std::move(completion));
}

void FetchTransport::on_answers(std::string_view bytes) {
  constexpr size_t kAnswerBytes = 32;
  while (bytes.size() >= kAnswerBytes) {
    const uint64_t id = number_at(bytes, 0, 8), ms = number_at(bytes, 8, 4), status = number_at(bytes, 12, 4);
    const uint64_t why = number_at(bytes, 16, 4);
    const auto head_size = static_cast<size_t>(number_at(bytes, 24, 4)), body_size = static_cast<size_t>(number_at(bytes, 28, 4));
    bytes.remove_prefix(kAnswerBytes);
    if (head_size + body_size > bytes.size()) return;
    if (why == kAnswered)
      on_reply(id, static_cast<int>(status), bytes.substr(0, head_size), bytes.substr(head_size, body_size),
               static_cast<int64_t>(ms));
    else
      on_failure(id, net_failure(static_cast<int>(why)), static_cast<int64_t>(ms));
    bytes.remove_prefix(head_size + body_size);
  }
}

ASSAY_EXPORT void assay_fetch_answers(FetchTransport* transport, const char* bytes, size_t size) {
  transport->on_answers(text_of(bytes, size));
}

ASSAY_EXPORT void assay_fetch_take(FetchTransport* transport) { transport->hand_over(); }

ASSAY_EXPORT void assay_fetch_reply(FetchTransport* transport, const char* headers, size_t headers_size,
                                    const char* body, size_t body_size, double id, int status,
                                    double latency_ms) {
  transport->on_reply(static_cast<uint64_t>(id), status, text_of(headers, headers_size),
                      text_of(body, body_size), static_cast<int64_t>(latency_ms));
}

ASSAY_EXPORT void assay_fetch_failed(FetchTransport* transport, double id, int kind, double latency_ms) {
  transport->on_failure(static_cast<uint64_t>(id), net_failure(kind), static_cast<int64_t>(latency_ms));
}

}  // namespace assay::platform
