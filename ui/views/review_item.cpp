// One queue, item by item: progress at the left, input and output in the middle, questions at the right. Every act has
// a key; an answer is stored the moment it is given, and the last one leads to the next item.
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/annot/draft.h"
#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/json/reader.h"
#include "core/json/unescape.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"
#include "ui/views/analysis_view.h"
#include "ui/views/content.h"
#include "ui/views/drafts.h"
#include "ui/views/failure_text.h"
#include "ui/views/note_marks.h"
#include "ui/views/parts.h"
#include "ui/views/review_view.h"
#include "ui/views/text.h"
#include "ui/views/value_view.h"

namespace assay::ui {

using app::CommandId;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;
using review::InputKind;
using review::ItemState;
using review::LabelSchema;
using review::Queue;
using review::SchemaEntry;

namespace {

constexpr float kNarrowWidth = 700;  // below it the questions stand under the trace
constexpr double kMaxIdleS = 60;  // the clock of an item stops when nothing moves for longer
constexpr int kGivenFrames = 2;  // after so many an answer is in the session
constexpr double kNoteFollowsS = 3;  // a note that is begun so soon after the last answer is about the item before

// Of one frame.
struct Item {
  const Queue& queue;
  uint32_t position = 0;
  std::string trace_id, span_id;  // span_id: "" for a whole trace
  std::optional<store::TraceRow> row;
  std::optional<store::SpanRow> span;  // of a queue of spans
  std::vector<const SchemaEntry*> questions;
  std::vector<const store::Assessment*> labels;  // the reviewer's, by question; nullptr: none
  ItemState state = ItemState::Pending;

