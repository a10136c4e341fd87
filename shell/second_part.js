// Compiled while it arrives, where the server tells its type.
export async function compiled(response) {
  if (response.headers.get('content-type')?.startsWith('application/wasm') && WebAssembly.compileStreaming) {
    return WebAssembly.compileStreaming(response);
  }
  return WebAssembly.compile(await response.arrayBuffer());
}

// The program's second part (core/base/late.h): fetched when the first frame has been drawn, at the latest when
// something of it is called. Until then JavaScript functions stand in its places of the program's table; the second
// part replaces them.
export class SecondPart {
  // `name`: its file, or '' where the program is whole.
  constructor(name) {
    this.url = name && new URL(name, document.baseURI).href;
    this.first = null;  // exports of the first part
    this.here = !name;
    this.coming = null;
  }

  // What the first part imports: a function for each place that is still empty.
  standIns() {
    return new Proxy({}, {
      get: (_, place) => (...args) => {
        if (!this.here) this.fetchNow();
        return this.table().get(Number(place))(...args);
      },
    });
  }

  table() {
    this.functions ??= Object.values(this.first).find((value) => value instanceof WebAssembly.Table);
    return this.functions;
  }

  // Ahead of time, beside everything else. A failure shows only if the part is needed and still not to be had.
  fetchSoon() {
    if (this.here || this.coming) return this.coming;
    this.coming = fetch(this.url, { credentials: 'same-origin' })
      .then((response) => (response.ok ? compiled(response) : Promise.reject(new Error(String(response.status)))))
      .then((module) => (this.here ? null : WebAssembly.instantiate(module, { first: this.first })))  // fetchNow() may have been first
      .then(() => { this.here = true; })
      .catch(() => { this.coming = null; });
    return this.coming;
  }

  // Inside a call of the program nothing can be waited for.
  fetchNow() {
    const request = new XMLHttpRequest();
    request.open('GET', this.url, false);
    request.overrideMimeType('text/plain; charset=x-user-defined');  // one character for each byte
    request.send();
    if (request.status !== 200) throw new Error(`a part of the program could not be loaded: ${request.status} ${this.url}`);
    const bytes = Uint8Array.from(request.responseText, (character) => character.charCodeAt(0) & 0xff);
    new WebAssembly.Instance(new WebAssembly.Module(bytes), { first: this.first });
    this.here = true;
  }
}
