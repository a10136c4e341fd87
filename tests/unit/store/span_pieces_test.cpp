#include "core/store/span_pieces.h"

#include <string>

#include <catch2/catch_test_macros.hpp>

using namespace assay;
using namespace assay::store;

namespace {

std::string_view at(std::string_view record, const json::Piece& piece) {
  return record.substr(piece.offset_bytes, piece.size_bytes);
}

}  // namespace

TEST_CASE("the parts of a V3 span") {
  const std::string_view record =
      R"({"name": "a", "status": {"code": "STATUS_CODE_ERROR", "message": "no \"luck\""}, "events": [{"name": "e"}],
          "attributes": {"x": 1, "mlflow.spanInputs": "{\"q\": 1}", "mlflow.spanOutputs": "plain"}})";
  const SpanPieces pieces = read_span_pieces(record);
  CHECK(at(record, pieces.status_message) == "no \\\"luck\\\"");
  CHECK(pieces.status_message.form == TextForm::EscapedString);
  CHECK(at(record, pieces.events) == R"([{"name": "e"}])");
  CHECK(at(record, pieces.attributes).front() == '{');
  CHECK(at(record, pieces.attributes).back() == '}');
  CHECK(at(record, pieces.inputs) == R"({\"q\": 1})");
  CHECK(at(record, pieces.outputs) == "plain");
  CHECK(pieces.outputs.form == TextForm::Plain);
}

TEST_CASE("the parts of a V2 span, and inputs that are no strings") {
  const std::string_view record =
      R"({"context": {"span_id": "0x1"}, "status_code": "ERROR", "status_message": "no",
          "attributes": {"mlflow.spanInputs": {"q": [1, 2]}, "mlflow.spanOutputs": null}})";
  const SpanPieces pieces = read_span_pieces(record);
  CHECK(at(record, pieces.status_message) == "no");
  CHECK(at(record, pieces.inputs) == R"({"q": [1, 2]})");
  CHECK(pieces.inputs.form == TextForm::Json);
  CHECK(pieces.outputs.form == TextForm::None);
  CHECK(pieces.events.form == TextForm::None);
}

TEST_CASE("parts of the wrong type are absent, and so are all of what is no span") {
  const SpanPieces odd = read_span_pieces(R"({"attributes": [1], "events": {"a": 1}, "status": "OK", "status_message": 7})");
  for (const json::Piece& piece : {odd.attributes, odd.events, odd.inputs, odd.outputs, odd.status_message}) {
    CHECK(piece.form == TextForm::None);
  }
  CHECK(read_span_pieces("[]").attributes.form == TextForm::None);
  CHECK(read_span_pieces("").attributes.form == TextForm::None);
  CHECK(read_span_pieces(R"({"attributes": {}, "x)").attributes.form == TextForm::None);
}

TEST_CASE("of parts that stand twice the last one counts") {
  const std::string_view record = R"({"events": [1], "events": [2], "attributes": {"a": 1}, "attributes": {"b": 2}})";
  const SpanPieces pieces = read_span_pieces(record);
  CHECK(at(record, pieces.events) == "[2]");
  CHECK(at(record, pieces.attributes) == R"({"b": 2})");
}
