#include "core/judge/vote.h"

#include <algorithm>

#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/json/doc.h"
#include "core/json/writer.h"

namespace assay::judge {
namespace {

// A value as a person reads it: strings without their quotes.
std::string shown(const std::string& value_json) {
  const Result<json::Doc> doc = json::parse_doc(value_json);
  return doc.ok() && doc.value().is_string() ? doc.value().get<std::string>() : value_json;
}

int64_t sum_tokens(int64_t a, int64_t b) { return b < 0 ? a : std::max<int64_t>(0, a) + b; }

struct Count {
  const Verdict* first = nullptr;
  size_t votes = 0;
};

std::string standing(const std::vector<Count>& counts) {
  std::string text;
  for (const Count& count : counts) {
    if (!text.empty()) text += ", ";
    text += shown(count.first->value_json) + " " + std::to_string(count.votes);
  }
  return text;
}

using Number = std::pair<double, const Verdict*>;

// The middle one, of an even count the lower one of the two: a number that a judge gave.
const Verdict& median_of(std::vector<Number> numbers) {
  std::stable_sort(numbers.begin(), numbers.end(),
                   [](const Number& a, const Number& b) { return a.first < b.first; });
  return *numbers[(numbers.size() - 1) / 2].second;
}

std::string mean_of(const std::vector<Number>& numbers) {
  double sum = 0;
  for (const Number& number : numbers) sum += number.first;
  return json_number(sum / static_cast<double>(numbers.size()));
}

}  // namespace

bool is_vote_param(std::string_view key) {
  return key == "samples" || key == "temperature" || key == "combine" || key == "jury";
}

int samples_of(const ScorerSpec& scorer) {
  const double wanted = param_number(scorer, "samples").value_or(1);
  return wanted >= 1 ? static_cast<int>(std::min<double>(wanted, kMaxSamples)) : 1;
}

std::vector<std::string> jurors_of(const ScorerSpec& scorer) {
  std::vector<std::string> jurors;
  std::string_view text = param(scorer, "jury");
  while (!text.empty() && jurors.size() < static_cast<size_t>(kMaxJurors)) {
    const size_t end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!line.empty()) jurors.emplace_back(line);
  }
  return jurors;
}

int ballots_of(const ScorerSpec& scorer) {
  if (scorer.params.empty()) return 1;
  return samples_of(scorer) * std::max(1, static_cast<int>(jurors_of(scorer).size()));
}

std::string_view base_span(const ScorerSpec& scorer, std::string_view planned) {
  return ballots_of(scorer) > 1 ? planned.substr(0, planned.rfind('@')) : planned;
}

int ballot_of(const ScorerSpec& scorer, std::string_view planned) {
  const size_t at = planned.rfind('@');
  if (at == std::string_view::npos || ballots_of(scorer) <= 1) return 0;
  return static_cast<int>(parse_int64(planned.substr(at + 1)).value_or(0));
}

Endpoint juror_endpoint(const Endpoint& main, std::string_view line) {
  Endpoint juror = main;
  const size_t colon = line.find(":/");
  const size_t blank = line.find(' ');
  const bool names_provider = colon != std::string_view::npos && colon < blank;
  const std::string_view model = line.substr(0, blank);
  juror.model = names_provider ? model.substr(colon + 2) : model;
  if (names_provider) {
    const std::string_view provider = line.substr(0, colon);
    const bool same = provider == main.provider || provider == main.preset;
    if (!same) {
      juror.extra_headers.clear();
      set_provider(juror, provider);
      juror.provider = provider;
      const std::string_view base = find_provider(provider).base_url;
      if (!base.empty()) juror.base_url = base;
    }
  }
  if (blank != std::string_view::npos) juror.base_url = trimmed(line.substr(blank));
  if (host_of(juror.base_url) != host_of(main.base_url)) juror.secret = {};
  return juror;
}

