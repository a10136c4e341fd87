// Session: label schemas, review queues, answers, merging of reviewers' work.
#include <algorithm>
#include <utility>

#include "core/annot/draft.h"
#include "core/annot/payload.h"
#include "core/app/session_state.h"
#include "core/base/hash.h"
#include "core/base/numbers.h"
#include "core/json/doc.h"
#include "core/review/labels.h"

namespace assay::app {

using store::TraceRow;

namespace {

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    if (end != 0) out.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return out;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + text;
  return out;
}

std::string count_text(uint64_t count) {
  std::string out;
  append_int(out, static_cast<int64_t>(count));
  return out;
}

}  // namespace

std::string Session::State::new_id(std::string_view prefix) {
  uint8_t bytes[8] = {};
  if (platform.random != nullptr) platform.random->fill(bytes, sizeof bytes);
  return std::string(prefix) + hex_of(bytes, sizeof bytes);
}

void Session::State::execute_review(const Command& command) {
  if (!ready_to_write()) return;
  switch (command.id) {
    case CommandId::AssessmentAddMany: return add_many(command);
    case CommandId::SchemaSave: return save_schema(command);
    case CommandId::SchemaRetire:
      if (board->find_schema(command.arg("name")) == nullptr) return;
      return write({review::schema_retire_event(command.arg("name"))}, journal::TxnScope::User);
    case CommandId::QueueCreate: return create_queue(command);
    case CommandId::QueueArchive:
      if (board->find_queue(command.arg("queue_id")) == nullptr) return;
      write({review::queue_archive_event(command.arg("queue_id"))}, journal::TxnScope::User);
      if (route.queue_id == command.arg("queue_id")) {
        Route to = route;
        to.queue_id.clear();
        to.item_id.clear();
        go(std::move(to), true);
      }
      return;
    case CommandId::ReviewAnswer: return answer(command);
    case CommandId::ReviewMark: return mark_item(command);
    case CommandId::Adjudicate: return adjudicate(command);
    default: return;
  }
}

// --- Questions ------------------------------------------------------------------------------------

void Session::State::save_schema(const Command& command) {
  const Result<review::LabelSchema> schema = review::decode_schema(command.arg("schema"));
  if (!schema.ok()) return notice(NoticeKind::Error, "", schema.error().what);
  const review::SchemaEntry* current = board->find_schema(schema.value().name);
  if (current != nullptr && !current->retired && current->schema == schema.value()) return;
  const uint32_t version = current == nullptr ? 0 : current->version;
  write({review::schema_define_event(schema.value())}, journal::TxnScope::User);
  const review::SchemaEntry* now = board->find_schema(schema.value().name);
  if (version == 0 || now == nullptr || now->version == version) return;
  const size_t stale = review::stale_rows(dataset, *now).size();
  if (stale > 0)
    notice(NoticeKind::Warning, "labels_stale",
           "Labels of the earlier question are marked: traces " + count_text(stale),
           {now->schema.shown_title(), count_text(stale)});
}

void Session::State::import_schemas(std::string_view file_name, std::string_view text) {
  if (!ready_to_write()) return;
  Result<std::vector<review::LabelSchema>> schemas = review::decode_schema_file(text);
  if (!schemas.ok())
    return notice(NoticeKind::Error, "schemas_bad", std::string(file_name) + ": " + schemas.error().what,
                  {std::string(file_name), schemas.error().what});
  std::vector<journal::NewEvent> events;
  std::vector<std::string> changed;
  for (const review::LabelSchema& schema : schemas.value()) {
    const review::SchemaEntry* current = board->find_schema(schema.name);
    if (current != nullptr && !current->retired && current->schema == schema) continue;
    if (current != nullptr && current->hash != review::definition_hash(schema)) changed.push_back(schema.name);
    events.push_back(review::schema_define_event(schema));
  }
  if (!events.empty()) write(events, journal::TxnScope::User);
  if (!changed.empty())
    return notice(NoticeKind::Warning, "schemas_changed",
                  "Questions that were here have a new definition; labels of the earlier one are marked: " + joined(changed),
                  {count_text(events.size()), joined(changed)});
  notice(NoticeKind::Success, "schemas_read", "Questions taken in: " + count_text(events.size()),
         {count_text(events.size()), std::string(file_name)});
}

