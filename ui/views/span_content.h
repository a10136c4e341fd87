// What a span holds, read for people: attributes, events, retrieved documents. (Conversations:
// chat_content.h.) Pure functions over the JSON text of one span, called once when a span is selected
// (never per frame). Unknown forms give nothing, and the caller shows the JSON as it is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay::ui {

// A value to show: text as it is, or JSON for the JSON view.
struct TextBlock {
  std::string text;
  bool is_json = false;   // an object or an array
  uint64_t identity = 0;  // under which its wrapped lines are cached; 0: not numbered yet
};

// MLflow's rule for attribute values: a string that is JSON stands for that JSON; JSON strings are
// text.
TextBlock decode_attribute(std::string_view text);

struct Attribute {
  std::string key;
  TextBlock value;
};
// In the order of the file. `attributes_json` is the object verbatim.
std::vector<Attribute> read_attributes(std::string_view attributes_json);

struct SpanEvent {
  std::string name;
  int64_t time_ns;  // kNoTime: none
  bool is_exception = false;
  std::string exception_type, exception_message, stack_trace;
  uint64_t stack_identity = 0;
  std::vector<Attribute> attributes;  // without those of the exception
};
std::vector<SpanEvent> read_events(std::string_view events_json);

struct Document {
  std::string title;  // doc_uri, source, or title, whichever there is
  std::string text;
  uint64_t identity = 0;  // of the text
  std::string id;
  std::string metadata_json;  // "" = none
  double score = 0;
  bool has_score = false;
};
// A retriever's outputs: a list of {page_content | content | text, metadata}. Empty when it is no
// such list.
std::vector<Document> read_documents(std::string_view json);

}  // namespace assay::ui
