// The mirror: what stands on the canvas as real elements at the same places, for screen readers and
// browser automation. The semantics registry is the source; activation, typing and focus go back to it
// as requests. Mouse events on an element are passed on to the canvas.
const CONTAINERS = new Set(['listbox', 'tablist', 'table', 'tree', 'menu', 'radiogroup', 'group', 'region', 'navigation',
  'main', 'toolbar', 'banner', 'list', 'dialog', 'tabpanel', 'row']);
const TEXT_FIELDS = new Set(['textbox', 'searchbox']);
const CELLS = new Set(['cell', 'columnheader', 'rowheader']);
// Names that assistive tools know from what they contain, not from a label.
const NAMED_BY_TEXT = new Set(['text', 'paragraph', 'status', 'alert', 'document', 'cell', 'heading', 'columnheader']);
// Rows of our tables can be selected, which only a grid's may.
const ARIA_ROLES = { text: 'paragraph', table: 'grid', cell: 'gridcell' };
const PASSED_ON = ['mousemove', 'mousedown', 'wheel', 'contextmenu'];

export class Mirror {
  constructor(container, canvas, bridge, pacing) {
    this.container = container;
    this.canvas = canvas;
    this.bridge = bridge;
    this.pacing = pacing;
    this.nodes = new Map();
    this.round = 0;
  }

  remove() {
    this.nodes.clear();
    this.container.replaceChildren();
    this.container.hidden = true;
  }

  update(json) {
    const items = JSON.parse(json);
    this.container.hidden = false;
    this.round++;
    // For each item: the element that holds its children, and the place that element has on the canvas.
    const homes = [];
    const next = new Map();  // place of the next child in each home
    let level = 0;           // of the last heading
    items.forEach((item, index) => {
      if (item.role === 'toolbar' && !items[item.parent]) item.role = 'banner';  // the page's own
      if (item.role === 'listitem' && items[item.parent]?.role !== 'list') item.role = 'button';
      const outer = homes[item.parent ?? -1] ?? { element: this.container, x: 0, y: 0 };
      homes[index] = outer;
      const [x0, y0, x1, y1] = item.rect;
      if (item.role === 'none' || item.overlay || x1 <= x0 || y1 <= y0) return;
      const node = this.nodeOf(item, index);
      node.round = this.round;
      if (item.role === 'heading') item.level = level = Math.min(item.level || 2, level + 1);
      this.fill(node, item, outer);
      const placed = this.wrapped(node, items[item.parent], item);
      const at = next.get(outer.element) ?? 0;
      const there = outer.element.children[at] ?? null;
      if (there !== placed) outer.element.insertBefore(placed, there);
      next.set(outer.element, at + 1);
      if (CONTAINERS.has(item.role)) homes[index] = { element: node.element, x: x0, y: y0 };
    });
    for (const [key, node] of this.nodes) {
      if (node.round === this.round) continue;
      node.element.remove();
      node.wrapper?.remove();
      this.nodes.delete(key);
    }
  }

  // A row may hold nothing but cells: what else stands in one gets a cell of its own.
  wrapped(node, parent, item) {
    if (parent?.role !== 'row' || CELLS.has(item.role)) return node.element;
    if (!node.wrapper) {
      node.wrapper = document.createElement('div');
      node.wrapper.setAttribute('role', 'gridcell');
      node.wrapper.style.display = 'contents';
      node.wrapper.append(node.element);
    }
    return node.wrapper;
  }

  nodeOf(item, index) {
    const key = item.id ? `${item.role} ${item.id}` : `${item.role} #${index}`;
    let node = this.nodes.get(key);
    if (node) return node;
    const element = this.make(item);
    node = { element, round: 0, seen: {} };
    this.nodes.set(key, node);
    return node;
  }

  make(item) {
    const field = TEXT_FIELDS.has(item.role);
    const element = document.createElement(field ? (item.multiline ? 'textarea' : 'input') : 'div');
    if (field) {
      if (item.password) element.type = 'password';
      else if (item.role === 'searchbox') element.type = 'search';
    } else {
      element.setAttribute('role', ARIA_ROLES[item.role] ?? item.role);
    }
    element.dataset.id = item.id;
    if (!CONTAINERS.has(item.role) && !['text', 'heading', 'status', 'alert', 'document', 'img', 'cell', 'progressbar',
      'meter', 'paragraph'].includes(item.role)) element.tabIndex = 0;
    this.listen(element, item, field);
    return element;
  }

