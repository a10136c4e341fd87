// A whole review in the built page by keyboard alone; colleagues' files, agreement, a decision.
import assert from 'node:assert/strict';
import { eventually } from './helper.mjs';

const SCHEMAS = JSON.stringify({ label_schemas: [
  { name: 'correct', type: 'feedback', title: 'Is it right?', instruction: 'Check every fact', enable_comment: true,
    input: { type: 'pass_fail', positive_label: 'Pass', negative_label: 'Fail' } },
  { name: 'tone', type: 'feedback', title: 'Tone', enable_comment: false,
    input: { type: 'categorical', options: ['kind', 'plain', 'cold'], multi_select: false } },
] });

const item = (page) => new URLSearchParams(new URL(page.page.url()).hash.split('?')[1] ?? '').get('item');

async function beginReview(page, name = 'Ann') {
  await page.drop([{ name: 'questions.json', content: SCHEMAS }]);
  await page.key('Alt+2');
  await page.type('review.reviewer', name);
  await page.key('Enter');
  await page.click('review.new');
  await page.type('queue.name', 'First look');
  await page.click('queue.create');
  await page.waitFor('question[correct].answer[pass]');
}

// Small traces of one span each.
export function manyTraces(count) {
  let out = '';
  for (let i = 0; i < count; i++) {
    const id = `tr-${String(i).padStart(6, '0')}`;
    out += JSON.stringify({
      info: { trace_id: id, request_time: '2026-01-02T03:04:05Z', state: 'OK', execution_duration: '0.4s', tags: {}, trace_metadata: {} },
      data: { spans: [{ trace_id: 'q83vEjRWeJCrze8SNFZ4kA==', span_id: 'AAAAAAAAAAE=', parent_span_id: null, name: 'chat',
        start_time_unix_nano: 100, end_time_unix_nano: 900, status: { code: 'STATUS_CODE_OK' },
        attributes: { 'mlflow.spanType': '"CHAIN"', 'mlflow.spanInputs': `"question ${i}"`, 'mlflow.spanOutputs': `"answer ${i} in words"` } }] },
    }) + '\n';
  }
  return out;
}

