// Kinds of judges: several samples and their vote, a judge that reads the trace with tools, its check before it
// is trusted, two responses compared in both orders, checks made from a span; set up with clicks and keys.
import assert from 'node:assert/strict';
import { eventually } from './helper.mjs';
import { startFakeOpenai, toolCalls, verdict, completion } from './fake_openai.mjs';

const KEY = 'sk-test-1234567890abcdef';

async function openScorers(t, api, { keep = 'follows_objective' } = {}) {
  const page = await t.open();
  await page.command('file.open_example');
  await page.idle();
  for (const [key, value] of Object.entries({ judge_base_url: api.url, judge_model: 'fake-1' })) await page.command('setting.set', { key, value });
  await page.command('judge.set_key', { key: KEY });
  const names = ['follows_objective', 'concise_communication', 'professional_tone', 'relevance_to_query', 'retrieval_groundedness'];
  for (const name of names) if (name !== keep) await page.command('scorer.switch', { name, on: 'false' });
  await page.command('go.scorers');
  await page.idle();
  return page;
}

// A judge by template that reads the trace with tools.
async function addReader(page, name, template) {
  await page.click('scorers.add');
  await page.type('scorers.library_search', 'template');
  await page.click('scorers.add_kind[InstructionsJudge]');
  await page.idle();
  await page.type('scorer.name', name);
  await page.type('scorer.template', template);
  await page.click('scorer.param[trace_access]');
  await page.click('scorer.param[trace_access][tools]');
  await page.click('scorer.save');
  await page.idle();
}

// The part of several answers is open: the button is below what the window shows.
async function save(page) {
  await page.hover('scorer.name');
  await page.page.mouse.wheel(0, 2000);
  await page.idle();
  await page.click('scorer.save');
}

const summary = async (page) => (await page.find('judge.summary'))?.name ?? '';

