// Typing, composing, copying and pasting in a field drawn on the canvas, with real keys, the real
// clipboard, and composition through the DevTools protocol.
import assert from 'node:assert/strict';
import { eventually } from './helper.mjs';

const FIELD = 'top.search';
const MIXED = 'pasted é 中文 🎉';

async function openWithClipboard(t) {
  const page = await t.openExample({ permissions: ['clipboard-read', 'clipboard-write'] });
  await page.page.bringToFront();
  return page;
}
const valueOf = async (page) => (await page.find(FIELD)).value;
const clipboard = (page) => page.page.evaluate(() => navigator.clipboard.readText());
const setClipboard = (page, text) => page.page.evaluate((value) => navigator.clipboard.writeText(value), text);
const focused = (page) => page.page.evaluate(() => document.activeElement?.id);

export default (test) => {
  test('typed text arrives exactly once, and a second click keeps the field', async (t) => {
    const page = await t.openExample();
    await page.click(FIELD);
    assert.equal(await focused(page), 'agent');
    await page.page.keyboard.type('hello');
    await page.idle();
    assert.equal(await valueOf(page), 'hello');
    await page.click(FIELD);
    await page.key('End');
    await page.page.keyboard.type(' wörld');
    await page.idle();
    assert.equal(await valueOf(page), 'hello wörld');
    await page.key('Backspace');
    await page.key('Home');
    await page.key('Delete');
    assert.equal(await valueOf(page), 'ello wörl');
  });

  test('a fast typist loses no character', async (t) => {
    const page = await t.openExample();
    await page.click(FIELD);
    const text = 'The quick brown fox jumps over the lazy dog 0123456789';
    await page.page.keyboard.type(text);
    await page.idle();
    assert.equal(await valueOf(page), text);
  });

  test('a held key repeats', async (t) => {
    const page = await t.openExample();
    await page.type(FIELD, 'aaaaaaaaaaaaaaaaaaaa');
    await page.page.keyboard.down('Backspace');
    await eventually(async () => (await valueOf(page)).length <= 14);
    await page.page.keyboard.up('Backspace');
    await page.idle();
    const left = (await valueOf(page)).length;
    await page.page.waitForTimeout(500);
    assert.equal((await valueOf(page)).length, left, 'it stops when the key is released');
  });

  test('paste: text from elsewhere, three times in a row, and undo', async (t) => {
    const page = await openWithClipboard(t);
    await setClipboard(page, MIXED);
    await page.click(FIELD);
    await page.key('Control+v');
    assert.equal(await valueOf(page), MIXED);
    await page.key('Control+v', { idle: false });
    await page.key('Control+v');
    assert.equal(await valueOf(page), MIXED.repeat(3));
    await page.key('Control+z');
    assert.equal(await valueOf(page), MIXED.repeat(2));
  });

  test('copy and cut: what is selected reaches the system clipboard', async (t) => {
    const page = await openWithClipboard(t);
    await page.click(FIELD);
    await page.page.keyboard.insertText(`copied ${MIXED}`);
    await page.idle();
    await page.key('Control+a');
    await page.key('Control+c');
    assert.equal(await clipboard(page), `copied ${MIXED}`);
    assert.equal(await valueOf(page), `copied ${MIXED}`);
    await page.key('Home');
    for (let i = 0; i < 6; i++) await page.key('Shift+ArrowRight', { idle: false });
    await page.key('Control+x');
    assert.equal(await clipboard(page), 'copied');
    assert.equal(await valueOf(page), ` ${MIXED}`);
    // Control does not stick.
    await page.page.keyboard.type('x');
    await page.idle();
    assert.equal(await valueOf(page), `x ${MIXED}`);
  });

  test('composition: the preedit shows at the caret, the text arrives once', async (t) => {
    const page = await t.openExample();
    await page.click(FIELD);
    const session = await page.page.context().newCDPSession(page.page);
    const agent = page.page.locator('#agent');
    for (const text of ['n', 'ni', '你']) {
      await session.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
    }
    await eventually(async () => (await agent.getAttribute('class'))?.includes('composing'));
    const box = await agent.boundingBox();
    const field = await page.find(FIELD);
    assert.ok(box.x >= field.x - 2 && box.x <= field.x + field.width, 'the agent is inside the field');
    assert.ok(Math.abs(box.y + box.height / 2 - (field.y + field.height / 2)) < 12, 'the agent is on the field\'s line');
    assert.equal(await valueOf(page), '', 'nothing arrives before the end');
    await session.send('Input.insertText', { text: '你好' });
    await page.idle();
    assert.equal(await valueOf(page), '你好');
    for (const text of ['世', '界', '한', '글']) {
      await session.send('Input.imeSetComposition', { text, selectionStart: 1, selectionEnd: 1 });
      await session.send('Input.insertText', { text });
    }
    await page.idle();
    assert.equal(await valueOf(page), '你好世界한글');
  });

  test('composition that is given up leaves nothing; a click elsewhere commits it', async (t) => {
    const page = await t.openExample();
    await page.click(FIELD);
    const session = await page.page.context().newCDPSession(page.page);
    await session.send('Input.imeSetComposition', { text: 'か', selectionStart: 1, selectionEnd: 1 });
    await session.send('Input.imeSetComposition', { text: '', selectionStart: 0, selectionEnd: 0 });
    await page.idle();
    assert.equal(await valueOf(page), '');
    // A dead key as Linux and Mac send it.
    await session.send('Input.imeSetComposition', { text: '´', selectionStart: 1, selectionEnd: 1 });
    await session.send('Input.insertText', { text: 'é' });
    await page.idle();
    assert.equal(await valueOf(page), 'é');
  });

  test('a real field of the page keeps its own keys', async (t) => {
    const page = await t.openExample();
    await page.page.evaluate(() => {
      const input = document.createElement('input');
      input.id = 'own';
      input.style.cssText = 'position:fixed;left:10px;bottom:10px;z-index:9';
      document.body.append(input);
    });
    await page.click(FIELD);
    await page.page.click('#own');
    await page.page.keyboard.type('mine');
    await page.page.keyboard.press('Control+a');
    await page.page.keyboard.type('all');
    assert.equal(await page.page.inputValue('#own'), 'all');
    assert.equal(await valueOf(page), '');
    const before = (await page.stats()).frames;
    await page.page.waitForTimeout(2000);
    assert.ok((await page.stats()).frames - before <= 1, 'no caret blinks in the field that was left');
  });
};
