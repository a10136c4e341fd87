// The same requests without Assay: a loop of fetch in a worker of the page, its key in a header, its replies read and
// parsed. What this cannot do, no page can on this machine.

// Runs in the worker. What comes in: { url, count, atOnce, body }; what goes out: { ms, failed }.
async function loop({ data: { url, count, atOnce, body } }) {
  const begun = performance.now();
  let left = count, failed = 0;
  const bytes = new TextEncoder().encode(body);
  const lane = async () => {
    while (left > 0) {
      left--;
      try {
        const response = await fetch(url, { method: 'POST', body: bytes, mode: 'cors', credentials: 'omit',
          referrerPolicy: 'no-referrer', headers: { 'content-type': 'application/json', authorization: 'Bearer sk-bench-0123456789' } });
        JSON.parse(await response.text());
      } catch {
        failed++;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  postMessage({ ms: performance.now() - begun, failed });
}

const NAME = 'bench_worker.js';

// Puts the worker's file beside the page of `site` (tests/web/server.mjs).
export function offerBareFetch(site) {
  site.override.set(NAME, { type: 'text/javascript', body: `onmessage = ${loop.toString()};\n` });
}

// {ms}: so long took `count` requests of `size` bytes to `url`, `atOnce` at once, from the page of `browser`
// (plain_browser.mjs).
export async function bareFetch(browser, { url, count, atOnce, size }) {
  const result = await browser.evaluate(([name, job]) => new Promise((resolve, reject) => {
    const worker = new Worker(new URL(name, document.baseURI), { type: 'module' });
    worker.onmessage = ({ data }) => {
      worker.terminate();
      resolve(data);
    };
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(job);
  }), [NAME, { url, count, atOnce, body: JSON.stringify({ model: 'fake-1', messages: [{ role: 'user', content: 'x'.repeat(size) }] }) }]);
  if (result.failed > 0) throw new Error(`${result.failed} bare requests failed`);
  return result;
}
