// What the traces can be narrowed down by: counts, conditions that come and go, the address, and the search box
// with words, MLflow's filters and our own language.
import assert from 'node:assert/strict';
import { eventually } from './helper.mjs';

const query = async (page) => (await page.find('top.search')).value;
const footer = async (page) => (await page.find('traces.footer')).name;
const values = async (page, facet) => (await page.semantics())
  .filter((node) => new RegExp(`^${facet.replaceAll('.', '\\.')}\\[\\d+\\]$`).test(node.id));

export default (test) => {
  test('a click on a value adds a condition, a second value joins it, and another click takes it out', async (t) => {
    const page = await t.openExample();
    const states = await eventually(async () => {
      const found = await values(page, 'facet.state');
      return found.length > 1 && found;
    });
    const all = await footer(page);
    await page.click(states[0].id);
    await page.idle();
    await eventually(async () => /^status = '/.test(await query(page)));
    const one = await footer(page);
    assert.notEqual(one, all);
    const count = Number(states[0].value.match(/\d+/)[0]);
    assert.match(one, new RegExp(`^${count} `), `${one} has the facet's count ${count}`);
    assert.match(decodeURIComponent(await page.page.evaluate(() => location.hash)), /status = '/);
    await page.waitFor('facets.condition[0]');
    const checked = (await values(page, 'facet.state')).filter((node) => node.checked);
    assert.equal(checked.length, 1);
    await page.click(checked[0].id);
    await page.idle();
    await eventually(async () => await query(page) === '');
    assert.equal(await footer(page), all);
  });

  test('dragging over a histogram sets a range, and its pill takes it out again', async (t) => {
    const page = await t.openExample();
    const bars = await eventually(async () => {
      const found = await values(page, 'facet.duration.bars');
      return found.length > 1 && found;
    });
    await page.click(bars[0].id);
    await page.idle();
    await eventually(async () => /^duration >= \d+ AND duration < \d+$/.test(await query(page)));
    assert.match(await footer(page), new RegExp(`^${Number(bars[0].value.match(/\d+/)[0])} `));
    await page.waitFor('facets.condition[1]');
    await page.click('facets.clear');
    await page.idle();
    await eventually(async () => await query(page) === '');
  });

  test('the rail can be hidden, and stays so', async (t) => {
    const page = await t.openExample();
    await page.waitFor('facet.state');
    await page.click('top.facets');
    await page.idle();
    await page.waitGone('facet.state');
    await page.reload();
    await page.waitFor('top.facets');
    await page.idle();
    assert.equal((await page.semantics()).filter((node) => node.id === 'facet.state').length, 0);
  });

  test('on a phone they are a sheet behind a button', async (t) => {
    const page = await t.openExample({ viewport: { width: 390, height: 800 } });
    assert.equal((await page.find('top.facets')).name, 'Filter');
    await page.click('top.facets');
    await page.waitFor('facets.sheet');
    const states = await eventually(async () => {
      const found = await values(page, 'facet.state');
      return found.length > 1 && found;
    });
    await page.click(states[1].id);
    await eventually(async () => await query(page) === "status = 'ERROR'");
    await eventually(async () => /^Show 1 trace$/.test((await page.find('facets.show_list')).name));
    await page.click('facets.show_list');
    await page.waitGone('facets.sheet');
    assert.match(await footer(page), /^1 of /);
    await page.click('top.facets');
    await page.waitFor('facets.sheet');
    await page.key('Escape');
    await page.waitGone('facets.sheet');
  });

  test('words, filters and our language in one box', async (t) => {
    const page = await t.openExample();
    const type = (text) => page.type('top.search', text);
    await type("status = 'ERROR' OR duration > 3s");
    const either = Number((await footer(page)).match(/\d+/)[0]);
    assert.ok(either > 0);
    await type('count(span { type = RETRIEVER }) >= 1');
    assert.ok(Number((await footer(page)).match(/\d+/)[0]) > 0);
    await type('stauts = 1');
    await page.waitFor('search.error');
    await page.waitFor('search.suggestion');
    await page.click('search.suggestion');
    await page.idle();
    await eventually(async () => /^status = 1/.test(await query(page)));
  });

  test('a word that nothing holds offers the nearest one', async (t) => {
    const page = await t.openExample();
    await page.type('top.search', 'enterprice');
    const near = await eventually(async () => (await page.semantics()).find((node) => node.id === 'traces.near[0]'));
    assert.match(near.name, /enterprise/);
    await page.click(near.id);
    await page.idle();
    await eventually(async () => await query(page) === 'enterprise');
    assert.ok(Number((await footer(page)).match(/\d+/)[0]) > 0);
  });

  test('the keyboard leads from the facets to the list and back, and the keys of the places follow the rail', async (t) => {
    const page = await t.openExample();
    await page.waitFor('facet.state[0]');
    await page.key('Shift+L');
    await eventually(async () => (await page.find('facet.state')).focused);
    await page.key('ArrowDown');
    await page.key('ArrowRight');
    await page.key('ArrowDown');
    await page.waitFor('reader.title');
    await page.key('Escape');
    await page.waitGone('reader.title');
    await page.key('l');
    await page.key('ArrowLeft');
    await eventually(async () => (await page.find('facet.state')).focused);
    for (const [i, place] of ['traces', 'review', 'scorers', 'runs', 'analysis', 'settings'].entries()) {
      await page.key(`Alt+${i + 1}`);
      await eventually(async () => (await page.find(`rail.${place}`)).selected);
    }
  });

  test('answers of a pass/fail question read so in the list and in the facets', async (t) => {
    const page = await t.openExample();
    await page.drop([{ name: 'questions.json', content: JSON.stringify({ label_schemas: [{ name: 'correct', type: 'feedback', input: { type: 'pass_fail' } }] }) }]);
    const row = await page.find(/^traces\.row\[/);
    await page.command('assessment.add', { trace_id: row.id.slice(11, -1), kind: 'feedback', name: 'correct', value_type: 'boolean', value: 'false' });
    const value = await page.waitFor('facet.feedback.correct[0]');
    assert.equal(value.name, 'Fail');
    assert.ok((await page.semantics()).some((node) => node.role === 'cell' && node.name === 'Fail'));
    await page.click('facet.feedback.correct[0]');
    await eventually(async () => /correct/.test(await query(page)));
    assert.ok(!/Fail/.test(await query(page)), 'the condition keeps the value of the data');
    assert.match(await footer(page), /^1 /);
  });

  test('states and numbers read as in the list, and the condition has the words of the data', async (t) => {
    const page = await t.open();
    const line = (id, state, score) => JSON.stringify({ info: { trace_id: id, request_time: '2026-01-02T03:04:05Z', state, assessments: [
      { assessment_id: `a-${id}`, assessment_name: 'score', source: { source_type: 'HUMAN', source_id: 'ann' }, feedback: { value: score } }] },
    data: { spans: [] } }).replace('"value":1}', '"value":1.0}');
    await page.drop([{ name: 't.jsonl', content: [line('tr-1', 'IN_PROGRESS', 1), line('tr-2', 'OK', 1), line('tr-3', 'OK', 2)].join('\n') }]);
    const state = await page.waitFor((node) => /^facet\.state\[/.test(node.id ?? '') && node.name === 'In progress');
    assert.equal((await page.waitFor('facet.feedback.score[0]')).name, '1');
    await page.click(state.id);
    await eventually(async () => await query(page) === "status = 'IN_PROGRESS'");
  });
};
