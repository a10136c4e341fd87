#include "shell/cli/inputs.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "core/convert/export_parts.h"
#include "core/ingest/sniff.h"

namespace assay::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxFolders = 32;  // within one another

// As the page takes them from a folder (shell/files.js).
bool is_export_name(std::string name) {
  const auto cut = [&](std::string_view end) {
    const bool found = name.size() > end.size() && name.compare(name.size() - end.size(), end.size(), end) == 0;
    if (found) name.resize(name.size() - end.size());
    return found;
  };
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (!cut(".gz")) cut(".zst");
  for (const std::string_view end : {".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".txt", ".log", ".pb", ".bin", ".eval",
                                     ".zip", ".tar", ".tgz"}) {
    if (cut(end)) return true;
  }
  return false;
}

void add_folder(const fs::path& folder, int depth, std::vector<std::string>& out) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) entries.push_back(at->path());
  std::sort(entries.begin(), entries.end());
  for (const fs::path& entry : entries) {
    const std::string name = entry.filename().string();
    if (name.empty() || name[0] == '.') continue;
    if (fs::is_directory(entry, error)) {
      if (depth < kMaxFolders) add_folder(entry, depth + 1, out);
    } else if (is_export_name(name)) {
      out.push_back(entry.string());
    }
  }
}

std::string head_of(const std::string& path) {
  std::string head(convert::kPartHeadBytes, '\0');
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return {};
  head.resize(std::fread(head.data(), 1, head.size(), file));
  std::fclose(file);
  return head;
}

}  // namespace

std::vector<std::vector<std::string>> inputs_of(const std::vector<std::string>& paths, const Reading& reading) {
  std::vector<std::string> files;
  std::error_code error;
  for (const std::string& path : paths) {
    const size_t before = files.size();
    if (path != "-" && fs::is_directory(path, error)) add_folder(path, 0, files);
    if (files.size() == before) files.push_back(path);  // an empty folder is told when it is read
  }
  std::vector<convert::PartFile> parts(files.size());
  for (size_t i = 0; i < files.size() && files.size() > 1 && reading.columns.empty(); ++i) {
    if (files[i] == "-" || !fs::is_regular_file(files[i], error)) continue;
    const std::string head = head_of(files[i]);
    // What is read as it stands (MLflow's own traces may hold anything) is part of nothing else.
    if (ingest::route_of(std::string_view(head).substr(0, ingest::kRouteBytes)) != ingest::FileRoute::Convert) continue;
    parts[i].export_name = convert::export_of_part(files[i], head);
    const auto size = fs::file_size(files[i], error);
    parts[i].size_bytes = error ? 0 : size;
  }
  std::vector<std::vector<std::string>> out;
  for (const std::vector<uint32_t>& list : convert::joined_files(parts)) {
    std::vector<std::string>& group = out.emplace_back();
    for (const uint32_t i : list) group.push_back(files[i]);
  }
  return out;
}

}  // namespace assay::cli
