// Text in GB18030 (GBK), in which Excel in China saves a CSV, as UTF-8: with the C library's iconv. The core reads UTF-8
// and UTF-16; the page has its browser's decoder for this (shell/encoding.js), and tells such text by the same rule.
#pragma once

#include <string>
#include <string_view>

namespace assay::cli {

// Whether a file that begins with `head` is text in GB18030, and this system can read it. Latin-1 is taken for it by a
// decoder as well, but there a byte beyond ASCII mostly stands between ASCII letters, while Chinese text has them in
// pairs.
bool is_gb18030(std::string_view head);

class Gb18030Reader {
 public:
  Gb18030Reader();
  ~Gb18030Reader();
  Gb18030Reader(const Gb18030Reader&) = delete;
  Gb18030Reader& operator=(const Gb18030Reader&) = delete;
  bool ok() const;  // this system knows the encoding
  // Appends the text as UTF-8; a character that is cut at the end waits for the next piece. What is none becomes U+FFFD.
  void append(std::string_view bytes, std::string& utf8);
  void finish(std::string& utf8);
  bool met_bad_bytes() const { return bad_; }

 private:
  void* converter_;  // iconv_t
  std::string cut_;  // the beginning of a character
  bool bad_ = false;
};

}  // namespace assay::cli
