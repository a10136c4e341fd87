#include "core/search/near_words.h"

#include <string>

#include <catch2/catch_test_macros.hpp>

#include "query_fixture.h"

using namespace assay;
using namespace assay::search;
using store::Dataset;

namespace {

std::string near(const Dataset& dataset, std::string_view word) {
  NearWords job(dataset, word);
  Budget unlimited;
  while (job.step(unlimited) != Progress::Finished) {
  }
  std::string out;
  for (const NearWord& one : job.words())
    out += (out.empty() ? "" : " ") + one.word;
  return out;
}

}  // namespace

TEST_CASE("words of the data that are spelt nearly like the one sought are offered, the nearest first") {
  Dataset dataset;
  add(dataset, {.id = "a",
                .spans = {{.name = "check refund policy"}},
                .record = R"({"x": "Refund refunds", "y": "unrelated \u00c4rger"})"});
  add(dataset, {.id = "b", .record = R"({"x": "refund and a befund"})"});
  CHECK(near(dataset, "refnud") == "refund befund refunds");
  CHECK(near(dataset, "REFUNT") == "refund befund refunds");
  CHECK(near(dataset, "\xC3\x84rgre") == "\xC3\xA4rger");
  CHECK(near(dataset, "polcy") == "policy");
  CHECK(near(dataset, "refund") == "befund refunds");
  CHECK(near(dataset, "xyzzy") == "");
  CHECK(near(dataset, "an") == "");  // too short to be near to anything
  CHECK(near(dataset, "") == "");
  CHECK(near(dataset, std::string(100000, 'x')) == "");
}

TEST_CASE("looking for near words stops at its budget and goes on") {
  Dataset dataset;
  for (int i = 0; i < 200; ++i) {
    add(dataset,
        {.id = "t" + std::to_string(i), .record = "{\"x\": \"" + std::string(20000, 'y') + " refund\"}"});
  }
  NearWords job(dataset, "refudn");
  int steps = 0;
  while (true) {
    Budget budget{.units_left = 8};
    ++steps;
    if (job.step(budget) == Progress::Finished) break;
  }
  CHECK(steps > 50);
  CHECK(job.words().size() == 1);
  CHECK(near(dataset, "refudn") == "refund");
}

TEST_CASE("looking for near words ends when the data changes") {
  Dataset dataset;
  add(dataset, {.id = "a", .record = R"({"x": "refund"})"});
  NearWords job(dataset, "refudn");
  add(dataset, {.id = "b"});
  Budget unlimited;
  CHECK(job.step(unlimited) == Progress::Finished);
  CHECK(job.words().empty());
}
