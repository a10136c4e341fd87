// Request and response previews where the trace info has none: the last user message (or assistant
// message) of chat-like JSON, otherwise the JSON text, cut to 1000 characters as MLflow cuts them.
#pragma once

#include <string>
#include <string_view>

#include "core/ingest/record_context.h"

namespace assay::ingest {

enum class PreviewRole : uint8_t { User, Assistant };

constexpr size_t kPreviewChars = 1000;

// `json` is a span's inputs or outputs as JSON text (or any text).
std::string preview_of(std::string_view json, PreviewRole role);

// Fills the previews that are missing, from the trace's root span.
void complete_previews(RecordContext& context, TraceScratch& scratch);

}  // namespace assay::ingest
