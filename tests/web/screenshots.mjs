#!/usr/bin/env node
// Writes docs/screenshots/*.png: each view of the built page, in both themes and languages.
//   node tests/web/screenshots.mjs [--site DIR] [--out DIR] [--only SUFFIX…] [--part reading|judging] [--all]
// docs/ keeps the light and the dark ones; --all takes Chinese, narrow and phone ones too, to be looked at.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AssayPage, eventually, launchBrowser, root } from './helper.mjs';
import * as fake from './fake_openai.mjs';
import { serveSite } from './server.mjs';
import { smallPng } from './small_png.mjs';

const option = (name, fallback) => {
  const at = process.argv.indexOf(name);
  return at > 0 ? path.resolve(process.argv[at + 1]) : fallback;
};

const long = (prompt) => /opportunity to express/.test(prompt);
const respond = ({ prompt, body }) => {
  const lenient = body?.model === 'fake-2';  // the second judge, with whose run the first one's is compared
  if (!lenient && /concise|short/i.test(prompt) && long(prompt)) return fake.verdict(false, 'Most of the e-mail is padding; what was asked stands in its last sentence.');
  if (/Analytics/.test(prompt)) return fake.verdict(false, 'The objective was an apology for the wrong address; the e-mail advertises an add-on.');
  if (/five years ago/.test(prompt)) return fake.verdict(false, 'The notes hold no five years, no 200,000 euros and no award.');
  return fake.verdict(true, 'It does what the objective asks, in a friendly and professional tone.');
};

const QUESTIONS = JSON.stringify({ label_schemas: [
  { name: 'correct', type: 'feedback', title: 'Does the e-mail do what was asked?', instruction: 'Names, amounts and dates must be those of the notes.', enable_comment: true, input: { type: 'pass_fail' } },
  { name: 'tone', type: 'feedback', title: 'Tone', input: { type: 'categorical', options: ['friendly', 'plain', 'cold'] } },
  { name: 'stars', type: 'feedback', title: 'How good is it overall?', input: { type: 'numeric', min_value: 1, max_value: 5 } },
] });

// What two colleagues have said, as their files of labels.
function colleagues(ids) {
  let out = `${JSON.stringify({ assay_journal: 1 })}\n`;
  let time = Date.parse('2026-02-03T04:05:06Z');
  for (const [r, who] of ['Ann', 'Bob'].entries()) {
    for (const [i, trace] of ids.entries()) {
      const assessment = { assessment_id: `a-${String(r * 100 + i).padStart(32, '0')}`, assessment_name: 'correct', trace_id: trace,
        source: { source_type: 'HUMAN', source_id: who }, create_time: '2026-02-03T04:05:06Z', last_update_time: '2026-02-03T04:05:06Z',
        feedback: { value: (i + r * (i % 3)) % 4 !== 1 }, rationale: r ? 'The address is the old one.' : '', valid: true };
      out += `${JSON.stringify({ seq: i + 1, time_ms: time++, author: who, session: `s-${who}`, txn: `t-${who}-${i}`, kind: 'assessment.create', version: 1, payload: { trace_id: trace, assessment } })}\n`;
    }
  }
  return out;
}

