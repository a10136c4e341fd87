// Semantics registry: what stands on the screen, in words. Filled once a frame by the kit's
// widgets; read by tests, by the page's window.assay, and by the accessibility mirror. Requests
// from there (activate, set text, focus) are kept until the widget with that id is drawn the next
// time.
//
// Ids are stable names of the project's own ("annotate.label[toxic]"), never the displayed text,
// and unique in a frame. ImGui's own items are watched through the test-engine hooks, so that an
// interactive item without an id of ours is found (unnamed_items()).
//
// Owned by the host, one a Context. nodes() is the last finished frame, valid until the next
// end_frame(). Rectangles are ImGui points, clipped to what is visible; an empty rectangle means
// scrolled out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ui/kit/geometry.h"

namespace assay::kit {

enum class Role : uint8_t {
  None,
  Button,
  Link,
  Checkbox,
  Radio,
  RadioGroup,
  Combobox,
  Listbox,
  Option,
  Textbox,
  Searchbox,
  Slider,
  Tab,
  TabList,
  TabPanel,
  Table,
  Row,
  ColumnHeader,
  Cell,
  Tree,
  TreeItem,
  Menu,
  MenuItem,
  Dialog,
  Heading,
  Text,      // a line of text
  Document,  // a long text: the reading pane
  Status,    // polite announcement
  Alert,     // assertive announcement
  ProgressBar,
  Meter,
  Splitter,  // ARIA separator with a value
  Image,
  Group,
  Region,
  Navigation,
  Main,
  Toolbar,
  List,
  ListItem,
  kCount,
};
const char* role_name(Role role);  // ARIA's: "button", "columnheader", "separator", …

enum SemFlag : uint32_t {
  kSemDisabled = 1U << 0,
  kSemFocused = 1U << 1,
  kSemChecked = 1U << 2,
  kSemCheckable = 1U << 3,  // has a checked state, on or off
  kSemSelected = 1U << 4,
  kSemSelectable = 1U << 5,
  kSemExpanded = 1U << 6,
  kSemExpandable = 1U << 7,
  kSemInvalid = 1U << 8,
  kSemReadOnly = 1U << 9,
  kSemMultiline = 1U << 10,
  kSemPassword = 1U << 11,  // value is never stored
  kSemModal = 1U << 12,
  kSemMixed = 1U << 13,     // checkbox: some
  kSemSortedUp = 1U << 14,  // column header
  kSemSortedDown = 1U << 15,
  kSemHasPopup = 1U << 16,
  kSemDomOverlay = 1U << 17,  // the page has a real element here: no mirror element
};

// What a widget says of itself. Views are only read during the call.
struct SemItem {
  Role role = Role::None;
  std::string_view id;
  std::string_view name;
  std::string_view value = {};
  std::string_view description = {};
  uint32_t flags = 0;
  Rect rect = {};         // unclipped; add() clips it by the current window's clip rectangle
  ImGuiID imgui_id = 0;   // 0: drawn by hand
  int32_t level = 0;      // headings 1-6, tree items from 1
  int64_t set_size = -1;  // of the whole list, also where only a part is drawn
  int64_t position = -1;  // 1-based in the set
  float now = 0, low = 0, high = 0;  // progress, meter, slider, splitter
};

// A node of the finished frame. Texts are offsets into one arena; use the registry's accessors.
struct SemNode {
  Role role = Role::None;
  uint32_t flags = 0;
  int32_t parent = -1;  // index of the container
  int32_t level = 0;
  ImGuiID imgui_id = 0;
  Rect rect;
  int64_t set_size = -1, position = -1;
  float now = 0, low = 0, high = 0;
  uint32_t id_at = 0, id_bytes = 0;
  uint32_t name_at = 0, name_bytes = 0;
  uint32_t value_at = 0, value_bytes = 0;
  uint32_t description_at = 0, description_bytes = 0;
};

inline constexpr size_t kSemValueLimitBytes = 100 * 1000;

class SemanticsRegistry {
 public:
  SemanticsRegistry();
  ~SemanticsRegistry();
  SemanticsRegistry(const SemanticsRegistry&) = delete;
  SemanticsRegistry& operator=(const SemanticsRegistry&) = delete;

  // Watching ImGui's own items costs about 30 % of a frame's CPU; tests and the mirror switch it
  // on.
  void set_watch_items(bool on) { watch_items_ = on; }
  bool watch_items() const { return watch_items_; }

