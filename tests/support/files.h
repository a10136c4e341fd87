// Files for tests: our own under tests/, and the real exports beside the repository where they are there.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace assay::test {

std::optional<std::string> load_file(const std::string& path);
void save_file(const std::string& path, const std::string& text);
bool is_folder(const std::string& path);

// <repository>/<relative>
std::string source_path(const std::string& relative);
// Beside the repository: real exports ("mlflow-real/traces/…") and recorded answers. They may be absent:
// tests then SKIP with a message.
std::string samples_path(const std::string& relative);
std::string oracles_path(const std::string& relative);

// Names of the folders in `path`, sorted.
std::vector<std::string> folders_in(const std::string& path);

}  // namespace assay::test
