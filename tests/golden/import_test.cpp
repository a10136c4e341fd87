// Golden tests of the import: each case prints what was read (the report and a digest of the key fields)
// and compares it with tests/golden/import/<case>/expected.txt. Every case is fed whole and in chunks of 1,
// 7 and 4096 bytes and must print the same.
//
// tests/golden/import holds MLflow's own traces and broken files, read directly; tests/golden/convert every
// other form, read as the command line reads it. A case is a folder with expected.txt and an input file (input.*), or with the file source.txt that names
// a file among the samples beside the repository. UPDATE_GOLDEN=1 in the environment rewrites expected.txt.
#include <cstdlib>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "core/base/hash.h"
#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "core/convert/file_reader.h"
#include "core/ingest/importer.h"
#include "core/store/assessment_json.h"
#include "tests/support/files.h"

using namespace assay;

namespace {

constexpr uint32_t kPrintedTraces = 12;  // the others go into the digest alone

class Printer {
 public:
  explicit Printer(const store::Dataset& dataset) : d_(dataset) {}

  std::string trace(store::TraceRow r) {
    out_.clear();
    line("trace", d_.trace_id(r));
    line("  shape", d_.shape(r) == store::RecordShape::TraceV2 ? "V2" : "V3");
    line("  state", store::trace_state_name(d_.state(r)));
    line("  name", d_.name_text(d_.name(r)));
    line("  request_time", d_.request_time_ns(r) == kNoTime ? "-" : format_rfc3339(d_.request_time_ns(r)));
    number("  duration_ms", d_.duration_ms(r));
    text("  client_request_id", d_.client_request_id(r));
    text("  request", d_.request_preview(r));
    text("  response", d_.response_preview(r));
    line("  tokens", std::to_string(d_.input_tokens(r)) + " " + std::to_string(d_.output_tokens(r)) + " " +
                         std::to_string(d_.total_tokens(r)));
    line("  cost", d_.cost_usd(r) < 0 ? "-" : python_repr(d_.cost_usd(r)));
    line("  session", d_.name_text(d_.session(r)));
    line("  user", d_.name_text(d_.user(r)));
    uint32_t count = 0;
    store::KeyValues pairs = d_.metadata(r, count);
    for (uint32_t i = 0; i < count; ++i) text("  metadata " + std::string(d_.name_text(pairs[i].key)), pairs[i].value);
    pairs = d_.tags(r, count);
    for (uint32_t i = 0; i < count; ++i) text("  tag " + std::string(d_.name_text(pairs[i].key)), pairs[i].value);
    const store::Range spans = d_.spans(r);
    for (uint32_t i = 0; i < spans.count; ++i) span(store::SpanRow{spans.begin + i});
    for (const store::Assessment& a : d_.imported_assessments(r)) assessment(a);
    return out_;
  }

 private:
  void span(store::SpanRow s) {
    const uint32_t parent = d_.parent(s);
    line("  span", d_.span_id(s) + " in " +
                       (parent != store::kNoRow ? d_.span_id(store::SpanRow{parent}) : d_.is_orphan(s) ? "?" : "-") +
                       " " + std::string(d_.name_text(d_.span_type(s))) + " " +
                       std::string(store::span_status_name(d_.span_status(s))) + " " + time(d_.span_start_ns(s)) +
                       " " + time(d_.span_end_ns(s)) + " " + std::string(d_.name_text(d_.span_name(s))));
    text("    inputs", d_.span_inputs(s));
    text("    outputs", d_.span_outputs(s));
    text("    message", d_.span_status_message(s));
    text("    events", d_.span_events(s));
    text("    attributes", d_.span_attributes(s));
  }
  void assessment(const store::Assessment& a) {
    line("  " + std::string(store::assessment_kind_name(a.kind)),
         a.name + " = " + (a.value_json.empty() ? "-" : cut(a.value_json)) + " by " +
             std::string(store::source_type_name(a.source_type)) + " " + a.source_id + (a.valid ? "" : " (invalid)"));
    line("    id", a.assessment_id + " span " + (a.span_id.empty() ? "-" : a.span_id) + " times " +
                       std::to_string(a.create_time_ms) + " " + std::to_string(a.last_update_time_ms));
    if (!a.rationale.empty()) line("    rationale", cut(a.rationale));
    if (a.has_error()) line("    error", a.error_code + ": " + cut(a.error_message));
    if (!a.metadata_json.empty()) line("    metadata", cut(a.metadata_json));
    if (!a.overrides.empty()) line("    overrides", a.overrides);
  }
  static std::string time(int64_t ns) { return ns == kNoTime ? "-" : std::to_string(ns); }
  // A text's beginning, length and hash: enough to notice any change.
  static std::string cut(std::string_view whole) {
    std::string shown = repaired_utf8(utf8_prefix(whole, 60));
    for (char& c : shown) {
      if (c == '\n' || c == '\r') c = ' ';
    }
    if (whole.size() <= 60) return shown;
    return shown + "… (" + std::to_string(whole.size()) + " bytes, " + sha256_hex(whole).substr(0, 8) + ")";
  }
  void text(std::string_view label, TextRef ref) {
    if (ref.present()) line(label, cut(d_.text_now(ref, scratch_)));
  }
  void number(std::string_view label, int64_t value) { line(label, value == kNoTime ? "-" : std::to_string(value)); }
  void line(std::string_view label, std::string_view value) {
    if (value.empty()) return;
    out_ += label;
    out_ += ": ";
    out_ += value;
    out_ += '\n';
  }
  const store::Dataset& d_;
  std::string out_, scratch_;
};

enum class Way { Import, Convert };

std::string printed_import(Way way, const std::string& name, const std::string& bytes, size_t chunk_bytes) {
  store::Dataset dataset;
  const ingest::FileReport report = way == Way::Import ? ingest::import_bytes(dataset, name, bytes, chunk_bytes)
                                                       : convert::read_bytes(dataset, name, bytes, chunk_bytes);
  std::string out = ingest::to_text(report);
  Printer printer(dataset);
  Sha256 digest;
  for (uint32_t i = 0; i < dataset.trace_count(); ++i) {
    const std::string text = printer.trace(store::TraceRow{i});
    digest.update(text);
    if (i < kPrintedTraces) out += text;
  }
  const auto bytes_of_digest = digest.finish();
  out += "digest of all traces: " + hex_of(bytes_of_digest.data(), bytes_of_digest.size()) + "\n";
  return out;
}

// The name and the bytes of a case's input; nothing when it is a sample that is not there.
std::optional<std::pair<std::string, std::string>> input_of(const std::string& folder) {
  if (auto source = test::load_file(folder + "/source.txt")) {
    while (!source->empty() && source->back() == '\n') source->pop_back();
    auto bytes = test::load_file(test::samples_path(*source));
    if (!bytes) return std::nullopt;
    return std::pair(*source, std::move(*bytes));
  }
  for (const char* name : {"input.json", "input.jsonl", "input.csv", "input.tsv", "input.bin", "input.txt"}) {
    if (auto bytes = test::load_file(folder + "/" + name)) return std::pair(std::string(name), std::move(*bytes));
  }
  FAIL("no input in " << folder);
  return std::nullopt;
}

std::string first_difference(const std::string& a, const std::string& b) {
  size_t at = 0, line = 0;
  for (size_t i = 0; i < a.size() && i < b.size() && a[i] == b[i]; ++i) {
    if (a[i] == '\n') {
      at = i + 1;
      ++line;
    }
  }
  const auto line_of = [at](const std::string& text) { return text.substr(at, text.find('\n', at) - at); };
  return "line " + std::to_string(line + 1) + "\n  now:      " + line_of(a) + "\n  expected: " + line_of(b);
}

}  // namespace

