// The picture: sharp at any pixel ratio, any script, and there again after the context was lost.
import assert from 'node:assert/strict';
import { eventually } from './helper.mjs';

const FIELD = 'top.search';

const canvasSize = (page) => page.page.evaluate(() => {
  const canvas = document.getElementById('canvas');
  return { width: canvas.width, height: canvas.height, cssWidth: canvas.clientWidth, cssHeight: canvas.clientHeight };
});
const crop = async (page, id, size) => {
  const { x, y, width, height } = await page.waitFor(id);
  return page.page.screenshot({ clip: { x, y, width: size?.width ?? width, height: size?.height ?? height } });
};

export default (test) => {
  for (const ratio of [1, 1.25, 2]) {
    test(`at ratio ${ratio} one canvas pixel is one device pixel, and a click hits what it is meant for`, async (t) => {
      const page = await t.openExample({ deviceScaleFactor: ratio, viewport: { width: 1003, height: 597 } });
      const { width, height, cssWidth, cssHeight } = await canvasSize(page);
      assert.equal(width, Math.floor(cssWidth * ratio));
      assert.equal(height, Math.floor(cssHeight * ratio));
      await page.click(FIELD);
      await page.page.keyboard.type('hit');
      await page.idle();
      assert.equal((await page.find(FIELD)).value, 'hit');
    });
  }

  test('a change of the ratio alone is noticed', async (t) => {
    const page = await t.openExample();
    const session = await page.page.context().newCDPSession(page.page);
    await session.send('Emulation.setDeviceMetricsOverride', { width: 1280, height: 800, deviceScaleFactor: 1.5, mobile: false });
    await page.page.mouse.move(200, 300);
    await eventually(async () => (await canvasSize(page)).width === 1920);
  }, { sharp: true });

  test('a new window size is followed', async (t) => {
    const page = await t.openExample();
    await page.page.setViewportSize({ width: 900, height: 650 });
    await eventually(async () => (await canvasSize(page)).width === 900);
    await page.idle();
    const nodes = (await page.semantics()).filter((node) => node.width > 0);
    assert.ok(nodes.every((node) => node.x + node.width <= 901), 'nothing hangs out of the window');
  }, { sharp: true });

  test('characters that the bundled fonts lack come from the browser', async (t) => {
    const page = await t.openExample();
    // Where the machine has no font for them either, every one is the same box.
    const hasFonts = await page.page.evaluate(() => {
      const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
      const picture = (text) => {
        context.clearRect(0, 0, 40, 40);
        context.font = '24px sans-serif';
        context.fillText(text, 4, 30);
        return context.getImageData(0, 0, 40, 40).data.join();
      };
      return picture('中') !== picture('日');
    });
    if (!hasFonts) t.skip('this machine has no CJK font (Debian: fonts-wqy-microhei)');
    const pictures = new Set();
    for (const text of ['中', '日', '한', '🎉']) {
      await page.click(FIELD);
      await page.key('ControlOrMeta+a');
      await page.page.keyboard.insertText(text.repeat(3));
      await page.key('Tab');  // no caret in the picture
      pictures.add((await crop(page, FIELD)).toString('base64'));
    }
    assert.equal(pictures.size, 4, 'four texts, four pictures');
  }, { sharp: true });

  test('a lost context comes back with the same picture', async (t) => {
    const page = await t.openExample();
    await page.click(/^toast\[\d+\]\.close$/);  // it would go away by itself between the pictures
    await page.waitGone(/^toast\[/);
    await page.page.mouse.move(640, 790);
    await page.idle();
    const before = await page.page.screenshot();
    await page.page.evaluate(() => {
      const gl = document.getElementById('canvas').getContext('webgl2');
      window.loss = gl.getExtension('WEBGL_lose_context');
      window.loss.loseContext();
    });
    await page.page.waitForTimeout(300);
    const frames = (await page.stats()).frames;
    await page.page.mouse.move(300, 300);
    await page.page.waitForTimeout(300);
    assert.equal((await page.stats()).frames, frames, 'no frames without a context');
    await page.page.evaluate(() => window.loss.restoreContext());
    await eventually(async () => (await page.stats()).frames > frames);
    await page.page.mouse.move(640, 790);
    await page.idle();
    await page.page.waitForTimeout(300);
    const after = await page.page.screenshot();
    assert.ok(before.equals(after), 'the picture is the same');
    await page.click(FIELD);
    await page.page.keyboard.type('alive');
    await page.idle();
    assert.equal((await page.find(FIELD)).value, 'alive');
  }, { sharp: true });

  test('a context that does not come back ends in a panel', async (t) => {
    const page = await t.openExample();
    await page.page.evaluate(() => {
      document.getElementById('canvas').getContext('webgl2').getExtension('WEBGL_lose_context').loseContext();
    });
    await page.page.waitForSelector('#crash', { timeout: 9000 });
    assert.match(await page.page.textContent('#crash'), /Nothing is lost/);
  });
};
