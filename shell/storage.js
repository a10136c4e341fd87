// IndexedDB: the journal (one record a line, in the order of its keys) and the files of the last visit.
// The database is named after the folder of the page, because all Pages sites of an owner share one
// origin.
const DB_VERSION = 1;
const LOAD_BATCH = 2000;
// Between the beginnings of two transactions, at least: one costs the page's thread near a millisecond and a write that
// is waited for, and a run of judges would make a hundred a second. The first after a while begins at once.
const TOGETHER_MS = 25;

// By the name of the browser's error; our own errors say the text's name.
const REASONS = { QuotaExceededError: 'storageFull', VersionError: 'storageNewer' };

export const scope = new URL('.', location.href).pathname;

export function openDatabase() {
  return new Promise((resolve, reject) => {
    if (!globalThis.indexedDB) {
      reject(new Error('storageMissing'));
      return;
    }
    const request = indexedDB.open(`assay:${scope}`, DB_VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('journal', { autoIncrement: true });
      request.result.createObjectStore('files', { autoIncrement: true });
    };
    request.onsuccess = () => {
      const db = request.result;
      db.onversionchange = () => db.close();
      resolve(db);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('storageBlocked'));
  });
}

function reasonOf(error, texts) {
  return texts[REASONS[error?.name]] ?? texts[error?.message] ?? (error?.message || String(error));
}

export class Storage {
  constructor(bridge, pacing, texts) {
    this.bridge = bridge;
    this.pacing = pacing;
    this.texts = texts;
    this.db = null;
    this.queue = [];      // {lines, token} that wait for the next transaction
    this.writing = false;
    this.begunMs = -1e9;  // the last transaction
    this.timer = 0;
    this.loaded = false;
    this.lastKey = 0;
    this.early = [];      // other tabs' lines that arrive while we load
    this.channel = globalThis.BroadcastChannel ? new BroadcastChannel(`assay-journal:${scope}`) : null;
    if (this.channel) this.channel.onmessage = (event) => this.onMessage(event.data);
    for (const [target, type] of [[document, 'visibilitychange'], [window, 'pagehide']]) {
      target.addEventListener(type, () => this.flush(true));
    }
  }

  // Hands over all lines, then says that they are complete. Never rejects: without storage the session
  // starts empty and is told why.
  async load(database) {
    let reason = '';
    try {
      this.db = await database;
      await this.readAll();
    } catch (error) {
      reason = reasonOf(error, this.texts);
      this.db = null;
    }
    this.loaded = true;
    this.bridge.call('storage', 'loaded');
    if (reason) this.bridge.callTexts('storage', 'failed', [reason], 0);
    for (const message of this.early) this.takeRemote(message);
    this.early = [];
    this.flush();
    this.pacing.event();
    this.pacing.dirty();
  }

  async readAll() {
    for (;;) {
      const { keys, values } = await this.readBatch(this.lastKey);
      if (keys.length === 0) return;
      this.lastKey = keys[keys.length - 1];
      this.bridge.callTexts('storage', 'lines', [`${values.join('\n')}\n`]);
      await this.pacing.breathe();
    }
  }

  readBatch(after) {
    return new Promise((resolve, reject) => {
      const store = this.db.transaction('journal').objectStore('journal');
      const range = IDBKeyRange.lowerBound(after, true);
      const keys = store.getAllKeys(range, LOAD_BATCH);
      const values = store.getAll(range, LOAD_BATCH);
      values.onsuccess = () => resolve({ keys: keys.result, values: values.result });
      values.onerror = () => reject(values.error);
      keys.onerror = () => reject(keys.error);
    });
  }

  get busy() {
    return !this.loaded || this.writing || this.queue.length > 0;
  }

  append(text, token) {
    this.queue.push({ lines: text.split('\n').filter(Boolean), token });
    this.flush();
  }

  // One transaction at a time; what comes in meanwhile goes together into the next. In a hidden page, whose clock may
  // be slowed down, nothing waits for more.
  flush(atOnce = document.hidden) {
    if (!this.loaded || this.writing || this.queue.length === 0) return;
    const now = performance.now();
    if (!atOnce && now < this.begunMs + TOGETHER_MS) {
      this.timer ||= setTimeout(() => this.flush(), this.begunMs + TOGETHER_MS - now + 1);
      return;
    }
    clearTimeout(this.timer);
    this.timer = 0;
    this.begunMs = now;
    const batch = this.queue;
    this.queue = [];
    if (!this.db) {
      this.reopen(batch);
      return;
    }
    this.writing = true;
    const keys = [];
    // One record for all that is written together: a run of judges writes hundreds of lines a second.
    const lines = [batch.flatMap((entry) => entry.lines).join('\n')];
    let transaction;
    try {
      transaction = this.db.transaction('journal', 'readwrite', { durability: 'strict' });
      const store = transaction.objectStore('journal');
      for (const line of lines) {
        const request = store.add(line);
        request.onsuccess = () => keys.push(request.result);
      }
    } catch (error) {
      transaction?.abort?.();
      if (error.name === 'InvalidStateError') this.db = null;  // the browser closed it; the next try opens it
      // Later, not from inside the call that appended.
      setTimeout(() => {
        this.writing = false;
        this.fail(batch, reasonOf(error, this.texts));
      }, 0);
      return;
    }
    transaction.oncomplete = () => {
      this.writing = false;
      this.lastKey = Math.max(this.lastKey, keys[keys.length - 1] ?? 0);
      this.channel?.postMessage({ lines, keys });
      for (const { token } of batch) this.bridge.call('storage', 'durable', token);
      this.after();
    };
    transaction.onabort = () => {
      this.writing = false;
      this.fail(batch, reasonOf(transaction.error, this.texts));
    };
    transaction.commit?.();
  }

  // The session tries again by itself after a failure; each try asks the browser anew.
  async reopen(batch) {
    this.writing = true;
    let reason = '';
    try {
      this.db = await openDatabase();
    } catch (error) {
      reason = reasonOf(error, this.texts);
    }
    this.writing = false;
    if (this.db) {
      this.queue.unshift(...batch);
      this.flush();
    } else {
      this.fail(batch, reason);
    }
  }

  fail(batch, reason) {
    for (const { token } of batch) this.bridge.callTexts('storage', 'failed', [reason], token);
    this.after();
  }

  after() {
    this.flush();
    this.pacing.event();
    this.pacing.dirty(2);
  }

  onMessage(message) {
    if (message.erased) {
      location.reload();  // another tab forgot everything: this one starts over as well
    } else if (this.loaded) {
      this.takeRemote(message);
    } else {
      this.early.push(message);
    }
  }

  takeRemote({ lines, keys }) {
    const fresh = lines.filter((_, i) => !(keys[i] <= this.lastKey));
    if (fresh.length === 0) return;
    this.lastKey = Math.max(this.lastKey, keys[keys.length - 1] ?? 0);
    this.bridge.callTexts('storage', 'remote', [`${fresh.join('\n')}\n`]);
    this.pacing.event();
    this.pacing.dirty();
  }

  erase() {
    this.queue = [];
    if (!this.db) return;
    try {
      const transaction = this.db.transaction(['journal', 'files'], 'readwrite');
      transaction.objectStore('journal').clear();
      transaction.objectStore('files').clear();
      transaction.oncomplete = () => this.channel?.postMessage({ erased: true });
    } catch (error) {
      this.fail([], reasonOf(error, this.texts));
    }
  }
}
