#include "wasm/platform/secret_vault.h"

#include "wasm/platform/js.h"

extern "C" {
void assay_js_key_store(const char* secret, size_t secret_size, const char* passphrase, size_t passphrase_size,
                        const char* label, size_t label_size);
void assay_js_key_unlock(const char* passphrase, size_t passphrase_size);
void assay_js_key_forget();
}

namespace assay::platform {

judge::SecretRef MemoryVault::keep(std::string_view secret) {
  forget();
  secret_.assign(secret);
  ++number_;
  return judge::SecretRef{secret.empty() ? 0 : number_};
}

void MemoryVault::forget() {
  // volatile: the compiler must not drop writes to memory that is freed next.
  volatile char* bytes = secret_.data();
  for (size_t i = 0; i < secret_.capacity(); ++i) bytes[i] = 0;
  secret_.clear();
  secret_.shrink_to_fit();
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
  return ref.present() && ref.v == number_ ? std::string_view(secret_) : std::string_view();
}

}  // namespace assay::platform
