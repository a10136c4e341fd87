#include "core/annot/feedback_file.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/annot/draft.h"
#include "core/base/hash.h"
#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/json/reader.h"
#include "core/json/unescape.h"

namespace assay::annot {
namespace {

constexpr size_t kMaxProblems = 1000, kMaxColumns = 500;

enum class Field : uint8_t { Other, Ignored, Trace, Client, Name, Value, User, Rationale, Time, Span };

struct FieldName {
  std::string_view name;
  Field field;
};
constexpr FieldName kFields[] = {
    {"traceid", Field::Trace},         {"requestid", Field::Trace},      {"mlflowtraceid", Field::Trace},
    {"clientrequestid", Field::Client}, {"name", Field::Name},           {"feedbackname", Field::Name},
    {"assessmentname", Field::Name},   {"metric", Field::Name},          {"key", Field::Name},
    {"value", Field::Value},           {"feedback", Field::Value},       {"score", Field::Value},
    {"rating", Field::Value},          {"label", Field::Value},          {"thumb", Field::Value},
    {"thumbs", Field::Value},          {"vote", Field::Value},           {"sentiment", Field::Value},
    {"user", Field::User},             {"userid", Field::User},          {"sourceid", Field::User},
    {"reviewer", Field::User},         {"author", Field::User},          {"email", Field::User},
    {"rationale", Field::Rationale},   {"comment", Field::Rationale},    {"reason", Field::Rationale},
    {"explanation", Field::Rationale}, {"text", Field::Rationale},       {"note", Field::Rationale},
    {"time", Field::Time},             {"timestamp", Field::Time},       {"createdat", Field::Time},
    {"createtime", Field::Time},       {"date", Field::Time},            {"spanid", Field::Span},
};

std::string plain_name(std::string_view name) {
  std::string out;
  for (const char c : name)
    if (c != '_' && c != '-' && c != '.' && c != ' ') out += c;
  return ascii_lower(out);
}

Field field_of(std::string_view name) {
  const std::string plain = plain_name(name);
  for (const FieldName& known : kFields)
    if (plain == known.name) return known.field;
  return Field::Other;
}

// A member of a record, with its value as JSON; texts decoded beside it.
struct Member {
  std::string name;
  Field field = Field::Other;
  bool is_text = false;
  std::string text;  // of a string, decoded; else JSON
  bool present() const { return is_text ? !text.empty() : !text.empty() && text != "null"; }
};
using Record = std::vector<Member>;

std::string quoted(std::string_view text) {
  std::string out;
  json::append_quoted(out, text);
  return out;
}

std::string value_json_of(const Member& member) {
  if (!member.is_text) return with_double_numbers(member.text);  // as MLflow carries them
  const std::string word = plain_name(member.text);
  for (const std::string_view yes : {"up", "thumbsup", "👍", "like", "liked", "positive", "yes", "true"})
    if (word == yes) return "true";
  for (const std::string_view no : {"down", "thumbsdown", "👎", "dislike", "disliked", "negative", "no", "false"})
    if (word == no) return "false";
  // A number as JSON has it: what a table holds of numbers are texts.
  const bool plain = !member.text.empty() && member.text.find_first_not_of("+-.0123456789eE") == std::string::npos;
  if (const std::optional<double> number = plain ? parse_double(member.text) : std::nullopt) {
    return json_number(*number);
  }
  return quoted(member.text);
}

TimeMs time_of(const Member& member) {
  if (const std::optional<double> number = parse_double(member.text); number && *number > 0) {
    if (*number < 1e11) return static_cast<TimeMs>(*number * 1000);  // seconds
    if (*number < 1e14) return static_cast<TimeMs>(*number);
    return *number < 1e17 ? static_cast<TimeMs>(*number / 1e3) : *number < 1e20 ? static_cast<TimeMs>(*number / 1e6) : 0;
  }
  const std::optional<int64_t> ns = parse_rfc3339(member.text);
  return ns ? *ns / 1'000'000 : 0;
}

void add_problem(FeedbackFile& out, uint64_t number, std::string what) {
  if (out.problems.size() < kMaxProblems) out.problems.push_back({number, std::move(what)});
}

std::string_view cell_of(const Record& record, std::string_view name) {
  for (const Member& m : record)
    if (m.name == name) return m.text;
  return {};
}

// What ResultsExport writes as ResultsFormat::CsvLong.
bool is_own_table(const Record& record) {
  constexpr std::string_view kOwn[] = {"trace_id", "name", "kind", "value", "source_type", "source_id", "valid", "assessment_id"};
  return std::all_of(std::begin(kOwn), std::end(kOwn), [&](std::string_view name) {
    return std::any_of(record.begin(), record.end(), [&](const Member& m) { return m.name == name; });
  });
}

// A text as it was before it was kept from being run as a formula.
std::string text_of_cell(std::string_view cell) {
  if (cell.size() > 1 && cell[0] == '\'' && std::string_view("=+-@\t\r").find(cell[1]) != std::string_view::npos) cell.remove_prefix(1);
  return std::string(cell);
}

// Booleans, numbers, lists and objects are written as their JSON, texts without quotes.
std::string own_value_json(std::string_view cell) {
  json::Reader reader(cell);
  reader.skip_value();
  const bool is_value = !reader.failed() && reader.at_end() && !cell.starts_with('"');
  return is_value ? std::string(cell) : quoted(text_of_cell(cell));
}

void take_own_row(const Record& record, uint64_t number, FeedbackFile& out) {
  FeedbackRecord row;
  row.number = number;
  row.trace_id = cell_of(record, "trace_id");
  row.name = text_of_cell(cell_of(record, "name"));
  if (row.trace_id.empty()) return add_problem(out, number, "It names no trace and no request");
  const std::string_view kind = cell_of(record, "kind"), value = cell_of(record, "value"), error = cell_of(record, "error");
  if (kind != "feedback" && kind != "expectation") return add_problem(out, number, "It holds no feedback");
  row.is_expectation = kind == "expectation";
  row.span_id = cell_of(record, "span_id");
  row.user = text_of_cell(cell_of(record, "source_id"));
  row.source_type = cell_of(record, "source_type");
  row.rationale = text_of_cell(cell_of(record, "rationale"));
  row.time_ms = time_of({"create_time", Field::Time, true, std::string(cell_of(record, "create_time"))});
  row.run_id = cell_of(record, "run_id");
  row.scorer_version = cell_of(record, "scorer_version");
  row.valid = cell_of(record, "valid") != "false";
  row.assessment_id = cell_of(record, "assessment_id");
  if (const size_t colon = error.find(": "); colon != std::string_view::npos) {
    row.error_code = error.substr(0, colon);
    row.error_message = error.substr(colon + 2);
  } else {
    row.error_code = error;
  }
  if (value.empty() && error.empty() && row.is_expectation) return add_problem(out, number, "It holds no feedback");
  row.value_json = value.empty() ? "null" : own_value_json(value);
  out.records.push_back(std::move(row));
}

bool is_trace_shaped(const Record& record) {
  return std::any_of(record.begin(), record.end(), [](const Member& m) {
    return m.name == "request_body" || m.name == "response_body" || m.name == "prompt" || m.name == "completion" ||
           m.name == "question" || m.name == "answer" || m.name == "query" || m.name == "attributes" || m.name == "info" || m.name == "data" || m.name == "spans" || m.name == "messages" || m.name == "inputs" ||
           m.name == "outputs" || m.name == "input" || m.name == "output" || m.name == "request" || m.name == "response" ||
           m.name == "span_kind" || m.name == "start_time" || m.name == "state" || m.name == "assessments";
  });
}

bool is_feedback(const Record& record) {
  bool trace = false, other = false;
  for (const Member& m : record) {
    if (m.field == Field::Trace || m.field == Field::Client) trace = true;
    if (m.field == Field::Value || m.field == Field::Other) other = true;
  }
  return trace && other && !is_trace_shaped(record);
}

void take_record(const Record& record, uint64_t number, FeedbackFile& out) {
  FeedbackRecord base;
  base.number = number;
  const Member* value = nullptr;
  for (const Member& m : record) {
    if (!m.present()) continue;
    switch (m.field) {
      case Field::Trace:
        if (base.trace_id.empty()) base.trace_id = m.text;
        break;
      case Field::Client:
        base.client_request_id = m.text;
        break;
      case Field::Name:
        base.name = m.text;
        break;
      case Field::Value:
        if (value == nullptr) value = &m;
        break;
      case Field::User:
        if (base.user.empty()) base.user = m.text;
        break;
      case Field::Rationale:
        base.rationale = m.text;
        break;
      case Field::Time:
        base.time_ms = time_of(m);
        break;
      case Field::Span:
        base.span_id = m.text;
        break;
      default:
        break;
    }
  }
  if (base.trace_id.empty() && base.client_request_id.empty())
    return add_problem(out, number, "It names no trace and no request");
  if (value != nullptr) {
    if (base.name.empty()) {
      const std::string plain = plain_name(value->name);
      base.name = plain == "value" || plain == "feedback" || plain == "label" ? "user_feedback" : value->name;
    }
    base.value_json = value_json_of(*value);
    out.records.push_back(std::move(base));
    return;
  }
  bool any = false;
  for (const Member& m : record) {
    if (m.field != Field::Other || !m.present()) continue;
    FeedbackRecord one = base;
    one.name = m.name;
    one.value_json = value_json_of(m);
    out.records.push_back(std::move(one));
    any = true;
  }
  if (any) return;
  if (base.rationale.empty()) return add_problem(out, number, "It holds no feedback");
  // A comment alone is feedback too.
  base.name = base.name.empty() ? "user_comment" : base.name;
  base.value_json = quoted(base.rationale);
  base.rationale.clear();
  out.records.push_back(std::move(base));
}

// --- JSON

std::optional<Record> record_of(json::Reader& reader) {
  Record out;
  if (!reader.enter_object()) return std::nullopt;
  while (reader.next_key()) {
    Member member;
    member.name = reader.key();
    member.field = field_of(member.name);
    const json::Piece piece = reader.piece();
    const std::string_view text = reader.text_of(piece);
    member.is_text = piece.form == TextForm::Plain || piece.form == TextForm::EscapedString;
    member.text = piece.form == TextForm::EscapedString ? json::unescaped(text) : std::string(text);
    if (out.size() < kMaxColumns) out.push_back(std::move(member));
  }
  if (reader.failed()) return std::nullopt;
  return out;
}

// Calls visit(record or nothing, error) for each record; false from it ends.
template <typename Visit>
void for_each_json_record(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const size_t begin = text.find_first_not_of(" \t\r\n,");
    if (begin == std::string_view::npos) return;
    text.remove_prefix(begin);
    json::Reader reader(text);
    if (reader.enter_array()) {
      while (reader.next_element()) {
        json::Reader at = reader;
        if (!visit(record_of(at))) return;
        reader.skip_value();
      }
      if (reader.failed()) visit(std::nullopt);
      return;
    }
    const std::optional<Record> record = record_of(reader);
    if (!record) {
      // A line that is broken is left out; the next one is tried.
      if (!visit(std::nullopt)) return;
      const size_t line = text.find('\n');
      if (line == std::string_view::npos) return;
      text.remove_prefix(line + 1);
      continue;
    }
    bool is_list = false;
    for (const Member& m : *record) {
      const bool known = m.name == "feedback" || m.name == "feedbacks" || m.name == "records" || m.name == "data" || m.name == "items";
      if (!known || m.is_text || !m.text.starts_with('[')) continue;
      is_list = true;
      for_each_json_record(m.text, visit);
    }
    if (!is_list && !visit(record)) return;
    text.remove_prefix(std::max<size_t>(reader.offset_bytes(), 1));
  }
}

// --- CSV

char separator_of(std::string_view header) {
  size_t best = 0;
  char found = ',';
  for (const char c : {',', ';', '\t'}) {
    const auto count = static_cast<size_t>(std::count(header.begin(), header.end(), c));
    if (count > best) best = count, found = c;
  }
  return found;
}

// The cells of the next row; false at the end.
bool next_row(std::string_view& text, char separator, std::vector<std::string>& cells) {
  cells.clear();
  if (text.empty()) return false;
  std::string cell;
  bool quoted_cell = false;
  size_t i = 0;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted_cell) {
      if (c != '"') {
        cell += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        cell += '"';
        ++i;
      } else {
        quoted_cell = false;
      }
    } else if (c == '"' && cell.empty()) {
      quoted_cell = true;
    } else if (c == separator) {
      cells.push_back(std::move(cell));
      cell.clear();
    } else if (c == '\n') {
      break;
    } else if (c != '\r') {
      cell += c;
    }
  }
  cells.push_back(std::move(cell));
  text.remove_prefix(std::min(i + 1, text.size()));
  return true;
}