async function reviewing(page, save) {
  await page.click('empty.example');
  await page.waitFor(/^traces\.row\[/);
  const ids = [...new Set((await page.semantics()).map((node) => /^traces\.row\[(tr-[0-9a-f]+)\]/.exec(node.id)?.[1]).filter(Boolean))];
  await page.drop([{ name: 'questions.json', content: QUESTIONS }]);
  await page.drop([{ name: 'labels-colleagues.jsonl', content: colleagues(ids) }]);
  // Notes and failure modes.
  const feedback = (trace, name, value, more = {}) => page.command('assessment.add', { trace_id: trace, kind: 'feedback', name, value_type: 'string', value, ...more });
  const said = ['Writes to the wrong address, although the notes give the new one', 'Invents an award and a sum of 200,000 euros that stand nowhere in the notes',
    'Two paragraphs of padding before the answer', 'Says nothing of the refund', 'Promises a call that nobody agreed to'];
  for (const [i, text] of said.entries()) await feedback(ids[i % ids.length], 'note', text);
  await page.command('notes.code', { name: 'invented facts', notes: `${ids[1]}\t\n` });
  await page.command('mode.define', { name: 'invented facts', definition: 'States something that neither the notes nor the request say.', example: 'an award that nobody has won' });
  await page.command('notes.code', { name: 'wrong recipient', notes: `${ids[0]}\t\n` });
  await page.page.waitForTimeout(6000);
  await page.command('go.analysis');
  await page.waitFor('analysis.title');
  if (await page.find(/^analysis\.pick\[/)) await page.click(/^analysis\.pick\[/);
  await save('analysis');
  await page.click('analysis.mode[invented facts].details');
  await save('codebook');
  await page.command('trace.open', { trace_id: ids[2] });
  await page.idle();
  await save('notes');
  await page.command('session.open', { session_id: 's-bluebird' });
  await page.waitFor('session.title');
  await save('session');
  await page.command('session.close');
  await page.command('trace.close');
  await page.command('select.toggle', { trace_id: ids[0] });
  await page.command('select.toggle', { trace_id: ids[1] });
  await page.command('ui.compare');
  await page.waitFor('compare.summary');
  await save('compare');
  await page.command('select.none');
  await page.command('review.show', { tab: 'agreement' });
  await page.waitFor('agreement.raw');
  const differ = await page.find(/^differ\[.*\]\.choose\[0\]$/);
  if (differ) {
    await page.page.mouse.move(differ.x + 20, Math.min(differ.y, 600));
    for (let i = 0; i < 8; i++) await page.page.mouse.wheel(0, 120);
    await page.idle();
    await save('adjudication');
  }
  await page.command('review.show', { tab: 'questions' });
  await save('review-questions');
  await page.command('queue.create', { name: 'First look', schemas: 'correct\ntone\nstars', scope: 'matching', blind: '1' });
  await page.waitFor('question[correct].answer[pass]');
  await save('review-item');
  await page.command('queue.create', { name: 'Retrievals', schemas: 'correct', scope: 'spans', span_type: 'RETRIEVER', blind: '1' });
  await page.waitFor('item.path');
  await save('span-queue');
  await page.command('queue.close');
  await save('review-queues');
  if (await page.find('review.new')) {
    await page.click('review.new');
    await save('new-queue');
    await page.key('Escape');
  }
  await page.drop([{ name: 'stimmen.csv', content: `vorgang,stern,wer,meinung\n${ids[0]},5,ann,gut\n${ids[1]},2,bob,"zu lang, und die Adresse stimmt nicht"\n${ids[2]},4,,\n` }]);
  if (await page.find('mapping.read')) {
    await save('feedback-mapping');
    await page.key('Escape');
  }
}

async function views(page, api, save) {
  await save('empty');
  await page.click('empty.example');
  await page.waitFor(/^traces\.row\[/);
  await page.page.waitForTimeout(6000);  // the notice of the import goes away
  await page.click('rail.scorers');
  await page.type('judge.base_url', api.url);
  await page.type('judge.model', 'fake-1');
  await page.key('Tab');
  await save('scorers');
  await page.click('judge.start');
  await eventually(async () => (await page.find('run.state'))?.name?.match(/Finished|完成/), { timeoutMs: 60000 });
  await page.page.waitForTimeout(6000);
  await save('run');
  await page.click('rail.runs');
  await page.click('rail.traces');
  await save('traces');
  const row = (await page.semantics()).find((node) => /^traces\.row\[/.test(node.id));
  await page.click(row.id);
  await save('reader');
  await page.click('reader.tab[spans]');
  await save('spans');
  if (await page.find('annotate.open')) await page.click('annotate.open');
  await save('annotate');
  await page.click('rail.settings');
  await save('settings');
  await page.command('setting.set', { key: 'judge_model', value: 'fake-2' });
  await page.command('judge.start', { scope: 'matching', name: 'The second judge' });
  await page.idle(60000);
  await page.click('run.back');
  await page.click('runs.compare');
  await page.waitFor('pairs.title');
  await page.page.waitForTimeout(6000);
  await save('runs-compared');
}

async function main() {
  const out = option('--out', path.join(root, 'docs/screenshots'));
  await mkdir(out, { recursive: true });
  const site = await serveSite(option('--site', path.join(root, 'build/web')));
  const api = await fake.startFakeOpenai({ respond });
  const browser = await launchBrowser();
  for (const [suffix, options] of [
    ['light', { colorScheme: 'light', locale: 'en-GB' }], ['dark', { colorScheme: 'dark', locale: 'en-GB' }],
    ['zh', { colorScheme: 'light', locale: 'zh-CN' }],
    ['narrow', { colorScheme: 'light', locale: 'en-GB', viewport: { width: 1000, height: 700 } }],
    ['phone', { colorScheme: 'dark', locale: 'en-GB', viewport: { width: 390, height: 800 } }],
    ['phone-zh', { colorScheme: 'dark', locale: 'zh-CN', viewport: { width: 390, height: 800 } }],
  ]) {
    if (!['light', 'dark'].includes(suffix) && !process.argv.includes('--all') && !process.argv.includes(suffix)) continue;
    if (process.argv.includes('--only') && !process.argv.includes(suffix)) continue;
    for (const part of ['judging', 'reading']) {
      if (process.argv.includes('--part') && !process.argv.includes(part)) continue;
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
      const page = new AssayPage(await context.newPage(), site);
      try {
      await page.open();
      const save = async (name) => {
        await page.page.mouse.move(1439, 450);  // over nothing that has a tooltip
        await page.idle();
        await writeFile(path.join(out, `${name}-${suffix}.png`), smallPng(await page.page.screenshot()));
      };
      await (part === 'judging' ? views(page, api, save) : reviewing(page, save));
    } catch (error) {
      console.error(`${suffix}: ${error.message.slice(0, 600)}`);
      process.exitCode = 1;
    }
    await context.close();
    }
  }
  await browser.close();
  await api.close();
  await site.close();
}

main();
