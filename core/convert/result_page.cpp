#include "core/convert/result_page.h"

#include "core/convert/chat.h"
#include "core/convert/record_fields.h"

namespace assay::convert {
namespace {

constexpr int kMaxPages = 3;  // around one another: {"traces": [{"trace_id", "runs": […]}]}

bool matches(json::Node record);
json::Node elements(json::Node record, int pages);

bool is_read(json::Node object, bool also_chats, int pages) {
  if (!object.is_object()) return false;
  for (const Format& format : formats()) {
    if (format.matches == matches || (!also_chats && format.name == kChatFormatName)) continue;
    if (format.matches(object)) return true;
  }
  return pages > 1 && elements(object, pages - 1).present();
}

// The list whose first element some other format reads, or the object that holds what it does: Tempo's and
// Jaeger's APIs answer with {"trace": {…}} and {"result": {…}}, Elasticsearch with {"_source": {…}}; people
// write {"<trace id>": {…}, …}.
json::Node elements(json::Node record, int pages) {
  const auto read_by_another = [pages](json::Node list) {
    return list.is_array() && is_read(list.first(), true, pages);
  };
  if (record.is_array()) return read_by_another(record) ? record : json::Node();
  for (const std::string_view key :
       {"data", "events", "runs", "spans", "traces", "calls", "rows", "results", "records", "items",
        "objects", "content", "observations", "scores", "annotations", "feedback", "hits"}) {
    if (read_by_another(record[key])) return record[key];
  }
  if (is_read(record["_source"], false, 1)) return record["_source"];
  for (const std::string_view key : {"data", "trace", "result", "traces", "hits"}) {
    // Not every object in another: what stands beside it would be lost.
    if ((record.size() <= 3 || key == "hits") && is_read(record[key], false, pages)) return record[key];
  }
  bool all = record.is_object() && record.first().present();
  size_t looked_at = 0;
  for (json::Node each = record.first(); all && each && looked_at < 4; each = each.next(), ++looked_at)
    all = is_read(each, false, 1);
  return all ? record : json::Node();
}

// An answer that found nothing: {"data": [], "meta": {…}}. All that stands beside the list is about the page.
bool is_empty_page(json::Node record) {
  bool empty = false;
  for (json::Node each = record.is_object() ? record.first() : json::Node(); each; each = each.next()) {
    const std::string key = each.key();
    const bool list = names_contain(" data events runs spans traces calls results items content ", key);
    if (list && each.is_array() && !each.first().present()) {
      empty = true;
    } else if (!names_contain(" meta cursor cursors next_cursor next_page_token total page size limit offset errors "
                              "object has_more schema sortable_by ", key)) {
      return false;
    }
  }
  return empty;
}

bool matches(json::Node record) { return elements(record, kMaxPages).present() || is_empty_page(record); }

class Reader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    const json::Node found = elements(record, kMaxPages);
    if (found.is_object() && found.offset_bytes() != record.offset_bytes())
      return context.dispatch(found);
    for (json::Node each = found.first(); each; each = each.next()) context.dispatch(each);
  }
};

}  // namespace

Format result_page_format() {
  return {kResultPageName, matches,
          [] { return std::unique_ptr<FormatReader>(std::make_unique<Reader>()); }};
}

}  // namespace assay::convert
