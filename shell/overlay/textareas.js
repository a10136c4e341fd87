// Real <textarea> elements over the canvas: native composition, spelling and undo for notes and
// prompts, and images. The application says each frame where they are; each sits in a box cut to what is visible.
// As kit::OverlayEventKind (ui/kit/context.h).
const EVENT_INPUT = 0, EVENT_COMMIT = 1, EVENT_SUBMIT = 2, EVENT_FOCUS = 3, EVENT_ESCAPE = 4, EVENT_SELECT = 5;
const FLAG_MONO = 1, FLAG_ENABLED = 2, FLAG_TAKE_FOCUS = 4, FLAG_COVERED = 8, FLAG_READ_ONLY = 16, FLAG_IMAGE = 32;

export class Textareas {
  constructor(container, canvas, bridge, pacing, label) {
    this.container = container;
    this.canvas = canvas;
    this.bridge = bridge;
    this.pacing = pacing;
    container.setAttribute('role', 'region');
    container.setAttribute('aria-label', label);
    this.items = new Map();
    this.round = 0;
  }

  begin() {
    this.round++;
  }

  // texts: id NUL name NUL placeholder (of a text to read: its marks) NUL value; box: the text's x0 y0 x1 y1, then the clip's.
  put(texts, box, revision, fontSizePx, flags) {
    const [id, name, placeholder] = texts.split('\0', 3);
    const value = texts.slice(id.length + name.length + placeholder.length + 3);
    const item = this.items.get(id) ?? (flags & FLAG_IMAGE ? this.makeImage(id, name, value) : this.make(id));
    item.round = this.round;
    const { frame, area } = item;
    const x0 = Math.max(box[0], box[4]), y0 = Math.max(box[1], box[5]);
    const x1 = Math.min(box[2], box[6]), y1 = Math.min(box[3], box[7]);
    const hidden = Boolean(flags & FLAG_COVERED) || x1 <= x0 || y1 <= y0;
    frame.hidden = hidden;
    if (!hidden) {
      setBox(frame, x0, y0, x1 - x0, y1 - y0);
      setBox(area, box[0] - x0, box[1] - y0, box[2] - box[0], box[3] - box[1]);
    }
    if (flags & FLAG_IMAGE) return;
    if (area.getAttribute('aria-label') !== name) area.setAttribute('aria-label', name);
    const fontSize = `${fontSizePx}px`;
    if (area.style.fontSize !== fontSize) area.style.fontSize = fontSize;
    area.classList.toggle('mono', Boolean(flags & FLAG_MONO));
    const readOnly = Boolean(flags & FLAG_READ_ONLY);
    if (!readOnly && area.placeholder !== placeholder) area.placeholder = placeholder;
    if (area.readOnly !== readOnly) {
      area.readOnly = readOnly;
      area.dir = readOnly ? 'auto' : '';
      area.spellcheck = !readOnly;
    }
    area.disabled = !(flags & FLAG_ENABLED);
    if (item.revision !== revision) {
      item.revision = revision;
      if (area.value !== value) area.value = value;
      item.text = value;
      item.marks = '';
      item.selected = '';
    }
    if (readOnly) this.mark(item, placeholder, fontSize);
    if (flags & FLAG_TAKE_FOCUS && !hidden) area.focus({ preventScroll: true });
  }

  // Behind the words: the same text once more, laid out the same, of which only the marks can be seen.
  mark(item, marks, fontSize) {
    if (item.marks !== marks) {
      item.marks = marks;
      item.under?.remove();
      item.under = null;
      if (marks) {
        const under = item.under = document.createElement('div');
        under.className = 'overlay-marks';
        under.setAttribute('aria-hidden', 'true');
        const bytes = new TextEncoder().encode(item.text);
        const piece = (from, to) => new TextDecoder().decode(bytes.subarray(from, to)).replaceAll('\r\n', '\n');
        let at = 0;
        for (const [from, to, color] of marks.split(';').map((mark) => mark.split(' '))) {
          if (!color || Number(to) <= at) continue;
          const begin = Math.max(at, Number(from));
          const mark = document.createElement('mark');
          mark.style.background = color;
          mark.textContent = piece(begin, Number(to));
          under.append(piece(at, begin), mark);
          at = Number(to);
        }
        under.append(`${piece(at, bytes.length)}\u200b`);
        item.frame.prepend(under);
      }
    }
    const { under, area } = item;
    if (!under) return;
    under.dir = 'auto';
    under.classList.toggle('mono', area.classList.contains('mono'));
    under.style.fontSize = fontSize;
    under.style.transform = area.style.transform;
    under.style.width = `${area.clientWidth}px`;
    under.style.height = area.style.height;
    under.scrollTop = area.scrollTop;
  }

