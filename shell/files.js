import { Converter } from './convert.js';
import { inUtf8, isGb18030 } from './encoding.js';
import { joinedSources, joinOpened, modifiedOf, sizeOf, withJoined } from './file_parts.js';

// Files coming in: dropped anywhere on the window (folders too), chosen, kept from the last visit, or the
// example beside the page. Each is read as a stream into one reused buffer and copied once, into the
// program's memory. Files are kept in IndexedDB, so that a reload shows them again by itself.
const SLICE_MS = 8;
const PROGRESS_MS = 100;
const TRACE_FILE = /\.(jsonl?|ndjson|csv|tsv|txt|parquet|log|pb|bin|eval|zip|tar|tgz)(\.gz|\.zst)?$/i;
const HEAD_BYTES = 16384;  // enough to tell what a file is
const EXAMPLE = 'example/crm-email-assistant.jsonl';

export class Files {
  constructor(bridge, pacing, database, dropLayer, input, texts, build) {
    this.bridge = bridge;
    this.pacing = pacing;
    this.database = database;
    this.input = input;
    this.texts = texts;
    this.converter = new Converter(build);
    this.queue = [];
    this.opened = [];  // all files of this visit, to read them once more
    this.early = [];
    this.reading = false;
    this.drained = Promise.resolve();  // when nothing is read
    this.showAgain = 0;  // when the program may work on what was read, to show it
    this.gathering = 0;
    this.generation = 0;  // grows when everything is forgotten
    this.watchDrop(dropLayer);
    input.addEventListener('change', () => {
      const files = [...input.files];
      input.value = '';
      this.takeTogether(files.map((file) => ({ name: file.webkitRelativePath || file.name, blob: file })));
    });
  }

  get busy() {
    return this.reading || this.queue.length > 0 || this.gathering > 0;
  }

  dialog() {
    this.input.click();
  }

  // --- Drop ---------------------------------------------------------------------------------------

  watchDrop(layer) {
    let depth = 0;
    const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes('Files');
    const show = (on) => {
      layer.hidden = !on;
      this.bridge.call('app', 'files_over', on ? 1 : 0);
      this.pacing.dirty();
    };
    window.addEventListener('dragenter', (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      if (depth++ === 0) show(true);
    });
    window.addEventListener('dragover', (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
    });
    window.addEventListener('dragleave', (event) => {
      if (!carriesFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) show(false);
    });
    window.addEventListener('drop', (event) => {
      depth = 0;
      show(false);
      if (!carriesFiles(event)) return;
      event.preventDefault();
      this.takeDrop(event.dataTransfer);
    });
  }

  // The entries must be asked for inside the event; what is in folders comes later.
  async takeDrop(transfer) {
    const entries = [...transfer.items].filter((item) => item.kind === 'file').map((item) => ({
      entry: item.webkitGetAsEntry?.() ?? null,
      file: item.getAsFile(),
    }));
    this.gathering++;
    try {
      const found = [];
      for (const { entry, file } of entries) {
        if (entry?.isDirectory) await this.walk(entry, found);
        else if (file) found.push({ name: file.name, blob: file });
      }
      if (found.length === 0) this.notice(this.texts.nothingInFolder);
      await this.takeTogether(found);
    } catch (error) {
      this.notice(`${this.texts.folderUnreadable} ${error.message}`);
    } finally {
      this.gathering--;
    }
  }

