// Scorers that ask several times: samples and juries, set up with clicks and keys, their answers and the
// agreement shown in the results.
import assert from 'node:assert/strict';
import { eventually } from './helper.mjs';
import { startFakeOpenai, verdict } from './fake_openai.mjs';

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

const summary = async (page) => (await page.find('judge.summary'))?.name ?? '';

export default (test) => {
  test('three samples give one verdict, with each answer and the agreement beside it', async (t) => {
    const api = await startFakeOpenai({ key: KEY });
    t.onEnd(() => api.close());
    const page = await openScorers(t, api);
    await page.click('scorer.reliability');
    await page.type('scorer.param[samples]', '3');
    await page.click('scorer.save');
    await page.idle();
    assert.match((await page.find('scorer.asks')).name, /3 times/);
    // One of the seven traces has no response.
    await eventually(async () => /18 requests/.test(await summary(page)));
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
    await page.click('scorer.save');
    await eventually(async () => /18 requests.*fake-1 ×6, strict ×6, fake-2 ×6/.test(await summary(page)));
    await page.click('judge.start');
    await page.idle(60000);
    await page.click(/^run_rows.*tr-/);
    const texts = await page.texts();
    assert.match(texts, /As strict\./);
    assert.match(texts, /Votes: yes 2, no 1/);
  });
};
