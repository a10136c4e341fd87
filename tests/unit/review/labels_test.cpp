#include "core/review/labels.h"

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cmath>

#include "core/review/work_file.h"
#include "tests/unit/annot/fixture.h"

using namespace assay;
using namespace assay::review;
using annot::Desk;

namespace {

SchemaEntry entry_of(const LabelSchema& schema) {
  SchemaEntry entry;
  entry.schema = schema;
  entry.hash = definition_hash(schema);
  return entry;
}

LabelSchema pass_fail(const std::string& name) {
  LabelSchema schema;
  schema.name = name;
  return schema;
}

int last_id = 0;

// What the page does with an answer.
void answer(Desk& desk, const SchemaEntry& entry, const std::string& trace, const std::string& reviewer,
            const std::string& text, bool adjudicated = false, bool update = false) {
  const auto row = desk.dataset.find_trace(trace);
  REQUIRE(row);
  const store::Assessment* previous =
      adjudicated ? nullptr : label_of(desk.dataset.assessments(*row), entry.schema, reviewer);
  desk.journal.set_author(reviewer);
  ++last_id;
  auto event = answer_event(entry, {trace, text, "", "q", adjudicated, update}, previous, reviewer, 1000 + last_id,
                            "a-" + std::to_string(last_id));
  REQUIRE(event.ok());
  if (event.value()) REQUIRE(desk.apply(*event.value(), 1000 + last_id).ok());
}

std::string judge(const std::string& id, const std::string& value, const std::string& extra = "") {
  return R"({"assessment_id":")" + id + R"(","assessment_name":"correct","source":{"source_type":"LLM_JUDGE","source_id":"m"},)" +
         R"("feedback":{"value":)" + value + "}" + extra + "}";
}

}  // namespace

TEST_CASE("A second answer supersedes the reviewer's own, in the same sitting it changes it") {
  Desk desk;
  const auto row = desk.add_trace("t0");
  const SchemaEntry entry = entry_of(pass_fail("correct"));
  answer(desk, entry, "t0", "Ann", "yes");
  answer(desk, entry, "t0", "Bob", "no");
  CHECK(desk.dataset.assessments(row).size() == 2);
  answer(desk, entry, "t0", "Ann", "yes");  // nothing new
  CHECK(desk.dataset.assessments(row).size() == 2);
  answer(desk, entry, "t0", "Ann", "no", false, true);
  CHECK(desk.dataset.assessments(row).size() == 2);
  CHECK(label_of(desk.dataset.assessments(row), entry.schema, "Ann")->value_json == "false");
  answer(desk, entry, "t0", "Ann", "yes");
  CHECK(desk.dataset.assessments(row).size() == 3);
  const store::Assessment* label = label_of(desk.dataset.assessments(row), entry.schema, "Ann");
  CHECK(label->value_json == "true");
  CHECK_FALSE(label->overrides.empty());
  CHECK(store::metadata_value(*label, kQueueKey) == "q");
  CHECK(label_of(desk.dataset.assessments(row), entry.schema, "Cleo") == nullptr);
}

TEST_CASE("Labels under an older definition are found") {
  Desk desk;
  desk.add_trace("t0");
  desk.add_trace("t1", R"([{"assessment_id":"a-x","assessment_name":"correct","source":{"source_type":"HUMAN","source_id":"Eve"},"feedback":{"value":"so-so"}}])");
  desk.add_trace("t2", R"([{"assessment_id":"a-y","assessment_name":"correct","source":{"source_type":"HUMAN","source_id":"Eve"},"feedback":{"value":"yes"}}])");
  SchemaEntry entry = entry_of(pass_fail("correct"));
  answer(desk, entry, "t0", "Ann", "yes");
  CHECK(stale_rows(desk.dataset, entry) == std::vector<store::TraceRow>{{1}});  // fits no answer
  LabelSchema stricter = entry.schema;
  stricter.instruction = "Only if every fact is right";
  entry = entry_of(stricter);
  entry.version = 2;
  CHECK(stale_rows(desk.dataset, entry) == std::vector<store::TraceRow>{{0}, {1}});
  answer(desk, entry, "t0", "Ann", "yes");  // the same value, but now to the new question
  CHECK(stale_rows(desk.dataset, entry) == std::vector<store::TraceRow>{{1}});
}

