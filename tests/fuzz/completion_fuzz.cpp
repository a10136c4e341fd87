// A byte that says where the caret stands, and any text: completion offers only what fits there, and taking an offer
// keeps the rest of the text.
#include "core/app/completer.h"
#include "core/search/completion.h"
#include "tests/fuzz/small_dataset.h"

namespace {

using namespace assay;
using fuzz::check;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Input input(data, size);
  const size_t share = input.byte();
  const std::string text(input.rest());
  const size_t caret = text.size() * share / 255;
  const search::CompletionPlace place = search::completion_place(text, caret);
  if (place.kind != search::CompletionKind::None) {
    check(place.begin_byte <= place.end_byte && place.end_byte <= text.size(), "a place stands in the text");
    check(place.begin_byte <= caret && caret <= place.end_byte, "and holds the caret");
    check(place.typed.size() <= caret - place.begin_byte, "what is typed stands before the caret");
  }
  app::Completer completer(fuzz::small_dataset());
  completer.ask(text, caret, (share & 1) != 0);
  for (int steps = 0; completer.working(); ++steps) {
    check(steps < 1000, "counting ends");
    Budget budget;
    budget.units_left = 3;
    completer.step(budget);
  }
  check(completer.offers().size() <= app::Completer::kMostOffers, "offers are few");
  for (size_t i = 0; i < completer.offers().size(); ++i) {
    const search::Completion& offer = completer.offers()[i];
    check(!offer.shown.empty() && !offer.inserted.empty(), "an offer says something");
    const app::Completer::Taken taken = completer.taken(i);
    check(taken.caret_bytes <= taken.query.size(), "the caret stays in the text");
    check(taken.query.starts_with(text.substr(0, place.begin_byte)), "what stands before it stays");
    check(taken.query.ends_with(text.substr(place.end_byte)), "and what stands behind it");
    for (size_t k = 0; k < i; ++k) check(completer.offers()[k].inserted != offer.inserted, "nothing is offered twice");
  }
  return 0;
}
