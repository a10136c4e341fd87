// Comparing JSON values, and a subset of JSON Schema.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace assay::score {

// Equal values: the order of members does not count, 1 and 1.0 are the same. Texts that are no JSON are
// never equal.
bool json_equal(std::string_view a, std::string_view b);
// All that `part` states stands in `whole`: its members (and theirs), its elements in some order.
bool json_contains(std::string_view whole, std::string_view part);

// What the value breaks of the schema, as "place: what", or "" when nothing. Keywords: type, enum, const,
// properties, required, additionalProperties, patternProperties, items, minItems, maxItems, uniqueItems,
// minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, minLength, maxLength, pattern,
// minProperties, maxProperties, anyOf, allOf, oneOf, not, and $ref to a place inside the schema (#/…).
// Annotations (title, description, default, examples, format, $schema, $id, $comment, $defs, definitions)
// state nothing here. Errors: the schema is no JSON, or has a keyword that this does not know.
Result<std::string> schema_violation(std::string_view value_json, std::string_view schema_json);

}  // namespace assay::score
