// A person's own scorers. Each call runs in a worker of its own, in a frame of an opaque origin whose security
// policy allows no network; the worker is ended after its time. The frame is written here (srcdoc), so that it needs
// no network itself. It inherits the page's policy, which lets this very script through by its hash
// (wasm/build_site.py), and no eval: the program is the worker's own source. A program whose syntax alone is asked for
// (parse) is loaded in the same way, and not called.
const FRAME_SCRIPT = `
addEventListener('message', ({ data: { source, args, timeoutMs }, ports: [port] }) => {
  const address = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(address);
  const end = (text) => {
    clearTimeout(timer);
    worker.terminate();
    URL.revokeObjectURL(address);
    port.postMessage({ text });
  };
  const timer = setTimeout(() => end(null), timeoutMs);
  const failed = (error, line) => end(JSON.stringify({ error, line }));
  port.onmessage = () => port.postMessage({});
  worker.onmessage = ({ data }) => typeof data === 'string' && data.length < 1e6 ? end(data) : failed('The verdict is too long');
  worker.onerror = (event) => {
    const line = event.lineno > 1 ? event.lineno - 1 : undefined;
    failed((event.message || 'The program could not be run') + (line ? ' (line ' + line + ')' : ''), line);
  };
  worker.postMessage(args);
});
parent.postMessage('sandbox ready', '*');
`;
const FRAME = `<!doctype html><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; worker-src blob:">
<script>${FRAME_SCRIPT}</script>`;

// What stands before a program, in one line, so that its own first line is the second; what it uses is taken before
// the program can change it. Arrays of bytes lie outside the memory that a browser limits by itself, so they are
// counted; all other memory ends the frame's process, which watch() notices.
// A trace has its fields at hand (trace.state, trace.spans) and where MLflow's Trace has them (trace.info.state,
// trace.data.spans).
const MAX_ARRAY_BYTES = 1e9;
const BEFORE = `(() => {
  const { stringify } = JSON, { isFinite } = Number, { isArray } = Array, { construct } = Reflect, define = Object.defineProperty, post = self.postMessage.bind(self), Text = String, Range = RangeError;
  const plain = (value) => value === null || typeof value === 'boolean' || typeof value === 'string' || (typeof value === 'number' && isFinite(value));
  const reply = (result) => {
    if (result === undefined || result === null) return { value: null };
    if (plain(result) || (isArray(result) && result.every(plain))) return { value: result };
    if (typeof result === 'object' && !isArray(result) && 'value' in result) {
      const { value, rationale = '', metadata } = result;
      if (plain(value) || typeof value === 'object') return { value, rationale: Text(rationale), metadata };
    }
    return { error: 'The program returned what is no verdict: ' + (typeof result === 'object' ? 'an object without "value", or a list of objects' : typeof result) };
  };
  const own_lines = (stack) => stack.replace(/\\n[^\\n]*scorer\\.js:1:[^\\n]*/g, '').replace(/scorer\\.js:([0-9]+)/g, (all, line) => 'scorer.js:' + (line - 1));
  const failed = (error) => post(stringify({ error: Text(error && error.message || error), stack: own_lines(Text(error && error.stack || '').slice(0, 8000)) }));
  let left = ${MAX_ARRAY_BYTES};
  for (const name of ['ArrayBuffer', 'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array']) {
    self[name] = new Proxy(self[name], { construct(target, args, by) {
      const made = construct(target, args, by);
      if (typeof args[0] !== 'object') left -= made.byteLength;
      if (left < 0) throw new Range('The program has made arrays of more than ${MAX_ARRAY_BYTES / 1e9} GB');
      return made;
    } });
  }
  self.onmessage = async ({ data: { inputs, outputs, expectations, trace, parse } }) => {
    self.onmessage = null;
    if (parse) return post('{"value":true}');
    for (const name of ['info', 'data']) if (trace && !(name in trace)) define(trace, name, { value: trace });
    try {
      post(stringify(reply(await score(inputs, outputs, expectations, trace))));
    } catch (error) {
      failed(error);
    }
  };
})(); const score = async function (inputs, outputs, expectations, trace) {`.replace(/\n\s*/g, ' ');

const WATCH_MS = 1500;
const OUT_OF_MEMORY = JSON.stringify({
  code: 'OUT_OF_MEMORY', error: 'The program took more memory than the browser gives it, and was ended',
});

export class ScriptRunner {
  constructor() {
    this.frame = null;
    this.again = Promise.resolve();  // programs that are tried once more, one after the other
  }

  ready() {
    this.frame ??= new Promise((resolve, reject) => {
      const element = document.createElement('iframe');
      element.sandbox = 'allow-scripts';
      element.srcdoc = FRAME;
      element.hidden = true;
      element.title = '';
      const listen = ({ source, data }) => {
        if (source !== element.contentWindow || data !== 'sandbox ready') return;
        removeEventListener('message', listen);
        clearTimeout(timer);
        resolve(element);
      };
      addEventListener('message', listen);
      const timer = setTimeout(() => {
        removeEventListener('message', listen);
        element.remove();
        this.frame = null;
        reject(new Error('no sandbox'));
      }, 10000);
      document.body.append(element);
    });
    return this.frame;
  }

  // The reply as JSON text; null: the program did not end in time.
  async run(body, timeoutMs) {
    const text = await this.attempt(body, timeoutMs);
    if (text !== undefined) return text;
    // Its frame has died, perhaps through a program beside it.
    const alone = this.again.then(() => this.attempt(body, timeoutMs));
    this.again = alone.catch(() => {});
    const second = await alone;
    return second === undefined ? OUT_OF_MEMORY : second;
  }

  // undefined: the frame has died.
  async attempt(body, timeoutMs) {
    const { program, parse, arguments: args } = JSON.parse(body);
    const frame = this.ready();
    const element = await frame;
    const { port1, port2 } = new MessageChannel();
    let settle;
    const result = new Promise((resolve) => { settle = resolve; });
    const died = () => {
      if (this.frame === frame) {
        this.frame = null;
        element.remove();
      }
      settle(undefined);
    };
    // Pings, because not every browser tells that the other end is gone.
    let unanswered = 0;
    const watch = setInterval(() => {
      if (unanswered++ >= 2) died();
      else port1.postMessage(0);
    }, WATCH_MS);
    port1.onmessage = ({ data }) => {
      unanswered = 0;
      if ('text' in data) settle(data.text);
    };
    port1.addEventListener('close', died);
    element.contentWindow.postMessage({ source: `${BEFORE}\n${program}\n};\n//# sourceURL=scorer.js`, args: parse ? { parse } : args, timeoutMs }, '*', [port2]);
    try {
      return await result;
    } finally {
      clearInterval(watch);
      port1.close();
    }
  }
}
