// Any bytes through core/json: reading whole and while more arrives, skipping and visiting, the
// tree, the small documents, and text out and in again. The first byte chooses the pieces.
#include <cmath>

#include "core/base/utf8.h"
#include "core/journal/json_text.h"
#include "core/json/doc.h"
#include "core/json/respaced.h"
#include "core/json/shapes.h"
#include "core/json/tree.h"
#include "core/json/unescape.h"
#include "tests/fuzz/fuzz_support.h"
#include "tests/fuzz/json_mutator.h"

namespace {

using namespace assay;
using fuzz::check;
using fuzz::check_same;

// Visits everything that skip_value() runs over.
void visit(json::Reader& reader) {
  if (reader.enter_object()) {
    while (reader.next_key()) {
      check(reader.key_is(reader.key()), "a key is its own name");
      visit(reader);
    }
  } else if (reader.enter_array()) {
    while (reader.next_element())
      visit(reader);
  } else {
    reader.piece();
  }
}

// Skipping is as strict as visiting.
void check_skipping(std::string_view text) {
  json::Reader skipping(text), visiting(text);
  skipping.skip_value();
  visit(visiting);
  check(skipping.failed() == visiting.failed(), "skipping and visiting agree");
  check(skipping.too_deep() == visiting.too_deep(), "skipping and visiting agree about the depth");
  if (skipping.failed()) {
    check(skipping.error_offset_bytes() <= text.size(), "an error stands in the text");
    check(skipping.error_offset_bytes() == visiting.error_offset_bytes(), "and at the same place");
    return;
  }
  check(skipping.offset_bytes() == visiting.offset_bytes(), "skipping ends where visiting does");
  check(skipping.lone_surrogate_at() == visiting.lone_surrogate_at(),
        "the same half pairs are seen");
  check(skipping.non_finite_at() == visiting.non_finite_at(), "the same NaN tokens are seen");
  check(skipping.saw_line_break() == visiting.saw_line_break(), "the same line breaks are seen");
}

// What is taken for an object that is written as one before is read as strictly: itself, and with other bytes in it.
void check_shapes(std::string_view text, uint8_t steer) {
  json::Reader once(text);
  if (once.peek() != json::Kind::Object) return;
  const uint32_t begin = once.offset_bytes();
  once.skip_value();
  if (once.failed()) return;
  json::Shapes shapes{{"a", 1, json::kStringKind | json::kNumberKind}, {"b\n*", 2, json::kStringKind | json::kWordKind},
                      {"c", 3, json::kStopKind}};
  const std::string object(text.substr(begin, once.offset_bytes() - begin));
  shapes.learn(object);
  json::ShapeValues values;
  for (size_t step = 0; step < 24; ++step) {
    std::string other = object + std::string(200, ' ');
    if (step > 0) other[(step * 2654435761U + steer * 97U) % object.size()] = "\"\\{}[],: 01-.eux\x01\xff"[(step + steer) % 19];
    json::Reader known(other), strict(other);
    const json::ShapeMatch match = known.read_shape(shapes, values);
    if (match == json::ShapeMatch::None) {
      check(known.offset_bytes() == 0 && known.lone_surrogate_at() == json::Reader::kNowhere, "nothing is consumed");
      continue;
    }
    while (match == json::ShapeMatch::Stopped && known.next_key()) {
    }
    strict.skip_value();
    check(known.failed() == strict.failed(), "an object written as one before is read as strictly");
    if (strict.failed()) continue;
    check(known.offset_bytes() == strict.offset_bytes(), "and ends at the same place");
    check(known.lone_surrogate_at() == strict.lone_surrogate_at() && known.saw_line_break() == strict.saw_line_break(),
          "and the same is noticed on the way");
  }
}

// The elements of the top container, read as they become complete while the text grows.
std::string pieces_of(std::string_view text, size_t chunk_bytes) {
  std::string out;
  size_t have = chunk_bytes == 0 ? text.size() : std::min(chunk_bytes, text.size());
  json::Reader reader(text.substr(0, have));
  bool entered = false;
  for (;;) {
    json::Reader probe = reader;
    bool over = false;
    json::Piece piece;
    if (!entered) {
      if (!probe.enter_object() && !probe.enter_array() && !probe.failed()) return "no container";
    } else {
      over = !(text[text.find_first_of("{[")] == '{' ? probe.next_key() : probe.next_element());
      if (!over) piece = probe.piece();
    }
    // What ends with the text may go on behind it: a number, the blanks before a comma.
    if (have < text.size() && (probe.failed() || probe.offset_bytes() >= have)) {
      have = std::min(text.size(), have + chunk_bytes);
      reader.continue_in(text.substr(0, have));
      continue;
    }
    if (probe.failed()) return out + "error at " + std::to_string(probe.error_offset_bytes());
    if (over) return out + "end at " + std::to_string(probe.offset_bytes());
    entered = true;
    out += std::string(probe.raw_key()) + "=" + std::string(probe.text_of(piece)) + "\n";
    reader = probe;
  }
}

void visit_node(json::Node node) {
  uint32_t count = 0;
  for (json::Node child = node.first(); child; child = child.next()) {
    ++count;
    if (node.is_object()) {
      check(child.key_is(child.key()), "a member has its key");
      check(node[child.key()].present(), "a member is found by its key");
    }
    visit_node(child);
  }
  check(count == node.size(), "children are as many as counted");
  json::Tree again;
  check(again.parse(node.raw()), "every value of a tree is JSON");
  check(again.root().kind() == node.kind() && again.root().size() == node.size(), "and the same");
  if (node.is_string()) {
    check(node.text() == json::unescaped(node.raw().substr(1, node.raw().size() - 2)),
          "texts are decoded");
  }
  if (const auto number = node.number()) check(std::isfinite(*number), "numbers are finite");
  node.integer();
  node.boolean();
}

// What both take is the same; what one refuses, the other may take only for the reasons named.
void check_document(std::string_view text, const json::Tree& tree, bool parsed) {
  const Result<json::Doc> doc = json::parse_doc(text);
  if (doc.ok()) {
    check(parsed, "what is strict JSON is read by the tree");
    const std::string dumped = json::dump(doc.value());
    const Result<json::Doc> again = json::parse_doc(dumped);
    check(again.ok() && again.value() == doc.value(), "a document is the same after a round trip");
    const Result<json::Doc> python = json::parse_doc(json::dump_python(doc.value()));
    check(python.ok() && python.value() == doc.value(), "in Python's form too");
    return;
  }
  check(doc.error().at_byte == kNoPosition || doc.error().at_byte <= text.size(),
        "an error stands in the text");
  if (!parsed) return;
  json::Reader reader(text);
  reader.skip_value();
  const bool loose = reader.non_finite_at() != json::Reader::kNowhere ||
                     reader.lone_surrogate_at() != json::Reader::kNowhere || !is_valid_utf8(text);
  const bool has_exponent = text.find_first_of("eE") != std::string_view::npos || text.size() > 300;
  check(loose || has_exponent, "what the tree takes is strict JSON");
  static_cast<void>(tree);
}

void check_texts(std::string_view text) {
  const std::string repaired = repaired_utf8(text);
  check(is_valid_utf8(repaired), "a repaired text is UTF-8");
  for (const json::EscapeMode mode : {json::EscapeMode::Utf8, json::EscapeMode::EnsureAscii}) {
    const std::string quoted = json::quoted(text, mode);
    json::Tree tree;
    check(tree.parse(quoted) && tree.root().is_string(), "a quoted text is a JSON string");
    check_same(tree.root().text(), repaired, "a text after quoting and reading");
  }
  json::unescaped(text);
  json::respaced(text);
  journal::minified(text);
}

void check_spacing(std::string_view text, const json::Tree& tree) {
  json::Tree other;
  const std::string spaced = json::respaced(text);
  check(other.parse(spaced) && other.root().kind() == tree.root().kind(), "respaced JSON is JSON");
  check_same(json::respaced(spaced), spaced, "respaced twice");
  const std::string small = journal::minified(text);
  check(other.parse(small) && small.size() <= text.size(), "minified JSON is JSON");
  check_same(json::respaced(small), spaced, "minified and respaced");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Input input(data, size);
  const uint8_t steer = input.byte();
  const std::string_view text = input.rest();
  check_skipping(text);
  check_shapes(text, steer);
  const size_t chunk_bytes = fuzz::chunk_bytes_of(steer);
  check_same(pieces_of(text, chunk_bytes == 0 ? 2 : chunk_bytes), pieces_of(text, 0),
             "pieces while the text grows");
  json::Tree tree;
  const bool parsed = tree.parse(text);
  check(parsed || tree.error_at() <= text.size(), "an error stands in the text");
  if (parsed) {
    visit_node(tree.root());
    check_spacing(text, tree);
  }
  check_document(text, tree, parsed);
  check_texts(text);
  return 0;
}
