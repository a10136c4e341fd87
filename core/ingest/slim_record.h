// A trace record without the bodies of its spans: what the table, the search by columns, and the
// tree of spans need stays, large texts go. For files that do not fit whole.
//
// Kept: info as it stands; of each span everything but its events and those attributes that are
// longer than kMaxSlimValueBytes, its inputs and outputs among them. Where the info has no
// previews, the root span's inputs and outputs stay, since they are shown in their place.
//
// The record says so of itself, for whoever meets it in an export: "assay_part": "without bodies".
#pragma once

#include <string>
#include <string_view>

namespace assay::ingest {

constexpr size_t kMaxSlimValueBytes = 256;

// Appends to `out`. False, and nothing appended: it is no whole JSON object.
bool append_slim_record(std::string_view record, std::string& out);

}  // namespace assay::ingest
