// Input that is wrong in every way at once: each file gets its line in the report, the good one is there.
import assert from 'node:assert/strict';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const info = (id) => ({
  trace_id: id, trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '0' } },
  request_preview: '"hello"', response_preview: '"yes"', request_time: '2026-11-23T09:00:00Z',
  execution_duration: '1.5s', state: 'OK', trace_metadata: {}, tags: {},
});
const span = (id, parent, name) => ({
  trace_id: 'AAAAAAAAAAAAAAAAAAAAAQ==', span_id: id, parent_span_id: parent, name,
  start_time_unix_nano: 1795500000000000000, end_time_unix_nano: 1795500001000000000,
  status: { code: 'STATUS_CODE_OK', message: '' }, attributes: { 'mlflow.spanType': '"CHAIN"' }, events: [],
});
const record = (id, spans = []) => ({ info: info(id), data: { spans } });
const line = (id, spans) => JSON.stringify(record(id, spans));

// One value of a wrong type for each field there is, in the trace's description and in a span.
function wrongTypes() {
  const wrong = [7, 'text', [1], { a: 1 }, true, null];
  const lines = [];
  const fields = ['trace_location', 'request_preview', 'response_preview', 'request_time', 'execution_duration', 'state',
    'trace_metadata', 'tags', 'assessments', 'client_request_id'];
  for (const [index, field] of fields.entries()) {
    for (const [number, value] of wrong.entries()) {
      const bad = record(`tr-wrong-${index}-${number}`);
      bad.info[field] = value;
      lines.push(JSON.stringify(bad));
    }
  }
  for (const [index, field] of Object.keys(span('00000000000000aa', null, 'x')).entries()) {
    for (const [number, value] of wrong.entries()) {
      const bad = span('00000000000000aa', null, 'x');
      bad[field] = value;
      lines.push(line(`tr-span-${index}-${number}`, [bad]));
    }
  }
  for (const value of wrong) lines.push(JSON.stringify({ info: value, data: value }), JSON.stringify(value));
  return lines.join('\n');
}

// name → contents and what its part of the report must name (any one of them).
const BAD = {
  'empty.jsonl': ['', ['empty_file']],
  'truncated.json': [line('tr-truncated', [span('00000000000000aa', null, 'x')]).slice(0, -60), ['truncated_record']],
  'nan.jsonl': [line('tr-nan').replace('"trace_metadata":{}', '"trace_metadata":{"a":NaN,"b":-Infinity,"c":Infinity}'),
    ['non_finite_number', 'malformed_record']],
  'wrong_types.jsonl': [wrongTypes(), ['wrong_type']],
  'odd_ids.jsonl': [[
    line('tr-hex', [span('00f067aa0ba902b7', null, 'hex')]), line('tr-0x', [span('0x00f067aa0ba902b7', null, 'prefixed')]),
    line('tr-base64', [span('APBnqgupArc=', null, 'base64')]), line('tr-number', [span(67667974448284343, null, 'number')]),
    line('tr-none', [span(undefined, null, 'none')]), line('tr-empty', [span('', '', 'empty')]),
    line('', []), line('tr/../../x', []), line('追踪 🎉', []), line('tr-\u0000-nul', []), line('x'.repeat(5000), []),
  ].join('\n'), ['bad_span_id', 'missing_trace_id']],
  'cycles.jsonl': [[
    line('tr-cycle', [span('00000000000000a1', '00000000000000a2', 'a'), span('00000000000000a2', '00000000000000a1', 'b')]),
    line('tr-self', [span('00000000000000a1', '00000000000000a1', 'a')]),
    line('tr-orphan', [span('00000000000000a1', '00000000000000ff', 'a')]),
  ].join('\n'), ['span_cycle', 'orphan_span']],
  'surrogates.jsonl': [line('tr-surrogate').replace('hello', 'half \\\\ud83d of \\ud83d a pair'), ['lone_surrogate']],
  'bomb.json': ['['.repeat(2000000), ['too_deep', 'truncated_record', 'malformed_record', 'unknown_format', 'not_json']],
  'bomb_closed.json': [`${'['.repeat(100000)}${']'.repeat(100000)}`, ['too_deep', 'malformed_record', 'unknown_format', 'unknown_record']],
  'bomb_objects.jsonl': [`${'{"a":'.repeat(200000)}1${'}'.repeat(200000)}`, ['too_deep']],
  'not_really.csv': ['Dear diary,\ntoday "nothing\nhappened; at all\t"', null],
  'binary.json': [Buffer.from(Array.from({ length: 70000 }, (_, i) => (i * 7919 + (i >> 8) * 31) & 255)), null],
};

