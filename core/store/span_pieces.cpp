#include "core/store/span_pieces.h"

namespace assay::store {
namespace {

json::Piece string_piece(json::Reader& reader) {
  const json::Piece piece = reader.piece();
  return piece.form == TextForm::Json ? json::Piece{} : piece;
}

void read_attributes(json::Reader& reader, SpanPieces& out) {
  reader.peek();
  const uint32_t at = reader.offset_bytes();
  if (!reader.enter_object()) return;
  while (reader.next_key()) {
    if (reader.key_is("mlflow.spanInputs")) {
      out.inputs = reader.piece();
    } else if (reader.key_is("mlflow.spanOutputs")) {
      out.outputs = reader.piece();
    }
  }
  out.attributes = {at, reader.offset_bytes() - at, TextForm::Json};
}

}  // namespace

SpanPieces read_span_pieces(std::string_view record) {
  SpanPieces out;
  json::Reader reader(record);
  if (!reader.enter_object()) return out;
  while (reader.next_key()) {
    if (reader.key_is("attributes")) {
      read_attributes(reader, out);
    } else if (reader.key_is("events")) {
      if (reader.peek() == json::Kind::Array) out.events = reader.piece();
    } else if (reader.key_is("status_message")) {
      out.status_message = string_piece(reader);
    } else if (reader.key_is("status") && reader.enter_object()) {
      while (reader.next_key()) {
        if (reader.key_is("message")) out.status_message = string_piece(reader);
      }
    }
  }
  return reader.failed() ? SpanPieces{} : out;
}

}  // namespace assay::store
