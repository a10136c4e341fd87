// Many traces at once, one undo; one cell of the table.
import assert from 'node:assert/strict';
import { eventually } from './helper.mjs';

const ids = async (page) => (await page.semantics())
  .map((node) => /^traces\.row\[(tr-[0-9a-f]+)\]$/.exec(node.id)?.[1]).filter(Boolean);
const column = async (page, name) => (await page.semantics()).find((node) => node.id === `traces.header[assessment:${name}]`);

export default (test) => {
  test('all that match are assessed at once and taken back by one undo', async (t) => {
    const page = await t.openExample({ viewport: { width: 1440, height: 900 } });
    await page.click('traces.assess');
    await page.type('bulk.name', 'usable');
    await page.click('bulk.value[no]');
    await page.click('bulk.save');
    await eventually(async () => column(page, 'usable'));
    const saved = await page.download(() => page.command('export.traces', { scope: 'all' }));
    const made = saved.text.trim().split('\n').flatMap((line) => JSON.parse(line).info.assessments ?? [])
      .filter((a) => a.assessment_name === 'usable');
    assert.equal(made.length, 7);
    assert.ok(made.every((a) => a.feedback.value === false && a.source.source_type === 'HUMAN'));
    await page.key('ControlOrMeta+z');
    await eventually(async () => !(await column(page, 'usable')));
    await page.key('ControlOrMeta+Shift+Z');
    await eventually(async () => column(page, 'usable'));
    await page.reload();
    await eventually(async () => column(page, 'usable'));
  });

  test('a cell is changed by a right click', async (t) => {
    const page = await t.openExample({ viewport: { width: 1440, height: 900 } });
    const [first] = await ids(page);
    await page.click(`traces.row[${first}]`, { button: 'right' });
    await page.waitFor('cell.save');
    if (await page.find('cell.name')) await page.type('cell.name', 'seen');
    await page.click('cell.type[boolean]');
    await page.click('cell.value[yes]');
    await page.click('cell.rationale');
    await page.page.keyboard.type('On paper');
    await page.click('cell.save');
    await page.waitGone('cell.save');
    const saved = await page.download(() => page.command('export.traces', { scope: 'all' }));
    const made = saved.text.trim().split('\n').map((line) => JSON.parse(line).info).find((info) => info.trace_id === first)
      .assessments.filter((a) => a.rationale === 'On paper');
    assert.equal(made.length, 1, 'the rationale is kept, and focusing its field saves nothing by itself');
  });
};
