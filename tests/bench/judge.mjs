// How fast a run of judges goes in the page: called by tools/bench --judge.
//   node tests/bench/judge.mjs --file TRACES.jsonl [--site DIR] [--traces N] [--json PATH] [--only DELAY_MS] [--profile PATH] [--offline yes]
// Each trace by five scorers against a judge on this machine, first with 200 ms a request and 20 requests at once
// (ideal: requests / 20 * 0.2 s), then without any delay; a browser of its own for each. Beside it what a bare loop of
// fetch in a worker of the same page does with the same judge, just after, and the processor time of each process.
// --offline: with the page's service worker in place, as on a second visit.
// --profile writes what the page's thread did, for the browser's own tools (.cpuprofile).
import { writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import path from 'node:path';
import { root } from '../web/helper.mjs';
import { serveSite } from '../web/server.mjs';
import { bareFetch, offerBareFetch } from './bare_fetch.mjs';
import { startFakeJudge } from './fake_judge.mjs';
import { PlainBrowser } from './plain_browser.mjs';
import { printTable } from './table.mjs';

const options = { file: '', site: path.join(root, 'build/web'), traces: '1000', json: '', place: 'runs', only: '', profile: '', bare: '2000', offline: '' };
const list = process.argv.slice(2);
for (let i = 0; i < list.length; i += 2) options[list[i].slice(2)] = list[i + 1];

const SCORERS = ['polite', 'brief'].map((name) => ({ name, kind: 'Guidelines', guidelines: [`The response is ${name}`] }));

// How long the page's thread was not free: a message to itself that comes late, tasks that the browser calls long,
// and the longest stay inside the program.
function watch() {
  const bench = { begun: performance.now(), latest: 0, late: [], longTasks: [], longestCall: 0, calls: {} };
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
    if (late > 50) bench.late.push([Math.round(posted - bench.begun), Math.round(late)]);
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

// {browser: seconds, …, judge: of this process}
async function cpuOf(browser) {
  const { user, system } = process.cpuUsage();
  return { ...await browser.cpu(), judge: (user + system) / 1e6 };
}

const cpuSince = (before, after) => Object.fromEntries(Object.entries(after).map(([name, s]) => [name, s - (before[name] ?? 0)]));

async function measure(site, delayMs) {
  const judge = await startFakeJudge({ delayMs });
  const browser = await PlainBrowser.launch({ scale: 0.5 });
  const command = (id, args = {}) => browser.evaluate(([name, values]) => window.assay.command(name, values), [id, args]);
  const stats = () => browser.evaluate(() => window.assay.stats());
  const idle = () => browser.evaluate(() => window.assay.idle(120000));
  try {
    await browser.ask('Page.navigate', { url: `${site.url}?testing=1${options.offline ? '&offline=1' : ''}` });
    await browser.until(() => Boolean(window.assay));
    await browser.evaluate(() => window.assay.ready);
    if (options.offline) await browser.until(() => Boolean(navigator.serviceWorker.controller));
    await browser.setFile('#file', options.file);
    await browser.until(() => window.assay.host.files.busy || window.assay.semantics().some(({ id }) => /^traces.row/.test(id)));
    await idle();
    for (const spec of SCORERS) await command('scorer.save', { spec: JSON.stringify(spec) });
    await command('scorer.switch', { name: 'retrieval_groundedness', on: 'false' });
    await command('scorer.switch', { name: 'relevance_to_query', on: 'false' });
    for (const [key, value] of Object.entries({ judge_base_url: judge.url, judge_model: 'fake-1', judge_concurrency: '20' }))
      await command('setting.set', { key, value });
    await command('judge.set_key', { key: 'sk-bench-0123456789' });
    await idle();
    const before = await stats();
    await browser.evaluate(watch);
    if (options.profile) {
      await browser.ask('Profiler.enable');
      await browser.ask('Profiler.setSamplingInterval', { interval: 500 });
      await browser.ask('Profiler.start');
    }
    const cpuBefore = await cpuOf(browser);
    const threadsBefore = browser.threads();
    const result = await browser.evaluate(async ([limit, place]) => {
      const begun = performance.now();
      window.assay.command('judge.start', { scope: 'matching', limit });
      if (place !== 'runs') window.assay.command(`go.${place}`);
      const { host } = window.assay;
      while (host.bridge.call('app', 'idle') === 0) await new Promise((resolve) => { setTimeout(resolve, 5); });
      return { ms: performance.now() - begun, latest_ms: window.bench.latest, late: window.bench.late, long_tasks: window.bench.longTasks, calls: window.bench.calls };
    }, [options.traces, options.place]);
    const cpu = cpuSince(cpuBefore, await cpuOf(browser)), threads = cpuSince(threadsBefore, browser.threads());
    if (options.profile) {
      const { profile } = await browser.ask('Profiler.stop');
      await writeFile(`${options.profile}-${delayMs}.cpuprofile`, JSON.stringify(profile));
    }
    const requests = judge.served, most = judge.most;
    await idle();
    const after = await stats();
    const bareBefore = await cpuOf(browser);
    const count = Math.min(requests, Number(options.bare));
    const bare = { ...await bareFetch(browser, { url: `${judge.url}/chat/completions`, count, atOnce: 20, size: Math.round(judge.bytes / judge.served) }),
      requests: count, delay_ms: delayMs, load: loadavg()[0] };
    bare.cpu = cpuSince(bareBefore, await cpuOf(browser));
    return { delay_ms: delayMs, requests, most_at_once: most, heap_mb: [before.heap_bytes / 1e6, after.heap_bytes / 1e6],
      frames: after.frames - before.frames, load: loadavg()[0], cpu, threads, bare, ...result };
  } finally {
    await browser.close();
    await judge.close();
  }
}

const site = await serveSite(options.site);
offerBareFetch(site);
const results = [];
try {
  for (const delayMs of options.only ? [Number(options.only)] : [200, 0]) results.push(await measure(site, delayMs));
} finally {
  await site.close();
}
const ideal = ({ requests, delay_ms: delay }) => requests / 20 * delay;
const cells = (r) => [r.requests, (r.ms / 1000).toFixed(2), ideal(r) > 0 ? `${(r.ms / ideal(r)).toFixed(3)}x` : '', (r.requests * 1000 / r.ms).toFixed(0)];
printTable(['delay ms', '', 'requests', 's', 'to ideal', 'verdicts/s', 'to bare', 'at once', 'longest wait ms', 'waits over 50 ms', 'frames', 'heap MB', 'load'],
  results.flatMap((r) => [
    [r.delay_ms, 'run of judges', ...cells(r), `${(r.ms / r.requests / (r.bare.ms / r.bare.requests)).toFixed(3)}x`, r.most_at_once, r.latest_ms.toFixed(0), r.late.length,
      r.frames, r.heap_mb.map((mb) => mb.toFixed(0)).join('→'), r.load.toFixed(1)],
    [r.delay_ms, 'bare fetch loop', ...cells(r.bare), '', 20, '', '', '', '', r.bare.load.toFixed(1)]]));
const processes = ['browser', 'network', 'renderer', 'gpu', 'storage', 'judge'];
printTable(['delay ms', 'processor ms a request', 'all', ...processes], results.flatMap((r) => [['run of judges', r], ['bare fetch loop', r.bare]].map(([name, { cpu, requests }]) => [
  r.delay_ms, name, (Object.values(cpu).reduce((a, b) => a + b, 0) * 1000 / requests).toFixed(2),
  ...processes.map((process) => ((cpu[process] ?? 0) * 1000 / requests).toFixed(2))])));
for (const r of results)
  if (r.late.length > 0) process.stdout.write(`${r.delay_ms} ms: waits over 50 ms, as ms since the start and length: ${r.late.map((wait) => wait.join('+')).join(', ')}\n`);
printTable(['delay ms', 'thread', 'processor s'], results.flatMap((r) => Object.entries(r.threads)
  .sort((a, b) => b[1] - a[1]).slice(0, 10).map(([name, s]) => [r.delay_ms, name, s.toFixed(2)])));
printTable(['delay ms', 'call', 'times', 'ms in all', 'longest ms'], results.flatMap((r) => Object.entries(r.calls)
  .sort((a, b) => b[1].ms - a[1].ms).slice(0, 6).map(([name, { count, ms, longest }]) => [r.delay_ms, name, count, ms.toFixed(0), longest.toFixed(1)])));
if (options.json) await writeFile(options.json, `${JSON.stringify(results, null, 1)}\n`);
