#include "ui/views/span_usage.h"

#include <optional>
#include <string>

#include "core/base/numbers.h"
#include "core/json/reader.h"
#include "core/json/unescape.h"

namespace assay::ui {
namespace {

using json::Reader;

// A value's own JSON: MLflow keeps objects as strings of JSON.
std::string_view decoded(std::string_view text, TextForm form, std::string& scratch) {
  if (form != TextForm::EscapedString) return text;
  scratch = json::unescaped(text);
  return scratch;
}

int64_t whole_number(std::string_view text) {
  const std::optional<double> value = parse_double(text);
  return value && *value >= 0 && *value < 9e15 ? static_cast<int64_t>(*value) : -1;
}

double positive(std::string_view text) {
  const std::optional<double> value = parse_double(text);
  return value && *value >= 0 && *value < 1e15 ? *value : -1;
}

template <typename Visit>
void for_each_member(std::string_view object, Visit visit) {
  Reader reader(object);
  if (!reader.enter_object()) return;
  while (reader.next_key()) {
    const std::string_view key = reader.raw_key();
    const json::Piece piece = reader.piece();
    visit(key, reader.text_of(piece), piece.form);
  }
}

void read_token_object(std::string_view object, SpanUsage& out) {
  for_each_member(object, [&](std::string_view key, std::string_view text, TextForm) {
    if (key == "input_tokens") out.input_tokens = whole_number(text);
    if (key == "output_tokens") out.output_tokens = whole_number(text);
    if (key == "total_tokens") out.total_tokens = whole_number(text);
  });
}

void read_cost_object(std::string_view object, SpanUsage& out) {
  double input = -1, output = -1;
  for_each_member(object, [&](std::string_view key, std::string_view text, TextForm) {
    if (key == "input_cost") input = positive(text);
    if (key == "output_cost") output = positive(text);
    if (key == "total_cost") out.cost_usd = positive(text);
  });
  if (out.cost_usd < 0 && input >= 0 && output >= 0) out.cost_usd = input + output;
}

enum class Part : uint8_t { Input, Output, Total, Cost };
struct Convention {
  std::string_view key;
  Part part;
};
// Where a span has several conventions at once they say the same: the first that is met counts.
constexpr Convention kConventions[] = {
    {"gen_ai.usage.input_tokens", Part::Input},      {"gen_ai.usage.output_tokens", Part::Output},
    {"gen_ai.usage.prompt_tokens", Part::Input},     {"gen_ai.usage.completion_tokens", Part::Output},
    {"gen_ai.usage.total_tokens", Part::Total},      {"llm.token_count.prompt", Part::Input},
    {"llm.token_count.completion", Part::Output},    {"llm.token_count.total", Part::Total},
    {"ai.usage.inputTokens", Part::Input},           {"ai.usage.outputTokens", Part::Output},
    {"ai.usage.promptTokens", Part::Input},          {"ai.usage.completionTokens", Part::Output},
    {"llm.usage.total_tokens", Part::Total},         {"gen_ai.usage.cost", Part::Cost},
    {"llm.cost.total", Part::Cost},
};

void read_convention(std::string_view key, std::string_view text, SpanUsage& out) {
  if (key.size() < 14 || (key[0] != 'g' && key[0] != 'l' && key[0] != 'a')) return;
  for (const Convention& convention : kConventions) {
    if (key != convention.key) continue;
    switch (convention.part) {
      case Part::Input:
        if (out.input_tokens < 0) out.input_tokens = whole_number(text);
        return;
      case Part::Output:
        if (out.output_tokens < 0) out.output_tokens = whole_number(text);
        return;
      case Part::Total:
        if (out.total_tokens < 0) out.total_tokens = whole_number(text);
        return;
      case Part::Cost:
        if (out.cost_usd < 0) out.cost_usd = positive(text);
        return;
    }
  }
}

void complete(SpanUsage& usage) {
  if (usage.total_tokens < 0 && usage.input_tokens >= 0 && usage.output_tokens >= 0)
    usage.total_tokens = usage.input_tokens + usage.output_tokens;
}

void add(int64_t& sum, int64_t value) {
  if (value >= 0) sum = sum < 0 ? value : sum + value;
}

void sum_up(const SpanTree& tree, UsageSums& sums) {
  const size_t count = tree.lines.size();
  sums.below.assign(count, {});
  std::vector<uint32_t> parents(count, store::kNoRow), way;
  for (uint32_t i = 0; i < count; ++i) {
    while (!way.empty() && tree.lines[way.back()].depth >= tree.lines[i].depth) way.pop_back();
    if (!way.empty()) parents[i] = way.back();
    way.push_back(i);
  }
  // Children come after their parents.
  for (size_t i = count; i-- > 0;) {
    if (parents[i] == store::kNoRow) continue;
    const SpanUsage& tokens = sums.own[i].has_tokens() ? sums.own[i] : sums.below[i];
    const SpanUsage& cost = sums.own[i].has_cost() ? sums.own[i] : sums.below[i];
    SpanUsage& to = sums.below[parents[i]];
    add(to.input_tokens, tokens.input_tokens);
    add(to.output_tokens, tokens.output_tokens);
    add(to.total_tokens, tokens.total_tokens);
    if (cost.has_cost()) to.cost_usd = (to.has_cost() ? to.cost_usd : 0) + cost.cost_usd;
  }
}

}  // namespace

SpanUsage read_span_usage(std::string_view attributes_json) {
  SpanUsage mlflow, other;
  std::string scratch;
  for_each_member(attributes_json, [&](std::string_view key, std::string_view text, TextForm form) {
    if (key == "mlflow.chat.tokenUsage") {
      read_token_object(decoded(text, form, scratch), mlflow);
    } else if (key == "mlflow.llm.cost") {
      read_cost_object(decoded(text, form, scratch), mlflow);
    } else if (form == TextForm::Json || form == TextForm::Plain) {
      read_convention(key, text, other);
    }
  });
  complete(mlflow);
  complete(other);
  if (!mlflow.has_tokens()) {
    mlflow.input_tokens = other.input_tokens;
    mlflow.output_tokens = other.output_tokens;
    mlflow.total_tokens = other.total_tokens;
  }
  if (!mlflow.has_cost()) mlflow.cost_usd = other.cost_usd;
  return mlflow;
}

void read_more_usage(const store::Dataset& dataset, const SpanTree& tree, UsageSums& sums,
                     uint64_t most_bytes) {
  if (sums.done) return;
  sums.own.resize(tree.lines.size());
  uint64_t bytes = 0;
  while (sums.read < tree.lines.size() && bytes < most_bytes) {
    const store::SpanRow span = tree.lines[sums.read].span;
    const store::TextScope scope(dataset);
    sums.own[sums.read++] = read_span_usage(dataset.raw(dataset.span_attributes(span)));
    bytes += dataset.span_record(span).size_bytes + 200;
  }
  if (sums.read < tree.lines.size()) return;
  sum_up(tree, sums);
  sums.done = true;
}

}  // namespace assay::ui
