#include "wasm/platform/storage_idb.h"

#include <utility>

#include "wasm/platform/js.h"

extern "C" {
void assay_js_storage_append(const char* lines, size_t size, double token);
void assay_js_storage_erase();
}

namespace assay::platform {

namespace {

void split_lines(std::string_view text, std::vector<std::string>& out) {
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (!line.empty()) out.emplace_back(line);
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

IdbJournal::IdbJournal(HostSink& sink) : sink_(&sink) { attach_js("storage", this); }

void IdbJournal::append(const std::vector<std::string>& lines, uint64_t token) {
  std::string text;
  size_t size = 0;
  for (const std::string& line : lines) size += line.size() + 1;
  text.reserve(size);
  for (const std::string& line : lines) {
    text += line;
    text += '\n';
  }
  // Tokens are counters, far below 2^53.
  assay_js_storage_append(text.data(), text.size(), static_cast<double>(token));
}

void IdbJournal::erase_all() { assay_js_storage_erase(); }

void IdbJournal::on_lines(std::string_view text) { split_lines(text, loading_); }

void IdbJournal::on_loaded() {
  const std::vector<std::string> lines = std::exchange(loading_, {});
  sink_->journal_loaded(lines);
}

void IdbJournal::on_remote(std::string_view text) {
  std::vector<std::string> lines;
  split_lines(text, lines);
  sink_->journal_remote(lines);
}

ASSAY_EXPORT void assay_storage_lines(IdbJournal* journal, const char* text, size_t size) {
  journal->on_lines(text_of(text, size));
}
ASSAY_EXPORT void assay_storage_loaded(IdbJournal* journal) { journal->on_loaded(); }
ASSAY_EXPORT void assay_storage_remote(IdbJournal* journal, const char* text, size_t size) {
  journal->on_remote(text_of(text, size));
}
ASSAY_EXPORT void assay_storage_durable(IdbJournal* journal, double token) {
  journal->on_durable(static_cast<uint64_t>(token));
}
ASSAY_EXPORT void assay_storage_failed(IdbJournal* journal, const char* reason, size_t size,
                                       double token) {
  journal->on_failed(static_cast<uint64_t>(token), text_of(reason, size));
}

}  // namespace assay::platform
