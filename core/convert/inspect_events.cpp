#include "core/convert/inspect_events.h"

#include <algorithm>

#include "core/convert/chat_messages.h"
#include "core/convert/encodings.h"
#include "core/convert/reading.h"
#include "core/json/unescape.h"
#include "core/json/writer.h"

namespace assay::convert {
namespace {

constexpr int kMaxNesting = 16;  // of events in events (old tool and subtask events)
constexpr size_t kLeastBudgetBytes = 8 << 20;
constexpr std::string_view kPrefix = "inspect.";

std::string type_of(std::string_view type) {
  constexpr std::pair<std::string_view, std::string_view> kTable[] = {
      {"agent", "AGENT"},      {"handoff", "AGENT"},     {"tool", "TOOL"},
      {"scorer", "EVALUATOR"}, {"scorers", "EVALUATOR"}, {"solver", "CHAIN"},
      {"solvers", "CHAIN"},    {"subtask", "TASK"},      {"init", "TASK"}};
  for (const auto& [name, ours] : kTable) {
    if (name == type) return std::string(ours);
  }
  return type.empty() ? std::string() : "CHAIN";
}

// The events of one sample.
class EventReader {
 public:
  EventReader(InspectTexts& texts, CanonicalTrace& trace, std::vector<CanonicalAssessment>& scores)
      : texts_(texts), trace_(trace), scores_(scores) {}

  void read(json::Node events, size_t parent, int nesting) {
    const size_t outer = step_base_;
    step_base_ = steps_.size();
    steps_.push_back(parent);
    for (json::Node event = events.first(); event; event = event.next()) {
      if (event["event"].text() == "span_begin") begin_span(event);
    }
    for (json::Node event = events.first(); event; event = event.next())
      read_event(event, nesting);
    steps_.resize(step_base_);
    step_base_ = outer;
  }

  bool any_model = false;
  TimeNs first_ns = kNoTime, last_ns = kNoTime;

 private:
  void seen(TimeNs time) {
    if (time == kNoTime) return;
    if (first_ns == kNoTime || time < first_ns) first_ns = time;
    if (last_ns == kNoTime || time > last_ns) last_ns = time;
  }

  // The span that an event belongs to: the one it names, or the step that is open.
  size_t span_of(json::Node event, std::string_view member = "span_id") {
    const auto found = by_id_.find(event[member].text());
    return found != by_id_.end() ? found->second : steps_.back();
  }

  CanonicalSpan& add(size_t parent, std::string name, std::string type, TimeNs start_ns) {
    CanonicalSpan span;
    span.id = trace_.id + "/" + std::to_string(trace_.spans.size());
    span.parent_id = trace_.spans[parent].id;
    span.name = std::move(name);
    span.type = std::move(type);
    span.start_ns = start_ns;
    seen(start_ns);
    trace_.spans.push_back(std::move(span));
    return trace_.spans.back();
  }

  void begin_span(json::Node event) {
    const std::string id = event["id"].text(), type = event["type"].text();
    if (id.empty() || by_id_.count(id) > 0) return;
    const size_t parent = span_of(event, "parent_id");
    CanonicalSpan& span =
        add(parent, event["name"].text(), type_of(type), any_time_ns(event["timestamp"]));
    add_text_attribute(span.attributes, "inspect.span.id", id);
    keep_rest(event, " event id span_id parent_id name timestamp ", "inspect.span.",
              span.attributes);
    by_id_.emplace(id, trace_.spans.size() - 1);
    if (type == "tool")
      unclaimed_[std::to_string(parent) + "/" + span.name].push_back(trace_.spans.size() - 1);
  }

  void read_event(json::Node event, int nesting) {
    const std::string kind = event["event"].text();
    if (kind == "span_begin") return;
    const TimeNs time = any_time_ns(event["timestamp"]);
    seen(time);
    if (kind == "span_end") {
      const auto span = by_id_.find(event["id"].text());
      if (span != by_id_.end()) trace_.spans[span->second].end_ns = time;
    } else if (kind == "step") {
      read_step(event, time);
    } else if (kind == "model") {
      read_model(event, time);
    } else if (kind == "tool" || kind == "subtask" || kind == "sandbox") {
      read_work(event, kind, time, nesting);
    } else {
      read_other(event, kind, time);
    }
  }

