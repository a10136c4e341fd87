#include "core/convert/inspect.h"

#include <algorithm>
#include <map>
#include <unordered_set>

#include "core/convert/chat_messages.h"
#include "core/convert/encodings.h"
#include "core/convert/inspect_events.h"
#include "core/convert/reading.h"
#include "core/convert/transcript.h"
#include "core/json/writer.h"

namespace assay::convert {
namespace {

bool is_log(json::Node node) {
  return node["eval"]["task"].is_string() &&
         (node["version"].present() || node["status"].present());
}
bool is_event(json::Node node) {
  return node["event"].is_string() && node["timestamp"].is_string();
}
bool is_sample(json::Node node) {
  return node["epoch"].is_number() && (node["input"].present() || node["target"].present()) &&
         node["id"].present();
}
bool is_summary(json::Node node) {
  return is_sample(node) && !node["messages"].present() && !node["events"].present() &&
         !node["output"].present();
}
bool is_reductions(json::Node node) {
  return node["scorer"].is_string() && node["samples"].is_array();
}

bool matches(json::Node record) {
  return is_log(record) || is_sample(record) || is_event(record["events"].first()) ||
         is_reductions(record) || is_event(record);
}

// What the log says of all its samples.
struct Log {
  bool known = false;
  std::string task, id, model;
  Pairs metadata;
  TimeNs created_ns = kNoTime;
  std::vector<CanonicalTrace> waiting;      // samples that came before the header
  std::unordered_set<std::string> samples;  // that were read, by id and epoch
  std::vector<std::pair<std::string, std::string>> summaries;  // of samples not seen yet
  bool told_reductions = false;
};

// A sample whose parts are files of their own (samples/<id>_epoch_<n>/…).
struct Parts {
  std::string log, sample;
  std::string events, messages;  // elements, with commas between
};

std::string sample_key(json::Node sample) {
  return sample["id"].text_or_raw() + "/" + sample["epoch"].text_or_raw();
}

// Where "samples/<id>_epoch_<n>" of a log's archive begins in a file's name; npos elsewhere. A folder that merely is
// called samples holds logs, not their parts.
size_t sample_at(std::string_view file_name) {
  constexpr std::string_view kFolder = "samples/";
  for (size_t at = file_name.rfind(kFolder); at != std::string_view::npos;
       at = at == 0 ? std::string_view::npos : file_name.rfind(kFolder, at - 1)) {
    const bool whole_name = at == 0 || file_name[at - 1] == '/';
    if (whole_name && file_name.find("_epoch_", at) != std::string_view::npos) return at;
  }
  return std::string_view::npos;
}

// The folder of the log in an archive: what stands before its files.
std::string log_key(std::string_view file_name) {
  size_t at = sample_at(file_name);
  for (const std::string_view part :
       {"_journal/", "header.json", "summaries.json", "reductions.json"}) {
    if (at == std::string_view::npos) at = file_name.rfind(part);
  }
  return std::string(file_name.substr(0, at));
}

class Reader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    const std::string key = log_key(context.file_name);
    Log& log = logs_[key];
    if (is_log(record)) return read_log(context, record, log);
    const size_t folder = part_folder(context.file_name);
    if (folder != std::string_view::npos)
      return keep_part(context, record, key, context.file_name.substr(0, folder));
    if (is_reductions(record)) {
      if (!log.told_reductions)
        context.note(
            ingest::IssueKind::ConversionNote,
            "scores reduced over epochs (reductions.json) are not read: each epoch's own are");
      log.told_reductions = true;
    } else if (is_summary(record)) {
      if (log.samples.count(sample_key(record)) == 0)
        log.summaries.emplace_back(sample_key(record), std::string(record.raw()));
    } else if (is_event(record)) {
      context.note(ingest::IssueKind::UnknownRecord, "an event of Inspect without its sample");
    } else {
      read_sample(context, record, log);
    }
  }

  // Where the folder of a sample in parts ends; npos for other files.
  static size_t part_folder(std::string_view file_name) {
    const size_t samples = sample_at(file_name);
    if (samples == std::string_view::npos) return samples;
    return file_name.find('/', file_name.find("_epoch_", samples));
  }

  void keep_part(Context& context, json::Node record, const std::string& log,
                 std::string_view folder) {
    Parts& parts = parts_[std::string(folder)];
    parts.log = log;
    const std::string_view rest = context.file_name.substr(folder.size());
    const auto append = [&](std::string& list) {
      if (!list.empty()) list += ',';
      list += record.raw();
    };
    if (rest.find("/events/") == 0 && is_event(record)) {
      append(parts.events);
    } else if (rest.find("/messages/") == 0 && record["role"].is_string()) {
      append(parts.messages);
    } else if (is_sample(record)) {
      parts.sample = record.raw();
    }
  }

