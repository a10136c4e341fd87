// Where the parts of an MLflow span stand in its JSON (schemas V2 and V3). They are found when they are asked for
// and not kept: most spans are never opened, and five references would be twice the rest of a span's row.
#pragma once

#include <string_view>

#include "core/json/reader.h"

namespace assay::store {

// Absent ones have the form None.
struct SpanPieces {
  json::Piece attributes;       // an object
  json::Piece events;           // an array
  json::Piece inputs, outputs;  // values of attributes["mlflow.spanInputs"] and ["mlflow.spanOutputs"]
  json::Piece status_message;   // status.message (V3) or status_message (V2)
};

// `record` is the span's object. Of members that stand twice the last one counts.
SpanPieces read_span_pieces(std::string_view record);

}  // namespace assay::store
