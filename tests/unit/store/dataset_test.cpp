#include "core/store/dataset.h"

#include <cstring>
#include <string>

#include <catch2/catch_test_macros.hpp>

using namespace assay;
using namespace assay::store;

namespace {

TextRef put(Dataset& dataset, std::string_view text, TextForm form = TextForm::Plain) {
  TextRef ref = dataset.reserve_text(static_cast<uint32_t>(text.size()));
  REQUIRE(ref.present());
  if (!text.empty()) std::memcpy(dataset.writable_text(ref), text.data(), text.size());
  ref.form = form;
  return ref;
}

SpanFields span(Dataset& dataset, uint64_t id, std::string_view name, uint32_t parent) {
  SpanFields out;
  out.span_id = id;
  out.name = dataset.names().intern(name);
  out.type = dataset.names().intern("CHAIN");
  out.parent_index = parent;
  out.start_ns = 10;
  out.end_ns = 20;
  return out;
}

}  // namespace

TEST_CASE("a trace reads back field by field, found by its id") {
  Dataset dataset;
  const uint32_t file = dataset.add_file({"a.jsonl", 10, "MLflow trace JSON Lines"});
  TraceFields fields;
  fields.file = file;
  fields.trace_id = "tr-1";
  fields.request_time_ns = 5;
  fields.duration_ms = 7;
  fields.state = TraceState::Error;
  fields.name = dataset.names().intern("answer");
  fields.request_preview = put(dataset, "hel\\\"lo", TextForm::EscapedString);
  fields.total_tokens = 12;
  fields.cost_usd = 0.5;
  const std::vector<SpanFields> spans = {span(dataset, 0xABC, "root", kNoRow), span(dataset, 2, "child", 0)};
  const std::vector<KeyValue> metadata = {{dataset.names().intern("k"), put(dataset, "v")}};
  const std::vector<KeyValue> tags = {{dataset.names().intern("k"), put(dataset, "tag")}};
  const uint64_t before = dataset.revision();
  const TraceRow row = dataset.add_trace(fields, spans, metadata, tags, {});

  CHECK(dataset.revision() > before);
  CHECK(dataset.trace_count() == 1);
  CHECK(dataset.span_count() == 2);
  CHECK(dataset.find_trace("tr-1") == row);
  CHECK_FALSE(dataset.find_trace("tr-2").has_value());
  CHECK(dataset.trace_id(row) == "tr-1");
  CHECK(dataset.state(row) == TraceState::Error);
  CHECK(dataset.name_text(dataset.name(row)) == "answer");
  CHECK(dataset.total_tokens(row) == 12);
  CHECK(dataset.input_tokens(row) == -1);
  std::string scratch;
  CHECK(dataset.text_now(dataset.request_preview(row), scratch) == "hel\"lo");
  CHECK(dataset.text(dataset.request_preview(row), scratch).status == TextStatus::Ready);
  CHECK(dataset.raw(dataset.request_preview(row)) == "hel\\\"lo");
  CHECK(dataset.text_now(dataset.response_preview(row), scratch).empty());
  CHECK(dataset.text_now(*dataset.find_metadata(row, "k"), scratch) == "v");
  CHECK(dataset.text_now(*dataset.find_tag(row, "k"), scratch) == "tag");
  CHECK_FALSE(dataset.find_tag(row, "missing").has_value());
  CHECK(dataset.files()[file].name == "a.jsonl");

  const SpanRow root = *dataset.root_span(row);
  CHECK(dataset.span_id(root) == "0000000000000abc");
  CHECK(dataset.find_span(row, "0000000000000abc") == root);
  CHECK(dataset.find_span(row, "0000000000000ABC") == root);
  CHECK_FALSE(dataset.find_span(row, "abc").has_value());
  CHECK_FALSE(dataset.find_span(row, "").has_value());
  const SpanRow child{dataset.spans(row).begin + 1};
  CHECK(dataset.parent(child) == root.v);
  CHECK(dataset.trace_of(child) == row);
}