namespace {

void check_golden(Way way, const std::string& area, int at_least) {
  const std::string root = test::source_path("tests/golden/" + area);
  const bool update = std::getenv("UPDATE_GOLDEN") != nullptr;
  const char* only = std::getenv("GOLDEN_ONLY");  // part of a case's name
  int done = 0, absent = 0;
  for (const std::string& name : test::folders_in(root)) {
    if (only != nullptr && name.find(only) == std::string::npos) continue;
    const std::string folder = root + "/" + name;
    const auto input = input_of(folder);
    if (!input) {
      ++absent;
      continue;
    }
    INFO("case " << name);
    const std::string whole = printed_import(way, input->first, input->second, 0);
    for (const size_t chunk : {size_t{1}, size_t{7}, size_t{4096}}) {
      INFO("chunks of " << chunk << " bytes");
      const std::string pieces = printed_import(way, input->first, input->second, chunk);
      INFO("first difference: " << first_difference(pieces, whole));
      CHECK((pieces == whole));
    }
    if (update) test::save_file(folder + "/expected.txt", whole);
    const auto expected = test::load_file(folder + "/expected.txt");
    REQUIRE(expected.has_value());
    INFO("first difference: " << first_difference(whole, *expected));
    CHECK((whole == *expected));  // not printed: the texts are long
    ++done;
  }
  if (only == nullptr) CHECK(done >= at_least);  // our own inputs are always there
  if (absent > 0) WARN(absent << " cases need the samples beside the repository and were left out");
}

}  // namespace

TEST_CASE("golden imports", "[golden]") { check_golden(Way::Import, "import", 10); }
TEST_CASE("golden conversions", "[golden]") { check_golden(Way::Convert, "convert", 1); }

TEST_CASE("assessments are the same, read with their trace or by themselves", "[golden]") {
  int compared = 0;
  for (const char* name : {"mlflow-real/traces/crm-email-prod.jsonl", "mlflow-real/traces/support-agent-staging.jsonl"}) {
    const auto bytes = test::load_file(test::samples_path(name));
    if (!bytes) SKIP("no samples beside the repository: " << name);
    store::Dataset dataset;
    ingest::import_bytes(dataset, name, *bytes);
    for (uint32_t i = 0; i < dataset.trace_count(); ++i) {
      for (const store::Assessment& a : dataset.imported_assessments(store::TraceRow{i})) {
        const auto alone = store::assessment_from_json(dataset.raw(a.imported_json));
        REQUIRE(alone.ok());
        const store::Assessment& b = alone.value();
        INFO(dataset.raw(a.imported_json));
        REQUIRE(a.assessment_id == b.assessment_id);
        REQUIRE(a.name == b.name);
        REQUIRE(a.span_id == b.span_id);
        REQUIRE(a.kind == b.kind);
        REQUIRE(a.source_type == b.source_type);
        REQUIRE(a.source_id == b.source_id);
        REQUIRE(a.create_time_ms == b.create_time_ms);
        REQUIRE(a.last_update_time_ms == b.last_update_time_ms);
        REQUIRE(a.value_json == b.value_json);
        REQUIRE(a.error_code == b.error_code);
        REQUIRE(a.error_message == b.error_message);
        REQUIRE(a.stack_trace == b.stack_trace);
        REQUIRE(a.rationale == b.rationale);
        REQUIRE(a.metadata_json == b.metadata_json);
        REQUIRE(a.overrides == b.overrides);
        REQUIRE(a.valid == b.valid);
        ++compared;
      }
    }
  }
  CHECK(compared == 648);
}
