// Addresses of files on other hosts (the page's ?url=): what may be fetched, and how it is named.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay::app {

struct FileAddress {
  std::string url;
  std::string host;  // "example.org" or "localhost:8080"
  std::string name;  // the last part of the path, decoded; the host when there is none
};

// Absolute https addresses, and http ones of this machine; no user names or passwords in them. nullopt: another one.
std::optional<FileAddress> parse_file_address(std::string_view url);

}  // namespace assay::app
