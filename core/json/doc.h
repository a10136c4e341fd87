// Small JSON documents (settings, judge replies, journal events, single assessments) as a tree.
// The only door to nlohmann/json: include this in .cpp files, never in a public header of another
// layer. Exceptions are off: parse() reports by Result, the getters return optional or a fallback.
#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace assay::json {

using Doc = nlohmann::ordered_json;  // member order is kept

// Strict RFC 8259; at most 64 MB and kMaxDepth levels.
Result<Doc> parse_doc(std::string_view text);

// Compact, UTF-8 kept, ill-formed UTF-8 replaced.
std::string dump(const Doc& doc);
std::string dump_pretty(const Doc& doc);  // 2 spaces
// As Python's json.dumps writes by default: ", " and ": " separators, non-ASCII as \uXXXX.
std::string dump_python(const Doc& doc);

const Doc* find(const Doc& doc, std::string_view key);  // nullptr: no object or no such key
std::optional<std::string> get_string(const Doc& doc, std::string_view key);
std::optional<int64_t> get_int(const Doc& doc, std::string_view key);
std::optional<double> get_double(const Doc& doc, std::string_view key);
std::optional<bool> get_bool(const Doc& doc, std::string_view key);

}  // namespace assay::json
