// Session: completion, the history of queries, and saved views.
#include "core/app/session_state.h"
#include "core/base/numbers.h"

namespace assay::app {

void Session::State::execute_search(const Command& command) {
  switch (command.id) {
    case CommandId::SearchComplete: {
      const std::optional<int64_t> caret = parse_int64(command.arg("caret"));
      if (!caret || *caret < 0) return completer.close();
      completer.put_off(progress.active);
      return completer.ask(std::string(command.arg("query")), static_cast<size_t>(*caret), command.arg("demand") == "1");
    }
    case CommandId::SearchRemember:
      if (remember_query(settings, command.arg("query"))) save_settings();
      return;
    default:
      settings.query_history.clear();
      return save_settings();
  }
}

void Session::State::execute_view(const Command& command) {
  const SavedView* view = views.find(command.arg("id"));
  if (command.id == CommandId::ViewApply) {
    if (view == nullptr) return notice(NoticeKind::Error, "view_gone", "This view is not there any more");
    Route to = route;
    to.place = Place::Traces;
    to.query = view->query;
    to.sort = view->sort;
    to.view = view->name;
    return go(std::move(to), true);
  }
  if (!ready_to_write()) return;
  if (command.id == CommandId::ViewSave) {
    SavedView saved;
    saved.name = view_name(command.arg("name"));
    if (saved.name.empty()) return notice(NoticeKind::Error, "view_needs_name", "A view needs a name");
    if (view == nullptr) view = views.find_name(saved.name);
    // Ids are the journal's own: a session, and the number of the event in it.
    saved.id = view != nullptr ? view->id : "v-" + journal->session() + "-" + std::to_string(journal->count());
    saved.query = route.query;
    saved.sort = route.sort;
    saved.layout = command.arg("layout");
    if (view == nullptr || *view != saved) write({save_event(saved)}, journal::TxnScope::User);
    Route to = route;
    to.view = saved.name;
    return go(std::move(to), false);
  }
  if (view == nullptr) return notice(NoticeKind::Error, "view_gone", "This view is not there any more");
  const bool is_shown = route.view == view->name;
  Route to = route;
  if (command.id == CommandId::ViewRename) {
    const std::string name = view_name(command.arg("name"));
    if (name.empty()) return notice(NoticeKind::Error, "view_needs_name", "A view needs a name");
    if (name == view->name) return;
    if (views.find_name(name) != nullptr) {
      return notice(NoticeKind::Error, "view_exists", "There is a view of this name already: " + name, {name});
    }
    to.view = name;
    write({rename_event(view->id, name)}, journal::TxnScope::User);
  } else {
    to.view.clear();
    write({delete_event(view->id)}, journal::TxnScope::User);
  }
  if (is_shown) go(std::move(to), false);
}

// A link that names a view and no query means the view of that name.
void Session::State::open_view_of_address() {
  if (!journal_loaded || route.view.empty() || !route.query.empty() || !route.sort.empty()) return;
  const SavedView* view = views.find_name(route.view);
  if (view == nullptr) return;
  Route to = route;
  to.query = view->query;
  to.sort = view->sort;
  go(std::move(to), false);
}

}  // namespace assay::app
