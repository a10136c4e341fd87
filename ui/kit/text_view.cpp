#include "ui/kit/text_view.h"

#include <algorithm>
#include <cmath>

#include "core/base/hash.h"
#include "core/base/numbers.h"
#include "core/base/utf8.h"
#include "ui/kit/imgui_access.h"
#include "ui/kit/text.h"

namespace assay::kit {
namespace {

// Per frame: what must be wrapped to show the place in view, and what is wrapped ahead.
constexpr size_t kUrgentBytes = 384 * 1024;
constexpr size_t kAheadBytes = 96 * 1024;
constexpr size_t kNumberedBytes = 1 << 20;  // longer texts show no line numbers
// Code points beyond the assigned planes would blow up ImGui's flat glyph tables.
constexpr uint32_t kLastDrawn = 0x3FFFF;

struct View {
  Context& ctx;
  std::string_view text;
  TextViewState& state;
  const TextViewOptions& o;
  TextViewResult result = {};
  ImFont* font = nullptr;
  ImFontBaked* baked = nullptr;
  float size = 0, step = 0, tab = 0;
  float gutter = 0;
  WrapState* wrap = nullptr;
  bool scrolls = false;
  Rect rect = {};   // of the widget
  Rect inner = {};  // of the text
  Hit hit = {};
  ImDrawList* list = nullptr;

