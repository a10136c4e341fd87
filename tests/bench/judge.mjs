// How fast a run of judges goes in the page: called by tools/bench --judge.
//   node tests/bench/judge.mjs --file TRACES.jsonl [--site DIR] [--traces N] [--json PATH]
// Each trace by five scorers against a judge on this machine, first with 200 ms a request and 20 requests at once
// (ideal: requests / 20 * 0.2 s), then without any delay. A browser of its own for each.
import { writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import path from 'node:path';
import { AssayPage, launchBrowser, root } from '../web/helper.mjs';
import { serveSite } from '../web/server.mjs';
import { startFakeJudge } from './fake_judge.mjs';
import { printTable } from './table.mjs';

const options = { file: '', site: path.join(root, 'build/web'), traces: '1000', json: '', place: 'runs', only: '' };
const list = process.argv.slice(2);
for (let i = 0; i < list.length; i += 2) options[list[i].slice(2)] = list[i + 1];

const SCORERS = ['polite', 'brief'].map((name) => ({ name, kind: 'Guidelines', guidelines: [`The response is ${name}`] }));

// How long the page's thread was not free: a message to itself that comes late, tasks that the browser calls long,
// and the longest stay inside the program.
function watch() {
  const bench = { latest: 0, late: [], longTasks: [], longestCall: 0, calls: {} };
  window.bench = bench;
  const { bridge } = window.assay.host;
  const plain = Object.getPrototypeOf(bridge);
  bridge.call = function call(...all) {
    const before = performance.now();
    const value = plain.call.apply(this, all);
    const ms = performance.now() - before;
    const entry = bench.calls[`${all[0]}.${all[1]}`] ??= { count: 0, ms: 0, longest: 0 };
    entry.count++;
    entry.ms += ms;
    entry.longest = Math.max(entry.longest, ms);
    return value;
  };
  const channel = new MessageChannel();
  let posted = performance.now();
  channel.port1.onmessage = () => {
    const late = performance.now() - posted;
    if (late > 50) bench.late.push(Math.round(late));
    bench.latest = Math.max(bench.latest, late);
    setTimeout(() => {
      posted = performance.now();
      channel.port2.postMessage(0);
    }, 20);
  };
  channel.port2.postMessage(0);
  new PerformanceObserver((entries) => {
    for (const entry of entries.getEntries()) bench.longTasks.push(Math.round(entry.duration));
  }).observe({ type: 'longtask' });
}

async function measure(site, delayMs) {
  const judge = await startFakeJudge({ delayMs });
  const browser = await launchBrowser();
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, deviceScaleFactor: 0.5, ignoreHTTPSErrors: true });
    const page = new AssayPage(await context.newPage(), site);
    await page.open();
    await page.page.setInputFiles('#file', options.file);
    await page.idle(120000);
    for (const spec of SCORERS) await page.command('scorer.save', { spec: JSON.stringify(spec) });
    await page.command('scorer.switch', { name: 'retrieval_groundedness', on: 'false' });
    await page.command('scorer.switch', { name: 'relevance_to_query', on: 'false' });
    for (const [key, value] of Object.entries({ judge_base_url: judge.url, judge_model: 'fake-1', judge_concurrency: '20' }))
      await page.command('setting.set', { key, value });
    await page.command('judge.set_key', { key: 'sk-bench-0123456789' });
    const before = await page.stats();
    const renderer = (await page.page.context().newCDPSession(page.page));
    await page.page.evaluate(watch);
    const result = await page.page.evaluate(async ([limit, place]) => {
      const begun = performance.now();
      window.assay.command('judge.start', { scope: 'matching', limit });
      if (place !== 'runs') window.assay.command(`go.${place}`);
      const { host } = window.assay;
      while (host.bridge.call('app', 'idle') === 0) await new Promise((resolve) => { setTimeout(resolve, 5); });
      return { ms: performance.now() - begun, latest_ms: window.bench.latest, late: window.bench.late, long_tasks: window.bench.longTasks, calls: window.bench.calls };
    }, [options.traces, options.place]);
    await page.idle(60000);
    await renderer.detach();
    const after = await page.stats();
    if (page.errors.length > 0) throw new Error(`the page has complained: ${page.errors.join('; ')}`);
    return { delay_ms: delayMs, requests: judge.served, most_at_once: judge.most, ideal_ms: judge.served / 20 * delayMs,
      heap_mb: [before.heap_bytes / 1e6, after.heap_bytes / 1e6], frames: after.frames - before.frames, load: loadavg()[0], ...result };
  } finally {
    await browser.close();
    await judge.close();
  }
}

const site = await serveSite(options.site);
const results = [];
try {
  for (const delayMs of options.only ? [Number(options.only)] : [200, 0]) results.push(await measure(site, delayMs));
} finally {
  await site.close();
}
printTable(['delay ms', 'requests', 'at once', 's', 'ideal s', 'ratio', 'verdicts/s', 'longest wait ms', 'waits over 50 ms', 'frames', 'heap MB', 'load'],
  results.map((r) => [r.delay_ms, r.requests, r.most_at_once, (r.ms / 1000).toFixed(2), (r.ideal_ms / 1000).toFixed(2),
    r.ideal_ms > 0 ? `${(r.ms / r.ideal_ms).toFixed(3)}x` : '', (r.requests * 1000 / r.ms).toFixed(0), r.latest_ms.toFixed(0),
    r.late.length, r.frames, r.heap_mb.map((mb) => mb.toFixed(0)).join('→'), r.load.toFixed(1)]));
printTable(['delay ms', 'call', 'times', 'ms in all', 'longest ms'], results.flatMap((r) => Object.entries(r.calls)
  .sort((a, b) => b[1].ms - a[1].ms).slice(0, 6).map(([name, { count, ms, longest }]) => [r.delay_ms, name, count, ms.toFixed(0), longest.toFixed(1)])));
if (options.json) await writeFile(options.json, `${JSON.stringify(results, null, 1)}\n`);
