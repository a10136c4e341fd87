// The journal in the browser: durable, shared between tabs, honest when the storage fails.
import assert from 'node:assert/strict';
import { eventually } from './helper.mjs';

const add = (page, name) => page.command('assessment.add', {
  trace_id: 'tr-kept', kind: 'feedback', name, value_type: 'boolean', value: 'true', rationale: 'because',
});
const lines = (page) => page.page.evaluate(() => new Promise((resolve, reject) => {
  const request = indexedDB.open(`assay:${new URL('.', location.href).pathname}`);
  request.onerror = () => reject(request.error);
  request.onsuccess = () => {
    const all = request.result.transaction('journal').objectStore('journal').getAll();
    all.onsuccess = () => {
      request.result.close();
      resolve(all.result);
    };
  };
}));
const TRACE = `${JSON.stringify({
  info: { trace_id: 'tr-kept', trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '0' } },
    request_time: '2026-11-23T09:00:00Z', state: 'OK', trace_metadata: {}, tags: {} }, data: { spans: [] } })}\n`;
const openWithTrace = async (t) => {
  const page = await t.open();
  await page.drop([{ name: 'kept.jsonl', content: TRACE }]);
  return page;
};

export default (test) => {
  test('an annotation is in the storage when it is done, and there after a reload', async (t) => {
    const page = await openWithTrace(t);
    await add(page, 'first_label');
    await page.idle();
    const stored = await lines(page);
    assert.ok(stored.some((line) => line.includes('first_label')), 'a line of the journal names it');
    for (const line of stored) JSON.parse(line);
    await page.reload();
    assert.match(await page.texts(), /first_label/);
  });

  test('a second tab sees what the first one does', async (t) => {
    const context = await t.newContext();
    const first = await (await t.newPage(context)).open();
    await first.drop([{ name: 'kept.jsonl', content: TRACE }]);
    const second = await (await t.newPage(context)).open();
    await add(first, 'from_first_tab');
    await first.idle();
    await second.page.bringToFront();
    await eventually(async () => /from_first_tab/.test(await second.texts()));
    await add(second, 'from_second_tab');
    await second.idle();
    await first.page.bringToFront();
    await eventually(async () => /from_second_tab/.test(await first.texts()));
    const stored = await lines(first);
    assert.equal(stored.filter((line) => line.includes('from_first_tab')).length, 1, 'nothing is stored twice');
  });

  test('refused storage: the page works, says so, and warns before it is closed', async (t) => {
    const page = await t.newPage();
    await page.page.addInitScript(() => {
      IDBFactory.prototype.open = function refuse() { throw new DOMException('storage is switched off', 'SecurityError'); };
    });
    await page.open();
    await page.drop([{ name: 'kept.jsonl', content: TRACE }]);
    await add(page, 'unsaved');
    await eventually(async () => /storage is switched off/.test(await page.texts()));
    // The promise of beforeunload is only kept after the user has touched the page.
    await page.page.mouse.click(640, 790);
    const dialog = page.page.waitForEvent('dialog');
    page.page.reload().catch(() => {});
    const shown = await dialog;
    assert.equal(shown.type(), 'beforeunload');
    await shown.accept();
  });

  test('nothing asks before closing when all is stored', async (t) => {
    const page = await openWithTrace(t);
    await add(page, 'stored');
    await page.idle();
    await page.page.mouse.click(640, 790);
    await page.idle();
    let asked = false;
    page.page.on('dialog', (dialog) => {
      asked = true;
      dialog.accept();
    });
    await page.page.reload();
    await page.ready();
    assert.equal(asked, false);
  });

  test('a full disk in the middle of work: told, kept in memory, stored when there is room again', async (t) => {
    const page = await t.newPage();
    await page.page.addInitScript(() => {
      const real = IDBObjectStore.prototype.add;
      window.full = false;
      IDBObjectStore.prototype.add = function maybe(value, ...rest) {
        if (window.full && this.name === 'journal') throw new DOMException('', 'QuotaExceededError');
        return real.call(this, value, ...rest);
      };
    });
    await page.open();
    await page.drop([{ name: 'kept.jsonl', content: TRACE }]);
    await page.page.evaluate(() => { window.full = true; });
    await add(page, 'while_full');
    await eventually(async () => /is full/.test(await page.texts()));
    assert.ok(!(await lines(page)).some((line) => line.includes('while_full')));
    await page.page.evaluate(() => { window.full = false; });
    await eventually(async () => (await lines(page)).some((line) => line.includes('while_full')), { timeoutMs: 40000 });
    await page.idle();
    assert.equal((await lines(page)).filter((line) => line.includes('while_full')).length, 1);
  });

  test('damaged lines in the storage are reported, the rest is read', async (t) => {
    const page = await openWithTrace(t);
    await add(page, 'before_damage');
    await page.idle();
    await page.page.evaluate(() => new Promise((resolve) => {
      const request = indexedDB.open(`assay:${new URL('.', location.href).pathname}`);
      request.onsuccess = () => {
        const transaction = request.result.transaction('journal', 'readwrite');
        transaction.objectStore('journal').add('{"broken');
        transaction.objectStore('journal').add('[]');
        transaction.oncomplete = () => {
          request.result.close();
          resolve();
        };
      };
    }));
    await page.reload();
    assert.match(await page.texts(), /before_damage/);
  });
};
