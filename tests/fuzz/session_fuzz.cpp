// A whole page as a script: each line is something that a person, a server, another tab or the
// storage does.
//   S text  settings that were stored        J text  a line of the stored journal (S and J count
//   before all else) F text  a file with this one record      A text  the next answer of the
//   judge's server R text  the address                      T text  a line that another tab wrote
//   C key name=value|name=value              a command
// Whatever is in it, nothing breaks; what a reload shows is what was there; undo and redo come back
// to the same.
#include "core/judge/transport.h"
#include "tests/fuzz/fuzz_support.h"
#include "tests/fuzz/json_mutator.h"
#include "tests/support/fake_platform.h"

namespace {

using namespace assay;
using fuzz::check;
using fuzz::check_same;
using test::FakePage;

constexpr std::string_view kSecret = "sk-0123456789abcdefghijklmnop";
constexpr int kMaxSteps = 40;

struct Script {
  std::string settings;
  std::vector<std::string> stored;
  std::vector<std::pair<char, std::string>> steps;
};

Script script_of(fuzz::Input input) {
  Script out;
  while (!input.empty() && out.steps.size() < kMaxSteps && out.stored.size() < kMaxSteps) {
    const std::string_view line = input.piece('\n');
    if (line.size() < 2) continue;
    const std::string text(line.substr(2));
    if (line[0] == 'S') {
      out.settings = text;
    } else if (line[0] == 'J') {
      out.stored.push_back(text);
    } else {
      out.steps.emplace_back(line[0], text);
    }
  }
  return out;
}

app::Command command_of(std::string_view text, const app::Session& session) {
  const size_t end = std::min(text.find(' '), text.size());
  app::Command command(app::find_command(text.substr(0, end)).value_or(app::CommandId::SearchSet));
  fuzz::Input rest(reinterpret_cast<const uint8_t*>(text.data()) + end, text.size() - end);
  rest.byte();
  while (!rest.empty()) {
    const std::string_view argument = rest.piece('|');
    const size_t equals = std::min(argument.find('='), argument.size());
    std::string value(argument.substr(std::min(equals + 1, argument.size())));
    // Ids that a script cannot know: of the first assessment, of the newest run.
    if (value == "%a" && session.dataset().trace_count() > 0) {
      const auto& assessments = session.dataset().assessments({0});
      if (!assessments.empty()) value = assessments.front().assessment_id;
    }
    if (value == "%run" && !session.runs().empty()) value = session.runs().front().run_id;
    if (command.id == app::CommandId::JudgeSetKey) value = kSecret;
    command.args.emplace_back(std::string(argument.substr(0, equals)), std::move(value));
  }
  return command;
}

void check_views(const app::Session& session) {
  const store::Dataset& data = session.dataset();
  uint32_t selected = 0;
  for (uint32_t i = 0; i < data.trace_count(); ++i)
    selected += session.is_selected({i}) ? 1 : 0;
  check(selected == session.selected_count(), "the selected traces are counted");
  std::vector<uint8_t> seen(data.trace_count(), 0);
  for (const store::TraceRow row : session.traces().rows()) {
    check(row.v < seen.size() && seen[row.v]++ == 0, "a trace is listed once");
    check(session.traces().position_of(row).has_value(), "and has its place");
  }
  for (const app::RunSummary& run : session.runs()) {
    check(session.find_run(run.run_id) != nullptr, "a run is found by its id");
    session.run_scores(run.run_id);
    for (const store::TraceRow row : session.run_rows(run.run_id))
      session.run_assessments(run.run_id, row);
  }
  session.undo_change();
  session.redo_change();
  // (A command may hold what an address does not: control characters, ill-formed bytes.)
  const app::Route route = app::decode_route(app::encode_route(session.route()));
  check(app::decode_route(app::encode_route(route)) == route, "the address says where one is");
}

struct World {
  test::FakeStorage storage;
  std::vector<std::string> files;  // that are open
  std::deque<std::string> answers;
};

void open_files(FakePage& page, const std::vector<std::string>& files) {
  for (size_t i = 0; i < files.size(); ++i)
    page.open("file" + std::to_string(i) + ".jsonl", files[i]);
}

void take_step(World& world, FakePage& page, char what, const std::string& text) {
  const int forgotten = page.files.forgotten;
  switch (what) {
    case 'F':
      world.files.push_back(text + "\n");
      page.open("file" + std::to_string(world.files.size() - 1) + ".jsonl", world.files.back());
      break;
    case 'A':
      world.answers.push_back(text);
      break;
    case 'R':
      page.session->on_navigate(text);
      break;
    case 'T':
      world.storage.lines.push_back(text);  // the other tab stored it
      page.session->on_journal_remote({text});
      break;
    case 'C':
      page.session->execute(command_of(text, *page.session));
      break;
    default:
      break;
  }
  page.settle(200);
  if (page.files.forgotten != forgotten) world.files.clear();
}

void answer_from(World& world, FakePage& page) {
  page.transport.answer = [&world](const judge::OutRequest&, size_t) {
    if (world.answers.empty()) return test::FakeTransport::verdict("no", "It does not.");
    std::string body = world.answers.front();
    world.answers.pop_front();
    judge::HttpReply reply;
    reply.status = static_cast<int>(parse_int64(std::string_view(body).substr(0, 3)).value_or(200));
    if (const size_t at = body.find("%key%"); at != std::string::npos) body.replace(at, 5, kSecret);
    judge::redact_secret(body, kSecret);
    reply.body = body.size() > 4 ? body.substr(4) : "";
    return reply;
  };
}

void check_no_secret(const World& world, const FakePage& page) {
  const auto free_of_it = [](std::string_view text) {
    return text.find(kSecret) == std::string_view::npos;
  };
  for (const std::string& line : world.storage.lines)
    check(free_of_it(line), "no key in the journal");
  for (const auto& file : page.downloads.files)
    check(free_of_it(file.bytes), "no key in what is taken home");
  for (const app::Notice& notice : page.session->notices())
    check(free_of_it(notice.text), "no key in a notice");
  check(free_of_it(page.settings.text) && free_of_it(page.history.current),
        "no key in settings and address");
}

void check_undo(FakePage& page) {
  if (!page.session->can_undo()) return;
  const std::string before = fuzz::described(page.session->dataset());
  page.run(app::CommandId::Undo);
  check(page.session->can_redo(), "what was undone can be redone");
  page.run(app::CommandId::Redo);
  check_same(fuzz::described(page.session->dataset()), before, "after undo and redo");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const fuzz::Input input(data, size);
  if (input.rest().find(kSecret.substr(3)) != std::string_view::npos)
    return 0;  // then it is no leak
  const Script script = script_of(input);
  World world;
  world.storage.lines = script.stored;
  {
    FakePage page(world.storage, 1);
    answer_from(world, page);
    page.session->start(script.settings, "#/traces");
    for (const auto& [what, text] : script.steps) {
      take_step(world, page, what, text);
      check_views(*page.session);
    }
    check_undo(page);
    check_no_secret(world, page);
    page.run(app::CommandId::JudgeCancel);
    page.settle();

    FakePage again(world.storage, 2);
    open_files(again, world.files);
    check_same(fuzz::described(again.session->dataset()), fuzz::described(page.session->dataset()),
               "after a reload");
    check(again.session->runs().size() == page.session->runs().size(),
          "the runs are there after a reload");
    check_views(*again.session);
    world.storage.session = nullptr;
  }
  return 0;
}
