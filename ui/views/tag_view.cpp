#include "ui/views/tag_view.h"

#include <algorithm>

#include "core/annot/tags.h"
#include "core/base/utf8.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/widgets.h"
#include "ui/views/failure_text.h"
#include "ui/views/text.h"

namespace assay::ui {

using app::CommandId;
using kit::px;
using kit::Str;
using kit::tr;

namespace {

void clear_fields(AnnotateState& state) {
  state.tag_key.clear();
  state.tag_value.clear();
}

}  // namespace

void draw_tag_editor(UiFrame& f, store::TraceRow trace) {
  AnnotateState& state = f.view.annotate;
  const store::Dataset& dataset = f.session.dataset();
  const std::string trace_id(dataset.trace_id(trace));
  if (state.tag_trace_id != trace_id) {
    state.tag_trace_id = trace_id;
    state.tag_value.clear();
    state.tag_error.clear();
  }
  uint32_t count = 0;
  const store::KeyValues tags = dataset.tags(trace, count);
  const float edge = kit::region_rect().x1 - px(20);
  bool first = true;
  std::string scratch;
  for (uint32_t i = 0; i < count; ++i) {
    const std::string key(dataset.name_text(tags[i].key));
    if (key.starts_with("mlflow.")) continue;
    const std::string value(dataset.text_now(tags[i].value, scratch));
    std::string text;
    for (size_t room_bytes = 48; room_bytes > 3; room_bytes = room_bytes * 3 / 4) {
      text = kit::one_line(key + ": " + value, room_bytes);
      if (kit::text_width(f.kit, text) + px(60) <= edge - kit::region_rect().x0) break;
    }
    if (!first && ImGui::GetItemRectMax().x + kit::text_width(f.kit, text) + px(50) < edge) kit::same_row(px(6));
    first = false;
    const kit::PillResult pill = kit::pill(f.kit, kit::id_with("tag", key), text, kit::Tone::Neutral, kIconTag, true);
    if (pill.clicked) {
      state.tag_key = key;
      state.tag_value = value;
    }
    if (pill.removed) {
      f.emit(CommandId::TagDelete, {{"trace_id", trace_id}, {"key", key}});
      if (trimmed(state.tag_key) == key) clear_fields(state);
    }
  }
  kit::gap(px(8));
  const float width = kit::width_left(), button_width = px(76);
  kit::TextInputOptions input;
  input.size = kit::ControlSize::Compact;
  input.name = input.placeholder = tr(Str::tag_name);
  input.width_pt = std::max(px(80), (width - button_width) * 0.38F);
  const bool by_key = kit::text_input(f.kit, "tag.key", state.tag_key, input).submitted;
  kit::same_row(px(6));
  input.name = input.placeholder = tr(Str::tag_value);
  input.width_pt = std::max(px(80), (width - button_width) * 0.62F - px(12));
  input.take_focus = by_key;  // Enter after the name leads to the value
  const kit::TextInputResult typed = kit::text_input(f.kit, "tag.value", state.tag_value, input);
  kit::same_row(px(6));
  kit::ButtonOptions button;
  button.size = kit::ControlSize::Compact;
  const bool pressed = kit::button(f.kit, "tag.save", tr(Str::tag_set), button);
  if (typed.changed) state.tag_error.clear();
  if (typed.submitted || pressed) {
    const Status status = annot::check_tag(trimmed(state.tag_key), state.tag_value);
    state.tag_error = status.ok() ? std::string() : failure_text(status.error().what);
    if (status.ok()) {
      f.emit(CommandId::TagSet, {{"trace_id", trace_id}, {"key", trimmed(state.tag_key)}, {"value", state.tag_value}});
      clear_fields(state);
    }
  }
  if (!state.tag_error.empty()) kit::inline_error(f.kit, "tag.error", state.tag_error);
}

}  // namespace assay::ui
