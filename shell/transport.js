// Requests to judge servers: fetch with a time limit and a way to stop it; no cookies, no referrer, no
// cache. The browser tells a refused cross-origin answer and a dead network apart for nobody, so both
// arrive as one kind of failure. Nothing here logs.
import { ScriptRunner } from './script.js';

const FAILED_NETWORK = 0, FAILED_TIMEOUT = 1, FAILED_ABORTED = 2;
const MAX_REPLY_BYTES = 8 * 1024 * 1024;
const encoder = new TextEncoder();

export class Transport {
  constructor(bridge, pacing) {
    this.bridge = bridge;
    this.pacing = pacing;
    this.inFlight = new Map();
    this.sent = 0;
    this.scripts = new ScriptRunner();
  }

  get busy() {
    return this.inFlight.size > 0;
  }

  // No request: a scorer that the person has written (core/judge/transport.h, kScriptMethod).
  async runScript(id, body, timeoutMs) {
    const begun = performance.now();
    this.inFlight.set(id, { controller: new AbortController() });
    let text, why = FAILED_NETWORK;
    try {
      text = await this.scripts.run(new TextDecoder().decode(body), timeoutMs);
      if (text === null) why = FAILED_TIMEOUT;
    } catch {
      text = null;
    }
    this.inFlight.delete(id);
    if (text === null) this.bridge.call('fetch', 'failed', id, why, performance.now() - begun);
    else this.bridge.callTexts('fetch', 'reply', [encoder.encode(''), encoder.encode(text)], id, 200, performance.now() - begun);
    this.pacing.event();
  }

  async send(id, [method, url, ...fields], body, timeoutMs) {
    if (method === 'SCRIPT') return this.runScript(id, body, timeoutMs);
    const begun = performance.now();
    const entry = { controller: new AbortController(), why: FAILED_NETWORK };
    this.inFlight.set(id, entry);
    this.sent++;
    const timer = timeoutMs > 0 ? setTimeout(() => {
      entry.why = FAILED_TIMEOUT;
      entry.controller.abort();
    }, timeoutMs) : 0;
    let done;
    try {
      const headers = new Headers();
      for (let i = 0; i + 1 < fields.length; i += 2) headers.set(fields[i], fields[i + 1]);
      const response = await fetch(url, {
        method, headers, body: method === 'GET' || method === 'HEAD' ? undefined : body,
        signal: entry.controller.signal, mode: 'cors', credentials: 'omit', cache: 'no-store',
        referrerPolicy: 'no-referrer', redirect: 'follow',
      });
      const reply = await readLimited(response);
      const names = [];
      response.headers.forEach((value, name) => names.push(`${name}\0${value}\0`));
      const head = encoder.encode(names.join(''));
      done = () => this.bridge.callTexts('fetch', 'reply', [head, reply], id, response.status, performance.now() - begun);
    } catch {
      done = () => this.bridge.call('fetch', 'failed', id, entry.why, performance.now() - begun);
    }
    clearTimeout(timer);
    this.inFlight.delete(id);
    done();
    this.pacing.event();
  }

  abort(id) {
    const entry = this.inFlight.get(id);
    if (!entry) return;
    entry.why = FAILED_ABORTED;
    entry.controller.abort();
  }
}

// A reply longer than any judge's is cut: it is a failure either way, and must not fill the memory.
async function readLimited(response) {
  if (!response.body) return new Uint8Array(await response.arrayBuffer());
  const reader = response.body.getReader();
  const parts = [];
  let size = 0;
  while (size < MAX_REPLY_BYTES) {
    const { value, done } = await reader.read();
    if (done) break;
    parts.push(value);
    size += value.length;
  }
  reader.cancel().catch(() => {});
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
