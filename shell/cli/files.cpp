#include "shell/cli/files.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

#include "core/convert/file_reader.h"

namespace assay::cli {
namespace {

constexpr size_t kChunkBytes = 1 << 20;

Error system_error(std::string_view what, const std::string& path) {
  return make_error(ErrorCode::Refused, std::string(what) + " " + path + ": " + std::strerror(errno));
}

}  // namespace

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void print_error(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fputc('\n', stderr);
}

Result<ingest::FileReport> import_file(store::Dataset& dataset, const std::string& path, const Reading& reading) {
  const bool is_stdin = path == "-";
  std::FILE* file = is_stdin ? stdin : std::fopen(path.c_str(), "rb");
  if (file == nullptr) return system_error("Cannot open", path);
  struct stat info{};
  const bool known = fstat(fileno(file), &info) == 0;
  if (known && S_ISDIR(info.st_mode)) {
    std::fclose(file);
    return make_error(ErrorCode::Refused, "Cannot read " + path + ": it is a folder");
  }
  const uint64_t size_bytes = known && S_ISREG(info.st_mode) ? static_cast<uint64_t>(info.st_size) : 0;
  ingest::FileReport report;
  convert::ConvertOptions options;
  options.mapping = reading.columns;
  convert::FileReader importer(dataset, report, path, size_bytes, std::move(options), reading.limits);
  std::vector<char> chunk(kChunkBytes);
  for (;;) {
    const size_t count = std::fread(chunk.data(), 1, chunk.size(), file);
    if (count == 0 || importer.is_done()) break;
    importer.push({chunk.data(), count});
  }
  const bool failed = std::ferror(file) != 0;
  Error error = failed ? system_error("Cannot read", path) : Error{};
  if (!is_stdin) std::fclose(file);
  if (failed) {
    importer.cancel();
    return error;
  }
  importer.finish();
  return report;
}

Result<std::string> read_whole(const std::string& path) {
  constexpr size_t kMaxBytes = size_t{1} << 30;
  const bool is_stdin = path == "-";
  std::FILE* file = is_stdin ? stdin : std::fopen(path.c_str(), "rb");
  if (file == nullptr) return system_error("Cannot open", path);
  std::string text;
  std::vector<char> chunk(kChunkBytes);
  size_t count = 0;
  while (text.size() <= kMaxBytes && (count = std::fread(chunk.data(), 1, chunk.size(), file)) > 0)
    text.append(chunk.data(), count);
  const bool failed = std::ferror(file) != 0;
  Error error = failed ? system_error("Cannot read", path) : Error{};
  if (!is_stdin) std::fclose(file);
  if (failed) return error;
  if (text.size() > kMaxBytes) return make_error(ErrorCode::TooLarge, path + " is larger than 1 GB");
  return text;
}

Status FileSink::open(const std::string& path) {
  path_ = path;
  is_stdout_ = path == "-";
  file_ = is_stdout_ ? stdout : std::fopen(path.c_str(), "wb");
  if (file_ == nullptr) return system_error("Cannot write", path);
  return ok_status();
}

void FileSink::write(std::string_view bytes) {
  if (failed_ || file_ == nullptr) return;
  if (std::fwrite(bytes.data(), 1, bytes.size(), static_cast<std::FILE*>(file_)) != bytes.size()) {
    failed_ = true;
  }
}

Status FileSink::close() {
  if (file_ == nullptr) return ok_status();
  auto* file = static_cast<std::FILE*>(file_);
  file_ = nullptr;
  const int closed = is_stdout_ ? std::fflush(file) : std::fclose(file);
  if (failed_ || closed != 0) return system_error("Cannot write", path_);
  return ok_status();
}

FileSink::~FileSink() {
  const Status status = close();  // an error is of interest to callers of close() only
  static_cast<void>(status.ok());
}

}  // namespace assay::cli
