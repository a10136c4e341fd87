// Attributes by key, as the readers of conventions ask for them (otel_conventions.cpp,
// otel_io.cpp, otel_scores.cpp).
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "core/convert/canonical.h"
#include "core/convert/otel_span.h"

namespace assay::convert::otel {

using Attributes = std::vector<Attribute>;

// Not null, an empty text, list or object.
bool has_content(const std::string* json);
// The attribute as text: a string decoded, anything else as JSON; "" without content.
std::string text_of(const Attributes& attributes, std::string_view key);
std::string first_text(const Attributes& attributes, std::initializer_list<std::string_view> keys);
// The JSON value that an attribute means; "" without content.
std::string value_of(const Attributes& a, std::string_view key);
std::string first_value(const Attributes& a, std::initializer_list<std::string_view> keys);
std::string upper(std::string text);

// Inputs and outputs where the span has none.
void read_otel_io(CanonicalSpan& span);
// Evaluation results (events) and Phoenix's annotations (attributes) of the span as assessments.
void read_otel_scores(CanonicalSpan& span, TraceFacts& facts);

}  // namespace assay::convert::otel
