// OpenAI Agents SDK: traces and spans as its exporters post them ({"data": […]}, or one a line).
// docs/formats/openai_agents.md says what becomes of each field.
#pragma once

#include "core/convert/format.h"

namespace assay::convert {

Format openai_agents_format();

}  // namespace assay::convert
