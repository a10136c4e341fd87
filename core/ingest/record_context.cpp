#include "core/ingest/record_context.h"

#include "core/base/utf8.h"
#include "core/json/unescape.h"

namespace assay::ingest {

void RecordContext::note(IssueKind kind, uint32_t offset_bytes, std::string_view what,
                         std::string_view value) {
  if (issue_kind_info(kind).severity == Severity::Repaired) repaired = true;
  std::string detail;
  if (report.keeps_detail(kind)) {
    detail = what;
    if (!value.empty()) {
      detail += ": ";
      detail += utf8_prefix(value, kMaxDetailBytes);
    }
  }
  report.add(kind, number, at_byte + offset_bytes, std::move(detail));
}

std::string_view RecordContext::decoded(const json::Piece& piece, std::string& scratch) const {
  const std::string_view raw = written(piece);
  if (piece.form != TextForm::EscapedString) return raw;
  scratch.clear();
  json::append_unescaped(scratch, raw);
  return scratch;
}

void TraceScratch::reset() {
  fields = store::TraceFields{};
  spans.clear();
  links.clear();
  metadata.clear();
  tags.clear();
  assessments.clear();
  info_seen = false;
  is_v2 = false;
  has_v2_spans = false;
  id = {};
  data_request = {};
  data_response = {};
}

}  // namespace assay::ingest
