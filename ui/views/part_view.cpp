#include "ui/views/part_view.h"

#include "core/base/numbers.h"
#include "core/ingest/read_limits.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"
#include "ui/views/parts.h"

namespace assay::ui {

using app::CommandId;
using ingest::RangeEnd;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;

namespace {

enum Choice : int { kFirst, kRange, kSlim, kFull };

// What keeps the choice from being read, or "".
std::string obstacle(const PartState& state) {
  if (state.choice == kFirst) {
    const auto number = parse_int64(state.first);
    return number && *number >= 1 ? std::string() : std::string(tr(Str::part_bad_first));
  }
  if (state.choice == kSlim || state.choice == kFull) return {};
  const auto from = ingest::parse_range_time(state.from, RangeEnd::From);
  const auto to = ingest::parse_range_time(state.to, RangeEnd::To);
  if (state.from.empty() && state.to.empty()) return tr(Str::part_no_time);
  if ((!state.from.empty() && !from) || (!state.to.empty() && !to)) return tr(Str::part_bad_time);
  return from && to && *to < *from ? std::string(tr(Str::part_empty_range)) : std::string();
}

void draw_time(UiFrame& f, std::string_view id, Str label, std::string& text, RangeEnd end,
               float width) {
  kit::TextInputOptions options;
  options.name = tr(label);
  options.placeholder = end == RangeEnd::From ? "2026-01-01 08:00" : "2026-01-31";
  options.width_pt = width;
  options.mono = true;
  options.invalid = !text.empty() && !ingest::parse_range_time(text, end);
  options.max_bytes = 40;
  kit::text_input(f.kit, id, text, options);
}

void draw_fields(UiFrame& f, PartState& state) {
  if (state.choice == kFirst) {
    kit::field_label(f.kit, tr(Str::part_count));
    kit::TextInputOptions options;
    options.name = tr(Str::part_count);
    options.width_pt = px(160);
    options.max_bytes = 12;
    kit::text_input(f.kit, "part.first", state.first, options);
  } else if (state.choice == kRange) {
    kit::field_label(f.kit, tr(Str::part_from), tr(Str::part_zone));
    draw_time(f, "part.from", Str::part_from, state.from, RangeEnd::From, px(220));
    kit::gap(px(8));
    kit::field_label(f.kit, tr(Str::part_to));
    draw_time(f, "part.to", Str::part_to, state.to, RangeEnd::To, px(220));
  }
}

void emit_part(UiFrame& f, const PartState& state) {
  app::Command command(CommandId::FilePart, {{"token", std::to_string(state.token)}});
  if (state.choice == kFirst) command.args.emplace_back("first", state.first);
  if (state.choice == kRange) {
    command.args.emplace_back("from", state.from);
    command.args.emplace_back("to", state.to);
  }
  if (state.choice == kSlim) command.args.emplace_back("bodies", "no");
  f.emit(std::move(command));
}

}  // namespace

void open_part(UiFrame& f, const ingest::FileReport& report) {
  PartState& state = f.view.part;
  state = PartState{};
  state.open = true;
  state.token = report.token;
  state.file_name = report.file_name;
  state.size_bytes = report.size_bytes;
  state.fits_bytes = report.fits_bytes;
  f.view.import_report_open = f.view.palette.open = f.view.shortcuts_open =
      false;  // one dialog at a time
}

void draw_part_dialog(UiFrame& f) {
  PartState& state = f.view.part;
  kit::DialogOptions options;
  options.width_pt = 520;
  if (!kit::begin_dialog(f.kit, "part", tr(Str::part_title), state.open, options)) return;
  wrapped_text(
      f, "part.numbers",
      kit::tr_format(Str::part_numbers, {state.file_name, kit::format_bytes(state.size_bytes),
                                         kit::format_bytes(state.fits_bytes)}),
      kit::TextStyle::Body, Color::Text);
  kit::gap(px(10));
  const kit::Choice choices[] = {{"first", tr(Str::part_choice_first)},
                                 {"range", tr(Str::part_choice_range)},
                                 {"slim", tr(Str::part_choice_slim)},
                                 {"full", tr(Str::part_choice_full)}};
  kit::radio_group(f.kit, "part.choice", tr(Str::part_choice), choices, state.choice);
  kit::gap(px(10));
  draw_fields(f, state);
  if (state.choice == kSlim)
    kit::paragraph(f.kit, tr(Str::part_slim_note), 0, kit::TextStyle::Small);
  const std::string problem = obstacle(state);
  if (!problem.empty()) {
    kit::gap(px(6));
    kit::inline_note(f.kit, "part.obstacle", problem, kIconInfo);
  }
  kit::gap(px(8));
  kit::paragraph(f.kit, tr(Str::part_note), 0, kit::TextStyle::Small);
  kit::dialog_footer(f.kit);
  if (kit::dialog_button(f.kit, "part.load", tr(Str::part_load), true, problem.empty())) {
    emit_part(f, state);
    state.open = false;
  }
  if (kit::dialog_button(f.kit, "part.cancel", tr(Str::part_leave))) state.open = false;
  kit::end_dialog(f.kit);
}

}  // namespace assay::ui