export default (test) => {
  test('fifty keys: a review by keyboard alone, undo, note, reload, and the way home', async (t) => {
    const page = await t.openExample();
    await beginReview(page);
    const first = item(page);
    assert.match(first, /^tr-/);
    // The canvas has the keyboard; from here on there is no mouse.
    const begun = Date.now();
    await page.key('y', { idle: false });
    await eventually(async () => (await page.find('question[tone].answer[0]')) && item(page) === first);
    await page.key('2', { idle: false });
    await eventually(() => item(page) !== first, { everyMs: 5 });
    assert.ok(Date.now() - begun < 5000);
    await page.idle();
    const second = item(page);
    await page.key('u');
    assert.equal(item(page), first, 'undo comes back to the item');
    await page.key('3');
    assert.equal(item(page), second);
    // A note right after the last answer is about what was answered.
    await page.key('c');
    await eventually(async () => item(page) === first && await page.find('item.message'));
    await page.key('Escape');
    await page.key('j');
    await eventually(() => item(page) === second);
    await page.page.waitForTimeout(3200);
    // A note, then the answers.
    await page.key('c');
    await page.page.waitForTimeout(200);
    await page.page.keyboard.type('Wrong recipient');
    await page.key('ControlOrMeta+Enter');
    await page.key('Escape');
    await page.idle();
    await page.key('n');
    await page.key('1');
    const third = item(page);
    assert.notEqual(third, second);
    await page.key('s');
    await page.key('d');
    const stopped = item(page);
    const counts = (await page.find('queue.counts')).name;
    assert.match(counts, /2 done · 1 later · 1 declined/);
    await page.reload();
    await page.waitFor('question[correct].answer[pass]');
    assert.equal(item(page), stopped, 'goes on where it stopped');
    for (let i = 0; i < 4; i++) {
      await page.key('y');
      await page.key('1');
    }
    await page.waitFor('review.finished');
    // Home: the labels with the note, in MLflow's form.
    const work = await page.download(() => page.click('review.finished_export'));
    assert.equal(work.name, 'labels-Ann.jsonl');
    assert.match(work.text, /Wrong recipient/);
    const traces = await page.download(() => page.command('export.traces', { scope: 'all' }));
    const assessed = traces.text.trim().split('\n').map((line) => JSON.parse(line).info)
      .find((info) => info.trace_id === second).assessments.filter((a) => a.assessment_name === 'correct');
    assert.equal(assessed.length, 1);
    assert.equal(assessed[0].source.source_id, 'Ann');
    assert.equal(assessed[0].rationale, 'Wrong recipient');
    assert.equal(assessed[0].feedback.value, false);
  });

  test('fifty items by keyboard, from each key to the next item within 200 ms', async (t) => {
    const page = await t.open();
    await page.drop([{ name: 'fifty.jsonl', content: manyTraces(50) }]);
    await page.idle();
    await page.drop([{ name: 'questions.json', content: JSON.stringify({ label_schemas: [JSON.parse(SCHEMAS).label_schemas[0]] }) }]);
    await page.key('Alt+2');
    await page.type('review.reviewer', 'Ann');
    await page.key('Enter');
    await page.click('review.new');
    await page.type('queue.name', 'Fifty');
    await page.click('queue.create');
    await page.waitFor('question[correct].answer[pass]');
    const times = [];
    const seen = new Set();
    for (let i = 0; i < 50; i++) {
      seen.add(item(page));
      // Measured in the page: from the key to the next item on the screen. The address follows at its own pace.
      times.push(await page.page.evaluate(async (pass) => {
        const start = performance.now();
        const shown = () => window.assay.semantics().find(({ id }) => id === 'item.position' || id === 'review.finished');
        const before = shown().name;
        const canvas = document.getElementById('canvas');
        const [key, code, number] = pass ? ['y', 'KeyY', 89] : ['n', 'KeyN', 78];
        for (const type of ['keydown', 'keypress', 'keyup']) {
          (document.activeElement ?? canvas).dispatchEvent(new KeyboardEvent(type,
            { key, code, keyCode: number, which: number, charCode: type === 'keypress' ? key.charCodeAt(0) : 0, bubbles: true, cancelable: true }));
        }
        while (shown()?.name === before && performance.now() - start < 3000) await new Promise((r) => { setTimeout(r, 2); });
        return performance.now() - start;
      }, i % 3 !== 0));
      await page.idle();
    }
    assert.equal(seen.size, 50, 'each item came once');
    await page.waitFor('review.finished');
    times.sort((a, b) => a - b);
    console.log(`     to the next item: ${times[25].toFixed(0)} ms (the slowest of 50: ${times[49].toFixed(0)} ms)`);
    assert.ok(times[44] < 200, `nine of ten of ${times.map((ms) => ms.toFixed(0))} ms are below 200`);
    const traces = await page.download(() => page.command('export.traces', { scope: 'all' }));
    const labels = traces.text.trim().split('\n').flatMap((line) => JSON.parse(line).info.assessments ?? []);
    assert.equal(labels.length, 50);
    assert.equal(labels.filter((label) => label.feedback.value === false).length, 17);
  });

  test('two reviewers, their files, their agreement, and a decision', async (t) => {
    const ann = await t.openExample({ viewport: { width: 1440, height: 900 } });
    await beginReview(ann);
    for (const key of ['y', 'y', 'y', 'n', 'n', 'y', 'y']) {
      await ann.key(key);
      await ann.key('1');
    }
    await ann.waitFor('review.finished');
    const home = await ann.download(() => ann.click('review.finished_export'));
    const bob = await t.openExample({ viewport: { width: 1440, height: 900 } });
    await bob.drop([{ name: 'labels-Ann.jsonl', content: home.text }]);
    await bob.key('Alt+2');
    await bob.type('review.reviewer', 'Bob');
    await bob.key('Enter');
    await bob.click(/^queues\.row\[/);
    for (const key of ['y', 'y', 'n', 'n', 'n', 'y', 'y']) {
      await bob.key(key);
      await bob.key('1');
    }
    await bob.waitFor('review.finished');
    await bob.click('review.finished_agreement');
    const raw = await bob.waitFor('agreement.raw');
    assert.match(raw.name, /86%/);
    await bob.click('agreement.name[correct]');
    await bob.waitFor('agreement.pair[Ann and Bob].kappa');
    const choose = await bob.waitFor(/^differ\[tr-[0-9a-f]+\]\.choose\[1\]$/);
    await bob.click(choose.id);
    await bob.waitFor('agreement.show_settled');
    assert.equal(await bob.find(choose.id), null);
    // The same file again brings nothing; labels of other traces are named.
    await bob.drop([{ name: 'labels-Ann.jsonl', content: home.text }]);
    await eventually(async () => /Nothing new in labels-Ann/.test(await bob.texts()));
    const stranger = await t.open();
    await stranger.drop([{ name: 'labels-Ann.jsonl', content: home.text }]);
    await eventually(async () => /belong to 7 traces that are not open/.test(await stranger.texts()));
    await bob.reload();
    await bob.waitFor('agreement.pair[Ann and Bob].kappa');
  });

  test('on a phone the question and its answers have most of the room', async (t) => {
    const page = await t.open({ viewport: { width: 390, height: 760 }, hasTouch: true, isMobile: true });
    await page.command('file.open_example');
    await page.idle();
    await beginReview(page);
    const title = await page.waitFor('queue.title'), done = await page.find('item.done'), undo = await page.find('item.undo');
    const questions = await page.find(/^review\.questions\[/);
    assert.ok(title.y + title.height < 160, 'the head of the queue is one row');
    assert.ok(questions.height > 240, `${questions.height} points for the questions`);
    assert.equal(Math.round(done.y + done.height / 2), Math.round(undo.y + undo.height / 2), 'what is done with the item stands in one row');
    assert.ok(undo.x + undo.width <= 390);
    const tap = async (id) => {
      const node = await page.waitFor(id);
      await page.page.touchscreen.tap(node.x + node.width / 2, node.y + node.height / 2);
      await page.idle();
    };
    await tap('question[correct].note_open');
    const before = (await page.waitFor('question[correct].note')).height;
    await tap('question[correct].note');
    for (let i = 0; i < 8; i++) await page.page.keyboard.type(`line ${i}\n`);
    await page.idle();
    await eventually(async () => (await page.find('question[correct].note')).height > before + 40);
  });

  test('on a phone keys are shown once one is pressed, and notices leave the questions free', async (t) => {
    const page = await t.open({ viewport: { width: 390, height: 760 }, hasTouch: true, isMobile: true });
    await page.command('file.open_example');
    await page.idle();
    await page.drop([{ name: 'questions.json', content: SCHEMAS }]);
    await page.command('go.review');
    await page.type('review.reviewer', 'Ann');
    await page.click('review.new');
    await page.type('queue.name', 'First look');
    await page.click('queue.create');
    const tap = async (id) => {
      const node = await page.waitFor(id);
      await page.page.touchscreen.tap(node.x + node.width / 2, node.y + node.height / 2);
      await page.idle();
    };
    const keys = async (id) => (await page.waitFor(id)).description ?? '';
    assert.equal(await keys('question[correct].answer[pass]'), '');
    assert.equal(await keys('question[correct].note_open'), '');
    await tap('question[correct].answer[fail]');
    await tap('item.undo');
    const toasts = (await page.semantics()).filter((node) => /^toast\[\d+\]$/.test(node.id));
    const questions = await page.find(/^review\.questions\[/);
    assert.ok(toasts.length > 0);
    for (const toast of toasts) assert.ok(toast.y + toast.height <= questions.y + 1, `${toast.name}: to ${toast.y + toast.height}, the questions from ${questions.y}`);
    await page.key('q');
    await eventually(async () => [await keys('question[tone].answer[0]'), await keys('question[correct].answer[pass]')].some((key) => key !== ''));
  });

  test('what is written last in an item is not gone on with in the next one', async (t) => {
    const page = await t.openExample();
    await page.drop([{ name: 'questions.json', content: JSON.stringify({ label_schemas: [
      JSON.parse(SCHEMAS).label_schemas[1],
      { name: 'better', type: 'expectation', title: 'A better reply', input: { type: 'text' } },
    ] }) }]);
    await page.key('Alt+2');
    await page.type('review.reviewer', 'Ann');
    await page.key('Enter');
    await page.click('review.new');
    await page.click('queue.create');
    await page.waitFor('question[tone].answer[0]');
    const first = item(page);
    await page.key('1');
    await page.page.keyboard.type('Shorter.');
    await page.key('Control+Enter');
    await eventually(() => item(page) !== first);
    await page.idle();
    await page.key('2');
    await page.idle();
    assert.equal((await page.find('question[better].answer')).value, '', 'a key is an answer, and no letter of the text');
    assert.equal((await page.find('question[tone].answer[1]')).checked, true);
    await page.page.keyboard.type('Kinder.');
    assert.equal((await page.waitFor('question[better].answer')).value, 'Kinder.');
    // A text that is given before another question is answered lets go of the keys too.
    await page.key('Control+Enter');
    await page.idle();
    const third = item(page);
    await page.click('question[better].answer');
    await page.page.keyboard.type('Warmer.');
    await page.key('Control+Enter');
    await page.idle();
    assert.equal(item(page), third);
    await page.key('3');
    await eventually(() => item(page) !== third);
  });
};
