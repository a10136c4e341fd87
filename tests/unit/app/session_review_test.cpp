// Reviewing through the session: questions, queues, answers, undo, reload, colleagues' files.
#include <catch2/catch_test_macros.hpp>

#include <algorithm>

#include "core/app/session.h"
#include "core/review/labels.h"
#include "tests/support/fake_platform.h"

using namespace assay;
using app::CommandId;
using review::ItemState;
using test::FakePage;
using test::FakeStorage;

namespace {

std::string example() {
  return test::read_file(std::string(ASSAY_SOURCE_DIR) + "/public/example/crm-email-assistant.jsonl");
}

constexpr const char* kCorrect =
    R"({"name":"correct","type":"feedback","instruction":"Is it right?","enable_comment":true,"input":{"type":"pass_fail","positive_label":"Pass","negative_label":"Fail"}})";
constexpr const char* kTone =
    R"({"name":"tone","type":"feedback","input":{"type":"categorical","options":["kind","cold"],"multi_select":false}})";

void make_queue(FakePage& page, const std::string& schemas = "correct") {
  page.run(CommandId::QueueCreate, {{"name", "First look"}, {"schemas", schemas}, {"scope", "matching"}});
}
const review::Queue& queue(const FakePage& page) {
  REQUIRE_FALSE(page.session->review().queues().empty());
  return page.session->review().queues().back();
}
std::string item(const FakePage& page) { return page.session->route().item_id; }
size_t labels(const FakePage& page, const std::string& trace) {
  size_t count = 0;
  for (const store::Assessment& a : page.session->dataset().assessments(*page.session->dataset().find_trace(trace)))
    count += a.source_type == store::SourceType::Human ? 1 : 0;
  return count;
}
void answer(FakePage& page, const std::string& text, bool complete = true, const std::string& schema = "correct") {
  page.run(CommandId::ReviewAnswer, {{"queue_id", page.session->route().queue_id}, {"trace_id", item(page)},
                                     {"schema", schema}, {"answer", text}, {"complete", complete ? "1" : "0"},
                                     {"spent_ms", "1500"}});
}
std::string notices(const FakePage& page) {
  std::string out;
  for (const app::Notice& notice : page.session->notices()) out += notice.key + ": " + notice.text + "\n";
  return out;
}
// The file that a reviewer takes home.
std::string work_file(FakePage& page) {
  page.run(CommandId::ExportWork);
  REQUIRE_FALSE(page.downloads.files.empty());
  return page.downloads.files.back().bytes;
}

}  // namespace

TEST_CASE("A whole review: answers go on by themselves, undo comes back, a reload goes on where it stopped") {
  FakeStorage storage;
  std::string stopped_at, address;
  {
    FakePage page(storage, 1);
    page.open("crm.jsonl", example());
    page.run(CommandId::SettingSet, {{"key", "author"}, {"value", "Ann"}});
    page.run(CommandId::SchemaSave, {{"schema", kCorrect}});
    make_queue(page);
    CHECK(queue(page).trace_ids.size() == 7);
    CHECK(page.session->route().place == app::Place::Review);
    const std::string first = item(page);
    CHECK(first == queue(page).trace_ids[0]);
    answer(page, "yes");
    CHECK(item(page) == queue(page).trace_ids[1]);
    CHECK(labels(page, first) == 1);
    // One step takes both back, the label and the tick, and shows the item again.
    page.run(CommandId::Undo);
    CHECK(item(page) == first);
    CHECK(labels(page, first) == 0);
    CHECK(queue(page).item("Ann", 0).state == ItemState::Pending);
    page.run(CommandId::Redo);
    CHECK(queue(page).item("Ann", 0).state == ItemState::Complete);
    page.run(CommandId::QueueOpen, {{"queue_id", queue(page).queue_id}});
    CHECK(item(page) == queue(page).trace_ids[1]);
    page.run(CommandId::ReviewMark, {{"queue_id", queue(page).queue_id}, {"trace_id", item(page)}, {"state", "deferred"}});
    page.run(CommandId::ReviewMark, {{"queue_id", queue(page).queue_id}, {"trace_id", item(page)}, {"state", "declined"}});
    answer(page, "no");
    stopped_at = item(page);
    CHECK(stopped_at == queue(page).trace_ids[4]);
    address = page.history.current;
    const review::QueueProgress progress = review::progress_of(queue(page), "Ann");
    CHECK(progress.complete == 2);
    CHECK(progress.declined == 1);
    CHECK(progress.deferred == 1);
    CHECK(progress.spent_ms == 3000);
  }
  FakePage page(storage, 2, address);
  page.session->execute(app::Command(CommandId::SettingSet, {{"key", "author"}, {"value", "Ann"}}));
  page.open("crm.jsonl", example());
  CHECK(item(page) == stopped_at);
  for (int i = 0; i < 3; ++i) answer(page, "yes");
  CHECK(item(page) == queue(page).trace_ids[1]);  // the one that was put off
  answer(page, "yes");
  CHECK(item(page).empty());
  CHECK(review::progress_of(queue(page), "Ann").done() == 7);
}

