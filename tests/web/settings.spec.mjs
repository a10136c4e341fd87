// Settings: keys that can be changed, taking settings along, and a hostile file of them.
import assert from 'node:assert/strict';
import { eventually } from './helper.mjs';

async function openSettings(t, options) {
  const page = await t.open(options);
  await page.command('go.settings');
  await page.idle();
  return page;
}

// Scrolls until the row is there.
async function bring(page, id) {
  await eventually(async () => {
    const node = await page.find(id);
    if (node && node.height > 20) return true;
    await page.page.mouse.move(700, 500);
    await page.page.mouse.wheel(0, 300);
    await page.idle();
    return false;
  });
}

export default (test) => {
  test('a command gets another key, which works at once, after a reload, and in the sheet; a taken one is refused', async (t) => {
    const page = await openSettings(t);
    await bring(page, 'settings.key[ui.toggle_theme]');
    await page.click('settings.key[ui.toggle_theme]');
    await page.key('j');  // taken: next trace
    await page.waitFor('settings.key_conflict');
    await page.key('x');
    await page.waitGone('settings.key_conflict');
    assert.equal((await page.find('settings.key[ui.toggle_theme]')).value, 'X');
    const theme = () => page.page.evaluate(() => document.documentElement.dataset.theme);
    const before = await theme();
    await page.key('x');
    await eventually(async () => await theme() !== before);
    await page.reload();
    await page.key('x');
    await eventually(async () => await theme() === before);
    await page.command('ui.shortcuts');
    await page.idle();
    assert.ok((await page.semantics()).some(({ id, value }) => id === 'shortcut[ui.toggle_theme]' && value === 'X'));
    await page.key('Escape');
    await page.command('go.settings');
    await bring(page, 'settings.keys_reset');
    await page.click('settings.keys_reset');
    await page.key('x');
    await page.idle();
    assert.equal(await theme(), before);
  });

  test('settings go into a file and come back from it; another file changes nothing', async (t) => {
    const page = await openSettings(t);
    await page.click('settings.theme[dark]');
    const saved = await page.download(() => page.click('settings.save'));
    assert.equal(saved.name, 'assay-settings.json');
    assert.equal(JSON.parse(saved.text).theme, 'dark');
    const other = await openSettings(t);
    const theme = () => other.page.evaluate(() => document.documentElement.dataset.theme);
    await other.choose('settings.load', [{ name: 'x.json', mimeType: 'application/json', buffer: Buffer.from('{"theme":"dark"}') }]);
    await eventually(async () => (await other.texts()).includes('no settings of Assay'));
    assert.equal(await theme(), 'light');
    await other.choose('settings.load', [{ name: saved.name, mimeType: 'application/json', buffer: Buffer.from(saved.text) }]);
    await eventually(async () => await theme() === 'dark');
    await other.choose('settings.load', [{ name: 'x.json', mimeType: 'application/json',
      buffer: Buffer.from('{"assay_settings":1,"theme":7,"ui_scale_percent":"9999","keys":{"no.such":"X","ui.palette":5},"scorers":"?"}') }]);
    await other.idle();
    assert.ok((await other.semantics()).length > 5);
  });

  test('forgetting everything asks first and leaves a first visit', async (t) => {
    const page = await t.openExample();
    const first = /tr-[0-9a-f]+/.exec((await page.waitFor(/^traces\.row\[/)).id)[0];
    await page.command('assessment.add', { trace_id: first, kind: 'feedback', name: 'soon_gone', value_type: 'boolean', value: 'true' });
    await page.command('ui.toggle_theme');
    await page.command('go.settings');
    await page.idle();
    // All that this browser keeps for the page, as text.
    const kept = () => page.page.evaluate(async () => {
      const parts = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
      for (const { name } of await indexedDB.databases()) {
        const db = await new Promise((resolve, reject) => {
          const request = indexedDB.open(name);
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
        for (const store of db.objectStoreNames) {
          const all = await new Promise((resolve) => {
            const request = db.transaction(store).objectStore(store).getAll();
            request.onsuccess = () => resolve(request.result);
          });
          if (all.length > 0) parts.push(`${name}/${store}: ${all.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n')}`);
        }
        db.close();
      }
      return parts.join('\n');
    });
    assert.match(await kept(), /soon_gone/);
    await bring(page, 'settings.forget');
    await page.click('settings.forget');
    await page.click('forget.cancel');
    assert.match(await kept(), /soon_gone/);
    await page.click('settings.forget');
    await page.click('forget.confirm');
    await eventually(async () => !/soon_gone|crm-email/.test(await kept()));
    await page.reload();
    await page.command('go.traces');
    await page.waitFor('empty.example');
    assert.doesNotMatch(await page.texts(), /soon_gone/);
    assert.doesNotMatch(await kept(), /soon_gone|crm-email|dark/);
  });
};
