// Without a network after the first visit; a newer version is offered and never forced.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from './helper.mjs';

const cachesOf = (page) => page.page.evaluate(() => caches.keys());
const buildOf = (page) => page.page.evaluate(() => JSON.parse(document.querySelector('meta[name=assay-build]').content).id);
const folderOf = () => {
  const at = process.argv.indexOf('--site');
  return at > 0 ? path.resolve(process.argv[at + 1]) : process.env.ASSAY_WEB_DIR || path.resolve('build/web');
};

async function openKept(t) {
  const page = await t.open({ query: 'offline=1' });
  await eventually(async () => (await cachesOf(page)).length === 1);
  await page.page.evaluate(() => navigator.serviceWorker.ready.then(() => null));
  await eventually(() => page.page.evaluate(() => Boolean(navigator.serviceWorker.controller)));
  return page;
}

export default (test) => {
  test('opens without a network after the first visit, with all work and every reader', async (t) => {
    const page = await openKept(t);
    await page.command('file.open_example');
    await page.idle();
    // The rest (readers of foreign files, the example) comes when the page is at rest.
    await eventually(() => page.page.evaluate(async () => {
      const [name] = await caches.keys();
      const kept = await (await caches.open(name)).keys();
      return kept.some(({ url }) => url.includes('converter.')) && kept.some(({ url }) => url.includes('example/'));
    }), { timeoutMs: 30000 });
    await page.page.context().setOffline(true);
    const before = t.site.requests.length;
    await page.reload();
    await page.idle();
    assert.equal(t.site.requests.length, before, 'nothing was asked of the host');
    await page.waitFor(/^traces\.row/);
    // A foreign file, whose reader is a program of its own.
    const spans = [{ traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174', name: 'offline span',
      startTimeUnixNano: '1544712660000000000', endTimeUnixNano: '1544712661000000000' }];
    await page.drop([{ name: 'otlp.json', content: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }) }]);
    await page.idle();
    await eventually(async () => (await page.texts()).includes('offline span'));
  });

  test('a newer version is offered, waits, and comes when it is wanted', async (t) => {
    const page = await openKept(t);
    const old = await buildOf(page);
    const folder = folderOf();
    for (const [name, type] of [['sw.js', 'text/javascript'], ['index.html', 'text/html']]) {
      const text = await readFile(path.join(folder, name), 'utf8');
      t.site.override.set(name, { type, body: text.replaceAll(old, 'feedbeef00') });
    }
    await page.page.evaluate(async () => { await (await navigator.serviceWorker.ready).update(); });
    const offer = await eventually(async () => (await page.semantics()).find(({ id }) => /^toast.*action$/.test(id)));
    assert.equal(await buildOf(page), old, 'nothing changes by itself');
    await page.reload();
    assert.equal(await buildOf(page), old, 'nor by a reload');
    assert.ok(offer);
    await eventually(async () => (await page.semantics()).find(({ id }) => /^toast.*action$/.test(id)));
    const again = (await page.semantics()).find(({ id }) => /^toast.*action$/.test(id));
    await Promise.all([page.page.waitForNavigation(), page.click(again.id)]);
    await page.ready();
    assert.equal(await buildOf(page), 'feedbeef00');
  });

  test('a host in the middle of an update leaves the running version whole', async (t) => {
    const page = await openKept(t);
    const old = await buildOf(page);
    const text = await readFile(path.join(folderOf(), 'sw.js'), 'utf8');
    t.site.override.set('sw.js', { type: 'text/javascript', body: text.replaceAll(old, 'feedbeef00') });  // the page is still the old one
    await page.page.evaluate(async () => {
      await (await navigator.serviceWorker.ready).update();
      await new Promise((resolve) => { setTimeout(resolve, 1000); });
    });
    assert.equal((await page.semantics()).some(({ id }) => /^toast.*action$/.test(id)), false);
    await page.page.context().setOffline(true);
    await page.reload();
    assert.equal(await buildOf(page), old);
  });
};
