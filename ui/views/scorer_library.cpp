#include "ui/views/scorer_library.h"

#include "core/base/utf8.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/widgets.h"
#include "ui/views/parts.h"
#include "ui/views/scorer_texts.h"

namespace assay::ui {

using judge::ScorerKind;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;

namespace {

// All words of the search stand somewhere in what is shown, or in MLflow's name.
bool has_words(ScorerKind kind, std::string_view search) {
  const judge::ScorerInfo& info = judge::scorer_info(kind);
  const std::string text = ascii_lower(std::string(kind_name(kind)) + " " + kind_reads(kind) + " " +
                                       group_name(info.group) + " " +
                                       std::string(info.class_name) + " " +
                                       std::string(info.default_name));
  while (!search.empty()) {
    const size_t end = search.find(' ');
    const std::string word = ascii_lower(trimmed(search.substr(0, end)));
    if (text.find(word) == std::string::npos) return false;
    search.remove_prefix(end == std::string_view::npos ? search.size() : end + 1);
  }
  return true;
}

bool draw_kind(UiFrame& f, ScorerKind kind) {
  const judge::ScorerInfo& info = judge::scorer_info(kind);
  const std::string id = kit::id_with("scorers.add_kind", info.class_name);
  kit::ListRowOptions options;
  options.height_pt = px(46);
  options.value = kind_reads(kind);
  const kit::ListRowResult row = kit::list_row(f.kit, id, kind_name(kind), options);
  if (!row.visible) return row.clicked;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const kit::Rect& r = row.rect;
  kit::draw_icon(f.kit, list, {r.x0 + px(8), r.y0, r.x0 + px(26), r.y1}, kind_icon(kind),
                 Color::TextSecondary, 16);
  const std::string note =
      judge::asks_model(kind)
          ? std::string(tr(Str::scorer_asks_model)) + " · " + level_name(info.level)
          : std::string(tr(Str::scorer_no_model));
  const float note_width = kit::badge_width(f.kit, note);
  const bool wide = r.width() > px(380);
  const float right = wide ? r.x1 - note_width - px(18) : r.x1 - px(8);
  kit::draw_text(f.kit, list, {r.x0 + px(36), r.y0 + px(5), right, r.y0 + px(25)}, kind_name(kind),
                 kit::TextStyle::BodyStrong);
  kit::draw_text(f.kit, list, {r.x0 + px(36), r.y0 + px(24), right, r.y1 - px(3)},
                 kind_reads(kind), kit::TextStyle::Small, Color::TextSecondary);
  if (wide) {
    kit::draw_badge(f.kit, list, ImVec2(r.x1 - note_width - px(8), (r.y0 + r.y1) / 2), note,
                    kit::Tone::Neutral);
  }
  return row.clicked;
}

}  // namespace

std::optional<ScorerKind> draw_scorer_library(UiFrame& f) {
  ScorerState& state = f.view.scorers;
  kit::heading(f.kit, "scorers.library", tr(Str::scorers_library), 2);
  kit::same_row(px(8));
  kit::right_align(px(kit::kControlHeightCompact));
  kit::IconButtonOptions close;
  close.size = kit::ControlSize::Compact;
  if (kit::icon_button(f.kit, "scorers.library_close", kIconX, tr(Str::close), close))
    state.library_open = false;
  kit::gap(px(8));
  kit::TextInputOptions search;
  search.name = tr(Str::scorers_search);
  search.placeholder = tr(Str::scorers_search);
  search.icon = kIconSearch;
  search.search = true;
  search.clear_button = true;
  search.take_focus = state.focus_library;
  state.focus_library = false;
  kit::text_input(f.kit, "scorers.library_search", state.library_search, search);
  kit::gap(px(10));
  std::optional<ScorerKind> chosen;
  bool any = false;
  for (int g = 0; g < static_cast<int>(judge::ScorerGroup::kCount); ++g) {
    bool has_title = false;
    for (int k = 0; k < static_cast<int>(ScorerKind::kCount); ++k) {
      const auto kind = static_cast<ScorerKind>(k);
      if (static_cast<int>(judge::scorer_info(kind).group) != g) continue;
      if (!has_words(kind, state.library_search)) continue;
      if (!has_title) {
        if (any) kit::gap(px(12));
        kit::text(f.kit, group_name(static_cast<judge::ScorerGroup>(g)), kit::TextStyle::Small,
                  Color::TextSecondary);
        kit::gap(px(2));
        has_title = any = true;
      }
      const TightRows tight(px(2));
      if (draw_kind(f, kind)) chosen = kind;
    }
  }
  if (!any) kit::paragraph(f.kit, tr(Str::scorers_library_none));
  return chosen;
}

}  // namespace assay::ui
