#include "wasm/platform/clipboard.h"

#include "wasm/platform/js.h"

extern "C" {
void assay_js_clipboard_write(const char* text, size_t size);
}

namespace assay::platform {

Clipboard::Clipboard(Input& input) : input_(&input) {
  attach_js("clipboard", this);
  ImGuiPlatformIO& platform_io = ImGui::GetPlatformIO();
  platform_io.Platform_GetClipboardTextFn = get;
  platform_io.Platform_SetClipboardTextFn = set;
  platform_io.Platform_ClipboardUserData = this;
}

const char* Clipboard::get(ImGuiContext*) {
  return static_cast<Clipboard*>(ImGui::GetPlatformIO().Platform_ClipboardUserData)->text_.c_str();
}

void Clipboard::set(ImGuiContext*, const char* text) {
  auto* self = static_cast<Clipboard*>(ImGui::GetPlatformIO().Platform_ClipboardUserData);
  self->text_ = text;
  self->taken_ = true;
  if (!self->in_event_) assay_js_clipboard_write(self->text_.data(), self->text_.size());
}

void Clipboard::on_paste(std::string_view text) {
  text_.assign(text);
  input_->press_chord(ImGuiKey_V);
}

void Clipboard::on_copy_begin(char letter) {
  taken_ = false;
  in_event_ = true;
  input_->press_chord(letter == 'X' ? ImGuiKey_X : ImGuiKey_C);
}

ASSAY_EXPORT void assay_clipboard_paste(Clipboard* clipboard, const char* text, size_t size) {
  clipboard->on_paste(text_of(text, size));
}
ASSAY_EXPORT void assay_clipboard_copy_begin(Clipboard* clipboard, int cut) {
  clipboard->on_copy_begin(cut != 0 ? 'X' : 'C');
}
ASSAY_EXPORT int assay_clipboard_taken(Clipboard* clipboard) { return clipboard->taken() ? 1 : 0; }
ASSAY_EXPORT void assay_clipboard_copy_end(Clipboard* clipboard) { clipboard->on_copy_end(); }
ASSAY_EXPORT const char* assay_clipboard_text(Clipboard* clipboard) { return clipboard->text().data(); }
ASSAY_EXPORT size_t assay_clipboard_text_size(Clipboard* clipboard) { return clipboard->text().size(); }

}  // namespace assay::platform
