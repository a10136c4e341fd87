// The columns of the table: hidden, shown, moved and put back, by mouse and by keys; after a reload; in saved views.
import assert from 'node:assert/strict';
import { eventually } from './helper.mjs';

const WIDE = { viewport: { width: 1600, height: 900 } };

// Keys of the columns that are shown, from left to right.
const shown = async (page) => (await page.semantics())
  .filter((node) => node.id.startsWith('traces.header['))
  .sort((a, b) => a.x - b.x)
  .map((node) => node.id.slice('traces.header['.length, -1));
const fixed = async (page) => (await shown(page)).filter((key) => !key.includes(':'));
const becomes = (page, wanted) => eventually(async () => {
  const now = await fixed(page);
  return JSON.stringify(now) === JSON.stringify(wanted) ? now : undefined;
});

async function rightClick(page, id) {
  const node = await page.waitFor(id);
  await page.page.mouse.click(node.x + node.width / 2, node.y + node.height / 2, { button: 'right' });
  await page.idle();
}

export default (test) => {
  test('columns are hidden and shown in their dialogue, and stay so after a reload', async (t) => {
    const page = await t.openExample(WIDE);
    await page.waitFor('traces.header[time]');
    const first = await fixed(page);
    assert.deepEqual(first, ['time', 'name', 'state', 'duration', 'request', 'response', 'tokens']);
    await page.click('traces.columns');
    await page.waitFor('columns.show[cost]');
    await page.click('columns.show[cost]');
    await page.click('columns.show[trace_id]');
    await page.click('columns.show[response]');
    await page.click('columns.earlier[duration]');
    await page.click('columns.close');
    await page.idle();
    const wanted = ['time', 'name', 'duration', 'state', 'request', 'tokens', 'cost', 'trace_id'];
    await becomes(page, wanted);
    const row = (await page.semantics()).find((node) => /^traces\.row\[/.test(node.id));
    assert.match(row.name, /tr-[0-9a-f]+/, 'a row says its id');
    await page.click('traces.header[cost]');
    await page.idle();
    await eventually(async () => /sort=cost/.test(await page.page.evaluate(() => location.hash)));
    await page.reload();
    await becomes(page, wanted);
    await page.click('traces.columns');
    await page.click('columns.reset');
    await page.click('columns.close');
    await page.idle();
    await becomes(page, first);
  });

  test('the menu of a head hides and moves its column, and dragging a head moves it', async (t) => {
    const page = await t.openExample(WIDE);
    await page.waitFor('traces.header[time]');
    await rightClick(page, 'traces.header[tokens]');
    await page.click('columns.hide');
    await page.idle();
    await becomes(page, ['time', 'name', 'state', 'duration', 'request', 'response']);
    await rightClick(page, 'traces.header[state]');
    await page.click('columns.left');
    await page.idle();
    await becomes(page, ['time', 'state', 'name', 'duration', 'request', 'response']);
    const sorted = await page.page.evaluate(() => location.hash);
    const from = await page.find('traces.header[duration]'), to = await page.find('traces.header[time]');
    const y = from.y + from.height / 2;
    await page.page.mouse.move(from.x + from.width / 2, y);
    await page.idle();
    await page.page.mouse.down();
    await page.page.mouse.move(from.x - 40, y, { steps: 4 });
    await page.page.mouse.move(to.x + 6, y, { steps: 6 });
    await page.page.waitForTimeout(200);
    await page.page.mouse.up();
    await page.page.mouse.move(640, 400);
    await page.idle();
    await becomes(page, ['duration', 'time', 'state', 'name', 'request', 'response']);
    assert.equal(await page.page.evaluate(() => location.hash), sorted, 'a drag does not sort');
    await rightClick(page, 'traces.header[time]');
    await page.click('columns.reset');
    await page.idle();
    await becomes(page, ['time', 'name', 'state', 'duration', 'request', 'response', 'tokens']);
  });

  test('a saved view keeps its columns', async (t) => {
    const page = await t.openExample(WIDE);
    await rightClick(page, 'traces.header[request]');
    await page.click('columns.hide');
    await page.idle();
    await page.command('ui.save_view');
    await page.waitFor('views.name');
    await page.type('views.name', 'no requests');
    await page.click('views.save_now');
    await page.idle();
    await page.click('traces.columns');
    await page.click('columns.reset');
    await page.click('columns.close');
    await page.idle();
    await becomes(page, ['time', 'name', 'state', 'duration', 'request', 'response', 'tokens']);
    await page.click('top.views');
    await page.click('views.open[no requests]');
    await page.idle();
    await becomes(page, ['time', 'name', 'state', 'duration', 'response', 'tokens']);
  });

  test('in Chinese, and by keys alone', async (t) => {
    const page = await t.openExample(WIDE);
    await page.command('ui.toggle_language');
    await page.idle();
    assert.equal((await page.find('traces.columns')).name, '列');
    await page.click('traces.columns');
    await page.waitFor('columns.show[user]');
    assert.equal((await page.find('columns.show[user]')).name, '用户');
    assert.equal((await page.find('columns.reset')).name, '重置列');
    for (let i = 0; i < 60; i++) {
      await page.page.keyboard.press('Tab');
      await page.idle();
      if ((await page.find('columns.show[user]')).focused) break;
    }
    assert.ok((await page.find('columns.show[user]')).focused, 'reached by Tab');
    await page.page.keyboard.press('Space');
    await page.idle();
    await page.page.keyboard.press('Escape');
    await page.idle();
    await eventually(async () => (await fixed(page)).includes('user'));
  });
};
