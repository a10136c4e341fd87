// What a run will cost, before it is paid for: tokens counted locally, prices from an editable table,
// and a range, because nobody knows how much a model will write.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace assay::judge {

// Tokens of a text by a rule of thumb that needs no vocabulary: one for each 6 letters of a word (most
// words are one token), for each 3 digits, for each other mark and for each CJK character; letters of
// other alphabets count double. Tokenizers differ; kTokenError is what a range allows for.
int64_t estimated_tokens(std::string_view text);
constexpr double kTokenError = 0.3;

// A verdict with two to four sentences of reason: as little, and as much, as it may take.
constexpr int64_t kMinVerdictTokens = 40;
constexpr int64_t kMaxVerdictTokens = 400;

// USD per million tokens.
struct Price {
  // A model whose name begins with it (after a provider's prefix "x/") has the price: gpt-5 is that of gpt-5-2025-08-07,
  // not that of gpt-5.4 nor gpt-50.
  std::string model;
  double input_usd = 0, output_usd = 0;
  double cached_usd = -1;  // input that the provider had in its cache; < 0 = as other input
  friend bool operator==(const Price&, const Price&) = default;
};

// List prices of some common models, to begin with. They change: the page says so, and from when
// these are.
// Taken from published tables of them (GitHub's documentation of model prices, a reading of DeepSeek's page of
// 2026-10-27, where those of peak hours are here, and several dated lists for the older models).
constexpr std::string_view kPricesAsOf = "2026-10";
std::vector<Price> default_prices();
// The entry with the longest name that the model's name begins with.
std::optional<Price> find_price(const std::vector<Price>& prices, std::string_view model);
// "model input output", or "model input output cached" a line; what is wrong names the line.
std::string encode_prices(const std::vector<Price>& prices);
Result<std::vector<Price>> decode_prices(std::string_view lines);

struct ModelShare {
  std::string model;
  uint64_t requests = 0;
  int64_t input_tokens = 0;
};
// Tokens < 0: not known, nothing.
double cost_usd(const Price& price, int64_t input_tokens, int64_t output_tokens, int64_t cached_tokens = 0);

struct Estimate {
  uint64_t items = 0;       // of the plan
  uint64_t requests = 0;    // that would be sent
  uint64_t more_requests = 0;  // at most, by judges that read with tools; not in the tokens
  uint64_t computed = 0;    // by checks and scripts, without a request
  uint64_t reused = 0;      // verdicts of earlier runs, free
  uint64_t skipped = 0;     // a required field is missing
  int64_t input_tokens = 0;
  std::vector<ModelShare> models;     // whom the requests go to
  std::vector<uint64_t> skipped_of;   // by scorer
  std::vector<uint64_t> items_of;     // by scorer; ballots of one place are one
};
void count_request(Estimate& estimate, std::string_view model, int64_t input_tokens);

struct Range {
  double low = 0, high = 0;
};
Range cost_range_usd(const ModelShare& share, const Price& price);

}  // namespace assay::judge