// --- Queues ---------------------------------------------------------------------------------------

void Session::State::create_queue(const Command& command) {
  review::Queue queue;
  queue.queue_id = new_id("q-");
  queue.name = command.arg("name");
  queue.schemas = lines_of(command.arg("schemas"));
  queue.blind = command.arg("blind") != "0";
  for (const std::string& name : queue.schemas) {
    const review::SchemaEntry* entry = board->find_schema(name);
    if (entry == nullptr || entry->retired)
      return notice(NoticeKind::Error, "", "There is no question named " + name);
  }
  const std::string_view scope = command.arg("scope");
  std::vector<TraceRow> rows;
  using Kind = review::QueueSource::Kind;
  if (scope == "stale") {
    queue.source.kind = Kind::Stale;
    if (const review::SchemaEntry* entry = board->find_schema(command.arg("schema")))
      rows = review::stale_rows(dataset, *entry);
  } else if (scope == "sample") {
    queue.source.kind = Kind::Sample;
    const std::vector<TraceRow>& all = list.rows();
    const std::optional<int64_t> size = parse_int64(command.arg("size"));
    const std::optional<int64_t> seed = parse_int64(command.arg("seed"));
    if (!size || *size < 1) return notice(NoticeKind::Error, "", "Say how many traces the sample is to have");
    queue.source.seed = static_cast<uint64_t>(seed.value_or(1));
    queue.source.population = static_cast<uint32_t>(all.size());
    const auto wanted = static_cast<uint32_t>(std::min<int64_t>(*size, review::kMaxQueueItems));
    // Drawn by trace id, so that the order of the table does not change the sample.
    std::vector<TraceRow> by_id = all;
    std::sort(by_id.begin(), by_id.end(),
              [this](TraceRow a, TraceRow b) { return dataset.trace_id(a) < dataset.trace_id(b); });
    for (const uint32_t at : review::random_sample(queue.source.population, wanted, queue.source.seed))
      rows.push_back(by_id[at]);
  } else if (scope == "spans") {
    queue.source.kind = Kind::Spans;
    if (!spans_of_queue(command, queue)) return;
  } else {
    queue.source.kind = scope == "selected" ? Kind::Selected : Kind::Matching;
    rows = rows_of_scope(scope);
  }
  if (scope != "selected") queue.source.query = route.query;
  for (const TraceRow row : rows) queue.trace_ids.emplace_back(dataset.trace_id(row));
  Result<journal::NewEvent> event = review::queue_create_event(queue);
  if (!event.ok()) return notice(NoticeKind::Error, "", event.error().what);
  write({std::move(event).value()}, journal::TxnScope::User);
  execute_navigation(Command(CommandId::QueueOpen, {{"queue_id", queue.queue_id}}));
}

// The spans of the traces that match the search, by what they are; all of them, or a sample.
bool Session::State::spans_of_queue(const Command& command, review::Queue& queue) {
  const std::string_view type = command.arg("span_type"), name = command.arg("span_name");
  const bool failed = command.arg("span_failed") == "1";
  const auto condition = [&](std::string_view text) {
    if (!queue.source.spans.empty()) queue.source.spans += " AND ";
    queue.source.spans += text;
  };
  const auto quoted = [](std::string_view text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
    return out + "'";
  };
  if (!type.empty()) condition("span.type = " + quoted(type));
  if (failed) condition("span.status = 'ERROR'");
  if (!name.empty()) condition("span.name LIKE " + quoted("%" + std::string(name) + "%"));
  std::vector<std::pair<TraceRow, store::SpanRow>> found;
  for (const TraceRow row : list.rows()) {
    const store::Range range = dataset.spans(row);
    for (uint32_t i = 0; i < range.count; ++i) {
      const store::SpanRow span{range.begin + i};
      if (!type.empty() && dataset.name_text(dataset.span_type(span)) != type) continue;
      if (failed && dataset.span_status(span) != store::SpanStatus::Error) continue;
      if (!name.empty() && dataset.name_text(dataset.span_name(span)).find(name) == std::string_view::npos) continue;
      if (!dataset.span_id(span).empty()) found.emplace_back(row, span);
    }
  }
  if (found.empty())
    return notice(NoticeKind::Error, "queue_no_spans", "No span of the traces that match the search is like this"), false;
  const std::optional<int64_t> size = parse_int64(command.arg("size"));
  if (size && *size > 0 && static_cast<uint64_t>(*size) < found.size()) {
    queue.source.population = static_cast<uint32_t>(found.size());
    queue.source.seed = static_cast<uint64_t>(parse_int64(command.arg("seed")).value_or(1));
    std::vector<std::pair<TraceRow, store::SpanRow>> drawn;
    for (const uint32_t at : review::random_sample(queue.source.population, static_cast<uint32_t>(*size), queue.source.seed))
      drawn.push_back(found[at]);
    found = std::move(drawn);
  }
  for (const auto& [row, span] : found) {
    if (queue.trace_ids.size() > review::kMaxQueueItems) break;  // refused with its reason
    queue.trace_ids.emplace_back(dataset.trace_id(row));
    queue.span_ids.emplace_back(dataset.span_id(span));
  }
  return true;
}

