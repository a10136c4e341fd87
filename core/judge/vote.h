// Scorers that ask more than once: k samples of one judge, a jury of several, or both. Each ballot is an
// item of the plan of its own, with its own request, hash and journal events; PlanItem::span_id ends
// in "@N" (from 1) then. Once all ballots of a place have ended, the vote among them is the assessment.
//
// The vote: for yes/no, booleans and categories the value with more than any other; for numbers the
// median, or the mean where the scorer says so; for texts the most frequent, else the first. Nothing is
// guessed: a tie, or fewer verdicts than half of the ballots, is a failure that says how it stood.
// Agreement is the share of the verdicts that have the most frequent value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/judge/endpoint.h"
#include "core/judge/reply.h"
#include "core/judge/scorer.h"

namespace assay::judge {

// Members of the vote's metadata.
constexpr std::string_view kSamplesKey = "assay.samples";      // ballots asked for
constexpr std::string_view kAgreementKey = "assay.agreement";  // 0 … 1
// [{"value":…,"rationale":…,"model":…} or {"error":…,"message":…,"model":…}, …], as a text.
constexpr std::string_view kBallotsKey = "assay.ballots";

constexpr int kMaxSamples = 9;
constexpr int kMaxJurors = 9;

int samples_of(const ScorerSpec& scorer);                      // 1 … kMaxSamples
std::vector<std::string> jurors_of(const ScorerSpec& scorer);  // lines; none: the connection's model
int ballots_of(const ScorerSpec& scorer);                      // samples × jurors
bool is_vote_param(std::string_view key);  // of the settings that this file is about

// The parts of PlanItem::span_id. Without a vote: all of it, and 0.
std::string_view base_span(const ScorerSpec& scorer, std::string_view planned);
int ballot_of(const ScorerSpec& scorer, std::string_view planned);  // from 1

// Who a line of a jury names: "model" at the same connection, "provider:/model" at that provider's own
// address, or with an address behind it. Has no secret where the host is another.
Endpoint juror_endpoint(const Endpoint& main, std::string_view line);

struct Ballot {
  Judgement judgement;
  std::string model;  // URI
};

std::string encode_ballot(const Ballot& ballot);  // one element of kBallotsKey
// Verdict::metadata_json and `metadata_json` hold the keys above. The usage is the sum.
struct Vote {
  Judgement judgement;
  std::string metadata_json;
};
Vote count_vote(const ScorerSpec& scorer, const std::vector<Ballot>& ballots);

}  // namespace assay::judge
