#include "core/unpack/shared.h"

namespace assay::unpack {
namespace {

// "8 GB", "64 MB": limits are round numbers.
std::string size_text(uint64_t bytes) {
  if (bytes >= (uint64_t{1} << 30) && bytes % (uint64_t{1} << 30) == 0)
    return std::to_string(bytes >> 30) + " GB";
  if (bytes >= (uint64_t{1} << 20)) return std::to_string(bytes >> 20) + " MB";
  return std::to_string(bytes) + " bytes";
}

bool is_over_ratio(uint64_t out, uint64_t in, const Limits& limits) {
  return out > limits.ratio_free_bytes && out / limits.max_ratio >= (in == 0 ? 1 : in);
}

}  // namespace

void Shared::tell(ProblemKind kind, std::string_view entry, std::string_view what,
                  uint64_t at_byte) {
  if (silent_) return;
  ++problems_;
  if (problems_ <= limits_.max_problems) sink_.problem({kind, entry, what, at_byte});
}

void Shared::tell_rest(std::string_view file_name, uint64_t at_byte) {
  if (silent_ || problems_ <= limits_.max_problems) return;
  const std::string what =
      std::to_string(problems_ - limits_.max_problems) + " more problems like these were found.";
  sink_.problem({ProblemKind::Note, file_name, what, at_byte});
}

bool Shared::give(std::string_view bytes) {
  bytes_given_ += bytes.size();
  if (sink_.entry_bytes(bytes)) return true;
  stopped_ = silent_ = true;
  return false;
}

void Shared::end() {
  if (!silent_) sink_.end_entry();
}

bool Shared::count_entry(std::string_view archive, uint64_t at_byte) {
  if (stopped_) return false;
  if (entries_ < limits_.max_entries) {
    ++entries_;
    return true;
  }
  stopped_ = true;
  tell(ProblemKind::Skipped, archive,
       "It holds more than " + std::to_string(limits_.max_entries) +
           " files: the rest of them was left out.",
       at_byte);
  return false;
}

bool Shared::allow_output(std::string_view entry, size_t count, uint64_t all, const Source& in) {
  output_bytes_ += count;
  ratio_bytes_ += count;
  if (output_bytes_ > limits_.max_output_bytes) {
    stopped_ = true;
    tell(ProblemKind::Damaged, entry,
         "The file holds more than " + size_text(limits_.max_output_bytes) +
             " when it is unpacked: it was read up to there. Unpack it yourself and open its parts "
             "one by "
             "one.",
         in.position());
    return false;
  }
  if (is_over_ratio(all, in.packed_bytes(), limits_)) {
    ratio_bytes_ -= ratio_bytes_ < all ? ratio_bytes_ : all;
    tell(ProblemKind::Damaged, entry,
         "It grows to more than " + std::to_string(limits_.max_ratio) +
             " times its size when it is unpacked, as files made to do harm do: it was read up to "
             "there.",
         in.position());
    return false;
  }
  if (is_over_ratio(ratio_bytes_, bytes_in_, limits_)) {
    stopped_ = true;
    tell(ProblemKind::Damaged, entry,
         "The file grows to more than " + std::to_string(limits_.max_ratio) +
             " times its size when it is unpacked, as files made to do harm do: it was read up to "
             "here.",
         in.position());
    return false;
  }
  return true;
}

bool Shared::reserve(size_t bytes) {
  if (bytes > limits_.max_buffered_bytes - buffered_bytes_) return false;
  buffered_bytes_ += bytes;
  return true;
}

}  // namespace assay::unpack
