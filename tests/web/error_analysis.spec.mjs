// Notes on words of a text, failure modes and their codebook, queues of spans, blind reading, and a hundred thousand labels.
import assert from 'node:assert/strict';
import { eventually } from './helper.mjs';
import { manyTraces } from './review.spec.mjs';

const QUESTION = JSON.stringify({ label_schemas: [{ name: 'correct', type: 'feedback', title: 'Is it right?', input: { type: 'pass_fail' } }] });

async function drag(page, from, to) {
  await page.page.mouse.move(from.x, from.y);
  await page.page.mouse.down();
  await page.page.mouse.move(from.x + 8, from.y + 2, { steps: 2 });
  await page.page.mouse.move(to.x, to.y, { steps: 4 });
  await page.page.waitForTimeout(200);  // while a button is held the page goes on drawing
  await page.page.mouse.up();
  await page.idle();
}
const center = (node, x = node.width / 2) => ({ x: node.x + x, y: node.y + node.height / 2 });

export default (test) => {
  test('a note on words: selected, noted, marked, grouped by dragging, defined, and home', async (t) => {
    const page = await t.open();
    await page.drop([{ name: 'few.jsonl', content: manyTraces(3) }]);
    await page.idle();
    await page.command('trace.open', { trace_id: 'tr-000000' });
    const text = await page.waitFor('overview.response.text');
    await drag(page, { x: text.x + 1, y: text.y + 8 }, { x: text.x + 50, y: text.y + 8 });
    await page.click('note.on_this');
    await page.waitFor('note.target');
    await page.type('note.text', 'too short');
    await page.key('Enter');
    await page.click(/^note\.mark\[/);
    assert.equal((await page.waitFor('note.shown_text')).name, 'too short');
    await page.click('note.shown_close');
    await page.command('trace.open', { trace_id: 'tr-000001' });
    await page.type('note.text', 'says little');
    await page.type('note.mode', 'terse');
    await page.key('Enter');
    await page.key('Alt+5');
    const note = await page.waitFor(/^analysis\.note\[/);
    const mode = await page.waitFor('analysis.mode[terse]');
    await drag(page, center(note, 40), center(mode, 80));
    await eventually(async () => /^2 of 2/.test((await page.find('analysis.mode[terse]')).value));
    await page.click('analysis.mode[terse].details');
    await page.type('codebook.definition', 'Leaves out what was asked');
    await page.click('codebook.save');
    assert.match((await page.waitFor('codebook.stale')).name, /2 codes/);
    await page.click('codebook.confirm');
    await page.waitGone('codebook.stale');
    const book = await page.download(() => page.click('codebook.export'));
    assert.equal(JSON.parse(book.text).failure_modes[0].definition, 'Leaves out what was asked');
    const traces = await page.download(() => page.command('export.traces', { scope: 'all' }));
    const made = JSON.parse(traces.text.split('\n').find((line) => line.includes('tr-000000'))).info.assessments;
    const anchored = made.find((a) => a.assessment_name === 'note');
    assert.equal(anchored.metadata['assay.anchor.field'], 'outputs');
    assert.ok('answer 0 in words'.startsWith(anchored.metadata['assay.anchor.quote']));
    assert.match(made.find((a) => a.assessment_name === 'failure_mode').metadata['assay.failure_mode'], /^1:/);
    // After a reload all of it is there.
    await page.reload();
    await page.command('trace.open', { trace_id: 'tr-000000' });
    await page.waitFor(/^note\.mark\[/);
  });

  test('a note on words of a right-to-left text: selected, noted by key, marked behind the words, home with its bytes', async (t) => {
    const page = await t.open();
    const arabic = 'مرحبا بالعالم، هذا نص طويل يتكرر.';
    await page.drop([{ name: 'arabic.jsonl', content: manyTraces(2).replace('answer 0 in words', arabic) }]);
    await page.idle();
    await page.command('trace.open', { trace_id: 'tr-000000' });
    const area = page.page.locator('.overlay-frame:not([hidden]) textarea');
    await eventually(async () => await area.count() === 1);
    // The first word stands at the right; without a caret there are no arrows in such a text, but double clicks and drags.
    const place = await area.boundingBox();
    await area.dblclick({ position: { x: place.width - 14, y: 10 } });
    await page.waitFor('note.on_this');
    assert.equal(await area.evaluate((element) => element.value.slice(element.selectionStart, element.selectionEnd)), 'مرحبا');
    await page.page.keyboard.press('m');
    await page.waitFor('note.target');
    await page.page.waitForTimeout(200);
    await page.page.keyboard.type('greets twice');
    await page.key('Enter');
    const mark = page.page.locator('.overlay-marks mark');
    await eventually(async () => await mark.count() === 1);
    assert.equal(await mark.textContent(), 'مرحبا');
    // The mark lies behind the words as the browser has laid them out: at the right end of the line.
    const box = await mark.boundingBox(), text = await area.boundingBox();
    assert.ok(Math.abs(box.x + box.width - text.x - text.width) < 24, `${JSON.stringify(box)} in ${JSON.stringify(text)}`);
    assert.notEqual(await mark.evaluate((element) => getComputedStyle(element).backgroundColor), 'rgba(0, 0, 0, 0)');
    await page.click(/^note\.mark\[/);
    assert.equal((await page.waitFor('note.shown_text')).name, 'greets twice');
    const traces = await page.download(() => page.command('export.traces', { scope: 'all' }));
    const made = JSON.parse(traces.text.split('\n').find((line) => line.includes('tr-000000'))).info.assessments;
    assert.equal(made[0].metadata['assay.anchor.quote'], 'مرحبا');
    assert.equal(made[0].metadata['assay.anchor.to'], '10');
    await page.reload();
    await page.command('trace.open', { trace_id: 'tr-000000' });
    await eventually(async () => await mark.count() === 1);
  });

  test('several notes are chosen and dragged together onto a failure mode; one undo takes it back', async (t) => {
    const page = await t.open();
    await page.drop([{ name: 'few.jsonl', content: manyTraces(5) }]);
    await page.idle();
    for (let i = 0; i < 5; i++)
      await page.command('assessment.add', { trace_id: `tr-00000${i}`, kind: 'feedback', name: 'note', value_type: 'string', value: `note ${i}` });
    await page.command('notes.code', { name: 'terse', notes: 'tr-000000\t\n' });
    await page.key('Alt+5');
    await page.waitFor('analysis.mode[terse]');
    const picks = async () => (await page.semantics()).filter((node) => /^analysis\.pick\[/.test(node.id));
    const boxes = await picks();
    assert.equal(boxes.length, 4);
    await page.click(boxes[0].id);
    await page.page.keyboard.down('Shift');
    await page.click(boxes[2].id);
    await page.page.keyboard.up('Shift');
    assert.match((await page.waitFor('analysis.picked')).name, /3 notes/);
    const note = await page.waitFor(boxes[1].id.replace('pick', 'note'));
    const mode = await page.waitFor('analysis.mode[terse]');
    await drag(page, center(note, 40), center(mode, 80));
    await eventually(async () => /^4 of 5/.test((await page.find('analysis.mode[terse]')).value));
    await page.key('ControlOrMeta+z');
    await eventually(async () => /^1 of 5/.test((await page.find('analysis.mode[terse]')).value));
    // By keys: the first two.
    await page.key('x');
    await page.key('x');
    assert.match((await page.waitFor('analysis.picked')).name, /2 notes/);
    await page.key('1');
    await eventually(async () => /^3 of 5/.test((await page.find('analysis.mode[terse]')).value));
  });

  test('reading blind, the table, its facets, the search and its offers tell nothing of others', async (t) => {
    const page = await t.openExample();
    const secret = /customer_replied|tom\.b ·/;
    await page.waitFor('traces.header[assessment:customer_replied]');
    await page.key('Shift+B');
    await page.waitFor('blind.text');
    await page.waitGone('traces.header[assessment:customer_replied]');
    assert.doesNotMatch(await page.texts(), secret);
    await page.type('top.search', 'feedback.cus');
    await page.page.waitForTimeout(300);
    assert.doesNotMatch((await page.semantics()).filter((node) => !/^top\.search/.test(node.id ?? '')).map((node) => `${node.name} ${node.value}`).join('\n'), secret);
    await page.type('top.search', 'feedback.customer_replied = false');
    await page.key('Enter');
    await page.waitFor('traces.none');
    await page.type('top.search', '');
    await page.key('Enter');
    await page.command('review.show', { tab: 'agreement' });
    await page.waitFor('blind.hidden');
    await page.click('blind.end');
    await page.command('go.traces');
    await page.waitFor('traces.header[assessment:customer_replied]');
  });

  test('a queue of spans, and a trace opened from it is read blind', async (t) => {
    const page = await t.openExample();
    await page.drop([{ name: 'questions.json', content: QUESTION }]);
    await page.key('Alt+2');
    await page.click('review.new');
    await page.click('queue.scope[spans]');
    await page.click('queue.span_type');
    await page.click('queue.span_type[RETRIEVER]');
    await page.click('queue.create');
    await page.waitFor('item.path');
    await page.waitFor('item.document[0].text');
    await page.key('n');
    const traces = await page.download(() => page.command('export.traces', { scope: 'all' }));
    const labels = traces.text.trim().split('\n').flatMap((line) => JSON.parse(line).info.assessments ?? [])
      .filter((a) => a.assessment_name === 'correct' && a.source.source_type === 'HUMAN');
    assert.equal(labels.length, 1);
    assert.match(labels[0].span_id, /^[0-9a-f]{16}$/);
    await page.click('item.open');
    await page.waitFor('blind.text');
    assert.equal((await page.semantics()).filter((node) => /^facet\.(feedback|expectation)/.test(node.id)).length, 0);
    await page.key('Shift+B');
    await page.waitGone('blind.text');
  });

  test('ten reviewers and 100,000 labels: merged, listed, and their agreement computed, without long frames', async (t) => {
    const page = await t.open();
    const count = 10000;
    await page.drop([{ name: 'many.jsonl', content: manyTraces(count) }]);
    await page.idle(120000);
    const hash = '0'.repeat(16);
    let work = `${JSON.stringify({ assay_journal: 1 })}\n`;
    let time = Date.parse('2026-02-03T04:05:06Z');
    for (let r = 0; r < 10; r++) {
      for (let i = 0; i < count; i++) {
        const trace = `tr-${String(i).padStart(6, '0')}`;
        const assessment = { assessment_id: `a-${String(r * count + i).padStart(32, '0')}`, assessment_name: 'correct', trace_id: trace,
          source: { source_type: 'HUMAN', source_id: `Reviewer ${r}` }, create_time: '2026-02-03T04:05:06Z',
          last_update_time: '2026-02-03T04:05:06Z', feedback: { value: (i * 7 + r * (i % 11)) % 5 !== 0 }, valid: true,
          metadata: { 'assay.label_schema': `1:${hash}` } };
        work += `${JSON.stringify({ seq: i + 1, time_ms: time++, author: `Reviewer ${r}`, session: `s-r${r}`, txn: `t-${r}-${i}`,
          kind: 'assessment.create', version: 1, payload: { trace_id: trace, assessment } })}\n`;
      }
    }
    await page.page.evaluate(() => {
      window.frameTimes = [];
      window.assay.host.pacing.afterFrame.push(() => window.frameTimes?.push(window.assay.host.pacing.stats.frame_ms));
    });
    const worst = async () => page.page.evaluate(() => {
      const most = Math.max(0, ...window.frameTimes);
      window.frameTimes = [];
      return most;
    });
    const begun = Date.now();
    await page.drop([{ name: 'labels.jsonl', content: work }]);
    await page.idle(120000);
    const merged = Date.now() - begun;
    const merging = await worst();
    await page.command('review.show', { tab: 'agreement' });
    await page.waitFor('agreement.raw', { timeoutMs: 60000 });
    await page.idle(120000);
    assert.ok(await page.find('agreement.pair[Reviewer 0 and Reviewer 9].kappa') ?? await page.find('agreement.alpha'));
    const agreeing = await worst();
    await page.key('Alt+1');
    await page.idle();
    const listing = await worst();
    console.log(`     100,000 labels: ${merged} ms to merge; longest frames: merge ${merging.toFixed(0)} ms, agreement ${agreeing.toFixed(0)} ms, list ${listing.toFixed(0)} ms`);
    assert.ok(merging < 100 && agreeing < 150 && listing < 150, `${merging.toFixed(0)}, ${agreeing.toFixed(0)}, ${listing.toFixed(0)} ms of work in one frame`);
  });
};