template <typename Visit>
void for_each_table_record(std::string_view text, Visit visit) {
  const char separator = separator_of(text.substr(0, text.find('\n')));
  std::vector<std::string> header, cells;
  if (!next_row(text, separator, header)) return;
  if (header.size() > kMaxColumns) header.resize(kMaxColumns);
  while (next_row(text, separator, cells)) {
    if (cells.size() == 1 && cells[0].empty()) continue;  // a blank line
    Record record;
    for (size_t i = 0; i < std::min(header.size(), cells.size()); ++i)
      record.push_back({header[i], field_of(header[i]), true, std::move(cells[i])});
    if (!visit(std::optional<Record>(std::move(record)))) return;
  }
}

std::string_view without_mark(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const size_t begin = text.find_first_not_of(" \t\r\n");
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin);
}

bool is_json(std::string_view text) { return text.starts_with('{') || text.starts_with('['); }

template <typename Visit>
void for_each_record(std::string_view text, Visit visit) {
  text = without_mark(text);
  if (is_json(text)) {
    for_each_json_record(text, visit);
  } else {
    for_each_table_record(text, visit);
  }
}

}  // namespace

bool looks_like_feedback(std::string_view head) {
  const std::string_view text = without_mark(head);
  if (!is_json(text)) {
    // Decided by the header alone.
    const std::string_view line = text.substr(0, text.find('\n'));
    if (line.size() > 4000 || line.find('\0') != std::string_view::npos) return false;
    std::string_view rest = line;
    std::vector<std::string> header;
    if (!next_row(rest, separator_of(line), header) || header.size() < 2) return false;
    Record record;
    bool value = false;
    for (const std::string& name : header) {
      record.push_back({name, field_of(name), true, {}});
      value = value || record.back().field == Field::Value;
    }
    return value && is_feedback(record);
  }
  bool yes = false;
  for_each_record(text, [&](const std::optional<Record>& record) {
    yes = record && is_feedback(*record) &&
          std::any_of(record->begin(), record->end(), [](const Member& m) { return m.field == Field::Value; });
    return false;
  });
  return yes;
}

