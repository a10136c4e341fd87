// Tags of traces, one and many, and the questions that stand beside every trace.
import assert from 'node:assert/strict';
import { eventually } from './helper.mjs';

const ids = async (page) => (await page.semantics())
  .map((node) => /^traces\.row\[(tr-[0-9a-f]+)\]$/.exec(node.id)?.[1]).filter(Boolean);
const exported = async (page) => (await page.download(() => page.command('export.traces', { scope: 'all' })))
  .text.trim().split('\n').map((line) => JSON.parse(line).info);
const SCHEMAS = JSON.stringify({ label_schemas: [
  { name: 'correct', type: 'feedback', title: 'Is it right?', input: { type: 'pass_fail' } },
  { name: 'tone', type: 'feedback', title: 'Tone', input: { type: 'categorical', options: ['friendly', 'plain', 'cold'] } }] });

export default (test) => {
  test('a tag is set, changed, taken away and brought back, is found by a search, and goes home', async (t) => {
    const page = await t.openExample({ viewport: { width: 1440, height: 900 } });
    const [first] = await ids(page);
    await page.click(`traces.row[${first}]`);
    await page.click('reader.tab[metadata]');
    await page.waitFor('tag.key');
    await page.type('tag.key', 'team');
    await page.type('tag.value', 'sales');
    await page.key('Enter');
    await page.waitFor('tag[team]');
    await page.click('tag[team]');
    await page.type('tag.value', 'support');
    await page.key('Enter');
    await eventually(async () => /support/.test(await page.texts()));
    await page.click('tag[team].remove');
    await page.waitGone('tag[team]');
    await page.key('ControlOrMeta+z');
    await page.waitFor('tag[team]');
    await page.type('top.search', "tags.team = 'support'");
    await eventually(async () => (await ids(page)).length === 1);
    await page.reload();
    await eventually(async () => (await ids(page)).length === 1);
    const infos = await exported(page);
    assert.equal(infos.find((info) => info.trace_id === first).tags.team, 'support');
    assert.equal(infos.filter((info) => info.tags.team !== undefined).length, 1);
  });

  test('all that match get a tag at once, and one undo takes it back', async (t) => {
    const page = await t.openExample({ viewport: { width: 1440, height: 900 } });
    await page.click('traces.assess');
    await page.click('bulk.kind[tag]');
    await page.type('bulk.name', 'batch');
    await page.type('bulk.tag_value', 'november');
    await page.click('bulk.save');
    await page.waitGone('bulk.save');
    assert.equal((await exported(page)).filter((info) => info.tags.batch === 'november').length, 7);
    await page.key('ControlOrMeta+z');
    await page.idle();
    assert.equal((await exported(page)).filter((info) => info.tags.batch === 'november').length, 0);
  });

  test('questions stand beside each trace: a digit and a press answer them, the next trace has its own', async (t) => {
    const page = await t.openExample({ viewport: { width: 1440, height: 900 } });
    await page.drop([{ name: 'questions.json', content: SCHEMAS }]);
    await page.command('go.traces');
    const [first, second] = await ids(page);
    await page.click(`traces.row[${first}]`);
    await eventually(async () => (await page.waitFor('labels.answered')).name.startsWith('0 of 2'));
    await page.key('2');
    await page.click('label[tone].answer[2]');
    await eventually(async () => (await page.find('labels.answered')).name.startsWith('2 of 2'));
    await page.key('j');
    await eventually(async () => (await page.find('labels.answered')).name.startsWith('0 of 2'));
    await page.key('1');
    await eventually(async () => (await page.find('labels.answered')).name.startsWith('1 of 2'));
    await page.reload();
    await eventually(async () => (await page.waitFor('labels.answered')).name.startsWith('1 of 2'));
    const infos = await exported(page);
    const answer = (id, name) => infos.find((info) => info.trace_id === id).assessments?.find((a) => a.assessment_name === name)?.feedback.value;
    assert.deepEqual([answer(first, 'correct'), answer(first, 'tone'), answer(second, 'correct')], [false, 'cold', true]);
  });
};
