// What the program asks of the page: one object, Module.host, made of the parts in this folder. The
// functions of wasm/js/*.js call it.
import { Canvas } from './canvas.js';
import { Clipboard } from './clipboard.js';
import { Files } from './files.js';
import { Glyphs } from './glyphs.js';
import { KeyStore } from './key_store.js';
import { Keys } from './keys.js';
import { Offline } from './offline.js';
import { Pacing } from './pacing.js';
import { Storage, openDatabase, scope } from './storage.js';
import { Transport } from './transport.js';
import { Mirror } from './overlay/mirror.js';
import { PageText } from './overlay/page_text.js';
import { TextAgent } from './overlay/text_agent.js';
import { Textareas } from './overlay/textareas.js';

const REPLACE_EVERY_MS = 250;  // browsers limit how often the address may change
const byId = (id) => document.getElementById(id);

export class Host {
  constructor(bridge, crash, options) {
    this.bridge = bridge;
    this.crashScreen = crash;
    this.glyphBlock = 0;
    this.glyphBlockBytes = 0;
    this.pacing = new Pacing(bridge);
    this.canvasElement = byId('canvas');
    const agentElement = byId('agent');
    this.database = openDatabase();
    this.database.catch(() => {});  // each user of it says so
    this.canvas = new Canvas(this.canvasElement, bridge, this.pacing, () => crash.showContextGone());
    this.keys = new Keys(bridge, this.pacing, this.canvasElement, agentElement, options.os === 'mac');
    this.agent = new TextAgent(agentElement, this.canvasElement, bridge, this.pacing);
    this.clipboard = new Clipboard(bridge, this.pacing, this.keys);
    this.glyphs = new Glyphs();
    this.storage = new Storage(bridge, this.pacing, options.texts);
    this.files = new Files(bridge, this.pacing, this.database, byId('drop'), byId('file'), options.texts,
      options.build);
    this.transport = new Transport(bridge, this.pacing, options.build.fetch_worker);
    this.keyStore = new KeyStore(bridge, this.pacing);
    this.mirror = new Mirror(byId('mirror'), this.canvasElement, bridge, this.pacing);
    this.textareas = new Textareas(byId('overlays'), this.canvasElement, bridge, this.pacing, options.texts.textFields);
    this.pageText = new PageText(options.texts, options.build, () => {
      this.canvasElement.focus({ preventScroll: true });
      this.pacing.input();
    });
    this.download = new Download(this.files);
    this.history = new History(bridge, this.pacing);
    this.lock = new JudgeLock(bridge, this.pacing);
    this.settings = settings;
    this.drafts = drafts;
    this.announcer = new Announcer();
    this.offline = new Offline(() => this.tell('update', '1'));
    this.watchPage();
  }

  // --- for wasm/js ----------------------------------------------------------------------------------
  attach(name, size, adapter) { this.bridge.handles[this.text(name, size)] = adapter; }
  text(address, size) { return this.bridge.text(address, size); }
  copy(address, size) { return this.bridge.bytes(address, size).slice(); }
  fields(address, size) { return this.text(address, size).split('\0').slice(0, -1); }
  returnText(text, size) { this.bridge.returned = this.text(text, size); }
  dirty(frames) { this.pacing.dirty(frames); }
  tickSoon() { this.pacing.tickSoon(); }
  random(bytes, count) {
    for (let at = 0; at < count; at += 65536) {  // the most that one call may fill
      crypto.getRandomValues(this.bridge.bytes(bytes + at, Math.min(65536, count - at)));
    }
  }
  log(line, size) { this.crashScreen.log(this.text(line, size)); }
  announce(text) { this.announcer.say(text); }
  crash(message, size) {
    const error = new Error(this.text(message, size));
    this.bridge.die(error);
    throw error;  // out of the program, for good
  }
  openPage(address) {
    const link = document.createElement('a');
    link.href = new URL(address, document.baseURI).href;
    link.target = '_blank';
    link.rel = 'noopener';
    link.click();
  }
  pageLook(dark, language, size, scale, rgb) {
    const root = document.documentElement;
    root.dataset.theme = dark ? 'dark' : 'light';
    root.lang = this.text(language, size);
    root.style.setProperty('--ui-scale', String(scale));
    const color = `#${rgb.toString(16).padStart(6, '0')}`;
    root.style.setProperty('--page', color);
    document.querySelector('meta[name=theme-color]')?.setAttribute('content', color);
  }

