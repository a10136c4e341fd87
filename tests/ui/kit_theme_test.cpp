#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <set>

#include "ui/kit/theme.h"

using namespace assay::kit;

namespace {

double channel(uint32_t value) {
  const double c = static_cast<double>(value) / 255;
  return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

double luminance(ImU32 c) {
  return 0.2126 * channel(c & 255U) + 0.7152 * channel((c >> 8) & 255U) +
         0.0722 * channel((c >> 16) & 255U);
}

// WCAG 2.2 contrast ratio.
double contrast(ImU32 a, ImU32 b) {
  const double la = luminance(a), lb = luminance(b);
  return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

}  // namespace

TEST_CASE("Text has a contrast of at least 4.5 to 1 on every surface in both themes", "[kit]") {
  for (const Theme theme : {Theme::Light, Theme::Dark}) {
    for (const Color back : {Color::Background, Color::Surface, Color::Raised}) {
      for (const Color ink :
           {Color::Text, Color::TextSecondary, Color::Accent, Color::Pass, Color::Fail, Color::Warn,
            Color::Info, Color::JsonKey, Color::JsonString, Color::JsonNumber, Color::JsonKeyword,
            Color::JsonPunctuation, Color::SpanAgent, Color::SpanModel, Color::SpanRetrieval,
            Color::SpanTool, Color::SpanChain, Color::SpanOther}) {
        INFO("theme " << static_cast<int>(theme) << " ink " << static_cast<int>(ink) << " on "
                      << static_cast<int>(back));
        CHECK(contrast(color_of(theme, ink), color_of(theme, back)) >= 4.5);
      }
    }
  }
}

TEST_CASE("Coloured labels can be read on their own weak fills", "[kit]") {
  struct Pair {
    Color ink, back;
  };
  static constexpr Pair kPairs[] = {{Color::Pass, Color::PassWeak},
                                    {Color::Fail, Color::FailWeak},
                                    {Color::Warn, Color::WarnWeak},
                                    {Color::Info, Color::InfoWeak},
                                    {Color::Accent, Color::AccentWeak},
                                    {Color::OnAccent, Color::Accent},
                                    {Color::TextSecondary, Color::Skeleton},
                                    {Color::Text, Color::AccentWeak},
                                    {Color::TextSecondary, Color::AccentWeak},
                                    {Color::SpanAgent, Color::SpanAgentWeak},
                                    {Color::SpanModel, Color::SpanModelWeak},
                                    {Color::SpanRetrieval, Color::SpanRetrievalWeak},
                                    {Color::SpanTool, Color::SpanToolWeak},
                                    {Color::SpanChain, Color::SpanChainWeak},
                                    {Color::SpanOther, Color::SpanOtherWeak},
                                    {Color::OnAccent, Color::AccentHover}};
  for (const Theme theme : {Theme::Light, Theme::Dark}) {
    for (const Pair& pair : kPairs) {
      INFO("theme " << static_cast<int>(theme) << " ink " << static_cast<int>(pair.ink));
      CHECK(contrast(color_of(theme, pair.ink), color_of(theme, pair.back)) >= 4.5);
    }
  }
}

TEST_CASE("Every span type of MLflow has an icon and one of six hues", "[kit]") {
  std::set<int> hues;
  for (const char* type :
       {"LLM", "CHAIN", "AGENT", "TOOL", "CHAT_MODEL", "RETRIEVER", "PARSER", "EMBEDDING",
        "RERANKER", "MEMORY", "UNKNOWN", "WORKFLOW", "TASK", "GUARDRAIL", "EVALUATOR", "", "x"}) {
    const SpanLook look = span_look(type);
    CHECK(look.icon != nullptr);
    CHECK(look.letter != '\0');
    hues.insert(static_cast<int>(look.hue));
  }
  CHECK(hues.size() == 6);
}