  void read_log(Context& context, json::Node record, Log& log) {
    read_header(record, log);
    for (json::Node sample = record["samples"].first(); sample; sample = sample.next()) {
      if (sample.is_object()) {
        read_sample(context, sample, log);
      } else {
        context.note(ingest::IssueKind::WrongType,
                     "sample: " + std::string(sample.raw().substr(0, 80)), sample.offset_bytes());
      }
    }
    release(context, log);
  }

  static void read_header(json::Node record, Log& log) {
    const json::Node eval = record["eval"];
    log.known = true;
    log.task = eval["task"].text();
    log.id = first_text_of(eval, {"eval_id", "run_id", "task_id"});
    log.model = eval["model"].text();
    log.created_ns = any_time_ns(first_of(eval, {"created"}));
    log.metadata.clear();
    keep_rest(eval, "", "inspect.eval.", log.metadata);
    keep_rest(record, " eval samples results stats reductions ", "inspect.", log.metadata);
    for (json::Node score = record["results"]["scores"].first(); score; score = score.next()) {
      keep_pair(score["metrics"], "inspect.results." + score["name"].text(), log.metadata);
    }
  }

  static void release(Context& context, Log& log) {
    for (CanonicalTrace& trace : log.waiting)
      emit(context, log, std::move(trace));
    log.waiting.clear();
  }

  static void emit(Context& context, const Log& log, CanonicalTrace&& trace) {
    trace.name = log.task.empty() ? "sample" : log.task;
    trace.spans[0].name = trace.name;
    for (const auto& pair : log.metadata)
      trace.metadata.push_back(pair);
    if (trace.spans[0].start_ns == kNoTime && trace.request_time_ns == kNoTime)
      trace.request_time_ns = log.created_ns;
    close_untimed(trace);
    context.emit(std::move(trace));
  }

  void read_sample(Context& context, json::Node sample, Log& log) {
    log.samples.insert(sample_key(sample));
    CanonicalTrace trace;
    trace.source_format = context.format;
    trace.id = sample["uuid"].text();
    if (trace.id.empty() && sample["id"].present()) {
      const std::string of = log.id.empty() ? file_stem(log_key(context.file_name)) : log.id;
      trace.id = (of.empty() ? std::string("inspect") : of) + "-" + sample["id"].text_or_raw() +
                 "-" + sample["epoch"].text_or_raw();
    }
    if (trace.id.empty()) trace.id = derived_id(context.file_name, sample.raw());
    keep_pair(sample["id"], "inspect.sample_id", trace.metadata);
    keep_rest(sample["metadata"], "", "inspect.metadata.", trace.metadata);
    keep_rest(sample,
              " id uuid input target messages output scores events transcript attachments "
              "message_pool events_data model_usage "
              "total_time error metadata store started_at completed_at timelines ",
              "inspect.", trace.metadata);
    keep_pair(sample["store"], "inspect.store", trace.metadata);

    InspectTexts texts(sample);
    CanonicalSpan root;
    root.id = trace.id + "/0";
    root.type = "TASK";
    root.start_ns = any_time_ns(sample["started_at"]);
    root.end_ns = any_time_ns(sample["completed_at"]);
    if (sample["input"].has_content())
      root.inputs_json = with_messages(texts.resolved(sample["input"].raw()));
    root.outputs_json = inspect_answer(sample["output"], texts);
    root.status_message = sample["error"]["message"].text();
    root.status = sample["error"].has_content() ? Status::Error : Status::Unset;
    trace.spans.push_back(std::move(root));

    std::vector<CanonicalAssessment> told;
    const json::Node events =
        sample["events"].is_array() ? sample["events"] : sample["transcript"]["events"];
    const bool any_model = append_inspect_events(events, texts, trace, told);
    if (!any_model) read_conversation(context, sample, texts, trace);
    finish_sample(context, sample, texts, std::move(told), trace);
    if (log.known) {
      emit(context, log, std::move(trace));
    } else {
      log.waiting.push_back(std::move(trace));
    }
  }

