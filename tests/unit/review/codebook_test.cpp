#include "core/review/codebook.h"

#include <catch2/catch_test_macros.hpp>

#include "core/annot/draft.h"
#include "core/review/anchor.h"

using namespace assay;
using namespace assay::review;
using journal::Journal;

namespace {

store::Assessment code(std::string metadata) {
  store::Assessment a;
  a.name = kModeName;
  a.value_json = "\"style\"";
  a.metadata_json = std::move(metadata);
  return a;
}

std::string stands_at(std::string_view text, const Anchor& anchor, bool same_part = true) {
  const auto range = find_anchor(text, anchor, same_part);
  return range ? std::to_string(range->from) + ":" + std::string(text.substr(range->from, range->to - range->from)) : "nowhere";
}

}  // namespace

TEST_CASE("A failure mode has versions, a history, and codes that are marked when it changes", "[codebook]") {
  Journal journal("s-a");
  Codebook book(journal);
  CHECK_FALSE(book.sync());
  CHECK(book.find("style") == nullptr);
  journal.append({mode_define_event({"style", "Rhymes", "Roses are red"})}, 1);
  CHECK(book.sync());
  REQUIRE(book.find("style") != nullptr);
  CHECK(book.find("style")->version == 1);
  const std::string mark = mode_mark(*book.find("style"));
  const store::Assessment given = code("{\"assay.failure_mode\":\"" + mark + "\"}");
  CHECK_FALSE(is_code_stale(given, *book.find("style")));
  CHECK(is_code_stale(code(""), *book.find("style")));  // before it was defined
  // The same again is no version.
  journal.append({mode_define_event({"style", " Rhymes\n", "Roses are red"})}, 2);
  book.sync();
  CHECK(book.find("style")->version == 1);
  const std::string txn = journal.append({mode_define_event({"style", "Rhymes or alliterates", "Roses are red"})}, 3).txn;
  book.sync();
  CHECK(book.find("style")->version == 2);
  REQUIRE(book.find("style")->history.size() == 2);
  CHECK(book.find("style")->history[0].definition == "Rhymes");
  CHECK(is_code_stale(given, *book.find("style")));
  // Undone, the earlier codes hold again.
  (void)journal.revert(txn, 4);
  book.sync();
  CHECK(book.find("style")->version == 1);
  CHECK_FALSE(is_code_stale(given, *book.find("style")));
  // Another name is in the history, and no other definition.
  journal.append({mode_rename_event("style", "tone")}, 5);
  book.sync();
  CHECK(book.find("style") == nullptr);
  REQUIRE(book.find("tone") != nullptr);
  CHECK_FALSE(is_code_stale(given, *book.find("tone")));
  CHECK(book.find("tone")->history.size() == 2);
  CHECK(book.find("tone")->history[0].name == "style");
  // Joined with another one: that one's definition holds.
  journal.append({mode_define_event({"form", "Too long", ""}), mode_rename_event("tone", "form")}, 6);
  book.sync();
  CHECK(book.find("tone") == nullptr);
  CHECK(book.find("form")->definition == "Too long");
  CHECK(is_code_stale(given, *book.find("form")));
  journal.append({mode_retire_event("form"), mode_retire_event("nobody"), mode_define_event({"none", "x", ""})}, 7);
  book.sync();
  CHECK(book.find("form") == nullptr);
  CHECK(book.ignored_events() == 2);
}