// To the next item that waits; to the summary when none does.
void Session::State::go_on(const review::Queue& queue, std::string_view item_key) {
  if (route.place != Place::Review || route.queue_id != queue.queue_id) return;
  const std::optional<uint32_t> here = queue.position_of(item_key);
  const std::optional<uint32_t> next =
      review::next_open_item(queue, review::reviewer_name(settings.author), here ? static_cast<int64_t>(*here) : -1);
  Route to = route;
  to.item_id = next ? queue.key(*next) : std::string();
  go(std::move(to), false);
}

void Session::State::answer(const Command& command) {
  const review::Queue* queue = board->find_queue(command.arg("queue_id"));
  const review::SchemaEntry* entry = board->find_schema(command.arg("schema"));
  const std::string trace_id(command.arg("trace_id"));
  const std::string span_id(command.arg("span_id"));
  const std::string key = review::item_key(trace_id, span_id);
  const std::optional<TraceRow> row = dataset.find_trace(trace_id);
  const std::optional<uint32_t> at = queue == nullptr ? std::nullopt : queue->position_of(key);
  const bool in_queue = !command.arg("queue_id").empty();
  if (entry == nullptr || (in_queue && !at))
    return notice(NoticeKind::Error, "", "This question is not in the queue any more");
  if (!row)
    return notice(NoticeKind::Error, "", "The trace is not open: " + trace_id + ". Open its file first");
  const std::string reviewer(review::reviewer_name(settings.author));
  const store::Assessment* previous = review::label_of(dataset.assessments(*row), entry->schema, reviewer, span_id);
  review::Answer given;
  given.trace_id = trace_id;
  given.span_id = span_id;
  given.answer = command.arg("answer");
  given.comment = command.arg("comment");
  if (in_queue) given.queue_id = queue->queue_id;
  // Until the item is done, a second thought changes the answer instead of adding one.
  given.update = in_queue && queue->item(reviewer, *at).state != review::ItemState::Complete && previous != nullptr &&
                 store::metadata_value(*previous, review::kQueueKey) == queue->queue_id;
  auto event = review::answer_event(*entry, given, previous, settings.author, now_ms(),
                                    journal::new_assessment_id(random()));
  if (!event.ok()) return notice(NoticeKind::Error, "", event.error().what);
  std::vector<journal::NewEvent> events;
  if (event.value()) {
    const Status status = annotations->check(*event.value());
    if (!status.ok()) return notice(NoticeKind::Error, "", status.error().what);
    events.push_back(std::move(*event.value()));
  }
  const bool complete = in_queue && command.arg("complete") == "1";
  if (complete)
    events.push_back(review::queue_item_event(queue->queue_id, trace_id, review::ItemState::Complete,
                                              parse_int64(command.arg("spent_ms")).value_or(0), span_id));
  if (events.empty()) return;
  const std::string queue_id(command.arg("queue_id"));
  write(events, journal::TxnScope::User);
  if (const review::Queue* now = board->find_queue(queue_id); complete && now != nullptr) go_on(*now, key);
}