  listen(element, item, field) {
    for (const type of PASSED_ON) {
      element.addEventListener(type, (event) => {
        if (field && type === 'mousedown') return;  // it is a real field
        event.stopPropagation();
        if (type === 'mousedown') {
          event.preventDefault();
          this.canvas.focus({ preventScroll: true });
        }
        this.canvas.dispatchEvent(new (type === 'wheel' ? WheelEvent : MouseEvent)(type, event));
      }, { passive: type !== 'wheel' && type !== 'mousedown' });
    }
    element.addEventListener('click', (event) => {
      event.stopPropagation();
      if (event.detail === 0 && !field) this.ask('activate', item.id);  // keyboard or assistive tool
    });
    element.addEventListener('focus', () => {
      if (!field) this.ask('focus', item.id);
    });
    if (field) {
      let composing = false;
      const send = () => {
        this.bridge.callTexts('mirror', 'text', [item.id, element.value]);
        this.pacing.input();
      };
      element.addEventListener('compositionstart', () => { composing = true; });
      element.addEventListener('compositionend', () => { composing = false; send(); });
      element.addEventListener('input', (event) => { if (!event.isComposing && !composing) send(); });
      element.addEventListener('keydown', (event) => {
        if (event.key === 'Enter' && !event.isComposing && !item.multiline) this.ask('activate', item.id);
      });
      return;
    }
    element.addEventListener('keydown', (event) => {
      if (event.target !== element || (event.key !== 'Enter' && event.key !== ' ')) return;
      event.preventDefault();
      this.ask('activate', item.id);
    });
  }

  ask(what, id) {
    this.bridge.callTexts('mirror', what, [id]);
    this.pacing.input();
  }

  fill(node, item, home) {
    const { element, seen } = node;
    const [x0, y0, x1, y1] = item.rect;
    const place = `${x0 - home.x},${y0 - home.y},${x1 - x0},${y1 - y0}`;
    if (seen.place !== place) {
      seen.place = place;
      const style = element.style;
      style.left = `${x0 - home.x}px`;
      style.top = `${y0 - home.y}px`;
      style.width = `${x1 - x0}px`;
      style.height = `${y1 - y0}px`;
    }
    const set = (name, value) => {
      if (seen[name] === value) return;
      seen[name] = value;
      if (value === null || value === undefined) element.removeAttribute(name);
      else element.setAttribute(name, value);
    };
    if (NAMED_BY_TEXT.has(item.role) && !CONTAINERS.has(item.role)) {
      const text = item.role === 'document' || item.role === 'cell' ? item.value || item.name
        : item.role === 'text' && item.value ? `${item.name} ${item.value}` : item.name;
      if (seen.text !== text) element.textContent = seen.text = text;
      if (item.role === 'document') set('aria-label', item.name || null);
    } else {
      set('aria-label', item.name || null);
    }
    set('aria-description', item.description ?? null);
    set('aria-disabled', item.enabled ? null : 'true');
    const pressable = item.role === 'button' && item.checkable;
    set('aria-pressed', pressable ? String(Boolean(item.checked)) : null);
    set('aria-checked', pressable ? null : item.mixed ? 'mixed' : item.checkable ? String(Boolean(item.checked))
      : item.role === 'radio' ? String(Boolean(item.checked)) : null);
    const selectable = item.selectable || item.selected;
    if (item.role === 'link' || item.role === 'button') {
      set('aria-current', item.selected ? (item.role === 'link' ? 'page' : 'true') : null);
    }
    else set('aria-selected', selectable ? String(Boolean(item.selected)) : null);
    set('aria-expanded', item.role === 'combobox' ? String(Boolean(item.expanded)) : item.expandable ? String(Boolean(item.expanded)) : null);
    set('aria-invalid', item.invalid ? 'true' : null);
    set('aria-modal', item.modal ? 'true' : null);
    set('aria-haspopup', item.haspopup ? 'true' : null);
    set('aria-level', item.level ?? null);
    if (item.role === 'row') {
      set('aria-rowindex', item.position > 0 ? item.position + 1 : null);  // the first is that of the headers
    } else if (item.role === 'table') {
      set('aria-rowcount', item.size > 0 ? item.size + 1 : null);
    } else {
      set('aria-posinset', item.position ?? null);
      set('aria-setsize', item.size > 0 ? item.size : null);
    }
    set('aria-sort', item.ascending ? 'ascending' : item.descending ? 'descending' : null);
    set('aria-valuenow', item.now ?? null);
    set('aria-valuemin', item.low ?? null);
    set('aria-valuemax', item.high ?? null);
    if (TEXT_FIELDS.has(item.role)) {
      element.readOnly = Boolean(item.readonly);
      if (!item.password && element.value !== item.value && document.activeElement !== element) element.value = item.value;
    } else if (item.role === 'combobox') {
      if (seen.text !== item.value) element.textContent = seen.text = item.value;
    } else if (item.now !== undefined) {
      set('aria-valuetext', item.value || null);
    }
  }
}