  float advance(uint32_t c) const {
    return c > kLastDrawn ? 0.0F : baked->GetCharAdvance(static_cast<ImWchar>(c));
  }
  auto advance_fn() const {
    return [this](uint32_t c) { return advance(c); };
  }
  double estimated_lines() const {
    const auto lines = static_cast<double>(wrap->line_starts.size());
    if (wrap->finished || wrap->wrapped_bytes == 0) return std::max(lines, 1.0);
    const double per_line = static_cast<double>(wrap->wrapped_bytes) / std::max(lines - 1, 1.0);
    return lines + static_cast<double>(text.size() - wrap->wrapped_bytes) / std::max(per_line, 1.0);
  }
  double contents_height() const { return estimated_lines() * static_cast<double>(step); }
  double top() const {  // y of line 0
    return static_cast<double>(inner.y0) - (scrolls ? std::floor(state.scroll_y_pt) : 0.0);
  }
  float line_y(size_t line) const {
    return static_cast<float>(top() + static_cast<double>(line) * static_cast<double>(step));
  }
};

void wrap_more(View& v, size_t bytes) {
  const float width = v.o.wrap ? std::max(v.inner.width(), v.size) : 0;
  const auto advance = v.advance_fn();
  wrap_step(v.text, width, v.tab, advance, bytes, *v.wrap);
}

void prepare(View& v, WrapCache& cache) {
  const TextStyle style = v.o.style;
  const bool mono = style == TextStyle::Mono || style == TextStyle::MonoSmall;
  v.font = font_of(v.ctx.fonts, style);
  v.size = text_height(v.ctx, style);
  v.baked = v.font->GetFontBaked(v.size);
  v.step = std::floor(
      v.size * kLineHeight / (mono ? v.ctx.fonts.mono_factor : v.ctx.fonts.text_factor) + 0.5F);
  v.tab = v.advance(' ') * 4;
  const TextIdentity identity = v.o.identity != 0 ? v.o.identity : text_identity(v.text);
  if (v.state.identity != identity) {
    v.state.identity = identity;
    v.state.selection = {};
    v.state.dragging = false;
    v.state.scroll_y_pt = 0;
  }
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width =
      v.o.width_pt > 0 ? v.o.width_pt : std::max(ImGui::GetContentRegionAvail().x, 1.0F);
  v.rect = {at.x, at.y, at.x + width, at.y};
  if (v.o.line_numbers && v.text.size() < kNumberedBytes) {
    const auto lines = static_cast<int64_t>(std::count(v.text.begin(), v.text.end(), '\n') + 1);
    std::string digits;
    append_int(digits, lines);
    v.gutter = v.advance('0') * static_cast<float>(digits.size()) + px(kSpaceM);
  }
  v.inner = v.rect;
  v.inner.x0 += v.gutter;
  // Room for the bar is kept wherever the view could ever scroll, so that lines do not wrap anew.
  if (v.o.height_pt > 0 || v.o.max_height_pt > 0) v.inner.x1 -= ImGui::GetStyle().ScrollbarSize;
  if (v.o.max_measure_pt > 0) v.inner.x1 = std::min(v.inner.x1, v.inner.x0 + v.o.max_measure_pt);
  WrapCache::Entry& entry =
      cache.entry(identity, v.text.size(), v.o.wrap ? v.inner.width() : 0, v.font, v.size);
  v.wrap = &entry.wrap;
  if (v.wrap->line_starts.empty()) wrap_more(v, 32 * 1024);
}

void lay_out(View& v) {
  const double natural = v.contents_height();
  double height = natural;
  if (v.o.height_pt > 0) height = static_cast<double>(v.o.height_pt);
  if (v.o.height_pt <= 0 && v.o.max_height_pt > 0) {
    height = std::min(height, static_cast<double>(v.o.max_height_pt));
  }
  v.scrolls = natural > height + 0.5;
  v.rect.y1 = v.rect.y0 + static_cast<float>(height);
  v.inner.y0 = v.rect.y0;
  v.inner.y1 = v.rect.y1;
  if (!v.scrolls) v.state.scroll_y_pt = 0;
}

void clamp_scroll(View& v) {
  const double most = std::max(0.0, v.contents_height() - static_cast<double>(v.rect.height()));
  v.state.scroll_y_pt = std::clamp(v.state.scroll_y_pt, 0.0, most);
}

// First and last line in view.
std::pair<size_t, size_t> visible_lines(const View& v) {
  const Rect clip = intersection(v.rect, window_clip());
  if (clip.empty()) return {1, 0};
  const double first = (static_cast<double>(clip.y0) - v.top()) / static_cast<double>(v.step);
  const double last = (static_cast<double>(clip.y1) - v.top()) / static_cast<double>(v.step);
  return {static_cast<size_t>(std::max(first, 0.0)), static_cast<size_t>(std::max(last, 0.0))};
}

void wrap_for_view(View& v) {
  if (v.wrap->finished) return;
  const size_t last = visible_lines(v).second;
  size_t spent = 0;
  while (!v.wrap->finished && v.wrap->line_starts.size() <= last + 1 && spent < kUrgentBytes) {
    wrap_more(v, 32 * 1024);
    spent += 32 * 1024;
  }
  if (!v.wrap->finished && spent == 0) wrap_more(v, kAheadBytes);
  if (!v.wrap->finished) v.ctx.request_frame(0);
}

size_t offset_at(const View& v, ImVec2 point) {
  const double line_f = (static_cast<double>(point.y) - v.top()) / static_cast<double>(v.step);
  if (line_f < 0) return 0;
  const auto line = static_cast<size_t>(line_f);
  if (line >= v.wrap->line_starts.size())
    return v.wrap->finished ? v.text.size() : v.wrap->wrapped_bytes;
  const auto advance = v.advance_fn();
  return offset_at_x(v.text, line_range(v.text, *v.wrap, line), point.x - v.inner.x0, v.tab,
                     advance);
}

// Shows `offset`; false while the text is not wrapped so far.
bool scroll_to(View& v, size_t offset) {
  if (!v.wrap->finished && v.wrap->wrapped_bytes <= offset) {
    wrap_more(v, std::min(offset + 1 - v.wrap->wrapped_bytes, kUrgentBytes));
    if (!v.wrap->finished && v.wrap->wrapped_bytes <= offset) {
      v.ctx.request_frame(0);
      return false;
    }
  }
  const size_t line = line_of(*v.wrap, offset);
  if (v.scrolls) {
    const double y = static_cast<double>(line) * static_cast<double>(v.step);
    const auto height = static_cast<double>(v.rect.height());
    if (y < v.state.scroll_y_pt || y + static_cast<double>(v.step) > v.state.scroll_y_pt + height) {
      v.state.scroll_y_pt = y - height * 0.3;
    }
  } else {
    const float y = v.line_y(line);
    const Rect clip = window_clip();
    if (y < clip.y0 || y + v.step > clip.y1)
      ImGui::SetScrollFromPosY(y - ImGui::GetWindowPos().y, 0.3F);
  }
  return true;
}

void read_mouse(View& v) {
  const ImGuiIO& io = ImGui::GetIO();
  TextViewState& s = v.state;
  if (v.hit.hovered || s.dragging) ImGui::SetMouseCursor(ImGuiMouseCursor_TextInput);
  if (v.hit.hovered && v.scrolls) {
    v.state.scroll_y_pt += static_cast<double>(claim_wheel(v.hit.imgui_id).y);
  }
  const TextSelection before = s.selection;
  if (v.hit.hovered && ImGui::IsMouseClicked(ImGuiMouseButton_Left)) {
    const size_t offset = offset_at(v, io.MousePos);
    s.clicks = std::min(ImGui::GetMouseClickedCount(ImGuiMouseButton_Left), 3);
    if (io.KeyShift && s.clicks == 1) {
      s.drag_begun = {s.selection.anchor, s.selection.anchor};
      s.selection.caret = offset;
    } else {
      s.drag_begun = s.clicks == 1   ? TextRange{offset, offset}
                     : s.clicks == 2 ? word_at(v.text, offset)
                                     : paragraph_at(v.text, offset);
      s.selection = {s.drag_begun.from, s.drag_begun.to};
    }
    s.dragging = true;
  } else if (s.dragging && v.hit.held) {
    if (io.MouseDelta.x != 0 || io.MouseDelta.y != 0 || !v.rect.contains(io.MousePos)) {
      s.selection = extend_selection(v.text, s.drag_begun, offset_at(v, io.MousePos), s.clicks);
      if (v.scrolls && io.MousePos.y < v.rect.y0) s.scroll_y_pt -= static_cast<double>(v.step);
      if (v.scrolls && io.MousePos.y > v.rect.y1) s.scroll_y_pt += static_cast<double>(v.step);
    }
  }
  if (!v.hit.held) s.dragging = false;
  if (v.hit.hovered && v.hit.right_clicked) v.result.wants_menu = true;
  v.result.selection_changed =
      before.anchor != s.selection.anchor || before.caret != s.selection.caret;
}

size_t moved_caret(const View& v, bool by_word) {
  const size_t caret = std::min(v.state.selection.caret, v.text.size());
  const ImGuiID id = v.hit.imgui_id;
  const size_t line = line_of(*v.wrap, caret);
  const auto advance = v.advance_fn();
  const auto beside = [&](size_t other) {
    const float x = x_of_offset(v.text, v.wrap->line_starts[line], caret, v.tab, advance);
    return offset_at_x(v.text, line_range(v.text, *v.wrap, other), x, v.tab, advance);
  };
  if (claimed_key_pressed(id, ImGuiKey_LeftArrow)) {
    return by_word ? previous_word(v.text, caret) : previous_char(v.text, caret);
  }
  if (claimed_key_pressed(id, ImGuiKey_RightArrow)) {
    return by_word ? next_word(v.text, caret) : next_char(v.text, caret);
  }
  if (claimed_key_pressed(id, ImGuiKey_UpArrow)) return line > 0 ? beside(line - 1) : 0;
  if (claimed_key_pressed(id, ImGuiKey_DownArrow)) {
    return line + 1 < v.wrap->line_starts.size() ? beside(line + 1) : v.text.size();
  }
  if (claimed_key_pressed(id, ImGuiKey_Home))
    return by_word ? 0 : line_range(v.text, *v.wrap, line).from;
  if (claimed_key_pressed(id, ImGuiKey_End)) {
    return by_word ? v.text.size() : line_range(v.text, *v.wrap, line).to;
  }
  return caret;
}

void scroll_by_keys(View& v) {
  const ImGuiID id = v.hit.imgui_id;
  const auto page = static_cast<double>(v.rect.height() - v.step);
  const auto line = static_cast<double>(v.step);
  double& y = v.state.scroll_y_pt;
  if (claimed_key_pressed(id, ImGuiKey_UpArrow)) y -= line;
  if (claimed_key_pressed(id, ImGuiKey_DownArrow)) y += line;
  if (claimed_key_pressed(id, ImGuiKey_PageUp)) y -= page;
  if (claimed_key_pressed(id, ImGuiKey_PageDown)) y += page;
  if (claimed_key_pressed(id, ImGuiKey_Home)) y = 0;
  if (claimed_key_pressed(id, ImGuiKey_End)) y = v.contents_height();
}

void copy_selection(View& v) {
  const TextRange range = v.state.selection.range();
  if (range.empty()) return;
  const size_t to = std::min(range.to, v.text.size());
  ImGui::SetClipboardText(std::string(v.text.substr(range.from, to - range.from)).c_str());
  v.result.copied = true;
}

void read_keys(View& v) {
  v.result.focused = v.hit.focused;
  if (!v.hit.focused) return;
  const ImGuiIO& io = ImGui::GetIO();
  const bool shift = io.KeyShift && !io.KeyAlt;
  if (v.scrolls || shift) {
    claim_keys(v.hit.imgui_id,
               {ImGuiKey_UpArrow, ImGuiKey_DownArrow, ImGuiKey_LeftArrow, ImGuiKey_RightArrow,
                ImGuiKey_Home, ImGuiKey_End, ImGuiKey_PageUp, ImGuiKey_PageDown});
  }
  if (shift) {
    const size_t caret = moved_caret(v, io.KeyCtrl);
    if (caret != v.state.selection.caret) {
      v.state.selection.caret = caret;
      v.result.selection_changed = true;
      v.state.scroll_to_byte = static_cast<int64_t>(caret);
    }
  } else if (v.scrolls && !io.KeyCtrl && !io.KeyAlt) {
    scroll_by_keys(v);
  }
  if (io.KeyMods == ImGuiMod_Ctrl) {
    if (ImGui::IsKeyPressed(ImGuiKey_A, false)) {
      v.state.selection = {0, v.text.size()};
      v.result.selection_changed = true;
    }
    if (ImGui::IsKeyPressed(ImGuiKey_C, false) || ImGui::IsKeyPressed(ImGuiKey_Insert, false))
      copy_selection(v);
  }
  const bool menu = ImGui::IsKeyPressed(ImGuiKey_Menu, false) ||
                    (shift && ImGui::IsKeyPressed(ImGuiKey_F10, false));
  if (menu) v.result.wants_menu = true;
}

// ---- drawing ----

void fill_range(View& v, size_t line, TextRange line_text, TextRange range, ImU32 fill,
                bool to_edge) {
  const size_t from = std::max(range.from, line_text.from);
  const size_t to = std::min(range.to, line_text.to);
  const bool past_end = to_edge && range.to > line_text.to && range.from <= line_text.to;
  if (from >= to && !past_end) return;
  const auto advance = v.advance_fn();
  const float x0 =
      x_of_offset(v.text, line_text.from, std::min(from, line_text.to), v.tab, advance);
  float x1 = x_of_offset(v.text, line_text.from, std::max(to, std::min(from, line_text.to)), v.tab,
                         advance);
  if (past_end) x1 += v.advance(' ');  // shows that the line feed is in it
  const float y = v.line_y(line);
  v.list->AddRectFilled(ImVec2(v.inner.x0 + x0, y), ImVec2(v.inner.x0 + x1, y + v.step), fill);
}

void draw_marks(View& v, size_t line, TextRange range) {
  const auto marks = v.o.marks;
  auto first = std::lower_bound(marks.begin(), marks.end(), range.from,
                                [](const TextMark& m, size_t at) { return m.from < at; });
  // A mark that began on an earlier line may reach into this one.
  for (int back = 0; back < 16 && first != marks.begin(); ++back)
    --first;
  for (auto mark = first; mark != marks.end() && mark->from < range.to; ++mark) {
    fill_range(v, line, range, {mark->from, mark->to}, color(mark->background), false);
  }
}

size_t run_end(const View& v, size_t at, size_t line_end, ImU32& ink) {
  const auto runs = v.o.colors;
  const auto after = std::upper_bound(runs.begin(), runs.end(), at,
                                      [](size_t o, const ColorRun& run) { return o < run.from; });
  ink = color(v.o.token);
  size_t end = after == runs.end() ? line_end : std::min<size_t>(after->from, line_end);
  if (after != runs.begin()) {
    const ColorRun& run = *(after - 1);
    if (at < run.to) {
      ink = color(run.token);
      end = std::min<size_t>(run.to, line_end);
    }
  }
  return end;
}

// One stretch of a single colour, cut at tabs and at what cannot be drawn.
float draw_stretch(View& v, TextRange range, float x, float y, ImU32 ink) {
  size_t from = range.from;
  float from_x = x;
  const auto flush = [&](size_t to) {
    if (to > from) {
      v.list->AddText(v.font, v.size, ImVec2(v.inner.x0 + from_x, y), ink, v.text.data() + from,
                      v.text.data() + to);
    }
  };
  size_t at = range.from;
  while (at < range.to) {
    const DecodedChar c = decode_utf8(v.text, at);
    const bool skip = c.code_point == '\t' || c.code_point == '\r' || c.code_point > kLastDrawn;
    if (skip) {
      flush(at);
      if (c.code_point == '\t' && v.tab > 0) x = (std::floor(x / v.tab + 0.001F) + 1) * v.tab;
    } else {
      x += v.advance(c.code_point);
    }
    at += c.size_bytes;
    if (skip) {
      from = at;
      from_x = x;
    }
  }
  flush(range.to);
  return x;
}

void draw_line(View& v, size_t line) {
  const TextRange range = line_range(v.text, *v.wrap, line);
  draw_marks(v, line, range);
  const bool lively = v.hit.focused || v.hit.held;
  if (!v.state.selection.empty()) {
    fill_range(v, line, range, v.state.selection.range(),
               lively ? color(Color::TextSelection) : color(Color::Pressed), true);
  }
  const float y = v.line_y(line) + std::floor((v.step - v.size) * 0.5F);
  float x = 0;
  size_t at = range.from;
  while (at < range.to) {
    ImU32 ink = 0;
    const size_t end = run_end(v, at, range.to, ink);
    x = draw_stretch(v, {at, end}, x, y, ink);
    at = end;
  }
  ++v.result.lines_drawn;
}

size_t text_end(const View& v) { return v.wrap->finished ? v.text.size() : v.wrap->wrapped_bytes; }

Rect place_of(const View& v, uint32_t offset) {
  if (offset > text_end(v)) return {};
  const size_t line = line_of(*v.wrap, offset);
  const auto advance = v.advance_fn();
  const float x = v.inner.x0 + x_of_offset(v.text, v.wrap->line_starts[line], offset, v.tab, advance);
  const float y = v.line_y(line);
  return {x, y, x, y + v.step};
}

void draw_line_number(View& v, size_t line, int64_t number) {
  std::string digits;
  append_int(digits, number);
  const float y = v.line_y(line);
  draw_text(v.ctx, v.list, {v.rect.x0, y, v.inner.x0 - px(kSpaceM), y + v.step}, digits,
            TextStyle::MonoSmall, Color::TextDisabled, Align::Right);
}

void draw(View& v) {
  v.list = ImGui::GetWindowDrawList();
  ImGui::PushClipRect(v.rect.min(), v.rect.max(), true);
  const auto [first, last] = visible_lines(v);
  int64_t number = 0;
  for (size_t line = first; line <= last && line < v.wrap->line_starts.size(); ++line) {
    draw_line(v, line);
    if (v.gutter <= 0) continue;
    const size_t start = v.wrap->line_starts[line];
    if (number == 0)
      number = 1 + std::count(v.text.begin(), v.text.begin() + static_cast<ptrdiff_t>(start), '\n');
    if (line != first && start > 0 && v.text[start - 1] == '\n') ++number;
    if (start == 0 || v.text[start - 1] == '\n') draw_line_number(v, line, number);
  }
  // Not wrapped as far as the eye: say that text is there.
  for (size_t line = std::max(first, v.wrap->line_starts.size()); line <= last && !v.wrap->finished;
       ++line) {
    const float y = v.line_y(line) + v.step * 0.3F;
    v.list->AddRectFilled(ImVec2(v.inner.x0, y),
                          ImVec2(v.inner.x0 + v.inner.width() * 0.8F, y + v.step * 0.4F),
                          color(Color::Skeleton), 3);
  }
  if (v.hit.ring) draw_focus_ring(v.list, v.rect, px(kRadiusSmall), true);
  ImGui::PopClipRect();
}

}  // namespace

TextIdentity text_identity(std::string_view text) { return hash_bytes(text) | 1U; }

size_t WrapCache::size_bytes() const {
  size_t total = 0;
  for (const Entry& entry : entries_)
    total += sizeof(Entry) + entry.wrap.size_bytes();
  return total;
}

WrapCache::Entry& WrapCache::entry(TextIdentity identity, size_t text_bytes, float width_pt,
                                   const void* font, float size_pt) {
  ++clock_;
  for (Entry& e : entries_) {
    if (e.identity == identity && e.text_bytes == text_bytes && e.width_pt == width_pt &&
        e.font == font && e.size_pt == size_pt) {
      e.used = clock_;
      return e;
    }
  }
  while (!entries_.empty() && size_bytes() > budget_bytes_) {
    entries_.erase(
        std::min_element(entries_.begin(), entries_.end(),
                         [](const Entry& a, const Entry& b) { return a.used < b.used; }));
  }
  Entry fresh;
  fresh.identity = identity;
  fresh.text_bytes = text_bytes;
  fresh.width_pt = width_pt;
  fresh.font = font;
  fresh.size_pt = size_pt;
  fresh.used = clock_;
  entries_.push_back(std::move(fresh));
  return entries_.back();
}

TextViewResult text_view(Context& ctx, std::string_view id, std::string_view text,
                         TextViewState& state, WrapCache& cache, const TextViewOptions& options) {
  if (window_skips_items()) return {};
  View v{ctx, text, state, options};
  prepare(v, cache);
  lay_out(v);
  wrap_for_view(v);
  lay_out(v);  // the height may be better known now
  v.hit = hit_area(ctx, id, v.rect.size(), kHitOnPress | kHitNoRing | kHitKeysAreMine);
  if (v.hit.visible) {
    read_mouse(v);
    read_keys(v);
  }
  if (state.scroll_to_byte >= 0 && scroll_to(v, static_cast<size_t>(state.scroll_to_byte)))
    state.scroll_to_byte = -1;
  clamp_scroll(v);
  if (v.hit.visible) draw(v);
  if (v.scrolls) {
    const float bar = ImGui::GetStyle().ScrollbarSize;
    scrollbar(ctx, id_part(id, "scroll"), {v.rect.x1 - bar, v.rect.y0, v.rect.x1, v.rect.y1}, true,
              state.scroll_y_pt, static_cast<double>(v.rect.height()), v.contents_height());
  }
  SemItem item;
  item.role = Role::Document;
  item.name = options.name;
  item.value = text;
  item.flags = kSemReadOnly;
  add_hit_node(ctx, v.hit, id, item);
  v.result.rect = v.rect;
  for (const uint32_t offset : options.locate) v.result.located.push_back(place_of(v, offset));
  return v.result;
}

}  // namespace assay::kit
