// Borders of the program's second part: what only a call through call_late needs may be loaded after the first frame.
// wasm/split_program.py finds these borders by the name of late_entry and moves what is behind them, and behind nothing
// else, into a file of its own; shell/second_part.js loads it. Elsewhere it is a call like any other.
#pragma once

#include <functional>
#include <utility>

namespace assay {

template <auto kFunction, typename... Args>
[[gnu::noinline]] decltype(auto) late_entry(Args... args) {
  return std::invoke(kFunction, std::forward<Args>(args)...);
}

// Calls kFunction, a function or a member function (then the object comes first).
template <auto kFunction, typename... Args>
decltype(auto) call_late(Args&&... args) {
  auto* entry = &late_entry<kFunction, Args&&...>;
  asm volatile("" : "+r"(entry));  // so that the optimiser does not see through it and pull the second part in
  return entry(std::forward<Args>(args)...);
}

}  // namespace assay
