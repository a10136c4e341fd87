#include "core/judge/estimate.h"

#include <algorithm>

#include "core/base/numbers.h"
#include "core/base/utf8.h"

namespace assay::judge {

int64_t estimated_tokens(std::string_view text) {
  int64_t tokens = 0;
  size_t letters = 0, digits = 0;
  const auto end_word = [&] {
    tokens += static_cast<int64_t>((letters + 5) / 6 + (digits + 2) / 3);
    letters = digits = 0;
  };
  bool in_spaces = false;
  for (size_t at = 0; at < text.size();) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c < 0x80) {
      ++at;
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (letter) {
        ++letters;
      } else if (c >= '0' && c <= '9') {
        ++digits;
      } else {
        end_word();
        // One space belongs to the word after it; a run of them, a line end, and other marks count.
        if (c > ' ')
          ++tokens;
        else if ((in_spaces && c == ' ') || c == '\n')
          tokens += in_spaces ? 0 : 1;
      }
      in_spaces = c <= ' ';
      continue;
    }
    in_spaces = false;
    const DecodedChar decoded = decode_utf8(text, at);
    at += decoded.size_bytes;
    if (decoded.code_point < 0x2E80) {
      letters += 2;  // other alphabets take more tokens a letter
    } else {
      end_word();
      ++tokens;
    }
  }
  end_word();
  return tokens;
}

std::vector<Price> default_prices() {
  return {{"gpt-4.1-nano", 0.1, 0.4, 0.025},
          {"gpt-4.1-mini", 0.4, 1.6, 0.1},
          {"gpt-4.1", 2, 8, 0.5},
          {"gpt-4o-mini", 0.15, 0.6, 0.075},
          {"gpt-4o", 2.5, 10, 1.25},
          {"gpt-5-nano", 0.05, 0.4, 0.005},
          {"gpt-5-mini", 0.25, 2, 0.025},
          {"gpt-5", 1.25, 10, 0.125},
          {"gpt-5.4-nano", 0.2, 1.25, 0.02},
          {"gpt-5.4-mini", 0.75, 4.5, 0.075},
          {"gpt-5.4", 2.5, 15, 0.25},
          {"gpt-5.5", 5, 30, 0.5},
          {"claude-haiku-4-5", 1, 5, 0.1},
          {"claude-sonnet-4", 3, 15, 0.3},
          {"claude-sonnet-5", 2, 10, 0.2},
          {"claude-opus-5", 5, 25, 0.5},
          {"gemini-2.5-flash-lite", 0.1, 0.4, 0.01},
          {"gemini-2.5-flash", 0.3, 2.5, 0.03},
          {"gemini-2.5-pro", 1.25, 10, 0.125},
          {"gemini-3.5-flash", 1.5, 9, 0.15},
          {"deepseek-flash", 0.3, 1.2, 0.006},
          {"deepseek-v4-pro", 1.32, 3.96, 0.044},
          {"grok-4.5", 2, 6, 0.5}};
}

namespace {

// "gpt-5" begins "gpt-5-mini" and "gpt-5:free", but is another model than "gpt-5.4".
bool begins_model(std::string_view model, std::string_view name) {
  if (model.substr(0, name.size()) != name) return false;
  if (model.size() == name.size() || name.back() == '-') return true;
  const char next = model[name.size()];
  return next != '.' && !(next >= '0' && next <= '9') && !(next >= 'a' && next <= 'z');
}

}  // namespace

std::optional<Price> find_price(const std::vector<Price>& prices, std::string_view model) {
  const Price* best = nullptr;
  const size_t slash = model.rfind('/');
  const std::string whole = ascii_lower(model);
  const std::string last =
      slash == std::string_view::npos ? whole : ascii_lower(model.substr(slash + 1));
  for (const Price& price : prices) {
    const std::string name = ascii_lower(price.model);
    if (name.empty() || (!begins_model(whole, name) && !begins_model(last, name))) continue;
    if (best == nullptr || name.size() > best->model.size()) best = &price;
  }
  return best == nullptr ? std::nullopt : std::optional<Price>(*best);
}

std::string encode_prices(const std::vector<Price>& prices) {
  std::string text;
  for (const Price& price : prices) {
    text += price.model + " " + json_number(price.input_usd) + " " +
            json_number(price.output_usd);
    if (price.cached_usd >= 0) text += " " + json_number(price.cached_usd);
    text += '\n';
  }
  return text;
}

Result<std::vector<Price>> decode_prices(std::string_view lines) {
  std::vector<Price> prices;
  int number = 0;
  while (!lines.empty()) {
    const size_t end = lines.find('\n');
    std::string_view line = trimmed(lines.substr(0, end));
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
    ++number;
    if (line.empty()) continue;
    Price price;
    std::optional<double> numbers[3];
    size_t words = 0;
    bool bad = false;
    for (std::string_view rest = line; !rest.empty(); ++words) {
      const size_t space = std::min(rest.find_first_of(" \t"), rest.size());
      const std::string_view word = rest.substr(0, space);
      rest = trimmed(rest.substr(space));
      if (words == 0) {
        price.model = word;
      } else if (words <= 3) {
        const std::optional<double> usd = numbers[words - 1] = parse_double(word);
        bad = bad || !usd || !(*usd >= 0) || *usd > 1e6;
      }
    }
    if (bad || words < 3 || words > 4) {
      return make_error(ErrorCode::InvalidParameter,
                        "Line " + std::to_string(number) +
                            " of the prices is not: model, USD per million input tokens, USD per "
                            "million output tokens, and, if it differs, of cached input tokens");
    }
    price.input_usd = *numbers[0];
    price.output_usd = *numbers[1];
    price.cached_usd = numbers[2].value_or(-1);
    prices.push_back(std::move(price));
  }
  return prices;
}

void count_request(Estimate& estimate, std::string_view model, int64_t input_tokens) {
  ModelShare* share = nullptr;
  for (ModelShare& other : estimate.models)
    if (other.model == model) share = &other;
  if (share == nullptr) {
    estimate.models.push_back({std::string(model)});
    share = &estimate.models.back();
  }
  ++share->requests;
  ++estimate.requests;
  share->input_tokens += input_tokens;
  estimate.input_tokens += input_tokens;
}

double cost_usd(const Price& price, int64_t input_tokens, int64_t output_tokens, int64_t cached_tokens) {
  const auto input = static_cast<double>(std::max<int64_t>(0, input_tokens));
  const auto output = static_cast<double>(std::max<int64_t>(0, output_tokens));
  const double cached = std::min(input, static_cast<double>(std::max<int64_t>(0, cached_tokens)));
  const double less = price.cached_usd >= 0 ? (price.input_usd - price.cached_usd) * cached : 0;
  return (input * price.input_usd - less + output * price.output_usd) / 1e6;
}

Range cost_range_usd(const ModelShare& share, const Price& price) {
  const auto input = static_cast<double>(share.input_tokens) * price.input_usd / 1e6;
  const auto output = static_cast<double>(share.requests) * price.output_usd / 1e6;
  return {input * (1 - kTokenError) + output * static_cast<double>(kMinVerdictTokens),
          input * (1 + kTokenError) + output * static_cast<double>(kMaxVerdictTokens)};
}

}  // namespace assay::judge