TEST_CASE("Several questions: the item is done with the last; a second thought changes the answer") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open("crm.jsonl", example());
  page.run(CommandId::SchemaSave, {{"schema", kCorrect}});
  page.run(CommandId::SchemaSave, {{"schema", kTone}});
  make_queue(page, "correct\ntone");
  const std::string first = item(page);
  answer(page, "yes", false);
  answer(page, "no", false);
  CHECK(item(page) == first);
  CHECK(labels(page, first) == 1);
  answer(page, "lukewarm", true, "tone");  // no option
  CHECK(item(page) == first);
  answer(page, "kind", true, "tone");
  CHECK(item(page) != first);
  CHECK(labels(page, first) == 2);
  // Coming back later: the earlier answer stays as a superseded one.
  page.run(CommandId::ReviewItem, {{"trace_id", first}});
  answer(page, "yes", false);
  CHECK(labels(page, first) == 3);
}

TEST_CASE("A changed question marks its labels, and they can be queued again") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open("crm.jsonl", example());
  page.run(CommandId::SchemaSave, {{"schema", kCorrect}});
  make_queue(page);
  answer(page, "yes");
  answer(page, "no");
  std::string stricter = kCorrect;
  stricter.replace(stricter.find("Is it right?"), 12, "Every fact?");
  page.run(CommandId::SchemaSave, {{"schema", stricter}});
  CHECK(page.session->review().find_schema("correct")->version == 2);
  CHECK(notices(page).find("labels_stale") != std::string::npos);
  page.run(CommandId::QueueCreate, {{"name", "Again"}, {"schemas", "correct"}, {"scope", "stale"}, {"schema", "correct"}});
  CHECK(queue(page).trace_ids.size() == 2);
  answer(page, "yes");
  CHECK(review::stale_rows(page.session->dataset(), *page.session->review().find_schema("correct")).size() == 1);
}

TEST_CASE("A random sample is the same for the same seed, whatever the order of the table") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open("crm.jsonl", example());
  page.run(CommandId::SchemaSave, {{"schema", kCorrect}});
  page.run(CommandId::QueueCreate, {{"name", "A"}, {"schemas", "correct"}, {"scope", "sample"}, {"size", "3"}, {"seed", "7"}});
  const std::vector<std::string> once = queue(page).trace_ids;
  page.run(CommandId::SearchSort, {{"key", "duration"}, {"direction", "asc"}});
  page.run(CommandId::QueueCreate, {{"name", "B"}, {"schemas", "correct"}, {"scope", "sample"}, {"size", "3"}, {"seed", "7"}});
  CHECK(queue(page).trace_ids == once);
  CHECK(once.size() == 3);
  CHECK(queue(page).source.population == 7);
  page.run(CommandId::QueueCreate, {{"name", "C"}, {"schemas", "nothing"}, {"scope", "matching"}});
  CHECK(notices(page).find("no question named nothing") != std::string::npos);
}