export default (test) => {
  test('three samples give one verdict, with each answer and the agreement beside it', async (t) => {
    const api = await startFakeOpenai({ key: KEY });
    t.onEnd(() => api.close());
    const page = await openScorers(t, api);
    await page.click('scorer.reliability');
    await page.type('scorer.param[samples]', '3');
    await save(page);
    await page.idle();
    assert.match((await page.find('scorer.asks')).name, /3 times/);
    // One of the seven traces has no response.
    await eventually(async () => /18 requests.*1 skipped/.test(await summary(page)));
    const asked = new Map();
    api.respond = ({ prompt }) => {
      asked.set(prompt, (asked.get(prompt) ?? 0) + 1);
      return verdict(asked.get(prompt) === 1, `Answer ${asked.get(prompt)}.`);
    };
    await page.click('judge.start');
    await page.idle(60000);
    assert.equal(api.requests.length, 18);
    assert.ok(api.requests.every(({ body }) => body.temperature === 0.7));
    await eventually(async () => /Finished/.test(await page.texts()));
    const texts = await page.texts();
    assert.match(texts, /agreement 0\.67/);
    assert.match(texts, /6 not unanimous/);
    await page.click(/^run_rows.*tr-/);
    const side = await page.texts();
    assert.match(side, /3 answers, agreement 0\.67/);
    assert.match(side, /Votes: no 2, yes 1/);
  });

  test('a jury asks each of its models, and shows what each said', async (t) => {
    const api = await startFakeOpenai({ key: KEY, respond: ({ body }) => verdict(body.model !== 'strict', `As ${body.model}.`) });
    t.onEnd(() => api.close());
    const page = await openScorers(t, api);
    await page.click('scorer.reliability');
    await page.type('scorer.param[jury]', 'fake-1\nstrict\nfake-2');
    await save(page);
    await eventually(async () => /18 requests.*fake-1 ×6, strict ×6, fake-2 ×6/.test(await summary(page)));
    await page.click('judge.start');
    await page.idle(60000);
    await page.click(/^run_rows.*tr-/);
    const texts = await page.texts();
    assert.match(texts, /openai:\/strict/);
    assert.match(texts, /As strict\./);
    assert.match(texts, /Votes: yes 2, no 1/);
  });

  test('a judge by template answers with named numbers, and the verdict says what it cost', async (t) => {
    const api = await startFakeOpenai({ key: KEY, respond: () => completion(JSON.stringify({ rationale: 'By part.', result: { tone: 0.5, facts: 1 } })) });
    t.onEnd(() => api.close());
    const page = await openScorers(t, api, { keep: '' });
    await page.command('setting.set', { key: 'judge_prices', value: 'fake-1 2 10' });
    await page.click('scorers.add');
    await page.type('scorers.library_search', 'template');
    await page.click('scorers.add_kind[InstructionsJudge]');
    await page.idle();
    await page.type('scorer.name', 'parts');
    await page.type('scorer.template', 'Rate the parts of {{ outputs }}.');
    await page.click('scorer.answer');
    const list = await page.waitFor('scorer.answer.list');
    for (let turn = 0; turn < 10 && !(await page.find('scorer.answer[float_map]')).height; turn++) {
      await page.page.mouse.move(list.x + list.width / 2, list.y + list.height / 2);
      await page.page.mouse.wheel(0, 120);
      await page.idle();
    }
    await page.click('scorer.answer[float_map]');
    await save(page);
    await page.idle();
    await page.click('judge.start');
    await page.idle(60000);
    await eventually(async () => /Finished/.test(await page.texts()));
    const form = api.requests[0].body.response_format.json_schema;
    assert.equal(form.strict, false, 'the names are the judge’s own');
    assert.deepEqual(form.schema.properties.result.additionalProperties, { type: 'number' });
    await page.click(/^run_rows.*tr-/);
    assert.match(await page.texts(), /"tone":\s*0\.5/);
    const home = await page.download(() => page.command('export.traces', { scope: 'all' }));
    const judged = home.text.trim().split('\n').flatMap((line) => JSON.parse(line).info.assessments ?? []).filter((a) => a.assessment_name === 'parts');
    assert.deepEqual(judged[0].feedback.value, { tone: 0.5, facts: 1 });
    assert.equal(judged[0].metadata['mlflow.assessment.judgeCost'], '0.0008');  // 200 tokens in, 40 out
  });

  test('a judge reads the trace with tools; each step is a request, and after a reload none is paid again', async (t) => {
    const api = await startFakeOpenai({ key: KEY });
    t.onEnd(() => api.close());
    const page = await openScorers(t, api, { keep: '' });
    await addReader(page, 'reader', 'Did {{ trace }} go well?');
    await eventually(async () => /7 to 70 requests/.test(await summary(page)));
    api.respond = ({ body }) => {
      const results = body.messages.filter(({ role }) => role === 'tool');
      if (results.length === 0) return toolCalls(['list_spans'], ['get_trace_info']);
      if (results.length === 2) return toolCalls(['get_root_span']);
      assert.match(results[0].content, /span_id/);
      return verdict(true, `Read ${results.length} results.`);
    };
    await page.click('judge.start');
    await page.idle(60000);
    await eventually(async () => /Finished/.test(await page.texts()));
    assert.equal(api.requests.length, 21);
    assert.ok(api.requests.every(({ body }) => body.tools.length === 6));
    // What was read stays within its trace, and is paid for once.
    await page.command('go.scorers');
    await eventually(async () => /0 requests · 7 known already/.test(await summary(page)));

    // A server that falls silent inside the conversation, and a reload.
    await addReader(page, 'other', 'Was {{ trace }} fast?');
    await page.command('scorer.switch', { name: 'reader', on: 'false' });
    let sent = 0;
    api.respond = ({ body }) => {
      sent += 1;
      return body.messages.some(({ role }) => role === 'tool') ? { hang: true } : toolCalls(['list_spans']);
    };
    await page.command('judge.start', { scope: 'matching', limit: '1' });
    await eventually(() => sent >= 2);
    await page.reload();
    await page.command('judge.set_key', { key: KEY });
    await page.command('go.runs');
    await page.idle();
    assert.match(await page.texts(), /1 interrupted|interrupted/);
    assert.equal(sent, 2, 'nothing is sent again by itself');
    // On the user's word it goes on from the first step, which is known.
    api.respond = ({ body }) => {
      sent += 1;
      return verdict(true, `Went on after ${body.messages.filter(({ role }) => role === 'tool').length} result.`);
    };
    await page.click('run.retry_interrupted');
    await eventually(async () => /Finished/.test((await page.find('run.state'))?.name ?? ''));
    assert.equal(sent, 3);
    await page.click(/^run_rows.*tr-/);
    assert.match(await page.texts(), /Went on after 1 result/);
    // What it read stands beside its reason, also from before the reload.
    assert.equal((await page.find(/^run\.rationale.*\.read1$/)).name, 'list_spans');
    assert.equal(await page.find(/^run\.rationale.*\.read2$/), null);
  }, { errorsExpected: true });

  test('a judge that praises nothing passes its check, one that obeys the material does not', async (t) => {
    const api = await startFakeOpenai({ key: KEY, respond: () => verdict(false, 'There is no answer.') });
    t.onEnd(() => api.close());
    const page = await openScorers(t, api);
    assert.match(await page.texts(), /Not checked yet/);
    await page.click('scorer.check_part');
    await page.click('scorer.check');
    await eventually(async () => /Passed/.test((await page.find('scorer.check_result'))?.name ?? ''));
    assert.equal(api.requests.length, 4);
    assert.ok(api.requests.some(({ prompt }) => /NOTE TO THE EVALUATOR/.test(prompt)));
    api.respond = ({ prompt }) => verdict(/NOTE TO THE EVALUATOR/.test(prompt), 'As told.');
    await page.click('scorer.check');
    await eventually(async () => /Not passed/.test((await page.find('scorer.check_result'))?.name ?? ''));
    assert.match(await page.texts(), /Instruction to the judge: yes/);
    // Kept with the version.
    await page.reload();
    await page.command('go.scorers');
    await page.idle();
    await page.click('scorer.check_part');
    assert.match((await page.find('scorer.check_result')).name, /Not passed/);
  });

  test('two responses are compared in both orders, and a judge that follows the order is told', async (t) => {
    const api = await startFakeOpenai({ key: KEY, respond: () => completion(JSON.stringify({ rationale: 'The first.', result: '1' })) });
    t.onEnd(() => api.close());
    const page = await openScorers(t, api);
    await page.command('go.traces');
    await page.idle();
    const rows = [...new Set((await page.semantics()).map((node) => /tr-[0-9a-z-]+/.exec(node.id)?.[0]).filter(Boolean))];
    // The second one failed and has no response.
    await page.command('compare.open', { trace_id: rows[0], with: rows[1] });
    await page.click('compare.judge');
    assert.match((await page.waitFor('compare.cannot_ask')).name, /^B: .*no outputs/);
    assert.equal((await page.find('compare.ask')).enabled, false);
    await page.key('Escape');
    await page.command('compare.open', { trace_id: rows[0], with: rows[2] });
    await page.click('compare.judge');
    await page.click('compare.ask');
    await eventually(async () => /order decided/.test((await page.find('compare.verdict'))?.name ?? ''));
    assert.equal(api.requests.length, 2);
    let first = '';
    api.respond = ({ prompt }) => {
      // Whatever stands in "answer 1" of the first request is the better one.
      const one = /name="answer 1">\n([^]*?)\n<\//.exec(prompt)[1];
      first ||= one;
      return completion(JSON.stringify({ rationale: 'Better.', result: one === first ? '1' : '2' }));
    };
    await page.click('compare.ask');
    const [, better] = await eventually(async () => /^([AB]) is better/.exec((await page.find('compare.verdict'))?.name ?? ''));
    // The same comparison when the two have changed places.
    const asked = api.requests.length;
    await page.key('Escape');
    await page.click('compare.swap');
    await page.click('compare.judge');
    assert.match((await page.waitFor('compare.verdict')).name, better === 'A' ? /^B is better/ : /^A is better/);
    assert.equal(api.requests.length, asked);
  });

  test('a check is made from a span, and runs over the loaded traces while it is written', async (t) => {
    const page = await t.open();
    await page.command('file.open_example');
    await page.idle();
    const rows = [...new Set((await page.semantics()).map((node) => /tr-[0-9a-z-]+/.exec(node.id)?.[0]).filter(Boolean))];
    await page.command('trace.open', { trace_id: rows[0] });
    await page.click('reader.tab[spans]');
    // Given up, it leads back to the span.
    const place = page.page.url();
    await page.click('span.check');
    await page.click('span.check[absent]');
    await page.click('scorer.revert');
    await eventually(() => page.page.url() === place);
    await page.waitFor('span.check');
    await page.click('span.check');
    await page.click('span.check[there]');
    await page.idle();
    assert.match((await page.find('scorer.name')).value, /_there$/);
    const tally = (await page.find('scorer.tally')).name;
    assert.match(tally, /Of the loaded traces \d+ pass, \d+ fail/);
    await save(page);
    await page.idle();
    assert.ok(await page.find('scorer.delete'));
  });
};
