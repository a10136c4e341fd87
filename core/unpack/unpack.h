// Unpacker: a packed file goes in, chunk by chunk, and the files inside come out, piece by piece.
// gzip, Zstandard, zip and tar, and these within one another; a file that is not packed comes out
// as it is.
//
// Memory: the windows of the formats (32 kB for gzip, up to 128 MB for Zstandard), one small buffer
// for each layer, and for zip the packed bytes, since its directory stands at the end.
//
// Errors: no input makes it fail as a whole. Whatever is wrong is told as a problem and costs the
// entry that it is in; what could be read of that entry was given out before. Breached limits on
// the total end the file.
//
// Names: of entries in archives, with '/' between folders, free of control characters, leading '/',
// drive letters and "..", valid UTF-8, at most Limits::max_name_bytes long. A single packed file is
// named after itself
// ("a.jsonl.gz" gives "a.jsonl"). Archives inside archives put their name before
// ("inner.zip/a.json"). Folders, links, hidden files (".x") and __MACOSX/ are left out without a
// word.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/job.h"
#include "core/unpack/packing.h"

namespace assay::unpack {

struct Limits {
  uint64_t max_output_bytes = uint64_t{8} << 30;  // of the file, all layers together
  // Bytes that come out for one that goes in, looked at once an entry has given ratio_free_bytes.
  uint64_t max_ratio = 2000;
  uint64_t ratio_free_bytes = uint64_t{64} << 20;
  uint64_t max_entries = 1'000'000;
  uint64_t max_buffered_bytes = uint64_t{1}
                                << 30;  // packed bytes of zip archives that wait for their end
  size_t max_name_bytes = 1024;
  uint32_t max_layers = 3;  // gzip, Zstandard and archives within one another; a tar right inside
                            // its gzip or Zstandard layer is one with it
  uint32_t zstd_window_log = 27;  // 128 MB
  uint64_t max_problems = 1000;   // told one by one; the rest is counted
};

enum class ProblemKind : uint8_t {
  Note,     // nothing of the contents is missing
  Damaged,  // the entry was given out in part, or its checksum is wrong
  Skipped,  // the entry was not given out
};

struct Problem {
  ProblemKind kind;
  std::string_view entry;  // its name, or that of the archive or file
  std::string_view what;   // a sentence
  uint64_t at_byte;        // in the packed file; inside nested archives, where these begin
};

// Gets what is inside. Views are valid during the call. It must not call the Unpacker.
class EntrySink {
 public:
  virtual ~EntrySink() = default;
  // size_bytes: as the archive claims, 0 when it does not say. False: not wanted; no bytes and no
  // end_entry follow, the next entry does.
  virtual bool begin_entry(std::string_view name, uint64_t size_bytes) = 0;
  // False: stop everything; nothing more is called.
  virtual bool entry_bytes(std::string_view bytes) = 0;
  virtual void end_entry() = 0;
  // Between entries, or inside the one that it is about.
  virtual void problem(const Problem& problem) = 0;
};

class Unpacker {
 public:
  // `sink` must outlive the Unpacker.
  Unpacker(EntrySink& sink, std::string file_name, const Limits& limits = {});
  ~Unpacker();

  // The whole chunk at once. False: no more of the file is wanted.
  bool push(std::string_view chunk);
  // The file has no more bytes. Entries of a zip come out only now: this may take long, see work().
  void finish();

  // The same in portions, for hosts that must not be busy for long or whose readers must keep up:
  //   feed(chunk) or end_input(); while (work(budget) == Progress::Working) {…pause…}
  // Waiting asks for the next feed() or end_input(). The chunk must stay as it is until then.
  void feed(std::string_view chunk);
  void end_input();
  // Budget units are bytes given out; a step that gives none counts as a thousand.
  Progress work(Budget& budget);

  uint64_t bytes_in() const;
  uint64_t bytes_out() const;  // given to the sink
  uint64_t entries() const;    // begun, wanted or not
  uint64_t problems() const;   // told or only counted

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace assay::unpack