  pageTitle(title) { document.title = title; }
  // Something that the program should know of.
  tell(option, value) {
    this.bridge.callTexts('app', 'option', [option, value]);
    this.pacing.dirty();
  }
  // The fields: a title, then title and text of each section.
  openPageText([title, ...rest]) {
    const sections = [];
    for (let at = 0; at + 1 < rest.length; at += 2) sections.push({ title: rest[at], text: rest[at + 1] });
    this.pageText.open(title, sections);
  }
  // A file of settings, from a chooser of its own.
  chooseSettings() {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = '.json,application/json';
    input.addEventListener('change', async () => {
      const [file] = input.files;
      if (!file) return;
      const text = file.size < 5e6 ? await file.text() : '';
      this.bridge.callTexts('app', 'command', ['settings.import', `json\0${text.replaceAll('\0', '')}\0`]);
      this.bridge.takeReturned();
      this.pacing.dirty();
    });
    input.click();
  }
  takeUpdate() { this.offline.takeOver(); }

  // --- start ------------------------------------------------------------------------------------------
  async begin() {
    this.pacing.start();
    this.keyStore.tell();
    this.tell('origin', location.host);
    if (navigator.onLine === false) this.tell('online', '0');
    await this.storage.load(this.database);
    await this.files.restore();
  }

  watchPage() {
    const asked = () => this.askToPersist();
    window.addEventListener('pointerdown', asked, { once: true, capture: true });
    window.addEventListener('keydown', asked, { once: true, capture: true });
    window.addEventListener('beforeunload', (event) => {
      if (this.bridge.dead || !this.bridge.call('app', 'unsaved')) return;
      event.preventDefault();
      event.returnValue = '';
    });
    const online = () => {
      this.tell('online', navigator.onLine ? '1' : '0');
      this.pacing.event();
    };
    window.addEventListener('online', online);
    window.addEventListener('offline', online);
    window.addEventListener('storage', ({ key }) => {
      if (key === null || key.startsWith('assay.key:')) this.keyStore.tell();
    });
    byId('mirror-on').addEventListener('click', () => {
      this.bridge.call('mirror', 'set_on', 1);
      byId('mirror-on').hidden = true;
      this.pacing.dirty();
    });
  }

  // The browser may empty the storage of pages that never asked.
  async askToPersist() {
    try {
      const persistent = await navigator.storage?.persist?.();
      this.bridge.call('app', 'persistent', persistent ? 1 : 0);
    } catch {
      // Not offered here.
    }
  }

  // After a crash: SDL's listeners call the program directly, so their events must not reach them any more.
  sealOff() {
    this.canvasElement.remove();
    for (const type of ['mouseup', 'resize', 'focus', 'blur', 'visibilitychange', 'beforeunload', 'pointerlockchange',
      'fullscreenchange']) {
      window.addEventListener(type, (event) => event.stopImmediatePropagation(), true);
    }
  }

  // Names of what is still going on; empty: nothing.
  activities() {
    const active = [];
    if (this.bridge.call('app', 'idle') === 0) active.push('session');
    if (this.storage.busy) active.push('storage');
    if (this.files.busy) active.push('files');
    if (this.transport.busy) active.push('requests');
    if (this.history.pending) active.push('address');
    if (this.agent.composing) active.push('composition');
    return active;
  }
}

class Download {
  constructor(files) {
    this.files = files;
  }
  begin(name, type, form) {
    this.name = name;
    this.type = type;
    this.form = form;
    this.parts = [];
  }
  write(bytes) { this.parts.push(bytes); }
  async finish() {
    const { name, type, form } = this;
    let parts = this.parts;
    this.parts = [];
    if (form) {
      parts = await this.files.exported(name, new Blob(parts), form);
      if (!parts) return;
    }
    const url = URL.createObjectURL(new Blob(parts, { type }));
    const link = document.createElement('a');
    link.href = url;
    link.download = name;
    link.hidden = true;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 60 * 1000);
  }
}

