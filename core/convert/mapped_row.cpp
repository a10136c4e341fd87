#include "core/convert/mapped_row.h"

#include <cmath>

#include "core/base/numbers.h"
#include "core/convert/chat_columns.h"
#include "core/convert/encodings.h"
#include "core/convert/reading.h"
#include "core/json/writer.h"

namespace assay::convert {
namespace {

using ingest::ColumnUse;
using ingest::MappedColumn;

struct Cell {
  json::Node value;
  ColumnUse use = ColumnUse::Metadata;
  std::string column, name;  // name: the column's, where it has none
};

bool is_content(ColumnUse use) {
  return use == ColumnUse::Input || use == ColumnUse::Output || use == ColumnUse::Messages;
}

// Tables keep their order, so that the next column is most often the next one of the mapping.
const MappedColumn* find_from(const ColumnMapping& mapping, std::string_view column, size_t& hint) {
  if (hint < mapping.columns.size() && mapping.columns[hint].column == column)
    return &mapping.columns[hint++];
  const MappedColumn* found = mapping.find(column);
  if (found != nullptr) hint = static_cast<size_t>(found - mapping.columns.data()) + 1;
  return found;
}

std::vector<Cell> cells_of(const ColumnMapping& mapping, json::Node record) {
  std::vector<Cell> cells;
  size_t hint = 0;
  for (json::Node member = record.first(); member; member = member.next()) {
    Cell& cell = cells.emplace_back();
    cell.value = member;
    cell.column = cell.name = member.key();
    const MappedColumn* said = find_from(mapping, cell.column, hint);
    if (said == nullptr) continue;
    cell.use = said->use;
    if (!said->name.empty()) cell.name = said->name;
  }
  return cells;
}

const Cell* first_with(const std::vector<Cell>& cells, ColumnUse use) {
  for (const Cell& cell : cells) {
    if (cell.use == use && cell.value.has_content()) return &cell;
  }
  return nullptr;
}

json::Node value_of(const std::vector<Cell>& cells, ColumnUse use) {
  const Cell* cell = first_with(cells, use);
  return cell == nullptr ? json::Node() : cell->value;
}

// One column is the value itself, several are an object by their names.
std::string joined_value(const std::vector<Cell>& cells, ColumnUse use) {
  const Cell* only = nullptr;
  size_t count = 0;
  for (const Cell& cell : cells) {
    if (cell.use != use) continue;
    ++count;
    if (only == nullptr || !only->value.has_content()) only = &cell;
  }
  if (count <= 1)
    return only != nullptr && only->value.has_content() ? io_value(only->value) : std::string();
  std::string out;
  json::Writer w(out);
  w.begin_object();
  for (const Cell& cell : cells) {
    if (cell.use == use && cell.value.has_content()) w.member_raw(cell.name, io_value(cell.value));
  }
  w.end_object();
  return out == "{}" ? std::string() : out;
}

// "1.5", "1.5 s", "350ms": the column's unit counts where the value has none. < 0: no duration.
double duration_ms_of(json::Node value, double unit_ms) {
  std::string text = value.text_or_raw();
  while (!text.empty() && text.back() == ' ')
    text.pop_back();
  const auto strip = [&](std::string_view end) {
    if (text.size() <= end.size() || text.substr(text.size() - end.size()) != end) return false;
    text.resize(text.size() - end.size());
    while (!text.empty() && text.back() == ' ')
      text.pop_back();
    return true;
  };
  if (strip("ms")) {
    unit_ms = 1;
  } else if (strip("s")) {
    unit_ms = 1000;
  }
  const auto number = parse_double(text);
  if (!number || !(*number >= 0) || *number * unit_ms > 9e14) return -1;
  return *number * unit_ms;
}

void note_bad(Context& context, const Cell& cell, std::string_view what) {
  context.note(ingest::IssueKind::BadTimestamp,
               cell.column + std::string(what) + std::string(cell.value.raw().substr(0, 60)),
               cell.value.offset_bytes());
}

void read_times(Context& context, const std::vector<Cell>& cells, CanonicalTrace& trace) {
  if (const Cell* time = first_with(cells, ColumnUse::Time)) {
    trace.request_time_ns = any_time_ns(time->value);
    if (trace.request_time_ns == kNoTime) note_bad(context, *time, ": ");
  }
  const Cell* duration = first_with(cells, ColumnUse::DurationMs);
  const double unit_ms = duration != nullptr ? 1 : 1000;
  if (duration == nullptr) duration = first_with(cells, ColumnUse::DurationS);
  if (duration == nullptr) return;
  const double ms = duration_ms_of(duration->value, unit_ms);
  if (ms < 0) return note_bad(context, *duration, " is no duration: ");
  trace.duration_ms = std::llround(ms);
  CanonicalSpan& root = trace.spans.front();
  const TimeNs start = root.start_ns != kNoTime ? root.start_ns : trace.request_time_ns;
  if (start == kNoTime || start < 0 || start > INT64_MAX - static_cast<int64_t>(1e18)) return;
  root.start_ns = start;
  root.end_ns = start + std::llround(ms * 1e6);
}

void read_counts(const std::vector<Cell>& cells, CanonicalSpan& root) {
  const auto take = [&](ColumnUse use, int64_t& to) {
    if (const Cell* cell = first_with(cells, use)) to = count_of(cell->value);
  };
  take(ColumnUse::InputTokens, root.tokens.input);
  take(ColumnUse::OutputTokens, root.tokens.output);
  take(ColumnUse::TotalTokens, root.tokens.total);
}

// Everything that there may be several of.
void read_lists(const std::vector<Cell>& cells, CanonicalTrace& trace) {
  const std::string rationale = value_of(cells, ColumnUse::Rationale).text_or_raw();
  const bool judged = first_with(cells, ColumnUse::Feedback) != nullptr;
  for (const Cell& cell : cells) {
    switch (cell.use) {
      case ColumnUse::Expected:
        add_expected(cell.value,
                     cell.name == cell.column ? std::string_view() : std::string_view(cell.name),
                     trace);
        break;
      case ColumnUse::Feedback: {
        add_feedback(trace, cell.name, cell.value, "HUMAN", rationale);
        // A name that somebody has given stays as it is.
        if (cell.value.has_content() && cell.name != cell.column)
          trace.assessments.back().name = cell.name;
        break;
      }
      case ColumnUse::Rationale:
        if (judged) break;
        [[fallthrough]];
      case ColumnUse::Metadata:
        keep_pair(cell.value, std::string(kRecordPrefix) + cell.column, trace.metadata);
        break;
      case ColumnUse::Tag:
        keep_pair(cell.value, cell.name, trace.tags);
        break;
      default:
        break;
    }
  }
}

}  // namespace

bool mapping_reads(const ColumnMapping& mapping, json::Node record) {
  size_t hint = 0;
  for (json::Node member = record.first(); member; member = member.next()) {
    const MappedColumn* said = find_from(mapping, member.key(), hint);
    if (said != nullptr && is_content(said->use)) return true;
  }
  return false;
}

bool mapping_fits(const ColumnMapping& mapping, json::Node record) {
  size_t hint = 0, count = 0;
  bool content = false;
  for (json::Node member = record.first(); member && count < ingest::kMaxMappedColumns;
       member = member.next()) {
    const MappedColumn* said = find_from(mapping, member.key(), hint);
    if (said == nullptr) return false;
    content = content || is_content(said->use);
    ++count;
  }
  return content;
}

void read_mapped_row(Context& context, json::Node record, const ColumnMapping& mapping) {
  const std::vector<Cell> cells = cells_of(mapping, record);
  CanonicalTrace trace = begin_record(context, record, value_of(cells, ColumnUse::TraceId));
  const Cell* messages_cell = first_with(cells, ColumnUse::Messages);
  const Unwrapped messages(messages_cell == nullptr ? json::Node() : messages_cell->value);
  std::vector<TranscriptMessage> list;
  if (messages_cell != nullptr && read_conversation_of(messages.node, list)) {
    TranscriptOptions options;
    options.root_type = "CHAT_MODEL";
    options.single_span = true;
    append_transcript(trace, list, options);
  } else {
    CanonicalSpan& root = trace.spans.emplace_back();
    root.id = trace.id + "/0";
    root.name = "record";
    if (messages_cell != nullptr) {
      context.note(ingest::IssueKind::WrongType,
                   "column " + messages_cell->column +
                       " holds no messages: " + std::string(messages.node.raw().substr(0, 60)));
      root.inputs_json = io_value(messages.node);
    }
  }
  CanonicalSpan& root = trace.spans.front();
  if (std::string inputs = joined_value(cells, ColumnUse::Input); !inputs.empty())
    root.inputs_json = std::move(inputs);
  if (std::string outputs = joined_value(cells, ColumnUse::Output); !outputs.empty())
    root.outputs_json = std::move(outputs);
  const std::string model = value_of(cells, ColumnUse::Model).text_or_raw();
  if (!model.empty()) root.model = model;
  if (root.type.empty())
    root.type = span_type_of(model.empty() ? "CHAIN" : "LLM", root.inputs_json);
  trace.session = value_of(cells, ColumnUse::Session).text_or_raw();
  trace.user = value_of(cells, ColumnUse::User).text_or_raw();
  read_times(context, cells, trace);
  read_counts(cells, root);
  read_lists(cells, trace);
  add_contexts(value_of(cells, ColumnUse::Contexts),
               trace);  // adds a span: `root` is void after it
  end_record(context, std::move(trace));
}

}  // namespace assay::convert
