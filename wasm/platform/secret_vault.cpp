#include "wasm/platform/secret_vault.h"

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

std::string_view MemoryVault::resolve(judge::SecretRef ref) const {
  return ref.present() && ref.v == number_ ? std::string_view(secret_) : std::string_view();
}

}  // namespace assay::platform