class History {
  constructor(bridge, pacing) {
    this.fragment = location.hash;
    this.pending = null;
    this.timer = 0;
    this.lastMs = -1e9;
    const come = () => {
      if (location.hash === this.fragment) return;
      this.fragment = location.hash;
      this.cancelPending();
      bridge.callTexts('history', 'navigate', [location.hash]);
      pacing.event();
      pacing.dirty();
    };
    window.addEventListener('popstate', come);
    window.addEventListener('hashchange', come);
  }

  go(push, fragment) {
    if (fragment === (this.pending?.fragment ?? this.fragment)) return;
    if (push) {
      this.settle();
      this.write(true, fragment);
      return;
    }
    this.pending = { fragment };
    if (!this.timer) {
      this.timer = setTimeout(() => this.settle(), Math.max(0, this.lastMs + REPLACE_EVERY_MS - performance.now()));
    }
  }

  settle() {
    const pending = this.pending;
    this.cancelPending();
    if (pending) this.write(false, pending.fragment);
  }

  cancelPending() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.pending = null;
  }

  write(push, fragment) {
    this.fragment = fragment;
    this.lastMs = performance.now();
    try {
      history[push ? 'pushState' : 'replaceState'](null, '', fragment || location.pathname + location.search);
      this.fragment = location.hash;  // as the browser spells it
    } catch {
      // Too many changes in a short time: the address stays behind, nothing else depends on it.
    }
  }
}

class JudgeLock {
  constructor(bridge, pacing) {
    this.bridge = bridge;
    this.pacing = pacing;
    this.releaseHeld = null;
    this.asked = 0;
  }

  answer(granted) {
    this.bridge.call('lock', 'answer', granted ? 1 : 0);
    this.pacing.event();
    this.pacing.dirty();
  }

  request() {
    if (this.releaseHeld) {
      setTimeout(() => this.answer(true), 0);
      return;
    }
    const number = ++this.asked;
    if (!navigator.locks) {
      setTimeout(() => this.answer(true), 0);
      return;
    }
    navigator.locks.request(`assay-judge:${scope}`, { ifAvailable: true }, (lock) => {
      if (number !== this.asked) return undefined;  // released before the answer came
      this.answer(lock !== null);
      if (!lock) return undefined;
      return new Promise((resolve) => { this.releaseHeld = resolve; });
    }).catch(() => this.answer(true));
  }

  release() {
    this.asked++;
    this.releaseHeld?.();
    this.releaseHeld = null;
  }
}

const settings = {
  key: `assay.settings:${scope}`,
  load() {
    try {
      return localStorage.getItem(this.key) ?? '';
    } catch {
      return '';
    }
  },
  save(text) {
    try {
      localStorage.setItem(this.key, text);
    } catch {
      // Refused or full: the settings last as long as the tab.
    }
  },
};

// What was begun and not saved, one item each, so that tabs leave each other's alone.
const drafts = {
  prefix: `assay.draft:${scope}:`,
  load() {
    const found = {};
    try {
      for (let i = 0; i < localStorage.length; ++i) {
        const key = localStorage.key(i);
        if (key.startsWith(this.prefix)) found[key.slice(this.prefix.length)] = localStorage.getItem(key);
      }
    } catch {
      return '';
    }
    return JSON.stringify(found);
  },
  eraseAll() {
    try {
      for (const key of Object.keys(localStorage)) if (key.startsWith(this.prefix)) localStorage.removeItem(key);
    } catch {
      // Nothing is kept where storage is refused.
    }
  },
  save(place, text) {
    try {
      if (text === '') localStorage.removeItem(this.prefix + place);
      else localStorage.setItem(this.prefix + place, text);
    } catch {
      // Refused or full: the draft lasts as long as the tab.
    }
  },
};

export { drafts, settings };

class Announcer {
  constructor() {
    this.region = byId('live');
    this.queue = [];
  }
  say(text) {
    this.queue.push(text);
    if (this.queue.length === 1) this.next();
  }
  // One after the other, or a screen reader speaks only the last.
  next() {
    if (this.queue.length === 0) return;
    this.region.textContent = this.queue[0];
    setTimeout(() => {
      this.queue.shift();
      this.next();
    }, 1000);
  }
}