  // Logs without events: the spans are what the messages tell.
  static void read_conversation(Context& context, json::Node sample, InspectTexts& texts,
                                CanonicalTrace& trace) {
    const std::string list = texts.resolved(sample["messages"].raw());
    json::Tree tree;
    std::vector<TranscriptMessage> messages;
    if (!tree.parse(list) || !read_transcript(tree.root(), messages) || messages.empty()) return;
    // Errors of tools, which OpenAI's form has no place for.
    size_t at = 0;
    for (json::Node each = sample["messages"].first(); each && at < messages.size();
         each = each.next()) {
      while (at < messages.size() && messages[at].role != each["role"].text())
        ++at;
      if (at == messages.size()) break;
      if (messages[at].tool_name.empty()) messages[at].tool_name = each["function"].text();
      if (each["error"].is_object()) {
        messages[at].failed = true;
        messages[at].error = each["error"]["type"].text() + ": " + each["error"]["message"].text();
      }
      ++at;
    }
    TranscriptOptions options;
    const std::string root_id = trace.spans[0].id;
    options.parent_id = root_id;
    const uint32_t unmatched = append_transcript(trace, messages, options);
    if (unmatched > 0) {
      context.note(ingest::IssueKind::ConversionNote, "sample " + sample_key(sample) + ": " +
                                                          std::to_string(unmatched) +
                                                          " tool results whose call is not there");
    }
  }

  static void finish_sample(Context& context, json::Node sample, const InspectTexts& texts,
                            std::vector<CanonicalAssessment>&& told, CanonicalTrace& trace) {
    const auto seconds = sample["total_time"].number();
    if (seconds && *seconds >= 0 && *seconds < 1e9)
      trace.duration_ms = static_cast<int64_t>(*seconds * 1000 + 0.5);
    for (json::Node usage = sample["model_usage"].first(); usage; usage = usage.next()) {
      Tokens tokens;
      Cost cost;
      read_inspect_usage(usage, tokens, cost);
      const auto add = [](int64_t& to, int64_t more) {
        if (more >= 0) to = to < 0 ? more : to > INT64_MAX - more ? INT64_MAX : to + more;
      };
      add(trace.tokens.input, tokens.input);
      add(trace.tokens.output, tokens.output);
      add(trace.tokens.total, tokens.total);
      add(trace.tokens.cache_read, tokens.cache_read);
      add(trace.tokens.cache_creation, tokens.cache_creation);
      add(trace.tokens.reasoning, tokens.reasoning);
      if (cost.total_usd >= 0)
        trace.cost.total_usd = std::max(trace.cost.total_usd, 0.0) + cost.total_usd;
    }
    add_expected(sample["target"], {}, trace);
    const json::Node scores = sample["scores"];
    for (json::Node score = scores.first(); score; score = score.next()) {
      trace.assessments.push_back(inspect_score(scores.is_object() ? score.key() : "score", score));
    }
    for (CanonicalAssessment& score : told) {
      const bool intermediate =
          score.name.size() > 15 && score.name.substr(score.name.size() - 14) == "(intermediate)";
      if (!scores.has_content() || intermediate) trace.assessments.push_back(std::move(score));
    }
    CanonicalSpan& root = trace.spans[0];
    if (sample["error"].has_content()) {
      trace.state = TraceState::Error;
      SpanEvent& event = root.events.emplace_back();
      event.name = "exception";
      event.time_ns = root.end_ns;
      add_text_attribute(event.attributes, "exception.message", sample["error"]["message"].text());
      add_text_attribute(event.attributes, "exception.stacktrace",
                         sample["error"]["traceback"].text());
    } else if (root.end_ns == kNoTime || sample["output"].present()) {
      trace.state = TraceState::Ok;
    }
    if (texts.unresolved() > 0) {
      context.note(ingest::IssueKind::ConversionNote,
                   "sample " + sample_key(sample) + ": " + std::to_string(texts.unresolved()) +
                       " references were left as they are: the texts would be too large");
    }
  }

  void finish(Context& context) override {
    for (auto& [folder, parts] : parts_)
      finish_parts(context, parts);
    for (auto& [key, log] : logs_) {
      for (const auto& [sample, text] : log.summaries) {
        if (log.samples.count(sample) > 0) continue;
        json::Tree tree;
        if (!tree.parse(text)) continue;
        context.note(ingest::IssueKind::ConversionNote,
                     "sample " + sample + " is known by its summary only");
        read_sample(context, tree.root(), log);
      }
      release(context, log);
    }
    logs_.clear();
    parts_.clear();
  }

  void finish_parts(Context& context, const Parts& parts) {
    if (parts.sample.size() < 2) return;
    std::string whole = parts.sample.substr(0, parts.sample.size() - 1);
    if (!parts.events.empty()) whole += ",\"events\":[" + parts.events + "]";
    if (!parts.messages.empty()) whole += ",\"messages\":[" + parts.messages + "]";
    whole += "}";
    json::Tree tree;
    if (tree.parse(whole)) read_sample(context, tree.root(), logs_[parts.log]);
  }

  std::map<std::string, Log> logs_;
  std::map<std::string, Parts> parts_;
};

}  // namespace

Format inspect_format() {
  return {"Inspect AI", matches,
          [] { return std::unique_ptr<FormatReader>(std::make_unique<Reader>()); }};
}

}  // namespace assay::convert
