// What was begun and not saved is there again after a reload, and leaves no trace when it is saved.
import assert from 'node:assert/strict';
import { eventually } from './helper.mjs';

const kept = (page) => page.page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('assay.draft:')).length);
const value = async (page, id) => (await page.find(id))?.value;

export default (test) => {
  test('half a note and half a reason survive a reload, and are gone when they are saved', async (t) => {
    const page = await t.openExample({ viewport: { width: 1440, height: 900 } });
    const row = (await page.semantics()).find((node) => /^traces\.row\[/.test(node.id));
    await page.click(row.id);
    await page.waitFor('reader.title');
    await page.key('m');
    await page.page.keyboard.type('stops halfw');
    if (!(await page.find('annotate.open'))) await page.click('reader.tab[assessments]');
    await page.click('annotate.open');
    await page.type('annotate.name', 'tone');
    await page.click('annotate.rationale');
    await page.page.keyboard.type('because it');
    await eventually(async () => await kept(page) === 2);
    await page.reload();
    await page.waitFor('note.text');
    await page.waitFor('annotate.rationale');
    assert.equal(await value(page, 'note.text'), 'stops halfw');
    assert.equal(await value(page, 'annotate.name'), 'tone');
    assert.equal(await value(page, 'annotate.rationale'), 'because it');
    await page.click('annotate.value[yes]');
    await page.click('annotate.save');
    await page.click('note.text');
    await page.key('Enter');
    await eventually(async () => await kept(page) === 0);
    await page.reload();
    await page.waitFor('reader.title');
    assert.equal(await page.find('note.text'), null);
  });

  test('what a name offers does not move the form away from under the mouse', async (t) => {
    const page = await t.openExample({ viewport: { width: 1440, height: 900 } });
    await page.click(/^traces\.row\[/);
    await page.waitFor('reader.title');
    await page.click('annotate.open');
    await page.type('annotate.name', 'tone');
    await page.waitFor('annotate.suggest[professional_tone]');
    const type = await page.waitFor('annotate.type[text]');
    await page.page.mouse.move(type.x + type.width / 2, type.y + type.height / 2);
    await page.page.mouse.down();
    await page.page.waitForTimeout(150);
    await page.page.mouse.up();
    await page.idle();
    assert.equal((await page.waitFor('annotate.value')).role, 'textbox');
    assert.equal(await page.find('annotate.value[no]'), null);
    await page.waitGone('annotate.suggest[professional_tone]');
  });

  test('a scorer that was begun is there again after a reload', async (t) => {
    const page = await t.openExample();
    await page.click('rail.scorers');
    await page.click('scorers.add');
    await page.type('scorers.library_search', 'template');
    await page.click('scorers.add_kind[InstructionsJudge]');
    await page.type('scorer.template', 'Does {{ outputs }} answer?');
    await eventually(async () => await kept(page) === 1);
    await page.reload();
    assert.equal(await value(page, 'scorer.template'), 'Does {{ outputs }} answer?');
    await page.click('scorer.save');
    await eventually(async () => await kept(page) === 0);
  });

  test('an assessment that is being changed is being changed again after a reload', async (t) => {
    const page = await t.openExample({ viewport: { width: 1440, height: 900 } });
    await page.click(/^traces\.row\[/);
    await page.waitFor('reader.title');
    const all = async () => (await page.semantics()).map((node) => /^(assess\[[^\]]+\])\.edit$/.exec(node.id)?.[1]).filter(Boolean);
    const before = await all();
    await page.click('annotate.open');
    await page.type('annotate.name', 'tone');
    await page.click('annotate.value[yes]');
    await page.click('annotate.save');
    const id = await eventually(async () => (await all()).find((one) => !before.includes(one)));
    await page.click(`${id}.edit`);
    await page.click(`${id}.rationale_edit`);
    await page.page.keyboard.type('because it');
    await eventually(async () => await kept(page) === 1);
    await page.reload();
    await page.waitFor(`${id}.rationale_edit`);
    assert.match(await value(page, `${id}.rationale_edit`), /because it$/);
    await page.click(`${id}.save`);
    await eventually(async () => await kept(page) === 0);
    await page.reload();
    await page.waitFor(`${id}.edit`);
    assert.equal(await page.find(`${id}.rationale_edit`), null);
  });
};
