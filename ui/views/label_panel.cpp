#include "ui/views/label_panel.h"

#include <algorithm>

#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/popups.h"
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

namespace {

constexpr size_t kMostQuestions = 20, kMostOptions = 9;

struct Asked {
  const review::SchemaEntry* entry;
  const store::Assessment* label;  // one's own in force, or nullptr
  bool answered;                   // … under the question as it is asked now
};

void give(UiFrame& f, store::TraceRow trace, const Asked& asked, std::string_view answer) {
  f.emit(CommandId::ReviewAnswer, {{"trace_id", f.session.dataset().trace_id(trace)},
                                   {"schema", asked.entry->schema.name},
                                   {"answer", answer},
                                   {"comment", asked.label != nullptr ? std::string_view(asked.label->rationale) : std::string_view()}});
}

// What digits choose: pass and fail, or the options.
std::vector<std::string> choices_of(const LabelSchema& schema) {
  if (schema.input == InputKind::PassFail) return {"true", "false"};
  std::vector<std::string> out = schema.options;
  out.resize(std::min(out.size(), kMostOptions));
  return out;
}

void choose(UiFrame& f, store::TraceRow trace, const Asked& asked, const std::string& choice) {
  if (asked.entry->schema.input != InputKind::CategoricalList) return give(f, trace, asked, choice);
  std::vector<std::string> chosen;
  if (asked.label != nullptr) chosen = texts_of_list(asked.label->value_json);
  if (std::erase(chosen, choice) == 0) chosen.push_back(choice);
  give(f, trace, asked, list_text(chosen));
}

void draw_choices(UiFrame& f, store::TraceRow trace, const Asked& asked, bool current, const std::string& base) {
  const LabelSchema& schema = asked.entry->schema;
  const std::vector<std::string> choices = choices_of(schema);
  std::vector<std::string> said;
  if (asked.answered && schema.input == InputKind::CategoricalList) said = texts_of_list(asked.label->value_json);
  else if (asked.answered) said = {answer_of(schema, *asked.label)};
  const float edge = kit::region_rect().x1;
  for (size_t i = 0; i < choices.size(); ++i) {
    const std::string_view text = schema.input == InputKind::PassFail ? pass_fail_text(schema, i == 0) : std::string_view(choices[i]);
    const std::string shown = kit::one_line(text, 40), key = std::to_string(i + 1);
    kit::ButtonOptions options;
    options.size = kit::ControlSize::Compact;
    options.toggle = true;
    options.on = std::find(said.begin(), said.end(), choices[i]) != said.end();
    if (current) options.chord = key;
    if (i > 0 && ImGui::GetItemRectMax().x + px(6) + kit::button_width(f.kit, shown, options) < edge - px(16)) kit::same_row(px(6));
    else if (i > 0) kit::gap(px(2));
    if (kit::button(f.kit, kit::id_with(base, static_cast<int64_t>(i)), shown, options)) choose(f, trace, asked, choices[i]);
  }
  if (schema.options.size() > choices.size())
    kit::text(f.kit, tr(Str::labels_more_options), kit::TextStyle::Small, Color::TextSecondary);
}

void draw_question(UiFrame& f, store::TraceRow trace, const Asked& asked, bool current) {
  const LabelSchema& schema = asked.entry->schema;
  const std::string id = kit::id_with("label", schema.name);
  wrapped_text(f, kit::id_part(id, "title"), schema.shown_title(), kit::TextStyle::Small, Color::TextSecondary);
  kit::gap(px(2));
  if (asked.label != nullptr && !asked.answered)
    kit::inline_note(f.kit, kit::id_part(id, "stale"), tr(Str::item_stale), kIconHistory, Color::Warn);
  const std::string base = kit::id_part(id, "answer");
  if (schema.input != InputKind::Numeric && schema.input != InputKind::Text) {
    draw_choices(f, trace, asked, current, base);
  } else {
    // What is being typed belongs to this trace and question.
    AnnotateState::Typed& typed = f.view.annotate.typed_for(std::string(f.session.dataset().trace_id(trace)) + "\n" + schema.name,
                                                            asked.answered ? answer_of(schema, *asked.label) : std::string());
    kit::TextInputOptions options;
    options.size = kit::ControlSize::Compact;
    options.name = schema.shown_title();
    const kit::TextInputResult result = kit::text_input(f.kit, base, typed.text, options);
    if (result.changed) typed.error.clear();
    if (result.committed() && typed.text != typed.saved && !typed.text.empty()) {
      const Result<std::string> value = review::answer_value(schema, typed.text);
      if (value.ok()) give(f, trace, asked, typed.text);
      else typed.error = failure_text(value.error().what);
    }
    if (!typed.error.empty()) kit::inline_error(f.kit, kit::id_part(id, "error"), typed.error);
  }
  kit::gap(px(8));
}

}  // namespace

void draw_label_panel(UiFrame& f, store::TraceRow trace) {
  std::vector<Asked> questions;
  const auto& all = f.session.dataset().assessments(trace);
  for (const review::SchemaEntry& entry : f.session.review().schemas()) {
    if (entry.retired || questions.size() >= kMostQuestions) continue;
    const store::Assessment* label = review::label_of(all, entry.schema, f.session.reviewer());
    questions.push_back({&entry, label, label != nullptr && !review::is_stale(*label, entry)});
  }
  if (questions.empty()) return;
  AnnotateState& state = f.view.annotate;
  const auto answered = static_cast<int64_t>(std::count_if(questions.begin(), questions.end(), [](const Asked& q) { return q.answered; }));
  const std::string count = kit::tr_format(answered < static_cast<int64_t>(questions.size()) ? Str::labels_answered : Str::labels_all_answered,
                                             {kit::format_count(answered), kit::format_count(static_cast<int64_t>(questions.size()))});
  if (!kit::fold_header(f.kit, "labels", tr(Str::labels_title), state.labels_open)) return kit::gap(px(8));
  kit::text_node(f.kit, "labels.answered", count, kit::TextStyle::Small, Color::TextSecondary, kit::Role::Status);
  kit::gap(px(4));
  // Digits answer the first question that waits.
  const auto open = std::find_if(questions.begin(), questions.end(), [](const Asked& q) { return !q.answered; });
  if (open != questions.end() && !ImGui::GetIO().WantTextInput && !kit::dialog_is_open()) {
    const std::vector<std::string> choices = choices_of(open->entry->schema);
    for (size_t i = 0; i < choices.size(); ++i) {
      kit::Chord chord;
      chord.key = static_cast<ImGuiKey>(ImGuiKey_1 + static_cast<int>(i));
      if (kit::chord_pressed(chord)) choose(f, trace, *open, choices[i]);
    }
  }
  for (const Asked& asked : questions) draw_question(f, trace, asked, open != questions.end() && &asked == &*open);
  kit::separator(f.kit);
  kit::gap(px(10));
}

}  // namespace assay::ui