  // -- the last finished frame --
  const std::vector<SemNode>& nodes() const { return done_.nodes; }
  std::string_view id_of(const SemNode& n) const { return view(n.id_at, n.id_bytes); }
  std::string_view name_of(const SemNode& n) const { return view(n.name_at, n.name_bytes); }
  std::string_view value_of(const SemNode& n) const { return view(n.value_at, n.value_bytes); }
  std::string_view description_of(const SemNode& n) const {
    return view(n.description_at, n.description_bytes);
  }
  const SemNode* find(std::string_view id) const;  // nullptr: not on the screen
  // The tree as indented text: role "name" =value [flags] #id. Rectangles only on demand: they
  // vary.
  struct PrintOptions {
    bool rects = false;
    bool ids = true;
    std::string_view under = {};  // only this id and what is in it
  };
  std::string to_text(const PrintOptions& options) const;
  std::string to_text() const { return to_text(PrintOptions{}); }
  // A JSON array for the page: id, role, name, value, rect [x0,y0,x1,y1], enabled, flags by name,
  // parent id.
  std::string to_json() const;
  // Equal for equal frames; lets the mirror skip unchanged ones.
  uint64_t hash() const { return done_.hash; }

  // Both need set_watch_items(true).
  std::vector<std::string> duplicate_ids() const { return done_.duplicates; }
  // "label in window" of interactive ImGui items without a node.
  std::vector<std::string> unnamed_items() const { return done_.unnamed; }

  // Texts of this frame that had no room and were drawn cut; needs set_watch_items(true).
  const std::vector<std::string>& cut_texts() const { return done_.cut_texts; }
  void note_cut_text(std::string_view text) {
    if (watch_items_) building_.cut_texts.emplace_back(text);
  }

  // -- requests from outside; kept for a few frames until the widget takes them --
  void activate(std::string_view id);
  void set_text(std::string_view id, std::string_view text);
  void focus(std::string_view id);
  void set_value(std::string_view id, float value);  // splitters, sliders
  bool has_requests() const { return !requests_.empty(); }
  // Requests that no widget took in time, as "activate some.id"; cleared by the call.
  std::vector<std::string> take_missed_requests();

  // -- for widgets --
  int32_t add(const SemItem& item);   // index of the node
  int32_t open(const SemItem& item);  // what is added until close() is inside it
  void close();
  // Corrections to a node of this frame (its text or rectangle was not known before its contents).
  void amend_rect(int32_t node, const Rect& rect);
  void amend_name(int32_t node, std::string_view name);
  void name_by_contents(
      int32_t node);  // the names of what is directly in it, as far as 200 bytes go
  bool take_activate(std::string_view id);
  bool take_focus(std::string_view id);
  std::optional<std::string> take_text(std::string_view id);
  std::optional<float> take_value(std::string_view id);
  // An ImGui item that needs no name of its own (a scrollbar, a part of a named widget).
  void ignore_item(ImGuiID imgui_id);

  void begin_frame();
  void end_frame();

  // Called by the ImGui hooks only.
  void on_imgui_item(ImGuiID imgui_id, const char* label, const char* window);

 private:
  struct Frame {
    std::vector<SemNode> nodes;
    std::string arena;
    std::vector<std::string> duplicates;
    std::vector<std::string> unnamed;
    std::vector<std::string> cut_texts;
    uint64_t hash = 0;
  };
  enum class RequestKind : uint8_t { Activate, SetText, Focus, SetValue };
  struct Request {
    RequestKind kind;
    std::string id;
    std::string text;
    float value = 0;
    int frames_left = 0;
  };
  struct SeenItem {
    ImGuiID imgui_id;
    std::string label;
  };
  std::string_view view(uint32_t at, uint32_t size) const {
    return std::string_view(done_.arena).substr(at, size);
  }
  uint32_t keep(std::string_view text);
  Request* find_request(RequestKind kind, std::string_view id);
  void push_request(RequestKind kind, std::string_view id);
  void find_duplicates();
  void find_unnamed();
  void hash_frame();

  Frame building_, done_;
  std::vector<int32_t> open_;
  std::vector<Request> requests_;
  std::vector<std::string> missed_;
  std::vector<SeenItem> seen_;
  std::vector<ImGuiID> ignored_;
  bool watch_items_ = false;
};

// "base[key]": ids of things of which there are many.
std::string id_with(std::string_view base, std::string_view key);
std::string id_with(std::string_view base, int64_t number);
// "base.part"
std::string id_part(std::string_view base, std::string_view part);

}  // namespace assay::kit