TEST_CASE("Ratings: reviewers in columns, adjudication aside, agreement as computed by hand") {
  Desk desk;
  const SchemaEntry entry = entry_of(pass_fail("correct"));
  // Cohen's table 20, 5, 10, 15.
  const int counts[2][2] = {{20, 5}, {10, 15}};
  int number = 0;
  for (int a = 0; a < 2; ++a)
    for (int b = 0; b < 2; ++b)
      for (int i = 0; i < counts[a][b]; ++i) {
        const std::string id = "t" + std::to_string(number++);
        desk.add_trace(id);
        answer(desk, entry, id, "Ann", a == 0 ? "yes" : "no");
        answer(desk, entry, id, "Bob", b == 0 ? "yes" : "no");
      }
  desk.add_trace("unrated");
  RatingTable table = human_ratings(desk.dataset, "correct", store::AssessmentKind::Feedback, &entry.schema);
  CHECK(table.raters == std::vector<std::string>{"Ann", "Bob"});
  CHECK(table.rows.size() == 50);
  CHECK(*stats::cohen_kappa(table.ratings, 0, 1, table.level) == Catch::Approx(0.4));
  CHECK(stats::disagreements(table.ratings).size() == 15);
  CHECK(std::isnan(consensus(table, 20)));  // yes and no
  answer(desk, entry, "t20", "Cleo", "no", true);
  table = human_ratings(desk.dataset, "correct", store::AssessmentKind::Feedback, nullptr);
  CHECK(table.raters.size() == 2);
  CHECK(table.is_pass_fail);
  CHECK(consensus(table, 20) == 0);
  CHECK(table.value_json(consensus(table, 0)) == "true");
  CHECK(*stats::cohen_kappa(table.ratings, 0, 1, table.level) == Catch::Approx(0.4));
  const auto names = rated_names(desk.dataset);
  REQUIRE(names.size() == 1);
  CHECK(names[0].traces == 50);
  CHECK(names[0].double_rated == 50);
}

TEST_CASE("A judge is held against people, corrected verdicts too") {
  Desk desk;
  const SchemaEntry entry = entry_of(pass_fail("correct"));
  desk.add_trace("t0", "[" + judge("j0", "\"yes\"") + "]");
  desk.add_trace("t1", "[" + judge("j1", "\"no\"") + "]");
  desk.add_trace("t2", "[" + judge("j2", "\"yes\"") + "]");
  desk.add_trace("t3", "[" + judge("j3", "\"yes\"") + "]");  // nobody labels it
  desk.add_trace("t4", R"([{"assessment_id":"j4","assessment_name":"correct","source":{"source_type":"LLM_JUDGE","source_id":"m"},"feedback":{"error":{"error_code":"E","error_message":"x"}}}])");
  desk.add_trace("t5", "[" + judge("j5", "\"no\"") + "]");  // people differ
  answer(desk, entry, "t0", "Ann", "yes");
  answer(desk, entry, "t1", "Ann", "no");
  answer(desk, entry, "t5", "Ann", "no");
  answer(desk, entry, "t5", "Bob", "yes");
  // A correction of the judge's verdict supersedes it.
  annot::AssessmentDraft draft = annot::feedback_draft("t2", "correct", "false", annot::ValueType::Boolean);
  draft.overrides = "j2";
  REQUIRE(desk.apply(annot::create_event(draft, {"Ann", 5000, "a-c"}).value()).ok());
  const RatingTable people = human_ratings(desk.dataset, "correct", store::AssessmentKind::Feedback, &entry.schema);
  const JudgeComparison held = compare_judge(desk.dataset, people, store::AssessmentKind::Feedback, "m");
  CHECK(held.confusion.tp == 1);
  CHECK(held.confusion.tn == 1);
  CHECK(held.confusion.fp == 1);
  CHECK(held.confusion.fn == 0);
  CHECK(held.judged == 5);
  CHECK(held.judge_passes == 3);
  CHECK(held.errors == 1);
  CHECK(held.unlabelled == 1);
  CHECK(held.unlabelled_passes == 1);
  CHECK(held.unsettled == 1);
  REQUIRE(held.differing.size() == 1);
  CHECK(held.rows[held.differing[0]].v == 2);
  CHECK(rated_names(desk.dataset)[0].judges == std::vector<std::string>{"m"});
}

TEST_CASE("Scales, numbers and free values") {
  Desk desk;
  LabelSchema scale;
  scale.name = "tone", scale.input = InputKind::Categorical, scale.options = {"bad", "fair", "good"}, scale.ordered = true;
  LabelSchema stars;
  stars.name = "stars", stars.input = InputKind::Numeric;
  desk.add_trace("t0");
  answer(desk, entry_of(scale), "t0", "Ann", "good");
  answer(desk, entry_of(scale), "t0", "Bob", "bad");
  answer(desk, entry_of(stars), "t0", "Ann", "4");
  const RatingTable tone = human_ratings(desk.dataset, "tone", store::AssessmentKind::Feedback, &scale);
  CHECK(tone.level == stats::Level::Ordinal);
  CHECK(tone.ratings.at(0, 0) == 2);
  CHECK(tone.value_json(2) == "\"good\"");
  const RatingTable numbers = human_ratings(desk.dataset, "stars", store::AssessmentKind::Feedback, nullptr);
  CHECK(numbers.level == stats::Level::Interval);
  CHECK(numbers.value_json(4) == "4.0");
  CHECK(human_ratings(desk.dataset, "none", store::AssessmentKind::Feedback, nullptr).rows.empty());
}

