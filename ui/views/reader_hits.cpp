#include "ui/views/reader_hits.h"

#include "ui/views/parts.h"

#include <algorithm>

#include "core/search/word_find.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/json_view.h"
#include "ui/kit/layout.h"
#include "ui/kit/widgets.h"
#include "ui/views/chat_view.h"
#include "ui/views/content.h"
#include "ui/views/found_words.h"

namespace assay::ui {

using app::CommandId;
using kit::px;
using kit::Str;
using kit::tr;
using store::SpanRow;
using store::TraceRow;

namespace {

constexpr size_t kBytesAFrame = 6U << 20;  // of records that are looked through
constexpr size_t kMostHits = 1'000'000;

// Every text of a span under the id and in the order in which the spans tab shows it (draw_span).
template <typename Visit>
void visit_value(const std::string& id, const ValueBlock& value, bool as_json, const Visit& visit) {
  if (!value.present || (value.plain.text.empty() && value.messages.empty())) return;
  if (!value.messages.empty() && !as_json) {
    visit_conversation(kit::id_part(id, "message"), value.messages,
                       [&](const std::string& text_id, const TextBlock& block) { visit(text_id, block); });
  } else if (!value.fields.empty() && !as_json) {
    for (const Attribute& field : value.fields) visit(kit::id_with(kit::id_part(id, "field"), field.key), field.value);
  } else {
    visit(kit::id_part(id, "text"), value.plain);
  }
}

template <typename Visit>
void visit_span(std::string_view name, const SpanContent& content, bool as_json, const Visit& visit) {
  const auto plain = [&visit](std::string id, std::string_view text) {
    if (!text.empty()) visit(std::move(id), TextBlock{std::string(text), false, 0});
  };
  plain("span.title", name);
  plain("span.status_message", content.status_message);
  for (size_t i = 0; i < content.events.size(); ++i) {
    const SpanEvent& event = content.events[i];
    if (!event.is_exception) continue;
    const std::string id = kit::id_with("span.exception", static_cast<int64_t>(i));
    plain(kit::id_part(id, "message"), event.exception_message);
    plain(kit::id_part(id, "stack"), event.stack_trace);
  }
  visit_value("span.inputs", content.inputs, as_json, visit);
  if (!content.documents.empty() && !as_json) {
    for (size_t i = 0; i < content.documents.size(); ++i) {
      plain(kit::id_part(kit::id_with("span.document", static_cast<int64_t>(i)), "text"), content.documents[i].text);
    }
  } else {
    visit_value("span.outputs", content.outputs, as_json, visit);
  }
  for (const Attribute& attribute : content.attributes) visit(kit::id_with("span.attribute", attribute.key), attribute.value);
  for (size_t i = 0; i < content.events.size(); ++i) {
    const std::string id = kit::id_part(kit::id_with("span.event", static_cast<int64_t>(i)), "attribute");
    for (const Attribute& attribute : content.events[i].attributes) visit(kit::id_with(id, attribute.key), attribute.value);
  }
}

void start_over(UiFrame& f, TraceRow trace) {
  HitList& list = f.view.reader.hits;
  list = {};
  list.trace_id = f.session.dataset().trace_id(trace);
  list.words = f.session.traces().words();
  list.as_json = f.view.reader.show_json;
  if (list.words.empty()) return;
  for (const SpanLine& line : build_span_tree(f.session.dataset(), trace, {}).lines) list.order.push_back(line.span.v);
}

void look_through(UiFrame& f, SpanRow span) {
  HitList& list = f.view.reader.hits;
  const store::Dataset& dataset = f.session.dataset();
  SpanContent content;
  span_content(dataset, span, content);
  visit_span(dataset.name_text(dataset.span_name(span)), content, list.as_json, [&](std::string id, const TextBlock& block) {
    // What is seen of JSON is its indented form.
    const size_t count =
        find_words(f, block.is_json ? kit::pretty_json(block.text).text : block.text, kMostMarkedBytes, kMostMarks).size();
    for (size_t i = 0; i < count && list.hits.size() < kMostHits; ++i) {
      list.hits.push_back({span.v, static_cast<uint32_t>(i), id});
    }
  });
}

size_t order_of(const HitList& list, uint32_t span) {
  return static_cast<size_t>(std::find(list.order.begin(), list.order.end(), span) - list.order.begin());
}

void show_hit(UiFrame& f, const Hit& hit) {
  ReaderState& reader = f.view.reader;
  const store::Dataset& dataset = f.session.dataset();
  const SpanRow span{hit.span};
  reader.tab = ReaderTab::Spans;
  reader.hits.scroll = true;
  // Its line in the tree must be there.
  size_t steps = 0;
  for (uint32_t up = dataset.parent(span); up != store::kNoRow && !reader.trace.closed_spans.empty() && steps < 10'000;
       up = dataset.parent(SpanRow{up}), ++steps) {
    set_span_open(f, SpanRow{up}, true);
  }
  const std::string id = dataset.span_id(span);
  if (f.session.route().span_id != id) f.emit(CommandId::SpanSelect, {{"span_id", id}});
}

}  // namespace

void count_hits(UiFrame& f, TraceRow trace) {
  HitList& list = f.view.reader.hits;
  const store::Dataset& dataset = f.session.dataset();
  const bool current = list.words == f.session.traces().words() && list.trace_id == dataset.trace_id(trace) &&
                       list.as_json == f.view.reader.show_json;
  if (!current) start_over(f, trace);
  size_t left = kBytesAFrame;
  while (list.next < list.order.size()) {
    const SpanRow span{list.order[list.next]};
    if (span.v >= dataset.span_count()) return start_over(f, trace);  // other files were loaded
    const store::TextScope scope(dataset);
    const std::string_view record = dataset.raw(dataset.span_record(span));
    find_words(f, {}, 0, 0);  // the finders are those of the words
    const bool may_hold =
        std::any_of(f.view.found_words.finders.begin(), f.view.found_words.finders.end(),
                    [&](const search::WordFinder& finder) { return finder.is_in_record(record); });
    if (may_hold) look_through(f, span);
    ++list.next;
    const size_t cost = record.size() * (may_hold ? 8 : 1) + 64;
    if (cost >= left) {
      f.kit.request_frame(0);
      return;
    }
    left -= cost;
  }
}

void step_hit(UiFrame& f, int direction) {
  HitList& list = f.view.reader.hits;
  if (list.hits.empty()) return;
  const auto count = static_cast<int64_t>(list.hits.size());
  if (list.current < 0) {
    // From the span that is shown on.
    const auto chosen = f.session.selected_span();
    const size_t from = chosen ? order_of(list, chosen->v) : 0;
    int64_t first = 0;
    while (first < count && order_of(list, list.hits[static_cast<size_t>(first)].span) < from) ++first;
    list.current = direction > 0 ? first : first - 1;
  } else {
    list.current += direction;
  }
  list.current = (list.current + count) % count;
  // A folded text cannot be scrolled to.
  f.view.reader.system_open = f.view.reader.reasoning_open = true;
  show_hit(f, list.hits[static_cast<size_t>(list.current)]);
}

float draw_hits(UiFrame& f, float right, float y, float height_pt) {
  const HitList& list = f.view.reader.hits;
  if (list.words.empty()) return 0;
  const bool counting = list.next < list.order.size();
  std::string total = kit::format_count(static_cast<int64_t>(list.hits.size()));
  if (counting) total += "+";
  const std::string text = list.current < 0
                               ? kit::tr_format(list.hits.size() == 1 && !counting ? Str::hits_one : Str::hits_count, {total})
                               : kit::tr_format(Str::hits_of, {kit::format_count(list.current + 1), total});
  const float button = px(kit::kControlHeightCompact);
  const float text_width = kit::text_width(f.kit, text, kit::TextStyle::Small);
  const float width = text_width + px(6) + 2 * button;
  float x = right - width;
  const kit::Rect place{x, y, x + text_width, y + height_pt};
  kit::draw_text(f.kit, ImGui::GetWindowDrawList(), place, text, kit::TextStyle::Small, kit::Color::TextSecondary);
  kit::SemItem item;
  item.role = kit::Role::Status;
  item.id = "reader.hits";
  item.name = text;
  item.rect = place;
  f.kit.semantics->add(item);
  kit::IconButtonOptions options;
  options.size = kit::ControlSize::Compact;
  options.enabled = !list.hits.empty();
  const auto chord = [&](CommandId id) { return key_label(f, id); };
  const std::string previous = chord(CommandId::UiHitPrevious), next = chord(CommandId::UiHitNext);
  ImGui::SetCursorScreenPos(ImVec2(x + text_width + px(6), y + (height_pt - button) / 2));
  options.chord = previous;
  if (kit::icon_button(f.kit, "reader.hit_previous", kIconChevronUp, tr(Str::command_ui_hit_previous), options))
    f.emit(CommandId::UiHitPrevious);
  kit::same_row(0);
  options.chord = next;
  if (kit::icon_button(f.kit, "reader.hit_next", kIconChevronDown, tr(Str::command_ui_hit_next), options))
    f.emit(CommandId::UiHitNext);
  return width;
}

std::optional<uint32_t> active_mark(const UiFrame& f, std::string_view block) {
  const ReaderState& reader = f.view.reader;
  const HitList& list = reader.hits;
  if (list.current < 0 || reader.tab != ReaderTab::Spans || list.current >= static_cast<int64_t>(list.hits.size()))
    return std::nullopt;
  const Hit& hit = list.hits[static_cast<size_t>(list.current)];
  if (hit.block != block || !reader.span.built || reader.span.span != hit.span) return std::nullopt;
  return hit.mark;
}

}  // namespace assay::ui
