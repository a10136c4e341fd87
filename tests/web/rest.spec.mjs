// Rest: no frame is drawn and none is asked for when nothing happens.
import assert from 'node:assert/strict';
import { eventually } from './helper.mjs';

const FIELD = 'top.search';

async function framesDuring(page, ms) {
  const before = await page.stats();
  await page.page.waitForTimeout(ms);
  const after = await page.stats();
  return { frames: after.frames - before.frames, rafs: after.rafs - before.rafs };
}

// A page with data in which nothing is on its way out: messages disappear by themselves, which takes frames.
async function openAtRest(t, options) {
  const page = await t.openExample(options);
  await page.click(/^toast\[\d+\]\.close$/);
  await page.waitGone(/^toast\[/, 30000);
  await page.page.mouse.move(640, 700);
  await page.idle();
  return page;
}

export default (test) => {
  test('0 frames in 10 s at rest', async (t) => {
    const page = await openAtRest(t);
    await page.idle();
    assert.deepEqual(await framesDuring(page, 10000), { frames: 0, rafs: 0 });
  });

  test('0 frames with the mouse resting over the page', async (t) => {
    const page = await openAtRest(t);
    await page.page.waitForTimeout(1500);  // hover delays run out
    assert.deepEqual(await framesDuring(page, 3000), { frames: 0, rafs: 0 });
  });

  test('a caret blinks by deadlines, not by a loop', async (t) => {
    const page = await openAtRest(t);
    await page.click(FIELD);
    const { frames } = await framesDuring(page, 4800);
    assert.ok(frames >= 2 && frames <= 16, `${frames} frames in 4.8 s`);
  });

  test('0 frames with the mirror on', async (t) => {
    const page = await openAtRest(t, { query: 'a11y=1' });
    await page.idle();
    assert.deepEqual(await framesDuring(page, 3000), { frames: 0, rafs: 0 });
  });

  test('a hidden page draws nothing and catches up when it is shown', async (t) => {
    const page = await openAtRest(t);
    await page.page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await page.page.waitForTimeout(300);
    const before = (await page.stats()).frames;
    await page.page.evaluate(() => window.dispatchEvent(new Event('resize')));
    await page.page.waitForTimeout(500);
    assert.equal((await page.stats()).frames, before);
    await page.page.evaluate(() => {
      delete document.hidden;
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await eventually(async () => (await page.stats()).frames > before);
  });

  test('a click draws a few frames and no more', async (t) => {
    const page = await openAtRest(t);
    const before = (await page.stats()).frames;
    await page.page.mouse.click(640, 700);
    await page.idle();
    const drawn = (await page.stats()).frames - before;
    assert.ok(drawn >= 1 && drawn <= 15, `${drawn} frames for one click`);
  });
};