TEST_CASE("A crowd of raters makes no table of everybody by everything") {
  Desk desk;
  const SchemaEntry entry = entry_of(pass_fail("correct"));
  for (int t = 0; t < 120; ++t) {
    const std::string id = "t" + std::to_string(t);
    desk.add_trace(id);
    answer(desk, entry, id, "user-" + std::to_string(t), "yes");
    answer(desk, entry, id, "Ann", "yes");
    if (t < 60) answer(desk, entry, id, "Bob", "no");
  }
  const RatingTable table = human_ratings(desk.dataset, "correct", store::AssessmentKind::Feedback, &entry.schema);
  CHECK(table.raters == std::vector<std::string>{"Ann", "Bob"});
  CHECK(table.rows.size() == 120);
}

TEST_CASE("A reviewer's file holds the reviewer's work, merges twice as once, and names what belongs elsewhere") {
  Desk ann("s-ann"), bob("s-bob");
  Board ann_board(ann.journal), bob_board(bob.journal);
  for (const char* id : {"t0", "t1"}) {
    ann.add_trace(id);
    bob.add_trace(id);
  }
  const SchemaEntry entry = entry_of(pass_fail("correct"));
  bob.journal.set_author("Bob");
  bob.journal.append({schema_define_event(entry.schema)}, 1);
  answer(bob, entry, "t0", "Bob", "no");
  answer(bob, entry, "t1", "Zoe", "no");  // somebody else on the same machine
  answer(bob, entry, "t1", "Bob", "yes");
  bob.journal.set_author("Bob");
  (void)bob.journal.revert(bob.journal.undo_step()->txn, 99999);
  const auto events = work_events(bob.journal, "Bob");
  CHECK(events.size() == 4);  // schema, two labels, the undo
  std::string file = journal::encode_header(1, events.size(), "t") + "\n";
  for (const uint32_t index : events) bob.journal.append_line(file, index);
  CHECK(looks_like_work_file(file));
  CHECK(looks_like_work_file(file.substr(file.find('\n') + 1)));
  CHECK_FALSE(looks_like_work_file("{\"info\":{}}"));

  ann.journal.set_author("Ann");
  LabelSchema other = pass_fail("correct");
  other.instruction = "Otherwise";
  ann.journal.append({schema_define_event(other)}, 2);
  ann_board.sync();
  answer(ann, entry_of(other), "t0", "Ann", "yes");
  const auto load = ann.journal.load(file);
  REQUIRE(load.ok());
  const MergeReport report = merge_report(ann.journal, load.value(), ann_board, ann.dataset, 100000);
  CHECK(report.labels == 2);
  CHECK(report.labels_waiting == 0);
  CHECK(report.schema_clashes == std::vector<std::string>{"correct"});
  REQUIRE(report.reviewers.size() == 1);
  CHECK(report.reviewers[0].name == "Bob");
  ann.annotations.sync();
  CHECK(ann.dataset.assessments(store::TraceRow{0}).size() == 2);
  CHECK(ann.dataset.assessments(store::TraceRow{1}).empty());  // undone
  CHECK(ann.journal.load(file).value().events_added == 0);

  Desk stranger("s-c");
  stranger.add_trace("another");
  Board empty(stranger.journal);
  const auto foreign = stranger.journal.load(file);
  const MergeReport strange = merge_report(stranger.journal, foreign.value(), empty, stranger.dataset, 0);
  CHECK(strange.labels_waiting == 2);
  CHECK(strange.waiting_traces == std::vector<std::string>{"t0", "t1"});
  CHECK_FALSE(strange.from_later);
}

TEST_CASE("A merge tells of another data set, of modes defined otherwise, and of a clock that ran backwards", "[merge]") {
  journal::Journal theirs("s-theirs");
  const auto label = [](const char* trace, const char* id) {
    store::Assessment a;
    a.assessment_id = id;
    a.name = "correct";
    a.value_json = "true";
    a.source_type = store::SourceType::Human;
    a.source_id = "Bob";
    return annot::create_event_of(a, trace);
  };
  theirs.set_author("Bob");
  theirs.append({label("tr-elsewhere", "a-1")}, 500'000);
  theirs.append({mode_define_event({"style", "Sings", ""})}, 600'000);
  theirs.append({label("tr-elsewhere", "a-2")}, 700'000);
  std::string file;
  for (size_t i = 0; i < theirs.count(); ++i) theirs.append_line(file, i);
  // The journal itself never goes backwards; another program may.
  const size_t at = file.find("\"time_ms\":700000");
  REQUIRE(at != std::string::npos);
  file.replace(at, 16, "\"time_ms\":300000");

  journal::Journal ours("s-ours");
  Codebook book(ours);
  ours.append({mode_define_event({"style", "Rhymes", ""})}, 1);
  book.sync();
  Board board(ours);
  board.sync();
  store::Dataset dataset;
  auto loaded = ours.load(file);
  REQUIRE(loaded.ok());
  const MergeReport report = merge_report(ours, loaded.value(), board, dataset, 1'000'000, &book);
  CHECK(report.labels == 2);
  CHECK(report.is_of_other_data());
  CHECK(report.mode_clashes == std::vector<std::string>{"style"});
  CHECK(report.backwards.size() == 1);
  CHECK_FALSE(report.from_later);
}
