#include "core/ingest/span_ids.h"

#include <catch2/catch_test_macros.hpp>

using namespace assay::ingest;

TEST_CASE("one span id in every encoding is one number") {
  for (const char* text : {"bea9fcef1042087d", "BEA9FCEF1042087D", "0xbea9fcef1042087d", "vqn87xBCCH0="}) {
    CHECK(parse_span_id(text).number == 0xbea9fcef1042087d);
    CHECK(span_id_text(text) == "bea9fcef1042087d");
  }
  CHECK(parse_span_id("0x1").number == 1);
  CHECK(parse_span_id("AAAAAAAAAAE=").number == 1);
}

TEST_CASE("what is no 8 bytes is kept as it stands") {
  for (const char* text : {"span-1", "0xzz", "0x", "bea9fcef1042087", "bea9fcef1042087d0", "vqn87xBCCH==",
                           "vqn87xBC*H0=", "0000000000000000", "=", "é"}) {
    const SpanId id = parse_span_id(text);
    CHECK(id.number == 0);
    CHECK(id.opaque == text);
    CHECK(span_id_text(text) == text);
  }
  CHECK_FALSE(parse_span_id("").present());
}

TEST_CASE("trace ids of spans become MLflow's form") {
  CHECK(trace_id_text("jFyanJseJZUJlyPBEa0XVQ==") == "tr-8c5c9a9c9b1e2595099723c111ad1755");
  CHECK(trace_id_text("0x8e181b0182efa76abab9a2d765f2fc7e") == "tr-8e181b0182efa76abab9a2d765f2fc7e");
  CHECK(trace_id_text("8e181b0182efa76abab9a2d765f2fc7e") == "tr-8e181b0182efa76abab9a2d765f2fc7e");
  CHECK(trace_id_text("tr-8c5c9a9c9b1e2595099723c111ad1755") == "tr-8c5c9a9c9b1e2595099723c111ad1755");
  CHECK(trace_id_text("trace:/a.b/8e18") == "trace:/a.b/8e18");
  CHECK(trace_id_text("mine") == "mine");
  CHECK(trace_id_text("") == "");
}
