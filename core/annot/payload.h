// Payloads of assessment events, decoded; and what they do to the assessments of one trace. Used by
// Annotations; pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/store/assessment.h"

namespace assay::annot {

enum class PayloadKind : uint8_t { Other, Create, Update, Delete, Verdict };
PayloadKind payload_kind(std::string_view event_kind);

// The trace that an event concerns; "" when its payload names none.
std::string payload_trace_id(PayloadKind kind, std::string_view payload_json);

// The assessments of one trace while events are applied; finding one by id takes constant time
// however many there are.
class AssessmentSet {
 public:
  explicit AssessmentSet(std::vector<store::Assessment> assessments);
  // The first with this id; nullptr: none. Valid until the next add().
  store::Assessment* find(std::string_view id);
  void add(store::Assessment assessment);
  void remove(std::string_view id);
  // Those that are left, in the order in which they came.
  std::vector<store::Assessment> take() &&;

 private:
  size_t slot_of(std::string_view id) const;
  void index_item(uint32_t item);
  std::vector<store::Assessment> items_;
  std::vector<bool> is_gone_;
  std::vector<uint32_t> slots_;  // open addressing by id: item + 1, 0 = free
};

// Applies one event to the assessments of its trace. On an error nothing is changed.
Status apply_payload(AssessmentSet& assessments, PayloadKind kind, std::string_view payload_json,
                     TimeMs event_time_ms);

// {**base, **added}: both are JSON objects or "". Values stay verbatim.
std::string merged_objects(std::string_view base, std::string_view added);

}  // namespace assay::annot