TEST_CASE("rows of a second trace point to its own spans") {
  Dataset dataset;
  for (const char* id : {"a", "b", "c"}) {
    TraceFields fields;
    fields.trace_id = id;
    dataset.add_trace(fields, {span(dataset, 1, id, kNoRow), span(dataset, 2, id, 0)}, {}, {}, {});
  }
  const TraceRow last = *dataset.find_trace("c");
  CHECK(dataset.spans(last).begin == 4);
  CHECK(dataset.parent(SpanRow{5}) == 4);
  CHECK(dataset.name_text(dataset.span_name(*dataset.find_span(last, "0000000000000002"))) == "c");
}

TEST_CASE("spans with opaque ids are found by them, orphans are no roots") {
  Dataset dataset;
  SpanFields orphan = span(dataset, 0, "orphan", kNoRow);
  orphan.opaque_id = dataset.names().intern("span-a");
  orphan.is_orphan = true;
  TraceFields fields;
  fields.trace_id = "t";
  const TraceRow row = dataset.add_trace(fields, {orphan}, {}, {}, {});
  CHECK_FALSE(dataset.root_span(row).has_value());
  REQUIRE(dataset.find_span(row, "span-a").has_value());
  CHECK(dataset.span_id(*dataset.find_span(row, "span-a")) == "span-a");
  CHECK(dataset.is_orphan(*dataset.find_span(row, "span-a")));
}

TEST_CASE("spans find their trace and the parts of their text in its record") {
  Dataset dataset;
  const std::string_view one = R"({"name": "s", "events": [7], "attributes": {"mlflow.spanInputs": "in\"side"}})";
  for (uint32_t t = 0; t < 3000; ++t) {
    const std::string id = "t" + std::to_string(t);
    TraceFields fields;
    fields.trace_id = id;
    std::vector<SpanFields> spans;
    if (t % 3 != 1) {  // some have none
      fields.record = put(dataset, "[" + std::string(one) + std::string(one) + "]", TextForm::Json);
      for (uint32_t i = 0; i < 2; ++i) {
        spans.push_back(span(dataset, i + 1, "s", i == 0 ? kNoRow : 0));
        spans.back().record = {fields.record.blob, fields.record.offset_bytes + 1 + i * static_cast<uint32_t>(one.size()),
                               static_cast<uint32_t>(one.size()), TextForm::Json};
      }
    }
    dataset.add_trace(fields, spans, {}, {}, {});
  }
  std::string scratch;
  const auto check = [&](uint32_t t) {
    const Range range = dataset.spans(TraceRow{t});
    for (uint32_t i = range.begin; i < range.begin + range.count; ++i) {
      const SpanRow row{i};
      REQUIRE(dataset.trace_of(row).v == t);
      REQUIRE(dataset.raw(dataset.span_record(row)) == one);
      REQUIRE(dataset.raw(dataset.span_events(row)) == "[7]");
      REQUIRE(dataset.text_now(dataset.span_inputs(row), scratch) == "in\"side");
      REQUIRE_FALSE(dataset.span_outputs(row).present());
    }
  };
  for (uint32_t t = 0; t < 3000; ++t) check(t);
  for (uint32_t t = 0; t < 3000; ++t) check((t * 1237) % 3000);  // in no order
}

TEST_CASE("spans with rare values keep them: far ends, no times, many types, texts of their own") {
  Dataset dataset;
  TraceFields fields;
  fields.trace_id = "t";
  fields.record = put(dataset, "{}", TextForm::Json);
  std::vector<SpanFields> spans;
  constexpr int64_t kTimes[][2] = {{0, 0},       {5, kNoTime}, {kNoTime, kNoTime}, {kNoTime, 7},
                                   {9, 3},       {INT64_MIN + 1, INT64_MAX},
                                   {1, int64_t{1} << 40},      {1, (int64_t{1} << 40) - 1},
                                   {100, 100 + (int64_t{1} << 40) - 1}, {-50, -20}};
  for (const auto& times : kTimes) {
    spans.push_back(span(dataset, 1, "s", kNoRow));
    spans.back().start_ns = times[0];
    spans.back().end_ns = times[1];
  }
  for (int i = 0; i < 400; ++i) {
    spans.push_back(span(dataset, 2, "s", kNoRow));
    spans.back().type = dataset.names().intern("TYPE" + std::to_string(i));
  }
  spans.push_back(span(dataset, 3, "s", kNoRow));
  spans.back().inputs = put(dataset, "elsewhere");
  const TraceRow row = dataset.add_trace(fields, spans, {}, {}, {});
  uint32_t i = 0;
  for (const auto& times : kTimes) {
    CHECK(dataset.span_start_ns({i}) == times[0]);
    CHECK(dataset.span_end_ns({i}) == times[1]);
    ++i;
  }
  for (int type = 0; type < 400; ++type, ++i) {
    REQUIRE(dataset.name_text(dataset.span_type({i})) == "TYPE" + std::to_string(type));
  }
  CHECK(dataset.raw(dataset.span_inputs({i})) == "elsewhere");
  CHECK(dataset.trace_of({i}) == row);
}

