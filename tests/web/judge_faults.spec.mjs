// What goes wrong between the page and a judge's server: each bad reply is an error that shows what came, one press
// tries again; a server that fails is left alone for a while; a lost network stops nothing for good.
import assert from 'node:assert/strict';
import { eventually } from './helper.mjs';
import { completion, cutOff, fenced, garbage, startFakeOpenai, stream, verdict } from './fake_openai.mjs';

const KEY = 'sk-test-1234567890abcdef';
const OTHERS = ['concise_communication', 'professional_tone', 'relevance_to_query', 'retrieval_groundedness'];

async function openJudge(t, respond, { limit = '2', settings = {} } = {}) {
  const api = await startFakeOpenai({ key: KEY, respond });
  t.onEnd(() => api.close());
  const page = await t.open();
  await page.command('file.open_example');
  await page.idle();
  for (const name of OTHERS) await page.command('scorer.switch', { name, on: 'false' });
  for (const [key, value] of Object.entries({ judge_base_url: api.url, judge_model: 'fake-1', ...settings }))
    await page.command('setting.set', { key, value });
  await page.command('judge.set_key', { key: KEY });
  return { api, page, start: () => page.command('judge.start', { scope: 'matching', limit }) };
}

const BAD = [
  ['prose', () => garbage(), /INVALID_REPLY/, /depends on the weather/],
  ['half', () => cutOff(), /INVALID_REPLY/, /The reply is/],
  ['another language', () => completion('这个回答很好，没有问题。'), /INVALID_REPLY/, /这个回答很好/],
  ['wrong types', () => completion('{"rationale": 7, "result": {"score": [1, 2]}}'), /INVALID_REPLY/, /score/],
  ['empty', () => completion(''), /INVALID_REPLY/, /empty/],
  ['an empty body', () => ({ status: 200, body: '' }), /INVALID_REPLY/, /empty/],
  ['a web page', () => ({ status: 200, body: '<!doctype html><h1>Log in</h1>' }), /INVALID_REPLY/, /web page/],
  ['10 MB', () => completion(`no verdict ${'lorem ipsum '.repeat(10e6 / 12)}`), /INVALID_REPLY/, /lorem ipsum/],
  ['200 with an error', () => ({ status: 200, body: { error: { message: 'The model is broken beyond repair', code: 400 } } }), /BAD_REQUEST/, /broken beyond repair/],
];

