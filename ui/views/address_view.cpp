#include "ui/views/address_view.h"

#include "core/app/file_address.h"
#include "ui/kit/display.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"
#include "ui/views/parts.h"

namespace assay::ui {

using app::CommandId;
using kit::px;
using kit::Str;
using kit::tr;

void ask_for_address(ViewState& view, std::string_view url) {
  const auto address = app::parse_file_address(url);
  view.address = {.open = true, .url = std::string(url), .host = address ? address->host : ""};
}

void draw_address_dialog(UiFrame& f) {
  AddressState& state = f.view.address;
  if (state.open && state.host.empty()) {
    // Not one that can be opened: the session says why.
    f.emit(CommandId::FileOpenAddress, {{"url", state.url}});
    state.open = false;
  }
  kit::DialogOptions options;
  options.width_pt = 500;
  if (!kit::begin_dialog(f.kit, "address", tr(Str::address_title), state.open, options)) return;
  wrapped_text(f, "address.text", kit::tr_format(Str::address_text, {state.host}), kit::TextStyle::Body,
               kit::Color::Text);
  kit::gap(px(8));
  wrapped_text(f, "address.url", state.url.substr(0, 500), kit::TextStyle::MonoSmall, kit::Color::TextSecondary);
  kit::dialog_footer(f.kit);
  if (kit::dialog_button(f.kit, "address.open", tr(Str::address_open), true)) {
    f.emit(CommandId::FileOpenAddress, {{"url", state.url}});
    state.open = false;
  }
  if (kit::dialog_button(f.kit, "address.leave", tr(Str::address_leave))) state.open = false;
  kit::end_dialog(f.kit);
}

}  // namespace assay::ui