  bool answered(size_t i) const { return labels[i] != nullptr && !review::is_stale(*labels[i], *questions[i]); }
};

// A number with few whole values is answered by a digit.
bool is_scale(const LabelSchema& schema) {
  if (schema.input != InputKind::Numeric || !schema.min_value || !schema.max_value) return false;
  const double low = *schema.min_value, high = *schema.max_value;
  return low >= 0 && high <= 9 && low == std::floor(low) && high == std::floor(high);
}

size_t first_unanswered(const Item& item) {
  for (size_t i = 0; i < item.questions.size(); ++i)
    if (!item.answered(i)) return i;
  return item.questions.size();
}

std::string value_of(const Item& item, size_t i) {
  return item.labels[i] == nullptr ? std::string() : std::string(item.labels[i]->value_json);
}

// An answer that changed by undo or redo is the one that the next key is about.
void follow_changes(UiFrame& f, const Item& item) {
  ReviewItemState& state = f.view.review.item;
  for (size_t i = 0; i < item.questions.size(); ++i) {
    AnswerDraft& draft = state.answers[i];
    std::string value = value_of(item, i);
    if (value == draft.given) continue;
    draft.given = std::move(value);
    if (ImGui::GetFrameCount() - draft.given_frame <= kGivenFrames) continue;
    state.current = i;  // without the focus: the next key may be another undo
    state.message.clear();
    const LabelSchema& schema = item.questions[i]->schema;
    const std::string said = item.labels[i] == nullptr ? std::string() : answer_of(schema, *item.labels[i]);
    if (schema.input == InputKind::CategoricalList) {
      if (!draft.chosen_touched) draft.chosen = item.labels[i] == nullptr ? std::vector<std::string>() : texts_of_list(item.labels[i]->value_json);
    } else if (!draft.text_touched) {
      draft.text = said;
    }
  }
}

void begin_item(UiFrame& f, const Item& item) {
  ReviewItemState& state = f.view.review.item;
  const std::string key = item.queue.queue_id + "\n" + item.trace_id + "#" + item.span_id + "\n" + std::string(f.session.reviewer());
  const double now_s = f.kit.now_s;
  if (state.key == key) {
    state.spent_s += std::clamp(now_s - state.last_seen_s, 0.0, kMaxIdleS);
    state.last_seen_s = now_s;
    if (state.answers.size() == item.questions.size()) return follow_changes(f, item);
  }
  ReviewItemState::Carried carried = std::move(state.carried);
  state = ReviewItemState{};
  state.key = key;
  state.carried = std::move(carried);
  state.last_seen_s = now_s;
  for (size_t i = 0; i < item.questions.size(); ++i) {
    AnswerDraft draft;
    draft.schema = item.questions[i]->schema.name;
    if (const store::Assessment* label = item.labels[i]) {
      draft.comment = label->rationale;
      draft.comment_open = !label->rationale.empty();
      if (item.questions[i]->schema.input == InputKind::CategoricalList)
        draft.chosen = texts_of_list(label->value_json);
      else
        draft.text = answer_of(item.questions[i]->schema, *label);
    }
    draft.given = value_of(item, i);
    read_answer_draft(f.session.draft(answer_place(key, draft.schema)), draft);  // begun and left
    state.answers.push_back(std::move(draft));
  }
  const size_t open = first_unanswered(item);
  state.current = open < item.questions.size() ? open : 0;
  state.take_focus = true;
  if (std::exchange(state.carried.notes_finished, false) && state.carried.finished_key == key) {
    for (size_t i = 0; i < state.answers.size(); ++i)
      if (state.answers[i].schema == state.carried.finished_schema) state.current = i;
    state.answers[state.current].comment_open = true;
    state.focus_comment = true;
    state.take_focus = false;
    state.message = tr(Str::item_note_of_before);
  }
}

std::string spent_ms(const ReviewItemState& state) { return number_text(static_cast<int64_t>(state.spent_s * 1000)); }

// `goes_on`: the answer was meant to be given; the last one completes the item.
void give(UiFrame& f, const Item& item, size_t i, const std::string& answer, bool goes_on) {
  ReviewItemState& state = f.view.review.item;
  AnswerDraft& draft = state.answers[i];
  const Result<std::string> value = review::answer_value(item.questions[i]->schema, answer);
  if (!value.ok()) {
    draft.error = failure_text(value.error().what);
    state.current = i;
    return;
  }
  draft.error.clear();
  state.message.clear();
  draft.text_touched = false;
  draft.chosen_touched = false;
  draft.comment_touched = false;
  draft.given_frame = ImGui::GetFrameCount();
  bool complete = goes_on && item.state != ItemState::Complete;
  for (size_t other = 0; other < item.questions.size(); ++other)
    if (other != i && !item.answered(other)) complete = false;
  f.emit(CommandId::ReviewAnswer, {{"queue_id", item.queue.queue_id},
                                   {"trace_id", item.trace_id},
                                   {"span_id", item.span_id},
                                   {"schema", draft.schema},
                                   {"answer", answer},
                                   {"comment", draft.comment},
                                   {"complete", complete ? "1" : "0"},
                                   {"spent_ms", spent_ms(state)}});
  if (complete) {
    state.spent_s = 0;
    state.carried.finished_key = state.key;
    state.carried.finished_item = item.queue.key(item.position);
    state.carried.finished_schema = draft.schema;
    state.carried.finished_s = f.kit.now_s;
    return;
  }
  if (!goes_on) return;
  for (size_t step = 1; step < item.questions.size(); ++step) {
    const size_t next = (i + step) % item.questions.size();
    if (item.answered(next)) continue;
    state.current = next;
    state.take_focus = true;
    return;
  }
}

void mark(UiFrame& f, const Item& item, ItemState wanted) {
  ReviewItemState& state = f.view.review.item;
  f.emit(CommandId::ReviewMark, {{"queue_id", item.queue.queue_id},
                                 {"trace_id", item.trace_id},
                                 {"span_id", item.span_id},
                                 {"state", review::item_state_name(wanted)},
                                 {"spent_ms", spent_ms(state)}});
  state.spent_s = 0;
}

void show_item(UiFrame& f, const Item& item, uint32_t position) {
  f.emit(CommandId::ReviewItem, {{"trace_id", item.queue.key(position)}});
}

// Enter: what is typed is given; when all is answered, the item is done.
void confirm(UiFrame& f, const Item& item) {
  ReviewItemState& state = f.view.review.item;
  if (item.questions.empty()) return mark(f, item, ItemState::Complete);
  const size_t i = std::min(state.current, item.questions.size() - 1);
  const LabelSchema& schema = item.questions[i]->schema;
  const AnswerDraft& draft = state.answers[i];
  if (schema.input == InputKind::CategoricalList && (draft.chosen_touched || !item.answered(i)))
    return give(f, item, i, list_text(draft.chosen), true);
  const bool typed = schema.input == InputKind::Text || (schema.input == InputKind::Numeric && !is_scale(schema));
  const std::string before = item.labels[i] != nullptr ? answer_of(schema, *item.labels[i]) : std::string();
  if (typed && !trimmed(draft.text).empty() && (draft.text != before || !item.answered(i)))
    return give(f, item, i, draft.text, true);
  const size_t open = first_unanswered(item);
  if (open == item.questions.size()) {
    if (item.state != ItemState::Complete) return mark(f, item, ItemState::Complete);
    const auto next = review::next_open_item(item.queue, f.session.reviewer(), item.position);
    if (next && *next != item.position) return show_item(f, item, *next);
    if (item.position + 1 < item.queue.trace_ids.size()) show_item(f, item, item.position + 1);
    return;
  }
  state.current = open;
  state.take_focus = true;
  state.message = kit::tr_format(Str::item_unanswered, {item.questions[open]->schema.shown_title()});
}

// The choice number `number` (from 0) of the current question.
void choose(UiFrame& f, const Item& item, size_t number) {
  ReviewItemState& state = f.view.review.item;
  if (state.current >= item.questions.size()) return;
  const size_t i = state.current;
  const LabelSchema& schema = item.questions[i]->schema;
  switch (schema.input) {
    case InputKind::PassFail:
      if (number < 2) give(f, item, i, number == 0 ? "true" : "false", true);
      return;
    case InputKind::Categorical:
      if (number < schema.options.size()) give(f, item, i, schema.options[number], true);
      return;
    case InputKind::CategoricalList: {
      if (number >= schema.options.size()) return;
      AnswerDraft& draft = state.answers[i];
      const std::string& option = schema.options[number];
      const auto at = std::find(draft.chosen.begin(), draft.chosen.end(), option);
      if (at == draft.chosen.end())
        draft.chosen.push_back(option);
      else
        draft.chosen.erase(at);
      draft.chosen_touched = true;
      return;
    }
    default:
      return;
  }
}

bool pressed(const char* chord) {
  const auto parsed = kit::parse_chord(chord);
  return parsed && kit::chord_pressed(*parsed);
}

void read_item_keys(UiFrame& f, const Item& item) {
  if (kit::dialog_is_open() || ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopup) || ImGui::GetIO().WantTextInput) return;
  if (f.view.palette.open || !item.row) {
    if (!item.row && pressed("S")) mark(f, item, ItemState::Deferred);
    return;
  }
  ReviewItemState& state = f.view.review.item;
  const LabelSchema* schema = state.current < item.questions.size() ? &item.questions[state.current]->schema : nullptr;
  constexpr const char* kDigits[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
  for (size_t digit = 0; digit <= 9; ++digit) {
    if (!pressed(kDigits[digit]) || schema == nullptr) continue;
    if (is_scale(*schema)) {
      if (static_cast<double>(digit) >= *schema->min_value && static_cast<double>(digit) <= *schema->max_value)
        give(f, item, state.current, kDigits[digit], true);
    } else if (digit > 0) {
      choose(f, item, digit - 1);
    }
    return;
  }
  if (schema != nullptr && schema->input == InputKind::PassFail) {
    if (pressed("Y")) return choose(f, item, 0);
    if (pressed("N")) return choose(f, item, 1);
  }
  // A button that the keyboard stands on takes Enter itself.
  if (!ImGui::GetIO().NavVisible && pressed("Enter")) return confirm(f, item);
  if (pressed("S")) return mark(f, item, ItemState::Deferred);
  if (pressed("D")) return mark(f, item, ItemState::Declined);
  if (pressed("U") && f.session.can_undo()) return f.emit(CommandId::Undo);
  // An answer and then its note is the natural order, but the last answer has led on to the next item.
  const bool just_finished = f.kit.now_s - state.carried.finished_s < kNoteFollowsS && state.carried.finished_key != state.key;
  if (pressed("C") && just_finished && first_unanswered(item) == 0) {
    state.carried.notes_finished = true;
    return f.emit(CommandId::ReviewItem, {{"trace_id", state.carried.finished_item}});
  }
  if (pressed("C") && schema != nullptr && schema->enable_comment) {
    state.answers[state.current].comment_open = true;
    state.focus_comment = true;
    return;
  }
  if (pressed("Q") && !item.questions.empty()) {
    state.current = (state.current + 1) % item.questions.size();
    state.take_focus = true;
    return;
  }
  if (pressed("J") && item.position + 1 < item.queue.trace_ids.size()) return show_item(f, item, item.position + 1);
  if (pressed("K") && item.position > 0) return show_item(f, item, item.position - 1);
}

// --- Left: progress -------------------------------------------------------------------------------

struct StateLook {
  const char* icon;
  Color color;
  Str text;
};
StateLook state_look(ItemState state) {
  switch (state) {
    case ItemState::Complete: return {kIconCircleCheck, Color::Pass, Str::item_state_complete};
    case ItemState::Declined: return {kIconBan, Color::TextSecondary, Str::item_state_declined};
    case ItemState::Deferred: return {kIconClock, Color::Warn, Str::item_state_deferred};
    case ItemState::Pending: break;
  }
  return {kIconCircleDashed, Color::TextDisabled, Str::item_state_pending};
}

// What an item is about: the request, or what went into the span.
std::string item_title(const store::Dataset& dataset, const Queue& queue, uint32_t at) {
  const auto row = dataset.find_trace(queue.trace_ids[at]);
  if (!row) return queue.key(at);
  std::string scratch;
  const std::string_view request = dataset.text_now(dataset.request_preview(*row), scratch);
  const std::string title = request.empty() ? trace_title(dataset, *row) : kit::one_line(readable_preview(request, 160), 160);
  if (!queue.of_spans()) return title;
  const auto span = dataset.find_span(*row, queue.span_ids[at]);
  return std::string(span ? dataset.name_text(dataset.span_name(*span)) : std::string_view(queue.span_ids[at])) + " · " + title;
}

// When it was, and what the reviewer has said of it.
std::string item_facts(const UiFrame& f, const Queue& queue, const std::vector<const SchemaEntry*>& questions, uint32_t at) {
  const store::Dataset& dataset = f.session.dataset();
  const auto row = dataset.find_trace(queue.trace_ids[at]);
  if (!row) return tr(Str::item_not_loaded);
  std::string out;
  for (const SchemaEntry* entry : questions) {
    const store::Assessment* label =
        review::label_of(dataset.assessments(*row), entry->schema, f.session.reviewer(), queue.span_id(at));
    if (label == nullptr) continue;
    if (!out.empty()) out += " · ";
    out += kit::one_line(answer_text(&entry->schema, label->value_json), 30);
  }
  // What was said comes first: the row is narrow, and the answers are what one looks through it for.
  if (dataset.request_time_ns(*row) != kNoTime)
    out += (out.empty() ? "" : " · ") + minute_text(dataset.request_time_ns(*row));
  return out;
}

// On a phone: one row and the bar, so that what is asked has the room.
void draw_short_progress(UiFrame& f, const Queue& queue, const kit::Rect& rect) {
  const float button = px(kit::kControlHeightCompact), y = rect.y0 + px(6);
  kit::IconButtonOptions small;
  small.size = kit::ControlSize::Compact;
  ImGui::SetCursorScreenPos(ImVec2(rect.x0 + px(6), y));
  if (kit::icon_button(f.kit, "queue.back", kIconArrowLeft, tr(Str::queue_back), small)) f.emit(CommandId::QueueClose);
  ImGui::SetCursorScreenPos(ImVec2(rect.x1 - px(6) - button, y));
  if (kit::icon_button(f.kit, "queue.archive", kIconArchive, tr(Str::queue_archive), small)) {
    f.emit(CommandId::QueueArchive, {{"queue_id", queue.queue_id}});
    f.emit(CommandId::QueueClose);
  }
  const review::QueueProgress progress = review::progress_of(queue, f.session.reviewer());
  const std::string counts = kit::format_count(progress.done()) + " / " + kit::format_count(progress.total);
  const float counts_width = kit::text_width(f.kit, counts, kit::TextStyle::Small);
  const kit::Rect row{rect.x0 + px(12) + button, y, rect.x1 - px(12) - button, y + button};
  const auto put = [&](std::string_view id, const kit::Rect& at, std::string_view text, std::string_view name, kit::TextStyle style,
                       Color color, kit::Role role) {
    kit::draw_text(f.kit, ImGui::GetWindowDrawList(), at, text, style, color);
    kit::SemItem item;
    item.role = role;
    item.level = role == kit::Role::Heading ? 1 : 0;
    item.id = id;
    item.name = name;
    item.rect = at;
    f.kit.semantics->add(item);
  };
  put("queue.title", {row.x0, row.y0, row.x1 - counts_width - px(10), row.y1}, queue.name, queue.name, kit::TextStyle::BodyStrong,
      Color::Text, kit::Role::Heading);
  const std::string whole = kit::tr_format(Str::item_counts, {kit::format_count(progress.complete), kit::format_count(progress.deferred),
                                                              kit::format_count(progress.declined)});
  put("queue.counts", {row.x1 - counts_width, row.y0, row.x1, row.y1}, counts, whole, kit::TextStyle::Small, Color::TextSecondary,
      kit::Role::Status);
  const float fraction = progress.total == 0 ? 0 : static_cast<float>(progress.done()) / static_cast<float>(progress.total);
  ImGui::SetCursorScreenPos(ImVec2(rect.x0 + px(12), rect.y1 - px(8)));
  kit::progress_bar(f.kit, "queue.progress", tr(Str::item_progress), fraction, rect.width() - px(24), px(4));
}

void draw_progress(UiFrame& f, const Queue& queue, std::optional<uint32_t> shown, float width) {
  if (back_button(f, "queue.back", Str::queue_back)) f.emit(CommandId::QueueClose);
  kit::right_align(px(kit::kControlHeightCompact));
  kit::IconButtonOptions archive;
  archive.size = kit::ControlSize::Compact;
  if (kit::icon_button(f.kit, "queue.archive", kIconArchive, tr(Str::queue_archive), archive)) {
    f.emit(CommandId::QueueArchive, {{"queue_id", queue.queue_id}});
    f.emit(CommandId::QueueClose);
  }
  kit::gap(px(4));
  kit::text_node(f.kit, "queue.title", queue.name, kit::TextStyle::BodyStrong, Color::Text, kit::Role::Heading, 1);
  kit::gap(px(6));
  const review::QueueProgress progress = review::progress_of(queue, f.session.reviewer());
  const float fraction = progress.total == 0 ? 0 : static_cast<float>(progress.done()) / static_cast<float>(progress.total);
  kit::progress_bar(f.kit, "queue.progress", tr(Str::item_progress), fraction, width, px(6));
  kit::gap(px(4));
  std::string counts = kit::tr_format(Str::item_counts, {kit::format_count(progress.complete), kit::format_count(progress.deferred),
                                                         kit::format_count(progress.declined)});
  std::string pace;
  if (progress.complete > 0 && progress.spent_ms > 0)
    pace = kit::tr_format(Str::item_pace, {kit::format_duration_ns(progress.spent_ms / progress.complete * 1'000'000)});
  // A narrow window has room for one line.
  if (!shown && !pace.empty()) counts += " · " + std::exchange(pace, {});
  kit::text_node(f.kit, "queue.counts", counts, kit::TextStyle::Small, Color::TextSecondary, kit::Role::Status);
  if (!pace.empty()) kit::text(f.kit, pace, kit::TextStyle::Small, Color::TextSecondary);
  if (!shown) return;
  kit::gap(px(8));
  ReviewItemState& state = f.view.review.item;
  kit::begin_region(f.kit, "queue.items", kit::remaining_rect(),
                    {.scroll_y = true, .role = kit::Role::List, .name = tr(Str::item_items)});
  const float height = px(44);
  const std::string shown_key = queue.key(*shown);
  if (state.carried.list_shown != shown_key) {
    state.carried.list_shown = shown_key;
    const float y = static_cast<float>(*shown) * height;
    const float seen = ImGui::GetScrollY(), room = ImGui::GetWindowHeight();
    if (y < seen || y + height > seen + room) ImGui::SetScrollY(std::max(0.0F, y - room / 2));
  }
  const std::vector<const SchemaEntry*> questions = queue_schemas(f, queue);
  const TightRows tight;
  ImGuiListClipper clipper;
  clipper.Begin(static_cast<int>(queue.trace_ids.size()), height);
  while (clipper.Step()) {
    for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
      const auto at = static_cast<uint32_t>(i);
      const std::string key = queue.key(at);
      const StateLook look = state_look(queue.item(f.session.reviewer(), at).state);
      const std::string title = item_title(f.session.dataset(), queue, at);
      const std::string facts = item_facts(f, queue, questions, at);
      const std::string said = std::string(tr(look.text)) + (facts.empty() ? "" : " · ") + facts;
      kit::ListRowOptions options;
      options.selected = at == *shown;
      options.height_pt = height;
      options.value = said;
      const kit::ListRowResult row = kit::list_row(f.kit, kit::id_with("queue.item", key), title, options);
      if (row.clicked) f.emit(CommandId::ReviewItem, {{"trace_id", key}});
      if (!row.visible) continue;
      ImDrawList* list = ImGui::GetWindowDrawList();
      const kit::Rect& r = row.rect;
      const float x = r.x0 + px(30), middle = r.y0 + px(24);
      kit::draw_icon(f.kit, list, {r.x0 + px(6), r.y0 + px(4), r.x0 + px(24), middle}, look.icon, look.color, 16);
      kit::draw_text(f.kit, list, {x, r.y0 + px(3), r.x1 - px(6), middle}, title, kit::TextStyle::Small, Color::Text);
      const std::string number = kit::format_count(at + 1);
      kit::draw_text(f.kit, list, {r.x0 + px(2), middle - px(2), r.x0 + px(28), r.y1 - px(3)}, number, kit::TextStyle::Small,
                     Color::TextDisabled, kit::Align::Center);
      kit::draw_text(f.kit, list, {x, middle - px(2), r.x1 - px(6), r.y1 - px(3)}, facts, kit::TextStyle::Small,
                     Color::TextSecondary);
    }
  }
  kit::end_region(f.kit);
}

// --- Middle: the trace ----------------------------------------------------------------------------

void draw_trace_head(UiFrame& f, const Item& item) {
  kit::IconButtonOptions options;
  options.size = kit::ControlSize::Compact;
  options.enabled = item.position > 0;
  options.chord = "K";
  if (kit::icon_button(f.kit, "item.previous", kIconChevronLeft, tr(Str::item_previous), options))
    show_item(f, item, item.position - 1);
  kit::same_row(px(2));
  options.enabled = item.position + 1 < item.queue.trace_ids.size();
  options.chord = "J";
  if (kit::icon_button(f.kit, "item.next", kIconChevronRight, tr(Str::item_next), options))
    show_item(f, item, item.position + 1);
  kit::same_row(px(8));
  ImGui::SetCursorPosY(ImGui::GetCursorPosY() + px(4));
  kit::text_node(f.kit, "item.position",
                 kit::tr_format(Str::item_position, {kit::format_count(item.position + 1),
                                                     kit::format_count(static_cast<int64_t>(item.queue.trace_ids.size()))}),
                 kit::TextStyle::SmallStrong, Color::TextSecondary, kit::Role::Status);
  kit::same_row(px(12));
  ImGui::SetCursorPosY(ImGui::GetCursorPosY() - px(2));
  const StateLook look = state_look(item.state);
  if (item.state != ItemState::Pending)
    kit::badge(f.kit, "item.state", tr(look.text),
               item.state == ItemState::Complete   ? kit::Tone::Pass
               : item.state == ItemState::Deferred ? kit::Tone::Warn
                                                   : kit::Tone::Neutral,
               look.icon);
  kit::ButtonOptions open;
  open.kind = kit::ButtonKind::Ghost;
  open.size = kit::ControlSize::Compact;
  open.icon = kIconMaximize;
  if (!item.row) return kit::gap(px(8));
  kit::right_align(kit::button_width(f.kit, tr(Str::item_open_trace), open));
  if (kit::button(f.kit, "item.open", tr(Str::item_open_trace), open)) {
    f.view.blind = f.view.blind || item.queue.blind;
    f.emit(CommandId::TraceOpen, {{"trace_id", item.trace_id}, {"span_id", item.span_id}});
  }
  kit::gap(px(8));
}

// Where the span stands in its trace: the spans above it, from the root.
void draw_place(UiFrame& f, const Item& item) {
  constexpr size_t kMostAbove = 5;
  const store::Dataset& dataset = f.session.dataset();
  std::vector<store::SpanRow> above{*item.span};
  while (above.size() <= kMostAbove) {
    const store::SpanRow parent{dataset.parent(above.back())};
    if (parent.v == store::kNoRow || std::find(above.begin(), above.end(), parent) != above.end()) break;
    above.push_back(parent);
  }
  std::string path;
  for (size_t i = above.size(); i-- > 1;)
    path += std::string(dataset.name_text(dataset.span_name(above[i]))) + "  ›  ";
  const std::string_view type = dataset.name_text(dataset.span_type(*item.span));
  std::string facts(type.empty() ? std::string_view("UNKNOWN") : type);
  if (const int64_t start = dataset.span_start_ns(*item.span), end = dataset.span_end_ns(*item.span);
      start != kNoTime && end != kNoTime && end >= start)
    facts += " · " + kit::format_duration_ns(end - start);
  if (!path.empty())
    kit::text_node(f.kit, "item.path", path + std::string(dataset.name_text(dataset.span_name(*item.span))), kit::TextStyle::Small,
                   Color::TextSecondary);
  kit::text_node(f.kit, "item.title", dataset.name_text(dataset.span_name(*item.span)), kit::TextStyle::Section, Color::Text,
                 kit::Role::Heading, 2);
  kit::text_node(f.kit, "item.span_facts", facts, kit::TextStyle::Small, Color::TextSecondary);
  if (dataset.span_status(*item.span) == store::SpanStatus::Error)
    kit::badge(f.kit, "item.span_failed", tr(Str::state_error), kit::Tone::Fail, kIconCircleX);
}

void draw_span_texts(UiFrame& f, const Item& item) {
  const SpanContent& span = span_content(f.session.dataset(), *item.span, f.view.reader.span);
  const bool as_json = f.view.reader.show_json;
  for (size_t i = 0; i < span.events.size(); ++i)
    if (span.events[i].is_exception) {
      const NoteScope scope(f, item.span_id, "item.exception", "events");
      draw_exception(f, kit::id_with("item.exception", static_cast<int64_t>(i)), span.events[i]);
      kit::gap(px(12));
    }
  {
    const NoteScope scope(f, item.span_id, "item.input", "inputs");
    draw_value(f, "item.input", tr(Str::item_input), span.inputs, as_json);
  }
  kit::gap(px(18));
  if (!span.documents.empty() && !as_json) {
    const NoteScope scope(f, item.span_id, "item.document", "outputs");
    kit::section_header(f.kit, "item.output", tr(Str::span_documents), static_cast<int64_t>(span.documents.size()));
    draw_documents(f, "item.document", span.documents);
  } else {
    const NoteScope scope(f, item.span_id, "item.output", "outputs");
    draw_value(f, "item.output", tr(Str::item_output), span.outputs, as_json);
  }
}

void draw_trace(UiFrame& f, const kit::Rect& whole, const Item& item) {
  kit::Rect rect = whole;
  if (item.row) show_begun_note(f, item.trace_id);
  if (f.view.analysis.bar_open && item.row) {
    rect.y1 -= px(kNoteBarHeight);
    draw_note_bar(f, {rect.x0, rect.y1, rect.x1, whole.y1}, *item.row);
  }
  kit::RegionOptions options = review_column(tr(Str::item_input), kit::kBorderNone, px(20));
  options.padding_y_pt = px(10);
  // A measure that can be read, in the middle of what there is.
  const float margin = std::max(px(20), (rect.width() - px(760)) / 2);
  options.padding_x_pt = margin;
  kit::begin_region(f.kit, kit::id_with("review.trace", item.queue.key(item.position)), rect, options);
  draw_trace_head(f, item);
  if (!item.row) {
    kit::empty_state(f.kit, "item.not_loaded", kIconFileText, tr(Str::item_not_loaded),
                     kit::tr_format(Str::item_not_loaded_text, {item.trace_id}));
    kit::end_region(f.kit);
    return;
  }
  const store::Dataset& dataset = f.session.dataset();
  if (item.span)
    draw_place(f, item);
  else
    kit::text_node(f.kit, "item.title", trace_title(dataset, *item.row), kit::TextStyle::Section, Color::Text,
                   kit::Role::Heading, 2);
  if (!item.span && !item.span_id.empty())
    kit::inline_note(f.kit, "item.span_missing", kit::tr_format(Str::item_span_missing, {item.span_id}), kIconTriangleAlert, Color::Warn);
  kit::gap(px(10));
  TraceContent& content = trace_content(f, *item.row);
  begin_notes(f, *item.row, item.queue.blind || f.view.blind);
  if (item.span) {
    draw_span_texts(f, item);
  } else if (const auto root = dataset.root_span(*item.row);
             root && shows_root_values(dataset, *item.row, span_content(dataset, *root, content.root))) {
    const SpanContent& span = content.root;
    const std::string span_id = dataset.span_id(*root);
    {
      const NoteScope scope(f, span_id, "item.input", "inputs");
      draw_value(f, "item.input", tr(Str::item_input), span.inputs, f.view.reader.show_json);
    }
    kit::gap(px(18));
    {
      const NoteScope scope(f, span_id, "item.output", "outputs");
      draw_value(f, "item.output", tr(Str::item_output), span.outputs, f.view.reader.show_json);
    }
  } else {
    if (root) {
      kit::inline_note(f.kit, "item.from_below", tr(Str::overview_from_below), kIconInfo);
      kit::gap(px(8));
    }
    std::string scratch;
    const std::string request(dataset.text_now(dataset.request_preview(*item.row), scratch));
    const std::string response(dataset.text_now(dataset.response_preview(*item.row), scratch));
    draw_part_title(f, "item.input", tr(Str::item_input), request);
    {
      const NoteScope scope(f, {}, "item.input", "request");
      draw_plain_text(f, "item.input.text", tr(Str::item_input), request, 0, {});
    }
    kit::gap(px(18));
    draw_part_title(f, "item.output", tr(Str::item_output), response);
    const NoteScope scope(f, {}, "item.output", "response");
    draw_plain_text(f, "item.output.text", tr(Str::item_output), response, 0, {});
  }
  if (!item.span)
    for (const auto& [row, text] : content.failed_spans)
      kit::inline_note(f.kit, kit::id_with("item.failed", row), text, kIconCircleX, Color::Fail);
  kit::gap(px(32));
  kit::end_region(f.kit);
  draw_note_overlay(f, rect);
}

// --- Right: the questions -------------------------------------------------------------------------

bool answer_button(UiFrame& f, std::string_view id, std::string_view text, std::string_view key, bool on, float width,
                   const char* icon = nullptr) {
  kit::ButtonOptions options;
  options.width_pt = width;
  options.toggle = true;
  options.on = on;
  options.icon = icon;
  options.chord = key;
  return kit::button(f.kit, id, text, options);
}

void draw_answer(UiFrame& f, const Item& item, size_t i, std::string_view id) {
  ReviewItemState& state = f.view.review.item;
  AnswerDraft& draft = state.answers[i];
  const LabelSchema& schema = item.questions[i]->schema;
  const bool answered = item.answered(i);
  const bool current = state.current == i;
  const std::string base = kit::id_part(id, "answer");
  constexpr std::string_view kKeys[] = {"1", "2", "3", "4", "5", "6", "7", "8", "9"};
  const auto key_of = [&](size_t number) { return current && number < 9 ? kKeys[number] : std::string_view(); };
  switch (schema.input) {
    case InputKind::PassFail: {
      const std::optional<bool> said = answered ? review::truth_of(item.labels[i]->value_json) : std::nullopt;
      const float width = (kit::width_left() - px(8)) / 2;
      if (answer_button(f, kit::id_with(base, "pass"), pass_fail_text(schema, true), current ? "Y" : "", said == true, width,
                        kIconCheck))
        give(f, item, i, "true", true);
      kit::same_row(px(8));
      if (answer_button(f, kit::id_with(base, "fail"), pass_fail_text(schema, false), current ? "N" : "", said == false, width,
                        kIconX))
        give(f, item, i, "false", true);
      return;
    }
    case InputKind::Categorical: {
      const std::string said = answered ? answer_of(schema, *item.labels[i]) : std::string();
      for (size_t n = 0; n < schema.options.size(); ++n) {
        if (answer_button(f, kit::id_with(base, static_cast<int64_t>(n)), schema.options[n], key_of(n),
                          answered && said == schema.options[n], -1))
          give(f, item, i, schema.options[n], true);
        kit::gap(px(2));
      }
      return;
    }
    case InputKind::CategoricalList: {
      for (size_t n = 0; n < schema.options.size(); ++n) {
        const bool on = std::find(draft.chosen.begin(), draft.chosen.end(), schema.options[n]) != draft.chosen.end();
        if (answer_button(f, kit::id_with(base, static_cast<int64_t>(n)), schema.options[n], key_of(n), on, -1,
                          on ? kIconSquareCheck : kIconSquare)) {
          state.current = i;
          choose(f, item, n);
        }
        kit::gap(px(2));
      }
      if (draft.chosen_touched || !answered) {
        kit::ButtonOptions save;
        save.size = kit::ControlSize::Compact;
        save.chord = current ? "Enter" : "";
        if (kit::button(f.kit, kit::id_part(id, "save"), tr(Str::item_save_answer), save))
          give(f, item, i, list_text(draft.chosen), true);
      }
      return;
    }
    case InputKind::Numeric: {
      if (is_scale(schema)) {
        const int low = static_cast<int>(*schema.min_value), high = static_cast<int>(*schema.max_value);
        const auto count = static_cast<float>(high - low + 1);
        const float width = (kit::width_left() - px(4) * (count - 1)) / count;
        for (int n = low; n <= high; ++n) {
          if (n != low) kit::same_row(px(4));
          const std::string text = number_text(n);
          const bool on = answered && parse_double(item.labels[i]->value_json) == static_cast<double>(n);
          if (answer_button(f, kit::id_with(base, n), text, "", on, width)) give(f, item, i, text, true);
        }
        return;
      }
      kit::TextInputOptions options;
      options.name = schema.shown_title();
      const std::string low = schema.min_value ? python_repr(*schema.min_value) : std::string("−∞");
      const std::string high = schema.max_value ? python_repr(*schema.max_value) : std::string("∞");
      const std::string range = kit::tr_format(Str::item_number_range, {low, high});
      options.placeholder = schema.min_value || schema.max_value ? std::string_view(range)
                                                                 : std::string_view(tr(Str::item_number_hint));
      options.take_focus = current && state.take_focus && !answered;
      const kit::TextInputResult typed = kit::text_input(f.kit, base, draft.text, options);
      if (typed.active) state.current = i;
      if (typed.changed) {
        draft.error.clear();
        draft.text_touched = true;
      }
      if (typed.submitted) give(f, item, i, draft.text, true);
      return;
    }
    case InputKind::Text: {
      kit::TextAreaOptions options;
      options.name = schema.shown_title();
      // The next item's keys are not written into its text, nor are the next question's.
      const std::string of = state.key + "\n" + number_text(draft.left);
      options.of = of;
      options.height_pt = px(76);
      options.most_lines = kit::kMostGrownLines;
      options.take_focus = current && state.take_focus && !answered;
      const kit::TextInputResult typed = kit::text_area(f.kit, base, draft.text, options);
      if (typed.active) {
        state.current = i;
        state.writing = ReviewItemState::Writing::Answer;
      }
      if (typed.changed) {
        draft.error.clear();
        draft.text_touched = true;
      }
      const bool differs = item.labels[i] == nullptr || answer_of(schema, *item.labels[i]) != draft.text;
      if (typed.submitted) {
        give(f, item, i, draft.text, true);
        if (state.current != i) ++draft.left;
      } else if (typed.deactivated_after_edit && differs && !trimmed(draft.text).empty()) {
        give(f, item, i, draft.text, false);  // left: nothing that was typed is lost
      }
      return;
    }
  }
}

void draw_comment(UiFrame& f, const Item& item, size_t i, std::string_view id) {
  ReviewItemState& state = f.view.review.item;
  AnswerDraft& draft = state.answers[i];
  const bool current = state.current == i;
  kit::gap(px(4));
  if (!draft.comment_open) {
    kit::ButtonOptions options;
    options.kind = kit::ButtonKind::Ghost;
    options.size = kit::ControlSize::Compact;
    options.icon = kIconMessageSquare;
    options.chord = current && state.writing == ReviewItemState::Writing::Nothing ? "C" : "";
    if (kit::button(f.kit, kit::id_part(id, "note_open"), tr(Str::item_note), options)) {
      draft.comment_open = true;
      state.current = i;
      state.focus_comment = true;
    }
    return;
  }
  kit::TextAreaOptions options;
  options.name = tr(Str::item_note);
  options.of = state.key;
  options.placeholder = tr(Str::item_note_hint);
  options.height_pt = px(64);
  options.most_lines = kit::kMostGrownLines;
  options.take_focus = current && state.focus_comment;
  if (options.take_focus) state.focus_comment = false;
  const kit::TextInputResult typed = kit::text_area(f.kit, kit::id_part(id, "note"), draft.comment, options);
  if (typed.active) state.writing = ReviewItemState::Writing::Note;
  if (typed.changed) draft.comment_touched = true;
  if (!typed.submitted && !typed.deactivated_after_edit) return;
  // With an answer there the note is stored at once; without, it goes with the answer.
  if (draft.comment_touched && item.labels[i] != nullptr)
    give(f, item, i, answer_of(item.questions[i]->schema, *item.labels[i]), false);
}

// Scrolls until what was drawn from `top` to here is seen. True: it was not, and is from the next frame on.
bool bring_into_view(float top) {
  if (ImGui::IsWindowAppearing()) return true;  // how far it can scroll is known in the next frame
  const float from = top - ImGui::GetWindowPos().y, to = ImGui::GetCursorScreenPos().y - ImGui::GetWindowPos().y;
  const float margin = px(14), room = ImGui::GetWindowHeight(), before = ImGui::GetScrollY();
  float wanted = before;
  if (to > room) wanted += to - room;
  if (from - margin < wanted - before) wanted = before + from - margin;  // its beginning, where not all of it fits
  wanted = std::clamp(wanted, 0.0F, ImGui::GetScrollMaxY());
  if (std::abs(wanted - before) < 1) return false;
  ImGui::SetScrollY(wanted);
  return true;
}

// True: it has just been brought into view, and takes the focus in the next frame.
bool draw_question(UiFrame& f, const Item& item, size_t i) {
  ReviewItemState& state = f.view.review.item;
  const SchemaEntry& entry = *item.questions[i];
  const std::string id = kit::id_with("question", entry.schema.name);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const bool current = state.current == i, reached = current && state.take_focus;
  if (item.answered(i)) {
    const float x1 = at.x + kit::width_left();
    kit::draw_icon(f.kit, ImGui::GetWindowDrawList(), {x1 - px(16), at.y, x1, at.y + px(20)}, kIconCheck, Color::Pass, 14);
  }
  wrapped_text(f, kit::id_part(id, "title"), entry.schema.shown_title(), kit::TextStyle::BodyStrong, Color::Text,
               kit::Role::Heading, px(22));
  if (!entry.schema.instruction.empty()) {
    kit::gap(px(2));
    wrapped_text(f, kit::id_part(id, "instruction"), entry.schema.instruction, kit::TextStyle::Small,
                 Color::TextSecondary);
  }
  kit::gap(px(6));
  if (item.labels[i] != nullptr && !item.answered(i))
    kit::inline_note(f.kit, kit::id_part(id, "stale"), tr(Str::item_stale), kIconHistory, Color::Warn);
  draw_answer(f, item, i, id);
  if (!state.answers[i].error.empty()) kit::inline_error(f.kit, kit::id_part(id, "error"), state.answers[i].error);
  if (entry.schema.enable_comment) draw_comment(f, item, i, id);
  if (current && item.questions.size() > 1) {
    ImGui::GetWindowDrawList()->AddRectFilled(ImVec2(at.x - px(10), at.y), ImVec2(at.x - px(7), ImGui::GetCursorScreenPos().y),
                                              kit::color(Color::Accent), px(2));
  }
  const bool brought = reached && bring_into_view(at.y);
  kit::gap(px(18));
  return brought;
}

void draw_others(UiFrame& f, const Item& item) {
  kit::separator(f.kit);
  kit::gap(px(8));
  if (item.queue.blind || f.view.blind) {
    kit::inline_note(f.kit, "item.blind", tr(Str::item_blind), kIconEyeOff);
    return;
  }
  kit::section_header(f.kit, "item.others", tr(Str::item_others));
  for (const store::Assessment& a : f.session.dataset().assessments(*item.row)) {
    const bool asked = std::any_of(item.questions.begin(), item.questions.end(),
                                   [&](const SchemaEntry* q) { return q->schema.name == a.name; });
    const bool own = a.source_type == store::SourceType::Human && a.source_id == f.session.reviewer();
    if (!asked || own || !a.valid || a.span_id != item.span_id) continue;
    const std::string id = kit::id_with("item.other", a.assessment_id);
    kit::text(f.kit, a.name + " · " + a.source_id, kit::TextStyle::Small, Color::TextSecondary);
    draw_value_line(f, id, a, false, kit::width_left());
    if (!a.rationale.empty()) kit::paragraph(f.kit, reason_text(a), 0, kit::TextStyle::Small);
    kit::gap(px(6));
  }
}

void draw_acts(UiFrame& f, const Item& item, bool in_one_row) {
  ReviewItemState& state = f.view.review.item;
  if (!state.message.empty()) {
    kit::inline_note(f.kit, "item.message", state.message, kIconInfo, Color::Warn);
    kit::gap(px(4));
  }
  kit::ButtonOptions options;
  options.kind = kit::ButtonKind::Primary;
  options.icon = kIconCheck;
  // On a phone all stand in one row, without keys that are not there. In a text Enter begins a new line.
  const float all = kit::width_left();
  options.width_pt = in_one_row ? all - 3 * (std::floor(all * 0.22F) + px(6)) : -1;
  const std::string key = kit::chord_label(state.writing == ReviewItemState::Writing::Answer ? "Mod+Enter" : "Enter", f.kit.os);
  options.chord = in_one_row || state.writing == ReviewItemState::Writing::Note ? std::string_view() : std::string_view(key);
  if (kit::button(f.kit, "item.done", tr(Str::item_done), options)) confirm(f, item);
  if (in_one_row) kit::same_row(px(6));
  else kit::gap(px(4));
  const float width = in_one_row ? std::floor(all * 0.22F) : (kit::width_left() - px(12)) / 3;
  options.kind = kit::ButtonKind::Secondary;
  options.icon = nullptr;
  options.size = in_one_row ? kit::ControlSize::Regular : kit::ControlSize::Compact;
  options.width_pt = width;
  const bool without_keys = in_one_row || state.writing != ReviewItemState::Writing::Nothing;
  options.chord = without_keys ? "" : "S";
  if (kit::button(f.kit, "item.skip", tr(Str::item_skip), options)) mark(f, item, ItemState::Deferred);
  kit::same_row(px(6));
  options.chord = without_keys ? "" : "D";
  if (kit::button(f.kit, "item.decline", tr(Str::item_decline), options)) mark(f, item, ItemState::Declined);
  kit::same_row(px(6));
  options.chord = without_keys ? "" : "U";
  options.enabled = f.session.can_undo();
  if (kit::button(f.kit, "item.undo", tr(Str::item_undo), options)) f.emit(CommandId::Undo);
}

// Without a name the labels of two people could not be told apart.
void draw_name_wanted(UiFrame& f) {
  ReviewState& state = f.view.review;
  if (f.session.settings().author != "default") return;
  kit::inline_note(f.kit, "item.name_wanted", tr(Str::item_name_wanted), kIconUser, Color::Warn);
  kit::gap(px(4));
  kit::TextInputOptions name;
  name.name = name.placeholder = tr(Str::review_reviewer);
  const kit::TextInputResult typed = kit::text_input(f.kit, "item.reviewer", state.reviewer, name);
  if (typed.committed() && !trimmed(state.reviewer).empty())
    f.emit(CommandId::SettingSet, {{"key", "author"}, {"value", trimmed(state.reviewer)}});
  kit::gap(px(14));
}

void draw_right(UiFrame& f, const kit::Rect& rect, const Item& item, bool is_narrow) {
  ReviewItemState& state = f.view.review.item;
  // As high as the buttons and the message above them were in the last frame: a message may take several lines.
  const ImGuiID acts_id = ImGui::GetID("review.acts.height");
  const float acts = std::max(px(is_narrow ? 54 : 90), ImGui::GetStateStorage()->GetFloat(acts_id));
  // Where the questions stand below the trace, notices lie over the trace: what is asked stays to be read and answered.
  f.view.bottom_bar_height = is_narrow ? rect.height() : acts;
  const kit::Rect upper{rect.x0, rect.y0, rect.x1, rect.y1 - acts};
  kit::begin_region(f.kit, kit::id_with("review.questions", item.queue.key(item.position)), upper,
                    review_column(tr(Str::item_questions), is_narrow ? kit::kBorderNone : kit::kBorderLeft, px(is_narrow ? 14 : 18)));
  bool brought = false;
  state.writing = ReviewItemState::Writing::Nothing;
  if (item.row) {
    draw_name_wanted(f);
    for (size_t i = 0; i < item.questions.size(); ++i) brought = draw_question(f, item, i) || brought;
    draw_others(f, item);
  }
  state.take_focus = brought;
  kit::end_region(f.kit);
  kit::RegionOptions lower;
  lower.padding_x_pt = px(is_narrow ? 12 : 18);
  lower.padding_y_pt = px(10);
  lower.borders = kit::kBorderLeft | kit::kBorderTop;
  kit::begin_region(f.kit, "review.acts", {rect.x0, upper.y1, rect.x1, rect.y1}, lower);
  draw_acts(f, item, is_narrow);
  const float acts_drawn = ImGui::GetItemRectMax().y - upper.y1 + px(12);
  kit::end_region(f.kit);
  ImGui::GetStateStorage()->SetFloat(acts_id, acts_drawn);
}

void draw_finished(UiFrame& f, const kit::Rect& rect, const Queue& queue) {
  kit::begin_region(f.kit, "review.finished_region", rect, {});
  const review::QueueProgress progress = review::progress_of(queue, f.session.reviewer());
  const kit::EmptyAction actions[] = {{"review.finished_export", tr(Str::review_save_work), kIconDownload, true},
                                      {"review.finished_agreement", tr(Str::review_see_agreement), kIconUsers, false}};
  const int chosen = kit::empty_state(
      f.kit, "review.finished", kIconCircleCheck, tr(Str::review_finished),
      kit::tr_format(Str::review_finished_text, {kit::format_count(progress.complete), kit::format_count(progress.declined)}),
      actions);
  if (chosen == 0) f.emit(CommandId::ExportWork);
  if (chosen == 1) f.emit(CommandId::ReviewShow, {{"tab", "agreement"}});
  kit::end_region(f.kit);
}

}  // namespace

