#include "core/judge/scorer.h"

#include <algorithm>

#include "core/base/utf8.h"
#include "core/json/doc.h"
#include "core/json/unescape.h"

namespace assay::judge {
namespace {

constexpr ScorerKind kAllKinds[] = {ScorerKind::Guidelines, ScorerKind::RelevanceToQuery,
                                    ScorerKind::RetrievalGroundedness};

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

size_t count_chars(std::string_view text) {
  size_t chars = 0;
  for (size_t at = 0; at < text.size(); at += decode_utf8(text, at).size_bytes)
    ++chars;
  return chars;
}

Error invalid(std::string what) { return make_error(ErrorCode::InvalidParameter, std::move(what)); }

Status validate_scorer(const ScorerSpec& scorer) {
  if (is_blank(scorer.name)) return invalid("A judge has no name; give it one");
  if (count_chars(scorer.name) > kMaxScorerNameChars) {
    return invalid("A judge's name may have at most 250 characters: " + scorer.name);
  }
  const std::string who = "The judge " + scorer.name;
  if (scorer.version < 1) return invalid(who + " has a version below 1");
  if (scorer.kind != ScorerKind::Guidelines) {
    if (scorer.guidelines.empty()) return ok_status();
    return invalid(who + " takes no guidelines; only Guidelines judges do");
  }
  if (scorer.guidelines.empty()) return invalid(who + " has no guideline; write at least one");
  for (const std::string& guideline : scorer.guidelines) {
    if (is_blank(guideline)) return invalid(who + " has an empty guideline; write it or remove it");
  }
  return ok_status();
}

Result<ScorerSpec> decode_scorer(const json::Doc& doc, size_t index) {
  const std::string who = "Judge " + std::to_string(index + 1);
  if (!doc.is_object()) return invalid(who + " is no JSON object");
  const auto kind_name = json::get_string(doc, "kind");
  const auto kind = kind_name ? parse_scorer_kind(*kind_name) : std::nullopt;
  if (!kind) return invalid(who + " has an unknown kind: " + kind_name.value_or("(none)"));
  ScorerSpec scorer;
  scorer.kind = *kind;
  scorer.name = json::get_string(doc, "name").value_or(std::string(default_scorer_name(*kind)));
  const int64_t version = json::get_int(doc, "version").value_or(1);
  scorer.version = static_cast<int>(std::clamp<int64_t>(version, 1, INT32_MAX));
  const json::Doc* guidelines = json::find(doc, "guidelines");
  if (guidelines == nullptr || guidelines->is_null()) return scorer;
  if (guidelines->is_string()) {  // MLflow takes one string as well as a list
    scorer.guidelines.push_back(guidelines->get<std::string>());
    return scorer;
  }
  if (!guidelines->is_array()) return invalid(who + ": guidelines is no list of texts");
  for (const json::Doc& guideline : *guidelines) {
    if (!guideline.is_string()) return invalid(who + ": guidelines is no list of texts");
    scorer.guidelines.push_back(guideline.get<std::string>());
  }
  return scorer;
}

}  // namespace

std::string_view scorer_kind_name(ScorerKind kind) {
  switch (kind) {
    case ScorerKind::Guidelines:
      return "Guidelines";
    case ScorerKind::RelevanceToQuery:
      return "RelevanceToQuery";
    case ScorerKind::RetrievalGroundedness:
      return "RetrievalGroundedness";
  }
  return "";
}

std::optional<ScorerKind> parse_scorer_kind(std::string_view name) {
  for (const ScorerKind kind : kAllKinds) {
    if (scorer_kind_name(kind) == name) return kind;
  }
  return std::nullopt;
}

std::string_view default_scorer_name(ScorerKind kind) {
  switch (kind) {
    case ScorerKind::Guidelines:
      return "guidelines";
    case ScorerKind::RelevanceToQuery:
      return "relevance_to_query";
    case ScorerKind::RetrievalGroundedness:
      return "retrieval_groundedness";
  }
  return "";
}

std::vector<ScorerSpec> default_scorers() {
  return {
      {"follows_objective",
       ScorerKind::Guidelines,
       {"The e-mail does what the request asks for: its purpose and its call to action are those "
        "of "
        "the request, and no part of the request is left out or replaced by another goal.",
        "The e-mail uses what is known about the customer where it matters, and does not turn to "
        "matters the request does not mention."}},
      {"concise_communication",
       ScorerKind::Guidelines,
       {"The e-mail is brief: a busy reader gets its point within the first sentences, and it says "
        "nothing twice.",
        "The e-mail has no filler: no sentence could be removed without losing something the "
        "reader "
        "needs."}},
      {"professional_tone",
       ScorerKind::Guidelines,
       {"The e-mail is courteous and businesslike: no slang, no pressure, no flattery, no blame.",
        "The tone fits the relationship with the customer, for example sober with one who has open "
        "problems."}},
      {std::string(default_scorer_name(ScorerKind::RelevanceToQuery)),
       ScorerKind::RelevanceToQuery,
       {}},
      {std::string(default_scorer_name(ScorerKind::RetrievalGroundedness)),
       ScorerKind::RetrievalGroundedness,
       {}},
  };
}

Status validate_scorers(const std::vector<ScorerSpec>& scorers) {
  std::vector<std::string_view> names;
  for (const ScorerSpec& scorer : scorers) {
    ASSAY_TRY(validate_scorer(scorer));
    if (std::find(names.begin(), names.end(), scorer.name) != names.end()) {
      return invalid("Two judges have the same name; rename one: " + scorer.name);
    }
    names.push_back(scorer.name);
  }
  return ok_status();
}

std::string encode_scorer(const ScorerSpec& scorer) {
  std::string out = "{\"name\":";
  json::append_quoted(out, scorer.name);
  out += ",\"kind\":";
  json::append_quoted(out, scorer_kind_name(scorer.kind));
  out += ",\"guidelines\":[";
  for (size_t i = 0; i < scorer.guidelines.size(); ++i) {
    if (i > 0) out += ',';
    json::append_quoted(out, scorer.guidelines[i]);
  }
  out += "],\"version\":" + std::to_string(scorer.version) + "}";
  return out;
}

std::string encode_scorers(const std::vector<ScorerSpec>& scorers) {
  std::string out = "[";
  for (size_t i = 0; i < scorers.size(); ++i) {
    if (i > 0) out += ',';
    out += encode_scorer(scorers[i]);
  }
  return out + "]";
}

Result<std::vector<ScorerSpec>> decode_scorers(std::string_view json_text) {
  const json::Doc doc = ASSAY_TRY(json::parse_doc(json_text));
  if (!doc.is_array()) return invalid("The list of judges is no JSON array");
  std::vector<ScorerSpec> scorers;
  for (size_t i = 0; i < doc.size(); ++i) {
    scorers.push_back(ASSAY_TRY(decode_scorer(doc[i], i)));
  }
  return scorers;
}

}  // namespace assay::judge
