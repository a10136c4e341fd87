#include "core/unpack/entry_name.h"

#include "core/base/utf8.h"

namespace assay::unpack {
namespace {

struct Ending {
  Packing packing;
  std::string_view ending, instead;
};

constexpr Ending kEndings[] = {
    {Packing::Gzip, ".gz", ""},  {Packing::Gzip, ".gzip", ""}, {Packing::Gzip, ".tgz", ".tar"},
    {Packing::Zstd, ".zst", ""}, {Packing::Zstd, ".zstd", ""}, {Packing::Zstd, ".tzst", ".tar"},
};

constexpr std::string_view kEllipsis = "\xE2\x80\xA6";

bool is_slash(char c) { return c == '/' || c == '\\'; }

// Calls visit(part) for each part between slashes; stops when it gives false.
template <typename Visit>
void for_each_part(std::string_view path, Visit visit) {
  while (!path.empty()) {
    size_t length = 0;
    while (length < path.size() && !is_slash(path[length]))
      ++length;
    if (length > 0 && !visit(path.substr(0, length))) return;
    path.remove_prefix(length < path.size() ? length + 1 : length);
  }
}

bool is_drive(std::string_view part) {
  return part.size() == 2 && part[1] == ':' && ((part[0] | 0x20) >= 'a' && (part[0] | 0x20) <= 'z');
}

bool is_control(uint32_t c) {
  // Also what changes the direction of the text around it: a name must not look like another one.
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

}  // namespace

std::string unpacked_name(std::string_view name, Packing packing) {
  const std::string lower = ascii_lower(name);
  for (const Ending& e : kEndings) {
    if (e.packing != packing || !lower.ends_with(e.ending) || name.size() == e.ending.size())
      continue;
    return std::string(name.substr(0, name.size() - e.ending.size())).append(e.instead);
  }
  return std::string(name);
}

CleanName clean_name(std::string_view raw, size_t max_bytes) {
  CleanName clean;
  for_each_part(raw, [&](std::string_view part) {
    if (part == "." || part == ".." || (clean.name.empty() && is_drive(part))) return true;
    if (!clean.name.empty()) clean.name += '/';
    for (size_t at = 0; at < part.size();) {
      const DecodedChar c = decode_utf8(part, at);
      append_utf8(clean.name, is_control(c.code_point) ? kReplacementChar : c.code_point);
      at += c.size_bytes;
    }
    return true;
  });
  if (clean.name.size() <= max_bytes) return clean;
  // The end says what kind of file it is, so the beginning goes.
  clean.shortened = true;
  size_t from = clean.name.size() - max_bytes + kEllipsis.size();
  while (from < clean.name.size() && (static_cast<unsigned char>(clean.name[from]) & 0xC0) == 0x80)
    ++from;
  clean.name.replace(0, from, kEllipsis);
  return clean;
}

CleanName member_name(std::string_view prefix, std::string_view raw, size_t max_bytes) {
  CleanName clean = clean_name(raw, max_bytes);
  if (clean.name.empty()) clean.name = "(no name)";
  clean.name.insert(0, prefix);
  return clean;
}

bool is_left_out(std::string_view raw) {
  if (!raw.empty() && is_slash(raw.back())) return true;
  bool left_out = false;
  for_each_part(raw, [&](std::string_view part) {
    left_out = part == "__MACOSX" || (part[0] == '.' && part != "." && part != "..");
    return !left_out;
  });
  return left_out;
}

}  // namespace assay::unpack
