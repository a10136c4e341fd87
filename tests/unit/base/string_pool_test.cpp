#include "core/base/string_pool.h"

#include <string>

#include <catch2/catch_test_macros.hpp>

using namespace assay;

TEST_CASE("equal texts get one id, and views stay where they are") {
  StringPool pool;
  CHECK_FALSE(pool.intern("").present());
  const StringId first = pool.intern("first");
  const std::string_view view = pool.text_of(first);
  for (int i = 0; i < 50'000; ++i) {
    const std::string text = "name-" + std::to_string(i);
    const StringId id = pool.intern(text);
    REQUIRE(pool.text_of(id) == text);
    REQUIRE(pool.intern(text) == id);
    REQUIRE(pool.find(text) == id);
  }
  CHECK(pool.text_of(first).data() == view.data());
  CHECK(view == "first");
  CHECK(pool.count() == 50'002);  // with the empty string
  CHECK_FALSE(pool.find("not there").present());
}

TEST_CASE("texts of any bytes and any length are kept") {
  StringPool pool;
  const std::string zeros(3, '\0');
  const std::string large(3 << 20, 'x');
  CHECK(pool.text_of(pool.intern(zeros)) == zeros);
  CHECK(pool.text_of(pool.intern(large)) == large);
  CHECK(pool.intern(std::string(2, '\0')) != pool.intern(zeros));
  CHECK(pool.size_bytes() >= large.size());
}