void Session::State::mark_item(const Command& command) {
  const review::Queue* queue = board->find_queue(command.arg("queue_id"));
  const std::string trace_id(command.arg("trace_id"));
  const std::optional<review::ItemState> state = review::parse_item_state(command.arg("state"));
  const std::string key = review::item_key(trace_id, command.arg("span_id"));
  if (queue == nullptr || !state || !queue->position_of(key)) return;
  const std::string queue_id = queue->queue_id;
  write({review::queue_item_event(queue_id, trace_id, *state, parse_int64(command.arg("spent_ms")).value_or(0),
                                  command.arg("span_id"))},
        journal::TxnScope::User);
  // Taken back: it stays before the reviewer.
  if (*state == review::ItemState::Pending) return;
  if (const review::Queue* now = board->find_queue(queue_id)) go_on(*now, key);
}

// After an undo or redo in a queue, what it concerned is shown.
void Session::State::follow_undo(std::string_view txn) {
  if (route.place != Place::Review || route.queue_id.empty()) return;
  const review::Queue* queue = board->find_queue(route.queue_id);
  if (queue == nullptr) return;
  for (const uint32_t index : journal->events_of(txn)) {
    const journal::EventView event = journal->at(index);
    Result<json::Doc> payload = json::parse_doc(event.payload_json);
    if (!payload.ok()) continue;
    std::string span_id = json::get_string(payload.value(), "span_id").value_or("");
    if (const json::Doc* made = json::find(payload.value(), "assessment"); made != nullptr && made->is_object())
      span_id = json::get_string(*made, "span_id").value_or("");
    std::string key = review::item_key(json::get_string(payload.value(), "trace_id").value_or(""), span_id);
    if (!queue->position_of(key)) continue;
    Route to = route;
    to.item_id = std::move(key);
    return go(std::move(to), false);
  }
}

// --- Adjudication ---------------------------------------------------------------------------------

void Session::State::adjudicate(const Command& command) {
  const std::string trace_id(command.arg("trace_id"));
  const std::optional<TraceRow> row = dataset.find_trace(trace_id);
  if (!row) return notice(NoticeKind::Error, "", "The trace is not open: " + trace_id);
  const auto kind = command.arg("kind") == "expectation" ? store::AssessmentKind::Expectation
                                                         : store::AssessmentKind::Feedback;
  const std::string name(command.arg("name"));
  // An earlier decision of this adjudicator is superseded.
  const store::Assessment* previous = nullptr;
  for (const store::Assessment& a : dataset.assessments(*row))
    if (a.valid && a.name == name && a.kind == kind && a.source_type == store::SourceType::Human &&
        a.source_id == review::reviewer_name(settings.author) && a.span_id == command.arg("span_id") &&
        review::is_adjudicated(a))
      previous = &a;
  if (command.arg("value").empty()) {  // taken back
    if (previous == nullptr) return;
    return write({annot::delete_event(trace_id, previous->assessment_id)}, journal::TxnScope::User);
  }
  const Result<json::Doc> value = json::parse_doc(command.arg("value"));
  if (!value.ok()) return notice(NoticeKind::Error, "", "The chosen value is no JSON");
  store::Assessment chosen;
  chosen.assessment_id = journal::new_assessment_id(random());
  chosen.name = name;
  chosen.span_id = command.arg("span_id");
  chosen.kind = kind;
  chosen.value_json = annot::with_double_numbers(command.arg("value"));
  chosen.source_type = store::SourceType::Human;
  chosen.source_id = review::reviewer_name(settings.author);
  chosen.create_time_ms = chosen.last_update_time_ms = now_ms();
  chosen.rationale = command.arg("rationale");
  chosen.metadata_json = "{\"" + std::string(review::kAdjudicatedKey) + "\":\"true\"";
  if (const review::SchemaEntry* entry = board->find_schema(name))
    chosen.metadata_json += ",\"" + std::string(review::kSchemaKey) + "\":\"" + count_text(entry->version) + ":" + entry->hash + "\"";
  chosen.metadata_json += "}";
  if (previous != nullptr) chosen.overrides = previous->assessment_id;
  const journal::NewEvent event = annot::create_event_of(chosen, trace_id);
  const Status status = annotations->check(event);
  if (!status.ok()) return notice(NoticeKind::Error, "", status.error().what);
  write({event}, journal::TxnScope::User);
}

// --- Many at once ---------------------------------------------------------------------------------