std::string encode_ballot(const Ballot& ballot) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  if (const Verdict* verdict = std::get_if<Verdict>(&ballot.judgement)) {
    const bool is_json = json::parse_doc(verdict->value_json).ok();
    out.member_raw("value", is_json ? std::string_view(verdict->value_json) : "null");
    if (!verdict->rationale.empty()) out.member("rationale", verdict->rationale);
  } else {
    const JudgeFailure& failure = std::get<JudgeFailure>(ballot.judgement);
    out.member("error", failure.code);
    out.member("message", failure.message);
  }
  out.member("model", ballot.model);
  out.end_object();
  return text;
}

Vote count_vote(const ScorerSpec& scorer, const std::vector<Ballot>& ballots) {
  Vote vote;
  std::vector<Count> counts;
  std::vector<Number> numbers;
  size_t verdicts = 0;
  bool by_code = true;
  Usage usage;
  const JudgeFailure* failure = nullptr;
  std::string list = "[";
  for (const Ballot& ballot : ballots) {
    if (list.size() > 1) list += ',';
    list += encode_ballot(ballot);
    const Verdict* verdict = std::get_if<Verdict>(&ballot.judgement);
    const JudgeFailure* failed = std::get_if<JudgeFailure>(&ballot.judgement);
    const Usage& used = verdict != nullptr ? verdict->usage : failed->usage;
    usage.input_tokens = sum_tokens(usage.input_tokens, used.input_tokens);
    usage.output_tokens = sum_tokens(usage.output_tokens, used.output_tokens);
    if (failed != nullptr) {
      if (failure == nullptr) failure = failed;
      continue;
    }
    ++verdicts;
    by_code = by_code && verdict->by_code;
    if (const auto number = parse_double(verdict->value_json)) numbers.emplace_back(*number, verdict);
    const auto same = std::find_if(counts.begin(), counts.end(), [&](const Count& count) {
      return count.first->value_json == verdict->value_json;
    });
    if (same == counts.end())
      counts.push_back({verdict, 1});
    else
      ++same->votes;
  }
  std::stable_sort(counts.begin(), counts.end(),
                   [](const Count& a, const Count& b) { return a.votes > b.votes; });
  const double agreement =
      verdicts == 0 ? 0 : static_cast<double>(counts[0].votes) / static_cast<double>(verdicts);
  json::Writer out(vote.metadata_json);
  out.begin_object();
  out.member(kSamplesKey, std::to_string(ballots.size()));
  if (verdicts > 0) out.member(kAgreementKey, format_fixed(agreement, 2));
  out.member(kBallotsKey, list + "]");
  out.end_object();

  const AnswerType type = answer_of(scorer).type;
  const bool is_text = type == AnswerType::Text || is_list(type) || is_map(type);
  const bool is_number = (type == AnswerType::Integer || type == AnswerType::Number) &&
                         numbers.size() == verdicts && verdicts > 0;
  JudgeFailure refused;
  refused.usage = usage;
  refused.maybe_paid = true;
  if (verdicts * 2 < ballots.size() || verdicts == 0) {
    if (failure != nullptr) refused.code = failure->code;
    refused.message = std::to_string(verdicts) + " of " + std::to_string(ballots.size()) +
                      " answers gave a verdict, too few for a vote";
    if (failure != nullptr) refused.message += ". " + failure->message;
    refused.by_code = failure != nullptr && failure->by_code;
  } else if (!is_number && !is_text && counts.size() > 1 && counts[0].votes == counts[1].votes) {
    refused.code = "NO_MAJORITY";
    refused.message = "The judges are divided: " + standing(counts) +
                      ". Read their reasons and decide, or ask an odd number of judges";
  }
  if (!refused.message.empty()) {
    vote.judgement = std::move(refused);
    return vote;
  }
  Verdict verdict = is_number ? median_of(numbers) : *counts[0].first;
  if (is_number && param(scorer, "combine") == "mean") verdict.value_json = mean_of(numbers);
  if (counts.size() > 1 || verdicts < ballots.size()) {
    std::string said = standing(counts);
    if (verdicts < ballots.size())
      said += ", without a verdict " + std::to_string(ballots.size() - verdicts);
    verdict.rationale = "Votes: " + said + ". " + verdict.rationale;
  }
  verdict.usage = usage;
  verdict.by_code = by_code;
  verdict.metadata_json = vote.metadata_json;
  vote.judgement = std::move(verdict);
  return vote;
}

}  // namespace assay::judge
