#include "wasm/platform/secret_vault.h"

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

std::string_view MemoryVault::resolve(judge::SecretRef ref) const {
  if (!ref.present()) return {};
  if (ref.v == number_) return secret_;
  for (const HostKey& other : others_)
    if (other.number == ref.v) return other.secret;
  return {};
}

}  // namespace assay::platform
