#include "tests/support/files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace assay::test {

std::optional<std::string> load_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

void save_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
}

bool is_folder(const std::string& path) { return std::filesystem::is_directory(path); }

std::string source_path(const std::string& relative) {
  return std::string(ASSAY_SOURCE_DIR) + "/" + relative;
}

std::string samples_path(const std::string& relative) {
  return std::string(ASSAY_SOURCE_DIR) + "/../shared/samples/" + relative;
}

std::string oracles_path(const std::string& relative) {
  return std::string(ASSAY_SOURCE_DIR) + "/../shared/oracles/" + relative;
}

std::vector<std::string> folders_in(const std::string& path) {
  std::vector<std::string> names;
  if (!is_folder(path)) return names;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace assay::test
