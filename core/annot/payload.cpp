#include "core/annot/payload.h"

#include <utility>

#include "core/annot/annotations.h"
#include "core/annot/members.h"
#include "core/base/hash.h"
#include "core/json/reader.h"
#include "core/store/assessment_json.h"

namespace assay::annot {
namespace {

using store::Assessment;
using store::AssessmentKind;

// The members of any of the payloads; absent ones are nothing.
struct Payload {
  std::string assessment_id;
  std::string_view assessment;  // create, verdict
  std::optional<std::string> name, rationale;
  std::string_view feedback, expectation, metadata;
};

Result<Payload> decode(std::string_view json) {
  Payload out;
  json::Reader reader(json);
  if (!reader.enter_object())
    return make_error(ErrorCode::InvalidInput, "the payload is no object");
  while (reader.next_key()) {
    if (reader.key_is("assessment_id"))
      out.assessment_id = reader.string().value_or("");
    else if (reader.key_is("assessment"))
      out.assessment = verbatim_value(reader, json);
    else if (reader.key_is("name"))
      out.name = reader.string();
    else if (reader.key_is("rationale"))
      out.rationale = reader.string();
    else if (reader.key_is("feedback"))
      out.feedback = verbatim_value(reader, json);
    else if (reader.key_is("expectation"))
      out.expectation = verbatim_value(reader, json);
    else if (reader.key_is("metadata"))
      out.metadata = verbatim_value(reader, json);
    else
      reader.skip_value();
  }
  if (reader.failed()) {
    return make_error(ErrorCode::InvalidInput, reader.error_text(), reader.error_offset_bytes());
  }
  return out;
}

void set_valid(Assessment& assessment, bool valid) {
  if (assessment.valid == valid) return;
  assessment.valid = valid;
  assessment.changed = true;
}

Result<Assessment> whole_assessment(const Payload& payload) {
  if (payload.assessment.empty()) {
    return make_error(ErrorCode::InvalidInput, "the event holds no assessment");
  }
  Assessment a = ASSAY_TRY(store::assessment_from_json(payload.assessment));
  if (a.assessment_id.empty()) {
    return make_error(ErrorCode::InvalidInput, "the assessment has no id");
  }
  a.changed = true;
  return a;
}

Status create(AssessmentSet& assessments, const Payload& payload) {
  Assessment a = ASSAY_TRY(whole_assessment(payload));
  const Assessment* same = assessments.find(a.assessment_id);
  const bool is_imported = same != nullptr && same->imported_json.present();
  Assessment* overridden = nullptr;
  if (!a.overrides.empty()) {
    overridden = assessments.find(a.overrides);
    // In a loaded copy of the user's own export, the overridden one may have been deleted later.
    if (overridden == nullptr && !is_imported) {
      return make_error(
          ErrorCode::NotFound,
          "The assessment that this one supersedes is not on the trace: " + a.overrides);
    }
  }
  if (!is_imported && same != nullptr) {
    return make_error(ErrorCode::InvalidInput,
                      "There is an assessment with this id on the trace: " + a.assessment_id);
  }
  if (overridden != nullptr) set_valid(*overridden, false);
  a.valid = true;
  if (!is_imported) assessments.add(std::move(a));
  return ok_status();
}

// A judge's result: the later one of the same id takes the place of the earlier.
Status put_verdict(AssessmentSet& assessments, const Payload& payload) {
  if (payload.assessment.empty()) return ok_status();  // skipped items have none
  Assessment a = ASSAY_TRY(whole_assessment(payload));
  Assessment* earlier = assessments.find(a.assessment_id);
  if (earlier == nullptr) {
    a.valid = true;
    assessments.add(std::move(a));
    return ok_status();
  }
  // A human's correction of the earlier one stays in force.
  a.valid = earlier->valid;
  a.imported_json = earlier->imported_json;
  *earlier = std::move(a);
  return ok_status();
}

// feedback or expectation with its value; the kinds do not change.
Status update_value(Assessment& to, std::string_view member, std::string_view json,
                    AssessmentKind kind) {
  if (to.kind != kind) {
    std::string what = "Cannot update ";
    what += member;
    what += " value on ";
    what += to.kind == AssessmentKind::Feedback ? "a feedback" : "an ";
    if (to.kind != AssessmentKind::Feedback) what += store::assessment_kind_name(to.kind);
    return make_error(ErrorCode::InvalidParameter, what + ": an assessment keeps its kind");
  }
  std::string wrapped = "{\"";
  wrapped += member;
  wrapped += "\":";
  wrapped += json;
  wrapped += '}';
  Assessment value = ASSAY_TRY(store::assessment_from_json(wrapped));
  to.value_json = std::move(value.value_json);
  to.error_code = std::move(value.error_code);
  to.error_message = std::move(value.error_message);
  to.stack_trace = std::move(value.stack_trace);
  return ok_status();
}

Status update(AssessmentSet& assessments, const Payload& payload, TimeMs time_ms) {
  Assessment* current = assessments.find(payload.assessment_id);
  if (current == nullptr) {
    return make_error(ErrorCode::NotFound,
                      "The assessment is not on the trace: " + payload.assessment_id);
  }
  Assessment next = *current;
  if (!payload.feedback.empty()) {
    ASSAY_TRY(update_value(next, "feedback", payload.feedback, AssessmentKind::Feedback));
  }
  if (!payload.expectation.empty()) {
    ASSAY_TRY(update_value(next, "expectation", payload.expectation, AssessmentKind::Expectation));
  }
  if (payload.name) {
    if (payload.name->empty()) return make_error(ErrorCode::InvalidParameter, "The name is empty");
    next.name = *payload.name;
  }
  if (payload.rationale) next.rationale = *payload.rationale;
  if (next.kind == AssessmentKind::Expectation) next.rationale.clear();
  if (!payload.metadata.empty()) {
    next.metadata_json = merged_objects(next.metadata_json, payload.metadata);
  }
  next.last_update_time_ms = time_ms;
  next.changed = true;
  *current = std::move(next);
  return ok_status();
}

Status remove(AssessmentSet& assessments, const Payload& payload) {
  const Assessment* gone = assessments.find(payload.assessment_id);
  if (gone == nullptr) return ok_status();
  const std::string overrides = gone->overrides;
  assessments.remove(payload.assessment_id);
  if (!overrides.empty()) {
    if (Assessment* overridden = assessments.find(overrides)) set_valid(*overridden, true);
  }
  return ok_status();
}

}  // namespace

PayloadKind payload_kind(std::string_view event_kind) {
  if (event_kind == kAssessmentCreate) return PayloadKind::Create;
  if (event_kind == kAssessmentUpdate) return PayloadKind::Update;
  if (event_kind == kAssessmentDelete) return PayloadKind::Delete;
  if (event_kind == kRunVerdict) return PayloadKind::Verdict;
  return PayloadKind::Other;
}

AssessmentSet::AssessmentSet(std::vector<Assessment> assessments)
    : items_(std::move(assessments)), is_gone_(items_.size(), false) {
  size_t slots = 16;
  while (slots < items_.size() * 2)
    slots *= 2;
  slots_.assign(slots, 0);
  for (size_t i = 0; i < items_.size(); ++i)
    index_item(static_cast<uint32_t>(i));
}

// The slot that holds `id`, or the free one where it belongs.
size_t AssessmentSet::slot_of(std::string_view id) const {
  const size_t mask = slots_.size() - 1;
  size_t slot = static_cast<size_t>(hash_bytes(id)) & mask;
  while (slots_[slot] != 0 && items_[slots_[slot] - 1].assessment_id != id)
    slot = (slot + 1) & mask;
  return slot;
}

void AssessmentSet::index_item(uint32_t item) {
  uint32_t& slot = slots_[slot_of(items_[item].assessment_id)];
  if (slot == 0 || is_gone_[slot - 1]) slot = item + 1;
}

Assessment* AssessmentSet::find(std::string_view id) {
  const uint32_t slot = slots_[slot_of(id)];
  return slot == 0 || is_gone_[slot - 1] ? nullptr : &items_[slot - 1];
}

void AssessmentSet::add(Assessment assessment) {
  items_.push_back(std::move(assessment));
  is_gone_.push_back(false);
  if (items_.size() * 2 <= slots_.size())
    return index_item(static_cast<uint32_t>(items_.size() - 1));
  slots_.assign(slots_.size() * 2, 0);
  for (size_t i = 0; i < items_.size(); ++i)
    index_item(static_cast<uint32_t>(i));
}

void AssessmentSet::remove(std::string_view id) {
  if (const Assessment* gone = find(id)) is_gone_[static_cast<size_t>(gone - items_.data())] = true;
}

std::vector<Assessment> AssessmentSet::take() && {
  std::vector<Assessment> left;
  left.reserve(items_.size());
  for (size_t i = 0; i < items_.size(); ++i) {
    if (!is_gone_[i]) left.push_back(std::move(items_[i]));
  }
  return left;
}

std::string payload_trace_id(PayloadKind kind, std::string_view payload_json) {
  const std::string_view member = kind == PayloadKind::Verdict ? "trace" : "trace_id";
  json::Reader reader(payload_json);
  if (!reader.enter_object()) return {};
  while (reader.next_key()) {
    if (reader.key_is(member)) return reader.string().value_or(std::string());
    reader.skip_value();
  }
  return {};
}

Status apply_payload(AssessmentSet& assessments, PayloadKind kind, std::string_view payload_json,
                     TimeMs event_time_ms) {
  const Payload payload = ASSAY_TRY(decode(payload_json));
  switch (kind) {
    case PayloadKind::Create:
      return create(assessments, payload);
    case PayloadKind::Update:
      return update(assessments, payload, event_time_ms);
    case PayloadKind::Delete:
      return remove(assessments, payload);
    case PayloadKind::Verdict:
      return put_verdict(assessments, payload);
    case PayloadKind::Other:
      break;
  }
  return ok_status();
}

std::string merged_objects(std::string_view base, std::string_view added) {
  std::vector<Member> members;
  collect_members(members, base);
  collect_members(members, added);
  if (members.empty()) return {};
  std::string out;
  for (const Member& member : members)
    append_member(out, member.raw_key, member.value);
  return out + "}";
}

}  // namespace assay::annot
