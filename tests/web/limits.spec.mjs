// Files that are larger than what the page may hold (the limit is lowered by its setting).
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { eventually, tempFolder } from './helper.mjs';

const BEGIN_MS = 1767225600000;  // 2026-01-01
const trace = (number, filler) => JSON.stringify({
  info: { trace_id: `tr-${number}`, request_time: new Date(BEGIN_MS + number * 3600000).toISOString(), state: 'OK',
    request_preview: `request ${number}` },
  data: { spans: [{ span_id: '1', name: 'x' }], filler },
});
const file = (count, fillerBytes) => Array.from({ length: count }, (_, i) => `${trace(i, 'x'.repeat(fillerBytes))}\n`).join('');

const traceCount = async (page) => Number((await page.find('traces.footer'))?.name.match(/\d+/)?.[0] ?? 0);
const limit = (page, megabytes) => page.command('setting.set', { key: 'memory_limit_mb', value: String(megabytes) });

async function dropFile(t, page, name, content) {
  const folder = await tempFolder(t);
  await writeFile(path.join(folder, name), content);
  await page.drop([path.join(folder, name)]);
  await page.idle();
}

export default (test) => {
  test('too large is said with numbers before anything is read, and the first traces can be loaded', async (t) => {
    const page = await t.open();
    await limit(page, 20);
    await dropFile(t, page, 'large.jsonl', file(3000, 10000));  // 30 MB
    const numbers = await page.waitFor('part.numbers');
    assert.match(numbers.name, /large\.jsonl is 31 MB; this page can hold about 18 MB/);
    assert.equal(await traceCount(page), 0);
    await page.type('part.first', '25');
    await page.click('part.load');
    await eventually(async () => await traceCount(page) === 25);
    await page.command('ui.import_report');
    await page.waitFor(/left_out\.kind$/);
    assert.match(await page.texts(), /the first 25 traces/);
    await page.key('Escape');
    // The part is what is opened at the next visit.
    await page.reload();
    await eventually(async () => await traceCount(page) === 25);
    assert.equal(await page.find('part'), null);
  });

  test('a time range of a large file', async (t) => {
    const page = await t.open();
    await limit(page, 20);
    await dropFile(t, page, 'large.jsonl', file(3000, 10000));
    await page.click('part.choice[range]');
    await page.type('part.from', '2026-01-02');
    await page.type('part.to', '2026-01-03');
    await page.click('part.load');
    await eventually(async () => await traceCount(page) === 48);
    await page.command('ui.import_report');
    await page.waitFor(/left_out\.kind$/);
    assert.match(await page.texts(), /2952 traces outside/);
  });

  test('what is left unread stays unread, and the report says why', async (t) => {
    const page = await t.open();
    await limit(page, 20);
    await dropFile(t, page, 'large.jsonl', file(3000, 10000));
    await page.click('part.cancel');
    await page.waitGone('part');
    await page.command('ui.import_report');
    await page.waitFor(/too_large\.kind$/);
    await page.key('Escape');
    await page.reload();
    assert.equal(await page.find('part'), null);
    assert.equal(await traceCount(page), 0);
  });

  test('a packed file whose contents are too much ends with what was read so far, and the page goes on', async (t) => {
    const page = await t.open();
    await limit(page, 6);
    await dropFile(t, page, 'large.jsonl.gz', gzipSync(file(4000, 10000)));  // 40 MB, packed to some kB
    await eventually(async () => !(await page.find('top.import_job')));
    const count = await traceCount(page);
    assert.ok(count > 20 && count < 3000, `some of it: ${count}`);
    await page.waitFor('import.report');
    await page.waitFor(/memory_full\.kind$/);
    await page.key('Escape');
    // More fits once the limit is higher.
    await limit(page, 0);
    await dropFile(t, page, 'small.jsonl', JSON.stringify({ info: { trace_id: 'tr-new' }, data: { spans: [] } }));
    await eventually(async () => await traceCount(page) === count + 1);
  });

  test('the first traces of a table', async (t) => {
    const page = await t.open();
    await limit(page, 4);
    const rows = Array.from({ length: 50000 }, (_, i) => `question ${i},${'an answer of some length '.repeat(4)}`).join('\n');
    await dropFile(t, page, 'qa.csv', `question,answer\n${rows}\n`);
    await page.waitFor('part');
    await page.type('part.first', '10');
    await page.click('part.load');
    await eventually(async () => await traceCount(page) === 10);
    await page.command('ui.import_report');
    await page.waitFor(/left_out\.kind$/);
  });
};
