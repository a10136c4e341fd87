// The questions (label schemas): a list, and an editor.
#include <algorithm>

#include "core/annot/draft.h"
#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/widgets.h"
#include "ui/views/failure_text.h"
#include "ui/views/parts.h"
#include "ui/views/review_view.h"

namespace assay::ui {

using app::CommandId;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;
using review::InputKind;
using review::LabelSchema;
using review::SchemaEntry;

namespace {

constexpr InputKind kKinds[] = {InputKind::PassFail, InputKind::Categorical, InputKind::CategoricalList,
                                InputKind::Numeric, InputKind::Text};
constexpr Str kKindTexts[] = {Str::schema_pass_fail, Str::schema_categorical, Str::schema_list, Str::schema_numeric,
                              Str::schema_text};

std::string limit_text(const std::optional<double>& value) {
  if (!value) return {};
  std::string text = python_repr(*value);
  if (text.size() > 2 && text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

void load_draft(SchemaForm& form, const LabelSchema& schema, std::string draft_of) {
  form.draft = schema;
  form.draft_of = std::move(draft_of);
  form.options.clear();
  for (const std::string& option : schema.options) form.options += (form.options.empty() ? "" : "\n") + option;
  form.min = limit_text(schema.min_value);
  form.max = limit_text(schema.max_value);
  form.max_length = schema.max_length > 0 ? number_text(schema.max_length) : "";
  form.error.clear();
}

// What stands in the form, as a schema; the problem in `error`.
LabelSchema drafted(const SchemaForm& form, std::string& error) {
  LabelSchema schema = form.draft;
  schema.name = trimmed(schema.name);
  schema.options.clear();
  schema.min_value.reset();
  schema.max_value.reset();
  schema.max_length = 0;
  schema.ordered = false;
  switch (schema.input) {
    case InputKind::Categorical:
      schema.ordered = form.draft.ordered;
      [[fallthrough]];
    case InputKind::CategoricalList: {
      std::string_view rest = form.options;
      while (!rest.empty()) {
        const size_t end = rest.find('\n');
        if (const std::string_view line = trimmed(rest.substr(0, end)); !line.empty()) schema.options.emplace_back(line);
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + 1);
      }
      break;
    }
    case InputKind::Numeric:
      for (const bool is_min : {true, false}) {
        const std::string_view text = trimmed(is_min ? form.min : form.max);
        if (text.empty()) continue;
        const std::optional<double> value = parse_double(half_width(text));
        if (!value) error = tr(Str::schema_bad_number);
        (is_min ? schema.min_value : schema.max_value) = value;
      }
      break;
    case InputKind::Text:
      if (const std::string_view text = trimmed(form.max_length); !text.empty()) {
        const std::optional<int64_t> value = parse_int64(half_width(text));
        if (!value || *value < 0 || *value > 1'000'000)
          error = tr(Str::schema_bad_number);
        else
          schema.max_length = static_cast<uint32_t>(*value);
      }
      break;
    case InputKind::PassFail:
      schema.positive_label = trimmed(schema.positive_label);
      schema.negative_label = trimmed(schema.negative_label);
      break;
  }
  if (error.empty())
    if (const Status status = review::validate_schema(schema); !status.ok()) error = failure_text(status.error().what);
  return schema;
}

}  // namespace

void begin_new_question(UiFrame& f) {
  SchemaForm& form = f.view.review.schema;
  load_draft(form, LabelSchema{}, "");
  form.is_new = true;
  form.selected = -1;
}

namespace {

// The draft follows the selection and what the journal holds.
void sync_draft(SchemaForm& form, const std::vector<SchemaEntry>& schemas) {
  if (form.is_new) {
    // Saved meanwhile.
    const auto at = std::find_if(schemas.begin(), schemas.end(), [&](const SchemaEntry& e) {
      return e.schema.name == form.draft_of && !form.draft_of.empty();
    });
    if (at == schemas.end()) return;
    form.is_new = false;
    form.selected = static_cast<int>(at - schemas.begin());
  }
  if (schemas.empty()) {
    form.selected = -1;
    return;
  }
  form.selected = std::clamp(form.selected, 0, static_cast<int>(schemas.size()) - 1);
  const SchemaEntry& entry = schemas[static_cast<size_t>(form.selected)];
  const std::string key = review::encode_schema(entry.schema) + (entry.retired ? "-" : "+");
  if (form.draft_of != key) load_draft(form, entry.schema, key);
}

void save(UiFrame& f) {
  SchemaForm& form = f.view.review.schema;
  form.error.clear();
  const LabelSchema schema = drafted(form, form.error);
  const SchemaEntry* same_name = form.is_new ? f.session.review().find_schema(schema.name) : nullptr;
  if (form.error.empty() && same_name != nullptr && !same_name->retired) form.error = tr(Str::schema_name_fixed);
  if (!form.error.empty()) return;
  f.emit(CommandId::SchemaSave, {{"schema", review::encode_schema(schema)}});
  if (form.is_new) form.draft_of = schema.name;
}

void draw_list(UiFrame& f) {
  SchemaForm& form = f.view.review.schema;
  const std::vector<SchemaEntry>& schemas = f.session.review().schemas();
  kit::ButtonOptions options;
  options.icon = kIconPlus;
  options.width_pt = -1;
  options.kind = schemas.empty() ? kit::ButtonKind::Primary : kit::ButtonKind::Secondary;
  if (kit::button(f.kit, "schema.add", tr(Str::schema_add), options)) begin_new_question(f);
  kit::gap(px(8));
  {
    const TightRows tight(px(2));
    for (size_t i = 0; i < schemas.size(); ++i) {
      const SchemaEntry& entry = schemas[i];
      kit::ListRowOptions row_options;
      row_options.selected = !form.is_new && form.selected == static_cast<int>(i);
      row_options.height_pt = px(44);
      const kit::ListRowResult row =
          kit::list_row(f.kit, kit::id_with("schema.item", entry.schema.name), entry.schema.shown_title(), row_options);
      if (row.clicked) {
        form.is_new = false;
        form.selected = static_cast<int>(i);
        form.draft_of.clear();
      }
      if (!row.visible) continue;
      ImDrawList* list = ImGui::GetWindowDrawList();
      const kit::Rect& r = row.rect;
      kit::draw_text(f.kit, list, {r.x0 + px(10), r.y0 + px(4), r.x1 - px(8), r.y0 + px(24)}, entry.schema.shown_title(),
                     kit::TextStyle::Body, entry.retired ? Color::TextDisabled : Color::Text);
      std::string quiet = entry.schema.name + " · " + tr(kKindTexts[static_cast<size_t>(entry.schema.input)]);
      if (entry.version > 1) quiet += " · " + kit::tr_format(Str::schema_version, {number_text(entry.version)});
      if (entry.retired) quiet += std::string(" · ") + tr(Str::schema_retired);
      kit::draw_text(f.kit, list, {r.x0 + px(10), r.y0 + px(22), r.x1 - px(8), r.y1 - px(3)}, quiet,
                     kit::TextStyle::Small, Color::TextSecondary);
    }
  }
  kit::gap(px(12));
  kit::ButtonOptions file;
  file.kind = kit::ButtonKind::Ghost;
  file.size = kit::ControlSize::Compact;
  file.icon = kIconFolderOpen;
  if (kit::button(f.kit, "schema.import", tr(Str::schema_import), file)) f.emit(CommandId::FileOpen);
  file.icon = kIconDownload;
  file.enabled = !schemas.empty();
  if (kit::button(f.kit, "schema.export", tr(Str::schema_export), file)) f.emit(CommandId::SchemaExport);
}

void text_field(UiFrame& f, std::string_view id, Str label, std::string& value, float width, Str hint = Str::kCount,
                bool enabled = true) {
  kit::field_label(f.kit, tr(label));
  kit::TextInputOptions options;
  options.name = tr(label);
  options.width_pt = width;
  options.enabled = enabled;
  if (hint != Str::kCount) options.placeholder = tr(hint);
  if (kit::text_input(f.kit, id, value, options).changed) f.view.review.schema.error.clear();
  kit::gap(px(12));
}

// A label that nobody has changed stands in the page's language, as it does on the buttons. It stays MLflow's "Pass"
// and "Fail" in the question, so that a colleague reads it in his language.
void label_field(UiFrame& f, std::string_view id, Str label, LabelSchema& draft, bool pass, float width) {
  std::string& stored = pass ? draft.positive_label : draft.negative_label;
  std::string shown(pass_fail_text(draft, pass));
  const std::string before = shown;
  text_field(f, id, label, shown, width);
  if (shown == before) return;
  const LabelSchema standard;
  stored = shown == tr(pass ? Str::annotate_yes : Str::annotate_no) ? (pass ? standard.positive_label : standard.negative_label) : shown;
}

void draw_input_editor(UiFrame& f, SchemaForm& form, float width) {
  LabelSchema& draft = form.draft;
  switch (draft.input) {
    case InputKind::PassFail:
      label_field(f, "schema.positive", Str::schema_positive, draft, true, std::min(width, px(240)));
      label_field(f, "schema.negative", Str::schema_negative, draft, false, std::min(width, px(240)));
      return;
    case InputKind::Categorical:
    case InputKind::CategoricalList: {
      kit::field_label(f.kit, tr(Str::schema_options));
      kit::TextAreaOptions area;
      area.name = tr(Str::schema_options);
      area.width_pt = width;
      area.height_pt = px(110);
      if (kit::text_area(f.kit, "schema.options", form.options, area).changed) form.error.clear();
      kit::gap(px(8));
      if (draft.input == InputKind::Categorical) {
        kit::checkbox(f.kit, "schema.ordered", tr(Str::schema_ordered), draft.ordered);
        kit::gap(px(8));
      }
      return;
    }
    case InputKind::Numeric:
      text_field(f, "schema.min", Str::schema_min, form.min, px(160));
      text_field(f, "schema.max", Str::schema_max, form.max, px(160));
      return;
    case InputKind::Text:
      text_field(f, "schema.max_length", Str::schema_max_length, form.max_length, px(160));
      return;
  }
}

void draw_version(UiFrame& f, const SchemaEntry& entry, bool will_change) {
  if (will_change && !entry.retired) {
    kit::inline_note(f.kit, "schema.will_change", tr(Str::schema_will_change), kIconInfo, Color::Warn);
    kit::gap(px(8));
    return;
  }
  if (entry.version == 1) return;
  // Looking through all labels is for when something has changed, not for each frame.
  ReviewState& state = f.view.review;
  const std::string key = entry.schema.name + entry.hash;
  if (state.stale_of != key || state.stale_revision != f.session.dataset().revision()) {
    state.stale_of = key;
    state.stale_revision = f.session.dataset().revision();
    state.stale_count = review::stale_rows(f.session.dataset(), entry).size();
  }
  if (state.stale_count == 0) return;
  kit::inline_note(f.kit, "schema.stale", kit::tr_count(Str::schema_stale, static_cast<int64_t>(state.stale_count)),
                   kIconHistory, Color::Warn);
  kit::ButtonOptions options;
  options.size = kit::ControlSize::Compact;
  if (kit::button(f.kit, "schema.requeue", tr(Str::schema_requeue), options)) {
    f.emit(CommandId::QueueCreate, {{"name", entry.schema.shown_title()},
                                    {"schemas", entry.schema.name},
                                    {"scope", "stale"},
                                    {"schema", entry.schema.name},
                                    {"blind", "1"}});
  }
  kit::gap(px(12));
}

void draw_editor(UiFrame& f) {
  SchemaForm& form = f.view.review.schema;
  const std::vector<SchemaEntry>& schemas = f.session.review().schemas();
  if (!form.is_new && form.selected < 0) {
    const kit::EmptyAction actions[] = {{"schema.first", tr(Str::schema_add), kIconPlus, true}};
    if (kit::empty_state(f.kit, "schema.none", kIconListChecks, tr(Str::schema_none), tr(Str::schema_none_text),
                         actions) == 0)
      begin_new_question(f);
    return;
  }
  const SchemaEntry* entry = form.is_new ? nullptr : &schemas[static_cast<size_t>(form.selected)];
  const float width = std::min(kit::width_left(), px(560));
  LabelSchema& draft = form.draft;
  text_field(f, "schema.name", Str::schema_name, draft.name, std::min(width, px(280)), Str::schema_name_hint, form.is_new);
  text_field(f, "schema.title", Str::schema_title, draft.title, width, Str::schema_title_hint);
  kit::field_label(f.kit, tr(Str::schema_instruction));
  kit::TextAreaOptions area;
  area.name = tr(Str::schema_instruction);
  area.placeholder = tr(Str::schema_instruction_hint);
  area.width_pt = width;
  area.height_pt = px(72);
  if (kit::text_area(f.kit, "schema.instruction", draft.instruction, area).changed) form.error.clear();
  kit::gap(px(12));
  kit::field_label(f.kit, tr(Str::schema_kind));
  const kit::Choice kinds[] = {{"feedback", tr(Str::kind_feedback)}, {"expectation", tr(Str::kind_expectation)}};
  int kind = draft.expectation ? 1 : 0;
  if (kit::segmented(f.kit, "schema.kind", tr(Str::schema_kind), kinds, kind)) draft.expectation = kind == 1;
  kit::gap(px(12));
  kit::field_label(f.kit, tr(Str::schema_input));
  kit::Choice inputs[5];
  int input = 0;
  for (size_t i = 0; i < 5; ++i) {
    inputs[i] = {review::input_kind_name(kKinds[i]), tr(kKindTexts[i])};
    if (kKinds[i] == draft.input) input = static_cast<int>(i);
  }
  kit::SelectOptions select;
  select.width_pt = std::min(width, px(240));
  if (kit::select(f.kit, "schema.input", tr(Str::schema_input), inputs, input, select)) draft.input = kKinds[input];
  kit::gap(px(12));
  draw_input_editor(f, form, width);
  kit::checkbox(f.kit, "schema.comment", tr(Str::schema_comment), draft.enable_comment);
  kit::gap(px(14));
  std::string problem;
  const LabelSchema now = drafted(form, problem);
  const bool differs = entry == nullptr || !(now == entry->schema) || entry->retired;
  if (entry != nullptr) draw_version(f, *entry, review::definition_hash(now) != entry->hash);
  if (!form.error.empty()) {
    kit::inline_error(f.kit, "schema.error", form.error);
    kit::gap(px(8));
  }
  if (kit::button(f.kit, "schema.save", tr(Str::schema_save), kit::ButtonKind::Primary, nullptr, differs)) save(f);
  kit::same_row(px(8));
  if (form.is_new) {
    if (kit::button(f.kit, "schema.cancel", tr(Str::cancel), kit::ButtonKind::Ghost)) {
      form.is_new = false;
      form.selected = 0;
    }
  } else if (differs && !entry->retired) {
    if (kit::button(f.kit, "schema.revert", tr(Str::schema_revert), kit::ButtonKind::Ghost)) form.draft_of.clear();
  } else if (!entry->retired && kit::button(f.kit, "schema.retire", tr(Str::schema_retire), kit::ButtonKind::Ghost)) {
    f.emit(CommandId::SchemaRetire, {{"name", entry->schema.name}});
  }
}

}  // namespace

void draw_questions(UiFrame& f, const kit::Rect& rect) {
  sync_draft(f.view.review.schema, f.session.review().schemas());
  draw_review_columns(f, rect, {"questions", tr(Str::review_tab_questions)}, {"question", tr(Str::schema_title)}, 280,
                      [&] { draw_list(f); },
                      [&] {
                        draw_editor(f);
                        kit::gap(px(24));
                      });
}

}  // namespace assay::ui