export default (test) => {
  for (const [name, reply, code, shown] of BAD) {
    test(`a bad reply (${name}) is an error that shows it, and one press tries again`, async (t) => {
      let bad = true;
      const { api, page, start } = await openJudge(t, () => (bad ? reply() : verdict(true, 'Better now.')));
      await start();
      await page.idle(60000);
      await page.command('go.runs');
      await page.waitFor('run.retry_failed', { timeoutMs: 20000 });
      const texts = await page.texts();
      assert.match(texts, code);
      assert.match(texts, shown);
      assert.ok(texts.length < 60000, 'cut to what can be read');
      if (name === '10 MB') assert.match(texts, /cut; the reply has \d{7} bytes/);
      assert.equal(api.requests.length, 1);
      bad = false;
      await page.click('run.retry_failed');
      await page.idle(60000);
      await eventually(async () => /100(\.0)?%/.test(await page.texts()));
      assert.equal(api.requests.length, 2);
      assert.ok(!await page.find('run.retry_failed'));
    });
  }

  test('a fence, and a stream that nobody asked for, are read', async (t) => {
    const replies = [fenced(true, 'It is kind.'), stream(false, 'It is not.')];
    const { page, start } = await openJudge(t, ({ number }) => replies[number % 2], { limit: '4' });
    await start();
    await page.idle(60000);
    await eventually(async () => /Finished/.test(await page.texts()));
    assert.ok(!await page.find('run.retry_failed'));
  });

  test('a server that fails is left alone, says so, and is taken up again by one request', async (t) => {
    let down = true;
    const { api, page, start } = await openJudge(t, () => (down ? { status: 502, body: 'bad gateway' } : verdict(true)),
      { limit: '6', settings: { judge_concurrency: '6' } });
    await start();
    const note = await page.waitFor('run.circuit', { timeoutMs: 20000 });
    assert.match(note.name, /in a row have failed/);
    assert.match((await page.find('run.circuit_reason')).name, /127\.0\.0\.1.*failed \(502\)/);
    const asked = api.requests.length;
    await page.page.waitForTimeout(4000);
    assert.equal(api.requests.length, asked, 'nothing is sent meanwhile');
    down = false;
    await page.command('judge.pause');
    await page.command('judge.resume');
    await page.idle(60000);
    await eventually(async () => /Finished/.test(await page.texts()));
    assert.ok(!await page.find('run.circuit'));
    assert.match(await page.texts(), /100(\.0)?%/);
  }, { errorsExpected: true });

  test('a run waits while there is no network and goes on by itself, in a hidden tab, too', async (t) => {
    // Not of this machine for the page: a name that the browser is told to find here.
    const { api, page, start } = await openJudge(t, () => ({ ...verdict(true), delayMs: 120 }), { limit: '7', settings: { judge_concurrency: '1' } });
    await page.page.route('https://judge.example/**', async (route) => {
      const answer = await fetch(api.url + new URL(route.request().url()).pathname.replace('/v1', ''),
        { method: route.request().method(), headers: route.request().headers(), body: route.request().postData() ?? undefined });
      await route.fulfill({ status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() });
    });
    await page.command('setting.set', { key: 'judge_base_url', value: 'https://judge.example/v1' });
    await page.page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await start();
    await eventually(() => api.requests.length >= 2);
    await page.page.context().setOffline(true);
    await page.page.waitForTimeout(1000);
    const asked = api.requests.length;
    assert.ok(asked < 6, `${asked} of 6 when the network went`);
    await page.page.waitForTimeout(2500);
    assert.equal(api.requests.length, asked, 'nothing is sent without a network');
    await page.page.evaluate(() => {
      delete document.hidden;
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await page.waitFor('run.offline');
    await page.page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await page.page.context().setOffline(false);
    await eventually(() => api.requests.length >= 6, { timeoutMs: 30000 });
    await page.page.evaluate(() => {
      delete document.hidden;
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await page.idle(60000);
    await eventually(async () => /Finished/.test(await page.texts()));
    assert.ok(!await page.find('run.retry_failed'), 'nothing has failed for want of a network');
  }, { errorsExpected: true });

  test('while a run is under way each rate has its interval, and the page says that it is a sample', async (t) => {
    const { page, start } = await openJudge(t, ({ number }) => ({ ...verdict(number % 2 === 0), delayMs: 400 }), { limit: '7', settings: { judge_concurrency: '1' } });
    await start();
    await eventually(async () => /95% interval/.test(await page.texts()), { timeoutMs: 20000 });
    assert.match((await page.waitFor('run.sample')).name, /random sample/);
    await page.idle(60000);
    assert.ok(!await page.find('run.sample'));
    await page.command('go.scorers');
    // Only what lacks a verdict: the trace without outputs, which is skipped.
    await page.click('judge.only[missing]').catch(async () => page.click('judge.only.missing'));
    await page.idle();
    assert.match((await page.find('judge.summary')).name, /^1 trace /);
  });

  test('an error of a run names its scorer and leads to its trace', async (t) => {
    const { page, start } = await openJudge(t, () => garbage());
    await start();
    await page.idle(60000);
    assert.equal((await page.waitFor('run.error[0].scorer')).name, 'follows_objective');
    const trace = (await page.click('run.error[0].trace')).name;
    await page.waitFor('reader.title');
    const open = new URLSearchParams(new URL(page.page.url()).hash.split('?')[1]).get('trace');
    assert.ok(trace.startsWith(open), `${trace} leads to ${open}`);
  });
};