  end() {
    for (const [id, item] of this.items) {
      if (item.round === this.round) continue;
      const focused = document.activeElement === item.area;
      item.gone = true;
      item.frame.remove();
      this.items.delete(id);
      if (focused) this.canvas.focus({ preventScroll: true });
    }
  }

  // Its size is told when the browser knows it. Clicks and the wheel belong to the canvas below.
  makeImage(id, name, address) {
    const frame = document.createElement('div');
    frame.className = 'overlay-frame';
    const area = document.createElement('img');
    const item = { frame, area, revision: -1, round: 0, gone: false };
    const tell = () => {
      if (item.gone) return;
      this.bridge.callTexts('textarea', 'event', [id, `${area.naturalWidth} ${area.naturalHeight}`], EVENT_INPUT);
      this.pacing.dirty();
    };
    area.dataset.id = id;
    area.alt = name;
    area.decoding = 'async';
    area.addEventListener('load', tell);
    area.addEventListener('error', tell);
    area.src = /^data:image\//i.test(address) ? address : 'data:,';
    frame.append(area);
    this.container.append(frame);
    this.items.set(id, item);
    return item;
  }

  make(id) {
    const frame = document.createElement('div');
    frame.className = 'overlay-frame';
    const area = document.createElement('textarea');
    area.dataset.id = id;
    area.spellcheck = true;
    frame.append(area);
    const item = { frame, area, revision: -1, round: 0, gone: false };
    const send = (kind) => {
      if (item.gone) return;
      this.bridge.callTexts('textarea', 'event', [id, area.value], kind);
      this.pacing.input();
    };
    area.addEventListener('input', () => send(EVENT_INPUT));
    area.addEventListener('focus', () => send(EVENT_FOCUS));
    area.addEventListener('blur', () => send(EVENT_COMMIT));
    // What is selected in a text to read, in bytes of it.
    const tellSelection = () => {
      if (!area.readOnly || item.gone) return;
      const place = (at) => new TextEncoder().encode(item.text.slice(0, originalPlace(item.text, at))).length;
      const selected = `${place(area.selectionStart)} ${place(area.selectionEnd)}`;
      if (selected === item.selected) return;
      item.selected = selected;
      this.bridge.callTexts('textarea', 'event', [id, selected], EVENT_SELECT);
      this.pacing.input();
    };
    for (const type of ['select', 'pointerup', 'keyup', 'blur']) area.addEventListener(type, tellSelection);
    area.addEventListener('scroll', () => { if (item.under) item.under.scrollTop = area.scrollTop; });
    area.addEventListener('keydown', (event) => {
      if (event.isComposing) return;
      // Nothing can be written here: single letters are commands of the page.
      if (area.readOnly && event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey) {
        tellSelection();
        this.canvas.focus({ preventScroll: true });
        this.canvas.dispatchEvent(new KeyboardEvent('keydown', event));
        event.preventDefault();
        return;
      }
      if (event.key === 'Escape') {
        send(EVENT_ESCAPE);
        this.canvas.focus({ preventScroll: true });
        event.preventDefault();
      } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        send(EVENT_SUBMIT);
        event.preventDefault();
      }
    });
    // What it cannot scroll itself belongs to the region under it.
    area.addEventListener('wheel', (event) => {
      const room = event.deltaY < 0 ? area.scrollTop > 0 : area.scrollTop + area.clientHeight < area.scrollHeight - 1;
      if (room || event.ctrlKey) return;
      event.preventDefault();
      this.canvas.dispatchEvent(new WheelEvent('wheel', event));
    }, { passive: false });
    this.container.append(frame);
    this.items.set(id, item);
    return item;
  }
}

// Elements write line ends as one character.
function originalPlace(text, at) {
  if (!text.includes('\r\n')) return at;
  let i = 0;
  for (; at > 0; at--) i += text.startsWith('\r\n', i) ? 2 : 1;
  return i;
}

function setBox(element, x, y, width, height) {
  const style = element.style;
  style.transform = `translate(${x}px, ${y}px)`;
  style.width = `${width}px`;
  style.height = `${height}px`;
}
