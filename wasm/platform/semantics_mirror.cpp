#include "wasm/platform/semantics_mirror.h"

#include <string>

#include "wasm/platform/js.h"

extern "C" {
void assay_js_mirror_update(const char* json, size_t size);
void assay_js_mirror_remove();
void assay_js_announce(const char* text, size_t size);
void assay_js_return_text(const char* text, size_t size);
}

namespace assay::platform {

SemanticsMirror::SemanticsMirror(kit::SemanticsRegistry& registry) : registry_(&registry) {
  attach_js("mirror", this);
}

void SemanticsMirror::set_on(bool on) {
  on_ = on;
  last_hash_ = 0;
  if (!on) assay_js_mirror_remove();
}

void SemanticsMirror::publish() {
  if (!on_ || registry_->hash() == last_hash_) return;
  last_hash_ = registry_->hash();
  const std::string json = registry_->to_json();
  assay_js_mirror_update(json.data(), json.size());
}

void SemanticsMirror::announce(kit::Context& context) {
  for (const std::string& text : context.announcements) assay_js_announce(text.data(), text.size());
  context.announcements.clear();
}

ASSAY_EXPORT void assay_mirror_set_on(SemanticsMirror* mirror, int on) { mirror->set_on(on != 0); }
ASSAY_EXPORT void assay_mirror_activate(SemanticsMirror* mirror, const char* id, size_t size) {
  mirror->registry().activate(text_of(id, size));
}
ASSAY_EXPORT void assay_mirror_focus(SemanticsMirror* mirror, const char* id, size_t size) {
  mirror->registry().focus(text_of(id, size));
}
ASSAY_EXPORT void assay_mirror_text(SemanticsMirror* mirror, const char* id, size_t id_size,
                                    const char* text, size_t text_size) {
  mirror->registry().set_text(text_of(id, id_size), text_of(text, text_size));
}
ASSAY_EXPORT void assay_mirror_value(SemanticsMirror* mirror, const char* id, size_t size, double value) {
  mirror->registry().set_value(text_of(id, size), static_cast<float>(value));
}
// The registry as JSON, for window.assay.semantics().
ASSAY_EXPORT void assay_mirror_json(SemanticsMirror* mirror) {
  const std::string json = mirror->registry().to_json();
  assay_js_return_text(json.data(), json.size());
}
// Items without a name of ours and requests nobody took, one a line; for tests.
ASSAY_EXPORT void assay_mirror_complaints(SemanticsMirror* mirror) {
  std::string text;
  for (const std::string& item : mirror->registry().unnamed_items()) text += "unnamed: " + item + '\n';
  for (const std::string& id : mirror->registry().duplicate_ids()) text += "duplicate: " + id + '\n';
  for (const std::string& miss : mirror->registry().take_missed_requests()) text += "missed: " + miss + '\n';
  assay_js_return_text(text.data(), text.size());
}

}  // namespace assay::platform
