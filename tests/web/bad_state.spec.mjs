// What a page may find when it starts: work of a newer version, settings of nobody, no memory, fonts without glyphs.
import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import path from 'node:path';
import { eventually } from './helper.mjs';

const TRACE = `${JSON.stringify({
  info: { trace_id: 'tr-kept', trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '0' } },
    request_time: '2026-11-23T09:00:00Z', state: 'OK', trace_metadata: {}, tags: {},
    request_preview: '"private use \uE000\uE001, unassigned \u{10FFFD}, none \u0378"' }, data: { spans: [] } })}\n`;
// All lines of the journal in the storage, after `line` was added when there is one.
const journal = (page, line = '') => page.page.evaluate((text) => new Promise((resolve, reject) => {
  const request = indexedDB.open(`assay:${new URL('.', location.href).pathname}`);
  request.onerror = () => reject(request.error);
  request.onsuccess = () => {
    const store = request.result.transaction('journal', 'readwrite').objectStore('journal');
    if (text) store.add(text);
    const all = store.getAll();
    all.onsuccess = () => {
      resolve({ version: request.result.version, lines: all.result });
      request.result.close();
    };
  };
}), line);

export default (test) => {
  test('a storage of a newer version is left alone, and the page says so', async (t) => {
    const context = await t.newContext();
    const old = await (await t.newPage(context)).open();
    await old.drop([{ name: 'kept.jsonl', content: TRACE }]);
    await old.page.close();
    const other = await t.newPage(context);
    await other.page.goto(`${t.site.url}licenses.html`);
    await other.page.evaluate(() => new Promise((resolve, reject) => {
      const request = indexedDB.open(`assay:${new URL('.', location.href).pathname}`, 99);
      request.onupgradeneeded = () => {
        request.result.createObjectStore('of a newer version');
        request.transaction.objectStore('journal').add('{"of":"a newer version"}');
      };
      request.onsuccess = () => { request.result.close(); resolve(); };
      request.onerror = () => reject(request.error);
    }));
    const page = await (await t.newPage(context)).open();
    await eventually(async () => /newer version of Assay/.test(await page.texts()));
    // It can be worked with, and what the newer one keeps is not touched.
    await page.drop([{ name: 'kept.jsonl', content: TRACE }]);
    await page.command('assessment.add', { trace_id: 'tr-kept', kind: 'feedback', name: 'by_the_old_one', value_type: 'boolean', value: 'true' });
    await page.page.waitForTimeout(500);
    const kept = await journal(other);
    assert.equal(kept.version, 99);
    assert.ok(kept.lines.includes('{"of":"a newer version"}'));
    assert.doesNotMatch(kept.lines.join('\n'), /by_the_old_one/);
  });

  test('what a newer version wrote between the lines is kept as it was', async (t) => {
    const page = await t.open();
    await page.drop([{ name: 'kept.jsonl', content: TRACE }]);
    const line = '{"seq":1,"time_ms":5,"author":"","session":"s-future","txn":"t","kind":"future.thing","version":9,"payload":{"a":1},"hint":"x"}';
    await journal(page, line);
    await page.reload();
    await page.command('assessment.add', { trace_id: 'tr-kept', kind: 'feedback', name: 'after_it', value_type: 'boolean', value: 'true' });
    await page.idle();
    await page.reload();
    assert.match(await page.texts(), /after_it/);
    assert.ok((await journal(page)).lines.includes(line), 'the line is there as it was');
  });

  test('settings that are none, wrong or hostile start the page as for the first time', async (t) => {
    const page = await t.open();
    await page.command('ui.toggle_theme');
    await page.idle();
    const keys = await page.page.evaluate(() => Object.keys(localStorage));
    assert.equal(keys.length, 1, 'what holds the settings');
    for (const value of ['', '{', '[]', 'null', '{"theme":7,"scale":"1e9","language":{"x":[]},"layout":"\\u0000"}', 'x'.repeat(200000),
      'theme=dark\nscale=-5\nlanguage=../../x\nlayout=%%%', '\u0000\uFFFF\uD800']) {
      await page.page.evaluate(([names, text]) => { for (const name of names) localStorage.setItem(name, text); }, [keys, value]);
      await page.reload();
      await page.waitFor('empty.example');
    }
    assert.deepEqual(page.errors, []);
  });

  test('too little memory for the program is said before it starts', async (t) => {
    const page = await t.newPage();
    await page.page.addInitScript(() => {
      const refuse = () => { throw new RangeError('WebAssembly.Memory(): could not allocate memory'); };
      WebAssembly.Memory = new Proxy(WebAssembly.Memory, { construct: refuse });
      const real = WebAssembly.instantiate;
      WebAssembly.instantiate = (what, ...rest) => (what instanceof WebAssembly.Module ? Promise.reject(new RangeError('WebAssembly.instantiate(): Out of memory: Cannot allocate Wasm memory for new instance')) : real(what, ...rest));
    });
    await page.page.goto(t.site.url);
    await page.page.waitForSelector('#boot.failed');
    assert.match(await page.page.textContent('#boot-line'), /memory/);
  });

  test('from a folder the page says why it does not start, and how it would', async (t) => {
    const page = await t.newPage();
    await page.page.goto(pathToFileURL(path.join(t.site.folder, 'index.html')).href);
    const hint = page.page.locator('#boot .late');
    await hint.waitFor({ state: 'visible', timeout: 15000 });
    assert.match(await hint.textContent(), /Serve the folder/);
    await eventually(async () => Number(await hint.evaluate((element) => getComputedStyle(element).opacity)) === 1);
  });

  test('fonts that lack everything leave a page that can be used, and rests', async (t) => {
    const page = await t.newPage();
    // A browser whose fonts draw nothing at all.
    await page.page.addInitScript(() => {
      const nothing = { width: 0, actualBoundingBoxLeft: 0, actualBoundingBoxRight: 0, actualBoundingBoxAscent: 0, actualBoundingBoxDescent: 0 };
      CanvasRenderingContext2D.prototype.measureText = () => nothing;
      CanvasRenderingContext2D.prototype.fillText = () => {};
    });
    await page.open();
    const text = TRACE.replace('private use', '\u4F60\u597D \u0928\u092E\u0938\u094D\u0924\u0947 \u{1F600} private use');
    await page.drop([{ name: 'kept.jsonl', content: text }]);
    await page.idle();
    assert.match(await page.texts(), /\u4F60\u597D/);
    const before = (await page.stats()).frames;
    await page.page.waitForTimeout(2000);
    assert.equal((await page.stats()).frames, before, 'nothing is asked for again and again');
    assert.deepEqual(page.errors, []);
  });

  test('the first visit speaks the browser\'s language', async (t) => {
    const page = await t.open({ locale: 'zh-CN' });
    assert.equal(await page.page.evaluate(() => document.documentElement.lang), 'zh-Hans');
    assert.match((await page.waitFor('empty.example')).name, /\p{Script=Han}/u);
    const english = await t.open({ locale: 'de-DE' });
    assert.equal(await english.page.evaluate(() => document.documentElement.lang), 'en');
  });
};
