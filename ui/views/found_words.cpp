#include "ui/views/found_words.h"

#include <algorithm>

#include "ui/kit/text.h"

namespace assay::ui {

std::vector<kit::TextMark> find_words(UiFrame& f, std::string_view text, size_t most_bytes, size_t most_marks) {
  FoundWords& found = f.view.found_words;
  const std::vector<std::string>& words = f.session.traces().words();
  if (words != found.words) {
    found.words = words;
    found.finders.clear();
    for (const std::string& word : words) found.finders.emplace_back(word);
  }
  std::vector<kit::TextMark> marks;
  text = text.substr(0, most_bytes);
  for (const search::WordFinder& finder : found.finders) {
    size_t size = 0;
    for (size_t at = finder.find(text, 0, size); at != search::kNotFound && marks.size() < most_marks;
         at = finder.find(text, at + std::max<size_t>(size, 1), size)) {
      marks.push_back({static_cast<uint32_t>(at), static_cast<uint32_t>(at + size)});
    }
  }
  if (found.finders.size() > 1) {
    std::sort(marks.begin(), marks.end(),
              [](const kit::TextMark& a, const kit::TextMark& b) { return a.from < b.from; });
  }
  return marks;
}

void mark_words(UiFrame& f, ImDrawList* list, const kit::Rect& rect, std::string_view text, kit::TextStyle style,
                kit::Color background) {
  if (f.session.traces().words().empty()) return;
  std::vector<kit::TextMark> marks = find_words(f, text, 1000, 100);
  for (kit::TextMark& mark : marks) mark.background = background;
  kit::draw_marks(f.kit, list, rect, text, marks, style);
}

}  // namespace assay::ui
