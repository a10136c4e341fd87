// Speed that does not depend on how much is loaded.
import assert from 'node:assert/strict';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const NAMES = ['answer_question', 'draft_email', 'summarise_ticket', 'plan_trip', 'route_request'];

// Small traces from number `first` on: what the table shows, and a feedback on every third.
async function writeTraces(file, first, count) {
  const out = await open(file, 'w');
  let block = '';
  for (let i = first; i < first + count; i++) {
    const id = `tr-${i.toString(16).padStart(32, '0')}`;
    const assessments = i % 3 === 0 ? `,"assessments":[{"assessment_id":"a-${i}","assessment_name":"correctness","trace_id":"${id}",`
      + `"source":{"source_type":"HUMAN","source_id":"ann"},"create_time":"2026-11-23T09:00:00Z",`
      + `"last_update_time":"2026-11-23T09:00:00Z","feedback":{"value":${i % 2 === 0}},"valid":true}]` : '';
    block += `{"info":{"trace_id":"${id}","trace_location":{"type":"MLFLOW_EXPERIMENT","mlflow_experiment":{"experiment_id":"0"}},`
      + `"request_preview":"{\\"question\\": \\"What about order ${i}?\\"}","response_preview":"It left the house on day ${i % 28}.",`
      + `"request_time":"2026-11-${String(1 + (i % 28)).padStart(2, '0')}T09:00:00Z","execution_duration":"${1 + (i % 9)}.5s",`
      + `"state":"${i % 17 === 0 ? 'ERROR' : 'OK'}","trace_metadata":{},"tags":{"mlflow.traceName":"${NAMES[i % 5]}"}${assessments}},`
      + '"data":{"spans":[]}}\n';
    if (block.length > 1 << 20) {
      await out.write(block);
      block = '';
    }
  }
  await out.write(block);
  await out.close();
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

// Turns the wheel over the table, as fast as the page takes it: the program's own time for each frame, and how
// many frames the browser asked for in a second.
async function scroll(page, steps) {
  await page.page.evaluate(() => {
    const { pacing } = window.assay.host;
    window.frameTimes = [];
    if (!window.frameWatch) pacing.afterFrame.push(() => window.frameTimes?.push(pacing.stats.frame_ms));
    window.frameWatch = true;
  });
  const table = await page.waitFor('traces');
  await page.page.mouse.move(table.x + table.width / 2, table.y + table.height / 2);
  await page.idle();
  const first = (await page.find(/^traces\.row\[/)).id;
  const begun = Date.now();
  await page.page.evaluate(() => { window.frameTimes = []; });
  for (let i = 0; i < steps; i++) await page.page.mouse.wheel(0, i % 2 === 0 ? 900 : 300);
  const seconds = (Date.now() - begun) / 1000;
  const times = await page.page.evaluate(() => window.frameTimes);
  await page.idle();
  assert.notEqual((await page.find(/^traces\.row\[/)).id, first, 'the table has moved');
  return { median: median(times), worst: Math.max(...times), count: times.length, perSecond: times.length / seconds };
}

const report = (rows, { median: middle, worst, count, perSecond }) => console.log(`     ${rows} rows: ${middle.toFixed(2)} ms `
  + `of the program's own work a frame (${worst.toFixed(1)} at the worst of ${count}), ${perSecond.toFixed(0)} frames a second here`);

export default (test) => {
  test('scrolling through 100,000 traces costs a frame no more than through 1,000', async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'assay-web-'));
    t.onEnd(() => rm(folder, { recursive: true, force: true }));
    const [few, many] = ['few.jsonl', 'many.jsonl'].map((name) => path.join(folder, name));
    await writeTraces(few, 0, 1000);
    await writeTraces(many, 1000, 99000);

    const page = await t.open();
    await page.drop([few]);
    await page.idle();
    await scroll(page, 20);  // the code is compiled and the glyphs are drawn
    const small = await scroll(page, 60);
    report('1,000', small);
    await page.drop([many]);
    await page.idle(120000);
    assert.match(await page.texts(), /100,000/);
    await scroll(page, 20);
    const large = await scroll(page, 60);
    report('100,000', large);
    assert.ok(large.count >= 20, `${large.count} frames for 60 turns of the wheel`);
    // 60 frames a second leave 16 ms; half of it is for the browser and its graphics.
    assert.ok(large.median < 8, `${large.median.toFixed(2)} ms of work a frame`);
    assert.ok(large.median < 2 * Math.max(small.median, 0.5), `${large.median.toFixed(2)} ms against ${small.median.toFixed(2)} ms`);
  }, { serial: true, limitMs: 240000 });
};
