// The border between the page and the program: memory, texts, and calls that stop for good after a crash.
const decoder = new TextDecoder();
const encoder = new TextEncoder();

export class Bridge {
  constructor(onCrash) {
    this.module = null;
    this.handles = {};
    this.dead = false;
    this.onCrash = onCrash;
    this.returned = '';
  }

  // Addresses above 2 GB arrive as negative numbers.
  bytes(address, size) {
    const at = address >>> 0;
    return this.module.HEAPU8.subarray(at, at + (size >>> 0));
  }

  text(address, size) {
    return decoder.decode(this.bytes(address, size));
  }

  // Calls assay_<adapter>_<name> with the adapter it belongs to. After a crash it does nothing.
  call(adapter, name, ...args) {
    const handle = this.handles[adapter];
    if (this.dead || !handle) return undefined;
    return this.raw(`_assay_${adapter}_${name}`, handle, ...args);
  }

  raw(name, ...args) {
    if (this.dead) return undefined;
    try {
      return this.module[name](...args);
    } catch (error) {
      this.die(error);
      return undefined;
    }
  }

  die(error) {
    if (this.dead) return;
    this.dead = true;
    this.onCrash(error);
  }

  // Copies `bytes` into the heap for the length of fn(address, size).
  withBytes(bytes, fn) {
    if (this.dead) return undefined;
    const address = this.raw('_assay_alloc', bytes.length);
    if (this.dead) return undefined;
    this.module.HEAPU8.set(bytes, address >>> 0);
    const result = fn(address, bytes.length);
    this.raw('_assay_free', address);
    return result;
  }

  // Like call(), with texts first: each becomes an address and a size.
  callTexts(adapter, name, texts, ...args) {
    if (this.dead || !this.handles[adapter]) return undefined;
    const pieces = texts.map((text) => (typeof text === 'string' ? encoder.encode(text.toWellFormed?.() ?? text) : text));
    const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return this.withBytes(all, (address) => {
      const pairs = [];
      let next = address;
      for (const piece of pieces) {
        pairs.push(next, piece.length);
        next += piece.length;
      }
      return this.call(adapter, name, ...pairs, ...args);
    });
  }

  // For functions that answer with a text through assay_js_return_text.
  takeReturned() {
    const text = this.returned;
    this.returned = '';
    return text;
  }
}
