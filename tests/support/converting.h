// What the page's scripts do with a file (shell/files.js, shell/convert_worker.js): MLflow's own
// goes to the session as it is, everything else through a converter with the session's options.
#pragma once

#include <string>
#include <string_view>

#include "core/convert/file_converter.h"
#include "core/json/tree.h"
#include "tests/support/fake_platform.h"

namespace assay::test {

struct LinesToSession final : convert::LineSink {
  LinesToSession(app::Session& session_in, uint32_t token_in)
      : session(session_in), token(token_in) {}
  void line(std::string_view json) override {
    session.on_file_chunk(token, json);
    session.on_file_chunk(token, "\n");
  }
  app::Session& session;
  uint32_t token;
};

// Reads an announced file to its end, or until the session has enough.
inline void read_announced(FakePage& page, uint32_t token, std::string_view name,
                           std::string_view bytes) {
  app::Session& session = *page.session;
  const auto stopped = [&] { return session.file_cancelled(token) || session.file_enough(token); };
  constexpr size_t kChunk = 65536;
  if (session.file_needs_conversion(bytes.substr(0, 16384))) {
    const std::string options_json = session.on_file_converting(token);
    json::Tree tree;
    convert::ConvertOptions options;
    if (tree.parse(options_json)) {
      options.remembered = ingest::decode_mappings(tree.root()["remembered"].raw());
      options.first_traces =
          static_cast<uint64_t>(tree.root()["first_traces"].integer().value_or(0));
    }
    LinesToSession lines(session, token);
    convert::FileConverter converter(lines, std::string(name), bytes.size(), std::move(options));
    for (size_t at = 0; at < bytes.size() && !stopped() && !converter.is_done(); at += kChunk)
      converter.push(bytes.substr(at, kChunk));
    if (!stopped()) {
      converter.finish();
      session.on_file_converted(token, ingest::encode_report(converter.report()));
    }
  } else {
    for (size_t at = 0; at < bytes.size() && !stopped(); at += kChunk)
      session.on_file_chunk(token, bytes.substr(at, kChunk));
  }
  session.on_file_end(
      token, session.file_cancelled(token) || session.file_enough(token) ? "cancelled" : "");
  page.settle();
}

inline uint32_t open_any(FakePage& page, std::string_view name, std::string_view bytes,
                         std::string_view part = {}) {
  const uint32_t token = page.session->on_file_begin(name, bytes.size(), part);
  read_announced(page, token, name, bytes);
  return token;
}

}  // namespace assay::test
