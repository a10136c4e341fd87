#include "core/judge/estimate.h"

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
  return {{"gpt-4.1-nano", 0.1, 0.4},       {"gpt-4.1-mini", 0.4, 1.6},
          {"gpt-4.1", 2, 8},                {"gpt-4o-mini", 0.15, 0.6},
          {"gpt-4o", 2.5, 10},              {"gpt-5-nano", 0.05, 0.4},
          {"gpt-5-mini", 0.25, 2},          {"gpt-5", 1.25, 10},
          {"claude-haiku-4-5", 1, 5},       {"claude-sonnet-4", 3, 15},
          {"gemini-2.5-flash-lite", 0.1, 0.4}, {"gemini-2.5-flash", 0.3, 2.5},
          {"gemini-2.5-pro", 1.25, 10}};
}

std::optional<Price> find_price(const std::vector<Price>& prices, std::string_view model) {
  const Price* best = nullptr;
  const size_t slash = model.rfind('/');
  const std::string whole = ascii_lower(model);
  const std::string last =
      slash == std::string_view::npos ? whole : ascii_lower(model.substr(slash + 1));
  for (const Price& price : prices) {
    const std::string name = ascii_lower(price.model);
    if (name.empty() || (whole.rfind(name, 0) != 0 && last.rfind(name, 0) != 0)) continue;
    if (best == nullptr || name.size() > best->model.size()) best = &price;
  }
  return best == nullptr ? std::nullopt : std::optional<Price>(*best);
}

std::string encode_prices(const std::vector<Price>& prices) {
  std::string text;
  for (const Price& price : prices) {
    text += price.model + " " + json_number(price.input_usd) + " " +
            json_number(price.output_usd) + "\n";
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
    const size_t first = line.find_first_of(" \t");
    const size_t last = line.find_last_of(" \t");
    Price price;
    std::optional<double> input, output;
    if (first != std::string_view::npos && last > first) {
      price.model = line.substr(0, first);
      input = parse_double(trimmed(line.substr(first, last - first)));
      output = parse_double(trimmed(line.substr(last)));
    }
    if (!input || !output || !(*input >= 0) || !(*output >= 0) || *input > 1e6 || *output > 1e6) {
      return make_error(ErrorCode::InvalidParameter,
                        "Line " + std::to_string(number) +
                            " of the prices is not: model, USD per million input tokens, USD per "
                            "million output tokens");
    }
    price.input_usd = *input;
    price.output_usd = *output;
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

Range cost_range_usd(const ModelShare& share, const Price& price) {
  const auto input = static_cast<double>(share.input_tokens) * price.input_usd / 1e6;
  const auto output = static_cast<double>(share.requests) * price.output_usd / 1e6;
  return {input * (1 - kTokenError) + output * static_cast<double>(kMinVerdictTokens),
          input * (1 + kTokenError) + output * static_cast<double>(kMaxVerdictTokens)};
}

}  // namespace assay::judge
