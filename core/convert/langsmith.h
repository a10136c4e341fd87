// LangSmith: runs as the SDK lists them (JSON, JSON Lines, CSV), the CLI's export with its renamed
// fields, ingest batches ({"post", "patch"}, whose runs come in parts), and rows of feedback.
// docs/formats/langsmith.md says what becomes of each field.
#pragma once

#include "core/convert/format.h"

namespace assay::convert {

Format langsmith_format();

}  // namespace assay::convert
