// Braintrust: rows of logs and experiments (UI, API pages, NDJSON, CSV) and the payloads that its
// SDKs send, whose rows come in parts (_is_merge). docs/formats/braintrust.md says what becomes of
// each field.
#pragma once

#include "core/convert/format.h"

namespace assay::convert {

Format braintrust_format();

}  // namespace assay::convert
