#include "core/convert/table_sampler.h"

#include "core/base/utf8.h"
#include "core/convert/chat_columns.h"
#include "core/convert/record_fields.h"

namespace assay::convert {
namespace {

using ingest::ColumnUse;
using ingest::TableColumn;

constexpr uint64_t kSampleRows = 20;  // later ones add nothing
constexpr uint64_t kRowsToAsk = 2;    // a single JSON object is no table

// What chat.cpp takes a column for, and a few that it has no use for: they are a proposal.
ColumnUse proposed_use(std::string_view column, json::Node value) {
  if (is_messages(value)) return ColumnUse::Messages;
  switch (use_of(column)) {
    case Use::Inputs:
      return ColumnUse::Input;
    case Use::Outputs:
      return ColumnUse::Output;
    case Use::Expected:
      return ColumnUse::Expected;
    case Use::Contexts:
      return ColumnUse::Contexts;
    case Use::Id:
      return ColumnUse::TraceId;
    case Use::Session:
      return ColumnUse::Session;
    case Use::User:
      return ColumnUse::User;
    case Use::Time:
      return ColumnUse::Time;
    case Use::Model:
      return ColumnUse::Model;
    case Use::Rationale:
      return ColumnUse::Rationale;
    case Use::Human:
    case Use::Code:
    case Use::Judge:
      return ColumnUse::Feedback;
    case Use::Tags:
      return ColumnUse::Tag;
    case Use::System:
    case Use::kCount:
      break;
  }
  const std::string name = normal_name(column);
  if (names_contain(" input_tokens prompt_tokens tokens_in ", name)) return ColumnUse::InputTokens;
  if (names_contain(" output_tokens completion_tokens tokens_out ", name))
    return ColumnUse::OutputTokens;
  if (names_contain(" tokens total_tokens token_count ", name)) return ColumnUse::TotalTokens;
  if (names_contain(
          " duration_ms latency_ms elapsed_ms response_time_ms execution_time_ms duration latency ",
          name))
    return ColumnUse::DurationMs;
  if (names_contain(
          " duration_s latency_s elapsed_s duration_sec duration_seconds latency_seconds ", name))
    return ColumnUse::DurationS;
  return ColumnUse::Metadata;
}

// Where a second column of the same name would only hide the first.
bool is_single(ColumnUse use) {
  return use != ColumnUse::Metadata && use != ColumnUse::Feedback && use != ColumnUse::Tag &&
         use != ColumnUse::Ignore;
}

bool has_use(const ingest::TableSample& sample, ColumnUse use) {
  for (const TableColumn& column : sample.columns) {
    if (column.use == use) return true;
  }
  return false;
}

TableColumn* find_column(ingest::TableSample& sample, std::string_view name) {
  for (TableColumn& column : sample.columns) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

}  // namespace

void TableSampler::add(std::string_view entry_name, json::Node record, const ColumnMapping* mapping,
                       bool read, bool is_table) {
  Entry* entry = nullptr;
  for (Entry& each : entries_) {
    if (each.sample.entry == entry_name) entry = &each;
  }
  if (entry == nullptr) {
    if (entries_.size() >= ingest::kMaxTables) return;
    entry = &entries_.emplace_back();
    entry->sample.entry = entry_name;
  }
  entry->any_read = entry->any_read || read;
  entry->is_table = is_table;
  if (entry->rows++ < kSampleRows) add_values(*entry, record, mapping);
}

void TableSampler::add_values(Entry& entry, json::Node record, const ColumnMapping* mapping) {
  ingest::TableSample& sample = entry.sample;
  for (json::Node member = record.first(); member; member = member.next()) {
    const std::string name = member.key();
    TableColumn* column = find_column(sample, name);
    if (column == nullptr) {
      if (sample.columns.size() >= ingest::kMaxMappedColumns) return;
      TableColumn added;
      added.name = name;
      if (mapping == nullptr) {
        added.use = proposed_use(name, member);
        if (is_single(added.use) && has_use(sample, added.use)) added.use = ColumnUse::Metadata;
      } else if (const ingest::MappedColumn* said = mapping->find(name)) {
        added.use = said->use;
        added.use_name = said->name;
      }
      column = &sample.columns.emplace_back(std::move(added));
    }
    if (column->values.size() >= ingest::kSampleValues || !member.has_content()) continue;
    std::string value = member.text_or_raw();
    if (value.size() > ingest::kMaxSampleBytes)
      value = std::string(utf8_prefix(value, ingest::kMaxSampleBytes - 3)) + "…";
    if (column->values.empty()) column->in_first_row = entry.rows == 1;
    column->values.push_back(repaired_utf8(value));
  }
}

uint64_t TableSampler::unread_rows(std::string_view entry_name) const {
  for (const Entry& each : entries_) {
    if (each.sample.entry == entry_name) return each.any_read ? 0 : each.rows;
  }
  return 0;
}

std::vector<ingest::TableSample> TableSampler::take() {
  std::vector<ingest::TableSample> out;
  for (Entry& entry : entries_) {
    entry.sample.unread = !entry.any_read;
    // Any text is a table of one column: that is not asked about, but can be said from the report.
    const bool is_one = entry.is_table ? entry.sample.columns.size() > 1 : entry.rows >= kRowsToAsk;
    entry.sample.asks = !entry.any_read && is_one;
    out.push_back(std::move(entry.sample));
  }
  entries_.clear();
  return out;
}

}  // namespace assay::convert
