// What web.mjs runs inside the pages; each function is sent as it stands. All leave window.bench.finished, a promise
// of { ms, longest_gap_ms, gaps, … }, where gaps are those over 50 ms as [milliseconds since the start, length].

// Times between animation frames from bench.begin() to bench.end().
export function recordGaps() {
  const bench = { begun: 0, ended: 0, longest: 0, gaps: [], last: 0 };
  window.bench = bench;
  bench.begin = () => { bench.begun = bench.last = performance.now(); };
  bench.result = () => ({ ms: bench.ended - bench.begun, longest_gap_ms: bench.longest, gaps: bench.gaps });
  bench.end = () => {
    bench.ended = performance.now();
    bench.gap(bench.ended);
  };
  bench.gap = (now) => {
    const gap = now - bench.last;
    bench.longest = Math.max(bench.longest, gap);
    if (gap > 50) bench.gaps.push([Math.round(bench.last - bench.begun), Math.round(gap)]);
    bench.last = now;
  };
  const onFrame = () => {
    if (bench.ended) return;
    if (bench.begun) bench.gap(performance.now());
    requestAnimationFrame(onFrame);
  };
  requestAnimationFrame(onFrame);
}

// The program's import: from the file input's event to the first frame after which nothing is left to do (all
// records read, filtered, sorted, drawn).
export function watchImport() {
  const { bench } = window;
  const { host } = window.assay;
  const { bridge, pacing } = host;
  document.getElementById('file').addEventListener('change', () => bench.begin(), { capture: true, once: true });
  bench.finished = new Promise((resolve) => {
    let over = false;
    let firstRows;
    let longestCall = 0;
    const plain = Object.getPrototypeOf(bridge);
    bridge.call = function call(...all) {
      const before = performance.now();
      const value = plain.call.apply(this, all);
      if (bench.begun) longestCall = Math.max(longestCall, performance.now() - before);
      return value;
    };
    bridge.callTexts = function callTexts(adapter, name, ...rest) {
      const value = plain.callTexts.call(this, adapter, name, ...rest);
      if (adapter === 'files' && name === 'end') {
        over = true;
        bench.read = performance.now() - bench.begun;
      }
      return value;
    };
    const afterFrame = () => {
      if (!bench.begun) return;
      if (firstRows === undefined && window.assay.semantics().some((node) => node.id.startsWith('traces.row['))) {
        firstRows = performance.now() - bench.begun;
      }
      if (!over || bridge.call('app', 'idle') === 0) return;
      delete bridge.callTexts;
      delete bridge.call;
      pacing.afterFrame.splice(pacing.afterFrame.indexOf(afterFrame), 1);
      bench.end();
      resolve({ ...bench.result(), read_ms: bench.read, longest_call_ms: longestCall, first_rows_ms: firstRows ?? bench.ended - bench.begun });
    };
    pacing.afterFrame.push(afterFrame);
  });
  // Milliseconds from the command to the frame that shows the answer.
  bench.search = (query) => new Promise((resolve) => {
    const begun = performance.now();
    const afterFrame = () => {
      if (bridge.call('app', 'idle') === 0) return;
      pacing.afterFrame.splice(pacing.afterFrame.indexOf(afterFrame), 1);
      resolve(performance.now() - begun);
    };
    window.assay.command('search.set', { query });
    pacing.afterFrame.push(afterFrame);
    pacing.event();
    pacing.dirty();
  });
}

// The JavaScript way: the whole text, split into lines, each parsed, all objects kept.
export function jsPage() {
  const { bench } = window;
  bench.finished = new Promise((resolve, reject) => {
    document.getElementById('file').onchange = async (event) => {
      try {
        bench.begin();
        window.kept = null;
        const text = await event.target.files[0].text();
        const objects = [];
        for (const line of text.split('\n')) {
          if (line !== '') objects.push(JSON.parse(line));
        }
        window.kept = objects;
        bench.end();
        event.target.value = '';
        resolve({ ...bench.result(), records: objects.length });
      } catch (error) {
        reject(error);
      }
    };
  });
}

// What the browser itself needs: the bytes read into one buffer that is used again, and nothing done with them.
export function readPage() {
  const { bench } = window;
  bench.finished = new Promise((resolve, reject) => {
    document.getElementById('file').onchange = async (event) => {
      try {
        bench.begin();
        const reader = event.target.files[0].stream().getReader({ mode: 'byob' });
        let buffer = new ArrayBuffer(1 << 20);
        let bytes = 0;
        for (;;) {
          const { value, done } = await reader.read(new Uint8Array(buffer));
          if (done) break;
          bytes += value.length;
          buffer = value.buffer;
        }
        bench.end();
        event.target.value = '';
        resolve({ ...bench.result(), bytes });
      } catch (error) {
        reject(error);
      }
    };
  });
}
