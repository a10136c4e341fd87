#include "ui/views/span_check.h"

#include <algorithm>

#include "core/base/late.h"
#include "core/judge/trace_input.h"
#include "ui/kit/icons.h"
#include "ui/kit/popups.h"
#include "ui/kit/widgets.h"
#include "ui/views/scorer_form.h"

namespace assay::ui {

using judge::ScorerKind;
using judge::ScorerSpec;
using kit::Str;
using kit::tr;
using store::SpanRow;

namespace {

// To the editor, as a new scorer; nothing is stored before the person says so.
void edit(UiFrame& f, ScorerSpec spec) {
  const std::vector<ScorerSpec>& all = f.session.settings().scorers;
  const std::string wanted = spec.name;
  for (int number = 2; std::any_of(all.begin(), all.end(), [&](const ScorerSpec& other) { return other.name == spec.name; });
       ++number)
    spec.name = wanted + "_" + std::to_string(number);
  ScorerState& state = f.view.scorers;
  begin_new_scorer(f, spec);
  state.preview_open = true;
  f.emit(app::CommandId::GoScorers);
}

std::string joined(const std::vector<judge::ToolCall>& calls, size_t from, size_t count) {
  std::string text;
  for (size_t i = from; i < calls.size() && i < from + count; ++i)
    (text += text.empty() ? "" : "\n") += calls[i].name;
  return text;
}

ScorerSpec make(ScorerKind kind, std::string name, std::initializer_list<std::pair<const char*, std::string>> params) {
  ScorerSpec spec;
  spec.kind = kind;
  spec.name = std::move(name);
  for (const auto& [key, value] : params) judge::set_param(spec, key, value);
  return spec;
}

void draw_tool_items(UiFrame& f, SpanRow span, store::TraceRow row) {
  const std::vector<judge::ToolCall> calls = judge::tools_called(f.session.dataset(), row);
  size_t at = 0;
  while (at < calls.size() && calls[at].span != span.v) ++at;
  if (at == calls.size()) return;
  const std::string& tool = calls[at].name;
  const std::string& given = calls[at].arguments_json;
  const std::string arguments = given.empty() ? "{}" : given;
  const auto item = [&](const char* id, Str text, std::string_view other = {}) {
    return kit::menu_item(f.kit, kit::id_with("span.check", id), kit::tr_format(text, {tool, other}));
  };
  if (item("used", Str::check_used)) edit(f, make(ScorerKind::ToolUsed, tool + "_used", {{"tool", tool}}));
  if (item("never", Str::check_never))
    edit(f, make(ScorerKind::ToolUsed, tool + "_never_used", {{"tool", tool}, {"negate", "true"}}));
  if (item("exact", Str::check_exact))
    edit(f, make(ScorerKind::ToolArguments, tool + "_arguments", {{"tool", tool}, {"match", "exact"}, {"arguments", arguments}}));
  if (item("subset", Str::check_subset))
    edit(f, make(ScorerKind::ToolArguments, tool + "_arguments", {{"tool", tool}, {"match", "subset"}, {"arguments", arguments}}));
  kit::menu_separator(f.kit);
  if (at > 0 && item("after", Str::check_after, calls[at - 1].name))
    edit(f, make(ScorerKind::ToolOrder, tool + "_after_" + calls[at - 1].name, {{"tools", joined(calls, at - 1, 2)}}));
  if (at + 1 < calls.size() && item("before", Str::check_before, calls[at + 1].name))
    edit(f, make(ScorerKind::ToolOrder, tool + "_before_" + calls[at + 1].name, {{"tools", joined(calls, at, 2)}}));
  if (item("path", Str::check_path))
    edit(f, make(ScorerKind::ToolOrder, "tool_path", {{"tools", joined(calls, 0, calls.size())}, {"match", "exact"}}));
}

void draw_items(UiFrame& f, SpanRow span, store::TraceRow row) {
  const store::Dataset& dataset = f.session.dataset();
  const std::string name(dataset.name_text(dataset.span_name(span)));
  const std::string type(dataset.name_text(dataset.span_type(span)));
  if (type == "TOOL") {
    draw_tool_items(f, span, row);
    kit::menu_separator(f.kit);
  }
  if (kit::menu_item(f.kit, "span.check[there]", kit::tr_format(Str::check_there, {name})))
    edit(f, make(ScorerKind::SpanCount, name + "_there", {{"span_type", type}, {"span_name", name}, {"at_least", "1"}}));
  if (kit::menu_item(f.kit, "span.check[absent]", kit::tr_format(Str::check_absent, {name})))
    edit(f, make(ScorerKind::SpanCount, name + "_absent", {{"span_type", type}, {"span_name", name}, {"at_most", "0"}}));
}

}  // namespace

void draw_span_check(UiFrame& f, SpanRow span) {
  const auto row = f.session.open_trace();
  if (!row) return;
  kit::ButtonOptions button;
  button.size = kit::ControlSize::Compact;
  button.icon = kIconScale;
  if (kit::button(f.kit, "span.check", tr(Str::check_make), button)) kit::open_popup(f.kit, "span.check_menu");
  if (!kit::begin_menu(f.kit, "span.check_menu", tr(Str::check_make))) return;
  call_late<&draw_items>(f, span, *row);
  kit::end_menu(f.kit);
}

}  // namespace assay::ui