TEST_CASE("Two reviewers' files meet: nothing is lost, merging again adds nothing, a reload keeps it") {
  FakeStorage of_ann, of_bob;
  FakePage ann(of_ann, 1), bob(of_bob, 2);
  ann.open("crm.jsonl", example());
  ann.run(CommandId::SettingSet, {{"key", "author"}, {"value", "Ann"}});
  ann.run(CommandId::SchemaSave, {{"schema", kCorrect}});
  make_queue(ann);
  // Bob gets the queue by Ann's file.
  bob.run(CommandId::SettingSet, {{"key", "author"}, {"value", "Bob"}});
  bob.open("crm.jsonl", example());
  const std::string start = work_file(ann);
  CHECK(ann.downloads.files.back().name == "labels-Ann.jsonl");
  bob.open("labels-Ann.jsonl", start);
  REQUIRE(bob.session->review().queues().size() == 1);
  bob.run(CommandId::QueueOpen, {{"queue_id", queue(bob).queue_id}});
  for (int i = 0; i < 7; ++i) answer(bob, i % 2 == 0 ? "yes" : "no");
  for (int i = 0; i < 4; ++i) answer(ann, "yes");
  const std::string trace = queue(ann).trace_ids[0];
  ann.open("labels-Bob.jsonl", work_file(bob));
  REQUIRE(ann.session->last_merge() != nullptr);
  CHECK(ann.session->last_merge()->labels == 7);
  CHECK(labels(ann, trace) == 2);
  CHECK(review::progress_of(queue(ann), "Bob").complete == 7);
  CHECK(review::progress_of(queue(ann), "Ann").complete == 4);
  ann.open("labels-Bob.jsonl", work_file(bob));
  CHECK(notices(ann).find("merge_nothing") != std::string::npos);
  CHECK(labels(ann, trace) == 2);
  // What was merged is stored.
  FakePage again(of_ann, 3);
  again.open("crm.jsonl", example());
  CHECK(labels(again, trace) == 2);
  // Bob's labels where nothing is open: said, kept, and there when the file comes.
  FakeStorage elsewhere;
  FakePage other(elsewhere, 4);
  other.open("labels-Bob.jsonl", work_file(bob));
  CHECK(other.session->last_merge()->labels_waiting == 7);
  CHECK(notices(other).find("merge_waiting") != std::string::npos);
  other.open("crm.jsonl", example());
  CHECK(labels(other, trace) == 1);
  // Adjudication does not touch the reviewers' own.
  const std::string second = queue(ann).trace_ids[1];
  ann.run(CommandId::Adjudicate, {{"trace_id", second}, {"name", "correct"}, {"kind", "feedback"}, {"value", "false"}});
  const review::RatingTable table =
      review::human_ratings(ann.session->dataset(), "correct", store::AssessmentKind::Feedback, nullptr);
  CHECK(table.raters.size() == 2);
  uint32_t decided = 0;
  for (uint32_t i = 0; i < table.rows.size(); ++i) decided += table.adjudicated[i] == 0 ? 1 : 0;
  CHECK(decided == 1);
  CHECK(labels(ann, second) == 3);
  ann.run(CommandId::Adjudicate, {{"trace_id", second}, {"name", "correct"}, {"kind", "feedback"}, {"value", ""}});
  CHECK(labels(ann, second) == 2);
}

TEST_CASE("Files of questions and broken files") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open("questions.json", std::string("{\"label_schemas\":[") + kCorrect + "," + kTone + "]}");
  CHECK(page.session->review().schemas().size() == 2);
  page.open("questions.json", std::string("[") + kTone + "]");
  CHECK(page.session->review().find_schema("tone")->version == 1);
  page.open("bad.json", R"({"label_schemas":[{"name":"x","input":{"options":["one"]}}]})");
  CHECK(notices(page).find("schemas_bad") != std::string::npos);
  CHECK(page.session->review().schemas().size() == 2);
  page.run(CommandId::SchemaExport);
  CHECK(page.downloads.files.back().bytes.find("\"positive_label\"") != std::string::npos);
  page.open("torn.jsonl", "{\"assay_journal\":1,\"events\":2}\n{\"seq\":1,\"time_ms\":5,\"auth");
  CHECK(notices(page).find("merge_bad_lines") != std::string::npos);
  page.open("newer.jsonl", "{\"assay_journal\":99}\n");
  CHECK(notices(page).find("merge_refused") != std::string::npos);
}

