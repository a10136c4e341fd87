#include "ui/views/span_view.h"

#include <algorithm>

#include "core/base/late.h"
#include "core/base/time.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/widgets.h"
#include "ui/views/content.h"
#include "ui/views/found_words.h"
#include "ui/views/note_marks.h"
#include "ui/views/parts.h"
#include "ui/views/reader_hits.h"
#include "ui/views/span_check.h"
#include "ui/views/text.h"
#include "ui/views/timeline_view.h"
#include "ui/views/value_view.h"

namespace assay::ui {

using app::CommandId;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;
using store::SpanRow;

namespace {

int64_t duration_of(const store::Dataset& dataset, SpanRow span) {
  const int64_t start = dataset.span_start_ns(span), end = dataset.span_end_ns(span);
  if (start == kNoTime || end == kNoTime || end < start) return kNoTime;
  return end - start;
}

void draw_span_region(UiFrame& f, const kit::Rect& rect, SpanRow span) {
  kit::RegionOptions options;
  options.scroll_y = true;
  options.padding_x_pt = px(16);
  options.padding_y_pt = px(12);
  options.role = kit::Role::Region;
  options.name = tr(Str::span_region);
  kit::begin_region(f.kit, "span", rect, options);
  draw_span(f, span);
  if (f.view.reader.scroll_span_up) ImGui::SetScrollY(0);
  f.view.reader.scroll_span_up = false;
  kit::gap(px(24));
  kit::end_region(f.kit);
}

void draw_problem(UiFrame& f, std::string_view id, std::string_view text, kit::Tone tone) {
  kit::inline_note(f.kit, id, text, kIconTriangleAlert, kit::tone_color(tone));
  kit::gap(px(4));
}

void draw_span_problems(UiFrame& f, SpanRow span, const SpanContent& content) {
  const store::Dataset& dataset = f.session.dataset();
  const int64_t start = dataset.span_start_ns(span), end = dataset.span_end_ns(span);
  if (dataset.is_orphan(span))
    draw_problem(f, "span.orphan", tr(Str::span_orphan), kit::Tone::Warn);
  if (end == kNoTime) draw_problem(f, "span.no_end", tr(Str::span_no_end), kit::Tone::Warn);
  if (start != kNoTime && end != kNoTime && end < start) {
    draw_problem(f, "span.ends_before_start", tr(Str::span_ends_before_start), kit::Tone::Warn);
  }
  if (!content.status_message.empty()) {
    draw_plain_text(f, "span.status_message", tr(Str::span_status_message), content.status_message,
                    0, {.color = Color::Fail});
    kit::gap(px(8));
  }
}

std::string tokens_of(const SpanUsage& usage) {
  std::string text = kit::format_tokens(std::max<int64_t>(usage.total_tokens, 0));
  if (usage.input_tokens >= 0 && usage.output_tokens >= 0)
    text += kit::tr_format(Str::span_tokens_split, {kit::format_count(usage.input_tokens), kit::format_count(usage.output_tokens)});
  return text;
}

// Own time, time on the critical path, tokens and cost: what the span reports, and what those below
// it do. A span that reports stands for those below it, so that the two are never added up.
std::string usage_facts(const TraceContent& content, SpanRow span) {
  const Timeline& timeline = content.timeline;
  if (!timeline.built) return {};
  const auto at = std::find_if(content.tree.lines.begin(), content.tree.lines.end(),
                               [span](const SpanLine& line) { return line.span == span; });
  if (at == content.tree.lines.end()) return {};
  const auto line = static_cast<uint32_t>(at - content.tree.lines.begin());
  std::string out;
  const auto add = [&out](const std::string& text) {
    if (!out.empty()) out += " · ";
    out += text;
  };
  if (timeline.self_ns[line] != kNoTime && at->descendants > 0)
    add(kit::tr_format(Str::span_own_time, {format_span_duration(timeline.self_ns[line])}));
  int64_t critical = 0;
  for (const TimePart& part : timeline.critical.of(line)) critical += part.to_ns - part.from_ns;
  if (critical > 0) add(kit::tr_format(Str::timeline_on_path, {format_span_duration(critical)}));
  if (!content.usage.done) return out;
  const SpanUsage& own = content.usage.own[line];
  const SpanUsage& below = content.usage.below[line];
  if (own.has_tokens()) add(tokens_of(own));
  if (below.total_tokens >= 0) add(kit::tr_format(Str::span_below, {tokens_of(below)}));
  if (own.has_cost()) add(kit::format_cost_usd(own.cost_usd));
  if (below.has_cost()) add(kit::tr_format(Str::span_below, {kit::format_cost_usd(below.cost_usd)}));
  return out;
}

void draw_span_head(UiFrame& f, SpanRow span) {
  const store::Dataset& dataset = f.session.dataset();
  const std::string_view type = dataset.name_text(dataset.span_type(span));
  const kit::SpanLook look = kit::span_look(type);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float height = px(24);
  kit::draw_icon(f.kit, ImGui::GetWindowDrawList(), {at.x, at.y, at.x + px(18), at.y + height},
                 look.icon, look.hue, 18);
  ImGui::SetCursorScreenPos(ImVec2(at.x + px(26), at.y));
  kit::begin_region(f.kit, "span.title_box", ImVec2(kit::width_left(), height),
                    {.background = Color::Transparent, .role = kit::Role::None});
  const std::string_view name = dataset.name_text(dataset.span_name(span));
  const ImVec2 title = ImGui::GetCursorScreenPos();
  const bool is_hit = active_mark(f, "span.title").has_value();
  mark_words(f, ImGui::GetWindowDrawList(),
             {title.x, title.y, title.x + kit::width_left(), title.y + kit::text_height(f.kit, kit::TextStyle::Section)},
             name, kit::TextStyle::Section, is_hit ? Color::HighlightActive : Color::Highlight);
  kit::heading(f.kit, "span.title", name, 2);
  if (is_hit && f.view.reader.hits.scroll) f.view.reader.hits.scroll = false, f.view.reader.scroll_span_up = true;
  kit::end_region(f.kit);

  std::string facts(type.empty() ? std::string_view("UNKNOWN") : type);
  const std::string duration = format_span_duration(duration_of(dataset, span));
  if (!duration.empty()) facts += " · " + duration;
  const SpanTree& tree = f.view.reader.trace.tree;
  if (dataset.span_start_ns(span) != kNoTime && dataset.span_start_ns(span) > tree.start_ns &&
      tree.end_ns > tree.start_ns) {
    facts +=
        " · " + kit::tr_format(Str::span_starts_at,
                               {format_span_duration(dataset.span_start_ns(span) - tree.start_ns)});
  }
  facts += " · " + dataset.span_id(span);
  kit::text_node(f.kit, "span.facts", facts, kit::TextStyle::Small, Color::TextSecondary);
  const std::string usage = usage_facts(f.view.reader.trace, span);
  if (!usage.empty()) kit::text_node(f.kit, "span.usage", usage, kit::TextStyle::Small, Color::TextSecondary);
  kit::gap(px(4));
  draw_span_check(f, span);
  kit::gap(px(2));
  if (dataset.span_status(span) == store::SpanStatus::Error) {
    kit::badge(f.kit, "span.status", tr(Str::state_error), kit::Tone::Fail, kIconCircleX);
    kit::gap(px(4));
  }
}

}  // namespace

void draw_span(UiFrame& f, SpanRow span) {
  const SpanContent& content = span_content(f.session.dataset(), span, f.view.reader.span);
  const bool as_json = f.view.reader.show_json;
  const std::string span_id = f.session.dataset().span_id(span);
  draw_span_head(f, span);
  kit::gap(px(4));
  draw_span_problems(f, span, content);
  {
    const NoteScope scope(f, span_id, "span.exception", "events");
    int number = 0;
    for (const SpanEvent& event : content.events) {
      const std::string id = kit::id_with("span.exception", number++);
      if (!event.is_exception) continue;
      draw_exception(f, id, event);
      kit::gap(px(12));
    }
  }
  {
    const NoteScope scope(f, span_id, "span.inputs", "inputs");
    draw_value(f, "span.inputs", tr(Str::span_inputs), content.inputs, as_json);
  }
  kit::gap(px(20));
  if (!content.documents.empty() && !as_json) {
    const NoteScope scope(f, span_id, "span.document", "outputs");
    kit::section_header(f.kit, "span.documents", tr(Str::span_documents),
                        static_cast<int64_t>(content.documents.size()));
    draw_documents(f, "span.document", content.documents);
  } else {
    const NoteScope scope(f, span_id, "span.outputs", "outputs");
    draw_value(f, "span.outputs", tr(Str::span_outputs), content.outputs, as_json);
  }
  if (!content.attributes.empty()) {
    const NoteScope scope(f, span_id, "span.attribute", "attributes");
    kit::gap(px(20));
    kit::section_header(f.kit, "span.attributes", tr(Str::span_attributes),
                        static_cast<int64_t>(content.attributes.size()));
    draw_attributes(f, "span.attribute", content.attributes);
  }
  if (!content.events.empty()) {
    kit::gap(px(20));
    kit::section_header(f.kit, "span.events", tr(Str::span_events),
                        static_cast<int64_t>(content.events.size()));
    draw_events(f, "span.event", content.events, f.session.dataset().span_start_ns(span));
  }
  draw_lost_notes(f, span_id);
}

void draw_spans_tab(UiFrame& f, store::TraceRow trace) {
  TraceContent& content = trace_content(f, trace);
  const store::Dataset& dataset = f.session.dataset();
  SpanRow selected{store::kNoRow};
  if (const auto chosen = f.session.selected_span()) {
    selected = *chosen;
  } else if (const auto root = dataset.root_span(trace)) {
    selected = *root;
  } else if (dataset.spans(trace).count > 0) {
    selected = SpanRow{dataset.spans(trace).begin};
  }
  const kit::Rect rect = kit::remaining_rect();
  ReaderState& reader = f.view.reader;
  if (selected.v == store::kNoRow) {
    call_late<&draw_timeline>(f, rect, content, selected);
    return;
  }
  if (rect.width() >= px(660) && !reader.timeline_across) {
    const float tree = std::clamp(reader.tree_width_pt, px(200), rect.width() - px(320));
    call_late<&draw_timeline>(f, kit::Rect{rect.x0, rect.y0, rect.x0 + tree, rect.y1}, content, selected);
    kit::SplitterOptions options{.min_pt = px(200),
                                 .max_pt = rect.width() - px(320),
                                 .reset_pt = px(300),
                                 .name = tr(Str::spans_tree)};
    kit::splitter(f.kit, "reader.tree_splitter",
                  {rect.x0 + tree, rect.y0, rect.x0 + tree + px(5), rect.y1}, reader.tree_width_pt,
                  options);
    draw_span_region(f, {rect.x0 + tree + px(5), rect.y0, rect.x1, rect.y1}, selected);
    return;
  }
  // A short tree takes no more than its lines need.
  const float needed = timeline_height_pt(content, rect.width());
  const float tree = std::min(
      needed, std::clamp(reader.tree_height_pt, px(80), std::max(px(80), rect.height() * 0.6F)));
  call_late<&draw_timeline>(f, kit::Rect{rect.x0, rect.y0, rect.x1, rect.y0 + tree}, content, selected);
  kit::SplitterOptions options{.vertical_bar = false,
                               .min_pt = px(80),
                               .max_pt = std::max(px(80), rect.height() * 0.6F),
                               .reset_pt = px(220),
                               .name = tr(Str::spans_tree)};
  kit::splitter(f.kit, "reader.tree_splitter",
                {rect.x0, rect.y0 + tree, rect.x1, rect.y0 + tree + px(5)}, reader.tree_height_pt,
                options);
  draw_span_region(f, {rect.x0, rect.y0 + tree + px(5), rect.x1, rect.y1}, selected);
}

}  // namespace assay::ui
