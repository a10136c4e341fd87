#include "wasm/platform/textarea_overlay.h"

#include <algorithm>
#include <string>

#include "wasm/platform/js.h"

extern "C" {
void assay_js_textareas_begin();
// `texts` is id NUL name NUL placeholder (of a text to read: its marks) NUL text; box is x0 y0 x1 y1 of the text, then of the clip.
void assay_js_textarea(const char* texts, size_t size, const float* box, double revision,
                       float font_size_px, int flags);
void assay_js_textareas_end();
}

namespace assay::platform {

namespace {

enum OverlayFlag { kMono = 1, kEnabled = 2, kTakeFocus = 4, kCovered = 8, kReadOnly = 16, kImage = 32 };

void append_field(std::string& out, std::string_view text) {
  for (const char c : text)
    if (c != '\0') out += c;
  out += '\0';
}

}  // namespace

TextareaOverlay::TextareaOverlay(kit::Context& context) : context_(&context) {
  attach_js("textarea", this);
  context.dom_text_areas = true;
}

void TextareaOverlay::publish() {
  if (context_->overlays.empty() && !any_) return;
  any_ = !context_->overlays.empty();
  assay_js_textareas_begin();
  std::string texts;
  for (const kit::OverlayRequest& request : context_->overlays) {
    texts.clear();
    append_field(texts, request.id);
    append_field(texts, request.name);
    append_field(texts, request.read_only ? request.marks : request.placeholder);
    // An image is long and does not change: it goes over once.
    if (!request.image || !std::binary_search(images_.begin(), images_.end(), request.id)) texts += request.text;
    const float box[8] = {request.rect.x0, request.rect.y0, request.rect.x1, request.rect.y1,
                          request.clip.x0, request.clip.y0, request.clip.x1, request.clip.y1};
    const int flags = (request.mono ? kMono : 0) | (request.enabled ? kEnabled : 0) |
                      (request.take_focus ? kTakeFocus : 0) | (request.covered ? kCovered : 0) | (request.read_only ? kReadOnly : 0) | (request.image ? kImage : 0);
    assay_js_textarea(texts.data(), texts.size(), box, request.revision, request.font_size_css_px, flags);
  }
  assay_js_textareas_end();
  images_.clear();
  for (const kit::OverlayRequest& request : context_->overlays)
    if (request.image) images_.push_back(request.id);
  std::sort(images_.begin(), images_.end());
}

void TextareaOverlay::on_event(kit::OverlayEventKind kind, std::string_view id, std::string_view text) {
  context_->overlay_events.push_back({kind, std::string(id), std::string(text)});
}

// kind: as kit::OverlayEventKind.
ASSAY_EXPORT void assay_textarea_event(TextareaOverlay* overlay, const char* id, size_t id_size,
                                       const char* text, size_t text_size, int kind) {
  overlay->on_event(static_cast<kit::OverlayEventKind>(kind), text_of(id, id_size),
                    text_of(text, text_size));
}

}  // namespace assay::platform
