// Keys: which are ours and which stay the browser's. Ours go straight to ImGui; nothing goes through
// SDL. A shortcut that we do not use is never prevented; F-keys, zoom, tabs, reload, address bar,
// developer tools and the clipboard keys are always the browser's.
const FIND_AGAIN_MS = 2000;

// With Ctrl, on a Mac with Command.
const MOD_KEYS = new Set(['f', 'k', 'p', 'z', 'y', 's', 'o', 'a', 'Enter', 'Backspace', 'Delete', 'ArrowLeft',
  'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'Escape']);
const MOD_SHIFT_KEYS = new Set(['z', 'Enter', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End']);
const NOT_OURS_ALONE = /^(F\d+|Pause|PrintScreen|ScrollLock|CapsLock|NumLock|Dead|Process|Unidentified|Media.*|Audio.*|Browser.*|Launch.*)$/;
const MODIFIER_KEYS = new Set(['Control', 'Shift', 'Alt', 'Meta', 'AltGraph']);

export function letterOf(event) {
  if (event.key.length === 1 && event.key.charCodeAt(0) < 128) return event.key.toLowerCase();
  const match = /^Key([A-Z])$/.exec(event.code);
  return match && event.key.length === 1 ? match[1].toLowerCase() : event.key;
}

export class Keys {
  constructor(bridge, pacing, canvas, agent, isMac) {
    this.bridge = bridge;
    this.pacing = pacing;
    this.canvas = canvas;
    this.agent = agent;
    this.isMac = isMac;
    this.lastFindMs = -1e9;
    this.modifiers = 0;
    this.down = new Set();
    window.addEventListener('keydown', (event) => this.onKey(event, true), true);
    window.addEventListener('keyup', (event) => this.onKey(event, false), true);
    window.addEventListener('mousedown', (event) => this.setModifiers(event), true);
    window.addEventListener('blur', () => this.releaseAll());
  }

  // True for the elements through which the application is typed into; real fields are left alone.
  isOurs(target) {
    return target === this.canvas || target === this.agent || target === document.body ||
      target === document.documentElement;
  }

  onKey(event, down) {
    if (event.isComposing || event.keyCode === 229) {  // the IME owns it
      event.stopImmediatePropagation();
      return;
    }
    if (!this.isOurs(event.target)) return;
    event.stopImmediatePropagation();
    this.setModifiers(event);
    if (MODIFIER_KEYS.has(event.key)) {
      // On a Mac no keyup comes for keys held down with Command.
      if (event.key === 'Meta' && !down) this.releaseAll();
      return;
    }
    if (down ? !this.wanted(event) : !this.down.has(event.code)) return;
    if (down) this.down.add(event.code);
    else this.down.delete(event.code);
    if (!event.repeat) {
      this.bridge.callTexts('input', 'key', [event.code, event.key], down ? 1 : 0);
      this.pacing.input();
    }
    if (down && this.mustPrevent(event)) event.preventDefault();
  }

  wanted(event) {
    if (NOT_OURS_ALONE.test(event.key)) return false;
    const altGraph = event.getModifierState('AltGraph');
    const ctrl = event.ctrlKey && !altGraph;
    const alt = event.altKey && !altGraph;
    const mod = this.isMac ? event.metaKey : ctrl;
    const foreign = this.isMac ? ctrl : event.metaKey;  // the system's own
    if (foreign) return false;
    const key = letterOf(event);
    if (mod) {
      if (alt) return false;
      if (event.shiftKey) return MOD_SHIFT_KEYS.has(key);
      if (key === 'f') return this.firstFind(event);
      return MOD_KEYS.has(key);
    }
    if (alt) {
      if (/^Digit[1-9]$/.test(event.code) || event.key === 'Enter') return true;
      // Option and an arrow move by words on a Mac; elsewhere they are back and forward.
      return this.isMac && event.key.length > 1;
    }
    return true;
  }

  // A second Ctrl+F soon after the first is meant for the browser's own search.
  firstFind(event) {
    const again = !event.repeat && performance.now() - this.lastFindMs < FIND_AGAIN_MS;
    this.lastFindMs = again ? -1e9 : performance.now();
    return !again;
  }

  mustPrevent(event) {
    const printable = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!printable && event.key.length === 1 && event.getModifierState('AltGraph')) return false;
    if (!printable) return true;
    // Nothing to type into: keep Firefox's quick find and page scrolling away.
    return event.target !== this.agent && (event.key === '/' || event.key === "'" || event.key === ' ');
  }

  setModifiers(event) {
    const altGraph = event.getModifierState && event.getModifierState('AltGraph');
    const modifiers = (event.ctrlKey && !altGraph ? 1 : 0) | (event.shiftKey ? 2 : 0) |
      (event.altKey && !altGraph ? 4 : 0) | (event.metaKey ? 8 : 0);
    if (modifiers === this.modifiers) return;
    this.modifiers = modifiers;
    this.bridge.call('input', 'modifiers', modifiers);
    this.pacing.input();
  }

  releaseAll() {
    this.modifiers = 0;
    this.down.clear();
    this.bridge.call('input', 'release');
    this.pacing.dirty();
  }
}
