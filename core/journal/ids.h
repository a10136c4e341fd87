// Identifiers of sessions and assessments. The random bytes come from the host: core has no random
// source of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace assay::journal {

// Fills `bytes` with `count` random bytes. `context` is the caller's and is handed back untouched.
struct RandomSource {
  void (*fill)(void* context, uint8_t* bytes, size_t count) = nullptr;
  void* context = nullptr;
};

// "s-" + 16 hexadecimal digits. Take a new one for every page load: two live tabs must never share
// a session id, because (session, seq) is an event's identity.
std::string new_session_id(const RandomSource& random);

// "a-" + 32 hexadecimal digits, MLflow's form.
std::string new_assessment_id(const RandomSource& random);

}  // namespace assay::journal
