// The page beside the JavaScript way, on the same files in the same run: called by tools/bench.
//   node tests/bench/web.mjs --file NAME=PATH… [--site DIR] [--json PATH] [--once] [--page-only]
// Each measurement has a browser of its own with a profile on disk; the file is given to the file input, so
// that it is a File on the disk, as a dropped one is. --once leaves the warm (second) imports out; --page-only the other
// ways: JavaScript cannot hold the text of a file beyond 512 MB.
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import path from 'node:path';
import { AssayPage, root } from '../web/helper.mjs';
import { serveSite } from '../web/server.mjs';
import { withBrowser } from './bench_browser.mjs';
import { jsPage, readPage, recordGaps, watchImport } from './in_page.mjs';
import { printTable } from './table.mjs';

const LIMIT_MS = 600000;
const SEARCHES = [['absent word', 'zebra'], ['common phrase', 'enterprise features'], ['state and time', "status = 'ERROR' AND execution_time_ms > 1000"]];

function parseArguments(list) {
  const options = { files: [], site: path.join(root, 'build/web'), json: '', once: false, pageOnly: false };
  for (let i = 0; i < list.length; i++) {
    if (list[i] === '--file') {
      const [name, ...rest] = list[++i].split('=');
      options.files.push({ name, path: rest.join('=') });
    } else if (list[i] === '--site') options.site = path.resolve(list[++i]);
    else if (list[i] === '--json') options.json = list[++i];
    else if (list[i] === '--once') options.once = true;
    else if (list[i] === '--page-only') options.pageOnly = true;
    else throw new Error(`unknown argument ${list[i]}`);
  }
  return options;
}

// Of the renderers among this process's descendants: VmHWM of the largest, the most memory that was ever resident, and
// the processor time of all, in which other work on the machine counts less than in what the clock says.
async function renderers() {
  const parents = new Map();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const text = await readFile(`/proc/${name}/stat`, 'latin1');
      parents.set(Number(name), Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]));
    } catch { /* it has ended */ }
  }
  let peak_mb = 0, cpu_ms = 0;
  for (const pid of parents.keys()) {
    let at = pid;
    while (at && at !== process.pid) at = parents.get(at);
    if (at !== process.pid) continue;
    try {
      if (!(await readFile(`/proc/${pid}/cmdline`, 'latin1')).includes('--type=renderer')) continue;
      const peakKB = Number(/VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0);
      peak_mb = Math.max(peak_mb, peakKB * 1024 / 1e6);
      const text = await readFile(`/proc/${pid}/stat`, 'latin1');
      const [user, system] = text.slice(text.lastIndexOf(')') + 2).split(' ').slice(11, 13).map(Number);
      cpu_ms += (user + system) * 10;
    } catch { /* it has ended */ }
  }
  return { peak_mb, cpu_ms };
}

async function measured(tab, file) {
  const before = await renderers();
  await tab.setInputFiles('#file', file.path);
  const result = await tab.evaluate(() => window.bench.finished);
  const after = await renderers();
  return { ...result, peak_mb: after.peak_mb, cpu_ms: after.cpu_ms - before.cpu_ms };
}

// The program: { fresh: {…}, warm: {…}, searches: {…} }.
const measureApp = (site, file, once) => withBrowser(async (tab) => {
  const page = new AssayPage(tab, site);
  await page.open();
  const before = (await renderers()).peak_mb;
  const run = async () => {
    await tab.evaluate(recordGaps);
    await tab.evaluate(watchImport);
    const result = await measured(tab, file);
    result.heap_mb = (await page.stats()).heap_bytes / 1e6;
    await page.idle(LIMIT_MS);  // the copy that survives a reload
    return result;
  };
  const out = { before_mb: before, fresh: await run(), searches: {} };
  for (const [name, query] of SEARCHES) {
    out.searches[name] = await tab.evaluate((text) => window.bench.search(text), query);
  }
  await tab.evaluate(() => window.bench.search(''));
  if (!once) {
    await page.command('file.close_all');
    await page.idle(LIMIT_MS);
    out.warm = await run();
  }
  if (page.errors.length > 0) throw new Error(`the page has complained: ${page.errors.join('; ')}`);
  return out;
});

const measureBlank = (site, file, script, once) => withBrowser(async (tab) => {
  await tab.goto(`${site.url}bench-blank.html`);
  const run = async () => {
    await tab.evaluate(recordGaps);
    await tab.evaluate(script);
    return measured(tab, file);
  };
  const out = { fresh: await run() };
  if (!once) out.warm = await run();
  return out;
});

const seconds = (ms) => (ms / 1000).toFixed(2);
const ratio = (a, b) => `${(a / b).toFixed(1)}x`;

function rowsOf(result) {
  const { file, app, js, read } = result;
  const row = (name, kind, own, other) => [file.name, name, kind, seconds(own.ms), (file.mb * 1000 / own.ms).toFixed(0),
    other ? ratio(other.ms, own.ms) : '', seconds(own.cpu_ms), other ? ratio(other.cpu_ms, own.cpu_ms) : '', own.first_rows_ms === undefined ? '' : own.first_rows_ms.toFixed(0),
    own.longest_gap_ms.toFixed(0), own.longest_call_ms === undefined ? '' : own.longest_call_ms.toFixed(0), own.peak_mb.toFixed(0), (own.peak_mb / file.mb).toFixed(2)];
  const rows = [];
  for (const kind of ['fresh', 'warm']) {
    if (!app[kind]) continue;
    rows.push(row('page', kind, app[kind], js?.[kind]));
    if (js?.[kind]) rows.push(row('JavaScript', kind, js[kind]));
    if (read?.[kind]) rows.push(row('reading alone', kind, read[kind]));
  }
  return rows;
}

const options = parseArguments(process.argv.slice(2));
const site = await serveSite(options.site);
site.override.set('bench-blank.html', { type: 'text/html', body: '<!doctype html><input id="file" type="file">' });
const results = [];
try {
  for (const file of options.files) {
    file.mb = (await stat(file.path)).size / 1e6;
    const result = { file, load: loadavg()[0] };
    process.stderr.write(`bench: ${file.name} (${file.mb.toFixed(1)} MB), load ${result.load.toFixed(1)}\n`);
    if (!options.pageOnly) result.js = await measureBlank(site, file, jsPage, options.once);
    result.app = await measureApp(site, file, options.once);
    if (!options.pageOnly) result.read = await measureBlank(site, file, readPage, options.once);
    results.push(result);
  }
} finally {
  await site.close();
}
printTable(['file', 'way', '', 's', 'MB/s', 'against JS', 'cpu s', 'against JS', 'first rows ms', 'longest gap ms', 'longest call ms', 'peak MB', 'peak/file'],
  results.flatMap(rowsOf));
printTable(['file', 'search in the page', 'ms'], results.flatMap(({ file, app }) => Object.entries(app.searches)
  .map(([name, ms]) => [file.name, name, ms.toFixed(0)])));
if (options.json) await writeFile(options.json, `${JSON.stringify(results, null, 1)}\n`);
