// Scorers in the page: other providers' shapes, checks without a model, a program of one's own that has no
// network, caps, redaction.
import assert from 'node:assert/strict';
import { eventually } from './helper.mjs';
import { startFakeOpenai } from './fake_openai.mjs';
import { startFakeAnthropic, startFakeGemini } from './fake_providers.mjs';

const KEY = 'sk-test-1234567890abcdef';

async function openPage(t) {
  const page = await t.open();
  await page.command('file.open_example');
  await page.idle();
  return page;
}

async function runWith(t, api, settings) {
  const page = await openPage(t);
  for (const [key, value] of Object.entries(settings)) await page.command('setting.set', { key, value });
  await page.command('judge.set_key', { key: KEY });
  await page.command('judge.start', { scope: 'matching', limit: '3' });
  await page.idle(60000);
  return page;
}

async function only(page, spec) {
  const names = ['follows_objective', 'concise_communication', 'professional_tone', 'relevance_to_query', 'retrieval_groundedness'];
  for (const name of names) await page.command('scorer.switch', { name, on: 'false' });
  await page.command('scorer.save', { spec: JSON.stringify(spec) });
}

export default (test) => {
  test('Anthropic is asked in its own shape, with the header for pages, and its overload is waited out', async (t) => {
    const api = await startFakeAnthropic({ key: KEY });
    t.onEnd(() => api.close());
    const page = await runWith(t, api, { judge_provider: 'anthropic', judge_base_url: api.url, judge_model: 'claude-fake' });
    assert.ok(api.requests.length >= 10);
    for (const { headers, text } of api.requests) {
      assert.equal(headers['x-api-key'], KEY);
      assert.equal(headers.authorization, undefined);
      assert.ok(!text.includes(KEY));
    }
    await eventually(async () => /Finished/.test(await page.texts()));
    assert.match(await page.texts(), /100(\.0)?%/);
  });

  test('Gemini is asked in its own shape, with the key in a header and not in the address', async (t) => {
    const api = await startFakeGemini({ key: KEY });
    t.onEnd(() => api.close());
    const page = await runWith(t, api, { judge_provider: 'gemini', judge_base_url: `${api.url}/v1beta`, judge_model: 'gemini-fake' });
    assert.ok(api.requests.length >= 9);
    assert.ok(api.requests.every(({ path }) => !path.includes(KEY)));
    await eventually(async () => /Finished/.test(await page.texts()));
    assert.match(await page.texts(), /0(\.0)?%/);
  });

  test('testing the connection tells a wrong key from a wrong address', async (t) => {
    const api = await startFakeOpenai({ key: 'another' });
    t.onEnd(() => api.close());
    const page = await openPage(t);
    await page.command('go.scorers');
    await page.command('setting.set', { key: 'judge_base_url', value: api.url });
    await page.command('judge.set_key', { key: KEY });
    await page.click('judge.test');
    await eventually(async () => /does not accept the key/.test(await page.texts()));
    await page.command('setting.set', { key: 'judge_base_url', value: 'http://127.0.0.1:9/v1' });
    await page.click('judge.test');
    await eventually(async () => /CORS/.test(await page.texts()));
    assert.ok(!(await page.texts()).includes(KEY));
  }, { errorsExpected: true });

  test('a cap of requests holds, and what is hidden does not leave', async (t) => {
    const api = await startFakeOpenai({ key: KEY });
    t.onEnd(() => api.close());
    const page = await openPage(t);
    for (const [key, value] of Object.entries({ judge_base_url: api.url, judge_model: 'fake-1', judge_max_requests: '4', redact_patterns: '/[A-Z][a-z]+/' }))
      await page.command('setting.set', { key, value });
    await page.command('judge.set_key', { key: KEY });
    await page.command('judge.start', { scope: 'matching' });
    await eventually(async () => /cap of 4 requests/.test(await page.texts()));
    // The four are on their way when the run stops.
    await eventually(() => api.requests.length >= 4);
    await page.page.waitForTimeout(500);
    assert.equal(api.requests.length, 4);
    assert.ok(api.requests.every(({ prompt }) => prompt.includes('[hidden]')));
    await page.command('setting.set', { key: 'judge_max_requests', value: '0' });
    await page.command('judge.resume');
    await page.idle(60000);
    assert.ok(api.requests.length > 20);
    assert.ok([...api.countByHash().values()].every((times) => times === 1), 'nothing is asked twice');
  });

  test('a program of one’s own gives verdicts, and its errors are told with the stack', async (t) => {
    const page = await openPage(t);
    await only(page, { name: 'mine', kind: 'Script', text: 'if (!trace.spans.length || trace.data.spans !== trace.spans || trace.info.state !== trace.state) throw new Error("no spans"); return { value: typeof outputs === "string" ? outputs.length : 0, rationale: trace.trace_id };' });
    await page.command('judge.start', { scope: 'matching' });
    await page.idle(60000);
    await eventually(async () => /Finished/.test(await page.texts()));
    await only(page, { name: 'broken', kind: 'Script', text: 'return outputs.no.such.thing' });
    await page.command('scorer.switch', { name: 'mine', on: 'false' });
    await page.command('judge.start', { scope: 'matching', limit: '1' });
    await page.idle(60000);
    await eventually(async () => /SCORER_ERROR/.test(await page.texts()));
    // The table says what went wrong; beside it stand what was asked, and where in the program it happened.
    const cell = await page.waitFor((node) => node.role === 'cell' && /^SCORER_ERROR: Cannot read properties/.test(node.name));
    await page.page.mouse.click(cell.x + cell.width / 2, cell.y + cell.height / 2);
    await page.waitFor('run.side.request');
    assert.ok((await page.find('run.side.request')).value.length > 10);
    assert.match((await page.waitFor(/^run\.rationale\[.*\]\.stack$/)).value, /scorer\.js:1:[0-9]+\)?$/, 'its own line, and nothing of what stands around it');
  });

  test('a program is saved once it can be read, and says beside the editor where it cannot', async (t) => {
    const page = await openPage(t);
    await page.command('go.scorers');
    await page.click('scorers.add');
    await page.type('scorers.library_search', 'javascript');
    await page.click('scorers.add_kind[Script]');
    await eventually(async () => /syntax is right/.test((await page.find('scorer.syntax'))?.name ?? ''));
    await page.type('scorer.script', 'const a = 1;\nreturn a +;\n');
    await eventually(async () => /^Line 2: SyntaxError/.test((await page.find('scorer.syntax'))?.name ?? ''));
    assert.equal((await page.find('scorer.save')).enabled, false);
    await page.type('scorer.script', 'return {');
    await eventually(async () => /^Line 1: SyntaxError/.test((await page.find('scorer.syntax'))?.name ?? ''));
    await page.type('scorer.script', 'for (;;) {}');
    await page.click('scorer.save');  // perhaps before it has been read
    await page.waitFor('scorer.delete');
    await eventually(async () => /syntax is right/.test((await page.find('scorer.syntax'))?.name ?? ''));
  }, { errorsExpected: true });

  test('a program has no network, no page, no storage, and ends in time', async (t) => {
    // A server that would take the call, and lets pages read its answer.
    const api = await startFakeOpenai();
    t.onEnd(() => api.close());
    const page = await openPage(t);
    const text = `const found = [];
      try { await fetch('${api.url}/leak'); found.push('fetch'); } catch {}
      try { const x = new XMLHttpRequest(); x.open('GET', '${api.url}/leak', false); x.send(); found.push('xhr'); } catch {}
      try { importScripts('${api.url}/leak.js'); found.push('import'); } catch {}
      try { await new Promise((resolve, reject) => { const s = new WebSocket('ws://127.0.0.1:9/leak'); s.onopen = resolve; s.onerror = reject; }); found.push('socket'); } catch {}
      if (typeof document !== 'undefined' || typeof parent !== 'undefined') found.push('page');
      try { if (indexedDB.open('x')) await new Promise((resolve, reject) => { const r = indexedDB.open('x'); r.onsuccess = resolve; r.onerror = reject; }); found.push('storage'); } catch {}
      Object.prototype.value = 'tricked'; JSON.parse = () => 'tricked';
      return found.join(' ') || 'nothing';`;
    await only(page, { name: 'curious', kind: 'Script', text });
    await page.command('judge.start', { scope: 'matching', limit: '1' });
    await page.idle(60000);
    await eventually(async () => /nothing/.test(await page.texts()));
    assert.equal(api.requests.length, 0);
    await only(page, { name: 'endless', kind: 'Script', text: 'for (;;) {}' });
    await page.command('scorer.switch', { name: 'curious', on: 'false' });
    await page.command('judge.start', { scope: 'matching', limit: '1' });
    await page.idle(60000);
    await eventually(async () => /TIMEOUT/.test(await page.texts()), { timeoutMs: 20000 });
  }, { errorsExpected: true });

  test('a program that takes memory without end is ended with a clear error, and those after it run', async (t) => {
    const page = await openPage(t);
    await only(page, { name: 'arrays', kind: 'Script', text: 'const all = []; for (;;) all.push(new Uint8Array(1e8).fill(1));' });
    await page.command('judge.start', { scope: 'matching', limit: '1' });
    await page.idle(60000);
    await eventually(async () => /arrays of more than 1 GB/.test(await page.texts()));
    // The heap: the browser's own limit, or the time, whichever comes first; the page goes on either way.
    await only(page, { name: 'heap', kind: 'Script', text: 'const all = []; for (;;) all.push(new Array(1e6).fill(1.5));' });
    await page.command('scorer.switch', { name: 'arrays', on: 'false' });
    await page.command('judge.start', { scope: 'matching', limit: '1' });
    await page.idle(90000);
    await eventually(async () => /OUT_OF_MEMORY|TIMEOUT/.test(await page.texts()), { timeoutMs: 30000 });
    await only(page, { name: 'after', kind: 'Script', text: 'return true' });
    await page.command('scorer.switch', { name: 'heap', on: 'false' });
    await page.command('judge.start', { scope: 'matching', limit: '2' });
    await page.idle(60000);
    await eventually(async () => /100(\.0)?%/.test(await page.texts()));
  }, { errorsExpected: true, slow: true });

  test('the process of the sandbox may die: the program is told, others are tried again', async (t) => {
    const page = await openPage(t);
    const results = await page.page.evaluate(async () => {
      const { scripts } = window.assay.host.transport;
      const body = (program) => JSON.stringify({ program, arguments: {} });
      await scripts.run(body('return 1'), 5000);
      const frame = document.querySelector('iframe');
      const waiting = [scripts.run(body('await new Promise((r) => setTimeout(r, 1500)); return 2'), 8000)];
      setTimeout(() => { frame.srcdoc = '<!doctype html>'; }, 300);  // as a killed process: nobody answers any more
      return { results: await Promise.all(waiting), after: await scripts.run(body('return 3'), 5000), frames: document.querySelectorAll('iframe').length };
    });
    assert.deepEqual(results, { results: ['{"value":2}'], after: '{"value":3}', frames: 1 });
  });

  test('programs run without a network, cannot break out by tricks, and say where their mistakes are', async (t) => {
    const page = await openPage(t);
    await page.page.context().setOffline(true);
    const replies = await page.page.evaluate(async () => {
      const { scripts } = window.assay.host.transport;
      const run = async (program) => JSON.parse(await scripts.run(JSON.stringify({ program, arguments: { inputs: 7 } }), 5000));
      const frame = () => document.querySelector('iframe');
      const found = {
        offline: await run('return inputs'),
        origin: await run('return self.origin'),
        tricks: await run(`JSON.stringify = () => 'no'; Array.isArray = () => true; Object.prototype.value = 9; Object.prototype.error = 'no';
          Array.prototype.every = () => { throw 1 }; Promise.prototype.then = null; self.postMessage = () => {}; return 'fine'`),
        forged: await run('postMessage({ not: "a text" }); return 1'),
        mistake: await run('\n\nthrow new Error("third line")'),
        syntax: await run('return 1 +;'),
        brace: await run('}; postMessage(typeof document + typeof parent + typeof localStorage); (async () => {'),
        long: await run('return "x".repeat(2e6)'),
        parsed: JSON.parse(await scripts.run(JSON.stringify({ program: 'for (;;) {}', parse: true }), 2000)),
        unparsed: JSON.parse(await scripts.run(JSON.stringify({ program: 'let a;\nlet a;', parse: true }), 2000)),
      };
      let reached = true;
      try {
        found.reached = frame().contentWindow.document.title;
      } catch {
        reached = false;
      }
      return { ...found, reached };
    });
    await page.page.context().setOffline(false);
    assert.deepEqual(replies.offline, { value: 7 });
    assert.deepEqual(replies.origin, { value: 'null' }, 'an origin of its own');
    assert.deepEqual(replies.tricks, { value: 'fine' });
    assert.ok(replies.forged.error || replies.forged.value === 1);
    assert.match(replies.mistake.stack, /scorer\.js:3/);
    assert.match(replies.syntax.error, /SyntaxError.*line 1/);
    assert.equal(JSON.stringify(replies.brace).includes('object'), false, JSON.stringify(replies.brace));
    assert.match(replies.long.error, /too long/);
    assert.deepEqual(replies.parsed, { value: true }, 'read, and not run');
    assert.match(replies.unparsed.error, /SyntaxError.*already been declared/);
    assert.equal(replies.unparsed.line, 2);
    assert.equal(replies.reached, false, 'the page cannot look into the frame, nor the frame out');
  }, { errorsExpected: true });

  test('scorers are chosen, checked off and imported with clicks and keys', async (t) => {
    const page = await openPage(t);
    await page.command('go.scorers');
    await page.click('scorers.add');
    await page.type('scorers.library_search', 'contains');
    await page.click('scorers.add_kind[ContainsKeywords]');
    await page.idle();
    assert.equal((await page.find('scorer.kind')).name, 'Contains');
    await page.click('scorers.on[0]');
    await page.idle();
    assert.match((await page.find('judge.summary')).name, /7 traces × 4 scorers/);
  });

  test('data of one\'s own begin with scorers that fit any; what is chosen stays with other data', async (t) => {
    const page = await t.open();
    const chat = JSON.stringify({ id: 'mine', messages: [{ role: 'user', content: 'Who?' }, { role: 'assistant', content: 'Me.' }] });
    await page.drop([{ name: 'mine.jsonl', content: chat }]);
    await page.waitFor('traces.row[mine]');
    await page.command('go.scorers');
    await eventually(async () => /1 trace × 1 scorer/.test((await page.find('judge.summary')).name));
    const follows = await page.find((node) => /^scorers\.item\[/.test(node.id ?? '') && /follows_objective/.test(node.name));
    await page.click(follows.id);
    assert.match((await page.waitFor('scorer.guidelines')).value, /^The response does what the request asks for/);
    await page.click(follows.id.replace('item', 'on'));
    await eventually(async () => /1 trace × 2 scorers/.test((await page.find('judge.summary')).name));
    await page.reload();
    await page.waitFor('judge.summary');
    await eventually(async () => /× 2 scorers/.test((await page.find('judge.summary')).name));
  });
};
