// The whole application without a screen: a session with a scripted host, drawn by the harness.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/fake_platform.h"
#include "tests/ui/harness.h"
#include "ui/frame.h"

namespace assay::tests {

struct ViewPage {
  explicit ViewPage(ImVec2 size = ImVec2(1440, 900), std::string_view fragment = "");

  test::FakeStorage own_storage;
  test::FakePage page;
  ui::ViewState view;
  std::vector<app::Command> commands;
  std::vector<app::CommandId> given;  // all commands that reached the session
  std::unique_ptr<Harness> h;

  void open_example();
  void open(std::string_view name, std::string_view text) {
    page.open(name, text);
    h->frames(3);
  }
  // Frames and ticks until nothing is left to do.
  void settle();
  void click(std::string_view id) {
    h->click(id);
    settle();
  }
  void type(std::string_view id, std::string_view text) {
    h->type(id, text);
    settle();
  }
  void key(std::string_view chord) {
    h->key(chord);
    settle();
  }
  void command(app::CommandId id, std::initializer_list<app::CommandArg> args = {});
  const app::Session& session() const { return *page.session; }
  // The id of the trace at a position of the table.
  std::string trace_at(size_t position) const;
  std::vector<const store::Assessment*> assessments_named(size_t position,
                                                          std::string_view name) const;

 private:
  void draw(kit::Context& ctx);
};

std::string example_text();  // public/example, the set that "Try the example" opens

}  // namespace assay::tests