  async walk(directory, found) {
    const reader = directory.createReader();
    for (;;) {
      const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (entries.length === 0) return;
      entries.sort((a, b) => (a.name < b.name ? -1 : 1));
      for (const entry of entries) {
        if (entry.name.startsWith('.')) continue;
        if (entry.isDirectory) {
          await this.walk(entry, found);
        } else if (TRACE_FILE.test(entry.name)) {
          const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
          found.push({ name: entry.fullPath.replace(/^\//, ''), blob: file });
        }
      }
    }
  }

  // --- Parts of one export ------------------------------------------------------------------------

  // The files of one drop. Those that are parts of one export become one source with `parts`; those that belong to
  // what is open join it.
  async takeTogether(sources) {
    this.gathering++;
    try {
      if (!this.bridge.handles.files) {  // not yet on the boot screen
        this.take(sources);
        return;
      }
      const needs = (head) => this.needsConversion(head);
      const found = await joinedSources(sources, this.converter, needs, this.opened);
      this.take(this.opened.length > 0 ? await this.joinOpen(found, needs) : found);
    } finally {
      this.gathering--;
    }
  }

  // Returns those that have joined nothing. What they join is read again with them, and so is everything else: single
  // traces cannot be taken out of the program.
  async joinOpen(found, needs) {
    let ties = new Map();
    try {
      ties = await joinOpened(found, this.opened, this.converter, needs, async (open, ids) => {
        await this.drained;  // what it holds is known only then
        return this.opened.includes(open) ? this.bridge.callTexts('files', 'tie', [ids], open.token) ?? 0 : 0;
      });
    } catch {
      // Each is read by itself, and that says what is wrong.
    }
    const later = new Map();  // open source → what joins it
    for (const [source, { open, busy }] of ties) {
      if (!busy && this.opened.includes(open)) later.set(open, [...later.get(open) ?? [], source]);
    }
    if (later.size > 0) {
      for (const open of later.keys()) await this.dropKept(open);
      this.opened = this.opened.map((open) => (later.has(open) ? withJoined(open, later.get(open)) : open));
      this.bridge.call('files', 'join');  // allAgain() follows
    }
    return found.filter((source) => !ties.has(source));
  }

  // --- Reading ------------------------------------------------------------------------------------

  // sources: {name, blob}, {name, parts} or {name, url}; `kept` ones are in the database already.
  take(sources, kept = false) {
    if (sources.length > 0) this.laterPart = this.onOpen?.();
    if (!this.bridge.handles.files) {  // dropped on the boot screen
      this.early.push(...sources);
      return Promise.resolve();
    }
    for (const source of sources) {
      const size = sizeOf(source);
      const token = this.bridge.callTexts('files', 'begin', [source.name, source.part ?? ''], size);
      if (source.joined) this.bridge.callTexts('files', 'joined', [source.joined.join(', ')], token);
      const { tie, ...rest } = source;  // of no use any more
      const entry = { ...rest, token, kept, generation: this.generation };
      this.queue.push(entry);
      this.opened.push(entry);
    }
    if (!this.reading) this.drained = this.drain();
    this.pacing.event();
    this.pacing.dirty();
    return this.drained;
  }

  async drain() {
    this.reading = true;
    this.pacing.setCalm(true);  // no frame before the first rows, if they come soon
    // The program's second part first: were it fetched inside a call (second_part.js), a file that is being read
    // meanwhile would never come to its end in Chromium.
    await this.laterPart;
    while (this.queue.length > 0 && !this.bridge.dead) {
      const source = this.queue.shift();
      const complete = await this.readOne(source);
      if (complete && !source.kept && source.generation === this.generation) {
        source.kept = true;
        await this.keep(source);
      }
    }
    this.reading = false;
    this.pacing.setCalm(false);
    this.bridge.call('files', 'release');
    this.pacing.event();
    this.pacing.dirty();
  }

  async readOne(source) {
    let problem = '';
    this.pacing.setCalm(true);
    try {
      if (source.parts) await this.convert(source);
      else await this.readAlone(source);
    } catch (error) {
      problem = error.message || String(error);
    }
    const stopped = this.bridge.call('files', 'cancelled', source.token);
    if (stopped) problem = stopped === 1 ? 'cancelled' : '';  // 2: it has read as much as is wanted
    this.bridge.callTexts('files', 'end', [problem], source.token);
    this.pacing.setCalm(false);
    this.pacing.event();
    this.pacing.dirty();
    return problem === '';
  }

  async readAlone(source) {
    if (source.host && !source.blob) {
      source.blob = await this.fetchRemote(source);
      delete source.url;
    }
    const stream = source.blob ? source.blob.stream() : await this.fetchStream(source);
    const reader = readerOf(stream);
    const head = await this.readHead(reader);
    if (source.blob && isGb18030(head.blocks)) {
      reader.cancel();
      source.blob = await inUtf8(source.blob, 'gb18030');
      return this.readAlone(source);
    }
    if (this.needsConversion(head) === 1) {
      reader.cancel();
      await this.convert(source);
    } else {
      await this.pump(reader, head, source.token);
    }
  }

  // A file of another host, which a person has agreed to fetch. It is kept like one that was dropped.
  openAddress(url, host, name) {
    this.take([{ name, url, host }]);
  }

  async fetchRemote({ url, host, token }) {
    let response;
    try {
      response = await fetch(url, { credentials: 'omit', referrerPolicy: 'no-referrer', redirect: 'follow' });
    } catch {
      throw new Error(this.texts.addressUnreachable.replace('{0}', host));
    }
    if (!response.ok) {
      response.body?.cancel();
      throw new Error(this.texts.addressAnswered.replace('{0}', host).replace('{1}', response.status));
    }
    let read = 0;
    const counter = new TransformStream({
      transform: (block, controller) => {
        if (this.bridge.dead || this.cancelled(token)) {
          controller.error(new Error('cancelled'));
          return;
        }
        read += block.length;
        this.bridge.call('files', 'progress', token, read);
        this.showProgress();
        controller.enqueue(block);
      },
    });
    try {
      return await new Response(response.body.pipeThrough(counter)).blob();
    } catch (error) {
      throw error.message === 'cancelled' ? error : new Error(this.texts.addressUnreachable.replace('{0}', host));
    }
  }

  async fetchStream(source) {
    const response = await fetch(source.url);
    if (!response.ok) throw new Error(`the server answered ${response.status} for ${source.url}`);
    return response.body;
  }

  cancelled(token) {
    return this.bridge.call('files', 'cancelled', token) !== 0;
  }

  // The first blocks: as many as tell what the file is.
  async readHead(reader) {
    const capacity = this.bridge.call('files', 'buffer_size');
    const head = { blocks: [], size: 0, done: false, capacity };
    while (head.size < HEAD_BYTES && !head.done) {
      const { value, done } = await reader.read(new ArrayBuffer(capacity));
      head.done = done;
      if (value?.length) {
        head.blocks.push(value);
        head.size += value.length;
      }
    }
    return head;
  }

  // 1: yes; 2: it is feedback, which may be a part of an export.
  needsConversion(head) {
    const bytes = new Uint8Array(Math.min(head.size, HEAD_BYTES));
    let at = 0;
    for (const block of head.blocks) {
      const part = block.subarray(0, bytes.length - at);
      bytes.set(part, at);
      at += part.length;
    }
    const address = this.bridge.call('files', 'buffer');
    if (this.bridge.dead) return 0;
    this.bridge.module.HEAPU8.set(bytes, address >>> 0);
    return this.bridge.call('files', 'needs_conversion', bytes.length);
  }

  // Copies a block into the program, part by part.
  hand(value, token, capacity) {
    for (let at = 0; at < value.length; at += capacity) {
      const part = value.subarray(at, at + capacity);
      const address = this.bridge.call('files', 'space', token, part.length);
      if (this.bridge.dead) return;
      this.bridge.module.HEAPU8.set(part, address >>> 0);
      this.bridge.call('files', 'chunk', token, part.length);
    }
  }

  async pump(reader, head, token) {
    const { capacity } = head;
    // Two buffers: the browser fills one while the program reads the other.
    const read = (buffer) => {
      const result = reader.read(buffer);
      result.catch(() => {});  // it may fail when nobody waits for it any more
      return result;
    };
    let sliceEnd = performance.now() + SLICE_MS;
    try {
      let next = head.done ? Promise.resolve({ done: true }) : read(new ArrayBuffer(capacity));
      let spare = new ArrayBuffer(capacity);
      for (const value of head.blocks) this.hand(value, token, capacity);
      this.pacing.showNow();
      for (;;) {
        if (this.cancelled(token) || this.bridge.dead) return;
        const { value, done } = await next;
        if (done) return;
        next = read(spare);
        this.hand(value, token, capacity);
        if (value.buffer.byteLength >= capacity) spare = value.buffer;
        if (performance.now() > sliceEnd) {
          this.showProgress();
          await this.pacing.breathe();
          sliceEnd = performance.now() + SLICE_MS;
        }
      }
    } finally {
      reader.cancel();
    }
  }

  // A file of another system: a worker makes MLflow lines of it.
  async convert(source) {
    const { token, parts } = source;
    const blob = parts ? undefined : source.blob ?? await new Response(await this.fetchStream(source)).blob();
    const capacity = this.bridge.call('files', 'buffer_size');
    this.bridge.call('files', 'converting', token);
    const options = JSON.parse(this.bridge.takeReturned() || '{}');
    const report = await this.converter.convert({ name: source.name, blob, parts, options }, {
      lines: async (bytes) => {
        this.hand(bytes, token, capacity);
        this.showProgress();
        await this.pacing.breathe();
      },
      progress: (read) => {
        this.bridge.call('files', 'progress', token, read);
        this.showProgress();
      },
      isCancelled: () => this.bridge.dead || this.cancelled(token),
    });
    this.bridge.callTexts('files', 'converted', [report], token);
  }

  showProgress() {
    const now = performance.now();
    if (now < this.showAgain) return;
    this.showAgain = now + PROGRESS_MS;
    this.pacing.event();
  }

  // MLflow lines in another form, as parts of a file; nothing when it went wrong, which is told.
  async exported(name, blob, form) {
    const parts = [];
    this.gathering++;
    try {
      await this.converter.convert({ name, blob, form }, {
        lines: async (bytes) => { parts.push(bytes); },
        progress: () => {},
        isCancelled: () => false,
      });
      return parts;
    } catch (error) {
      this.notice(`${name}: ${error.message}`);
      return null;
    } finally {
      this.gathering--;
      this.pacing.event();
      this.pacing.dirty();
    }
  }

  // --- Keeping ------------------------------------------------------------------------------------

  async keep(source) {
    try {
      const db = await this.database;
      await this.replaceSame(db, recordOf(source));
    } catch (error) {
      const reason = error?.name === 'QuotaExceededError' ? this.texts.noRoomToKeep : this.texts.notKept;
      this.notice(reason.replace('{0}', source.name));
    }
  }

  // The same file opened twice is kept once.
  replaceSame(db, record) { return this.changeKept(db, record, true); }

  // Takes away what is kept of this file; then it is kept as it is now, or not any more.
  changeKept(db, record, add) {
    return new Promise((resolve, reject) => {
      const transaction = db.transaction('files', 'readwrite');
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
      const store = transaction.objectStore('files');
      const cursor = store.openCursor();
      cursor.onsuccess = () => {
        const at = cursor.result;
        if (!at) {
          if (!add) return;
          try {
            store.add(record);
          } catch (error) {
            reject(error);
            transaction.abort();
          }
          return;
        }
        const old = at.value;
        const same = record.url ? old.url === record.url
          : old.name === record.name && old.size === record.size && old.modified === record.modified;
        if (same) at.delete();
        at.continue();
      };
    });
  }

  async restore() {
    this.gathering++;
    try {
      const db = await this.database;
      const records = await new Promise((resolve, reject) => {
        const request = db.transaction('files').objectStore('files').getAll();
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      this.bridge.call('files', 'kept', 1);
      const reading = this.take(records, true);  // announces them all before it waits
      this.bridge.call('files', 'kept', 0);
      await reading;
    } catch {
      // Without storage there is nothing to restore; the journal has said so.
    }
    this.gathering--;
    this.bridge.call('files', 'restored');
    if (this.early.length > 0) this.takeTogether(this.early.splice(0));
    this.pacing.event();
    this.pacing.dirty();
  }

  example() {
    this.take([{ name: EXAMPLE.split('/').pop(), url: EXAMPLE }]);
  }

  // One file as a new one: its columns are known now, or a part of it is wanted.
  again(token, part) {
    const source = this.opened.find((each) => each.token === token);
    if (!source) return;
    this.opened = this.opened.filter((each) => each !== source);
    this.take([{ ...source, part }], source.kept && part === (source.part ?? ''));
  }

  allAgain() {
    const sources = this.opened;
    this.generation++;
    this.queue = [];
    this.opened = [];
    for (const source of sources) {
      // Of one that others have joined, what there is to say has not been said.
      this.bridge.call('files', 'kept', source.joined && !source.token ? 0 : 1);
      this.take([source], source.kept);
    }
    this.bridge.call('files', 'kept', 0);
  }

  // One that is open: read no further, and not kept.
  async forgetOne(token) {
    const source = this.opened.find((each) => each.token === token);
    if (!source) return;
    this.opened = this.opened.filter((each) => each !== source);
    this.queue = this.queue.filter((each) => each !== source);
    await this.dropKept(source);
  }

  async dropKept(source) {
    source.generation = -1;
    if (!source.kept) return;
    try {
      await this.changeKept(await this.database, recordOf(source), false);
    } catch {
      // No storage, nothing kept.
    }
  }

  async forget() {
    this.generation++;
    this.queue = [];
    this.opened = [];
    try {
      const db = await this.database;
      db.transaction('files', 'readwrite').objectStore('files').clear();
    } catch {
      // No storage, nothing kept.
    }
  }

  notice(text) {
    this.bridge.callTexts('files', 'notice', [text]);
    this.pacing.event();
    this.pacing.dirty();
  }
}

// As it is kept.
function recordOf(source) {
  const record = source.url
    ? { name: source.name, url: source.url }
    : { name: source.name, size: sizeOf(source), modified: modifiedOf(source), blob: source.blob };
  if (source.parts) record.parts = source.parts.map(({ name, blob }) => ({ name, blob }));
  if (source.joined) record.joined = source.joined;
  if (source.part) record.part = source.part;
  return record;
}

// A reader that fills one buffer again and again where streams of bytes are offered (twice as fast and
// without garbage), else an ordinary one.
function readerOf(stream) {
  try {
    const reader = stream.getReader({ mode: 'byob' });
    return {
      read: (buffer) => reader.read(new Uint8Array(buffer)),
      cancel: () => reader.cancel().catch(() => {}),
    };
  } catch {
    const reader = stream.getReader();
    return { read: () => reader.read(), cancel: () => reader.cancel().catch(() => {}) };
  }
}
