// Langfuse: the download of a trace ({"trace", "observations"}) and of a session, rows of the
// tables' batch exports (JSON, JSON Lines, CSV), observations of the API (v2) and rows of the blob
// storage export (snake_case, times without a zone). docs/formats/langfuse.md says what becomes of
// each field.
#pragma once

#include "core/convert/format.h"

namespace assay::convert {

Format langfuse_download_format();
Format langfuse_session_format();
Format langfuse_rows_format();

}  // namespace assay::convert
