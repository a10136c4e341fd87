#include "core/ingest/record_window.h"

#include <catch2/catch_test_macros.hpp>

using namespace assay;
using ingest::RecordWindow;

namespace {

void append_all(RecordWindow& window, std::string_view bytes) {
  while (!bytes.empty()) {
    const size_t taken = window.append(bytes);
    REQUIRE(taken > 0);
    bytes.remove_prefix(taken);
  }
}

}  // namespace

TEST_CASE("kept bytes stay where they were, pending ones follow") {
  store::Dataset dataset;
  RecordWindow window(dataset, 12);
  append_all(window, "aaabbb");
  const TextRef first = window.place(3);
  window.keep(3);
  CHECK(window.pending() == "bbb");
  window.drop(1);
  append_all(window, "ccc");
  CHECK(window.pending() == "bbccc");
  const TextRef second = window.place(2);
  window.keep(2);
  window.close();
  CHECK(dataset.raw(first) == "aaa");
  CHECK(dataset.raw(second) == "bb");
}

TEST_CASE("bytes that nobody keeps take no memory, whatever passes through") {
  store::Dataset dataset;
  RecordWindow window(dataset, 0);
  const std::string block(100'000, 'x');
  for (int i = 0; i < 500; ++i) {  // 50 MB
    append_all(window, block);
    window.drop(static_cast<uint32_t>(window.pending().size()));
  }
  CHECK(dataset.memory().text_bytes <= 16u << 20);
  window.close();
  CHECK(dataset.memory().text_bytes <= 8u << 20);
}

TEST_CASE("a record that is larger than a block stays contiguous, and memory near the file's size") {
  const std::string block(1 << 20, 'r');
  for (const uint64_t told : {uint64_t{40} << 20, uint64_t{0}, uint64_t{5}}) {
    store::Dataset dataset;
    RecordWindow window(dataset, told);
    for (int i = 0; i < 40; ++i) append_all(window, block);
    REQUIRE(window.pending().size() == 40u << 20);
    const TextRef ref = window.place(40 << 20);
    window.keep(40 << 20);
    window.close();
    CHECK(dataset.raw(ref).size() == 40u << 20);
    CHECK(dataset.raw(ref).find_first_not_of('r') == std::string_view::npos);
    CHECK(dataset.memory().text_bytes <= (told == uint64_t{40} << 20 ? 41u << 20 : 100u << 20));
  }
}
