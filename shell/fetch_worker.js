// Requests to judge servers, away from the page's thread: a fetch costs it half a millisecond before it has begun, its
// clock stands still in a hidden tab, and it may be drawing just when an answer comes. So requests may wait here for
// their turn: the next one leaves when an answer comes, without asking the page.
//
// What comes in: { sends: [bytes, as wasm/platform/fetch_transport.cpp writes them], aborts: [id], recall, most, seen }.
//   most: so many requests in turn may be under way; seen: so many answers that were no success the page has taken in.
//   recall: those that wait end as not sent, before anything else is done.
// What goes out: the answers that came about the same time, as wasm/platform/fetch_transport.cpp reads them, one after
// the other: number (8 bytes, the lowest first), ms (4), status (4), why there is none (4), whether it is one of those
// that were no success (4), size of the head (4) and of the body (4), then both.
const FAILED_NETWORK = 0, FAILED_TIMEOUT = 1, FAILED_ABORTED = 2, NOT_SENT = 3, ANSWERED = 4;
const ANSWER_BYTES = 32;
const MAX_REPLY_BYTES = 8 * 1024 * 1024;
const TOGETHER_MS = 10;  // between two messages to the page, at least
const decoder = new TextDecoder();
const encoder = new TextEncoder();
const inFlight = new Map();
const done = [];
let waiting = [];
let inTurn = 0, most = 0;
let bad = 0, seen = 0;  // answers that were no success: after one, none leaves until the page knows of it
let toldMs = -1e9, tellTimer = 0;

onmessage = ({ data }) => {
  if (data.recall) {
    for (const { id } of waiting) tell({ id, why: NOT_SENT, ms: 0 });
    waiting = [];
  }
  for (const id of data.aborts) abort(id);
  most = data.most;
  seen = data.seen;
  for (const bytes of data.sends) {
    for (const request of requestsIn(bytes)) {
      if (request.inTurn) waiting.push(request);
      else send(request);
    }
  }
  sendNext();
};

function requestsIn(bytes) {
  const requests = [];
  const numbers = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length;) {
    const headSize = numbers.getUint32(at + 16, true), bodySize = numbers.getUint32(at + 20, true);
    const headAt = at + 24, bodyAt = headAt + headSize;
    const [method, url, ...fields] = decoder.decode(bytes.subarray(headAt, bodyAt)).split('\0').slice(0, -1);
    const headers = [];
    for (let i = 0; i + 1 < fields.length; i += 2) headers.push([fields[i], fields[i + 1]]);
    requests.push({ id: Number(numbers.getBigUint64(at, true)), timeoutMs: numbers.getUint32(at + 8, true),
      inTurn: numbers.getUint32(at + 12, true) === 1, method, url, headers, body: bytes.slice(bodyAt, bodyAt + bodySize) });
    at = bodyAt + bodySize;
  }
  return requests;
}

function abort(id) {
  const entry = inFlight.get(id);
  if (entry) {
    entry.why = FAILED_ABORTED;
    entry.controller.abort();
    return;
  }
  const at = waiting.findIndex((request) => request.id === id);
  if (at >= 0) tell({ id: waiting.splice(at, 1)[0].id, why: FAILED_ABORTED, ms: 0 });
}

function sendNext() {
  while (waiting.length > 0 && inTurn < most && bad === seen) send(waiting.shift());
}

function tell(answer) {
  done.push(answer);
  if (tellTimer) return;
  tellTimer = setTimeout(() => {
    tellTimer = 0;
    toldMs = performance.now();
    const bytes = packed(done);
    done.length = 0;
    postMessage(bytes, [bytes.buffer]);
  }, Math.max(0, toldMs + TOGETHER_MS - performance.now()));
}

function packed(answers) {
  const heads = answers.map(({ head }) => encoder.encode(head ?? ''));
  const bytes = new Uint8Array(answers.reduce((sum, { reply }, i) => sum + ANSWER_BYTES + heads[i].length + (reply?.length ?? 0), 0));
  const numbers = new DataView(bytes.buffer);
  let at = 0;
  answers.forEach(({ id, ms, status, why, isBad, reply }, i) => {
    numbers.setBigUint64(at, BigInt(id), true);
    [ms, status ?? 0, why ?? ANSWERED, isBad ? 1 : 0, heads[i].length, reply?.length ?? 0]
      .forEach((number, k) => numbers.setUint32(at + 8 + 4 * k, number, true));
    bytes.set(heads[i], at + ANSWER_BYTES);
    at += ANSWER_BYTES + heads[i].length;
    if (!reply) return;
    bytes.set(reply, at);
    at += reply.length;
  });
  return bytes;
}

async function send({ id, url, method, headers, body, timeoutMs, inTurn: isInTurn }) {
  const begun = performance.now();
  const entry = { controller: new AbortController(), why: FAILED_NETWORK };
  inFlight.set(id, entry);
  if (isInTurn) inTurn++;
  const timer = timeoutMs > 0 ? setTimeout(() => {
    entry.why = FAILED_TIMEOUT;
    entry.controller.abort();
  }, timeoutMs) : 0;
  // No cache keeps the answer to a POST. Saying no-store all the same makes Chromium ask the server anew before each
  // request whether this page may ask it (the preflight): a second round trip for each verdict.
  const hasBody = method !== 'GET' && method !== 'HEAD';
  let answer, isGood = false;
  try {
    const response = await fetch(url, {
      method, headers, body: hasBody ? body : undefined, signal: entry.controller.signal, mode: 'cors', credentials: 'omit',
      cache: hasBody ? 'default' : 'no-store',
      referrerPolicy: 'no-referrer', redirect: 'follow',
    });
    const reply = await readLimited(response);
    let head = '';
    response.headers.forEach((value, name) => { head += `${name}\0${value}\0`; });
    answer = { status: response.status, head, reply };
    isGood = response.ok;
  } catch {
    answer = { why: entry.why };
  }
  clearTimeout(timer);
  inFlight.delete(id);
  if (isInTurn) {
    inTurn--;
    if (!isGood) bad++;
  }
  tell({ id, ms: performance.now() - begun, isBad: isInTurn && !isGood, ...answer });
  sendNext();
}

// A reply longer than any judge's is cut: it is a failure either way, and must not fill the memory.
async function readLimited(response) {
  if (!response.body) return new Uint8Array(await response.arrayBuffer());
  const reader = response.body.getReader();
  const parts = [];
  let size = 0;
  while (size < MAX_REPLY_BYTES) {
    const { value, done: isOver } = await reader.read();
    if (isOver) break;
    parts.push(value);
    size += value.length;
  }
  if (size >= MAX_REPLY_BYTES) reader.cancel().catch(() => {});
  if (parts.length === 1 && parts[0].byteOffset === 0 && parts[0].buffer.byteLength === size) return parts[0];
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