namespace {

constexpr std::pair<std::string_view, Field> kUses[] = {
    {"trace_id", Field::Trace}, {"client_request_id", Field::Client}, {"name", Field::Name}, {"value", Field::Value},
    {"user", Field::User},      {"rationale", Field::Rationale},      {"time", Field::Time}, {"span_id", Field::Span}};

const FeedbackColumn* find_column(const FeedbackColumns& columns, std::string_view name) {
  for (const FeedbackColumn& column : columns)
    if (column.column == name) return &column;
  return nullptr;
}

// The record as the person has said it is. Without a column for the name each value is a feedback of its own.
Record mapped(Record record, const FeedbackColumns& columns, bool named) {
  for (Member& member : record) {
    member.field = Field::Ignored;
    const FeedbackColumn* column = find_column(columns, member.name);
    if (column == nullptr) continue;
    for (const auto& [use, field] : kUses)
      if (column->use == use) member.field = field;
    if (member.field != Field::Value) continue;
    if (!column->name.empty()) member.name = column->name;
    if (!named) member.field = Field::Other;
  }
  return record;
}

}  // namespace

bool has_feedback_columns(std::string_view head, const FeedbackColumns& columns) {
  bool yes = false;
  const std::string_view text = without_mark(head);
  const auto fits = [&](const auto& names, const auto& name_of) {
    return names.size() == columns.size() && std::all_of(names.begin(), names.end(), [&](const auto& name) {
             return find_column(columns, name_of(name)) != nullptr;
           });
  };
  if (!is_json(text)) {
    std::string_view rest = text.substr(0, text.find('\n'));
    std::vector<std::string> header;
    return rest.size() < head.size() && next_row(rest, separator_of(rest), header) &&
           fits(header, [](const std::string& name) -> std::string_view { return name; });
  }
  for_each_record(text, [&](const std::optional<Record>& record) {
    yes = record && fits(*record, [](const Member& member) -> std::string_view { return member.name; });
    return false;
  });
  return yes;
}

