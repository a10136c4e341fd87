// Searching in the page beside JavaScript over parsed objects, on the same files in the same run: called by
// tools/bench --search.
//   node tests/bench/search.mjs --structured PATH --text PATH [--site DIR] [--json PATH]
// For each query: the program's own time until the rows are there (best of three and the first one), the longest stay
// inside the program meanwhile (so long a key that is pressed waits), and what JavaScript needs for the same question.
import { stat, writeFile } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import path from 'node:path';
import { AssayPage, root } from '../web/helper.mjs';
import { serveSite } from '../web/server.mjs';
import { withBrowser } from './bench_browser.mjs';
import { jsPage, recordGaps, watchImport } from './in_page.mjs';
import { printTable } from './table.mjs';

const LIMIT_MS = 600000;
const ROUNDS = 3;

// [name, query, aim in ms, JavaScript: a function over one parsed trace]. In the page's sandbox, so written as text.
const spansOf = 'const spans = (t) => t.data.spans;';
const anyText = `const any = (value, test) => typeof value === 'string' ? test(value)
  : value !== null && typeof value === 'object' && Object.values(value).some((one) => any(one, test));`;
const STRUCTURED = [
  ['state', "status = 'ERROR'", 16, "(t) => t.info.state === 'ERROR'"],
  ['duration', 'execution_time_ms > 29000', 16, '(t) => t.info.execution_duration_ms > 29000'],
  ['tag and state', "tags.environment = 'prod' AND status = 'ERROR'", 16, "(t) => t.info.tags.environment === 'prod' && t.info.state === 'ERROR'"],
  ['tag or state', "tags.environment = 'prod' OR status = 'ERROR'", 16, "(t) => t.info.tags.environment === 'prod' || t.info.state === 'ERROR'"],
  ['session', "session = 's7'", 16, "(t) => t.info.trace_metadata['mlflow.trace.session'] === 's7'"],
  ['feedback', "feedback.tone = 'yes'", 16, "(t) => (t.info.assessments ?? []).some((a) => a.assessment_name === 'tone' && a.feedback?.value === 'yes')"],
  ['span name', "span.name = 'step_6'", 16, "(t) => spans(t).some((s) => s.name === 'step_6')"],
  ['span type', "span.type = 'LLM'", 16, `(t) => spans(t).some((s) => s.attributes['mlflow.spanType'] === '"LLM"')`],
  ['span type and status', 'span { type = TOOL AND status = ERROR }', 16, `(t) => spans(t).some((s) => s.attributes['mlflow.spanType'] === '"TOOL"' && s.status.code === 'STATUS_CODE_ERROR')`],
  ['count of spans', 'count(span { type = TOOL }) >= 10', 16, `(t) => spans(t).filter((s) => s.attributes['mlflow.spanType'] === '"TOOL"').length >= 10`],
  ['JSON of all spans', 'span { inputs.id = 12345 }', 0, "(t) => spans(t).some((s) => JSON.parse(s.attributes['mlflow.spanInputs']).id === 12345)"],
];
const TEXT = [
  ['rare word', 'zebra', 40, "(t) => any(t, (s) => s.toLowerCase().includes('zebra'))"],
  ['rare, case counts', "trace.text LIKE '%zebra%'", 40, "(t) => any(t.data, (s) => s.includes('zebra'))"],
  ['common phrase', "trace.text LIKE '%enterprise features%'", 70, "(t) => any(t.data, (s) => s.includes('enterprise features'))"],
  ['any case', '"ENTERPRISE FEATURES"', 80, "(t) => any(t, (s) => s.toLowerCase().includes('enterprise features'))"],
  ['regex, literal', 'text =~ /tool_[0-9]+.{0,40}zebra/', 100, '(t) => any(t.data, (s) => /tool_[0-9]+.{0,40}zebra/.test(s))'],
  ['regex, alternatives', 'text =~ /zebra|giraffe/', 900, '(t) => any(t.data, (s) => /zebra|giraffe/.test(s))'],
  ['regex, short literal', 'text =~ /[a-z]+ing [0-9]{3}/', 900, '(t) => any(t.data, (s) => /[a-z]+ing [0-9]{3}/.test(s))'],
  ['regex, no literal', 'text =~ /[A-Z][a-z]+[0-9][A-Z]{3}/', 900, '(t) => any(t.data, (s) => /[A-Z][a-z]+[0-9][A-Z]{3}/.test(s))'],
];

