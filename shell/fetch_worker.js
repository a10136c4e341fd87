// Requests to judge servers, away from the page's thread: a fetch costs it half a millisecond before it has begun, and
// its clock stands still in a hidden tab. What comes in: { id, url, method, headers, body, timeoutMs } or { abort: id }.
// What goes out: { id, ms, status, head, reply }, or { id, ms, why }.
const FAILED_NETWORK = 0, FAILED_TIMEOUT = 1, FAILED_ABORTED = 2;
const MAX_REPLY_BYTES = 8 * 1024 * 1024;
const inFlight = new Map();

onmessage = ({ data }) => {
  if (data.abort === undefined) {
    send(data);
    return;
  }
  const entry = inFlight.get(data.abort);
  if (!entry) return;
  entry.why = FAILED_ABORTED;
  entry.controller.abort();
};

async function send({ id, url, method, headers, body, timeoutMs }) {
  const begun = performance.now();
  const entry = { controller: new AbortController(), why: FAILED_NETWORK };
  inFlight.set(id, entry);
  const timer = timeoutMs > 0 ? setTimeout(() => {
    entry.why = FAILED_TIMEOUT;
    entry.controller.abort();
  }, timeoutMs) : 0;
  let answer, moved = [];
  try {
    const response = await fetch(url, {
      method, headers, body: method === 'GET' || method === 'HEAD' ? undefined : body,
      signal: entry.controller.signal, mode: 'cors', credentials: 'omit', cache: 'no-store',
      referrerPolicy: 'no-referrer', redirect: 'follow',
    });
    const reply = await readLimited(response);
    let head = '';
    response.headers.forEach((value, name) => { head += `${name}\0${value}\0`; });
    answer = { status: response.status, head, reply };
    moved = [reply.buffer];
  } catch {
    answer = { why: entry.why };
  }
  clearTimeout(timer);
  inFlight.delete(id);
  postMessage({ id, ms: performance.now() - begun, ...answer }, moved);
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
