// A key that is kept on this machine: encrypted under a passphrase, asked for once a visit, and in nothing that is
// stored, shown, logged or taken home.
import assert from 'node:assert/strict';
import { eventually } from './helper.mjs';
import { startFakeOpenai } from './fake_openai.mjs';

const KEY = 'sk-stored-1234567890abcdef';
const PASSPHRASE = 'correct horse battery';

async function openJudge(t, context, api) {
  const page = await t.newPage(context);
  await page.open();
  await page.command('file.open_example');
  await page.idle();
  await page.command('setting.set', { key: 'judge_base_url', value: api.url });
  await page.command('setting.set', { key: 'judge_model', value: 'fake-1' });
  await page.command('go.scorers');
  return page;
}

// The form is longer than the window: as a person does, with the wheel.
async function scrollTo(page, id) {
  const panel = await page.waitFor('judge.title', { visible: false });
  for (let i = 0; i < 12; i++) {
    const node = await page.find(id);
    if (node && node.height > 0) return;
    await page.page.mouse.move(panel.x + 60, 400);
    await page.page.mouse.wheel(0, 120);
    await page.idle();
  }
}

const storage = (page) => page.page.evaluate(async () => {
  const db = await new Promise((resolve) => {
    const request = indexedDB.open(`assay:${new URL('.', location.href).pathname}`);
    request.onsuccess = () => resolve(request.result);
  });
  let text = JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + location.href + document.cookie;
  for (const name of db.objectStoreNames) {
    text += await new Promise((resolve) => {
      const request = db.transaction(name).objectStore(name).getAll();
      request.onsuccess = async () => {
        const parts = [];
        for (const value of request.result) parts.push(typeof value === 'string' ? value : JSON.stringify(value));
        resolve(parts.join('\n'));
      };
    });
  }
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) text += request.url;
  }
  return text;
});

async function store(page) {
  await page.type('judge.key', KEY);
  await page.key('Enter');
  await page.click('judge.store');
  assert.match((await page.find('judge.store_note')).name, /127\.0\.0\.1/, 'the page says who shares its storage');
  await scrollTo(page, 'judge.passphrase_go');
  await page.type('judge.passphrase', PASSPHRASE);
  await page.click('judge.passphrase_go');
  await page.waitFor('judge.stored', { timeoutMs: 20000 });
}

export default (test) => {
  test('a key is kept encrypted, unlocked by its passphrase alone, and forgotten on a word', async (t) => {
    const api = await startFakeOpenai({ key: KEY });
    t.onEnd(() => api.close());
    const context = await t.newContext();
    const page = await openJudge(t, context, api);
    await store(page);
    const kept = await storage(page);
    assert.match(kept, /assay\.key:/, 'something is kept');
    for (const secret of [KEY, PASSPHRASE, btoa(KEY), KEY.slice(3, 20), btoa(PASSPHRASE)]) assert.ok(!kept.includes(secret), secret);
    const file = await page.download(() => page.command('settings.export'));
    assert.ok(!file.text.includes('assay.key') && !file.text.includes(KEY));
    assert.ok(!page.console.join('\n').includes(KEY));
    await page.page.close();

    const again = await openJudge(t, context, api);
    assert.match((await again.find('judge.stored')).name, /127\.0\.0\.1/);
    assert.ok(!(await again.texts()).includes(KEY));
    await scrollTo(again, 'judge.passphrase_go');
    await again.type('judge.passphrase', 'wrong horse battery');
    await again.click('judge.passphrase_go');
    await eventually(async () => /not the passphrase/.test(await again.texts()), { timeoutMs: 20000 });
    await again.command('judge.start', { scope: 'matching', limit: '3' });
    await again.idle();
    assert.ok(api.requests.every(({ headers }) => headers.authorization === undefined), 'no key, none sent');
    api.requests.length = 0;
    await again.command('judge.cancel').catch(() => {});
    await again.command('go.scorers');
    await scrollTo(again, 'judge.passphrase_go');
    await again.type('judge.passphrase', PASSPHRASE);
    await again.key('Enter');
    await eventually(async () => /unlocked until/.test(await again.texts()), { timeoutMs: 20000 });
    await again.command('setting.set', { key: 'judge_model', value: 'fake-2' });
    await again.command('judge.start', { scope: 'matching', limit: '3' });
    await again.idle(60000);
    assert.ok(api.requests.length > 0);
    assert.ok(api.requests.every(({ headers }) => headers.authorization === `Bearer ${KEY}`));
    const journal = await again.download(() => again.command('export.journal'));
    assert.ok(journal.text.includes('fake-2') && !journal.text.includes(KEY) && !journal.text.includes(PASSPHRASE));
    const after = await storage(again);
    assert.ok(!after.includes(KEY) && !after.includes(PASSPHRASE));

    await again.command('go.scorers');
    await again.click('judge.forget_stored');
    await again.waitGone('judge.stored');
    assert.ok(!(await storage(again)).includes('assay.key:'));
    assert.ok(await again.find('judge.forget_key'), 'the one in memory stays until it is forgotten, too');
  }, { errorsExpected: true });

  test('without a passphrase nothing is kept, and a changed text does not open', async (t) => {
    const api = await startFakeOpenai({ key: KEY });
    t.onEnd(() => api.close());
    const context = await t.newContext();
    const page = await openJudge(t, context, api);
    await page.type('judge.key', KEY);
    await page.key('Enter');
    await page.idle();
    assert.ok(!(await storage(page)).includes('assay.key:'));
    await page.click('judge.store');
    await scrollTo(page, 'judge.passphrase_go');
    await page.type('judge.passphrase', 'short');
    await page.click('judge.passphrase_go');
    assert.ok(!(await storage(page)).includes('assay.key:'), 'a short one is refused');
    await page.type('judge.passphrase', PASSPHRASE);
    await page.click('judge.passphrase_go');
    await page.waitFor('judge.stored', { timeoutMs: 20000 });
    // Another host under the same key: the text is bound to the one that was shown.
    await page.page.evaluate(() => {
      const name = Object.keys(localStorage).find((key) => key.startsWith('assay.key:'));
      localStorage.setItem(name, JSON.stringify({ ...JSON.parse(localStorage.getItem(name)), label: 'evil.example' }));
    });
    await page.page.close();
    const again = await openJudge(t, context, api);
    await scrollTo(again, 'judge.passphrase_go');
    await again.type('judge.passphrase', PASSPHRASE);
    await again.key('Enter');
    await eventually(async () => /not the passphrase/.test(await again.texts()), { timeoutMs: 20000 });
  });
};
