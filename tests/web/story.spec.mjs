// The main job from end to end, as a person does it: with real clicks and keys on the built page, against a
// local stand-in for the model's server. And the same with the browser killed in the middle.
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { AssayPage, eventually, launchProfile } from './helper.mjs';
import * as fake from './fake_openai.mjs';

const KEY = 'sk-test-4711-never-leak';

const traceIds = async (page) => (await page.semantics())
  .map((node) => /^traces\.row\[(tr-[0-9a-f]+)\]$/.exec(node.id)?.[1]).filter(Boolean);

async function openExample(page) {
  await page.click('empty.example');
  await page.waitFor(/^traces\.row\[/);
  await page.idle();
}

async function press(page, id) {
  const node = await page.waitFor(id);
  await page.page.mouse.click(node.x + node.width / 2, node.y + node.height / 2, { delay: 10 });
}

async function search(page, text) {
  await page.type('top.search', text);
  await page.idle();
}

async function configureJudge(page, api) {
  await page.click('rail.scorers');
  await page.type('judge.base_url', api.url);
  await page.type('judge.model', 'fake-1');
  await page.type('judge.key', KEY);
  await page.key('Tab');
}

// Three verdicts of ten are "no", with a rationale that says why.
const decide = ({ prompt, number }) => {
  const long = prompt.includes('concise') || prompt.includes('short');
  return fake.verdict(number % 10 < 7, long ? 'The e-mail is longer than it need be.' : 'It answers what was asked.');
};

export default (test) => {
  test('example, filter, open, annotate, judge, results, export, reload: all still there', async (t) => {
    const api = await fake.startFakeOpenai({ key: KEY });
    t.onEnd(() => api.close());
    const page = await t.open({ viewport: { width: 1440, height: 900 } });

    // Open and search.
    await openExample(page);
    const all = await traceIds(page);
    if (all.length !== 7) throw new Error(`7 traces expected, ${all.length} are in the table`);
    await search(page, "status = 'ERROR'");
    if ((await traceIds(page)).length !== 1) throw new Error('one trace failed');
    if (!page.page.url().includes('ERROR')) throw new Error('the query is not in the address');
    await search(page, "status = 'ERROR' AND )");
    await page.waitFor('search.error');
    await search(page, '');
    await eventually(async () => (await traceIds(page)).length === 7);

    // Read.
    const [first] = await traceIds(page);
    await page.click(`traces.row[${first}]`);
    await page.waitFor('reader.title');
    await page.click('reader.tab[spans]');
    const spans = (await page.semantics()).filter((node) => /^reader\.span\[[0-9a-f]{16}\]$/.test(node.id));
    if (spans.length !== 3) throw new Error(`3 spans expected, ${spans.length} shown`);

    // Annotate: a feedback, by real keys.
    if (await page.find('annotate.open')) await page.click('annotate.open');
    await page.type('annotate.name', 'useful');
    await page.click('annotate.value[yes]');
    await page.click('annotate.rationale');
    await page.page.keyboard.type('Short, and it answers both questions.');
    await page.click('annotate.save');
    await eventually(async () => (await page.texts()).includes('Short, and it answers both questions.'));
    await page.key('ControlOrMeta+z');
    await eventually(async () => !(await page.semantics()).some((node) => /^assess\[/.test(node.id)));
    await page.key('ControlOrMeta+Shift+Z');
    await eventually(async () => (await page.semantics()).some((node) => /^assess\[/.test(node.id)));

    // Judge, with everything going wrong that goes wrong.
    api.respond = decide;
    api.script([fake.rateLimited(1), fake.serverError(500), fake.garbage(), fake.refusal(), fake.fenced(true, 'Fenced.'),
      fake.stream(false, 'Streamed by mistake.'), fake.delayed(fake.verdict(true), 300), fake.html(502)]);
    await configureJudge(page, api);
    await page.click('judge.start');
    await page.waitFor('run.title', { timeoutMs: 15000 });
    await eventually(async () => (await page.find('run.state'))?.name?.match(/Finished|Done/), { timeoutMs: 60000 });

    // Results: a verdict per trace and scorer, rationales one click away.
    const scores = (await page.semantics()).filter((node) => /^run\.score\[[^\]]+\]$/.test(node.id));
    if (scores.length !== 5) throw new Error(`5 scorers expected, ${scores.length} shown`);
    const csv = await page.download(() => page.click('run.export_csv'));
    if (!csv.text.includes('follows_objective/value')) throw new Error('the CSV lacks a scorer');
    if (csv.text.includes(KEY)) throw new Error('the key is in the CSV');
    const lines = csv.text.trim().split('\r\n');
    if (lines.length < 8) throw new Error('the CSV lacks rows');
    if (!csv.text.includes('Failed to parse')) throw new Error('the garbage reply is no visible error');

    // Take home.
    await page.click('rail.traces');
    await page.click('traces.export');
    const home = await page.download(() => page.click('export.all'));
    const records = home.text.trim().split('\n').map((line) => JSON.parse(line));
    if (records.length !== 7) throw new Error('7 traces go home');
    const judged = records.flatMap((record) => record.info.assessments ?? []);
    if (!judged.some((a) => a.assessment_name === 'useful' && a.source.source_type === 'HUMAN' && a.feedback.value === true)) {
      throw new Error('the annotation did not go home');
    }
    if (!judged.some((a) => a.assessment_name === 'professional_tone' && a.source.source_type === 'LLM_JUDGE')) {
      throw new Error('the verdicts did not go home');
    }
    if (home.text.includes(KEY)) throw new Error('the key is in the export');

    // Reload: everything is there again, and the key is not.
    const sent = api.requests.length;
    await page.reload();
    await page.waitFor(/^traces\.row\[/);
    await search(page, "feedback.useful = 'true'");
    await eventually(async () => (await traceIds(page)).join() === first);
    await search(page, "feedback.professional_tone IS NOT NULL");
    await eventually(async () => (await traceIds(page)).length >= 6);
    await page.click('rail.runs');
    await page.waitFor('run.title');
    if (api.requests.length !== sent) throw new Error('the reload sent a request');
    const stored = await page.page.evaluate(async () => {
      const parts = [JSON.stringify(localStorage), location.href, document.documentElement.outerHTML];
      for (const { name } of await indexedDB.databases()) {
        const db = await new Promise((resolve) => { const r = indexedDB.open(name); r.onsuccess = () => resolve(r.result); });
        for (const store of db.objectStoreNames) {
          const rows = await new Promise((resolve) => {
            const r = db.transaction(store).objectStore(store).getAll();
            r.onsuccess = () => resolve(r.result);
          });
          parts.push(JSON.stringify(rows));
        }
      }
      return parts.join('\n');
    });
    if (stored.includes(KEY)) throw new Error('the key is stored');
    if (page.console.join('\n').includes(KEY)) throw new Error('the key is in the console');
  }, { slow: true, limitMs: 300000 });

  test('a killed browser loses nothing that was acknowledged and pays for nothing twice', async (t) => {
    const api = await fake.startFakeOpenai({ key: KEY });
    t.onEnd(() => api.close());
    const profile = await mkdtemp(path.join(os.tmpdir(), 'assay-kill-'));
    t.onEnd(() => rm(profile, { recursive: true, force: true }));
    const start = async () => {
      const context = await launchProfile(profile, { viewport: { width: 1440, height: 900 }, deviceScaleFactor: 0.5 });
      const page = new AssayPage(context.pages()[0] ?? await context.newPage(), t.site);
      await page.open();
      return { context, page };
    };
    const kill = async (page) => {
      // Every process of this profile, at once and without a farewell.
      const gone = new Promise((resolve) => { page.page.context().on('close', resolve); });
      spawnSync('pkill', ['-9', '-f', '--', `user-data-dir=${profile}`]);
      await gone;
    };

    // Killed right after an annotation was acknowledged as saved.
    let { page } = await start();
    await openExample(page);
    const [first] = await traceIds(page);
    await page.click(`traces.row[${first}]`);
    if (await page.find('annotate.open')) await page.click('annotate.open');
    await page.type('annotate.name', 'survives');
    await page.click('annotate.value[no]');
    await page.click('annotate.save');
    await page.idle();
    await kill(page);

    ({ page } = await start());
    await page.waitFor(/^traces\.row\[/);
    await page.click(`traces.row[${first}]`);
    await eventually(async () => (await page.texts()).includes('survives'));

    // Killed in mid-run: some answered, some hanging.
    api.respond = ({ number }) => (number <= 9 ? fake.delayed(fake.verdict(true), 50) : fake.hang());
    await configureJudge(page, api);
    await press(page, 'judge.start');  // the page does not come to rest while requests hang
    await eventually(() => api.requests.length >= 14, { timeoutMs: 20000 });
    await page.page.waitForTimeout(300);
    await kill(page);
    const before = new Map(api.countByHash());

    ({ page } = await start());
    api.respond = () => fake.verdict(true);
    await page.waitFor(/^traces\.row\[/);
    await configureJudge(page, api);
    await page.click('rail.runs');
    await page.click(/^runs\.row\[/);
    await page.click('run.resume');
    // All that was never sent goes out; what hung when the browser died does not.
    // (Some were written down as sent and had not left yet: those wait for the person too.)
    await eventually(() => api.countByHash().size >= 20, { timeoutMs: 30000 });
    await page.waitFor('run.retry_interrupted');
    await page.page.waitForTimeout(1000);
    await page.idle(60000);
    for (const [hash, count] of api.countByHash()) {
      if (count > 1) throw new Error(`a request was sent ${count} times (${before.get(hash) ?? 0} before the kill)`);
    }
    // The interrupted ones go out on the person's word alone.
    await page.click('run.retry_interrupted');
    await eventually(async () => (await page.find('run.state'))?.name?.match(/Finished|Done/), { timeoutMs: 60000 });
    const unique = api.countByHash().size;
    if (unique !== 30) throw new Error(`30 different requests expected, ${unique} seen: one changed its identity`);
    await page.page.context().close().catch(() => {});
  }, { slow: true, limitMs: 300000, errorsExpected: true });
};