TEST_CASE("Many at once, one undo") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open("crm.jsonl", example());
  page.run(CommandId::SearchSet, {{"query", "status = 'OK'"}});
  const auto rows = page.session->traces().rows();
  const auto assess = [&](const char* value) {
    page.run(CommandId::AssessmentAddMany, {{"scope", "matching"}, {"kind", "feedback"}, {"name", "seen_it"},
                                            {"value_type", "boolean"}, {"value", value}, {"rationale", "seen"}});
  };
  const auto each_has = [&](size_t wanted) {
    for (const store::TraceRow row : rows) {
      size_t count = 0;
      for (const store::Assessment& a : page.session->dataset().assessments(row)) count += a.name == "seen_it" ? 1 : 0;
      CHECK(count == wanted);
    }
  };
  assess("yes");
  each_has(1);
  CHECK(page.session->undo_change().count == rows.size());
  assess("no");  // supersedes
  each_has(2);
  page.run(CommandId::Undo);
  each_has(1);
  page.run(CommandId::Undo);
  each_has(0);
  assess("maybe");
  CHECK(notices(page).find("true or false") != std::string::npos);
  each_has(0);
}

TEST_CASE("A table of feedback with unknown columns is read as it was said once, and what matches nothing is told") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open("crm.jsonl", example());
  const std::string trace(page.session->dataset().trace_id(page.session->traces().rows()[0]));
  const std::string table = "spur,urteil\n" + trace + ",gut\ntr-nirgends,schlecht\n";
  CHECK(page.session->file_needs_conversion(table));
  page.run(CommandId::FileColumns, {{"token", "99"}, {"columns", R"({"spur":"trace_id","urteil":"feedback:quality"})"}});
  CHECK_FALSE(page.session->file_needs_conversion(table));
  page.open("urteile.csv", table);
  const auto& all = page.session->dataset().assessments(*page.session->dataset().find_trace(trace));
  const auto made = std::find_if(all.begin(), all.end(), [](const store::Assessment& a) { return a.name == "quality"; });
  REQUIRE(made != all.end());
  CHECK(made->value_json == "\"gut\"");
  CHECK(notices(page).find("1 added, 1 on traces that are not loaded") != std::string::npos);
}

