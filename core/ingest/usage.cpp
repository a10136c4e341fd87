#include "core/ingest/usage.h"

#include <algorithm>

#include "core/base/numbers.h"
#include "core/json/reader.h"

namespace assay::ingest {
namespace {

// The text with so many blanks behind it that an object which is written as one before is recognised (json/shapes.h).
std::string_view padded(std::string_view json, std::string& to) {
  to = json;
  to.append(128, ' ');
  return to;
}

void read_usage_members(json::Reader& reader, MlflowMembers& members, Usage& out) {
  const auto count = [&reader] {
    int64_t plain = 0;
    if (reader.plain_integer(plain) && plain < int64_t{9'000'000'000'000'000}) return plain;
    const auto value = reader.number();  // some writers make 12.0 of 12
    return value && *value >= 0 && *value < 9e15 ? static_cast<int64_t>(*value) : int64_t{-1};
  };
  json::MemberCursor cursor(members.usage);
  while (const uint8_t member = reader.next_member(cursor)) {
    switch (static_cast<UsageMember>(member)) {
      case UsageMember::Input: out.input_tokens = count(); break;
      case UsageMember::Output: out.output_tokens = count(); break;
      case UsageMember::Total: out.total_tokens = count(); break;
    }
  }
}

Usage parse_usage_slowly(std::string_view json, MlflowMembers& members) {
  Usage out;
  json::Reader reader(json);
  if (!reader.enter_object()) return out;
  read_usage_members(reader, members, out);
  return reader.failed() ? Usage{} : out;
}

Usage parse_usage(std::string_view json, TraceScratch& scratch) {
  Usage out;
  MlflowMembers& members = scratch.members;
  json::Reader reader(padded(json, scratch.text_b));
  reader.peek();
  if (reader.read_shape(members.usages, scratch.values) == json::ShapeMatch::Whole) {
    for (const json::ShapeValue& value : scratch.values) {
      const auto number = parse_int64(reader.text_of({value.offset_bytes, value.size_bytes, value.form}));
      if (!number || *number < 0 || *number >= int64_t{9'000'000'000'000'000}) {
        out = parse_usage_slowly(json, members);
        break;
      }
      switch (static_cast<UsageMember>(value.code)) {
        case UsageMember::Input: out.input_tokens = *number; break;
        case UsageMember::Output: out.output_tokens = *number; break;
        case UsageMember::Total: out.total_tokens = *number; break;
      }
    }
  } else {
    out = parse_usage_slowly(json, members);
    if (out.known()) members.usages.learn(json);
  }
  if (out.total_tokens < 0 && out.input_tokens >= 0 && out.output_tokens >= 0) {
    out.total_tokens = out.input_tokens + out.output_tokens;
  }
  return out;
}

double parse_cost(std::string_view json, TraceScratch& scratch) {
  MlflowMembers& members = scratch.members;
  json::Reader reader(padded(json, scratch.text_b));
  json::Piece input, output, total;
  const auto take = [&](UsageMember member, const json::Piece& piece) {
    switch (member) {
      case UsageMember::Input: input = piece; break;
      case UsageMember::Output: output = piece; break;
      case UsageMember::Total: total = piece; break;
    }
  };
  reader.peek();
  if (reader.read_shape(members.costs, scratch.values) == json::ShapeMatch::Whole) {
    for (const json::ShapeValue& value : scratch.values) {
      take(static_cast<UsageMember>(value.code), {value.offset_bytes, value.size_bytes, value.form});
    }
  } else {
    if (!reader.enter_object()) return -1;
    json::MemberCursor cursor(members.cost);
    while (const uint8_t member = reader.next_member(cursor)) {
      if (member != json::MemberNames::kOther) take(static_cast<UsageMember>(member), reader.piece());
    }
    if (reader.failed()) return -1;
    members.costs.learn(json);
  }
  const auto number = [&reader](const json::Piece& piece) {
    const auto value = parse_double(reader.text_of(piece));
    return value ? *value : -1;
  };
  double cost = number(total);
  if (!(cost >= 0)) {
    const double in = number(input), out = number(output);
    if (in >= 0 && out >= 0) cost = in + out;
  }
  return cost >= 0 && cost < 1e15 ? cost : -1;  // NaN compares false
}

void add(int64_t& sum, int64_t value) {
  if (value < 0) return;
  sum = sum < 0 ? value : sum + value;
}

// Calls visit(i) for each span that reports (marks[i] is 1) and has no ancestor that does.
template <typename Visit>
void for_each_top_reporter(TraceScratch& scratch, Visit visit) {
  // marks: 0 does not report, 1 reports, 2 does not and stands below one that does, 3 reports and
  // stands below, 4 does not report and stands below none, 5 reports and stands below none.
  for (uint32_t first = 0; first < scratch.spans.size(); ++first) {
    scratch.order.clear();
    uint32_t i = first;
    while (i != store::kNoRow && scratch.marks[i] < 2) {
      scratch.order.push_back(i);
      i = scratch.spans[i].parent_index;
    }
    bool below = i != store::kNoRow && scratch.marks[i] != 4;
    for (size_t k = scratch.order.size(); k-- > 0;) {
      uint8_t& mark = scratch.marks[scratch.order[k]];
      const bool reports = mark == 1;
      mark = static_cast<uint8_t>((below ? 2 : 4) + (reports ? 1 : 0));
      below = below || reports;
    }
  }
  for (uint32_t i = 0; i < scratch.spans.size(); ++i) {
    if (scratch.marks[i] == 5) visit(i);
  }
}

bool none_has(const TraceScratch& scratch, json::Piece SpanLinks::*piece) {
  return std::all_of(scratch.links.begin(), scratch.links.end(),
                     [piece](const SpanLinks& links) { return (links.*piece).form == TextForm::None; });
}

void sum_usage(RecordContext& context, TraceScratch& scratch) {
  const size_t count = scratch.spans.size();
  bool any = false;
  if (none_has(scratch, &SpanLinks::token_usage)) return;
  scratch.usages.assign(count, {});
  scratch.marks.assign(count, 0);
  for (size_t i = 0; i < count; ++i) {
    if (scratch.links[i].token_usage.form == TextForm::None) continue;
    scratch.usages[i] = parse_usage(context.decoded(scratch.links[i].token_usage, scratch.text_a), scratch);
    if (!scratch.usages[i].known()) continue;
    scratch.marks[i] = 1;
    any = true;
  }
  if (!any) return;
  store::TraceFields& f = scratch.fields;
  for_each_top_reporter(scratch, [&](uint32_t i) {
    add(f.input_tokens, scratch.usages[i].input_tokens);
    add(f.output_tokens, scratch.usages[i].output_tokens);
    add(f.total_tokens, scratch.usages[i].total_tokens);
  });
}

void sum_cost(RecordContext& context, TraceScratch& scratch) {
  const size_t count = scratch.spans.size();
  bool any = false;
  if (none_has(scratch, &SpanLinks::cost)) return;
  scratch.costs.assign(count, -1);
  scratch.marks.assign(count, 0);
  for (size_t i = 0; i < count; ++i) {
    if (scratch.links[i].cost.form == TextForm::None) continue;
    scratch.costs[i] = parse_cost(context.decoded(scratch.links[i].cost, scratch.text_a), scratch);
    if (scratch.costs[i] < 0) continue;
    scratch.marks[i] = 1;
    any = true;
  }
  if (!any) return;
  double sum = 0;
  for_each_top_reporter(scratch, [&](uint32_t i) { sum += scratch.costs[i]; });
  scratch.fields.cost_usd = sum;
}

}  // namespace

void read_usage(RecordContext& context, TraceScratch& scratch) {
  store::TraceFields& f = scratch.fields;
  for (const store::KeyValue& entry : scratch.metadata) {
    const std::string_view key = context.dataset.name_text(entry.key);
    if (key == "mlflow.trace.tokenUsage") {
      const Usage usage = parse_usage(context.dataset.text_now(entry.value, scratch.text_a), scratch);
      f.input_tokens = usage.input_tokens;
      f.output_tokens = usage.output_tokens;
      f.total_tokens = usage.total_tokens;
    } else if (key == "mlflow.trace.cost") {
      f.cost_usd = parse_cost(context.dataset.text_now(entry.value, scratch.text_a), scratch);
    }
  }
  if (f.input_tokens < 0 && f.output_tokens < 0 && f.total_tokens < 0) sum_usage(context, scratch);
  if (f.cost_usd < 0) sum_cost(context, scratch);
}

}  // namespace assay::ingest
