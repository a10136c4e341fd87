#include "tests/ui/view_page.h"

#include <catch2/catch_test_macros.hpp>

namespace assay::tests {

ViewPage::ViewPage(ImVec2 size, std::string_view fragment) : page(own_storage, 7, fragment) {
  h = std::make_unique<Harness>([this](kit::Context& ctx) { draw(ctx); }, size);
}

void ViewPage::draw(kit::Context& ctx) {
  ui::UiFrame frame{*page.session, view, ctx, commands, page.clock.now_ms()};
  ui::draw_frame(frame);
  std::vector<app::Command> now;
  now.swap(commands);
  for (const app::Command& command : now) {
    given.push_back(command.id);
    page.session->execute(command);
  }
  ui::apply_settings(page.session->settings(), view, ctx);
}

void ViewPage::settle() {
  for (int round = 0; round < 3; ++round) {
    page.settle();
    h->run_until_idle();
  }
}

void ViewPage::command(app::CommandId id, std::initializer_list<app::CommandArg> args) {
  page.session->execute(app::Command(id, args));
  settle();
}

void ViewPage::open_example() {
  open("crm-email-assistant.jsonl", example_text());
  settle();
  REQUIRE(session().dataset().trace_count() == 7);
}

std::string ViewPage::trace_at(size_t position) const {
  return std::string(session().dataset().trace_id(session().traces().rows().at(position)));
}

std::vector<const store::Assessment*> ViewPage::assessments_named(size_t position,
                                                                  std::string_view name) const {
  std::vector<const store::Assessment*> found;
  for (const store::Assessment& a :
       session().dataset().assessments(session().traces().rows().at(position))) {
    if (a.name == name) found.push_back(&a);
  }
  return found;
}

std::string example_text() {
  std::string text =
      test::read_file(std::string(ASSAY_SOURCE_DIR) + "/public/example/crm-email-assistant.jsonl");
  REQUIRE_FALSE(text.empty());
  return text;
}

}  // namespace assay::tests
