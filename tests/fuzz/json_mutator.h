// A mutator for inputs that hold JSON somewhere: half of the time it changes a value as a value
// (takes it out, doubles it, puts another one in its place, wraps it), which bytes changed at
// random hardly ever do. Inputs need not be valid: it looks for any object or array in them.
// Include it in one file of a target; without libFuzzer it is empty.
#pragma once

#ifdef ASSAY_LIBFUZZER

#include <cstdint>
#include <cstring>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json/tree.h"
#include "core/json/unescape.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace assay::fuzz {

class JsonMutator {
 public:
  explicit JsonMutator(unsigned seed) : random_(seed) {}

  // A changed copy of `text`; "" when there is no JSON in it or nothing came of it.
  std::string mutate(std::string_view text) {
    const std::string_view value = some_container(text);
    json::Tree tree;
    if (value.empty() || !tree.parse(value)) return {};
    std::vector<json::Node> nodes;
    collect(tree.root(), nodes);
    const json::Node node = nodes[pick(nodes.size())];
    const size_t at = static_cast<size_t>(node.raw().data() - text.data());
    std::string out(text.substr(0, at));
    std::string_view rest = text.substr(at + node.raw().size());
    switch (pick(8)) {
      case 0:
        out += nodes[pick(nodes.size())].raw();
        break;
      case 1:
        take_out(out, rest);
        break;
      case 2:
        double_it(out, node.raw());
        break;
      case 3:
        out += constant();
        break;
      case 4:
        change_form(out, node);
        break;
      case 5:
        (((out += "[") += node.raw()) += ",") += std::string(constant()) + "]";
        break;
      case 6:
        rename(out, node, nodes);
        break;
      default:  // the whole once more, on a line of its own
        return std::string(text) + "\n" + std::string(value);
    }
    return out + std::string(rest);
  }

  bool coin() { return pick(2) == 0; }

 private:
  size_t pick(size_t count) { return random_() % count; }

  std::string_view some_container(std::string_view text) {
    std::vector<size_t> places;
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '{' || text[i] == '[') places.push_back(i);
    }
    for (int tries = 0; tries < 4 && !places.empty(); ++tries) {
      // The first ones are the large ones.
      const size_t at =
          coin() ? places[pick(std::min<size_t>(places.size(), 4))] : places[pick(places.size())];
      json::Reader reader(text.substr(at));
      const json::Piece piece = reader.piece();
      if (!reader.failed()) return text.substr(at, piece.size_bytes);
    }
    return {};
  }

  static void collect(json::Node node, std::vector<json::Node>& out) {
    out.push_back(node);
    for (json::Node child = node.first(); child && out.size() < 5000; child = child.next())
      collect(child, out);
  }

  // `out` ends where a value began; `rest` begins behind it. Takes the member's name and a comma
  // along.
  static void take_out(std::string& out, std::string_view& rest) {
    size_t end = out.find_last_not_of(" \t\r\n");
    if (end != std::string::npos && out[end] == ':') {
      const size_t quote = out.rfind('"', end);
      if (quote != std::string::npos && quote > 0) out.resize(out.rfind('"', quote - 1) + 1);
      if (!out.empty()) out.pop_back();
      end = out.find_last_not_of(" \t\r\n");
    }
    const size_t next = rest.find_first_not_of(" \t\r\n");
    if (next != std::string_view::npos && rest[next] == ',') {
      rest.remove_prefix(next + 1);
    } else if (end != std::string::npos && out[end] == ',') {
      out.resize(end);
    }
  }

  // The value twice, as a member with its name.
  static void double_it(std::string& out, std::string_view raw) {
    std::string name;
    const size_t end = out.find_last_not_of(" \t\r\n");
    if (end != std::string::npos && out[end] == ':') {
      const size_t quote = out.rfind('"', end);
      const size_t open =
          quote == std::string::npos || quote == 0 ? quote : out.rfind('"', quote - 1);
      if (open != std::string::npos) name = out.substr(open);
    }
    (((out += raw) += ",") += name) += raw;
  }

  std::string_view constant() {
    constexpr std::string_view kConstants[] = {"null",
                                               "true",
                                               "false",
                                               "0",
                                               "-1",
                                               "1e400",
                                               "-0.0",
                                               "NaN",
                                               "1.5",
                                               "{}",
                                               "[]",
                                               "\"\"",
                                               "\"\\ud800\"",
                                               "\"\\u0000\"",
                                               "9223372036854775807",
                                               "18446744073709551616",
                                               "1732428170510",
                                               "1732428170510000000",
                                               "\"2026-11-24T06:02:50.510Z\"",
                                               "\"0123456789abcdef\"",
                                               "\"AAAAAAAAAAE=\"",
                                               "\"null\"",
                                               "\"{\\\"a\\\":1}\"",
                                               "\"[1, 2]\"",
                                               "\"True\"",
                                               "\"\xC3\"",
                                               "[[[]]]",
                                               "{\"a\":{\"a\":null}}",
                                               "\"CHAT_MODEL\"",
                                               "\"yes\"",
                                               "1.0"};
    return kConstants[pick(std::size(kConstants))];
  }

  // JSON as a text that holds it, and the other way round.
  void change_form(std::string& out, json::Node node) {
    if (node.is_string() && coin()) {
      out += node.text();
    } else if (node.is_string()) {
      const std::string text = node.text();
      out += coin() ? json::quoted(text + text) : json::quoted(text, json::EscapeMode::EnsureAscii);
    } else {
      out += json::quoted(node.raw());
    }
  }

  // The member gets the name of another one.
  void rename(std::string& out, json::Node node, const std::vector<json::Node>& nodes) {
    const std::string name = nodes[pick(nodes.size())].key();
    const size_t end = out.find_last_not_of(" \t\r\n");
    if (!name.empty() && end != std::string::npos && out[end] == ':') {
      const size_t quote = out.rfind('"', end);
      const size_t open =
          quote == std::string::npos || quote == 0 ? quote : out.rfind('"', quote - 1);
      if (open != std::string::npos) (out.resize(open), out += json::quoted(name) + ":");
    }
    out += node.raw();
  }

  std::minstd_rand random_;
};

}  // namespace assay::fuzz

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned seed) {
  assay::fuzz::JsonMutator mutator(seed);
  if (mutator.coin()) {
    const std::string out = mutator.mutate({reinterpret_cast<const char*>(data), size});
    if (!out.empty() && out.size() <= max_size) {
      std::memcpy(data, out.data(), out.size());
      return out.size();
    }
  }
  return LLVMFuzzerMutate(data, size, max_size);
}

#endif  // ASSAY_LIBFUZZER
