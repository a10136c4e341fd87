// OTLP in protobuf's binary form (opentelemetry-proto 1.x): ExportTraceServiceRequest and
// TracesData, which are the same on the wire: what collectors send and write, and MLflow's archived
// traces.pb. Each ResourceSpans becomes one OTLP JSON document, whose reader (otlp_json.h) does the
// rest.
//
// Bytes come in pieces of any size; one ResourceSpans is held at a time. Damaged messages are told
// and what stands before the damage is read; the depth of nested values is bounded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace assay::convert {

// The head of a file that is protobuf: its first field is 1 with a length, and it holds bytes that
// no text has.
bool is_protobuf(std::string_view head);

class OtlpProtobuf {
 public:
  class Sink {
   public:
    virtual ~Sink() = default;
    // {"resourceSpans": [one]}; at_byte: of the message in the file.
    virtual void document(const std::string& json, uint64_t at_byte) = 0;
    virtual void damaged(std::string_view why, uint64_t at_byte) = 0;
  };
  explicit OtlpProtobuf(Sink& sink) : sink_(sink) {}
  void push(std::string_view bytes);
  void finish();

 private:
  bool step();
  void read(std::string_view message, bool cut_off);

  Sink& sink_;
  std::string pending_;
  size_t begin_ = 0;         // in pending_: done up to here
  uint64_t begin_byte_ = 0;  // of pending_[begin_] in the file
  bool hopeless_ = false;
};

}  // namespace assay::convert