TEST_CASE("Reading blind, searches, sorting, columns, facets, completion and words see one's own assessments alone", "[blind]") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open("crm.jsonl", example());
  page.run(CommandId::SettingSet, {{"key", "author"}, {"value", "Ann"}});
  // tom.b has said whether the customer replied, on one trace, with a rationale.
  const std::string query = "feedback.customer_replied = false";
  const auto found = [&](const std::string& text) {
    page.run(CommandId::SearchSet, {{"query", text}});
    return page.session->traces().rows().size();
  };
  const auto order = [&] {
    std::string out;
    for (const store::TraceRow row : page.session->traces().rows()) out += std::string(page.session->dataset().trace_id(row)) + " ";
    return out;
  };
  const auto offers = [&](const std::string& text) {
    page.run(CommandId::SearchComplete, {{"query", text}, {"caret", std::to_string(text.size())}, {"demand", "1"}});
    std::string out;
    for (const search::Completion& offer : page.session->completer().offers()) out += offer.shown + "\n";
    return out;
  };
  const auto facets = [&] {
    size_t count = 0;
    for (const search::Facet& facet : page.session->traces().facets()->facets)
      count += facet.kind == search::FacetKind::Feedback || facet.kind == search::FacetKind::Expectation ? 1 : 0;
    return count;
  };
  const std::string by_time = (found(""), order());
  page.run(CommandId::SearchSort, {{"key", "assessment:customer_replied"}, {"direction", "asc"}});
  const std::string by_value = order();
  REQUIRE(by_value != by_time);
  CHECK(found(query) == 1);
  CHECK(found("\"still waits for the corrected\"") == 1);  // words of the rationale
  found("");
  REQUIRE(page.session->traces().assessment_columns().size() == 1);
  CHECK(facets() == 1);
  CHECK(offers("feedback.cus").find("customer_replied") != std::string::npos);
  CHECK(offers("feedback.customer_replied = ").find("false") != std::string::npos);


  page.run(CommandId::AssessmentsOf, {{"person", "Ann"}});
  CHECK(order() == by_time);
  CHECK(found(query) == 0);
  CHECK(found("feedback.customer_replied IS NOT NULL") == 0);
  CHECK(found("\"still waits for the corrected\"") == 0);
  CHECK(page.session->traces().near_words().empty());
  found("");
  CHECK(page.session->traces().assessment_columns().empty());
  CHECK(facets() == 0);
  CHECK(offers("feedback.cus").find("customer_replied") == std::string::npos);
  CHECK(offers("feedback.customer_replied = ").find("false") == std::string::npos);
  bool in_record = false;
  for (const store::TraceRow trace : page.session->traces().rows()) {
    const auto [before, after] = page.session->dataset().shown_record(trace);
    in_record |= std::string(before).find("customer_replied") != std::string::npos || std::string(after).find("customer_replied") != std::string::npos;
  }
  CHECK_FALSE(in_record);

  // One's own are there as ever, found by value and by word.
  const std::string mine = by_time.substr(0, by_time.find(' '));
  page.run(CommandId::AssessmentAdd, {{"trace_id", mine}, {"kind", "feedback"}, {"name", "customer_replied"},
                                      {"value_type", "boolean"}, {"value", "false"}, {"rationale", "the blue parcel"}});
  CHECK(found(query) == 1);
  CHECK(found("\"blue parcel\"") == 1);
  found("");
  CHECK(page.session->traces().assessment_columns().size() == 1);
  CHECK(facets() == 1);

  page.run(CommandId::AssessmentsOf, {{"person", ""}});
  CHECK(found(query) == 2);
  CHECK(found("\"still waits for the corrected\"") == 1);
}

TEST_CASE("A question is answered beside a trace without a queue; a second answer supersedes one's own", "[labels]") {
  FakeStorage storage;
  FakePage page(storage, 1);
  page.open("crm.jsonl", example());
  page.run(CommandId::SettingSet, {{"key", "author"}, {"value", "Ann"}});
  page.run(CommandId::SchemaSave, {{"schema", kCorrect}});
  const std::string trace(page.session->dataset().trace_id(page.session->traces().rows().front()));
  const size_t before = labels(page, trace);
  page.run(CommandId::ReviewAnswer, {{"trace_id", trace}, {"schema", "correct"}, {"answer", "true"}});
  page.run(CommandId::ReviewAnswer, {{"trace_id", trace}, {"schema", "correct"}, {"answer", "false"}});
  CHECK(labels(page, trace) == before + 2);
  const review::SchemaEntry& entry = *page.session->review().find_schema("correct");
  const auto mine = [&] {
    return review::label_of(page.session->dataset().assessments(*page.session->dataset().find_trace(trace)), entry.schema, "Ann");
  };
  const store::Assessment* label = mine();
  REQUIRE(label != nullptr);
  CHECK(label->value_json == "false");
  CHECK_FALSE(label->overrides.empty());
  CHECK_FALSE(review::is_stale(*label, entry));
  CHECK(store::metadata_value(*label, review::kQueueKey).empty());
  page.run(CommandId::Undo);
  CHECK(mine()->value_json == "true");
  // What does not fit the question is refused.
  page.run(CommandId::ReviewAnswer, {{"trace_id", trace}, {"schema", "correct"}, {"answer", "perhaps"}});
  CHECK(mine()->value_json == "true");
}
