#include "wasm/platform/file_source.h"

#include "wasm/platform/js.h"

extern "C" {
void assay_js_files_forget();
void assay_js_files_dialog();
void assay_js_files_example();
void assay_js_files_address(const char* fields, size_t size);  // url NUL host NUL name NUL
void assay_js_files_again(uint32_t token, const char* part, size_t size);
void assay_js_files_all_again();
void assay_js_files_forget_one(uint32_t token);
void assay_js_return_text(const char* text, size_t size);
}

namespace assay::platform {

FileSource::FileSource(HostSink& sink) : sink_(&sink) { attach_js("files", this); }

void FileSource::forget_files() { assay_js_files_forget(); }
void FileSource::open_dialog() { assay_js_files_dialog(); }
void FileSource::open_example() { assay_js_files_example(); }
void FileSource::open_address(const app::FileAddress& address) {
  std::string fields;
  for (const std::string* field : {&address.url, &address.host, &address.name}) (fields += *field) += '\0';
  assay_js_files_address(fields.data(), fields.size());
}
void FileSource::read_again(uint32_t token, std::string_view part) {
  assay_js_files_again(token, part.data(), part.size());
}
void FileSource::forget_file(uint32_t token) { assay_js_files_forget_one(token); }
void FileSource::read_all_again() { assay_js_files_all_again(); }

uint8_t* FileSource::buffer() {
  if (buffer_ == nullptr) buffer_ = std::make_unique_for_overwrite<uint8_t[]>(kBufferBytes);
  return buffer_.get();
}

char* FileSource::space(uint32_t token, size_t size_bytes) {
  char* space = sink_->file_space(token, size_bytes);
  if (space == nullptr) space = reinterpret_cast<char*>(buffer());
  space_ = space;
  return space;
}

ASSAY_EXPORT uint8_t* assay_files_buffer(FileSource* files) { return files->buffer(); }
// For a block of at most assay_files_buffer_size() bytes, which assay_files_chunk() takes.
ASSAY_EXPORT char* assay_files_space(FileSource* files, uint32_t token, size_t size) { return files->space(token, size); }
ASSAY_EXPORT size_t assay_files_buffer_size(FileSource*) { return FileSource::kBufferBytes; }
ASSAY_EXPORT void assay_files_release(FileSource* files) { files->release_buffer(); }
ASSAY_EXPORT uint32_t assay_files_begin(FileSource* files, const char* name, size_t size, const char* part,
                                        size_t part_size, double size_bytes) {
  return files->sink().file_begin(text_of(name, size), static_cast<uint64_t>(size_bytes), text_of(part, part_size));
}
ASSAY_EXPORT void assay_files_chunk(FileSource* files, uint32_t token, size_t size) {
  files->sink().file_chunk(token, files->block(size));
}
ASSAY_EXPORT void assay_files_end(FileSource* files, const char* error, size_t size, uint32_t token) {
  files->sink().file_end(token, text_of(error, size));
}
// The buffer holds the beginning of a file. 1: a converter is to read it; 2: it is feedback that may also be a part of an
// export, and is read by the converter then.
ASSAY_EXPORT int assay_files_needs_conversion(FileSource* files, size_t size) {
  const std::string_view head = text_of(reinterpret_cast<const char*>(files->buffer()), size);
  return files->sink().file_needs_conversion(head) ? 1 : files->sink().file_is_feedback(head) ? 2 : 0;
}
// Returns the converter's options.
ASSAY_EXPORT void assay_files_converting(FileSource* files, uint32_t token) {
  const std::string options = files->sink().file_converting(token);
  assay_js_return_text(options.data(), options.size());
}
ASSAY_EXPORT void assay_files_progress(FileSource* files, uint32_t token, double bytes_read) {
  files->sink().file_progress(token, static_cast<uint64_t>(bytes_read));
}
ASSAY_EXPORT void assay_files_converted(FileSource* files, const char* report, size_t size, uint32_t token) {
  files->sink().file_converted(token, text_of(report, size));
}
// 1: it is not wanted any more; 2: so much of it was read as is wanted.
ASSAY_EXPORT int assay_files_cancelled(FileSource* files, uint32_t token) {
  return files->sink().file_cancelled(token) ? 1 : files->sink().file_enough(token) ? 2 : 0;
}
// Whether a new file that names these ids belongs to the open one: 1, or 2 where it cannot be read now.
ASSAY_EXPORT int assay_files_tie(FileSource* files, const char* ids, size_t size, uint32_t token) {
  return files->sink().file_tie(token, text_of(ids, size));
}
// All files are to be read again, since some have joined others; then each that was joined, by what.
ASSAY_EXPORT void assay_files_join(FileSource* files) { files->sink().files_joined(); }
ASSAY_EXPORT void assay_files_joined(FileSource* files, const char* names, size_t size, uint32_t token) {
  files->sink().file_joined(token, text_of(names, size));
}
ASSAY_EXPORT void assay_files_kept(FileSource* files, int begin) { files->sink().kept_files(begin != 0); }
ASSAY_EXPORT void assay_files_restored(FileSource* files) { files->sink().files_restored(); }
ASSAY_EXPORT void assay_files_notice(FileSource* files, const char* text, size_t size) {
  files->sink().notice(NoticeLevel::Warning, "", text_of(text, size));
}

}  // namespace assay::platform