function parseArguments(list) {
  const options = { site: path.join(root, 'build/web'), json: '', structured: '', text: '' };
  for (let i = 0; i < list.length; i++) {
    const name = list[i].replace(/^--/, '');
    if (!(name in options)) throw new Error(`unknown argument ${list[i]}`);
    options[name] = list[++i];
  }
  options.site = path.resolve(options.site);
  return options;
}

// 100,000 traces with ten spans each, as search_bench.cpp makes them.
async function writeStructured(file) {
  if (await stat(file).catch(() => null)) return;
  const hex = (number, width) => number.toString(16).padStart(width, '0');
  const out = createWriteStream(`${file}.part`);
  for (let n = 0; n < 100000; n++) {
    const id = hex(BigInt(n) * 2654435761n, 32);
    const spans = [];
    for (let i = 0; i < 10; i++) {
      spans.push({
        span_id: hex(n * 100 + i + 1, 16), parent_span_id: i === 0 ? null : hex(n * 100 + 1, 16), name: `step_${i % 7}`,
        start_time_unix_nano: 1795500170510, end_time_unix_nano: 1795500170520, status: { code: 'STATUS_CODE_OK' },
        attributes: { 'mlflow.spanType': '"TOOL"', 'mlflow.spanInputs': `{"id": ${n + i}}` },
      });
    }
    const info = {
      trace_id: `tr-${id}`, request_time: `2026-11-24T06:${hex(n % 10, 2)}:00Z`, state: n % 16 === 0 ? 'ERROR' : 'OK',
      execution_duration_ms: (n * 7919) % 30000, trace_metadata: { 'mlflow.trace.session': `s${n % 400}` },
      tags: { 'mlflow.traceName': 'answer', environment: n % 3 === 0 ? 'prod' : 'dev' }, request_preview: 'q', response_preview: 'a',
    };
    if (n % 4 === 0) info.assessments = [{ assessment_id: `a-${id}`, assessment_name: 'tone', feedback: { value: 'yes' } }];
    const line = `${JSON.stringify({ info, data: { spans } })}\n`.replaceAll(/(17955001705[12]0)/g, '$1000000');
    if (!out.write(line)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  const { rename } = await import('node:fs/promises');
  await rename(`${file}.part`, file);
}

// Inside the page: one search from the command to the frame after which nothing is left to do.
function offerSearch() {
  const { host } = window.assay;
  const { bridge, pacing } = host;
  const plain = Object.getPrototypeOf(bridge);
  window.bench.timed = (query) => new Promise((resolve) => {
    let ticks = 0, longest = 0, first;
    const begun = performance.now();
    bridge.call = function call(...all) {
      const before = performance.now();
      const value = plain.call.apply(this, all);
      const took = performance.now() - before;
      longest = Math.max(longest, took);
      if (all[1] === 'tick') ticks += took;
      return value;
    };
    const afterFrame = () => {
      if (plain.call.call(bridge, 'app', 'idle') === 0) return;
      pacing.afterFrame.splice(pacing.afterFrame.indexOf(afterFrame), 1);
      delete bridge.call;
      const status = window.assay.semantics().find((node) => node.id === 'top.search_status')?.name ?? '';
      const [, rows, ms] = /^([\d,.  ]+).* ([\d.]+) ms$/.exec(status) ?? [];
      resolve({ wall: performance.now() - begun, ticks, longest, rows: Number((rows ?? '').replaceAll(/\D/g, '')), own: Number(ms), status });
    };
    window.assay.command('search.set', { query });
    pacing.afterFrame.push(afterFrame);
    pacing.event();
    pacing.dirty();
  });
}

const measureApp = (site, file, queries) => withBrowser(async (tab) => {
  const page = new AssayPage(tab, site);
  await page.open();
  await tab.evaluate(recordGaps);
  await tab.evaluate(watchImport);
  await tab.setInputFiles('#file', file);
  await tab.evaluate(() => window.bench.finished);
  await page.idle(LIMIT_MS);
  await tab.evaluate(offerSearch);
  const out = [];
  for (const [name, query] of queries) {
    const runs = [];
    for (let i = 0; i < ROUNDS; i++) {
      await tab.evaluate(() => window.bench.timed(''));
      await page.idle(LIMIT_MS);
      runs.push(await tab.evaluate((text) => window.bench.timed(text), query));
      await page.idle(LIMIT_MS);
    }
    const best = runs.reduce((a, b) => (b.own < a.own ? b : a));
    out.push({ name, query, first_ms: runs[0].own, own_ms: best.own, wall_ms: Math.min(...runs.map((r) => r.wall)),
      extras_ms: Math.min(...runs.map((r) => r.ticks - r.own)), longest_ms: Math.max(...runs.map((r) => r.longest)), rows: best.rows, status: best.status });
  }
  if (page.errors.length > 0) throw new Error(`the page has complained: ${page.errors.join('; ')}`);
  return out;
});

const measureJs = (site, file, queries) => withBrowser(async (tab) => {
  await tab.goto(`${site.url}bench-blank.html`);
  await tab.evaluate(recordGaps);
  await tab.evaluate(jsPage);
  await tab.setInputFiles('#file', file);
  await tab.evaluate(() => window.bench.finished);
  return tab.evaluate(([list, head, rounds]) => list.map(([, , , code]) => {
    const test = new Function(`${head} return ${code};`)();
    let best = Infinity, found = 0;
    for (let i = 0; i < rounds; i++) {
      const begun = performance.now();
      found = window.kept.filter(test).length;
      best = Math.min(best, performance.now() - begun);
    }
    return { ms: best, found };
  }), [queries, spansOf + anyText, ROUNDS]);
});

const options = parseArguments(process.argv.slice(2));
const site = await serveSite(options.site);
site.override.set('bench-blank.html', { type: 'text/html', body: '<!doctype html><input id="file" type="file">' });
const rows = [];
const results = [];
try {
  if (options.structured) await writeStructured(options.structured);
  for (const [kind, file, queries] of [['structured', options.structured, STRUCTURED], ['text', options.text, TEXT]]) {
    if (!file) continue;
    const load = loadavg()[0];
    process.stderr.write(`bench: ${kind}, load ${load.toFixed(1)}\n`);
    const app = await measureApp(site, file, queries);
    const js = await measureJs(site, file, queries);
    app.forEach((own, i) => {
      const aim = queries[i][2];
      results.push({ ...own, js_ms: js[i].ms, js_found: js[i].found, aim, load });
      rows.push([own.name, own.own_ms.toFixed(1), own.first_ms.toFixed(1), aim || '', js[i].ms.toFixed(0), `${(js[i].ms / own.own_ms).toFixed(1)}x`,
        own.extras_ms.toFixed(0), own.wall_ms.toFixed(0), own.longest_ms.toFixed(0), own.rows, js[i].found]);
    });
  }
} finally {
  await site.close();
}
printTable(['search', 'ms', 'first', 'aim', 'JavaScript ms', 'against it', 'counts ms', 'to the frame ms', 'longest call ms', 'rows', 'JavaScript'], rows);
if (options.json) await writeFile(options.json, `${JSON.stringify(results, null, 1)}\n`);
