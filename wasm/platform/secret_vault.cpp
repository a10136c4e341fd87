#include "wasm/platform/secret_vault.h"

#include "wasm/platform/js.h"

extern "C" {
void assay_js_key_store(const char* secret, size_t secret_size, const char* passphrase, size_t passphrase_size,
                        const char* label, size_t label_size);
void assay_js_key_unlock(const char* passphrase, size_t passphrase_size);
void assay_js_key_forget();
}

namespace assay::platform {
namespace {

void wipe(std::string& secret) {
  // volatile: the compiler must not drop writes to memory that is freed next.
  volatile char* bytes = secret.data();
  for (size_t i = 0; i < secret.capacity(); ++i) bytes[i] = 0;
  secret.clear();
  secret.shrink_to_fit();
}

}  // namespace

judge::SecretRef MemoryVault::keep(std::string_view secret) {
  wipe(secret_);
  secret_.assign(secret);
  number_ = ++last_number_;
  return judge::SecretRef{secret.empty() ? 0 : number_};
}

judge::SecretRef MemoryVault::keep_for(std::string_view host, std::string_view secret) {
  HostKey* key = nullptr;
  for (HostKey& other : others_)
    if (other.host == host) key = &other;
  if (key == nullptr) {
    others_.push_back({std::string(host), {}, 0});
    key = &others_.back();
  }
  wipe(key->secret);
  key->secret.assign(secret);
  key->number = ++last_number_;
  return judge::SecretRef{secret.empty() ? 0 : key->number};
}

void MemoryVault::forget() {
  wipe(secret_);
  for (HostKey& other : others_) wipe(other.secret);
  others_.clear();
}

MemoryVault::MemoryVault(HostSink& sink) : sink_(&sink) { attach_js("key", this); }

void MemoryVault::store(std::string_view passphrase, std::string_view label) {
  assay_js_key_store(secret_.data(), secret_.size(), passphrase.data(), passphrase.size(), label.data(), label.size());
}

void MemoryVault::unlock(std::string_view passphrase) { assay_js_key_unlock(passphrase.data(), passphrase.size()); }

void MemoryVault::forget_stored() {
  on_stored(false, {});
  assay_js_key_forget();
}

void MemoryVault::on_stored(bool has_stored, std::string_view label) {
  has_stored_ = has_stored;
  label_ = label;
}

void MemoryVault::on_answer(int answer, std::string_view secret) {
  sink_->vault(answer, secret.empty() ? judge::SecretRef{} : keep(secret));
}

ASSAY_EXPORT void assay_key_stored(MemoryVault* vault, const char* label, size_t size, int has_stored) {
  vault->on_stored(has_stored != 0, text_of(label, size));
}

ASSAY_EXPORT void assay_key_answer(MemoryVault* vault, const char* secret, size_t size, int answer) {
  vault->on_answer(answer, text_of(secret, size));
}

std::string_view MemoryVault::resolve(judge::SecretRef ref) const {
  if (!ref.present()) return {};
  if (ref.v == number_) return secret_;
  for (const HostKey& other : others_)
    if (other.number == ref.v) return other.secret;
  return {};
}

}  // namespace assay::platform