  void read_step(json::Node event, TimeNs time) {
    if (event["action"].text() == "begin") {
      CanonicalSpan& span =
          add(steps_.back(), event["name"].text(), type_of(event["type"].text()), time);
      keep_rest(event, " event action name timestamp ", "inspect.step.", span.attributes);
      steps_.push_back(trace_.spans.size() - 1);
    } else if (steps_.size() > step_base_ + 1) {
      trace_.spans[steps_.back()].end_ns = time;
      steps_.pop_back();
    }
  }

  TimeNs end_of(json::Node event, TimeNs start, json::Node seconds) {
    if (event["pending"].boolean() == true) return kNoTime;
    const TimeNs completed = any_time_ns(event["completed"]);
    const auto took = seconds.number();
    TimeNs end = completed;
    if (end == kNoTime && start != kNoTime) {
      end = took && *took >= 0 && *took < 1e8 ? start + static_cast<TimeNs>(*took * 1e9) : start;
    }
    seen(end);
    return end;
  }

  void read_model(json::Node event, TimeNs time) {
    any_model = true;
    const json::Node output = event["output"];
    const size_t parent = span_of(event);
    std::string name = event["model"].text();
    CanonicalSpan& span = add(parent, name.empty() ? "model" : name, "CHAT_MODEL", time);
    span.end_ns =
        end_of(event, time, output["time"].present() ? output["time"] : event["working_time"]);
    span.inputs_json = texts_.model_input(event);
    span.outputs_json = inspect_answer(output, texts_);
    span.model = output["model"].has_content() ? output["model"].text() : event["model"].text();
    const size_t slash = event["model"].text().find('/');
    if (slash != std::string::npos) span.provider = event["model"].text().substr(0, slash);
    read_inspect_usage(output["usage"], span.tokens, span.cost);
    if (event["tools"].has_content()) span.tools_json = tools_of(event["tools"]);
    const json::Node error = event["error"].has_content() ? event["error"] : output["error"];
    span.status = error.has_content() ? Status::Error : Status::Ok;
    span.status_message = error.text_or_raw();
    if (span.end_ns == kNoTime) span.status = Status::Unset;
    keep_rest(
        event,
        " event timestamp span_id input input_refs tools output completed model error pending ",
        kPrefix, span.attributes);
    keep_rest(output, " model choices usage time error completion ", "inspect.output.",
              span.attributes);
    keep_rest(output["choices"].first(), " message ", "inspect.output.", span.attributes);
  }

  // Inspect's tools in OpenAI's form.
  std::string tools_of(json::Node tools) {
    std::string out;
    json::Writer w(out);
    w.begin_array();
    for (json::Node tool = tools.first(); tool; tool = tool.next()) {
      w.begin_object();
      w.member("type", "function");
      w.member_raw("function", tool.raw());
      w.end_object();
    }
    w.end_array();
    return texts_.resolved(out);
  }

