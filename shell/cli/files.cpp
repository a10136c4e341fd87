#include "shell/cli/files.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "core/convert/export_parts.h"
#include "core/convert/file_reader.h"
#include "shell/cli/encoding.h"

namespace assay::cli {
namespace {

constexpr size_t kChunkBytes = 1 << 20;

Error system_error(std::string_view what, const std::string& path) {
  return make_error(ErrorCode::Refused, std::string(what) + " " + path + ": " + std::strerror(errno));
}

// An open file, closed with this object unless it is standard input.
class Input {
 public:
  explicit Input(const std::string& path) : file_(path == "-" ? stdin : std::fopen(path.c_str(), "rb")) {
    struct stat info{};
    if (file_ == nullptr) {
      error_ = system_error("Cannot open", path).what;
    } else if (fstat(fileno(file_), &info) == 0) {
      if (S_ISDIR(info.st_mode)) error_ = "Cannot read " + path + ": it is a folder";
      if (S_ISREG(info.st_mode)) size_bytes_ = static_cast<uint64_t>(info.st_size);
    }
  }
  ~Input() {
    if (file_ != nullptr && file_ != stdin) std::fclose(file_);
  }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  std::FILE* file() const { return file_; }
  uint64_t size_bytes() const { return size_bytes_; }  // 0: not known
  const std::string& error() const { return error_; }

 private:
  std::FILE* file_;
  uint64_t size_bytes_ = 0;
  std::string error_;
};

}  // namespace

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void print_error(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fputc('\n', stderr);
}

Result<ingest::FileReport> import_file(store::Dataset& dataset, const std::string& path, const Reading& reading) {
  return import_parts(dataset, {path}, reading);
}

Result<ingest::FileReport> import_parts(store::Dataset& dataset, const std::vector<std::string>& paths,
                                        const Reading& reading) {
  ingest::FileReport report;
  std::unique_ptr<convert::FileReader> reader;
  for (const std::string& path : paths) {
    const Input input(path);
    if (!input.error().empty()) {
      if (reader != nullptr) reader->cancel();
      return make_error(ErrorCode::Refused, input.error());
    }
    if (reader == nullptr) {
      convert::ConvertOptions options;
      options.mapping = reading.columns;
      reader = std::make_unique<convert::FileReader>(dataset, report, path, input.size_bytes(), std::move(options),
                                                     reading.limits, convert::joined_name(path, paths.size()));
    } else {
      reader->next_file(path, input.size_bytes());
    }
    std::vector<char> chunk(kChunkBytes);
    std::unique_ptr<Gb18030Reader> chinese;
    std::string utf8;
    for (bool first = true; !reader->is_done(); first = false) {
      const size_t count = std::fread(chunk.data(), 1, chunk.size(), input.file());
      if (count == 0) break;
      const std::string_view bytes(chunk.data(), count);
      if (first && is_gb18030(bytes)) chinese = std::make_unique<Gb18030Reader>();
      utf8.clear();
      if (chinese != nullptr) chinese->append(bytes, utf8);
      reader->push(chinese != nullptr ? std::string_view(utf8) : bytes);
    }
    utf8.clear();
    if (chinese != nullptr) chinese->finish(utf8);
    if (!utf8.empty()) reader->push(utf8);
    if (std::ferror(input.file()) != 0) {
      const Error error = system_error("Cannot read", path);
      reader->cancel();
      return error;
    }
  }
  reader->finish();
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
