// Random small traces and random queries over them, from a seed. The values are few, so that conditions often
// hold, and as awkward as they come: keys with dots, JSON in texts in JSON, letters of several scripts,
// numbers that no double holds, spans without an end, wrong orders of parents and children.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "reference_query.h"

namespace assay::search {

class RandomQueries {
 public:
  explicit RandomQueries(uint32_t seed) : random_(seed) {}

  // Their text is one line of MLflow's JSON each.
  std::vector<ReferenceTrace> traces(size_t count);
  // Text of our language; most of it is well-formed.
  std::string query();
  // Clauses of MLflow's language, joined with AND.
  std::string filter();

 private:
  size_t below(size_t count) { return random_() % count; }
  bool one_in(size_t count) { return below(count) == 0; }
  template <size_t N>
  std::string pick(const char* const (&list)[N]) {
    return list[below(N)];
  }
  std::string number();
  std::string word();
  std::string value_json(int depth);
  ReferenceTrace trace(size_t index);
  json::Doc info(size_t index);
  json::Doc assessment();
  json::Doc span(size_t index, size_t count, int64_t start_ns);

  std::string any_of(int depth, bool in_span);
  std::string condition(bool in_span);
  std::string trace_condition();
  std::string span_condition();
  std::string json_condition(const std::string& key);
  std::string text_condition(const std::string& key, const std::string& value);
  std::string number_condition(const std::string& key, const std::string& value);
  std::string time_value();
  std::string spans();
  std::string path();
  std::string clause();

  std::mt19937 random_;
};

}  // namespace assay::search
