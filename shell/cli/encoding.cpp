#include "shell/cli/encoding.h"

#include <iconv.h>

#include <cerrno>

#include "core/base/utf8.h"

namespace assay::cli {
namespace {

constexpr size_t kEnoughBytes = 65536;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

iconv_t opened(const void* converter) { return const_cast<iconv_t>(converter); }

// Of text that may be cut off at its end.
bool may_be_utf8(std::string_view text) {
  const size_t bad = find_invalid_utf8(text);
  if (bad == std::string_view::npos) return true;
  // A character of up to 4 bytes that goes on behind the end.
  const auto lead = static_cast<unsigned char>(text[bad]);
  const size_t wanted = lead >= 0xF0 && lead < 0xF5 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (lead >= 0xF5 || text.size() - bad >= wanted) return false;
  for (const char c : text.substr(bad + 1)) {
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) return false;
  }
  return true;
}

}  // namespace

bool is_gb18030(std::string_view head) {
  if (head.empty() || static_cast<unsigned char>(head[0]) >= 0xFE || may_be_utf8(head)) return false;
  const std::string_view text = head.substr(0, kEnoughBytes);
  if (text.find('\0') != std::string_view::npos) return false;  // UTF-16, or no text at all
  size_t pairs = 0, singles = 0;
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) < 0x80) continue;
    if (static_cast<unsigned char>(text[++i]) >= 0x80) ++pairs;
    else ++singles;
  }
  if (pairs <= 3 * singles) return false;
  Gb18030Reader reader;
  std::string ignored;
  reader.append(head, ignored);
  return reader.ok() && !reader.met_bad_bytes();
}

Gb18030Reader::Gb18030Reader() : converter_(iconv_open("UTF-8", "GB18030")) {}
Gb18030Reader::~Gb18030Reader() {
  if (ok()) iconv_close(opened(converter_));
}

bool Gb18030Reader::ok() const { return opened(converter_) != reinterpret_cast<iconv_t>(-1); }

void Gb18030Reader::append(std::string_view bytes, std::string& utf8) {
  if (!ok()) return;
  std::string text = std::move(cut_);
  text += bytes;
  cut_.clear();
  char* from = text.data();
  size_t left = text.size();
  char out[16384];
  while (left > 0) {
    char* to = out;
    size_t room = sizeof out;
    const size_t done = iconv(opened(converter_), &from, &left, &to, &room);
    const int error = done == static_cast<size_t>(-1) ? errno : 0;
    utf8.append(out, static_cast<size_t>(to - out));
    if (error == EINVAL) {  // cut off
      cut_.assign(from, left);
      return;
    }
    if (error == EILSEQ) {
      // 0x80 is the sign of the euro in what Windows calls GBK.
      const bool is_euro = static_cast<unsigned char>(*from) == 0x80;
      utf8 += is_euro ? std::string_view("\xE2\x82\xAC") : kReplacement;
      bad_ = bad_ || !is_euro;
      ++from;
      --left;
    }
  }
}

void Gb18030Reader::finish(std::string& utf8) {
  if (!cut_.empty()) utf8 += kReplacement;
  cut_.clear();
}

}  // namespace assay::cli