FeedbackFile read_feedback(std::string_view text, const FeedbackColumns* columns) {
  FeedbackFile out;
  uint64_t number = 0;
  const bool named = columns != nullptr && std::any_of(columns->begin(), columns->end(),
                                                       [](const FeedbackColumn& c) { return c.use == "name"; });
  for_each_record(text, [&](const std::optional<Record>& record) {
    ++number;
    if (record && columns != nullptr) {
      take_record(mapped(*record, *columns, named), number, out);
    } else if (record && is_own_table(*record)) {
      take_own_row(*record, number, out);
    } else if (record) {
      take_record(*record, number, out);
    } else {
      add_problem(out, number, "It is no JSON object");
    }
    return true;
  });
  return out;
}

std::string feedback_assessment_id(const FeedbackRecord& record, std::string_view trace_id) {
  if (!record.assessment_id.empty()) return record.assessment_id;
  std::string key(trace_id);
  for (const std::string* part : {&record.span_id, &record.name, &record.value_json, &record.user, &record.rationale}) {
    key += '\x1f';
    key += *part;
  }
  append_int(key, record.time_ms);
  constexpr char kHex[] = "0123456789abcdef";
  std::string out = "a-";
  for (const uint64_t seed : {uint64_t{0}, uint64_t{0x9E3779B97F4A7C15}}) {
    const uint64_t hash = hash_bytes(key, seed);
    for (int shift = 60; shift >= 0; shift -= 4) out += kHex[(hash >> shift) & 15];
  }
  return out;
}

}  // namespace assay::annot
