#include "ui/views/judge_reads.h"

#include "core/app/session.h"
#include "core/json/doc.h"
#include "ui/kit/layout.h"
#include "ui/kit/widgets.h"
#include "ui/views/parts.h"

namespace assay::ui {

using kit::px;
using kit::Str;
using kit::tr;

namespace {

constexpr size_t kMaxKept = 100;      // verdicts whose calls are kept
constexpr size_t kMaxShownBytes = 200;  // of a call's arguments

// Only of scorers that read so: all others would read the journal for nothing.
bool reads(const app::RunSummary* run, std::string_view scorer) {
  if (run == nullptr) return false;
  for (const judge::ScorerSpec& spec : run->scorers)
    if (spec.name == scorer) return judge::reads_with_tools(spec);
  return false;
}

const std::vector<judge::ToolUse>& reads_of(UiFrame& f, store::TraceRow trace, const store::Assessment& assessment,
                                            const std::string& run_id) {
  auto& known = f.view.judge_reads.of;
  const std::string key = assessment.assessment_id + " " + std::to_string(assessment.last_update_time_ms);
  if (const auto found = known.find(key); found != known.end()) return found->second;
  if (known.size() >= kMaxKept) known.clear();
  return known[key] = f.session.judge_reads(run_id, f.session.dataset().trace_id(trace), assessment.name);
}

}  // namespace

void draw_judge_reads(UiFrame& f, std::string_view id, store::TraceRow trace, const store::Assessment& assessment) {
  const std::string run_id = store::metadata_value(assessment, store::kSourceRunKey);
  if (run_id.empty() || !reads(f.session.find_run(run_id), assessment.name)) return;
  const std::vector<judge::ToolUse>& uses = reads_of(f, trace, assessment, run_id);
  if (uses.empty()) return;
  kit::gap(px(4));
  wrapped_text(f, kit::id_part(id, "reads"), tr(Str::judge_read), kit::TextStyle::Small, kit::Color::Text);
  int number = 0;
  for (const judge::ToolUse& use : uses) {
    const std::string part = kit::id_part(id, "read" + std::to_string(++number));
    std::string text = use.name, span_id;
    if (const Result<json::Doc> arguments = json::parse_doc(use.arguments_json); arguments.ok() && arguments.value().is_object()) {
      span_id = json::get_string(arguments.value(), "span_id").value_or("");
      for (const auto& [name, value] : arguments.value().items())
        text += " · " + name + " " + (value.is_string() ? value.get<std::string>() : json::dump(value));
    }
    text = kit::one_line(text, kMaxShownBytes);
    kit::gap(px(2));
    indent_by(px(12));
    if (!span_id.empty() && f.session.dataset().find_span(trace, span_id)) {
      if (kit::link(f.kit, part, text, kit::TextStyle::Small))
        f.emit(app::CommandId::TraceOpen, {{"trace_id", f.session.dataset().trace_id(trace)}, {"span_id", span_id}});
    } else {
      wrapped_text(f, part, text, kit::TextStyle::Small, kit::Color::TextSecondary);
    }
  }
  kit::gap(px(4));
}

}  // namespace assay::ui