void Session::State::add_many(const Command& command) {
  const std::string_view scope = command.arg("scope");
  const std::vector<TraceRow> rows = rows_of_scope(scope);
  if (rows.empty())
    return notice(NoticeKind::Error, "", "There are no traces to assess: select some or change the query");
  annot::AssessmentDraft draft;
  draft.kind = command.arg("kind") == "expectation" ? store::AssessmentKind::Expectation
                                                    : store::AssessmentKind::Feedback;
  draft.name = command.arg("name");
  const std::string_view type = command.arg("value_type");
  draft.value_type = type == "boolean"  ? annot::ValueType::Boolean
                     : type == "number" ? annot::ValueType::Number
                     : type == "json"   ? annot::ValueType::Json
                                        : annot::ValueType::String;
  draft.value_text = command.arg("value");
  draft.rationale = command.arg("rationale");
  std::vector<journal::NewEvent> events;
  events.reserve(rows.size());
  annot::Stamp stamp;
  stamp.author = settings.author;
  stamp.now_ms = now_ms();
  const std::string_view author = review::reviewer_name(settings.author);
  for (const TraceRow row : rows) {
    draft.trace_id = dataset.trace_id(row);
    stamp.assessment_id = journal::new_assessment_id(random());
    // A person has one label of a name on a trace: a new one supersedes the earlier.
    draft.overrides.clear();
    for (const store::Assessment& a : dataset.assessments(row))
      if (a.valid && a.name == draft.name && a.kind == draft.kind && a.source_type == store::SourceType::Human &&
          a.source_id == author && a.span_id.empty() && !review::is_adjudicated(a))
        draft.overrides = a.assessment_id;
    Result<journal::NewEvent> event = annot::create_event(draft, stamp);
    if (!event.ok()) return notice(NoticeKind::Error, "", event.error().what);
    events.push_back(std::move(event).value());
  }
  write(events, journal::TxnScope::User);
  notice(NoticeKind::Success, "assessed_many", "Traces assessed: " + count_text(rows.size()),
         {draft.name, count_text(rows.size())});
}

// --- Colleagues' work -----------------------------------------------------------------------------

void Session::State::merge_work(const std::string& file_name, std::string text) {
  merges.emplace_back();
  merges.back().file_name = file_name;
  merges.back().text = std::move(text);
}

bool Session::State::merge_slice(OpenMerge& merge) {
  constexpr size_t kSliceBytes = 48U << 10;
  board->sync();
  codebook->sync();
  const std::string_view all = merge.text;
  size_t end = merge.at_byte + kSliceBytes >= all.size() ? std::string_view::npos : all.find('\n', merge.at_byte + kSliceBytes);
  end = end == std::string_view::npos ? all.size() : end + 1;
  const std::string_view slice = all.substr(merge.at_byte, end - merge.at_byte);
  const bool first = merge.at_byte == 0;
  merge.at_byte = std::max(end, merge.at_byte + 1);
  Result<journal::LoadReport> loaded = journal->load(slice);
  review::MergeReport& sum = merge.report;
  if (!loaded.ok()) {
    if (!first) {  // lines of which none is an event
      sum.load.bad_lines += static_cast<uint64_t>(std::count(slice.begin(), slice.end(), '\n'));
      return true;
    }
    notice(NoticeKind::Error, "merge_refused", merge.file_name + ": " + loaded.error().what,
           {merge.file_name, loaded.error().what});
    return false;
  }
  // Against the questions as they were before: the board has not been synced yet.
  review::MergeReport report =
      review::merge_report(*journal, std::move(loaded).value(), *board, dataset, now_ms(), codebook.get());
  std::vector<std::string> lines;
  for (size_t i = 0; i < report.load.events_added; ++i) {
    std::string line;
    journal->append_line(line, report.load.first_added + i);
    if (!line.empty() && line.back() == '\n') line.pop_back();
    lines.push_back(std::move(line));
  }
  if (!lines.empty()) store_lines(std::move(lines), 0);
  journal_changed();
  if (first) sum.load.first_added = report.load.first_added;
  sum.load.lines_read += report.load.lines_read;
  sum.load.events_added += report.load.events_added;
  sum.load.duplicates += report.load.duplicates;
  sum.load.conflicts += report.load.conflicts;
  sum.load.bad_lines += report.load.bad_lines;
  sum.load.torn_last_line |= report.load.torn_last_line;
  if (sum.load.first_bad_lines.empty()) sum.load.first_bad_lines = std::move(report.load.first_bad_lines);
  sum.labels += report.labels;
  sum.labels_waiting += report.labels_waiting;
  sum.from_later |= report.from_later;
  const auto add_each = [](std::vector<std::string>& to, const std::vector<std::string>& from) {
    for (const std::string& text : from) {
      const auto at = std::lower_bound(to.begin(), to.end(), text);
      if (at == to.end() || *at != text) to.insert(at, text);
    }
  };
  add_each(sum.schema_clashes, report.schema_clashes);
  add_each(sum.mode_clashes, report.mode_clashes);
  add_each(sum.backwards, report.backwards);
  add_each(merge.waiting, report.all_waiting);
  for (const review::MergedReviewer& reviewer : report.reviewers) {
    const auto at = std::find_if(sum.reviewers.begin(), sum.reviewers.end(), [&](const auto& r) { return r.name == reviewer.name; });
    if (at == sum.reviewers.end()) sum.reviewers.push_back(reviewer);
    else at->labels += reviewer.labels;
  }
  return true;
}

