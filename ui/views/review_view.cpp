#include "ui/views/review_view.h"

#include <algorithm>

#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/popups.h"
#include "ui/kit/virtual_table.h"
#include "ui/kit/widgets.h"
#include "ui/views/assessed.h"
#include "ui/views/parts.h"

namespace assay::ui {

using app::CommandId;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;
using review::Queue;

namespace {

constexpr const char* kTabKeys[] = {"queues", "questions", "agreement"};

// --- A new queue ----------------------------------------------------------------------------------

void begin_queue(UiFrame& f) {
  QueueForm& form = f.view.review.queue;
  form = QueueForm{};
  form.open = true;
  for (const review::SchemaEntry& entry : f.session.review().schemas())
    if (!entry.retired) form.schemas.push_back(entry.schema.name);
  if (f.session.selected_count() > 0) form.scope = 1;
}

std::vector<const review::SchemaEntry*> stale_schemas(const UiFrame& f) {
  std::vector<const review::SchemaEntry*> out;
  for (const review::SchemaEntry& entry : f.session.review().schemas())
    if (!entry.retired && entry.version > 1) out.push_back(&entry);
  return out;
}

void submit_queue(UiFrame& f) {
  QueueForm& form = f.view.review.queue;
  form.error.clear();
  const std::optional<int64_t> size = parse_int64(trimmed(form.size));
  if (form.schemas.empty()) form.error = tr(Str::queue_needs_question);
  if (form.scope == 2 && (!size || *size < 1)) form.error = tr(Str::queue_needs_size);
  if (form.scope == 3 && form.stale_schema.empty()) form.error = tr(Str::queue_needs_stale);
  if (!form.error.empty()) return;
  constexpr std::string_view kScopes[] = {"matching", "selected", "sample", "stale", "spans"};
  std::string schemas;
  for (const std::string& name : form.schemas) schemas += name + "\n";
  const std::string name(trimmed(form.name).empty() ? std::string_view(tr(Str::queue_name_hint)) : trimmed(form.name));
  f.emit(CommandId::QueueCreate, {{"name", name},
                                  {"schemas", schemas},
                                  {"scope", kScopes[form.scope]},
                                  {"size", trimmed(form.scope == 4 ? form.span_size : form.size)},
                                  {"span_type", form.span_type},
                                  {"span_name", trimmed(form.span_name)},
                                  {"span_failed", form.span_failed ? "1" : "0"},
                                  {"seed", trimmed(form.seed)},
                                  {"schema", form.stale_schema},
                                  {"blind", form.blind ? "1" : "0"}});
  form.open = false;
}

void draw_queue_questions(UiFrame& f, QueueForm& form) {
  kit::field_label(f.kit, tr(Str::queue_questions));
  for (const review::SchemaEntry& entry : f.session.review().schemas()) {
    if (entry.retired) continue;
    const auto at = std::find(form.schemas.begin(), form.schemas.end(), entry.schema.name);
    bool on = at != form.schemas.end();
    if (!kit::checkbox(f.kit, kit::id_with("queue.schema", entry.schema.name), entry.schema.shown_title(), on)) continue;
    if (on)
      form.schemas.push_back(entry.schema.name);
    else
      form.schemas.erase(at);
  }
}

void draw_queue_scope(UiFrame& f, QueueForm& form) {
  kit::field_label(f.kit, tr(Str::queue_scope));
  const std::string matching =
      kit::tr_count(Str::queue_scope_matching, static_cast<int64_t>(f.session.traces().rows().size()));
  const std::string selected = kit::tr_count(Str::queue_scope_selected, f.session.selected_count());
  const auto stale = stale_schemas(f);
  const kit::Choice scopes[] = {{"matching", matching},
                                {"selected", selected, nullptr, f.session.selected_count() > 0},
                                {"sample", tr(Str::queue_scope_sample)},
                                {"stale", tr(Str::queue_scope_stale), nullptr, !stale.empty()},
                                {"spans", tr(Str::queue_scope_spans)}};
  kit::radio_group(f.kit, "queue.scope", tr(Str::queue_scope), scopes, form.scope);
  kit::gap(px(8));
  if (form.scope == 2) {
    kit::TextInputOptions field;
    field.width_pt = px(140);
    kit::field_label(f.kit, tr(Str::queue_size));
    field.name = tr(Str::queue_size);
    kit::text_input(f.kit, "queue.size", form.size, field);
    kit::gap(px(8));
    kit::field_label(f.kit, tr(Str::queue_seed), tr(Str::queue_seed_hint));
    field.name = tr(Str::queue_seed);
    kit::text_input(f.kit, "queue.seed", form.seed, field);
    kit::gap(px(8));
  }
  if (form.scope == 4) {
    constexpr std::string_view kTypes[] = {"", "RETRIEVER", "TOOL", "LLM", "CHAT_MODEL", "AGENT", "CHAIN", "RERANKER", "EMBEDDING",
                                           "PARSER", "GUARDRAIL", "EVALUATOR", "MEMORY", "WORKFLOW", "TASK", "UNKNOWN"};
    std::vector<kit::Choice> types;
    int chosen = 0;
    for (const std::string_view type : kTypes) {
      if (type == form.span_type) chosen = static_cast<int>(types.size());
      types.push_back({type.empty() ? std::string_view("any") : type, type.empty() ? std::string_view(tr(Str::queue_span_any)) : type});
    }
    kit::field_label(f.kit, tr(Str::queue_span_type));
    if (kit::select(f.kit, "queue.span_type", tr(Str::queue_span_type), types, chosen))
      form.span_type = kTypes[static_cast<size_t>(chosen)];
    kit::gap(px(8));
    kit::TextInputOptions field;
    kit::field_label(f.kit, tr(Str::queue_span_name));
    field.name = tr(Str::queue_span_name);
    kit::text_input(f.kit, "queue.span_name", form.span_name, field);
    kit::gap(px(6));
    kit::checkbox(f.kit, "queue.span_failed", tr(Str::queue_span_failed), form.span_failed);
    kit::gap(px(6));
    field.width_pt = px(140);
    kit::field_label(f.kit, tr(Str::queue_span_size), tr(Str::queue_span_size_hint));
    field.name = tr(Str::queue_span_size);
    kit::text_input(f.kit, "queue.span_size", form.span_size, field);
    kit::gap(px(8));
  }
  if (form.scope == 3) {
    std::vector<kit::Choice> choices;
    int chosen = -1;
    for (const review::SchemaEntry* entry : stale) {
      if (entry->schema.name == form.stale_schema) chosen = static_cast<int>(choices.size());
      choices.push_back({entry->schema.name, entry->schema.shown_title()});
    }
    if (kit::select(f.kit, "queue.stale", tr(Str::queue_scope_stale), choices, chosen) && chosen >= 0)
      form.stale_schema = stale[static_cast<size_t>(chosen)]->schema.name;
    kit::gap(px(8));
  }
}

void draw_queue_dialog(UiFrame& f) {
  QueueForm& form = f.view.review.queue;
  if (!form.open) return;
  kit::DialogOptions options;
  options.width_pt = px(480);
  if (!kit::begin_dialog(f.kit, "queue", tr(Str::review_new_queue), form.open, options)) return;
  kit::field_label(f.kit, tr(Str::queue_name));
  kit::TextInputOptions name;
  name.name = tr(Str::queue_name);
  name.placeholder = tr(Str::queue_name_hint);
  if (kit::text_input(f.kit, "queue.name", form.name, name).submitted) submit_queue(f);
  kit::gap(px(12));
  draw_queue_questions(f, form);
  kit::gap(px(12));
  draw_queue_scope(f, form);
  kit::gap(px(4));
  kit::checkbox(f.kit, "queue.blind", tr(Str::queue_blind), form.blind);
  if (!form.error.empty()) {
    kit::gap(px(8));
    kit::inline_error(f.kit, "queue.error", form.error);
  }
  kit::dialog_footer(f.kit);
  if (kit::dialog_button(f.kit, "queue.create", tr(Str::queue_create), true)) submit_queue(f);
  if (kit::dialog_button(f.kit, "queue.cancel", tr(Str::cancel))) form.open = false;
  kit::end_dialog(f.kit);
}

// --- All queues -----------------------------------------------------------------------------------

std::string source_text(const Queue& queue) {
  switch (queue.source.kind) {
    case review::QueueSource::Kind::Selected: return tr(Str::queue_source_selected);
    case review::QueueSource::Kind::Matching:
      return queue.source.query.empty() ? std::string(tr(Str::queue_source_matching)) : queue.source.query;
    case review::QueueSource::Kind::Sample:
      return kit::tr_format(Str::queue_source_sample,
                            {kit::format_count(queue.source.population), std::to_string(queue.source.seed)});
    case review::QueueSource::Kind::Stale: return tr(Str::queue_source_stale);
    case review::QueueSource::Kind::Spans: {
      std::string text = queue.source.spans.empty() ? std::string(tr(Str::queue_source_spans)) : queue.source.spans;
      if (!queue.source.query.empty()) text = queue.source.query + " · " + text;
      return text;
    }
  }
  return {};
}

enum QueueColumn : int { kName, kMine, kReviewers, kSource, kMade };

void draw_queue_cell(UiFrame& f, kit::CellPainter& cell, const Queue& queue) {
  switch (cell.column) {
    case kName:
      cell.text(queue.name, Color::Text, kit::TextStyle::BodyStrong);
      return;
    case kMine: {
      const review::QueueProgress progress = review::progress_of(queue, f.session.reviewer());
      cell.text(kit::tr_format(Str::queue_of, {kit::format_count(progress.done()), kit::format_count(progress.total)}),
                progress.done() == progress.total ? Color::Pass : Color::TextSecondary);
      return;
    }
    case kReviewers: {
      std::string names;
      for (const review::ReviewerWork& work : queue.work) {
        const review::QueueProgress progress = review::progress_of(queue, work.reviewer);
        names += (names.empty() ? "" : ", ") + work.reviewer + " " + kit::format_count(progress.done());
      }
      cell.text(names, Color::TextSecondary);
      return;
    }
    case kSource:
      cell.text(source_text(queue), Color::TextSecondary);
      return;
    default:
      cell.text(short_when(f, queue.created_ms), Color::TextSecondary);
      return;
  }
}

void draw_team_row(UiFrame& f, float width) {
  ReviewState& state = f.view.review;
  const std::string& author = f.session.settings().author;
  if (state.seen_reviewer != author) {
    state.seen_reviewer = author;
    state.reviewer = author == "default" ? "" : author;
  }
  kit::TextInputOptions name;
  name.name = tr(Str::review_reviewer);
  name.placeholder = tr(Str::review_reviewer);
  name.icon = kIconUser;
  name.width_pt = std::min(px(200), width);
  const kit::TextInputResult typed = kit::text_input(f.kit, "review.reviewer", state.reviewer, name);
  if (typed.committed()) {
    const std::string wanted(trimmed(state.reviewer).empty() ? std::string_view("default") : trimmed(state.reviewer));
    if (wanted != author) f.emit(CommandId::SettingSet, {{"key", "author"}, {"value", wanted}});
  }
  const bool narrow = width < px(700);
  if (narrow) kit::gap(px(6)); else kit::same_row(px(8));
  kit::ButtonOptions options;
  options.icon = kIconUpload;
  if (kit::button(f.kit, "review.merge", tr(Str::review_merge), options)) f.emit(CommandId::FileOpen);
  if (narrow) kit::gap(px(6)); else kit::same_row(px(8));
  options.icon = kIconDownload;
  options.enabled = f.session.can_execute(CommandId::ExportWork);
  if (kit::button(f.kit, "review.export", tr(Str::review_save_work), options)) f.emit(CommandId::ExportWork);
}

void draw_no_queue(UiFrame& f) {
  const bool has_questions = std::any_of(f.session.review().schemas().begin(), f.session.review().schemas().end(),
                                         [](const review::SchemaEntry& e) { return !e.retired; });
  const bool has_traces = f.session.dataset().trace_count() > 0;
  const kit::EmptyAction action =
      !has_questions ? kit::EmptyAction{"review.first_question", tr(Str::review_first_question), kIconPlus, true}
      : has_traces   ? kit::EmptyAction{"review.new", tr(Str::review_new_queue), kIconPlus, true}
                     : kit::EmptyAction{"review.go_traces", tr(Str::review_go_traces), kIconListTree, true};
  const kit::EmptyAction actions[] = {action};
  if (kit::empty_state(f.kit, "review.none", kIconClipboardList, tr(Str::review_none),
                       tr(has_questions && !has_traces ? Str::review_no_traces : Str::review_none_text), actions) != 0)
    return;
  if (!has_questions) {
    begin_new_question(f);
    f.emit(CommandId::ReviewShow, {{"tab", "questions"}});
  } else if (has_traces)
    begin_queue(f);
  else
    f.emit(CommandId::GoTraces);
}

void draw_queues(UiFrame& f, const kit::Rect& rect) {
  std::vector<const Queue*> queues;
  for (const Queue& queue : f.session.review().queues())
    if (!queue.archived) queues.insert(queues.begin(), &queue);
  kit::RegionOptions head;
  head.padding_x_pt = px(16);
  head.padding_y_pt = px(12);
  const float head_height = rect.width() < px(740) ? px(136) : px(56);
  kit::begin_region(f.kit, "review.head", {rect.x0, rect.y0, rect.x1, rect.y0 + head_height}, head);
  const float right = kit::button_width(f.kit, tr(Str::review_new_queue), {.icon = kIconPlus});
  const ImVec2 at = ImGui::GetCursorScreenPos();
  draw_team_row(f, rect.width() - px(32) - right);
  if (!queues.empty()) {
    ImGui::SetCursorScreenPos(ImVec2(rect.x1 - px(16) - right, at.y));
    if (kit::button(f.kit, "review.new", tr(Str::review_new_queue), kit::ButtonKind::Primary, kIconPlus)) begin_queue(f);
  }
  kit::end_region(f.kit);
  const kit::Rect body{rect.x0, rect.y0 + head_height, rect.x1, rect.y1};
  kit::begin_region(f.kit, "review.queues_region", body, {});
  if (queues.empty()) {
    draw_no_queue(f);
    kit::end_region(f.kit);
    return;
  }
  const auto column = [](std::string_view key, Str title, float width, kit::Align align = kit::Align::Left) {
    kit::TableColumn c;
    c.key = key;
    c.title = tr(title);
    c.width_pt = width;
    c.align = align;
    c.sortable = false;
    return c;
  };
  std::vector<kit::TableColumn> columns{column("name", Str::queue_name, 240),
                                        column("mine", Str::queue_col_mine, 130, kit::Align::Right),
                                        column("reviewers", Str::queue_col_reviewers, 260),
                                        column("source", Str::queue_col_source, 260),
                                        column("made", Str::queue_col_made, 110, kit::Align::Right)};
  columns[kName].stretch = true;
  columns[kReviewers].hidden = rect.width() < px(760);
  columns[kSource].hidden = rect.width() < px(900);
  columns[kMade].hidden = rect.width() < px(560);
  kit::TableSpec spec;
  spec.id = "queues";
  spec.name = tr(Str::review_tab_queues);
  spec.columns = columns;
  spec.row_count = static_cast<int64_t>(queues.size());
  spec.row_height_pt = px(40);
  const auto key = [&](int64_t row) { return std::string_view(queues[static_cast<size_t>(row)]->queue_id); };
  spec.row_key = key;
  const auto painter = [&](kit::CellPainter& cell) { draw_queue_cell(f, cell, *queues[static_cast<size_t>(cell.row)]); };
  const kit::TableResult result = kit::virtual_table(f.kit, spec, f.view.review.queues, painter);
  const auto chosen = result.activated ? result.activated : result.clicked;
  if (chosen) f.emit(CommandId::QueueOpen, {{"queue_id", queues[static_cast<size_t>(*chosen)]->queue_id}});
  kit::end_region(f.kit);
}

void draw_missing_queue(UiFrame& f) {
  const bool loading = !f.session.save_state().loaded;
  const kit::EmptyAction actions[] = {{"queue.back", tr(Str::queue_back), kIconArrowLeft, true}};
  if (kit::empty_state(f.kit, "queue.missing", kIconClipboardList,
                       tr(loading ? Str::save_loading : Str::queue_missing), tr(Str::queue_missing_text), actions) == 0)
    f.emit(CommandId::QueueClose);
}

}  // namespace

std::string number_text(int64_t value) {
  std::string text;
  append_int(text, value);
  return text;
}

std::string_view pass_fail_text(const review::LabelSchema& schema, bool pass) {
  const std::string& name = pass ? schema.positive_label : schema.negative_label;
  static constexpr std::string_view kDefaults[] = {"Fail", "Pass"};
  return name == kDefaults[pass ? 1 : 0] ? std::string_view(tr(pass ? Str::annotate_yes : Str::annotate_no)) : std::string_view(name);
}

std::string answer_text(const review::LabelSchema* schema, std::string_view value_json) {
  if (schema != nullptr && schema->input == review::InputKind::PassFail) {
    if (const std::optional<bool> truth = review::truth_of(value_json))
      return std::string(pass_fail_text(*schema, *truth));
  }
  if (schema != nullptr && schema->input == review::InputKind::CategoricalList && value_json.starts_with('[')) {
    std::string out;
    for (const std::string& chosen : texts_of_list(value_json)) out += (out.empty() ? "" : ", ") + chosen;
    return out.empty() ? "–" : out;
  }
  if (value_json == "true") return tr(Str::annotate_yes);
  if (value_json == "false") return tr(Str::annotate_no);
  store::Assessment value;
  value.value_json = value_json;
  return value_of(value).text;
}

std::string verdict_text(const UiFrame& f, const store::Assessment& assessment) {
  const review::SchemaEntry* entry = f.session.review().find_schema(assessment.name);
  if (entry != nullptr && entry->schema.input == review::InputKind::PassFail)
    if (const std::optional<bool> truth = review::truth_of(assessment.value_json))
      return std::string(pass_fail_text(entry->schema, *truth));
  return value_of(assessment).text;
}

std::vector<const review::SchemaEntry*> queue_schemas(const UiFrame& f, const Queue& queue) {
  std::vector<const review::SchemaEntry*> out;
  for (const std::string& name : queue.schemas)
    if (const review::SchemaEntry* entry = f.session.review().find_schema(name)) out.push_back(entry);
  return out;
}

kit::RegionOptions review_column(std::string_view name, uint8_t borders, float padding_x_pt) {
  kit::RegionOptions options;
  options.scroll_y = true;
  options.padding_x_pt = padding_x_pt;
  options.padding_y_pt = px(14);
  options.borders = borders;
  options.name = name;
  return options;
}

void draw_review(UiFrame& f) {
  const app::Route& route = f.session.route();
  const kit::Rect rect = kit::remaining_rect();
  if (!route.queue_id.empty()) {
    if (const Queue* queue = f.session.review().find_queue(route.queue_id))
      draw_review_item(f, rect, *queue);
    else
      draw_missing_queue(f);
    return;
  }
  int tab = 0;
  for (int i = 0; i < 3; ++i)
    if (route.tab == kTabKeys[i]) tab = i;
  const float bar = px(36);  // the tabs draw their own line
  kit::RegionOptions options;
  options.padding_x_pt = px(12);
  kit::begin_region(f.kit, "review.bar", {rect.x0, rect.y0, rect.x1, rect.y0 + bar}, options);
  const kit::Tab tabs[] = {{kTabKeys[0], tr(Str::review_tab_queues)},
                           {kTabKeys[1], tr(Str::review_tab_questions)},
                           {kTabKeys[2], tr(Str::review_tab_agreement)}};
  if (kit::tabs(f.kit, "review.tab", tr(Str::review_parts), tabs, tab))
    f.emit(CommandId::ReviewShow, {{"tab", tab == 0 ? "" : kTabKeys[tab]}});
  kit::end_region(f.kit);
  const kit::Rect body{rect.x0, rect.y0 + bar, rect.x1, rect.y1};
  if (tab == 1)
    draw_questions(f, body);
  else if (tab == 2)
    draw_agreement(f, body);
  else
    draw_queues(f, body);
  draw_queue_dialog(f);
}

}  // namespace assay::ui
