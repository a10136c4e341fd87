// Route: where a person is, as a value; encoded in the address fragment (never sent to a server), so
// that back, forward, reload and links work. Holds no notes and no secrets.
//   #/traces?q=status%20%3D%20%27ERROR%27&sort=duration.desc&trace=tr-…&span=…
//   #/traces?view=Failed   #/traces?trace=tr-…&compare=tr-…   #/traces?session=s-1
//   #/review?tab=queues&queue=…&item=tr-…   #/scorers   #/runs?run=…&with=…   #/analysis   #/settings
#pragma once

#include <string>
#include <string_view>

namespace assay::app {

enum class Place : uint8_t { Traces, Review, Scorers, Runs, Settings, Analysis };

struct Route {
  Place place = Place::Traces;
  std::string query;
  std::string sort;      // "time.desc"; "" = default
  std::string trace_id;  // "" = no trace is open
  std::string span_id;
  std::string run_id;
  std::string with_run_id;  // the run that it is compared with
  std::string compare_id;  // the trace that the open one is compared with
  std::string session_id;  // its turns are shown instead of one trace
  std::string view;      // the name of the saved view that query and sort are those of; "" = none
  std::string tab;       // of the review place: "" = queues, "questions", "agreement"
  std::string queue_id;  // the review queue that is open
  std::string item_id;   // … and the trace that is looked at in it
  friend bool operator==(const Route&, const Route&) = default;
};

std::string encode_route(const Route& route);       // "#/traces?…"
Route decode_route(std::string_view fragment);      // unknown parts are ignored, hostile text is cut

}  // namespace assay::app
