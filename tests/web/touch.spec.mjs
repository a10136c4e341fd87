// A finger on the page: it scrolls, taps, and after a rest drags.
import assert from 'node:assert/strict';
import { eventually } from './helper.mjs';

const PHONE = { viewport: { width: 390, height: 600 }, hasTouch: true, isMobile: true };
const lines = Array.from({ length: 60 }, (_, i) => JSON.stringify({ id: `t-${i + 10}`, messages: [
  { role: 'user', content: `question ${i + 10}` }, { role: 'assistant', content: 'a long answer\n\n'.repeat(60) }] })).join('\n');

async function openOnPhone(t) {
  const page = await t.open(PHONE);
  await page.drop([{ name: 'chats.jsonl', content: lines }]);
  await page.waitFor('traces.row[t-10]');
  return page;
}

async function finger(page, points, { rest = 0 } = {}) {
  const session = await page.page.context().newCDPSession(page.page);
  const send = (type, point) => session.send('Input.dispatchTouchEvent', { type, touchPoints: point ? [{ x: point[0], y: point[1] }] : [] });
  await send('touchStart', points[0]);
  if (rest) await page.page.waitForTimeout(rest);
  for (const point of points.slice(1)) await send('touchMove', point);
  await page.page.waitForTimeout(200);  // without a swing it stands where it was let go
  await send('touchEnd');
  await session.detach();
  await page.idle();
}
const from = (x, y0, y1) => Array.from({ length: 11 }, (_, i) => [x, y0 + (y1 - y0) * i / 10]);

export default (test) => {
  test('a moving finger scrolls the list and opens nothing; a tap opens', async (t) => {
    const page = await openOnPhone(t);
    const before = await page.find('traces.row[t-14]');
    await finger(page, from(250, 400, 300));
    assert.equal(await page.find('reader'), null, 'nothing was opened');
    const after = await page.find('traces.row[t-14]');
    assert.ok(Math.abs(after.y - (before.y - 100)) <= 20, `the list follows the finger: ${before.y} to ${after.y}`);
    const row = await page.find('traces.row[t-16]');
    await page.page.touchscreen.tap(250, row.y + row.height / 2);
    await page.waitFor('reader.title');
    assert.equal((await page.find('reader.copy_id')).name.includes('t-16'), true);
  });

  test('a moving finger scrolls what is read, a resting one selects', async (t) => {
    const page = await openOnPhone(t);
    const row = await page.find('traces.row[t-12]');
    await page.page.touchscreen.tap(250, row.y + row.height / 2);
    const text = /^overview\.request\.message\[0\]\.text/;
    const before = await page.waitFor(text);
    await finger(page, from(150, 420, 360));
    assert.ok((await page.find(text)).y < before.y - 30, 'it has scrolled');
    assert.equal(await page.find('passage.note'), null, 'nothing is selected');
  });

  test('what a finger has touched does not stay lit with its tooltip', async (t) => {
    const page = await openOnPhone(t);
    const button = await page.find('top.theme');
    await page.page.touchscreen.tap(button.x + button.width / 2, button.y + button.height / 2);
    await page.page.waitForTimeout(1500);
    const lit = await page.page.screenshot({ clip: button });
    await page.page.mouse.move(200, 400);
    await page.idle();
    assert.ok(lit.equals(await page.page.screenshot({ clip: button })), 'it looks as without a pointer');
  });

  test('a tap into a field brings its keyboard', async (t) => {
    const page = await openOnPhone(t);
    const field = await page.find('top.search');
    await page.page.touchscreen.tap(field.x + 60, field.y + field.height / 2);
    await eventually(() => page.page.evaluate(() => /INPUT|TEXTAREA/.test(document.activeElement.tagName)));
    await page.page.keyboard.type('17');
    await page.idle();
    assert.equal((await page.find('top.search')).value, '17');
  });
};