void Session::State::step_merges(Budget& budget) {
  while (!merges.empty()) {
    OpenMerge& merge = merges.front();
    const bool goes_on = merge_slice(merge);
    if (goes_on && merge.at_byte < merge.text.size()) {
      if (!budget.spend(48 << 10)) return;
      continue;
    }
    if (goes_on) finish_merge(merge);
    merges.pop_front();
  }
}

void Session::State::finish_merge(OpenMerge& merge) {
  const std::string& file_name = merge.file_name;
  review::MergeReport report = std::move(merge.report);
  report.waiting_trace_count = static_cast<uint32_t>(merge.waiting.size());
  merge.waiting.resize(std::min<size_t>(merge.waiting.size(), 5));
  report.waiting_traces = std::move(merge.waiting);
  std::sort(report.reviewers.begin(), report.reviewers.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  std::vector<std::string> names;
  for (const review::MergedReviewer& reviewer : report.reviewers)
    names.push_back(reviewer.name + " (" + count_text(reviewer.labels) + ")");
  if (report.load.bad_lines > 0 || report.load.torn_last_line)
    notice(NoticeKind::Warning, "merge_bad_lines", file_name + ": " + journal::to_text(report.load),
           {file_name, count_text(report.load.bad_lines + (report.load.torn_last_line ? 1 : 0)),
            journal::to_text(report.load)});
  if (report.is_of_other_data() && dataset.trace_count() > 0)
    notice(NoticeKind::Warning, "merge_other_data",
           "None of the labels in " + file_name + " is about a trace that is open: it seems to be of another data set. They are kept: " +
               joined(report.waiting_traces),
           {file_name, count_text(report.labels), joined(report.waiting_traces)});
  else if (report.labels_waiting > 0)
    notice(NoticeKind::Warning, "merge_waiting",
           "Labels of traces that are not open: " + count_text(report.labels_waiting) +
               ". They are kept and shown when their file is opened: " + joined(report.waiting_traces),
           {count_text(report.labels_waiting), count_text(report.waiting_trace_count), joined(report.waiting_traces)});
  if (!report.schema_clashes.empty())
    notice(NoticeKind::Warning, "merge_clash",
           "Questions that are defined otherwise there; the later definition counts: " + joined(report.schema_clashes),
           {joined(report.schema_clashes)});
  if (!report.mode_clashes.empty())
    notice(NoticeKind::Warning, "merge_modes",
           "Failure modes that are defined otherwise there; the later definition counts: " + joined(report.mode_clashes),
           {joined(report.mode_clashes)});
  if (!report.backwards.empty())
    notice(NoticeKind::Warning, "merge_backwards",
           "A clock was set back while this was made; the later of two labels may not be the newer one: " + joined(report.backwards),
           {joined(report.backwards)});
  if (report.from_later)
    notice(NoticeKind::Warning, "merge_clock", "Some of it is dated in the future: a clock is wrong there or here");
  if (report.load.events_added == 0)
    notice(NoticeKind::Info, "merge_nothing", "Nothing new in " + file_name, {file_name});
  else
    notice(NoticeKind::Success, "merged", "Merged from " + file_name + ": labels " + count_text(report.labels),
           {file_name, count_text(report.labels), joined(names)});
  last_merge = std::move(report);
}

}  // namespace assay::app
