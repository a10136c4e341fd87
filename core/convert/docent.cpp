#include "core/convert/docent.h"

#include "core/convert/encodings.h"
#include "core/convert/reading.h"
#include "core/convert/transcript.h"

namespace assay::convert {
namespace {

bool is_messages(json::Node list) { return list.is_array() && list.first()["role"].is_string(); }

// Transcripts stand in a list, or in an object by their ids.
bool matches_run(json::Node record) {
  const json::Node first = record["transcripts"].first();
  return first["messages"].is_array() &&
         (!first["messages"].first().present() || is_messages(first["messages"]));
}

bool matches_tau(json::Node record) {
  return is_messages(record["traj"]) && record["reward"].present();
}

void add_score(std::string_view name, json::Node value, CanonicalTrace& trace) {
  if (!value.has_content()) return;
  CanonicalAssessment score;
  score.name = name;
  score.value_json = value.raw();
  score.source_type = "CODE";
  trace.assessments.push_back(std::move(score));
}

void finish_trace(Context& context, CanonicalTrace&& trace, uint32_t unmatched) {
  if (unmatched > 0) {
    context.note(ingest::IssueKind::ConversionNote, trace.id + ": " + std::to_string(unmatched) +
                                                        " tool results whose call is not there");
  }
  trace.state = TraceState::Ok;  // runs have no times
  close_untimed(trace);
  context.emit(std::move(trace));
}

class RunReader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    CanonicalTrace trace;
    trace.id = record["id"].text();
    if (trace.id.empty()) trace.id = derived_id(context.file_name, record.raw());
    trace.name = record["name"].text();
    trace.source_format = context.format;
    const json::Node metadata = record["metadata"];
    for (json::Node score = metadata["scores"].first(); score; score = score.next())
      add_score(score.key(), score, trace);
    keep_rest(metadata, " scores ", "docent.metadata.", trace.metadata);
    keep_rest(record, " id name metadata transcripts ", "docent.", trace.metadata);

    const json::Node list = record["transcripts"];
    TranscriptOptions options;
    if (!trace.name.empty()) options.name = trace.name;
    const bool many = list.size() > 1;
    if (many) {  // a root for all of them
      CanonicalSpan& root = trace.spans.emplace_back();
      root.id = trace.id + "/root";
      root.name = options.name;
      root.type = "AGENT";
    }
    const std::string root_id = many ? trace.spans[0].id : std::string();
    options.parent_id = root_id;
    uint32_t unmatched = 0;
    for (json::Node transcript = list.first(); transcript; transcript = transcript.next()) {
      std::vector<TranscriptMessage> messages;
      if (!read_transcript(transcript["messages"], messages) &&
          transcript["messages"].has_content()) {
        context.note(ingest::IssueKind::WrongType, "messages of a transcript",
                     transcript.offset_bytes());
      }
      const std::string name = first_text_of(transcript, {"name", "id"});
      if (many && !name.empty()) options.name = name;
      const size_t at = trace.spans.size();
      unmatched += append_transcript(trace, messages, options);
      keep_rest(transcript, many ? " messages name " : " messages name id ", "docent.transcript.",
                trace.spans[at].attributes);
    }
    if (many) {
      trace.spans[0].inputs_json = trace.spans[1].inputs_json;
      trace.spans[0].outputs_json = trace.spans[1].outputs_json;
    }
    finish_trace(context, std::move(trace), unmatched);
  }
};

class TauReader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    CanonicalTrace trace;
    const json::Node info = record["info"], task = info["task"];
    trace.id = derived_id(context.file_name, record.raw());
    trace.client_request_id =
        "task " + record["task_id"].text_or_raw() + " trial " + record["trial"].text_or_raw();
    trace.name = "tau-bench task " + record["task_id"].text_or_raw();
    trace.source_format = context.format;
    trace.user = task["user_id"].text();
    add_score("reward", record["reward"], trace);
    add_expected(task["actions"], "actions", trace);
    add_expected(task["outputs"], "outputs", trace);
    keep_rest(task, " user_id actions outputs ", "tau_bench.task.", trace.metadata);
    keep_rest(info, " task ", "tau_bench.info.", trace.metadata);
    keep_rest(record, " traj reward info ", "tau_bench.", trace.metadata);
    std::vector<TranscriptMessage> messages;
    if (!read_transcript(record["traj"], messages)) {
      context.note(ingest::IssueKind::WrongType, "traj is no list of messages",
                   record["traj"].offset_bytes());
    }
    TranscriptOptions options;
    options.name = trace.name;
    const uint32_t unmatched = append_transcript(trace, messages, options);
    finish_trace(context, std::move(trace), unmatched);
  }
};

}  // namespace

Format docent_format() {
  return {"Docent agent run", matches_run,
          [] { return std::unique_ptr<FormatReader>(std::make_unique<RunReader>()); }};
}
Format tau_bench_format() {
  return {"tau-bench result", matches_tau,
          [] { return std::unique_ptr<FormatReader>(std::make_unique<TauReader>()); }};
}

}  // namespace assay::convert