std::vector<std::string> texts_of_list(std::string_view json) {
  std::vector<std::string> out;
  json::Reader reader(json);
  if (!reader.enter_array()) return out;
  while (reader.next_element())
    if (auto text = reader.string()) out.push_back(std::move(*text));
  return out;
}

std::string list_text(const std::vector<std::string>& chosen) {
  std::string out = "[";
  for (const std::string& option : chosen) out += (out.size() > 1 ? "," : "") + json::quoted(option);
  return out + "]";
}

// A label's value as an answer is written.
std::string answer_of(const LabelSchema& schema, const store::Assessment& label) {
  if (schema.input == InputKind::PassFail) return review::truth_of(label.value_json).value_or(false) ? "true" : "false";
  if (schema.input == InputKind::CategoricalList) return label.value_json;
  return annot::value_for_editing(label.value_json).second;
}

void draw_review_item(UiFrame& f, const kit::Rect& rect, const Queue& queue) {
  const std::optional<uint32_t> position = queue.position_of(f.session.route().item_id);
  const bool wide = rect.width() >= px(980);
  const float left = wide ? px(248) : 0;
  if (wide) {
    kit::RegionOptions options;
    options.padding_x_pt = px(12);
    options.padding_y_pt = px(10);
    options.borders = kit::kBorderRight;
    options.name = tr(Str::item_progress);
    kit::begin_region(f.kit, "review.progress", {rect.x0, rect.y0, rect.x0 + left, rect.y1}, options);
    draw_progress(f, queue, position ? position : std::optional<uint32_t>(0), left - px(24));
    kit::end_region(f.kit);
  }
  kit::Rect body{rect.x0 + left, rect.y0, rect.x1, rect.y1};
  if (!wide) {
    const bool is_phone = rect.width() < px(kNarrowWidth);
    const float bar = px(is_phone ? 48 : 118);
    kit::RegionOptions options;
    options.padding_x_pt = px(12);
    options.padding_y_pt = px(6);
    options.borders = kit::kBorderBottom;
    const kit::Rect place{rect.x0, rect.y0, rect.x1, rect.y0 + bar};
    kit::begin_region(f.kit, "review.progress", place, options);
    if (is_phone)
      draw_short_progress(f, queue, place);
    else
      draw_progress(f, queue, std::nullopt, rect.width() - px(24));
    kit::end_region(f.kit);
    body.y0 += bar;
  }
  if (!position) return draw_finished(f, body, queue);
  Item item{.queue = queue, .position = *position, .trace_id = queue.trace_ids[*position],
            .span_id = std::string(queue.span_id(*position)), .row = {}, .span = {}, .questions = {}, .labels = {}};
  item.row = f.session.dataset().find_trace(item.trace_id);
  if (item.row && !item.span_id.empty()) item.span = f.session.dataset().find_span(*item.row, item.span_id);
  item.questions = queue_schemas(f, queue);
  item.state = queue.item(f.session.reviewer(), *position).state;
  for (const SchemaEntry* entry : item.questions)
    item.labels.push_back(item.row ? review::label_of(f.session.dataset().assessments(*item.row), entry->schema,
                                                      f.session.reviewer(), item.span_id)
                                   : nullptr);
  begin_item(f, item);
  read_item_keys(f, item);
  if (rect.width() >= px(kNarrowWidth)) {
    const float right = std::clamp(rect.width() * 0.3F, px(300), px(400));
    draw_trace(f, {body.x0, body.y0, body.x1 - right, body.y1}, item);
    draw_right(f, {body.x1 - right, body.y0, body.x1, body.y1}, item, false);
  } else {
    const float middle = body.y0 + body.height() * 0.4F;  // both scroll; the answers are what one is here for
    draw_trace(f, {body.x0, body.y0, body.x1, middle}, item);
    kit::line_horizontal(f.kit, body.x0, body.x1, middle);
    draw_right(f, {body.x0, middle + px(1), body.x1, body.y1}, item, true);
  }
}

}  // namespace assay::ui
