#include "core/convert/result_page.h"

namespace assay::convert {
namespace {

bool matches(json::Node record);

// The list whose first element some other format reads.
json::Node elements(json::Node record) {
  const auto read_by_another = [](json::Node list) {
    const json::Node first = list.is_array() ? list.first() : json::Node();
    if (!first.is_object()) return false;
    for (const Format& format : formats()) {
      if (format.matches != matches && format.matches(first)) return true;
    }
    return false;
  };
  if (record.is_array()) return read_by_another(record) ? record : json::Node();
  for (const std::string_view key :
       {"data", "events", "runs", "spans", "traces", "calls", "rows", "results", "records", "items",
        "objects", "content", "observations", "scores", "annotations", "feedback"}) {
    if (read_by_another(record[key])) return record[key];
  }
  return {};
}

bool matches(json::Node record) { return elements(record).present(); }

class Reader final : public FormatReader {
  void read(Context& context, json::Node record) override {
    for (json::Node each = elements(record).first(); each; each = each.next())
      context.dispatch(each);
  }
};

}  // namespace

Format result_page_format() {
  return {"page of results", matches,
          [] { return std::unique_ptr<FormatReader>(std::make_unique<Reader>()); }};
}

}  // namespace assay::convert