  // A tool's call, a subtask, or a command in the sandbox. A call has a span of its own where
  // Inspect writes spans: they are one.
  void read_work(json::Node event, const std::string& kind, TimeNs time, int nesting) {
    const size_t parent = span_of(event);
    const std::string name = kind == "tool"      ? event["function"].text()
                             : kind == "subtask" ? event["name"].text()
                                                 : "sandbox " + event["action"].text();
    size_t at = SIZE_MAX;
    if (kind == "tool") {
      const auto own = unclaimed_.find(std::to_string(parent) + "/" + name);
      if (own != unclaimed_.end() && claimed_[own->first] < own->second.size())
        at = own->second[claimed_[own->first]++];
    }
    if (at == SIZE_MAX) {
      add(parent, name, kind == "tool" ? "TOOL" : "TASK", time);
      at = trace_.spans.size() - 1;
    }
    CanonicalSpan& span = trace_.spans[at];
    span.type = kind == "tool" ? "TOOL" : "TASK";
    if (time != kNoTime) span.start_ns = time;
    span.end_ns = end_of(event, time, event["working_time"]);
    if (kind == "sandbox") {
      std::string inputs;
      json::Writer w(inputs);
      w.begin_object();
      for (const std::string_view member : {"cmd", "file", "options", "input"}) {
        if (event[member].has_content()) w.member_raw(member, event[member].raw());
      }
      w.end_object();
      span.inputs_json = texts_.resolved(inputs);
      span.outputs_json = texts_.resolved(unwrapped_json(event["output"]));
      keep_rest(event, " event timestamp span_id action cmd file options input output completed ",
                kPrefix, span.attributes);
      return;
    }
    span.inputs_json =
        texts_.resolved(unwrapped_json(kind == "tool" ? event["arguments"] : event["input"]));
    std::string result = texts_.resolved(event["result"].raw());
    if (event["result"].has_content()) span.outputs_json = json_of_text(result);
    const json::Node error = event["error"];
    const bool failed = error.has_content() || event["failed"].boolean() == true;
    if (span.end_ns != kNoTime) span.status = failed ? Status::Error : Status::Ok;
    span.status_message = error.is_object() ? error["message"].text() : error.text_or_raw();
    if (kind == "tool")
      add_text_attribute(span.attributes, "gen_ai.tool.call.id", event["id"].text());
    keep_rest(event,
              " event timestamp span_id id function name arguments input result events completed "
              "failed pending ",
              kPrefix, span.attributes);
    if (event["events"].has_content() && nesting < kMaxNesting)
      read(event["events"], at, nesting + 1);
  }

  void read_other(json::Node event, const std::string& kind, TimeNs time) {
    const size_t at = span_of(event);
    if (kind == "score") {
      // Named by the scorer's span or step, which it stands in.
      scores_.push_back(inspect_score(
          at == 0 ? std::string_view("score") : std::string_view(trace_.spans[at].name),
          event["score"]));
      if (event["intermediate"].boolean() == true) scores_.back().name += " (intermediate)";
      scores_.back().create_time_ns = time;
    }
    SpanEvent& out = trace_.spans[at].events.emplace_back();
    out.time_ns = time;
    if (kind == "error") {
      out.name = "exception";
      const json::Node error = event["error"];
      add_text_attribute(out.attributes, "exception.message", error["message"].text());
      add_text_attribute(out.attributes, "exception.stacktrace", error["traceback"].text());
      trace_.spans[at].status = Status::Error;
      trace_.spans[at].status_message = error["message"].text();
      return;
    }
    out.name = std::string(kPrefix) + (kind.empty() ? std::string("event") : kind);
    keep_rest(event, " event timestamp span_id ", "", out.attributes);
  }

