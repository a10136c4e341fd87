// Source: bytes that are pulled, a piece at a time. Sources are put on one another (chunks → gzip →
// …); each holds a reference to the one below, which must outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace assay::unpack {

constexpr size_t kPieceBytes = size_t{64} << 10;

enum class Flow : uint8_t {
  Data,
  Waiting,  // for the file's next chunk
  End,
  Failed,  // ends before its end; the problem has been told
};

struct Piece {
  Flow flow = Flow::End;
  std::string_view bytes =
      {};  // of Data, not empty; valid until the next read() of the same source
};

class Source {
 public:
  virtual ~Source() = default;

  Piece read(size_t max_bytes = kPieceBytes);
  // The last `count` bytes of the last piece will be read again. Valid once, right after read().
  void give_back(size_t count);

  // The place in the file of the next byte: exact where nothing is packed, near it inside packed
  // data.
  virtual uint64_t position() const = 0;
  // How many bytes of the file (of a zip entry: of its packed bytes) what was read so far was made
  // of.
  virtual uint64_t packed_bytes() const = 0;
  // Each byte is one of the file (of a zip entry: of its packed bytes).
  virtual bool is_plain() const { return false; }

 protected:
  size_t unread_bytes() const { return rest_.size(); }

 private:
  virtual Piece produce() = 0;
  std::string_view rest_;  // of the last produced piece
};

// The file itself, as the host hands it over.
class ChunkSource : public Source {
 public:
  void feed(std::string_view chunk);
  void end() { ended_ = true; }
  bool has_ended() const { return ended_; }
  uint64_t position() const override { return given_bytes_ - unread_bytes(); }
  uint64_t packed_bytes() const override { return position(); }
  bool is_plain() const override { return true; }

 private:
  Piece produce() override;
  std::string_view chunk_;
  uint64_t given_bytes_ = 0;
  bool ended_ = false;
};

// Lets the first bytes be looked at before they are read.
class PeekSource : public Source {
 public:
  explicit PeekSource(Source& in) : in_(in) {}
  // Before the first read(): Data when head() has `bytes` bytes or all there are, or Waiting.
  Flow peek(size_t bytes);
  std::string_view head() const { return head_; }
  bool has_failed() const { return after_head_ == Flow::Failed; }
  uint64_t position() const override { return in_.position() - kept_bytes(); }
  uint64_t packed_bytes() const override { return in_.packed_bytes() - kept_bytes(); }
  bool is_plain() const override { return in_.is_plain(); }

 private:
  Piece produce() override;
  // What was taken from below and not read here.
  uint64_t kept_bytes() const;
  Source& in_;
  std::string head_;
  bool head_given_ = false;
  Flow after_head_ = Flow::Data;
};

}  // namespace assay::unpack
