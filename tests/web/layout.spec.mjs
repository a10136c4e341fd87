// What the interface remembers, repeats and does not repeat: the chosen layout, what was said about kept files,
// what an undo undoes, where the searched words stand.
import assert from 'node:assert/strict';
import { eventually } from './helper.mjs';

const trace = (id, text) => JSON.stringify({
  info: {
    trace_id: id, trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '0' } },
    request_preview: `"${text}"`, response_preview: '"yes"', request_time: '2026-11-23T09:00:00Z',
    execution_duration: '1.5s', state: 'OK', trace_metadata: {}, tags: {},
  },
  data: { spans: [] },
});

async function openFirst(page) {
  await page.click(/^traces\.row\[/);
  await page.waitFor('reader.title');
}

async function drag(page, id, dx) {
  const node = await page.waitFor(id);
  const [x, y] = [node.x + node.width / 2, node.y + node.height / 2];
  await page.page.mouse.move(x, y);
  await page.idle();
  await page.page.mouse.down();
  await page.page.mouse.move(x + dx / 2, y, { steps: 3 });
  await page.page.mouse.move(x + dx, y, { steps: 3 });
  await page.page.waitForTimeout(200);  // while a button is held, the page is not at rest
  await page.page.mouse.up();
  await page.page.mouse.move(640, 10);
  await page.idle();
}

export default (test) => {
  test('a chosen layout is there after a reload', async (t) => {
    const page = await t.openExample();
    await openFirst(page);
    await page.click('reader.tab[metadata]');
    const before = (await page.find('reader.splitter')).x;
    await drag(page, 'reader.splitter', -90);
    const dragged = (await page.find('reader.splitter')).x;
    assert.ok(Math.abs(before - 90 - dragged) < 3, `moved from ${before} to ${dragged}`);
    await page.reload();
    await page.waitFor('reader.title');
    const again = (await page.find('reader.splitter')).x;
    assert.ok(Math.abs(again - dragged) < 2, `${again} after the reload, ${dragged} before`);
    assert.ok((await page.find('reader.tab[metadata]')).selected, 'the tab is chosen still');
  });

  test('what is wrong with a kept file is said when it is opened, not at each visit', async (t) => {
    const page = await t.open();
    await page.drop([{ name: 'partly.jsonl', content: `${trace('tr-good', 'x')}\n{"info": {"trace_id": "tr-cut", ` },
      { name: 'notes.json', content: 'no trace at all' }]);
    await page.waitFor('import.close');
    await eventually(async () => /Traces read from 1 of 2 files: 1\. The import report tells of the others/.test(await page.texts()));
    await page.click('import.close');
    await page.reload();
    await page.waitFor('traces.row[tr-good]');
    assert.equal(await page.find('import.close'), null, 'the report stays closed');
    assert.doesNotMatch(await page.texts(), /Traces read from|No traces found/);
    await page.command('ui.import_report');
    await page.waitFor('import.close');
    assert.match(await page.texts(), /partly\.jsonl[^]*notes\.json|notes\.json[^]*partly\.jsonl/, 'the report itself is whole');
  });

  test('undo and redo say what they undo', async (t) => {
    const page = await t.openExample({ viewport: { width: 1440, height: 900 } });
    await openFirst(page);
    if (await page.find('annotate.open')) await page.click('annotate.open');
    await page.type('annotate.name', 'correctness');
    await page.click('annotate.value[yes]');
    await page.click('annotate.save');
    await eventually(async () => /^Undo: feedback “correctness” on trace tr-/.test((await page.find('annotate.undo')).name));
    await page.click('annotate.undo');
    await eventually(async () => /Undone: feedback “correctness” on trace tr-/.test(await page.texts()));
    assert.match((await page.find('annotate.redo')).name, /^Redo: feedback “correctness” on trace tr-/);
    await page.command('ui.toggle_language');
    await page.idle();
    assert.match((await page.find('annotate.redo')).name, /^重做：追踪 tr-.* 上的反馈“correctness”$/);
  });

  test('the words that were searched for are marked in the text', async (t) => {
    const page = await t.openExample();
    const picture = async (query) => {
      await page.type('top.search', query);
      await openFirst(page);
      await page.click('reader.tab[spans]');
      await page.click('reader.title');
      await page.page.mouse.move(640, 5);
      await page.idle();
      // Yellow, as nothing else is.
      return page.page.evaluate(() => {
        const source = document.getElementById('canvas');
        const copy = document.createElement('canvas');
        copy.width = source.width;
        copy.height = source.height;
        return new Promise((resolve) => {
          window.assay.host.pacing.afterFrame.push(() => {
            const context = copy.getContext('2d', { willReadFrequently: true });
            context.drawImage(source, 0, 0);  // in the frame: later the picture is gone
            const { data } = context.getImageData(0, 0, copy.width, copy.height);
            let yellow = 0;
            for (let i = 0; i < data.length; i += 4) {
              if (Math.abs(data[i] - 0xFF) < 8 && Math.abs(data[i + 1] - 0xE9) < 8 && Math.abs(data[i + 2] - 0xA8) < 16) yellow++;
            }
            resolve(yellow);
          });
          window.assay.host.pacing.dirty(1);
        });
      });
    };
    const marked = await picture('the');
    assert.ok(marked > 50, `${marked} pixels are marked`);
    assert.equal(await picture("status = 'OK'"), 0, 'a filter marks nothing');
  });

  test('on a phone, messages leave the bar at the bottom free', async (t) => {
    const page = await t.open({ viewport: { width: 420, height: 800 } });
    await page.click('empty.example');
    const toast = await page.waitFor(/^toast\[\d+\]$/);
    const bar = await page.waitFor('rail.traces');
    assert.ok(toast.y + toast.height <= bar.y, `the message ends at ${toast.y + toast.height}, the bar begins at ${bar.y}`);
  });

  test('the licences are one click away', async (t) => {
    const page = await t.open({ fragment: '#/settings' });
    await page.waitFor('settings.licences', { visible: false });
    for (let i = 0; i < 30 && !(await page.find('settings.licences')).height; i++) {
      await page.page.mouse.move(640, 400);
      await page.page.mouse.wheel(0, 600);
      await page.idle();
    }
    const opened = page.page.context().waitForEvent('page');
    const node = await page.waitFor('settings.licences');
    await page.page.mouse.click(node.x + node.width / 2, node.y + node.height / 2, { delay: 10 });
    const licences = await opened;
    await licences.waitForLoadState();
    assert.match(licences.url(), /\/licenses\.html$/);
    assert.match(await licences.textContent('h1'), /Licences/);
    await licences.close();
  });
};
