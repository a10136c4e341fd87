// What readers of JSON rows share: members under several names, JSON inside strings, tokens and
// costs under the names that the systems use, and the keeping of what a reader does not know.
//
// Lists of names are one text with blanks around each name (" id traceId name "): small in the
// program.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/convert/canonical.h"
#include "core/convert/format.h"
#include "core/json/tree.h"

namespace assay::convert {

// A value, or the JSON value that its text holds. Where it is parsed from a text, `node` points
// into this object, which therefore stays where it is.
class Unwrapped {
 public:
  explicit Unwrapped(json::Node value);
  explicit Unwrapped(std::string json_text);
  Unwrapped(const Unwrapped&) = delete;
  Unwrapped& operator=(const Unwrapped&) = delete;
  json::Node node;

 private:
  std::string text_;
  json::Tree tree_;
};

bool names_contain(std::string_view names, std::string_view name);

// The first member with content; not present otherwise.
json::Node first_of(json::Node object, std::initializer_list<std::string_view> keys);
std::string first_text_of(json::Node object, std::initializer_list<std::string_view> keys);

// A table's row (all members texts) with the JSON and Python literals in its cells as JSON, and
// without its empty cells; any other object as it stands. With `camel`, top-level names like
// trace_id become traceId.
std::string tidy_row(json::Node row, bool camel);
bool is_table_row(json::Node row);

// Members that are not in `known` and have content, as <prefix><name>; JSON in strings is left as
// it is.
void keep_rest(json::Node object, std::string_view known, std::string_view prefix,
               std::vector<Attribute>& out);
void keep_rest(json::Node object, std::string_view known, std::string_view prefix,
               std::vector<std::pair<std::string, std::string>>& out);

// Objects are joined member by member; of anything else the later one counts if it has content.
std::string merged_json(std::string_view earlier, std::string_view later);

// Rows that come in parts, joined by key in the order of the first parts.
class RowMerger {
 public:
  RowMerger();
  ~RowMerger();
  void add(std::string_view key, json::Node row);
  bool has(std::string_view key) const;
  std::vector<std::string> take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Counts under any of the names that model APIs and tracing systems give them; what is set already
// stays.
void read_usage(json::Node usage, Tokens& tokens);

// A time of `object`'s member; a member with content that is no time is told.
TimeNs time_member(Context& context, json::Node object,
                   std::initializer_list<std::string_view> keys);

// Text of a download that encodes everything once more: "\"Hello\"" is "Hello".
std::string io_of_encoded(json::Node value);
// The value as inputs or outputs: JSON in strings unwrapped, message lists (also as the member
// "messages", and LangChain's generations) in OpenAI's form.
std::string io_value(json::Node value);
// A list of retrieved documents (also as the member "documents") as MLflow's retrievers give it; ""
// if the value is none.
std::string retrieved_documents(json::Node value);
// Upper-case kinds of other systems in MLflow's words. Model calls with messages are chat models.
std::string span_type_of(std::string_view kind, std::string_view inputs_json);

void add_tags(json::Node list, CanonicalTrace& trace);  // a list, or a text of a list

// The trace's own inputs and outputs go to its root span where that has none, and as attributes of
// the root where it has others. A trace without spans gets one that holds them.
void settle_trace_io(CanonicalTrace& trace, std::string_view prefix);

// Takes tokens and costs away from spans below which others tell them too: their sums would count
// twice.
void keep_innermost_usage(CanonicalTrace& trace);

CanonicalAssessment expectation_of(std::string value_json, std::string_view name = {});
// A JSON scalar, or text that is one, as an assessment's value: true, 0.5, "good".
std::string scalar_value(json::Node value);

}  // namespace assay::convert