async function tempFolder(t) {
  const folder = await mkdtemp(path.join(tmpdir(), 'assay-web-'));
  t.onEnd(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

// Starts watching for how long the page stands still at the most; the result is read with window.longest.
const watchStalls = (page) => page.page.evaluate(() => {
  window.longest = 0;
  let last = performance.now();
  const look = () => {
    const now = performance.now();
    window.longest = Math.max(window.longest, now - last);
    last = now;
    setTimeout(look, 0);
  };
  look();
});

export default (test) => {
  test('every kind of broken file has its part of the report, and the good one among them is read', async (t) => {
    const folder = await tempFolder(t);
    const paths = [];
    for (const [name, [content]] of Object.entries(BAD)) {
      paths.push(path.join(folder, name));
      await writeFile(paths.at(-1), content);
      if (paths.length === 6) {  // in the middle
        paths.push(path.join(folder, 'good.jsonl'));
        await writeFile(paths.at(-1), line('tr-good', [span('00000000000000aa', null, 'root')]));
      }
    }
    const page = await t.open();
    await page.drop(paths);
    await page.idle(60000);
    await page.waitFor('import.close');  // it opens by itself: things are missing
    const nodes = await page.semantics();
    const headings = new Map(nodes.map((node) => [/^import\.file\[(\d+)\]$/.exec(node.id)?.[1], node.name]).filter(([n]) => n));
    for (const [name, [, keys]] of [...Object.entries(BAD), ['good.jsonl', [, null]]]) {
      const numbers = [...headings].filter(([, heading]) => heading === name).map(([number]) => number);
      assert.equal(numbers.length, 1, `${name} has one part of the report`);
      const issues = nodes.map((node) => new RegExp(`^import\\.file\\[${numbers[0]}\\]\\.(\\w+)\\.kind$`).exec(node.id)?.[1])
        .filter(Boolean);
      if (name === 'good.jsonl') {
        assert.deepEqual(issues, [], 'nothing is wrong with the good one');
      } else {
        assert.ok(issues.length > 0, `${name}: the report says what is wrong`);
        assert.ok(!keys || keys.some((key) => issues.includes(key)), `${name}: one of ${keys} expected, found ${issues}`);
      }
    }
    await page.click('import.close');
    await page.type('top.search', "request_id = 'tr-good'");
    await page.waitFor('traces.row[tr-good]');
    await page.type('top.search', "request_id = 'tr-orphan'");
    await page.waitFor('traces.row[tr-orphan]');
    assert.deepEqual(page.console.filter((text) => /^error/.test(text)), []);
  });

  test('a file of 200 MB in one line leaves page and memory whole', async (t) => {
    const folder = await tempFolder(t);
    const file = path.join(folder, 'one_line.jsonl');
    const out = await open(file, 'w');
    const [before, after] = line('tr-huge').split('hello');
    await out.write(before);
    const block = Buffer.alloc(1 << 20, 'a long answer without any end in sight, ');
    for (let i = 0; i < 200; i++) await out.write(block);
    await out.write(`${after}\n${line('tr-after')}\n`);
    await out.close();

    const page = await t.open();
    await watchStalls(page);
    const frames = (await page.stats()).frames;
    await page.drop([file]);
    await page.idle(120000);
    const { heap_bytes: heap, frames: drawn } = await page.stats();
    const longest = await page.page.evaluate(() => window.longest);
    console.log(`     one line of 200 MB: longest standstill ${Math.round(longest)} ms, ${drawn - frames} frames, `
      + `${Math.round(heap / 1e6)} MB of memory`);
    assert.ok(heap < 1.2e9, `${Math.round(heap / 1e6)} MB of memory`);
    assert.ok(longest < 3000, `the page stood still for ${Math.round(longest)} ms`);
    // Opened, or left out with a line in the report; what comes after it is read either way.
    await page.command('ui.import_report');
    const told = await page.waitFor(/^import\.file\[0\]$/);
    assert.equal(told.name, 'one_line.jsonl');
    const counts = await page.find('import.file[0].counts');
    const issue = await page.find(/^import\.file\[0\]\.(record_too_large|too_large)\.kind$/);
    assert.ok(issue || /\b2 traces/.test(counts.name), `read, or said why not: ${counts.name}`);
    await page.click('import.close');
    await page.type('top.search', "request_id = 'tr-after'");
    await page.waitFor('traces.row[tr-after]');
  }, { serial: true, limitMs: 240000 });
};