TEST_CASE("metadata and previews may stand outside the trace's record, and need not be there") {
  Dataset dataset;
  const TextRef before = put(dataset, "before");
  TraceFields fields;
  fields.trace_id = "t";
  fields.record = put(dataset, "{\"a\": \"inside\"}", TextForm::Json);
  TextRef inside{fields.record.blob, fields.record.offset_bytes + 7, 6, TextForm::Plain};
  fields.request_preview = inside;
  fields.response_preview = before;
  fields.client_request_id = TextRef{0, 0, 0, TextForm::Plain};
  const std::vector<KeyValue> metadata = {{dataset.names().intern("in"), inside},
                                          {dataset.names().intern("out"), put(dataset, std::string(2 << 20, 'x'))},
                                          {dataset.names().intern("none"), {}}};
  const TraceRow row = dataset.add_trace(fields, {}, metadata, {{dataset.names().intern("tag"), before}}, {});
  CHECK(dataset.raw(dataset.request_preview(row)) == "inside");
  CHECK(dataset.raw(dataset.response_preview(row)) == "before");
  CHECK(dataset.client_request_id(row).present());
  CHECK(dataset.raw(dataset.client_request_id(row)).empty());
  uint32_t count = 0;
  const KeyValues pairs = dataset.metadata(row, count);
  REQUIRE(count == 3);
  CHECK(dataset.name_text(pairs[0].key) == "in");
  CHECK(dataset.raw(pairs[0].value) == "inside");
  CHECK(dataset.raw(pairs[1].value).size() == 2 << 20);
  CHECK_FALSE(pairs[2].value.present());
  CHECK(dataset.raw(*dataset.find_tag(row, "tag")) == "before");
  CHECK_FALSE(dataset.find_tag(row, "in").has_value());
}

TEST_CASE("texts stay where they are while others are added") {
  Dataset dataset;
  std::vector<TextRef> refs;
  std::vector<const char*> places;
  for (int i = 0; i < 3000; ++i) {
    const std::string text(static_cast<size_t>(i * 7), static_cast<char>('a' + i % 26));
    refs.push_back(put(dataset, text));
    places.push_back(dataset.raw(refs.back()).data());
  }
  const TextRef large = put(dataset, std::string(20 << 20, 'L'));
  for (int i = 0; i < 3000; ++i) {
    const auto index = static_cast<size_t>(i);
    const std::string text(index * 7, static_cast<char>('a' + i % 26));
    REQUIRE(dataset.raw(refs[index]) == text);
    REQUIRE(dataset.raw(refs[index]).data() == places[index]);
  }
  CHECK(dataset.raw(large).size() == 20 << 20);
  CHECK(dataset.memory().text_bytes >= 20 << 20);
}

