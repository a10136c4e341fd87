#include "core/ingest/slim_record.h"

#include "core/json/reader.h"

namespace assay::ingest {
namespace {

// Copies members of one object as they stand in the text.
class Slimmer {
 public:
  Slimmer(std::string_view record, std::string& out)
      : record_(record), reader_(record), out_(out) {}

  bool run() {
    has_previews_ = find_previews();
    if (!reader_.enter_object()) return false;
    bool any = begin();
    while (reader_.next_key()) {
      put_key(any);
      if (reader_.key_is("data") && reader_.peek() == json::Kind::Object) {
        put_data();
      } else {
        put(next_value());
      }
    }
    if (any) out_ += ", ";
    out_ += "\"assay_part\": \"without bodies\"}";
    return !reader_.failed();
  }

 private:
  bool find_previews() const {
    json::Reader reader(record_);
    if (!reader.enter_object()) return false;
    while (reader.next_key()) {
      if (!reader.key_is("info") || !reader.enter_object()) continue;
      while (reader.next_key()) {
        if (reader.key_is("request_preview") || reader.key_is("response_preview")) return true;
      }
    }
    return false;
  }

  bool begin() {
    out_ += '{';
    return false;
  }
  void put(std::string_view text) { out_ += text; }
  void put_key(bool& any) {
    if (any) out_ += ", ";
    any = true;
    out_ += '"';
    out_ += reader_.raw_key();
    out_ += "\": ";
  }
  // Consumes it; as it stands, a string with its quotes.
  std::string_view next_value() {
    reader_.peek();
    const uint32_t begin = reader_.offset_bytes();
    reader_.skip_value();
    return reader_.failed() ? std::string_view()
                            : record_.substr(begin, reader_.offset_bytes() - begin);
  }

  void put_data() {
    reader_.enter_object();
    bool any = begin();
    while (reader_.next_key()) {
      if (reader_.key_is("spans") && reader_.peek() == json::Kind::Array) {
        put_key(any);
        put_spans();
        continue;
      }
      // "request" and "response" of MLflow 2 are shown where there is no preview.
      const std::string key(reader_.raw_key());
      const std::string_view value = next_value();
      if (has_previews_ && value.size() > kMaxSlimValueBytes) continue;
      if (any) out_ += ", ";
      any = true;
      out_ += "\"" + key + "\": ";
      put(value);
    }
    out_ += '}';
  }

  void put_spans() {
    reader_.enter_array();
    out_ += '[';
    bool any = false;
    while (reader_.next_element()) {
      if (any) out_ += ", ";
      any = true;
      if (reader_.peek() == json::Kind::Object) {
        put_span();
      } else {
        put(next_value());
      }
    }
    out_ += ']';
  }

  bool next_is_root() const {
    json::Reader ahead = reader_;
    if (!ahead.enter_object()) return false;
    while (ahead.next_key()) {
      if (ahead.key_is("parent_span_id") || ahead.key_is("parent_id"))
        return ahead.peek() == json::Kind::Null;
    }
    return true;
  }

  void put_span() {
    const bool keep_io = !has_previews_ && next_is_root();
    reader_.enter_object();
    bool any = begin();
    while (reader_.next_key()) {
      if (reader_.key_is("events")) {
        reader_.skip_value();
        continue;
      }
      put_key(any);
      if (reader_.key_is("attributes") && reader_.peek() == json::Kind::Object) {
        put_attributes(keep_io);
      } else {
        put(next_value());
      }
    }
    out_ += '}';
  }

  void put_attributes(bool keep_io) {
    reader_.enter_object();
    bool any = begin();
    while (reader_.next_key()) {
      const std::string key(reader_.raw_key());
      const bool is_io = key == "mlflow.spanInputs" || key == "mlflow.spanOutputs";
      const std::string_view value = next_value();
      if (is_io ? !keep_io : value.size() > kMaxSlimValueBytes) continue;
      if (any) out_ += ", ";
      any = true;
      out_ += "\"" + key + "\": ";
      put(value);
    }
    out_ += '}';
  }

  std::string_view record_;
  json::Reader reader_;
  std::string& out_;
  bool has_previews_ = false;
};

}  // namespace

bool append_slim_record(std::string_view record, std::string& out) {
  const size_t before = out.size();
  if (Slimmer(record, out).run()) return true;
  out.resize(before);
  return false;
}

}  // namespace assay::ingest
