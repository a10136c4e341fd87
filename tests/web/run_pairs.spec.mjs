// Two runs over the same traces are compared in the built page, with clicks, back, forward and a reload.
import assert from 'node:assert/strict';
import { eventually } from './helper.mjs';
import { startFakeOpenai, verdict } from './fake_openai.mjs';

const hash = (page) => new URLSearchParams(new URL(page.page.url()).hash.split('?')[1] ?? '');

async function runTwice(t, viewport) {
  let asked = 0, strict = false;
  const api = await startFakeOpenai({ respond: () => verdict(!(strict && asked++ % 2 === 0)) });
  t.onEnd(() => api.close());
  const page = await t.openExample({ viewport });
  await page.command('setting.set', { key: 'judge_base_url', value: api.url });
  await page.command('setting.set', { key: 'judge_model', value: 'fake-1' });
  await page.command('judge.set_key', { key: 'sk-test' });
  await page.command('judge.start', { scope: 'matching', name: 'before' });
  await page.idle(60000);
  const before = hash(page).get('run');
  strict = true;
  await page.command('setting.set', { key: 'judge_model', value: 'fake-2' });  // else nothing is asked twice
  await page.command('judge.start', { scope: 'matching', name: 'after' });
  await page.idle(60000);
  const after = hash(page).get('run');
  assert.notEqual(before, after);
  return { page, before, after };
}

export default (test) => {
  test('two runs are compared: counts, the traces that differ, back and forward', async (t) => {
    const { page, before, after } = await runTwice(t, { width: 1440, height: 1300 });

    await page.click('run.back');
    await page.click('runs.compare');
    await page.waitFor('pairs.title');
    assert.equal(hash(page).get('run'), before, 'the older is A');
    assert.equal(hash(page).get('with'), after);
    const scorer = 'pairs.score[concise_communication]';
    assert.match((await page.find(`${scorer}.test`)).name, /Test by whole sessions: p = /);
    assert.match((await page.find(`${scorer}.difference`)).name, /B less A: .*95% interval/);
    assert.match((await page.find(`${scorer}.counts`)).name, /n = \d+ pairs/);
    await page.click(`${scorer}.only_a`);
    await eventually(async () => /concise_communication/.test((await page.find('pairs.shown')).name));
    const row = (await page.semantics()).find((node) => /^pair_rows\.row\[/.test(node.id));
    await page.click(row.id);
    await page.click('run.open_trace');
    await eventually(() => hash(page).get('trace') === row.id.slice('pair_rows.row['.length, -1));
    await page.page.goBack();
    await page.waitFor('pairs.side_close');
    await page.page.goForward();
    await page.waitFor('reader.title');
    await page.page.goBack();
    await page.waitFor('pairs.side_close');
    await page.reload();
    await page.waitFor('pairs.title');
    await page.waitFor(`${scorer}.test`);
    await page.click('pairs.close');
    await page.waitFor('run.title');
    await page.click('run.compare');
    await page.click(`run.compare_with[${after}]`);
    await page.waitFor('pairs.title');
  });

  test('a row that is clicked stays under the mouse when the side opens beside it', async (t) => {
    const { page } = await runTwice(t, { width: 1200, height: 700 });
    await page.click('run.back');
    await page.click('runs.compare');
    await page.waitFor('pairs.title');
    await page.page.mouse.move(500, 400);
    const first = async () => (await page.semantics()).find((node) => /^pair_rows\.row\[/.test(node.id) && node.height > 20 && node.y < 600);
    for (let i = 0; i < 60 && !(await first()); ++i) {
      await page.page.mouse.wheel(0, 60);
      await page.page.waitForTimeout(60);
      await page.idle();
    }
    const before = await first();
    await page.click(before.id);
    await page.waitFor('pairs.side_close');
    await page.idle();
    const after = await page.find(before.id);
    assert.ok(Math.abs(after.y - before.y) < 40, `from ${before.y} to ${after.y}`);
  });
};
