// A trace of 32,843 spans: how soon its spans are there, and what scrolling, zooming and jumping cost.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { tempFolder } from './helper.mjs';

const SPANS = 32843;
const TYPES = ['AGENT', 'CHAT_MODEL', 'TOOL', 'RETRIEVER', 'CHAIN'];
const START = 1767323045000000000n;

const spanId = (i) => (i + 1).toString(16).padStart(16, '0');

// A root with hundreds of steps, each with dozens of calls; one call in a thousand fails.
function largeTrace() {
  const spans = [];
  const add = (i, parent, name, type, start, end, failed) => spans.push(`{"trace_id":"5b8efff798038103d269b633813fc60c","span_id":"${spanId(i)}",`
    + `"parent_span_id":${parent < 0 ? 'null' : `"${spanId(parent)}"`},"name":"${name}","start_time_unix_nano":${START + BigInt(start)},`
    + `"end_time_unix_nano":${START + BigInt(end)},"events":[],"status":{"code":"STATUS_CODE_${failed ? 'ERROR' : 'OK'}"},`
    + `"attributes":{"mlflow.spanType":"\\"${type}\\"","mlflow.spanInputs":"{\\"question\\": \\"What about order ${i}?\\"}",`
    + `"mlflow.spanOutputs":"\\"It left the house on day ${i % 28}.\\""${i % 40 === 2 ? ',"mlflow.chat.tokenUsage":"{\\"input_tokens\\": 10, \\"output_tokens\\": 2, \\"total_tokens\\": 12}"' : ''}}}`);
  const steps = 400;
  add(0, -1, 'run', 'AGENT', 0, steps * 1e6);
  let i = 1;
  for (let step = 0; i < SPANS; step++) {
    const parent = i;
    const begin = (step % steps) * 1e6;
    add(i, 0, `step_${step}`, 'CHAIN', begin, begin + 9e5);
    i++;
    for (let k = 0; k < 81 && i < SPANS; k++, i++) {
      add(i, k % 9 === 0 ? parent : i - 1, `call_${k % 7}`, TYPES[k % 5], begin + k * 1e4, begin + k * 1e4 + (9 - (k % 9)) * 1e4, i % 1000 === 7);
    }
  }
  return `{"info":{"trace_id":"tr-large","trace_location":{"type":"MLFLOW_EXPERIMENT","mlflow_experiment":{"experiment_id":"0"}},`
    + `"request_time":"2026-01-02T03:04:05Z","execution_duration":"0.4s","state":"OK","tags":{},"trace_metadata":{}},"data":{"spans":[${spans.join(',')}]}}\n`;
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

async function watchFrames(page) {
  await page.page.evaluate(() => {
    const { pacing } = window.assay.host;
    window.frameTimes = [];
    pacing.afterFrame.push(() => window.frameTimes?.push(pacing.stats.frame_ms));
  });
}
const takeTimes = (page) => page.page.evaluate(() => {
  const times = window.frameTimes;
  window.frameTimes = [];
  return times;
});

export default (test) => {
  test('32,843 spans: the timeline is there at once, and scrolling and zooming stay cheap', async (t) => {
    const file = path.join(await tempFolder(t), 'large.jsonl');
    await writeFile(file, largeTrace());
    const page = await t.open();
    await page.drop([file]);
    await page.idle(60000);
    await page.command('trace.open', { trace_id: 'tr-large' });
    await page.idle();
    await watchFrames(page);
    await page.click('reader.tab[spans]');
    await page.waitFor('reader.span[0000000000000001]');
    await page.idle();  // the path, the orders, the overview and the sums come over the next frames
    const opening = await takeTimes(page);
    const worst = Math.max(...opening);
    console.log(`     first paint: ${worst.toFixed(1)} ms of the program's own work in its longest frame of ${opening.length}`);
    assert.ok(worst < 50, `${worst.toFixed(1)} ms of work in one frame`);

    const tree = await page.waitFor('reader.spans');
    await page.page.mouse.move(tree.x + tree.width / 2, tree.y + tree.height / 2);
    await page.idle();
    await takeTimes(page);
    for (let i = 0; i < 60; i++) await page.page.mouse.wheel(0, i % 2 === 0 ? 900 : 300);
    const scrolling = await takeTimes(page);
    await page.idle();
    console.log(`     scrolling: ${median(scrolling).toFixed(2)} ms a frame (${Math.max(...scrolling).toFixed(1)} at the worst of ${scrolling.length})`);
    assert.equal(await page.find('reader.span[0000000000000001]'), null, 'the tree has moved');
    assert.ok(median(scrolling) < 8, `${median(scrolling).toFixed(2)} ms of work a frame`);

    // Zoom and pan with keys.
    await takeTimes(page);
    for (const key of ['=', '=', '=', '=', 'Shift+ArrowRight', 'Shift+ArrowRight', '-']) await page.key(key);
    const zooming = await takeTimes(page);
    const map = await page.waitFor('spans.minimap');
    assert.notEqual(map.value, '0 to 400 ms');
    assert.ok(median(zooming) < 8, `${median(zooming).toFixed(2)} ms of work a frame`);
    await page.key('0');

    // The first failure, the slowest span, a filter.
    await page.key('e');
    assert.match((await page.waitFor('span.title')).name, /call_/);
    assert.ok(await page.waitFor('span.status'));
    await page.type('spans.filter', 'step_39');
    const status = await page.waitFor('spans.status');
    assert.match(status.name, /^\d+ of 32,843 spans$/);
    await page.type('spans.filter', '');
    await page.click('spans.slowest');
    assert.ok(await page.waitFor('span.usage'));
  }, { serial: true, limitMs: 120000 });

  test('a drag over the minimap shows that part, and a double click all of it', async (t) => {
    const page = await t.open();
    await page.click('empty.example');
    await page.click(/^traces\.row\[/);
    await page.click('reader.tab[spans]');
    const map = await page.waitFor('spans.minimap');
    const whole = map.value;
    const y = map.y + map.height / 2;
    await page.page.mouse.move(map.x + map.width * 0.2, y);
    await page.page.mouse.down();
    await page.page.mouse.move(map.x + map.width * 0.4, y, { steps: 4 });
    await page.page.mouse.up();
    await page.idle();
    assert.notEqual((await page.waitFor('spans.minimap')).value, whole);
    await page.page.mouse.dblclick(map.x + map.width * 0.5, y);
    await page.idle();
    assert.equal((await page.waitFor('spans.minimap')).value, whole);
    // The next trace opens at the same kind of span.
    await page.key('s');
    const name = (await page.waitFor('span.title')).name;
    await page.key('j');
    assert.equal((await page.waitFor('span.title')).name, name);
  });
};
