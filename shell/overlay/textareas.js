// Real <textarea> elements over the canvas: native composition, spelling and undo for notes and
// prompts, and images. The application says each frame where they are; each sits in a box cut to what is visible.
// As kit::OverlayEventKind (ui/kit/context.h).
const EVENT_INPUT = 0, EVENT_COMMIT = 1, EVENT_SUBMIT = 2, EVENT_FOCUS = 3, EVENT_ESCAPE = 4;
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

  // texts: id NUL name NUL placeholder NUL value; box: the text's x0 y0 x1 y1, then the clip's.
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
    if (area.placeholder !== placeholder) area.placeholder = placeholder;
    const fontSize = `${fontSizePx}px`;
    if (area.style.fontSize !== fontSize) area.style.fontSize = fontSize;
    area.classList.toggle('mono', Boolean(flags & FLAG_MONO));
    const readOnly = Boolean(flags & FLAG_READ_ONLY);
    if (area.readOnly !== readOnly) {
      area.readOnly = readOnly;
      area.dir = readOnly ? 'auto' : '';
      area.spellcheck = !readOnly;
    }
    area.disabled = !(flags & FLAG_ENABLED);
    if (item.revision !== revision) {
      item.revision = revision;
      if (area.value !== value) area.value = value;
    }
    if (flags & FLAG_TAKE_FOCUS && !hidden) area.focus({ preventScroll: true });
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
    area.addEventListener('keydown', (event) => {
      if (event.isComposing) return;
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

function setBox(element, x, y, width, height) {
  const style = element.style;
  style.transform = `translate(${x}px, ${y}px)`;
  style.width = `${width}px`;
  style.height = `${height}px`;
}
