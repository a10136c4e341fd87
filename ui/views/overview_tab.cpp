#include "ui/views/overview_tab.h"

#include "core/base/late.h"
#include "core/base/time.h"
#include "ui/kit/display.h"
#include "ui/kit/icons.h"
#include "ui/kit/layout.h"
#include "ui/kit/widgets.h"
#include "ui/views/content.h"
#include "ui/views/note_marks.h"
#include "ui/views/tag_view.h"
#include "ui/views/value_view.h"

namespace assay::ui {

using app::CommandId;
using kit::Color;
using kit::px;
using kit::Str;
using kit::tr;

namespace {

kit::RegionOptions scrolling_region(std::string_view name) {
  kit::RegionOptions options;
  options.scroll_y = true;
  options.padding_x_pt = px(16);
  options.padding_y_pt = px(12);
  options.role = kit::Role::TabPanel;
  options.name = name;
  return options;
}

// A line that leads to a span: icon, name, and what is said of it.
void draw_span_link(UiFrame& f, std::string_view id, store::SpanRow span, std::string_view text,
                    Color color) {
  const store::Dataset& dataset = f.session.dataset();
  const std::string name(dataset.name_text(dataset.span_name(span)));
  kit::ListRowOptions options;
  options.role = kit::Role::Link;
  options.height_pt = px(28);
  const kit::ListRowResult row = kit::list_row(f.kit, id, name + ": " + std::string(text), options);
  if (row.clicked) {
    f.view.reader.tab = ReaderTab::Spans;
    f.emit(CommandId::SpanSelect, {{"span_id", dataset.span_id(span)}});
  }
  if (!row.visible) return;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const kit::Rect& r = row.rect;
  kit::draw_icon(f.kit, list, {r.x0 + px(4), r.y0, r.x0 + px(20), r.y1}, kIconCircleX, color, 14);
  const float name_width =
      std::min(kit::text_width(f.kit, name, kit::TextStyle::BodyStrong), r.width() * 0.4F);
  const float x = r.x0 + px(26);
  kit::draw_text(f.kit, list, {x, r.y0, x + name_width + px(1), r.y1}, name,
                 kit::TextStyle::BodyStrong, color);
  kit::draw_text(f.kit, list, {x + name_width + px(10), r.y0, r.x1 - px(8), r.y1},
                 kit::one_line(text, 300), kit::TextStyle::Body, Color::TextSecondary);
}

void draw_problems(UiFrame& f, store::TraceRow trace, const TraceContent& content) {
  const store::Dataset& dataset = f.session.dataset();
  const SpanTree& tree = content.tree;
  const bool none = content.failed_spans.empty() && tree.orphan_count == 0 &&
                    tree.open_ended_count == 0 && dataset.spans(trace).count > 0;
  if (none) return;
  for (const auto& [row, text] : content.failed_spans) {
    draw_span_link(f, kit::id_with("overview.failed", row), store::SpanRow{row}, text, Color::Fail);
  }
  if (dataset.spans(trace).count == 0) {
    kit::inline_note(f.kit, "overview.no_spans", tr(Str::overview_no_spans), kIconInfo);
  }
  if (tree.orphan_count > 0) {
    kit::inline_note(f.kit, "overview.orphans",
                     kit::tr_count(Str::overview_orphans, tree.orphan_count), kIconTriangleAlert,
                     Color::Warn);
  }
  if (tree.open_ended_count > 0) {
    kit::inline_note(f.kit, "overview.open_ended",
                     kit::tr_count(Str::overview_open_ended, tree.open_ended_count),
                     kIconTriangleAlert, Color::Warn);
  }
  kit::gap(px(12));
}

// Without spans there is still what the list shows.
void draw_previews(UiFrame& f, store::TraceRow trace) {
  const store::Dataset& dataset = f.session.dataset();
  std::string scratch;
  const std::string request(dataset.text_now(dataset.request_preview(trace), scratch));
  const std::string response(dataset.text_now(dataset.response_preview(trace), scratch));
  draw_part_title(f, "overview.request", tr(Str::overview_request), request);
  {
    const NoteScope scope(f, {}, "overview.request", "request");
    draw_plain_text(f, "overview.request.text", tr(Str::overview_request), request, 0, {});
  }
  kit::gap(px(20));
  draw_part_title(f, "overview.response", tr(Str::overview_response), response);
  {
    const NoteScope scope(f, {}, "overview.response", "response");
    draw_plain_text(f, "overview.response.text", tr(Str::overview_response), response, 0, {});
  }
  draw_lost_notes(f, {});
}

void draw_retrieved(UiFrame& f, store::TraceRow trace) {
  const store::Dataset& dataset = f.session.dataset();
  const store::Range range = dataset.spans(trace);
  int64_t shown = 0;
  constexpr uint32_t kMaxLooked = 2000;  // a long trace shows its retrievers in the tree
  for (uint32_t i = 0; i < range.count && i < kMaxLooked; ++i) {
    const store::SpanRow span{range.begin + i};
    if (dataset.name_text(dataset.span_type(span)) != "RETRIEVER") continue;
    if (shown++ == 0) {
      kit::gap(px(20));
      kit::section_header(f.kit, "overview.retrieved", tr(Str::overview_retrieved));
    }
    kit::ListRowOptions options;
    options.role = kit::Role::Link;
    options.height_pt = px(28);
    const std::string_view name = dataset.name_text(dataset.span_name(span));
    const kit::ListRowResult row =
        kit::list_row(f.kit, kit::id_with("overview.retriever", shown), name, options);
    if (row.visible) {
      ImDrawList* list = ImGui::GetWindowDrawList();
      const kit::SpanLook look = kit::span_look("RETRIEVER");
      kit::draw_icon(f.kit, list,
                     {row.rect.x0 + px(4), row.rect.y0, row.rect.x0 + px(20), row.rect.y1},
                     look.icon, look.hue, 14);
      kit::draw_text(f.kit, list, {row.rect.x0 + px(26), row.rect.y0, row.rect.x1, row.rect.y1},
                     name);
    }
    if (!row.clicked) continue;
    f.view.reader.tab = ReaderTab::Spans;
    f.emit(CommandId::SpanSelect, {{"span_id", dataset.span_id(span)}});
  }
}

void draw_fact(UiFrame& f, std::string_view id, Str label, std::string_view value,
               bool mono = false) {
  if (!value.empty()) kit::label_value(f.kit, id, tr(label), value, px(130), mono);
}

void draw_facts(UiFrame& f, store::TraceRow trace) {
  const store::Dataset& dataset = f.session.dataset();
  std::string scratch;
  kit::section_header(f.kit, "metadata.facts", tr(Str::metadata_facts));
  draw_fact(f, "metadata.trace_id", Str::fact_trace_id, dataset.trace_id(trace), true);
  draw_fact(f, "metadata.client_id", Str::fact_client_id,
            dataset.text_now(dataset.client_request_id(trace), scratch), true);
  if (dataset.request_time_ns(trace) != kNoTime) {
    draw_fact(f, "metadata.time", Str::fact_time,
              kit::format_date_time(dataset.request_time_ns(trace)));
  }
  if (dataset.duration_ms(trace) != kNoTime) {
    draw_fact(f, "metadata.duration", Str::fact_duration,
              kit::format_duration_ns(dataset.duration_ms(trace) * 1'000'000));
  }
  if (dataset.total_tokens(trace) >= 0) {
    std::string tokens = kit::format_count(dataset.total_tokens(trace));
    if (dataset.input_tokens(trace) >= 0 && dataset.output_tokens(trace) >= 0) {
      tokens = kit::tr_format(Str::fact_tokens_split,
                              {tokens, kit::format_count(dataset.input_tokens(trace)),
                               kit::format_count(dataset.output_tokens(trace))});
    }
    draw_fact(f, "metadata.tokens", Str::fact_tokens, tokens);
  }
  if (dataset.cost_usd(trace) >= 0)
    draw_fact(f, "metadata.cost", Str::fact_cost, kit::format_cost_usd(dataset.cost_usd(trace)));
  draw_fact(f, "metadata.session", Str::fact_session, dataset.name_text(dataset.session(trace)),
            true);
  draw_fact(f, "metadata.user", Str::fact_user, dataset.name_text(dataset.user(trace)), true);
  const uint32_t file = dataset.trace_file(trace);
  if (file < dataset.files().size())
    draw_fact(f, "metadata.file", Str::fact_file, dataset.files()[file].name);
}

}  // namespace

void draw_overview_tab(UiFrame& f, store::TraceRow trace) {
  TraceContent& content = trace_content(f, trace);
  kit::begin_region(f.kit, "overview", kit::remaining_rect(),
                    scrolling_region(tr(Str::tab_overview)));
  draw_problems(f, trace, content);
  const auto root = f.session.dataset().root_span(trace);
  if (!root) {
    draw_previews(f, trace);
  } else if (const SpanContent& span = span_content(f.session.dataset(), *root, content.root);
             !shows_root_values(f.session.dataset(), trace, span)) {
    kit::inline_note(f.kit, "overview.from_below", tr(Str::overview_from_below), kIconInfo);
    kit::gap(px(8));
    draw_previews(f, trace);
    draw_retrieved(f, trace);
  } else {
    const bool as_json = f.view.reader.show_json;
    const std::string root_id = f.session.dataset().span_id(*root);
    {
      const NoteScope scope(f, root_id, "overview.request", "inputs");
      draw_value(f, "overview.request", tr(Str::overview_request), span.inputs, as_json);
    }
    kit::gap(px(20));
    {
      const NoteScope scope(f, root_id, "overview.response", "outputs");
      draw_value(f, "overview.response", tr(Str::overview_response), span.outputs, as_json);
    }
    draw_retrieved(f, trace);
  }
  kit::gap(px(24));
  kit::end_region(f.kit);
}

void draw_metadata_tab(UiFrame& f, store::TraceRow trace) {
  const TraceContent& content = trace_content(f, trace);
  kit::begin_region(f.kit, "metadata", kit::remaining_rect(),
                    scrolling_region(tr(Str::tab_metadata)));
  draw_facts(f, trace);
  kit::gap(px(16));
  kit::section_header(f.kit, "metadata.tags", tr(Str::metadata_tags),
                      static_cast<int64_t>(content.tag_count));
  draw_attributes(f, "metadata.tag", content.tags);
  kit::gap(px(6));
  call_late<&draw_tag_editor>(f, trace);
  kit::gap(px(16));
  kit::section_header(f.kit, "metadata.metadata", tr(Str::metadata_metadata),
                      static_cast<int64_t>(content.metadata.size()));
  draw_attributes(f, "metadata.item", content.metadata);
  kit::gap(px(24));
  kit::end_region(f.kit);
}

}  // namespace assay::ui
