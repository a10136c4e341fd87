// Requests to judge servers: fetch with a time limit and a way to stop it; no cookies, no referrer, no
// cache. The browser tells a refused cross-origin answer and a dead network apart for nobody, so both
// arrive as one kind of failure. Nothing here logs. The requests themselves are made in fetch_worker.js.
import { ScriptRunner } from './script.js';

const FAILED_NETWORK = 0, FAILED_TIMEOUT = 1, NOT_SENT = 3;
const CALM_AFTER_MS = 500;
const encoder = new TextEncoder();

export class Transport {
  // `address` is that of fetch_worker.js.
  constructor(bridge, pacing, address) {
    this.bridge = bridge;
    this.pacing = pacing;
    this.address = address;
    this.worker = null;
    this.next = null;  // the message to the worker that is being made
    this.most = 0;
    this.bad = 0;      // answers that were no success, from this worker; `seen`: taken in by the program
    this.seen = 0;
    this.inFlight = new Set();
    this.sent = 0;
    this.scripts = new ScriptRunner();
    this.calmTimer = 0;
  }

  get busy() {
    return this.inFlight.size > 0;
  }

  begin(id) {
    this.inFlight.add(id);
    clearTimeout(this.calmTimer);
    this.pacing.setCalm(true, 'judges');
  }

  end(id) {
    this.inFlight.delete(id);
    if (this.inFlight.size > 0) return;
    clearTimeout(this.calmTimer);
    this.calmTimer = setTimeout(() => this.pacing.setCalm(false, 'judges'), CALM_AFTER_MS);
  }

  // No request: a scorer that the person has written (core/judge/transport.h, kScriptMethod).
  async runScript(id, body, timeoutMs) {
    const begun = performance.now();
    this.begin(id);
    let text, why = FAILED_NETWORK;
    try {
      text = await this.scripts.run(new TextDecoder().decode(body), timeoutMs);
      if (text === null) why = FAILED_TIMEOUT;
    } catch {
      text = null;
    }
    this.end(id);
    if (text === null) this.bridge.call('fetch', 'failed', id, why, performance.now() - begun);
    else this.bridge.callTexts('fetch', 'reply', [encoder.encode(''), encoder.encode(text)], id, 200, performance.now() - begun);
    this.pacing.event();
  }

  // Requests as wasm/platform/fetch_transport.cpp has written them.
  send(requests) {
    const numbers = new DataView(requests.buffer);
    for (let at = 0; at < requests.length; at += 24 + numbers.getUint32(at + 16, true) + numbers.getUint32(at + 20, true)) {
      this.begin(Number(numbers.getBigUint64(at, true)));
      this.sent++;
    }
    this.message().sends.push(requests);
  }

  abort(id) { this.message().aborts.push(id); }

  recall() {
    if (this.worker) this.message().recall = true;
  }

  // Called when all answers that came have been taken in: those that were no success are no longer news.
  allow(most) {
    if (most === this.most && this.seen === this.bad) return;
    this.most = most;
    this.seen = this.bad;
    if (this.worker) this.message();
  }

  // What the worker is told when the program has said all it has to say just now, in one message.
  message() {
    if (this.next === null) {
      this.next = { sends: [], aborts: [], recall: false };
      queueMicrotask(() => {
        this.bridge.call('fetch', 'take');
        const message = { ...this.next, most: this.most, seen: this.seen };
        this.next = null;
        this.worker ??= this.start();
        this.worker.postMessage(message, message.sends.map(({ buffer }) => buffer));
      });
    }
    return this.next;
  }

  start() {
    const worker = new Worker(new URL(this.address, document.baseURI), { type: 'module' });
    this.bad = this.seen = 0;
    worker.onmessage = ({ data }) => this.take(data);
    // Its file did not come, or it has died: what was under way has no answer, and the next request tries anew.
    worker.onerror = (event) => {
      event.preventDefault();
      worker.terminate();
      this.worker = null;
      for (const id of [...this.inFlight]) {
        this.end(id);
        this.bridge.call('fetch', 'failed', id, FAILED_NETWORK, 0);
      }
      this.pacing.event();
    };
    return worker;
  }

  // Answers as fetch_worker.js has written them.
  take(bytes) {
    const numbers = new DataView(bytes.buffer);
    for (let at = 0; at < bytes.length; at += 32 + numbers.getUint32(at + 24, true) + numbers.getUint32(at + 28, true)) {
      this.end(Number(numbers.getBigUint64(at, true)));
      if (numbers.getUint32(at + 16, true) === NOT_SENT) this.sent--;
      this.bad += numbers.getUint32(at + 20, true);
    }
    this.bridge.callTexts('fetch', 'answers', [bytes]);
    this.pacing.event();
  }
}
