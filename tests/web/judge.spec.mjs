// Requests to judge servers as they leave the page: the right address, the key in one header and nowhere
// else, answers and failures back in, also while the tab is hidden.
import assert from 'node:assert/strict';
import { eventually } from './helper.mjs';
import { delayed, startFakeOpenai, verdict, withoutCors } from './fake_openai.mjs';

const KEY = 'sk-test-1234567890abcdef';

async function openJudge(t, options = {}) {
  const api = await startFakeOpenai({ key: KEY, ...options });
  t.onEnd(() => api.close());
  const page = await t.open();
  await page.command('file.open_example');
  await page.idle();
  await page.command('setting.set', { key: 'judge_base_url', value: api.url });
  await page.command('setting.set', { key: 'judge_model', value: 'fake-1' });
  await page.command('judge.set_key', { key: options.pageKey ?? KEY });
  return { api, page };
}

export default (test) => {
  test('a run asks each question once, with the key in its header and nowhere else', async (t) => {
    const { api, page } = await openJudge(t);
    const foreign = [];
    page.page.on('request', (request) => {
      if (![t.site.url, api.url].some((base) => request.url().startsWith(base)) && !/^(data|blob):/.test(request.url())) foreign.push(request.url());
    });
    await page.command('judge.start', { scope: 'matching' });
    await page.idle(60000);
    assert.ok(api.requests.length >= 7, `${api.requests.length} requests`);
    for (const request of api.requests) {
      assert.equal(request.path, '/v1/chat/completions');
      assert.equal(request.headers.authorization, `Bearer ${KEY}`);
      assert.equal(request.body.model, 'fake-1');
      assert.equal(request.headers.cookie, undefined);
      assert.equal(request.headers.referer, undefined);
      assert.ok(!request.text.includes(KEY));
    }
    assert.ok([...api.countByHash().values()].every((times) => times === 1), 'nothing is asked twice');
    assert.equal((await page.stats()).requests_sent, api.requests.length);
    assert.deepEqual(foreign, []);
    const kept = await page.page.evaluate(async () => {
      const db = await new Promise((resolve) => {
        const request = indexedDB.open(`assay:${new URL('.', location.href).pathname}`);
        request.onsuccess = () => resolve(request.result);
      });
      const all = await new Promise((resolve) => {
        const request = db.transaction('journal').objectStore('journal').getAll();
        request.onsuccess = () => resolve(request.result);
      });
      return `${all.join('\n')}\n${JSON.stringify(localStorage)}\n${location.href}`;
    });
    assert.ok(!kept.includes(KEY), 'the key is stored nowhere');
    assert.ok(!(await page.texts()).includes(KEY), 'the key is shown nowhere');
    assert.ok(!page.console.join('\n').includes(KEY), 'the key is logged nowhere');
  });

  test('a run goes on while the tab is hidden, without drawing', async (t) => {
    const { api, page } = await openJudge(t, { respond: () => delayed(verdict(true), 150) });
    await page.command('setting.set', { key: 'judge_concurrency', value: '2' });
    await page.command('judge.start', { scope: 'matching' });
    await eventually(() => api.requests.length > 0);
    await page.page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await page.page.waitForTimeout(300);
    const frames = (await page.stats()).frames;
    const asked = api.requests.length;
    await eventually(() => api.requests.length >= asked + 4);
    assert.equal((await page.stats()).frames, frames);
    await page.page.evaluate(() => {
      delete document.hidden;
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await page.idle(60000);
  });

  test('requests leave while the page is busy, never more at once than allowed, and the browser asks for leave once', async (t) => {
    const { api, page } = await openJudge(t, { respond: () => delayed(verdict(true), 200) });
    await page.command('setting.set', { key: 'judge_concurrency', value: '2' });
    await page.command('judge.start', { scope: 'matching' });
    await eventually(() => api.requests.length >= 3);
    await page.page.waitForTimeout(100);  // the next ones are written down
    const [from, to] = await page.page.evaluate(() => {
      const end = performance.now() + 1000, begun = Date.now();
      while (performance.now() < end);
      return [begun, Date.now()];
    });
    // Two were under way; those after them were written down before the page was busy.
    const during = api.requests.filter(({ atMs }) => atMs > from + 20 && atMs < to).length;
    assert.ok(during >= 2, `${during} requests left meanwhile`);
    await page.idle(60000);
    for (const { atMs } of api.requests) {
      const atOnce = api.requests.filter((other) => other.atMs > atMs - 190 && other.atMs <= atMs).length;
      assert.ok(atOnce <= 2, `${atOnce} at once`);
    }
    assert.ok(api.preflights <= 2, `the browser has asked ${api.preflights} times whether it may, for ${api.requests.length} requests`);
  });

  test('a server without CORS is told as what it may be', async (t) => {
    const { page } = await openJudge(t, { respond: () => withoutCors(verdict(true)) });
    await page.command('setting.set', { key: 'judge_max_attempts', value: '1' });
    await page.command('judge.start', { scope: 'matching' });
    await page.page.waitForTimeout(1500);
    await page.command('go.runs');
    await eventually(async () => /CORS|cross-origin|network/i.test(await page.texts()), { timeoutMs: 20000 });
  }, { errorsExpected: true });
};