  InspectTexts& texts_;
  CanonicalTrace& trace_;
  std::vector<CanonicalAssessment>& scores_;
  std::unordered_map<std::string, size_t> by_id_;
  std::unordered_map<std::string, std::vector<size_t>>
      unclaimed_;  // spans of tools without their event
  std::unordered_map<std::string, size_t> claimed_;
  std::vector<size_t> steps_;  // open steps, below them the span they stand in
  size_t step_base_ = 0;
};

}  // namespace

InspectTexts::InspectTexts(json::Node sample)
    : budget_bytes_(
          std::max(kLeastBudgetBytes, std::min<size_t>(sample.raw().size(), SIZE_MAX / 8) * 4)) {
  for (const json::Node list : {sample["attachments"], sample["transcript"]["content"],
                                sample["events_data"]["attachments"]}) {
    uint32_t index = 0;
    for (json::Node each = list.first(); each; each = each.next(), ++index) {
      attachments_.emplace(list.is_object() ? each.key() : std::to_string(index), each);
    }
  }
  const json::Node pool = first_of(sample, {"message_pool"}).present()
                              ? sample["message_pool"]
                              : sample["events_data"]["messages"];
  for (json::Node each = pool.first(); each; each = each.next())
    pool_.push_back(each);
}

bool InspectTexts::afford(size_t bytes) {
  if (bytes > budget_bytes_) return false;
  budget_bytes_ -= bytes;
  return true;
}

std::string InspectTexts::resolved(std::string_view json) {
  std::string out;
  size_t done = 0;
  for (size_t at = json.find("://"); at != std::string_view::npos && !attachments_.empty();
       at = json.find("://", at + 3)) {
    std::string_view before = json.substr(done, at - done);
    const size_t length = before.size() >= 11 && before.substr(before.size() - 11) == "\"attachment"
                              ? 11
                          : before.size() >= 3 && before.substr(before.size() - 3) == "\"tc" ? 3
                                                                                             : 0;
    if (length == 0) continue;
    const size_t end = json.find('"', at);
    if (end == std::string_view::npos) break;
    const auto found = attachments_.find(std::string(json.substr(at + 3, end - at - 3)));
    if (found == attachments_.end()) continue;
    if (!afford(found->second.raw().size())) {
      ++unresolved_;
      continue;
    }
    out.append(json.substr(done, at - length - done));
    out.append(found->second.raw());
    done = end + 1;
    at = end - 2;
  }
  out.append(json.substr(done));
  return out;
}

std::string InspectTexts::model_input(json::Node event) {
  const json::Node refs = event["input_refs"];
  if (!refs.is_array() || refs.size() == 0 || event["input"].has_content()) {
    return event["input"].has_content() ? with_messages(resolved(event["input"].raw()))
                                        : std::string();
  }
  std::string list;
  json::Writer w(list);
  w.begin_array();
  for (json::Node range = refs.first(); range; range = range.next()) {
    const auto from = range.first().integer(), to = range.first().next().integer();
    if (!from || !to || *from < 0) continue;
    const size_t end =
        static_cast<size_t>(std::min<int64_t>(*to, static_cast<int64_t>(pool_.size())));
    for (size_t i =
             static_cast<size_t>(std::min<int64_t>(*from, static_cast<int64_t>(pool_.size())));
         i < end; ++i) {
      if (afford(pool_[i].raw().size())) {
        w.raw(pool_[i].raw());
      } else {
        ++unresolved_;
        break;
      }
    }
  }
  w.end_array();
  return with_messages(resolved(list));
}

bool append_inspect_events(json::Node events, InspectTexts& texts, CanonicalTrace& trace,
                           std::vector<CanonicalAssessment>& scores) {
  EventReader reader(texts, trace, scores);
  reader.read(events, 0, 0);
  CanonicalSpan& root = trace.spans[0];
  if (root.start_ns == kNoTime) root.start_ns = reader.first_ns;
  if (root.end_ns == kNoTime) root.end_ns = reader.last_ns;
  return reader.any_model;
}

CanonicalAssessment inspect_score(std::string_view name, json::Node score) {
  CanonicalAssessment out;
  out.name = name;
  out.value_json = score["value"].present() ? score["value"].raw() : "null";
  out.rationale = score["explanation"].text();
  out.source_type = name.substr(0, 12) == "model_graded" ? "LLM_JUDGE" : "CODE";
  // A score that people edited: the last edit is what stands.
  json::Node last;
  for (json::Node edit = score["history"].first(); edit; edit = edit.next())
    last = edit;
  if (last["provenance"]["author"].has_content()) {
    out.source_type = "HUMAN";
    out.source_id = last["provenance"]["author"].text();
    out.create_time_ns = any_time_ns(last["provenance"]["timestamp"]);
  }
  keep_rest(score, " value explanation ", "", out.metadata);
  return out;
}

void read_inspect_usage(json::Node usage, Tokens& tokens, Cost& cost) {
  read_usage(usage, tokens);
  if (tokens.cache_read < 0) tokens.cache_read = count_of(usage["input_tokens_cache_read"]);
  if (tokens.cache_creation < 0)
    tokens.cache_creation = count_of(usage["input_tokens_cache_write"]);
  if (cost.total_usd < 0) cost.total_usd = usd_of(usage["total_cost"]);
}

std::string inspect_answer(json::Node output, InspectTexts& texts) {
  const json::Node message = output["choices"].first()["message"];
  if (message.is_object()) return with_messages("[" + texts.resolved(message.raw()) + "]");
  return output["completion"].has_content() ? texts.resolved(output["completion"].raw())
                                            : std::string();
}

}  // namespace assay::convert
