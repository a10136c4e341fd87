#include "core/app/route.h"

#include <catch2/catch_test_macros.hpp>

using namespace assay::app;

TEST_CASE("a route survives its address") {
  Route route;
  route.place = Place::Runs;
  route.query = "tags.`a b` = 'x&y=z#%' AND name LIKE '%你好%' +1";
  route.sort = "assessment:is it?.asc";
  route.trace_id = "tr-0123";
  route.span_id = "00ff";
  route.run_id = "abc";
  route.with_run_id = "d=e&f";
  CHECK(decode_route(encode_route(route)) == route);
  CHECK(decode_route(encode_route(Route{})) == Route{});
  CHECK(encode_route(Route{}) == "#/traces");
}

TEST_CASE("a hostile address gives some route and nothing worse") {
  CHECK(decode_route("").place == Place::Traces);
  CHECK(decode_route("#/nowhere?x=1&q").place == Place::Traces);
  CHECK(decode_route("#/runs?run=%zz%4").run_id == "%zz%4");
  CHECK(decode_route("#/traces?q=%ff%fe").query == "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(decode_route("#/traces?q=a%00b%0Ac").query == "a b c");
  CHECK(decode_route("#/traces?trace=" + std::string(100000, 'a')).trace_id.size() <= 512);
  CHECK(decode_route("#/traces?q=a+b").query == "a b");
}

TEST_CASE("what a hostile address gave survives its own address") {
  // Cut to size before ill-formed bytes are repaired, it would be cut once more when it is read again.
  std::string trace = std::string(300, 'a');
  for (int i = 0; i < 200; ++i) trace += "%ff";
  std::string query;
  for (int i = 0; i < 3000; ++i) query += "%E4%BD%A0";
  for (const std::string& part : {"trace=" + trace, "q=" + query}) {
    const Route route = decode_route("#/traces?" + part);
    CHECK(route.trace_id.size() <= 512);
    CHECK(route.query.size() <= 8192);
    CHECK(decode_route(encode_route(route)) == route);
  }
}