TEST_CASE("A codebook goes into a file and comes back; a bad one is refused with its place", "[codebook]") {
  Journal journal("s-a");
  Codebook book(journal);
  journal.append({mode_define_event({"style", "Rhymes", "He said \"ok\""}), mode_define_event({"长度", "太长", ""})}, 1);
  journal.append({mode_define_event({"style", "Rhymes a lot", ""})}, 2);
  book.sync();
  const std::string file = encode_codebook_file(book.modes());
  CHECK(looks_like_codebook_file(file));
  CHECK(looks_like_codebook_file("\xEF\xBB\xBF { \"failure_modes\": []}"));
  CHECK_FALSE(looks_like_codebook_file("{\"label_schemas\":[]}"));
  CHECK(file.find("\"history\":[{\"name\":\"style\",\"definition\":\"Rhymes\"") != std::string::npos);
  const auto back = decode_codebook_file(file);
  REQUIRE(back.ok());
  REQUIRE(back.value().size() == 2);
  CHECK(back.value()[0].definition == "Rhymes a lot");
  CHECK(back.value()[1].name == "长度");
  const auto why = [](std::string_view text) {
    const auto read = decode_codebook_file(text);
    return read.ok() ? std::string() : read.error().what;
  };
  CHECK(why("[").starts_with("The file is no JSON"));
  CHECK(why("{}") == "A list \"failure_modes\" is needed");
  CHECK(why("{\"failure_modes\":[3]}") == "Failure mode 1 is no object");
  CHECK(why("{\"failure_modes\":[{\"name\":\"a\"},{\"name\":\" a\"}]}") == "Failure mode 2: a is there twice");
  CHECK(why("{\"failure_modes\":[{\"name\":\"a\",\"definition\":7}]}") == "Failure mode 1: definition is no text");
  CHECK(why("{\"failure_modes\":[{\"definition\":\"x\"}]}") == "Failure mode 1: An assessment needs a name");
  CHECK(why("{\"failure_modes\":[{\"name\":\"none\"}]}").find("no failure") != std::string::npos);
}

TEST_CASE("An anchor finds its words again, or says that they are gone", "[anchor]") {
  const std::string text = "The price is 40 dollars. The price is final.";
  const auto anchor = make_anchor("outputs", ".text", text, 25, 34);
  REQUIRE(anchor);
  CHECK(anchor->quote == "The price");
  CHECK(stands_at(text, *anchor) == "25:The price");
  // Moved: the nearest one. In another text: the first. As JSON writes it. Gone.
  CHECK(stands_at("Hello. The price is 40 dollars. The price is final.", *anchor) == "32:The price");
  CHECK(stands_at(text, *anchor, false) == "0:The price");
  CHECK(stands_at("Nothing of it", *anchor) == "nowhere");
  CHECK(stands_at("", *anchor) == "nowhere");
  const auto lines = make_anchor("outputs", ".text", "one\ntwo \"x\"", 0, 11);
  CHECK(stands_at("{\"a\":\"one\\ntwo \\\"x\\\"\"}", *lines, false) == "6:one\\ntwo \\\"x\\\"");
  // Whole characters, no blanks alone.
  CHECK(make_anchor("inputs", "", "价格", 1, 2)->quote == "价");
  CHECK(make_anchor("inputs", "", "价格", 1, 4)->quote == "价格");
  CHECK_FALSE(make_anchor("inputs", "", "a   b", 1, 4));
  CHECK_FALSE(make_anchor("inputs", "", "abc", 7, 9));
  // Through the metadata and back; a long one is found by its beginning and keeps its length.
  const std::string longer(5000, 'x');
  const auto big = make_anchor("inputs", ".message[0].text", longer, 10, 4010);
  CHECK(big->quote.size() == kMaxQuoteBytes);
  CHECK_FALSE(big->is_whole());
  store::Assessment note = code("{");
  for (const auto& [key, value] : anchor_metadata(*big))
    note.metadata_json += (note.metadata_json.size() > 1 ? "," : "") + ("\"" + key + "\":\"" + value + "\"");
  note.metadata_json += "}";
  const auto back = read_anchor(note);
  REQUIRE(back);
  CHECK(back->part == ".message[0].text");
  CHECK(find_anchor(longer, *back, true)->to == 4010);
  CHECK_FALSE(read_anchor(code("")));
  CHECK_FALSE(read_anchor(code("{\"assay.anchor.field\":\"inputs\",\"assay.anchor.from\":\"9\",\"assay.anchor.to\":\"3\","
                               "\"assay.anchor.quote\":\"x\"}")));
  CHECK_FALSE(read_anchor(code("{\"assay.anchor.field\":7")));
}
