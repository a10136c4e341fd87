// What no system signs: lists of messages ({"messages": [{role, content}]}, ShareGPT's
// {"conversations":
// [{from, value}]}, fine-tuning lines, prompt and completion pairs) and tables. A table's columns
// are read as the user mapped them, else as their names tell; the report says which column was
// taken for what. The last of all formats.
#pragma once

#include "core/convert/format.h"

namespace assay::convert {

constexpr std::string_view kChatFormatName = "Chat messages or table";
Format chat_format();

}  // namespace assay::convert
