// No shortcut of the browser is stolen, and those that are ours are.
import assert from 'node:assert/strict';

const FIELD = 'top.search';
const BROWSERS = ['F5', 'F11', 'F12', 'Control+Shift+I', 'Control+Shift+C', 'Control+w', 'Control+t', 'Control+n', 'Control+r',
  'Control+l', 'Control+d', 'Control+h', 'Control+j', 'Control+u', 'Control+g', 'Control+=', 'Control+-', 'Control+0',
  'Control+1', 'Control+Tab', 'Control+Shift+T', 'Control+Shift+N', 'Alt+ArrowLeft', 'Alt+ArrowRight', 'Alt+F4',
  'Control+c', 'Control+x', 'Control+v', 'F6', 'F3'];
const OURS = ['Control+k', 'Control+z', 'Control+a', 'Control+s', 'Control+o', 'Tab', 'ArrowDown', 'Escape'];

// Whether the last key that is no modifier was prevented; events are asked after they are over. Listeners of
// ours stop the event, so the first listener to see it (added before the page's) keeps it.
async function pressed(page, chord) {
  await page.page.evaluate(() => { window.seen.length = 0; });
  await page.page.keyboard.press(chord);
  return page.page.evaluate(() => {
    const event = window.seen.filter((e) => !['Control', 'Shift', 'Alt', 'Meta'].includes(e.key)).pop();
    return event ? event.defaultPrevented : null;
  });
}

async function openWatched(t) {
  const page = await t.newPage();
  await page.page.addInitScript(() => {
    window.seen = [];
    window.addEventListener('keydown', (event) => window.seen.push(event), true);
    // What the tests press must not really happen.
    window.print = () => {};
  });
  await page.open();
  await page.command('file.open_example');
  await page.idle();
  return page;
}

export default (test) => {
  for (const place of ['canvas', 'field']) {
    test(`browser shortcuts are left alone (${place})`, async (t) => {
      const page = await openWatched(t);
      if (place === 'field') await page.click(FIELD);
      const stolen = [];
      for (const chord of BROWSERS) {
        const prevented = await pressed(page, chord);
        if (prevented === null) continue;  // the browser took it before the page could see it
        if (prevented) stolen.push(chord);
      }
      assert.deepEqual(stolen, []);
    });
  }

  test('our shortcuts are ours', async (t) => {
    const page = await openWatched(t);
    await page.click(FIELD);
    for (const chord of OURS.filter((name) => name !== 'Control+o' && name !== 'Control+s')) {
      assert.equal(await pressed(page, chord), true, `${chord} must be prevented`);
      await page.idle();
    }
  });

  test('the first Ctrl+F searches here, a second at once is the browser\'s', async (t) => {
    const page = await openWatched(t);
    assert.equal(await pressed(page, 'Control+f'), true);
    await page.idle();
    assert.equal(await pressed(page, 'Control+f'), false);
    await page.page.waitForTimeout(100);
    assert.equal(await pressed(page, 'Control+f'), true, 'and after that it is ours again');
  });

  test('zooming with Ctrl and the wheel is left to the browser, the wheel alone is ours', async (t) => {
    const page = await t.openExample();
    const prevented = (ctrlKey) => page.page.evaluate((ctrl) => {
      const event = new WheelEvent('wheel', { deltaY: 100, ctrlKey: ctrl, bubbles: true, cancelable: true, clientX: 300, clientY: 300 });
      document.getElementById('canvas').dispatchEvent(event);
      return event.defaultPrevented;
    }, ctrlKey);
    assert.equal(await prevented(true), false);
    assert.equal(await prevented(false), true);
  });

  test('keys do not stick when the window loses the focus', async (t) => {
    const page = await openWatched(t);
    await page.click(FIELD);
    await page.page.keyboard.down('Control');
    await page.page.evaluate(() => window.dispatchEvent(new Event('blur')));
    await page.page.keyboard.up('Control');
    await page.page.evaluate(() => window.dispatchEvent(new Event('focus')));
    await page.click(FIELD);
    await page.page.keyboard.type('ab');
    await page.idle();
    assert.equal((await page.find(FIELD)).value, 'ab');
  });
};
