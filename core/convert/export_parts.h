// Which files of one drop are parts of one export: traces in one file and their observations, scores or
// feedback in others, spans that a collector wrote into the next file. Such files are read one after another
// by one converter, as if they were packed in one archive, so that what belongs together meets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay::convert {

// How many bytes of a file are enough to tell; of a Parquet file, whose columns stand at its end, as many of
// the last ones.
constexpr size_t kPartHeadBytes = 65536;

// The export that the file may be a part of, as a word to compare: "langfuse"; "" where the file stands for
// itself. `head`: its first bytes, packed or not. Names of members and columns tell, wherever they stand in it.
std::string export_of_part(std::string_view file_name, std::string_view head);

// How many of its first bytes are looked through for ids.
constexpr size_t kIdHeadBytes = size_t{1} << 20;

// What the beginning of a file names that may be the id of a trace or of a span, whatever the export: each word
// once, a line with the two forms that it would have here, "TRACE_ID SPAN_ID\n". "" for a zip. Where the export's name
// tells which one it is ("claude_code SESSION") all of its parts belong together: "*\n".
std::string ids_of_part(std::string_view file_name, std::string_view head, std::string_view export_name = {});

// Files of an export are read together up to this size, since all of their spans wait for the last file.
constexpr uint64_t kMaxJoinedBytes = uint64_t{512} << 20;

struct PartFile {
  std::string export_name;  // of export_of_part()
  uint64_t size_bytes = 0;
};
// Which files are read together: lists of places in `files`, in the order of their first ones. Every file is
// in one list; lists of several are parts of one export.
std::vector<std::vector<uint32_t>> joined_files(const std::vector<PartFile>& files);

// "traces.json + 2": what the files are called together.
std::string joined_name(std::string_view first_name, size_t count);

}  // namespace assay::convert