TEST_CASE("a window gives its tail back to the next one, and all of it when nothing stayed") {
  Dataset dataset;
  const TextRef first = dataset.reserve_window(100, 1000);
  dataset.shrink_last_reservation(first, 300);
  const TextRef second = dataset.reserve_window(100, 1000);
  CHECK(second.blob == first.blob);
  CHECK(second.offset_bytes == 300);
  CHECK(second.size_bytes == 700);
  dataset.shrink_last_reservation(second, 0);
  const TextRef third = dataset.reserve_window(5000, 9000);
  CHECK(third.blob != first.blob);
  CHECK(dataset.memory().text_bytes == 10'000);
  dataset.shrink_last_reservation(third, 0);
  CHECK(dataset.memory().text_bytes == 1000);
}

TEST_CASE("assessments in force start as the imported ones and change alone") {
  Dataset dataset;
  Assessment imported;
  imported.name = "tone";
  TraceFields fields;
  fields.trace_id = "t";
  const TraceRow row = dataset.add_trace(fields, {}, {}, {}, {imported});
  CHECK(dataset.assessments(row).size() == 1);
  const uint64_t before = dataset.revision();
  dataset.set_assessments(row, {});
  CHECK(dataset.revision() > before);
  CHECK(dataset.assessments(row).empty());
  CHECK(dataset.imported_assessments(row).size() == 1);
}

TEST_CASE("clear forgets everything and keeps the revision growing") {
  Dataset dataset;
  TraceFields fields;
  fields.trace_id = "t";
  dataset.add_trace(fields, {}, {}, {}, {});
  put(dataset, "text");
  const uint64_t before = dataset.revision();
  dataset.clear();
  CHECK(dataset.trace_count() == 0);
  CHECK(dataset.revision() > before);
  CHECK_FALSE(dataset.find_trace("t").has_value());
  CHECK(dataset.memory().text_bytes == 0);
  dataset.add_trace(fields, {}, {}, {}, {});
  CHECK(dataset.find_trace("t").has_value());
}

TEST_CASE("a window that is in use gives no room to the next one") {
  store::Dataset dataset;
  const TextRef first = dataset.reserve_window(1000, 1000);
  REQUIRE(first.present());
  dataset.shrink_last_reservation(first, 10);                 // 990 bytes are left behind it
  const TextRef second = dataset.reserve_window(100, 200);    // of these
  const TextRef third = dataset.reserve_window(100, 200);     // while the second is in use
  REQUIRE(third.present());
  CHECK(third.blob != second.blob);
  dataset.shrink_last_reservation(second, 50);
  dataset.shrink_last_reservation(third, 0);
  const TextRef fourth = dataset.reserve_window(100, 100);
  CHECK(fourth.present());
}

TEST_CASE("short values of tags stand once, but MLflow's own and those that are always others do not") {
  Dataset dataset{TextPolicy{}};  // packed text keeps them all
  const StringId tier = dataset.names().intern("tier"), own = dataset.names().intern("mlflow.user"),
                 id = dataset.names().intern("request_id");
  const auto add = [&](int n, std::string_view value, TextForm form) {
    TraceFields fields;
    const std::string trace_id = "tr-" + std::to_string(n);
    fields.trace_id = trace_id;
    const std::vector<KeyValue> tags = {{tier, put(dataset, value, form)}, {own, put(dataset, "ann")},
                                        {id, put(dataset, "id-" + std::to_string(n))}, {tier, put(dataset, std::string(60, 'l'))}};
    return dataset.add_trace(fields, {}, {}, tags, {});
  };
  const TraceRow a = add(0, "gold", TextForm::Plain), b = add(1, "gold", TextForm::Plain), c = add(2, "gold", TextForm::EscapedString);
  const auto value = [&](TraceRow row, uint32_t i) {
    uint32_t count = 0;
    return dataset.tags(row, count)[i].value;
  };
  CHECK(dataset.value_id(value(a, 0)).present());
  CHECK(dataset.value_id(value(a, 0)) == dataset.value_id(value(b, 0)));
  CHECK_FALSE(dataset.value_id(value(c, 0)).present());  // its text is another one than its bytes
  CHECK_FALSE(dataset.value_id(value(a, 1)).present());
  CHECK_FALSE(dataset.value_id(value(a, 3)).present());
  std::string scratch;
  CHECK(dataset.text_now(value(b, 0), scratch) == "gold");
  CHECK(dataset.text_now(value(b, 1), scratch) == "ann");
  TraceRow last = a;
  for (int n = 3; n < 6000; ++n) last = add(n, "gold", TextForm::Plain);
  CHECK(dataset.value_id(value(last, 0)) == dataset.value_id(value(a, 0)));
  CHECK_FALSE(dataset.value_id(value(last, 2)).present());
  CHECK(dataset.text_now(value(last, 2), scratch) == "id-5999");
  CHECK(dataset.value_count() < 4200);
}
